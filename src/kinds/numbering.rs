//! How national telephone numbers are read, by region: the table in
//! `data/phones.txt`, compiled from the metadata of libphonenumber 9.0.43
//! (Apache-2.0) by `tests/peer/phones.py`. China is not read by it: `phone` has
//! rules of its own for China, over which codes have been made.
//!
//! A number is read as libphonenumber does: an international prefix of the
//! region, or its calling code without `+` where what follows is a number and
//! the whole is not, or its national prefix, which may become something else
//! (Argentina's 15 a 9 at another place). What is left must have the general
//! form of the region's numbers. Whether a range is given out is not asked:
//! ranges change every month.

use super::Misfit;
use regex::Regex;
use std::sync::{LazyLock, OnceLock};

/// The rules of one region.
#[derive(Debug)]
pub(crate) struct Numbering {
    /// Calling code.
    pub(crate) code: &'static str,
    abroad: Option<Regex>,
    trunk: Option<Regex>,
    becomes: &'static str,
    national: Regex,
}

struct Line {
    region: &'static str,
    fields: [&'static str; 5],
    read: OnceLock<Option<Numbering>>,
}

static TABLE: LazyLock<Vec<Line>> = LazyLock::new(|| {
    include_str!("data/phones.txt")
        .lines()
        .filter_map(|line| {
            let mut parts = line.split('\t');
            let region = parts.next()?;
            let mut fields = [""; 5];
            for field in &mut fields {
                *field = parts.next()?;
            }
            Some(Line {
                region,
                fields,
                read: OnceLock::new(),
            })
        })
        .collect()
});

/// Whether the numbers of a region can be read.
pub(crate) fn knows(region: &str) -> bool {
    TABLE.iter().any(|line| line.region == region)
}

/// The rules of a region.
pub(crate) fn of(region: &str) -> Option<&'static Numbering> {
    let line = TABLE.iter().find(|line| line.region == region)?;
    line.read
        .get_or_init(|| {
            let [code, abroad, trunk, becomes, national] = line.fields;
            let head = |pattern: &str| {
                (!pattern.is_empty()).then(|| Regex::new(&format!("^(?:{pattern})")))
            };
            Some(Numbering {
                code,
                abroad: head(abroad).transpose().ok()?,
                trunk: head(trunk).transpose().ok()?,
                becomes,
                national: Regex::new(&format!("^(?:{national})$")).ok()?,
            })
        })
        .as_ref()
}

/// What a number is.
pub(crate) enum Read {
    /// Digits that begin with a calling code.
    International(String),
    /// National digits of the region.
    National(String),
}

impl Numbering {
    fn fits(&self, digits: &str) -> bool {
        self.national.is_match(digits)
    }

    /// Without the national prefix, where there is one.
    fn stripped(&self, digits: &str) -> String {
        let whole = || digits.to_owned();
        let Some((trunk, found)) = self
            .trunk
            .as_ref()
            .and_then(|trunk| Some((trunk, trunk.captures(digits)?)))
        else {
            return whole();
        };
        let groups = trunk.captures_len() - 1;
        let last = groups > 0 && found.get(groups).is_some();
        let rest = if self.becomes.is_empty() || (groups > 0 && !last) {
            let end = found.get(0).map_or(0, |all| all.end());
            digits.get(end..).unwrap_or_default().to_owned()
        } else {
            trunk.replace(digits, braced(self.becomes)).into_owned()
        };
        if self.fits(digits) && !self.fits(&rest) {
            whole()
        } else {
            rest
        }
    }

    /// Reads ASCII digits as written in the region.
    pub(crate) fn read(&self, digits: &str) -> Result<Read, Misfit> {
        if let Some(found) = self.abroad.as_ref().and_then(|abroad| abroad.find(digits)) {
            let rest = digits.get(found.end()..).unwrap_or_default();
            if !rest.starts_with('0') && rest.len() > 6 && !self.fits(&self.stripped(digits)) {
                return Ok(Read::International(rest.to_owned()));
            }
        }
        if let Some(rest) = digits.strip_prefix(self.code) {
            let rest = self.stripped(rest);
            if !self.fits(digits) && self.fits(&rest) && !self.fits(&self.stripped(digits)) {
                return Ok(Read::National(rest));
            }
        }
        let rest = self.stripped(digits);
        if self.fits(&rest) {
            Ok(Read::National(rest))
        } else if rest.len() < 6 || rest.len() > 13 {
            Err(Misfit::Length)
        } else {
            Err(Misfit::Form)
        }
    }
}

