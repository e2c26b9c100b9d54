//! A TOML document walked by hand: sections that report each unknown key at
//! the key itself, and typed readers that report each wrong type at the value.
//!
//! May not know what the keys mean.

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::error::{Problem, clean_line};
use super::model::{At, Span};
use super::words;

/// A value of the document with its place.
pub(super) type Spanned<'d> = toml::Spanned<DeValue<'d>>;

/// Collects what is wrong.
#[derive(Default)]
pub(super) struct Log {
    pub(super) problems: Vec<Problem>,
}

impl Log {
    pub(super) fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// A word from the file as it may stand in a message: cleaned and cut.
pub(super) fn quoted(word: &str) -> String {
    let clean = clean_line(word);
    if clean.chars().count() > 60 {
        let head: String = clean.chars().take(60).collect();
        format!("`{head}…`")
    } else {
        format!("`{clean}`")
    }
}

/// One section: a table of the document, how people call it, where it stands.
#[derive(Clone)]
pub(super) struct Section<'d> {
    table: &'d DeTable<'d>,
    /// E.g. `[columns.name]`, for messages.
    pub(super) label: String,
    /// Its header, or the braces of an inline table.
    pub(super) at: Span,
}

/// A key of a section with its value.
#[derive(Clone, Copy)]
pub(super) struct Entry<'d> {
    pub(super) key: &'d str,
    key_at: (usize, usize),
    pub(super) value: &'d Spanned<'d>,
}

impl Entry<'_> {
    pub(super) fn key_at(&self) -> Span {
        self.key_at.0..self.key_at.1
    }

    /// The key with its place.
    pub(super) fn name(&self) -> At<String> {
        At {
            value: self.key.to_owned(),
            at: self.key_at(),
        }
    }
}

