//! A policy file read into the model. All problems of a file are reported
//! together, each at its own place; nothing is parsed and ignored.
//!
//! May not look at any data, header or clock: what needs those is `plan`'s.

use std::io;
use std::sync::Arc;

use toml::de::DeTable;

use super::columns::{self, GROUND_WHY, WHY_HELP};
use super::doc::{
    Entry, Log, Section, choose, decimal, good_name, iso_date, quoted, read_date, scalar, sub,
    unknown_word, wrong_type,
};
use super::error::{PolicyErrors, Problem, clean_line, is_hidden};
use super::files::Files;
use super::identity::policy_identity;
use super::model::{
    At, Bad, Diversity, Domain, Dominance, Example, Exception, Expect, Extract, Figure, Format,
    InputSpec, Loss, Noise, Order, Policy, Protect, Recipient, RowRisk, RowRule, RowTest, Small,
    Span, Subject, SubjectMissing, Table, Unlisted, Zeros,
};
use super::{check, words};

use toml::de::DeValue;

/// Largest policy in bytes: a policy is a document that a person reads.
pub const MAX_POLICY: u64 = 1 << 20;

/// Everything read from a file, before the parts are checked against each other.
pub(super) struct Parts<'d> {
    /// All column sections, those with problems too.
    pub(super) column_entries: Vec<Entry<'d>>,
    pub(super) columns: Vec<ColumnPart>,
    pub(super) recipients: Vec<Recipient>,
    pub(super) input: InputSpec,
    pub(super) subject: Option<SubjectPart>,
    pub(super) domains: Vec<DomainPart>,
    pub(super) grounds: Vec<(At<String>, At<String>)>,
    /// Names of all grounds, those with problems too.
    pub(super) ground_names: Vec<String>,
    pub(super) rows: Vec<RowPart>,
    pub(super) extract: Option<(Extract, Span)>,
    pub(super) tables: Vec<Table>,
    /// Names of all table sections, those with problems too.
    pub(super) table_names: Vec<String>,
    pub(super) examples: Vec<Example>,
    pub(super) exceptions: Vec<Exception>,
}

/// A column rule that could be read.
pub(super) type ColumnPart = super::model::ColumnRule;

/// `[subject]` before its domain is settled.
pub(super) struct SubjectPart {
    pub(super) column: At<String>,
    pub(super) domain: Option<At<String>>,
    pub(super) missing: SubjectMissing,
}

/// `[domains.NAME]` before its prefix is settled.
pub(super) struct DomainPart {
    pub(super) name: At<String>,
    pub(super) prefix: Option<At<String>>,
    pub(super) bits: u32,
}