/// `9$1` so that what follows the number of a group is not read as part of it.
fn braced(rule: &str) -> String {
    let mut out = String::new();
    let mut chars = rule.chars();
    while let Some(c) = chars.next() {
        out.push(c);
        if c == '$' {
            out.push('{');
            out.extend(chars.next());
            out.push('}');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, KindOptions, Region, phone};
    use super::*;

    fn read(value: &str, region: &str) -> Result<String, Misfit> {
        let mut out = String::new();
        let options = KindOptions {
            region: Some(Region::parse(region).unwrap()),
            ..KindOptions::default()
        };
        phone::Phone
            .normalise(value, &options, &mut out)
            .map(|()| out)
    }

    #[test]
    fn every_region_of_the_table_is_read() {
        assert_eq!(TABLE.len(), 245);
        for line in TABLE.iter() {
            assert!(of(line.region).is_some(), "{}", line.region);
        }
    }

    #[test]
    fn national_forms_become_international_ones() {
        for (region, value, form) in [
            ("GB", "020 7946 0958", "+442079460958"),
            ("GB", "(0)20 7946 0958", "+442079460958"),
            ("GB", "0044 20 7946 0958", "+442079460958"),
            ("GB", "44 20 7946 0958", "+442079460958"),
            ("US", "(212) 555-0123", "+12125550123"),
            ("US", "1-212-555-0123", "+12125550123"),
            ("US", "011 44 20 7946 0958", "+442079460958"),
            ("RU", "8 (916) 123-45-67", "+79161234567"),
            ("IT", "06 1234 5678", "+390612345678"),
            ("AR", "011 15-2345-6789", "+5491123456789"),
            ("DE", "030 123456", "+4930123456"),
            ("AU", "0011 44 20 7946 0958", "+442079460958"),
            ("HK", "2345 6789", "+85223456789"),
            ("TW", "02-2345-6789", "+886223456789"),
            ("BR", "(11) 96123-4567", "+5511961234567"),
            ("IR", "۰۹۱۲ ۳۴۵ ۶۷۸۹", "+989123456789"),
            ("CN", "010-62345678", "+861062345678"),
        ] {
            assert_eq!(read(value, region).as_deref(), Ok(form), "{region} {value}");
        }
        for (region, value) in [("GB", "123"), ("US", "555-0123"), ("FR", "0012")] {
            assert!(read(value, region).is_err(), "{region} {value}");
        }
    }

    #[test]
    fn libphonenumber_reads_the_same_numbers() {
        let (mut same, mut other, mut ours, mut theirs, mut all) = (0, 0, 0, 0, 0);
        let mut first = Vec::new();
        for line in include_str!("../../tests/peer/phones.tsv").lines() {
            let mut parts = line.split('\t');
            let (Some(region), Some(text), Some(answer)) =
                (parts.next(), parts.next(), parts.next())
            else {
                panic!("a line of three parts");
            };
            all += 1;
            match (read(text, region), answer) {
                (Ok(form), answer) if form == answer => same += 1,
                (Err(_), "-") => same += 1,
                (Ok(_), "-") => ours += 1,
                (Ok(form), _) => {
                    other += 1;
                    first.push(format!("{region} {text} {answer} {form}"));
                }
                (Err(why), _) => {
                    theirs += 1;
                    first.push(format!("{region} {text} {answer} {why:?}"));
                }
            }
        }
        first.truncate(60);
        // Read here alone: ranges that are not given out, which is not asked.
        assert_eq!(
            (all, same, ours, theirs, other),
            (13_784, 11_486, 2_192, 106, 0),
            "{}",
            first.join("\n")
        );
    }
}
