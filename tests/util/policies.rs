//! Policies as a user might write them, for the columns of the invented register.

use super::random::Random;

/// The shipped policy for the register.
pub(crate) const PARTY_REGISTER: &str = include_str!("../../policies/party-register.toml");

/// What stands before the columns.
pub(crate) fn head(name: &str) -> String {
    format!(
        "policy = \"party-register/{name}\"\nfamily = \"register-2016\"\nversion = 1\npurpose = \"A test on invented records\"\n\n\
         [input]\nmissing = [\"\", \"NULL\", \"N/A\", \"无\", \"不详\"]\nmax_bad = 0.02\n\n\
         [grounds]\nany = \"A test\"\n\n"
    )
}

/// A column's section; every rule has its ground and why.
pub(crate) fn column(name: &str, rule: &str) -> String {
    let bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let name = if bare {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    };
    format!("[columns.{name}]\n{rule}\nground = \"any\"\nwhy = \"Because a test asks for it\"\n\n")
}

/// Drops every column of the register but those given.
pub(crate) fn with_rest_dropped(rules: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, rule) in rules {
        text.push_str(&column(name, rule));
    }
    for name in offrecord::demo::COLUMNS {
        if rules.iter().all(|(ruled, _)| *ruled != name) {
            text.push_str(&column(name, drop_rule(name)));
        }
    }
    text
}

/// How a careful user drops a column: with its kind, so that its values are known for what they are.
pub(crate) fn drop_rule(name: &str) -> &'static str {
    match name {
        "id_number" => "do = \"drop\"\nkind = \"cn-resident-id\"",
        "mobile" | "landline" => "do = \"drop\"\nkind = \"phone\"\nregion = \"CN\"",
        "birth_date" | "joined_date" => "do = \"drop\"\nkind = \"date\"",
        _ => "do = \"drop\"",
    }
}

pub(crate) const PSEUDONYM: &str =
    "do = \"pseudonymise\"\nkind = \"cn-resident-id\"\ndomain = \"person\"\nclass = \"none\"";
pub(crate) const REDACT: &str = "do = \"redact\"\nfind = [\"cn-resident-id\", \"phone\", \"email\", \"own-row\"]\nregion = \"CN\"\nclass = \"none\"";
pub(crate) const INPUT_ORDER: &str =
    "[extract]\norder = \"input\"\nwhy = \"A test compares rows by their place\"\n";

/// Notes redacted, the ID coded, little else kept; input order.
pub(crate) fn redact() -> String {
    head("redact")
        + &with_rest_dropped(&[
            ("id_number", PSEUDONYM),
            ("sex", "do = \"keep\"\nvalues = [\"男\", \"女\"]"),
            (
                "birth_date",
                "do = \"generalise\"\nto = \"decade\"\ninvalid = \"withhold\"",
            ),
            ("city", "do = \"keep\"\nkind = \"text\"\nmax = 40"),
            ("notes", REDACT),
        ])
        + INPUT_ORDER
}

/// Pseudonymise and keep in input order: what streams.
pub(crate) fn streaming() -> String {
    let keep = "do = \"keep\"\nkind = \"text\"\ninvalid = \"withhold\"";
    head("streaming")
        + &with_rest_dropped(&[
            ("member_id", keep),
            ("sex", keep),
            ("ethnicity", keep),
            (
                "birth_date",
                "do = \"generalise\"\nto = \"year\"\ninvalid = \"withhold\"",
            ),
            (
                "id_number",
                &(PSEUDONYM.to_owned() + "\ninvalid = \"withhold\""),
            ),
            (
                "mobile",
                "do = \"pseudonymise\"\nkind = \"phone\"\nregion = \"CN\"\ndomain = \"phone\"\ninvalid = \"withhold\"",
            ),
            ("education", keep),
            ("sector", keep),
            ("employer", keep),
            ("branch", keep),
            ("city", keep),
            ("position", keep),
            (
                "joined_date",
                "do = \"keep\"\nkind = \"date\"\ninvalid = \"withhold\"",
            ),
        ])
        + INPUT_ORDER
}