/// A row rule with what its ends were written as.
pub(super) struct RowPart {
    pub(super) rule: RowRule,
    /// The kind that `from` and `to` can be compared as, with their place.
    pub(super) range: Option<(&'static str, Span)>,
}

/// Reads the text of a policy. `file` is its name as shown in messages;
/// `files` gives the bytes of a file that the policy names, relative to the
/// policy's folder.
///
/// # Errors
/// All problems of the file, in the order of the text.
pub fn parse(
    file: &str,
    text: &str,
    files: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
) -> Result<Policy, PolicyErrors> {
    let mut log = Log::default();
    let policy = read_text(&mut log, file, text, files);
    finish(log, file, text, policy)
}

/// What was read, or what is wrong with it in the order of the text.
pub(super) fn finish<T>(
    log: Log,
    file: &str,
    text: &str,
    read: Option<T>,
) -> Result<T, PolicyErrors> {
    match read {
        Some(read) if log.problems.is_empty() => Ok(read),
        _ => {
            let mut problems = log.problems;
            if problems.is_empty() {
                // Cannot happen; if it does, the file is refused, not used.
                problems.push(Problem::error(
                    "policy/refused",
                    0..0,
                    "this file could not be read and no reason was recorded",
                ));
            }
            problems.sort_by(|a, b| {
                (a.at.start, a.at.end, a.code).cmp(&(b.at.start, b.at.end, b.code))
            });
            problems.dedup();
            Err(PolicyErrors {
                file: clean_line(file),
                text: Arc::from(text),
                problems,
            })
        }
    }
}

fn read_text(
    log: &mut Log,
    file: &str,
    text: &str,
    files: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
) -> Option<Policy> {
    let document = syntax(log, text)?;
    let root = document.get_ref();
    let files = Files::read(log, root, files);
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let top = Section::new(root, "a policy", start..start);
    top.check_words(log, words::TOP, words::TOP_LATER);

    let name = policy_name(log, &top);
    let family = top.name(log, "family").map(|f| f.value);
    let version = top.integer(log, "version", 1..=u64::MAX);
    need(
        log,
        &top,
        "version",
        "people refer to a policy by its version",
        "write version = 1",
    );
    let purpose = top.prose(log, "purpose", "every rule is judged against the purpose");
    need(
        log,
        &top,
        "purpose",
        "every rule is judged against the purpose",
        "write one sentence: what the release is for, and who may be found in it",
    );
    let valid_until = top.date(log, "valid_until");
    let unlisted = unlisted(log, &top);
    let basis = basis(log, &top);
    let grounds = grounds(log, &top);
    let ground_names = match top.get("grounds").map(|e| e.value.get_ref()) {
        Some(DeValue::Table(table)) => table.iter().map(|(k, _)| k.get_ref().to_string()).collect(),
        _ => Vec::new(),
    };
    let column_entries = match top.get("columns") {
        Some(entry) => sub(log, entry, "[columns.NAME]").map_or_else(Vec::new, |s| s.entries()),
        None => Vec::new(),
    };
    if column_entries.is_empty() {
        top.missing(
            log,
            "columns",
            "a column that no rule names stops the run",
            "write a section [columns.NAME] for every column of the file",
        );
    }
    let columns = column_entries
        .iter()
        .filter_map(|entry| columns::rule(log, *entry, &files))
        .collect();
    let recipients = recipients(log, &top);
    let input = input(log, &top);
    let subject = subject(log, &top);
    let domains = domains(log, &top);
    let rows = rows(log, &top, &files);
    let extract = extract(log, &top);
    let table_sections = top.sections(log, "tables");
    let table_names = table_sections
        .iter()
        .filter_map(|s| Some(s.get("name")?.value.get_ref().as_str()?.to_owned()))
        .collect();
    let tables = tables(log, &table_sections, &column_entries);
    let examples = examples(log, &top);
    let exceptions = exceptions(log, &top);

    let mut parts = Parts {
        column_entries,
        columns,
        recipients,
        input: input?,
        subject,
        domains,
        grounds,
        ground_names,
        rows,
        extract,
        tables,
        table_names,
        examples,
        exceptions,
    };
    let (subject, domains) = check::check(log, &mut parts);
    let (project, name) = name?;
    let identity = policy_identity(
        text.as_bytes(),
        files
            .list
            .iter()
            .map(|f| (f.name.value.as_str(), &f.sha256)),
    );
    Some(Policy {
        file: clean_line(file),
        text: Arc::from(text),
        project,
        name,
        family,
        version: version?.value,
        purpose: purpose?,
        valid_until,
        unlisted,
        basis,
        recipients: parts.recipients,
        input: parts.input,
        subject,
        domains,
        grounds: parts
            .grounds
            .into_iter()
            .map(|(n, t)| (n.value, t))
            .collect(),
        columns: parts.columns,
        rows: parts.rows.into_iter().map(|r| r.rule).collect(),
        extract: parts.extract.map(|(e, _)| e),
        tables: parts.tables,
        examples: parts.examples,
        exceptions: parts.exceptions,
        files: files.list,
        identity,
    })
}

/// The text as a document; `None` where it cannot be read as one. Keys that
/// are written twice are reported and do not keep the rest from being read.
pub(super) fn syntax<'t>(log: &mut Log, text: &'t str) -> Option<toml::Spanned<DeTable<'t>>> {
    if text.len() as u64 > MAX_POLICY {
        log.push(
            Problem::error(
                "policy/too-large",
                0..0,
                format!("this file is larger than {MAX_POLICY} bytes"),
            )
            .why("a policy is a document that a person reads from top to bottom and signs")
            .help("put long lists into a file beside it and name that with `in_list` or `map`"),
        );
        return None;
    }
    hidden_characters(log, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut broken = false;
    let mut section_twice: Option<usize> = None;
    for error in &errors {
        let at = error.span().unwrap_or(0..0);
        let message = error
            .message()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        if message == "duplicate key" {
            // Of a section written twice, its header is enough.
            let inside = section_twice
                .and_then(|end| text.get(end..at.start))
                .is_some_and(|between| !between.contains("\n["));
            if inside {
                continue;
            }
            let line = text.get(..at.start).and_then(|t| t.lines().next_back());
            if line.is_some_and(|l| l.trim_start().starts_with('[')) {
                section_twice = Some(at.end);
            }
            let word = text.get(at.clone()).unwrap_or_default();
            log.push(
                Problem::error(
                    "policy/duplicate",
                    at,
                    format!("{} is written twice", quoted(word)),
                )
                .why("one of the two would win in silence")
                .help("take one of them out"),
            );
        } else {
            broken = true;
            log.push(
                Problem::error("policy/syntax", at, format!("not TOML: {message}")).help(
                    "texts stand in quotes, lists in [brackets], sections start with [name]; problems of meaning are shown once the text can be read",
                ),
            );
        }
    }
    (!broken).then_some(document)
}

