//! The kind `cn-resident-id`: the number of the Chinese resident identity card
//! (公民身份号码), 18 characters, and its older form of 15 digits.
//!
//! Six digits of area, eight of birth date, three of sequence (odd for men),
//! one check digit by ISO 7064 MOD 11-2, written 0–9 or X (GB 11643-1999). The
//! older form has a birth year of two digits and no check digit; it is
//! lengthened by 19 and a computed check digit.
//!
//! Normal form: NFKC; format characters and separators (`Z*`, `Pd`, `.`, `·`,
//! `_`) removed anywhere, white space at the ends too; every Unicode decimal
//! digit to ASCII; Cyrillic Х and х to X; upper case; 15 to 18. Then the birth
//! date must be a day of the years 1800 to 2099 and the check digit must hold.
//! The area is never a reason to refuse: cards keep the code of their day.

use super::date::days_in_month;
use super::unicode::{digit_value, is_format, is_separator, nfkc_each};
use super::{CivilDate, Derived, Facts, Kind, KindOptions, Misfit, Sex, facts};
use std::borrow::Cow;

/// `cn-resident-id`: see the head of this file.
#[derive(Debug, Clone, Copy)]
pub struct ResidentId;

impl Kind for ResidentId {
    fn name(&self) -> &'static str {
        "cn-resident-id"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _opt: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        out.clear();
        if let Ok(id) = <&[u8; 18]>::try_from(value.as_bytes())
            && well_formed(id)
        {
            // As most are written: nothing to fold.
            return if !real_birth_date(id) {
                Err(Misfit::Date)
            } else if id.last() != Some(&check_digit(id)) {
                Err(Misfit::CheckDigit)
            } else {
                out.push_str(value);
                Ok(())
            };
        }
        let mut id = [0u8; 18];
        let mut len = 0;
        let mut push = |b: u8| {
            // More than 18 is counted, not kept: it can only be the wrong length.
            if let Some(slot) = id.get_mut(len) {
                *slot = b;
            }
            len += 1;
        };
        if value.is_ascii() {
            for &b in value.trim_ascii().as_bytes() {
                match b {
                    b'0'..=b'9' => push(b),
                    b'x' | b'X' => push(b'X'),
                    b' ' | b'-' | b'.' | b'_' => {}
                    _ => return Err(Misfit::Form),
                }
            }
        } else {
            let mut misfit = false;
            nfkc_each(value.trim(), |c, _| match c {
                'x' | 'X' | 'х' | 'Х' => push(b'X'),
                _ => match digit_value(c) {
                    Some(d) => push(b'0' + d),
                    None => misfit |= !(is_format(c) || is_separator(c)),
                },
            });
            if misfit {
                return Err(Misfit::Form);
            }
        }
        match len {
            0 => {
                return Err(if value.trim().is_empty() {
                    Misfit::Empty
                } else {
                    Misfit::Form
                });
            }
            15 | 18 => {}
            _ => return Err(Misfit::Length),
        }
        if len == 15 {
            let [area @ .., _, _, _] = id;
            let mut long = [0u8; 18];
            for (to, from) in long
                .iter_mut()
                .zip(area.iter().take(6).chain(b"19").chain(area.iter().skip(6)))
            {
                *to = *from;
            }
            id = long;
        }
        if id.iter().take(17).any(|b| !b.is_ascii_digit()) {
            return Err(Misfit::Form);
        }
        if !real_birth_date(&id) {
            return Err(Misfit::Date);
        }
        let check = check_digit(&id);
        if len == 15 {
            if let Some(last) = id.last_mut() {
                *last = check;
            }
        } else if id.last() != Some(&check) {
            return Err(Misfit::CheckDigit);
        }
        out.push_str(std::str::from_utf8(&id).unwrap_or_default());
        Ok(())
    }

    fn strict(&self) -> bool {
        true
    }

    /// About 6,436 area codes ever used × 36,525 birth dates × 999 sequences.
    fn space(&self) -> Option<f64> {
        Some(6_436.0 * 36_525.0 * 999.0)
    }

    fn facts(&self) -> &Facts {
        &facts::RESIDENT_ID
    }

    fn derive(&self, normal: &str) -> Derived {
        derived(normal)
    }

    fn place(&self, normal: &str) -> Option<Cow<'static, str>> {
        super::area::county_of_issue(normal, derived(normal).birth)
    }
}

/// Birth date, sex and area of an ID of 18 characters.
pub(crate) fn derived(normal: &str) -> Derived {
    let Ok(id) = <&[u8; 18]>::try_from(normal.as_bytes()) else {
        return Derived::default();
    };
    let number = |from: usize, to: usize| super::check::number(id, from, to);
    let sex = Sex::male(number(16, 17) % 2 == 1);
    let birth: Option<CivilDate> = super::check::day(number(6, 10), number(10, 12), number(12, 14));
    Derived::person(birth, sex).from(super::check::part(normal, 0, 6))
}

