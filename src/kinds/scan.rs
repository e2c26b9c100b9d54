//! Finds identifiers of strict kinds in running text.
//!
//! Boundaries are what surrounds a match, never a word boundary: an identifier
//! glued to letters of any script is found, and a longer run of digits is not
//! cut. Digits of every script and width count, with separators and invisible
//! characters between them; every grouping of a chain of digit groups is tried
//! (see [`super::digits`]).
//!
//! Two questions are asked of a text. *Redaction* wants everything that may be
//! an identifier ([`Scanner::find`]): in doubt, redact. *The check of finished
//! files* wants what hardly can be anything else ([`Hit::proven`],
//! [`Scanner::find_proven`]), since a false alarm stops a release. What is
//! proven, and how often a random number passes for it:
//!
//! | found | proven when | a random number passes |
//! |---|---|---|
//! | resident ID, 18 | province, a birth date of 1900–2049 and the check digit hold; or 18 characters beside an ID word | 1 in 55,000 of 18 digits |
//! | resident ID, 15 | province and birth date hold beside an ID word | never without the word; in redaction 1 in 80 of 15 digits |
//! | mobile of China | eleven digits `1[3-9]…` in one group or grouped as people group them, with or without 86 | 7 in 100 of 11 digits |
//! | landline of China | area code of the plan set off from the rest, or +86 | 1 in 2 of numbers that begin with 0 and are so set off |
//! | national number of the column's `region`, if that is not China | never: the forms are loose (see `abroad`) | |
//! | E.164 | `+`, a calling code in use, a length that its country has, ten digits or more | most: the `+` decides |
//! | e-mail | always | |
//!
//! Not proven but found: resident IDs with a plausible date and province whose
//! check digit fails, and such with a check digit and date that hold but a
//! province that does not exist (together 1 in 3,000 of 18 digits); odd
//! groupings, bare landlines, numbers with 00.
//!
//! Read as something else, and so no telephone number without a prefix: four
//! numbers up to 255 joined by points (an address of a machine), four or more
//! numbers joined by points that no one groups a number like (a version), a
//! day (`17.3.2019`), thousands (`13 800 138 000`).
//!
//! Overlaps: proven before not proven, then the longer; what overlaps the
//! winner only in part is joined to it when it is as good, dropped otherwise.
//! Time is linear in the text; there is no back-tracking. Stretches that are too
//! short for any kind that is looked for are left after one fast look (see
//! `stretch`).

use super::digits::{Digits, NOWHERE, has_han_number, look};
use super::numbering::{self, Numbering};
use super::region::Region;
use super::{InText, Kind};
use idents::{Row, Wanted};
use mail::{emails, may_hold_mail, mrz_lines};
use std::fmt;
use std::sync::{Arc, LazyLock};
use stretch::{Needs, Stretch, stretches};
use window::Window;
use words::Beside;

mod abroad;
pub(super) mod address;
mod idents;
mod mail;
mod marked;
mod shapes;
mod stretch;
mod window;
mod words;

/// Name of the kind of a found resident ID.
const ID: &str = "cn-resident-id";
/// Name of the kind of a found telephone number.
const PHONE: &str = "phone";
/// Name of the kind of a found address.
const EMAIL: &str = "email";

/// Name of the kind of lines of a machine-readable zone.
const MRZ: &str = "mrz";

/// An identifier found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// First byte of the original text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Name of the kind, or the label of an own value.
    pub kind: &'static str,
    /// Whether it hardly can be anything else: see the head of this file.
    pub proven: bool,
}

/// Sorts hits and joins those that overlap; the longest names the kind.
pub fn merge(hits: &mut Vec<Hit>) {
    if hits.len() < 2 {
        return;
    }
    hits.sort_unstable_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
    let mut longest = 0;
    hits.dedup_by(|next, kept| {
        if next.start >= kept.end {
            longest = 0;
            return false;
        }
        longest = longest.max(kept.end - kept.start);
        let len = next.end - next.start;
        if len > longest {
            longest = len;
            kept.kind = next.kind;
        }
        kept.end = kept.end.max(next.end);
        kept.proven |= next.proven;
        true
    });
}

