//! Signatures that `ssh-keygen -Y sign` makes, checked in this process.
//!
//! The format is OpenSSH's PROTOCOL.sshsig, with Ed25519 keys (RFC 8709) alone:
//! a signature over a namespace and the hash of the message, so that what was
//! signed for one purpose cannot be shown for another. No private key is ever
//! read here: signing is the business of `ssh-keygen`, an agent or a token.

use base64ct::{Base64, Base64Unpadded, Encoding};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256, Sha512};

const MAGIC: &[u8] = b"SSHSIG";
const KEY_TYPE: &[u8] = b"ssh-ed25519";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";

/// Somebody's public Ed25519 key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signer([u8; 32]);

impl Signer {
    /// Reads a line such as `ssh-ed25519 AAAA… comment`, as it stands in
    /// `id_ed25519.pub`. `None` where it is no such line.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let mut parts = line.split_whitespace();
        if parts.next()?.as_bytes() != KEY_TYPE {
            return None;
        }
        let blob = Base64::decode_vec(parts.next()?).ok()?;
        Self::from_blob(&blob)
    }

    fn from_blob(blob: &[u8]) -> Option<Self> {
        let mut rest = blob;
        let kind = string(&mut rest)?;
        let key = string(&mut rest)?;
        if kind != KEY_TYPE || !rest.is_empty() {
            return None;
        }
        let key: [u8; 32] = key.try_into().ok()?;
        VerifyingKey::from_bytes(&key).ok()?;
        Some(Self(key))
    }

    /// The name that `ssh-keygen -l` shows: `SHA256:` and the hash in base64.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut blob = Vec::new();
        put(&mut blob, KEY_TYPE);
        put(&mut blob, &self.0);
        format!(
            "SHA256:{}",
            Base64Unpadded::encode_string(&Sha256::digest(&blob))
        )
    }
}

/// Checks a signature over `message` in `namespace`; `signature` is the blob
/// between the lines of the armour. Gives whose key it is by.
///
/// `None` where it is not by the key that it names, over another message, for
/// another namespace, or not of this form.
#[must_use]
pub fn signer_of(signature: &[u8], namespace: &str, message: &[u8]) -> Option<Signer> {
    let mut rest = signature.strip_prefix(MAGIC)?;
    let (version, after) = rest.split_at_checked(4)?;
    rest = after;
    if version != [0, 0, 0, 1] {
        return None;
    }
    let signer = Signer::from_blob(string(&mut rest)?)?;
    let named = string(&mut rest)?;
    let reserved = string(&mut rest)?;
    let algorithm = string(&mut rest)?;
    let blob = string(&mut rest)?;
    if named != namespace.as_bytes() || !reserved.is_empty() || !rest.is_empty() {
        return None;
    }
    let hash = match algorithm {
        b"sha512" => Sha512::digest(message).to_vec(),
        b"sha256" => Sha256::digest(message).to_vec(),
        _ => return None,
    };
    let mut inner = blob;
    let kind = string(&mut inner)?;
    let raw: [u8; 64] = string(&mut inner)?.try_into().ok()?;
    if kind != KEY_TYPE || !inner.is_empty() {
        return None;
    }
    let mut signed = MAGIC.to_vec();
    for part in [named, b"".as_slice(), algorithm, hash.as_slice()] {
        put(&mut signed, part);
    }
    let key = VerifyingKey::from_bytes(&signer.0).ok()?;
    key.verify_strict(&signed, &Signature::from_bytes(&raw))
        .ok()?;
    Some(signer)
}

/// Takes the armour off: the blob of a `.sig` file. `None` where there is none.
#[must_use]
pub fn unarmour(text: &str) -> Option<Vec<u8>> {
    let body = text.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let body: String = body.split_whitespace().collect();
    Base64::decode_vec(&body).ok()
}

/// The blob as one line of text, padded base64.
#[must_use]
pub fn to_line(blob: &[u8]) -> String {
    Base64::encode_string(blob)
}

/// The blob of such a line; only the one way of writing it is read.
#[must_use]
pub fn from_line(line: &str) -> Option<Vec<u8>> {
    let blob = Base64::decode_vec(line).ok()?;
    (to_line(&blob) == line).then_some(blob)
}

