//! Columns of codes: can they be computed without a key?
//!
//! Candidates (identity numbers of a region, mobile numbers, days, small
//! numbers, shapes, values of a list) go through the hashes that people use,
//! plain and with salts, and are looked up among the codes. What is hashed here
//! is an attacker's guess; nothing that was found is told but its number.

use hashbrown::HashSet;
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use std::num::NonZeroUsize;

use super::sheet::Sheet;
use crate::kinds::date::CivilDate;

/// What is tried.
#[derive(Debug, Clone)]
pub struct Guesses {
    /// Area codes of identity numbers, six digits.
    pub regions: Vec<String>,
    /// Shapes: `9` a digit, `A` a letter, all else itself.
    pub shapes: Vec<String>,
    /// Salts that the intruder knows.
    pub salts: Vec<String>,
    /// Most guesses a column; a space larger than its share is sampled.
    pub tries: u64,
    /// Values of a list that the intruder has.
    pub listed: Vec<String>,
}

/// What came of one column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cracked {
    /// Different codes.
    pub codes: u64,
    /// Of those, computed from a guess.
    pub found: u64,
    /// Guesses hashed.
    pub tried: u64,
    /// Guesses that there are.
    pub space: u64,
    /// What undid the most: hash and candidates.
    pub by: Option<String>,
    /// Whether the codes read as any form that is tried.
    pub readable: bool,
}

/// How codes are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Hex,
    Base64,
    Ours,
}

/// The first 64 bits of a code, and how it is written.
fn first_bits(text: &str) -> Option<(u64, Written)> {
    let bytes = text.as_bytes();
    if (16..=128).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_hexdigit) {
        let head = text.get(..16)?;
        return Some((u64::from_str_radix(head, 16).ok()?, Written::Hex));
    }
    if let Some((prefix, rest)) = text.split_once('-')
        && (1..=3).contains(&prefix.len())
        && prefix.bytes().all(|b| b.is_ascii_uppercase())
        && rest.len() >= 16
    {
        let mut bits = 0u128;
        let mut taken = 0;
        for byte in rest.bytes().filter(|b| *b != b'-') {
            let symbol = SYMBOLS.iter().position(|s| *s == byte)?;
            bits = bits << 5 | symbol as u128;
            taken += 1;
            if taken == 13 {
                return u64::try_from(bits >> 1)
                    .ok()
                    .map(|bits| (bits, Written::Ours));
            }
        }
        return None;
    }
    let base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/-_=".contains(&b);
    if [22, 24, 27, 28, 43, 44, 86, 88].contains(&bytes.len()) && bytes.iter().all(|b| base64(*b)) {
        let mut bits = 0u128;
        for byte in bytes.iter().take(11) {
            let value = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' | b'-' => 62,
                _ => 63,
            };
            bits = bits << 6 | u128::from(value);
        }
        return u64::try_from(bits >> 2)
            .ok()
            .map(|bits| (bits, Written::Base64));
    }
    None
}

const SYMBOLS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Whether most of a column's values read as hashes or codes.
#[must_use]
pub fn reads_as_codes(sheet: &Sheet, column: usize) -> bool {
    let Some(texts) = sheet.texts.get(column) else {
        return false;
    };
    let some: Vec<_> = texts.iter().filter(|t| !t.is_empty()).take(200).collect();
    let read = some
        .iter()
        .filter(|t| first_bits(t.text()).is_some())
        .count();
    !some.is_empty() && read * 10 >= some.len() * 9
}

/// Writes a candidate by its number.
type Write = dyn Fn(u64, &mut Vec<u8>) + Sync;

/// A numbered set of candidates.
struct Space {
    name: String,
    len: u64,
    write: Box<Write>,
}

