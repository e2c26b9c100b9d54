//! Claims about every generated text. All names and numbers are invented.

mod policies;

use std::collections::BTreeSet;
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::brief::document;
use super::{Audience, BriefFormat, Lang, html, markdown, private_documents, public_documents};
use crate::job::{Facts, Goal, Job, Recipients, run};
use crate::key::Key;
use crate::plan::Plan;
use crate::policy::{self, Policy};
use policies::{CHANGES, FULL, FULL_CHANGES, HOSTILE, RICH};

fn parse(text: &str) -> Policy {
    let mut files = |name: &str| match name {
        "regions.csv" => Ok(b"value,region\nNorthtown,north\nSouthport,south\n".to_vec()),
        "areas.csv" => Ok(b"Northtown,n1,n\nSouthport,s1,s\n".to_vec()),
        "watch.txt" => Ok(b"XX-000-1\nXX-000-2\n".to_vec()),
        "names.txt" => Ok("甲乙丙\n".as_bytes().to_vec()),
        "others.txt" => Ok("丁戊己\n".as_bytes().to_vec()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    match policy::parse("p.toml", text, &mut files) {
        Ok(policy) => policy,
        Err(errors) => panic!("{errors}"),
    }
}

fn plan(text: &str, recipient: Option<&str>) -> Plan {
    match Plan::compile(Arc::new(parse(text)), recipient, &Key::test_key()) {
        Ok(plan) => plan,
        Err(problems) => panic!("{}", problems[0].message),
    }
}

/// The brief in one form, without the words that take long to compute.
fn brief_in(plan: &Plan, lang: Lang, audience: Audience) -> String {
    markdown::write(&document(
        plan,
        lang,
        audience,
        "six words stand just right here",
    ))
}

/// Runs a policy over `rows` lines and gives what the documents are made of.
fn facts(policy: Policy, folder: &Path, input: &str, threads: usize) -> Facts {
    let path = folder.join("SECRET-INPUT-NAME.csv");
    std::fs::write(&path, input).unwrap();
    let key = Key::test_key();
    let job = Job {
        policy: Arc::new(policy),
        inputs: vec![path],
        key: &key,
        goal: Goal::Release(folder.join(format!("out-{threads}"))),
        recipients: Recipients::Everybody,
        threads: NonZeroUsize::new(threads).unwrap(),
        chunk_size: 1 << 16,
        house_rules: serde_json::json!({"origin": "built in", "min_cell": 10}),
        approved: Default::default(),
        ledger: None,
        with: Vec::new(),
        interrupted: &AtomicBool::new(false),
        watch: &|_| {},
    };
    match run(&job) {
        Ok(report) => report.releases.into_iter().next().unwrap(),
        Err(crate::job::Stop::Check { lines, .. }) => panic!("{lines:?}"),
        Err(stop) => panic!("{stop}"),
    }
}

/// An invented register of 400 people that fits [`policies::RUN`].
fn register() -> String {
    let mut out = String::from("id,=name,city,born,note,amount\n");
    for n in 0..400 {
        let city = ["Northtown", "Southport"][n % 2];
        let (month, day) = (1 + n % 12, 1 + n % 28);
        out.push_str(&format!(
            "QX-{:06},Example {},{city},{}-{month:02}-{day:02},=call example-{n}@mail.example,{}\n",
            n * 7919 % 1_000_003,
            n * 31 + 1_000_000,
            1960 + n % 20,
            n % 3
        ));
    }
    for n in 0..12 {
        out.push_str(&format!(
            "QX-90000{n},Example 1,Lonely,1901-01-01,nothing,1\n"
        ));
    }
    out
}

fn run_plan() -> Plan {
    plan(policies::RUN, None)
}

#[test]
fn every_catalogue_has_the_same_placeholders() {
    let holes = |text: &str| -> BTreeSet<String> {
        text.split('{')
            .skip(1)
            .map(|rest| rest.split_once('}').unwrap().0.to_owned())
            .collect()
    };
    let english = Lang::En.text().all();
    for lang in Lang::ALL {
        for ((name, text), (_, model)) in lang.text().all().into_iter().zip(&english) {
            assert_eq!(holes(text), holes(model), "{name} in {lang:?}");
            assert!(
                !text.is_empty() || name == "sentence_gap",
                "{name} in {lang:?}"
            );
        }
        assert_eq!(lang.text().months.split('|').count(), 12);
    }
}

#[test]
fn the_english_texts_read_at_grade_nine_or_lower() {
    let mut sentences = 0;
    let mut words = 0;
    let mut syllables = 0;
    for (_, text) in Lang::En.text().all() {
        let text = text.rsplit('|').next().unwrap();
        if text.split(' ').count() < 6 {
            continue;
        }
        sentences += text.trim_end_matches('.').matches(['.', ':', ';']).count() + 1;
        for word in text.split_whitespace() {
            words += 1;
            let vowels =
                |c: char| matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
            let groups = word
                .split(|c| !vowels(c))
                .filter(|group| !group.is_empty())
                .count();
            syllables += groups.max(1);
        }
    }
    // Flesch-Kincaid; silent letters are counted too, so that the true grade is lower.
    let (sentences, words, syllables) = (
        f64::from(sentences as u32),
        f64::from(words),
        syllables as f64,
    );
    let grade = 0.39 * words / sentences + 11.8 * syllables / words - 15.59;
    assert!(grade <= 9.0, "{grade}");
}

#[test]
fn every_rule_of_a_policy_has_its_sentence() {
    let without_identity = |text: &str| -> String {
        text.lines()
            .filter(|line| !line.contains("SHA-256"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    for (text, changes) in [(RICH, CHANGES), (FULL, FULL_CHANGES)] {
        let rich = plan(text, None);
        for lang in Lang::ALL {
            let before = without_identity(&brief_in(&rich, lang, Audience::Newsroom));
            let mut seen = std::collections::BTreeMap::new();
            for (from, to) in changes {
                assert!(text.contains(from), "the policy has no `{from}`");
                // A name is changed wherever it is used.
                let times = if from.contains('=') { 1 } else { usize::MAX };
                let changed = text.replacen(from, to, times);
                let after = brief_in(&plan(&changed, None), lang, Audience::Newsroom);
                let after = without_identity(&after);
                assert_ne!(before, after, "{lang:?}: `{from}` became `{to}`");
                if let Some(other) = seen.insert(after, to) {
                    panic!("{lang:?}: `{to}` and `{other}` read the same");
                }
            }
        }
    }
}

#[test]
fn what_sums_and_noise_are_held_to_is_told_to_the_newsroom_alone() {
    let full = plan(FULL, None);
    let newsroom = brief_in(&full, Lang::En, Audience::Newsroom);
    assert!(newsroom.contains("nobody may learn another’s part to within 12 percent"));
    let default = plan(&FULL.replace("p_percent = 12\n", ""), None);
    let text = brief_in(&default, Lang::En, Audience::Newsroom);
    assert!(text.contains("nobody may learn another’s part to within 10 percent"));
    let recipient = brief_in(&full, Lang::En, Audience::Recipient);
    assert!(recipient.contains("nobody’s part of it can be worked out closely"));
    assert!(!recipient.contains("12 percent"));
}

#[test]
fn sentences_say_what_the_rules_say() {
    let text = brief_in(&plan(RICH, None), Lang::En, Audience::Newsroom);
    for sentence in [
        "Becomes a code that begins with `P-`.",
        "Becomes the decade, such as `1970-1979`.",
        "Becomes the age on 1 January 2026 in bands of 10 years, such as `30 to 39`.",
        "Becomes one of these bands: `0 to <10`, `10 to <20` and `20 and over`.",
        "Becomes one of 2 broader values in the file `regions.csv`.",
        "Becomes one of 2 broader values at level 2 of the file `areas.csv`.",
        "Becomes its first 2 characters.",
        "The first 3 and the last 2 characters stay. The rest is covered with `*`",
        "The text leaves without phone numbers, e-mail addresses and the record’s own values.",
        "a label such as `[phone]`",
        "Every value becomes `X`.",
        "The date moves by a secret number of days, at most 30.",
        "Leaves as it is, if the whole value has the form `[A-Z]{2}`.",
        "Only records whose `sign` is `ZQ` or `ZR` leave.",
        "Records whose `amount` is from `5` to `9` do not leave.",
        "Records whose `id` stands in the list `watch.txt` do not leave.",
        "rows of at least 5 different people",
        "The table `by-kind` counts persons and records by `kind`.",
        "A figure leaves only if at least 10 persons stand behind it.",
        "31 March 2027",
        "The policy asks for one exception.",
    ] {
        assert!(text.contains(sentence), "{sentence}\n\n{text}");
    }
}

#[test]
fn the_list_of_protected_values_is_named_and_never_shown() {
    for lang in Lang::ALL {
        let text = brief_in(&plan(RICH, None), lang, Audience::Newsroom);
        assert!(text.contains("watch.txt") && !text.contains("XX-000-1"));
    }
}

#[test]
fn a_recipient_reads_nothing_of_other_recipients_or_of_limits() {
    let mine = plan(RICH, Some("first"));
    for lang in Lang::ALL {
        let text = brief_in(&mine, lang, Audience::Recipient);
        assert!(text.contains("First Partner"), "{text}");
        for hidden in [
            "second",
            "Second Partner",
            "ZQ",
            "watch.txt",
            "at least 5",
            "5 个",
            "10 ",
        ] {
            let outside: String = text
                .lines()
                .filter(|line| !line.contains("`born_age`") && !line.contains("`born_years`"))
                .filter(|line| !line.contains("`amount`") && !line.contains("`amount_exact`"))
                .collect();
            assert!(!outside.contains(hidden), "{lang:?}: `{hidden}` in\n{text}");
        }
    }
}

#[test]
fn examples_show_what_goes_in_and_what_comes_out() {
    let text = brief_in(&plan(RICH, None), Lang::En, Audience::Newsroom);
    assert!(
        text.contains("| `born` | `1975-03-09` | `1970-1979` |"),
        "{text}"
    );
    assert!(text.contains("the record is set aside"));
    let theirs = brief_in(&plan(RICH, Some("first")), Lang::En, Audience::Recipient);
    assert!(
        !theirs.contains("1975-03-09") && theirs.contains("| `born` | `1970-1979` |"),
        "{theirs}"
    );
}

#[test]
fn without_a_limit_every_document_says_so() {
    let plan = run_plan();
    assert!(brief_in(&plan, Lang::En, Audience::Newsroom).contains("Row risk is not limited."));
    let folder = tempfile::tempdir().unwrap();
    let facts = facts(parse(policies::RUN), folder.path(), &register(), 1);
    for name in ["README.txt", "report.html"] {
        let text = document_named(&public_documents(&plan, &facts), name);
        assert!(text.contains("Row risk is not limited."), "{name}");
    }
    let private = private_documents(&plan, &facts, &serde_json::Value::Null);
    assert!(document_named(&private, "report.html").contains("Row risk is not limited."));
}

fn document_named(documents: &[(String, Vec<u8>)], name: &str) -> String {
    let found = documents.iter().find(|(known, _)| known == name);
    String::from_utf8(found.unwrap().1.clone()).unwrap()
}

#[test]
fn public_documents_are_the_same_bytes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let plan = run_plan();
    let made: Vec<_> = [1, 3]
        .into_iter()
        .map(|threads| {
            let facts = facts(parse(policies::RUN), folder.path(), &register(), threads);
            public_documents(&plan, &facts)
        })
        .collect();
    assert_eq!(made[0], made[1]);
}

#[test]
fn public_documents_read_nothing_that_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let plan = run_plan();
    let mut facts = facts(parse(policies::RUN), folder.path(), &register(), 2);
    let before = public_documents(&plan, &facts);
    let all: String = before
        .iter()
        .map(|(name, _)| document_named(&before, name))
        .collect();
    let hash = crate::key::identity::hex(&facts.inputs[0].0);
    let path = folder.path().display().to_string();
    for private in [hash.as_str(), path.as_str(), "SECRET-INPUT-NAME", "Lonely"] {
        assert!(!all.contains(private), "{private}");
    }
    facts.inputs = vec![([7; 32], 1)];
    facts.verdict = None;
    facts.row_risk = None;
    facts.unreadable += 1;
    facts.balance.blank_lines += 1;
    facts.balance.withheld.insert("some reason".to_owned(), 3);
    facts
        .balance
        .quarantined
        .insert("some reason".to_owned(), 3);
    facts.staged_after *= 2;
    facts.checked_after *= 2;
    for column in &mut facts.balance.columns {
        column.missing += 1;
        column.withheld.insert("form".to_owned(), 2);
        column.found.insert("phone".to_owned(), 2);
        column.near_misses.insert("iban".to_owned(), 2);
    }
    for table in &mut facts.tables {
        table.table.withheld.primary += 1;
        table.table.withheld.persons += 1;
        table.min += 1;
    }
    assert_eq!(public_documents(&plan, &facts), before);
}

#[test]
fn dictionary_and_data_package_name_every_column_of_every_file_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let plan = run_plan();
    let facts = facts(parse(policies::RUN), folder.path(), &register(), 1);
    let documents = public_documents(&plan, &facts);
    let out = folder.path().join("out-1");
    let package: serde_json::Value =
        serde_json::from_str(&document_named(&documents, "datapackage.json")).unwrap();
    let dictionary = cells(&document_named(&documents, "dictionary.csv"));
    let mut listed = 0;
    for resource in package["resources"].as_array().unwrap() {
        let path = resource["path"].as_str().unwrap();
        let text = std::fs::read_to_string(out.join(path)).unwrap();
        let header = &cells(&text)[0];
        let fields: Vec<&str> = resource["schema"]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["name"].as_str().unwrap())
            .collect();
        assert_eq!(&fields, header, "{path}");
        assert_eq!(resource["bytes"], text.len());
        let lines: Vec<&String> = dictionary
            .iter()
            .filter(|line| line[0] == path)
            .map(|line| &line[1])
            .collect();
        assert_eq!(lines, fields, "{path}");
        listed += lines.len();
    }
    assert_eq!(
        listed + 1,
        dictionary.len(),
        "the dictionary lists nothing else"
    );
    assert!(dictionary.iter().all(|line| line.len() == 7));
    assert!(dictionary.iter().any(|line| line[1] == "'=label"));
}

/// A CSV file as its writer meant it, for files of our own.
fn cells(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let row = rows.last_mut().unwrap();
        let cell = row.last_mut().unwrap();
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => cell.push(c),
        }
    }
    rows.pop();
    rows
}

