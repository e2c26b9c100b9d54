//! The pack for a lawyer and the zip for a recipient: nothing raw in them,
//! nothing that runs.

use super::scene::Scene;

/// Identifiers and names of the register that stand in a text.
fn raw(scene: &Scene, text: &str) -> Vec<String> {
    scene
        .text("register.csv")
        .lines()
        .skip(1)
        .flat_map(|line| {
            line.split(',')
                .take(2)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|value| value.len() > 5 && text.contains(value))
        .collect()
}

#[test]
fn the_pack_measures_and_holds_no_value_of_the_register() {
    let scene = Scene::new();
    let json = scene
        .run(&[
            "review",
            "policy.toml",
            "--input",
            "register.csv",
            "--out",
            "pack",
            "--json",
        ])
        .code(0)
        .json();
    assert_eq!(json["verdict"], "ready with conditions");
    let page = scene.text("pack/pack.html");
    for id in [
        "sheet", "index", "risk", "keys", "changes", "sign", "limits",
    ] {
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert!(page.contains("<svg") && page.contains("Row risk is not limited"));
    assert_eq!(raw(&scene, &page), Vec::<String>::new());
    let sheet = scene.text("pack/decision-sheet.html");
    assert_eq!(raw(&scene, &sheet), Vec::<String>::new());
    assert!(!sheet.contains("<script"));
    let word = std::fs::read(scene.path("pack/pack.docx")).unwrap();
    assert!(word.starts_with(b"PK\x03\x04") && word.len() > 2000);
    assert!(!scene.names().iter().any(|name| name.contains(".offrecord")));
    // An approval names the pack, and a pack of another policy is refused.
    let approve = |pack: &str| {
        let words = ["approve", "policy.toml", "--any-input", "--by", "Anna"];
        scene.run(&[&words[..], &["--pack", pack]].concat())
    };
    approve("pack/pack.html").code(0);
    assert!(
        scene
            .text("policy.approvals.json")
            .contains(json["pack"].as_str().unwrap())
    );
    // So is one whose page was changed, by a browser that saved it or by anybody.
    scene.file("saved.html", page.replace("no limit", "a limit") + " ");
    approve("saved.html")
        .code(5)
        .says("saved.html is not as it was written")
        .says_next();
    let policy = scene.text("policy.toml");
    scene.file("policy.toml", format!("{policy}\n# changed\n"));
    approve("pack/pack.html").code(5).says("another policy");
}

#[test]
fn a_pack_without_an_input_says_what_was_not_measured() {
    let scene = Scene::new();
    scene
        .run(&["review", "policy.toml", "--out", "pack", "--lang", "zh"])
        .code(0);
    let page = scene.text("pack/pack.html");
    assert!(page.contains("未测量") && page.contains("lang=\"zh-Hans\""));
    scene
        .run(&["review", "policy.toml", "--out", "pack"])
        .code(2)
        .says("exists");
}

#[test]
fn a_bundle_asks_for_the_approval_of_the_finished_release() {
    let scene = Scene::new();
    scene
        .run(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "o",
            "-q",
        ])
        .code(0);
    let bundle = ["bundle", "o", "--to", "partner", "--out", "p.zip"];
    scene.run(&bundle).code(5).says("not approved");
    assert!(!scene.path("p.zip").exists());
    scene.run(&["approve", "o", "--by", "Anna"]).code(0);
    scene.run(&bundle).code(0).says("NOT ENCRYPTED");
    let list = std::process::Command::new("python3")
        .args(["-m", "zipfile", "-e", "p.zip", "got"])
        .current_dir(scene.path("o").parent().unwrap())
        .output()
        .unwrap();
    assert!(list.status.success());
    for name in ["check.html", "terms.txt", "release/manifest.json"] {
        let text = scene.text(&format!("got/{name}"));
        assert!(!text.is_empty());
        assert_eq!(raw(&scene, &text), Vec::<String>::new());
    }
    let done = scene.run(&["verify", "got/release", "--approved"]);
    assert!(done.err.contains("Approved by Anna"), "{}", done.err);
    scene.run(&["log", "verify"]).code(0);
    let extract = scene.text("o/extract.csv");
    scene.file("o/extract.csv", extract.replacen("Beijing", "Shanghai", 1));
    let again = scene.run(&["bundle", "o", "--to", "partner", "--out", "q.zip"]);
    assert_ne!(again.code, 0);
    assert!(!scene.path("q.zip").exists());
}

#[test]
fn the_manifest_in_a_bundle_can_carry_a_signature_that_others_tools_check() {
    let scene = Scene::new();
    let folder = scene.path("o").parent().unwrap().to_owned();
    let tool = |program: &str, args: &[&str], stdin: &[u8]| {
        let mut child = std::process::Command::new(program)
            .args(args)
            .current_dir(&folder)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), stdin).unwrap();
        child.wait().unwrap().success()
    };
    let keygen = |args: &[&str], stdin: &[u8]| tool("ssh-keygen", args, stdin);
    assert!(keygen(
        &[
            "-q", "-t", "ed25519", "-N", "", "-C", "invented", "-f", "anna"
        ],
        b""
    ));
    scene
        .run(&[
            "run",
            "policy.toml",
            "register.csv",
            "--key",
            "key",
            "--out",
            "o",
            "-q",
        ])
        .code(0);
    scene.run(&["approve", "o", "--by", "Anna"]).code(0);
    let bundle = |more: &[&str]| {
        let args = [
            &["bundle", "o", "--to", "partner", "--out", "p.zip"][..],
            more,
        ];
        scene.run(&args.concat())
    };
    bundle(&["--dsse-message", "m.pae"]).code(0);
    let manifest = scene.text("o/manifest.json");
    let message = format!(
        "DSSEv1 28 application/vnd.in-toto+json {} {manifest}",
        manifest.len()
    );
    assert_eq!(scene.text("m.pae"), message);
    // Signed for another purpose, it is refused.
    assert!(keygen(
        &[
            "-q",
            "-Y",
            "sign",
            "-n",
            "offrecord-approval",
            "-f",
            "anna",
            "m.pae"
        ],
        b""
    ));
    bundle(&["--dsse-signature", "m.pae.sig"]).code(5);
    std::fs::remove_file(scene.path("m.pae.sig")).unwrap();
    assert!(keygen(
        &[
            "-q",
            "-Y",
            "sign",
            "-n",
            "offrecord-manifest",
            "-f",
            "anna",
            "m.pae"
        ],
        b""
    ));
    bundle(&["--dsse-signature", "m.pae.sig"]).code(0);
    // Outside: unpacked, the envelope's parts put together, checked by OpenSSH.
    let unpack = "import base64,json,zipfile\n\
        z=zipfile.ZipFile('p.zip');e=json.loads(z.read('manifest.dsse.json'))\n\
        p=base64.b64decode(e['payload']);t=e['payloadType'].encode()\n\
        assert p==z.read('release/manifest.json')\n\
        open('pae','wb').write(b'DSSEv1 %d %s %d '%(len(t),t,len(p))+p)\n\
        s=base64.b64encode(base64.b64decode(e['signatures'][0]['sig'])).decode()\n\
        open('sig','w').write('-----BEGIN SSH SIGNATURE-----\\n'+s+'\\n-----END SSH SIGNATURE-----\\n')";
    assert!(tool("python3", &["-c", unpack], b""));
    scene.file("allowed", format!("anna {}", scene.text("anna.pub")));
    let check = [
        "-Y",
        "verify",
        "-f",
        "allowed",
        "-I",
        "anna",
        "-n",
        "offrecord-manifest",
        "-s",
        "sig",
    ];
    let pae = scene.text("pae");
    assert!(keygen(&check, pae.as_bytes()));
    assert!(!keygen(&check, pae.replacen('a', "b", 1).as_bytes()));
}

