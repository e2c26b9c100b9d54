//! `[[rows]]`: which records may leave at all.

use super::columns::{GROUND_WHY, WHY_HELP};
use super::doc::{Entry, Log, Section, decimal, iso_date, read_date, wrong_type};
use super::error::Problem;
use super::files::Files;
use super::model::{RowRule, RowTest, Span};
use super::parse::{RowPart, need};
use super::words;

use toml::de::DeValue;

pub(super) fn rows(log: &mut Log, top: &Section<'_>, files: &Files) -> Vec<RowPart> {
    top.sections(log, "rows")
        .iter()
        .filter_map(|section| row(log, section, files))
        .collect()
}

fn row(log: &mut Log, section: &Section<'_>, files: &Files) -> Option<RowPart> {
    section.check_words(log, words::ROWS, &[]);
    need(
        log,
        section,
        "do",
        "a row rule lets records leave or keeps them back",
        "write do = \"only\" or do = \"withhold\"",
    );
    need(
        log,
        section,
        "column",
        "a row rule reads one column",
        "write column = \"…\"",
    );
    need(
        log,
        section,
        "ground",
        GROUND_WHY,
        "name one of the grounds under [grounds], e.g. ground = \"quasi\"",
    );
    need(log, section, "why", GROUND_WHY, WHY_HELP);
    let only = section.word(log, "do", &[("only", true), ("withhold", false)], &[]);
    let column = section.string(log, "column");
    let ground = section.name(log, "ground");
    let why = section.prose(log, "why", GROUND_WHY);
    let recipients = match section.get("for") {
        Some(_) => section.strings(log, "for").map(|l| l.value),
        None => Some(Vec::new()),
    };
    let test = row_test(log, section, files);
    let (test, range) = test?;
    Some(RowPart {
        rule: RowRule {
            only: only?.value,
            column: column?,
            test,
            recipients: recipients?,
            ground: ground?,
            why: why?,
            at: section.at.clone(),
        },
        range,
    })
}

fn row_test(
    log: &mut Log,
    section: &Section<'_>,
    files: &Files,
) -> Option<(RowTest, Option<(&'static str, Span)>)> {
    const TESTS: &[&str] = &["in", "in_list", "missing", "from", "to"];
    let found: Vec<Entry<'_>> = TESTS.iter().filter_map(|k| section.get(k)).collect();
    let is_end = |key: &str| key == "from" || key == "to";
    match found.as_slice() {
        [] => {
            log.push(
                Problem::error(
                    "policy/missing-key",
                    section.at.clone(),
                    "this row rule tests nothing",
                )
                .help("write one of in = [\"…\"], from and to, missing = true, in_list = \"file\""),
            );
            return None;
        }
        [first, rest @ ..] => {
            let mut clash = false;
            for other in rest {
                if !(is_end(first.key) && is_end(other.key)) {
                    log.push(
                        Problem::error(
                            "policy/misplaced-key",
                            other.key_at(),
                            format!("`{}` has no meaning beside `{}`", other.key, first.key),
                        )
                        .why("a row rule makes one test; all rules together decide")
                        .also(first.key_at(), "the first test")
                        .help("write a second [[rows]] for the second test"),
                    );
                    clash = true;
                }
            }
            if clash {
                return None;
            }
        }
    }
    if section.has("in") {
        let list = section.scalars(log, "in")?;
        return Some((
            RowTest::In(list.value.into_iter().map(|v| v.value).collect()),
            None,
        ));
    }
    if section.has("in_list") {
        let name = section.string(log, "in_list")?;
        return files.index(&name.value).map(|i| (RowTest::InList(i), None));
    }
    if let Some(entry) = section.get("missing") {
        let missing = section.boolean(log, "missing")?;
        if !missing.value {
            log.push(
                Problem::error(
                    "policy/value",
                    entry.value.span(),
                    "`missing = false` tests nothing",
                )
                .help("for records that have a value, write do = \"withhold\" with missing = true"),
            );
            return None;
        }
        return Some((RowTest::Missing, None));
    }
    range(log, section)
}

fn range(log: &mut Log, section: &Section<'_>) -> Option<(RowTest, Option<(&'static str, Span)>)> {
    let mut kind: Option<&'static str> = None;
    let mut at = section.at.clone();
    let mut good = true;
    let mut ends: [Option<String>; 2] = [None, None];
    for (key, end) in ["from", "to"].into_iter().zip(&mut ends) {
        let Some(entry) = section.get(key) else {
            continue;
        };
        let value = entry.value.get_ref();
        let read = match value {
            DeValue::Datetime(_) => read_date(value).map(|d| ("date", d.to_string())),
            DeValue::String(s) => iso_date(s).map(|d| ("date", d.to_string())),
            _ => decimal(value).map(|d| ("number", d)),
        };
        let Some((this, text)) = read else {
            log.push(
                wrong_type(entry.value, key, "a date or a number")
                    .help("write from = 2001-01-01 or from = 18"),
            );
            good = false;
            continue;
        };
        if let Some(other) = kind
            && other != this
        {
            log.push(
                Problem::error(
                    "policy/wrong-type",
                    entry.value.span(),
                    "one end is a date and the other a number",
                )
                .help("write both ends alike"),
            );
            good = false;
        }
        kind = Some(this);
        at = entry.value.span();
        *end = Some(text);
    }
    let kind = kind.filter(|_| good)?;
    let [from, to] = ends;
    if let (Some(a), Some(b)) = (&from, &to) {
        let falling = if kind == "date" {
            a > b
        } else {
            super::nest::compare(a, b).is_gt()
        };
        if falling {
            log.push(
                Problem::error("policy/value", at, "`to` lies before `from`")
                    .help("both ends are included; write the lower one as `from`"),
            );
            return None;
        }
    }
    Some((RowTest::Range { from, to }, Some((kind, at))))
}