/// Whether these are 17 ASCII digits and a digit or a capital X.
fn well_formed(id: &[u8; 18]) -> bool {
    let [body @ .., last] = id;
    let other = body
        .iter()
        .fold(false, |other, b| other | (b.wrapping_sub(b'0') > 9));
    !other && (last.is_ascii_digit() || *last == b'X')
}

/// The check character of the first 17 digits (ASCII): the weights are powers
/// of two modulo 11 (ISO 7064 MOD 11-2).
#[must_use]
pub(crate) fn check_digit(id: &[u8; 18]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHARACTERS: [u8; 11] = *b"10X98765432";
    // At most 9 × 92: nothing wraps.
    let sum = id.iter().zip(WEIGHTS).fold(0u32, |sum, (&b, weight)| {
        sum.wrapping_add(u32::from(b.wrapping_sub(b'0')).wrapping_mul(weight))
    });
    CHARACTERS.get((sum % 11) as usize).copied().unwrap_or(b'?')
}

/// Whether characters 7 to 14 are a day of the years 1800 to 2099.
#[must_use]
pub(crate) fn real_birth_date(id: &[u8; 18]) -> bool {
    let [_, _, _, _, _, _, y1, y2, y3, y4, m1, m2, d1, d2, ..] = *id;
    let n = |b: u8| i16::from(b.wrapping_sub(b'0'));
    let year = n(y1) * 1000 + n(y2) * 100 + n(y3) * 10 + n(y4);
    let month = (n(m1) * 10 + n(m2)) as u8;
    let day = (n(d1) * 10 + n(d2)) as u8;
    (1800..=2099).contains(&year) && day >= 1 && day <= days_in_month(year, month)
}

