//! `offrecord attack`: the motivated intruder in a box.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::args::PaceArgs;
use super::out::{self, Failure, count, shown};
use super::read::{Quote, encoding, one_byte, quote};
use crate::input::{Encoding, Reading};
use crate::risk::attack::codes::Guesses;
use crate::risk::attack::sheet::{Roles, Stop};
use crate::risk::attack::{Evidence, Means, Report, attack};

/// Try to break a release as an intruder would, and write down what came of it
///
/// Reads a finished release, or a plain CSV file, with what an intruder may
/// have: the release alone; public lists; the raw register; an earlier release;
/// another release with the same codes. Counts whom it finds, how certainly and
/// by what means, and names the cheapest fix. It prints counts and names of
/// columns, never a value, holds no key, and lists what it did not try. Exit
/// code 3 where a limit that the release claims is broken.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord attack release
  offrecord attack release --source register.csv --region 110105 --json
  offrecord attack extract.csv --with electoral-roll.csv --match zip=postcode,birth_date=born \\
      --k 5
  offrecord attack release --facts neighbour.csv
  offrecord attack release --earlier release-march --with other-release")]
pub(super) struct Attack {
    /// Folder of a release, or a CSV file
    #[arg(value_name = "DIR")]
    target: PathBuf,
    /// A public list (CSV), or the folder of another release with the same codes
    #[arg(long, value_name = "FILE")]
    with: Vec<PathBuf>,
    /// Columns of the release and of the list that say the same, as in `zip=postcode,sex=sex`
    #[arg(long = "match", value_name = "A=B,…", value_delimiter = ',', value_parser = same)]
    matching: Vec<(String, String)>,
    /// Forgive spelling, and one wrong column where nobody fits in all
    #[arg(long)]
    fuzzy: bool,
    /// The raw register from which the release was made
    #[arg(long, value_name = "FILE")]
    source: Option<PathBuf>,
    /// Facts about people (CSV): columns of the release, an empty cell where nothing is known; a
    /// column `who` says which rows are about the same person
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// An earlier release of the same data
    #[arg(long, value_name = "DIR")]
    earlier: Option<PathBuf>,
    /// Columns of a plain file that somebody could know [default: all that hold no codes]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    quasi: Vec<String>,
    /// Sensitive columns of a plain file
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    sensitive: Vec<String>,
    /// Column of a plain file whose codes stand for people
    #[arg(long, value_name = "COLUMN")]
    subject: Option<String>,
    /// Hold a file that claims no limit to this k
    #[arg(long, value_name = "N")]
    k: Option<u64>,
    /// Area codes (six digits) whose identity numbers are all tried
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = region)]
    region: Vec<String>,
    /// Shapes of values to try: 9 a digit, A a letter, as in `9A99`
    #[arg(long, value_name = "SHAPES", value_delimiter = ',', value_parser = shape)]
    shape: Vec<String>,
    /// A file with salts that are known, one a line
    #[arg(long, value_name = "FILE")]
    salts: Option<PathBuf>,
    /// Most guesses hashed for a column of codes; larger spaces are sampled
    #[arg(long, value_name = "N", default_value = "60000000")]
    tries: u64,
    /// Encoding of plain files
    #[arg(long, default_value = "utf-8", value_parser = encoding)]
    encoding: Encoding,
    /// Character between fields of plain files; `tab` for a tab
    #[arg(long, default_value = ",", value_parser = one_byte)]
    delimiter: u8,
    /// Character that quotes a field of plain files; `none` where nothing does
    #[arg(long, default_value = "\"", value_parser = quote)]
    quote: Quote,
    #[command(flatten)]
    pace: PaceArgs,
    /// Print the evidence as JSON on stdout
    #[arg(long)]
    json: bool,
}

fn same(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((ours, theirs)) if !ours.is_empty() && !theirs.is_empty() => {
            Ok((ours.to_owned(), theirs.to_owned()))
        }
        None if !text.is_empty() => Ok((text.to_owned(), text.to_owned())),
        _ => Err("write a column of the release, `=`, and one of the list".to_owned()),
    }
}

fn region(text: &str) -> Result<String, String> {
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err("an area code has six digits".to_owned())
}

fn shape(text: &str) -> Result<String, String> {
    if !text.is_empty() && text.len() <= 20 && text.is_ascii() {
        return Ok(text.to_owned());
    }
    Err("a shape has up to 20 ASCII characters".to_owned())
}