#[test]
fn the_internal_report_gives_every_count_by_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let plan = run_plan();
    let facts = facts(parse(policies::RUN), folder.path(), &register(), 1);
    let record = serde_json::json!({
        "finished_at": "2031-01-02T03:04:05Z",
        "inputs": [{"path": "/leak/members.csv"}],
        "house_rules": {"origin": "house-rules.toml", "min_cell": 10},
        "threads": 2,
    });
    let documents = private_documents(&plan, &facts, &record);
    let text = document_named(&documents, "report.html");
    for said in [
        "2031-01-02T03:04:05Z",
        "/leak/members.csv",
        "house-rules.toml",
        "Rule 1: ",
        "Withheld for their size",
        "searches; it does not prove",
        &crate::key::identity::hex(&facts.inputs[0].0),
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    assert_eq!(
        document_named(&documents, "run.json"),
        format!("{record:#}\n"),
    );
}

#[test]
fn the_internal_report_shows_tables_to_read_and_what_proves_them() {
    let text = |policy: &str, rows: &str| {
        let folder = tempfile::tempdir().unwrap();
        let facts = facts(parse(policy), folder.path(), rows, 1);
        let plan = Plan::compile(Arc::new(parse(policy)), None, &Key::test_key());
        let plan = plan.unwrap_or_else(|_| panic!("a plan"));
        let documents = private_documents(&plan, &facts, &serde_json::json!({}));
        (document_named(&documents, "report.html"), facts)
    };
    // Two columns: each published figure stands in its row, under its column.
    let two = policies::RUN
        .replace(
            "[columns.city]\ndo = \"keep\"\nkind = \"text\"",
            "[columns.city]\ndo = \"drop\"\ntables = \"keep\"",
        )
        .replace("by = [\"amount\"]", "by = [\"amount\", \"city\"]")
        .replace("min = 10", "min = 3");
    let mut rows = String::from("id,=name,city,born,note,amount\n");
    for at in 0..400 {
        let city = ["Northtown", "Southport", "Westham"][at % 7 % 3];
        let small = at > 396;
        let city = if small { "Eastby" } else { city };
        rows.push_str(&format!(
            "P{at},Nobody,{city},1970-01-01,,{}\n",
            at % 5 * 10
        ));
    }
    let (page, facts) = text(&two, &rows);
    let table = &facts.tables[0].table;
    let open: Vec<_> = table
        .rows
        .iter()
        .filter(|row| row.status == crate::release::table::Status::Published)
        .collect();
    assert!(open.len() > 10, "{}", open.len());
    for row in &open {
        let (side, head) = (&row.labels[0], &row.labels[1]);
        let line = page
            .split("<tr role=\"row\">")
            .find(|line| {
                line.contains(&format!(
                    "rowheader\"><code class=\"short\" translate=\"no\"><bdi>{side}</bdi></code>"
                ))
            })
            .unwrap_or_else(|| panic!("no row of {side}"));
        let cell = format!("data-head=\"{head}\">{}</td>", row.figures[0]);
        assert!(line.contains(&cell), "{side} {head}: {cell}\n{line}");
    }
    for said in [
        "<div class=\"grid\" role=\"region\" tabindex=\"0\"",
        "A dot stands where nothing is published",
        "Narrowest interval",
        "Witness tables",
        "too-few",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    assert!(!page.contains("More than half"));
    // Too small everywhere: the page says what to publish instead.
    let (page, _) = text(&two.replace("min = 3", "min = 60"), &rows);
    assert!(page.contains("More than half of"), "{page}");
}

#[test]
fn house_rules_that_were_switched_off_stand_on_the_first_page() {
    let folder = tempfile::tempdir().unwrap();
    let plan = run_plan();
    let facts = facts(parse(policies::RUN), folder.path(), &register(), 1);
    let said = |record: serde_json::Value| {
        let documents = private_documents(&plan, &facts, &record);
        document_named(&documents, "report.html").contains("House rules were switched off")
    };
    let off = serde_json::json!({"house_rules": {"origin": "switched off by --no-house-rules"}});
    let on = serde_json::json!({"house_rules": {"origin": "house-rules.toml", "sha256": "00ff"}});
    assert!(said(off) && !said(on));
}

#[test]
fn words_that_promise_too_much_stand_nowhere() {
    let mut texts: Vec<(String, String)> = Vec::new();
    for lang in Lang::ALL {
        for (name, text) in lang.text().all() {
            texts.push((format!("{lang:?} {name}"), text.to_owned()));
        }
        for audience in [Audience::Newsroom, Audience::Recipient] {
            let doc = document(&plan(RICH, Some("first")), lang, audience, "");
            texts.push(("brief".to_owned(), html::write(&doc)));
            texts.push((
                "brief".to_owned(),
                format!("{}", doc.to_json("f", serde_json::Value::Null)),
            ));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let plan = run_plan();
    let facts = facts(parse(policies::RUN), folder.path(), &register(), 1);
    let record = serde_json::Value::Null;
    for (name, bytes) in public_documents(&plan, &facts)
        .into_iter()
        .chain(private_documents(&plan, &facts, &record))
    {
        texts.push((name, String::from_utf8(bytes).unwrap()));
    }
    for (name, text) in texts {
        // The one word of the content security policy that the browser needs.
        let text = text.to_lowercase().replace("'unsafe-inline'", "");
        for word in [
            "anonym",
            "safe",
            "de-identif",
            "deidentif",
            "complian",
            "匿名",
        ] {
            assert!(!text.contains(word), "{word} in {name}");
        }
    }
}

/// Markdown without its code spans and without escaped characters.
fn outside_code(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            if c == '\\' {
                rest = rest.get(1..).unwrap();
                rest = rest
                    .get(rest.chars().next().map_or(0, char::len_utf8)..)
                    .unwrap();
                continue;
            }
            if c == '`' {
                let ticks = rest.len() - rest.trim_start_matches('`').len();
                let (fence, after) = rest.split_at(ticks);
                let end = after
                    .find(fence)
                    .expect("a code span is closed on its line");
                rest = after.get(end + ticks..).unwrap();
                continue;
            }
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap();
        }
        out.push('\n');
    }
    out
}

#[test]
fn text_of_a_policy_is_inert_in_every_form() {
    let hostile = plan(HOSTILE, None);
    for lang in Lang::ALL {
        let doc = document(&hostile, lang, Audience::Newsroom, "");
        let page = html::write(&doc);
        let tags: BTreeSet<&str> = page
            .split('<')
            .skip(1)
            .map(|rest| {
                rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '!' && c != '/')
                    .next()
                    .unwrap()
            })
            .map(|tag| tag.trim_start_matches('/'))
            .collect();
        let ours = [
            "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "header", "p", "h1",
            "h2", "main", "section", "footer", "dl", "div", "dt", "dd", "ul", "li", "table",
            "caption", "thead", "tbody", "tr", "th", "td", "small", "code", "bdi",
        ];
        assert!(tags.is_subset(&ours.into()), "{tags:?}");
        assert!(!page.contains("javascript:alert") || !page.contains("href=\"javascript"));
        let text = markdown::write(&doc);
        for inert in ["<script", "<img", "](http", "![", "http://"] {
            let outside = outside_code(&text);
            assert!(!outside.contains(inert), "{inert} in\n{text}");
        }
        let json = doc.to_json("f", serde_json::Value::Null).to_string();
        for text in [&page, &text, &json] {
            let hidden = text
                .chars()
                .find(|c| *c != '\n' && policy::error::is_hidden(*c));
            assert_eq!(hidden, None);
        }
    }
}

