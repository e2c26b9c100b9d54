//! JSON Lines records: one object of scalars a line, values as their text.
//!
//! A parser of our own, since a number must keep its literal text, a key that
//! stands twice must be seen, and no error may hold text of the line.

use hashbrown::{HashMap, HashSet};
use memchr::memchr;

use super::chunk::Chunk;
use super::decode::utf8;
use super::record::{Event, Fields, Kept, Record, Span, Unknown, Unreadable};
use super::{Limits, Reading, Reason};
use crate::cell::CellBuf;

/// Unknown keys kept for a message.
const KEYS_KEPT: usize = 16;

/// Keys learned at most, and bytes of one.
const KEYS_LEARNED: usize = 1024;
const KEY_LEARNED: usize = 256;

/// Up to so many keys are compared each with each.
const FEW_KEYS: usize = 24;

/// Bytes at which a string is not simply read on.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        stops[byte] = true;
        byte += 1;
    }
    stops[b'"' as usize] = true;
    stops[b'\\' as usize] = true;
    stops
};

const ABSENT: Span = Span {
    from: 0,
    to: 0,
    kept: Kept::Absent,
};

/// The parser of one worker.
pub(super) struct Json {
    /// Number of each name, those of columns first, then those learned.
    names: HashMap<Box<str>, usize>,
    order: Vec<Box<str>>,
    /// How many of the names are columns.
    columns: usize,
    /// For each name, and at 0 for the start, the name that came next the last
    /// time: mostly the one that comes next now.
    next: Vec<usize>,
    /// Whether keys that are skipped are learned, to find them faster again.
    pub(super) learn: bool,
    limits: Limits,
    pub(super) unknown: Unknown,
    pub(super) unknown_keys: Vec<CellBuf>,
    spans: Vec<Span>,
    /// For each column, the number of the last record that had it.
    seen: Vec<u64>,
    record: u64,
    /// Keys of this record that are no column.
    strange: Vec<Span>,
    /// Values of this record whose keys are no column.
    extra: Vec<Span>,
    unescaped: String,
}

type Problem = (Reason, Option<usize>);

impl Json {
    pub(super) fn new(reading: &Reading, names: &[&str]) -> Self {
        Self {
            names: names
                .iter()
                .enumerate()
                .map(|(i, name)| (Box::from(*name), i))
                .collect(),
            order: names.iter().map(|name| Box::from(*name)).collect(),
            columns: names.len(),
            next: (0..=names.len()).collect(),
            learn: false,
            limits: reading.limits,
            unknown: Unknown::Report,
            unknown_keys: Vec::new(),
            spans: vec![ABSENT; names.len()],
            seen: vec![0; names.len()],
            record: 0,
            strange: Vec::new(),
            extra: Vec::new(),
            unescaped: String::new(),
        }
    }

    /// Parses `from..to` of a chunk, which begins with `line`.
    pub(super) fn read<F: FnMut(Event<'_>) -> bool>(
        &mut self,
        chunk: &Chunk,
        from: usize,
        to: usize,
        mut line: u64,
        each: &mut F,
    ) -> Option<u64> {
        let data = chunk.data();
        let body = data.get(from..to).unwrap_or_default();
        let whole = utf8(body);
        let mut at = 0;
        while at < body.len() {
            let rest = body.get(at..).unwrap_or_default();
            let end = at + memchr(b'\n', rest).unwrap_or(rest.len());
            let start = (from + at) as u32;
            let text = match whole {
                Some(text) => text.get(at..end),
                None => body.get(at..end).and_then(utf8),
            };
            let outcome = match text {
                Some(text) => self.line(text, start),
                None => Err((Reason::InvalidBytes, None)),
            };
            let more = match outcome {
                Ok(false) => each(Event::Blank),
                Ok(true) => each(Event::Record(&Record {
                    chunk,
                    text: text.unwrap_or_default(),
                    base: start,
                    fields: Fields::Spans {
                        spans: &self.spans,
                        extra: &self.extra,
                        unescaped: &self.unescaped,
                    },
                    line,
                    at: start,
                    after: (from + end + 1).min(to) as u32,
                    line_after: line + 1,
                })),
                Err((reason, column)) => each(Event::Unreadable(Unreadable {
                    line,
                    byte: chunk.byte_at(line, from + at),
                    column,
                    reason,
                })),
            };
            if !more {
                return None;
            }
            at = end + 1;
            line += 1;
        }
        Some(line)
    }

