//! Areas that an address, a postcode or a code of China is made coarser to.
//!
//! | level | of | result |
//! |---|---|---|
//! | `county`, `city`, `province` | `cn-address`, `cn-division`, `cn-resident-id` | the path by the gazetteer, `江苏省苏州市昆山市` |
//! | `sector`, `district`, `area` | `gb-postcode` | `SW1A 1`, `SW1A`, `SW` |
//! | `zip3` | `us-zip` | three digits; `000` where 20,000 people or fewer live |
//!
//! What is not known at a level does not fit; nothing is guessed from what
//! stands around it.

use super::date::CivilDate;
use super::facts::{Derived, InText};
use super::gazetteer::{self, Depth};
use super::{Facts, Kind, KindOptions, Misfit};
use std::borrow::Cow;

/// How coarse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// County or district of China.
    County,
    /// Prefecture or city of China; a city under the state is its own.
    City,
    /// Province of China.
    Province,
    /// Outward code and the first digit of the inward one, some 3,000 homes.
    Sector,
    /// Outward code of the United Kingdom, some 8,000 homes.
    District,
    /// Letters of a postcode of the United Kingdom: 124 areas.
    Area,
    /// First three digits of a ZIP code of the United States.
    Zip3,
}

/// Prefixes of ZIP codes with at most 20,000 people: the 17 that the
/// Department of Health and Human Services lists by the census of 2000
/// (guidance on 45 CFR 164.514(b)(2)(i)(B)), and those that lists by the census
/// of 2010 add. The union: a prefix that was ever thin stays hidden. Sorted.
const THIN: [&str; 21] = [
    "036", "059", "063", "102", "203", "205", "369", "556", "692", "753", "772", "790", "821",
    "823", "830", "831", "878", "879", "884", "890", "893",
];

impl Level {
    /// Every level.
    pub const ALL: [Level; 7] = [
        Level::County,
        Level::City,
        Level::Province,
        Level::Sector,
        Level::District,
        Level::Area,
        Level::Zip3,
    ];

    /// The word of policies and manifests.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Level::County => "county",
            Level::City => "city",
            Level::Province => "province",
            Level::Sector => "sector",
            Level::District => "district",
            Level::Area => "area",
            Level::Zip3 => "zip3",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.as_str() == word)
    }

    /// The kinds that have areas of this level.
    #[must_use]
    pub fn kinds(self) -> &'static [&'static str] {
        match self {
            Level::County | Level::City | Level::Province => {
                &["cn-address", "cn-division", "cn-resident-id"]
            }
            Level::Sector | Level::District | Level::Area => &["gb-postcode"],
            Level::Zip3 => &["us-zip"],
        }
    }

    /// The next coarser one.
    #[must_use]
    pub fn coarser(self) -> Option<Level> {
        match self {
            Level::County => Some(Level::City),
            Level::City => Some(Level::Province),
            Level::Sector => Some(Level::District),
            Level::District => Some(Level::Area),
            Level::Province | Level::Area | Level::Zip3 => None,
        }
    }

    fn depth(self) -> Option<Depth> {
        match self {
            Level::County => Some(Depth::County),
            Level::City => Some(Depth::Prefecture),
            Level::Province => Some(Depth::Province),
            _ => None,
        }
    }

    /// Appends the area of a value in normal form of `kind`.
    ///
    /// # Errors
    /// [`Misfit::NotListed`] where the area is not known at this level.
    pub fn write(self, kind: &str, normal: &str, out: &mut String) -> Result<(), Misfit> {
        let Some(depth) = self.depth() else {
            return self.write_postcode(normal, out);
        };
        let place = match kind {
            "cn-address" => gazetteer::of_address(normal),
            "cn-division" => gazetteer::of_code(normal, None),
            "cn-resident-id" => {
                gazetteer::of_code(super::check::part(normal, 0, 6), birth_year(normal))
            }
            _ => None,
        };
        if place.is_some_and(|place| place.write(depth, out)) {
            Ok(())
        } else {
            Err(Misfit::NotListed)
        }
    }

    fn write_postcode(self, normal: &str, out: &mut String) -> Result<(), Misfit> {
        let part = |from, to| super::check::part(normal, from, to);
        if self == Level::Zip3 {
            let head = part(0, 3);
            // No place has a prefix below 005.
            let thin = head < "005" || THIN.binary_search(&head).is_ok();
            out.push_str(if thin { "000" } else { head });
            return Ok(());
        }
        let outward = normal.len().checked_sub(3).ok_or(Misfit::Form)?;
        match self {
            Level::Sector => {
                out.push_str(part(0, outward));
                out.push(' ');
                out.push_str(part(outward, outward + 1));
            }
            Level::District => out.push_str(part(0, outward)),
            _ => out.extend(normal.chars().take_while(char::is_ascii_uppercase)),
        }
        Ok(())
    }

    /// Whether a text is an area of this level as [`Level::write`] writes it.
    #[must_use]
    pub fn is_area(self, text: &str) -> bool {
        if let Some(depth) = self.depth() {
            return gazetteer::path(depth, text).is_some();
        }
        let shaped = |shapes: &[&str]| {
            shapes
                .iter()
                .any(|shape| super::ident::fits(shape, text.as_bytes()))
        };
        const OUTWARD: [&str; 6] = ["ld", "lld", "ldd", "lldd", "ldl", "lldl"];
        match self {
            Level::Zip3 => shaped(&["ddd"]) && THIN.binary_search(&text).is_err(),
            Level::District => shaped(&OUTWARD),
            Level::Sector => text.rsplit_once(' ').is_some_and(|(outward, digit)| {
                digit.len() == 1
                    && digit.bytes().all(|b| b.is_ascii_digit())
                    && Level::District.is_area(outward)
            }),
            _ => shaped(&["l", "ll"]),
        }
    }

    /// The area of the level `to` in which an area of this level lies.
    #[must_use]
    pub fn within(self, text: &str, to: Level) -> Option<String> {
        let mut out = String::new();
        match (self.depth(), to.depth()) {
            (Some(from), Some(to)) => {
                let place = gazetteer::path(from, text)?;
                place.write(to, &mut out).then_some(out)
            }
            (None, None) => {
                let outward = text.split(' ').next().unwrap_or_default();
                match to {
                    Level::District => out.push_str(outward),
                    Level::Area => out.extend(outward.chars().take_while(char::is_ascii_uppercase)),
                    _ => out.push_str(text),
                }
                Some(out)
            }
            _ => None,
        }
    }
}

