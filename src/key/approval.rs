//! Approvals as they lie on disk: who agreed to what, until when, and how sure
//! one can be of it.
//!
//! A file of approvals is JSON in one exact form: what is read and written
//! again must be the same bytes, each statement carries its SHA-256 (the seal),
//! and a signature covers the statement's own bytes. So a change of any byte is
//! seen. A seal shows that nothing was changed by accident; that nobody wrote
//! the whole anew is shown by a signature alone. Nothing here judges whether an
//! approval is enough: that is for those who hold policies or releases.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::identity::hex;
use super::sshsig::{self, Signer};

/// What a file of approvals calls itself.
pub const FORMAT: &str = "offrecord-approvals-1";
/// What a statement calls itself.
pub const STATEMENT: &str = "offrecord-approval-1";
/// Namespace of signatures over statements.
pub const NAMESPACE: &str = "offrecord-approval";
/// Namespace of signatures over the manifest of a release (DSSE).
pub const DSSE_NAMESPACE: &str = "offrecord-manifest";
/// Largest file that is read, in bytes.
pub const MAX_FILE: u64 = 8 << 20;

/// What somebody agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`STATEMENT`].
    #[serde(rename = "_type")]
    pub format: String,
    /// `policy` or `release`.
    pub of: String,
    /// Name of the policy, and its version.
    pub name: String,
    /// Version of the policy.
    pub version: u64,
    /// Recipient of a release, where it has one.
    pub recipient: Option<String>,
    /// Identity of the policy, or SHA-256 of the release's manifest, in hex.
    pub sha256: String,
    /// SHA-256 of the house rules in force; `None` where they were switched off.
    pub house_rules: Option<String>,
    /// The inputs; `None` means any input whose columns are the policy's.
    pub inputs: Option<Vec<Input>>,
    /// SHA-256 over the names of the policy's columns.
    pub columns: String,
    /// Tool and version, such as `offrecord 0.1.0`.
    pub tool: String,
    /// Identity of the review pack that was read, where one was.
    pub pack: Option<String>,
    /// Who agreed.
    pub by: String,
    /// The day, YYYY-MM-DD, in UTC.
    pub on: String,
    /// The last day it holds.
    pub until: String,
    /// `name`, `words` or `signature`.
    pub strength: String,
    /// How the words were compared, conditions: free text.
    pub note: String,
    /// Head of the custody log when it was given, where one is kept.
    pub log_head: Option<String>,
    /// Head of the ledger of earlier releases when it was given, where one is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger_head: Option<String>,
}

/// An input file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// SHA-256 of the file as it lies on disk, in hex.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

/// What the approver saw, so that a later change can be told in words: the
/// policy's text and the hashes of the files it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The policy's exact text.
    pub text: String,
    /// Named files, in order of appearance: name, SHA-256 in hex.
    pub files: Vec<(String, String)>,
}

/// One approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// What was agreed to.
    pub statement: Statement,
    /// SHA-256 of the statement's bytes, in hex.
    pub seal: String,
    /// A signature over the statement's bytes, as one line of base64.
    pub signature: Option<String>,
    /// What was read, for a policy.
    pub snapshot: Option<Snapshot>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    approvals: Vec<Approval>,
}

/// Why a file of approvals cannot be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Tampered {
    /// It is not of this form.
    #[error("it is not a file of approvals, or it has been damaged")]
    Form,
    /// Its bytes are not those that would be written.
    #[error("it has been changed since it was written")]
    Bytes,
    /// A statement is not the one that was sealed.
    #[error("a statement in it has been changed since it was sealed")]
    Seal,
    /// A signature is not over its statement.
    #[error("a signature in it is not over its statement")]
    Signature,
    /// What it says was read is not what was approved.
    #[error("the policy text kept in it is not the one that was approved")]
    Snapshot,
}

impl Statement {
    /// The bytes that are sealed and signed.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// The seal.
    #[must_use]
    pub fn seal(&self) -> String {
        hex(Sha256::digest(self.bytes()).as_slice())
    }
}

impl Approval {
    /// An approval without a signature.
    #[must_use]
    pub fn new(statement: Statement, snapshot: Option<Snapshot>) -> Self {
        Self {
            seal: statement.seal(),
            statement,
            signature: None,
            snapshot,
        }
    }

    /// Whose key signed it, where it is signed.
    #[must_use]
    pub fn signer(&self) -> Option<Signer> {
        let blob = sshsig::from_line(self.signature.as_ref()?)?;
        sshsig::signer_of(&blob, NAMESPACE, &self.statement.bytes())
    }

    fn sound(&self) -> Result<(), Tampered> {
        if self.statement.format != STATEMENT {
            return Err(Tampered::Form);
        }
        if self.seal != self.statement.seal() {
            return Err(Tampered::Seal);
        }
        let signed = self.statement.strength == "signature";
        if signed != self.signature.is_some() || (signed && self.signer().is_none()) {
            return Err(Tampered::Signature);
        }
        if let Some(snapshot) = &self.snapshot {
            let mut files = Vec::new();
            for (name, sha256) in &snapshot.files {
                files.push((name.as_str(), unhex(sha256).ok_or(Tampered::Snapshot)?));
            }
            let identity = super::identity::policy_identity(
                snapshot.text.as_bytes(),
                files.iter().map(|(name, sha256)| (*name, sha256)),
            );
            if hex(&identity) != self.statement.sha256 {
                return Err(Tampered::Snapshot);
            }
        }
        Ok(())
    }
}