/// Whether the first two digits are a province, or one of the codes of cards
/// for Hong Kong, Macau, Taiwan and foreign residents (GB/T 2260, GB 11643).
#[must_use]
pub(crate) fn known_province(tens: u8, ones: u8) -> bool {
    matches!(
        (tens, ones),
        (1, 1..=5)
            | (2, 1..=3)
            | (3, 1..=7)
            | (4, 1..=6)
            | (5, 0..=4)
            | (6, 1..=5)
            | (7, 1)
            | (8, 1..=3)
            | (9, 1)
    )
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::string_slice, reason = "a panic fails the test")]
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn id(value: &str) -> Result<String, Misfit> {
        let mut out = String::from("left over");
        ResidentId.normalise(value, &KindOptions::default(), &mut out)?;
        Ok(out)
    }

    /// An invented ID: area, birth date and sequence as given, check computed.
    pub(crate) fn invented(area: u32, year: u32, month: u32, day: u32, sequence: u32) -> String {
        let mut text = format!("{area:06}{year:04}{month:02}{day:02}{sequence:03}0");
        let bytes: [u8; 18] = text.as_bytes().try_into().unwrap();
        text.pop();
        text.push(char::from(check_digit(&bytes)));
        text
    }

    pub(crate) fn any_id() -> impl Strategy<Value = String> {
        let areas = prop_oneof![
            Just(110_105u32),
            Just(440_524),
            Just(310_115),
            Just(510_104),
            Just(230_604),
            Just(830_000)
        ];
        (areas, 1920u32..2020, 1u32..13, 1u32..29, 0u32..1000)
            .prop_map(|(a, y, m, d, s)| invented(a, y, m, d, s))
    }

    #[test]
    fn the_example_of_the_specification_in_many_written_forms() {
        for value in [
            "11010519491231002X",
            "11010519491231002x",
            "110105 19491231 002X",
            "110105-1949-12-31-002X",
            "１１０１０５１９４９１２３１００２Ｘ",
            "11010519491231002Х",
            "11010519491231002х",
            "1101\u{200B}0519\u{FEFF}49\u{AD}1231002X",
            " 11010519491231002X\t",
            "110105.19491231·002_X",
            "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
            "𝟙𝟙𝟘𝟙𝟘𝟝19491231002𝐗",
            "①①⓪①⓪⑤19491231002Ⅹ",
            "\u{202E}11010519491231002X\u{202C}",
            "110105–19491231—002X",
            "110105\u{3000}19491231\u{A0}002Ｘ",
        ] {
            assert_eq!(id(value).as_deref(), Ok("11010519491231002X"), "{value}");
        }
    }

    #[test]
    fn fifteen_digits_are_lengthened() {
        assert_eq!(id("110105491231002").as_deref(), Ok("11010519491231002X"));
        assert_eq!(id("110105 491231 002").as_deref(), Ok("11010519491231002X"));
        assert_eq!(id("11010549123100X"), Err(Misfit::Form));
        assert_eq!(id("110105490231002"), Err(Misfit::Date));
    }

    #[test]
    fn what_does_not_hold_is_refused_with_its_reason() {
        for (value, why) in [
            ("", Misfit::Empty),
            (" \u{3000}", Misfit::Empty),
            ("-", Misfit::Form),
            ("110105194912310021", Misfit::CheckDigit),
            ("11010519491331002X", Misfit::Date),
            ("11010519490229002X", Misfit::Date),
            ("11010517991231002X", Misfit::Date),
            ("11010521001231002X", Misfit::Date),
            ("1101051949123100", Misfit::Length),
            ("11010519491231002XX", Misfit::Length),
            ("1101051949123100X2", Misfit::Form),
            ("11010519491231002Y", Misfit::Form),
            ("110105,19491231002X", Misfit::Form),
            ("110105/19491231/002X", Misfit::Form),
            ("身份证11010519491231002X", Misfit::Form),
            ("11010519491231002×", Misfit::Form),
            ("110105\t19491231002X", Misfit::Form),
            ("110105・19491231002X", Misfit::Form),
        ] {
            assert_eq!(id(value), Err(why), "{value}");
        }
    }

    #[test]
    fn the_area_is_no_reason_to_refuse() {
        assert!(id(&invented(999_999, 1980, 1, 1, 1)).is_ok());
        assert!(id(&invented(0, 1980, 1, 1, 1)).is_ok());
    }

    #[test]
    fn every_single_wrong_character_is_caught() {
        let good = invented(310_115, 1980, 5, 17, 123);
        for at in 0..18 {
            for d in b'0'..=b'9' {
                let mut bytes = good.clone().into_bytes();
                if bytes[at] == d {
                    continue;
                }
                bytes[at] = d;
                assert!(id(std::str::from_utf8(&bytes).unwrap()).is_err());
            }
        }
    }

    /// The contract of the specification, word by word and slowly.
    fn slow(value: &str) -> Result<String, ()> {
        let s: String = value.trim().nfkc().collect();
        let s: String = s
            .chars()
            .filter(|&c| !is_format(c) && !is_separator(c))
            .collect();
        let s: String = s
            .chars()
            .map(|c| digit_value(c).map_or(c, |d| char::from(b'0' + d)))
            .map(|c| if c == 'Х' || c == 'х' { 'X' } else { c })
            .collect();
        let mut s = s.to_uppercase();
        if s.chars().count() == 15 && s.chars().all(|c| c.is_ascii_digit()) {
            s.insert_str(6, "19");
            let sum: u32 = s
                .chars()
                .enumerate()
                .map(|(i, c)| c.to_digit(10).unwrap() * (2u32.pow(17 - i as u32) % 11))
                .sum();
            s.push(['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize]);
        }
        let bytes = s.as_bytes();
        if bytes.len() != 18
            || !bytes[..17].iter().all(u8::is_ascii_digit)
            || !(bytes[17] == b'X' || bytes[17].is_ascii_digit())
        {
            return Err(());
        }
        let number = |a: usize, b: usize| s[a..b].parse::<i16>().unwrap();
        let date =
            jiff::civil::Date::new(number(6, 10), number(10, 12) as i8, number(12, 14) as i8)
                .map_err(|_| ())?;
        if !(1800..=2099).contains(&date.year()) {
            return Err(());
        }
        let sum: u32 = s
            .chars()
            .enumerate()
            .map(|(i, c)| c.to_digit(10).unwrap_or(10) * (2u32.pow(17 - i as u32) % 11))
            .sum();
        if sum % 11 == 1 { Ok(s) } else { Err(()) }
    }

    /// A written form of an ID: width, script, separators, invisible characters.
    pub(crate) fn written() -> impl Strategy<Value = (String, String)> {
        let sep = prop_oneof![8 => Just(""), 1 => Just(" "), 1 => Just("-"), 1 => Just("."), 1 => Just("\u{200B}"),
                              1 => Just("\u{3000}"), 1 => Just("—"), 1 => Just("·"), 1 => Just("\u{AD}"), 1 => Just("_")];
        (any_id(), proptest::collection::vec((sep, 0u32..4), 18)).prop_map(|(id, marks)| {
            let mut text = String::new();
            for (i, (c, (sep, width))) in id.chars().zip(marks).enumerate() {
                if i > 0 {
                    text.push_str(sep);
                }
                text.push(match (width, c.to_digit(10)) {
                    (0 | 1, _) => c,
                    (2, _) => char::from_u32(c as u32 + 0xFEE0).unwrap(),
                    (_, Some(d)) => char::from_u32(0x660 + d).unwrap(),
                    (_, None) => 'х',
                });
            }
            (id, text)
        })
    }

    proptest! {
        #[test]
        fn every_written_form_normalises_to_the_number((id_text, text) in written()) {
            prop_assert_eq!(id(&text), Ok(id_text));
        }

        #[test]
        fn the_fast_path_agrees_with_the_contract(value in "[0-9０-９xXхХ .\\-·_年\u{200B}]{13,22}") {
            prop_assert_eq!(id(&value).ok(), slow(&value).ok());
        }

        #[test]
        fn mutated_numbers_agree_with_the_contract((_, text) in written(), at in 0usize..18, c in any::<char>()) {
            let mut chars: Vec<char> = text.chars().collect();
            chars[at] = c;
            let text: String = chars.into_iter().collect();
            prop_assert_eq!(id(&text).ok(), slow(&text).ok());
        }
    }
}
