//! Fingerprints of protected values, for the check at the end.
//!
//! What is taken here is all that the check knows of the input: keyed 64-bit
//! hashes of folded values, nine bytes each, in classes that say where a value
//! must not stand. The file goes into the private half of the release.

use crate::key::fingerprint::Fingerprinter;
use crate::kinds::fold::fold;
use crate::plan::{Column, Plan, Protection, STRICT_CHARACTERS};
use crate::treat::{Treat, WRITTEN_CODE};

/// Class of a strict value: hunted everywhere. A text that is strict by its
/// length alone is a word, and no leak, where many records share it.
const STRICT: u8 = 0;
/// Class of a weak value bound to its own column.
const OWN_COLUMN: u8 = 1;
/// Class of a weak value bound to a text of its own record.
const OWN_TEXT: u8 = 2;
/// Class of a weak value counted elsewhere.
const COINCIDENCE: u8 = 3;

/// Times that a text must be seen to count as a word that many records share:
/// the check reads the same number.
pub(super) const SHARED_WORD: u8 = 10;

/// A text that leaves redacted: its fingerprint, and what veils the openings of
/// values bound to it.
struct OwnText {
    context: u64,
    veil: u64,
}

/// Takes the fingerprints of one worker's records.
pub(super) struct Prints<'a> {
    fingerprinter: &'a Fingerprinter,
    /// For weak values of a column that leaves: the fingerprint of its name.
    own_column: Vec<Option<u64>>,
    /// Texts of the current record that leave redacted.
    texts: Vec<OwnText>,
    folded: String,
    normal: String,
    seen: Seen,
    /// Where [`Seen`] counts values of columns that no rule names.
    unlisted: usize,
    /// Lengths in characters of the weak values that are hunted in text, as a bit set; the last bit stands for longer ones.
    pub(super) weak_lengths: [u64; 4],
}

impl<'a> Prints<'a> {
    pub(super) fn new(plan: &Plan, fingerprinter: &'a Fingerprinter) -> Self {
        // What a generalised or shifted column holds can equal a raw value of
        // another record; its closed form is what keeps raw values out.
        let never_itself = |treat: &Treat| matches!(treat, Treat::Pseudonymise(_) | Treat::Mask(_));
        let own_column = |column: &Column| {
            (column.leaves && never_itself(&column.treat))
                .then(|| fingerprinter.of(&format!("column:{}", column.output)))
        };
        Self {
            fingerprinter,
            own_column: plan.columns.iter().map(own_column).collect(),
            texts: Vec::new(),
            folded: String::new(),
            normal: String::new(),
            seen: Seen::new(plan.columns.len() + 1),
            unlisted: plan.columns.len(),
            weak_lengths: [0; 4],
        }
    }

    /// Forgets the texts of the record before.
    pub(super) fn begin(&mut self) {
        self.texts.clear();
    }

    /// Notes a redacted text as it leaves.
    pub(super) fn text(&mut self, released: &str) {
        if !released.is_empty() {
            let context = self.fingerprinter.of(released);
            let veil = self.fingerprinter.within(context).veil();
            self.texts.push(OwnText { context, veil });
        }
    }

    /// A span that redaction took out.
    pub(super) fn span(&mut self, kind: &'static str, span: &str, out: &mut Vec<u8>) {
        // A code that stood in the raw text may be a true one.
        if !matches!(
            kind,
            "own-row" | crate::kinds::register::LABEL | WRITTEN_CODE
        ) {
            fold(span, &mut self.folded);
            let print = self.fingerprinter.of(&self.folded);
            push(STRICT, print, out);
        }
    }

