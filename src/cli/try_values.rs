//! `offrecord try`: what a rule does to values typed by hand. It prints what it
//! was given and what comes out, which is its purpose.

use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value as Json, json};

use super::args::{KeyArgs, problems_failure, read_policy};
use super::out::{self, Failure};
use crate::key::Key;
use crate::kinds::scan::Scanner;
use crate::kinds::{self, DateFormat, Kind, KindOptions, Region};
use crate::plan::Plan;
use crate::plan::record::{Desk, Fate, Receive, Value};
use crate::policy::FINDABLE;
use crate::treat::{Context, Labels, Redact, Treat};

/// Show what a kind, a redaction or a rule does to typed values
///
/// Values come on stdin, one a line, never as arguments. With --kind and
/// --policy each line gives one JSON object; with --redact, the redacted text.
/// Codes are made with the published test key unless --key is given.
#[derive(Args)]
#[command(after_help = "\
Examples:
  echo '１１０１０５１９４９１２３１００２ｘ' | offrecord try --kind cn-resident-id
  echo 'call 138 0013 8000 after six' | offrecord try --redact phone,email
  echo '1975-03-09' | offrecord try --policy policy.toml --column birth_date")]
#[command(group = clap::ArgGroup::new("what").required(true).args(["kind", "redact", "policy"]))]
pub(super) struct Try {
    /// Kind to read the values as; see `offrecord kinds`
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<&'static dyn Kind>,
    /// Kinds to find in texts and replace, separated by commas, or `all`
    #[arg(long, value_name = "KIND,KIND…", value_delimiter = ',', value_parser = findable)]
    redact: Vec<String>,
    /// Policy whose rule to apply
    #[arg(long, value_name = "POLICY", requires = "column")]
    policy: Option<PathBuf>,
    /// Column of the policy
    #[arg(long, value_name = "COLUMN", requires = "policy")]
    column: Option<String>,
    /// Recipient whose codes to make
    #[arg(long, value_name = "ID", requires = "policy")]
    recipient: Option<String>,
    /// Country of numbers that are written without one, such as CN
    #[arg(long, value_name = "CODE", value_parser = region, conflicts_with = "policy")]
    region: Option<Region>,
    /// Written form of dates, such as %d.%m.%Y
    #[arg(long, value_name = "FORM", value_parser = date_format, requires = "kind")]
    date_format: Option<DateFormat>,
    #[command(flatten)]
    key: KeyArgs,
}

pub(super) fn kind(name: &str) -> Result<&'static dyn Kind, String> {
    kinds::find(name)
        .ok_or_else(|| "there is no such kind; `offrecord kinds` lists them".to_owned())
}

fn findable(name: &str) -> Result<String, String> {
    match name {
        "register-names" => {
            Err("register-names needs a whole register; it is tried by a dry run".to_owned())
        }
        "listed-names" => Err("listed-names needs a list; try it with --policy".to_owned()),
        "own-row" => Err("own-row needs a record; try it with --policy".to_owned()),
        name if name == "all" || FINDABLE.contains(&name) => Ok(name.to_owned()),
        _ => Err(
            "it cannot be found in text; `offrecord kinds` lists what can, or write all".to_owned(),
        ),
    }
}

fn region(code: &str) -> Result<Region, String> {
    Region::parse(code)
        .map_err(|_| "write an ISO 3166 code of two capital letters, such as CN or GB".to_owned())
}

fn date_format(form: &str) -> Result<DateFormat, String> {
    DateFormat::parse(form)
        .map_err(|_| "write it with %Y, %m and %d (or %b, %B, %y), such as %d.%m.%Y".to_owned())
}

