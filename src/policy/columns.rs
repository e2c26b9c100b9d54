//! `[columns.NAME]`: what the policy does to a column, with its parameters.
//!
//! A parameter that its treatment has no use for is an error: nothing is
//! parsed and ignored. References to other parts of the file are checked in
//! `check`.

use super::doc::{Entry, Log, Section, choose, not_built, quoted, sub, unknown_word};
use super::error::{Problem, is_hidden};
use super::files::Files;
use super::general::{general, reads, tables_form};
use super::model::{At, Class, ColumnRule, General, Invalid, KeepForm, RedactLabel, Treatment};
use super::nest::nests;
use super::{pattern, words};

/// Why a ground and a reason are asked for.
pub(super) const GROUND_WHY: &str =
    "every rule, `keep` too, rests on a ground and says why: the reviewer signs for both";
/// What to write for a missing reason.
pub(super) const WHY_HELP: &str = "add a line such as why = \"Counts each person once\"";

/// The treatments by name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Do {
    Drop,
    Keep,
    Pseudonymise,
    Mask,
    Generalise,
    Redact,
    Replace,
    Shift,
}

const DOS: &[(&str, Do)] = &[
    ("drop", Do::Drop),
    ("keep", Do::Keep),
    ("pseudonymise", Do::Pseudonymise),
    ("mask", Do::Mask),
    ("generalise", Do::Generalise),
    ("redact", Do::Redact),
    ("replace", Do::Replace),
    ("shift", Do::Shift),
];

/// How people call a column's section.
pub(super) fn label(name: &str) -> String {
    let bare = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let name: String = super::error::clean_line(name).chars().take(60).collect();
    if bare {
        format!("[columns.{name}]")
    } else {
        format!("[columns.\"{name}\"]")
    }
}

/// Reads one rule; `None` where something was reported that leaves no rule.
pub(super) fn rule(log: &mut Log, entry: Entry<'_>, files: &Files) -> Option<ColumnRule> {
    let label = label(entry.key);
    let section = sub(log, entry, &label)?;
    if entry.key.chars().any(|c| c == '\0') {
        log.push(Problem::error(
            "policy/name",
            entry.key_at(),
            "a column name cannot hold a NUL",
        ));
    }
    let before = log.problems.len();
    let do_text = section.string(log, "do");
    let verb = do_text.and_then(|t| {
        let at = t.at.clone();
        choose(log, &t, "do", DOS, &["encrypt"]).map(|d| (d.value, at))
    });
    check_words(log, &section, verb.as_ref().map(|(v, _)| *v));
    if !section.has("do") {
        section.missing(
            log,
            "do",
            "a column without a treatment has no meaning",
            "write do = \"drop\" unless the purpose needs the column",
        );
    }

    let ground = section.name(log, "ground");
    if !section.has("ground") {
        section.missing(
            log,
            "ground",
            GROUND_WHY,
            "name one of the grounds under [grounds], e.g. ground = \"direct\"",
        );
    }
    let why = section.prose(log, "why", GROUND_WHY);
    if !section.has("why") {
        section.missing(log, "why", GROUND_WHY, WHY_HELP);
    }
    let invalid = section.word(
        log,
        "invalid",
        &[
            ("quarantine", Invalid::Quarantine),
            ("withhold", Invalid::Withhold),
            ("refuse", Invalid::Refuse),
        ],
        &[],
    );
    let class = section.word(
        log,
        "class",
        &[
            ("direct", Class::Direct),
            ("quasi", Class::Quasi),
            ("sensitive", Class::Sensitive),
            ("none", Class::None),
        ],
        &[],
    );
    let own_row = section.boolean(log, "own_row");
    let rename = output_name(log, &section);
    let region = region(log, &section);
    let format = date_format(log, &section);
    let kind = kind(log, &section);
    let tables = tables_form(log, &section, files);
    let (verb, do_at) = verb?;
    let treatment = treatment(log, &section, verb, files);

    // From here on the parts must fit each other.
    let treatment = treatment?;
    let kind = settle_kind(log, &section, &treatment, &tables, kind)?;
    fits(
        log,
        &section,
        &treatment,
        kind.as_ref().map(|k| k.value.as_str()),
        &tables,
    );
    if log.problems.len() > before {
        return None;
    }
    Some(ColumnRule {
        name: entry.name(),
        treatment,
        do_at,
        kind,
        region,
        format,
        invalid: invalid.map_or(Invalid::Quarantine, |i| i.value),
        tables,
        class,
        rename,
        own_row: own_row.is_none_or(|o| o.value),
        ground: ground?,
        why: why?,
    })
}

