//! A hunter for protected values in finished bytes, with folding of its own:
//! full-width forms to ASCII, other scripts' digits to ASCII, lower case,
//! everything that separates or is not seen left out.
//!
//! It knows nothing of fingerprints: it holds the raw values.

use std::collections::{HashMap, HashSet};

/// Folds text for the hunt.
pub(crate) fn fold(text: &str) -> Vec<char> {
    text.chars().filter_map(folded).collect()
}

fn folded(c: char) -> Option<char> {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0)?,
        'Х' | 'х' => 'x',
        _ => c,
    };
    let separates = c.is_whitespace()
        || matches!(c,
            '-' | '.' | '_' | '·' | '•' | '‧' | '・' | '\u{ad}' | '\u{58a}' | '\u{5be}'
            | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{2028}'..='\u{202f}'
            | '\u{2060}'..='\u{206f}' | '\u{2212}' | '\u{301c}' | '\u{3030}' | '\u{feff}'
            | '\u{fe31}' | '\u{fe32}' | '\u{fe58}' | '\u{fe63}' | '\u{180e}');
    if separates && !matches!(c, '\n' | '\r') {
        return None;
    }
    Some(match decimal(c) {
        Some(digit) => char::from(b'0' + digit),
        None => c.to_lowercase().next().unwrap_or(c),
    })
}

/// Decimal digits of the scripts that a keyboard or a careless export brings.
fn decimal(c: char) -> Option<u8> {
    const ZEROS: [u32; 12] = [
        0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
        0xff10,
    ];
    let c = u32::from(c);
    ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&c))
        .map(|zero| (c - zero) as u8)
}

/// Characters that a value must have to be hunted anywhere.
const LEAST: usize = 8;
const BITS: usize = 1 << 20;

/// Values to find, by their first eight characters.
#[derive(Default)]
pub(crate) struct Hunter {
    heads: Vec<bool>,
    values: HashMap<[char; LEAST], Vec<Vec<char>>>,
    known: HashSet<Vec<char>>,
}

impl Hunter {
    pub(crate) fn new() -> Self {
        Self {
            heads: vec![false; BITS],
            ..Self::default()
        }
    }

    /// Adds a value; one that is too short when folded is left out, which the answer says.
    pub(crate) fn add(&mut self, value: &str) -> bool {
        let folded: Vec<char> = fold(value)
            .into_iter()
            .filter(|c| !c.is_control())
            .collect();
        let Some(head) = folded.first_chunk::<LEAST>() else {
            return false;
        };
        if self.known.insert(folded.clone()) {
            self.heads[slot(head)] = true;
            self.values.entry(*head).or_default().push(folded);
        }
        true
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// Counts places in a text where a value stands, however it is written;
    /// `exempt` values are not counted.
    pub(crate) fn places(&self, bytes: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(bytes);
        let text = fold(&text);
        let mut found = Vec::new();
        for (at, head) in text.windows(LEAST).enumerate() {
            let head: &[char; LEAST] = head.try_into().unwrap();
            if !self.heads[slot(head)] {
                continue;
            }
            for value in self.values.get(head).into_iter().flatten() {
                let end = at + value.len();
                if text.get(at..end) != Some(value.as_slice()) {
                    continue;
                }
                // A number inside a longer number is another number.
                let digit = |at: Option<&char>| at.is_some_and(char::is_ascii_digit);
                let before = at.checked_sub(1).and_then(|at| text.get(at));
                let in_number = value[0].is_ascii_digit() && digit(before)
                    || value.last().is_some_and(char::is_ascii_digit) && digit(text.get(end));
                if !in_number {
                    found.push(value.iter().collect());
                }
            }
        }
        found
    }
}

fn slot(head: &[char; LEAST]) -> usize {
    let mut hash = 0usize;
    for c in head {
        hash = hash
            .wrapping_mul(0x0100_0193)
            .wrapping_add(*c as usize)
            .wrapping_mul(0x9e37_79b1);
    }
    (hash >> 7) % BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_every_written_form_and_not_inside_a_longer_one() {
        let mut hunter = Hunter::new();
        assert!(hunter.add("91010119900101001X"));
        assert!(hunter.add("15400001111"));
        assert!(!hunter.add("1234567"));
        for text in [
            "x91010119900101001Xy",
            "９１０１０１ 19900101 001ｘ",
            "910101-1990.0101\u{200b}001х。",
            "身份证91010119900101001X已核对",
            "tel:154 0000 1111",
            "٩١٠١٠١١٩٩٠٠١٠١٠٠١X",
        ] {
            assert_eq!(hunter.places(text.as_bytes()).len(), 1, "{text}");
        }
        for text in ["2015400001111", "154000011112", "91010119900101001", ""] {
            assert!(hunter.places(text.as_bytes()).is_empty(), "{text}");
        }
    }
}
