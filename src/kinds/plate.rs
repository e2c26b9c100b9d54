//! The kind `cn-plate`: number plates of mainland China, new-energy plates too.
//!
//! | plate | form |
//! |---|---|
//! | ordinary | province, letter of the city, five letters and digits |
//! | new energy, small | province, letter, a letter A–K, five places, the first a letter or digit, the rest digits |
//! | new energy, large | province, letter, five digits, a letter A–K |
//! | trailer, learner, police, Hong Kong and Macau, consulate | province, letter, four places, 挂 学 警 港 澳 领 |
//! | embassy | six digits and 使 |
//! | armed police | WJ, province, four digits, a digit or letter |
//!
//! I and O do not occur. Normal form: the characters without points, spaces and
//! hyphens, letters in upper case. Plates of the army and temporary ones are
//! not read.

use super::facts::{Derived, InText};
use super::unicode::{digit_value, is_format, is_separator, narrow};
use super::{Facts, Kind, KindOptions, Misfit};

/// `cn-plate`: see the head of this file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plate;

/// The short names of the provinces on plates, with the whole names.
const PROVINCES: [(char, &str); 31] = [
    ('京', "北京市"),
    ('津', "天津市"),
    ('冀', "河北省"),
    ('晋', "山西省"),
    ('蒙', "内蒙古自治区"),
    ('辽', "辽宁省"),
    ('吉', "吉林省"),
    ('黑', "黑龙江省"),
    ('沪', "上海市"),
    ('苏', "江苏省"),
    ('浙', "浙江省"),
    ('皖', "安徽省"),
    ('闽', "福建省"),
    ('赣', "江西省"),
    ('鲁', "山东省"),
    ('豫', "河南省"),
    ('鄂', "湖北省"),
    ('湘', "湖南省"),
    ('粤', "广东省"),
    ('桂', "广西壮族自治区"),
    ('琼', "海南省"),
    ('渝', "重庆市"),
    ('川', "四川省"),
    ('贵', "贵州省"),
    ('云', "云南省"),
    ('藏', "西藏自治区"),
    ('陕', "陕西省"),
    ('甘', "甘肃省"),
    ('青', "青海省"),
    ('宁', "宁夏回族自治区"),
    ('新', "新疆维吾尔自治区"),
];

/// The province that a character stands for.
pub(crate) fn province(c: char) -> Option<&'static str> {
    PROVINCES
        .iter()
        .find(|(short, _)| *short == c)
        .map(|(_, name)| *name)
}

static FACTS: Facts = Facts {
    title: "a number plate of mainland China, new-energy plates too",
    local: "机动车号牌",
    country: "CN",
    check: "province, letters in use, places of letters and digits",
    reveals: "province and city; with the register the owner",
    chance: 1.0,
    in_text: InText::Bare,
    words: &["车牌", "车牌号", "号牌", "plate"],
    source: "GA 36-2018",
    right: &[
        ("京A·12345", "京A12345"),
        ("沪ａｄ１２３４５", "沪AD12345"),
        ("粤B 12345F", "粤B12345F"),
        ("苏E1B2C3", "苏E1B2C3"),
        ("粤Z1234港", "粤Z1234港"),
        ("京A1234警", "京A1234警"),
        ("123456使", "123456使"),
        ("WJ京12345", "WJ京12345"),
    ],
    wrong: &[
        ("京I12345", Misfit::Form),
        ("京A1234", Misfit::Length),
        ("京A1234567", Misfit::Length),
        ("日A12345", Misfit::Form),
        ("京AO2345", Misfit::Form),
    ],
    ..Facts::NONE
};

/// A letter or digit of a plate.
fn place(c: char) -> bool {
    c.is_ascii_digit() || (c.is_ascii_uppercase() && !matches!(c, 'I' | 'O'))
}

/// What stands at the end of plates of a purpose.
pub(super) fn purpose(c: char) -> bool {
    matches!(c, '挂' | '学' | '警' | '港' | '澳' | '领')
}

/// Whether six places behind the letter are those of a new-energy plate.
pub(super) fn new_energy(places: &[char]) -> bool {
    let [first, second, middle @ .., last] = places else {
        return false;
    };
    let kind = |c: &char| ('A'..='K').contains(c) && *c != 'I';
    let digits = |of: &[char]| of.iter().all(char::is_ascii_digit);
    middle.len() == 3
        && digits(middle)
        && (kind(first) && place(*second) && last.is_ascii_digit()
            || kind(last) && first.is_ascii_digit() && second.is_ascii_digit())
}

/// Whether characters without separators are a plate.
fn check(chars: &[char]) -> Result<(), Misfit> {
    match chars {
        [body @ .., '使'] | ['使', body @ ..] => {
            return if body.len() == 6 && body.iter().all(char::is_ascii_digit) {
                Ok(())
            } else {
                Err(Misfit::Form)
            };
        }
        ['W', 'J', from, body @ .., last] if province(*from).is_some() => {
            return if body.len() == 4 && body.iter().all(char::is_ascii_digit) && place(*last) {
                Ok(())
            } else {
                Err(Misfit::Form)
            };
        }
        _ => {}
    }
    let [from, city, places @ ..] = chars else {
        return Err(Misfit::Length);
    };
    if province(*from).is_none() || !city.is_ascii_uppercase() || !place(*city) {
        return Err(Misfit::Form);
    }
    let known = |of: &[char]| of.iter().copied().all(place);
    match places {
        [first @ .., last] if places.len() == 5 => {
            if known(first) && (place(*last) || purpose(*last)) {
                Ok(())
            } else {
                Err(Misfit::Form)
            }
        }
        _ if places.len() == 6 && new_energy(places) => Ok(()),
        _ if places.len() == 6 => Err(Misfit::Form),
        _ => Err(Misfit::Length),
    }
}

impl Kind for Plate {
    fn name(&self) -> &'static str {
        "cn-plate"
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
        let mut chars = ['\0'; 12];
        let mut n = 0;
        for c in value.chars() {
            let c = narrow(c);
            if is_separator(c) || is_format(c) || c == '•' {
                continue;
            }
            let c = match digit_value(c) {
                Some(d) => char::from(b'0' + d),
                None => c.to_ascii_uppercase(),
            };
            *chars.get_mut(n).ok_or(Misfit::Length)? = c;
            n += 1;
        }
        let chars = chars.get(..n).unwrap_or_default();
        check(chars)?;
        out.extend(chars);
        Ok(())
    }

    fn strict(&self) -> bool {
        true
    }

    /// 31 provinces, some 13 cities of each, five places.
    fn space(&self) -> Option<f64> {
        Some(2e9)
    }

    fn facts(&self) -> &Facts {
        &FACTS
    }

    fn derive(&self, normal: &str) -> Derived {
        let mut chars = normal.chars().skip_while(|c| c.is_ascii());
        let Some((from, name)) = chars.next().and_then(|c| Some((c, province(c)?))) else {
            return Derived::default();
        };
        let mut region = from.to_string();
        region.extend(chars.next().filter(char::is_ascii_uppercase));
        Derived {
            place: Some(name.into()),
            region: Some(region),
            ..Derived::default()
        }
    }
}
