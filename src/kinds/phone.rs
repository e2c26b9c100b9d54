//! The kind `phone`: telephone numbers in E.164, `+` and 8 to 15 digits.
//!
//! Read: numbers with `+` or `00` and a calling code that exists, of every
//! country; and, where the column says `region = "CN"`, the national forms of
//! China: mobiles `1[3-9]` and nine digits, landlines `0`, area code and 7 or 8
//! digits, service numbers `400` and `800`, each also with a bare `86` before
//! it, mobiles also with a needless `0`. With another region its national
//! forms are read as libphonenumber reads them (`numbering`). Local numbers without an area code,
//! and national numbers in a column without a region, are refused: they would
//! be a guess. So are extensions, letters and two numbers in one cell.
//!
//! Full-width forms and digits of every script are folded; format characters,
//! separators (`Z*`, `Pd`, `.`, `·`, `_`) and pairs of parentheses are taken
//! out. `(0)` after the calling code is dropped, but for Italy, where the zero
//! is part of the number; so is a single 0 after the calling code of a country
//! whose numbers never begin with one.

use super::numbering;
use super::region::Region;
use super::unicode::{digit_value, is_format, is_separator, narrow};
use super::{Facts, Kind, KindOptions, Misfit, facts};

/// `phone`: see the head of this file.
#[derive(Debug, Clone, Copy)]
pub struct Phone;

