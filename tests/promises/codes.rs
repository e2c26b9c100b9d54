//! Codes are those of the specification: a second implementation, in Python
//! and written from the specification alone, makes the same ones.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::util::policies::{self, INPUT_ORDER, PSEUDONYM, with_rest_dropped};
use crate::util::sheet::Sheet;
use crate::util::{How, Scene, register};

fn peer(arguments: &[&str], stdin: Stdio) -> Vec<u8> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer/codes.py");
    let done = Command::new("python3")
        .arg(script)
        .args(arguments)
        .stdin(stdin)
        .stderr(Stdio::inherit())
        .output()
        .unwrap_or_else(|error| {
            panic!("this test needs Python 3 as `python3` on the path, and it may not be left out: {error}")
        });
    assert!(done.status.success(), "the peer failed: {:?}", done.status);
    done.stdout
}

#[test]
fn the_peer_knows_the_known_answers_of_the_specification() {
    assert_eq!(peer(&["self-test"], Stdio::null()), b"ok\n");
}

#[test]
fn every_code_of_a_register_is_the_peers() {
    let register = register(6_000, 80, 31, 900);
    let mobile = "do = \"pseudonymise\"\nkind = \"phone\"\nregion = \"CN\"\ndomain = \"phone\"\ninvalid = \"withhold\"";
    let policy = policies::head("codes")
        + "[domains.phone]\nprefix = \"QX\"\nbits = 128\n\n"
        + &with_rest_dropped(&[
            (
                "member_id",
                "do = \"keep\"\npattern = \"INV[0-9]{7}\"\nclass = \"none\"",
            ),
            ("id_number", &format!("{PSEUDONYM}\ninvalid = \"withhold\"")),
            ("mobile", mobile),
        ])
        + INPUT_ORDER;
    let scene = Scene::new();
    let ours = scene
        .release(&policy, &register.bytes, "out", How::default())
        .extract();
    let input = std::fs::File::open(scene.path("out-input.csv")).unwrap();
    let theirs = peer(
        &[
            "register",
            "--project",
            "party-register",
            "--code",
            "id_number,cn-resident-id,person,P,80",
            "--code",
            "mobile,phone,phone,QX,128",
            "--missing",
            "",
            "NULL",
            "N/A",
            "无",
            "不详",
        ],
        Stdio::from(input),
    );
    let theirs = Sheet::csv(&theirs);
    // One record a readable record of the register, in its order.
    assert_eq!(theirs.rows.len(), register.sheet.rows.len());
    assert_eq!(ours.rows.len(), theirs.rows.len());
    let mut compared = 0;
    for (row, member) in register.sheet.column("member_id").enumerate() {
        assert_eq!(ours.get(row, "member_id"), member);
        for column in ["id_number", "mobile"] {
            // Where the peer says that the value does not fit its kind, ours is withheld.
            let their = theirs.get(row, column);
            let their = if their == "!" { "" } else { their };
            assert_eq!(ours.get(row, column), their, "{column} of {member}");
            compared += usize::from(!their.is_empty());
        }
    }
    assert!(compared > 10_000, "{compared}");
}
