//! The identity of a policy: one hash over its exact bytes and the files it names.
//!
//! Approvals bind to it, and the subkeys for order and leak depend on it. It
//! needs no secret. It may not look at a policy's meaning: a changed comment
//! is a changed policy.

use sha2::{Digest, Sha256};

/// SHA-256 over LP(exact bytes of the policy file) and, for each file that it
/// names in order of appearance, LP(name) ‖ SHA-256(file).
///
/// LP(x) is the length of x in bytes as 32 bits, big-endian, then x. `files`
/// gives the name as written in the policy and the hash of the bytes.
#[must_use]
pub fn policy_identity<'a, N: AsRef<[u8]>>(
    text: &[u8],
    files: impl IntoIterator<Item = (N, &'a [u8; 32])>,
) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(length(text));
    hash.update(text);
    for (name, digest) in files {
        hash.update(length(name.as_ref()));
        hash.update(name.as_ref());
        hash.update(digest);
    }
    hash.finalize().into()
}

/// Lower-case hexadecimal digits, as identities stand in manifests and go into
/// subkeys.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Appends LP(x).
pub(super) fn push_lp(out: &mut Vec<u8>, x: &[u8]) {
    out.extend_from_slice(&length(x));
    out.extend_from_slice(x);
}

/// The length prefix. Nothing here comes near 4 GiB: policies are read whole
/// under a limit, names and words are short.
fn length(x: &[u8]) -> [u8; 4] {
    debug_assert!(u32::try_from(x.len()).is_ok());
    u32::try_from(x.len()).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identity_depends_on_every_byte_name_hash_and_their_order() {
        let none: [(&str, &[u8; 32]); 0] = [];
        let (a, b) = (&[1u8; 32], &[2u8; 32]);
        let all = [
            policy_identity(b"", none),
            policy_identity(b"policy", none),
            policy_identity(b"policy ", none),
            policy_identity(b"policy", [("x.csv", a)]),
            policy_identity(b"policy", [("x.csv", b)]),
            policy_identity(b"policy", [("y.csv", a)]),
            policy_identity(b"policy", [("x.csv", a), ("y.csv", b)]),
            policy_identity(b"policy", [("y.csv", b), ("x.csv", a)]),
        ];
        for (i, one) in all.iter().enumerate() {
            assert!(!all.iter().skip(i + 1).any(|other| one == other), "{i}");
        }
    }

    #[test]
    fn the_identity_is_the_hash_of_the_length_prefixed_parts() {
        let digest = [7u8; 32];
        let mut bytes = b"\0\0\0\x06policy\0\0\0\x05x.csv".to_vec();
        bytes.extend_from_slice(&digest);
        let expected: [u8; 32] = Sha256::digest(&bytes).into();
        assert_eq!(policy_identity(b"policy", [("x.csv", &digest)]), expected);
    }

    #[test]
    fn hexadecimal_digits_are_lower_case() {
        assert_eq!(hex(&[0x00, 0x9a, 0xbc, 0xff]), "009abcff");
    }
}
