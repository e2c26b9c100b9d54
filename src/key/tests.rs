//! The claims of the specification's section on keys and codes, and the answers
//! of an independent implementation (`tests/peer/codes.py`). Names, numbers and
//! texts are invented.

use serde_json::Value;
use zeroize::ZeroizeOnDrop;

use super::fingerprint::{Fingerprinter, Prefixes, Within};
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

/// A key from 64 hexadecimal digits.
fn key(hex: &str) -> Key {
    Key::read_from(format!("offrecord-key-1:{hex}").as_bytes()).unwrap_or_else(|e| panic!("{e}"))
}

/// The vectors of the peer under one name.
fn vectors(name: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../../tests/peer/vectors.json")).unwrap();
    let list = all[name].as_array().unwrap().clone();
    assert!(list.len() >= 5, "{name}");
    list
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

#[test]
fn key_ids_are_those_of_the_peer() {
    for v in vectors("key_ids") {
        let id = key(text(&v, "key")).id();
        assert_eq!(id.to_string(), text(&v, "id"));
        assert_eq!(identity::hex(&id.bytes()), text(&v, "id"));
    }
}

#[test]
fn tags_and_codes_are_those_of_the_peer() {
    for v in vectors("codes") {
        let parts = ["project", "domain", "recipient"].map(|part| text(&v, part));
        let subkey = key(text(&v, "key")).subkey(Label::Pseudonym, &parts);
        let tag = Tagger::new(&subkey).tag(text(&v, "value").as_bytes());
        assert_eq!(identity::hex(&tag), text(&v, "tag"));
        let bits = u32::try_from(v["bits"].as_u64().unwrap()).unwrap();
        let format = CodeFormat::new(text(&v, "prefix"), bits).unwrap();
        let mut out = Vec::new();
        format.write(&tag, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), text(&v, "code"));
        assert!(format.is_code(text(&v, "code")));
    }
}

#[test]
fn offsets_are_those_of_the_peer() {
    for v in vectors("shifts") {
        let parts = ["project", "domain", "recipient"].map(|part| text(&v, part));
        let subkey = key(text(&v, "key")).subkey(Label::Shift, &parts);
        let tag = Tagger::new(&subkey).tag(text(&v, "value").as_bytes());
        let within = u32::try_from(v["within"].as_u64().unwrap()).unwrap();
        assert_eq!(shift_days(&tag, within), v["days"].as_i64().unwrap());
    }
}

#[test]
fn identities_orders_and_record_keys_are_those_of_the_peer() {
    for v in vectors("identities") {
        let files: Vec<(String, [u8; 32])> = v["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| {
                let content = file[1].as_str().unwrap();
                let digest = <sha2::Sha256 as sha2::Digest>::digest(content);
                (file[0].as_str().unwrap().to_owned(), digest.into())
            })
            .collect();
        let policy = text(&v, "text").as_bytes();
        let of = identity::policy_identity(policy, files.iter().map(|(n, d)| (n, d)));
        assert_eq!(identity::hex(&of), text(&v, "identity"));
    }
    for v in vectors("orders") {
        let parts = ["project", "recipient", "identity"].map(|part| text(&v, part));
        let subkey = key(text(&v, "key")).subkey(Label::Order, &parts);
        let tag = Tagger::new(&subkey).tag(text(&v, "row").as_bytes());
        assert_eq!(identity::hex(&tag), text(&v, "tag"));
    }
    for v in vectors("cell_keys") {
        let parts = ["family", "domain"].map(|part| text(&v, part));
        let subkey = key(text(&v, "key")).subkey(Label::CellKey, &parts);
        let tag = Tagger::new(&subkey).tag(b"");
        assert_eq!(identity::hex(&tag), text(&v, "subkey_tag"));
    }
}

