//! Identifiers that are a short row of digits and letters: almost all kinds of
//! the registry are a line of a table in one of the files by region, and this
//! is what the line becomes.
//!
//! Normal form, the same for all of them: NFKC; format characters and
//! separators (`Z*`, `Pd`, `.`, `·`, `_`) taken out, and the further marks that
//! the kind is written with (`/`, parentheses); every Unicode decimal digit to
//! ASCII; Latin letters to upper case; then what the kind itself does
//! (lengthens an old form, puts back a sign that means something). The result
//! has one of the kind's shapes, and its check holds.
//!
//! May not guess: what does not fit is refused with a reason, never mended.

use super::facts::{Derived, Facts, InText};
use super::unicode::{digit_value, is_format, is_separator, nfkc_each};
use super::{Kind, KindOptions, Misfit};

/// Longest identifier, in characters. The longest is a coding line of a
/// machine-readable zone.
pub(crate) const LONGEST: usize = 90;

/// A kind made from a line of a table.
#[derive(Clone, Copy)]
pub struct Ident {
    name: &'static str,
    version: u32,
    facts: Facts,
    space: f64,
    /// Separators that mean something and stay.
    kept: &'static str,
    /// Further characters that are taken out.
    dropped: &'static str,
    canon: Option<fn(&mut String)>,
    check: fn(&[u8]) -> Result<(), Misfit>,
    derive: Option<fn(&str) -> Derived>,
    distinct: bool,
    also: &'static [&'static str],
}

impl std::fmt::Debug for Ident {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

fn unchecked(_: &[u8]) -> Result<(), Misfit> {
    Ok(())
}

/// A line of a table: name, country, what its people call it, what it is.
pub(super) const fn ident(
    name: &'static str,
    country: &'static str,
    local: &'static str,
    title: &'static str,
) -> Ident {
    Ident {
        name,
        version: 1,
        facts: Facts {
            title,
            local,
            country,
            in_text: InText::Word,
            ..Facts::NONE
        },
        space: 0.0,
        kept: "",
        dropped: "",
        canon: None,
        check: unchecked,
        derive: None,
        distinct: false,
        also: &[],
    }
}

impl Ident {
    /// Shapes of the normal form; see [`Facts::shapes`].
    pub(super) const fn shapes(mut self, shapes: &'static [&'static str]) -> Self {
        self.facts.shapes = shapes;
        self
    }

    /// How people write it.
    pub(super) const fn written(mut self, written: &'static [&'static str]) -> Self {
        self.facts.written = written;
        self
    }

    /// Separators that mean something and stay in the normal form.
    pub(super) const fn keep(mut self, marks: &'static str) -> Self {
        self.kept = marks;
        self
    }

    /// Further marks that are taken out.
    pub(super) const fn drop(mut self, marks: &'static str) -> Self {
        self.dropped = marks;
        self
    }

    /// What is done to the compact form before its shape is looked at.
    pub(super) const fn canon(mut self, canon: fn(&mut String)) -> Self {
        self.canon = Some(canon);
        self
    }

    /// What is checked, in words, how, and the share of random strings of the
    /// shape that pass. With a chance of one in nine or better it may be found
    /// bare in text.
    pub(super) const fn check(
        mut self,
        words: &'static str,
        check: fn(&[u8]) -> Result<(), Misfit>,
        chance: f64,
    ) -> Self {
        self.facts.check = words;
        self.facts.chance = chance;
        if chance <= 0.17 {
            self.facts.in_text = InText::Bare;
        }
        self.check = check;
        self
    }

    /// What the number tells, in words, and how to read it.
    pub(super) const fn tells(mut self, words: &'static str, derive: fn(&str) -> Derived) -> Self {
        self.facts.reveals = words;
        self.derive = Some(derive);
        self
    }

    /// How many plausible values there are.
    pub(super) const fn space(mut self, space: f64) -> Self {
        self.space = space;
        self
    }

    /// Words beside which it stands.
    pub(super) const fn words(mut self, words: &'static [&'static str]) -> Self {
        self.facts.words = words;
        self
    }

    /// Shapes that it has in texts and that become one of the others.
    pub(super) const fn or(mut self, also: &'static [&'static str]) -> Self {
        self.also = also;
        self
    }

    /// See [`Ident::or`].
    pub(crate) fn also(&self) -> &'static [&'static str] {
        self.also
    }

    /// Its form is found in no other text: what fits is proven.
    pub(super) const fn distinct(mut self) -> Self {
        self.distinct = true;
        self
    }

    /// See [`Ident::distinct`].
    pub(crate) fn is_distinct(&self) -> bool {
        self.distinct
    }

    /// Where the rule is from.
    pub(super) const fn source(mut self, source: &'static str) -> Self {
        self.facts.source = source;
        self
    }

    /// Right values as written, with their normal form.
    pub(super) const fn right(mut self, right: &'static [(&'static str, &'static str)]) -> Self {
        self.facts.right = right;
        self
    }

    /// Wrong values with the reason.
    pub(super) const fn wrong(mut self, wrong: &'static [(&'static str, Misfit)]) -> Self {
        self.facts.wrong = wrong;
        self
    }

    /// Whether the compact form may have another length than the normal form.
    pub(crate) fn changes(&self) -> bool {
        self.canon.is_some()
    }

    /// Whether marks between its characters mean something.
    pub(crate) fn keeps_marks(&self) -> bool {
        !self.kept.is_empty()
    }

    /// Whether the normal form holds, shape included.
    pub(crate) fn test(&self, compact: &str) -> Result<(), Misfit> {
        let bytes = compact.as_bytes();
        if !self.facts.shapes.iter().any(|shape| fits(shape, bytes)) {
            let length = self
                .facts
                .shapes
                .iter()
                .any(|shape| shape.len() == bytes.len());
            return Err(if length { Misfit::Form } else { Misfit::Length });
        }
        (self.check)(bytes)
    }

    /// As [`Ident::test`], for a text that fits a shape and still has the
    /// marks of the normal form in it: runs what the kind does to it first.
    pub(crate) fn settle(&self, compact: &mut String) -> Result<(), Misfit> {
        if let Some(canon) = self.canon {
            canon(compact);
        }
        self.test(compact)
    }
}