fn name_of(verb: Do) -> &'static str {
    DOS.iter()
        .find(|(_, d)| *d == verb)
        .map_or("drop", |(name, _)| name)
}

/// Unknown keys, and keys of other treatments.
fn check_words(log: &mut Log, section: &Section<'_>, verb: Option<Do>) {
    let all: Vec<&str> = words::COLUMN
        .iter()
        .chain(words::TREATMENTS.iter().flat_map(|(_, p)| p.iter()))
        .copied()
        .collect();
    let Some(verb) = verb else {
        section.check_words(log, &all, &[]);
        return;
    };
    let name = name_of(verb);
    let own: &[&str] = words::TREATMENTS
        .iter()
        .find(|(n, _)| *n == name)
        .map_or(&[], |(_, p)| p);
    let allowed: Vec<&str> = words::COLUMN.iter().chain(own).copied().collect();
    for entry in section.entries() {
        if allowed.contains(&entry.key) {
            continue;
        }
        if !all.contains(&entry.key) {
            log.push(section.unknown(&entry, &allowed));
            continue;
        }
        let users: Vec<&str> = words::TREATMENTS
            .iter()
            .filter(|(_, p)| p.contains(&entry.key))
            .map(|(n, _)| *n)
            .collect();
        log.push(misplaced(
            &entry,
            format!("under do = \"{name}\""),
            format!(
                "it belongs to {}; {} {}",
                words::list(&users),
                if own.is_empty() {
                    format!("`{name}` has no parameters.")
                } else {
                    format!("`{name}` has {}.", words::list(own))
                },
                "Take the line out or change `do`"
            ),
        ));
    }
}

/// A known word in a place where it would have no effect.
pub(super) fn misplaced(
    entry: &Entry<'_>,
    place: impl AsRef<str>,
    help: impl Into<String>,
) -> Problem {
    Problem::error(
        "policy/misplaced-key",
        entry.key_at(),
        format!("{} has no meaning {}", quoted(entry.key), place.as_ref()),
    )
    .why("a line without effect would look like a rule without being one")
    .help(help)
}

fn output_name(log: &mut Log, section: &Section<'_>) -> Option<At<String>> {
    let name = section.string(log, "as")?;
    let good = !name.value.is_empty()
        && name.value.trim() == name.value
        && name.value.chars().count() <= 100
        && !name
            .value
            .chars()
            .any(|c| is_hidden(c) || c == '\n' || c == '\t');
    if !good {
        log.push(
            Problem::error("policy/name", name.at, "`as` is not a column name")
                .help("write 1 to 100 visible characters without spaces at the ends"),
        );
        return None;
    }
    Some(name)
}

fn region(log: &mut Log, section: &Section<'_>) -> Option<At<String>> {
    let region = section.string(log, "region")?;
    if region.value.len() == 2 && region.value.bytes().all(|b| b.is_ascii_uppercase()) {
        return Some(region);
    }
    log.push(
        Problem::error(
            "policy/value",
            region.at,
            format!("{} is not a region", quoted(&region.value)),
        )
        .help("write the two capital letters of ISO 3166, e.g. region = \"CN\""),
    );
    None
}

fn date_format(log: &mut Log, section: &Section<'_>) -> Option<At<String>> {
    let format = section.string(log, "format")?;
    if format.value.contains('%') {
        return Some(format);
    }
    log.push(
        Problem::error(
            "policy/value",
            format.at,
            format!("{} is not a date format", quoted(&format.value)),
        )
        .help("write it with %Y, %m, %d and the like, e.g. format = \"%d.%m.%Y\""),
    );
    None
}