/// Calling codes in use, with the fewest and the most digits of a national
/// number. Codes: ITU-T E.164, list of assigned country codes. Lengths: the
/// national numbering plans as libphonenumber 9.0.43 gives them, at most what
/// fits into the 15 digits of E.164. Sorted.
const CALLING_CODES: [(u16, u8, u8); 215] = [
    (1, 7, 10),
    (7, 10, 14),
    (20, 8, 10),
    (27, 5, 10),
    (30, 10, 12),
    (31, 5, 11),
    (32, 8, 9),
    (33, 9, 9),
    (34, 9, 9),
    (36, 8, 9),
    (39, 6, 12),
    (40, 6, 9),
    (41, 9, 12),
    (43, 4, 13),
    (44, 7, 10),
    (45, 8, 8),
    (46, 6, 12),
    (47, 5, 8),
    (48, 6, 10),
    (49, 4, 13),
    (51, 8, 9),
    (52, 10, 10),
    (53, 6, 10),
    (54, 10, 11),
    (55, 8, 11),
    (56, 9, 11),
    (57, 8, 11),
    (58, 10, 10),
    (60, 8, 10),
    (61, 5, 12),
    (62, 7, 13),
    (63, 6, 13),
    (64, 5, 10),
    (65, 8, 11),
    (66, 8, 13),
    (81, 8, 13),
    (82, 5, 13),
    (84, 7, 10),
    (86, 7, 12),
    (90, 7, 13),
    (91, 8, 13),
    (92, 8, 12),
    (93, 9, 9),
    (94, 9, 9),
    (95, 6, 10),
    (98, 4, 10),
    (211, 9, 9),
    (212, 9, 9),
    (213, 8, 9),
    (216, 8, 8),
    (218, 9, 9),
    (220, 7, 9),
    (221, 9, 9),
    (222, 8, 8),
    (223, 8, 8),
    (224, 8, 9),
    (225, 10, 10),
    (226, 8, 8),
    (227, 8, 8),
    (228, 8, 8),
    (229, 10, 10),
    (230, 7, 10),
    (231, 7, 9),
    (232, 8, 8),
    (233, 8, 9),
    (234, 10, 12),
    (235, 8, 8),
    (236, 8, 8),
    (237, 8, 9),
    (238, 7, 7),
    (239, 7, 7),
    (240, 9, 9),
    (241, 7, 8),
    (242, 9, 9),
    (243, 7, 10),
    (244, 9, 9),
    (245, 7, 9),
    (246, 7, 7),
    (247, 5, 6),
    (248, 7, 7),
    (249, 9, 9),
    (250, 8, 9),
    (251, 9, 9),
    (252, 6, 9),
    (253, 8, 8),
    (254, 7, 10),
    (255, 9, 9),
    (256, 9, 9),
    (257, 8, 8),
    (258, 8, 9),
    (260, 9, 9),
    (261, 9, 9),
    (262, 9, 9),
    (263, 7, 10),
    (264, 8, 9),
    (265, 7, 9),
    (266, 8, 8),
    (267, 7, 10),
    (268, 8, 9),
    (269, 7, 7),
    (290, 4, 5),
    (291, 7, 7),
    (297, 7, 7),
    (298, 6, 6),
    (299, 6, 6),
    (350, 8, 8),
    (351, 9, 9),
    (352, 4, 11),
    (353, 7, 10),
    (354, 7, 9),
    (355, 6, 9),
    (356, 8, 8),
    (357, 8, 8),
    (358, 5, 12),
    (359, 6, 12),
    (370, 8, 8),
    (371, 8, 8),
    (372, 7, 10),
    (373, 8, 8),
    (374, 8, 8),
    (375, 6, 11),
    (376, 6, 9),
    (377, 8, 9),
    (378, 8, 10),
    (380, 9, 10),
    (381, 6, 12),
    (382, 8, 9),
    (383, 8, 12),
    (385, 7, 9),
    (386, 5, 8),
    (387, 8, 9),
    (389, 8, 8),
    (420, 9, 12),
    (421, 6, 9),
    (423, 7, 9),
    (500, 5, 5),
    (501, 7, 11),
    (502, 8, 11),
    (503, 7, 11),
    (504, 8, 11),
    (505, 8, 8),
    (506, 8, 10),
    (507, 7, 11),
    (508, 6, 9),
    (509, 8, 8),
    (590, 9, 9),
    (591, 8, 9),
    (592, 7, 7),
    (593, 8, 11),
    (594, 9, 9),
    (595, 6, 11),
    (596, 9, 9),
    (597, 6, 7),
    (598, 4, 12),
    (599, 7, 8),
    (670, 7, 8),
    (672, 6, 6),
    (673, 7, 7),
    (674, 7, 7),
    (675, 7, 8),
    (676, 5, 7),
    (677, 5, 7),
    (678, 5, 7),
    (679, 7, 11),
    (680, 7, 7),
    (681, 6, 9),
    (682, 5, 5),
    (683, 4, 7),
    (685, 5, 10),
    (686, 5, 8),
    (687, 6, 6),
    (688, 5, 7),
    (689, 6, 9),
    (690, 4, 7),
    (691, 7, 7),
    (692, 7, 7),
    (800, 8, 8),
    (808, 8, 8),
    (850, 8, 10),
    (852, 5, 11),
    (853, 7, 8),
    (855, 8, 10),
    (856, 8, 10),
    (870, 9, 12),
    (878, 12, 12),
    (880, 6, 10),
    (881, 9, 10),
    (882, 7, 12),
    (883, 8, 12),
    (886, 7, 11),
    (888, 11, 11),
    (960, 7, 10),
    (961, 7, 8),
    (962, 8, 9),
    (963, 8, 9),
    (964, 8, 10),
    (965, 7, 8),
    (966, 9, 10),
    (967, 7, 9),
    (968, 7, 9),
    (970, 8, 10),
    (971, 5, 12),
    (972, 7, 12),
    (973, 8, 8),
    (974, 7, 11),
    (975, 7, 8),
    (976, 8, 10),
    (977, 8, 11),
    (979, 9, 9),
    (992, 9, 9),
    (993, 8, 8),
    (994, 9, 9),
    (995, 9, 9),
    (996, 9, 10),
    (998, 9, 9),
];