    /// Parses one line; false for a blank one.
    fn line(&mut self, text: &str, start: u32) -> Result<bool, Problem> {
        let mut scan = Line {
            text,
            at: 0,
            start,
            nul: None,
        };
        scan.space();
        if scan.at == text.len() {
            return Ok(false);
        }
        self.record += 1;
        self.spans.fill(ABSENT);
        self.strange.clear();
        self.extra.clear();
        self.unescaped.clear();
        let mut duplicate = None;
        let mut too_long = None;
        let mut keys = 0;
        let mut before = 0;
        scan.expect(b'{')?;
        scan.space();
        if !scan.eat(b'}') {
            loop {
                let key = scan.string(&mut self.unescaped, None)?;
                keys += 1;
                let name = scan.cut(key, &self.unescaped);
                let guess = self.next.get(before).copied().unwrap_or(0);
                let number = match self.order.get(guess) {
                    Some(expected) if **expected == *name => Some(guess),
                    _ => self.names.get(name).copied(),
                };
                let number = match number {
                    None if self.learn
                        && self.order.len() < self.columns + KEYS_LEARNED
                        && name.len() <= KEY_LEARNED =>
                    {
                        let number = self.order.len();
                        self.order.push(Box::from(name));
                        self.names.insert(Box::from(name), number);
                        self.seen.push(0);
                        self.next.push(number + 1);
                        Some(number)
                    }
                    number => number,
                };
                let column = number.filter(|number| *number < self.columns);
                let long_key = name.len() > self.limits.field;
                scan.space();
                scan.expect(b':')?;
                scan.space();
                let value = scan.value(&mut self.unescaped, column)?;
                let len = (value.to - value.from) as usize;
                if too_long.is_none() && (len > self.limits.field || long_key) {
                    too_long = Some(column);
                }
                if column.is_none() {
                    self.extra.push(value);
                }
                match number {
                    Some(i) => {
                        if guess != i
                            && let Some(next) = self.next.get_mut(before)
                        {
                            *next = i;
                        }
                        before = i + 1;
                        if let Some(seen) = self.seen.get_mut(i) {
                            if *seen == self.record {
                                duplicate = duplicate.or(Some(column.map(|i| i + 1)));
                            }
                            *seen = self.record;
                        }
                        if let Some(span) = self.spans.get_mut(i) {
                            *span = value;
                        }
                    }
                    None => self.strange.push(key),
                }
                scan.space();
                if scan.eat(b'}') {
                    break;
                }
                scan.expect(b',')?;
                scan.space();
            }
        }
        scan.space();
        if scan.at != text.len() {
            return Err((Reason::NotJson, None));
        }
        if let Some(column) = scan.nul {
            return Err((Reason::Nul, column));
        }
        if duplicate.is_none() && scan.twice(&self.strange, &self.unescaped) {
            duplicate = Some(None);
        }
        if let Some(column) = duplicate {
            return Err((Reason::DuplicateKey, column));
        }
        if keys > self.limits.columns {
            return Err((Reason::TooManyColumns, None));
        }
        if self.unknown == Unknown::Report && !self.strange.is_empty() {
            for key in &self.strange {
                let name = scan.cut(*key, &self.unescaped);
                if self.unknown_keys.len() < KEYS_KEPT
                    && !self.unknown_keys.iter().any(|kept| kept.text() == name)
                {
                    self.unknown_keys.push(CellBuf::new(name.to_owned()));
                }
            }
            return Err((Reason::UnknownKey, None));
        }
        if let Some(column) = too_long {
            return Err((Reason::FieldTooLong, column.map(|i| i + 1)));
        }
        Ok(true)
    }
}

/// The first record of a JSON Lines input that has a key.
pub(super) struct First {
    pub(super) at: usize,
    pub(super) line: u64,
    /// Its keys, in the order written.
    pub(super) keys: Vec<CellBuf>,
}

/// Looks for the first record with a key in a chunk.
pub(super) fn first_record(reading: &Reading, chunk: &Chunk) -> Option<First> {
    let mut json = Json::new(reading, &[]);
    json.unknown = Unknown::Skip;
    let data = chunk.data();
    let mut flags = chunk.flags.iter().peekable();
    let mut at = chunk.start;
    let mut line = chunk.line;
    while at < data.len() {
        let rest = data.get(at..).unwrap_or_default();
        let len = memchr(b'\n', rest).unwrap_or(rest.len());
        if flags.next_if(|flag| flag.at == at).is_none()
            && let Some(text) = rest.get(..len).and_then(utf8)
            && json.line(text, at as u32) == Ok(true)
            && !json.strange.is_empty()
        {
            let scan = Line {
                text,
                at: 0,
                start: at as u32,
                nul: None,
            };
            let keys = json.strange.iter();
            return Some(First {
                at,
                line,
                keys: keys
                    .map(|key| CellBuf::new(scan.cut(*key, &json.unescaped).to_owned()))
                    .collect(),
            });
        }
        at += len + 1;
        line += 1;
    }
    None
}

/// A line being read.
struct Line<'a> {
    text: &'a str,
    at: usize,
    /// Position of the line in its chunk.
    start: u32,
    /// The column of the first NUL, if there is one.
    nul: Option<Option<usize>>,
}

