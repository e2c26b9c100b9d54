//! HMAC-SHA256 of many short values under one subkey.
//!
//! Everything else is computed from these tags. The fast path may differ from
//! the `hmac` crate in nothing but time; a test compares them at every length.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sha2::block_api::compress256;
use zeroize::{Zeroize, Zeroizing};

use super::Subkey;

/// Bytes that one block of SHA-256 takes.
const BLOCK: usize = 64;

/// The longest value that fits one block with its padding and length.
const SHORT: usize = BLOCK - 9;

/// Initial state of SHA-256 (FIPS 180-4, 5.3.3).
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// HMAC-SHA256 (RFC 2104) under a subkey: the two states after the key are
/// computed once and copied for each value.
///
/// A value of up to 55 bytes of UTF-8 costs two rounds of SHA-256's
/// compression and no more: such values, which are nearly all, do not pass
/// through the buffers of the `hmac` crate, which take a quarter of the time.
/// Longer ones do. Cloning is cheap; give each worker its own. No `Debug`;
/// wiped on drop.
#[derive(Clone)]
pub struct Tagger {
    inner: [u32; 8],
    outer: [u32; 8],
    long: Hmac<Sha256>,
}

impl Drop for Tagger {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

impl Tagger {
    /// Keys the states.
    #[must_use]
    pub fn new(subkey: &Subkey) -> Self {
        // A key shorter than a block is padded with zeros; giving the crate a
        // whole block leaves no error to handle.
        let mut block = Zeroizing::new([0u8; BLOCK]);
        for (to, from) in block.iter_mut().zip(subkey.0.iter()) {
            *to = *from;
        }
        let keyed = |pad: u8| {
            let padded = Zeroizing::new(block.map(|byte| byte ^ pad));
            let mut state = START;
            compress256(&mut state, std::slice::from_ref(&*padded));
            state
        };
        Self {
            inner: keyed(0x36),
            outer: keyed(0x5c),
            long: Hmac::new((&*block).into()),
        }
    }

    /// The tag of one normalised value, in UTF-8.
    #[must_use]
    #[inline]
    pub fn tag(&self, value: &[u8]) -> [u8; 32] {
        let mut block = [0u8; BLOCK];
        match block.get_mut(..value.len()) {
            Some(text) if value.len() <= SHORT => text.copy_from_slice(value),
            _ => return self.long(value),
        }
        let inner = last_block(self.inner, &mut block, value.len());
        let mut block = [0u8; BLOCK];
        write_state(inner, &mut block);
        let mut tag = [0u8; 32];
        write_state(last_block(self.outer, &mut block, 32), &mut tag);
        tag
    }

    /// Any length.
    #[cold]
    fn long(&self, value: &[u8]) -> [u8; 32] {
        let mut mac = self.long.clone();
        mac.update(value);
        mac.finalize().into_bytes().into()
    }
}

/// The state after a last block that holds `len` bytes: a one bit, zeros, and
/// the length in bits of all that was hashed, the key's block included.
#[inline(always)]
fn last_block(mut state: [u32; 8], block: &mut [u8; BLOCK], len: usize) -> [u32; 8] {
    block[len] = 0x80;
    let bits = (BLOCK + len) as u64 * 8;
    block[BLOCK - 8..].copy_from_slice(&bits.to_be_bytes());
    compress256(&mut state, std::slice::from_ref(block));
    state
}

/// Writes a state, big-endian, to the beginning of `out`.
#[inline(always)]
fn write_state(state: [u32; 8], out: &mut [u8]) {
    for (bytes, word) in out.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Key, Label};

    #[test]
    fn tags_are_those_of_the_hmac_crate_at_every_length() {
        let subkey = Key::test_key().subkey(Label::Pseudonym, &["p", "d", ""]);
        let tagger = Tagger::new(&subkey);
        let text: Vec<u8> = (0..300u16).map(|i| (i * 7 + 1) as u8).collect();
        for len in 0..=text.len() {
            let mut mac = Hmac::<Sha256>::new_from_slice(subkey.0.as_slice()).unwrap();
            mac.update(&text[..len]);
            let expected: [u8; 32] = mac.finalize().into_bytes().into();
            assert_eq!(tagger.tag(&text[..len]), expected, "length {len}");
            assert_eq!(tagger.clone().tag(&text[..len]), expected, "length {len}");
        }
    }
}
