//! `[input]`: how the records are written, and when they are too bad to use.

use super::doc::{Entry, Log, Section, decimal, quoted};
use super::error::Problem;
use super::model::{At, Bad, Format, InputSpec};
use super::words;

use toml::de::DeValue;

/// Formats of rows, in and out.
pub(super) const FORMATS: &[(&str, Format)] = &[("csv", Format::Csv), ("jsonl", Format::Jsonl)];
/// Formats that are known and not built.
pub(super) const LATER_FORMATS: &[&str] =
    &["xlsx", "xls", "ods", "parquet", "sqlite", "arrow", "tsv"];

/// `[input]`; `None` never, but for a section of the wrong type.
pub(super) fn input(log: &mut Log, top: &Section<'_>) -> Option<InputSpec> {
    let mut spec = InputSpec {
        format: Format::Csv,
        encoding: At {
            value: "utf-8".to_owned(),
            at: 0..0,
        },
        delimiter: b',',
        quote: Some(b'"'),
        header: true,
        missing: vec![String::new()],
        bad: Bad::Quarantine,
        max_bad: 0.01,
        rows: None,
        max_field: 1 << 20,
        max_record: 4 << 20,
        max_columns: 4096,
        publish_hash: None,
    };
    if !top.has("input") {
        return Some(spec);
    }
    let section = top.section(log, "input", "[input]")?;
    section.check_words(log, words::INPUT, &[]);
    if let Some(format) = section.word(log, "format", FORMATS, LATER_FORMATS) {
        spec.format = format.value;
    }
    if let Some(encoding) = section.string(log, "encoding") {
        if known_encoding(&encoding.value) {
            spec.encoding = encoding;
        } else {
            log.push(
                Problem::error(
                    "policy/unknown-word",
                    encoding.at,
                    format!("{} is not an encoding", quoted(&encoding.value)),
                )
                .why("the encoding is declared, never guessed")
                .help("write a label of the WHATWG Encoding Standard such as utf-8, gb18030, gbk, big5, windows-1252, utf-16le, or utf-32"),
            );
        }
    }
    if spec.format == Format::Jsonl {
        for key in ["delimiter", "quote", "header"] {
            if let Some(entry) = section.get(key) {
                log.push(
                    Problem::error(
                        "policy/misplaced-key",
                        entry.key_at(),
                        format!("`{key}` has no meaning for format = \"jsonl\""),
                    )
                    .help("take the line out"),
                );
            }
        }
    }
    if let Some(text) = section.string(log, "delimiter") {
        match one_byte(&text.value) {
            Some(b) => spec.delimiter = b,
            None => log.push(
                Problem::error("policy/value", text.at, "`delimiter` must be one byte")
                    .help("write e.g. delimiter = \";\" or delimiter = \"\\t\"; not a line end, a NUL or a quote"),
            ),
        }
    }
    if let Some(text) = section.string(log, "quote") {
        match (text.value.is_empty(), one_byte(&text.value)) {
            (true, _) => spec.quote = None,
            (false, Some(b)) => spec.quote = Some(b),
            (false, None) => log.push(
                Problem::error("policy/value", text.at, "`quote` must be one byte or empty")
                    .help("write quote = \"\\\"\", quote = \"'\", or quote = \"\" where nothing is quoted"),
            ),
        }
    }
    if spec.quote == Some(spec.delimiter) {
        let at = section
            .get("quote")
            .or_else(|| section.get("delimiter"))
            .map_or(section.at.clone(), |e| e.value.span());
        log.push(
            Problem::error(
                "policy/value",
                at,
                "`quote` and `delimiter` are the same byte",
            )
            .help("write quote = \"\" where nothing is quoted"),
        );
    }
    if let Some(header) = section.boolean(log, "header") {
        spec.header = header.value;
    }
    if let Some(entry) = section.get("missing") {
        spec.missing = missing_words(log, &section, entry).unwrap_or_default();
    }
    if let Some(bad) = section.word(
        log,
        "bad",
        &[("quarantine", Bad::Quarantine), ("refuse", Bad::Refuse)],
        &[],
    ) {
        spec.bad = bad.value;
    }
    if let Some(entry) = section.get("max_bad") {
        let share = decimal(entry.value.get_ref())
            .and_then(|t| t.parse::<f64>().ok())
            .filter(|n| (0.0..=1.0).contains(n));
        match share {
            Some(share) => spec.max_bad = share,
            None => log.push(
                Problem::error(
                    "policy/out-of-range",
                    entry.value.span(),
                    "`max_bad` must be a share from 0 to 1",
                )
                .help("write max_bad = 0.01 for one record in a hundred"),
            ),
        }
        if spec.bad == Bad::Refuse {
            log.push(
                Problem::error(
                    "policy/misplaced-key",
                    entry.key_at(),
                    "`max_bad` has no meaning beside bad = \"refuse\"",
                )
                .help("the first unreadable record stops the run; take the line out"),
            );
        }
    }
    spec.rows = section.integer(log, "rows", 1..=u64::MAX).map(|r| r.value);
    let mut size = |key: &str, range, field: &mut usize| {
        if let Some(n) = section.integer(log, key, range) {
            *field = usize::try_from(n.value).unwrap_or(usize::MAX);
        }
    };
    size("max_field", 1..=1 << 30, &mut spec.max_field);
    size("max_record", 1..=1 << 30, &mut spec.max_record);
    size("max_columns", 1..=1 << 20, &mut spec.max_columns);
    if spec.max_field > spec.max_record {
        let at = section
            .get("max_field")
            .or_else(|| section.get("max_record"))
            .map_or(section.at.clone(), |e| e.value.span());
        log.push(
            Problem::error(
                "policy/value",
                at,
                "`max_field` is larger than `max_record`",
            )
            .help(format!(
                "a field lies inside a record: max_field is {}, max_record is {}",
                spec.max_field, spec.max_record
            )),
        );
    }
    input_hash(log, &section, &mut spec);
    Some(spec)
}

