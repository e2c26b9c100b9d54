//! What a broken treatment would let out, the check finds: one treatment after
//! the other is put out of order in a compiled plan, which still promises what
//! it promised, and the run is refused each time. All people are invented.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::kinds;
use crate::treat::{Keep, Reader, Treat};

const POLICY: &str = r#"
policy = "test/broken"
version = 1
purpose = "Each treatment once"

[subject]
column = "id"
domain = "person"

[domains.person]
prefix = "P"
bits = 80

[grounds]
g = "A ground"

[input]
rows = 100

[columns.id]
do = "pseudonymise"
kind = "cn-resident-id"
domain = "person"
ground = "g"
why = "w"

[columns.name]
do = "mask"
first = 1
last = 0
ground = "g"
why = "w"

[columns.born]
do = "generalise"
kind = "date"
to = "decade"
ground = "g"
why = "w"

[columns.joined]
do = "shift"
kind = "date"
by = "id"
within = 30
ground = "g"
why = "w"

[columns.phone]
do = "replace"
with = "a phone"
ground = "g"
why = "w"

[columns.level]
do = "keep"
values = ["A", "B"]
ground = "g"
why = "w"

[columns.notes]
do = "redact"
find = ["cn-resident-id", "phone", "own-row"]
region = "CN"
ground = "g"
why = "w"

[extract]
order = "input"
why = "w"
"#;

/// Records of people who do not exist: the area 910101 is none.
const RECORDS: &str = "id,name,born,joined,phone,level,notes\n\
    910101194912310022,Invented Adams,1949-12-31,1980-05-06,13800138000,A,call 13800138000\n\
    910101197503090014,Invented Brown,1975-03-09,1999-07-08,13900139000,B,see Invented Brown\n";

fn policy() -> Policy {
    let text = with_check_digits(POLICY);
    crate::policy::parse("policy.toml", &text, &mut |_| {
        Err(std::io::Error::from(std::io::ErrorKind::NotFound))
    })
    .unwrap()
}

/// The last digits of the invented numbers, computed.
fn with_check_digits(text: &str) -> String {
    ["910101194912310022", "910101197503090014"]
        .iter()
        .fold(text.to_owned(), |text, id| {
            let bytes: [u8; 18] = id.as_bytes().try_into().unwrap();
            let mut right: String = id.chars().take(17).collect();
            right.push(char::from(kinds::cn::check_digit(&bytes)));
            text.replace(id, &right)
        })
}

fn run_broken(folder: &Path, broken: Option<&str>) -> Result<(), Stop> {
    let input = folder.join("in.csv");
    std::fs::write(&input, with_check_digits(RECORDS)).unwrap();
    let out = folder.join("out");
    let interrupted = AtomicBool::new(false);
    let key = Key::test_key();
    let job = Job {
        policy: Arc::new(policy()),
        recipients: Recipients::Everybody,
        key: &key,
        inputs: vec![input],
        goal: Goal::Release(out.clone()),
        threads: NonZeroUsize::MIN,
        chunk_size: 1 << 16,
        house_rules: serde_json::Value::Null,
        approved: Default::default(),
        ledger: None,
        with: Vec::new(),
        interrupted: &interrupted,
        watch: &|_| {},
    };
    let mut plans = plans(&job)?;
    if let Some(name) = broken {
        let column = plans[0].columns.iter_mut().find(|c| c.name == name);
        let reader = Reader {
            kind: kinds::find("exact").unwrap(),
            options: kinds::KindOptions::default(),
        };
        column.unwrap().treat = Treat::Keep(Keep::kind(reader, 200));
    }
    let result = run_plans(&job, &plans).map(|_| ());
    assert_eq!(out.exists(), result.is_ok());
    result
}

#[test]
fn a_treatment_that_lets_values_through_is_caught_by_the_check_whichever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    assert!(run_broken(folder.path(), None).is_ok());
    // A date that was not moved looks like one that was: of dates only the
    // treatment's own tests can tell.
    for name in ["id", "name", "born", "phone", "notes"] {
        let folder = tempfile::tempdir().unwrap();
        match run_broken(folder.path(), Some(name)) {
            Err(stop) => assert_eq!(stop.code(), 3, "{name}"),
            Ok(()) => panic!("a broken treatment of {name} was not caught"),
        }
    }
}
