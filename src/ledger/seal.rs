//! Sizes under the newsroom's key: authenticated encryption without a clock or
//! a coin, so that the same release gives the same bytes.
//!
//! The tag is HMAC-SHA256 over the rest of the line and the plain text; it is
//! the nonce of the key stream as well (the synthetic-IV construction), which
//! is HMAC-SHA256 over tag and block number. Two different contents have
//! different tags and so independent streams; equal contents give equal bytes
//! and tell no more than that.

use base64ct::{Base64, Encoding};

use super::{Release, Sizes};
use crate::key::{Key, Label, Tagger};

const TAG: usize = 32;

fn tagger(key: &Key, family: &str) -> Tagger {
    Tagger::new(&key.subkey(Label::Ledger, &[family]))
}

/// The tag over the public part of a line and the plain text.
fn tag(tagger: &Tagger, release: &Release, plain: &[u8]) -> [u8; TAG] {
    let mut open = release.clone();
    open.sealed = String::new();
    let public = serde_json::to_vec(&open).unwrap_or_default();
    let mut text = vec![1];
    text.extend_from_slice(&(public.len() as u64).to_be_bytes());
    text.extend_from_slice(&public);
    text.extend_from_slice(plain);
    tagger.tag(&text)
}

/// The key under which classes of rows have the same names in every release of
/// a family: 128 bits for SipHash-2-4. The names stand in ledgers sealed.
#[must_use]
pub fn class_names(key: &Key, family: &str) -> (u64, u64) {
    halves(key, family, 3)
}

fn halves(key: &Key, family: &str, purpose: u8) -> (u64, u64) {
    let tag = tagger(key, family).tag(&[purpose]);
    let half = |at: usize| {
        let bytes = tag.get(at..at + 8).unwrap_or_default();
        u64::from_le_bytes(bytes.try_into().unwrap_or_default())
    };
    (half(0), half(8))
}

/// Which of two equally dear cells of a table is withheld to protect a third:
/// the same for a family and its key, and nothing that an attacker who knows
/// the algorithm could repeat. It holds key material and has no `Debug`.
#[derive(Clone, Copy)]
pub struct Ties {
    keys: (u64, u64),
}

impl Ties {
    /// Those of a family.
    #[must_use]
    pub fn new(key: &Key, family: &str) -> Self {
        Self {
            keys: halves(key, family, 4),
        }
    }

    /// The place of a cell among its equals, 0 to 255, by its labels.
    #[must_use]
    pub fn of(&self, labels: &[String]) -> u64 {
        let mut text = Vec::new();
        for label in labels {
            text.extend_from_slice(label.as_bytes());
            text.push(0xff);
        }
        let sip = siphasher::sip::SipHasher24::new_with_keys(self.keys.0, self.keys.1);
        sip.hash(&text) >> 56
    }
}

fn stream(tagger: &Tagger, tag: &[u8; TAG], text: &mut [u8]) {
    for (number, block) in (0u64..).zip(text.chunks_mut(TAG)) {
        let mut input = [0; 1 + TAG + 8];
        input[0] = 2;
        input[1..=TAG].copy_from_slice(tag);
        input[1 + TAG..].copy_from_slice(&number.to_be_bytes());
        for (byte, key) in block.iter_mut().zip(tagger.tag(&input)) {
            *byte ^= key;
        }
    }
}

/// Seals sizes for a line.
pub(super) fn close(key: &Key, family: &str, release: &Release, sizes: &Sizes) -> String {
    let tagger = tagger(key, family);
    let mut text = serde_json::to_vec(sizes).unwrap_or_default();
    let tag = tag(&tagger, release, &text);
    stream(&tagger, &tag, &mut text);
    Base64::encode_string(&[tag.as_slice(), &text].concat())
}

/// Opens the sizes of a line; `None` under another key, or of another line.
pub(super) fn open(key: &Key, family: &str, release: &Release) -> Option<Sizes> {
    let sealed = Base64::decode_vec(&release.sealed).ok()?;
    let (known, text) = sealed.split_first_chunk::<TAG>()?;
    let tagger = tagger(key, family);
    let mut text = text.to_vec();
    stream(&tagger, known, &mut text);
    if tag(&tagger, release, &text) != *known {
        return None;
    }
    serde_json::from_slice(&text).ok()
}