/// Buffers of a scan, kept from text to text: one a worker.
#[derive(Default)]
pub struct Scratch {
    stretches: Vec<Stretch>,
    digits: Digits,
    candidates: Vec<Candidate>,
    owner: Vec<u32>,
    hits: Vec<Hit>,
    number: String,
    row: Row,
    folded: marked::Folded,
    cells: address::Cells,
    /// The text without what was found in it.
    left: String,
}

/// The buffers hold digits of a value: `Debug` shows nothing of them.
impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scratch")
    }
}

impl Scratch {
    /// Empty buffers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Whether a hit is what stands for one already: `[wechat]` beside 微信.
fn is_label(text: &str, hit: &Hit) -> bool {
    let around = text.get(hit.start.wrapping_sub(1)..hit.end + 1);
    let within = around.and_then(|around| around.strip_prefix('[')?.strip_suffix(']'));
    within.is_some_and(|word| super::find(word).is_some())
}

/// A word that is no kind that can be found in text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanError {
    word: String,
}

impl ScanError {
    /// The word, which stands in a policy or on a command line.
    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a kind that is found in text; `offrecord kinds` lists those",
            self.word.escape_debug(),
        )
    }
}

impl std::error::Error for ScanError {}

/// Looks for identifiers of some strict kinds. Cheap to make and to clone.
#[derive(Debug, Clone)]
pub struct Scanner {
    id: bool,
    phone: bool,
    email: bool,
    mrz: bool,
    marked: marked::Set,
    idents: Option<Arc<Wanted>>,
    needs: Needs,
    address: bool,
    /// How national telephone numbers are read that are not China's.
    abroad: Option<&'static Numbering>,
}

/// The strict kinds of the tables: made once, asked of every finished text.
static STRICT: LazyLock<Option<Arc<Wanted>>> = LazyLock::new(|| {
    let kinds: Vec<&'static dyn Kind> = super::all()
        .iter()
        .copied()
        .filter(|k| k.strict())
        .collect();
    Wanted::new(&kinds, false).map(Arc::new)
});

/// A run of groups that may be an identifier.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    /// Indices of groups, the last one included.
    from: u32,
    to: u32,
    start: u32,
    end: u32,
    kind: &'static str,
    proven: bool,
    /// Of candidates of one length the one of the lowest rank names it.
    rank: u16,
}

/// How much a scan wants to know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    All,
    Any,
    AnyProven,
}

impl Scanner {
    /// The kinds that most texts hold, with rules of their own.
    pub const KINDS: [&'static str; 3] = [ID, PHONE, EMAIL];

    /// Whether a kind can be found in text.
    #[must_use]
    pub fn finds(kind: &dyn Kind) -> bool {
        kind.facts().in_text != InText::No
    }

    /// A scanner for the kinds named: each is found even where its check is
    /// weak, since somebody says that it is there. `region` is the country
    /// whose national numbers are read; those of China always are.
    ///
    /// # Errors
    /// The first word that is no kind found in text.
    pub fn new(kinds: &[&str], region: Option<Region>) -> Result<Self, ScanError> {
        let mut found = Vec::new();
        for word in kinds {
            match super::find(word).filter(|kind| Self::finds(*kind)) {
                Some(kind) => found.push(kind),
                None => {
                    return Err(ScanError {
                        word: (*word).to_owned(),
                    });
                }
            }
        }
        Ok(Self::of(&found, region, true))
    }

    /// A scanner for every kind there is: those with a weak check are found
    /// beside one of their words, or as they are usually written.
    #[must_use]
    pub fn all(region: Option<Region>) -> Self {
        let kinds: Vec<_> = super::all()
            .iter()
            .copied()
            .filter(|kind| Self::finds(*kind))
            .collect();
        Self::of(&kinds, region, false)
    }

    fn of(kinds: &[&'static dyn Kind], region: Option<Region>, eager: bool) -> Self {
        let has = |name: &str| kinds.iter().any(|kind| kind.name() == name);
        let mut scanner = Self::with(
            has(ID),
            has(PHONE),
            has(EMAIL),
            has(MRZ),
            marked::Set::new(kinds, eager),
            Wanted::new(kinds, eager).map(Arc::new),
        );
        scanner.address = has(address::ADDRESS);
        if let (true, Some(Region::Other(code))) = (scanner.phone, region) {
            scanner.abroad = std::str::from_utf8(&code).ok().and_then(numbering::of);
            let least = abroad::LEAST as usize;
            scanner.needs.add(least, least);
        }
        scanner
    }

    /// A scanner for every strict kind.
    #[must_use]
    pub fn strict_all() -> Self {
        let marked = marked::Set::strict();
        Self::with(true, true, true, true, marked, STRICT.clone())
    }

    fn with(
        id: bool,
        phone: bool,
        email: bool,
        mrz: bool,
        marked: marked::Set,
        idents: Option<Arc<Wanted>>,
    ) -> Self {
        let mut needs = idents.as_ref().map_or(Needs::NONE, |wanted| wanted.needs);
        if id {
            needs.add(15, 15);
        }
        if phone {
            needs.add(10, 10);
            needs.add_plus(8);
        }
        Self {
            id,
            phone,
            email,
            mrz,
            marked,
            idents,
            needs,
            address: false,
            abroad: None,
        }
    }

    /// Every identifier in `text`, in order and without overlaps: what
    /// redaction replaces.
    pub fn find<'s>(&self, text: &str, scratch: &'s mut Scratch) -> &'s [Hit] {
        scratch.hits.clear();
        self.scan(text, scratch, Want::All);
        scratch.hits.retain(|hit| !is_label(text, hit));
        if !scratch.hits.is_empty() {
            self.behind(text, scratch);
        }
        &scratch.hits
    }

