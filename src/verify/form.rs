//! Closed forms: what a cell of a column may look like, as the manifest says.
//!
//! Each form is compiled once from the manifest and then asked once a distinct
//! cell. An empty cell always fits (missing or withheld). A form answers for
//! the shape alone; identifiers inside a fitting cell are hunted elsewhere.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use crate::kinds::area::Level;
use crate::kinds::scan::{Scanner, Scratch};
use crate::kinds::{self, Kind, KindOptions};

use super::code::CodeTest;

/// How coarse a written date is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Grain {
    Day,
    Month,
    Quarter,
    Year,
    Years(u16),
}

/// What kind of form it is, with what is needed to test a cell.
enum Test {
    Code(CodeTest),
    Values(HashSet<Box<str>>),
    Kind {
        kind: &'static dyn Kind,
        max: Option<usize>,
    },
    Pattern(regex::Regex),
    Date(Grain),
    Age(u32),
    Prefix(usize),
    Area(Level),
    Mask {
        first: usize,
        last: usize,
        with: char,
        length: usize,
    },
    Constant(Box<str>),
    Redacted(Option<Scanner>, Option<CodeTest>),
}

/// A compiled form.
pub(super) struct Form {
    test: Test,
    options: KindOptions,
}

/// Room for testing cells, one a worker.
#[derive(Default)]
pub(super) struct FormScratch {
    normal: String,
    scan: Scratch,
}

/// What is read in the place of a code.
const LABEL: &str = "[code]";
/// Longest list of values, longest pattern: beyond them a manifest is refused.
const MAX_VALUES: usize = 2_000_000;
const MAX_PATTERN: usize = 4096;

impl Form {
    /// Compiles the JSON of a form; `None` where it is not one that is known.
    pub(super) fn compile(json: &Value) -> Option<Self> {
        let word = |name: &str| json.get(name).and_then(Value::as_str);
        let number = |name: &str| {
            json.get(name)
                .and_then(Value::as_u64)
                .and_then(|n| usize::try_from(n).ok())
        };
        let known = |allowed: &[&str]| {
            json.as_object().is_some_and(|object| {
                object
                    .keys()
                    .all(|key| key == "form" || allowed.contains(&key.as_str()))
            })
        };
        let (test, allowed): (Test, &[&str]) = match word("form")? {
            "code" => {
                let bits = u32::try_from(number("bits")?).ok()?;
                let test = CodeTest::new(word("prefix")?, bits)?;
                (Test::Code(test), &["prefix", "bits"])
            }
            "values" => {
                let list = json.get("values")?.as_array()?;
                if list.len() > MAX_VALUES {
                    return None;
                }
                let values = list
                    .iter()
                    .map(|value| value.as_str().map(Box::from))
                    .collect::<Option<HashSet<Box<str>>>>()?;
                (Test::Values(values), &["values"])
            }
            "kind" => {
                let max = match json.get("max") {
                    None | Some(Value::Null) => None,
                    Some(_) => Some(number("max")?),
                };
                let kind = kinds::find(word("kind")?)?;
                (Test::Kind { kind, max }, &["kind", "max"])
            }
            "pattern" => {
                let pattern = word("pattern")?;
                if pattern.len() > MAX_PATTERN {
                    return None;
                }
                let whole = regex::RegexBuilder::new(&format!("^(?:{pattern})$"))
                    .size_limit(1 << 20)
                    .build()
                    .ok()?;
                (Test::Pattern(whole), &["pattern"])
            }
            "date" => (Test::Date(grain(word("to")?)?), &["to"]),
            "age" => {
                let every = u32::try_from(number("every")?).ok()?;
                if every == 0 {
                    return None;
                }
                (Test::Age(every), &["every"])
            }
            "area" => (Test::Area(Level::parse(word("to")?)?), &["to"]),
            "prefix" => (Test::Prefix(number("characters")?), &["characters", "kind"]),
            "mask" => {
                let mut with = word("with")?.chars();
                let test = Test::Mask {
                    first: number("first")?,
                    last: number("last")?,
                    with: with.next()?,
                    length: number("length")?,
                };
                if with.next().is_some() {
                    return None;
                }
                (test, &["first", "last", "with", "length"])
            }
            "constant" => (Test::Constant(word("value")?.into()), &["value"]),
            "redacted" => {
                let codes = match word("labels")? {
                    "kind" | "numbered" => None,
                    "code" => {
                        let bits = u32::try_from(number("bits")?).ok()?;
                        Some(CodeTest::new(word("prefix")?, bits)?)
                    }
                    _ => return None,
                };
                let find = json.get("find")?.as_array()?;
                let mut names = Vec::new();
                for name in find {
                    match name.as_str()? {
                        "own-row" | "register-names" | "listed-names" => {}
                        name => names.push(kinds::find(name)?.name()),
                    }
                }
                let scanner = if names.is_empty() {
                    None
                } else {
                    Some(Scanner::new(&names, None).ok()?)
                };
                let allowed: &[&str] = match codes {
                    Some(_) => &["labels", "find", "prefix", "bits"],
                    None => &["labels", "find"],
                };
                (Test::Redacted(scanner, codes), allowed)
            }
            _ => return None,
        };
        if !known(allowed) {
            return None;
        }
        Some(Self {
            test,
            options: KindOptions::default(),
        })
    }

