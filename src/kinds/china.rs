//! Identifiers of mainland China beside the resident ID ([`super::cn`]), and of
//! Hong Kong, Macau and Taiwan.
//!
//! May not refuse a number for its area: areas are evidence, never a veto.

use super::check::{
    at, day, form, holds, icao, luhn, mod_11_2, number, part, real, value, weighted,
};
use super::facts::{Derived, Sex};
use super::ident::{Ident, ident};
use super::{Misfit, cn};

/// The table.
#[rustfmt::skip]
pub(super) static KINDS: &[Ident] = &[
    ident("cn-foreign-id", "CN", "外国人永久居留身份证", "permanent residence card of foreigners, both generations")
        .shapes(&["9dddddddddddddddda", "llldddddddddddd"])
        .written(&["9dddddddddddddddda"])
        .check("ISO 7064 MOD 11-2 and birth date; the older form by ICAO 9303 weights", foreign_id, 0.0037)
        .tells("birth date, sex, province, nationality", foreign_derived)
        .space(1e11)
        .words(&["永久居留", "永居", "外国人", "permanent residen"])
        .source("National Immigration Administration, card of 2023; GA/T 1194")
        .right(&[("911003198108030027", "911003198108030027"), ("USA 110085060111", "USA110085060111")])
        .wrong(&[("911003198113030021", Misfit::Date), ("USA110085060119", Misfit::CheckDigit), ("USA110085060", Misfit::Length)]),
    ident("cn-hmt-residence", "CN", "港澳台居民居住证", "residence permit of people from Hong Kong, Macau and Taiwan")
        .shapes(&["810000ddddddddddda", "820000ddddddddddda", "830000ddddddddddda"])
        .written(&["dddddddddddddddddc"])
        .check("ISO 7064 MOD 11-2 and birth date", resident, 0.00019)
        .tells("birth date, sex, region", residence_derived)
        .space(1e8)
        .words(&["居住证", "居住證"])
        .source("State Council, 国办发〔2018〕81号; GB 11643-1999")
        .right(&[("810000199408230021", "810000199408230021"), ("８３００００１９９２０１０１００１７", "830000199201010017")])
        .wrong(&[("810000199408230022", Misfit::CheckDigit), ("810000199413230021", Misfit::Date), ("110105199408230021", Misfit::Form)]),
    ident("cn-hk-macau-permit", "CN", "港澳居民来往内地通行证", "mainland travel permit of people from Hong Kong and Macau")
        .shapes(&["Hdddddddd", "Mdddddddd", "Hdddddddddd", "Mdddddddddd"])
        .written(&["Hdddddddd", "Mdddddddd"])
        .tells("whether Hong Kong or Macau", |s| Derived { region: Some(if s.starts_with('M') { "MO" } else { "HK" }.into()), ..Derived::default() })
        .space(2e8)
        .words(&["回乡证", "回鄉證", "通行证", "通行證", "港澳", "home return"])
        .source("National Immigration Administration; the two last digits of the older form count renewals")
        .right(&[("H12345678", "H12345678"), ("m 1234567801", "M1234567801")])
        .wrong(&[("K12345678", Misfit::Form), ("H1234567", Misfit::Length)]),
    ident("cn-taiwan-permit", "CN", "台湾居民来往大陆通行证", "mainland travel permit of people from Taiwan")
        .shapes(&["dddddddd", "ddddddddddl"])
        .written(&["dddddddd"])
        .space(1e8)
        .words(&["台胞证", "臺胞證", "台胞證", "通行证", "通行證"])
        .source("National Immigration Administration, card of 2015 and booklet before it")
        .right(&[("0123 4567", "01234567"), ("0123456701B", "0123456701B")])
        .wrong(&[("A1234567", Misfit::Form), ("1234567", Misfit::Length)]),
    ident("cn-exit-permit", "CN", "往来港澳通行证、往来台湾通行证", "permit of mainland residents for Hong Kong, Macau and Taiwan")
        .shapes(&["Cdddddddd", "Clddddddd", "Wdddddddd", "Ldddddddd", "Tdddddddd"])
        .written(&["Cdddddddd"])
        .space(5e8)
        .words(&["通行证", "通行證", "港澳", "台湾", "exit permit"])
        .source("National Immigration Administration")
        .right(&[("C12345678", "C12345678"), ("CA1234567", "CA1234567")])
        .wrong(&[("B12345678", Misfit::Form), ("C1234567", Misfit::Length)]),
    ident("cn-passport", "CN", "护照", "passport of China")
        .shapes(&["Edddddddd", "Elddddddd", "Gdddddddd", "Ddddddddd", "Sdddddddd", "Pdddddddd", "DEddddddd", "SEddddddd", "PEddddddd", "14ddddddd", "15ddddddd"])
        .written(&["Edddddddd", "Elddddddd"])
        .space(4e8)
        .words(&["护照", "護照", "passport"])
        .source("National Immigration Administration; Ministry of Foreign Affairs")
        .right(&[("E12345678", "E12345678"), ("ea 1234567", "EA1234567"), ("G12345678", "G12345678")])
        .wrong(&[("X12345678", Misfit::Form), ("E1234567", Misfit::Length)]),
    ident("cn-uscc", "CN", "统一社会信用代码", "unified social credit code of organisations and sole traders")
        .shapes(&["aaddddddaaaaaaaaaa"])
        .written(&["aaddddddaaaaaaaaaa"])
        .check("modulo 31 by GB 32100-2015", uscc, 0.0044)
        .tells("kind of organisation, county of registration", |s| Derived::default().from(part(s, 2, 8)))
        .space(1e13)
        .words(&["社会信用代码", "信用代码", "税号", "纳税人识别号"])
        .source("GB 32100-2015")
        .right(&[("91110000600037341L", "91110000600037341L"), ("9111 0000 6000 3734 1l", "91110000600037341L")])
        .wrong(&[("91110000600037342L", Misfit::CheckDigit), ("A111000060003734IL", Misfit::Form)]),
    ident("cn-org-code", "CN", "组织机构代码", "organisation code, before 2015")
        .shapes(&["aaaaaaaac"])
        .written(&["aaaaaaaa-c"])
        .check("modulo 11 by GB 11714-1997", org_code, 1.0 / 11.0)
        .space(2.8e12)
        .words(&["组织机构代码", "机构代码"])
        .source("GB 11714-1997")
        .right(&[("D2143569-X", "D2143569X")])
        .wrong(&[("D2143569-1", Misfit::CheckDigit)]),
    ident("cn-bank-card", "CN", "银联卡号", "card of a Chinese bank, beginning with 62")
        .shapes(&["62dddddddddddddd", "62ddddddddddddddd", "62dddddddddddddddd", "62ddddddddddddddddd"])
        .written(&["62dd dddd dddd dddd ddd", "62dd dddd dddd dddd", "62ddddddddddddddddd"])
        .check("Luhn", |s| holds(luhn(s)), 0.1)
        .space(1e16)
        .words(&["银行卡", "卡号", "银行账号", "账号", "帐号", "开户"])
        .source("ISO/IEC 7812-1; UnionPay numbers begin with 62")
        .right(&[("6222 0212 3456 7890 128", "6222021234567890128"), ("6200000000000005", "6200000000000005")])
        .wrong(&[("6222021234567890123", Misfit::CheckDigit), ("4222021234567890", Misfit::Form)]),
    ident("cn-postcode", "CN", "邮政编码", "postcode of China; the first two digits are the province")
        .shapes(&["dddddd"])
        .written(&["dddddd"])
        .tells("region of delivery", |s| Derived::default().from(part(s, 0, 4)))
        .space(1e6)
        .words(&["邮编", "邮政编码", "郵編", "postcode"])
        .source("China Post")
        .right(&[("100 032", "100032")])
        .wrong(&[("10003", Misfit::Length)]),
    ident("qq", "CN", "QQ号", "number of a QQ account")
        .shapes(&["ddddd", "dddddd", "ddddddd", "dddddddd", "ddddddddd", "dddddddddd", "ddddddddddd"])
        .written(&["ddddddddd", "dddddddddd"])
        .check("does not begin with 0", |s| form(at(s, 0) != 0), 0.9)
        .space(1e10)
        .words(&["qq", "扣扣", "企鹅"])
        .source("Tencent: 5 to 11 digits")
        .right(&[("10001", "10001"), ("123 456 789", "123456789")])
        .wrong(&[("012345", Misfit::Form), ("1234", Misfit::Length)]),
    ident("hk-id", "HK", "香港身份證", "identity card of Hong Kong")
        .shapes(&["ldddddda", "lldddddda"])
        .written(&["ldddddd(a)", "lldddddd(a)", "ldddddda"])
        .drop("()")
        .check("modulo 11, 0 to 9 or A", hk_id, 1.0 / 36.0)
        .space(26.0 * 27.0 * 1e6)
        .words(&["身份證", "身份证", "hkid", "identity card", "id no"])
        .source("Hong Kong Immigration Department")
        .right(&[("A123456(3)", "A1234563"), ("g123456（a）", "G123456A"), ("AB987654(3)", "AB9876543")])
        .wrong(&[("A123456(4)", Misfit::CheckDigit), ("A12345(6)", Misfit::Length)]),
    ident("mo-id", "MO", "澳門居民身份證", "identity card of Macau")
        .shapes(&["dddddddd"])
        .written(&["ddddddd(d)", "d/dddddd/d"])
        .drop("()/")
        .check("begins with 1, 5 or 7; the rule of the last digit is not published", |s| form(matches!(at(s, 0), 1 | 5 | 7)), 0.3)
        .space(3e6)
        .words(&["澳門", "澳门", "bir", "身份證", "身份证"])
        .source("Identification Services Bureau of Macau")
        .right(&[("1234567(8)", "12345678"), ("5/123456/7", "51234567")])
        .wrong(&[("2234567(8)", Misfit::Form)]),
    ident("tw-id", "TW", "國民身分證統一編號", "identity number of Taiwan, residence permits of foreigners too")
        .shapes(&["lddddddddd", "lldddddddd"])
        .written(&["lddddddddd"])
        .check("weighted sum modulo 10; second character 1, 2, 8, 9 or A to D", tw_id, 0.04)
        .tells("sex, county of first registration", |s| Derived { sex: Sex::male(matches!(s.as_bytes().get(1), Some(b'1' | b'8' | b'A' | b'C'))), ..Derived::default().from(part(s, 0, 1)) })
        .space(26.0 * 8.0 * 1e7)
        .words(&["身分證", "身份證", "身份证", "統一編號", "居留證"])
        .source("Ministry of the Interior, Taiwan")
        .right(&[("A123456789", "A123456789"), ("ａ１２３４５６７８９", "A123456789"), ("A800000014", "A800000014")])
        .wrong(&[("A123456780", Misfit::CheckDigit), ("A323456789", Misfit::Form)]),
    ident("tw-ubn", "TW", "統一編號", "business number of Taiwan")
        .shapes(&["dddddddd"])
        .written(&["dddddddd"])
        .check("weighted digit sum modulo 5", tw_ubn, 0.22)
        .space(2e7)
        .words(&["統一編號", "統編"])
        .source("Ministry of Finance, Taiwan, rule of 2023")
        .right(&[("00501503", "00501503"), ("0050 1503", "00501503")])
        .wrong(&[("00501502", Misfit::CheckDigit)]),
];

