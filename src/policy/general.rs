//! `generalise` and `tables = { … }`: the forms in which a value is coarsened.

use super::columns::misplaced;
use super::doc::{Entry, Log, Section, decimal, quoted, sub, unknown_word, wrong_type};
use super::error::Problem;
use super::files::Files;
use super::model::{AgeBands, AreaLevel, At, DateLevel, General, Span};
use super::nest::compare;
use super::words;

use toml::de::DeValue;

const DATES: &[&str] = &["day", "month", "quarter", "year", "5-years", "decade"];

/// `to`, `bands`, `map`, `hierarchy` or `prefix` with their companions.
pub(super) fn general(log: &mut Log, section: &Section<'_>, files: &Files) -> Option<General> {
    const FORMS: &[&str] = &["to", "bands", "map", "hierarchy", "prefix"];
    let found: Vec<Entry<'_>> = FORMS.iter().filter_map(|k| section.get(k)).collect();
    let form = match found.as_slice() {
        [one] => one.key,
        [] => {
            log.push(
                Problem::error(
                    "policy/missing-key",
                    section.at.clone(),
                    format!("{} does not say how coarse", section.label),
                )
                .help("write one of to = \"5-years\", bands = [0, 18, 65], map = \"file.csv\", hierarchy = \"file.csv\" with level = 1, prefix = 2"),
            );
            return None;
        }
        [first, rest @ ..] => {
            for other in rest {
                log.push(
                    misplaced(
                        other,
                        format!("beside `{}`", first.key),
                        "take one of them out",
                    )
                    .also(first.key_at(), "the first"),
                );
            }
            return None;
        }
    };
    if let Some(level) = section.get("level")
        && form != "hierarchy"
    {
        log.push(misplaced(
            &level,
            format!("beside `{form}`"),
            "it belongs to `hierarchy`",
        ));
    }
    let at = section.get("at");
    if let Some(at) = &at
        && form != "to"
        && form != "bands"
    {
        log.push(misplaced(
            at,
            format!("beside `{form}`"),
            "it gives ages with `to` or `bands`",
        ));
        return None;
    }
    match form {
        "to" => {
            let to = section.string(log, "to")?;
            if at.is_none() {
                if let Some(level) = area(&to.value) {
                    return Some(General::Area(level));
                }
                let areas = AreaLevel::ALL.map(AreaLevel::as_str);
                let known: Vec<&str> = DATES.iter().copied().chain(areas).collect();
                return date_level(log, &to, "to", &known).map(General::Date);
            }
            let at = section.date(log, "at")?;
            let years = to
                .value
                .strip_suffix("-years")
                .and_then(years_in)
                .filter(|n| (2..=50).contains(n));
            let Some(years) = years else {
                log.push(
                    Problem::error(
                        "policy/unknown-word",
                        to.at,
                        format!("{} is not an age band", quoted(&to.value)),
                    )
                    .why("with `at` the column becomes the age on that day")
                    .help("write to = \"10-years\" (2 to 50) or bands = [0, 18, 65, 85]; without `at`, `to` gives spans of the calendar"),
                );
                return None;
            };
            Some(General::Age {
                bands: AgeBands::Every(years),
                at: at.value,
            })
        }
        "bands" if at.is_some() => {
            let at = section.date(log, "at");
            let limits = age_limits(log, section)?;
            Some(General::Age {
                bands: AgeBands::Limits(limits),
                at: at?.value,
            })
        }
        "bands" => number_bands(log, section).map(General::Bands),
        "map" => {
            let name = section.string(log, "map")?;
            files.index(&name.value).map(General::Map)
        }
        "hierarchy" => {
            let name = section.string(log, "hierarchy");
            if !section.has("level") {
                section.missing(
                    log,
                    "level",
                    "a hierarchy has several levels",
                    "write level = 1 for the first column after the value itself",
                );
            }
            let level = section.integer(log, "level", 1..=64)?;
            Some(General::Hierarchy {
                file: files.index(&name?.value)?,
                level: usize::try_from(level.value).ok()?,
            })
        }
        _ => {
            let n = section.integer(log, "prefix", 1..=64)?;
            usize::try_from(n.value).ok().map(General::Prefix)
        }
    }
}

/// The area of a word.
fn area(word: &str) -> Option<AreaLevel> {
    AreaLevel::ALL
        .into_iter()
        .find(|level| level.as_str() == word)
}

