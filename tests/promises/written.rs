//! What is written differently and means the same is the same: codes of two
//! registers of the same people, and areas of addresses and postcodes.

use crate::util::policies::{INPUT_ORDER, column, head};
use crate::util::sheet::Sheet;
use crate::util::{How, Scene};

/// ASCII in full width.
fn wide(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(c as u32 + 0xFEE0).unwrap(),
            ' ' => '\u{3000}',
            c => c,
        })
        .collect()
}

/// `text` with `mark` after every `every` characters.
fn parted(text: &str, every: usize, mark: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let parts: Vec<String> = chars.chunks(every).map(|c| c.iter().collect()).collect();
    parts.join(mark)
}

/// Ten ways in which people and programs write the same row of characters.
fn ten_forms(compact: &str) -> [String; 10] {
    let arabic = |c: char| match c {
        '0'..='9' => char::from_u32(0x660 + c as u32 - 0x30).unwrap(),
        c => c,
    };
    [
        compact.to_owned(),
        format!("  {compact} "),
        wide(compact),
        parted(compact, 4, " "),
        parted(compact, 3, "-"),
        parted(compact, 4, "\u{a0}"),
        parted(compact, 1, "\u{200b}"),
        parted(compact, 5, "\u{2013}"),
        compact.chars().map(arabic).collect(),
        compact.to_lowercase(),
    ]
}

/// Kind and further keys of each column, with numbers of five people: invented,
/// or published as examples.
const COLUMNS: [(&str, &str, [&str; 5]); 8] = [
    (
        "cn-resident-id",
        "",
        [
            "11010519491231002X",
            "110105194912310038",
            "110105194912310054",
            "110105194912310070",
            "110105194912310097",
        ],
    ),
    (
        "phone",
        "region = \"CN\"",
        [
            "13800138000",
            "15912345678",
            "01062345678",
            "075582345678",
            "8613912345678",
        ],
    ),
    (
        "iban",
        "",
        [
            "GR1601101050000010547023795",
            "BE31435411161155",
            "GB82WEST12345698765432",
            "DE89370400440532013000",
            "NL91ABNA0417164300",
        ],
    ),
    (
        "hk-id",
        "",
        ["A1234563", "G123456A", "AB9876543", "C1234569", "K1234560"],
    ),
    (
        "br-cpf",
        "",
        [
            "39053344705",
            "11144477735",
            "52998224725",
            "12345678909",
            "98765432100",
        ],
    ),
    (
        "payment-card",
        "",
        [
            "4111111111111111",
            "378282246310005",
            "5555555555554444",
            "4012888888881881",
            "6011111111111117",
        ],
    ),
    (
        "cn-plate",
        "",
        [
            "京A12345",
            "沪AD12345",
            "粤B12345F",
            "苏E1B2C3",
            "粤Z1234港",
        ],
    ),
    (
        "gb-nhs",
        "",
        [
            "9434765870",
            "9434765919",
            "4505577104",
            "4010232137",
            "5990128088",
        ],
    ),
];

fn policy() -> String {
    let mut text = head("written");
    for (name, more, _) in COLUMNS {
        text += &format!("[domains.{name}]\nprefix = \"Z\"\n\n");
        text += &column(
            name,
            &format!(
                "do = \"pseudonymise\"\nkind = \"{name}\"\ndomain = \"{name}\"\n{more}\ninvalid = \"withhold\""
            ),
        );
    }
    text + &column("who", "do = \"keep\"\nkind = \"text\"\nclass = \"none\"") + INPUT_ORDER
}

fn csv(rows: &[Vec<String>]) -> String {
    let names: Vec<&str> = COLUMNS.iter().map(|(name, ..)| *name).collect();
    let mut text = format!("who,{}\n", names.join(","));
    for row in rows {
        text += &row.join(",");
        text += "\n";
    }
    text
}

/// Codes by person and kind.
fn codes(sheet: &Sheet) -> Vec<(String, &'static str, String)> {
    let mut out = Vec::new();
    for (row, who) in sheet.column("who").enumerate() {
        for (name, ..) in COLUMNS {
            out.push((who.to_owned(), name, sheet.get(row, name).to_owned()));
        }
    }
    out.sort();
    out.dedup();
    out
}

#[test]
fn two_registers_of_the_same_people_give_the_same_codes_in_ten_written_forms() {
    let scene = Scene::new();
    let mut plain = Vec::new();
    let mut other = Vec::new();
    for person in 0..5 {
        let who = format!("p{person}");
        let mut row = vec![who.clone()];
        row.extend(
            COLUMNS
                .iter()
                .map(|(_, _, numbers)| numbers[person].to_owned()),
        );
        plain.push(row);
        for form in (0..10).rev() {
            let mut row = vec![who.clone()];
            row.extend(
                COLUMNS
                    .iter()
                    .map(|(_, _, numbers)| ten_forms(numbers[person])[form].clone()),
            );
            other.push(row);
        }
    }
    let release = |rows: &[Vec<String>], out: &str| {
        let input = csv(rows);
        codes(
            &scene
                .release(&policy(), input.as_bytes(), out, How::default())
                .extract(),
        )
    };
    let first = release(&plain, "plain");
    let second = release(&other, "other");
    assert_eq!(first.len(), 5 * COLUMNS.len());
    for (who, kind, code) in &first {
        assert!(code.starts_with("Z-"), "{kind} of {who} is not read");
    }
    assert_eq!(first, second);
}

#[test]
fn addresses_and_postcodes_leave_as_areas_and_what_is_no_area_does_not() {
    let scene = Scene::new();
    let general = |kind: &str, to: &str| {
        format!("do = \"generalise\"\nkind = \"{kind}\"\nto = \"{to}\"\ninvalid = \"withhold\"")
    };
    let policy = head("areas")
        + &column("home", &general("cn-address", "city"))
        + &column("code", &general("cn-division", "county"))
        + &column("post", &general("gb-postcode", "district"))
        + &column("zip", &general("us-zip", "zip3"))
        + INPUT_ORDER;
    let input = "home,code,post,zip\n\
        江苏省 苏州市 昆山市假想路1号,320583,sw1a 1aa,90210\n\
        昆山市假想路1号,110221,M1 1AE,03601\n\
        假想路1号,990000,SW1A,9021\n\
        江苏省鼓楼区,11010,,20500-0003\n";
    let sheet = scene
        .release(&policy, input.as_bytes(), "out", How::default())
        .extract();
    let rows: Vec<String> = (0..sheet.rows.len())
        .map(|row| {
            ["home", "code", "post", "zip"]
                .map(|name| sheet.get(row, name).to_owned())
                .join("|")
        })
        .collect();
    assert_eq!(
        rows,
        [
            "江苏省苏州市|江苏省苏州市昆山市|SW1A|902",
            "江苏省苏州市|北京市昌平县|M1|000",
            "|||",
            "|||000",
        ]
    );
}
