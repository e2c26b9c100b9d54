//! Identifiers of people in the Americas, Africa and Oceania: one line a kind,
//! and below the table the rules that take more than a line.
//!
//! May not refuse a number that an office has given out, for being odd.

use super::check::{at, day, form, holds, luhn, number, part, real, uniform, value, weighted};
use super::facts::{Derived, Sex};
use super::ident::{Ident, ident};
use super::{CivilDate, Misfit};

/// The table.
#[rustfmt::skip]
pub(super) static KINDS: &[Ident] = &[
    ident("us-ssn", "US", "Social Security number", "social security number of the United States")
        .shapes(&["ddddddddd"]).written(&["ddd-dd-dddd"])
        .check("areas, groups and serials that are given out", |s| {
            let area = number(s, 0, 3);
            form(!matches!(area, 0 | 666 | 900..) && number(s, 3, 5) != 0 && number(s, 5, 9) != 0)
        }, 0.89)
        .tells("of numbers before 2011 the state of issue", |s| Derived::default().from(part(s, 0, 3)))
        .space(8.9e8).words(&["ssn", "social security", "ss#", "soc sec"])
        .source("Social Security Administration, randomised since 2011")
        .right(&[("536-90-4399", "536904399"), ("536 90 4399", "536904399")])
        .wrong(&[("666-00-0000", Misfit::Form), ("912-90-3456", Misfit::Form)]),
    ident("us-itin", "US", "ITIN", "individual taxpayer number of the United States")
        .shapes(&["9dddddddd"]).written(&["9dd-dd-dddd"])
        .check("groups 50 to 65, 70 to 88, 90 to 92, 94 to 99", |s| form(matches!(number(s, 3, 5), 50..=65 | 70..=88 | 90..=92 | 94..=99)), 0.44)
        .space(4.4e7).words(&["itin", "taxpayer"])
        .source("Internal Revenue Service")
        .right(&[("912-90-3456", "912903456")])
        .wrong(&[("912-89-3456", Misfit::Form), ("123-45-6789", Misfit::Form)]),
    ident("us-npi", "US", "NPI", "national provider identifier of medical staff in the United States")
        .shapes(&["1ddddddddd", "2ddddddddd"]).written(&["dddddddddd"])
        .check("Luhn with 80840 before it", |s| {
            let whole: Vec<u8> = b"80840".iter().chain(s).copied().collect();
            holds(luhn(&whole))
        }, 0.1)
        .space(2e8).words(&["npi"])
        .source("Centers for Medicare & Medicaid Services")
        .right(&[("1234567893", "1234567893")])
        .wrong(&[("1234567894", Misfit::CheckDigit)]),
    ident("ca-sin", "CA", "SIN / NAS", "social insurance number of Canada")
        .shapes(&["ddddddddd"]).written(&["ddd-ddd-ddd", "ddd ddd ddd"])
        .check("Luhn; does not begin with 0 or 8", |s| { form(!matches!(at(s, 0), 0 | 8))?; holds(luhn(s)) }, 0.08)
        .tells("province of issue; 9: temporary residents", |s| Derived::default().from(part(s, 0, 1)))
        .space(8e7).words(&["sin", "nas", "social insurance", "assurance sociale"])
        .source("Employment and Social Development Canada")
        .right(&[("123-456-782", "123456782")])
        .wrong(&[("999-999-999", Misfit::CheckDigit), ("046-454-286", Misfit::Form)]),
    ident("mx-curp", "MX", "CURP", "population registry code of Mexico; built from the name")
        .shapes(&["llllddddddllllllad"]).written(&["llllddddddllllllad"])
        .check("modulo 10; birth date; sex; state", mx_curp, 0.00000075)
        .tells("birth date, sex, state of birth, letters of the name", |s| {
            let b = s.as_bytes();
            Derived::person(curp_birth(b), match b.get(10) { Some(b'H') => Some(Sex::Male), Some(b'M') => Some(Sex::Female), _ => None }).from(part(s, 11, 13))
        })
        .space(1e14).words(&["curp"])
        .source("Registro Nacional de Población; DOF 18 October 2021")
        .right(&[("BOXW310820HNERXN09", "BOXW310820HNERXN09")])
        .wrong(&[("BOXW310820HNERXN08", Misfit::CheckDigit), ("BOXW311320HNERXN09", Misfit::Date)]),
    ident("mx-rfc", "MX", "RFC", "tax number of Mexico, of people (13) and firms (12)")
        .shapes(&["llllddddddaaa", "lllddddddaaa"]).written(&["llll-dddddd-aaa", "lll-dddddd-aaa"])
        .check("date of birth or founding", |s| {
            let from = s.len().saturating_sub(9);
            let (y, m, d) = (number(s, from, from + 2), number(s, from + 2, from + 4), number(s, from + 4, from + 6));
            real(day(1900 + y, m, d).or_else(|| day(2000 + y, m, d)))
        }, 0.037)
        .tells("letters of the name; birth date but for the century", |_| Derived::default())
        .space(1e13).words(&["rfc", "registro federal"])
        .source("Servicio de Administración Tributaria")
        .right(&[("VACE-460910-SX6", "VACE460910SX6")])
        .wrong(&[("VACE-461310-SX6", Misfit::Date)]),
    ident("br-cpf", "BR", "CPF", "taxpayer number of people in Brazil")
        .shapes(&["ddddddddddd"]).written(&["ddd.ddd.ddd-dd", "ddddddddddd"])
        .check("two weighted sums modulo 11", |s| {
            form(!uniform(s))?;
            let digit = |n: usize| {
                let sum: u32 = (0..n).map(|i| at(s, i) * (n + 1 - i) as u32).sum();
                (11 - sum % 11) % 11 % 10
            };
            holds(digit(9) == at(s, 9) && digit(10) == at(s, 10))
        }, 0.01)
        .tells("fiscal region", |s| Derived::default().from(part(s, 8, 9)))
        .space(1e9).words(&["cpf"])
        .source("Receita Federal do Brasil")
        .right(&[("390.533.447-05", "39053344705")])
        .wrong(&[("390.533.447-06", Misfit::CheckDigit), ("111.111.111-11", Misfit::Form)]),
    ident("br-cnpj", "BR", "CNPJ", "number of firms in Brazil, digits and since 2026 letters")
        .shapes(&["aaaaaaaaaaaadd"]).written(&["dd.ddd.ddd/dddd-dd"]).drop("/")
        .check("two weighted sums modulo 11", |s| {
            // Letters count by their code less 48.
            let v = |i: usize| s.get(i).map_or(0, |&b| u32::from(b.saturating_sub(b'0')));
            let digit = |n: usize| {
                let sum: u32 = (0..n).map(|i| v(i) * ((n - 1 - i) as u32 % 8 + 2)).sum();
                (11 - sum % 11) % 11 % 10
            };
            form(!uniform(s))?;
            holds(digit(12) == at(s, 12) && digit(13) == at(s, 13))
        }, 0.01)
        .space(1e12).words(&["cnpj"])
        .source("Receita Federal do Brasil, IN RFB 2.229/2024")
        .right(&[("16.727.230/0001-97", "16727230000197")])
        .wrong(&[("16.727.230/0001-98", Misfit::CheckDigit)]),
    ident("ar-dni", "AR", "DNI", "identity number of Argentina")
        .shapes(&["ddddddd", "dddddddd"]).written(&["dd.ddd.ddd", "d.ddd.ddd"])
        .space(1e8).words(&["dni", "documento"])
        .source("Registro Nacional de las Personas")
        .right(&[("20.123.456", "20123456")])
        .wrong(&[("2012345699", Misfit::Length)]),
    ident("ar-cuit", "AR", "CUIT / CUIL", "tax and labour number of Argentina; holds the DNI")
        .shapes(&["ddddddddddd"]).written(&["dd-dddddddd-d"])
        .check("weighted sum modulo 11; kind of holder", |s| {
            form(matches!(number(s, 0, 2), 20 | 23..=27 | 30 | 33 | 34 | 50 | 51 | 55))?;
            let check = 11 - weighted(s, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
            holds(match check { 11 => 0, 10 => 9, n => n } == at(s, 10))
        }, 0.012)
        .tells("whether a person or a firm; the identity number", |_| Derived::default())
        .space(4e8).words(&["cuit", "cuil"])
        .source("ARCA (AFIP)")
        .right(&[("20-05536168-2", "20055361682")])
        .wrong(&[("20267565392", Misfit::CheckDigit)]),
    ident("cl-rut", "CL", "RUT / RUN", "identity and tax number of Chile")
        .shapes(&["ddddddda", "dddddddda"]).written(&["dd.ddd.ddd-a", "dddddddd-a", "d.ddd.ddd-a"])
        .check("weighted sum modulo 11, 0 to 9 or K", |s| {
            form(matches!(s.last(), Some(b'0'..=b'9' | b'K')))?;
            let body = s.len().saturating_sub(1);
            let sum: u32 = (0..body).map(|i| at(s, i) * ((body - 1 - i) as u32 % 6 + 2)).sum();
            let check = match 11 - sum % 11 { 11 => b'0', 10 => b'K', n => b'0' + n as u8 };
            holds(s.last() == Some(&check))
        }, 1.0 / 36.0)
        .space(3e7).words(&["rut", "run", "rol único"])
        .source("Servicio de Registro Civil e Identificación")
        .right(&[("76086428-5", "760864285"), ("12.531.909-2", "125319092")])
        .wrong(&[("12531909-3", Misfit::CheckDigit)]),
    ident("co-cc", "CO", "cédula de ciudadanía", "identity number of Colombia")
        .shapes(&["dddddd", "ddddddd", "dddddddd", "dddddddddd"]).written(&["dd.ddd.ddd", "d.ddd.ddd.ddd"])
        .space(1.2e9).words(&["cédula", "cedula", "c.c.", "ciudadanía"])
        .source("Registraduría Nacional del Estado Civil; no check digit")
        .right(&[("1.020.304.050", "1020304050")])
        .wrong(&[("123456789", Misfit::Length)]),
    ident("co-nit", "CO", "NIT", "tax number of Colombia")
        .shapes(&["dddddddddd", "ddddddddd"]).written(&["ddd.ddd.ddd-d"])
        .check("weighted sum modulo 11", |s| {
            let body = s.len().saturating_sub(1);
            let sum: u32 = (0..body).map(|i| at(s, i) * [3, 7, 13, 17, 19, 23, 29, 37, 41].get(body - 1 - i).copied().unwrap_or(0)).sum();
            holds(match sum % 11 { n @ (0 | 1) => n, n => 11 - n } == at(s, body))
        }, 0.1)
        .space(1e9).words(&["nit"])
        .source("DIAN")
        .right(&[("213.123.432-1", "2131234321")])
        .wrong(&[("2131234325", Misfit::CheckDigit)]),
    ident("ec-ci", "EC", "cédula de identidad", "identity number of Ecuador")
        .shapes(&["dddddddddd"]).written(&["ddddddddd-d", "dddddddddd"])
        .check("Luhn; province; third digit up to 6", |s| {
            form(matches!(number(s, 0, 2), 1..=24 | 30 | 50) && at(s, 2) <= 6)?;
            holds(luhn(s))
        }, 0.018)
        .tells("province of registration", |s| Derived::default().from(part(s, 0, 2)))
        .space(1.8e8).words(&["cédula", "cedula", "c.i."])
        .source("Dirección General de Registro Civil")
        .right(&[("171430710-3", "1714307103")])
        .wrong(&[("1714307104", Misfit::CheckDigit)]),
    ident("pe-dni", "PE", "DNI", "identity number of Peru, with or without its check character")
        .shapes(&["dddddddd", "dddddddda"]).written(&["dddddddd-d", "dddddddd"])
        .check("weighted sum modulo 11 where the check character is written", |s| {
            if s.len() == 8 { return Ok(()); }
            let rest = (weighted(s, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) as usize;
            holds(s.last() == b"65432110987".get(rest) || s.last() == b"KJIHGFEDCBA".get(rest))
        }, 1.0)
        .space(1e8).words(&["dni", "cui", "documento"])
        .source("RENIEC")
        .right(&[("10117410-2", "101174102"), ("10117410", "10117410")])
        .wrong(&[("10117410-3", Misfit::CheckDigit)]),
    ident("pe-ruc", "PE", "RUC", "tax number of Peru; of people it holds the DNI")
        .shapes(&["ddddddddddd"]).written(&["ddddddddddd"])
        .check("weighted sum modulo 11; begins with 10, 15, 16, 17 or 20", |s| {
            form(matches!(number(s, 0, 2), 10 | 15..=17 | 20))?;
            holds((11 - weighted(s, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10 == at(s, 10))
        }, 0.005)
        .space(4e8).words(&["ruc"])
        .source("SUNAT")
        .right(&[("20512333797", "20512333797")])
        .wrong(&[("20512333798", Misfit::CheckDigit)]),
    ident("ve-rif", "VE", "cédula / RIF", "identity and tax number of Venezuela")
        .shapes(&["Vddddddddd", "Eddddddddd", "Jddddddddd", "Pddddddddd", "Gddddddddd"]).written(&["V-dddddddd-d"])
        .check("weighted sum modulo 11", |s| {
            let kind = match s.first() { Some(b'V') => 4, Some(b'E') => 8, Some(b'J') => 12, Some(b'P') => 16, _ => 20 };
            let sum: u32 = kind + s.iter().skip(1).zip([3, 2, 7, 6, 5, 4, 3, 2]).map(|(&b, w)| value(b) * w).sum::<u32>();
            holds(match 11 - sum % 11 { 10 | 11 => 0, n => n } == at(s, 9))
        }, 0.1)
        .tells("whether a citizen, a foreigner or a firm", |_| Derived::default())
        .space(5e8).words(&["rif", "cédula", "cedula"])
        .source("SENIAT")
        .right(&[("V-11470283-4", "V114702834")])
        .wrong(&[("V-11470283-3", Misfit::CheckDigit)]),
    ident("uy-ci", "UY", "cédula de identidad", "identity number of Uruguay")
        .shapes(&["dddddddd"]).written(&["d.ddd.ddd-d"])
        .or(&["ddddddd"])
        .canon(|s| if s.len() == 7 { s.insert(0, '0') })
        .check("weighted sum modulo 10", |s| holds((10 - weighted(s, &[2, 9, 8, 7, 6, 3, 4]) % 10) % 10 == at(s, 7)), 0.1)
        .space(1e7).words(&["cédula", "cedula", "c.i."])
        .source("Dirección Nacional de Identificación Civil")
        .right(&[("1.111.111-1", "11111111")])
        .wrong(&[("1.111.111-2", Misfit::CheckDigit)]),
    ident("py-ruc", "PY", "RUC", "tax number of Paraguay; of people the identity number and a digit")
        .shapes(&["ddddddd", "dddddddd", "ddddddddd"]).written(&["dddddddd-d", "ddddddd-d"])
        .check("weighted sum modulo 11", |s| {
            let body = s.len().saturating_sub(1);
            let sum: u32 = (0..body).map(|i| at(s, i) * (body - i + 1) as u32).sum();
            holds((11 - sum % 11) % 11 % 10 == at(s, body))
        }, 0.1)
        .space(1e8).words(&["ruc"])
        .source("Dirección Nacional de Ingresos Tributarios")
        .right(&[("80028061-0", "800280610")])
        .wrong(&[("800532492", Misfit::CheckDigit)]),
    ident("do-cedula", "DO", "cédula de identidad", "identity number of the Dominican Republic")
        .shapes(&["ddddddddddd"]).written(&["ddd-ddddddd-d"])
        .check("Luhn; some old numbers fail", |s| holds(luhn(s)), 0.1)
        .space(1e10).words(&["cédula", "cedula"])
        .source("Junta Central Electoral")
        .right(&[("001-1391820-5", "00113918205")])
        .wrong(&[("00113918204", Misfit::CheckDigit)]),
    ident("cr-cedula", "CR", "cédula de identidad", "identity number of Costa Rica; written parts get their zeros back")
        .shapes(&["0ddddddddd", "ddddddddd"]).written(&["d-dddd-dddd"])
        .canon(|s| if s.len() == 10 && s.starts_with('0') { s.remove(0); })
        .check("begins with 1 to 9", |s| form(s.len() == 9 && at(s, 0) != 0), 0.9)
        .tells("province of birth", |s| Derived::default().from(part(s, 0, 1)))
        .space(9e8).words(&["cédula", "cedula"])
        .source("Tribunal Supremo de Elecciones")
        .right(&[("3-0455-0175", "304550175"), ("0304550175", "304550175")])
        .wrong(&[("0-0455-0175", Misfit::Form)]),
    ident("cu-ni", "CU", "número de identidad", "identity number of Cuba")
        .shapes(&["ddddddddddd"]).written(&["ddddddddddd"])
        .check("birth date", |s| real(cu_birth(s)), 0.036)
        .tells("birth date, sex", |s| Derived::person(cu_birth(s.as_bytes()), Sex::male(at(s.as_bytes(), 9).is_multiple_of(2))))
        .space(3.6e9).words(&["carné de identidad", "identidad"])
        .source("Ministerio del Interior de Cuba")
        .right(&[("91021027775", "91021027775")])
        .wrong(&[("91131027775", Misfit::Date)]),
    ident("za-id", "ZA", "identity number", "identity number of South Africa")
        .shapes(&["ddddddddddddd"]).written(&["dddddd dddd ddd", "ddddddddddddd"])
        .check("Luhn; birth date; citizenship digit 0 to 2", |s| {
            let (y, m, d) = (number(s, 0, 2), number(s, 2, 4), number(s, 4, 6));
            real(day(1900 + y, m, d).or_else(|| day(2000 + y, m, d)))?;
            form(at(s, 10) <= 2)?;
            holds(luhn(s))
        }, 0.0011)
        .tells("sex, citizenship; birth date but for the century; in old numbers race", |s| Derived::person(None, Sex::male(number(s.as_bytes(), 6, 10) >= 5000)))
        .space(2.2e9).words(&["id number", "identity number", "rsa id", "sa id"])
        .source("Department of Home Affairs of South Africa")
        .right(&[("750330 5044 089", "7503305044089")])
        .wrong(&[("8503305044089", Misfit::CheckDigit), ("7513305044089", Misfit::Date)]),
    ident("ng-nin", "NG", "NIN", "national identity number of Nigeria")
        .shapes(&["ddddddddddd"]).written(&["ddddddddddd"])
        .space(1e11).words(&["nin", "national identi", "nimc"])
        .source("National Identity Management Commission; the numbers are random")
        .right(&[("12345678901", "12345678901")])
        .wrong(&[("1234567890", Misfit::Length)]),
    ident("ng-bvn", "NG", "BVN", "bank verification number of Nigeria")
        .shapes(&["22ddddddddd"]).written(&["ddddddddddd"])
        .space(1e9).words(&["bvn", "bank verification"])
        .source("Central Bank of Nigeria")
        .right(&[("22123456789", "22123456789")])
        .wrong(&[("12123456789", Misfit::Form)]),
    ident("ke-id", "KE", "kitambulisho", "identity card number of Kenya")
        .shapes(&["ddddddd", "dddddddd"]).written(&["dddddddd"])
        .space(5e7).words(&["id no", "kitambulisho", "national id", "id number"])
        .source("National Registration Bureau of Kenya")
        .right(&[("12345678", "12345678")])
        .wrong(&[("123456", Misfit::Length)]),
    ident("ke-pin", "KE", "KRA PIN", "tax number of Kenya")
        .shapes(&["Addddddddddl", "Pddddddddddl", "Adddddddddl", "Pdddddddddl"]).written(&["Adddddddddl"])
        .check("begins with A (people) or P (firms)", |s| form(s.len() == 11), 1.0)
        .space(5e10).words(&["kra", "pin"])
        .source("Kenya Revenue Authority")
        .right(&[("A004416331M", "A004416331M")])
        .wrong(&[("V004416331M", Misfit::Form)]),
    ident("eg-nid", "EG", "الرقم القومي", "national number of Egypt")
        .shapes(&["2ddddddddddddd", "3ddddddddddddd"]).written(&["dddddddddddddd"])
        .check("birth date and governorate; the rule of the last digit is not published", |s| {
            real(eg_birth(s))?;
            form(matches!(number(s, 7, 9), 1..=35 | 88))
        }, 0.013)
        .tells("birth date, sex, governorate of birth", |s| Derived::person(eg_birth(s.as_bytes()), Sex::male(at(s.as_bytes(), 12) % 2 == 1)).from(part(s, 7, 9)))
        .space(2.6e10).words(&["الرقم القومي", "رقم قومي", "national id", "بطاقة"])
        .source("Civil Status Organization of Egypt")
        .right(&[("29001010112345", "29001010112345"), ("٢٩٠٠١٠١٠١١٢٣٤٥", "29001010112345")])
        .wrong(&[("29013010112345", Misfit::Date), ("49001010112345", Misfit::Form)]),
    ident("mu-nid", "MU", "national identity number", "identity number of Mauritius")
        .shapes(&["ldddddddddddda"]).written(&["ldddddddddddda"])
        .check("modulo 17; birth date", |s| {
            let (d, m, y) = (number(s, 1, 3), number(s, 3, 5), number(s, 5, 7));
            real(day(2000 + y, m, d).or_else(|| day(1900 + y, m, d)))?;
            let sum: u32 = (0..13).map(|i| at(s, i) * (14 - i as u32)).sum();
            holds((17 - sum % 17) % 17 == at(s, 13))
        }, 0.00102)
        .tells("first letter of the surname; birth date but for the century", |_| Derived::default())
        .space(1e11).words(&["nid", "national identity"])
        .source("Civil Status Division of Mauritius")
        .right(&[("R140234290973E", "R140234290973E")])
        .wrong(&[("A3213801234567", Misfit::Date)]),
    ident("gh-card", "GH", "Ghana Card", "identity card number of Ghana and of foreigners there")
        .shapes(&["GHAdddddddddd", "llldddddddddd"]).written(&["GHA-ddddddddd-d"])
        .space(1e10).words(&["ghana card", "ghanacard", "nia"])
        .source("National Identification Authority of Ghana; the rule of the last digit is not published")
        .right(&[("GHA-123456789-0", "GHA1234567890")])
        .wrong(&[("GH-123456789-0", Misfit::Length)]),
    ident("tz-nida", "TZ", "NIDA", "identity number of Tanzania")
        .shapes(&["dddddddddddddddddddd"]).written(&["dddddddd-ddddd-ddddd-dd"])
        .check("birth date", |s| { form((1880..=2060).contains(&number(s, 0, 4)))?; real(day(number(s, 0, 4), number(s, 4, 6), number(s, 6, 8))) }, 0.00066)
        .tells("birth date, postcode of registration", |s| {
            let b = s.as_bytes();
            Derived::person(day(number(b, 0, 4), number(b, 4, 6), number(b, 6, 8)), None).from(part(s, 8, 13))
        })
        .space(1e16).words(&["nida", "kitambulisho"])
        .source("National Identification Authority of Tanzania")
        .right(&[("19900101-12345-00001-23", "19900101123450000123")])
        .wrong(&[("19901301123450000123", Misfit::Date)]),
    ident("au-tfn", "AU", "TFN", "tax file number of Australia")
        .shapes(&["ddddddddd", "dddddddd"]).written(&["ddd ddd ddd"])
        .check("weighted sum modulo 11", |s| {
            form(number(s, 0, 9) != 0)?;
            holds(weighted(s, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11))
        }, 0.091)
        .space(9e7).words(&["tfn", "tax file"])
        .source("Australian Taxation Office")
        .right(&[("123 456 782", "123456782")])
        .wrong(&[("999 999 999", Misfit::CheckDigit)]),
    ident("au-abn", "AU", "ABN", "business number of Australia, sole traders too")
        .shapes(&["ddddddddddd"]).written(&["dd ddd ddd ddd"])
        .check("weighted sum modulo 89", |s| {
            form(at(s, 0) != 0)?;
            let sum = weighted(s, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
            holds((sum - 10).is_multiple_of(89))
        }, 0.0101)
        .space(1e9).words(&["abn", "business number"])
        .source("Australian Business Register")
        .right(&[("83 914 571 673", "83914571673")])
        .wrong(&[("99 999 999 999", Misfit::CheckDigit)]),
    ident("au-medicare", "AU", "Medicare number", "health insurance number of Australia, with or without the person's digit")
        .shapes(&["dddddddddd", "ddddddddddd"]).written(&["dddd ddddd d", "dddd ddddd d d"])
        .check("weighted sum modulo 10; begins with 2 to 6", |s| {
            form((2..=6).contains(&at(s, 0)) && at(s, 9) != 0)?;
            holds(weighted(s, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == at(s, 8))
        }, 0.045)
        .space(4.5e8).words(&["medicare"])
        .source("Services Australia")
        .right(&[("2123 45670 1", "2123456701")])
        .wrong(&[("2123 45671 1", Misfit::CheckDigit), ("1123 45670 1", Misfit::Form)]),
    ident("nz-ird", "NZ", "IRD number", "tax number of New Zealand")
        .shapes(&["ddddddddd"]).written(&["ddd-ddd-ddd", "dd-ddd-ddd"])
        .or(&["dddddddd"])
        .canon(|s| if s.len() == 8 { s.insert(0, '0') })
        .check("weighted sums modulo 11; from 10,000,000 to 150,000,000", |s| {
            form((10_000_001..150_000_000).contains(&number(s, 0, 9)))?;
            let check = match (11 - weighted(s, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 {
                10 => (11 - weighted(s, &[7, 4, 3, 2, 5, 2, 7, 6]) % 11) % 11,
                n => n,
            };
            holds(check == at(s, 8))
        }, 0.0138)
        .space(1.4e7).words(&["ird"])
        .source("Inland Revenue, specification for RWT and NRWT")
        .right(&[("49-091-850", "049091850"), ("049091850", "049091850")])
        .wrong(&[("136410133", Misfit::CheckDigit), ("912556812", Misfit::Form)]),
];

/// The character before the check tells the century: a digit before 2000.
fn curp_birth(s: &[u8]) -> Option<CivilDate> {
    let century = if s.get(16)?.is_ascii_digit() {
        1900
    } else {
        2000
    };
    day(century + number(s, 4, 6), number(s, 6, 8), number(s, 8, 10))
}

fn mx_curp(s: &[u8]) -> Result<(), Misfit> {
    const STATES: [&[u8]; 33] = [
        b"AS", b"BC", b"BS", b"CC", b"CH", b"CL", b"CM", b"CS", b"DF", b"DG", b"GR", b"GT", b"HG",
        b"JC", b"MC", b"MN", b"MS", b"NE", b"NL", b"NT", b"OC", b"PL", b"QR", b"QT", b"SL", b"SP",
        b"SR", b"TC", b"TL", b"TS", b"VZ", b"YN", b"ZS",
    ];
    form(matches!(s.get(10), Some(b'H' | b'M' | b'X')))?;
    form(s.get(11..13).is_some_and(|state| STATES.contains(&state)))?;
    real(curp_birth(s))?;
    // Letters after N count one more: Ñ stands between.
    let sum: u32 = s
        .iter()
        .take(17)
        .enumerate()
        .map(|(i, &b)| (value(b) + u32::from(b > b'N')) * (18 - i as u32))
        .sum();
    holds((10 - sum % 10) % 10 == at(s, 17))
}

fn cu_birth(s: &[u8]) -> Option<CivilDate> {
    let century = match at(s, 6) {
        9 => 1800,
        0..=5 => 1900,
        _ => 2000,
    };
    day(century + number(s, 0, 2), number(s, 2, 4), number(s, 4, 6))
}

fn eg_birth(s: &[u8]) -> Option<CivilDate> {
    let century = 1700 + 100 * u64::from(at(s, 0));
    day(century + number(s, 1, 3), number(s, 3, 5), number(s, 5, 7))
}