impl<'d> Section<'d> {
    pub(super) fn new(table: &'d DeTable<'d>, label: impl Into<String>, at: Span) -> Section<'d> {
        Section {
            table,
            label: label.into(),
            at,
        }
    }

    /// All entries in the order of the text.
    pub(super) fn entries(&self) -> Vec<Entry<'d>> {
        let mut all: Vec<Entry<'d>> = self
            .table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().as_ref(),
                key_at: (key.span().start, key.span().end),
                value,
            })
            .collect();
        all.sort_by_key(|e| e.key_at);
        all
    }

    /// The entry of a key.
    pub(super) fn get(&self, key: &str) -> Option<Entry<'d>> {
        let (k, value) = self.table.get_key_value(key)?;
        Some(Entry {
            key: k.get_ref().as_ref(),
            key_at: (k.span().start, k.span().end),
            value,
        })
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Reports every key that is not a word of this section, and those that
    /// are planned as not built.
    pub(super) fn check_words(&self, log: &mut Log, allowed: &[&str], later: &[&str]) {
        for entry in self.entries() {
            if allowed.contains(&entry.key) {
                continue;
            }
            if later.contains(&entry.key) {
                log.push(not_built(
                    entry.key_at(),
                    format!("{} in {}", quoted(entry.key), self.label),
                ));
                continue;
            }
            log.push(self.unknown(&entry, allowed));
        }
    }

    /// The problem of an unknown key.
    pub(super) fn unknown(&self, entry: &Entry<'_>, allowed: &[&str]) -> Problem {
        let mut message = format!("{} is not a word of {}", quoted(entry.key), self.label);
        if let Some(near) = words::nearest(entry.key, allowed) {
            message.push_str(&format!("; did you mean `{near}`?"));
        }
        Problem::error("policy/unknown-key", entry.key_at(), message)
            .why("a line that is read and not understood would look like a rule without being one")
            .help(format!("{} knows {}", self.label, words::list(allowed)))
    }

    /// Reports a required key that is not there, unless a misspelt one has
    /// just been reported in its place.
    pub(super) fn missing(&self, log: &mut Log, key: &str, why: &str, help: &str) {
        let meant = format!("did you mean `{key}`?");
        let misspelt = self.entries().iter().any(|entry| {
            // Those just reported: a long list is not searched for each key.
            log.problems.iter().rev().take(500).any(|p| {
                p.code == "policy/unknown-key"
                    && p.at == entry.key_at()
                    && p.message.ends_with(&meant)
            })
        });
        if misspelt {
            return;
        }
        log.push(
            Problem::error(
                "policy/missing-key",
                self.at.clone(),
                format!("{} needs `{key}`", self.label),
            )
            .why(why)
            .help(help),
        );
    }

    fn typed<T>(
        &self,
        log: &mut Log,
        key: &str,
        wanted: &str,
        read: impl FnOnce(&'d DeValue<'d>) -> Option<T>,
    ) -> Option<At<T>> {
        let entry = self.get(key)?;
        let found = read(entry.value.get_ref());
        if found.is_none() {
            log.push(wrong_type(entry.value, key, wanted));
        }
        found.map(|value| At {
            value,
            at: entry.value.span(),
        })
    }

    /// A text.
    pub(super) fn string(&self, log: &mut Log, key: &str) -> Option<At<String>> {
        self.typed(log, key, "a text in quotes", |v| {
            v.as_str().map(str::to_owned)
        })
    }

    /// A text that says something.
    pub(super) fn prose(&self, log: &mut Log, key: &str, why: &str) -> Option<At<String>> {
        let text = self.string(log, key)?;
        if words::is_placeholder(&text.value) {
            log.push(
                Problem::error(
                    "policy/empty-text",
                    text.at,
                    format!("`{key}` of {} says nothing yet", self.label),
                )
                .why(why)
                .help("write a sentence that the reviewer can agree or disagree with"),
            );
            return None;
        }
        Some(text)
    }

    /// A name: `[a-z0-9-]+`.
    pub(super) fn name(&self, log: &mut Log, key: &str) -> Option<At<String>> {
        let text = self.string(log, key)?;
        good_name(log, &text, key).then_some(text)
    }

    /// A whole number within limits, both included.
    pub(super) fn integer(
        &self,
        log: &mut Log,
        key: &str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Option<At<u64>> {
        let entry = self.get(key)?;
        whole(log, entry.value, &format!("`{key}`"), range)
    }

    /// true or false.
    pub(super) fn boolean(&self, log: &mut Log, key: &str) -> Option<At<bool>> {
        self.typed(log, key, "true or false", DeValue::as_bool)
    }

    /// A date.
    pub(super) fn date(&self, log: &mut Log, key: &str) -> Option<At<Date>> {
        let entry = self.get(key)?;
        match read_date(entry.value.get_ref()) {
            Some(value) => Some(At {
                value,
                at: entry.value.span(),
            }),
            None => {
                log.push(
                    Problem::error(
                        "policy/date",
                        entry.value.span(),
                        format!(
                            "`{key}` must be a day of the calendar, {} is none",
                            what(entry.value.get_ref())
                        ),
                    )
                    .help("write it as 2027-03-31, without quotes and without a time"),
                );
                None
            }
        }
    }

    /// One of a list of words; `later` are planned and refused by name.
    pub(super) fn word<T: Copy>(
        &self,
        log: &mut Log,
        key: &str,
        known: &[(&str, T)],
        later: &[&str],
    ) -> Option<At<T>> {
        let text = self.string(log, key)?;
        choose(log, &text, key, known, later)
    }

    /// A list of texts, at least one, none twice.
    pub(super) fn strings(&self, log: &mut Log, key: &str) -> Option<At<Vec<At<String>>>> {
        let entry = self.get(key)?;
        let list = texts(
            log,
            entry.value,
            key,
            |v| v.as_str().map(str::to_owned),
            "texts in quotes",
        )?;
        Some(At {
            value: list,
            at: entry.value.span(),
        })
    }

    /// A list of values, given as texts, numbers, dates or truth values and
    /// read as text; at least one, none twice.
    pub(super) fn scalars(&self, log: &mut Log, key: &str) -> Option<At<Vec<At<String>>>> {
        let entry = self.get(key)?;
        let list = texts(log, entry.value, key, scalar, "texts, numbers or dates")?;
        Some(At {
            value: list,
            at: entry.value.span(),
        })
    }

    /// A section inside this one, written as `[a.b]` or `b = { … }`.
    pub(super) fn section(&self, log: &mut Log, key: &str, label: &str) -> Option<Section<'d>> {
        let entry = self.get(key)?;
        sub(log, entry, label)
    }

    /// A list of sections, written as `[[key]]`.
    pub(super) fn sections(&self, log: &mut Log, key: &str) -> Vec<Section<'d>> {
        let Some(entry) = self.get(key) else {
            return Vec::new();
        };
        let label = format!("[[{key}]]");
        match entry.value.get_ref() {
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| match item.get_ref() {
                    DeValue::Table(table) => Some(Section::new(table, label.clone(), item.span())),
                    _ => {
                        log.push(wrong_type(item, key, &format!("sections `{label}`")));
                        None
                    }
                })
                .collect(),
            _ => {
                let mut problem = wrong_type(entry.value, key, &format!("sections `{label}`"));
                problem.at = entry.key_at();
                log.push(problem.help(format!("write `{label}` with two brackets, once for each")));
                Vec::new()
            }
        }
    }
}