#[test]
fn fingerprints_are_those_of_the_peer() {
    let mut prefixes = Prefixes::new();
    for v in vectors("fingerprints") {
        let subkey = key(text(&v, "key")).subkey(Label::Leak, &[text(&v, "identity")]);
        let prints = Fingerprinter::new(&subkey);
        let of = prints.of(text(&v, "text"));
        assert_eq!(format!("{of:016x}"), text(&v, "of"));
        prints.prefixes(text(&v, "text"), &mut prefixes);
        assert_eq!(prints.of_range(&prefixes, 0..prefixes.chars()), of);
        let bound = prints.bound(prints.of(text(&v, "context")), of);
        assert_eq!(format!("{bound:016x}"), text(&v, "bound"));
        let within = prints.within(prints.of(text(&v, "context")));
        assert_eq!(
            format!("{:016x}", within.of(text(&v, "text"))),
            text(&v, "within")
        );
    }
}

#[test]
fn every_purpose_has_a_subkey_of_its_own() {
    let key = Key::test_key();
    // Each pair would collide if labels or parts ran into each other.
    let purposes: &[(Label, &[&str])] = &[
        (Label::KeyId, &[]),
        (Label::Pseudonym, &["p", "d", ""]),
        (Label::Pseudonym, &["p", "", "d"]),
        (Label::Pseudonym, &["pd", "", ""]),
        (Label::Pseudonym, &["", "pd", ""]),
        (Label::Pseudonym, &["p", "d", "r"]),
        (Label::Pseudonym, &["p\0", "d", "r"]),
        (Label::Shift, &["p", "d", "r"]),
        (Label::Order, &["p", "d", "r"]),
        (Label::Leak, &["p"]),
        (Label::CellKey, &["p", "d"]),
    ];
    let keys: Vec<Subkey> = purposes
        .iter()
        .map(|(label, parts)| key.subkey(*label, parts))
        .collect();
    for (i, one) in keys.iter().enumerate() {
        assert!(one.0.iter().any(|byte| *byte != 0));
        for (j, other) in keys.iter().enumerate().skip(i + 1) {
            assert!(one.0.as_slice() != other.0.as_slice(), "{i} and {j}");
        }
    }
}

#[test]
fn no_label_is_the_beginning_of_another() {
    for one in Label::ALL {
        for other in Label::ALL {
            assert!(one == other || !other.text().starts_with(one.text()));
        }
    }
}

#[test]
#[should_panic(expected = "the parts of offrecord/1/leak are")]
fn a_forgotten_part_is_noticed_while_testing() {
    drop(Key::test_key().subkey(Label::Leak, &[]));
}

/// Fails to compile if the type implements the trait: then there are two
/// candidates for `_`.
macro_rules! implements_not {
    ($type:ty: $($trait:path),+) => {$({
        trait Either<A> {
            fn this() {}
        }
        impl<T: ?Sized> Either<()> for T {}
        impl<T: ?Sized + $trait> Either<u8> for T {}
        let _ = <$type as Either<_>>::this;
    })+};
}

#[test]
fn secrets_cannot_be_printed_copied_or_serialised() {
    implements_not!(Key: fmt::Debug, fmt::Display, Clone, serde::Serialize, AsRef<[u8]>);
    implements_not!(Subkey: fmt::Debug, fmt::Display, Clone, serde::Serialize, AsRef<[u8]>);
    implements_not!(Tagger: fmt::Debug, fmt::Display, serde::Serialize);
    implements_not!(Fingerprinter: fmt::Debug, fmt::Display, serde::Serialize);
    implements_not!(Within<'_>: fmt::Debug, fmt::Display, Clone, serde::Serialize);
    implements_not!(Prefixes: fmt::Debug, fmt::Display, Clone, serde::Serialize);
}

#[test]
fn keys_lie_on_the_heap_in_a_type_that_wipes_itself() {
    fn wiped<T: ZeroizeOnDrop>(_: &T) {}
    let key = Key::test_key();
    wiped(&*key.0);
    wiped(&*key.subkey(Label::KeyId, &[]).0);
    // What moves is the pointer, not the bytes.
    assert_eq!(size_of::<Key>(), size_of::<usize>());
    assert_eq!(size_of::<Subkey>(), size_of::<usize>());
}

#[test]
fn generated_keys_differ() {
    let one = Key::generate().unwrap_or_else(|e| panic!("{e}"));
    let other = Key::generate().unwrap_or_else(|e| panic!("{e}"));
    assert_ne!(one.id(), other.id());
}
