//! The grammars of this room, read the slow and obvious way: one state machine
//! over the whole decoded file, a byte at a time. Tests and the fuzz target
//! compare the real reader with it; nothing else may use it.

use super::{Format, Reading, Reason};

/// What stands in a file: in tests the text of values may be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A record with its values; `None` is absent.
    Record {
        /// Line, 1-based.
        line: u64,
        /// Byte in the input.
        byte: u64,
        /// Values.
        values: Vec<Option<String>>,
    },
    /// An unreadable record.
    Unreadable {
        /// Line, 1-based.
        line: u64,
        /// Byte in the input.
        byte: u64,
        /// Column, 1-based.
        column: Option<usize>,
        /// Why.
        reason: Reason,
    },
    /// A blank line.
    Blank,
}

/// What a whole file comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Names of the columns, or why the header cannot be read: line, byte,
    /// reason; `None`: there is none.
    pub header: Result<Vec<String>, Option<(u64, u64, Reason)>>,
    /// Everything behind the header; empty if the header cannot be read.
    pub seen: Vec<Seen>,
}

/// One record of CSV as bytes, before its values are judged.
struct Raw {
    fields: Vec<Vec<u8>>,
    lone_cr: Option<usize>,
    end: usize,
}

/// The record at `start`, or why its end cannot be known.
fn raw_record(
    text: &[u8],
    start: usize,
    reading: &Reading,
) -> Result<Raw, (Reason, Option<usize>)> {
    #[derive(PartialEq)]
    enum State {
        FieldStart,
        Unquoted,
        Quoted,
        QuoteInQuoted,
        CrAfterQuoted,
    }
    let mut state = State::FieldStart;
    let mut fields: Vec<Vec<u8>> = vec![Vec::new()];
    // For every field whether it was quoted.
    let mut quoted = vec![false];
    let mut at = start;
    let mut ended_by_feed = false;
    while at < text.len() {
        let byte = text[at];
        let is_end = byte == b'\n' && state != State::Quoted;
        if at - start >= reading.limits.record && !is_end {
            return Err((Reason::RecordTooLong, None));
        }
        let nth = fields.len();
        at += 1;
        if is_end {
            ended_by_feed = true;
            break;
        }
        let is_quote = Some(byte) == reading.quote;
        match state {
            State::FieldStart | State::Unquoted => {
                if is_quote && state == State::FieldStart {
                    quoted[nth - 1] = true;
                    state = State::Quoted;
                } else if is_quote {
                    return Err((Reason::StrayQuote, Some(nth)));
                } else if byte == reading.delimiter {
                    fields.push(Vec::new());
                    quoted.push(false);
                    state = State::FieldStart;
                } else {
                    fields[nth - 1].push(byte);
                    state = State::Unquoted;
                }
            }
            State::Quoted => {
                if is_quote {
                    state = State::QuoteInQuoted;
                } else {
                    fields[nth - 1].push(byte);
                }
            }
            State::QuoteInQuoted => {
                if is_quote {
                    fields[nth - 1].push(byte);
                    state = State::Quoted;
                } else if byte == reading.delimiter {
                    fields.push(Vec::new());
                    quoted.push(false);
                    state = State::FieldStart;
                } else if byte == b'\r' {
                    state = State::CrAfterQuoted;
                } else {
                    return Err((Reason::TextAfterQuote, Some(nth)));
                }
            }
            State::CrAfterQuoted => return Err((Reason::LoneCr, Some(nth))),
        }
    }
    let nth = fields.len();
    if !ended_by_feed {
        match state {
            State::Quoted => return Err((Reason::UnclosedQuote, Some(nth))),
            State::CrAfterQuoted => return Err((Reason::LoneCr, Some(nth))),
            _ => {}
        }
    } else if state == State::Unquoted && fields[nth - 1].last() == Some(&b'\r') {
        fields[nth - 1].pop();
    }
    let lone_cr = fields
        .iter()
        .zip(&quoted)
        .position(|(field, quoted)| !quoted && field.contains(&b'\r'))
        .map(|i| i + 1);
    Ok(Raw {
        fields,
        lone_cr,
        end: at,
    })
}