fn spaces(guesses: &Guesses) -> Vec<Space> {
    let mut spaces = Vec::new();
    if !guesses.listed.is_empty() {
        let listed = guesses.listed.clone();
        spaces.push(Space {
            name: "values of the list".to_owned(),
            len: listed.len() as u64,
            write: Box::new(move |at, out| {
                let text = usize::try_from(at).ok().and_then(|at| listed.get(at));
                out.extend_from_slice(text.map_or(&b""[..], |text| text.as_bytes()));
            }),
        });
    }
    for shape in &guesses.shapes {
        let pattern: Vec<u8> = shape.bytes().collect();
        let len = pattern.iter().fold(1u64, |len, byte| match byte {
            b'9' => len.saturating_mul(10),
            b'A' => len.saturating_mul(26),
            _ => len,
        });
        spaces.push(Space {
            name: format!("texts of the shape {shape}"),
            len,
            write: Box::new(move |mut at, out| {
                for byte in &pattern {
                    let digits = match byte {
                        b'9' => 10,
                        b'A' => 26,
                        _ => {
                            out.push(*byte);
                            continue;
                        }
                    };
                    let value = u8::try_from(at % digits).unwrap_or(0);
                    at /= digits;
                    out.push(if digits == 10 {
                        b'0' + value
                    } else {
                        b'A' + value
                    });
                }
            }),
        });
    }
    for region in &guesses.regions {
        let first = CivilDate::new(1930, 1, 1).map_or(0, CivilDate::to_days);
        let last = CivilDate::new(2012, 12, 31).map_or(0, CivilDate::to_days);
        let days: Vec<[u8; 8]> = (first..=last)
            .filter_map(|day| {
                let date = CivilDate::from_days(day)?;
                let text = format!("{:04}{:02}{:02}", date.year, date.month, date.day);
                text.as_bytes().try_into().ok()
            })
            .collect();
        let region: Vec<u8> = region.bytes().collect();
        spaces.push(Space {
            name: "identity numbers of a region".to_owned(),
            len: days.len() as u64 * 1000,
            write: Box::new(move |at, out| {
                let start = out.len();
                out.extend_from_slice(&region);
                let day = usize::try_from(at / 1000)
                    .ok()
                    .and_then(|day| days.get(day));
                out.extend_from_slice(day.map_or(&b""[..], |day| day));
                let serial = at % 1000;
                for digit in [serial / 100, serial / 10 % 10, serial % 10] {
                    out.push(b'0' + u8::try_from(digit).unwrap_or(0));
                }
                // ISO 7064 MOD 11-2.
                const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
                let sum: u32 = out
                    .iter()
                    .skip(start)
                    .zip(WEIGHTS)
                    .map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight)
                    .sum();
                out.push(
                    b"10X98765432"
                        .get(sum as usize % 11)
                        .copied()
                        .unwrap_or(b'0'),
                );
            }),
        });
    }
    spaces.push(Space {
        name: "numbers under a million".to_owned(),
        len: 1_000_000,
        write: Box::new(|at, out| out.extend_from_slice(at.to_string().as_bytes())),
    });
    spaces.push(Space {
        name: "days since 1900".to_owned(),
        len: 46_000 * 2,
        write: Box::new(|at, out| {
            let first = CivilDate::new(1900, 1, 1).map_or(0, CivilDate::to_days);
            let day = first + i32::try_from(at / 2).unwrap_or(0);
            if let Some(date) = CivilDate::from_days(day) {
                let dash = if at % 2 == 0 { "-" } else { "" };
                let text = format!(
                    "{:04}{dash}{:02}{dash}{:02}",
                    date.year, date.month, date.day
                );
                out.extend_from_slice(text.as_bytes());
            }
        }),
    });
    // 13 to 19 and eight digits more, with and without the country's number.
    for (name, before) in [("mobile numbers", "1"), ("mobile numbers with +86", "+861")] {
        spaces.push(Space {
            name: name.to_owned(),
            len: 7_000_000_000,
            write: Box::new(move |at, out| {
                out.extend_from_slice(before.as_bytes());
                let text = format!("{:010}", at + 3_000_000_000);
                out.extend_from_slice(text.as_bytes());
            }),
        });
    }
    spaces
}

/// The hashes that people use.
#[derive(Clone, Copy)]
enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl Hash {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Md5, "MD5"),
        (Self::Sha1, "SHA-1"),
        (Self::Sha256, "SHA-256"),
        (Self::Sha512, "SHA-512"),
    ];

    fn first_bits(self, text: &[u8]) -> u64 {
        fn head(digest: &[u8]) -> u64 {
            digest
                .iter()
                .take(8)
                .fold(0, |bits, byte| bits << 8 | u64::from(*byte))
        }
        match self {
            Self::Md5 => head(&Md5::digest(text)),
            Self::Sha1 => head(&Sha1::digest(text)),
            Self::Sha256 => head(&Sha256::digest(text)),
            Self::Sha512 => head(&Sha512::digest(text)),
        }
    }

    /// Whether codes of this length can be this hash, whole or cut.
    fn fits(self, hex: usize) -> bool {
        match self {
            Self::Md5 => hex <= 32,
            Self::Sha1 => hex <= 40 && hex != 32,
            Self::Sha256 => hex <= 64 && hex != 40,
            Self::Sha512 => hex > 64,
        }
    }
}