/// `Some(None)` where no kind is written, `None` where a wrong one is.
fn kind(log: &mut Log, section: &Section<'_>) -> Option<Option<At<String>>> {
    if !section.has("kind") {
        return Some(None);
    }
    let kind = section.string(log, "kind")?;
    good_kind(log, &kind, words::KINDS).then_some(Some(kind))
}

fn good_kind(log: &mut Log, kind: &At<String>, known: &[&str]) -> bool {
    let word = kind.value.as_str();
    if known.contains(&word) {
        return true;
    }
    if words::LATER_KINDS.contains(&word) {
        log.push(
            not_built(kind.at.clone(), format!("kind `{word}`")).help(format!(
                "kinds are {}; for an identifier of another kind, `drop` the column or treat it as `exact`",
                words::list(known)
            )),
        );
    } else {
        log.push(unknown_word(kind, "kind", known));
    }
    false
}

fn treatment(log: &mut Log, section: &Section<'_>, verb: Do, files: &Files) -> Option<Treatment> {
    match verb {
        Do::Drop => Some(Treatment::Drop),
        Do::Keep => keep(log, section).map(Treatment::Keep),
        Do::Pseudonymise => {
            if !section.has("kind") {
                section.missing(
                    log,
                    "kind",
                    "the same identifier gets the same code only where its written forms are normalised",
                    "write e.g. kind = \"cn-resident-id\", or kind = \"exact\" to code the bytes as they are",
                );
            }
            if !section.has("domain") {
                section.missing(
                    log,
                    "domain",
                    "codes of one domain can be joined, codes of two cannot",
                    "write e.g. domain = \"person\"",
                );
            }
            let domain = section.name(log, "domain")?;
            Some(Treatment::Pseudonymise { domain })
        }
        Do::Mask => {
            let first = section.integer(log, "first", 0..=32);
            let last = section.integer(log, "last", 0..=32);
            let with = section.string(log, "with");
            let mut cover = '*';
            if let Some(with) = with {
                let mut chars = with.value.chars();
                match (chars.next(), chars.next()) {
                    (Some(c), None)
                        if !c.is_alphanumeric() && !c.is_whitespace() && !is_hidden(c) =>
                    {
                        cover = c;
                    }
                    _ => {
                        log.push(
                            Problem::error(
                                "policy/value",
                                with.at,
                                "`with` must be one visible character, no letter and no digit",
                            )
                            .why("a letter or digit could be taken for one of the value's")
                            .help("write with = \"*\" or leave it out"),
                        );
                        return None;
                    }
                }
            }
            Some(Treatment::Mask {
                first: read_size(first),
                last: read_size(last),
                with: cover,
            })
        }
        Do::Generalise => general(log, section, files).map(Treatment::Generalise),
        Do::Redact => redact(log, section, files),
        Do::Replace => {
            if !section.has("with") {
                section.missing(
                    log,
                    "with",
                    "every value is replaced by one constant",
                    "write e.g. with = \"[removed]\", or do = \"drop\" to take the column out",
                );
            }
            let with = section.string(log, "with")?;
            if with.value.chars().count() > 200
                || with
                    .value
                    .chars()
                    .any(|c| is_hidden(c) || c == '\n' || c == '\t')
            {
                log.push(
                    Problem::error("policy/value", with.at, "`with` is not a constant")
                        .help("write at most 200 visible characters on one line"),
                );
                return None;
            }
            Some(Treatment::Replace { with: with.value })
        }
        Do::Shift => {
            for (key, help) in [
                (
                    "by",
                    "write by = \"id_number\": the column that identifies the person",
                ),
                ("within", "write within = 30: the largest move in days"),
            ] {
                if !section.has(key) {
                    section.missing(
                        log,
                        key,
                        "each person's dates move by one offset of their own",
                        help,
                    );
                }
            }
            let by = section.string(log, "by");
            let within = section.integer(log, "within", 1..=36_600);
            Some(Treatment::Shift {
                by: by?,
                within: u32::try_from(within?.value).unwrap_or(u32::MAX),
            })
        }
    }
}