/// Calling codes of countries that dial 0 before a national number whose own
/// first digit is never 0 (libphonenumber 9.0.43: national prefix 0, and no
/// valid national number begins with 0). Sorted.
const TRUNK_ZERO: [u16; 98] = [
    20, 27, 31, 32, 33, 40, 41, 43, 44, 46, 49, 51, 53, 54, 55, 57, 58, 60, 61, 63, 64, 66, 84, 86,
    90, 91, 92, 93, 94, 95, 98, 211, 212, 213, 218, 231, 232, 233, 234, 243, 249, 251, 252, 254,
    255, 256, 260, 261, 262, 263, 264, 265, 291, 353, 355, 358, 359, 370, 373, 374, 377, 380, 381,
    382, 383, 385, 386, 387, 389, 421, 423, 508, 590, 591, 593, 594, 595, 596, 686, 850, 855, 856,
    880, 886, 961, 962, 963, 964, 966, 967, 970, 971, 972, 976, 977, 994, 995, 996,
];

/// Area codes of mainland China without the leading 0, three digits; those of
/// two digits are 10 and 20 to 29 without 26. The union of an open list by
/// city (JioNLP) and the plan of libphonenumber 9.0.43, which agree on 312 of
/// 316, and of codes merged away since 2000, which old registers still hold.
/// Sorted.
const AREAS: [u16; 322] = [
    310, 311, 312, 313, 314, 315, 316, 317, 318, 319, 335, 349, 350, 351, 352, 353, 354, 355, 356,
    357, 358, 359, 370, 371, 372, 373, 374, 375, 376, 377, 378, 379, 391, 392, 393, 394, 395, 396,
    398, 410, 411, 412, 413, 414, 415, 416, 417, 418, 419, 421, 427, 429, 431, 432, 433, 434, 435,
    436, 437, 438, 439, 440, 448, 451, 452, 453, 454, 455, 456, 457, 458, 459, 464, 467, 468, 469,
    470, 471, 472, 473, 474, 475, 476, 477, 478, 479, 482, 483, 510, 511, 512, 513, 514, 515, 516,
    517, 518, 519, 523, 527, 530, 531, 532, 533, 534, 535, 536, 537, 538, 539, 543, 546, 550, 551,
    552, 553, 554, 555, 556, 557, 558, 559, 561, 562, 563, 564, 565, 566, 570, 571, 572, 573, 574,
    575, 576, 577, 578, 579, 580, 591, 592, 593, 594, 595, 596, 597, 598, 599, 631, 632, 633, 634,
    635, 660, 662, 663, 668, 691, 692, 701, 710, 711, 712, 713, 714, 715, 716, 717, 718, 719, 722,
    724, 728, 730, 731, 732, 733, 734, 735, 736, 737, 738, 739, 743, 744, 745, 746, 750, 751, 752,
    753, 754, 755, 756, 757, 758, 759, 760, 762, 763, 766, 768, 769, 770, 771, 772, 773, 774, 775,
    776, 777, 778, 779, 790, 791, 792, 793, 794, 795, 796, 797, 798, 799, 812, 813, 816, 817, 818,
    825, 826, 827, 830, 831, 832, 833, 834, 835, 836, 837, 838, 839, 851, 852, 853, 854, 855, 856,
    857, 858, 859, 870, 871, 872, 873, 874, 875, 876, 877, 878, 879, 883, 886, 887, 888, 891, 892,
    893, 894, 895, 896, 897, 898, 901, 902, 903, 906, 908, 909, 911, 912, 913, 914, 915, 916, 917,
    919, 930, 931, 932, 933, 934, 935, 936, 937, 938, 939, 941, 943, 951, 952, 953, 954, 955, 970,
    971, 972, 973, 974, 975, 976, 977, 979, 990, 991, 992, 993, 994, 995, 996, 997, 998, 999,
];

