//! Values of a record in every written form, and what is none.
#![allow(clippy::string_slice, reason = "a panic fails the test")]

use super::super::cn::tests::{any_id, written};
use super::super::{find, scan::merge};
use super::*;
use proptest::prelude::*;

/// Text after redaction of these values, each with its kind.
fn redacted(values: &[(&str, &str)], text: &str) -> String {
    let opt = KindOptions {
        region: Some(Region::Cn),
        date_format: None,
    };
    let mut own = OwnRow::new();
    own.clear();
    for (kind, value) in values {
        own.add(value, find(kind), &opt, "own");
    }
    let mut hits = Vec::new();
    own.find(text, &mut hits);
    merge(&mut hits);
    let mut out = String::new();
    let mut at = 0;
    for hit in hits {
        out.push_str(&text[at..hit.start]);
        out.push('#');
        at = hit.end;
    }
    out + &text[at..]
}

#[test]
fn names_are_found_with_spaces_width_and_case() {
    let name = &[("", "王小明")];
    for (text, left) in [
        ("经办人王小明同志", "经办人#同志"),
        ("王 小 明", "#"),
        ("王　小明来", "#来"),
        ("王·小\u{200B}明", "#"),
        ("王明", "王明"),
        ("王大明小明", "王大明小明"),
        ("王小明王小明", "##"),
    ] {
        assert_eq!(redacted(name, text), left, "{text}");
    }
    assert_eq!(redacted(&[("", "王 小明")], "见王小明"), "见#");
    for text in [
        "Wang Xiaoming",
        "xiaoming wang",
        "Wáng Xiǎomíng",
        "Wang, X.M.",
    ] {
        assert_eq!(
            redacted(name, &format!("signed by {text}")).replace("#.", "#"),
            "signed by #",
            "{text}"
        );
    }
    let latin = &[("", "John  Smith")];
    for (text, left) in [
        ("JOHN SMITH said", "# said"),
        ("叫john smith的", "叫#的"),
        ("John Smithson", "John Smithson"),
        ("Ｊｏｈｎ Ｓｍｉｔｈ", "#"),
        ("Upjohn Smith", "Upjohn Smith"),
        ("John-Smith", "#"),
    ] {
        assert_eq!(redacted(latin, text), left, "{text}");
    }
    assert_eq!(redacted(&[("", "买买提·艾力")], "找买买提艾力"), "找#");
    assert_eq!(redacted(&[("", "aa1aa")], "baa1aa1aa"), "baa1#");
    assert_eq!(redacted(&[("", "Ann")], "Ann"), "Ann"); // too short
    assert_eq!(redacted(&[("", "李")], "李"), "李");
    assert_eq!(
        redacted(&[("", "Иванов")], "г-н ИВАНОВ, Ивановский"),
        "г-н #, Ивановский"
    );
}

#[test]
fn names_are_found_in_other_orders_with_initials_and_titles() {
    let name = &[("", "John Paul Smith")];
    for (text, left) in [
        ("met Mr Smith there", "met # there"),
        ("Mr. SMITH", "#"),
        ("met J. Smith there", "met # there"),
        ("J P Smith", "#"),
        ("Dr. J. P. Smith, aged 40", "#, aged 40"),
        ("Smith, John said", "# said"),
        ("Smith J. P.", "#"),
        ("SMITH John", "#"),
        ("find John Smith", "find #"),
        ("叫Mr Smith的", "叫#的"),
        ("Smith", "Smith"),
        ("Adam Smith", "Adam Smith"),
        ("Mr Smithson, A. Smith", "Mr Smithson, A. Smith"),
        ("Smith and Jones", "Smith and Jones"),
        ("a smith, just so", "a smith, just so"),
    ] {
        assert_eq!(redacted(name, text), left, "{text}");
    }
    for (name, text, left) in [
        ("王小明", "王先生来电，王女士", "#来电，#"),
        ("王小明", "王 同志介绍", "#介绍"),
        ("欧阳娜娜", "欧阳女士", "#"),
        ("王小明", "李先生、国王先生", "李先生、国#"),
        ("王小明", "王某、老王", "王某、老王"),
        ("Smith", "Mr Smith", "Mr #"),
        ("Иван Петров", "Петров И. пришёл", "# пришёл"),
    ] {
        assert_eq!(redacted(&[("", name)], text), left, "{text}");
    }
}