/// Characters that make the text read otherwise than it is.
fn hidden_characters(log: &mut Log, text: &str) {
    let mut found = 0;
    for (i, c) in text.char_indices() {
        let joiner = matches!(c, '\u{200c}' | '\u{200d}');
        let mark = c == '\u{feff}' && i == 0;
        let line_end = c == '\r' && text.get(i + 1..).is_some_and(|t| t.starts_with('\n'));
        if joiner || mark || line_end || !is_hidden(c) {
            continue;
        }
        found += 1;
        if found > 20 {
            break;
        }
        log.push(
            Problem::error(
                "policy/hidden-character",
                i..i + c.len_utf8(),
                format!("an invisible character, U+{:04X}", u32::from(c)),
            )
            .why("a policy must read as it runs; such characters hide words or turn them round")
            .help("take it out; where a column name really holds it, write it as \\uXXXX inside quotes"),
        );
    }
}

fn need(log: &mut Log, section: &Section<'_>, key: &str, why: &str, help: &str) {
    if !section.has(key) {
        section.missing(log, key, why, help);
    }
}

fn policy_name(log: &mut Log, top: &Section<'_>) -> Option<(String, String)> {
    need(
        log,
        top,
        "policy",
        "the project separates the codes of one investigation from another's",
        "write policy = \"project/name\"",
    );
    let text = top.string(log, "policy")?;
    match text.value.split_once('/') {
        Some((project, name)) if words::is_name(project) && words::is_name(name) => {
            Some((project.to_owned(), name.to_owned()))
        }
        _ => {
            log.push(
                Problem::error(
                    "policy/name",
                    text.at,
                    format!("{} is not a policy's name", quoted(&text.value)),
                )
                .why("the project separates the codes of one investigation from another's")
                .help("write project/name, each of lower-case letters a-z, digits and hyphens"),
            );
            None
        }
    }
}

fn unlisted(log: &mut Log, top: &Section<'_>) -> Unlisted {
    let Some(text) = top.string(log, "unlisted") else {
        return Unlisted::Refuse;
    };
    let known = [("refuse", Unlisted::Refuse), ("drop", Unlisted::Drop)];
    if text.value == "keep" {
        log.push(
            Problem::error(
                "policy/unknown-word",
                text.at,
                "`unlisted` cannot be `keep`: a column that nobody thought of does not leave",
            )
            .help("write unlisted = \"refuse\" or unlisted = \"drop\""),
        );
        return Unlisted::Refuse;
    }
    choose(log, &text, "unlisted", &known, &[]).map_or(Unlisted::Refuse, |u| u.value)
}

fn basis(log: &mut Log, top: &Section<'_>) -> Vec<(String, String)> {
    let Some(section) = top.section(log, "basis", "[basis]") else {
        return Vec::new();
    };
    section.check_words(log, words::BASIS, &[]);
    let mut out = Vec::new();
    for entry in section.entries() {
        if words::BASIS.contains(&entry.key)
            && let Some(text) = section.prose(
                log,
                entry.key,
                "the lawful basis stands on the first page that the reviewer signs",
            )
        {
            out.push((entry.key.to_owned(), text.value));
        }
    }
    out
}