    /// The code format, for a column of codes.
    pub(super) fn code(&self) -> Option<&CodeTest> {
        match &self.test {
            Test::Code(format) => Some(format),
            _ => None,
        }
    }

    /// Whether a fitting cell is one of a list that stands in the manifest, so
    /// that the signed policy itself publishes it.
    pub(super) fn is_listed(&self) -> bool {
        matches!(self.test, Test::Values(_) | Test::Constant(_))
    }

    /// Whether a fitting cell is a date or a part of one.
    pub(super) fn is_date(&self) -> bool {
        match &self.test {
            Test::Date(_) => true,
            Test::Kind { kind, .. } => kind.name() == "date",
            _ => false,
        }
    }

    /// Whether what fits says no more than the treatment lets out, whatever it
    /// equals: a raw value that happens to be a year is no leak among years.
    /// Cells that do not fit are found by the form itself.
    pub(super) fn is_closed(&self) -> bool {
        self.is_listed()
            || self.is_date()
            || matches!(
                self.test,
                Test::Code(_) | Test::Mask { .. } | Test::Prefix(_) | Test::Area(_)
            )
    }

    /// Whether a fitting cell is a plain number.
    pub(super) fn is_number(&self) -> bool {
        matches!(&self.test, Test::Kind { kind, .. } if kind.name() == "number")
    }

