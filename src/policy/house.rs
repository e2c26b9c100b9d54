//! House rules: limits that no policy of a newsroom may cross. A small file of
//! its own, usually `house-rules.toml` beside the policies.
//!
//! ```toml
//! min_cell          = 10                  # no table may publish a figure of fewer persons
//! k                 = 5                   # every row extract needs at least this k
//! forbid_kept_kinds = ["cn-resident-id"]  # no column of these kinds may be kept
//! ```
//!
//! Each line is optional. May not judge a policy: `plan` does that. Rules that
//! are planned are refused by name, since a house rule that is read and not
//! enforced is worse than none.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::DeTable;

use super::doc::{Log, Section, not_built, unknown_word};
use super::error::{PolicyError, PolicyErrors, clean_line};
use super::identity::sha256;
use super::model::At;
use super::parse::{finish, syntax};
use super::words;

/// The words of the file.
const WORDS: &[&str] = &["min_cell", "k", "forbid_kept_kinds"];
/// Words that are planned.
const LATER: &[&str] = &[
    "order",
    "longest_validity",
    "max_validity",
    "require_basis",
    "required_basis",
    "approvals",
    "approval_strength",
    "strict",
    "l",
    "t",
    "max_risk",
    "zeros",
    "redact",
];

/// The rules that hold where no file is found: the language's own floor of
/// three persons a figure, and no resident ID in the clear.
pub const BUILT_IN: &str = "\
# The house rules that are built into offrecord.
min_cell          = 3
forbid_kept_kinds = [\"cn-resident-id\"]
";

/// What the built-in rules are called in messages and manifests.
pub const BUILT_IN_NAME: &str = "built-in";

/// Limits that no policy may cross.
#[derive(Debug, Clone)]
pub struct HouseRules {
    /// Name of the file as shown, or `built-in`.
    pub file: String,
    /// The exact text, for messages that point at it.
    pub text: Arc<str>,
    /// SHA-256 of the text, recorded by every run.
    pub sha256: [u8; 32],
    /// Least `min` of a table.
    pub min_cell: Option<At<u64>>,
    /// Least `k` of a row extract.
    pub k: Option<At<u64>>,
    /// Kinds that no column may keep.
    pub forbid_kept_kinds: Vec<At<String>>,
}

impl HouseRules {
    /// The built-in rules.
    pub fn built_in() -> HouseRules {
        parse_house(BUILT_IN_NAME, BUILT_IN).unwrap_or_else(|_| HouseRules {
            // Unreachable: a test reads the built-in text. Strict if reached.
            file: BUILT_IN_NAME.to_owned(),
            text: Arc::from(BUILT_IN),
            sha256: sha256(BUILT_IN.as_bytes()),
            min_cell: Some(At {
                value: u64::MAX,
                at: 0..0,
            }),
            k: None,
            forbid_kept_kinds: Vec::new(),
        })
    }
}

/// What a file of house rules is called where it is looked for.
pub const FILE_NAME: &str = "house-rules.toml";

/// The house rules that hold for a policy at `policy`: the file of that name in
/// its folder, else in the nearest folder above.
pub fn nearest(policy: &Path) -> Option<PathBuf> {
    let folder = match policy.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = std::fs::canonicalize(folder).ok()?;
    folder
        .ancestors()
        .map(|folder| folder.join(FILE_NAME))
        .find(|path| path.symlink_metadata().is_ok())
}

/// Reads a file of house rules.
///
/// # Errors
/// As for a policy.
pub fn read_house(path: &Path) -> Result<HouseRules, PolicyError> {
    let text = super::text_of(path)?;
    parse_house(&path.to_string_lossy(), &text).map_err(PolicyError::Wrong)
}

/// Reads house rules from a text.
///
/// # Errors
/// All problems of the file, in the order of the text.
pub fn parse_house(file: &str, text: &str) -> Result<HouseRules, PolicyErrors> {
    let mut log = Log::default();
    let rules = read_text(&mut log, file, text);
    finish(log, file, text, rules)
}

fn read_text(log: &mut Log, file: &str, text: &str) -> Option<HouseRules> {
    let document = syntax(log, text)?;
    let root: &DeTable<'_> = document.get_ref();
    let top = Section::new(root, "house rules", 0..0);
    top.check_words(log, WORDS, LATER);
    let min_cell = top.integer(log, "min_cell", 3..=1_000_000);
    let k = top.integer(log, "k", 2..=1_000_000);
    let mut forbid_kept_kinds = Vec::new();
    if let Some(list) = top.strings(log, "forbid_kept_kinds") {
        for kind in list.value {
            if words::KINDS.contains(&kind.value.as_str()) {
                forbid_kept_kinds.push(kind);
            } else if words::LATER_KINDS.contains(&kind.value.as_str()) {
                log.push(not_built(kind.at, format!("kind `{}`", kind.value)));
            } else {
                log.push(unknown_word(&kind, "forbid_kept_kinds", words::KINDS));
            }
        }
    }
    Some(HouseRules {
        file: clean_line(file),
        text: Arc::from(text),
        sha256: sha256(text.as_bytes()),
        min_cell,
        k,
        forbid_kept_kinds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rules_are_read() {
        let rules = HouseRules::built_in();
        assert_eq!(rules.min_cell.unwrap().value, 3);
        assert!(rules.k.is_none());
        assert_eq!(rules.forbid_kept_kinds.len(), 1);
    }

    #[test]
    fn a_planned_house_rule_is_refused_by_name_and_an_unknown_one_with_its_neighbour() {
        let errors = parse_house(
            "h.toml",
            "min_cel = 10\nstrict = true\nk = 1\nforbid_kept_kinds = [\"address\"]\n",
        )
        .unwrap_err();
        let codes: Vec<&str> = errors.problems.iter().map(|p| p.code).collect();
        assert_eq!(
            codes,
            [
                "policy/unknown-key",
                "policy/not-built",
                "policy/out-of-range",
                "policy/not-built"
            ]
        );
        assert!(errors.problems[0].message.contains("`min_cell`"));
    }

    #[test]
    fn the_nearest_file_above_a_policy_holds() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let below = root.join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        let policy = below.join("p.toml");
        std::fs::write(root.join(FILE_NAME), "k = 5\n").unwrap();
        assert_eq!(nearest(&policy), Some(root.join(FILE_NAME)));
        std::fs::write(below.join(FILE_NAME), "k = 9\n").unwrap();
        assert_eq!(nearest(&policy), Some(below.join(FILE_NAME)));
    }

    #[test]
    fn an_empty_file_sets_no_limit() {
        let rules = parse_house("h.toml", "").unwrap();
        assert!(
            rules.min_cell.is_none() && rules.k.is_none() && rules.forbid_kept_kinds.is_empty()
        );
    }
}
