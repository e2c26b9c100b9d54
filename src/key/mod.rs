//! Key files, derivation of subkeys, tags, codes, offsets, fingerprints; wiping.
//!
//! Everything that needs the secret starts here: a [`Key`] is read, a
//! [`Subkey`] is derived from it for one purpose, and from that come codes
//! ([`Tagger`] and [`CodeFormat`]), date offsets ([`shift_days`]) and
//! fingerprints ([`fingerprint`]). Neighbours that need no secret live
//! here because they share the primitives: the identity of a policy
//! ([`identity`]) and its words for people ([`words`]), approvals and what seals
//! them ([`approval`], [`sshsig`]).
//!
//! This room may not: import anything else of ours, print, log, or let a key
//! into `Debug`, `Display`, an error, an argument or an environment variable.
//! Wiping is best effort: buffers of ours are overwritten when they go, but
//! the compiler may have copied them, and the padded key block inside `hmac`
//! is not wiped by that crate.
//!
//! ```
//! use offrecord::key::{CodeFormat, Key, Label, Tagger};
//!
//! let key = Key::test_key();
//! assert_eq!(key.id().to_string(), "d03ece4d938f3559");
//! let subkey = key.subkey(Label::Pseudonym, &["party-register", "person", ""]);
//! let (tagger, format) = (Tagger::new(&subkey), CodeFormat::new("P", 80).unwrap());
//! let mut out = Vec::new();
//! format.write(&tagger.tag(b"11010519491231002X"), &mut out);
//! assert_eq!(out, b"P-2Q3D-EZPX-6QJ8-RGBJ-4");
//! ```

pub mod approval;
mod code;
mod destroy;
mod error;
mod file;
pub mod fingerprint;
pub mod identity;
pub mod sshsig;
mod tag;
pub mod words;

use std::fmt;

use sha2::Sha256;
use zeroize::Zeroizing;

pub use code::{CodeFault, CodeFormat, ReadCode, collision_odds, shift_days};
pub use destroy::{Destroyed, destroy};
pub use error::KeyError;
pub use file::MODES_CHECKED;
pub use tag::Tagger;

/// Bytes of a key and of a subkey.
pub const KEY_BYTES: usize = 32;

/// The least number of different byte values in a key that is accepted.
///
/// 32 random bytes hold about 30 different values; fewer than 16 has odds
/// below 10⁻¹², so a key like that was typed, padded or copied wrongly.
pub const MIN_DISTINCT_BYTES: usize = 16;

/// The secret of a newsroom: 32 bytes from the operating system.
///
/// No `Debug`, `Display`, `Clone` or serialisation. The bytes lie on the heap,
/// so that moving a `Key` leaves no copy behind, and are wiped on drop.
pub struct Key(Box<Zeroizing<[u8; KEY_BYTES]>>);

impl Key {
    /// A new key from the operating system's random source.
    ///
    /// # Errors
    /// [`KeyError::Random`] when the source fails, [`KeyError::Weak`] when
    /// what it gave cannot be random.
    pub fn generate() -> Result<Self, KeyError> {
        let mut key = Self::blank();
        getrandom::fill(key.0.as_mut_slice()).map_err(KeyError::Random)?;
        key.not_weak()
    }

    /// The key 00 01 … 1f of examples and of `try`. Anybody can compute its
    /// codes: it protects nothing.
    #[must_use]
    pub fn test_key() -> Self {
        let mut key = Self::blank();
        for (value, byte) in (0u8..).zip(key.0.iter_mut()) {
            *byte = value;
        }
        key
    }