impl Kind for Phone {
    fn name(&self) -> &'static str {
        "phone"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, opt: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        out.clear();
        if let (Some(Region::Cn), Ok(mobile)) =
            (opt.region, <&[u8; 11]>::try_from(value.as_bytes()))
            && matches!(mobile, [b'1', b'3'..=b'9', ..])
            && !mobile
                .iter()
                .fold(false, |other, b| other | (b.wrapping_sub(b'0') > 9))
        {
            // As most are written: nothing to fold.
            out.push_str("+86");
            out.push_str(value);
            return Ok(());
        }
        let mut written = Written::default();
        if value.is_ascii() {
            for &b in value.trim_ascii().as_bytes() {
                written.push(char::from(b))?;
            }
        } else {
            for c in value.trim().chars() {
                written.push(c)?;
            }
        }
        let number = written.number(opt.region)?;
        number.write(out);
        Ok(())
    }

    fn strict(&self) -> bool {
        true
    }

    /// Mobile numbers of China; the world has more.
    fn space(&self) -> Option<f64> {
        Some(7e9)
    }

    fn facts(&self) -> &Facts {
        &facts::PHONE
    }
}

/// Digits of a number with its calling code, values 0 to 9.
#[derive(Clone, Copy)]
pub(crate) struct E164 {
    digits: [u8; 15],
    len: usize,
}

impl E164 {
    fn new(parts: [&[u8]; 2]) -> Result<Self, Misfit> {
        let mut digits = [0; 15];
        let mut len = 0;
        for &d in parts.into_iter().flatten() {
            *digits.get_mut(len).ok_or(Misfit::Length)? = d;
            len += 1;
        }
        Ok(Self { digits, len })
    }

    fn write(&self, out: &mut String) {
        let mut bytes = [b'+'; 16];
        for (to, d) in bytes.iter_mut().skip(1).zip(self.digits) {
            *to = b'0' + d;
        }
        let text = bytes.get(..=self.len).unwrap_or_default();
        out.push_str(std::str::from_utf8(text).unwrap_or_default());
    }
}

/// A cell on its way to a number.
#[derive(Default)]
struct Written {
    digits: [u8; 24],
    len: usize,
    plus: bool,
    /// Where the digit in an open pair of parentheses began.
    open: Option<usize>,
    /// Where a `(0)` stands.
    trunk: Option<usize>,
    any: bool,
}

impl Written {
    #[inline]
    fn push(&mut self, c: char) -> Result<(), Misfit> {
        if let Some(d) = digit_value(c) {
            self.any = true;
            *self.digits.get_mut(self.len).ok_or(Misfit::Length)? = d;
            self.len += 1;
            return Ok(());
        }
        match narrow(c) {
            '+' if self.len == 0 && !self.plus => {
                self.any = true;
                self.plus = true;
            }
            '(' if self.open.is_none() => self.open = Some(self.len),
            ')' => match self.open.take() {
                Some(from) if self.len > from || self.plus => {
                    if self.len == from + 1
                        && self.digits.get(from) == Some(&0)
                        && self.trunk.is_none()
                    {
                        self.trunk = Some(from);
                    }
                }
                _ => return Err(Misfit::Form),
            },
            c if is_separator(c) || is_format(c) => {}
            _ => return Err(Misfit::Form),
        }
        Ok(())
    }

    fn number(&self, region: Option<Region>) -> Result<E164, Misfit> {
        if self.open.is_some() {
            return Err(Misfit::Form);
        }
        let digits = self.digits.get(..self.len).unwrap_or_default();
        if let (Some(Region::Other(code)), false, [_, ..]) = (region, self.plus, digits) {
            return self.national_of(&code, digits);
        }
        match digits {
            [] if self.any => Err(Misfit::Form),
            [] => Err(Misfit::Empty),
            _ if self.plus => international(digits, self.trunk),
            [0, 0, rest @ ..] => international(rest, self.trunk.and_then(|at| at.checked_sub(2))),
            _ => match region {
                None | Some(Region::Other(_)) => Err(Misfit::Region),
                Some(Region::Cn) => {
                    let national = national_of_china(digits).ok_or(
                        if digits.len() < 10 || digits.len() > 13 {
                            Misfit::Length
                        } else {
                            Misfit::Form
                        },
                    )?;
                    E164::new([&[8, 6], national])
                }
            },
        }
    }
}