    /// The strict kind that the policy lets out whole in this column, if any.
    pub(super) fn released_kind(&self) -> Option<&'static str> {
        match &self.test {
            Test::Kind { kind, .. } if kind.strict() => Some(kind.name()),
            _ => None,
        }
    }

    /// Whether cells are running text that can hold a person's own values.
    pub(super) fn is_text(&self) -> bool {
        match &self.test {
            Test::Redacted(..) => true,
            Test::Kind { kind, .. } => matches!(kind.name(), "text" | "exact"),
            _ => false,
        }
    }

    /// A cell as it is searched: where the form says that codes stand in
    /// brackets in its texts, a label in the place of each that is well formed.
    pub(super) fn searched<'c>(&self, cell: &'c str) -> Cow<'c, str> {
        match &self.test {
            Test::Redacted(_, Some(codes)) => walled(cell, codes),
            _ => Cow::Borrowed(cell),
        }
    }

    /// Whether a cell that is not empty fits.
    pub(super) fn fits(&self, cell: &str, scratch: &mut FormScratch) -> bool {
        match &self.test {
            Test::Code(format) => format.check(cell.as_bytes()),
            Test::Values(values) => values.contains(cell),
            Test::Constant(value) => **value == *cell,
            Test::Pattern(whole) => whole.is_match(cell),
            Test::Date(grain) => fits_date(cell, *grain),
            Test::Age(every) => fits_age(cell, *every),
            Test::Area(level) => level.is_area(cell),
            Test::Prefix(characters) => {
                (1..=*characters).contains(&cell.chars().take(characters + 1).count())
            }
            Test::Mask {
                first,
                last,
                with,
                length,
            } => {
                let hidden_end = length.saturating_sub(*last);
                let mut count = 0;
                let hidden = cell.chars().enumerate().all(|(at, c)| {
                    count += 1;
                    at < *first || at >= hidden_end || c == *with
                });
                hidden && count == *length
            }
            Test::Redacted(None, _) => true,
            Test::Redacted(Some(scanner), codes) => {
                let cell = codes
                    .as_ref()
                    .map_or(Cow::Borrowed(cell), |codes| walled(cell, codes));
                !scanner.any(&cell, &mut scratch.scan)
            }
            Test::Kind { kind, max } => {
                if max.is_some_and(|max| cell.len() > max && cell.chars().nth(max).is_some()) {
                    return false;
                }
                match kind.name() {
                    "exact" => true,
                    "date" => fits_date(cell, Grain::Day),
                    "number" => fits_number(cell),
                    "text" if plain_text(cell) => true,
                    _ => {
                        kind.normalise(cell, &self.options, &mut scratch.normal)
                            .is_ok()
                            && scratch.normal == cell
                    }
                }
            }
        }
    }
}

/// A text with a label in the place of each well-formed code in brackets: words
/// before a label say nothing of what stands behind it, as those before the
/// number itself did not when the text was redacted.
fn walled<'c>(cell: &'c str, codes: &CodeTest) -> Cow<'c, str> {
    let length = codes.length();
    let mut out = String::new();
    let mut kept = 0;
    for (open, _) in cell.match_indices('[') {
        let close = open + 1 + length;
        let code = cell.as_bytes().get(open + 1..close);
        if code.is_some_and(|code| codes.check(code)) && cell.as_bytes().get(close) == Some(&b']') {
            out.push_str(cell.get(kept..open).unwrap_or_default());
            out.push_str(LABEL);
            kept = close + 1;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(cell);
    }
    out.push_str(cell.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}

/// `30 to 39` in bands of 10 years, a plain number in bands of one.
fn fits_age(cell: &str, every: u32) -> bool {
    let age = |text: &str| {
        let plain = text.len() <= 3 && (text.len() == 1 || !text.starts_with('0'));
        digits(text.as_bytes()).filter(|_| plain)
    };
    match cell.split_once(" to ") {
        None => every == 1 && age(cell).is_some(),
        Some((from, to)) => {
            let (from, to) = (age(from), age(to));
            every > 1
                && from.is_some_and(|from| from % every == 0)
                && to == from.map(|from| from + every - 1)
        }
    }
}

/// Reads `day`, `month`, `quarter`, `year`, `n-years`, `decade`.
fn grain(to: &str) -> Option<Grain> {
    Some(match to {
        "day" => Grain::Day,
        "month" => Grain::Month,
        "quarter" => Grain::Quarter,
        "year" => Grain::Year,
        "decade" => Grain::Years(10),
        _ => {
            let years = to.strip_suffix("-years")?.parse().ok()?;
            if years < 2 {
                return None;
            }
            Grain::Years(years)
        }
    })
}

/// Decimal digits of a fixed width.
fn digits(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() {
        return None;
    }
    let mut value = 0u32;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u32::from(digit))?;
    }
    Some(value)
}

/// Days of a month of the Gregorian calendar.
fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

/// Whether year, month and day are a day of the calendar.
pub(super) fn is_day(year: u32, month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month)
}