#[test]
fn resident_ids_are_found_in_all_forms() {
    for own in [
        "11010519491231002X",
        "１１０１０５１９４９１２３１００２ｘ",
        "110105491231002",
    ] {
        for (text, left) in [
            ("证11010519491231002X。", "证#。"),
            ("110105 19491231 002x", "#"),
            ("110105-1949-1231-002Ｘ", "#"),
            ("１１０１０５19491231002Х", "#"),
            ("110105491231002", "#"),
            ("110105 491231 002", "#"),
            ("11010519491231002", "#"),
            ("99 11010519491231002X", "99 #"),
            ("911010519491231002X", "911010519491231002X"),
            ("110105194912310020", "110105194912310020"),
        ] {
            assert_eq!(redacted(&[("cn-resident-id", own)], text), left, "{text}");
        }
    }
    // A value that is not valid is looked for as it stands.
    assert_eq!(
        redacted(
            &[("cn-resident-id", "110105194912310021")],
            "x 110105 19491231 0021"
        ),
        "x #"
    );
    assert_eq!(
        redacted(
            &[("cn-resident-id", "1101051949123199X")],
            "1101051949123199x!"
        ),
        "#!"
    );
}

#[test]
fn phones_are_found_with_and_without_codes() {
    for own in ["13800138000", "+86 138-0013-8000", "0086 13800138000"] {
        for (text, left) in [
            ("13800138000", "#"),
            ("电话138 0013 8000。", "电话#。"),
            ("+86 138-0013-8000", "#"),
            ("(+86)13800138000", "#"),
            ("8613800138000", "#"),
            ("00 86 138 00138000", "#"),
            ("013800138000", "#"),
            ("１３８００１３８０００", "#"),
            ("138\u{200B}00138000", "#"),
            ("13-800-138-000", "#"),
            ("138001380001", "138001380001"),
            ("13900139000", "13900139000"),
            ("打一三八〇〇一三八〇〇〇吧", "打#吧"),
            ("壹叁捌 零零壹叁 捌零零零", "#"),
            ("5 138 0013 8000 5", "5 # 5"),
        ] {
            assert_eq!(redacted(&[("phone", own)], text), left, "{own} {text}");
        }
    }
    for (text, left) in [
        ("010-62345678", "#"),
        ("(010)62345678", "#"),
        ("62345678", "#"),
        ("6234 5678", "#"),
        ("+86 10 62345678", "#"),
        ("86-010-62345678", "#"),
        ("2345678", "2345678"),
    ] {
        assert_eq!(redacted(&[("phone", "010-62345678")], text), left, "{text}");
    }
    for text in [
        "+44 20 7946 0958",
        "020 7946 0958",
        "0044 20 7946 0958",
        "2079460958",
        "+44 (0)20 7946 0958",
    ] {
        assert_eq!(
            redacted(&[("phone", "+44 20 7946 0958")], text),
            "#",
            "{text}"
        );
    }
    // Not a number of its kind: as it stands.
    assert_eq!(
        redacted(&[("phone", "6234-5678")], "call 62345678"),
        "call #"
    );
}

#[test]
fn days_are_found_in_the_written_forms() {
    for text in [
        "1975-03-09",
        "1975/3/9",
        "1975/03/09",
        "1975.3.9",
        "1975.03.09",
        "19750309",
        "1975年3月9日",
        "1975年03月09日",
        "1975 年 3 月 9 日",
        "1975-3-9",
        "１９７５年３月９日",
        "9.3.1975",
        "09/03/1975",
        "3/9/1975",
        "1975 03 09",
    ] {
        for own in ["1975-03-09", "1975年3月9日"] {
            assert_eq!(
                redacted(&[("date", own)], &format!("生于{text}，")),
                "生于#，",
                "{text}"
            );
        }
    }
    for text in [
        "1975-03-10",
        "197539",
        "1975年3月",
        "11975-03-09",
        "1975-03-091",
        "1975,3,9",
        "1975年9月3日",
        "197503091",
    ] {
        assert_eq!(redacted(&[("date", "1975-03-09")], text), text, "{text}");
    }
    assert_eq!(
        redacted(&[("date", "spring 1975")], "in Spring 1975."),
        "in #."
    );
}

#[test]
fn addresses_and_other_numbers_are_found_as_they_stand() {
    let address = &[("text", "北京市朝阳区幸福路 12 号，3-501")];
    assert_eq!(
        redacted(address, "住北京市朝阳区幸福路12号,3-501。"),
        "住#。"
    );
    assert_eq!(redacted(address, "住北京市朝阳区"), "住北京市朝阳区");
    assert_eq!(
        redacted(&[("exact", "00123456")], "会员00123456, 123456, 001234567"),
        "会员#, 123456, 001234567"
    );
    assert_eq!(
        redacted(&[("exact", "MB-2016-0001")], "id mb20160001; MB201600012"),
        "id #; MB201600012"
    );
    assert_eq!(redacted(&[("number", "12,345.60")], "12345.60"), "#");
    assert_eq!(redacted(&[("number", "12345.60")], "12345.6"), "#");
    assert_eq!(redacted(&[("exact", "123")], "123"), "123");
    assert_eq!(
        redacted(&[("email", "A.B@Example.com")], "写a.b@example.com"),
        "写#"
    );
}

