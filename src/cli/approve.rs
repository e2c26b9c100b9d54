//! `offrecord approve`: a sign-off bound to the exact policy, or to the
//! finished release; and what `run` and `bundle` ask of it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use jiff::civil::Date;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::args::{HouseArgs, read_policy, today};
use super::out::{self, Failure, shown};
use super::record::{
    append_log, approvals_of, hashed, log_failure, read_approvals, replace, write_private,
};
use crate::approve::{self, Said, log};
use crate::key::approval::{self, Approval, Input, MAX_FILE, NAMESPACE, STATEMENT, Statement};
use crate::key::identity::hex;
use crate::key::sshsig;
use crate::key::words::six_words;
use crate::policy::Policy;
use crate::policy::house::{HouseRules, Needed, Strength};
use crate::verify::approval as standing;

/// Record that somebody agrees to a policy, or to a finished release
///
/// Before a run, `approve POLICY` binds the policy with every file it names,
/// the house rules, the input (or any input of these columns), this version of
/// the program and the review pack; the approvals lie beside the policy and
/// `run` looks for them there. Afterwards `approve DIR` binds the manifest of
/// the finished release, and with it every byte; `bundle` asks for that one.
/// Any change of a single byte of what was approved voids it.
///
/// How sure one can be of who agreed: a name that is typed shows nothing; six
/// words that are read aloud by another channel show that both look at the
/// same thing; a signature shows whose key it was. The house rules say what is
/// enough.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord approve policy.toml --any-input --by \"Legal desk\"
  offrecord approve policy.toml --input register.csv --by \"Legal desk\" \\
      --words \"trophy observe hazard issue rough cement\" --channel telephone
  offrecord approve policy.toml --any-input --by \"Legal desk\" --ssh-key ~/.ssh/id_ed25519
  offrecord approve policy.toml --any-input --from approval.json     saved by the review pack
  offrecord approve release --by \"Legal desk\"

To sign on another computer:
  offrecord approve policy.toml --any-input --by \"Legal desk\" --statement agreed.json
  ssh-keygen -Y sign -n offrecord-approval -f id_ed25519 agreed.json      on that computer
  offrecord approve policy.toml --signed agreed.json                      with agreed.json.sig")]
pub(super) struct Approve {
    /// The policy, or the folder of a finished release
    #[arg(value_name = "POLICY|DIR")]
    target: PathBuf,
    /// Who agrees: name and role
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Last day of the approval [default: 90 days from today, or what the house rules allow]
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// The six words that the person read out, in quotes
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    /// How the words came: telephone, in person
    #[arg(long, value_name = "HOW", requires = "words")]
    channel: Option<String>,
    /// Sign with this OpenSSH Ed25519 key, by `ssh-keygen -Y sign`
    #[arg(long, value_name = "FILE", conflicts_with = "words")]
    ssh_key: Option<PathBuf>,
    /// Write the statement to this file, to be signed elsewhere; records nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["words", "ssh_key"])]
    statement: Option<PathBuf>,
    /// Record the statement in this file, with its signature in FILE.sig
    #[arg(long, value_name = "FILE", conflicts_with_all = ["by", "words", "ssh_key", "statement", "until", "note", "input", "any_input", "pack", "from"])]
    signed: Option<PathBuf>,
    /// Take name and conditions from a file that the review pack saved
    #[arg(long, value_name = "FILE", conflicts_with_all = ["by", "words", "ssh_key", "statement"])]
    from: Option<PathBuf>,
    /// Conditions, in a sentence
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// The review pack that was read
    #[arg(long, value_name = "FILE")]
    pack: Option<PathBuf>,
    /// The only input files that are agreed to
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "any_input")]
    input: Vec<PathBuf>,
    /// Agree to any input of the policy's columns
    #[arg(long)]
    any_input: bool,
    #[command(flatten)]
    house: HouseArgs,
    /// Print the approval as JSON on stdout
    #[arg(long)]
    json: bool,
}