#[test]
fn text_of_a_policy_is_inert_in_the_documents_of_a_release() {
    let folder = tempfile::tempdir().unwrap();
    let mut input = String::from("\"=cmd|'/c calc'!A0\",\"<script>alert(1)</script>\"\n");
    for n in 0..30 {
        input.push_str(&format!("x,EX-{n}\n"));
    }
    let facts = facts(parse(HOSTILE), folder.path(), &input, 1);
    let plan = plan(HOSTILE, None);
    let documents = public_documents(&plan, &facts);
    let private = private_documents(
        &plan,
        &facts,
        &serde_json::json!({"house_rules": {"<b>": "<i>"}}),
    );
    for (name, bytes) in documents.iter().chain(&private) {
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(
            !text
                .chars()
                .any(|c| c != '\n' && policy::error::is_hidden(c)),
            "{name}"
        );
        if name.ends_with(".html") {
            assert!(
                !text.contains("<script") && !text.contains("<img") && !text.contains("<i>"),
                "{name}"
            );
        }
    }
    let dictionary = cells(&document_named(&documents, "dictionary.csv"));
    for cell in dictionary.iter().flatten() {
        assert!(
            !crate::job::would_run(cell),
            "a spreadsheet would run a cell of the dictionary"
        );
    }
}

#[test]
fn pages_load_nothing_and_tables_have_captions_and_heads() {
    let folder = tempfile::tempdir().unwrap();
    let plan = run_plan();
    let facts = facts(parse(policies::RUN), folder.path(), &register(), 1);
    let mut pages = vec![html::write(&document(
        &plan,
        Lang::Zh,
        Audience::Newsroom,
        "",
    ))];
    pages.push(document_named(
        &public_documents(&plan, &facts),
        "report.html",
    ));
    let record = serde_json::Value::Null;
    pages.push(document_named(
        &private_documents(&plan, &facts, &record),
        "report.html",
    ));
    for page in pages {
        assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
        for outside in [
            "http:", "https:", "src=", "url(", "@import", "<script", "onload",
        ] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("<html lang=\""));
        for table in page.split("<table").skip(1) {
            assert!(table.contains("<caption>") && table.contains("scope=\"col\""));
            assert!(table.contains("scope=\"row\""));
        }
        let ids: Vec<&str> = page
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let different: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), different.len());
    }
}

#[test]
fn the_brief_of_every_shipped_policy_can_be_written_in_every_form() {
    for name in ["party-register", "health-incidents", "procurement"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("policies/{name}.toml"));
        let policy = Arc::new(policy::read(&path).unwrap());
        let plan = Plan::compile(policy, None, &Key::test_key())
            .map_err(|_| ())
            .unwrap();
        for lang in Lang::ALL {
            let text = brief_in(&plan, lang, Audience::Newsroom);
            for column in &plan.policy.columns {
                assert!(text.contains(&format!("`{}`", column.name.value)), "{name}");
            }
        }
    }
}

#[test]
fn a_brief_bears_the_six_words_of_its_policy() {
    let plan = run_plan();
    let text = super::brief(&plan, Lang::En, BriefFormat::Json, Audience::Newsroom);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["format"], "offrecord-brief-1");
    let words = crate::key::words::six_words(&plan.policy.identity).join(" ");
    assert_eq!(json["policy"]["words"], words);
    assert!(text.ends_with('\n'));
}