fn grounds(log: &mut Log, top: &Section<'_>) -> Vec<(At<String>, At<String>)> {
    let section = top.section(log, "grounds", "[grounds]");
    if !top.has("grounds") || section.as_ref().is_some_and(|s| s.entries().is_empty()) {
        top.missing(
            log,
            "grounds",
            GROUND_WHY,
            "write a section [grounds] with lines such as direct = \"Direct identifier, not needed for the purpose\"",
        );
    }
    let Some(section) = section else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for entry in section.entries() {
        let good = good_name(log, &entry.name(), "a ground");
        let text = section.prose(log, entry.key, GROUND_WHY);
        if let Some(text) = text
            && good
        {
            out.push((entry.name(), text));
        }
    }
    out
}

/// Sections `[family.NAME]`: name and section of each.
fn named<'d>(
    log: &mut Log,
    top: &Section<'d>,
    family: &str,
    what: &str,
) -> Vec<(At<String>, Section<'d>)> {
    let Some(outer) = top.section(log, family, &format!("[{family}.NAME]")) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for entry in outer.entries() {
        let name = entry.name();
        let good = good_name(log, &name, what);
        let label = format!("[{family}.{}]", clean_line(entry.key));
        if let Some(section) = sub(log, entry, &label)
            && good
        {
            out.push((name, section));
        }
    }
    out
}

fn device(log: &mut Log, name: &At<String>) {
    if words::is_device(&name.value) {
        log.push(
            Problem::error(
                "policy/name",
                name.at.clone(),
                format!("{} cannot be a file's name on Windows", quoted(&name.value)),
            )
            .help("choose another name"),
        );
    }
}

fn recipients(log: &mut Log, top: &Section<'_>) -> Vec<Recipient> {
    let mut out = Vec::new();
    for (id, section) in named(log, top, "recipients", "a recipient") {
        device(log, &id);
        if id.value == "all" {
            log.push(
                Problem::error(
                    "policy/name",
                    id.at.clone(),
                    "no recipient can be called `all`",
                )
                .why("`--recipient all` means every recipient")
                .help("choose another name"),
            );
        }
        section.check_words(log, words::RECIPIENT, &[]);
        const WHY: &str = "who receives what, under which law, stands on the first page";
        let country = section.string(log, "country");
        if let Some(c) = &country
            && !(c.value.len() == 2 && c.value.bytes().all(|b| b.is_ascii_uppercase()))
        {
            log.push(
                Problem::error(
                    "policy/value",
                    c.at.clone(),
                    format!("{} is not a country", quoted(&c.value)),
                )
                .help("write the two capital letters of ISO 3166, e.g. country = \"BE\""),
            );
        }
        let mut text = |key: &str| section.prose(log, key, WHY).map(|t| t.value);
        let (name, role, transfer) = (text("name"), text("role"), text("transfer"));
        let delete_by = section.date(log, "delete_by").map(|d| d.value);
        out.push(Recipient {
            id,
            name,
            country: country.map(|c| c.value),
            role,
            transfer,
            delete_by,
        });
    }
    out
}

const FORMATS: &[(&str, Format)] = &[("csv", Format::Csv), ("jsonl", Format::Jsonl)];
const LATER_FORMATS: &[&str] = &["xlsx", "xls", "ods", "parquet", "sqlite", "arrow", "tsv"];