impl Attack {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self) -> Result<u8, Failure> {
        let (threads, _) = self.pace.settle();
        let (folders, lists): (Vec<&PathBuf>, Vec<&PathBuf>) =
            self.with.iter().partition(|path| path.is_dir());
        if !lists.is_empty() && self.matching.is_empty() {
            return Err(no_match());
        }
        let salts = match &self.salts {
            None => Vec::new(),
            Some(path) => std::fs::read_to_string(path)
                .map_err(|error| {
                    Failure::usage(
                        format!("{}: {error}", shown(path)),
                        "salts are read from a file, one a line",
                        "check the path",
                    )
                })?
                .lines()
                .map(str::to_owned)
                .filter(|salt| !salt.is_empty())
                .collect(),
        };
        let means = Means {
            lists: lists
                .iter()
                .map(|path| (path.as_path(), self.matching.clone()))
                .collect(),
            joined: folders.iter().map(|path| path.as_path()).collect(),
            source: self.source.as_deref(),
            facts: self.facts.as_deref(),
            earlier: self.earlier.as_deref(),
            fuzzy: self.fuzzy,
            reading: Reading {
                encoding: self.encoding,
                delimiter: self.delimiter,
                quote: self.quote.0,
                ..Reading::default()
            },
            roles: Roles {
                quasi: self.quasi.clone(),
                sensitive: self.sensitive.clone(),
                subject: self.subject.clone(),
            },
            guesses: Guesses {
                regions: self.region.clone(),
                shapes: self.shape.clone(),
                salts,
                tries: self.tries,
                listed: Vec::new(),
            },
            k: self.k,
            threads,
        };
        let report = attack(&self.target, &means).map_err(|stop| failure(&stop))?;
        let code = if report.broken() { 3 } else { 0 };
        if self.json {
            let mut answer = json!(report);
            if let Some(answer) = answer.as_object_mut() {
                answer.insert("broken".to_owned(), json!(report.broken()));
                answer.insert("exit_code".to_owned(), json!(code));
                answer.insert(
                    "tester".to_owned(),
                    json!({
                        "name": null, "date": null, "hours": null, "sources": null,
                        "who_was_found": null, "conclusion": null,
                    }),
                );
            }
            out::json_data(&answer)?;
        } else {
            out::all_data(words(&report).as_bytes())?;
            if report.broken() {
                out::words(
                    "next: share it with nobody; do what the fixes say, run again, and attack again",
                );
            }
        }
        Ok(code)
    }
}

fn no_match() -> Failure {
    Failure::usage(
        "a list was given and nothing to match it by",
        "people on a list are found by columns that the release has as well",
        "add --match COLUMN=COLUMN,… with the release's column first",
    )
}

fn failure(stop: &Stop) -> Failure {
    match stop {
        Stop::Read(path, error) => {
            Failure::failed(format!("{}: {error}", shown(path)), "", error.help())
        }
        Stop::Manifest(path) => Failure::usage(
            format!("{} holds no manifest that can be read", shown(path)),
            "the manifest says what the columns are and which limits hold",
            "give the folder that `offrecord run --out` made, or a CSV file",
        ),
        Stop::Column(name) => Failure::coded(
            4,
            format!("there is no column {name}"),
            "an attack on other columns than those meant says nothing",
            "compare the names with the first lines of the files",
        ),
        Stop::NoMatch => no_match(),
    }
}

/// For people.
fn words(report: &Report) -> String {
    let mut text = format!(
        "ATTACKED   {} rows; limits: {}\n",
        count(report.rows),
        match (report.k, report.l) {
            (Some(k), Some(l)) => format!("k = {k}, l = {l}"),
            (Some(k), None) => format!("k = {k}"),
            (None, _) => "row risk not limited".to_owned(),
        }
    );
    for evidence in &report.evidence {
        text.push_str(&one(evidence));
    }
    text.push_str("\nNOT TRIED  ");
    text.push_str(&report.not_tried.join("\n           "));
    text.push_str(
        "\n\nTESTED BY  name: ________________  date: __________  hours: ____\n           sources used: ________________________________\n           who was found, and how: ______________________\n",
    );
    text
}

fn one(evidence: &Evidence) -> String {
    let verdict = if evidence.broken {
        "BROKEN"
    } else if evidence.matches > 0 {
        "FOUND"
    } else {
        "NOTHING"
    };
    let mut lines = vec![
        format!(
            "{}: {} of {}",
            evidence.scenario,
            count(evidence.matches),
            count(evidence.of)
        ),
        format!("means: {}", evidence.means),
        format!("effort: {}", evidence.effort),
    ];
    if let Some(column) = evidence
        .figures
        .get("column")
        .and_then(|name| name.as_str())
    {
        lines.push(format!("column: {column}"));
    }
    let candidates = evidence.figures.get("candidates");
    if let Some(counts) = candidates.and_then(|counts| counts.as_array()) {
        let shown: Vec<String> = counts.iter().take(20).map(ToString::to_string).collect();
        let more = if counts.len() > shown.len() {
            ", …"
        } else {
            ""
        };
        lines.push(format!(
            "candidates, person by person: {}{more}",
            shown.join(", ")
        ));
    }
    if let Some(by) = evidence.figures.get("by").and_then(|by| by.as_str()) {
        lines.push(format!("by: {by}"));
    }
    if evidence.matches > 0 || evidence.broken {
        lines.push(format!("certainty: {}", evidence.certainty));
    }
    if !evidence.fix.is_empty() {
        lines.push(format!("fix: {}", evidence.fix));
    }
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        let head = if at == 0 { verdict } else { "" };
        text.push_str(&format!(
            "{head:<10} {}\n",
            crate::policy::error::clean_line(line)
        ));
    }
    text
}