    /// What stood glued to a hit stands free once that is gone: looks again at
    /// the text without its hits, until nothing more comes to light.
    fn behind(&self, text: &str, scratch: &mut Scratch) {
        let mut found = std::mem::take(&mut scratch.hits);
        let mut left = std::mem::take(&mut scratch.left);
        loop {
            left.clear();
            let mut at = 0;
            for hit in &found {
                left.push_str(text.get(at..hit.start).unwrap_or_default());
                left.extend(std::iter::repeat_n(']', hit.end - hit.start));
                at = hit.end;
            }
            left.push_str(text.get(at..).unwrap_or_default());
            self.scan(&left, scratch, Want::All);
            let apart = |hit: &Hit| {
                let mut others = found.iter();
                others.all(|other| hit.end <= other.start || other.end <= hit.start)
            };
            scratch.hits.retain(apart);
            if scratch.hits.is_empty() {
                break;
            }
            found.append(&mut scratch.hits);
            found.sort_unstable_by_key(|hit| hit.start);
        }
        scratch.hits = found;
        scratch.left = left;
    }

    /// As [`Scanner::find`], the proven ones only.
    pub fn find_proven<'s>(&self, text: &str, scratch: &'s mut Scratch) -> &'s [Hit] {
        scratch.hits.clear();
        self.scan(text, scratch, Want::All);
        scratch
            .hits
            .retain(|hit| hit.proven && !is_label(text, hit));
        &scratch.hits
    }

    /// Whether [`Scanner::find`] would find anything.
    #[must_use]
    pub fn any(&self, text: &str, scratch: &mut Scratch) -> bool {
        scratch.hits.clear();
        self.scan(text, scratch, Want::Any)
    }

    /// Whether [`Scanner::find_proven`] would find anything.
    #[must_use]
    pub fn any_proven(&self, text: &str, scratch: &mut Scratch) -> bool {
        scratch.hits.clear();
        self.scan(text, scratch, Want::AnyProven)
    }

    fn scan(&self, text: &str, scratch: &mut Scratch, want: Want) -> bool {
        self.scan_where(text, scratch, want, Some(&self.needs))
    }

    /// `needs` of none: every digit of the text is looked at. The plain way,
    /// for tests.
    fn scan_where(
        &self,
        text: &str,
        scratch: &mut Scratch,
        want: Want,
        needs: Option<&Needs>,
    ) -> bool {
        if text.len() >= NOWHERE as usize {
            // Beyond what is counted here: all of it, rather than nothing.
            scratch.hits.push(Hit {
                start: 0,
                end: text.len(),
                kind: ID,
                proven: false,
            });
            return true;
        }
        if self.mrz {
            mrz_lines(text, &mut scratch.hits);
        }
        if self.email && may_hold_mail(text.as_bytes()) {
            emails(text, &mut scratch.hits);
            if !text.is_ascii() {
                marked::mails(text, &mut scratch.hits);
            }
            if want != Want::All && !scratch.hits.is_empty() {
                return true;
            }
        }
        if self.marked.worth(text) {
            marked::find(text, self.marked, &mut scratch.folded, &mut scratch.hits);
            if want == Want::AnyProven {
                scratch.hits.retain(|hit| hit.proven);
            }
            if want != Want::All && !scratch.hits.is_empty() {
                return true;
            }
        }
        // Never proven.
        if self.address && want != Want::AnyProven && address::may_hold(text) {
            address::find(text, &mut scratch.cells, &mut scratch.hits);
            if want == Want::Any && !scratch.hits.is_empty() {
                return true;
            }
        }
        let numbers = self.id || self.phone || self.idents.is_some();
        let han = numbers && has_han_number(text);
        match needs.filter(|_| !han) {
            Some(needs) => stretches(text, needs, &mut scratch.stretches),
            None => {
                scratch.stretches.clear();
                scratch.stretches.push(Stretch {
                    start: 0,
                    end: text.len() as u32,
                    letters: true,
                });
            }
        }
        if !scratch.stretches.is_empty() {
            scratch.digits.clear();
            for stretch in &scratch.stretches {
                let stretch = stretch.start as usize..stretch.end as usize;
                scratch.digits.add(text, stretch, han);
            }
            if self.numbers(text, scratch, want) {
                return true;
            }
        }
        merge(&mut scratch.hits);
        !scratch.hits.is_empty()
    }

    /// Collects what digit groups may mean. Returns early, true, where the
    /// first find is enough.
    fn numbers(&self, text: &str, scratch: &mut Scratch, want: Want) -> bool {
        let Scratch {
            digits,
            candidates,
            number,
            row,
            stretches,
            ..
        } = scratch;
        candidates.clear();
        let idents = self.idents.as_deref();
        let least = self.abroad.map_or(8, |_| abroad::LEAST);
        let shortest = idents.map_or(least, |wanted| wanted.shortest.min(least));
        let longest = idents.map_or(19, |wanted| wanted.longest.max(19));
        let enough = |candidate: &Candidate| match want {
            Want::Any => true,
            Want::AnyProven => candidate.proven,
            Want::All => false,
        };
        let mut index = 0u32;
        for chain in digits.chains() {
            let total: u32 = chain.iter().map(|group| group.len).sum();
            if total >= shortest {
                for from in 0..chain.len() {
                    let Some(rest) = chain.get(from..) else {
                        continue;
                    };
                    let at = index + from as u32;
                    let mut context = None;
                    let mut words = Beside::default();
                    let mut len = 0;
                    for to in 0..rest.len() {
                        let Some(window) = rest.get(..=to) else { break };
                        len += window.last().map_or(0, |group| group.len);
                        if len > longest {
                            break;
                        }
                        if len < shortest {
                            continue;
                        }
                        let seen = Window {
                            text,
                            groups: window,
                            digits: digits.of(window),
                        };
                        let before = candidates.len();
                        if (8..=19).contains(&len) {
                            if self.id {
                                candidates.extend(seen.resident_id(&mut context));
                            }
                            if self.phone {
                                candidates.extend(seen.phone());
                            }
                        }
                        if let Some(plan) = self.abroad {
                            candidates.extend(seen.phone_abroad(plan, &mut words, number));
                        }
                        if let Some(wanted) = idents {
                            wanted.of_window(&seen, &mut words, number, |c| candidates.push(c));
                        }
                        for candidate in candidates.iter_mut().skip(before) {
                            candidate.from = at;
                            candidate.to = at + to as u32;
                        }
                        if candidates.iter().skip(before).any(enough) {
                            return true;
                        }
                    }
                }
            }
            index += chain.len() as u32;
        }
        if let Some(wanted) = idents.filter(|wanted| wanted.has_mixed()) {
            row.reset();
            let mut stretches = stretches.iter().copied().peekable();
            for (index, group) in digits.groups.iter().enumerate() {
                while stretches.next_if(|s| s.end <= group.start).is_some() {}
                let letters = stretches.peek().is_some_and(|s| s.letters);
                if !(letters || wanted.bare_digits) {
                    continue;
                }
                let before = candidates.len();
                wanted.around(text, digits, index, row, number, |c| candidates.push(c));
                if candidates.iter().skip(before).any(enough) {
                    return true;
                }
            }
        }
        if want == Want::AnyProven {
            candidates.retain(|candidate| candidate.proven);
        }
        settle(scratch);
        false
    }
}