/// How a salt and a guess are joined.
type Join = (Vec<u8>, Vec<u8>);

/// Tries a column.
#[must_use]
pub fn crack(sheet: &Sheet, column: usize, guesses: &Guesses, threads: NonZeroUsize) -> Cracked {
    let mut answer = Cracked::default();
    let Some(texts) = sheet.texts.get(column) else {
        return answer;
    };
    let mut wanted: HashSet<u64> = HashSet::new();
    let mut hex = 0;
    for text in texts.iter().filter(|text| !text.is_empty()) {
        answer.codes += 1;
        if let Some((bits, written)) = first_bits(text.text()) {
            wanted.insert(bits);
            hex = match written {
                Written::Hex => text.len(),
                Written::Ours => 20,
                // What a digest of so many characters has in hexadecimal.
                Written::Base64 => match text.len() {
                    22 | 24 => 32,
                    27 | 28 => 40,
                    43 | 44 => 64,
                    _ => 128,
                },
            };
        }
    }
    answer.readable = !wanted.is_empty();
    if !answer.readable {
        return answer;
    }
    let mut joins: Vec<(Join, &str)> = vec![((Vec::new(), Vec::new()), "")];
    for salt in &guesses.salts {
        let salt: Vec<u8> = salt.bytes().collect();
        for between in [&b""[..], b":", b"-"] {
            joins.push((
                ([&salt, between].concat(), Vec::new()),
                ", the salt before it",
            ));
            joins.push((
                (Vec::new(), [between, &salt].concat()),
                ", the salt behind it",
            ));
        }
    }
    let hashes: Vec<(Hash, &str)> = Hash::ALL
        .into_iter()
        .filter(|(hash, _)| hash.fits(hex))
        .collect();
    let spaces = spaces(guesses);
    let ways = (hashes.len() * joins.len()).max(1) as u64;
    let mut found: HashSet<u64> = HashSet::new();
    let mut best = 0;
    let mut left = guesses.tries / ways;
    for space in &spaces {
        answer.space = answer.space.saturating_add(space.len.saturating_mul(ways));
        // What is small is tried whole; the rest keeps a quarter for what follows.
        let share = space.len.min(left - left / 4);
        left -= share;
        for (hash, hash_name) in &hashes {
            for (join, join_name) in &joins {
                let hits = sweep(space, share, *hash, join, &wanted, threads);
                answer.tried += share;
                if hits.len() > best {
                    best = hits.len();
                    answer.by = Some(format!("{hash_name} of {}{join_name}", space.name));
                }
                found.extend(hits);
            }
        }
    }
    answer.found = found.len() as u64;
    answer
}

/// Hashes `share` candidates of a space, spread over all of it.
fn sweep(
    space: &Space,
    share: u64,
    hash: Hash,
    (before, behind): &Join,
    wanted: &HashSet<u64>,
    threads: NonZeroUsize,
) -> Vec<u64> {
    // A stride without a factor in common visits each candidate once.
    let stride = [7_919_u64 * 104_729, 15_485_863, 1]
        .into_iter()
        .find(|stride| gcd(*stride, space.len) == 1)
        .unwrap_or(1);
    let each = share.div_ceil(threads.get() as u64).max(1);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.get() as u64)
            .map(|thread| {
                scope.spawn(move || {
                    let mut hits = Vec::new();
                    let mut text = Vec::new();
                    for number in (thread * each).min(share)..((thread + 1) * each).min(share) {
                        let at =
                            u128::from(number) * u128::from(stride) % u128::from(space.len.max(1));
                        text.clear();
                        text.extend_from_slice(before);
                        (space.write)(u64::try_from(at).unwrap_or(0), &mut text);
                        text.extend_from_slice(behind);
                        let bits = hash.first_bits(&text);
                        if wanted.contains(&bits) {
                            hits.push(bits);
                        }
                    }
                    hits
                })
            })
            .collect();
        let mut hits: Vec<u64> = Vec::new();
        for worker in workers {
            match worker.join() {
                Ok(mine) => hits.extend(mine),
                Err(cause) => std::panic::resume_unwind(cause),
            }
        }
        hits
    })
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
