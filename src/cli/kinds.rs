//! `offrecord kinds`: what a column can be, and what may be found in text.

use clap::Args;
use serde_json::{Value, json};

use super::out::{self, Failure};
use crate::kinds::{self, InText, Kind};

/// Tries a second that the column on brute force counts with: what one
/// graphics card does with a plain hash.
const TRIES: f64 = 1e10;

/// List the kinds that a column can have, or explain one
///
/// A kind recognises, validates and normalises values. Codes are computed over
/// the normal form, so a kind has a version, and the manifest names it. The
/// last column but one says how long it takes to try every value where somebody
/// publishes a hash without a key, at ten billion tries a second.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord kinds
  offrecord kinds cn-resident-id
  offrecord kinds --country BR
  offrecord kinds --json
  echo '+86 138-0013-8000' | offrecord try --kind phone")]
pub(super) struct Kinds {
    /// Kind to explain
    #[arg(value_name = "KIND", value_parser = super::try_values::kind)]
    kind: Option<&'static dyn Kind>,
    /// Only kinds of this country, such as CN
    #[arg(long, value_name = "CODE", conflicts_with = "kind")]
    country: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Kinds {
    pub(super) fn run(self) -> Result<u8, Failure> {
        if let Some(kind) = self.kind {
            if self.json {
                out::json_data(&row(kind))?;
            } else {
                out::all_data(explained(kind).as_bytes())?;
            }
            return Ok(0);
        }
        let wanted = |kind: &&&'static dyn Kind| {
            self.country
                .as_ref()
                .is_none_or(|code| kind.facts().country.eq_ignore_ascii_case(code))
        };
        let listed: Vec<&'static dyn Kind> = kinds::all().iter().filter(wanted).copied().collect();
        if listed.is_empty() {
            return Err(Failure::usage(
                "there is no kind of that country",
                "",
                "write an ISO 3166 code of two letters, such as CN; `offrecord kinds` lists all",
            ));
        }
        if self.json {
            let all: Vec<Value> = listed.into_iter().map(row).collect();
            out::json_data(&json!(all))?;
            return Ok(0);
        }
        let mut text =
            String::from("KIND                  OF  IN TEXT  VALUES   TRIED IN      WHAT IT IS\n");
        for kind in listed {
            let facts = kind.facts();
            let name = format!("{}@{}", kind.name(), kind.version());
            let values = kind.space().map_or(String::new(), |n| format!("{n:.0e}"));
            let tried = kind.space().map_or(String::new(), tried_in);
            let local = match facts.local {
                "" => String::new(),
                local => format!(" ({local})"),
            };
            text.push_str(&format!(
                "{name:<21} {:<3} {:<8} {values:<8} {tried:<13} {}{local}\n",
                facts.country,
                in_text(facts.in_text),
                facts.title,
            ));
        }
        out::all_data(text.as_bytes())?;
        Ok(0)
    }

    pub(super) fn json(&self) -> bool {
        self.json
    }
}

fn in_text(found: InText) -> &'static str {
    match found {
        InText::No => "",
        InText::Word => "by word",
        InText::Bare => "yes",
    }
}

/// How long it takes to try `space` values.
fn tried_in(space: f64) -> String {
    let seconds = space / TRIES;
    match seconds {
        s if s < 1.0 => "under 1 s".to_owned(),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} hours", s / 3600.0),
        s if s < 63_072_000.0 => format!("{:.0} days", s / 86_400.0),
        s => format!("{:.0e} years", s / 31_536_000.0),
    }
}

/// A kind as an object.
fn row(kind: &'static dyn Kind) -> Value {
    let facts = kind.facts();
    let right: Vec<Value> = facts
        .right
        .iter()
        .map(|(written, normal)| json!({"written": written, "normalised": normal}))
        .collect();
    let wrong: Vec<Value> = facts
        .wrong
        .iter()
        .map(|(written, misfit)| json!({"written": written, "reason": misfit.as_str()}))
        .collect();
    json!({
        "name": kind.name(),
        "version": kind.version(),
        "about": facts.title,
        "local": facts.local,
        "country": facts.country,
        "check": facts.check,
        "chance": facts.chance,
        "reveals": facts.reveals,
        "strict": kind.strict(),
        "found_in_text": facts.in_text != InText::No,
        "only_by_word": facts.in_text == InText::Word,
        "words": facts.words,
        "shapes": facts.shapes,
        "written": facts.written,
        "space": kind.space(),
        "brute_force_seconds": kind.space().map(|n| n / TRIES),
        "source": facts.source,
        "right": right,
        "wrong": wrong,
    })
}

/// A kind in some lines.
fn explained(kind: &'static dyn Kind) -> String {
    let facts = kind.facts();
    let mut text = format!("{}@{}: {}\n\n", kind.name(), kind.version(), facts.title);
    let mut line = |name: &str, what: &str| {
        if !what.is_empty() {
            text.push_str(&format!("  {name:<12} {what}\n"));
        }
    };
    line("local name", facts.local);
    line("country", facts.country);
    line(
        "check",
        match facts.check {
            "" => "none: nothing but the form can be checked",
            check => check,
        },
    );
    let chance = match facts.chance {
        c if c >= 1.0 => "any text of this form is taken for one".to_owned(),
        c => format!(
            "1 in {:.0} random texts of this form is taken for one",
            1.0 / c
        ),
    };
    line("chance", &chance);
    line("reveals", facts.reveals);
    if let Some(space) = kind.space() {
        line("values", &format!("about {space:.1e}"));
        line(
            "hash",
            &format!(
                "without a key undone by trying all: {} at ten billion tries a second",
                tried_in(space)
            ),
        );
    }
    line(
        "in text",
        match (facts.in_text, kind.strict()) {
            (InText::No, _) => "not looked for",
            (InText::Word, _) => "beside one of its words, or as it is usually written",
            (InText::Bare, false) => "found where its check holds; beside a word also mistyped",
            (InText::Bare, true) => "found, and hunted in every finished file",
        },
    );
    line("words", &facts.words.join(", "));
    line(
        "shapes",
        &facts
            .shapes
            .iter()
            .take(8)
            .copied()
            .collect::<Vec<_>>()
            .join(", "),
    );
    line("source", facts.source);
    for (written, normal) in facts.right {
        line("right", &format!("{written}  →  {normal}"));
    }
    for (written, misfit) in facts.wrong {
        line("wrong", &format!("{written}  ({})", misfit.as_str()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_described() {
        for kind in kinds::all() {
            assert!(!kind.facts().title.is_empty(), "{}", kind.name());
            let text = explained(*kind);
            assert!(text.starts_with(kind.name()) && text.contains("check"));
        }
    }

    #[test]
    fn the_time_to_try_all_is_said_in_a_unit_of_its_size() {
        assert_eq!(tried_in(2.3e11), "23 s");
        assert_eq!(tried_in(1e8), "under 1 s");
        assert_eq!(tried_in(1e13), "17 min");
        assert!(tried_in(1e20).ends_with("years"));
    }
}
