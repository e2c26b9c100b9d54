//! What a value is: recognise, validate, normalise, and find in running text.
//!
//! A *kind* says how the text of one value is brought into the one form that
//! stands for it ([`Kind::normalise`]), and whether it is an identifier that
//! is worth hunting for inside other text ([`Kind::strict`], [`scan`]). The
//! normal forms are a contract: codes are computed over them, so that a change
//! of a single byte splits or merges people. A kind therefore carries a
//! version, and the manifest names `kind@version`.
//!
//! The room holds no policy, no key and no file format, imports nothing else
//! of the crate, and never puts the text of a value into an error.

mod americas;
pub mod area;
mod areas;
mod asia;
mod check;
mod china;
pub mod cn;
pub mod date;
pub mod digits;
pub mod email;
mod europe;
pub mod facts;
pub mod fold;
mod gazetteer;
mod geo;
mod handle;
pub mod headers;
pub mod ident;
mod landline;
mod net;
pub mod number;
mod numbering;
pub mod own_row;
pub mod phone;
mod plate;
pub mod recognise;
pub mod region;
pub mod register;
pub mod scan;
pub mod text;
mod unicode;
mod world;

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

pub use date::{CivilDate, DateFormat};
pub use facts::{Derived, Facts, InText, Sex};
pub use ident::Ident;
pub use own_row::OwnRow;
pub use recognise::{Match, Recogniser};
pub use region::{Region, RegionError};
pub use scan::{Hit, Scanner, Scratch};
pub use unicode::{digit_value, is_format, is_separator};

/// One kind of value.
///
/// Kinds are stateless; the registry hands out `&'static dyn Kind`.
pub trait Kind: Sync + Send {
    /// The word that policies use, `cn-resident-id`.
    fn name(&self) -> &'static str;

    /// Version of the normal form. It changes whenever some input normalises
    /// to something else than before, or stops or starts to normalise.
    fn version(&self) -> u32;

    /// Brings `value` into its normal form.
    ///
    /// `value` is the decoded cell as it stands in the file. `out` is cleared
    /// first and holds the normal form when this returns `Ok`; after an error
    /// its content means nothing.
    ///
    /// # Errors
    /// The reason for which the value is not of this kind. It never carries
    /// the value.
    fn normalise(&self, value: &str, opt: &KindOptions, out: &mut String) -> Result<(), Misfit>;

    /// Whether values of this kind are identifiers that are hunted for inside
    /// other text and in finished releases: every strict kind is known to
    /// [`scan::Scanner`].
    fn strict(&self) -> bool;

    /// How many values of this kind are plausible, where that can be said:
    /// what somebody without the key would have to try.
    fn space(&self) -> Option<f64>;

    /// What there is to say about it: its row in the table of kinds.
    fn facts(&self) -> &Facts;

    /// What a value in normal form tells by itself. Of a text that is no
    /// normal form of the kind it tells nothing or nonsense, without a panic.
    fn derive(&self, normal: &str) -> Derived {
        let _ = normal;
        Derived::default()
    }

    /// The place that a value in normal form names, in words. Asked apart from
    /// [`Kind::derive`]: it costs a look-up in the gazetteer.
    fn place(&self, normal: &str) -> Option<Cow<'static, str>> {
        self.derive(normal).place
    }

    /// The line of the table, for kinds that are a row of digits and letters.
    #[doc(hidden)]
    fn ident(&self) -> Option<&Ident> {
        None
    }
}

/// What a policy says about a column beside its kind, already parsed.
#[derive(Debug, Clone, Default)]
pub struct KindOptions {
    /// Country of numbers that are written without one (`region = "CN"`).
    pub region: Option<Region>,
    /// How dates are written, where it is none of the five known forms.
    pub date_format: Option<DateFormat>,
}

/// Why a value is not of a kind. Counted by reason, so the words are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Misfit {
    /// Nothing is left after trimming.
    Empty,
    /// Characters or an order of characters that the kind does not have.
    Form,
    /// Too few or too many characters for the kind.
    Length,
    /// Longer than the column allows.
    TooLong,
    /// A day that the calendar does not have, or outside the years allowed.
    Date,
    /// The check digit does not follow from the rest.
    CheckDigit,
    /// A number without a country, in a column without `region`.
    Region,
    /// A calling code that no country has.
    CountryCode,
    /// A text in which a strict identifier was recognised.
    HoldsIdentifier,
    /// Not one of the listed values.
    NotListed,
    /// Does not match the pattern.
    NoMatch,
    /// Outside the bands or limits.
    OutOfRange,
    /// The record's subject is not known, and the treatment needs it.
    NoSubject,
}