/// Reads decoded bytes. `line_bytes` are the bytes of the undecoded input at
/// which each physical line begins.
///
/// # Panics
/// Where `line_bytes` has fewer entries than the text has lines.
#[must_use]
pub fn read(text: &[u8], reading: &Reading, names: &[&str], line_bytes: &[u64]) -> Whole {
    match reading.format {
        Format::Csv => csv(text, reading, line_bytes),
        Format::Jsonl => jsonl(text, reading, names, line_bytes),
    }
}

fn csv(text: &[u8], reading: &Reading, line_bytes: &[u64]) -> Whole {
    if !reading.header {
        // The first record that can be read tells their number.
        let all = csv_records(text, reading, None, line_bytes);
        let columns = all
            .iter()
            .find_map(|seen| match seen {
                Seen::Record { values, .. } => Some(values.len()),
                _ => None,
            })
            .unwrap_or(0);
        return Whole {
            header: Ok((1..=columns).map(|i| i.to_string()).collect()),
            seen: csv_records(text, reading, Some(columns), line_bytes),
        };
    }
    let mut all = csv_records(text, reading, None, line_bytes);
    let blanks = all.iter().take_while(|seen| **seen == Seen::Blank).count();
    match all.get(blanks) {
        None => Whole {
            header: Err(None),
            seen: Vec::new(),
        },
        Some(Seen::Record { values, line, .. }) => {
            let names: Vec<String> = values.iter().flatten().cloned().collect();
            // The same file without its header: the bytes behind it.
            let start = line_start(text, *line);
            let end = raw_record(text, start, reading).map_or(start, |raw| raw.end);
            let gone = text[..end].iter().filter(|b| **b == b'\n').count();
            let rest = csv_records(
                &text[end..],
                reading,
                Some(names.len()),
                &line_bytes[gone..],
            );
            all.truncate(blanks);
            all.extend(rest.into_iter().map(|seen| shift(seen, gone as u64)));
            Whole {
                header: Ok(names),
                seen: all,
            }
        }
        Some(Seen::Unreadable {
            line, byte, reason, ..
        }) => Whole {
            header: Err(Some((*line, *byte, *reason))),
            seen: Vec::new(),
        },
        Some(Seen::Blank) => unreachable!(),
    }
}

fn shift(seen: Seen, by: u64) -> Seen {
    match seen {
        Seen::Record { line, byte, values } => Seen::Record {
            line: line + by,
            byte,
            values,
        },
        Seen::Unreadable {
            line,
            byte,
            column,
            reason,
        } => Seen::Unreadable {
            line: line + by,
            byte,
            column,
            reason,
        },
        Seen::Blank => Seen::Blank,
    }
}

fn line_start(text: &[u8], line: u64) -> usize {
    let mut at = 0;
    for _ in 1..line {
        at += text[at..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(0, |i| i + 1);
    }
    at
}

fn csv_records(
    text: &[u8],
    reading: &Reading,
    columns: Option<usize>,
    line_bytes: &[u64],
) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut at = 0;
    let mut line = 1u64;
    while at < text.len() {
        let byte = line_bytes[line as usize - 1];
        match raw_record(text, at, reading) {
            Err((reason, column)) => {
                seen.push(Seen::Unreadable {
                    line,
                    byte,
                    column,
                    reason,
                });
                at = text[at..]
                    .iter()
                    .position(|b| *b == b'\n')
                    .map_or(text.len(), |i| at + i + 1);
                line += 1;
            }
            Ok(raw) => {
                let body = &text[at..raw.end];
                let blank = body == b"\n" || body == b"\r\n";
                let next_line = line + body.iter().filter(|b| **b == b'\n').count() as u64;
                if blank && columns != Some(1) {
                    seen.push(Seen::Blank);
                } else {
                    seen.push(match judge(&raw, reading, columns) {
                        Ok(values) => Seen::Record { line, byte, values },
                        Err((reason, column)) => Seen::Unreadable {
                            line,
                            byte,
                            column,
                            reason,
                        },
                    });
                }
                at = raw.end;
                line = next_line;
            }
        }
    }
    seen
}

