//! The words of the language: the keys of every section, the words that are
//! reserved and refused by name until they are built, and the nearest word to
//! a misspelt one.
//!
//! May not know what a word does: that is `parse` and the rooms that run it.

/// Kinds of a column that text is not searched for.
const COLUMN_ONLY: &[&str] = &[
    "exact",
    "text",
    "number",
    "date",
    "cn-division",
    "cn-landline",
];

/// Kinds of a column that text is searched for too. `plan` tests that the
/// registry of kinds holds exactly these.
const FOUND: &[&str] = &[
    "phone",
    "email",
    "cn-resident-id",
    "cn-address",
    "cn-plate",
    "wechat",
    "url",
    "ip",
    "mac",
    "coordinates",
    "telegram",
    "vk",
    "cn-foreign-id",
    "cn-hmt-residence",
    "cn-hk-macau-permit",
    "cn-taiwan-permit",
    "cn-exit-permit",
    "cn-passport",
    "cn-uscc",
    "cn-org-code",
    "cn-bank-card",
    "cn-postcode",
    "qq",
    "hk-id",
    "mo-id",
    "tw-id",
    "tw-ubn",
    "iban",
    "bic",
    "payment-card",
    "lei",
    "passport",
    "mrz",
    "imei",
    "vin",
    "gb-postcode",
    "us-zip",
    "jp-my-number",
    "kr-rrn",
    "kr-brn",
    "sg-nric",
    "my-nric",
    "th-pin",
    "vn-cccd",
    "id-nik",
    "id-kk",
    "id-npwp",
    "ph-philsys",
    "ph-sss",
    "ph-tin",
    "in-aadhaar",
    "in-pan",
    "in-epic",
    "in-gstin",
    "pk-cnic",
    "bd-nid",
    "lk-nic",
    "ir-melli",
    "kz-iin",
    "kg-pin",
    "uz-pinfl",
    "il-id",
    "sa-id",
    "ae-id",
    "kw-civil-id",
    "qa-id",
    "tr-id",
    "tr-vkn",
    "gb-nino",
    "gb-nhs",
    "gb-utr",
    "ie-pps",
    "fr-nir",
    "fr-spi",
    "de-tax-id",
    "de-id-card",
    "de-pension",
    "at-svnr",
    "at-tin",
    "ch-ahv",
    "be-nn",
    "nl-bsn",
    "lu-matricule",
    "es-nif",
    "pt-nif",
    "pt-cc",
    "it-cf",
    "gr-amka",
    "gr-afm",
    "cy-tic",
    "dk-cpr",
    "se-personnummer",
    "no-fnr",
    "fi-hetu",
    "is-kennitala",
    "ee-isikukood",
    "lt-asmens",
    "lv-personas",
    "pl-pesel",
    "pl-nip",
    "cz-birth-number",
    "hu-tax-id",
    "hu-taj",
    "hu-personal",
    "ro-cnp",
    "bg-egn",
    "bg-lnch",
    "hr-oib",
    "jmbg",
    "md-idnp",
    "al-nid",
    "ge-id",
    "ua-rnokpp",
    "ru-inn",
    "ru-snils",
    "ru-passport",
    "by-id",
    "us-ssn",
    "us-itin",
    "us-npi",
    "ca-sin",
    "mx-curp",
    "mx-rfc",
    "br-cpf",
    "br-cnpj",
    "ar-dni",
    "ar-cuit",
    "cl-rut",
    "co-cc",
    "co-nit",
    "ec-ci",
    "pe-dni",
    "pe-ruc",
    "ve-rif",
    "uy-ci",
    "py-ruc",
    "do-cedula",
    "cr-cedula",
    "cu-ni",
    "za-id",
    "ng-nin",
    "ng-bvn",
    "ke-id",
    "ke-pin",
    "eg-nid",
    "mu-nid",
    "gh-card",
    "tz-nida",
    "au-tfn",
    "au-abn",
    "au-medicare",
    "nz-ird",
];

/// What text is searched for and no column has as its kind.
const TEXT_ONLY: &[&str] = &["own-row", "register-names", "listed-names"];

/// Kinds that a column may have.
pub const KINDS: &[&str] = &joined::<{ COLUMN_ONLY.len() + FOUND.len() }>(COLUMN_ONLY, FOUND);

/// What `find` of a redact rule may list.
pub const FINDABLE: &[&str] = &joined::<{ FOUND.len() + TEXT_ONLY.len() }>(FOUND, TEXT_ONLY);