/// Gives every number that can be read in `text` out of adjacent groups of
/// digits, whatever its kind: its digits in ASCII (with `x` at the end where one
/// follows 17 digits) and its bytes in the text. Numbers of `least` to `most`
/// digits; separators, invisible characters, parentheses, slashes and ends of
/// lines between groups do not matter. Each run of whole groups is one number,
/// so that a text with n groups gives up to n × `most` of them.
///
/// This is how a known value is looked for that may stand in any written form.
pub fn each_number(
    text: &str,
    scratch: &mut Scratch,
    least: usize,
    most: usize,
    mut sink: impl FnMut(&str, std::ops::Range<usize>),
) {
    let seen = look(text.as_bytes());
    let few = seen.digits + seen.wide < least && !has_han_number(text);
    if few || text.len() >= NOWHERE as usize {
        return;
    }
    let Scratch { digits, number, .. } = scratch;
    digits.set(text);
    for chain in digits.chains() {
        for from in 0..chain.len() {
            let rest = chain.get(from..).unwrap_or_default();
            let Some(first) = rest.first() else { continue };
            number.clear();
            for group in rest {
                number.extend(
                    digits
                        .of(std::slice::from_ref(group))
                        .iter()
                        .map(|&d| char::from(b'0' + d)),
                );
                if number.len() > most {
                    break;
                }
                if number.len() >= least {
                    sink(number, first.start as usize..group.end as usize);
                }
                if number.len() == 17 && group.x_end != 0 && (least..=most).contains(&18) {
                    number.push('x');
                    sink(number, first.start as usize..group.x_end as usize);
                    number.pop();
                }
            }
        }
    }
}