fn fits_date(cell: &str, grain: Grain) -> bool {
    let parsed = match (grain, cell.as_bytes()) {
        (Grain::Day, [y @ .., b'-', m1, m2, b'-', d1, d2]) if y.len() == 4 => {
            match (digits(y), digits(&[*m1, *m2]), digits(&[*d1, *d2])) {
                (Some(y), Some(m), Some(d)) => Some(is_day(y, m, d)),
                _ => None,
            }
        }
        (Grain::Month, [y @ .., b'-', m1, m2]) if y.len() == 4 => {
            match (digits(y), digits(&[*m1, *m2])) {
                (Some(_), Some(m)) => Some((1..=12).contains(&m)),
                _ => None,
            }
        }
        (Grain::Quarter, [y @ .., b'-', b'Q', b'1'..=b'4']) if y.len() == 4 => {
            digits(y).map(|_| true)
        }
        (Grain::Year, y) if y.len() == 4 => digits(y).map(|_| true),
        (Grain::Years(n), [a, b, c, d, b'-', e, f, g, h]) => {
            match (digits(&[*a, *b, *c, *d]), digits(&[*e, *f, *g, *h])) {
                (Some(from), Some(to)) => {
                    let n = u32::from(n);
                    Some(from.is_multiple_of(n) && to == from + n - 1)
                }
                _ => None,
            }
        }
        _ => None,
    };
    parsed == Some(true)
}

/// A plain decimal: sign, digits, a point and digits, no grouping.
fn fits_number(cell: &str) -> bool {
    let unsigned = cell.strip_prefix('-').unwrap_or(cell);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let all = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    all(whole) && fraction.is_none_or(all)
}