/// One list after the other.
const fn joined<const N: usize>(
    first: &[&'static str],
    second: &[&'static str],
) -> [&'static str; N] {
    let mut all = [""; N];
    let mut at = 0;
    while at < N {
        all[at] = if at < first.len() {
            first[at]
        } else {
            second[at - first.len()]
        };
        at += 1;
    }
    all
}

/// Kinds that are planned: refused as not built, not as unknown.
pub(super) const LATER_KINDS: &[&str] = &[
    "url",
    "ip",
    "mac",
    "coordinates",
    "name",
    "address",
    "cn-plate",
    "wechat",
    "own-register",
];

/// Keys before the first section.
pub(super) const TOP: &[&str] = &[
    "policy",
    "family",
    "version",
    "purpose",
    "valid_until",
    "unlisted",
    "basis",
    "recipients",
    "input",
    "subject",
    "domains",
    "grounds",
    "columns",
    "rows",
    "extract",
    "tables",
    "examples",
    "holds",
    "exceptions",
];

/// Sections that are planned.
pub(super) const TOP_LATER: &[&str] = &[
    "approval",
    "approvals",
    "ledger",
    "custody",
    "log",
    "lists",
    "hierarchies",
];

/// `[basis]`.
pub(super) const BASIS: &[&str] = &[
    "controller",
    "lawful_basis",
    "special_category",
    "exemption",
    "believed_by",
    "dpia",
];

/// `[recipients.ID]`.
pub(super) const RECIPIENT: &[&str] = &["name", "country", "role", "transfer", "delete_by"];

/// `[input]`.
pub(super) const INPUT: &[&str] = &[
    "format",
    "encoding",
    "delimiter",
    "quote",
    "header",
    "missing",
    "bad",
    "max_bad",
    "rows",
    "max_field",
    "max_record",
    "max_columns",
    "hash",
    "why",
    "hash_why",
];

/// `[subject]`.
pub(super) const SUBJECT: &[&str] = &["column", "domain", "missing"];

/// `[domains.NAME]`.
pub(super) const DOMAIN: &[&str] = &["prefix", "bits"];

/// Keys that any column rule may have as far as its treatment has a use for them.
pub(super) const COLUMN: &[&str] = &[
    "do", "kind", "region", "format", "invalid", "tables", "class", "as", "own_row", "ground",
    "why",
];

/// Parameters by treatment.
pub(super) const TREATMENTS: &[(&str, &[&str])] = &[
    ("drop", &[]),
    ("keep", &["values", "pattern", "max"]),
    ("pseudonymise", &["domain"]),
    ("mask", &["first", "last", "with"]),
    ("generalise", GENERAL),
    (
        "redact",
        &["find", "names_from", "names_in", "label", "domain"],
    ),
    ("replace", &["with"]),
    ("shift", &["by", "within"]),
];

/// Parameters of `generalise`, also of `tables = { … }`.
pub(super) const GENERAL: &[&str] = &["to", "bands", "at", "map", "hierarchy", "level", "prefix"];

/// `[[rows]]`.
pub(super) const ROWS: &[&str] = &[
    "do", "column", "in", "from", "to", "missing", "in_list", "for", "ground", "why",
];

/// `[extract]`.
pub(super) const EXTRACT: &[&str] = &["order", "why", "format", "part_rows", "bom", "risk"];

/// `[extract.risk]`.
pub(super) const RISK: &[&str] = &[
    "k",
    "l",
    "l_rule",
    "max_risk",
    "small",
    "loss",
    "max_withheld",
];

/// Limits of rows that are planned.
pub(super) const RISK_LATER: &[&str] = &["t", "entropy_l", "sensitive", "delta"];

/// `[[tables]]`.
pub(super) const TABLE: &[&str] = &[
    "name",
    "by",
    "count",
    "min",
    "protect",
    "zeros",
    "why",
    "show_withheld",
    "totals",
    "noise",
    "p_percent",
    "dominance",
    "pq",
];

/// `noise = { … }` of a table.
pub(super) const NOISE: &[&str] = &["bound", "variance"];

/// `dominance = { … }` of a table.
pub(super) const DOMINANCE: &[&str] = &["n", "k"];

/// `pq = { … }` of a table.
pub(super) const PRIOR: &[&str] = &["p", "q"];

/// Table words that are planned.
pub(super) const TABLE_LATER: &[&str] = &["sum", "mean", "share", "distinct", "widths"];

/// `[[examples]]`.
pub(super) const EXAMPLE: &[&str] = &["given", "expect"];

/// `[holds]`.
pub(super) const HOLDS: &[&str] = &[
    "leaves",
    "values",
    "longest",
    "tables",
    "by",
    "quasi",
    "sensitive",
    "own_row",
    "subject",
];

/// `[[exceptions]]`.
pub(super) const EXCEPTION: &[&str] = &["rule", "where", "why", "by", "until"];

/// Words that people write for ours.
const SYNONYMS: &[(&str, &str)] = &[
    ("action", "do"),
    ("treatment", "do"),
    ("treat", "do"),
    ("reason", "why"),
    ("because", "why"),
    ("order_why", "why"),
    ("type", "kind"),
    ("dtype", "kind"),
    ("basis", "ground"),
    ("rename", "as"),
    ("separator", "delimiter"),
    ("sep", "delimiter"),
    ("na", "missing"),
    ("null", "missing"),
    ("charset", "encoding"),
    ("expires", "valid_until"),
    ("suppress", "drop"),
    ("remove", "drop"),
    ("delete", "drop"),
    ("omit", "drop"),
    ("pass", "keep"),
    ("hash", "pseudonymise"),
    ("tokenise", "pseudonymise"),
    ("tokenize", "pseudonymise"),
    ("token", "pseudonymise"),
    ("pseudonymize", "pseudonymise"),
    ("generalize", "generalise"),
    ("coarsen", "generalise"),
    ("bin", "generalise"),
    ("constant", "replace"),
    ("jitter", "shift"),
    ("mobile", "phone"),
    ("string", "text"),
    ("int", "number"),
    ("integer", "number"),
    ("float", "number"),
    ("datetime", "date"),
    ("e-mail", "email"),
    ("id-card", "cn-resident-id"),
    ("resident-id", "cn-resident-id"),
    ("json", "jsonl"),
    ("ndjson", "jsonl"),
    ("random", "shuffled"),
    ("shuffle", "shuffled"),
    ("table", "tables"),
    ("column", "columns"),
    ("row", "rows"),
    ("example", "examples"),
    ("exception", "exceptions"),
    ("domain", "domains"),
    ("recipient", "recipients"),
    ("persons", "person"),
    ("people", "person"),
    ("rows", "records"),
];

/// The allowed word that was probably meant, if one is near.
pub(super) fn nearest<'a>(word: &str, allowed: &[&'a str]) -> Option<&'a str> {
    // Very long keys are not misspelt words, and the distance is quadratic.
    if word.len() > 64 {
        return None;
    }
    let lower = word.to_lowercase().replace([' ', '_'], "-");
    let same = |a: &str| a.replace('_', "-") == lower;
    if let Some(found) = allowed.iter().find(|a| same(a)) {
        return Some(found);
    }
    let synonym = SYNONYMS
        .iter()
        .filter(|(w, _)| w.replace('_', "-") == lower)
        .find_map(|(_, ours)| allowed.iter().find(|a| *a == ours));
    if let Some(found) = synonym {
        return Some(found);
    }
    let limit = |a: &str| (a.chars().count().max(lower.chars().count()) / 3).clamp(1, 3);
    allowed
        .iter()
        .map(|a| {
            (
                strsim::damerau_levenshtein(&lower, &a.replace('_', "-")),
                *a,
            )
        })
        .filter(|(distance, a)| *distance <= limit(a) && *distance < a.chars().count())
        .min()
        .map(|(_, a)| a)
}

