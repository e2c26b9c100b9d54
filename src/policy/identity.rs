//! The identity of a policy: one SHA-256 over the exact bytes of the file and
//! of every file it names. Approvals bind to it, the order of rows and the
//! fingerprints depend on it.

use sha2::{Digest, Sha256};

/// SHA-256 over LP(policy) and, for each named file in order of appearance,
/// LP(name) ‖ SHA-256(file). LP(x) = length of x in bytes as u32 big-endian,
/// then x. Texts longer than a u32 can tell cannot occur: a policy is limited
/// far below.
pub fn policy_identity<'a>(
    text: &[u8],
    files: impl Iterator<Item = (&'a str, &'a [u8; 32])>,
) -> [u8; 32] {
    let mut hash = Sha256::new();
    lp(&mut hash, text);
    for (name, sha256) in files {
        lp(&mut hash, name.as_bytes());
        hash.update(sha256);
    }
    hash.finalize().into()
}

/// SHA-256 of some bytes.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn lp(hash: &mut Sha256, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    hash.update(length.to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8; 32]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    /// Computed with Python: hashlib.sha256(struct.pack(">I", 3) + b"abc").
    #[test]
    fn the_identity_of_a_text_alone_is_a_known_answer() {
        assert_eq!(
            hex(&policy_identity(b"abc", std::iter::empty())),
            KNOWN_TEXT
        );
    }

    /// As above, with LP("a.csv") and SHA-256("x,y\n") after it.
    #[test]
    fn the_identity_with_a_named_file_is_a_known_answer() {
        let file = sha256(b"x,y\n");
        assert_eq!(
            hex(&policy_identity(b"abc", [("a.csv", &file)].into_iter())),
            KNOWN_FILE
        );
    }

    const KNOWN_TEXT: &str = "d04b72a650ce0f8ce4963330a53ee2832733d2baeffff3c1d8e256cca096d120";
    const KNOWN_FILE: &str = "3a1c92bc5197ef82e784f8f710b60ac700578978f214eb315e449db96fb6f8d6";
}
