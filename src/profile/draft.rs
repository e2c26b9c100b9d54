//! From a profile to a policy: every column stands in it, what could hold a
//! person is dropped, and every reason is left to people. `check` refuses it
//! until each `why` is written, so that nobody ships a draft unread.

use std::fmt::Write as _;

use super::judge::{chance_words, percent};
use super::table::{distinct, grouped};
use super::{ColumnProfile, Profile};
use crate::input::{Format, Reading};

/// A text as a TOML string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || crate::kinds::is_format(c) => {
                // Writing to a String cannot fail.
                let _infallible = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A name as a TOML key.
fn key(name: &str) -> String {
    let bare = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if bare { name.to_owned() } else { quoted(name) }
}

/// A name as a shell takes it.
fn word(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !name.is_empty() && !name.starts_with('-') && name.chars().all(plain) {
        return name.to_owned();
    }
    let mut word = String::from("'");
    for c in name.chars() {
        match c {
            '\'' => word.push_str("'\\''"),
            // A comment ends with its line.
            c if c.is_control() => word.push('?'),
            c => word.push(c),
        }
    }
    word.push('\'');
    word
}

/// A comment: one line, whatever is in it.
fn comment(out: &mut String, text: &str) {
    out.push_str("# ");
    out.extend(text.chars().map(|c| {
        if c.is_control() || crate::kinds::is_format(c) {
            ' '
        } else {
            c
        }
    }));
    out.push('\n');
}

/// The policy.
pub(super) fn write(profile: &Profile, reading: &Reading, project: &str) -> String {
    let mut out = String::new();
    comment(
        &mut out,
        "A draft, made from what the columns look like. It is closed by default: what could hold a",
    );
    comment(
        &mut out,
        "person is dropped. Every empty why is an error of `offrecord check`: read each rule, change",
    );
    comment(
        &mut out,
        "it where the story needs more or less, and write down the reason. No value was copied here.",
    );
    out.push('\n');
    let _infallible = writeln!(
        out,
        "policy   = {}\nversion  = 1\npurpose  = \"\"                   # what the release is for, in one sentence\nunlisted = \"refuse\"\n",
        quoted(&format!("{project}/extract"))
    );
    input(profile, reading, &mut out);
    let subject = profile
        .person
        .as_ref()
        .and_then(|person| {
            profile
                .columns
                .iter()
                .find(|column| column.name == person.identifier)
        })
        .filter(|column| column.verdict.is_kind);
    if let Some(column) = subject {
        let _infallible = writeln!(
            out,
            "[subject]                         # whom a record is about\ncolumn  = {}\ndomain  = \"person\"\nmissing = \"own-record\"\n",
            quoted(&column.name)
        );
    }
    out.push_str(
        "[grounds]                         # say on what each rule rests; rename as your lawyers do\n\
         direct    = \"Direct identifier, not needed for the purpose (data minimisation)\"\n\
         quasi     = \"Helps to single a person out; coarser or not at all\"\n\
         sensitive = \"Sensitive attribute of a person\"\n\
         unclear   = \"Not known well enough to leave\"\n",
    );
    for column in &profile.columns {
        rule(
            profile,
            column,
            subject.is_some_and(|subject| subject.name == column.name),
            &mut out,
        );
    }
    out.push_str(
        "\n# Rows leave only with a section [extract]. Before you open it, decide what may be kept:\n\
         # [extract]\n# order = \"shuffled\"\n# [extract.risk]\n# k     = 5\n# small = \"withhold-rows\"\n",
    );
    out
}