#[test]
fn pieces_of_an_own_address_in_chinese_are_found() {
    let address = "江苏省苏州市虚构区幸福路12号3号楼2单元501室";
    let mut failures = Vec::new();
    for (own, text, left) in [
        (address, "住幸福路12号。", "住#。"),
        (address, "住幸福路十二号，", "住#，"),
        (address, "住幸福路１２号", "住#"),
        (address, "住幸福路12号附近", "住#附近"),
        (address, "幸福路 12 号 3 号楼", "#"),
        (address, "他在3号楼2单元501室", "他在#"),
        (address, "他在2单元501室", "他在#"),
        (address, "他在2單元501室", "他在#"),
        (address, "苏州市虚构区幸福路12号", "苏州市虚构区#"),
        (address, "住12-3-2-501", "住#"),
        (address, "住13-3-2-501", "住13-3-2-501"),
        (address, "住3-2-501", "住#"),
        (address, "幸福路13号", "幸福路13号"),
        (address, "幸福路112号", "幸福路112号"),
        (address, "幸福路", "幸福路"),
        (address, "江苏省苏州市虚构区", "江苏省苏州市虚构区"),
        (address, "12号", "12号"),
        (address, "501室开会", "501室开会"),
        (address, "2单元601室", "2单元601室"),
        (address, "乌有路12号", "乌有路12号"),
        (address, "幸福路3月12号", "幸福路3月12号"),
        ("假想市,虚构区,占位路5号,1203室", "在占位路5号", "在#"),
        ("假想市,虚构区,占位路5号,1203室", "占位路5号1203室", "#"),
        ("假想市,虚构区,占位路5号,1203室", "5号, 1203室", "#"),
        ("样板镇示例村三组12号", "示例村3组人", "#人"),
        ("样板镇示例村三组12号", "示例村", "示例村"),
        ("乌有小区3-2-501", "乌有小区3栋2单元501", "#"),
        ("示例街道样板路8弄6号201室", "样板路8弄", "#"),
    ] {
        let found = redacted(&[("text", own)], text);
        if found != left {
            failures.push(format!("{text}: {found}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn pieces_of_an_own_address_in_letters_are_found() {
    let london = "Flat 3, 12 Baker Street, London NW1 6XE";
    let berlin = "Hauptstraße 5\n10115 Berlin";
    let paris = "8 bis, rue de la Paix, 75002 Paris";
    let mut failures = Vec::new();
    for (own, text, left) in [
        (london, "lives at 12 Baker Street.", "lives at #."),
        (london, "lives at 12 BAKER ST.", "lives at #."),
        (london, "12, Baker\nStreet", "#"),
        (london, "Baker Street 12", "#"),
        (london, "Baker St., No. 12", "#"),
        (london, "住12 Baker Street的", "住#的"),
        (london, "１２ Ｂａｋｅｒ Ｓｔ", "#"),
        (london, "10-12 Baker Street", "#"),
        (london, "post to nw1 6xe please", "post to # please"),
        (london, "NW16XE", "#"),
        (
            london,
            "NW1 6XEA, NW1 6XA, ANW1 6XE",
            "NW1 6XEA, NW1 6XA, ANW1 6XE",
        ),
        (
            london,
            "London, Flat 3, 12, Baker, Street",
            "London, Flat 3, #",
        ),
        (london, "Baker Street, London", "Baker Street, London"),
        (london, "12 streets, 12 Street", "12 streets, 12 Street"),
        (london, "112 Baker Street", "112 Baker Street"),
        (london, "12 Bakers Street", "12 Bakers Street"),
        (london, "12 or so. Baker Street", "12 or so. Baker Street"),
        (london, "Flat 3", "Flat 3"),
        (berlin, "in der Hauptstr. 5 wohnhaft", "in der # wohnhaft"),
        (berlin, "HAUPTSTRASSE 5", "#"),
        (berlin, "Haupt Str 5", "#"),
        (berlin, "5 Hauptstraße", "#"),
        (berlin, "PLZ 10115", "PLZ #"),
        (berlin, "Berlin 5", "Berlin 5"),
        (berlin, "Hauptstraße 51", "Hauptstraße 51"),
        (berlin, "101151", "101151"),
        ("12 rue de la Paix, 75002 Paris", "12, RUE DE LA PAIX", "#"),
        ("12 rue de la Paix, 75002 Paris", "rue de la Paix 12", "#"),
        (paris, "paris 75002", "paris #"),
        ("Via Roma 12, 00184 Roma", "via roma, 12", "#"),
        ("Via Roma 12, 00184 Roma", "12 Roma", "12 Roma"),
        (
            "ул. Ленина, д. 5, кв. 12",
            "живет: улица Ленина, дом 5",
            "живет: #",
        ),
        ("ул. Ленина, д. 5, кв. 12", "Ленина 12", "Ленина 12"),
        (
            "1600 Pennsylvania Avenue NW, Washington, DC 20500",
            "1600 Pennsylvania Ave",
            "#",
        ),
        ("350 5th Avenue, New York", "350 5th Ave.", "#."),
        ("12 Broadway, New York", "12 Broadway", "#"),
        ("12 Broadway, New York", "New York 12", "New York 12"),
        ("221B Baker Street", "221b baker st", "#"),
        (
            "Room 801, Block 2, 17 North Mock Road, Invented District, Nowhere",
            "17 North Mock Rd",
            "#",
        ),
        ("Calle Mayor 3, 28013 Madrid", "calle mayor nº 3", "#"),
        ("Keizersgracht 12, 1015 CJ Amsterdam", "1015cj", "#"),
        (
            "Keizersgracht 12, 1015 CJ Amsterdam",
            "keizersgracht 12",
            "#",
        ),
        ("ul. Nowa 3, 00-950 Warszawa", "ulica Nowa 3, 00950", "#, #"),
        ("ul. Nowa 3, 00-950 Warszawa", "PL 00-950", "PL #"),
        ("order 12 of 2016, see file", "12 of 2016", "12 of 2016"),
    ] {
        let found = redacted(&[("text", own)], text);
        if found != left {
            failures.push(format!("{text:?}: {found:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_character_that_folds_to_han_is_odd_or_han() {
    let mut folded = String::new();
    for c in (0..=0x10_FFFFu32).filter_map(char::from_u32) {
        let text = c.to_string();
        fold(&text, &mut folded);
        if folded
            .chars()
            .any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c))
        {
            assert!(
                ('\u{4E00}'..='\u{9FFF}').contains(&c) || holds_odd_han(text.as_bytes()),
                "{:x}",
                c as u32
            );
        }
    }
    assert_eq!(redacted(&[("", "一二三")], "⼀⼆三"), "#");
    assert_eq!(redacted(&[("", "⼀⼆三")], "一二三"), "#");
}

#[test]
fn few_digits_with_an_x_or_signs_are_sought_as_text() {
    for value in ["111X", "12/3", "+(1)2", "1,2,3"] {
        assert_eq!(
            redacted(&[("", value)], &format!("no {value}, room")),
            "no #, room",
            "{value}"
        );
        assert_eq!(redacted(&[("", value)], value), "#", "{value}");
    }
    assert_eq!(redacted(&[("", "111X")], "no 9111X"), "no 9111X");
}

#[test]
fn clearing_forgets() {
    let mut own = OwnRow::new();
    let mut hits = Vec::new();
    assert!(own.is_empty());
    own.add("王小明", None, &KindOptions::default(), "own");
    own.add("13800138000", find("phone"), &KindOptions::default(), "own");
    assert!(!own.is_empty());
    assert_eq!(format!("{own:?}"), "OwnRow(2 values)");
    own.clear();
    own.find("王小明 13800138000", &mut hits);
    assert!(own.is_empty() && hits.is_empty());
}

/// A street line drawn, with what it is written as elsewhere.
fn street_line() -> impl Strategy<Value = (String, String, String)> {
    let types = [
        ("Street", "St."),
        ("Road", "rd"),
        ("Avenue", "AVE"),
        ("Lane", "Ln"),
        ("Drive", "dr."),
        ("Court", "ct"),
    ];
    (
        1u32..9999,
        "[A-Z][a-z]{3,7}",
        "([A-Z][a-z]{3,7})?",
        proptest::sample::select(types.to_vec()),
    )
        .prop_map(|(number, first, second, (long, short))| {
            let name = format!("{first} {second}").trim_end().to_owned();
            (
                number.to_string(),
                format!("{name} {long}"),
                format!("{name} {short}"),
            )
        })
}

proptest! {
    /// Either order, either length of the word for streets, whatever stands
    /// between: with its number a street goes, without it or with another stays.
    #[test]
    fn an_own_street_goes_with_its_number_alone(
        (number, long, short) in street_line(), turned in any::<bool>(), is_short in any::<bool>(), written_short in any::<bool>(),
        gap in proptest::sample::select(vec![" ", ", ", ",\n", "\n", "  "]), glue in proptest::sample::select(vec!["x ", "住", "(", "a; "]),
    ) {
        let own = format!("{number} {}, Inventedtown", if is_short { &short } else { &long });
        let street = if written_short { &short } else { &long };
        let street = street.trim_end_matches('.');
        let line = if turned { format!("{street}{gap}{number}") } else { format!("{number}{gap}{street}") };
        prop_assert_eq!(redacted(&[("text", &own)], &format!("{glue}{line}!")), format!("{glue}#!"));
        let other = format!("{glue}{}{gap}{street}; {street}; {number}.", number.parse::<u32>().unwrap() + 1);
        prop_assert_eq!(redacted(&[("text", &own)], &other), other.clone());
    }

    /// The plain way: a road and its number, or two houses of the value that
    /// follow each other, in digits or numerals.
    #[test]
    fn an_own_road_goes_with_its_number_alone(
        name in "[幸福春阳虹华]{2,4}", road in "(路|街|小区|村)", a in 1u32..60, b in 1u32..30, room in 101u32..2999, numeral in any::<bool>(), pick in 0usize..5,
    ) {
        let own = format!("假想市虚构区{name}{road}{a}号{b}号楼{room}室");
        let han = |n: u32| {
            let of = |d: u32| ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"][d as usize];
            match n { 1..10 => of(n).to_owned(), _ => format!("{}十{}", if n < 20 { "" } else { of(n / 10) }, of(n % 10)) }
        };
        let written = |n: u32| if numeral { han(n) } else { n.to_string() };
        let (piece, goes) = match pick {
            0 => (format!("{name}{road}{}号", written(a)), true),
            1 => (format!("{}号楼{room}室", written(b)), true),
            2 => (format!("{name}{road}"), false),
            3 => (format!("{room}室"), false),
            _ => (format!("{name}{road}{}号", written(a + 1)), false),
        };
        let left = redacted(&[("text", &own)], &format!("他说：{piece}。"));
        prop_assert_eq!(left, format!("他说：{}。", if goes { "#" } else { &piece }));
    }

    #[test]
    fn an_own_id_is_found_whole_in_any_written_form((id, text) in written(), before in "[a-z是（：]{1,3}", after in "[a-z的）。]{1,3}") {
        prop_assert_eq!(redacted(&[("cn-resident-id", &id)], &format!("{before}{text}{after}")), format!("{before}#{after}"));
    }

    #[test]
    fn an_own_name_is_found_between_any_han(name in "[\u{4E00}-\u{9FFF}]{2,4}", before in "[\u{4E00}-\u{9FFF}，]{0,6}", after in "[\u{4E00}-\u{9FFF}，]{0,6}", sep in "[ \u{3000}·\u{200B}]?") {
        let written: String = name.chars().enumerate().flat_map(|(i, c)| (if i > 0 { sep.clone() } else { String::new() }).chars().chain([c]).collect::<Vec<_>>()).collect();
        let left = redacted(&[("", &name)], &format!("{before}{written}{after}"));
        prop_assert!(left.contains('#') && !left.contains(&name));
    }

    /// What the check of a finished text looks for: the fold of a value,
    /// standing free.
    #[test]
    fn nothing_that_stands_free_is_left(
        value in "[王小aBé12X]{2}[ ·-]?[王小aBé12X]{2,4}|[1-3]{4,6}X?|[12]{2}-[12]{3}",
        text in "[王小aBé123xX ·.()（\u{200B}-]{0,40}", glue in "[王a1 ]?", by in "[ a王.]?",
    ) {
        let text = format!("{glue}{value}{by}{text}");
        let left = redacted(&[("", &value)], &text);
        let (mut folded, mut mapped) = (String::new(), MappedFold::new());
        fold(&value, &mut folded);
        prop_assume!(long_enough(&folded));
        mapped.set(&left);
        for (at, _) in mapped.folded().match_indices(&folded) {
            let (start, end) = mapped.origin(at, at + folded.len()).unwrap();
            prop_assert!(!stands_free(&left, start, end), "{} in {} left {}", value, text, left);
        }
    }

    #[test]
    fn nothing_panics(values in proptest::collection::vec(("(|text|phone|date|cn-resident-id|number)", ".{0,20}"), 0..4), text in ".{0,60}", id in any_id()) {
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (k.as_str(), v.as_str())).chain([("cn-resident-id", id.as_str())]).collect();
        let _ = redacted(&values, &text);
    }
}
