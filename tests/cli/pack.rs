//! The reviewer's desk as a whole: every section of the pack says something,
//! nothing written into it becomes mark-up, and no paper on the desk holds a
//! value of the register.

use super::scene::Scene;
use crate::util::hunt::Hunter;
use crate::util::sheet::Sheet;

const SECTIONS: [&str; 20] = [
    "sheet",
    "purpose",
    "leaves",
    "index",
    "before",
    "risk",
    "text",
    "tables",
    "quality",
    "changes",
    "law",
    "keys",
    "rights",
    "exceptions",
    "residual",
    "incident",
    "dpia",
    "sign",
    "glossary",
    "limits",
];

/// Text between tags.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a reader of Office files finds: style and text of each paragraph. The
/// reader refuses what is no well-formed XML.
fn paragraphs(scene: &Scene, docx: &str) -> Vec<(String, String)> {
    let read = "import sys,json,zipfile,xml.etree.ElementTree as E\n\
        w='{http://schemas.openxmlformats.org/wordprocessingml/2006/main}'\n\
        z=zipfile.ZipFile(sys.argv[1])\n\
        [E.fromstring(z.read(n)) for n in z.namelist()]\n\
        d=E.fromstring(z.read('word/document.xml'))\n\
        assert not [e.tag for e in d.iter() if e.tag in (w+'hyperlink',w+'fldSimple',w+'instrText',w+'object',w+'drawing')]\n\
        s=lambda p:next((x.get(w+'val') for x in p.iter(w+'pStyle')),'')\n\
        print(json.dumps([[s(p),''.join(t.text or '' for t in p.iter(w+'t'))] for p in d.iter(w+'p')]))";
    let done = std::process::Command::new("python3")
        .args(["-c", read])
        .arg(scene.path(docx))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&done.stderr);
    serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{docx}: {error}"))
}

#[test]
fn every_section_of_the_pack_says_something_in_both_languages_and_both_forms() {
    let scene = Scene::new();
    for (lang, measured) in [("en", true), ("zh", true), ("en", false)] {
        let folder = format!("pack-{lang}-{measured}");
        let mut args = vec!["review", "policy.toml", "--out", &folder, "--lang", lang];
        if measured {
            args.extend(["--input", "register.csv"]);
        }
        scene.run(&args).code(0);
        let page = scene.text(&format!("{folder}/pack.html"));
        let mut from = 0;
        for id in SECTIONS {
            let start = page[from..]
                .find(&format!("<section aria-labelledby=\"{id}\""))
                .unwrap_or_else(|| panic!("{lang} {id}: missing, or not in its place"));
            from += start;
            let end = page[from..].find("</section>").unwrap();
            let body = page[from..from + end]
                .split_once("</h2>")
                .unwrap_or_else(|| panic!("{id}: no heading"))
                .1;
            let said = words(body);
            assert!(!said.is_empty(), "{lang} {id}: {said:?}");
        }
        assert_eq!(
            page.matches("<section aria-labelledby=").count(),
            SECTIONS.len()
        );
        let word = paragraphs(&scene, &format!("{folder}/pack.docx"));
        let heads: Vec<usize> = (0..word.len())
            .filter(|at| word[*at].0 == "Heading1")
            .collect();
        assert_eq!(heads.len(), SECTIONS.len(), "{lang}");
        for pair in heads.windows(2) {
            let body: String = word[pair[0] + 1..pair[1]]
                .iter()
                .map(|(_, text)| text.as_str())
                .collect();
            assert!(
                !body.trim().is_empty(),
                "{lang}: {:?} is empty",
                word[pair[0]]
            );
        }
    }
}

#[test]
fn what_a_policy_a_header_or_a_file_name_writes_never_becomes_mark_up() {
    let evil = "\"><img src=x onerror=alert(1)></style><script>alert(2)</script>]]>&";
    let quoted = toml::Value::String(evil.to_owned()).to_string();
    let scene = Scene::new();
    let policy = scene
        .text("policy.toml")
        .replace("\"Not needed\"", &quoted)
        .replace("\"A scene of the tests\"", &quoted)
        .replace("[columns.city]", &format!("[columns.{quoted}]"))
        .replace("city = \"Beijing\"", &format!("{quoted} = \"Beijing\""))
        .replace("\"Two cities\"", &format!("{quoted}\nas = {quoted}"));
    scene.file("evil.toml", policy);
    let register = scene.text("register.csv");
    let header = format!("member,name,\"{}\",birth_date\n", evil.replace('"', "\"\""));
    let rows = register.split_once('\n').unwrap().1;
    let file = "<img src=x onerror=alert(3)>.csv";
    scene.file(file, header + rows);
    scene
        .run(&["review", "evil.toml", "--input", file, "--out", "pack"])
        .code(0);
    let word = paragraphs(&scene, "pack/pack.docx");
    assert!(
        word.iter()
            .any(|(_, text)| text.contains("<img src=x onerror")),
        "shown as text"
    );
    let brief = scene
        .run(&["explain", "evil.toml", "--format", "html"])
        .code(0);
    scene.file("brief.html", &brief.out);
    scene
        .run(&["profile", file, "--html", "profile.html"])
        .code(0);
    scene
        .run(&["run", "evil.toml", file, "--key", "key", "--out", "o", "-q"])
        .code(0);
    scene.run(&["approve", "o", "--by", evil]).code(0);
    scene
        .run(&["bundle", "o", "--to", "partner", "--out", "p.zip"])
        .code(0);
    for page in [
        "pack/pack.html",
        "pack/decision-sheet.html",
        "brief.html",
        "profile.html",
        "o/report.html",
        "o.private/report.html",
    ] {
        let text = scene.text(page);
        for bad in ["<img", "<script>alert", "</style><script"] {
            assert!(!text.contains(bad), "{page}: {bad}");
        }
        assert!(text.contains("&lt;img"), "{page} leaves it out");
        assert!(
            !text.contains("src=\"http") && !text.contains("href=\"http"),
            "{page}"
        );
    }
    // Markdown: a tag is escaped, or stands in code.
    let brief = scene.run(&["explain", "evil.toml"]).code(0).out;
    let mut tags = 0;
    for tag in ["<script>", "<img"] {
        for (at, _) in brief.match_indices(tag) {
            let line = brief[..at].rsplit('\n').next().unwrap_or_default();
            let in_code = line.matches('`').count() % 2 == 1;
            assert!(line.ends_with('\\') || in_code, "{line}");
            tags += 1;
        }
    }
    assert!(tags > 0 || brief.contains("&lt;img"), "{brief}");
}

