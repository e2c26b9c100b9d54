//! The fingerprints of the protected values: a blocked Bloom filter made in one
//! pass over the file, and the exact confirmation of what hits it in another.
//!
//! Twelve bits a record and six probes inside one 512-bit block: a filter of
//! 18 MB for 12 million fingerprints, which lets through fewer than one in a
//! hundred strangers (F. Putze, P. Sanders, J. Singler, "Cache-, Hash- and
//! Space-Efficient Bloom Filters", 2007). Nothing is a leak because the filter
//! says so: each hit is looked up in the file itself before it counts.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// First line of a fingerprint file.
const MAGIC: &[u8] = b"offrecord-fingerprints-1\n";
/// Bytes of one record: class, then the fingerprint little-endian.
const RECORD: usize = 9;
/// The header is one line and must end within this many bytes.
const MAX_HEADER: usize = 1 << 20;
/// Bits of the filter for a record.
const BITS: u64 = 12;

/// What a fingerprint stands for; see the classes of the file format.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub(super) enum Group {
    /// A strict value, hunted everywhere.
    Strict,
    /// A weak value as a whole cell of its own column.
    OwnColumn,
    /// A weak value inside its own record's text.
    OwnText,
    /// A weak value elsewhere: counted only.
    Elsewhere,
}

impl Group {
    fn of(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Strict),
            1 => Some(Self::OwnColumn),
            2 => Some(Self::OwnText),
            3 => Some(Self::Elsewhere),
            _ => None,
        }
    }

    /// One word for class and fingerprint: a permutation of the fingerprint,
    /// another one for each class.
    fn word(self, print: u64) -> u64 {
        let odd = match self {
            Self::Strict => 1u64,
            Self::OwnColumn => 0x9e37_79b9_7f4a_7c15,
            Self::OwnText => 0xc2b2_ae3d_27d4_eb4f,
            Self::Elsewhere => 0xd6e8_feb8_6659_fd93,
        };
        print.wrapping_mul(odd)
    }
}

/// A fingerprint with its class, in one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub(super) struct Print(u64);

impl Print {
    /// Joins class and fingerprint.
    pub(super) fn new(group: Group, print: u64) -> Self {
        Self(group.word(print))
    }
}

/// What the header of a fingerprint file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// Id of the key the fingerprints were made with.
    pub(super) key_id: String,
    /// Identity of the policy, hex.
    pub(super) policy: String,
    /// Lengths, in characters, of the values of class 2; ascending.
    pub(super) weak_lengths: Vec<usize>,
    /// Output columns that have fingerprints of class 1; `None`: not said.
    pub(super) columns: Option<Vec<String>>,
}

/// Why a fingerprint file cannot be used. No text of the file in it.
#[derive(Debug, thiserror::Error)]
pub enum FingerprintError {
    /// It cannot be read.
    #[error("the fingerprints cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It does not begin as such a file does.
    #[error("fingerprints.bin does not begin as a fingerprint file does")]
    Magic,
    /// The second line is not the JSON header.
    #[error("the header of fingerprints.bin cannot be read")]
    Header,
    /// The rest is not whole records of a known class.
    #[error("fingerprints.bin is cut short or damaged after byte {0}")]
    Damaged(u64),
    /// It changed while it was being read.
    #[error("fingerprints.bin changed during the check")]
    Changed,
}

/// An opened fingerprint file.
pub(super) struct Fingerprints {
    path: PathBuf,
    start: u64,
    /// Number of records.
    pub(super) records: u64,
    /// The header.
    pub(super) header: Header,
}

impl Fingerprints {
    /// Opens the file and reads its header.
    pub(super) fn open(path: &Path) -> Result<Self, FingerprintError> {
        let mut file = File::open(path)?;
        let mut head = Vec::new();
        let limit = (MAGIC.len() + MAX_HEADER) as u64;
        (&mut file).take(limit).read_to_end(&mut head)?;
        let rest = head.strip_prefix(MAGIC).ok_or(FingerprintError::Magic)?;
        let end = memchr::memchr(b'\n', rest).ok_or(FingerprintError::Header)?;
        let line = rest.get(..end).ok_or(FingerprintError::Header)?;
        let json: serde_json::Value =
            serde_json::from_slice(line).map_err(|_| FingerprintError::Header)?;
        let text = |name: &str| {
            json.get(name)
                .and_then(serde_json::Value::as_str)
                .map(str::to_owned)
                .ok_or(FingerprintError::Header)
        };
        let mut weak_lengths = Vec::new();
        if let Some(list) = json.get("weak_lengths") {
            for item in list.as_array().ok_or(FingerprintError::Header)? {
                let length = item.as_u64().ok_or(FingerprintError::Header)?;
                weak_lengths.push(usize::try_from(length).map_err(|_| FingerprintError::Header)?);
            }
        }
        weak_lengths.retain(|length| *length > 0);
        weak_lengths.sort_unstable();
        weak_lengths.dedup();
        let columns = json
            .get("columns")
            .and_then(serde_json::Value::as_array)
            .map(|list| {
                list.iter()
                    .filter_map(|name| name.as_str().map(str::to_owned))
                    .collect()
            });
        let header = Header {
            key_id: text("key_id")?,
            policy: text("policy_sha256")?,
            weak_lengths,
            columns,
        };
        let start = (MAGIC.len() + end + 1) as u64;
        let length = file.metadata()?.len();
        let body = length.checked_sub(start).ok_or(FingerprintError::Header)?;
        if body % RECORD as u64 != 0 {
            return Err(FingerprintError::Damaged(length - body % RECORD as u64));
        }
        Ok(Self {
            path: path.to_owned(),
            start,
            records: body / RECORD as u64,
            header,
        })
    }