/// Reads a file of approvals and checks that it is as it was written.
///
/// # Errors
/// Where a byte of it was changed.
pub fn read(bytes: &[u8]) -> Result<Vec<Approval>, Tampered> {
    let file: File = serde_json::from_slice(bytes).map_err(|_| Tampered::Form)?;
    if file.format != FORMAT {
        return Err(Tampered::Form);
    }
    for approval in &file.approvals {
        approval.sound()?;
    }
    if write(&file.approvals) != bytes {
        return Err(Tampered::Bytes);
    }
    Ok(file.approvals)
}

/// The bytes of a file of approvals.
#[must_use]
pub fn write(approvals: &[Approval]) -> Vec<u8> {
    let file = File {
        format: FORMAT.to_owned(),
        approvals: approvals.to_vec(),
    };
    let mut bytes = serde_json::to_vec_pretty(&file).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// The 32 bytes of 64 lower-case hex digits.
#[must_use]
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digit = |c: u8| match c {
            b'0'..=b'9' => Some(c - b'0'),
            b'a'..=b'f' => Some(c - b'a' + 10),
            _ => None,
        };
        *byte = digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?;
    }
    Some(out)
}

/// SHA-256 over the names of columns, each with its length before it.
#[must_use]
pub fn columns<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for name in names {
        hash.update(u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(name.as_bytes());
    }
    hex(hash.finalize().as_slice())
}

/// What DSSE signs: the type and the payload, each with its length.
#[must_use]
pub fn dsse_message(kind: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(strength: &str) -> Statement {
        let text = "policy = \"a/b\"\n";
        let identity = crate::key::identity::policy_identity(
            text.as_bytes(),
            std::iter::empty::<(&str, &[u8; 32])>(),
        );
        Statement {
            format: STATEMENT.to_owned(),
            of: "policy".to_owned(),
            name: "a/b".to_owned(),
            version: 1,
            recipient: None,
            sha256: hex(&identity),
            house_rules: None,
            inputs: Some(vec![Input {
                sha256: hex(&[1; 32]),
                bytes: 5,
            }]),
            columns: columns(["a", "b"]),
            tool: "offrecord 0.1.0".to_owned(),
            pack: None,
            by: "Anna Beispiel, legal".to_owned(),
            on: "2026-11-23".to_owned(),
            until: "2027-01-31".to_owned(),
            strength: strength.to_owned(),
            note: "read over the telephone".to_owned(),
            log_head: None,
            ledger_head: None,
        }
    }

    fn snapshot() -> Option<Snapshot> {
        Some(Snapshot {
            text: "policy = \"a/b\"\n".to_owned(),
            files: Vec::new(),
        })
    }

    fn signed() -> Approval {
        let mut approval = Approval::new(statement("signature"), snapshot());
        let (blob, _) = sshsig::sign_for_tests(&[3; 32], NAMESPACE, &approval.statement.bytes());
        approval.signature = Some(sshsig::to_line(&blob));
        approval
    }

    #[test]
    fn what_is_written_is_read_and_says_who_signed() {
        let both = [Approval::new(statement("words"), snapshot()), signed()];
        let read = read(&write(&both)).unwrap();
        assert_eq!(read, both);
        let (_, line) = sshsig::sign_for_tests(&[3; 32], "", b"");
        assert_eq!(read[1].signer(), Signer::read(&line));
        assert_eq!(read[0].signer(), None);
    }

    #[test]
    fn every_changed_added_or_lost_byte_of_a_file_is_seen() {
        let bytes = write(&[Approval::new(statement("name"), snapshot()), signed()]);
        for at in 0..bytes.len() {
            for change in [1, 2, 0x20, 0x80] {
                let mut broken = bytes.clone();
                broken[at] ^= change;
                assert!(read(&broken).is_err(), "{at} {change}");
            }
            let mut shorter = bytes.clone();
            shorter.remove(at);
            assert!(read(&shorter).is_err(), "{at} removed");
            let mut longer = bytes.clone();
            longer.insert(at, b' ');
            assert!(read(&longer).is_err(), "{at} inserted");
        }
    }

    #[test]
    fn what_dsse_signs_is_what_its_protocol_says() {
        // The example of the protocol's own text, and an empty one.
        let known = dsse_message("http://example.com/HelloWorld", b"hello world");
        assert_eq!(
            known,
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        assert_eq!(dsse_message("", b""), b"DSSEv1 0  0 ");
        // Lengths are of bytes: nothing can be moved from one part to another.
        assert_eq!(
            dsse_message("é", "例".as_bytes()),
            "DSSEv1 2 é 3 例".as_bytes()
        );
        assert_ne!(dsse_message("a", b"b c"), dsse_message("a b", b"c"));
    }

    #[test]
    fn a_signature_cannot_be_moved_to_another_statement() {
        let mut other = signed();
        other.statement.by = "Somebody else".to_owned();
        other.seal = other.statement.seal();
        assert_eq!(read(&write(&[other])), Err(Tampered::Signature));
        let mut weaker = signed();
        weaker.signature = None;
        assert_eq!(read(&write(&[weaker])), Err(Tampered::Signature));
    }
}