    /// Public name of the key, for manifests: it tells which key was used and
    /// helps nobody to compute a code.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let subkey = self.subkey(Label::KeyId, &[]);
        let mut id = [0; 8];
        for (to, from) in id.iter_mut().zip(subkey.0.iter()) {
            *to = *from;
        }
        KeyId(id)
    }

    /// Derives the subkey for one purpose: HKDF-SHA256 (RFC 5869), the key as
    /// input, no salt, info = label ‖ LP(part) ‖ …, 32 bytes.
    ///
    /// `parts` must be those that [`Label::parts`] names, in that order; a
    /// recipient is the empty text where the policy names none. No label is
    /// the beginning of another and parts carry their length, so two different
    /// purposes never share an info.
    #[must_use]
    pub fn subkey(&self, label: Label, parts: &[&str]) -> Subkey {
        debug_assert_eq!(
            parts.len(),
            label.parts().len(),
            "the parts of {} are {:?}",
            label.text(),
            label.parts()
        );
        let mut info = label.text().as_bytes().to_vec();
        for part in parts {
            identity::push_lp(&mut info, part.as_bytes());
        }
        let mut out = Subkey::blank();
        let derived =
            hkdf::Hkdf::<Sha256>::new(None, self.0.as_slice()).expand(&info, out.0.as_mut_slice());
        if derived.is_err() {
            // The only error of HKDF-Expand is an output over 8,160 bytes.
            // Going on with a blank subkey would code everybody under zeros.
            unreachable!("HKDF-SHA256 gives 32 bytes");
        }
        out
    }

    fn blank() -> Self {
        Self(Box::new(Zeroizing::new([0; KEY_BYTES])))
    }

    /// The key, if its bytes can be random.
    fn not_weak(self) -> Result<Self, KeyError> {
        let mut seen = Zeroizing::new([false; 256]);
        for byte in self.0.iter() {
            seen[usize::from(*byte)] = true;
        }
        if seen.iter().filter(|one| **one).count() < MIN_DISTINCT_BYTES {
            return Err(KeyError::Weak);
        }
        Ok(self)
    }
}

/// Public name of a key: the first 8 bytes of a subkey of its own. Written as
/// 16 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// The 8 bytes.
    #[must_use]
    pub fn bytes(self) -> [u8; 8] {
        self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// What a subkey is for. The text of a label is part of the format: a change
/// would change every code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// The key's public name; [`Key::id`] is the way to it.
    KeyId,
    /// Codes of one domain for one recipient.
    Pseudonym,
    /// The order of shuffled rows.
    Order,
    /// Date offsets of one domain for one recipient.
    Shift,
    /// Fingerprints for the leak check under one policy.
    Leak,
    /// Record keys for cell-key perturbation. No recipient, or colluding
    /// recipients would average the noise out.
    CellKey,
    /// Sizes of withheld cells in the ledger of a family.
    Ledger,
}

impl Label {
    /// All labels.
    pub const ALL: [Self; 7] = [
        Self::KeyId,
        Self::Pseudonym,
        Self::Order,
        Self::Shift,
        Self::Leak,
        Self::CellKey,
        Self::Ledger,
    ];

    /// The label as it goes into HKDF's info.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::KeyId => "offrecord/1/key-id",
            Self::Pseudonym => "offrecord/1/pseudonym",
            Self::Order => "offrecord/1/order",
            Self::Shift => "offrecord/1/shift",
            Self::Leak => "offrecord/1/leak",
            Self::CellKey => "offrecord/1/cell-key",
            Self::Ledger => "offrecord/1/ledger",
        }
    }

    /// Names of the parts that [`Key::subkey`] wants, in order.
    #[must_use]
    pub const fn parts(self) -> &'static [&'static str] {
        match self {
            Self::KeyId => &[],
            Self::Pseudonym | Self::Shift => &["project", "domain", "recipient"],
            Self::Order => &["project", "recipient", "policy identity (hex)"],
            Self::Leak => &["policy identity (hex)"],
            Self::CellKey => &["family", "domain"],
            Self::Ledger => &["family"],
        }
    }
}

/// 32 bytes derived from a [`Key`] for one purpose; as secret as the key for
/// what it is for. No `Debug`, no `Clone`; on the heap and wiped on drop.
pub struct Subkey(Box<Zeroizing<[u8; KEY_BYTES]>>);

impl Subkey {
    fn blank() -> Self {
        Self(Box::new(Zeroizing::new([0; KEY_BYTES])))
    }
}

#[cfg(test)]
mod tests;
