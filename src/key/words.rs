//! Six words for a policy's identity, so that two people can compare it aloud.
//!
//! The stretching makes it dear to search for another policy with the same
//! words. It takes a good part of a second: compute it where a person reads
//! it, never in the hot path of a run.

use hmac::Hmac;
use sha2::Sha256;

/// Rounds of PBKDF2: 2²⁰.
const ROUNDS: u32 = 1 << 20;

/// Six English words of the BIP-39 list for a policy's identity.
///
/// PBKDF2-HMAC-SHA256 (RFC 8018) over the identity, salt `offrecord/1/words`,
/// 2²⁰ rounds; the first 66 bits, 11 a word, most significant bit first. The
/// words are a name, not a BIP-39 mnemonic: they carry no checksum.
#[must_use]
pub fn six_words(identity: &[u8; 32]) -> [&'static str; 6] {
    let mut derived = [0u8; 9];
    if pbkdf2::pbkdf2::<Hmac<Sha256>>(identity, b"offrecord/1/words", ROUNDS, &mut derived).is_err()
    {
        // HMAC takes a key of any length; constant words would be a lie.
        unreachable!("PBKDF2-HMAC takes a password of any length");
    }
    let list = bip39::Language::English.word_list();
    numbers(&derived).map(|number| list[number])
}

/// The first 66 bits as six numbers below 2048.
fn numbers(bytes: &[u8; 9]) -> [usize; 6] {
    let bits = bytes
        .iter()
        .fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    // 72 bits are there, 6 are left over at the end.
    [61, 50, 39, 28, 17, 6].map(|shift| (bits >> shift) as usize & 0x7ff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_eleven_bits_each_from_the_most_significant() {
        let mut bytes = [0; 9];
        assert_eq!(numbers(&bytes), [0; 6]);
        bytes[0] = 0b1000_0000;
        assert_eq!(numbers(&bytes), [1024, 0, 0, 0, 0, 0]);
        bytes = [0xff; 9];
        assert_eq!(numbers(&bytes), [2047; 6]);
        // Bit 11 is the first of the second word, bit 65 the last of the sixth.
        bytes = [0, 0b0001_0000, 0, 0, 0, 0, 0, 0, 0b0100_0000];
        assert_eq!(numbers(&bytes), [0, 1024, 0, 0, 0, 1]);
        // The last six bits belong to no word.
        bytes = [0, 0, 0, 0, 0, 0, 0, 0, 0b0011_1111];
        assert_eq!(numbers(&bytes), [0; 6]);
    }

    #[test]
    fn the_words_of_an_identity_are_known() {
        // Computed with Python's hashlib.pbkdf2_hmac and the published list.
        let words = six_words(&[0; 32]);
        assert_eq!(
            words,
            ["trophy", "observe", "hazard", "issue", "rough", "cement"]
        );
        assert_ne!(words, six_words(&[1; 32]));
    }
}