/// 18 characters as the resident ID is checked.
fn resident(s: &[u8]) -> Result<(), Misfit> {
    let id: &[u8; 18] = s.try_into().map_err(|_| Misfit::Length)?;
    if !id.iter().take(17).all(u8::is_ascii_digit) || !matches!(id.last(), Some(b'0'..=b'9' | b'X'))
    {
        return Err(Misfit::Form);
    }
    if !cn::real_birth_date(id) {
        return Err(Misfit::Date);
    }
    holds(mod_11_2(s))
}

fn residence_derived(s: &str) -> Derived {
    let mut told = cn::derived(s);
    told.region = Some(match s.as_bytes().get(1) {
        Some(b'1') => "HK".into(),
        Some(b'2') => "MO".into(),
        _ => "TW".into(),
    });
    told
}

fn foreign_id(s: &[u8]) -> Result<(), Misfit> {
    if s.len() == 18 {
        return resident(s);
    }
    // The older card: nationality, area, birth date of six digits, sequence.
    real(short_day(s, 7))?;
    holds(
        s.split_last()
            .is_some_and(|(last, body)| icao(body) == value(*last)),
    )
}

/// A day of two-digit year at `from`, whichever century.
fn short_day(s: &[u8], from: usize) -> Option<super::CivilDate> {
    let at = |i: usize| number(s, from + i, from + i + 2);
    day(1900 + at(0), at(2), at(4)).or_else(|| day(2000 + at(0), at(2), at(4)))
}