/// Takes a length of four bytes and so many bytes.
fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_at_checked(4)?;
    let length = u32::from_be_bytes(length.try_into().ok()?);
    let (text, after) = after.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(text)
}

fn put(out: &mut Vec<u8>, part: &[u8]) {
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(part);
}

/// A signature and the line of its public key, as `ssh-keygen` would make
/// them with the key whose 32 secret bytes are given. For tests alone.
#[doc(hidden)]
#[must_use]
pub fn sign_for_tests(secret: &[u8; 32], namespace: &str, message: &[u8]) -> (Vec<u8>, String) {
    use ed25519_dalek::Signer as _;
    let key = ed25519_dalek::SigningKey::from_bytes(secret);
    let mut public = Vec::new();
    put(&mut public, KEY_TYPE);
    put(&mut public, key.verifying_key().as_bytes());
    let mut signed = MAGIC.to_vec();
    for part in [
        namespace.as_bytes(),
        b"",
        b"sha512",
        &Sha512::digest(message),
    ] {
        put(&mut signed, part);
    }
    let mut inner = Vec::new();
    put(&mut inner, KEY_TYPE);
    put(&mut inner, &key.sign(&signed).to_bytes());
    let mut blob = MAGIC.to_vec();
    blob.extend_from_slice(&[0, 0, 0, 1]);
    put(&mut blob, &public);
    for part in [namespace.as_bytes(), b"", b"sha512", inner.as_slice()] {
        put(&mut blob, part);
    }
    let line = format!("ssh-ed25519 {} test", to_line(&public));
    (blob, line)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made with OpenSSH: ssh-keygen -t ed25519, then
    // printf 'offrecord\n' | ssh-keygen -Y sign -f k -n offrecord-test
    const PUBLIC: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFXgGx6pllFvkKVSdeHWKq/C4kBTmKDtzOA2wkr9Id3d invented";
    const ARMOURED: &str = "\
-----BEGIN SSH SIGNATURE-----\n\
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgVeAbHqmWUW+QpVJ14dYqr8LiQF\n\
OYoO3M4DbCSv0h3d0AAAAOb2ZmcmVjb3JkLXRlc3QAAAAAAAAABnNoYTUxMgAAAFMAAAAL\n\
c3NoLWVkMjU1MTkAAABAfaDAEKYSvk1p7FDjg/m8wKmByxLIyKX/wHkZlqgiW98prkpzqB\n\
ZASEsuPRhHoxewAESOQo1BsoJLTLDTupLfCg==\n\
-----END SSH SIGNATURE-----\n\
";

    #[test]
    fn a_signature_made_by_openssh_is_known_and_no_other_message_or_purpose() {
        let blob = unarmour(ARMOURED).unwrap();
        let signer = Signer::read(PUBLIC).unwrap();
        assert_eq!(
            signer_of(&blob, "offrecord-test", b"offrecord\n"),
            Some(signer)
        );
        assert_eq!(
            signer.fingerprint(),
            "SHA256:0GIXvi/oYkJ90WVVFZjvFluy75bLqEeTuGNJHSMCkCM"
        );
        assert_eq!(signer_of(&blob, "offrecord-test", b"offrecord"), None);
        assert_eq!(signer_of(&blob, "file", b"offrecord\n"), None);
    }

    #[test]
    fn every_change_of_a_byte_of_a_signature_is_seen() {
        let (blob, line) = sign_for_tests(&[7; 32], "n", b"message");
        let signer = Signer::read(&line).unwrap();
        assert_eq!(signer_of(&blob, "n", b"message"), Some(signer));
        for at in 0..blob.len() {
            for change in [1, 0x80, 0xff] {
                let mut broken = blob.clone();
                broken[at] ^= change;
                assert_ne!(signer_of(&broken, "n", b"message"), Some(signer), "{at}");
            }
        }
        for cut in 0..blob.len() {
            assert_eq!(signer_of(&blob[..cut], "n", b"message"), None);
        }
    }

    #[test]
    fn lines_that_are_no_ed25519_keys_are_refused() {
        for line in [
            "",
            "ssh-ed25519",
            "ssh-rsa AAAA",
            "ssh-ed25519 AAAA",
            "ssh-ed25519 !!!",
        ] {
            assert!(Signer::read(line).is_none(), "{line}");
        }
    }
}
