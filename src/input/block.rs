//! Bit masks over 64 bytes: bit `i` says whether byte `i` is the wanted one.
//! Portable SIMD through `wide`, so that this crate needs no unsafe code.

use wide::u8x16;

/// 64 bytes.
#[derive(Clone, Copy)]
pub(super) struct Block<'a>(&'a [u8; 64]);

/// One byte to look for, spread over a register.
#[derive(Clone, Copy)]
pub(super) struct Needle(u8x16);

impl Needle {
    pub(super) fn new(byte: u8) -> Self {
        Self(u8x16::splat(byte))
    }
}

impl<'a> Block<'a> {
    #[inline(always)]
    pub(super) fn load(bytes: &'a [u8; 64]) -> Self {
        Self(bytes)
    }

    #[inline(always)]
    fn part(self, nth: usize) -> u8x16 {
        let mut part = [0; 16];
        part.copy_from_slice(&self.0[nth * 16..nth * 16 + 16]);
        u8x16::new(part)
    }

    #[inline(always)]
    pub(super) fn eq(self, needle: Needle) -> u64 {
        let mask = |nth: usize| u64::from(self.part(nth).simd_eq(needle.0).to_bitmask());
        mask(0) | mask(1) << 16 | mask(2) << 32 | mask(3) << 48
    }

    /// Whether any byte is one of the two.
    #[inline(always)]
    pub(super) fn any(self, x: Needle, y: Needle) -> bool {
        let both = |nth: usize| {
            let part = self.part(nth);
            part.simd_eq(x.0) | part.simd_eq(y.0)
        };
        ((both(0) | both(1)) | (both(2) | both(3))).to_bitmask() != 0
    }
}

/// `tail` filled up with zeros to 64 bytes; callers mask those off.
pub(super) fn pad(tail: &[u8]) -> [u8; 64] {
    let mut bytes = [0; 64];
    for (to, from) in bytes.iter_mut().zip(tail) {
        *to = *from;
    }
    bytes
}

/// Bit `i` is the parity of bits `0..=i`: set from an opening quote up to the
/// byte before the closing one.
#[inline(always)]
pub(super) fn prefix_xor(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    bits
}

/// The lowest `n` bits, for `n` up to 64.
#[inline(always)]
pub(super) fn low(n: usize) -> u64 {
    if n >= 64 { u64::MAX } else { (1 << n) - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_name_the_bytes() {
        let mut bytes = [b'x'; 64];
        for at in [0, 1, 17, 31, 32, 63] {
            bytes[at] = b'"';
        }
        let mask = Block::load(&bytes).eq(Needle::new(b'"'));
        let at: Vec<u32> = (0..64).filter(|i| mask >> i & 1 == 1).collect();
        assert_eq!(at, [0, 1, 17, 31, 32, 63]);
        assert_eq!(Block::load(&pad(b"a\"")).eq(Needle::new(b'"')), 2);
    }

    #[test]
    fn parity_runs_from_quote_to_quote() {
        assert_eq!(prefix_xor(0b1000_1000), 0b0111_1000);
        assert_eq!(low(0), 0);
        assert_eq!(low(64), u64::MAX);
    }
}