impl Try {
    pub(super) fn run(self) -> Result<u8, Failure> {
        if self.key.on_stdin() {
            return Err(Failure::usage(
                "the key cannot come on stdin here",
                "the values come on stdin",
                "give the key by --key FILE or --key-fd N, or leave it out for the test key",
            ));
        }
        if let Some(kind) = self.kind {
            let options = KindOptions {
                region: self.region,
                date_format: self.date_format,
            };
            let mut normal = String::new();
            return lines(|line, out| {
                let result = match line {
                    Some(value) => kind
                        .normalise(value, &options, &mut normal)
                        .map_err(|misfit| misfit.as_str()),
                    None => Err("invalid-bytes"),
                };
                match result {
                    Ok(()) => {
                        let mut answer = json!({"valid": true, "normalised": normal});
                        if let Some(told) = tells(kind, &normal) {
                            answer["tells"] = told;
                        }
                        writeln!(out, "{answer}")
                    }
                    Err(reason) => {
                        writeln!(
                            out,
                            "{}",
                            json!({"valid": false, "normalised": null, "reason": reason})
                        )
                    }
                }
            });
        }
        if !self.redact.is_empty() {
            return self.redact();
        }
        self.rule()
    }

    fn redact(&self) -> Result<u8, Failure> {
        let scanner = if self.redact.iter().any(|name| name == "all") {
            Scanner::all(self.region)
        } else {
            let names: Vec<&str> = self.redact.iter().map(String::as_str).collect();
            Scanner::new(&names, self.region).map_err(|_| {
                Failure::usage(
                    "a kind cannot be found in text",
                    "",
                    "see `offrecord kinds`",
                )
            })?
        };
        let treat = Treat::Redact(Redact::new(scanner, false, Labels::Kind));
        let mut context = Context::default();
        let mut text = String::new();
        lines(|line, out| {
            let Some(line) = line else {
                // A line that cannot be read is not printed, since it cannot be searched.
                return writeln!(out, "[invalid-bytes]");
            };
            match treat.apply(line, &mut context, &mut text) {
                Ok(()) => writeln!(out, "{text}"),
                Err(misfit) => writeln!(out, "[{}]", misfit.as_str()),
            }
        })
    }

    fn rule(&self) -> Result<u8, Failure> {
        let path = self.policy.clone().unwrap_or_default();
        let column = self.column.clone().unwrap_or_default();
        let policy = Arc::new(read_policy(&path)?);
        let key = self.key.read()?.unwrap_or_else(Key::test_key);
        let recipient = self.recipient(&policy)?;
        let plan = Plan::compile(Arc::clone(&policy), recipient, &key)
            .map_err(|problems| problems_failure(&policy, &problems))?;
        let Some(at) = plan.columns.iter().position(|known| known.name == column) else {
            let names: Vec<&str> = plan
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .collect();
            return Err(Failure::usage(
                "the policy names no such column",
                "what a policy does not name does not happen",
                format!("it names: {}", names.join(", ")),
            ));
        };
        let mut desk = Desk::new(&plan);
        lines(|line, out| {
            let answer = match line {
                Some(value) => outcome(&plan, at, &mut desk, value),
                None => json!({"outcome": "quarantined", "value": null, "reason": "invalid-bytes"}),
            };
            writeln!(out, "{answer}")
        })
    }

    fn recipient<'p>(&self, policy: &'p crate::policy::Policy) -> Result<Option<&'p str>, Failure> {
        let mut named = policy
            .recipients
            .iter()
            .map(|recipient| recipient.id.value.as_str());
        match &self.recipient {
            None => Ok(named.next()),
            Some(wanted) => named.find(|id| id == wanted).map(Some).ok_or_else(|| {
                Failure::usage(
                    "the policy names no such recipient",
                    "",
                    "see its sections [recipients.…]",
                )
            }),
        }
    }
}

/// What a value tells by itself, if anything.
fn tells(kind: &dyn Kind, normal: &str) -> Option<Json> {
    let told = kind.derive(normal);
    let mut answer = serde_json::Map::new();
    if let Some(birth) = told.birth {
        let mut text = String::new();
        birth.write(&mut text);
        answer.insert("birth_date".to_owned(), json!(text));
    }
    if let Some(sex) = told.sex {
        answer.insert("sex".to_owned(), json!(sex.as_str()));
    }
    if let Some(region) = told.region {
        answer.insert("region".to_owned(), json!(region));
    }
    if let Some(place) = kind.place(normal) {
        answer.insert("place".to_owned(), json!(place));
    }
    if let Some(country) = told.country {
        answer.insert("country".to_owned(), json!(country));
    }
    if let Some(part) = told.holds {
        answer.insert("holds".to_owned(), json!(part));
    }
    (!answer.is_empty()).then_some(Json::Object(answer))
}