/// `a`, `b` and `c`, each in back quotes.
pub(super) fn list<S: AsRef<str>>(words: &[S]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("`{}`", w.as_ref())).collect();
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// Whether a text is `[a-z0-9-]+`.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether a name becomes a device and not a file on Windows.
pub(super) fn is_device(name: &str) -> bool {
    matches!(name, "con" | "prn" | "aux" | "nul")
        || (name.len() == 4
            && (name.starts_with("com") || name.starts_with("lpt"))
            && name.ends_with(|c: char| c.is_ascii_digit()))
}

/// Whether a reason is a place for one that nobody has written yet.
pub(super) fn is_placeholder(text: &str) -> bool {
    let bare: String = text
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    bare.is_empty()
        || matches!(
            bare.as_str(),
            "todo"
                | "tbd"
                | "tba"
                | "tbc"
                | "fixme"
                | "xxx"
                | "n/a"
                | "na"
                | "none"
                | "why"
                | "reason"
                | "because"
                | "placeholder"
                | "fill in"
                | "to do"
                | "lorem ipsum"
                | "待填"
                | "待定"
                | "原因"
                | "理由"
        )
        || ["todo:", "todo ", "fixme", "tbd:", "tbd "]
            .iter()
            .any(|p| bare.starts_with(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_finds_its_neighbour_and_a_strange_one_none() {
        assert_eq!(nearest("gruond", COLUMN), Some("ground"));
        assert_eq!(nearest("Kind", COLUMN), Some("kind"));
        assert_eq!(nearest("reason", COLUMN), Some("why"));
        assert_eq!(nearest("valid-until", TOP), Some("valid_until"));
        assert_eq!(nearest("zzzzzz", COLUMN), None);
        assert_eq!(nearest("", COLUMN), None);
    }

    #[test]
    fn dots_question_marks_and_todo_are_no_reason() {
        for bad in [
            "",
            " ",
            "…",
            "...",
            "TODO",
            "todo: ask legal",
            "?",
            "-",
            "N/A",
            "TBD.",
        ] {
            assert!(is_placeholder(bad), "{bad:?}");
        }
        for good in ["Not needed", "Age is the story", "不需要"] {
            assert!(!is_placeholder(good), "{good:?}");
        }
    }
}
