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
/// Bits of the filter of openings for a record of any class.
const GROUP_BITS: u64 = 10;
/// Fingerprints that are streamed and asked for in a row.
const IN_A_ROW: usize = 64;

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

    /// What the filter is asked for: a permutation of the fingerprint, one for
    /// each class; the same for values hunted everywhere and values counted
    /// everywhere, so that a cell is asked for once.
    fn key(self, print: u64) -> Key {
        Key(print.wrapping_mul(match self {
            Self::Strict | Self::Elsewhere => 1,
            Self::OwnColumn => 0x9e37_79b9_7f4a_7c15,
            Self::OwnText => 0xc2b2_ae3d_27d4_eb4f,
        }))
    }
}

/// A fingerprint with its class.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub(super) struct Print {
    pub(super) value: u64,
    pub(super) group: Group,
}

impl Print {
    /// Joins class and fingerprint.
    pub(super) fn new(group: Group, value: u64) -> Self {
        Self { value, group }
    }

    /// What the filter is asked for.
    pub(super) fn key(self) -> Key {
        self.group.key(self.value)
    }
}

/// What the filter is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Key(u64);

/// A class 2 fingerprint where the file groups them by text: 20 bits of the
/// text's fingerprint, 14 of the value's first two characters and 6 of its
/// length under the text's veil, the last 24 bits of the value's fingerprint
/// within the text. The values of one text then share a block of their filter,
/// and most places of a text are settled there, by two characters and a length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Grouped(u64);

impl Grouped {
    /// From the fingerprint of the text, how the value begins, and the
    /// fingerprint of the value within the text.
    pub(super) fn new(context: u64, begins: Begins, value: u64) -> Self {
        Self(context >> 44 << 44 | begins.0 << 24 | value & 0xff_ffff)
    }

    /// As a fingerprint of its class.
    pub(super) fn print(self) -> Print {
        Print::new(Group::OwnText, self.0)
    }
}

/// How a value begins and how long it is, under the veil of a text: 14 and 6
/// bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Begins(u64);