    /// Streams all records of `from..to` (by number) through `each`.
    fn stream(
        &self,
        from: u64,
        to: u64,
        mut each: impl FnMut(Print),
    ) -> Result<(), FingerprintError> {
        let mut file = File::open(&self.path)?;
        let first = self.start + from * RECORD as u64;
        file.seek(SeekFrom::Start(first))?;
        let mut left = to.saturating_sub(from) * RECORD as u64;
        let mut buffer = vec![0u8; RECORD * 7 * 1024];
        let mut at = first;
        while left > 0 {
            let want = buffer
                .len()
                .min(usize::try_from(left).unwrap_or(usize::MAX));
            let part = buffer.get_mut(..want).ok_or(FingerprintError::Changed)?;
            file.read_exact(part).map_err(|error| {
                if error.kind() == io::ErrorKind::UnexpectedEof {
                    FingerprintError::Changed
                } else {
                    FingerprintError::Io(error)
                }
            })?;
            for record in part.as_chunks::<RECORD>().0 {
                let [class, a, b, c, d, e, f, g, h] = *record;
                let print = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
                let Some(group) = Group::of(class) else {
                    return Err(FingerprintError::Damaged(at));
                };
                each(Print::new(group, print));
            }
            left -= want as u64;
            at += want as u64;
        }
        Ok(())
    }

    /// Makes the filter in one pass.
    pub(super) fn bloom(&self) -> Result<Bloom, FingerprintError> {
        let mut bloom = Bloom::new(self.records);
        self.stream(0, self.records, |print| bloom.insert(print))?;
        Ok(bloom)
    }

    /// Which of `wanted` are in the file: a sorted list without duplicates.
    /// One pass, shared out over `threads`.
    pub(super) fn confirm(
        &self,
        wanted: impl Iterator<Item = Print>,
        threads: usize,
    ) -> Result<Vec<Print>, FingerprintError> {
        let mut set = PrintSet::new(wanted);
        if set.sorted.is_empty() {
            return Ok(Vec::new());
        }
        set.fill();
        let set = &set;
        let threads = threads.clamp(1, 16) as u64;
        let share = self.records.div_ceil(threads);
        let parts = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|worker| {
                    let from = (worker * share).min(self.records);
                    let to = (from + share).min(self.records);
                    scope.spawn(move || {
                        let mut found = Vec::new();
                        self.stream(from, to, |print| {
                            if set.holds(print) {
                                found.push(print);
                            }
                            if found.len() > 1 << 16 {
                                found.sort_unstable();
                                found.dedup();
                            }
                        })
                        .map(|()| found)
                    })
                })
                .collect();
            workers
                .into_iter()
                .map(|worker| {
                    worker.join().unwrap_or_else(|_| {
                        Err(FingerprintError::Io(io::Error::other("a thread failed")))
                    })
                })
                .collect::<Result<Vec<_>, _>>()
        })?;
        let mut found = parts.concat();
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

/// A small exact set with a bitmap in front of it.
struct PrintSet {
    sorted: Vec<Print>,
    bits: Vec<u64>,
    shift: u32,
}

impl PrintSet {
    fn new(wanted: impl Iterator<Item = Print>) -> Self {
        let mut sorted: Vec<Print> = wanted.collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self {
            sorted,
            bits: Vec::new(),
            shift: 0,
        }
    }

    /// Sixty-four bits or more for each member, so that few strangers pass.
    fn fill(&mut self) {
        let bits = (self.sorted.len() * 64).next_power_of_two().max(1 << 12);
        self.shift = 64 - bits.trailing_zeros();
        self.bits = vec![0; bits / 64];
        for print in &self.sorted {
            let at = print.0 >> self.shift;
            if let Some(word) = self.bits.get_mut((at / 64) as usize) {
                *word |= 1 << (at % 64);
            }
        }
    }

    fn holds(&self, print: Print) -> bool {
        let at = print.0 >> self.shift;
        self.bits
            .get((at / 64) as usize)
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
            && self.sorted.binary_search(&print).is_ok()
    }
}

/// One cache line of the filter.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Block([u64; 8]);

/// The blocked Bloom filter.
pub(super) struct Bloom {
    blocks: Vec<Block>,
}

/// Spreads a word whose multiples already look random over all its bits.
fn mix(print: Print) -> u64 {
    let mut word = print.0;
    word ^= word >> 32;
    word = word.wrapping_mul(0x9fb2_1c65_1e98_df25);
    word ^ (word >> 29)
}