/// What is approved, with what is needed to bind it.
enum Target {
    Policy(Box<Policy>),
    Release {
        name: String,
        version: u64,
        recipient: Option<String>,
        sha256: [u8; 32],
        unapproved: bool,
    },
}

impl Approve {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self) -> Result<u8, Failure> {
        let target = self.target()?;
        let house = self.house.find(&self.target)?;
        let path = approvals_of(&self.target);
        let approval = match &self.signed {
            Some(file) => signed_elsewhere(file)?,
            None => self.said(&target, house.rules.as_ref())?,
        };
        matches_target(&approval.statement, &target, house.rules.as_ref())?;
        if let Some(file) = &self.statement {
            write_private(file, &approval.statement.bytes())?;
            out::words(&format!(
                "The statement is in {}. Nothing is recorded yet.\nSign it:  ssh-keygen -Y sign -n {NAMESPACE} -f KEY {}\nRecord it: offrecord approve {} --signed {}",
                shown(file),
                shown(file),
                shown(&self.target),
                shown(file)
            ));
            return Ok(0);
        }
        if let Some(house) = &house.rules {
            tell_if_not_enough(house, &target, &approval);
        }
        let mut all = read_approvals(&path)?.unwrap_or_default();
        if all.iter().any(|known| known.seal == approval.seal) {
            return Err(Failure::usage(
                "this very approval is recorded already",
                "one person agreeing twice counts once",
                "nothing is to be done",
            ));
        }
        all.push(approval.clone());
        replace(&path, &approval::write(&all))?;
        let statement = &approval.statement;
        let logged = append_log(
            &self.target,
            true,
            "approve",
            &[
                ("of", statement.of.clone()),
                ("name", statement.name.clone()),
                ("version", statement.version.to_string()),
                ("sha256", statement.sha256.clone()),
                ("by", statement.by.clone()),
                ("strength", statement.strength.clone()),
                ("until", statement.until.clone()),
                ("seal", approval.seal.clone()),
            ],
        )?;
        out::words(&format!(
            "{} {}, version {}: approved by {} ({}), until {}.\nRecorded in {}{}.",
            if statement.of == "policy" {
                "Policy"
            } else {
                "Release"
            },
            statement.name,
            statement.version,
            statement.by,
            strength_words(&statement.strength),
            statement.until,
            shown(&path),
            logged.map_or(String::new(), |log| format!(" and in {}", shown(&log))),
        ));
        if self.json {
            out::json_data(&json!(approval))?;
        }
        Ok(0)
    }

    fn target(&self) -> Result<Target, Failure> {
        if !self.target.is_dir() {
            return Ok(Target::Policy(Box::new(read_policy(&self.target)?)));
        }
        if self.any_input || !self.input.is_empty() || self.from.is_some() {
            return Err(Failure::usage(
                "a finished release has no input to choose",
                "its manifest binds every byte of it",
                "leave --input, --any-input and --from out",
            ));
        }
        let path = standing::manifest_of(&self.target);
        let bytes = std::fs::read(&path).map_err(|error| {
            Failure::usage(
                format!("{}: {error}", shown(&path)),
                "a release is approved by its manifest",
                "give the policy, or the folder that `offrecord run --out` made",
            )
        })?;
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = |at: &str| {
            json.pointer(at)
                .and_then(serde_json::Value::as_str)
                .map(str::to_owned)
        };
        Ok(Target::Release {
            name: text("/predicate/policy/name").unwrap_or_default(),
            version: json
                .pointer("/predicate/policy/version")
                .and_then(serde_json::Value::as_u64)
                .unwrap_or_default(),
            recipient: text("/predicate/recipient"),
            sha256: Sha256::digest(&bytes).into(),
            unapproved: text("/predicate/approval/state").as_deref() == Some("unapproved"),
        })
    }

    /// The approval as the options say it.
    fn said(&self, target: &Target, house: Option<&HouseRules>) -> Result<Approval, Failure> {
        let saved = self.from.as_deref().map(sign_off).transpose()?;
        let by = self
            .by
            .clone()
            .or_else(|| saved.as_ref().map(|saved| saved.by.clone()))
            .unwrap_or_default();
        let by = crate::policy::error::clean_line(by.trim());
        if by.is_empty() {
            return Err(Failure::usage(
                "nobody is named",
                "an approval says who gave it",
                "say --by \"NAME, ROLE\"",
            ));
        }
        let today = today();
        let until = match self.until {
            Some(until) => until,
            None => {
                let most = house
                    .and_then(|house| house.approval_days.as_ref())
                    .map_or(approve::DEFAULT_DAYS, |days| {
                        days.value.min(approve::DEFAULT_DAYS)
                    });
                today.saturating_add(jiff::Span::new().days(i64::try_from(most).unwrap_or(90)))
            }
        };
        if until < today {
            return Err(Failure::usage(
                "the last day has passed already",
                "an approval that has ended is none",
                "say --until with a day to come",
            ));
        }
        let signs = self.ssh_key.is_some() || self.statement.is_some();
        let strength = match (&self.words, signs) {
            (Some(words), _) => {
                compare(words, target)?;
                Strength::Words
            }
            (None, true) => Strength::Signature,
            (None, false) => Strength::Name,
        };
        let note = [
            self.channel.as_deref().map(|how| format!("words by {how}")),
            saved.as_ref().map(|saved| saved.note.clone()),
            self.note.clone(),
        ]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("; ");
        let pack = match (&self.pack, &saved) {
            (Some(file), _) => Some(pack_identity(file, target)?),
            (None, Some(saved)) => Some(saved.pack.clone()),
            (None, None) => None,
        };
        let said = Said {
            by,
            on: today,
            until,
            strength,
            note: crate::policy::error::clean_line(&note),
            pack,
            inputs: self.inputs(target)?,
            log_head: log::nearest(&self.target)
                .map(|path| log::verify(&path).map(|chain| chain.head()))
                .transpose()
                .map_err(|error| log_failure(&error))?,
            ledger_head: match target {
                Target::Policy(policy) => super::ledger::head_beside(&self.target, policy)?,
                Target::Release { .. } => None,
            },
        };
        if let (Some(saved), Target::Policy(policy)) = (&saved, target)
            && saved.sha256 != hex(&policy.identity)
        {
            return Err(Failure::coded(
                5,
                "the approval that the pack saved is for another policy than this one",
                "the policy was changed after the pack was made",
                "make the pack anew and have it read again: offrecord review",
            ));
        }
        let mut approval = match target {
            Target::Policy(policy) => Approval::new(
                approve::of_policy(policy, house, said),
                Some(approve::snapshot(policy)),
            ),
            Target::Release {
                name,
                version,
                recipient,
                sha256,
                ..
            } => Approval::new(
                Statement {
                    format: STATEMENT.to_owned(),
                    of: "release".to_owned(),
                    name: name.clone(),
                    version: *version,
                    recipient: recipient.clone(),
                    sha256: hex(sha256),
                    house_rules: house.map(|house| hex(&house.sha256)),
                    inputs: None,
                    columns: String::new(),
                    tool: approve::TOOL.to_owned(),
                    pack: said.pack,
                    by: said.by,
                    on: said.on.to_string(),
                    until: said.until.to_string(),
                    strength: said.strength.word().to_owned(),
                    note: said.note,
                    log_head: said.log_head,
                    ledger_head: said.ledger_head,
                },
                None,
            ),
        };
        if let Some(key) = &self.ssh_key {
            approval.signature = Some(sign(key, &approval.statement.bytes())?);
        }
        Ok(approval)
    }

    fn inputs(&self, target: &Target) -> Result<Option<Vec<Input>>, Failure> {
        match target {
            Target::Release { .. } => Ok(None),
            Target::Policy(_) if self.any_input => Ok(None),
            Target::Policy(_) if self.input.is_empty() => Err(Failure::usage(
                "it is not said to which input the approval is for",
                "agreeing to a policy for one file is another thing than agreeing to it for whatever comes",
                "say --input FILE…, or --any-input for any input of the policy's columns",
            )),
            Target::Policy(_) => hashed(&self.input).map(Some),
        }
    }
}

