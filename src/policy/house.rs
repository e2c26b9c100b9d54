//! House rules: limits that no policy of a newsroom may cross. A small file of
//! its own, usually `house-rules.toml` beside the policies.
//!
//! ```toml
//! min_cell          = 10                  # no table may publish a figure of fewer persons
//! k                 = 5                   # every row extract needs at least this k
//! forbid_kept_kinds = ["cn-resident-id"]  # no column of these kinds may be kept
//! zeros             = "protect"           # no table tells an empty cell from a withheld one
//! unlisted          = "refuse"            # a column that no rule names stops every run
//! order             = "shuffled"          # rows never leave in the input's order
//! longest_validity  = 365                 # days from today to a policy's last day
//! longest_exception = 90                  # days from today to an exception's last day
//! required_basis    = ["controller"]      # lines that [basis] must have
//! strict            = true                # warnings of `check` are errors
//!
//! [approvals]                             # who must agree before a run
//! days  = 90                              # an approval holds no longer
//! any   = { strength = "words", number = 1 }      # whatever leaves
//! quasi = { strength = "signature", number = 2 }  # where a column of this class leaves
//! release = { strength = "name", number = 1 }     # of the finished release, before `bundle`
//!
//! [signers]                               # whose signatures count: OpenSSH public keys
//! legal = "ssh-ed25519 AAAA…"
//! ```
//!
//! Each line is optional. May not judge a policy: `plan` does that. Rules that
//! are planned are refused by name, since a house rule that is read and not
//! enforced is worse than none.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::DeTable;

use super::doc::{Log, Section, not_built, quoted, unknown_word};
use super::error::{PolicyError, PolicyErrors, Problem, clean_line};
use super::identity::sha256;
use super::model::{At, Class};
use super::parse::{finish, syntax};
use super::words;

/// The words of the file.
const WORDS: &[&str] = &[
    "min_cell",
    "k",
    "forbid_kept_kinds",
    "order",
    "zeros",
    "unlisted",
    "longest_validity",
    "longest_exception",
    "required_basis",
    "strict",
    "approvals",
    "signers",
];
/// Words that are planned.
const LATER: &[&str] = &["l", "t", "max_risk", "redact"];
/// The words of `[approvals]`.
const APPROVALS: &[&str] = &["days", "any", "direct", "quasi", "sensitive", "release"];

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
    /// Whether rows must be shuffled.
    pub shuffled: bool,
    /// Whether empty and withheld cells of tables must look alike.
    pub zeros_protected: bool,
    /// Whether unknown columns must stop a run.
    pub unlisted_refused: bool,
    /// Most days from today to a policy's last day; a policy then needs one.
    pub longest_validity: Option<At<u64>>,
    /// Most days from today to the last day of an exception.
    pub longest_exception: Option<At<u64>>,
    /// Keys that `[basis]` must have.
    pub required_basis: Vec<At<String>>,
    /// Whether warnings are errors.
    pub strict: bool,
    /// Approvals that a run or a bundle needs.
    pub approvals: Vec<Needed>,
    /// Most days that an approval may hold.
    pub approval_days: Option<At<u64>>,
    /// People whose signatures count: name, OpenSSH public key line.
    pub signers: Vec<(String, At<String>)>,
}

/// How sure one can be that the person named has approved just this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// A name was typed; nothing shows who typed it.
    Name,
    /// Six words were compared by another channel.
    Words,
    /// A signature by a key of the person.
    Signature,
}

impl Strength {
    /// The word of the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Strength::Name => "name",
            Strength::Words => "words",
            Strength::Signature => "signature",
        }
    }

    /// The strength of a word.
    #[must_use]
    pub fn find(word: &str) -> Option<Strength> {
        [Strength::Name, Strength::Words, Strength::Signature]
            .into_iter()
            .find(|strength| strength.word() == word)
    }
}

/// When approvals are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// Before any run.
    Any,
    /// Before a run in which a column of the class leaves, in rows or tables.
    Class(Class),
    /// Of the finished release, before it is bundled.
    Release,
}

/// Approvals that are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needed {
    /// When.
    pub case: Case,
    /// Of at least this strength.
    pub strength: Strength,
    /// By so many different people.
    pub number: u64,
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
            shuffled: true,
            zeros_protected: true,
            unlisted_refused: true,
            longest_validity: None,
            longest_exception: None,
            required_basis: Vec::new(),
            strict: true,
            approvals: Vec::new(),
            approval_days: None,
            signers: Vec::new(),
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
    let order = top.word(log, "order", &[("shuffled", true)], &[]);
    let zeros = top.word(log, "zeros", &[("protect", true)], &[]);
    let unlisted = top.word(log, "unlisted", &[("refuse", true)], &[]);
    let longest_validity = top.integer(log, "longest_validity", 1..=36_500);
    let longest_exception = top.integer(log, "longest_exception", 1..=36_500);
    let mut required_basis = Vec::new();
    for key in top
        .strings(log, "required_basis")
        .map_or_else(Vec::new, |list| list.value)
    {
        if words::BASIS.contains(&key.value.as_str()) {
            required_basis.push(key);
        } else {
            log.push(unknown_word(&key, "required_basis", words::BASIS));
        }
    }
    let strict = top.boolean(log, "strict");
    let (approvals, approval_days) = approvals(log, &top);
    let signers = signers(log, &top);
    Some(HouseRules {
        shuffled: order.is_some_and(|order| order.value),
        zeros_protected: zeros.is_some(),
        unlisted_refused: unlisted.is_some(),
        longest_validity,
        longest_exception,
        required_basis,
        strict: strict.is_some_and(|strict| strict.value),
        approvals,
        approval_days,
        signers,
        file: clean_line(file),
        text: Arc::from(text),
        sha256: sha256(text.as_bytes()),
        min_cell,
        k,
        forbid_kept_kinds,
    })
}