/// Whether one character stands in the place of `shape`.
#[inline]
pub(crate) fn stands(shape: u8, b: u8) -> bool {
    match shape {
        b'd' => b.is_ascii_digit(),
        b'l' => b.is_ascii_uppercase(),
        b'a' => b.is_ascii_digit() || b.is_ascii_uppercase(),
        b'c' => b.is_ascii_digit() || b == b'X',
        b'*' => b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'<',
        b'n' => b.is_ascii_uppercase() || b == b'<',
        other => other == b,
    }
}

/// Whether `bytes` has the shape.
#[inline]
pub(crate) fn fits(shape: &str, bytes: &[u8]) -> bool {
    shape.len() == bytes.len() && shape.bytes().zip(bytes).all(|(shape, &b)| stands(shape, b))
}

/// Brings `value` into the compact form: ASCII digits and capital letters and
/// the marks in `kept`.
///
/// # Errors
/// [`Misfit::Empty`], [`Misfit::Form`] for another character, and
/// [`Misfit::Length`] for more than any identifier has.
pub(crate) fn compact(
    value: &str,
    kept: &str,
    dropped: &str,
    out: &mut String,
) -> Result<(), Misfit> {
    out.clear();
    let mut misfit = None;
    let mut put = |c: char| {
        if c.is_ascii_digit() || c.is_ascii_uppercase() {
            out.push(c);
        } else if c.is_ascii_lowercase() {
            out.push(c.to_ascii_uppercase());
        } else if kept.contains(c) {
            out.push(c);
        } else if let Some(d) = digit_value(c) {
            out.push(char::from(b'0' + d));
        } else if is_separator(c) && kept.contains('-') && matches!(c, '\u{2010}'..='\u{2015}') {
            out.push('-');
        } else if matches!(c, 'Х' | 'х') {
            out.push('X');
        } else if !(is_separator(c) || is_format(c) || dropped.contains(c)) {
            misfit = Some(Misfit::Form);
        }
        if out.len() > LONGEST {
            out.truncate(LONGEST);
            misfit = Some(Misfit::Length);
        }
    };
    let value = value.trim();
    if value.len() > 16 * LONGEST {
        return Err(Misfit::Length);
    }
    if value.is_ascii() {
        value.chars().for_each(&mut put);
    } else {
        nfkc_each(value, |c, _| put(c));
    }
    match misfit {
        Some(misfit) => Err(misfit),
        None if value.is_empty() => Err(Misfit::Empty),
        None if out.is_empty() => Err(Misfit::Form),
        None => Ok(()),
    }
}

impl Kind for Ident {
    fn name(&self) -> &'static str {
        self.name
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn normalise(&self, value: &str, _opt: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        compact(value, self.kept, self.dropped, out)?;
        self.settle(out)
    }

    fn strict(&self) -> bool {
        let certain = self.distinct || self.facts.proves();
        self.facts.in_text == InText::Bare && certain && self.space >= 1e8
    }

    fn space(&self) -> Option<f64> {
        (self.space > 0.0).then_some(self.space)
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn derive(&self, normal: &str) -> Derived {
        self.derive
            .map_or_else(Derived::default, |derive| derive(normal))
    }

    fn ident(&self) -> Option<&Ident> {
        Some(self)
    }
}