impl Written {
    /// A number as written in a region other than China.
    fn national_of(&self, region: &[u8; 2], digits: &[u8]) -> Result<E164, Misfit> {
        let plan = std::str::from_utf8(region)
            .ok()
            .and_then(numbering::of)
            .ok_or(Misfit::Region)?;
        let text: String = digits.iter().map(|&d| char::from(b'0' + d)).collect();
        let whole = match plan.read(&text) {
            Ok(numbering::Read::International(digits)) => digits,
            Ok(numbering::Read::National(digits)) => format!("{}{digits}", plan.code),
            // 00 is understood everywhere.
            Err(misfit) => match digits {
                [0, 0, rest @ ..] => {
                    return international(rest, self.trunk.and_then(|at| at.checked_sub(2)));
                }
                _ => return Err(misfit),
            },
        };
        let whole: Vec<u8> = whole.bytes().map(|b| b.wrapping_sub(b'0')).collect();
        international(&whole, None)
    }
}

/// A number that begins with its calling code; `trunk` is where a `(0)` stood.
fn international(digits: &[u8], trunk: Option<usize>) -> Result<E164, Misfit> {
    let (code, code_len, _, _) = calling_code(digits).ok_or(Misfit::CountryCode)?;
    let (code_digits, rest) = digits.split_at_checked(code_len).ok_or(Misfit::Length)?;
    let national = match rest {
        [0, rest @ ..]
            if (trunk == Some(code_len) && !matches!(code, 39 | 378 | 379))
                || has_trunk_zero(code) =>
        {
            rest
        }
        _ => rest,
    };
    match code {
        86 if !is_national_of_china(national) => {
            return Err(if (9..=12).contains(&national.len()) {
                Misfit::Form
            } else {
                Misfit::Length
            });
        }
        1 => match national {
            [2..=9, _, _, 2..=9, _, _, _, _, _, _] => {}
            _ if national.len() == 10 => return Err(Misfit::Form),
            _ => return Err(Misfit::Length),
        },
        7 if national.len() != 10 => return Err(Misfit::Length),
        _ => {}
    }
    if !(8..=15).contains(&(code_len + national.len())) {
        return Err(Misfit::Length);
    }
    E164::new([code_digits, national])
}

/// The calling code at the head of `digits`, how many digits it has, and the
/// fewest and the most digits of a national number behind it. No calling code
/// is the beginning of another.
pub(crate) fn calling_code(digits: &[u8]) -> Option<(u16, usize, u8, u8)> {
    if let [8, 6, ..] = digits {
        return Some((86, 2, 7, 12));
    }
    let mut code = 0u16;
    for (i, &d) in digits.iter().take(3).enumerate() {
        code = code * 10 + u16::from(d);
        if code == 0 {
            return None;
        }
        if let Ok(at) = CALLING_CODES.binary_search_by_key(&code, |&(code, ..)| code)
            && let Some(&(code, least, most)) = CALLING_CODES.get(at)
        {
            return Some((code, i + 1, least, most));
        }
    }
    None
}

/// Whether the country dials a 0 before national numbers that never begin with
/// one.
pub(crate) fn has_trunk_zero(code: u16) -> bool {
    TRUNK_ZERO.binary_search(&code).is_ok()
}

/// How many digits the area code at the head of `digits` has, which stand
/// without the leading 0.
pub(crate) fn area_of_china(digits: &[u8]) -> Option<usize> {
    match *digits {
        [1, 0, ..] => Some(2),
        [2, second, ..] if second != 6 => Some(2),
        [a @ 3..=9, b, c, ..] => {
            let code = u16::from(a) * 100 + u16::from(b) * 10 + u16::from(c);
            AREAS.binary_search(&code).is_ok().then_some(3)
        }
        _ => None,
    }
}

