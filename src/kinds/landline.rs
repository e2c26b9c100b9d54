//! The kind `cn-landline`: a telephone number of mainland China that belongs
//! to an area. Reads and writes what `phone` with `region = "CN"` does, and
//! takes nothing but numbers with an area code: no mobile, no 400, no other
//! country. The area names a city or prefecture ([`super::areas`]).

use super::facts::Derived;
use super::phone::{Phone, area_of_china};
use super::{Facts, Kind, KindOptions, Misfit, Region, areas};

/// `cn-landline`: see the head of this file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Landline;

static FACTS: Facts = Facts {
    title: "a telephone number of an area of mainland China; in text `phone` finds it",
    local: "固定电话",
    country: "CN",
    check: "area codes in use, seven or eight digits",
    reveals: "city or prefecture",
    chance: 0.06,
    words: &["固定电话", "座机", "固话", "landline"],
    written: &["0ddd-ddddddd", "0dd-dddddddd"],
    source: "telephone numbering plan of China; libphonenumber 9.0.43, areas in Chinese",
    right: &[
        ("010-62345678", "+861062345678"),
        ("(0755) 8234 5678", "+8675582345678"),
        ("+86 21 6234 5678", "+862162345678"),
    ],
    wrong: &[
        ("13800138000", Misfit::Form),
        ("0261-1234567", Misfit::Form),
        ("400-123-4567", Misfit::Form),
        ("+44 20 7946 0958", Misfit::CountryCode),
    ],
    ..Facts::NONE
};

impl Kind for Landline {
    fn name(&self) -> &'static str {
        "cn-landline"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        let options = KindOptions {
            region: Some(Region::Cn),
            ..KindOptions::default()
        };
        Phone.normalise(value, &options, out)?;
        let national = out.strip_prefix("+86").ok_or(Misfit::CountryCode)?;
        let mut digits = [0u8; 12];
        for (to, b) in digits.iter_mut().zip(national.bytes()) {
            *to = b - b'0';
        }
        let digits = digits.get(..national.len()).unwrap_or_default();
        match area_of_china(digits) {
            // Mobile numbers begin with 1 and a digit that no area has.
            Some(_) if !(digits.len() == 11 && digits.first() == Some(&1)) => Ok(()),
            _ => Err(Misfit::Form),
        }
    }

    fn strict(&self) -> bool {
        false
    }

    fn space(&self) -> Option<f64> {
        Some(4e9)
    }

    fn facts(&self) -> &Facts {
        &FACTS
    }

    fn derive(&self, normal: &str) -> Derived {
        let national = normal.strip_prefix("+86").unwrap_or_default();
        let two = super::check::part(national, 0, 2);
        let code = if two == "10" || two.starts_with('2') {
            two
        } else {
            super::check::part(national, 0, 3)
        };
        if code.is_empty() {
            return Derived::default();
        }
        Derived {
            place: areas::name(code).map(Into::into),
            ..Derived::default().from(code)
        }
    }
}