#[test]
fn no_paper_on_the_desk_holds_a_value_of_the_register() {
    let scene = Scene::empty();
    scene.run(&["demo", "--rows", "1500", "--dir", "d"]).code(0);
    let folder = scene.path("d");
    // Names are too short to be hunted without hits by chance.
    let mut hunter = Hunter::new();
    let register = Sheet::csv(&std::fs::read(folder.join("invented-register.csv")).unwrap());
    for column in ["member_id", "id_number", "mobile", "landline", "address"] {
        for value in register.column(column) {
            hunter.add(value);
        }
    }
    let truth = Sheet::csv(&std::fs::read(folder.join("invented-truth.csv")).unwrap());
    for row in 0..truth.rows.len() {
        let strict = matches!(truth.get(row, "kind"), "cn-resident-id" | "phone" | "email");
        if strict && matches!(truth.get(row, "what"), "own" | "member" | "outsider") {
            hunter.add(truth.get(row, "value"));
            hunter.add(truth.get(row, "form"));
        }
    }
    assert!(hunter.len() > 5000, "{}", hunter.len());
    let policy = "d/party-register.toml";
    let input = "d/invented-register.csv";
    let tighter = scene.text(policy).replacen("k = 5", "k = 9", 1);
    scene.file("d/tighter.toml", tighter);
    let mut said = String::new();
    let mut run = |args: &[&str]| {
        let done = scene.run(args);
        assert_eq!(done.code, 0, "{args:?}: {}", done.err);
        said.push_str(&done.out);
        said.push_str(&done.err);
    };
    for lang in ["en", "zh"] {
        let pack = format!("desk/pack-{lang}");
        std::fs::create_dir_all(scene.path("desk")).unwrap();
        run(&[
            "review", policy, "--input", input, "--out", &pack, "--lang", lang,
        ]);
        for format in ["md", "html", "json"] {
            run(&["explain", policy, "--format", format, "--lang", lang]);
        }
        for format in ["md", "html"] {
            run(&[
                "diff",
                policy,
                "d/tighter.toml",
                "--input",
                input,
                "--format",
                format,
                "--lang",
                lang,
            ]);
        }
    }
    run(&["profile", input, "--html", "desk/profile.html"]);
    run(&["check", policy, "--input", input]);
    run(&[
        "approve",
        policy,
        "--input",
        input,
        "--by",
        "Anna",
        "--pack",
        "desk/pack-en/pack.html",
    ]);
    run(&["approve", "d/release", "--by", "Anna"]);
    run(&[
        "bundle",
        "d/release",
        "--to",
        "partner",
        "--out",
        "desk/p.zip",
    ]);
    let log = scene
        .names()
        .into_iter()
        .find(|name| name.contains("custody") || name.ends_with(".log.jsonl"));
    run(&["log", "verify", &log.expect("a custody log")]);
    assert_eq!(hunter.places(said.as_bytes()), Vec::<String>::new());
    let unzip = |file: &str, to: &str| {
        let done = std::process::Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .args([scene.path(file), scene.path(to)])
            .status();
        assert!(done.unwrap().success());
    };
    unzip("desk/p.zip", "desk/bundle");
    unzip("desk/pack-en/pack.docx", "desk/word-en");
    unzip("desk/pack-zh/pack.docx", "desk/word-zh");
    let input_itself = [
        "d/invented-register.csv",
        "d/invented-truth.csv",
        "d/demo.key",
    ];
    let mut looked = 0;
    for name in scene.names() {
        if name.ends_with('/') || input_itself.contains(&name.as_str()) {
            continue;
        }
        let bytes = std::fs::read(scene.path(&name)).unwrap();
        looked += 1;
        assert_eq!(hunter.places(&bytes), Vec::<String>::new(), "{name}");
    }
    assert!(looked > 30, "{looked}");
    // The hunter sees what it should: the register itself is full of it.
    let raw = std::fs::read(folder.join("invented-register.csv")).unwrap();
    assert!(hunter.places(&raw).len() > 3000);
}