impl<'a> Line<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    fn expect(&mut self, byte: u8) -> Result<(), Problem> {
        if self.eat(byte) {
            Ok(())
        } else {
            Err((Reason::NotJson, None))
        }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    /// The text of a span of this line.
    fn cut<'b>(&self, span: Span, unescaped: &'b str) -> &'b str
    where
        'a: 'b,
    {
        match span.kept {
            Kept::Chunk => self
                .text
                .get((span.from - self.start) as usize..(span.to - self.start) as usize),
            Kept::Unescaped => unescaped.get(span.from as usize..span.to as usize),
            Kept::Absent => None,
        }
        .unwrap_or_default()
    }

    /// Whether two of these keys are the same.
    fn twice(&self, keys: &[Span], unescaped: &str) -> bool {
        let cut = |key: &Span| self.cut(*key, unescaped);
        if keys.len() > FEW_KEYS {
            let mut met = HashSet::new();
            return !keys.iter().all(|key| met.insert(cut(key)));
        }
        keys.iter().enumerate().any(|(nth, key)| {
            let before = keys.get(..nth).unwrap_or_default();
            before.iter().any(|other| cut(other) == cut(key))
        })
    }

    fn here(&self, from: usize, to: usize) -> Span {
        Span {
            from: self.start + from as u32,
            to: self.start + to as u32,
            kept: Kept::Chunk,
        }
    }

    fn value(&mut self, unescaped: &mut String, column: Option<usize>) -> Result<Span, Problem> {
        let shown = column.map(|i| i + 1);
        let from = self.at;
        match self.peek() {
            Some(b'"') => self.string(unescaped, column),
            Some(b'{' | b'[') => Err((Reason::NestedValue, shown)),
            Some(b'-' | b'0'..=b'9') => {
                self.number().ok_or((Reason::NotJson, shown))?;
                Ok(self.here(from, self.at))
            }
            _ => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                for (word, absent) in [("true", false), ("false", false), ("null", true)] {
                    if rest.starts_with(word) {
                        self.at += word.len();
                        return Ok(if absent {
                            ABSENT
                        } else {
                            self.here(from, self.at)
                        });
                    }
                }
                Err((Reason::NotJson, shown))
            }
        }
    }

    fn digits(&mut self) -> Option<()> {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            if !self.eat(b'+') {
                self.eat(b'-');
            }
            self.digits()?;
        }
        Some(())
    }

    /// A string, its quotes included; unescaped only where it has an escape.
    fn string(&mut self, unescaped: &mut String, column: Option<usize>) -> Result<Span, Problem> {
        let shown = column.map(|i| i + 1);
        let bad = (Reason::NotJson, shown);
        if !self.eat(b'"') {
            return Err(bad);
        }
        let mut from = self.at;
        let kept = unescaped.len();
        let mut escaped = false;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            self.at += rest
                .iter()
                .position(|byte| STOPS[usize::from(*byte)])
                .unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => {
                    let to = self.at;
                    self.at += 1;
                    if !escaped {
                        return Ok(self.here(from, to));
                    }
                    unescaped.push_str(self.text.get(from..to).unwrap_or_default());
                    return Ok(Span {
                        from: kept as u32,
                        to: unescaped.len() as u32,
                        kept: Kept::Unescaped,
                    });
                }
                Some(b'\\') => {
                    escaped = true;
                    unescaped.push_str(self.text.get(from..self.at).unwrap_or_default());
                    self.at += 1;
                    let c = self.escape().map_err(|reason| (reason, shown))?;
                    if c == '\0' && self.nul.is_none() {
                        self.nul = Some(shown);
                    }
                    unescaped.push(c);
                    from = self.at;
                }
                None | Some(_) => return Err(bad),
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char, Reason> {
        let kind = self.peek().ok_or(Reason::NotJson)?;
        self.at += 1;
        Ok(match kind {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex()?;
                let code = match high {
                    0xd800..=0xdbff => {
                        if !(self.eat(b'\\') && self.eat(b'u')) {
                            return Err(Reason::LoneSurrogate);
                        }
                        let low = self.hex()?;
                        if !(0xdc00..=0xdfff).contains(&low) {
                            return Err(Reason::LoneSurrogate);
                        }
                        0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                    }
                    code => code,
                };
                char::from_u32(code).ok_or(Reason::LoneSurrogate)?
            }
            _ => return Err(Reason::NotJson),
        })
    }

    fn hex(&mut self) -> Result<u32, Reason> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self
                .peek()
                .and_then(|b| char::from(b).to_digit(16))
                .ok_or(Reason::NotJson)?;
            code = code << 4 | digit;
            self.at += 1;
        }
        Ok(code)
    }
}
