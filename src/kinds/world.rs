//! Identifiers of no single country: accounts, cards, travel documents,
//! devices, and postcodes that coarsen.
//!
//! May not ask a bank or an issuer: what is checked is what stands in the text.

use super::Misfit;
use super::check::{at, form, holds, icao, luhn, mod_97, number, part};
use super::facts::{Derived, Sex};
use super::ident::{Ident, ident};

/// The table.
#[rustfmt::skip]
pub(super) static KINDS: &[Ident] = &[
    ident("iban", "", "IBAN", "international bank account number, by the form of its country")
        .shapes(IBAN).written(&["DEdd dddd dddd dddd dddd dd", "GBddllllddddddddddddddd", "FRdd dddd dddd ddaa aaaa aaaa add"])
        .check("ISO 7064 MOD 97-10; form by country", |s| {
            let (head, body) = s.split_at_checked(4).ok_or(Misfit::Length)?;
            holds(mod_97(body.iter().chain(head).copied()) == 1)
        }, 1.0 / 97.0)
        .distinct()
        .tells("country and bank", |s| Derived { country: Some(part(s, 0, 2).to_owned()), ..Derived::default() })
        .space(1e18).words(&["iban", "account", "konto", "compte", "cuenta"])
        .source("ISO 13616; SWIFT IBAN registry, release 101: all 89 forms compared with it")
        .right(&[("GR16 0110 1050 0000 1054 7023 795", "GR1601101050000010547023795"), ("be31435411161155", "BE31435411161155"), ("GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"), ("BR18 0036 0305 0000 1000 9795 493C 1", "BR1800360305000010009795493C1"), ("MU17 BOMM 0101 1010 3030 0200 000M UR", "MU17BOMM0101101030300200000MUR")])
        .wrong(&[("GR16 0110 1050 0000 1054 7023 794", Misfit::CheckDigit), ("ZZ16 0110 1050 0000 1054", Misfit::Form)]),
    ident("bic", "", "BIC / SWIFT", "business identifier code of a bank")
        .shapes(&["llllllaa", "llllllaaaaa"]).written(&["llllllaa", "llllllaaaaa"])
        .check("a country at the fifth letter", |s| form(s.get(4..6).and_then(|c| std::str::from_utf8(c).ok()).is_some_and(|c| c == "XK" || super::region::is_iso(c))), 0.37)
        .tells("country and bank", |s| Derived { country: Some(part(s, 4, 6).to_owned()), ..Derived::default() })
        .space(1e9).words(&["bic", "swift"])
        .source("ISO 9362")
        .right(&[("AGRIFRPP882", "AGRIFRPP882"), ("ABNA BE 2A", "ABNABE2A")])
        .wrong(&[("AGRIF2PP", Misfit::Form), ("AGRIFRPP8", Misfit::Length)]),
    ident("payment-card", "", "card number", "number of a payment card")
        .shapes(&["ddddddddddddd", "dddddddddddddd", "ddddddddddddddd", "dddddddddddddddd", "ddddddddddddddddd", "dddddddddddddddddd", "ddddddddddddddddddd"])
        .written(&["dddd dddd dddd dddd", "dddd-dddd-dddd-dddd", "dddd dddddd ddddd", "dddddddddddddddd"])
        .check("Luhn; ranges and lengths of the schemes", |s| { form(card_scheme(s))?; holds(luhn(s)) }, 0.037)
        .tells("scheme and bank", |s| Derived::default().from(part(s, 0, 6)))
        .space(1e15).words(&["card", "visa", "mastercard", "卡号", "银行卡", "карта", "tarjeta", "karte", "carte"])
        .source("ISO/IEC 7812-1; published ranges of the schemes")
        .right(&[("4111 1111 1111 1111", "4111111111111111"), ("3782-822463-10005", "378282246310005"), ("5555555555554444", "5555555555554444")])
        .wrong(&[("4111 1111 1111 1112", Misfit::CheckDigit), ("9111111111111111", Misfit::Form)]),
    ident("lei", "", "LEI", "legal entity identifier")
        .shapes(&["aaaaaaaaaaaaaaaaaadd"]).written(&["aaaaaaaaaaaaaaaaaadd"])
        .check("ISO 7064 MOD 97-10", |s| holds(mod_97(s.iter().copied()) == 1), 1.0 / 97.0)
        .space(1e18).words(&["lei"])
        .source("ISO 17442")
        .right(&[("213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D15")])
        .wrong(&[("213800KUD8LXJWSQ9D15", Misfit::CheckDigit)]),
    ident("passport", "", "passport", "passport number of any country: 6 to 9 letters and digits, at least five digits")
        .shapes(&["ldddddd", "lddddddd", "ldddddddd", "lldddddd", "llddddddd", "ddddddddd", "dddddddd", "ddlldddddd", "llddddd", "ddllddddd", "laaaaaaaa", "llldddddd"])
        .written(&["ldddddddd", "llddddddd", "ddddddddd"])
        .check("at least five digits", |s| form(s.iter().filter(|b| b.is_ascii_digit()).count() >= 5), 1.0)
        .space(1e9).words(&["passport", "护照", "護照", "паспорт", "pasaporte", "passeport", "reisepass", "passaporto", "паспорта", "여권", "旅券", "جواز"])
        .source("ICAO Doc 9303-3: up to nine characters")
        .right(&[("L898902C3", "L898902C3"), ("AB 1234567", "AB1234567"), ("123456789", "123456789")])
        .wrong(&[("ABCDEFGHI", Misfit::Form), ("12345", Misfit::Length)]),
    ident("mrz", "", "MRZ", "second line of the machine-readable zone of a passport or visa, or the first two of a card")
        .shapes(&["*********dnnndddddddnddddddd****************", "*********dnnndddddddnddddddd********", "nnnnn*************************dddddddndddddddnnn***********d"])
        .keep("<")
        .check("ICAO 9303 weights: of number, birth and expiry", mrz, 2e-7)
        .distinct()
        .tells("birth date but for the century, sex, nationality", |s| {
            let b = s.as_bytes();
            let (from, country) = if b.len() == 60 { (37, part(s, 45, 48)) } else { (20, part(s, 10, 13)) };
            let sex = match b.get(from) { Some(b'M') => Some(Sex::Male), Some(b'F') => Some(Sex::Female), _ => None };
            Derived { sex, country: Some(country.trim_end_matches('<').to_owned()), ..Derived::default() }
        })
        .space(1e20).words(&["mrz"])
        .source("ICAO Doc 9303-4 to 9303-7")
        .right(&[("L898902C36UTO7408122F1204159ZE184226B<<<<<10", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")])
        .wrong(&[("L898902C37UTO7408122F1204159ZE184226B<<<<<10", Misfit::CheckDigit), ("L898902C36UTO", Misfit::Length)]),
    ident("imei", "", "IMEI", "number of a mobile device")
        .shapes(&["ddddddddddddddd"]).written(&["dd-dddddd-dddddd-d", "dddddddd dddddd d", "ddddddddddddddd"]).drop("/")
        .check("Luhn", |s| { form(!matches!(number(s, 0, 2), 0))?; holds(luhn(s)) }, 0.1)
        .tells("model of the device", |s| Derived::default().from(part(s, 0, 8)))
        .space(1e14).words(&["imei", "串号"])
        .source("3GPP TS 23.003")
        .right(&[("49-015420-323751-8", "490154203237518")])
        .wrong(&[("35-417803-685978-1", Misfit::CheckDigit)]),
    ident("vin", "", "VIN", "vehicle identification number")
        .shapes(&["aaaaaaaaaaaaadddd"]).written(&["aaaaaaaaaaaaadddd"])
        .check("modulo 11 at the ninth place (North America, China); no I, O, Q", vin, 0.011)
        .space(1e13).words(&["vin", "车架号", "chassis", "fahrgestell"])
        .source("ISO 3779; 49 CFR 565; GB 16735")
        .right(&[("1M8GDM9AXKP042788", "1M8GDM9AXKP042788")])
        .wrong(&[("1M8GDM9A1KP042788", Misfit::CheckDigit)]),
    ident("gb-postcode", "GB", "postcode", "postcode of the United Kingdom; a unit holds about fifteen homes: coarsen to the district")
        .shapes(&["lddll", "llddll", "ldddll", "lldddll", "ldldll", "lldldll"]).written(&["ld dll", "lld dll", "lldd dll", "lldl dll"])
        .check("letters that are used", |s| {
            let inward = s.get(s.len().saturating_sub(2)..).unwrap_or_default();
            form(!inward.iter().any(|b| b"CIKMOV".contains(b)) && !s.first().is_some_and(|b| b"QVX".contains(b)))
        }, 0.53)
        .tells("region of about fifteen homes", |s| Derived::default().from(part(s, 0, s.len().saturating_sub(3))))
        .space(1.8e6).words(&["postcode", "post code"])
        .source("BS 7666; Royal Mail")
        .right(&[("SW1A 1AA", "SW1A1AA"), ("m1 1ae", "M11AE")])
        .wrong(&[("SW1A 1AC", Misfit::Form), ("SW1", Misfit::Length)]),
    ident("us-zip", "US", "ZIP code", "ZIP code of the United States, with or without four more digits: coarsen to three digits where at least 20,000 people live")
        .shapes(&["ddddd", "ddddddddd"]).written(&["ddddd-dddd", "ddddd"])
        .tells("region of delivery", |s| Derived::default().from(part(s, 0, 3)))
        .space(1e9).words(&["zip"])
        .source("United States Postal Service; 45 CFR 164.514(b)(2)(i)(B)")
        .right(&[("20500-0003", "205000003"), ("20500", "20500")])
        .wrong(&[("2050", Misfit::Length)]),
];

/// Forms by country: `d` digits, `l` letters, `a` either.
#[rustfmt::skip]
const IBAN: &[&str] = &[
    "ADddddddddddaaaaaaaaaaaa", "AEddddddddddddddddddddd", "ALddddddddddaaaaaaaaaaaaaaaa", "ATdddddddddddddddddd", "AZddllllaaaaaaaaaaaaaaaaaaaa",
    "BAdddddddddddddddddd", "BEdddddddddddddd", "BGddllllddddddaaaaaaaa", "BHddllllaaaaaaaaaaaaaa", "BIddddddddddddddddddddddddd", "BRdddddddddddddddddddddddddla", "BYddaaaaddddaaaaaaaaaaaaaaaa",
    "CHdddddddaaaaaaaaaaaa", "CRdddddddddddddddddddd", "CYddddddddddaaaaaaaaaaaaaaaa", "CZdddddddddddddddddddddd", "DEdddddddddddddddddddd", "DJddddddddddddddddddddddddd", "DKdddddddddddddddd", "DOddaaaadddddddddddddddddddd",
    "EEdddddddddddddddddd", "EGddddddddddddddddddddddddddd", "ESdddddddddddddddddddddd", "FIdddddddddddddddd", "FKddlldddddddddddd", "FOdddddddddddddddd", "FRddddddddddddaaaaaaaaaaadd",
    "GBddlllldddddddddddddd", "GEddlldddddddddddddddd", "GIddllllaaaaaaaaaaaaaaa", "GLdddddddddddddddd", "GRdddddddddaaaaaaaaaaaaaaaa", "GTddaaaaaaaaaaaaaaaaaaaaaaaa", "HNddlllldddddddddddddddddddd", "HRddddddddddddddddddd", "HUdddddddddddddddddddddddddd",
    "IEddlllldddddddddddddd", "ILddddddddddddddddddddd", "IQddllllddddddddddddddd", "ISdddddddddddddddddddddddd", "ITddlddddddddddaaaaaaaaaaaa", "JOddllllddddaaaaaaaaaaaaaaaaaa", "KWddllllaaaaaaaaaaaaaaaaaaaaaa", "KZdddddaaaaaaaaaaaaa",
    "LBddddddaaaaaaaaaaaaaaaaaaaa", "LCddllllaaaaaaaaaaaaaaaaaaaaaaaa", "LIdddddddaaaaaaaaaaaa", "LTdddddddddddddddddd", "LUdddddaaaaaaaaaaaaa", "LVddllllaaaaaaaaaaaaa", "LYddddddddddddddddddddddd",
    "MCddddddddddddaaaaaaaaaaadd", "MDddaaaaaaaaaaaaaaaaaaaa", "MEdddddddddddddddddddd", "MKdddddaaaaaaaaaadd", "MNdddddddddddddddddd", "MRddddddddddddddddddddddddd", "MTddlllldddddaaaaaaaaaaaaaaaaaa", "MUddlllldddddddddddddddddddlll",
    "NIddlllldddddddddddddddddddd", "NLddlllldddddddddd", "NOddddddddddddd", "OMdddddaaaaaaaaaaaaaaaa", "PKddllllaaaaaaaaaaaaaaaa", "PLdddddddddddddddddddddddddd", "PSddllllaaaaaaaaaaaaaaaaaaaaa", "PTddddddddddddddddddddddd", "QAddllllaaaaaaaaaaaaaaaaaaaaa",
    "ROddllllaaaaaaaaaaaaaaaa", "RSdddddddddddddddddddd", "RUddddddddddddddddaaaaaaaaaaaaaaa", "SAddddaaaaaaaaaaaaaaaaaa", "SCddllllddddddddddddddddddddlll", "SDdddddddddddddddd", "SEdddddddddddddddddddddd", "SIddddddddddddddddd", "SKdddddddddddddddddddddd", "SMddlddddddddddaaaaaaaaaaaa", "SOddddddddddddddddddddd", "STddddddddddddddddddddddd", "SVddlllldddddddddddddddddddd",
    "TLddddddddddddddddddddd", "TNdddddddddddddddddddddd", "TRddddddddaaaaaaaaaaaaaaaa", "UAddddddddaaaaaaaaaaaaaaaaaaa", "VAdddddddddddddddddddd", "VGddlllldddddddddddddddd", "XKdddddddddddddddddd", "YEddllllddddaaaaaaaaaaaaaaaaaa",
];

/// Ranges of the schemes with their lengths: American Express, Diners, Visa,
/// Mastercard, Discover, JCB, Maestro, Mir, RuPay, Troy, UnionPay.
fn card_scheme(s: &[u8]) -> bool {
    let head = number(s, 0, 4);
    let two = head / 100;
    match s.len() {
        13 => two / 10 == 4,
        14 => matches!(head, 3000..=3059 | 3095 | 3600..=3699 | 3800..=3999),
        15 => matches!(two, 34 | 37) || matches!(head, 1800 | 2131),
        16 => {
            matches!(head, 2200..=2204 | 2221..=2720 | 3528..=3589 | 4000..=5999 | 6011 | 6040..=6999 | 8171 | 8172 | 9792 | 3000..=3059 | 3600..=3699 | 3800..=3999)
        }
        19 => matches!(head, 4000..=4999 | 5000..=5099 | 5600..=6999 | 2200..=2204),
        17 | 18 => {
            matches!(head, 5018 | 5020 | 5038 | 5600..=5999 | 6200..=6299 | 6304 | 6700..=6799)
        }
        _ => false,
    }
}

/// Lines of the machine-readable zone: 44 or 36 characters (second line), or
/// the first two lines of a card, 60 together.
fn mrz(s: &[u8]) -> Result<(), Misfit> {
    form(
        s.iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'<'),
    )?;
    let get = |from: usize, to: usize| s.get(from..to).unwrap_or_default();
    let checks = |from: usize, to: usize| {
        s.get(to).is_some_and(|b| b.is_ascii_digit()) && icao(get(from, to)) == at(s, to)
    };
    let date = |from: usize| {
        let (m, d) = (number(s, from + 2, from + 4), number(s, from + 4, from + 6));
        let unknown = get(from, from + 6).contains(&b'<');
        unknown
            || (get(from, from + 6).iter().all(u8::is_ascii_digit)
                && (1..=12).contains(&m)
                && (1..=31).contains(&d))
    };
    let sex = |i: usize| matches!(s.get(i), Some(b'M' | b'F' | b'<' | b'X'));
    if s.len() == 60 {
        form(matches!(s.first(), Some(b'I' | b'A' | b'C')) && sex(37) && date(30) && date(38))?;
        return holds(
            checks(30, 36) && checks(38, 44) && (checks(5, 14) || s.get(14) == Some(&b'<')),
        );
    }
    form(sex(20) && date(13) && date(21))?;
    holds(checks(0, 9) && checks(13, 19) && checks(21, 27))
}

fn vin(s: &[u8]) -> Result<(), Misfit> {
    form(!s.iter().any(|b| b"IOQ".contains(b)))?;
    let letter = |b: u8| match b {
        b'0'..=b'9' => u32::from(b - b'0'),
        b'A'..=b'H' => u32::from(b - b'A') + 1,
        b'J'..=b'R' => u32::from(b - b'J') + 1,
        _ => u32::from(b.wrapping_sub(b'S')) + 2,
    };
    let sum: u32 = s
        .iter()
        .zip([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])
        .map(|(&b, w)| letter(b) * w)
        .sum();
    let check = match sum % 11 {
        10 => b'X',
        n => b'0' + n as u8,
    };
    holds(s.get(8) == Some(&check))
}