/// Text that NFKC and trimming leave as it is, seen at a glance: printable
/// ASCII and common Han characters, single spaces inside.
fn plain_text(cell: &str) -> bool {
    let mut before = ' ';
    for c in cell.chars() {
        match c {
            ' ' if before == ' ' => return false,
            ' '..='~' | '\u{4e00}'..='\u{9fff}' | '、' | '。' => {}
            _ => return false,
        }
        before = c;
    }
    before != ' '
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fits(form: &Value, cell: &str) -> bool {
        Form::compile(form)
            .unwrap()
            .fits(cell, &mut FormScratch::default())
    }

    #[test]
    fn each_form_takes_its_own_cells_and_no_others() {
        // Invented values.
        let cases: &[(Value, &[&str], &[&str])] = &[
            (
                json!({"form":"code","prefix":"P","bits":80}),
                &["P-2Q3D-EZPX-6QJ8-RGBJ-4"],
                &["P-2Q3D-EZPX-6QJ8-RGJB-4", "Q-2Q3D-EZPX-6QJ8-RGBJ-4", "x"],
            ),
            (
                json!({"form":"values","values":["a","b c"]}),
                &["a", "b c"],
                &["A", "b", "a "],
            ),
            (
                json!({"form":"area","to":"city"}),
                &["江苏省苏州市", "北京市"],
                &["江苏省", "江苏省苏州市昆山市", "苏州市", "江苏省苏州市 "],
            ),
            (
                json!({"form":"area","to":"district"}),
                &["SW1A", "M1"],
                &["SW1A 1AA", "SW", "sw1a"],
            ),
            (
                json!({"form":"area","to":"zip3"}),
                &["902", "000"],
                &["036", "90210", "20"],
            ),
            (json!({"form":"constant","value":"x"}), &["x"], &["y", "xx"]),
            (
                json!({"form":"kind","kind":"date"}),
                &["1975-03-09", "2000-02-29"],
                &["1975-3-9", "1900-02-29", "1975-03-09 ", "19750309"],
            ),
            (
                json!({"form":"kind","kind":"number"}),
                &["0", "-1.50", "12"],
                &["1,000", "+1", "1.", ".5", "1e3", "１"],
            ),
            (
                json!({"form":"kind","kind":"text","max":5}),
                &["abc", "汉字汉字汉", "a b"],
                &["abcdef", " a", "a  b", "ａ", "a\u{a0}b"],
            ),
            (
                json!({"form":"pattern","pattern":"[A-Z]{2}|x"}),
                &["AB", "x"],
                &["ABx", "A", "AB\n"],
            ),
            (
                json!({"form":"date","to":"5-years"}),
                &["1975-1979"],
                &["1976-1980", "1975-1980", "1975", "1975-03-09"],
            ),
            (
                json!({"form":"age","every":10}),
                &["0 to 9", "30 to 39", "110 to 119"],
                &[
                    "31 to 40",
                    "30 to 40",
                    "30-39",
                    "30",
                    "00 to 09",
                    "1000 to 1009",
                ],
            ),
            (
                json!({"form":"age","every":1}),
                &["0", "30"],
                &["30 to 30", "030"],
            ),
            (
                json!({"form":"date","to":"decade"}),
                &["1970-1979"],
                &["1975-1984", "1970"],
            ),
            (
                json!({"form":"date","to":"year"}),
                &["1975"],
                &["75", "1975-01"],
            ),
            (
                json!({"form":"date","to":"quarter"}),
                &["1975-Q1"],
                &["1975-Q5", "1975Q1"],
            ),
            (
                json!({"form":"date","to":"month"}),
                &["1975-03"],
                &["1975-13", "1975-3"],
            ),
            (
                json!({"form":"prefix","characters":2,"kind":"exact"}),
                &["11", "汉字", "1"],
                &["110"],
            ),
            (
                json!({"form":"redacted","labels":"code","find":["vin"],"prefix":"P","bits":80}),
                &[
                    "[P-2Q3D-EZPX-6QJ8-RGBJ-4]",
                    "VIN：[P-2Q3D-EZPX-6QJ8-RGBJ-4]与[vin]",
                ],
                &[
                    // Another check symbol, no brackets, another prefix.
                    "VIN 1M8GDM9AXKP042788 [P-2Q3D-EZPX-6QJ8-RGBJ-4]",
                    "[P-2Q3D-EZPX-6QJ8-RGBJ-4 1M8GDM9AXKP042788]",
                    "[1M8GDM9AXKP042788]",
                ],
            ),
            (
                json!({"form":"mask","first":3,"last":1,"with":"*","length":8}),
                &["138****1", "汉字汉****1"],
                &["13800001", "138****12", "138***1"],
            ),
        ];
        for (form, good, bad) in cases {
            for cell in *good {
                assert!(fits(form, cell), "{form} should take {cell:?}");
            }
            for cell in *bad {
                assert!(!fits(form, cell), "{form} should refuse {cell:?}");
            }
        }
    }

    #[test]
    fn a_form_that_is_not_known_is_refused() {
        for form in [
            json!({"form":"anything"}),
            json!({"form":"values"}),
            json!({"form":"values","values":[1]}),
            json!({"form":"code","prefix":"PPPP","bits":80}),
            json!({"form":"code","prefix":"P","bits":80,"extra":1}),
            json!({"form":"kind","kind":"nothing"}),
            json!({"form":"pattern","pattern":"("}),
            json!({"form":"pattern","pattern":"a{5}{5}{5}{5}{5}{5}{5}{5}"}),
            json!({"form":"date","to":"1-years"}),
            json!({"form":"redacted","labels":"codes","find":[]}),
            json!({"form":"redacted","labels":"code","find":[]}),
            json!({"form":"redacted","labels":"code","find":[],"prefix":"P"}),
            json!({"form":"redacted","labels":"code","find":[],"prefix":"P","bits":81}),
            json!({"form":"redacted","labels":"kind","find":[],"prefix":"P","bits":80}),
            json!("values"),
            json!(null),
        ] {
            assert!(Form::compile(&form).is_none(), "{form}");
        }
    }
}
