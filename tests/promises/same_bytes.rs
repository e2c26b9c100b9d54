//! The same bytes: same input, policy and key give the same release, whatever
//! the threads, the chunks and the way the input is cut and packed.

use std::collections::HashSet;
use std::io::Write;

use offrecord::job::Recipients;
use offrecord::key::Key;

use crate::util::policies::{self, PARTY_REGISTER};
use crate::util::sheet::Sheet;
use crate::util::{How, Release, Scene, register};

fn small() -> Vec<u8> {
    register(1_500, 30, 3, 400).bytes
}

fn policies() -> [(&'static str, String); 3] {
    let party = PARTY_REGISTER
        .replace("k     = 5", "k = 3")
        .replace("min     = 10", "min = 3");
    let jsonl = policies::redact().replace(
        policies::INPUT_ORDER,
        "[extract]\norder = \"shuffled\"\nformat = \"jsonl\"\npart_rows = 200\n",
    );
    [
        ("party", party),
        ("redact", policies::redact()),
        ("jsonl", jsonl),
    ]
}

#[test]
fn threads_and_chunks_change_no_byte() {
    let input = small();
    for (name, policy) in policies() {
        let scene = Scene::new();
        let mut first: Option<Release> = None;
        for (threads, chunk) in [
            (1, 1 << 20),
            (2, 16),
            (3, 17),
            (8, 64),
            (1, 1_000),
            (8, 1_000),
            (3, 1 << 20),
        ] {
            let out = format!("{name}-{threads}-{chunk}");
            let how = How {
                threads,
                chunk,
                ..How::default()
            };
            let release = scene.release(&policy, &input, &out, how);
            let quarantine = release.quarantine();
            match &first {
                None => first = Some(release),
                Some(first) => {
                    assert_eq!(first.files, release.files, "{out}");
                    assert_eq!(
                        first.quarantine().rows.len(),
                        quarantine.rows.len(),
                        "{out}"
                    );
                }
            }
        }
    }
}

#[test]
fn two_runs_and_a_packed_input_give_the_same_bytes() {
    let scene = Scene::new();
    let input = small();
    let (_, policy) = &policies()[0];
    let once = scene.release(policy, &input, "once", How::default());
    let again = scene.release(policy, &input, "again", How::default());
    assert_eq!(once.files, again.files);

    // Two members, as `cat a.gz b.gz` makes them.
    let (front, back) = input.split_at(input.len() / 3);
    let mut packed = Vec::new();
    for part in [front, back] {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(part).unwrap();
        packed.extend(gzip.finish().unwrap());
    }
    let packed = scene.release(policy, &packed, "packed", How::default());
    assert_eq!(once.files, packed.files);
}

#[test]
fn an_input_cut_into_files_gives_the_same_bytes_where_rows_are_shuffled() {
    let scene = Scene::new();
    let input = small();
    let sheet = Sheet::csv(&input);
    let (_, policy) = &policies()[0];
    let whole = Sheet {
        unreadable: vec![],
        ..sheet.clone()
    };
    let mut parts = Vec::new();
    for (at, rows) in sheet.rows.chunks(400).enumerate() {
        let part = Sheet {
            rows: rows.to_vec(),
            ..sheet.clone()
        };
        parts.push(scene.write(&format!("part-{at}.csv"), part.to_csv()));
    }
    let one = scene.release(policy, &whole.to_csv(), "one", How::default());
    let many = scene.release_of(policy, &parts, "many", How::default());
    assert_eq!(one.files, many.files);
    parts.reverse();
    let backwards = scene.release_of(policy, &parts, "backwards", How::default());
    assert_eq!(one.files, backwards.files, "the order of the files shows");
}

#[test]
fn the_order_of_rows_and_of_columns_in_the_input_does_not_show() {
    let scene = Scene::new();
    let sheet = Sheet::csv(&small());
    let (_, policy) = &policies()[0];
    let one = scene.release(policy, &sheet.to_csv(), "one", How::default());

    let mut order: Vec<usize> = (0..sheet.header.len()).collect();
    order.reverse();
    order.swap(2, 9);
    let columns = scene.release(
        policy,
        &sheet.reordered(&order).to_csv(),
        "columns",
        How::default(),
    );
    assert_eq!(one.files, columns.files);

    let mut turned = sheet.clone();
    turned.rows.reverse();
    let rows = scene.release(policy, &turned.to_csv(), "rows", How::default());
    assert_eq!(one.files, rows.files, "the order of the input shows");
}

fn codes(release: &Release) -> HashSet<String> {
    let codes: HashSet<String> = release
        .extract()
        .column("id_number")
        .filter(|code| !code.is_empty())
        .map(str::to_owned)
        .collect();
    assert!(codes.len() > 500, "{}", codes.len());
    codes
}

#[test]
fn another_key_changes_every_code_and_nothing_else() {
    let scene = Scene::new();
    let input = small();
    let policy = policies::redact();
    let one = scene.release(&policy, &input, "one", How::default());
    let other = Key::read_from(
        format!(
            "offrecord-key-1:{}",
            "0123456789abcdef".repeat(4).replacen("01", "f7", 1)
        )
        .as_bytes(),
    );
    // The key of a test: 16 distinct bytes are asked of a real one.
    let other = other.unwrap_or_else(|_| Key::generate().unwrap());
    let how = How {
        key: &other,
        ..How::default()
    };
    let two = scene.release(&policy, &input, "two", how);
    assert!(codes(&one).is_disjoint(&codes(&two)));
    let (one, two) = (one.extract(), two.extract());
    assert_eq!(one.rows.len(), two.rows.len());
    let at = one.at("id_number");
    for (one, two) in one.rows.iter().zip(&two.rows) {
        assert_eq!(one[at].is_empty(), two[at].is_empty());
        for column in (0..one.len()).filter(|column| *column != at) {
            assert_eq!(one[column], two[column]);
        }
    }
}

#[test]
fn recipients_cannot_match_codes_or_places_of_rows() {
    let scene = Scene::new();
    let input = small();
    let policy = PARTY_REGISTER
        .replace("k     = 5", "k = 2")
        .replace(
            "[input]",
            "[recipients.partner-be]\nname = \"Example Partner\"\n[recipients.partner-nl]\nname = \"Other Example\"\n\n[input]",
        )
        // The examples hold codes of a policy without recipients.
        .split("# Run by `offrecord check`.")
        .next()
        .unwrap()
        .to_owned();
    let input = scene.write("register.csv", input);
    let how = How {
        recipients: Recipients::All,
        ..How::default()
    };
    let report = scene.run(&policy, std::slice::from_ref(&input), "all", how);
    if let Err(stop) = report {
        panic!("{}", crate::util::why(&stop));
    }
    let sheet = |name: &str| {
        let files = crate::util::tree(&scene.path("all").join(name));
        Sheet::csv(&files["extract.csv"])
    };
    let (be, nl) = (sheet("partner-be"), sheet("partner-nl"));
    let codes = |sheet: &Sheet| -> HashSet<String> {
        sheet
            .column("id_number")
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect()
    };
    assert!(codes(&be).len() > 300);
    assert!(codes(&be).is_disjoint(&codes(&nl)));
    // The same rows but for the code, in another order.
    let rest = |sheet: &Sheet| -> Vec<Vec<String>> {
        sheet.rows.iter().map(|row| row[1..].to_vec()).collect()
    };
    let (mut be, mut nl) = (rest(&be), rest(&nl));
    let same_place = be.iter().zip(&nl).filter(|(one, two)| one == two).count();
    assert!(
        same_place * 4 < be.len(),
        "{same_place} of {} in the same place",
        be.len()
    );
    be.sort();
    nl.sort();
    assert_eq!(be, nl);

    let how = How {
        recipients: Recipients::One("partner-be".into()),
        ..How::default()
    };
    let alone = scene.release_of(&policy, &[input], "alone", how);
    assert_eq!(
        alone.files,
        crate::util::tree(&scene.path("all").join("partner-be")),
        "one recipient alone gets the same bytes as among all"
    );
}