impl Misfit {
    /// Every reason, in the order of their declaration.
    pub const ALL: [Misfit; 13] = [
        Misfit::Empty,
        Misfit::Form,
        Misfit::Length,
        Misfit::TooLong,
        Misfit::Date,
        Misfit::CheckDigit,
        Misfit::Region,
        Misfit::CountryCode,
        Misfit::HoldsIdentifier,
        Misfit::NotListed,
        Misfit::NoMatch,
        Misfit::OutOfRange,
        Misfit::NoSubject,
    ];

    /// The reason as one stable word, for counts and tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Misfit::Empty => "empty",
            Misfit::Form => "form",
            Misfit::Length => "length",
            Misfit::TooLong => "too-long",
            Misfit::Date => "date",
            Misfit::CheckDigit => "check-digit",
            Misfit::Region => "region",
            Misfit::CountryCode => "country-code",
            Misfit::HoldsIdentifier => "holds-identifier",
            Misfit::NotListed => "not-listed",
            Misfit::NoMatch => "no-match",
            Misfit::OutOfRange => "out-of-range",
            Misfit::NoSubject => "no-subject",
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Misfit::Empty => "nothing is left after trimming",
            Misfit::Form => "it is not written as this kind is written",
            Misfit::Length => "it has too few or too many characters for this kind",
            Misfit::TooLong => "it is longer than the column allows",
            Misfit::Date => "the calendar has no such day, or the year is out of range",
            Misfit::CheckDigit => "the check digit is wrong",
            Misfit::Region => "it has no country, and the column names no region",
            Misfit::CountryCode => "no country has this calling code",
            Misfit::HoldsIdentifier => "an identifier was recognised inside the text",
            Misfit::NotListed => "it is not one of the listed values",
            Misfit::NoMatch => "it does not match the pattern",
            Misfit::OutOfRange => "it is outside the limits",
            Misfit::NoSubject => "the record's subject is not known",
        })
    }
}

impl std::error::Error for Misfit {}

/// All kinds, in the order in which texts list them. A kind is added here, as
/// one of its own or in one of the tables, and nowhere else.
static ALL: LazyLock<Vec<&'static dyn Kind>> = LazyLock::new(|| {
    let own: [&dyn Kind; 7] = [
        &text::Exact,
        &text::Text,
        &number::Number,
        &date::Date,
        &phone::Phone,
        &email::Email,
        &cn::ResidentId,
    ];
    let marked: [&dyn Kind; 11] = [
        &area::Address,
        &area::Code,
        &landline::Landline,
        &plate::Plate,
        &handle::WECHAT,
        &net::Url,
        &net::Ip,
        &net::Mac,
        &geo::Coordinates,
        &handle::TELEGRAM,
        &handle::VK,
    ];
    let tables: [&'static [Ident]; 5] = [
        china::KINDS,
        world::KINDS,
        asia::KINDS,
        europe::KINDS,
        americas::KINDS,
    ];
    let lines = tables.into_iter().flatten().map(|kind| kind as &dyn Kind);
    own.into_iter().chain(marked).chain(lines).collect()
});

/// Every kind there is.
#[must_use]
pub fn all() -> &'static [&'static dyn Kind] {
    &ALL
}

/// The kind that a policy calls `name`, if it is built.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Kind> {
    all().iter().copied().find(|kind| kind.name() == name)
}

#[cfg(test)]
mod peer;
#[cfg(test)]
mod tests;

#[cfg(test)]
mod names {
    use super::*;

    #[test]
    fn names_are_found_and_unique() {
        for kind in all() {
            assert_eq!(find(kind.name()).map(|k| k.name()), Some(kind.name()));
        }
        let mut names: Vec<_> = all().iter().map(|k| k.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().len());
        assert!(find("no-such-kind").is_none());
    }

    #[test]
    fn strict_kinds_have_a_space_of_at_least_a_hundred_million_or_no_bound() {
        for kind in all().iter().filter(|k| k.strict()) {
            assert!(kind.space().is_none_or(|n| n >= 1e8), "{}", kind.name());
        }
    }

    #[test]
    fn reasons_are_distinct_words() {
        let mut words: Vec<_> = Misfit::ALL.iter().map(|m| m.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Misfit::ALL.len());
    }
}