fn judge(
    raw: &Raw,
    reading: &Reading,
    columns: Option<usize>,
) -> Result<Vec<Option<String>>, (Reason, Option<usize>)> {
    let find = |bad: &dyn Fn(&Vec<u8>) -> bool| raw.fields.iter().position(bad).map(|i| i + 1);
    if let Some(column) = find(&|field| String::from_utf8(field.clone()).is_err()) {
        return Err((Reason::InvalidBytes, Some(column)));
    }
    if let Some(column) = find(&|field| field.contains(&0)) {
        return Err((Reason::Nul, Some(column)));
    }
    if let Some(column) = raw.lone_cr {
        return Err((Reason::LoneCr, Some(column)));
    }
    if raw.fields.len() > reading.limits.columns {
        return Err((Reason::TooManyColumns, None));
    }
    if columns.is_some_and(|columns| columns != raw.fields.len()) {
        return Err((Reason::WrongFieldCount, None));
    }
    if let Some(column) = find(&|field| field.len() > reading.limits.field) {
        return Err((Reason::FieldTooLong, Some(column)));
    }
    Ok(raw
        .fields
        .iter()
        .map(|field| String::from_utf8(field.clone()).ok())
        .collect())
}

fn jsonl(text: &[u8], reading: &Reading, names: &[&str], line_bytes: &[u64]) -> Whole {
    let mut seen = Vec::new();
    let mut lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    for (i, bytes) in lines.iter().enumerate() {
        let line = i as u64 + 1;
        let byte = line_bytes[i];
        let outcome = if bytes.len() > reading.limits.record {
            Err((Reason::RecordTooLong, None))
        } else {
            match std::str::from_utf8(bytes) {
                Err(_) => Err((Reason::InvalidBytes, None)),
                Ok(text) => object(text, reading, names),
            }
        };
        seen.push(match outcome {
            Ok(None) => Seen::Blank,
            Ok(Some(values)) => Seen::Record { line, byte, values },
            Err((reason, column)) => Seen::Unreadable {
                line,
                byte,
                column,
                reason,
            },
        });
    }
    Whole {
        header: Ok(Vec::new()),
        seen,
    }
}

type Values = Vec<Option<String>>;

/// One line of JSON Lines: `None` for a blank one.
fn object(
    text: &str,
    reading: &Reading,
    names: &[&str],
) -> Result<Option<Values>, (Reason, Option<usize>)> {
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    let skip = |at: &mut usize| {
        while *at < chars.len() && matches!(chars[*at], ' ' | '\t' | '\r') {
            *at += 1;
        }
    };
    let not_json = Err((Reason::NotJson, None));
    skip(&mut at);
    if at == chars.len() {
        return Ok(None);
    }
    if chars[at] != '{' {
        return not_json;
    }
    at += 1;
    skip(&mut at);
    let mut members: Vec<(String, Option<String>)> = Vec::new();
    let column = |key: &str| names.iter().position(|name| *name == key).map(|i| i + 1);
    if chars.get(at) == Some(&'}') {
        at += 1;
    } else {
        loop {
            let key = string(&chars, &mut at).map_err(|reason| (reason, None))?;
            let column = column(&key);
            skip(&mut at);
            if chars.get(at) != Some(&':') {
                return not_json;
            }
            at += 1;
            skip(&mut at);
            let value = scalar(&chars, &mut at).map_err(|reason| (reason, column))?;
            members.push((key, value));
            skip(&mut at);
            let next = chars.get(at);
            at += 1;
            match next {
                Some('}') => break,
                Some(',') => skip(&mut at),
                _ => return not_json,
            }
        }
    }
    skip(&mut at);
    if at != chars.len() {
        return not_json;
    }
    for (key, value) in &members {
        if key.contains('\0') {
            return Err((Reason::Nul, None));
        }
        if value.as_ref().is_some_and(|value| value.contains('\0')) {
            return Err((Reason::Nul, column(key)));
        }
    }
    // A known key that stands twice before an unknown one.
    for known in [true, false] {
        for (i, (key, _)) in members.iter().enumerate() {
            if column(key).is_some() == known && members[..i].iter().any(|(k, _)| k == key) {
                return Err((Reason::DuplicateKey, column(key)));
            }
        }
    }
    if members.len() > reading.limits.columns {
        return Err((Reason::TooManyColumns, None));
    }
    if members.iter().any(|(key, _)| column(key).is_none()) {
        return Err((Reason::UnknownKey, None));
    }
    for (key, value) in &members {
        let size = value.as_ref().map_or(0, String::len).max(key.len());
        if size > reading.limits.field {
            return Err((Reason::FieldTooLong, column(key)));
        }
    }
    Ok(Some(
        names
            .iter()
            .map(|name| {
                members
                    .iter()
                    .find(|(key, _)| key == name)
                    .and_then(|(_, value)| value.clone())
            })
            .collect(),
    ))
}