/// The year of birth in a resident ID in normal form.
fn birth_year(normal: &str) -> Option<i16> {
    super::check::part(normal, 6, 10).parse().ok()
}

/// The county of a resident ID by the names of the year in which its holder was
/// born, or of 1984 for those born before: evidence of where the number was
/// given out, not of where somebody lives.
pub(crate) fn county_of_issue(normal: &str, birth: Option<CivilDate>) -> Option<Cow<'static, str>> {
    let code = super::check::part(normal, 0, 6);
    let place = gazetteer::of_code(code, birth.map(|day| day.year))?;
    let mut out = String::new();
    place
        .write(place.depth(), &mut out)
        .then_some(Cow::Owned(out))
}

/// `cn-address`: an address of China that begins with a place of the gazetteer.
/// Normal form: width unified, without white space and separators.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Address;

static ADDRESS: Facts = Facts {
    title: "an address of China; in text a road, place or division with a house number",
    local: "地址",
    country: "CN",
    check: "a place of the gazetteer at its beginning; in text how it is built",
    reveals: "home or work, to the door",
    chance: 0.001,
    in_text: InText::Bare,
    words: &["地址", "住址", "户籍", "籍贯", "address"],
    source: "GB/T 2260 by year, 1980 to 2023",
    right: &[
        ("江苏省 苏州市 假想路 1 号", "江苏省苏州市假想路1号"),
        ("北京市朝阳区占位街２号", "北京市朝阳区占位街2号"),
    ],
    wrong: &[
        ("假想路1号", Misfit::NotListed),
        ("1 Placeholder Road", Misfit::NotListed),
    ],
    ..Facts::NONE
};

impl Kind for Address {
    fn name(&self) -> &'static str {
        "cn-address"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        out.clear();
        let value = value.trim();
        if value.is_empty() {
            return Err(Misfit::Empty);
        }
        if value.len() > 1024 {
            return Err(Misfit::Length);
        }
        // Cheap first: most cells are no address of China.
        if value.is_ascii() {
            return Err(Misfit::NotListed);
        }
        gazetteer::tidy(value, out);
        match gazetteer::of_address(out) {
            Some(_) => Ok(()),
            None => Err(Misfit::NotListed),
        }
    }

    fn strict(&self) -> bool {
        false
    }

    fn space(&self) -> Option<f64> {
        Some(5e8)
    }

    fn facts(&self) -> &Facts {
        &ADDRESS
    }

    fn derive(&self, normal: &str) -> Derived {
        let mut out = String::new();
        let known =
            gazetteer::of_address(normal).is_some_and(|place| place.write(place.depth(), &mut out));
        Derived {
            place: known.then_some(Cow::Owned(out)),
            ..Derived::default()
        }
    }
}