/// Whether these are the eleven digits of a Chinese mobile number.
pub(crate) fn is_mobile_of_china(digits: &[u8]) -> bool {
    matches!(digits, [1, 3..=9, rest @ ..] if rest.len() == 9)
}

/// Whether these are area code (without 0) and 7 or 8 digits, not beginning
/// with 0.
pub(crate) fn is_landline_of_china(digits: &[u8]) -> bool {
    area_of_china(digits)
        .and_then(|area| digits.get(area..))
        .is_some_and(
            |local| matches!(local, [1..=9, rest @ ..] if rest.len() == 6 || rest.len() == 7),
        )
}

/// A national number of China as it follows +86.
pub(crate) fn is_national_of_china(digits: &[u8]) -> bool {
    is_mobile_of_china(digits)
        || is_landline_of_china(digits)
        || matches!(digits, [4 | 8, 0, 0, rest @ ..] if rest.len() == 7)
}

/// The part that follows +86, of a number written as in China.
fn national_of_china(digits: &[u8]) -> Option<&[u8]> {
    match digits {
        [0, rest @ ..] if is_mobile_of_china(rest) || is_landline_of_china(rest) => Some(rest),
        [8, 6, 0, rest @ ..] if is_mobile_of_china(rest) || is_landline_of_china(rest) => {
            Some(rest)
        }
        [8, 6, rest @ ..] if is_mobile_of_china(rest) || is_landline_of_china(rest) => Some(rest),
        _ if is_mobile_of_china(digits) => Some(digits),
        [4 | 8, 0, 0, rest @ ..] if rest.len() == 7 => Some(digits),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(value: &str, region: Option<Region>) -> Result<String, Misfit> {
        let mut out = String::from("left over");
        Phone.normalise(
            value,
            &KindOptions {
                region,
                date_format: None,
            },
            &mut out,
        )?;
        Ok(out)
    }

    fn cn(value: &str) -> Result<String, Misfit> {
        read(value, Some(Region::Cn))
    }

    fn any(value: &str) -> Result<String, Misfit> {
        read(value, None)
    }

    #[test]
    fn ten_written_forms_of_one_mobile_are_one_number() {
        for value in [
            "13800138000",
            "138 0013 8000",
            "138-0013-8000",
            "+86 138 0013 8000",
            "+86-138-0013-8000",
            "008613800138000",
            "８６１３８００１３８０００",
            "１３８　００１３　８０００",
            "(+86)13800138000",
            "＋８６（１３８）００１３－８０００",
            "86-13800138000",
            "013800138000",
            "138.0013.8000",
            "138\u{200B}00138000",
            " 13800138000 ",
            "00 86 138 0013 8000",
            "+86 (0) 138 0013 8000",
            "١٣٨٠٠١٣٨٠٠٠",
        ] {
            assert_eq!(cn(value).as_deref(), Ok("+8613800138000"), "{value}");
        }
    }

    #[test]
    fn landlines_keep_their_area_code() {
        for value in [
            "010-62345678",
            "(010)62345678",
            "（010）6234-5678",
            "+86 10 62345678",
            "+86 (0)10 62345678",
            "0086 10 6234 5678",
            "86-10-62345678",
            "86-010-62345678",
            "01062345678",
            "+86 010 62345678",
        ] {
            assert_eq!(cn(value).as_deref(), Ok("+861062345678"), "{value}");
        }
        assert_eq!(cn("0755-8234567").as_deref(), Ok("+867558234567"));
        assert_eq!(cn("0755 82345678").as_deref(), Ok("+8675582345678"));
        assert_eq!(cn("400-123-4567").as_deref(), Ok("+864001234567"));
    }

    #[test]
    fn without_plus_a_region_is_needed() {
        assert_eq!(any("13800138000"), Err(Misfit::Region));
        assert_eq!(any("010-62345678"), Err(Misfit::Region));
        assert_eq!(any("8613800138000"), Err(Misfit::Region));
        assert_eq!(any("+8613800138000").as_deref(), Ok("+8613800138000"));
        assert_eq!(any("0044 20 7946 0958").as_deref(), Ok("+442079460958"));
    }

    #[test]
    fn other_countries_by_their_calling_code() {
        for (value, form) in [
            ("+44 (0)20 7946 0958", "+442079460958"),
            ("+44 020 7946 0958", "+442079460958"),
            ("+1 (212) 555-0123", "+12125550123"),
            ("+7 495 123-45-67", "+74951234567"),
            ("+852 2345 6789", "+85223456789"),
            ("+39 06 1234 5678", "+390612345678"),
            ("+39 (0)6 1234 5678", "+390612345678"),
            ("+225 01 23 45 67 89", "+2250123456789"),
            ("+49 (0)30 123456", "+4930123456"),
            ("+886 2 2345 6789", "+886223456789"),
        ] {
            assert_eq!(any(value).as_deref(), Ok(form), "{value}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_reason() {
        for (value, why) in [
            ("", Misfit::Empty),
            ("  ", Misfit::Empty),
            ("+", Misfit::Form),
            ("()", Misfit::Form),
            ("+()", Misfit::Form),
            ("62345678", Misfit::Length),
            ("12345678901", Misfit::Form),
            ("1380013800", Misfit::Form),
            ("138001380001", Misfit::Form),
            ("13800138000 转 8", Misfit::Form),
            ("13800138000/13900139000", Misfit::Form),
            ("010-62345678-801-1-12345", Misfit::Length),
            ("tel:13800138000", Misfit::Form),
            ("0261-1234567", Misfit::Form),
            ("0100-234567", Misfit::Form),
            ("+999 123456789", Misfit::CountryCode),
            ("+0 123456789", Misfit::CountryCode),
            ("+86 12345678901", Misfit::Form),
            ("+86 1380013800", Misfit::Form),
            ("+1 555 0123", Misfit::Length),
            ("+44 123", Misfit::Length),
            ("+49 12345678901234", Misfit::Length),
            ("+44 1234567890123456789012345", Misfit::Length),
            ("138(0013", Misfit::Form),
            ("138)0013", Misfit::Form),
            ("((138)00138000", Misfit::Form),
            ("13800138000+", Misfit::Form),
            ("++8613800138000", Misfit::Form),
            ("138,0013,8000", Misfit::Form),
            ("一三八", Misfit::Form),
            ("--", Misfit::Empty),
        ] {
            assert_eq!(cn(value), Err(why), "{value}");
        }
    }

    #[test]
    fn the_tables_are_sorted_and_no_code_begins_another() {
        assert!(CALLING_CODES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(TRUNK_ZERO.is_sorted_by(|a, b| a < b));
        assert!(AREAS.is_sorted_by(|a, b| a < b));
        assert!(CALLING_CODES.contains(&(86, 7, 12)));
        for &(code, least, most) in &CALLING_CODES {
            assert!(least <= most);
            for &(other, ..) in &CALLING_CODES {
                assert!(code == other || !other.to_string().starts_with(&code.to_string()));
            }
        }
        for code in TRUNK_ZERO {
            assert!(CALLING_CODES.iter().any(|c| c.0 == code));
        }
    }

    proptest! {
        #[test]
        fn the_form_reads_as_itself(value in r"(\+|00|)[0-9 ()\-]{6,18}") {
            if let Ok(form) = cn(&value) {
                prop_assert!((9..=16).contains(&form.len()));
                prop_assert_eq!(any(&form).unwrap(), form);
            }
        }

        #[test]
        fn no_text_panics(value in ".{0,40}") {
            prop_assert!(cn(&value).is_ok_and(|form| form.starts_with('+')) || cn(&value).is_err());
        }
    }
}