/// What the review pack saved.
struct SignOff {
    by: String,
    note: String,
    pack: String,
    sha256: String,
}

fn sign_off(path: &Path) -> Result<SignOff, Failure> {
    let wrong = |why: &str| {
        Failure::usage(
            format!("{}: {why}", shown(path)),
            "it should be the file that the review pack saved",
            "open the pack, fill in the last section, and save it again",
        )
    };
    let bytes = limited(path)?;
    let json: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|_| wrong("it is not JSON"))?;
    let text = |key: &str| {
        json.get(key)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    if text("format") != "offrecord-sign-off-1" {
        return Err(wrong("it is not a sign-off"));
    }
    match text("decision").as_str() {
        "approve" | "approve-with-conditions" => {}
        "reject" => {
            return Err(Failure::coded(
                5,
                "the pack was rejected",
                "what was not agreed to cannot be recorded as agreed",
                "read what the reviewer wrote, and change the policy",
            ));
        }
        _ => return Err(wrong("it says neither yes nor no")),
    }
    Ok(SignOff {
        by: text("by"),
        note: text("conditions"),
        pack: text("pack"),
        sha256: text("policy_sha256"),
    })
}

/// The identity that a pack carries, after a look whether it is a pack of this policy.
fn pack_identity(path: &Path, target: &Target) -> Result<String, Failure> {
    let bytes = limited(path)?;
    let Some(named) = crate::report::named(&bytes) else {
        return Err(Failure::usage(
            format!("{} is not a review pack", shown(path)),
            "an approval names the pack that was read",
            "give the HTML file that `offrecord review` wrote",
        ));
    };
    if let Target::Policy(known) = target
        && named.policy != hex(&known.identity)
    {
        return Err(Failure::coded(
            5,
            format!(
                "{} is the pack of another policy than this one",
                shown(path)
            ),
            "the policy was changed after the pack was made",
            "make the pack anew: offrecord review",
        ));
    }
    if !named.whole {
        return Err(Failure::coded(
            5,
            format!("{} is not as it was written", shown(path)),
            "an approval names the pack to the byte; a browser that saves a page writes another",
            "give the file that `offrecord review` wrote, or make the pack anew and have it read",
        ));
    }
    Ok(named.pack)
}