fn input_hash(log: &mut Log, section: &Section<'_>, spec: &mut InputSpec) {
    const WHY: &str = "a published hash confirms to anybody which copy of the data you hold";
    let whys: Vec<Entry<'_>> = ["why", "hash_why"]
        .iter()
        .filter_map(|k| section.get(k))
        .collect();
    let Some(hash) = section.get("hash") else {
        for entry in whys {
            log.push(
                Problem::error(
                    "policy/misplaced-key",
                    entry.key_at(),
                    format!(
                        "`{}` has no meaning under [input] without `hash`",
                        entry.key
                    ),
                )
                .help("it gives the reason for hash = \"plain\""),
            );
        }
        return;
    };
    let word = section.word(log, "hash", &[("plain", ())], &["keyed", "salted"]);
    match whys.as_slice() {
        [one] => {
            let why = section.prose(log, one.key, WHY);
            if word.is_some() {
                spec.publish_hash = why;
            }
        }
        [] => log.push(
            Problem::error(
                "policy/missing-key",
                hash.key_at(),
                "`hash = \"plain\"` needs `why`",
            )
            .why(WHY)
            .help("add why = \"…\" below it, or take `hash` out"),
        ),
        [first, second, ..] => log.push(
            Problem::error(
                "policy/duplicate",
                second.key_at(),
                "the reason is written twice",
            )
            .also(first.key_at(), "first here")
            .help("keep `why`"),
        ),
    }
}

/// Texts that mean "missing": may hold the empty text.
fn missing_words(log: &mut Log, section: &Section<'_>, entry: Entry<'_>) -> Option<Vec<String>> {
    if let DeValue::Array(items) = entry.value.get_ref()
        && items.is_empty()
    {
        log.push(
            Problem::error(
                "policy/empty-list",
                entry.value.span(),
                "`missing` is empty",
            )
            .why("a value that nobody has is never coded")
            .help("write missing = [\"\"] at least"),
        );
        return None;
    }
    let list = section.strings(log, "missing")?;
    let mut out: Vec<String> = Vec::new();
    for item in list.value {
        let trimmed = item.value.trim();
        if trimmed.len() != item.value.len() {
            log.push(
                Problem::error(
                    "policy/value",
                    item.at.clone(),
                    "a word for missing has spaces at its ends",
                )
                .why("values are compared after trimming, so it would never be met")
                .help("write it without the spaces"),
            );
        }
        out.push(trimmed.to_owned());
    }
    Some(out)
}

fn known_encoding(label: &str) -> bool {
    let lower = label.trim().to_ascii_lowercase();
    matches!(lower.as_str(), "utf-32" | "utf-32le" | "utf-32be")
        || encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()).is_some()
}

fn one_byte(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [b] if b.is_ascii() && !matches!(b, b'\r' | b'\n' | 0) => Some(*b),
        _ => None,
    }
}