fn read_size(n: Option<At<u64>>) -> usize {
    n.and_then(|n| usize::try_from(n.value).ok()).unwrap_or(0)
}

fn keep(log: &mut Log, section: &Section<'_>) -> Option<KeepForm> {
    let max = section.integer(log, "max", 1..=1_000_000);
    match (section.get("values"), section.get("pattern")) {
        (Some(_), Some(pattern)) => {
            log.push(
                misplaced(&pattern, "beside `values`", "take one of the two out")
                    .why("one closed form says what may leave"),
            );
            None
        }
        (None, None) => {
            if !section.has("kind") {
                section.missing(
                    log,
                    "kind",
                    "what is kept must fit a closed form: a kind, listed values or a pattern",
                    "write kind = \"text\", values = [\"…\"] or pattern = \"…\"",
                );
                return None;
            }
            Some(KeepForm::Kind {
                max: max.map_or(200, |m| usize::try_from(m.value).unwrap_or(usize::MAX)),
            })
        }
        (values, pattern) => {
            let form = if values.is_some() {
                "values"
            } else {
                "pattern"
            };
            if let Some(max) = section.get("max") {
                log.push(misplaced(
                    &max,
                    format!("beside `{form}`"),
                    format!("`{form}` alone says what may leave"),
                ));
            }
            if values.is_some() {
                let list = section.scalars(log, "values")?;
                let mut good = true;
                for item in &list.value {
                    if item.value.trim().is_empty() {
                        log.push(
                            Problem::error(
                                "policy/value",
                                item.at.clone(),
                                "an empty value cannot be listed",
                            )
                            .why("missing values are always written empty")
                            .help(
                                "take it out; `missing` under [input] says what counts as missing",
                            ),
                        );
                        good = false;
                    }
                }
                return good
                    .then(|| KeepForm::Values(list.value.into_iter().map(|v| v.value).collect()));
            }
            debug_assert!(pattern.is_some());
            let text = section.string(log, "pattern")?;
            match pattern::compile(&text.value) {
                Ok(_) => Some(KeepForm::Pattern(text)),
                Err(reason) => {
                    log.push(
                        Problem::error(
                            "policy/pattern",
                            text.at,
                            format!("this pattern cannot be used: {reason}"),
                        )
                        .help("patterns are regular expressions without look-around and back-references; they match the whole value"),
                    );
                    None
                }
            }
        }
    }
}

fn redact(log: &mut Log, section: &Section<'_>, files: &Files) -> Option<Treatment> {
    if !section.has("find") {
        section.missing(
            log,
            "find",
            "only what is searched for is taken out of the text",
            "write find = [\"cn-resident-id\", \"phone\", \"email\", \"own-row\"]",
        );
    }
    let label = label_of_found(log, section)?;
    let find = section.strings(log, "find")?;
    let mut kinds = Vec::new();
    let mut own_row = false;
    let mut register_names = false;
    let mut listed_names = false;
    let mut good = true;
    for word in find.value {
        if word.value == "own-row" {
            own_row = true;
        } else if word.value == "register-names" {
            register_names = true;
        } else if word.value == "listed-names" {
            listed_names = true;
        } else if words::KINDS.contains(&word.value.as_str())
            && !words::FINDABLE.contains(&word.value.as_str())
        {
            log.push(
                Problem::error(
                    "policy/unknown-word",
                    word.at,
                    format!("`{}` cannot be found in running text", word.value),
                )
                .help("`offrecord kinds` says which kinds can be found in text"),
            );
            good = false;
        } else if good_kind(log, &word, words::FINDABLE) {
            kinds.push(word);
        } else {
            good = false;
        }
    }
    let names_from = match (register_names, section.get("names_from")) {
        (true, None) => {
            section.missing(
                log,
                "names_from",
                "only the policy knows which columns hold names",
                "write e.g. names_from = [\"name\"]",
            );
            return None;
        }
        (false, Some(entry)) => {
            log.push(misplaced(
                &entry,
                "without \"register-names\" in `find`",
                "add \"register-names\" to `find`, or take the line out",
            ));
            return None;
        }
        (true, Some(entry)) => {
            let columns = section.strings(log, "names_from")?.value;
            if columns.is_empty() {
                log.push(
                    Problem::error(
                        "policy/empty-list",
                        entry.key_at(),
                        "`names_from` lists no column".to_owned(),
                    )
                    .help("write e.g. names_from = [\"name\"]"),
                );
                return None;
            }
            columns
        }
        (false, None) => Vec::new(),
    };
    let names_in = match (listed_names, section.get("names_in")) {
        (true, None) => {
            section.missing(
                log,
                "names_in",
                "only the policy knows which file lists the names",
                "write e.g. names_in = \"names.txt\", a name a line",
            );
            return None;
        }
        (false, Some(entry)) => {
            log.push(misplaced(
                &entry,
                "without \"listed-names\" in `find`",
                "add \"listed-names\" to `find`, or take the line out",
            ));
            return None;
        }
        (true, Some(_)) => {
            let name = section.string(log, "names_in")?;
            Some(At {
                value: files.index(&name.value)?,
                at: name.at,
            })
        }
        (false, None) => None,
    };
    good.then_some(Treatment::Redact {
        find: kinds,
        own_row,
        names_from,
        names_in,
        label,
    })
}

