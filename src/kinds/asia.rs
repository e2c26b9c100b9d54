//! Identifiers of people in Asia and the Middle East beyond China: one line a
//! kind, and below the table the rules that take more than a line.
//!
//! May not refuse a number for its region where the issuer has changed regions.

use super::check::{
    at, day, form, holds, icao, luhn, number, part, real, uniform, value, verhoeff, weighted,
};
use super::facts::{Derived, Sex};
use super::ident::{Ident, ident};
use super::{CivilDate, Misfit};

/// The table.
#[rustfmt::skip]
pub(super) static KINDS: &[Ident] = &[
    ident("jp-my-number", "JP", "個人番号（マイナンバー）", "individual number of Japan")
        .shapes(&["dddddddddddd"]).written(&["dddd dddd dddd", "dddd-dddd-dddd"])
        .check("weighted sum modulo 11", my_number, 0.1)
        .space(1e11).words(&["マイナンバー", "個人番号", "my number"])
        .source("Ministry of Internal Affairs and Communications, order 85 of 2014")
        .right(&[("6214 9832 0257", "621498320257")])
        .wrong(&[("6214 9832 0258", Misfit::CheckDigit), ("6214 9832 025", Misfit::Length)]),
    ident("kr-rrn", "KR", "주민등록번호", "resident registration number of South Korea")
        .shapes(&["ddddddddddddd"]).written(&["dddddd-ddddddd"])
        .check("birth date; weighted sum modulo 11, but for births since October 2020, whose numbers are random", kr_rrn, 0.0067)
        .tells("birth date, sex, for births before October 2020 the region", |s| {
            let b = s.as_bytes();
            let told = Derived::person(kr_birth(b), Sex::male(at(b, 6) % 2 == 1));
            if number(b, 7, 9) <= 95 { told.from(part(s, 7, 9)) } else { told }
        })
        .space(3.6e10).words(&["주민등록번호", "주민번호", "외국인등록번호", "rrn"])
        .source("Ministry of the Interior and Safety; random last digits since October 2020")
        .right(&[("971013-9019902", "9710139019902")])
        .wrong(&[("971013-9019903", Misfit::CheckDigit), ("971313-9019902", Misfit::Date)]),
    ident("kr-brn", "KR", "사업자등록번호", "business registration number of South Korea")
        .shapes(&["dddddddddd"]).written(&["ddd-dd-ddddd"])
        .check("weighted sum modulo 10", kr_brn, 0.1)
        .space(1e8).words(&["사업자등록번호", "사업자번호"])
        .source("National Tax Service")
        .right(&[("116-82-00276", "1168200276")])
        .wrong(&[("116-82-00277", Misfit::CheckDigit)]),
    ident("sg-nric", "SG", "NRIC / FIN", "identity number of Singapore, citizens and foreigners")
        .shapes(&["Sdddddddl", "Tdddddddl", "Fdddddddl", "Gdddddddl", "Mdddddddl"]).written(&["Sdddddddl"])
        .check("check letter", sg_nric, 1.0 / 26.0)
        .space(5e7).words(&["nric", "fin", "ic no", "identity"])
        .source("Immigration and Checkpoints Authority; rule known since the 1990s, M series since 2022")
        .right(&[("S1234567D", "S1234567D"), ("s0000001-i", "S0000001I"), ("F1234567N", "F1234567N"), ("T1234567J", "T1234567J"), ("G1234567X", "G1234567X"), ("M1234567K", "M1234567K")])
        .wrong(&[("S1234567A", Misfit::CheckDigit), ("A1234567D", Misfit::Form)]),
    ident("my-nric", "MY", "MyKad", "identity card number of Malaysia")
        .shapes(&["dddddddddddd"]).written(&["dddddd-dd-dddd"])
        .check("birth date and place of birth", my_nric, 0.025)
        .tells("sex, place of birth; birth date but for the century", |s| Derived::person(None, Sex::male(at(s.as_bytes(), 11) % 2 == 1)).from(part(s, 6, 8)))
        .space(3.6e9).words(&["mykad", "kad pengenalan", "ic no", "nric"])
        .source("National Registration Department of Malaysia")
        .right(&[("770305-02-1234", "770305021234")])
        .wrong(&[("771305-02-1234", Misfit::Date), ("770305-17-1234", Misfit::Form)]),
    ident("th-pin", "TH", "เลขประจำตัวประชาชน", "identity number of Thailand")
        .shapes(&["ddddddddddddd"]).written(&["d-dddd-ddddd-dd-d"])
        .check("weighted sum modulo 11", |s| {
            form(at(s, 0) != 0)?;
            let sum = weighted(s, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
            holds((11 - sum % 11) % 10 == at(s, 12))
        }, 0.09)
        .tells("category of person, region of registration", |s| Derived::default().from(part(s, 1, 5)))
        .space(9e11).words(&["บัตรประชาชน", "เลขประจำตัว", "เลขบัตร", "thai id"])
        .source("Department of Provincial Administration")
        .right(&[("1-2345-45678-78-1", "1234545678781"), ("๑๒๓๔๕๔๕๖๗๘๗๘๑", "1234545678781")])
        .wrong(&[("1-2345-45678-78-9", Misfit::CheckDigit)]),
    ident("vn-cccd", "VN", "Căn cước công dân", "citizen identity number of Vietnam")
        .shapes(&["dddddddddddd"]).written(&["dddddddddddd"])
        .check("province codes 001 to 096", |s| form((1..=96).contains(&number(s, 0, 3))), 0.096)
        .tells("sex, birth year, province", |s| Derived::person(None, Sex::male(at(s.as_bytes(), 3).is_multiple_of(2))).from(part(s, 0, 3)))
        .space(1.9e10).words(&["cccd", "căn cước", "cmnd", "chứng minh", "can cuoc"])
        .source("Circular 59/2021/TT-BCA")
        .right(&[("001 099 012345", "001099012345")])
        .wrong(&[("000099012345", Misfit::Form), ("00109901234", Misfit::Length)]),
    ident("id-nik", "ID", "Nomor Induk Kependudukan", "identity number of Indonesia")
        .shapes(&["dddddddddddddddd"]).written(&["dddddddddddddddd"])
        .check("birth date (women: day + 40) and province", |s| {
            form((11..=97).contains(&number(s, 0, 2)))?;
            real(nik_birth(s))
        }, 0.064)
        .tells("sex, district; birth date but for the century", |s| Derived::person(None, Sex::male(number(s.as_bytes(), 6, 8) <= 31)).from(part(s, 0, 6)))
        .space(5e12).words(&["nik", "ktp", "nomor induk"])
        .source("Ministry of Home Affairs, law 24 of 2013")
        .right(&[("3171011708450001", "3171011708450001")])
        .wrong(&[("3171011713450001", Misfit::Date), ("9971011708450001", Misfit::Form)]),
    ident("id-kk", "ID", "Nomor Kartu Keluarga", "family card number of Indonesia")
        .shapes(&["dddddddddddddddd"]).written(&["dddddddddddddddd"])
        .check("date of issue and province", |s| {
            form((11..=97).contains(&number(s, 0, 2)))?;
            real(day(2000 + number(s, 10, 12), number(s, 8, 10), number(s, 6, 8)))
        }, 0.032)
        .tells("district of issue", |s| Derived::default().from(part(s, 0, 6)))
        .space(2e12).words(&["kartu keluarga", "no kk", "nomor kk"])
        .source("Ministry of Home Affairs, law 24 of 2013")
        .right(&[("3171 0101 0213 0001", "3171010102130001")])
        .wrong(&[("3171013202130001", Misfit::Date)]),
    ident("id-npwp", "ID", "NPWP", "tax number of Indonesia")
        .shapes(&["ddddddddddddddd"]).written(&["dd.ddd.ddd.d-ddd.ddd"])
        .check("Luhn over the first nine digits", |s| holds(luhn(s.get(..9).unwrap_or_default())), 0.1)
        .space(1e14).words(&["npwp"])
        .source("Direktorat Jenderal Pajak")
        .right(&[("01.312.166.0-091.000", "013121660091000")])
        .wrong(&[("01.312.166.1-091.000", Misfit::CheckDigit)]),
    ident("ph-philsys", "PH", "PhilSys Number / PCN", "identity number of the Philippines")
        .shapes(&["dddddddddddd", "dddddddddddddddd"]).written(&["dddd-dddd-dddd", "dddd-dddd-dddd-dddd"])
        .space(1e12).words(&["philsys", "philid", "psn", "pcn", "national id"])
        .source("Philippine Statistics Authority; the numbers are random")
        .right(&[("1234-5678-9012", "123456789012")])
        .wrong(&[("1234-5678-901", Misfit::Length)]),
    ident("ph-sss", "PH", "SSS number", "social security number of the Philippines")
        .shapes(&["dddddddddd"]).written(&["dd-ddddddd-d"])
        .space(1e10).words(&["sss"])
        .source("Social Security System; the rule of the last digit is not published")
        .right(&[("34-1234567-8", "3412345678")])
        .wrong(&[("34-1234567", Misfit::Length)]),
    ident("ph-tin", "PH", "TIN", "tax number of the Philippines")
        .shapes(&["ddddddddd", "dddddddddddd", "ddddddddddddd", "dddddddddddddd"]).written(&["ddd-ddd-ddd-ddd", "ddd-ddd-ddd"])
        .space(1e9).words(&["tin", "taxpayer identification"])
        .source("Bureau of Internal Revenue")
        .right(&[("123-456-789-000", "123456789000")])
        .wrong(&[("123-456-78", Misfit::Length)]),
    ident("in-aadhaar", "IN", "आधार", "Aadhaar number of India")
        .shapes(&["dddddddddddd"]).written(&["dddd dddd dddd", "dddd-dddd-dddd"])
        .check("Verhoeff; begins with 2 to 9; no palindrome", |s| {
            form(at(s, 0) >= 2 && !s.iter().eq(s.iter().rev()))?;
            holds(verhoeff(s))
        }, 0.08)
        .space(8e10).words(&["aadhaar", "aadhar", "आधार", "uid"])
        .source("Unique Identification Authority of India")
        .right(&[("2341 2341 2346", "234123412346"), ("२३४१ २३४१ २३४६", "234123412346")])
        .wrong(&[("234123412347", Misfit::CheckDigit), ("123412341234", Misfit::Form)]),
    ident("in-pan", "IN", "PAN", "permanent account number of India's tax office")
        .shapes(&["lllllddddl"]).written(&["lllllddddl"])
        .check("the fourth letter is a kind of holder, the number is not 0000", |s| form(matches!(s.get(3), Some(b'A' | b'B' | b'C' | b'E' | b'F' | b'G' | b'H' | b'J' | b'K' | b'L' | b'P' | b'T')) && number(s, 5, 9) != 0), 0.46)
        .tells("kind of holder; the fifth letter is the first of the surname", |_| Derived::default())
        .space(5e10).words(&["pan", "permanent account"])
        .source("Income Tax Department of India")
        .right(&[("ACUPA7085R", "ACUPA7085R"), ("acupa 7085 r", "ACUPA7085R")])
        .wrong(&[("ABMXA3211G", Misfit::Form), ("ACUPA7085RR", Misfit::Length)]),
    ident("in-epic", "IN", "EPIC", "voter identity number of India")
        .shapes(&["lllddddddd"]).written(&["lllddddddd"])
        .check("Luhn over the digits", |s| holds(luhn(s.get(3..).unwrap_or_default())), 0.1)
        .space(1.7e10).words(&["epic", "voter", "मतदाता"])
        .source("Election Commission of India")
        .right(&[("WKH1186253", "WKH1186253")])
        .wrong(&[("WKH1186254", Misfit::CheckDigit), ("1231186253", Misfit::Form)]),
    ident("in-gstin", "IN", "GSTIN", "goods and services tax number of India, with a PAN inside")
        .shapes(&["ddlllllddddlaZa"]).written(&["ddlllllddddlaZa"])
        .check("modulo 36; state code", gstin, 0.0095)
        .tells("state", |s| Derived::default().from(part(s, 0, 2)))
        .space(1e13).words(&["gstin", "gst"])
        .source("Goods and Services Tax Network")
        .right(&[("27AAPFU0939F1ZV", "27AAPFU0939F1ZV")])
        .wrong(&[("27AAPFU0939F1ZX", Misfit::CheckDigit), ("27AAPFU0939F1Z", Misfit::Length)]),
    ident("pk-cnic", "PK", "CNIC / NICOP", "identity card number of Pakistan")
        .shapes(&["ddddddddddddd"]).written(&["ddddd-ddddddd-d"])
        .check("begins with a province, 1 to 7; last digit not 0", |s| form((1..=7).contains(&at(s, 0)) && at(s, 12) != 0), 0.63)
        .tells("sex, province", |s| Derived::person(None, Sex::male(at(s.as_bytes(), 12) % 2 == 1)).from(part(s, 0, 1)))
        .space(6.3e12).words(&["cnic", "nic", "nicop", "شناختی"])
        .source("National Database and Registration Authority")
        .right(&[("34201-0891231-8", "3420108912318"), ("42201-0397640-8", "4220103976408")])
        .wrong(&[("94201-0891231-8", Misfit::Form)]),
    ident("bd-nid", "BD", "জাতীয় পরিচয়পত্র", "national identity number of Bangladesh: 10, 13 or 17 digits")
        .shapes(&["dddddddddd", "ddddddddddddd", "ddddddddddddddddd"]).written(&["ddd ddd dddd", "ddddddddddddd", "ddddddddddddddddd"])
        .check("17 digits begin with a birth year", |s| form(s.len() < 17 || (1890..=2030).contains(&number(s, 0, 4))), 1.0)
        .tells("of 17 digits the birth year", |_| Derived::default())
        .space(1e10).words(&["nid", "জাতীয় পরিচয়", "এনআইডি", "voter id"])
        .source("Bangladesh Election Commission")
        .right(&[("1975 2612345678901", "19752612345678901"), ("২৬১২৩৪৫৬৭৮৯০১", "2612345678901")])
        .wrong(&[("12345678901", Misfit::Length), ("17752612345678901", Misfit::Form)]),
    ident("lk-nic", "LK", "ජාතික හැඳුනුම්පත", "identity card number of Sri Lanka, both forms")
        .shapes(&["dddddddddV", "dddddddddX", "dddddddddddd"]).written(&["dddddddddV", "dddddddddddd"])
        .check("day of the year (women + 500)", |s| real(lk_birth(s)), 0.73)
        .tells("birth date, sex", |s| {
            let b = s.as_bytes();
            let from = if b.len() == 12 { 4 } else { 2 };
            Derived::person(lk_birth(b), Sex::male(number(b, from, from + 3) < 500))
        })
        .space(1e10).words(&["nic", "national identity"])
        .source("Department for Registration of Persons")
        .right(&[("853400937V", "853400937V"), ("198534000937", "198534000937")])
        .wrong(&[("859900937V", Misfit::Date)]),
    ident("ir-melli", "IR", "کد ملی", "national code of Iran")
        .shapes(&["dddddddddd"]).written(&["ddd-dddddd-d", "dddddddddd"])
        .check("weighted sum modulo 11", |s| {
            form(!uniform(s))?;
            let rest = weighted(s, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
            holds(at(s, 9) == if rest < 2 { rest } else { 11 - rest })
        }, 0.1)
        .tells("place of issue", |s| Derived::default().from(part(s, 0, 3)))
        .space(1e9).words(&["کد ملی", "کدملی", "شماره ملی", "melli"])
        .source("National Organization for Civil Registration of Iran")
        .right(&[("0499370899", "0499370899"), ("۰۴۹۹۳۷۰۸۹۹", "0499370899"), ("049-937089-9", "0499370899")])
        .wrong(&[("0499370898", Misfit::CheckDigit), ("1111111111", Misfit::Form)]),
    ident("kz-iin", "KZ", "ЖСН / ИИН, БСН / БИН", "identity number of Kazakhstan, of people and firms")
        .shapes(&["dddddddddddd"]).written(&["dddddddddddd"])
        .check("two weighted sums modulo 11; birth date of people, month of firms", kz_iin, 0.0043)
        .tells("birth date, sex; of firms the month of registration", |s| {
            let b = s.as_bytes();
            match at(b, 6) {
                1..=6 if at(b, 4) < 4 => Derived::person(kz_birth(b), Sex::male(at(b, 6) % 2 == 1)),
                _ => Derived::default(),
            }
        })
        .space(3.6e9).words(&["иин", "жсн", "бин", "бсн", "iin", "bin"])
        .source("Government of Kazakhstan, decree 853 of 2003")
        .right(&[("551123182156", "551123182156")])
        .wrong(&[("871330300013", Misfit::Date), ("8711303000", Misfit::Length)]),
    ident("kg-pin", "KG", "ПИН / ИНН", "personal number of Kyrgyzstan")
        .shapes(&["1ddddddddddddd", "2ddddddddddddd"]).written(&["dddddddddddddd"])
        .check("birth date", |s| real(day(number(s, 5, 9), number(s, 3, 5), number(s, 1, 3))), 0.037)
        .tells("birth date, sex", |s| {
            let b = s.as_bytes();
            Derived::person(day(number(b, 5, 9), number(b, 3, 5), number(b, 1, 3)), Sex::male(at(b, 0) == 2))
        })
        .space(7e9).words(&["пин", "инн", "pin"])
        .source("State Registration Service of Kyrgyzstan")
        .right(&[("21503197500123", "21503197500123")])
        .wrong(&[("21513197500123", Misfit::Date), ("31503197500123", Misfit::Form)]),
    ident("uz-pinfl", "UZ", "JShShIR / ПИНФЛ", "personal number of Uzbekistan")
        .shapes(&["dddddddddddddd"]).written(&["dddddddddddddd"])
        .check("birth date; weights 7, 3, 1 modulo 10", |s| {
            form((1..=6).contains(&at(s, 0)))?;
            real(uz_birth(s))?;
            holds(icao(s.get(..13).unwrap_or_default()) == at(s, 13))
        }, 0.0022)
        .tells("birth date, sex, district", |s| {
            let b = s.as_bytes();
            Derived::person(uz_birth(b), Sex::male(at(b, 0) % 2 == 1)).from(part(s, 7, 10))
        })
        .space(2e11).words(&["пинфл", "jshshir", "жшшир", "pinfl"])
        .source("Cabinet of Ministers of Uzbekistan, decree 79 of 1999")
        .right(&[("11612655274604", "11612655274604")])
        .wrong(&[("33113710270101", Misfit::Date), ("73112710270101", Misfit::Form)]),
    ident("il-id", "IL", "מספר זהות", "identity number of Israel")
        .shapes(&["ddddddddd"]).written(&["ddddddddd", "dddddddd-d"])
        .or(&["dddddddd"])
        .canon(|s| if (5..9).contains(&s.len()) { s.insert_str(0, "0000".get(..9 - s.len()).unwrap_or_default()) })
        .check("Luhn, leading zeros put back", |s| { form(number(s, 0, 9) != 0)?; holds(luhn(s)) }, 0.1)
        .space(1e8).words(&["ת.ז", "תעודת זהות", "מספר זהות", "teudat zehut"])
        .source("Population and Immigration Authority")
        .right(&[("3933742-3", "039337423"), ("039337423", "039337423")])
        .wrong(&[("3933742-2", Misfit::CheckDigit)]),
    ident("sa-id", "SA", "رقم الهوية الوطنية / الإقامة", "identity or residence number of Saudi Arabia")
        .shapes(&["1ddddddddd", "2ddddddddd"]).written(&["dddddddddd"])
        .check("Luhn; begins with 1 (citizens) or 2 (residents)", |s| holds(luhn(s)), 0.1)
        .tells("whether a citizen", |_| Derived::default())
        .space(2e8).words(&["الهوية", "الإقامة", "iqama", "national id"])
        .source("Ministry of Interior of Saudi Arabia")
        .right(&[("1000000008", "1000000008"), ("١٠٠٠٠٠٠٠٠٨", "1000000008")])
        .wrong(&[("1000000009", Misfit::CheckDigit), ("3000000008", Misfit::Form)]),
    ident("ae-id", "AE", "رقم الهوية", "Emirates ID number")
        .shapes(&["784dddddddddddd"]).written(&["784-dddd-ddddddd-d"])
        .check("Luhn; year of birth", |s| {
            form((1900..=2030).contains(&number(s, 3, 7)))?;
            holds(luhn(s))
        }, 0.0013)
        .tells("birth year", |_| Derived::default())
        .space(1e9).words(&["emirates id", "الهوية", "eid"])
        .source("Federal Authority for Identity and Citizenship")
        .right(&[("784-1980-1234567-8", "784198012345678")])
        .wrong(&[("784-1980-1234567-9", Misfit::CheckDigit), ("783-1980-1234567-8", Misfit::Form)]),
    ident("kw-civil-id", "KW", "الرقم المدني", "civil number of Kuwait")
        .shapes(&["1ddddddddddd", "2ddddddddddd", "3ddddddddddd"]).written(&["dddddddddddd"])
        .check("birth date; weighted sum modulo 11", |s| {
            real(day(1700 + 100 * u64::from(at(s, 0)) + number(s, 1, 3), number(s, 3, 5), number(s, 5, 7)))?;
            let sum = weighted(s, &[2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
            holds(11 - sum % 11 == at(s, 11))
        }, 0.0033)
        .tells("birth date", |s| {
            let b = s.as_bytes();
            Derived::person(day(1700 + 100 * u64::from(at(b, 0)) + number(b, 1, 3), number(b, 3, 5), number(b, 5, 7)), None)
        })
        .space(3e8).words(&["الرقم المدني", "civil id"])
        .source("Public Authority for Civil Information")
        .right(&[("164040454307", "164040454307")])
        .wrong(&[("290133101234", Misfit::Date), ("490010112345", Misfit::Form)]),
    ident("qa-id", "QA", "الرقم الشخصي", "identity number of Qatar")
        .shapes(&["2dddddddddd", "3dddddddddd"]).written(&["ddddddddddd"])
        .tells("birth year, country of nationality by its number", |s| Derived { region: Some(part(s, 3, 6).to_owned()), ..Derived::default() })
        .space(2e10).words(&["qid", "qatar id", "الرقم الشخصي", "البطاقة"])
        .source("Ministry of Interior of Qatar")
        .right(&[("28763412345", "28763412345")])
        .wrong(&[("18763412345", Misfit::Form)]),
    ident("tr-id", "TR", "T.C. Kimlik No.", "identity number of Türkiye")
        .shapes(&["ddddddddddd"]).written(&["ddddddddddd", "ddd ddd ddd dd"])
        .check("two check digits modulo 10; does not begin with 0", |s| {
            form(at(s, 0) != 0)?;
            let odd: u32 = (0..9).step_by(2).map(|i| at(s, i)).sum();
            let even: u32 = (1..8).step_by(2).map(|i| at(s, i)).sum();
            let first = (odd * 7 + 100 - even) % 10;
            let all: u32 = (0..10).map(|i| at(s, i)).sum();
            holds(first == at(s, 9) && all % 10 == at(s, 10))
        }, 0.009)
        .space(9e8).words(&["kimlik", "tckn", "tc no", "t.c."])
        .source("Nüfus ve Vatandaşlık İşleri")
        .right(&[("17291716060", "17291716060"), ("172 917 160 60", "17291716060")])
        .wrong(&[("17291716050", Misfit::CheckDigit), ("07291716060", Misfit::Form)]),
    ident("tr-vkn", "TR", "Vergi Kimlik No.", "tax number of Türkiye")
        .shapes(&["dddddddddd"]).written(&["dddddddddd"])
        .check("modulo 10", |s| {
            let sum: u32 = (0..9)
                .map(|i| {
                    let v = (at(s, i) + 9 - i as u32) % 10;
                    if v == 0 { 0 } else { match v * 2u32.pow(9 - i as u32) % 9 { 0 => 9, n => n } }
                })
                .sum();
            holds((10 - sum % 10) % 10 == at(s, 9))
        }, 0.1)
        .space(1e9).words(&["vergi", "vkn"])
        .source("Gelir İdaresi Başkanlığı")
        .right(&[("4540536920", "4540536920")])
        .wrong(&[("4540536921", Misfit::CheckDigit)]),
];

fn my_number(s: &[u8]) -> Result<(), Misfit> {
    let rest = weighted(s, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    holds(at(s, 11) == if rest < 2 { 0 } else { 11 - rest })
}

fn kr_birth(s: &[u8]) -> Option<CivilDate> {
    let century = match at(s, 6) {
        1 | 2 | 5 | 6 => 1900,
        3 | 4 | 7 | 8 => 2000,
        _ => 1800,
    };
    // Nobody is born after 2049 yet.
    let year = century + number(s, 0, 2);
    day(year, number(s, 2, 4), number(s, 4, 6)).filter(|_| year < 2050)
}

fn kr_rrn(s: &[u8]) -> Result<(), Misfit> {
    let birth = kr_birth(s).ok_or(Misfit::Date)?;
    if (birth.year, birth.month) >= (2020, 10) {
        return Ok(());
    }
    let sum = weighted(s, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    holds((11 - sum % 11) % 10 == at(s, 12))
}

fn kr_brn(s: &[u8]) -> Result<(), Misfit> {
    form(number(s, 0, 3) >= 101 && number(s, 3, 5) != 0)?;
    let sum = weighted(s, &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + at(s, 8) * 5 / 10;
    holds((10 - sum % 10) % 10 == at(s, 9))
}

fn sg_nric(s: &[u8]) -> Result<(), Misfit> {
    let sum: u32 = s
        .iter()
        .skip(1)
        .zip([2, 7, 6, 5, 4, 3, 2])
        .map(|(&b, w)| value(b) * w)
        .sum();
    let (shift, letters): (u32, &[u8; 11]) = match s.first() {
        Some(b'S') => (0, b"JZIHGFEDCBA"),
        Some(b'T') => (4, b"JZIHGFEDCBA"),
        Some(b'F') => (0, b"XWUTRQPNMLK"),
        Some(b'G') => (4, b"XWUTRQPNMLK"),
        _ => (3, b"KLJNPQRTUWX"),
    };
    let rest = ((sum + shift) % 11) as usize;
    // The M series counts from the other end.
    let at = if s.first() == Some(&b'M') {
        10 - rest
    } else {
        rest
    };
    holds(letters.get(at) == s.last())
}

fn my_nric(s: &[u8]) -> Result<(), Misfit> {
    let (y, m, d) = (number(s, 0, 2), number(s, 2, 4), number(s, 4, 6));
    real(day(1900 + y, m, d).or_else(|| day(2000 + y, m, d)))?;
    form(!matches!(number(s, 6, 8), 0 | 17..=20 | 69 | 70 | 73 | 80 | 81 | 94..=97))
}

fn nik_birth(s: &[u8]) -> Option<CivilDate> {
    let (d, m, y) = (number(s, 6, 8), number(s, 8, 10), number(s, 10, 12));
    let d = if d > 40 { d - 40 } else { d };
    day(1900 + y, m, d).or_else(|| day(2000 + y, m, d))
}

fn lk_birth(s: &[u8]) -> Option<CivilDate> {
    let (year, nth) = if s.len() == 12 {
        (number(s, 0, 4), number(s, 4, 7))
    } else {
        (1900 + number(s, 0, 2), number(s, 2, 5))
    };
    if !(1880..=2060).contains(&year) {
        return None;
    }
    let nth = if nth > 500 { nth - 500 } else { nth };
    // Every year is counted with a 29th of February.
    let mut left = nth;
    for (month, days) in (1u64..).zip([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        if left >= 1 && left <= days {
            return day(year, month, left).or_else(|| day(year, 3, 1));
        }
        left = left.saturating_sub(days);
    }
    None
}

fn kz_birth(s: &[u8]) -> Option<CivilDate> {
    let century = match at(s, 6) {
        1 | 2 => 1800,
        3 | 4 => 1900,
        5 | 6 => 2000,
        _ => return None,
    };
    day(century + number(s, 0, 2), number(s, 2, 4), number(s, 4, 6))
}

/// The fifth digit is the first of a day for people and 4 to 6 for firms; the
/// seventh is 0 for foreigners without a century of birth.
fn kz_iin(s: &[u8]) -> Result<(), Misfit> {
    if (4..=6).contains(&at(s, 4)) {
        form((1..=12).contains(&number(s, 2, 4)))?;
    } else if at(s, 6) == 0 {
        let (y, m, d) = (number(s, 0, 2), number(s, 2, 4), number(s, 4, 6));
        real(day(1900 + y, m, d).or_else(|| day(2000 + y, m, d)))?;
    } else {
        real(kz_birth(s))?;
    }
    let first = weighted(s, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
    let check = match first {
        10 => weighted(s, &[3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11,
        n => n,
    };
    holds(check == at(s, 11))
}

fn uz_birth(s: &[u8]) -> Option<CivilDate> {
    let century = 1700 + 100 * u64::from(at(s, 0).div_ceil(2));
    day(century + number(s, 5, 7), number(s, 3, 5), number(s, 1, 3))
}

fn gstin(s: &[u8]) -> Result<(), Misfit> {
    form((1..=38).contains(&number(s, 0, 2)) && !matches!(s.get(12), Some(b'0')))?;
    form(matches!(
        s.get(5),
        Some(b'A' | b'B' | b'C' | b'E' | b'F' | b'G' | b'H' | b'J' | b'K' | b'L' | b'P' | b'T')
    ))?;
    let sum: u32 = s
        .iter()
        .take(14)
        .enumerate()
        .map(|(i, &b)| value(b) * if i % 2 == 1 { 2 } else { 1 })
        .map(|v| v / 36 + v % 36)
        .sum();
    holds((36 - sum % 36) % 36 == at(s, 14))
}