/// Chooses among overlapping candidates: the rule is at the head of this file.
fn settle(scratch: &mut Scratch) {
    let Scratch {
        candidates,
        owner,
        hits,
        digits,
        ..
    } = scratch;
    let hit = |c: &Candidate| Hit {
        start: c.start as usize,
        end: c.end as usize,
        kind: c.kind,
        proven: c.proven,
    };
    match candidates.as_slice() {
        [] => return,
        [only] => {
            hits.push(hit(only));
            return;
        }
        _ => {}
    }
    candidates.sort_unstable_by_key(|c| {
        (
            !c.proven,
            std::cmp::Reverse(c.end - c.start),
            c.rank,
            c.start,
            c.kind,
        )
    });
    owner.clear();
    owner.resize(digits.groups.len(), 0);
    for (at, candidate) in candidates.iter().enumerate() {
        let Some(groups) = owner.get_mut(candidate.from as usize..=candidate.to as usize) else {
            continue;
        };
        // 0 is free; else one more than the index of the owner.
        let free = groups.contains(&0);
        let cut = groups.iter().any(|&o| {
            o.checked_sub(1)
                .and_then(|o| candidates.get(o as usize))
                .is_some_and(|other| {
                    other.proven
                        && !candidate.proven
                        && (other.from < candidate.from || other.to > candidate.to)
                })
        });
        if !free || cut {
            // A row with letters may end beyond the groups: in doubt, both.
            let inside = |hit: &Hit| {
                hit.start <= candidate.start as usize && hit.end >= candidate.end as usize
            };
            let weaker = hits.iter().any(|hit| {
                hit.proven
                    && !candidate.proven
                    && hit.start < candidate.end as usize
                    && hit.end > candidate.start as usize
            });
            if candidate.rank >= 10 && !weaker && !hits.iter().any(inside) {
                hits.push(hit(candidate));
            }
            continue;
        }
        for group in groups.iter_mut().filter(|o| **o == 0) {
            *group = at as u32 + 1;
        }
        hits.push(hit(candidate));
    }
}

#[cfg(test)]
mod matrix;
#[cfg(test)]
mod tests;
