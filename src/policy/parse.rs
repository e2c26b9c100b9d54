//! A policy file read into the model. All problems of a file are reported
//! together, each at its own place; nothing is parsed and ignored.
//!
//! May not look at any data, header or clock: what needs those is `plan`'s.

use std::io;
use std::sync::Arc;

use toml::de::DeTable;

use super::columns::{self, GROUND_WHY};
use super::doc::{Entry, Log, Section, choose, good_name, quoted, sub};
use super::error::{PolicyErrors, Problem, clean_line, is_hidden};
use super::files::Files;
use super::identity::policy_identity;
use super::model::{
    At, Domain, Example, Exception, Extract, Holds, InputSpec, Policy, Recipient, RowRule, Span,
    Subject, SubjectMissing, Table, Unlisted,
};
use super::{check, examples, extract, input, rows, tables, words};

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
    pub(super) holds: Option<Holds>,
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
    let input = input::input(log, &top);
    let subject = subject(log, &top);
    let domains = domains(log, &top);
    let rows = rows::rows(log, &top, &files);
    let extract = extract::extract(log, &top);
    let table_sections = top.sections(log, "tables");
    let table_names = table_sections
        .iter()
        .filter_map(|s| Some(s.get("name")?.value.get_ref().as_str()?.to_owned()))
        .collect();
    let tables = tables::tables(log, &table_sections, &column_entries);
    let examples = examples::examples(log, &top);
    let holds = super::holds::holds(log, &top);
    let exceptions = examples::exceptions(log, &top);

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
        holds,
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
        holds: parts.holds,
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

pub(super) fn need(log: &mut Log, section: &Section<'_>, key: &str, why: &str, help: &str) {
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
pub(super) fn named<'d>(
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

pub(super) fn device(log: &mut Log, name: &At<String>) {
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