impl Begins {
    /// From the fingerprint of the first two characters, the length in
    /// characters, and the text's veil.
    #[inline]
    pub(super) fn new(opening: u64, length: usize, veil: u64) -> Self {
        Self((opening ^ veil) >> 50 << 6 | (length.min(63) as u64 ^ veil & 63))
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
    /// Whether class 2 is grouped by text, see [`Grouped`].
    pub(super) grouped: bool,
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
            })
            // An empty list says nothing: the names may not have fitted.
            .filter(|list: &Vec<String>| !list.is_empty());
        let grouped = match json.get("own_text").map(serde_json::Value::as_str) {
            None => false,
            Some(Some("grouped")) => true,
            Some(_) => return Err(FingerprintError::Header),
        };
        let header = Header {
            grouped,
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

    /// Streams all records of `from..to` (by number) through `each`, some dozens
    /// at a time.
    fn stream(
        &self,
        from: u64,
        to: u64,
        mut each: impl FnMut(&[Print]),
    ) -> Result<(), FingerprintError> {
        let mut file = File::open(&self.path)?;
        let first = self.start + from * RECORD as u64;
        file.seek(SeekFrom::Start(first))?;
        let mut left = to.saturating_sub(from) * RECORD as u64;
        let mut buffer = vec![0u8; RECORD * 7 * 1024];
        let mut at = first;
        let mut prints = [Print::new(Group::Strict, 0); IN_A_ROW];
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
            for records in part.as_chunks::<RECORD>().0.chunks(IN_A_ROW) {
                for (print, record) in prints.iter_mut().zip(records) {
                    let [class, a, b, c, d, e, f, g, h] = *record;
                    let Some(group) = Group::of(class) else {
                        return Err(FingerprintError::Damaged(at));
                    };
                    *print = Print::new(group, u64::from_le_bytes([a, b, c, d, e, f, g, h]));
                }
                each(prints.get(..records.len()).unwrap_or(&[]));
            }
            left -= want as u64;
            at += want as u64;
        }
        Ok(())
    }

    /// Makes the filters in one pass.
    pub(super) fn bloom(&self) -> Result<Bloom, FingerprintError> {
        let mut bloom = Bloom::new(self.records, self.header.grouped);
        self.stream(0, self.records, |prints| bloom.insert(prints))?;
        Ok(bloom)
    }

    /// Which of `wanted` are in the file, and how often: sorted, each once. One
    /// pass, shared out over `threads`.
    pub(super) fn confirm(
        &self,
        wanted: impl Iterator<Item = Print>,
        threads: usize,
    ) -> Result<Vec<(Print, u32)>, FingerprintError> {
        let set = PrintSet::new(wanted);
        if set.sorted.is_empty() {
            return Ok(Vec::new());
        }
        let set = &set;
        let threads = threads.clamp(1, 16) as u64;
        let share = self.records.div_ceil(threads);
        let mut counts = vec![0u32; set.sorted.len()];
        let parts = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|worker| {
                    let from = (worker * share).min(self.records);
                    let to = (from + share).min(self.records);
                    scope.spawn(move || {
                        let mut counts = vec![0u32; set.sorted.len()];
                        self.stream(from, to, |prints| {
                            for print in prints {
                                if let Some(count) =
                                    set.find(*print).and_then(|place| counts.get_mut(place))
                                {
                                    *count = count.saturating_add(1);
                                }
                            }
                        })
                        .map(|()| counts)
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
        for part in parts {
            for (sum, count) in counts.iter_mut().zip(part) {
                *sum = sum.saturating_add(count);
            }
        }
        Ok(set
            .sorted
            .iter()
            .copied()
            .zip(counts)
            .filter(|(_, count)| *count > 0)
            .collect())
    }
}

/// A small exact set with a bitmap in front of it.
struct PrintSet {
    sorted: Vec<Print>,
    bits: Vec<u64>,
    shift: u32,
}

impl PrintSet {
    /// Thirty-two bits or more for each member, so that few strangers pass.
    fn new(wanted: impl Iterator<Item = Print>) -> Self {
        let mut sorted: Vec<Print> = wanted.collect();
        sorted.sort_unstable();
        sorted.dedup();
        let bits = (sorted.len() * 32).next_power_of_two().max(1 << 12);
        let mut set = Self {
            sorted,
            bits: vec![0; bits / 64],
            shift: 64 - bits.trailing_zeros(),
        };
        for print in &set.sorted {
            let at = print.value.wrapping_mul(SPREAD) >> set.shift;
            if let Some(word) = set.bits.get_mut((at / 64) as usize) {
                *word |= 1 << (at % 64);
            }
        }
        set
    }

    fn find(&self, print: Print) -> Option<usize> {
        let at = print.value.wrapping_mul(SPREAD) >> self.shift;
        let word = self.bits.get((at / 64) as usize)?;
        if word >> (at % 64) & 1 == 0 {
            return None;
        }
        self.sorted.binary_search(&print).ok()
    }
}

/// Spreads values whose high bits may be alike over the high bits.
const SPREAD: u64 = 0x9fb2_1c65_1e98_df25;

/// One cache line of the filter.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Block([u64; 8]);

/// The blocked Bloom filters.
pub(super) struct Bloom {
    blocks: Vec<Block>,
    /// Openings of class 2, a block for the texts of a range; empty where the
    /// file does not group them.
    groups: Vec<Block>,
}

/// Where a key lies: two words of a block, three bits in each.
#[derive(Clone, Copy)]
struct Spot {
    block: usize,
    first: usize,
    second: usize,
    one: u64,
    two: u64,
}

impl Bloom {
    /// Empty filters for `records` fingerprints.
    pub(super) fn new(records: u64, grouped: bool) -> Self {
        let blocks = |bits: u64| {
            let blocks = (records * bits).div_ceil(512).max(1);
            vec![Block::default(); usize::try_from(blocks).unwrap_or(1)]
        };
        Self {
            blocks: blocks(BITS),
            groups: if grouped {
                blocks(GROUP_BITS)
            } else {
                Vec::new()
            },
        }
    }

    #[inline]
    fn spot(&self, key: Key) -> Spot {
        let mut word = key.0;
        word ^= word >> 32;
        word = word.wrapping_mul(SPREAD);
        word ^= word >> 29;
        let block = ((u128::from(word) * self.blocks.len() as u128) >> 64) as usize;
        let low = word.wrapping_mul(0xff51_afd7_ed55_8ccd);
        let bit = |at: u32| 1u64 << ((low >> at) & 63);
        let first = (low >> 61) as usize;
        Spot {
            block,
            first,
            second: first ^ (1 + ((low >> 58) & 7) as usize % 7),
            one: bit(52) | bit(46) | bit(40),
            two: bit(34) | bit(28) | bit(22),
        }
    }

    /// Adds fingerprints, a few dozen at a time.
    pub(super) fn insert(&mut self, prints: &[Print]) {
        // Read every block before changing any: the processor fetches many at
        // a time only if nothing has to wait for a block that is changed.
        let mut touched = 0u64;
        for print in prints {
            touched ^= self.touch(print.key());
        }
        if touched == 1 {
            // Never taken for long; keeps the reads from being left out.
            std::hint::black_box(touched);
        }
        for print in prints {
            let spot = self.spot(print.key());
            if let Some(Block(words)) = self.blocks.get_mut(spot.block) {
                words[spot.first & 7] |= spot.one;
                words[spot.second & 7] |= spot.two;
            }
            if print.group == Group::OwnText && !self.groups.is_empty() {
                let block = self.group_of(print.value >> 44);
                let begins = print.value >> 24 & 0xf_ffff;
                if let Some(Block(words)) = self.groups.get_mut(block) {
                    for (word, bits) in [Self::opening(begins >> 6), Self::length(begins)] {
                        words[word] |= bits;
                    }
                }
            }
        }
    }

    /// Whether the fingerprint may have been added; never wrong with "no".
    #[inline]
    pub(super) fn may_hold(&self, key: Key) -> bool {
        let spot = self.spot(key);
        self.blocks.get(spot.block).is_some_and(|Block(words)| {
            // No branch between the two: the caller asks for many in a row.
            (words[spot.first & 7] & spot.one ^ spot.one)
                | (words[spot.second & 7] & spot.two ^ spot.two)
                == 0
        })
    }

    /// Asks for many keys; `hits` gets a bit for each.
    pub(super) fn may_hold_each(&self, keys: &[Key], hits: &mut Vec<bool>) {
        hits.clear();
        let mut touched = 0u64;
        for key in keys {
            touched ^= self.touch(*key);
        }
        if touched == 1 {
            std::hint::black_box(touched);
        }
        hits.extend(keys.iter().map(|key| self.may_hold(*key)));
    }

    /// A word of the block of a key, so that the block is at hand.
    #[inline]
    fn touch(&self, key: Key) -> u64 {
        let block = self.spot(key).block;
        self.blocks.get(block).map_or(0, |Block(words)| words[0])
    }

    #[inline]
    fn group_of(&self, context: u64) -> usize {
        ((context * self.groups.len() as u64) >> 20) as usize
    }

    /// The word of a block and three bits in it for the 14 bits of an opening.
    #[inline]
    fn opening(opening: u64) -> (usize, u64) {
        let low = (opening + 1).wrapping_mul(SPREAD);
        let bit = |at: u32| 1u64 << ((low >> at) & 63);
        ((low >> 61) as usize & 7, bit(52) | bit(46) | bit(40))
    }

    /// The word of a block and three bits in it for opening and length.
    #[inline]
    fn length(begins: u64) -> (usize, u64) {
        let low = (begins + 1).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let bit = |at: u32| 1u64 << ((low >> at) & 63);
        ((low >> 61) as usize & 7, bit(52) | bit(46) | bit(40))
    }

    /// Fetches what [`openings`](Self::openings) reads, for many texts in a row.
    pub(super) fn fetch_openings(&self, contexts: impl Iterator<Item = u64>) {
        let touched = contexts.fold(0u64, |sum, context| {
            let block = self.groups.get(self.group_of(context >> 44));
            sum ^ block.map_or(0, |Block(words)| words[0])
        });
        if touched == 1 {
            std::hint::black_box(touched);
        }
    }

    /// The openings that values of one text may have.
    #[inline]
    pub(super) fn openings(&self, context: u64) -> Openings {
        Openings(
            self.groups
                .get(self.group_of(context >> 44))
                .copied()
                .unwrap_or_default(),
        )
    }
}

/// The openings that values of one text may have.
pub(super) struct Openings(Block);

impl Openings {
    /// Whether a value of any length may begin so; never wrong with "no".
    #[inline]
    pub(super) fn may_begin(&self, begins: Begins) -> bool {
        let (word, bits) = Bloom::opening(begins.0 >> 6);
        self.0.0[word] & bits == bits
    }

    /// The same for a value of that length.
    #[inline]
    pub(super) fn may_be_so_long(&self, begins: Begins) -> bool {
        let (word, bits) = Bloom::length(begins.0);
        self.0.0[word] & bits == bits
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
            members in proptest::collection::vec((0u8..4, prop_oneof![0u64..50, any::<u64>()]), 0..400),
            strangers in proptest::collection::vec((0u8..4, prop_oneof![0u64..50, any::<u64>()]), 0..400),
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
                prop_assert!(bloom.may_hold(word(item).key()), "the filter forgot a member");
            }
            let hits = asked.iter().filter(|item| bloom.may_hold(word(item).key())).map(word);
            let found = prints.confirm(hits, threads).unwrap();
            let mut want: Vec<(Print, u32)> = asked.iter().filter(|item| plain.contains(item))
                .map(|item| (word(item), members.iter().filter(|m| *m == item).count() as u32))
                .collect();
            want.sort_unstable();
            want.dedup();
            prop_assert_eq!(found, want);
        }
    }

    #[test]
    fn few_strangers_pass_the_filter() {
        let members: Vec<u64> = (0..100_000u64).map(spread).collect();
        let mut bloom = Bloom::new(members.len() as u64, false);
        for print in &members {
            bloom.insert(&[Print::new(Group::Strict, *print)]);
        }
        let passed = (200_000..400_000u64)
            .filter(|n| bloom.may_hold(Print::new(Group::Strict, spread(*n)).key()))
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