/// `label`, with the domain that codes need and other labels have no use for.
fn label_of_found(log: &mut Log, section: &Section<'_>) -> Option<RedactLabel> {
    let words = [("kind", 0u8), ("numbered", 1), ("code", 2)];
    let word = match section.word(log, "label", &words, &[]) {
        Some(word) => word.value,
        None if section.has("label") => return None,
        None => 0,
    };
    match (word, section.get("domain")) {
        (2, Some(_)) => section.name(log, "domain").map(RedactLabel::Code),
        (2, None) => {
            section.missing(
                log,
                "domain",
                "codes of one domain can be joined, codes of two cannot",
                "write e.g. domain = \"person\", the domain of the column that holds the same identifiers",
            );
            None
        }
        (_, Some(domain)) => {
            log.push(misplaced(
                &domain,
                "without label = \"code\"",
                "take the line out",
            ));
            None
        }
        (1, None) => Some(RedactLabel::Numbered),
        (_, None) => Some(RedactLabel::Kind),
    }
}

/// The column's kind: as written, else what the treatment implies. `None`
/// where the two do not fit.
fn settle_kind(
    log: &mut Log,
    section: &Section<'_>,
    treatment: &Treatment,
    tables: &Option<At<General>>,
    written: Option<Option<At<String>>>,
) -> Option<Option<At<String>>> {
    let written = written?;
    // (what must be, what is meant where nothing is written, the key that says so)
    let (must, implied, key): (Option<&str>, Option<&str>, &str) = match treatment {
        Treatment::Drop => match tables {
            Some(form) => (
                reads(&form.value),
                reads(&form.value).or(Some("text")),
                "tables",
            ),
            None => (None, None, "do"),
        },
        Treatment::Keep(_) => (
            None,
            Some("text"),
            if section.has("values") {
                "values"
            } else {
                "pattern"
            },
        ),
        Treatment::Pseudonymise { .. } => (None, None, "do"),
        Treatment::Mask { .. } => (None, Some("text"), "do"),
        Treatment::Generalise(form) => {
            let key = ["to", "bands", "map", "hierarchy", "prefix"]
                .into_iter()
                .find(|k| section.has(k))
                .unwrap_or("do");
            (reads(form), reads(form).or(Some("text")), key)
        }
        Treatment::Redact { .. } => (written.as_ref().map(|_| "text"), None, "do"),
        Treatment::Replace { .. } => (None, None, "do"),
        Treatment::Shift { .. } => (Some("date"), Some("date"), "do"),
    };
    let mut must = must;
    let mut key = key;
    if must.is_none()
        && let Some(form) = tables
        && matches!(treatment, Treatment::Keep(_))
        && let Some(kind) = reads(&form.value)
    {
        must = Some(kind);
        key = "tables";
    }
    match (written, must) {
        (Some(written), Some(must)) if written.value != must => {
            let mut problem = Problem::error(
                "policy/kind",
                written.at,
                format!("kind `{}` does not go with this `{key}`", written.value),
            )
            .help(if key == "bands" && written.value == "date" {
                "ages need the day on which they are taken: write at = 2026-01-01".to_owned()
            } else {
                format!("it reads values of kind `{must}`")
            });
            if let Some(other) = section.get(key) {
                problem = problem.also(other.value.span(), "read here");
            }
            log.push(problem);
            None
        }
        (Some(written), _) => Some(Some(written)),
        (None, must) => {
            let at = section
                .get(key)
                .map_or_else(|| section.at.clone(), |e| e.value.span());
            Some(must.or(implied).map(|word| At {
                value: word.to_owned(),
                at,
            }))
        }
    }
}