fn approvals(log: &mut Log, top: &Section<'_>) -> (Vec<Needed>, Option<At<u64>>) {
    let Some(section) = top.section(log, "approvals", "[approvals]") else {
        return (Vec::new(), None);
    };
    section.check_words(log, APPROVALS, &["none"]);
    let days = section.integer(log, "days", 1..=3_650);
    let cases = [
        ("any", Case::Any),
        ("direct", Case::Class(Class::Direct)),
        ("quasi", Case::Class(Class::Quasi)),
        ("sensitive", Case::Class(Class::Sensitive)),
        ("release", Case::Release),
    ];
    let strengths = [
        ("name", Strength::Name),
        ("words", Strength::Words),
        ("signature", Strength::Signature),
    ];
    let mut needed = Vec::new();
    for (word, case) in cases {
        let label = format!("[approvals.{word}]");
        let Some(inner) = section.section(log, word, &label) else {
            continue;
        };
        inner.check_words(log, &["strength", "number"], &[]);
        if !inner.has("strength") {
            inner.missing(
                log,
                "strength",
                "a name that anybody can type is not a signature",
                "say strength = \"name\", \"words\" or \"signature\"",
            );
        }
        let strength = inner.word(log, "strength", &strengths, &[]);
        let number = inner.integer(log, "number", 1..=9);
        if let Some(strength) = strength {
            needed.push(Needed {
                case,
                strength: strength.value,
                number: number.map_or(1, |number| number.value),
            });
        }
    }
    (needed, days)
}

fn signers(log: &mut Log, top: &Section<'_>) -> Vec<(String, At<String>)> {
    let Some(section) = top.section(log, "signers", "[signers]") else {
        return Vec::new();
    };
    let mut signers: Vec<(String, At<String>)> = Vec::new();
    for entry in section.entries() {
        let Some(key) = section.string(log, entry.key) else {
            continue;
        };
        let mut parts = key.value.split_whitespace();
        let ed25519 = parts.next() == Some("ssh-ed25519") && parts.next().is_some();
        if !ed25519 {
            log.push(
                Problem::error(
                    "policy/signer",
                    key.at,
                    format!("{} has no Ed25519 key", quoted(entry.key)),
                )
                .why("only signatures by these keys count as somebody's")
                .help("paste the line of the file id_ed25519.pub: ssh-ed25519 AAAA…"),
            );
            continue;
        }
        let body = |line: &str| line.split_whitespace().nth(1).map(str::to_owned);
        if signers
            .iter()
            .any(|(_, known)| body(&known.value) == body(&key.value))
        {
            log.push(
                Problem::error(
                    "policy/signer",
                    key.at,
                    format!("{} has the key of somebody else", quoted(entry.key)),
                )
                .why("one person would count as two"),
            );
            continue;
        }
        signers.push((entry.key.to_owned(), key));
    }
    signers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn approvals_are_read_with_their_strength_and_wrong_ones_are_refused() {
        let rules = parse_house(
            "h.toml",
            "[approvals]\ndays = 30\nany = { strength = \"words\" }\nquasi = { strength = \"signature\", number = 2 }\n[signers]\nlegal = \"ssh-ed25519 AAAA\"\n",
        )
        .unwrap();
        assert_eq!(rules.approvals.len(), 2);
        assert_eq!(rules.approvals[0].number, 1);
        assert_eq!(rules.approvals[1].case, Case::Class(Class::Quasi));
        assert!(rules.approvals[0].strength < rules.approvals[1].strength);
        for wrong in [
            "[approvals]\nany = { number = 2 }\n",
            "[approvals]\nany = { strength = \"oath\" }\n",
            "[approvals]\nany = { strength = \"name\", number = 0 }\n",
            "[approvals]\neverybody = { strength = \"name\" }\n",
            "[signers]\nlegal = \"ssh-rsa AAAA\"\n",
            "[signers]\na = \"ssh-ed25519 AAAA x\"\nb = \"ssh-ed25519 AAAA y\"\n",
            "order = \"input\"\n",
            "zeros = \"publish\"\n",
            "unlisted = \"drop\"\n",
            "required_basis = [\"law\"]\n",
            "longest_validity = 0\n",
        ] {
            assert!(parse_house("h.toml", wrong).is_err(), "{wrong}");
        }
    }

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
            "min_cel = 10\nmax_risk = 1\nk = 1\nforbid_kept_kinds = [\"address\"]\n",
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
