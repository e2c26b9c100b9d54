//! Identifiers of people in Europe and the former Soviet Union: one line a
//! kind, and below the table the rules that take more than a line.
//!
//! May not complete a century that a number does not hold.

use super::check::{
    at, day, form, holds, icao, luhn, mod_11_10, number, part, real, value, verhoeff, weighted,
};
use super::facts::{Derived, Sex};
use super::ident::{Ident, ident};
use super::{CivilDate, Misfit};

/// The table.
#[rustfmt::skip]
pub(super) static KINDS: &[Ident] = &[
    ident("gb-nino", "GB", "National Insurance number", "National Insurance number of the United Kingdom")
        .shapes(&["llddddddl"]).written(&["ll dd dd dd l", "llddddddl"])
        .check("prefixes that are given out; suffix A to D", gb_nino, 0.09)
        .space(3.3e8).words(&["nino", "national insurance", "ni number", "ni no"])
        .source("HMRC, National Insurance Manual NIM39110")
        .right(&[("AB 12 34 56 C", "AB123456C")])
        .wrong(&[("DA123456C", Misfit::Form), ("AB123456E", Misfit::Form), ("AB12345C", Misfit::Length)]),
    ident("gb-nhs", "GB", "NHS number", "patient number of the National Health Service")
        .shapes(&["dddddddddd"]).written(&["ddd ddd dddd", "ddd-ddd-dddd"])
        .check("weighted sum modulo 11", |s| {
            let sum = weighted(s, &[10, 9, 8, 7, 6, 5, 4, 3, 2]);
            holds((11 - sum % 11) % 11 == at(s, 9))
        }, 0.091)
        .space(9e8).words(&["nhs"])
        .source("NHS Data Dictionary, NHS number")
        .right(&[("943 476 5870", "9434765870")])
        .wrong(&[("943 476 5871", Misfit::CheckDigit)]),
    ident("gb-utr", "GB", "UTR", "unique taxpayer reference of the United Kingdom")
        .shapes(&["dddddddddd"]).written(&["ddddd ddddd"])
        .check("weighted sum modulo 11", |s| {
            let sum: u32 = s.iter().skip(1).zip([6, 7, 8, 9, 10, 5, 4, 3, 2]).map(|(&b, w)| value(b) * w).sum();
            holds(s.first() == [b'2', b'1', b'9', b'8', b'7', b'6', b'5', b'4', b'3', b'2', b'1'].get((sum % 11) as usize))
        }, 0.1)
        .space(1e9).words(&["utr", "taxpayer reference"])
        .source("HMRC")
        .right(&[("19558 39661", "1955839661")])
        .wrong(&[("2955839661", Misfit::CheckDigit)]),
    ident("ie-pps", "IE", "PPS number", "personal public service number of Ireland")
        .shapes(&["dddddddl", "dddddddll"]).written(&["dddddddl", "dddddddll"])
        .check("check letter modulo 23", ie_pps, 0.04)
        .space(2.3e8).words(&["pps", "ppsn"])
        .source("Department of Social Protection")
        .right(&[("6433435F", "6433435F"), ("6433435FT", "6433435FT"), ("6433435-OA", "6433435OA")])
        .wrong(&[("6433435E", Misfit::CheckDigit)]),
    ident("fr-nir", "FR", "numéro de sécurité sociale (NIR)", "social security number of France")
        .shapes(&["ddddddddddddddd", "ddddd2Adddddddd", "ddddd2Bdddddddd"]).written(&["d dd dd dd ddd ddd dd", "ddddddddddddddd"])
        .check("97 less the rest modulo 97; sex digit 1 to 4, 7 or 8", fr_nir, 0.0062)
        .tells("sex, month of birth, department and commune", |s| Derived { sex: Sex::male(at(s.as_bytes(), 0) % 2 == 1), ..Derived::default().from(part(s, 5, 10)) })
        .space(4e11).words(&["sécurité sociale", "securite sociale", "nir", "insee", "n° ss"])
        .source("INSEE")
        .right(&[("2 95 10 99 126 111 93", "295109912611193"), ("253072B07300470", "253072B07300470")])
        .wrong(&[("295109912611199", Misfit::CheckDigit), ("253072C07300443", Misfit::Form)]),
    ident("fr-spi", "FR", "numéro fiscal (SPI)", "tax number of people in France")
        .shapes(&["ddddddddddddd"]).written(&["dd dd ddd ddd ddd"])
        .check("rest modulo 511; begins with 0 to 3", |s| {
            form(at(s, 0) <= 3)?;
            holds(number(s, 0, 10) % 511 == number(s, 10, 13))
        }, 0.0004)
        .space(4e9).words(&["numéro fiscal", "spi"])
        .source("Direction générale des finances publiques")
        .right(&[("30 23 217 600 053", "3023217600053")])
        .wrong(&[("3023217600054", Misfit::CheckDigit)]),
    ident("de-tax-id", "DE", "Steuer-Identifikationsnummer", "tax identification number of Germany")
        .shapes(&["ddddddddddd"]).written(&["dd ddd ddd ddd", "ddddddddddd"])
        .check("ISO 7064 MOD 11,10; one digit twice or three times", de_tax_id, 0.0031)
        .space(1e10).words(&["steuer-id", "steuerid", "identifikationsnummer", "idnr", "steuer-identifikationsnummer"])
        .source("Bundeszentralamt für Steuern")
        .right(&[("36 574 261 809", "36574261809")])
        .wrong(&[("36574261890", Misfit::CheckDigit), ("36554266806", Misfit::Form)]),
    ident("de-id-card", "DE", "Personalausweisnummer", "serial number of identity cards and passports of Germany")
        .shapes(&["laaaaaaaad"]).written(&["laaaaaaaad", "laaaaaaaa d"])
        .check("ICAO 9303 weights; letters C F G H J K L M N P R T V W X Y Z", |s| {
            form(s.iter().all(|b| b.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(b)))?;
            form(s.iter().skip(1).any(u8::is_ascii_digit))?;
            holds(icao(s.get(..9).unwrap_or_default()) == at(s, 9))
        }, 0.0069)
        .space(2e11).words(&["ausweis", "personalausweis", "reisepass"])
        .source("Personalausweisverordnung; ICAO Doc 9303")
        .right(&[("T220001293", "T220001293"), ("L01X00T471", "L01X00T471")])
        .wrong(&[("T220001294", Misfit::CheckDigit)]),
    ident("de-pension", "DE", "Rentenversicherungsnummer", "pension insurance number of Germany")
        .shapes(&["ddddddddlddd"]).written(&["dd dddddd l ddd", "ddddddddlddd"])
        .check("weighted digit sum modulo 10; birth date", de_pension, 0.0078)
        .tells("sex, first letter of the birth name; birth date but for the century", |s| Derived { sex: Sex::male(number(s.as_bytes(), 9, 11) < 50), ..Derived::default().from(part(s, 0, 2)) })
        .space(4e11).words(&["rentenversicherung", "sozialversicherung", "svnr", "rvnr"])
        .source("VKVV § 2")
        .right(&[("15 070649 C 103", "15070649C103")])
        .wrong(&[("15 070649 C 104", Misfit::CheckDigit), ("15 071349 C 103", Misfit::Date)]),
    ident("at-svnr", "AT", "Sozialversicherungsnummer", "social insurance number of Austria")
        .shapes(&["dddddddddd"]).written(&["dddd dddddd", "dddd-dddddd"])
        .check("weighted sum modulo 11", |s| {
            form(at(s, 0) != 0)?;
            let sum = at(s, 0) * 3 + at(s, 1) * 7 + at(s, 2) * 9 + at(s, 4) * 5 + at(s, 5) * 8 + at(s, 6) * 4 + at(s, 7) * 2 + at(s, 8) + at(s, 9) * 6;
            holds(sum % 11 == at(s, 3))
        }, 0.082)
        .tells("birth date but for the century", |_| Derived::default())
        .space(3.3e8).words(&["svnr", "sozialversicherung", "sv-nr", "versicherungsnummer"])
        .source("Österreichische Sozialversicherung")
        .right(&[("1237 010180", "1237010180")])
        .wrong(&[("2237 010180", Misfit::CheckDigit)]),
    ident("at-tin", "AT", "Steuernummer", "tax number of Austria")
        .shapes(&["ddddddddd"]).written(&["dd-ddd/dddd"]).drop("/")
        .check("weighted digit sum modulo 10", |s| {
            let sum: u32 = s.iter().take(8).zip([1, 2, 1, 2, 1, 2, 1, 2]).map(|(&b, w)| { let v = value(b) * w; v / 10 + v % 10 }).sum();
            holds((10 - sum % 10) % 10 == at(s, 8))
        }, 0.1)
        .space(1e8).words(&["steuernummer", "abgabenkonto"])
        .source("Bundesministerium für Finanzen")
        .right(&[("59-119/9013", "591199013")])
        .wrong(&[("59-119/9014", Misfit::CheckDigit)]),
    ident("ch-ahv", "CH", "AHV-Nummer / numéro AVS", "social insurance number of Switzerland")
        .shapes(&["756dddddddddd"]).written(&["756.dddd.dddd.dd", "756dddddddddd"])
        .check("EAN-13", |s| {
            let sum: u32 = s.iter().enumerate().map(|(i, &b)| value(b) * if i % 2 == 1 { 3 } else { 1 }).sum();
            holds(sum.is_multiple_of(10))
        }, 0.1)
        .space(1e9).words(&["ahv", "avs", "navs"])
        .source("Zentrale Ausgleichsstelle")
        .right(&[("756.9217.0769.85", "7569217076985")])
        .wrong(&[("756.9217.0769.84", Misfit::CheckDigit), ("123.4567.8910.19", Misfit::Form)]),
    ident("be-nn", "BE", "rijksregisternummer / numéro national", "national register number of Belgium")
        .shapes(&["ddddddddddd"]).written(&["dd.dd.dd-ddd.dd", "dd.dd.dd-ddd-dd"])
        .check("97 less the rest modulo 97, in either century; birth date as far as it is known", be_nn, 0.0025)
        .tells("birth date, sex", |s| {
            let b = s.as_bytes();
            Derived::person(be_birth(b), Sex::male(at(b, 8) % 2 == 1))
        })
        .space(3.6e9).words(&["rijksregister", "registre national", "numéro national", "insz", "niss"])
        .source("Rijksregister, KB of 3 April 1984")
        .right(&[("85.07.30-033.28", "85073003328"), ("17 07 30 033 84", "17073003384")])
        .wrong(&[("85.07.30-033.29", Misfit::CheckDigit), ("85.13.30-033.28", Misfit::Date)]),
    ident("nl-bsn", "NL", "burgerservicenummer", "citizen service number of the Netherlands")
        .shapes(&["ddddddddd"]).written(&["ddddddddd", "dddd.dd.ddd"])
        .or(&["dddddddd"])
        .canon(|s| if s.len() == 8 { s.insert(0, '0') })
        .check("weighted sum modulo 11", |s| {
            form(number(s, 0, 9) != 0)?;
            let sum = weighted(s, &[9, 8, 7, 6, 5, 4, 3, 2]);
            holds(sum % 11 == at(s, 8))
        }, 0.091)
        .space(9e7).words(&["bsn", "burgerservicenummer", "sofinummer", "sofi-nummer"])
        .source("Rijksdienst voor Identiteitsgegevens")
        .right(&[("1112.22.333", "111222333"), ("111222333", "111222333")])
        .wrong(&[("1112.52.333", Misfit::CheckDigit), ("1112223334", Misfit::Length)]),
    ident("lu-matricule", "LU", "matricule", "national identification number of Luxembourg")
        .shapes(&["ddddddddddddd"]).written(&["dddd dddd ddddd", "ddddddddddddd"])
        .check("birth date, Luhn and Verhoeff", |s| {
            form((1850..=2060).contains(&number(s, 0, 4)))?;
            real(day(number(s, 0, 4), number(s, 4, 6), number(s, 6, 8)))?;
            let body = s.get(..11).unwrap_or_default();
            let tail = |digit: Option<&u8>| body.iter().chain(digit).copied().collect::<Vec<u8>>();
            holds(luhn(&tail(s.get(11))) && verhoeff(&tail(s.get(12))))
        }, 0.0000075)
        .tells("birth date", |s| { let b = s.as_bytes(); Derived::person(day(number(b, 0, 4), number(b, 4, 6), number(b, 6, 8)), None) })
        .space(7e7).words(&["matricule", "luxembourg"])
        .source("Loi du 19 juin 2013 relative à l'identification des personnes physiques")
        .right(&[("1893 1201 05732", "1893120105732")])
        .wrong(&[("1893130105732", Misfit::Date), ("189312010573", Misfit::Length)]),
    ident("es-nif", "ES", "DNI / NIE", "identity number of Spain, citizens and foreigners")
        .shapes(&["ddddddddl", "Xdddddddl", "Ydddddddl", "Zdddddddl", "Kdddddddl", "Ldddddddl", "Mdddddddl"]).written(&["dddddddd-l", "ddddddddl", "X-ddddddd-l"])
        .check("check letter modulo 23", |s| {
            let digits = match s.first() {
                Some(b'Y') => 10_000_000 + number(s, 1, 8),
                Some(b'Z') => 20_000_000 + number(s, 1, 8),
                Some(b'X' | b'K' | b'L' | b'M') => number(s, 1, 8),
                _ => number(s, 0, 8),
            };
            holds(s.last() == b"TRWAGMYFPDXBNJZSQVHLCKE".get((digits % 23) as usize))
        }, 1.0 / 26.0)
        .tells("whether a citizen", |_| Derived::default())
        .space(1.3e8).words(&["dni", "nie", "nif", "documento"])
        .source("Real Decreto 1553/2005; Orden INT/2058/2008")
        .right(&[("54362315-K", "54362315K"), ("x-2482300w", "X2482300W")])
        .wrong(&[("54362315Z", Misfit::CheckDigit), ("54362315", Misfit::Length)]),
    ident("pt-nif", "PT", "NIF", "tax number of Portugal")
        .shapes(&["ddddddddd"]).written(&["ddd ddd ddd", "ddddddddd"])
        .check("weighted sum modulo 11", |s| {
            form(at(s, 0) != 0)?;
            let sum = weighted(s, &[9, 8, 7, 6, 5, 4, 3, 2]);
            holds((11 - sum % 11) % 11 % 10 == at(s, 8))
        }, 0.09)
        .space(9e7).words(&["nif", "contribuinte"])
        .source("Autoridade Tributária e Aduaneira")
        .right(&[("501 964 843", "501964843")])
        .wrong(&[("501 964 842", Misfit::CheckDigit)]),
    ident("pt-cc", "PT", "Cartão de Cidadão", "citizen card number of Portugal")
        .shapes(&["dddddddddaad"]).written(&["dddddddd d aad"])
        .check("Luhn over digits and letters", |s| {
            let sum: u32 = s.iter().rev().enumerate().map(|(i, &b)| { let v = value(b) * if i % 2 == 1 { 2 } else { 1 }; if i % 2 == 1 && v > 9 { v - 9 } else { v } }).sum();
            holds(sum.is_multiple_of(10))
        }, 0.1)
        .space(1e11).words(&["cartão de cidadão", "cartao de cidadao", "bilhete de identidade", "cc n"])
        .source("Instituto dos Registos e do Notariado")
        .right(&[("00000000 0 ZZ4", "000000000ZZ4")])
        .wrong(&[("00000000 0 ZZ3", Misfit::CheckDigit), ("00000000 A ZZ4", Misfit::Form)]),
    ident("it-cf", "IT", "codice fiscale", "fiscal code of people in Italy")
        .shapes(&["llllllaalaalaaal"]).written(&["llllllddlddldddl", "lll lll ddldd ldddl"])
        .check("check letter; birth date; omocodia letters", it_cf, 0.00018)
        .tells("sex, town of birth, consonants of the name; birth date but for the century", |s| {
            let day = it_digit(s.as_bytes(), 9).zip(it_digit(s.as_bytes(), 10)).map(|(a, b)| a * 10 + b);
            Derived { sex: day.and_then(|day| Sex::male(day <= 31)), ..Derived::default().from(part(s, 11, 15)) }
        })
        .space(1e13).words(&["codice fiscale", "c.f.", "cod. fisc"])
        .source("Decreto ministeriale 23 dicembre 1976")
        .right(&[("RCCMNL83S18D969H", "RCCMNL83S18D969H"), ("cntchr 83t41 d969d", "CNTCHR83T41D969D")])
        .wrong(&[("RCCMNL83S18D969A", Misfit::CheckDigit), ("RCCMNL83S38D969H", Misfit::Date)]),
    ident("gr-amka", "GR", "ΑΜΚΑ", "social security number of Greece")
        .shapes(&["ddddddddddd"]).written(&["ddddddddddd", "dddddd ddddd"])
        .check("Luhn; birth date", |s| {
            let (d, m, y) = (number(s, 0, 2), number(s, 2, 4), number(s, 4, 6));
            real(day(1900 + y, m, d).or_else(|| day(2000 + y, m, d)))?;
            holds(luhn(s))
        }, 0.0037)
        .tells("sex; birth date but for the century", |s| Derived::person(None, Sex::male(at(s.as_bytes(), 9) % 2 == 1)))
        .space(3.6e8).words(&["αμκα", "amka"])
        .source("ΗΔΙΚΑ")
        .right(&[("01013099997", "01013099997")])
        .wrong(&[("01013099999", Misfit::CheckDigit), ("01133099997", Misfit::Date)]),
    ident("gr-afm", "GR", "ΑΦΜ", "tax number of Greece")
        .shapes(&["ddddddddd"]).written(&["ddddddddd"])
        .check("weighted sum modulo 11", |s| {
            let sum = weighted(s, &[256, 128, 64, 32, 16, 8, 4, 2]);
            form(number(s, 0, 9) != 0)?;
            holds(sum % 11 % 10 == at(s, 8))
        }, 0.1)
        .space(1e8).words(&["αφμ", "afm"])
        .source("ΑΑΔΕ")
        .right(&[("094259216", "094259216")])
        .wrong(&[("123456781", Misfit::CheckDigit)]),
    ident("cy-tic", "CY", "ΑΦΤ", "tax number of Cyprus")
        .shapes(&["ddddddddl"]).written(&["ddddddddl"])
        .check("check letter modulo 26", |s| {
            form(number(s, 0, 2) != 12)?;
            const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
            let sum: u32 = (0..8).map(|i| if i % 2 == 0 { ODD.get(at(s, i) as usize).copied().unwrap_or(0) } else { at(s, i) }).sum();
            holds(at(s, 8) == 10 + sum % 26)
        }, 1.0 / 26.0)
        .space(1e8).words(&["tic", "αφτ", "cyprus"])
        .source("Tax Department of Cyprus")
        .right(&[("10259033P", "10259033P")])
        .wrong(&[("10259033Z", Misfit::CheckDigit)]),
    ident("dk-cpr", "DK", "CPR-nummer", "civil registration number of Denmark; its check digit is no longer promised")
        .shapes(&["dddddddddd"]).written(&["dddddd-dddd"])
        .check("birth date", |s| real(dk_birth(s)), 0.036)
        .tells("birth date, sex", |s| Derived::person(dk_birth(s.as_bytes()), Sex::male(at(s.as_bytes(), 9) % 2 == 1)))
        .space(3.6e8).words(&["cpr", "personnummer"])
        .source("CPR-kontoret; numbers without a valid check digit since 2007")
        .right(&[("211062-5629", "2110625629")])
        .wrong(&[("511062-5629", Misfit::Date)]),
    ident("se-personnummer", "SE", "personnummer", "personal number of Sweden; coordination numbers too; twelve digits become ten")
        .shapes(&["dddddddddd"]).written(&["dddddd-dddd"]).drop("+")
        .or(&["dddddddddddd"])
        .canon(|s| if s.len() == 12 && matches!(s.get(..2), Some("18" | "19" | "20")) { s.drain(..2); })
        .check("Luhn; birth date (coordination numbers: day + 60)", |s| {
            let (y, m, d) = (number(s, 0, 2), number(s, 2, 4), number(s, 4, 6));
            let d = if d > 60 { d - 60 } else { d };
            real(day(1900 + y, m, d).or_else(|| day(2000 + y, m, d)))?;
            holds(luhn(s))
        }, 0.0073)
        .tells("sex; birth date but for the century", |s| Derived::person(None, Sex::male(at(s.as_bytes(), 8) % 2 == 1)))
        .space(3.6e7).words(&["personnummer", "samordningsnummer", "persnr", "pnr"])
        .source("Skatteverket; Folkbokföringslag (1991:481) § 18")
        .right(&[("880320-0016", "8803200016"), ("19880320-0016", "8803200016")])
        .wrong(&[("880320-0018", Misfit::CheckDigit), ("881320-0016", Misfit::Date)]),
    ident("no-fnr", "NO", "fødselsnummer", "birth number of Norway; D and H numbers too")
        .shapes(&["ddddddddddd"]).written(&["dddddd ddddd", "ddddddddddd"])
        .check("two weighted sums modulo 11; birth date", |s| {
            real(no_birth(s))?;
            let first = (11 - weighted(s, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
            let second = (11 - weighted(s, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
            holds(first == at(s, 9) && second == at(s, 10))
        }, 0.00095)
        .tells("birth date, sex", |s| Derived::person(no_birth(s.as_bytes()), Sex::male(at(s.as_bytes(), 8) % 2 == 1)))
        .space(3.6e7).words(&["fødselsnummer", "fodselsnummer", "personnummer", "fnr", "d-nummer"])
        .source("Skatteetaten")
        .right(&[("151086 95088", "15108695088")])
        .wrong(&[("15108695077", Misfit::CheckDigit), ("15138695088", Misfit::Date)]),
    ident("fi-hetu", "FI", "henkilötunnus", "personal identity code of Finland; its sign means the century")
        .shapes(&["dddddd+ddda", "dddddd-ddda", "ddddddlddda"]).written(&["dddddd-ddda"]).keep("-+")
        .check("rest modulo 31; birth date", |s| {
            real(fi_birth(s))?;
            form(number(s, 7, 10) >= 2)?;
            let rest = (number(s, 0, 6) * 1000 + number(s, 7, 10)) % 31;
            holds(s.last() == b"0123456789ABCDEFHJKLMNPRSTUVWXY".get(rest as usize))
        }, 0.001)
        .tells("birth date, sex", |s| Derived::person(fi_birth(s.as_bytes()), Sex::male(at(s.as_bytes(), 9) % 2 == 1)))
        .space(3.6e7).words(&["henkilötunnus", "hetu", "personbeteckning"])
        .source("Digi- ja väestötietovirasto; new signs since 2023")
        .right(&[("131052-308T", "131052-308T"), ("131052–308t", "131052-308T")])
        .wrong(&[("131052-308U", Misfit::CheckDigit), ("310252-308Y", Misfit::Date)]),
    ident("is-kennitala", "IS", "kennitala", "identity number of Iceland")
        .shapes(&["dddddddddd"]).written(&["dddddd-dddd"])
        .check("weighted sum modulo 11; birth date (firms: day + 40)", |s| {
            real(is_birth(s))?;
            holds(weighted(s, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
        }, 0.0022)
        .tells("birth date", |s| Derived::person(is_birth(s.as_bytes()), None))
        .space(3e7).words(&["kennitala"])
        .source("Þjóðskrá")
        .right(&[("120174-3399", "1201743399")])
        .wrong(&[("120174-3389", Misfit::CheckDigit), ("121374-3399", Misfit::Date)]),
    ident("ee-isikukood", "EE", "isikukood", "personal code of Estonia")
        .shapes(&["ddddddddddd"]).written(&["ddddddddddd"])
        .check("two weighted sums modulo 11; birth date", |s| {
            form((1..=8).contains(&at(s, 0)))?;
            real(baltic_birth(s))?;
            holds(baltic_check(s))
        }, 0.003)
        .tells("birth date, sex", |s| Derived::person(baltic_birth(s.as_bytes()), Sex::male(at(s.as_bytes(), 0) % 2 == 1)))
        .space(7e7).words(&["isikukood"])
        .source("Siseministeerium; EVS 585")
        .right(&[("36805280109", "36805280109")])
        .wrong(&[("36805280108", Misfit::CheckDigit), ("36813280109", Misfit::Date)]),
    ident("lt-asmens", "LT", "asmens kodas", "personal code of Lithuania")
        .shapes(&["ddddddddddd"]).written(&["ddddddddddd"])
        .check("two weighted sums modulo 11; birth date, but for codes that begin with 9", |s| {
            form(at(s, 0) != 0)?;
            if at(s, 0) != 9 { real(baltic_birth(s))?; }
            holds(baltic_check(s))
        }, 0.013)
        .tells("birth date, sex", |s| match at(s.as_bytes(), 0) {
            1..=8 => Derived::person(baltic_birth(s.as_bytes()), Sex::male(at(s.as_bytes(), 0) % 2 == 1)),
            _ => Derived::default(),
        })
        .space(7e7).words(&["asmens kodas", "asm. kodas", "a.k."])
        .source("Registrų centras")
        .right(&[("33309240064", "33309240064")])
        .wrong(&[("33309240164", Misfit::CheckDigit), ("33313240064", Misfit::Date)]),
    ident("lv-personas", "LV", "personas kods", "personal code of Latvia; since 2017 without a birth date, beginning with 32")
        .shapes(&["ddddddddddd"]).written(&["dddddd-ddddd"])
        .check("weighted sum modulo 11; birth date of codes before 2017", |s| {
            if number(s, 0, 2) != 32 { real(lv_birth(s))?; }
            let sum = 1 + weighted(s, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
            holds(sum % 11 % 10 == at(s, 10))
        }, 0.0021)
        .tells("of codes before 2017 the birth date", |s| Derived::person(lv_birth(s.as_bytes()), None))
        .space(3e7).words(&["personas kods", "pers. kods", "p.k."])
        .source("Pilsonības un migrācijas lietu pārvalde")
        .right(&[("161175-19997", "16117519997"), ("328673-00679", "32867300679")])
        .wrong(&[("161375-19997", Misfit::Date), ("161175-19998", Misfit::CheckDigit)]),
    ident("pl-pesel", "PL", "PESEL", "personal number of Poland")
        .shapes(&["ddddddddddd"]).written(&["ddddddddddd"])
        .check("weighted sum modulo 10; birth date", |s| {
            real(pl_birth(s))?;
            holds(weighted(s, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10))
        }, 0.018)
        .tells("birth date, sex", |s| Derived::person(pl_birth(s.as_bytes()), Sex::male(at(s.as_bytes(), 9) % 2 == 1)))
        .space(3.6e8).words(&["pesel"])
        .source("Ministerstwo Cyfryzacji")
        .right(&[("44051401359", "44051401359")])
        .wrong(&[("44051401358", Misfit::CheckDigit), ("44133201359", Misfit::Date)]),
    ident("pl-nip", "PL", "NIP", "tax number of Poland")
        .shapes(&["dddddddddd"]).written(&["ddd-ddd-dd-dd", "ddd-dd-dd-ddd"])
        .check("weighted sum modulo 11", |s| holds(weighted(s, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == at(s, 9)), 0.091)
        .space(9e8).words(&["nip"])
        .source("Krajowa Administracja Skarbowa")
        .right(&[("856-734-62-15", "8567346215")])
        .wrong(&[("8567346216", Misfit::CheckDigit)]),
    ident("cz-birth-number", "CZ", "rodné číslo", "birth number of Czechia and Slovakia")
        .shapes(&["ddddddddd", "dddddddddd"]).written(&["dddddd/dddd", "dddddd/ddd"]).drop("/")
        .check("divisible by 11 since 1954; birth date (women: month + 50)", cz_rc, 0.16)
        .tells("birth date, sex", |s| Derived::person(cz_birth(s.as_bytes()), Sex::male(number(s.as_bytes(), 2, 4) < 50)))
        .space(7e8).words(&["rodné číslo", "rodne cislo", "rodné č", "r.č.", "r. č."])
        .source("zákon č. 133/2000 Sb.; zákon č. 301/1995 Z. z.")
        .right(&[("710319/2745", "7103192745"), ("991231123", "991231123")])
        .wrong(&[("7103192746", Misfit::CheckDigit), ("1103492745", Misfit::Date)]),
    ident("hu-tax-id", "HU", "adóazonosító jel", "tax identification number of people in Hungary")
        .shapes(&["8ddddddddd"]).written(&["dddddddddd"])
        .check("weighted sum modulo 11; the birth date as days since 1867", |s| {
            let sum = weighted(s, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
            real(hu_birth(s))?;
            holds(sum % 11 == at(s, 9))
        }, 0.055)
        .tells("birth date", |s| Derived::person(hu_birth(s.as_bytes()), None))
        .space(6e7).words(&["adóazonosító", "adóazonosító jel"])
        .source("1996. évi XX. törvény")
        .right(&[("8071592153", "8071592153")])
        .wrong(&[("8071592154", Misfit::CheckDigit), ("7071592153", Misfit::Form)]),
    ident("hu-taj", "HU", "TAJ szám", "social security number of Hungary")
        .shapes(&["ddddddddd"]).written(&["ddd ddd ddd"])
        .check("weighted sum modulo 10", |s| holds(weighted(s, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == at(s, 8)), 0.1)
        .space(1e8).words(&["taj"])
        .source("1996. évi XX. törvény")
        .right(&[("111 111 110", "111111110"), ("142 488 366", "142488366")])
        .wrong(&[("111111111", Misfit::CheckDigit)]),
    ident("hu-personal", "HU", "személyi azonosító", "personal identifier of Hungary")
        .shapes(&["ddddddddddd"]).written(&["d dddddd dddd", "d-dddddd-dddd"])
        .check("weighted sum modulo 11; birth date", |s| {
            real(hu_personal_birth(s))?;
            let up: u32 = (0..10).map(|i| at(s, i) * (i as u32 + 1)).sum();
            let down: u32 = (0..10).map(|i| at(s, i) * (10 - i as u32)).sum();
            let old = hu_personal_birth(s).is_some_and(|d| d.year < 1997);
            holds(if old { up } else { down } % 11 == at(s, 10))
        }, 0.0025)
        .tells("birth date, sex", |s| Derived::person(hu_personal_birth(s.as_bytes()), Sex::male(at(s.as_bytes(), 0) % 2 == 1)))
        .space(7e7).words(&["személyi szám", "személyi azonosító"])
        .source("1996. évi XX. törvény, annexes 1 and 2")
        .right(&[("4-440420-9660", "44404209660")])
        .wrong(&[("1 801331 1234", Misfit::Date), ("0 800131 1234", Misfit::Date)]),
    ident("ro-cnp", "RO", "CNP", "personal number of Romania")
        .shapes(&["ddddddddddddd"]).written(&["ddddddddddddd"])
        .check("weighted sum modulo 11; birth date; county", ro_cnp, 0.0016)
        .tells("birth date, sex, county", |s| {
            let b = s.as_bytes();
            match at(b, 0) {
                1..=6 => Derived::person(ro_birth(b), Sex::male(at(b, 0) % 2 == 1)).from(part(s, 7, 9)),
                n => Derived { sex: if n == 9 { None } else { Sex::male(n % 2 == 1) }, ..Derived::default().from(part(s, 7, 9)) },
            }
        })
        .space(1e10).words(&["cnp", "cod numeric personal"])
        .source("Legea nr. 105/1996")
        .right(&[("1630615123457", "1630615123457")])
        .wrong(&[("1632215123457", Misfit::Date), ("1630615123458", Misfit::CheckDigit)]),
    ident("bg-egn", "BG", "ЕГН", "personal number of Bulgaria")
        .shapes(&["dddddddddd"]).written(&["dddddddddd"])
        .check("weighted sum modulo 11; birth date", |s| {
            real(bg_birth(s))?;
            holds(weighted(s, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == at(s, 9))
        }, 0.011)
        .tells("birth date, sex, region by the serial", |s| Derived::person(bg_birth(s.as_bytes()), Sex::male(at(s.as_bytes(), 8).is_multiple_of(2))))
        .space(1e8).words(&["егн", "egn"])
        .source("ГРАО")
        .right(&[("8032056031", "8032056031")])
        .wrong(&[("8019010008", Misfit::Date), ("8032056032", Misfit::CheckDigit)]),
    ident("bg-lnch", "BG", "ЛНЧ", "number of foreigners in Bulgaria")
        .shapes(&["dddddddddd"]).written(&["dddddddddd"])
        .check("weighted sum modulo 10", |s| holds(weighted(s, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == at(s, 9)), 0.1)
        .space(1e9).words(&["лнч", "lnch", "lnc"])
        .source("МВР")
        .right(&[("7111 042 925", "7111042925")])
        .wrong(&[("7111042922", Misfit::CheckDigit)]),
    ident("hr-oib", "HR", "OIB", "personal identification number of Croatia")
        .shapes(&["ddddddddddd"]).written(&["ddddddddddd"])
        .check("ISO 7064 MOD 11,10", |s| holds(mod_11_10(s)), 0.1)
        .space(1e10).words(&["oib"])
        .source("Porezna uprava")
        .right(&[("33392005961", "33392005961")])
        .wrong(&[("33392005962", Misfit::CheckDigit)]),
    ident("jmbg", "RS", "JMBG / ЈМБГ / EMŠO", "personal number of the countries of former Yugoslavia")
        .shapes(&["ddddddddddddd"]).written(&["ddddddddddddd"])
        .check("weighted sum modulo 11; birth date", |s| {
            real(jmbg_birth(s))?;
            let sum = weighted(s, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
            holds((11 - sum % 11) % 11 % 10 == at(s, 12))
        }, 0.0036)
        .tells("birth date, sex, region of birth", |s| Derived::person(jmbg_birth(s.as_bytes()), Sex::male(number(s.as_bytes(), 9, 12) < 500)).from(part(s, 7, 9)))
        .space(3.6e9).words(&["jmbg", "јмбг", "emšo", "emso", "матичен", "матични"])
        .source("Yugoslav law of 1976 and its successors")
        .right(&[("0101006500006", "0101006500006")])
        .wrong(&[("0101006500007", Misfit::CheckDigit), ("0113006500006", Misfit::Date)]),
    ident("md-idnp", "MD", "IDNP", "personal number of Moldova, and of firms")
        .shapes(&["ddddddddddddd"]).written(&["ddddddddddddd"])
        .check("weights 7, 3, 1 modulo 10", |s| holds(icao(s.get(..12).unwrap_or_default()) == at(s, 12)), 0.1)
        .space(1e12).words(&["idnp", "idno"])
        .source("Agenția Servicii Publice")
        .right(&[("1008600038413", "1008600038413")])
        .wrong(&[("1008600038412", Misfit::CheckDigit)]),
    ident("al-nid", "AL", "NID", "personal number of Albania")
        .shapes(&["lddddddddl"]).written(&["lddddddddl"])
        .check("birth date (women: month + 50)", |s| real(al_birth(s)), 0.029)
        .tells("birth date, sex", |s| Derived::person(al_birth(s.as_bytes()), Sex::male(number(s.as_bytes(), 2, 4) < 50)))
        .space(2e9).words(&["nid", "numri personal"])
        .source("Drejtoria e Përgjithshme e Gjendjes Civile")
        .right(&[("J90201025V", "J90201025V")])
        .wrong(&[("J93301025V", Misfit::Date)]),
    ident("ge-id", "GE", "პირადი ნომერი", "personal number of Georgia")
        .shapes(&["ddddddddddd"]).written(&["ddddddddddd"])
        .space(1e11).words(&["პირადი ნომერი", "პირადი", "личный номер"])
        .source("Public Service Development Agency; no check is published")
        .right(&[("01001012345", "01001012345")])
        .wrong(&[("0100101234", Misfit::Length)]),
    ident("ua-rnokpp", "UA", "РНОКПП / ІПН", "taxpayer number of people in Ukraine")
        .shapes(&["dddddddddd"]).written(&["dddddddddd"])
        .check("weighted sum modulo 11", |s| {
            let sum = at(s, 1) * 5 + at(s, 2) * 7 + at(s, 3) * 9 + at(s, 4) * 4 + at(s, 5) * 6 + at(s, 6) * 10 + at(s, 7) * 5 + at(s, 8) * 7;
            // The first weight is -1.
            holds((sum + 11 - at(s, 0)) % 11 % 10 == at(s, 9))
        }, 0.1)
        .tells("birth date, sex", |s| Derived::person(super::CivilDate::from_days(hu_days(1899, 12, 31) + number(s.as_bytes(), 0, 5) as i32), Sex::male(at(s.as_bytes(), 8) % 2 == 1)))
        .space(3.6e8).words(&["рнокпп", "іпн", "инн", "ідентифікаційний", "ипн"])
        .source("Державна податкова служба України")
        .right(&[("1759013776", "1759013776")])
        .wrong(&[("1759013770", Misfit::CheckDigit)]),
    ident("ru-inn", "RU", "ИНН", "taxpayer number of Russia, of people (12) and firms (10)")
        .shapes(&["dddddddddddd", "dddddddddd"]).written(&["dddddddddddd", "dddddddddd"])
        .check("weighted sums modulo 11: two of people, one of firms", ru_inn, 0.091)
        .tells("region of registration", |s| Derived::default().from(part(s, 0, 2)))
        .space(1e10).words(&["инн", "inn"])
        .source("ФНС России, приказ ММВ-7-6/435@")
        .right(&[("500100732259", "500100732259"), ("7830002293", "7830002293")])
        .wrong(&[("500100732258", Misfit::CheckDigit), ("7830002294", Misfit::CheckDigit)]),
    ident("ru-snils", "RU", "СНИЛС", "pension insurance number of Russia")
        .shapes(&["ddddddddddd"]).written(&["ddd-ddd-ddd dd"])
        .check("weighted sum modulo 101", |s| {
            let sum = weighted(s, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
            // Numbers up to 001-001-998 have no check.
            holds(number(s, 0, 9) <= 1_001_998 || u64::from(sum % 101 % 100) == number(s, 9, 11))
        }, 0.011)
        .space(1e9).words(&["снилс", "snils", "страховой номер"])
        .source("Постановление Правления ПФР 192п")
        .right(&[("112-233-445 95", "11223344595")])
        .wrong(&[("112-233-445 96", Misfit::CheckDigit)]),
    ident("ru-passport", "RU", "паспорт гражданина РФ", "internal passport of Russia, series and number")
        .shapes(&["dddddddddd"]).written(&["dddd dddddd", "dd dd dddddd"])
        .tells("region and year of the form", |s| Derived::default().from(part(s, 0, 2)))
        .space(1e10).words(&["паспорт", "серия", "passport"])
        .source("Постановление Правительства РФ № 828")
        .right(&[("45 08 123456", "4508123456")])
        .wrong(&[("45 08 12345", Misfit::Length)]),
    ident("by-id", "BY", "ідэнтыфікацыйны нумар", "identity number of Belarus")
        .shapes(&["dddddddldddlld"]).written(&["dddddddldddlld"])
        .check("birth date; region letter; weights 7, 3, 1 modulo 10", |s| {
            form((1..=6).contains(&at(s, 0)) && s.get(7).is_some_and(|b| b"ABCHKEM".contains(b)))?;
            form(matches!(s.get(11..13), Some(b"PB" | b"BA" | b"BI")))?;
            real(by_birth(s))?;
            holds(icao(s.get(..13).unwrap_or_default()) == at(s, 13))
        }, 0.0000026)
        .tells("birth date, sex, region", |s| Derived::person(by_birth(s.as_bytes()), Sex::male(at(s.as_bytes(), 0) % 2 == 1)).from(part(s, 7, 8)))
        .space(7e8).words(&["идентификационный номер", "личный номер", "ідэнтыфікацыйны"])
        .source("МВД Республики Беларусь, закон № 418-З")
        .right(&[("5290610K295BI6", "5290610K295BI6"), ("5290610 k 295 bi 6", "5290610K295BI6")])
        .wrong(&[("3131374K123PB5", Misfit::Date), ("7110174K123PB5", Misfit::Form)]),
];

fn gb_nino(s: &[u8]) -> Result<(), Misfit> {
    let (first, second) = (
        s.first().copied().unwrap_or(0),
        s.get(1).copied().unwrap_or(0),
    );
    form(!b"DFIQUV".contains(&first) && !b"DFIOQUV".contains(&second))?;
    form(!matches!(
        [first, second],
        [b'B', b'G']
            | [b'G', b'B']
            | [b'K', b'N']
            | [b'N', b'K']
            | [b'N', b'T']
            | [b'T', b'N']
            | [b'Z', b'Z']
    ))?;
    form(matches!(s.last(), Some(b'A'..=b'D')))
}

fn ie_pps(s: &[u8]) -> Result<(), Misfit> {
    form(s.len() == 8 || matches!(s.get(8), Some(b'A'..=b'I' | b'T' | b'W' | b'X')))?;
    let sum = weighted(s, &[8, 7, 6, 5, 4, 3, 2]);
    // Of the newer letters only A to I count; W, T and X never did.
    let more = match s.get(8) {
        Some(&b @ b'A'..=b'I') => u32::from(b - b'A' + 1) * 9,
        _ => 0,
    };
    holds(b"WABCDEFGHIJKLMNOPQRSTUV".get(((sum + more) % 23) as usize) == s.get(7))
}

fn fr_nir(s: &[u8]) -> Result<(), Misfit> {
    form(matches!(at(s, 0), 1..=4 | 7 | 8))?;
    let department = match s.get(5..7) {
        Some(b"2A") => 19,
        Some(b"2B") => 18,
        _ if s.iter().all(u8::is_ascii_digit) => number(s, 5, 7),
        _ => return Err(Misfit::Form),
    };
    let body = (number(s, 0, 5) * 100 + department) * 1_000_000 + number(s, 7, 13);
    holds(97 - body % 97 == number(s, 13, 15))
}

fn de_tax_id(s: &[u8]) -> Result<(), Misfit> {
    form(at(s, 0) != 0)?;
    let mut counts = [0u8; 10];
    for i in 0..10 {
        if let Some(count) = counts.get_mut(at(s, i) as usize) {
            *count += 1;
        }
    }
    let mut more = counts.iter().filter(|&&n| n > 1);
    form(matches!((more.next(), more.next()), (Some(2 | 3), None)))?;
    holds(mod_11_10(s))
}

fn de_pension(s: &[u8]) -> Result<(), Misfit> {
    let (d, m, y) = (number(s, 2, 4), number(s, 4, 6), number(s, 6, 8));
    let d = if d > 50 { d - 50 } else { d };
    real(day(1900 + y, m, d).or_else(|| day(2000 + y, m, d)))?;
    // The letter counts as two digits.
    let letter = at(s, 8).saturating_sub(9);
    let digits = (0..8)
        .map(|i| at(s, i))
        .chain([letter / 10, letter % 10])
        .chain((9..11).map(|i| at(s, i)));
    let sum: u32 = digits
        .zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
        .map(|(v, w)| v * w / 10 + v * w % 10)
        .sum();
    holds(sum % 10 == at(s, 11))
}

/// Of unknown month or day there is 00; numbers of other residents add 20 or
/// 40 to the month.
fn be_date(s: &[u8], century: u64) -> bool {
    let (y, m, d) = (number(s, 0, 2), number(s, 2, 4) % 20, number(s, 4, 6));
    number(s, 2, 4) < 60
        && (m <= 12)
        && if m == 0 || d == 0 {
            d <= 31
        } else {
            day(century + y, m, d).is_some()
        }
}

fn be_century(s: &[u8]) -> Option<u64> {
    let body = number(s, 0, 9);
    let check = number(s, 9, 11);
    if 97 - body % 97 == check && be_date(s, 1900) {
        Some(1900)
    } else if 97 - (2_000_000_000 + body) % 97 == check && be_date(s, 2000) {
        Some(2000)
    } else {
        None
    }
}

fn be_birth(s: &[u8]) -> Option<CivilDate> {
    day(
        be_century(s)? + number(s, 0, 2),
        number(s, 2, 4) % 20,
        number(s, 4, 6),
    )
}

fn be_nn(s: &[u8]) -> Result<(), Misfit> {
    if be_century(s).is_some() {
        return Ok(());
    }
    Err(if be_date(s, 1900) || be_date(s, 2000) {
        Misfit::CheckDigit
    } else {
        Misfit::Date
    })
}

/// A digit, or the letter that stands for it where two people would share a
/// code.
fn it_digit(s: &[u8], i: usize) -> Option<u64> {
    let b = s.get(i)?;
    match b {
        b'0'..=b'9' => Some(u64::from(b - b'0')),
        _ => b"LMNPQRSTUV".iter().position(|c| c == b).map(|n| n as u64),
    }
}

fn it_cf(s: &[u8]) -> Result<(), Misfit> {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let two = |i: usize| Some(it_digit(s, i)? * 10 + it_digit(s, i + 1)?);
    let year = two(6).ok_or(Misfit::Form)?;
    let days = two(9).ok_or(Misfit::Form)?;
    form(two(12).is_some() && it_digit(s, 14).is_some())?;
    let month = b"ABCDEHLMPRST"
        .iter()
        .position(|c| Some(c) == s.get(8))
        .ok_or(Misfit::Form)? as u64
        + 1;
    let days = if days > 40 { days - 40 } else { days };
    real(day(1900 + year, month, days).or_else(|| day(2000 + year, month, days)))?;
    let sum: u32 = s
        .iter()
        .take(15)
        .enumerate()
        .map(|(i, &b)| {
            // Digits count as the letters A to J do.
            let v = if b.is_ascii_digit() {
                b - b'0'
            } else {
                b.wrapping_sub(b'A')
            };
            if i % 2 == 0 {
                ODD.get(usize::from(v)).copied().unwrap_or(0)
            } else {
                u32::from(v)
            }
        })
        .sum();
    holds(at(s, 15) == 10 + sum % 26)
}

fn dk_birth(s: &[u8]) -> Option<CivilDate> {
    let (d, m, y) = (number(s, 0, 2), number(s, 2, 4), number(s, 4, 6));
    let year = match at(s, 6) {
        5..=8 if y >= 58 => 1800 + y,
        0..=3 => 1900 + y,
        4 | 9 if y >= 37 => 1900 + y,
        _ => 2000 + y,
    };
    day(year, m, d)
}

fn no_birth(s: &[u8]) -> Option<CivilDate> {
    let (d, m, y, n) = (
        number(s, 0, 2),
        number(s, 2, 4),
        number(s, 4, 6),
        number(s, 6, 9),
    );
    let d = if d > 40 { d - 40 } else { d };
    let m = if m > 40 { m - 40 } else { m };
    let year = match n {
        0..=499 => 1900 + y,
        500..=749 if y >= 54 => 1800 + y,
        _ if y < 40 => 2000 + y,
        900..=999 => 1900 + y,
        _ => return None,
    };
    day(year, m, d)
}

fn fi_birth(s: &[u8]) -> Option<CivilDate> {
    let century = match s.get(6)? {
        b'+' => 1800,
        b'-' | b'U' | b'V' | b'W' | b'X' | b'Y' => 1900,
        b'A'..=b'F' => 2000,
        _ => return None,
    };
    day(century + number(s, 4, 6), number(s, 2, 4), number(s, 0, 2))
}

fn is_birth(s: &[u8]) -> Option<CivilDate> {
    let century = match at(s, 9) {
        8 => 1800,
        9 => 1900,
        0 => 2000,
        _ => return None,
    };
    let d = number(s, 0, 2);
    let d = if d > 40 { d - 40 } else { d };
    day(century + number(s, 4, 6), number(s, 2, 4), d)
}

fn baltic_birth(s: &[u8]) -> Option<CivilDate> {
    let century = 1700 + 100 * u64::from(at(s, 0).div_ceil(2));
    day(century + number(s, 1, 3), number(s, 3, 5), number(s, 5, 7))
}

fn baltic_check(s: &[u8]) -> bool {
    let check = match weighted(s, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11 {
        10 => weighted(s, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10,
        n => n,
    };
    check == at(s, 10)
}

fn lv_birth(s: &[u8]) -> Option<CivilDate> {
    if at(s, 6) > 2 {
        return None;
    }
    day(
        1800 + 100 * u64::from(at(s, 6)) + number(s, 4, 6),
        number(s, 2, 4),
        number(s, 0, 2),
    )
}

fn pl_birth(s: &[u8]) -> Option<CivilDate> {
    let m = number(s, 2, 4);
    let century = match m / 20 {
        0 => 1900,
        1 => 2000,
        2 => 2100,
        3 => 2200,
        _ => 1800,
    };
    day(century + number(s, 0, 2), m % 20, number(s, 4, 6))
}

fn cz_birth(s: &[u8]) -> Option<CivilDate> {
    let (y, m, d) = (number(s, 0, 2), number(s, 2, 4) % 50 % 20, number(s, 4, 6));
    let year = match (s.len(), y) {
        (9, 0..=53) => 1900 + y,
        (9, 80..) => 1800 + y,
        (9, _) => return None,
        (_, 54..) => 1900 + y,
        _ => 2000 + y,
    };
    day(year, m, d)
}

fn cz_rc(s: &[u8]) -> Result<(), Misfit> {
    real(cz_birth(s))?;
    holds(s.len() == 9 || number(s, 0, 9) % 11 % 10 == u64::from(at(s, 9)))
}

fn hu_days(year: i16, month: u8, day: u8) -> i32 {
    CivilDate::new(year, month, day).map_or(0, CivilDate::to_days)
}

fn hu_birth(s: &[u8]) -> Option<CivilDate> {
    CivilDate::from_days(hu_days(1867, 1, 1) + number(s, 1, 6) as i32)
}

fn hu_personal_birth(s: &[u8]) -> Option<CivilDate> {
    let century = match at(s, 0) {
        1 | 2 => 1900,
        3 | 4 if number(s, 1, 3) >= 50 => 1800,
        3 | 4 => 2000,
        _ => return None,
    };
    day(century + number(s, 1, 3), number(s, 3, 5), number(s, 5, 7))
}

fn ro_birth(s: &[u8]) -> Option<CivilDate> {
    let century = match at(s, 0) {
        3 | 4 => 1800,
        5 | 6 => 2000,
        _ => 1900,
    };
    day(century + number(s, 1, 3), number(s, 3, 5), number(s, 5, 7))
}

fn ro_cnp(s: &[u8]) -> Result<(), Misfit> {
    form(at(s, 0) != 0)?;
    real(ro_birth(s))?;
    // Foreign residents may be born in any century.
    form(matches!(number(s, 7, 9), 1..=48 | 51 | 52 | 70 | 80..=83))?;
    let check = match weighted(s, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => 1,
        n => n,
    };
    holds(check == at(s, 12))
}

fn bg_birth(s: &[u8]) -> Option<CivilDate> {
    let (y, m, d) = (number(s, 0, 2), number(s, 2, 4), number(s, 4, 6));
    match m {
        0..=20 => day(1900 + y, m, d),
        21..=40 => day(1800 + y, m - 20, d),
        _ => day(2000 + y, m - 40, d),
    }
}

fn jmbg_birth(s: &[u8]) -> Option<CivilDate> {
    let y = number(s, 4, 7);
    day(
        if y < 800 { 2000 + y } else { 1000 + y },
        number(s, 2, 4),
        number(s, 0, 2),
    )
}

fn al_birth(s: &[u8]) -> Option<CivilDate> {
    let decade = match s.first()? {
        b @ b'A'..=b'T' => 1800 + 10 * u64::from(b - b'A'),
        _ => return None,
    };
    let m = number(s, 2, 4);
    day(
        decade + u64::from(at(s, 1)),
        if m > 50 { m - 50 } else { m },
        number(s, 4, 6),
    )
}

fn by_birth(s: &[u8]) -> Option<CivilDate> {
    let century = 1700 + 100 * u64::from(at(s, 0).div_ceil(2));
    day(century + number(s, 5, 7), number(s, 3, 5), number(s, 1, 3))
}

fn ru_inn(s: &[u8]) -> Result<(), Misfit> {
    if s.len() == 10 {
        return holds(weighted(s, &[2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10 == at(s, 9));
    }
    let first = weighted(s, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
    let second = weighted(s, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
    holds(first == at(s, 10) && second == at(s, 11))
}