/// `cn-division`: a code of a division of China, six digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code;

static DIVISION: Facts = Facts {
    title: "code of a province, city or county of China",
    local: "行政区划代码",
    country: "CN",
    check: "a code that a list since 1980 has, or of a province that it has",
    reveals: "province, city, county",
    chance: 0.34,
    in_text: InText::No,
    words: &["行政区划", "区划代码", "adcode"],
    source: "GB/T 2260 by year, 1980 to 2023",
    right: &[("110105", "110105"), ("3205 83", "320583")],
    wrong: &[
        ("990000", Misfit::NotListed),
        ("11010", Misfit::Length),
        ("11010X", Misfit::Form),
    ],
    ..Facts::NONE
};

impl Kind for Code {
    fn name(&self) -> &'static str {
        "cn-division"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        super::ident::compact(value, "", "", out)?;
        if out.len() != 6 {
            return Err(Misfit::Length);
        }
        if !out.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Misfit::Form);
        }
        match gazetteer::of_code(out, None) {
            Some(_) => Ok(()),
            None => Err(Misfit::NotListed),
        }
    }

    fn strict(&self) -> bool {
        false
    }

    fn space(&self) -> Option<f64> {
        Some(7e3)
    }

    fn facts(&self) -> &Facts {
        &DIVISION
    }

    fn derive(&self, normal: &str) -> Derived {
        Derived {
            place: county_of_issue(normal, None),
            ..Derived::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(level: Level, kind: &str, normal: &str) -> Result<String, Misfit> {
        let mut out = String::new();
        level.write(kind, normal, &mut out).map(|()| out)
    }

    #[test]
    fn postcodes_coarsen_and_thin_zip_codes_are_hidden() {
        for (level, kind, normal, area) in [
            (Level::Sector, "gb-postcode", "SW1A1AA", "SW1A 1"),
            (Level::District, "gb-postcode", "SW1A1AA", "SW1A"),
            (Level::Area, "gb-postcode", "SW1A1AA", "SW"),
            (Level::Area, "gb-postcode", "M11AE", "M"),
            (Level::Zip3, "us-zip", "90210", "902"),
            (Level::Zip3, "us-zip", "902101234", "902"),
            (Level::Zip3, "us-zip", "03601", "000"),
            (Level::Zip3, "us-zip", "205000003", "000"),
            (Level::Zip3, "us-zip", "00123", "000"),
        ] {
            assert_eq!(of(level, kind, normal).as_deref(), Ok(area), "{normal}");
            assert!(level.is_area(area), "{area}");
        }
        assert!(THIN.is_sorted());
        for thin in THIN {
            assert!(!Level::Zip3.is_area(thin));
        }
        for (level, text) in [
            (Level::District, "SW1A1AA"),
            (Level::Sector, "SW1A 1A"),
            (Level::Area, "SW1"),
            (Level::Zip3, "90210"),
            (Level::Province, "江苏省苏州市"),
            (Level::City, "江苏省"),
            (Level::County, "江苏省苏州市昆山市玉山镇"),
        ] {
            assert!(!level.is_area(text), "{text}");
        }
    }

    #[test]
    fn addresses_codes_and_numbers_of_cards_coarsen() {
        let address = "江苏省苏州市昆山市玉山镇1号";
        for (level, area) in [
            (Level::Province, "江苏省"),
            (Level::City, "江苏省苏州市"),
            (Level::County, "江苏省苏州市昆山市"),
        ] {
            assert_eq!(of(level, "cn-address", address).as_deref(), Ok(area));
            assert_eq!(of(level, "cn-division", "320583").as_deref(), Ok(area));
            assert!(level.is_area(area));
        }
        assert_eq!(
            of(Level::County, "cn-resident-id", "110221197001010019").as_deref(),
            Ok("北京市昌平县")
        );
        assert_eq!(
            of(Level::City, "cn-address", "江苏省鼓楼区"),
            Err(Misfit::NotListed)
        );
        assert_eq!(
            of(Level::City, "cn-address", "北京市朝阳区").as_deref(),
            Ok("北京市")
        );
    }

    #[test]
    fn an_area_lies_in_its_coarser_one() {
        let within = |from: Level, text: &str, to: Level| from.within(text, to).unwrap_or_default();
        assert_eq!(
            within(Level::County, "江苏省苏州市昆山市", Level::City),
            "江苏省苏州市"
        );
        assert_eq!(
            within(Level::City, "湖北省仙桃市", Level::Province),
            "湖北省"
        );
        assert_eq!(within(Level::Sector, "SW1A 1", Level::District), "SW1A");
        assert_eq!(within(Level::District, "M1", Level::Area), "M");
    }
}