/// `[input]`; `None` never, but for a section of the wrong type.
fn input(log: &mut Log, top: &Section<'_>) -> Option<InputSpec> {
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

fn subject(log: &mut Log, top: &Section<'_>) -> Option<SubjectPart> {
    let section = top.section(log, "subject", "[subject]")?;
    section.check_words(log, words::SUBJECT, &[]);
    need(
        log,
        &section,
        "column",
        "persons are counted by it",
        "name the column that identifies the person",
    );
    let domain = section.name(log, "domain");
    let missing = section.word(
        log,
        "missing",
        &[
            ("own-record", SubjectMissing::OwnRecord),
            ("exclude", SubjectMissing::Exclude),
        ],
        &[],
    );
    Some(SubjectPart {
        column: section.string(log, "column")?,
        domain,
        missing: missing.map_or(SubjectMissing::OwnRecord, |m| m.value),
    })
}

fn domains(log: &mut Log, top: &Section<'_>) -> Vec<DomainPart> {
    let mut out = Vec::new();
    for (name, section) in named(log, top, "domains", "a domain") {
        section.check_words(log, words::DOMAIN, &[]);
        let prefix = section.string(log, "prefix").filter(|p| {
            let good =
                (1..=3).contains(&p.value.len()) && p.value.bytes().all(|b| b.is_ascii_uppercase());
            if !good {
                log.push(
                    Problem::error(
                        "policy/value",
                        p.at.clone(),
                        format!("{} is not a prefix", quoted(&p.value)),
                    )
                    .help("write one to three letters A-Z, e.g. prefix = \"P\""),
                );
            }
            good
        });
        let bits = section.integer(log, "bits", 1..=u64::MAX);
        if let Some(bits) = &bits
            && bits.value != 80
            && bits.value != 128
        {
            log.push(
                Problem::error(
                    "policy/out-of-range",
                    bits.at.clone(),
                    "`bits` must be 80 or 128",
                )
                .why("fewer bits make two people share a code")
                .help("leave it out for 80"),
            );
        }
        out.push(DomainPart {
            name,
            prefix,
            bits: if bits.is_some_and(|b| b.value == 128) {
                128
            } else {
                80
            },
        });
    }
    out
}

fn rows(log: &mut Log, top: &Section<'_>, files: &Files) -> Vec<RowPart> {
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

fn extract(log: &mut Log, top: &Section<'_>) -> Option<(Extract, Span)> {
    let section = top.section(log, "extract", "[extract]")?;
    section.check_words(log, words::EXTRACT, &[]);
    let order = section.word(
        log,
        "order",
        &[("shuffled", Order::Shuffled), ("input", Order::Input)],
        &[],
    );
    const WHY: &str = "the order of the input shows who stood beside whom, and which copy you hold";
    let why = section.prose(log, "why", WHY);
    let value = order.as_ref().map_or(Order::Shuffled, |o| o.value);
    if value == Order::Input && !section.has("why") {
        log.push(
            Problem::error(
                "policy/missing-key",
                order.map_or(section.at.clone(), |o| o.at),
                "`order = \"input\"` needs `why`",
            )
            .why(WHY)
            .help("add why = \"…\" under [extract], or leave `order` out"),
        );
    }
    if value == Order::Shuffled
        && let Some(entry) = section.get("why")
    {
        log.push(
            Problem::error(
                "policy/misplaced-key",
                entry.key_at(),
                "`why` has no meaning under [extract] unless order = \"input\"",
            )
            .help("take the line out"),
        );
    }
    let format = section
        .word(log, "format", FORMATS, LATER_FORMATS)
        .map_or(Format::Csv, |f| f.value);
    let part_rows = section
        .integer(log, "part_rows", 1..=u64::MAX)
        .map(|n| n.value);
    let bom = section.boolean(log, "bom").is_some_and(|b| b.value);
    if format == Format::Jsonl
        && let Some(entry) = section.get("bom")
    {
        log.push(
            Problem::error(
                "policy/misplaced-key",
                entry.key_at(),
                "`bom` has no meaning for format = \"jsonl\"",
            )
            .help("take the line out"),
        );
    }
    let risk = risk(log, &section);
    Some((
        Extract {
            at: section.at.clone(),
            order: value,
            order_why: why.filter(|_| value == Order::Input),
            format,
            part_rows,
            bom,
            risk,
        },
        section.at.clone(),
    ))
}

fn risk(log: &mut Log, extract: &Section<'_>) -> Option<RowRisk> {
    let section = extract.section(log, "risk", "[extract.risk]")?;
    section.check_words(log, words::RISK, words::RISK_LATER);
    let k = if section.has("k") {
        section.integer(log, "k", 2..=1_000_000)
    } else {
        Some(At {
            value: 5,
            at: section.at.clone(),
        })
    };
    let small = section.word(
        log,
        "small",
        &[
            ("withhold-rows", Small::WithholdRows),
            ("suppress-values", Small::SuppressValues),
            ("generalise", Small::Generalise),
            ("refuse", Small::Refuse),
        ],
        &[],
    );
    let small = small.map_or(Small::WithholdRows, |s| s.value);
    let (loss, max_withheld) = coarser(log, &section, small);
    let l = section.integer(log, "l", 2..=1_000_000);
    let rule = section.word(
        log,
        "l_rule",
        &[("distinct", false), ("entropy", true)],
        &["recursive"],
    );
    if let (None, Some(rule)) = (&l, &rule) {
        log.push(
            Problem::error(
                "policy/misplaced-key",
                rule.at.clone(),
                "`l_rule` has no meaning without `l`",
            )
            .help("say l = 2 or more, or take the line out"),
        );
    }
    let by_entropy = rule.is_some_and(|rule| rule.value);
    let l = l.map(|l| At {
        value: if by_entropy {
            Diversity::Entropy(l.value)
        } else {
            Diversity::Distinct(l.value)
        },
        at: l.at,
    });
    let max_risk = section.get("max_risk").and_then(|entry| {
        let share = decimal(entry.value.get_ref())
            .and_then(|t| t.parse::<f64>().ok())
            .filter(|n| (0.000_001..=0.5).contains(n));
        if share.is_none() {
            log.push(
                Problem::error(
                    "policy/out-of-range",
                    entry.value.span(),
                    "`max_risk` must be a share from 0.000001 to 0.5",
                )
                .help("write max_risk = 0.2 for one chance in five"),
            );
        }
        share.map(|value| At {
            value,
            at: entry.value.span(),
        })
    });
    Some(RowRisk {
        k: k?,
        l,
        max_risk,
        small,
        loss,
        max_withheld,
    })
}

/// What `small = "generalise"` is told: its loss, and what may be kept back instead.
fn coarser(log: &mut Log, section: &Section<'_>, small: Small) -> (Loss, f64) {
    for key in ["loss", "max_withheld"] {
        if let Some(entry) = section.get(key).filter(|_| small != Small::Generalise) {
            log.push(
                Problem::error(
                    "policy/misplaced-key",
                    entry.key_at(),
                    format!("`{key}` has no meaning without small = \"generalise\""),
                )
                .help("take the line out, or say small = \"generalise\""),
            );
        }
    }
    let loss = section.word(
        log,
        "loss",
        &[
            Loss::Entropy,
            Loss::EntropySuppressed,
            Loss::Discernibility,
            Loss::Height,
        ]
        .map(|loss| (loss.name(), loss)),
        &[],
    );
    let max_withheld = section.get("max_withheld").and_then(|entry| {
        let share = decimal(entry.value.get_ref())
            .and_then(|t| t.parse::<f64>().ok())
            .filter(|share| (0.0..=0.5).contains(share));
        if share.is_none() {
            log.push(
                Problem::error(
                    "policy/out-of-range",
                    entry.value.span(),
                    "`max_withheld` must be a share from 0 to 0.5",
                )
                .help("write max_withheld = 0.02 for two records in a hundred"),
            );
        }
        share
    });
    (
        loss.map_or(Loss::Entropy, |loss| loss.value),
        max_withheld.unwrap_or(0.0),
    )
}

/// Smallest `min` of a table. Below three persons, one of two people in a cell
/// learns about the other from the figure alone.
const MIN_FLOOR: u64 = 3;

fn tables(log: &mut Log, sections: &[Section<'_>], columns: &[Entry<'_>]) -> Vec<Table> {
    sections
        .iter()
        .filter_map(|section| table(log, section, columns))
        .collect()
}

/// One item of `by`: a column, or a hierarchy from broad to fine.
fn dimension(log: &mut Log, item: At<String>, columns: &[Entry<'_>]) -> Option<At<Vec<String>>> {
    let is_column = columns.iter().any(|column| column.key == item.value);
    if is_column || !item.value.contains('>') {
        return Some(At {
            value: vec![item.value],
            at: item.at,
        });
    }
    let levels: Vec<String> = item
        .value
        .split('>')
        .map(|level| level.trim().to_owned())
        .collect();
    let problem = if levels.iter().any(String::is_empty) {
        "a level of this hierarchy has no name"
    } else if (1..levels.len()).any(|at| levels[..at].contains(&levels[at])) {
        "a level of this hierarchy stands twice"
    } else {
        return Some(At {
            value: levels,
            at: item.at,
        });
    };
    log.push(
        Problem::error("policy/hierarchy", item.at, problem)
            .help("write columns from broad to fine, such as \"sector > employer > branch\""),
    );
    None
}

fn table(log: &mut Log, section: &Section<'_>, columns: &[Entry<'_>]) -> Option<Table> {
    section.check_words(log, words::TABLE, words::TABLE_LATER);
    need(
        log,
        section,
        "name",
        "it is the file's name",
        "write name = \"members-by-sector\"",
    );
    need(
        log,
        section,
        "by",
        "a table counts by columns",
        "write by = [\"sector\", \"sex\"]",
    );
    let name = section.name(log, "name");
    if let Some(name) = &name {
        device(log, name);
    }
    let by = section.strings(log, "by").and_then(|list| {
        let mut out = Vec::new();
        let mut good = true;
        for item in list.value {
            match dimension(log, item, columns) {
                Some(levels) => out.push(levels),
                None => good = false,
            }
        }
        good.then_some(out)
    });
    let count = figures(log, section);
    let min = if section.has("min") {
        let min = section.integer(log, "min", 1..=u64::MAX);
        if let Some(min) = &min
            && min.value < MIN_FLOOR
        {
            log.push(
                Problem::error(
                    "policy/out-of-range",
                    min.at.clone(),
                    format!("`min` is below {MIN_FLOOR}"),
                )
                .why("where two people stand behind a figure, each of them learns about the other")
                .help("write min = 10, or what your house rules ask for"),
            );
        }
        min
    } else {
        Some(At {
            value: 10,
            at: section.at.clone(),
        })
    };
    let protect = section.word(
        log,
        "protect",
        &[
            ("suppress", Protect::Suppress),
            ("cell-key", Protect::CellKey),
        ],
        &["round", "dp"],
    );
    let totals = section.boolean(log, "totals").is_some_and(|b| b.value);
    let noise = noise(log, section);
    let dominance = dominance(log, section);
    let zeros = section.word(
        log,
        "zeros",
        &[("protect", Zeros::Protect), ("publish", Zeros::Publish)],
        &[],
    );
    const WHY: &str = "that nobody of a group is in a place is news about each of them";
    let why = section.prose(log, "why", WHY);
    if let Some(zeros) = &zeros
        && zeros.value == Zeros::Publish
        && !section.has("why")
    {
        log.push(
            Problem::error(
                "policy/missing-key",
                zeros.at.clone(),
                "`zeros = \"publish\"` needs `why`",
            )
            .why(WHY)
            .help("add why = \"…\" to the table, or leave `zeros` out"),
        );
    }
    let show_withheld = section
        .boolean(log, "show_withheld")
        .is_some_and(|b| b.value);
    Some(Table {
        name: name?,
        by: by?,
        count: count?,
        min: min?,
        protect: protect.map_or(Protect::Suppress, |p| p.value),
        totals,
        noise,
        dominance,
        zeros: zeros.map_or(Zeros::Protect, |z| z.value),
        why,
        show_withheld,
        at: section.at.clone(),
    })
}

/// `noise = { bound = D, variance = V }`.
fn noise(log: &mut Log, section: &Section<'_>) -> Option<At<Noise>> {
    let inner = section.section(log, "noise", "`noise` of a table")?;
    inner.check_words(log, words::NOISE, &[]);
    for (key, why) in [
        ("bound", "a figure may be off by at most so much"),
        ("variance", "it says how far a figure is usually off"),
    ] {
        need(
            log,
            &inner,
            key,
            why,
            "write noise = { bound = 5, variance = 2 }",
        );
    }
    let bound = inner.integer(log, "bound", 2..=200)?;
    let entry = inner.get("variance")?;
    let variance = match entry.value.get_ref() {
        DeValue::Integer(_) | DeValue::Float(_) => scalar(entry.value.get_ref())
            .and_then(|text| text.parse::<f64>().ok())
            .filter(|variance| variance.is_finite() && *variance > 0.0),
        _ => None,
    };
    let Some(variance) = variance else {
        log.push(wrong_type(entry.value, "variance", "a number above 0"));
        return None;
    };
    Some(At {
        value: Noise {
            bound: bound.value,
            variance,
        },
        at: inner.at.clone(),
    })
}

/// `p_percent = 10` and `dominance = { n = 2, k = 85 }`.
fn dominance(log: &mut Log, section: &Section<'_>) -> Vec<At<Dominance>> {
    let mut rules = Vec::new();
    if let Some(percent) = section.integer(log, "p_percent", 1..=100) {
        rules.push(At {
            value: Dominance::Percent(percent.value),
            at: percent.at,
        });
    }
    if let Some(inner) = section.section(log, "dominance", "`dominance` of a table") {
        inner.check_words(log, words::DOMINANCE, &[]);
        for key in words::DOMINANCE {
            need(
                log,
                &inner,
                key,
                "the rule says how many may make up how much",
                "write dominance = { n = 2, k = 85 }",
            );
        }
        let n = inner.integer(log, "n", 1..=4);
        let k = inner.integer(log, "k", 1..=99);
        if let (Some(n), Some(k)) = (n, k) {
            rules.push(At {
                value: Dominance::Largest {
                    n: n.value,
                    k: k.value,
                },
                at: inner.at.clone(),
            });
        }
    }
    rules
}

/// `{ distinct = "column" }`, `{ sum = "column" }`, `{ mean = "column" }`.
fn figure_of_column(log: &mut Log, inner: &Section<'_>) -> Option<At<Figure>> {
    const KNOWN: &[&str] = &["distinct", "sum", "mean"];
    inner.check_words(log, KNOWN, &["share"]);
    let mut named = KNOWN.iter().filter(|key| inner.has(key));
    let (Some(key), None) = (named.next(), named.next()) else {
        if inner
            .entries()
            .iter()
            .all(|entry| KNOWN.contains(&entry.key))
        {
            log.push(
                Problem::error(
                    "policy/wrong-type",
                    inner.at.clone(),
                    "a figure of a column has one word and one column",
                )
                .help("write { distinct = \"branch\" }, { sum = \"amount\" } or { mean = \"amount\" }"),
            );
        }
        return None;
    };
    let column = inner.string(log, key)?;
    let figure = match *key {
        "distinct" => Figure::Distinct,
        "sum" => Figure::Sum,
        _ => Figure::Mean,
    };
    Some(At {
        value: figure(column.value),
        at: column.at,
    })
}

fn figures(log: &mut Log, section: &Section<'_>) -> Option<Vec<At<Figure>>> {
    let Some(entry) = section.get("count") else {
        return Some(vec![At {
            value: Figure::Person,
            at: section.at.clone(),
        }]);
    };
    let DeValue::Array(items) = entry.value.get_ref() else {
        log.push(
            wrong_type(entry.value, "count", "a list of figures")
                .help("write count = [\"person\"]"),
        );
        return None;
    };
    let mut out: Vec<At<Figure>> = Vec::new();
    let mut good = true;
    for item in items.iter() {
        let figure = match item.get_ref() {
            DeValue::String(word) => {
                let text = At {
                    value: word.to_string(),
                    at: item.span(),
                };
                choose(
                    log,
                    &text,
                    "count",
                    &[("person", false), ("records", true)],
                    &["distinct", "sum", "mean", "share"],
                )
                .map(|records| At {
                    value: if records.value {
                        Figure::Records
                    } else {
                        Figure::Person
                    },
                    at: records.at,
                })
            }
            DeValue::Table(table) => figure_of_column(
                log,
                &Section::new(table, "a figure of `count`", item.span()),
            ),
            _ => {
                log.push(
                    wrong_type(item, "count", "`person` or `records`")
                        .help("write count = [\"person\"]"),
                );
                None
            }
        };
        let Some(figure) = figure else {
            good = false;
            continue;
        };
        if let Some(first) = out.iter().find(|f| f.value == figure.value) {
            log.push(
                Problem::error(
                    "policy/duplicate",
                    figure.at.clone(),
                    "this figure stands twice",
                )
                .also(first.at.clone(), "first here")
                .help("take one of them out"),
            );
            good = false;
        }
        out.push(figure);
    }
    if good && out.is_empty() {
        log.push(
            Problem::error("policy/empty-list", entry.value.span(), "`count` is empty")
                .help("write count = [\"person\"]"),
        );
        return None;
    }
    good.then_some(out)
}

fn examples(log: &mut Log, top: &Section<'_>) -> Vec<Example> {
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

fn exceptions(log: &mut Log, top: &Section<'_>) -> Vec<Exception> {
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

/// A domain's prefix where none is declared: its first letter, upper case.
pub(super) fn default_prefix(name: &str) -> Option<String> {
    name.chars()
        .next()
        .filter(char::is_ascii_lowercase)
        .map(|c| c.to_ascii_uppercase().to_string())
}

/// The finished form of a declared or implied domain.
pub(super) fn domain(name: &str, prefix: String, bits: u32, at: Span) -> Domain {
    Domain {
        name: name.to_owned(),
        prefix,
        bits,
        at,
    }
}

/// The finished form of the subject.
pub(super) fn settled(part: &SubjectPart, domain: String) -> Subject {
    Subject {
        column: part.column.clone(),
        domain,
        missing: part.missing,
    }
}