fn years_in(text: &str) -> Option<u32> {
    let plain = !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn date_level(log: &mut Log, text: &At<String>, key: &str, known: &[&str]) -> Option<DateLevel> {
    let level = match text.value.as_str() {
        "day" => Some(DateLevel::Day),
        "month" => Some(DateLevel::Month),
        "quarter" => Some(DateLevel::Quarter),
        "year" => Some(DateLevel::Year),
        "decade" => Some(DateLevel::Decade),
        other => other
            .strip_suffix("-years")
            .and_then(years_in)
            .filter(|n| (2..=100).contains(n))
            .map(DateLevel::Years),
    };
    if level.is_none() {
        log.push(
            unknown_word(text, key, known)
                .why("spans of years are written 2-years to 100-years and lie on multiples"),
        );
    }
    level
}

fn age_limits(log: &mut Log, section: &Section<'_>) -> Option<Vec<u32>> {
    let entry = section.get("bands")?;
    let DeValue::Array(items) = entry.value.get_ref() else {
        log.push(
            wrong_type(entry.value, "bands", "a list of ages")
                .help("write bands = [0, 18, 65, 85]"),
        );
        return None;
    };
    let mut out: Vec<u32> = Vec::new();
    let mut good = true;
    for item in items.iter() {
        let age = super::doc::whole(log, item, "an age in `bands`", 0..=150)
            .and_then(|n| u32::try_from(n.value).ok());
        let Some(age) = age else {
            good = false;
            continue;
        };
        if out.last().is_some_and(|last| *last >= age) {
            log.push(not_rising(item.span()));
            good = false;
        }
        out.push(age);
    }
    (good && enough(log, entry.value.span(), out.len())).then_some(out)
}

fn number_bands(log: &mut Log, section: &Section<'_>) -> Option<Vec<String>> {
    let entry = section.get("bands")?;
    let DeValue::Array(items) = entry.value.get_ref() else {
        log.push(
            wrong_type(entry.value, "bands", "a list of numbers").help("write bands = [0, 18, 65]"),
        );
        return None;
    };
    let mut out: Vec<String> = Vec::new();
    let mut good = true;
    for item in items.iter() {
        let Some(limit) = decimal(item.get_ref()) else {
            log.push(
                wrong_type(item, "bands", "numbers")
                    .help("write plain decimals without quotes, exponents and more than 40 digits"),
            );
            good = false;
            continue;
        };
        if out.last().is_some_and(|last| compare(last, &limit).is_ge()) {
            log.push(not_rising(item.span()));
            good = false;
        }
        out.push(limit);
    }
    (good && enough(log, entry.value.span(), out.len())).then_some(out)
}

fn not_rising(at: Span) -> Problem {
    Problem::error(
        "policy/value",
        at,
        "this limit is not above the one before it",
    )
    .why("bands are half-open and follow each other")
    .help("write the limits in rising order")
}

fn enough(log: &mut Log, at: Span, n: usize) -> bool {
    if n >= 2 {
        return true;
    }
    log.push(
        Problem::error("policy/value", at, "`bands` needs at least two limits")
            .why("each band runs from its limit to below the next, the last is open")
            .help("write e.g. bands = [0, 18, 65]"),
    );
    false
}

/// `keep` or a span of the calendar.
pub(super) fn date_word(log: &mut Log, text: &At<String>, key: &str) -> Option<At<General>> {
    let at = text.at.clone();
    if text.value == "keep" {
        let value = General::Keep;
        return Some(At { value, at });
    }
    let mut known = vec!["keep"];
    known.extend(DATES);
    date_level(log, text, key, &known).map(|level| At {
        value: General::Date(level),
        at,
    })
}

/// `tables = "keep"`, `tables = "decade"` or `tables = { bands = … }`.
pub(super) fn tables_form(
    log: &mut Log,
    section: &Section<'_>,
    files: &Files,
) -> Option<At<General>> {
    let entry = section.get("tables")?;
    let at = entry.value.span();
    match entry.value.get_ref() {
        DeValue::String(_) => {
            let text = section.string(log, "tables")?;
            if let Some(level) = area(&text.value) {
                return Some(At {
                    value: General::Area(level),
                    at,
                });
            }
            date_word(log, &text, "tables")
        }
        DeValue::Table(_) => {
            let inner = sub(log, entry, &format!("`tables` of {}", section.label))?;
            inner.check_words(log, words::GENERAL, &[]);
            general(log, &inner, files).map(|value| At { value, at })
        }
        _ => {
            log.push(
                wrong_type(entry.value, "tables", "the form in which tables may use the column")
                    .help("write tables = \"keep\", tables = \"decade\" or tables = { bands = [0, 18, 65] }"),
            );
            None
        }
    }
}

/// A coarser form by its word alone: a span of the calendar or an area.
pub(super) fn by_word(word: &str) -> Option<General> {
    let date = || {
        let mut unheard = Log::default();
        let at = 0..0;
        let value = word.to_owned();
        date_level(&mut unheard, &At { value, at }, "by", DATES).map(General::Date)
    };
    area(word).map(General::Area).or_else(date)
}

/// The kind that a form reads, where it can read only one.
pub(super) fn reads(form: &General) -> Option<&'static str> {
    match form {
        General::Date(_) | General::Age { .. } => Some("date"),
        General::Bands(_) => Some("number"),
        General::Area(AreaLevel::Sector | AreaLevel::District | AreaLevel::Area) => {
            Some("gb-postcode")
        }
        General::Area(AreaLevel::Zip3) => Some("us-zip"),
        General::Area(AreaLevel::County | AreaLevel::City | AreaLevel::Province) => None,
        General::Keep | General::Map(_) | General::Hierarchy { .. } | General::Prefix(_) => None,
    }
}