/// What an honest policy protects, so that a hunter knows what must not be found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Honest {
    pub(crate) text: String,
    /// Columns whose raw values must not leave, and which are long enough to be hunted.
    pub(crate) hunted: Vec<&'static str>,
    /// Columns dropped from rows that tables name.
    pub(crate) in_tables: Vec<&'static str>,
    pub(crate) redacts_notes: bool,
    pub(crate) keeps_notes: bool,
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

fn invalid(random: &mut Random) -> &'static str {
    random.pick(&[
        "",
        "\ninvalid = \"withhold\"",
        "\ninvalid = \"quarantine\"",
        "\ninvalid = \"withhold\"",
    ])
}

/// An honest policy: every column of the register treated in some way that its
/// kind allows, free text redacted with everything that can be found or dropped.
pub(crate) fn honest(seed: u64) -> Honest {
    let mut random = Random::new(seed);
    let random = &mut random;
    let mut honest = Honest::default();
    let mut rules: Vec<(&'static str, String)> = Vec::new();
    let mut domains = String::new();
    for name in offrecord::demo::COLUMNS {
        let rule = one_rule(name, random, &mut honest, &mut domains);
        rules.push((name, rule));
    }
    // The order of sections is the order of the output.
    random.shuffle(&mut rules);
    let leaves = |rule: &str| !rule.contains("do = \"drop\"");
    if !rules.iter().any(|(_, rule)| leaves(rule)) {
        for (name, rule) in &mut rules {
            if *name == "sex" {
                *rule = "do = \"keep\"\nkind = \"text\"".to_owned();
            }
        }
    }
    let mut text = head(&format!("honest-{seed}"));
    if random.chance(70) {
        text.push_str("[subject]\ncolumn = \"id_number\"\n");
        if random.chance(40) {
            text.push_str("missing = \"exclude\"\n");
        }
        text.push('\n');
    }
    text.push_str(&domains);
    for (name, rule) in &rules {
        text.push_str(&column(name, rule));
    }
    if random.chance(25) {
        text.push_str("[[rows]]\ndo = \"withhold\"\ncolumn = \"sex\"\nmissing = true\nground = \"any\"\nwhy = \"Rows without a sex are not counted\"\n\n");
    }
    text.push_str(&extract(random));
    if let Some(table) = table(random, &rules, text.contains("[subject]")) {
        text.push_str(&table);
    }
    honest.text = text;
    honest
}

fn extract(random: &mut Random) -> String {
    let mut text = "[extract]\n".to_owned();
    if random.chance(60) {
        text.push_str("order = \"shuffled\"\n");
    } else {
        text.push_str("order = \"input\"\nwhy = \"A test compares rows\"\n");
    }
    if random.chance(35) {
        text.push_str("format = \"jsonl\"\n");
    } else if random.chance(20) {
        text.push_str("bom = true\n");
    }
    if random.chance(25) {
        text.push_str("part_rows = 333\n");
    }
    if random.chance(50) {
        let k = random.pick(&[2, 3, 5]);
        text.push_str(&format!(
            "[extract.risk]\nk = {k}\nsmall = \"withhold-rows\"\n"
        ));
    }
    text.push('\n');
    text
}

fn dropped(rules: &[(&'static str, String)], name: &str) -> bool {
    let mut rules = rules.iter().filter(|(ruled, _)| *ruled == name);
    rules.all(|(_, rule)| rule.contains("do = \"drop\""))
}

/// A table by one or two columns, at most one of which leaves in rows.
fn table(
    random: &mut Random,
    rules: &[(&'static str, String)],
    has_subject: bool,
) -> Option<String> {
    if random.chance(35) {
        return None;
    }
    let tabled: Vec<&str> = rules
        .iter()
        .filter(|(_, rule)| rule.contains("tables ="))
        .map(|(name, _)| *name)
        .collect();
    let shown: Vec<&str> = rules
        .iter()
        .filter(|(name, rule)| {
            matches!(*name, "sex" | "sector" | "city" | "education")
                && rule.contains("\"keep\"")
                && !rule.contains("tables =")
        })
        .map(|(name, _)| *name)
        .collect();
    let (dropped, banded): (Vec<&str>, Vec<&str>) =
        tabled.iter().partition(|name| dropped(rules, name));
    let first = *dropped.first()?;
    let second = match random.below(3) {
        0 => None,
        1 => dropped.get(1).or(banded.first()).copied(),
        _ => shown.first().copied(),
    };
    let by: Vec<String> = [Some(first), second]
        .iter()
        .flatten()
        .map(|name| format!("\"{name}\""))
        .collect();
    let count = match has_subject {
        true => random.pick(&["\"person\"", "\"records\"", "\"person\", \"records\""]),
        false => "\"person\"",
    };
    Some(format!(
        "[[tables]]\nname = \"counts\"\nby = [{}]\ncount = [{count}]\nmin = {}\nshow_withheld = {}\n",
        by.join(", "),
        random.pick(&[3, 5, 10]),
        random.chance(30),
    ))
}

fn one_rule(
    name: &'static str,
    random: &mut Random,
    honest: &mut Honest,
    domains: &mut String,
) -> String {
    let invalid = invalid(random);
    let mut hunted = |rule: &str| {
        honest.hunted.push(name);
        rule.to_owned()
    };
    match name {
        "member_id" => match random.below(5) {
            0 => hunted("do = \"drop\""),
            1 => hunted("do = \"pseudonymise\"\nkind = \"exact\"\ndomain = \"member\""),
            2 => hunted(
                "do = \"pseudonymise\"\nkind = \"text\"\ndomain = \"member\"\nas = \"member\"",
            ),
            3 => "do = \"keep\"\npattern = \"INV[0-9]{7}\"\nclass = \"none\"".to_owned(),
            _ => hunted("do = \"mask\"\nfirst = 3\nlast = 2"),
        },
        "name" => match random.below(4) {
            0 => "do = \"drop\"".to_owned(),
            1 => "do = \"pseudonymise\"\nkind = \"text\"\ndomain = \"name\"".to_owned(),
            2 => "do = \"replace\"\nwith = \"(name)\"".to_owned(),
            _ => format!("do = \"mask\"\nfirst = 1\nwith = \"＊\"{invalid}"),
        },
        "sex" => match random.below(4) {
            0 => "do = \"drop\"".to_owned(),
            1 => format!("do = \"keep\"\nvalues = [\"男\", \"女\"]{invalid}"),
            2 => {
                honest
                    .files
                    .push(("sexes.csv".into(), "value,general\n男,m\n女,f\n".into()));
                format!("do = \"generalise\"\nmap = \"sexes.csv\"{invalid}")
            }
            _ => format!("do = \"keep\"\nkind = \"text\"{invalid}"),
        },
        "ethnicity" | "education" => match random.below(4) {
            0 => "do = \"drop\"".to_owned(),
            1 => {
                honest.in_tables.push(name);
                "do = \"drop\"\ntables = \"keep\"".to_owned()
            }
            2 => format!("do = \"generalise\"\nprefix = 1\nkind = \"text\"{invalid}"),
            _ => format!("do = \"keep\"\nkind = \"text\"\nmax = 40{invalid}"),
        },
        "birth_date" => match random.below(8) {
            0 => "do = \"drop\"\nkind = \"date\"".to_owned(),
            1 => format!("do = \"generalise\"\nto = \"5-years\"\ntables = \"decade\"{invalid}"),
            2 => format!(
                "do = \"generalise\"\nto = \"{}\"{invalid}",
                random.pick(&["month", "quarter", "year", "7-years", "decade"])
            ),
            3 => format!("do = \"generalise\"\nbands = [0, 18, 30, 65]\nat = 2016-06-30{invalid}"),
            4 => format!(
                "do = \"generalise\"\nto = \"10-years\"\nat = 2016-06-30\nas = \"age\"{invalid}"
            ),
            5 => format!(
                "do = \"shift\"\nkind = \"date\"\nby = \"id_number\"\nwithin = 400{invalid}"
            ),
            6 => format!("do = \"keep\"\nkind = \"date\"{invalid}"),
            _ => "do = \"drop\"\nkind = \"date\"\ntables = \"decade\"\ninvalid = \"withhold\""
                .to_owned(),
        },
        "joined_date" => match random.below(4) {
            0 => "do = \"drop\"".to_owned(),
            1 => "do = \"drop\"\nkind = \"date\"".to_owned(),
            2 => format!("do = \"generalise\"\nto = \"day\"{invalid}"),
            _ => format!("do = \"generalise\"\nto = \"year\"\nas = \"joined\"{invalid}"),
        },
        // Its code is what a subject and shifted dates rest on.
        "id_number" => {
            if random.chance(30) {
                domains.push_str("[domains.person]\nprefix = \"QX\"\nbits = 128\n\n");
            }
            hunted(&format!(
                "do = \"pseudonymise\"\nkind = \"cn-resident-id\"\ndomain = \"person\"\nclass = \"none\"{invalid}"
            ))
        }
        "mobile" | "landline" => {
            let phone = "kind = \"phone\"\nregion = \"CN\"";
            match random.below(4) {
                0 => hunted(&format!("do = \"drop\"\n{phone}")),
                1 => hunted(&format!(
                    "do = \"pseudonymise\"\n{phone}\ndomain = \"phone\"{invalid}"
                )),
                2 => hunted(&format!("do = \"mask\"\nlast = 4\n{phone}{invalid}")),
                _ => hunted(&format!(
                    "do = \"generalise\"\nprefix = 6\n{phone}{invalid}"
                )),
            }
        }
        "address" => match random.below(4) {
            0 => hunted("do = \"drop\""),
            1 => hunted("do = \"replace\"\nwith = \"(address)\""),
            2 => hunted("do = \"generalise\"\nkind = \"text\"\nprefix = 3"),
            _ => hunted("do = \"pseudonymise\"\nkind = \"text\"\ndomain = \"home\""),
        },
        "sector" | "city" => match random.below(4) {
            0 => "do = \"drop\"".to_owned(),
            1 => {
                honest.in_tables.push(name);
                "do = \"drop\"\ntables = \"keep\"".to_owned()
            }
            _ => format!("do = \"keep\"\nkind = \"text\"\nmax = 60{invalid}"),
        },
        "employer" | "branch" => match random.below(5) {
            0 => "do = \"drop\"".to_owned(),
            1 | 2 => {
                honest.in_tables.push(name);
                "do = \"drop\"\ntables = \"keep\"".to_owned()
            }
            3 => format!("do = \"keep\"\nkind = \"text\"{invalid}"),
            _ => format!(
                "do = \"pseudonymise\"\nkind = \"text\"\ndomain = \"{name}\"\nclass = \"none\""
            ),
        },
        "position" => match random.below(3) {
            0 => "do = \"drop\"".to_owned(),
            1 => REDACT.replace("class = \"none\"", "class = \"sensitive\""),
            _ => format!("do = \"keep\"\nkind = \"text\"{invalid}"),
        },
        "notes" => {
            if random.chance(30) {
                return "do = \"drop\"".to_owned();
            }
            honest.redacts_notes = true;
            let label = random.pick(&["kind", "numbered"]);
            format!("{REDACT}\nlabel = \"{label}\"")
        }
        other => unreachable!("{other}"),
    }
}
