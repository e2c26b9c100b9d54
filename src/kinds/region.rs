//! Countries by ISO 3166-1 code, as far as a kind can read their national
//! forms. China has rules of its own; the others are those of the table in
//! `numbering`. The few that it lacks are refused by name.

use std::fmt;

/// A country whose national numbers can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// Mainland China (`CN`).
    Cn,
    /// Another one, by its two capital letters.
    Other([u8; 2]),
}

/// ISO 3166-1 alpha-2 codes, officially assigned.
const ISO: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Whether these two letters are an officially assigned code.
pub(super) fn is_iso(code: &str) -> bool {
    code.len() == 2 && ISO.split(' ').any(|known| known == code)
}

impl Region {
    /// Reads an ISO 3166-1 alpha-2 code in upper case.
    ///
    /// # Errors
    /// The word is no such code, or the country's national forms are not built
    /// yet. The error carries the word, which stands in a policy.
    pub fn parse(word: &str) -> Result<Region, RegionError> {
        if word == "CN" {
            Ok(Region::Cn)
        } else if let Ok(code) = <[u8; 2]>::try_from(word.as_bytes())
            && super::numbering::knows(word)
        {
            Ok(Region::Other(code))
        } else if word.len() == 2 && ISO.split(' ').any(|code| code == word) {
            Err(RegionError::NotBuilt(word.to_owned()))
        } else {
            Err(RegionError::Unknown(word.to_owned()))
        }
    }

    /// The ISO 3166-1 alpha-2 code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Region::Cn => "CN",
            Region::Other(code) => std::str::from_utf8(code).unwrap_or_default(),
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a `region` of a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegionError {
    /// Not an ISO 3166-1 alpha-2 code in upper case.
    Unknown(String),
    /// A country whose national forms are not built yet.
    NotBuilt(String),
}

impl fmt::Display for RegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegionError::Unknown(word) => write!(
                f,
                "`{}` is not an ISO 3166 country code of two capital letters, as in \"CN\"",
                word.escape_debug()
            ),
            RegionError::NotBuilt(word) => write!(
                f,
                "region `{word}` has no numbering plan of its own; numbers written with + or 00 need no region"
            ),
        }
    }
}

impl std::error::Error for RegionError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_with_a_plan_are_built_others_are_refused_by_name() {
        assert_eq!(Region::parse("CN"), Ok(Region::Cn));
        assert_eq!(Region::parse("GB"), Ok(Region::Other(*b"GB")));
        assert_eq!(Region::Other(*b"GB").code(), "GB");
        assert_eq!(Region::parse("AQ"), Err(RegionError::NotBuilt("AQ".into())));
        for bad in ["FE", "UK", "cn", "", "C", "CHN", "D ", " D", "E "] {
            assert_eq!(Region::parse(bad), Err(RegionError::Unknown(bad.into())));
        }
        assert_eq!(ISO.split(' ').count(), 249);
    }
}
