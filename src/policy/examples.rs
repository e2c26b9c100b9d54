//! `[[examples]]` and `[[exceptions]]`.

use super::doc::{Log, Section, quoted, sub, unknown_word, wrong_type};
use super::error::Problem;
use super::model::{At, Example, Exception, Expect};
use super::parse::need;
use super::words;

use toml::de::DeValue;

pub(super) fn examples(log: &mut Log, top: &Section<'_>) -> Vec<Example> {
    top.sections(log, "examples")
        .iter()
        .filter_map(|section| example(log, section))
        .collect()
}

fn example(log: &mut Log, section: &Section<'_>) -> Option<Example> {
    section.check_words(log, words::EXAMPLE, &[]);
    need(
        log,
        section,
        "given",
        "an example shows what goes in",
        "write given = { COLUMN = \"value\" }",
    );
    need(
        log,
        section,
        "expect",
        "an example shows what comes out",
        "write expect = { COLUMN = \"value\" }, expect = \"quarantined\" or expect = \"withheld\"",
    );
    let given = section
        .section(log, "given", "`given`")
        .map(|s| values(log, &s));
    let expect = match section.get("expect").map(|e| (e, e.value.get_ref())) {
        Some((_, DeValue::String(_))) => section
            .word(
                log,
                "expect",
                &[("quarantined", false), ("withheld", true)],
                &[],
            )
            .map(|w| {
                if w.value {
                    Expect::Withheld
                } else {
                    Expect::Quarantined
                }
            }),
        Some((entry, _)) => sub(log, entry, "`expect`").and_then(|s| {
            if s.entries().is_empty() {
                log.push(
                    Problem::error("policy/empty-list", s.at.clone(), "`expect` is empty")
                        .why("an example that expects nothing tests nothing")
                        .help("name at least one output column"),
                );
                return None;
            }
            Some(Expect::Values(values(log, &s)))
        }),
        None => None,
    };
    Some(Example {
        given: given?,
        expect: expect?,
        at: section.at.clone(),
    })
}

fn values(log: &mut Log, section: &Section<'_>) -> Vec<(At<String>, String)> {
    let mut out = Vec::new();
    for entry in section.entries() {
        match super::doc::scalar(entry.value.get_ref()) {
            Some(text) => out.push((entry.name(), text)),
            None => log.push(wrong_type(entry.value, entry.key, "one value")),
        }
    }
    out
}

pub(super) fn exceptions(log: &mut Log, top: &Section<'_>) -> Vec<Exception> {
    top.sections(log, "exceptions")
        .iter()
        .filter_map(|section| exception(log, section))
        .collect()
}

fn exception(log: &mut Log, section: &Section<'_>) -> Option<Exception> {
    const WHY: &str = "an exception stands on page one with its reason, its approver and its end";
    section.check_words(log, words::EXCEPTION, &[]);
    for (key, help) in [
        ("rule", "write e.g. rule = \"house/min-cell\""),
        (
            "where",
            "write e.g. where = \"tables.NAME\" or where = \"columns.NAME\"",
        ),
        ("why", "write the reason"),
        (
            "by",
            "write who allowed it and when, e.g. by = \"Legal, 2026-11-20\"",
        ),
        ("until", "write its last day, e.g. until = 2027-01-31"),
    ] {
        need(log, section, key, WHY, help);
    }
    let rule = section.string(log, "rule").filter(|rule| {
        let good = rule.value.split_once('/').is_some_and(|(family, name)| {
            matches!(family, "house" | "lint" | "leak") && words::is_name(name)
        });
        if !good {
            log.push(unknown_rule(rule));
        }
        good
    });
    let place = section.string(log, "where");
    let why = section.prose(log, "why", WHY);
    let by = section.prose(log, "by", WHY);
    let until = section.date(log, "until");
    Some(Exception {
        rule: rule?,
        place: place?,
        why: why?.value,
        by: by?.value,
        until: until?,
    })
}

fn unknown_rule(rule: &At<String>) -> Problem {
    let mut problem = unknown_word(rule, "rule", &["house/…", "lint/…", "leak/…"]);
    problem.message = format!("{} is not the name of a rule", quoted(&rule.value));
    problem.help =
        "write house/NAME, lint/NAME or leak/NAME as the message shows it that you accept"
            .to_owned();
    problem
}