impl Bloom {
    /// An empty filter for `records` fingerprints.
    pub(super) fn new(records: u64) -> Self {
        let blocks = (records * BITS).div_ceil(512).max(1);
        Self {
            blocks: vec![Block::default(); usize::try_from(blocks).unwrap_or(1)],
        }
    }

    /// Block number and the pattern of three bits in each of two words.
    fn place(&self, print: Print) -> (usize, usize, usize, u64, u64) {
        let word = mix(print);
        let block = ((u128::from(word) * self.blocks.len() as u128) >> 64) as usize;
        let low = word.wrapping_mul(0xff51_afd7_ed55_8ccd);
        let bit = |at: u32| 1u64 << ((low >> at) & 63);
        let first = (low >> 61) as usize;
        let second = first ^ (1 + ((low >> 58) & 7) as usize % 7);
        (
            block,
            first,
            second,
            bit(52) | bit(46) | bit(40),
            bit(34) | bit(28) | bit(22),
        )
    }

    /// Adds a fingerprint.
    pub(super) fn insert(&mut self, print: Print) {
        let (block, first, second, one, two) = self.place(print);
        if let Some(Block(words)) = self.blocks.get_mut(block) {
            if let Some(word) = words.get_mut(first & 7) {
                *word |= one;
            }
            if let Some(word) = words.get_mut(second & 7) {
                *word |= two;
            }
        }
    }

    /// Whether the fingerprint may have been added; never wrong with "no".
    pub(super) fn may_hold(&self, print: Print) -> bool {
        let (block, first, second, one, two) = self.place(print);
        self.blocks.get(block).is_some_and(|Block(words)| {
            words.get(first & 7).is_some_and(|word| word & one == one)
                && words.get(second & 7).is_some_and(|word| word & two == two)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;
    use std::io::Write;

    fn file(records: &[(u8, u64)]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(MAGIC).unwrap();
        file.write_all(b"{\"key_id\":\"k\",\"policy_sha256\":\"p\",\"weak_lengths\":[3,2,2],\"columns\":[\"a\"]}\n").unwrap();
        for (class, print) in records {
            file.write_all(&[*class]).unwrap();
            file.write_all(&print.to_le_bytes()).unwrap();
        }
        file.flush().unwrap();
        file
    }

    proptest! {
        #[test]
        fn filter_and_confirmation_agree_with_a_plain_set(
            members in proptest::collection::vec((0u8..4, any::<u64>()), 0..400),
            strangers in proptest::collection::vec((0u8..4, any::<u64>()), 0..400),
            threads in 1usize..5,
        ) {
            let file = file(&members);
            let prints = Fingerprints::open(file.path()).unwrap();
            prop_assert_eq!(prints.records, members.len() as u64);
            prop_assert_eq!(&prints.header.weak_lengths, &vec![2, 3]);
            let bloom = prints.bloom().unwrap();
            let plain: HashSet<(u8, u64)> = members.iter().copied().collect();
            let asked: Vec<(u8, u64)> = members.iter().step_by(2).chain(&strangers)
                .chain(members.iter().take(3)).copied().collect();
            let word = |(class, print): &(u8, u64)| Print::new(Group::of(*class).unwrap(), *print);
            for item in &members {
                prop_assert!(bloom.may_hold(word(item)), "the filter forgot a member");
            }
            let hits = asked.iter().filter(|item| bloom.may_hold(word(item))).map(word);
            let found = prints.confirm(hits, threads).unwrap();
            let mut want: Vec<Print> = asked.iter().filter(|item| plain.contains(item)).map(word).collect();
            want.sort_unstable();
            want.dedup();
            prop_assert_eq!(found, want);
        }
    }

    #[test]
    fn few_strangers_pass_the_filter() {
        let members: Vec<u64> = (0..100_000u64).map(spread).collect();
        let mut bloom = Bloom::new(members.len() as u64);
        for print in &members {
            bloom.insert(Print::new(Group::Strict, *print));
        }
        let passed = (200_000..400_000u64)
            .filter(|n| bloom.may_hold(Print::new(Group::Strict, spread(*n))))
            .count();
        assert!(passed < 200_000 / 60, "{passed} of 200000 strangers pass");
    }

    /// A stand-in for a keyed hash.
    fn spread(n: u64) -> u64 {
        let mut x = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let good = file(&[(0, 1), (3, 2)]);
        let bytes = std::fs::read(good.path()).unwrap();
        let refused = |bytes: &[u8]| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(bytes).unwrap();
            file.flush().unwrap();
            match Fingerprints::open(file.path()) {
                Err(_) => true,
                Ok(prints) => prints.bloom().is_err(),
            }
        };
        assert!(!refused(&bytes));
        assert!(refused(&bytes[..bytes.len() - 1]));
        assert!(refused(&[]));
        assert!(refused(&bytes[1..]));
        let mut wrong = bytes.clone();
        let first = bytes.len() - 18;
        wrong[first] = 9;
        assert!(refused(&wrong));
    }
}