fn foreign_derived(s: &str) -> Derived {
    let b = s.as_bytes();
    if b.len() != 18 {
        let mut told = Derived::default().from(part(s, 3, 7));
        told.country = Some(part(s, 0, 3).to_owned());
        return told;
    }
    let mut told = cn::derived(s);
    told.region = Some(part(s, 1, 3).to_owned());
    told
}

/// GB 32100: weights are powers of three modulo 31 over an alphabet without
/// I, O, S, V and Z.
fn uscc(s: &[u8]) -> Result<(), Misfit> {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut weight = 1u32;
    let mut sum = 0u32;
    for &b in s {
        let v = ALPHABET.iter().position(|&c| c == b).ok_or(Misfit::Form)?;
        sum = (sum + v as u32 * weight) % 31;
        weight = weight * 3 % 31;
    }
    // The last weight is 3^17 = 22 mod 31 in the sum; the check is its own.
    let last = s
        .last()
        .and_then(|&b| ALPHABET.iter().position(|&c| c == b))
        .unwrap_or(0) as u32;
    let body = (sum + 31 * 31 - last * 22 % 31) % 31;
    holds((31 - body) % 31 == last)
}

fn org_code(s: &[u8]) -> Result<(), Misfit> {
    let sum = weighted(s, &[3, 7, 9, 10, 5, 8, 4, 2]);
    let check = match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        n => b'0' + n as u8,
    };
    holds(s.last() == Some(&check))
}