#[test]
fn the_pack_says_what_a_profile_saw_and_answers_for_each_column() {
    // Resident IDs of nobody: in the last part of the file every check digit is wrong.
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let id = |at: usize, right: bool| {
        let body = format!("110105{:04}0312{:03}", 1930 + at % 70, at % 1000);
        let sum: usize = body
            .bytes()
            .zip(weights)
            .map(|(digit, weight)| usize::from(digit - b'0') * weight)
            .sum();
        let check = (12 - sum % 11 + usize::from(!right)) % 11;
        format!("{body}{}", b"0123456789X"[check] as char)
    };
    // Invented names: a family name and two signs for counting.
    let signs: Vec<char> = "王李张刘陈杨赵甲乙丙丁戊己庚辛壬癸".chars().collect();
    let mut text = String::from("member,name,city,birth_date,id_number,nothing,notes,job\n");
    for at in 0..80_000 {
        let birth = format!("{}-03-12", 1930 + at % 70);
        let city = if at % 3 == 0 { "Beijing" } else { "Shanghai" };
        text.push_str(&format!(
            "INVENTED-{at:07},{}{}{},{city},{birth},{},,\"came on a day, wrote from nobody{at}@example.org and left again\",post {}\n",
            signs[at % 7],
            signs[7 + at % 10],
            signs[7 + at / 10 % 10],
            id(at, at < 70_000 && at % 97 != 0),
            at % 9_000,
        ));
    }
    let scene = Scene::new();
    scene.file("register.csv", &text);
    let more: String = ["id_number", "nothing", "notes", "job"]
        .iter()
        .map(|name| {
            let kind = if *name == "id_number" { "kind = \"cn-resident-id\"\n" } else { "" };
            format!("[columns.{name}]\ndo = \"drop\"\n{kind}ground = \"direct\"\nwhy = \"Not needed\"\ninvalid = \"withhold\"\n\n")
        })
        .collect();
    let more = more.replace("\ninvalid = \"withhold\"", "");
    let policy = scene.text("policy.toml");
    scene.file(
        "policy.toml",
        policy.replace("[columns.city]", &format!("{more}[columns.city]")),
    );
    let run = ["review", "policy.toml", "--input", "register.csv", "--out"];
    scene.run(&[&run[..], &["pack"]].concat()).code(0);
    let page = scene.text("pack/pack.html");
    for words in [
        // Signs: the blocks are looked into first, though the column does not leave.
        "Check digits fail together in parts of the file",
        "1 sign in the raw file to look into first",
        "Among these are signs that records may have been invented",
        // An answer for each column, by what is in it.
        "half a name still points at people",
        "There is nothing in it.",
        "80,000 cells hold identifiers",
        " different values in 80,000 cells. A map to broader ones, or totals.",
        "Yes: a keyed code",
        "If nobody must be counted by it, it could stay.",
    ] {
        assert!(page.contains(words), "no {words:?}");
    }
    assert_eq!(raw(&scene, &page).len(), 0);
    // The same file, whole: no sign of origin is said as such.
    let good = text.lines().take(20_000).collect::<Vec<_>>().join("\n");
    scene.file("register.csv", good);
    scene
        .run(&[&run[..], &["second", "--lang", "zh"]].concat())
        .code(0);
    let page = scene.text("second/pack.html");
    assert!(page.contains("没有看到记录被编造、植入或为追踪泄露而标记的迹象"));
    assert!(!page.contains("校验位集中出错"));
}