    /// The protected values of a record.
    pub(super) fn record<'v>(
        &mut self,
        plan: &Plan,
        values: &impl Fn(usize) -> Option<&'v str>,
        out: &mut Vec<u8>,
    ) {
        for (at, column) in plan.columns.iter().enumerate() {
            if matches!(column.protection, Protection::None | Protection::Spans) {
                continue;
            }
            if let Some(value) = values(at) {
                self.value(at, column, value, out);
            }
        }
    }

    fn value(&mut self, at: usize, column: &Column, value: &str, out: &mut Vec<u8>) {
        if column.protection == Protection::Strict {
            self.strict(column, value, out);
            return;
        }
        let in_text = column.own_row && !self.texts.is_empty();
        let often = self.seen.count(at, value);
        if often > SHARED_WORD && !in_text {
            return;
        }
        fold(value, &mut self.folded);
        let print = self.fingerprinter.of(&self.folded);
        let characters = characters(&self.folded);
        if column.protection == Protection::ByLength && characters >= STRICT_CHARACTERS {
            if often <= SHARED_WORD {
                push(STRICT, print, out);
            }
        } else if often == 1 {
            push(COINCIDENCE, print, out);
            // The day of one may be the shifted day of another, and a label
            // may be somebody's raw value: then the cell says nothing.
            if let Some(context) = self.own_column.get(at).copied().flatten()
                && !column.form.looks_like(value.trim())
                && !column.form.looks_like(self.folded.as_str())
            {
                push(OWN_COLUMN, self.fingerprinter.bound(context, print), out);
            }
        }
        if in_text && long_enough(&self.folded, characters) {
            let bit = characters.min(255);
            self.weak_lengths[bit / 64] |= 1 << (bit % 64);
            let two = self.folded.chars().take(2).map(char::len_utf8).sum();
            let opening = self
                .fingerprinter
                .of(self.folded.get(..two).unwrap_or_default());
            for OwnText { context, veil } in &self.texts {
                let within = self.fingerprinter.within(*context);
                // Grouped by text: the first 20 bits of the text; under its veil
                // the first 14 of the value's first two characters and 6 of its
                // length; the last 24 of the value in the text.
                let grouped = *context >> 44 << 44
                    | (opening ^ veil) >> 50 << 30
                    | (characters.min(63) as u64 ^ veil & 63) << 24
                    | within.of(&self.folded) & 0xff_ffff;
                push(OWN_TEXT, grouped, out);
            }
        }
    }

    /// The normalised form, and the written one where it cannot be derived from
    /// the former by what the check undoes: separators, case, width.
    fn strict(&mut self, column: &Column, value: &str, out: &mut Vec<u8>) {
        if column.reader.normalise(value, &mut self.normal).is_ok() {
            fold(&self.normal, &mut self.folded);
            push(
                STRICT,
                self.fingerprinter.of(self.folded.trim_start_matches('+')),
                out,
            );
            if self.normal == value {
                return;
            }
            let canonical = self.folded.len();
            fold(value, &mut self.folded);
            let written = self.folded.trim_start_matches('+');
            if canonical == self.folded.len() && written.is_ascii() {
                return;
            }
            push(STRICT, self.fingerprinter.of(written), out);
        } else {
            fold(value, &mut self.folded);
            push(
                STRICT,
                self.fingerprinter.of(self.folded.trim_start_matches('+')),
                out,
            );
        }
    }

    /// A value of a column that no rule names: it does not leave.
    pub(super) fn unlisted(&mut self, value: &str, out: &mut Vec<u8>) {
        fold(value, &mut self.folded);
        let print = self.fingerprinter.of(&self.folded);
        let often = self.seen.count(self.unlisted, value);
        if characters(&self.folded) >= STRICT_CHARACTERS {
            if often <= SHARED_WORD {
                push(STRICT, print, out);
            }
        } else if often == 1 {
            push(COINCIDENCE, print, out);
        }
    }
}

fn push(class: u8, print: u64, out: &mut Vec<u8>) {
    let mut record = [class; 9];
    record[1..].copy_from_slice(&print.to_le_bytes());
    out.extend_from_slice(&record);
}

fn characters(folded: &str) -> usize {
    if folded.is_ascii() {
        folded.len()
    } else {
        folded.chars().count()
    }
}

/// At least 2 Han or 4 other characters: shorter values are not hunted in text.
fn long_enough(folded: &str, characters: usize) -> bool {
    characters >= 4
        || folded
            .chars()
            .filter(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}'))
            .count()
            >= 2
}

/// How often a value of a column was seen lately: a direct-mapped table that
/// forgets, so that words which many records share do not fill the file. It
/// holds hashes seeded anew in each process, and nothing of it is written.
struct Seen {
    /// For each value 56 bits of its hash, and in the low byte how often.
    slots: Vec<u64>,
    /// By column: values counted, and how many of them for the first time.
    columns: Vec<(u32, u32)>,
    state: hashbrown::DefaultHashBuilder,
}

/// Slots of [`Seen`], a power of two.
const SLOTS: usize = 1 << 14;
/// After so many values a column of which nearly all were new is no longer
/// counted: whatever it holds, no value of it is a word.
const TRIAL: u32 = 1 << 13;

impl Seen {
    fn new(columns: usize) -> Self {
        Self {
            slots: vec![0; SLOTS],
            columns: vec![(0, 0); columns],
            state: hashbrown::DefaultHashBuilder::default(),
        }
    }

    /// Counts the value; 1 the first time.
    #[inline]
    fn count(&mut self, column: usize, value: &str) -> u8 {
        let Some((all, new)) = self.columns.get_mut(column) else {
            return 1;
        };
        if *all == TRIAL {
            if *new > TRIAL / 8 * 7 {
                return 1;
            }
            (*all, *new) = (0, 0);
        }
        *all += 1;
        let hash = std::hash::BuildHasher::hash_one(&self.state, (column, value));
        let slot = &mut self.slots[hash as usize % SLOTS];
        let times = if *slot >> 8 == hash >> 8 {
            (*slot as u8).saturating_add(1)
        } else {
            *new += 1;
            1
        };
        *slot = hash >> 8 << 8 | u64::from(times);
        times
    }
}