/// Common keys that this treatment has no use for, and forms that do not nest.
fn fits(
    log: &mut Log,
    section: &Section<'_>,
    treatment: &Treatment,
    kind: Option<&str>,
    tables: &Option<At<General>>,
) {
    let mut useless = |key: &str, place: &str, help: &str| {
        if let Some(entry) = section.get(key) {
            log.push(misplaced(&entry, place, help));
        }
    };
    let finds_phones = match treatment {
        Treatment::Redact { find, .. } => find.iter().any(|k| k.value == "phone"),
        _ => false,
    };
    if kind != Some("phone") && !finds_phones {
        useless(
            "region",
            "where no phone is read",
            "it belongs to kind = \"phone\"",
        );
    }
    if kind != Some("date") {
        useless(
            "format",
            "where no date is read",
            "it belongs to kind = \"date\"",
        );
    }
    if let Treatment::Keep(KeepForm::Kind { .. }) = treatment
        && kind != Some("text")
    {
        useless("max", "here", "it limits the characters of kind = \"text\"");
    }
    let own_row_used = match treatment {
        Treatment::Drop
        | Treatment::Pseudonymise { .. }
        | Treatment::Mask { .. }
        | Treatment::Replace { .. }
        | Treatment::Shift { .. } => true,
        Treatment::Generalise(_) => kind != Some("number"),
        Treatment::Keep(_) | Treatment::Redact { .. } => false,
    };
    if !own_row_used {
        useless(
            "own_row",
            "here",
            "own-row searches for the raw values of drop, pseudonymise, mask, replace and shift columns and of what is generalised, numbers excepted",
        );
    }
    match treatment {
        Treatment::Redact { .. } => {
            useless(
                "invalid",
                "under do = \"redact\"",
                "any text can be redacted; take the line out",
            );
            useless(
                "tables",
                "under do = \"redact\"",
                "free text is no dimension of a table; take the line out",
            );
        }
        Treatment::Replace { .. } => {
            useless(
                "tables",
                "under do = \"replace\"",
                "a constant is no dimension of a table; take the line out",
            );
            useless(
                "invalid",
                "under do = \"replace\"",
                "the value is not read; take the line out",
            );
        }
        Treatment::Drop => {
            if kind.is_none() {
                useless(
                    "invalid",
                    "where the value is not read",
                    "give the column a kind, or take the line out",
                );
            }
            if tables.is_none() {
                useless("as", "where the column does not leave", "take the line out");
            }
        }
        _ => {}
    }
    let Some(form) = tables else { return };
    let nested = match treatment {
        Treatment::Drop | Treatment::Keep(_) => true,
        Treatment::Generalise(rows) => nests(rows, &form.value),
        Treatment::Redact { .. } | Treatment::Replace { .. } => true, // reported above
        Treatment::Pseudonymise { .. } | Treatment::Mask { .. } | Treatment::Shift { .. } => {
            form.value == General::Keep
        }
    };
    if !nested {
        log.push(
            Problem::error(
                "policy/not-nested",
                form.at.clone(),
                format!("the tables' form of {} does not nest in the rows' form", section.label),
            )
            .why("rows and tables that cut the same column differently can be subtracted from each other")
            .help("write a form in which every group of the rows lies whole in one group of the tables, or `drop` the column from the rows"),
        );
    }
}