/// Letters count from 10, a missing first letter as 36.
fn hk_id(s: &[u8]) -> Result<(), Misfit> {
    let first = if s.len() == 8 { 36 * 9 } else { 0 };
    let from = 9 - s.len().min(9);
    let sum = s
        .iter()
        .enumerate()
        .map(|(i, &b)| {
            value(b)
                * [9, 8, 7, 6, 5, 4, 3, 2, 1]
                    .get(from + i)
                    .copied()
                    .unwrap_or(0)
        })
        .sum::<u32>();
    form(matches!(s.last(), Some(b'0'..=b'9' | b'A')))?;
    holds((sum + first).is_multiple_of(11))
}

/// The letter is two digits, by the order in which counties got theirs.
fn tw_id(s: &[u8]) -> Result<(), Misfit> {
    const LETTERS: [u32; 26] = [
        10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32,
        30, 31, 33,
    ];
    let letter = |b: u8| {
        LETTERS
            .get(usize::from(b.wrapping_sub(b'A')))
            .copied()
            .unwrap_or(0)
    };
    let (first, second) = match s {
        [first, second, ..] => (letter(*first), *second),
        _ => return Err(Misfit::Length),
    };
    let second = match second {
        b'1' | b'2' | b'8' | b'9' => value(second),
        b'A'..=b'D' => letter(second) % 10,
        _ => return Err(Misfit::Form),
    };
    let rest = s
        .iter()
        .skip(2)
        .zip([7, 6, 5, 4, 3, 2, 1, 1])
        .map(|(&b, w)| value(b) * w)
        .sum::<u32>();
    holds((first / 10 + first % 10 * 9 + second * 8 + rest).is_multiple_of(10))
}

/// A seventh digit of 7 may count as 1 or 0.
fn tw_ubn(s: &[u8]) -> Result<(), Misfit> {
    let sum: u32 = s
        .iter()
        .zip([1, 2, 1, 2, 1, 2, 4, 1])
        .map(|(&b, w)| value(b) * w)
        .map(|v| v / 10 + v % 10)
        .sum();
    holds(sum.is_multiple_of(5) || (at(s, 6) == 7 && (sum + 1).is_multiple_of(5)))
}
