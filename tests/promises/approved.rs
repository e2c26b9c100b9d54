//! What was approved is what runs and what is handed over: one changed byte of
//! the policy, of a file that it names, of the pack that was read, of the
//! approvals or of the manifest is seen. How many changes are tried: `OFFRECORD_MUTATIONS` (default 400).

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use offrecord::approve::{self, Said, Subject, Weighed};
use offrecord::key::approval::{self, Approval, Statement};
use offrecord::key::identity::hex;
use offrecord::plan::Plan;
use offrecord::policy::house::Strength;
use offrecord::policy::{self, HouseRules, Policy};
use offrecord::report::{self, Evidence, Lang};
use offrecord::verify::{self, Request, approval::standing};
use sha2::{Digest, Sha256};

use crate::util::random::Random;
use crate::util::{How, Scene, test_key};

const TODAY: Date = Date::constant(2026, 11, 23);

const HOUSE: &str =
    "[approvals]\nany = { strength = \"name\" }\nrelease = { strength = \"name\" }\n";

/// A policy that names a file of every sort.
const POLICY: &str = r#"# 说明: a comment that a lawyer may have read
policy  = "approved/extract"
version = 1
purpose = "Everything that a policy can name"

[grounds]
any = "Any ground"

[columns.member]
do     = "pseudonymise"
kind   = "exact"
domain = "person"
class  = "none"
ground = "any"
why    = "Counts each person once"

[columns.city]
do     = "generalise"
map    = "regions.csv"
ground = "any"
why    = "Where"

[columns.job]
do        = "generalise"
hierarchy = "jobs.csv"
level     = 1
ground    = "any"
why       = "What"

[[rows]]
do      = "withhold"
column  = "member"
in_list = "sources.txt"
ground  = "any"
why     = "Sources are protected"

[extract]
"#;

const FILES: [(&str, &str); 3] = [
    ("regions.csv", "value,general\nLille,north\nNantes,west\n"),
    (
        "jobs.csv",
        "baker,food,trade\nbutcher,food,trade\nclerk,office,service\n",
    ),
    ("sources.txt", "INVENTED-0000007\nINVENTED-0000011\n"),
];

fn mutations() -> usize {
    std::env::var("OFFRECORD_MUTATIONS")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(400)
}

/// The bytes with one of them another: changed, taken out or put in.
fn mutated(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = random.below(bytes.len());
    let other = (random.next() % 255 + 1) as u8;
    match random.below(4) {
        0 => drop(bytes.remove(at)),
        1 => bytes.insert(at, other),
        // One bit, as a disk does it.
        2 => bytes[at] ^= 1 << random.below(8),
        _ => bytes[at] = bytes[at].wrapping_add(other),
    }
    bytes
}

fn read(policy: &[u8], files: &[(&str, Vec<u8>)]) -> Option<Policy> {
    let text = std::str::from_utf8(policy).ok()?;
    let mut open = |name: &str| {
        let found = files.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, bytes)| bytes.clone())
            .ok_or_else(|| std::io::ErrorKind::NotFound.into())
    };
    policy::parse("policy.toml", text, &mut open).ok()
}

fn said() -> Said {
    Said {
        by: "Anna Beispiel, legal".to_owned(),
        on: TODAY,
        until: Date::constant(2026, 12, 31),
        strength: Strength::Name,
        note: "例 a note".to_owned(),
        pack: None,
        inputs: None,
        log_head: None,
        ledger_head: None,
    }
}

/// Whether a run would begin with these approvals.
fn weighed(policy: &Arc<Policy>, house: &HouseRules, approvals: &[Approval]) -> Weighed {
    let plan = Plan::compile(Arc::clone(policy), None, test_key())
        .unwrap_or_else(|problems| panic!("{problems:?}"));
    let subject = Subject {
        of: "policy",
        sha256: hex(&policy.identity),
        house: Some(house),
        today: TODAY,
        inputs: None,
    };
    let needed = approve::needed_for_run(&plan, Some(house));
    approve::weigh(&subject, &needed, approvals)
}

#[test]
fn one_changed_byte_of_a_policy_or_of_a_file_it_names_voids_its_approval() {
    let house = policy::parse_house("house-rules.toml", HOUSE).unwrap();
    let files: Vec<(&str, Vec<u8>)> = FILES
        .iter()
        .map(|(name, text)| (*name, text.as_bytes().to_vec()))
        .collect();
    let policy = Arc::new(read(POLICY.as_bytes(), &files).unwrap());
    let statement = approve::of_policy(&policy, Some(&house), said());
    let approvals = [Approval::new(statement, Some(approve::snapshot(&policy)))];
    assert!(weighed(&policy, &house, &approvals).enough());
    let mut random = Random::new(1);
    let (mut unread, mut void) = (0, 0);
    for _ in 0..mutations() {
        let mut text = POLICY.as_bytes().to_vec();
        let mut others = files.clone();
        let what = random.below(FILES.len() + 2);
        match others.get_mut(what) {
            Some((_, bytes)) => *bytes = mutated(bytes, &mut random),
            None => text = mutated(&text, &mut random),
        }
        // What cannot be read does not run either.
        let Some(changed) = read(&text, &others) else {
            unread += 1;
            continue;
        };
        assert_ne!(changed.identity, policy.identity);
        let changed = Arc::new(changed);
        if Plan::compile(Arc::clone(&changed), None, test_key()).is_err() {
            unread += 1;
            continue;
        }
        let weighed = weighed(&changed, &house, &approvals);
        assert!(!weighed.enough() && weighed.holds.is_empty());
        void += 1;
    }
    assert!(unread > 0 && void > 0, "both ways: {unread} {void}");
}