/// A section in an entry.
pub(super) fn sub<'d>(log: &mut Log, entry: Entry<'d>, label: &str) -> Option<Section<'d>> {
    match entry.value.get_ref() {
        DeValue::Table(table) => Some(Section::new(table, label, entry.value.span())),
        _ => {
            log.push(
                wrong_type(entry.value, entry.key, &format!("a section {label}"))
                    .help(format!("write `{label}` and its keys on the lines below")),
            );
            None
        }
    }
}

fn texts<'d>(
    log: &mut Log,
    value: &'d Spanned<'d>,
    key: &str,
    read: impl Fn(&DeValue<'_>) -> Option<String>,
    wanted: &str,
) -> Option<Vec<At<String>>> {
    let DeValue::Array(items) = value.get_ref() else {
        log.push(
            wrong_type(value, key, &format!("a list of {wanted}")).help("write [\"…\", \"…\"]"),
        );
        return None;
    };
    let mut out: Vec<At<String>> = Vec::with_capacity(items.len());
    let mut seen: std::collections::HashMap<String, Span> = std::collections::HashMap::new();
    let mut good = true;
    for item in items.iter() {
        let Some(text) = read(item.get_ref()) else {
            log.push(wrong_type(item, key, wanted));
            good = false;
            continue;
        };
        if let Some(first) = seen.get(&text) {
            log.push(
                Problem::error(
                    "policy/duplicate",
                    item.span(),
                    format!("{} stands twice in `{key}`", quoted(&text)),
                )
                .also(first.clone(), "first here")
                .help("take one of them out"),
            );
            good = false;
            continue;
        }
        seen.insert(text.clone(), item.span());
        out.push(At {
            value: text,
            at: item.span(),
        });
    }
    if good && out.is_empty() {
        log.push(
            Problem::error(
                "policy/empty-list",
                value.span(),
                format!("`{key}` is empty"),
            )
            .help(format!("list at least one, or take `{key}` out")),
        );
        return None;
    }
    good.then_some(out)
}

/// Reports a value of the wrong type.
pub(super) fn wrong_type(value: &Spanned<'_>, key: &str, wanted: &str) -> Problem {
    Problem::error(
        "policy/wrong-type",
        value.span(),
        format!(
            "{} wants {wanted}, not {}",
            quoted(key),
            what(value.get_ref())
        ),
    )
}

/// Reports a word whose engine does not exist yet.
pub(super) fn not_built(at: Span, what: impl Into<String>) -> Problem {
    Problem::error(
        "policy/not-built",
        at,
        format!("{} is not built yet", what.into()),
    )
    .why("a word that is read and has no effect would promise a protection that is not there")
}

/// One of a list of words.
pub(super) fn choose<T: Copy>(
    log: &mut Log,
    text: &At<String>,
    key: &str,
    known: &[(&str, T)],
    later: &[&str],
) -> Option<At<T>> {
    if let Some((_, value)) = known.iter().find(|(w, _)| *w == text.value) {
        return Some(At {
            value: *value,
            at: text.at.clone(),
        });
    }
    let names: Vec<&str> = known.iter().map(|(w, _)| *w).collect();
    if later.contains(&text.value.as_str()) {
        log.push(
            not_built(text.at.clone(), format!("`{key} = \"{}\"`", text.value))
                .help(format!("`{key}` can be {}", words::list(&names))),
        );
    } else {
        log.push(unknown_word(text, key, &names));
    }
    None
}