fn input(profile: &Profile, reading: &Reading, out: &mut String) {
    let mut missing = vec![String::new()];
    for seen in profile.columns.iter().flat_map(|column| &column.frequent) {
        // Words for nothing alone: a number that stands for nothing in one
        // column may be somebody's in another.
        if let Some(word) = seen.placeholder
            && !word.bytes().any(|b| b.is_ascii_digit())
            && !missing.iter().any(|known| known == word)
        {
            missing.push(word.to_owned());
        }
    }
    let words: Vec<String> = missing.iter().map(|word| quoted(word)).collect();
    let _infallible = writeln!(
        out,
        "[input]\nformat   = {}\nencoding = {}",
        quoted(match reading.format {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
        }),
        quoted(&reading.encoding.name().to_ascii_lowercase())
    );
    if reading.format == Format::Csv {
        if reading.delimiter != b',' {
            let _infallible = writeln!(
                out,
                "delimiter = {}",
                quoted(&char::from(reading.delimiter).to_string())
            );
        }
        match reading.quote {
            Some(b'"') => {}
            Some(quote) => {
                let _infallible =
                    writeln!(out, "quote = {}", quoted(&char::from(quote).to_string()));
            }
            None => out.push_str("quote = \"\"\n"),
        }
        if !reading.header {
            out.push_str("header = false\n");
        }
    }
    let _infallible = writeln!(
        out,
        "missing  = [{}]    # words for nothing that stand in cells\nrows     = {}",
        words.join(", "),
        profile.records.max(1)
    );
    out.push('\n');
}

/// What was seen of a column, in comments.
fn seen(profile: &Profile, column: &ColumnProfile, out: &mut String) {
    comment(
        out,
        &format!(
            "{}: {}; {} filled, {} distinct",
            column.verdict.what,
            column.verdict.why,
            percent(column.fill),
            distinct(column)
        ),
    );
    if let Some(shape) = column.shapes.first()
        && column.verdict.what != "text"
    {
        comment(
            out,
            &format!(
                "most are written {} ({})",
                shape.shape,
                percent(shape.share)
            ),
        );
    }
    if let Some(other) = column.kinds.iter().find(|kind| !kind.chosen) {
        comment(
            out,
            &format!(
                "not {}: {}{}",
                other.kind,
                other.why_not,
                if other.chance < 0.5 {
                    format!(" (chance: {})", chance_words(other.chance))
                } else {
                    String::new()
                }
            ),
        );
    }
    for sign in profile
        .signs
        .iter()
        .filter(|sign| sign.column.as_deref() == Some(&column.name))
    {
        comment(out, &format!("{}: {}", sign.code, sign.seen));
    }
    if column.verdict.doubt {
        comment(
            out,
            "somebody should look at this column before anything of it leaves",
        );
    }
}

fn rule(profile: &Profile, column: &ColumnProfile, subject: bool, out: &mut String) {
    out.push('\n');
    seen(profile, column, out);
    let what = column.verdict.what.as_str();
    let kind = column.verdict.is_kind.then_some(what);
    let mut lines: Vec<String> = Vec::new();
    let mut ground = match column.verdict.class {
        "direct" => "direct",
        "sensitive" => "sensitive",
        _ => "quasi",
    };
    if column.verdict.doubt && column.verdict.class != "direct" {
        ground = "unclear";
    }
    match kind {
        _ if subject => {
            lines.push("do     = \"pseudonymise\"".to_owned());
            lines.push(format!("kind   = {}", quoted(what)));
            lines.push("domain = \"person\"".to_owned());
        }
        Some("date") if !column.verdict.doubt => {
            lines.push("do     = \"generalise\"".to_owned());
            lines.push("kind   = \"date\"".to_owned());
            lines.push("to     = \"5-years\"           # or year, decade, …".to_owned());
        }
        Some(kind) => {
            lines.push("do     = \"drop\"".to_owned());
            lines.push(format!("kind   = {}", quoted(kind)));
        }
        None => lines.push("do     = \"drop\"".to_owned()),
    }
    if kind == Some("phone") {
        match &profile.region {
            Some(region) => lines.push(format!("region = {}", quoted(region))),
            None => lines.push(
                "# region = \"CN\"                # where numbers stand without +".to_owned(),
            ),
        }
    }
    if what == "category" {
        lines.push(format!(
            "# {} values: to let it leave, say do = \"keep\" and list them in values = [ … ];\n# offrecord read FILE --raw --column {} | sort | uniq -c shows them",
            grouped(column.distinct.count),
            word(&column.name),
        ));
    }
    if what == "text" {
        lines.push(
            "# to let it leave, say do = \"redact\" and find = [\"cn-resident-id\", \"phone\", \"email\", \"own-row\"]"
                .to_owned(),
        );
    }
    lines.push(format!("ground = {}", quoted(ground)));
    lines.push("why    = \"\"".to_owned());
    let _infallible = writeln!(out, "[columns.{}]\n{}", key(&column.name), lines.join("\n"));
}