/// What becomes of `value` in column `at` of an otherwise empty record.
fn outcome(plan: &Plan, at: usize, desk: &mut Desk, value: &str) -> Json {
    struct One {
        at: usize,
        got: Option<(Value, String)>,
    }
    impl Receive for One {
        fn value(&mut self, column: usize, value: Value, text: &str, _: bool) {
            if column == self.at {
                self.got = Some((value, text.to_owned()));
            }
        }
        fn found(&mut self, _: usize, _: &'static str, _: &str, _: bool) {}
    }
    let values = |column: usize| (column == at && !plan.missing.is(value)).then_some(value);
    let mut one = One { at, got: None };
    plan.begin(desk, &values);
    match (plan.treat(desk, &values, &mut one), one.got) {
        (Fate::Quarantined(_, misfit), _) => {
            json!({"outcome": "quarantined", "value": null, "reason": misfit.as_str()})
        }
        (Fate::Refused(_, misfit), _) => {
            json!({"outcome": "refused", "value": null, "reason": misfit.as_str()})
        }
        (_, None) => json!({"outcome": "dropped", "value": null}),
        // A row rule on this very column; those on others see no value here.
        (Fate::Withheld(rule), Some(_))
            if plan
                .rows
                .iter()
                .any(|check| check.rule == rule && check.column == at) =>
        {
            json!({"outcome": "row-withheld", "value": null, "reason": format!("rows rule {}", rule + 1)})
        }
        (_, Some((Value::Missing, _))) => json!({"outcome": "missing", "value": ""}),
        (_, Some((Value::Withheld(misfit), _))) => {
            json!({"outcome": "withheld", "value": "", "reason": misfit.as_str()})
        }
        (_, Some((Value::Treated, text))) => json!({"outcome": "treated", "value": text}),
    }
}

/// Longest line read from stdin, in bytes.
const LONGEST: u64 = 4 << 20;

/// Hands every line of stdin over, without its end; `None` where it is not
/// UTF-8 or too long. Answers appear as soon as no further line is waiting.
fn lines(
    mut each: impl FnMut(Option<&str>, &mut dyn Write) -> io::Result<()>,
) -> Result<u8, Failure> {
    let mut from = BufReader::new(io::stdin().lock());
    let mut to = out::data();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = io::Read::take(&mut from, LONGEST)
            .read_until(b'\n', &mut line)
            .map_err(|error| {
                Failure::failed(
                    format!("stdin cannot be read: {error}"),
                    "",
                    "check the program that writes to it",
                )
            })?;
        if read == 0 {
            break;
        }
        let ended = line.last() == Some(&b'\n');
        let bare = line.strip_suffix(b"\n").unwrap_or(&line);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        let text = if !ended && read as u64 == LONGEST {
            skip_line(&mut from);
            None
        } else {
            std::str::from_utf8(bare).ok()
        };
        let mut told = each(text, &mut to);
        if told.is_ok() && from.buffer().is_empty() {
            told = to.flush();
        }
        if told.is_err() {
            drop(to.into_parts());
            return out::end_of_data(told).map(|()| 0);
        }
    }
    out::end_of_data(to.flush()).map(|()| 0)
}

/// Goes on to the next line; an error shows at the next reading.
fn skip_line(from: &mut impl BufRead) {
    let mut rest = Vec::new();
    while let Ok(1..) = io::Read::take(&mut *from, LONGEST).read_until(b'\n', &mut rest) {
        if rest.last() == Some(&b'\n') {
            break;
        }
        rest.clear();
    }
}
