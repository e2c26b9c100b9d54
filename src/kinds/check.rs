//! The arithmetic of check digits, over ASCII. Each function says which
//! standard it is; none of them panics on any bytes.
//!
//! May not know a kind.

use super::CivilDate;
use super::Misfit;

/// Value of a digit or letter: 0–9, A–Z as 10–35; of anything else 0.
#[inline]
pub(crate) fn value(b: u8) -> u32 {
    match b {
        b'0'..=b'9' => u32::from(b - b'0'),
        b'A'..=b'Z' => u32::from(b - b'A') + 10,
        _ => 0,
    }
}

/// The value at `i`; 0 behind the end.
#[inline]
pub(crate) fn at(s: &[u8], i: usize) -> u32 {
    s.get(i).map_or(0, |&b| value(b))
}

/// The digits `from..to` as a number; what is no digit counts 0.
pub(crate) fn number(s: &[u8], from: usize, to: usize) -> u64 {
    (from..to).fold(0u64, |n, i| {
        n.wrapping_mul(10).wrapping_add(u64::from(at(s, i)))
    })
}

/// The text `from..to`.
pub(crate) fn part(s: &str, from: usize, to: usize) -> &str {
    s.get(from..to).unwrap_or_default()
}

/// Σ wᵢ·vᵢ over as many characters as there are weights.
pub(crate) fn weighted(s: &[u8], weights: &[u32]) -> u32 {
    weights.iter().enumerate().fold(0u32, |sum, (i, w)| {
        sum.wrapping_add(w.wrapping_mul(at(s, i)))
    })
}

/// `Ok` where it holds, else a wrong check digit.
pub(crate) fn holds(holds: bool) -> Result<(), Misfit> {
    if holds {
        Ok(())
    } else {
        Err(Misfit::CheckDigit)
    }
}

/// `Ok` where it holds, else a wrong form.
pub(crate) fn form(holds: bool) -> Result<(), Misfit> {
    if holds { Ok(()) } else { Err(Misfit::Form) }
}

/// The day, or a reason.
pub(crate) fn real(day: Option<CivilDate>) -> Result<(), Misfit> {
    day.map(|_| ()).ok_or(Misfit::Date)
}

/// A day of the calendar from numbers of any size.
pub(crate) fn day(year: u64, month: u64, day: u64) -> Option<CivilDate> {
    CivilDate::new(
        i16::try_from(year).ok()?,
        u8::try_from(month).ok()?,
        u8::try_from(day).ok()?,
    )
}

/// Whether all characters are the same.
pub(crate) fn uniform(s: &[u8]) -> bool {
    s.windows(2).all(|two| two.first() == two.get(1))
}

/// Luhn's sum (ISO/IEC 7812-1 Annex B) over digits: every second from the
/// right doubled, the digits of the products added. Letters count by `value`.
pub(crate) fn luhn_sum(s: &[u8]) -> u32 {
    s.iter().rev().enumerate().fold(0, |sum, (i, &b)| {
        let v = value(b);
        let v = if i % 2 == 1 { v * 2 } else { v };
        sum + v / 10 + v % 10
    })
}

/// Whether a number with its check digit passes Luhn's test.
pub(crate) fn luhn(s: &[u8]) -> bool {
    luhn_sum(s).is_multiple_of(10)
}

/// ISO 7064 MOD 11-2: the remainder over all characters, X at the end as 10.
pub(crate) fn mod_11_2(s: &[u8]) -> bool {
    let sum = s.iter().fold(0u32, |sum, &b| {
        (sum * 2 + if b == b'X' { 10 } else { value(b) }) % 11
    });
    sum == 1
}

/// ISO 7064 MOD 11,10 over digits.
pub(crate) fn mod_11_10(s: &[u8]) -> bool {
    let Some((last, body)) = s.split_last() else {
        return false;
    };
    let sum = body.iter().fold(10u32, |product, &b| {
        let sum = match (value(b) + product) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (sum + value(*last)) % 10 == 1
}

/// The remainder modulo 97 of the text with letters as two digits (ISO 7064
/// MOD 97-10).
pub(crate) fn mod_97(s: impl Iterator<Item = u8>) -> u32 {
    s.fold(0, |rest, b| {
        let v = value(b);
        (if v > 9 { rest * 100 + v } else { rest * 10 + v }) % 97
    })
}

/// Verhoeff's check over the dihedral group D₅.
pub(crate) fn verhoeff(s: &[u8]) -> bool {
    // Product in D5: rotations 0–4, reflections 5–9.
    let times = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - 5 + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    };
    const TURN: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let turned = |v: u32, times: usize| {
        (0..times % 8).fold(v, |v, _| TURN.get(v as usize).copied().unwrap_or(0))
    };
    s.iter()
        .rev()
        .enumerate()
        .fold(0, |sum, (i, &b)| times(sum, turned(value(b) % 10, i)))
        == 0
}

/// The check of ICAO Doc 9303 part 3: weights 7, 3, 1; letters from 10; `<` 0.
pub(crate) fn icao(s: &[u8]) -> u32 {
    s.iter()
        .enumerate()
        .map(|(i, &b)| value(b) * [7, 3, 1][i % 3])
        .sum::<u32>()
        % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standards_hold() {
        assert!(luhn(b"79927398713") && !luhn(b"79927398710"));
        assert!(mod_11_2(b"07940") && !mod_11_2(b"0794X"));
        assert!(mod_11_10(b"07945"));
        assert_eq!(mod_97(b"79444".iter().copied()), 1);
        assert!(verhoeff(b"2363") && !verhoeff(b"3263"));
        // ICAO 9303: the specimen document L898902C3, check digit 6.
        assert_eq!(icao(b"L898902C3"), 6);
        assert_eq!(icao(b"520727"), 3);
    }

    #[test]
    fn verhoeff_catches_every_wrong_digit_and_every_swap() {
        let right: Vec<u8> = (b'0'..=b'9')
            .map(|d| [*b"84736430", [d; 8]].concat()[..9].to_vec())
            .find(|s| verhoeff(s))
            .unwrap();
        for i in 0..right.len() {
            for d in b'0'..=b'9' {
                let mut wrong = right.clone();
                wrong[i] = d;
                assert_eq!(verhoeff(&wrong), wrong == right);
            }
            if i > 0 && right[i] != right[i - 1] {
                let mut wrong = right.clone();
                wrong.swap(i, i - 1);
                assert!(!verhoeff(&wrong));
            }
        }
    }
}
