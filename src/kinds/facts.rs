//! What there is to say about a kind beside its normal form: the row that
//! `offrecord kinds` prints, what its numbers reveal, and how often a random
//! string passes for one.
//!
//! Data only. May not hold, print or keep a value.

use super::CivilDate;
use super::Misfit;

/// Where a kind may be found in running text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InText {
    /// Nowhere: it cannot be told from other text.
    No,
    /// Beside one of its words, or in one of its written forms.
    Word,
    /// Anywhere, where what can be checked holds.
    Bare,
}

/// The row of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// What it is, in English, in a few words.
    pub title: &'static str,
    /// What the people who have it call it.
    pub local: &'static str,
    /// ISO 3166-1 alpha-2 code of the country; empty where it is of no country.
    pub country: &'static str,
    /// What can be checked beyond the form; empty for nothing.
    pub check: &'static str,
    /// What the value tells by itself: `birth date`, `sex`, `region`, …
    pub reveals: &'static str,
    /// Share of the random strings of the same shape (digits and letters drawn
    /// evenly) that are taken for this kind: what a check is worth. 1 where
    /// nothing but the shape can be checked.
    pub chance: f64,
    /// Whether it may be found in text.
    pub in_text: InText,
    /// Words beside which it stands in text and in headers; lower case, width
    /// folded.
    pub words: &'static [&'static str],
    /// The shapes of the normal form: `d` a digit, `l` a letter A to Z, `a`
    /// either, `c` a digit or X, `n` a letter or `<`, `*` any of
    /// them; anything else is itself. Empty where the kind
    /// has a grammar of its own.
    pub shapes: &'static [&'static str],
    /// How people write it: as `shapes`, with separators. The first is the
    /// usual one.
    pub written: &'static [&'static str],
    /// Where the rule is from.
    pub source: &'static str,
    /// Right values, as written, with their normal form. Invented or published
    /// as examples.
    pub right: &'static [(&'static str, &'static str)],
    /// Wrong values with the reason.
    pub wrong: &'static [(&'static str, Misfit)],
}

impl Facts {
    /// Facts with nothing in them.
    pub(crate) const NONE: Facts = Facts {
        title: "",
        local: "",
        country: "",
        check: "",
        reveals: "",
        chance: 1.0,
        in_text: InText::No,
        words: &[],
        shapes: &[],
        written: &[],
        source: "",
        right: &[],
        wrong: &[],
    };

    /// Whether a value that fits proves itself: of a hundred thousand random
    /// strings of its shape at most two do.
    #[must_use]
    pub fn proves(&self) -> bool {
        self.chance <= 2e-5
    }
}

/// A person's sex as a number carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

impl Sex {
    /// `female` or `male`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Sex::Female => "female",
            Sex::Male => "male",
        }
    }

    /// Male for true.
    pub(crate) fn male(male: bool) -> Option<Sex> {
        Some(if male { Sex::Male } else { Sex::Female })
    }
}

/// What a value tells by itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Derived {
    /// Day of birth, where the century is certain too.
    pub birth: Option<CivilDate>,
    /// Sex as registered.
    pub sex: Option<Sex>,
    /// The region, by the code that the number holds.
    pub region: Option<String>,
    /// That code in words, where it is known.
    pub place: Option<std::borrow::Cow<'static, str>>,
    /// Country by ISO 3166-1 alpha-2, where the value names it.
    pub country: Option<String>,
    /// What part of the value may be a person's, in words.
    pub holds: Option<&'static str>,
}

/// These are facts of a person: `Debug` shows nothing of them.
impl std::fmt::Debug for Derived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Derived")
    }
}

impl Derived {
    /// Day of birth and sex.
    pub(crate) fn person(birth: Option<CivilDate>, sex: Option<Sex>) -> Derived {
        Derived {
            birth,
            sex,
            ..Derived::default()
        }
    }

    /// The same with the code of a region.
    pub(crate) fn from(mut self, region: &str) -> Derived {
        self.region = Some(region.to_owned());
        self
    }
}

/// Any characters.
pub(super) static EXACT: Facts = Facts {
    title: "the characters as they stand in the file",
    ..Facts::NONE
};

/// One line of text.
pub(super) static TEXT: Facts = Facts {
    title: "one line of text: width unified, trimmed, case kept",
    ..Facts::NONE
};

/// A plain number.
pub(super) static NUMBER: Facts = Facts {
    title: "a plain decimal without grouping",
    ..Facts::NONE
};

/// A day.
pub(super) static DATE: Facts = Facts {
    title: "a day: YYYY-MM-DD, YYYY/M/D, YYYY.M.D, YYYYMMDD, YYYY年M月D日, or `format`",
    check: "the calendar has it",
    chance: 0.013,
    source: "proleptic Gregorian calendar, ISO 8601",
    right: &[("1975年3月9日", "1975-03-09"), ("2000-02-29", "2000-02-29")],
    wrong: &[("1900-02-29", Misfit::Date), ("9.3.1975", Misfit::Form)],
    ..Facts::NONE
};

/// A telephone number.
pub(super) static PHONE: Facts = Facts {
    title: "a telephone number, written +…; `region` reads national ones",
    local: "电话号码",
    check: "calling code and length by country; area codes of China",
    reveals: "country, and for landlines the area",
    chance: 1e-5,
    in_text: InText::Bare,
    words: &[
        "电话",
        "手机",
        "phone",
        "tel",
        "mobile",
        "телефон",
        "telefon",
        "teléfono",
    ],
    written: &["+86 138 0013 8000", "138-0013-8000"],
    source: "ITU-T E.164; libphonenumber 9.0.43 metadata",
    right: &[
        ("+86 138-0013-8000", "+8613800138000"),
        ("0044 20 7946 0958", "+442079460958"),
    ],
    wrong: &[
        ("13800138000", Misfit::Region),
        ("+999 1234567", Misfit::CountryCode),
    ],
    ..Facts::NONE
};

/// An e-mail address.
pub(super) static EMAIL: Facts = Facts {
    title: "an e-mail address, in lower case",
    check: "the form of address and domain",
    reveals: "often a name and an employer",
    chance: 1e-5,
    in_text: InText::Bare,
    words: &["email", "e-mail", "mail", "邮箱", "邮件"],
    source: "RFC 5321, RFC 6531, without quoted local parts and literals",
    right: &[("Wang.Fang@Example.com", "wang.fang@example.com")],
    wrong: &[("a@b", Misfit::Form)],
    ..Facts::NONE
};

/// A resident ID of China.
pub(super) static RESIDENT_ID: Facts = Facts {
    title: "a mainland resident ID, 18 characters with a check digit; 15 are lengthened",
    local: "公民身份号码",
    country: "CN",
    check: "ISO 7064 MOD 11-2, birth date, and in text the province",
    reveals: "birth date, sex, county of first registration",
    chance: 1.8e-5,
    in_text: InText::Bare,
    words: &["身份证", "身份證", "公民身份", "证件", "sfz"],
    written: &[
        "dddddddddddddddddc",
        "dddddd dddddddd dddc",
        "dddddd-dddddddd-dddc",
    ],
    source: "GB 11643-1999; GB/T 2260",
    right: &[
        ("11010519491231002X", "11010519491231002X"),
        ("110105 491231 002", "11010519491231002X"),
    ],
    wrong: &[
        ("110105194912310021", Misfit::CheckDigit),
        ("11010519491331002X", Misfit::Date),
        ("1101051949123100", Misfit::Length),
    ],
    ..Facts::NONE
};
