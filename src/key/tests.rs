//! The claims of SPEC §4, one test each. Names and numbers are invented.
use super::*;

fn code(domain: &str, recipient: &str, value: &str, bits: u32) -> String {
    let subkey = Key::test_key().subkey(Label::Pseudonym, &["party-register", domain, recipient]);
    let mut out = Vec::new();
    let format = CodeFormat::new("P", bits).unwrap();
    format.write(&Tagger::new(&subkey).tag(value.as_bytes()), &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn the_known_answers_of_the_specification() {
    assert_eq!(Key::test_key().id().to_string(), "d03ece4d938f3559");
    let id = "11010519491231002X";
    assert_eq!(code("person", "", id, 80), "P-2Q3D-EZPX-6QJ8-RGBJ-4");
    assert_eq!(
        code("person", "partner-be", id, 80),
        "P-2V5N-B5A6-KHE7-925H-Q"
    );
    assert_eq!(
        code("person", "", id, 128),
        "P-2Q3D-EZPX-6QJ8-RGBJ-81H6-NC6T-A4-J"
    );
    assert_eq!(
        code("phone", "", "+8613800138000", 80),
        "P-4YN1-D97C-9EYB-Q545-K"
    );
}