fn scalar(chars: &[char], at: &mut usize) -> Result<Option<String>, Reason> {
    match chars.get(*at) {
        Some('"') => string(chars, at).map(Some),
        Some('{' | '[') => Err(Reason::NestedValue),
        _ => {
            for word in ["true", "false", "null"] {
                let letters: Vec<char> = word.chars().collect();
                if chars[(*at).min(chars.len())..].starts_with(&letters) {
                    *at += letters.len();
                    return Ok((word != "null").then(|| word.to_owned()));
                }
            }
            number(chars, at).map(Some).ok_or(Reason::NotJson)
        }
    }
}

fn number(chars: &[char], at: &mut usize) -> Option<String> {
    let from = *at;
    let is = |at: usize, set: &str| chars.get(at).is_some_and(|c| set.contains(*c));
    let digits = |at: &mut usize| {
        let from = *at;
        while is(*at, "0123456789") {
            *at += 1;
        }
        *at > from
    };
    if is(*at, "-") {
        *at += 1;
    }
    if is(*at, "0") {
        *at += 1;
    } else if !digits(at) {
        return None;
    }
    if is(*at, ".") {
        *at += 1;
        if !digits(at) {
            return None;
        }
    }
    if is(*at, "eE") {
        *at += 1;
        if is(*at, "+-") {
            *at += 1;
        }
        if !digits(at) {
            return None;
        }
    }
    Some(chars[from..*at].iter().collect())
}

fn string(chars: &[char], at: &mut usize) -> Result<String, Reason> {
    let mut units: Vec<u16> = Vec::new();
    if chars.get(*at) != Some(&'"') {
        return Err(Reason::NotJson);
    }
    *at += 1;
    loop {
        let c = *chars.get(*at).ok_or(Reason::NotJson)?;
        *at += 1;
        match c {
            '"' => break,
            c if (c as u32) < 0x20 => return Err(Reason::NotJson),
            '\\' => {
                let c = *chars.get(*at).ok_or(Reason::NotJson)?;
                *at += 1;
                let plain = match c {
                    '"' | '\\' | '/' => c,
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => {
                        let high = four(chars, at)?;
                        units.push(high);
                        if (0xdc00..0xe000).contains(&high) {
                            return Err(Reason::LoneSurrogate);
                        }
                        if (0xd800..0xdc00).contains(&high) {
                            if chars.get(*at) != Some(&'\\') || chars.get(*at + 1) != Some(&'u') {
                                return Err(Reason::LoneSurrogate);
                            }
                            *at += 2;
                            let low = four(chars, at)?;
                            if !(0xdc00..0xe000).contains(&low) {
                                return Err(Reason::LoneSurrogate);
                            }
                            units.push(low);
                        }
                        continue;
                    }
                    _ => return Err(Reason::NotJson),
                };
                units.push(plain as u16);
            }
            c => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
        }
    }
    String::from_utf16(&units).map_err(|_| Reason::LoneSurrogate)
}

fn four(chars: &[char], at: &mut usize) -> Result<u16, Reason> {
    let mut code = 0;
    for _ in 0..4 {
        let digit = chars
            .get(*at)
            .filter(|c| c.is_ascii())
            .and_then(|c| c.to_digit(16))
            .ok_or(Reason::NotJson)?;
        *at += 1;
        code = code * 16 + digit as u16;
    }
    Ok(code)
}