/// Reports a word that is none of a list.
pub(super) fn unknown_word(text: &At<String>, key: &str, known: &[&str]) -> Problem {
    let mut message = format!("{} is not a word for `{key}`", quoted(&text.value));
    if let Some(near) = words::nearest(&text.value, known) {
        message.push_str(&format!("; did you mean `{near}`?"));
    }
    Problem::error("policy/unknown-word", text.at.clone(), message)
        .help(format!("`{key}` can be {}", words::list(known)))
}

/// Whether a text is a name; reports it where not.
pub(super) fn good_name(log: &mut Log, text: &At<String>, what: &str) -> bool {
    if words::is_name(&text.value) {
        return true;
    }
    log.push(
        Problem::error(
            "policy/name",
            text.at.clone(),
            format!("{} is not a name for `{what}`", quoted(&text.value)),
        )
        .why("names stand in file names, codes and manifests")
        .help("use lower-case letters a-z, digits and hyphens"),
    );
    false
}

/// A whole number within limits.
pub(super) fn whole(
    log: &mut Log,
    value: &Spanned<'_>,
    what_for: &str,
    range: std::ops::RangeInclusive<u64>,
) -> Option<At<u64>> {
    let DeValue::Integer(n) = value.get_ref() else {
        log.push(
            Problem::error(
                "policy/wrong-type",
                value.span(),
                format!(
                    "{what_for} wants a whole number, not {}",
                    what(value.get_ref())
                ),
            )
            .help("write it without quotes"),
        );
        return None;
    };
    let found = i128::from_str_radix(n.as_str(), n.radix())
        .ok()
        .and_then(|n| u64::try_from(n).ok())
        .filter(|n| range.contains(n));
    if found.is_none() {
        let (low, high) = (range.start(), range.end());
        log.push(
            Problem::error(
                "policy/out-of-range",
                value.span(),
                format!("{what_for} is out of range"),
            )
            .help(if *high >= i64::MAX as u64 {
                format!("write a whole number of at least {low}")
            } else {
                format!("write a whole number from {low} to {high}")
            }),
        );
    }
    found.map(|value_| At {
        value: value_,
        at: value.span(),
    })
}

/// A number as plain decimal text: digits, at most one point, a minus.
pub(super) fn decimal(value: &DeValue<'_>) -> Option<String> {
    let text = match value {
        DeValue::Integer(n) => i128::from_str_radix(n.as_str(), n.radix())
            .ok()?
            .to_string(),
        DeValue::Float(f) => f.as_str().replace('_', ""),
        _ => return None,
    };
    let text = text.strip_prefix('+').unwrap_or(&text).to_owned();
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let plain = digits.len() <= 40
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    plain.then_some(text)
}

/// A text, number, date or truth value as text.
pub(super) fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(s) => Some(s.to_string()),
        DeValue::Integer(_) => decimal(value),
        DeValue::Float(f) => Some(f.as_str().replace('_', "")),
        DeValue::Boolean(b) => Some(b.to_string()),
        DeValue::Datetime(d) => Some(d.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// A day, as a TOML local date or a quoted YYYY-MM-DD.
pub(super) fn read_date(value: &DeValue<'_>) -> Option<Date> {
    match value {
        DeValue::Datetime(d) => {
            if d.time.is_some() || d.offset.is_some() {
                return None;
            }
            let d = d.date?;
            Date::new(
                i16::try_from(d.year).ok()?,
                i8::try_from(d.month).ok()?,
                i8::try_from(d.day).ok()?,
            )
            .ok()
        }
        DeValue::String(s) => iso_date(s),
        _ => None,
    }
}

/// YYYY-MM-DD and nothing else.
pub(super) fn iso_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || !digits(y, 4) || !digits(m, 2) || !digits(d, 2) {
        return None;
    }
    Date::new(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?).ok()
}

/// What a value is, for messages.
pub(super) fn what(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(s) if s.is_empty() => "an empty text",
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(d) if d.time.is_some() => "a time",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}