#[test]
fn one_changed_byte_of_a_pack_makes_it_no_pack_to_approve() {
    let files: Vec<(&str, Vec<u8>)> = FILES
        .iter()
        .map(|(name, text)| (*name, text.as_bytes().to_vec()))
        .collect();
    let policy = Arc::new(read(POLICY.as_bytes(), &files).unwrap());
    let plan = Plan::compile(Arc::clone(&policy), None, test_key()).unwrap();
    let pack = report::review(&plan, &Evidence::default(), Lang::Zh);
    let page = pack.html.into_bytes();
    let named = report::named(&page).unwrap();
    assert!(named.whole);
    assert_eq!(
        (named.pack, named.policy),
        (pack.id.clone(), hex(&policy.identity))
    );
    assert!(pack.sheet.contains(&pack.id));
    let mut random = Random::new(4);
    for _ in 0..mutations() {
        let changed = mutated(&page, &mut random);
        assert!(report::named(&changed).is_none_or(|named| !named.whole));
    }
    // Every byte of the identity itself, too.
    let text = String::from_utf8(page.clone()).unwrap();
    let places: Vec<usize> = text.match_indices(&pack.id).map(|(at, _)| at).collect();
    assert!(places.len() > 3);
    for at in places.iter().flat_map(|at| *at..*at + pack.id.len()) {
        let mut changed = page.clone();
        changed[at] ^= 1;
        assert!(report::named(&changed).is_none_or(|named| !named.whole));
    }
}

#[test]
fn one_changed_byte_of_a_file_of_approvals_makes_it_worth_nothing() {
    let house = policy::parse_house("house-rules.toml", HOUSE).unwrap();
    let files: Vec<(&str, Vec<u8>)> = FILES
        .iter()
        .map(|(name, text)| (*name, text.as_bytes().to_vec()))
        .collect();
    let policy = Arc::new(read(POLICY.as_bytes(), &files).unwrap());
    let one = |by: &str| {
        let mut said = said();
        said.by = by.to_owned();
        let statement = approve::of_policy(&policy, Some(&house), said);
        Approval::new(statement, Some(approve::snapshot(&policy)))
    };
    let bytes = approval::write(&[one("Anna Beispiel"), one("Bert Muster")]);
    let read = approval::read(&bytes).unwrap();
    assert!(weighed(&policy, &house, &read).enough());
    let mut random = Random::new(2);
    for _ in 0..mutations() {
        let changed = mutated(&bytes, &mut random);
        assert!(
            approval::read(&changed).is_err(),
            "{}",
            String::from_utf8_lossy(&changed)
        );
    }
}

/// Approves the finished release as `approve DIR` does.
fn approve_release(dir: &Path) {
    let manifest = std::fs::read(dir.join("manifest.json")).unwrap();
    let said = said();
    let statement = Statement {
        format: approval::STATEMENT.to_owned(),
        of: "release".to_owned(),
        name: "approved/extract".to_owned(),
        version: 1,
        recipient: None,
        sha256: hex(Sha256::digest(&manifest).as_slice()),
        house_rules: None,
        inputs: None,
        columns: String::new(),
        tool: approve::TOOL.to_owned(),
        pack: None,
        by: said.by,
        on: said.on.to_string(),
        until: said.until.to_string(),
        strength: said.strength.word().to_owned(),
        note: said.note,
        log_head: None,
        ledger_head: None,
    };
    let bytes = approval::write(&[Approval::new(statement, None)]);
    std::fs::write(verify::approval::beside(dir), bytes).unwrap();
}

#[test]
fn one_changed_byte_of_a_manifest_voids_the_approval_of_the_release() {
    let scene = Scene::new();
    for (name, text) in FILES {
        scene.write(name, text);
    }
    let mut input = "member,city,job\n".to_owned();
    for at in 0..30 {
        input.push_str(&format!("INVENTED-{at:07},Lille,baker\n"));
    }
    let release = scene.release(POLICY, input.as_bytes(), "out", How::default());
    assert!(!release.files.is_empty());
    let dir = scene.path("out");
    approve_release(&dir);
    let bytes = std::fs::read(dir.join("manifest.json")).unwrap();
    let held = |today| standing(&dir, &[], today).unwrap();
    assert!(held(TODAY).holds() && !held(TODAY).is_wrong());
    assert!(!held(Date::constant(2027, 1, 1)).holds());
    let mut random = Random::new(3);
    let mut by_the_check = 0;
    let tries = mutations();
    for at in 0..tries {
        let changed = mutated(&bytes, &mut random);
        std::fs::write(dir.join("manifest.json"), &changed).unwrap();
        let held = held(TODAY);
        assert!(!held.holds() && held.is_wrong(), "an approval still holds");
        // The check of the folder alone sees what contradicts the files.
        if at % 20 == 0 {
            let verdict = verify::verify(&Request::new(&dir));
            by_the_check += usize::from(!verdict.is_ok_and(|verdict| verdict.passed()));
        }
    }
    assert!(by_the_check > 0);
    std::fs::write(dir.join("manifest.json"), &bytes).unwrap();
    assert!(held(TODAY).holds());
    // And one changed byte of any other file contradicts the manifest.
    for name in ["extract.csv", "README.txt", "report.html", "dictionary.csv"] {
        let path = dir.join(name);
        let whole = std::fs::read(&path).unwrap();
        for _ in 0..(tries / 200).max(1) {
            std::fs::write(&path, mutated(&whole, &mut random)).unwrap();
            let verdict = verify::verify(&Request::new(&dir)).unwrap();
            assert!(!verdict.passed(), "{name}");
        }
        std::fs::write(&path, whole).unwrap();
    }
}