fn limited(path: &Path) -> Result<Vec<u8>, Failure> {
    let fail = |error: std::io::Error| {
        Failure::usage(
            format!("{}: {error}", shown(path)),
            "without it there is nothing to record",
            "check the path",
        )
    };
    let about = std::fs::metadata(path).map_err(fail)?;
    if !about.is_file() || about.len() > 4 * MAX_FILE {
        return Err(fail(std::io::Error::from(std::io::ErrorKind::InvalidInput)));
    }
    std::fs::read(path).map_err(fail)
}

/// Words that were read out must be those of the thing itself.
fn compare(words: &str, target: &Target) -> Result<(), Failure> {
    let identity = match target {
        Target::Policy(policy) => &policy.identity,
        Target::Release { sha256, .. } => sha256,
    };
    let given: Vec<String> = words
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if given == six_words(identity) {
        return Ok(());
    }
    Err(Failure::coded(
        5,
        "the six words are not those of what lies here",
        "the person who read them out has looked at something else, or a word was misheard",
        "read them out again; `offrecord explain` shows the words of a policy, check.html those of a manifest",
    ))
}

/// Signs by `ssh-keygen`, so that no private key is ever read by this program.
fn sign(key: &Path, message: &[u8]) -> Result<String, Failure> {
    let failed = |what: String| {
        Failure::failed(
            what,
            "the approval was not recorded",
            "check the key with `ssh-keygen -l -f KEY`; or sign elsewhere: --statement, --signed",
        )
    };
    let mut child = Command::new("ssh-keygen")
        .args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"])
        .arg(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("ssh-keygen could not be started: {error}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin
            .write_all(message)
            .map_err(|error| failed(format!("ssh-keygen: {error}")))?;
    }
    let output = child
        .wait_with_output()
        .map_err(|error| failed(format!("ssh-keygen: {error}")))?;
    let blob = sshsig::unarmour(&String::from_utf8_lossy(&output.stdout));
    let blob = blob
        .filter(|blob| sshsig::signer_of(blob, NAMESPACE, message).is_some())
        .ok_or_else(|| failed("ssh-keygen made no Ed25519 signature".to_owned()))?;
    Ok(sshsig::to_line(&blob))
}

/// A statement that was signed on another computer.
fn signed_elsewhere(path: &Path) -> Result<Approval, Failure> {
    let wrong = |what: String| {
        Failure::coded(
            5,
            what,
            "a signature counts only over the exact statement that was written",
            "write the statement again with --statement, sign that file, and give it with FILE.sig beside it",
        )
    };
    let bytes = limited(path)?;
    let statement: Statement = serde_json::from_slice(&bytes)
        .map_err(|_| wrong(format!("{} is not a statement", shown(path))))?;
    let mut name = path.as_os_str().to_owned();
    name.push(".sig");
    let armoured = limited(Path::new(&name))?;
    let blob = sshsig::unarmour(&String::from_utf8_lossy(&armoured))
        .filter(|blob| sshsig::signer_of(blob, NAMESPACE, &bytes).is_some())
        .ok_or_else(|| wrong(format!("the signature is not over {}", shown(path))))?;
    if statement.bytes() != bytes || statement.strength != "signature" {
        return Err(wrong(format!("{} has been changed", shown(path))));
    }
    let mut approval = Approval::new(statement, None);
    approval.signature = Some(sshsig::to_line(&blob));
    Ok(approval)
}

/// A statement must be about what lies here now.
fn matches_target(
    statement: &Statement,
    target: &Target,
    house: Option<&HouseRules>,
) -> Result<(), Failure> {
    let (of, sha256) = match target {
        Target::Policy(policy) => ("policy", hex(&policy.identity)),
        Target::Release { sha256, .. } => ("release", hex(sha256)),
    };
    let same = statement.of == of
        && statement.sha256 == sha256
        && statement.house_rules == house.map(|house| hex(&house.sha256));
    if same {
        return Ok(());
    }
    Err(Failure::coded(
        5,
        "the statement is not about what lies here now",
        "the policy, the release or the house rules were changed after it was written",
        "have it looked at again, and write a new statement",
    ))
}

fn tell_if_not_enough(house: &HouseRules, target: &Target, approval: &Approval) {
    let needed: Vec<&Needed> = house
        .approvals
        .iter()
        .filter(|need| {
            let release = need.case == crate::policy::house::Case::Release;
            release == matches!(target, Target::Release { .. })
        })
        .collect();
    let given = Strength::find(&approval.statement.strength);
    for need in needed {
        if given < Some(need.strength) {
            out::words(&format!(
                "The house rules ask for strength \"{}\" here; this approval has \"{}\".",
                need.strength.word(),
                approval.statement.strength
            ));
        }
    }
    if let Target::Release {
        unapproved: true, ..
    } = target
    {
        out::words(
            "This release comes from a run without the approvals that it needed. It stays marked as UNAPPROVED.",
        );
    }
}

fn strength_words(strength: &str) -> &str {
    match strength {
        "words" => "six words compared by another channel",
        "signature" => "a signature",
        _ => "a name that was typed: it does not show who typed it",
    }
}
