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
//! Time is linear in the text; there is no back-tracking. A text in which
//! there are fewer than ten digits (eight where there is a `+`) and no `@` is
//! left after one fast look.

use super::cn;
use super::date::days_in_month;
use super::digits::{Digits, Gap, Group, Mark, NOWHERE, look, look_wide};
use super::phone;
use super::region::Region;
use super::unicode::{digit_value, is_format, is_separator, narrow};
use super::{InText, Kind};
use idents::{Beside, Row, Wanted};
use std::fmt;
use std::sync::{Arc, LazyLock};

mod idents;
mod marked;

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
    digits: Digits,
    candidates: Vec<Candidate>,
    owner: Vec<u32>,
    hits: Vec<Hit>,
    number: String,
    row: Row,
    folded: marked::Folded,
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
}

/// The strict kinds of the tables: made once, asked of every finished text.
static STRICT: LazyLock<Option<Arc<Wanted>>> = LazyLock::new(|| {
    let kinds: Vec<&'static dyn Kind> = super::all()
        .iter()
        .copied()
        .filter(|k| k.strict())
        .collect();
    Wanted::new(&kinds, false).map(|mut wanted| {
        // Fewer digits than a telephone number has make no text worth a look.
        wanted.least = wanted.least.max(10);
        Arc::new(wanted)
    })
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
        let _ = region;
        let has = |name: &str| kinds.iter().any(|kind| kind.name() == name);
        Self {
            id: has(ID),
            phone: has(PHONE),
            email: has(EMAIL),
            mrz: has(MRZ),
            marked: marked::Set::new(kinds, eager),
            idents: Wanted::new(kinds, eager).map(Arc::new),
        }
    }

    /// A scanner for every strict kind.
    #[must_use]
    pub fn strict_all() -> Self {
        Self {
            id: true,
            phone: true,
            email: true,
            mrz: true,
            marked: marked::Set::strict(),
            idents: STRICT.clone(),
        }
    }

    /// Every identifier in `text`, in order and without overlaps: what
    /// redaction replaces.
    pub fn find<'s>(&self, text: &str, scratch: &'s mut Scratch) -> &'s [Hit] {
        scratch.hits.clear();
        self.scan(text, scratch, Want::All);
        &scratch.hits
    }

    /// As [`Scanner::find`], the proven ones only.
    pub fn find_proven<'s>(&self, text: &str, scratch: &'s mut Scratch) -> &'s [Hit] {
        scratch.hits.clear();
        self.scan(text, scratch, Want::All);
        scratch.hits.retain(|hit| hit.proven);
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
        let least = self.idents.as_ref().map_or(10, |wanted| wanted.least);
        let numbers = self.id || self.phone || self.idents.is_some();
        let (digits, mails) = worth_it(text.as_bytes(), numbers, self.email, least);
        let marked = self.marked.worth(text);
        if !(digits || mails || marked || (self.mrz && text.len() >= 28)) {
            return false;
        }
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
        if mails {
            emails(text, &mut scratch.hits);
            if !text.is_ascii() {
                marked::mails(text, &mut scratch.hits);
            }
            if want != Want::All && !scratch.hits.is_empty() {
                return true;
            }
        }
        if marked {
            marked::find(text, self.marked, &mut scratch.folded, &mut scratch.hits);
            if want == Want::AnyProven {
                scratch.hits.retain(|hit| hit.proven);
            }
            if want != Want::All && !scratch.hits.is_empty() {
                return true;
            }
        }
        if digits {
            scratch.digits.set(text);
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
            ..
        } = scratch;
        candidates.clear();
        let idents = self.idents.as_deref();
        let shortest = idents.map_or(8, |wanted| wanted.shortest.min(8));
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
            for index in 0..digits.groups.len() {
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
    if seen.digits + seen.wide < least || text.len() >= NOWHERE as usize {
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

/// Beside what kind of word an identifier stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    None,
    /// `ID`, 证件: may be an order's too.
    Weak,
    /// 身份证, `ID card`: nothing else.
    Strong,
}

/// Words that name the resident ID and nothing else; folded.
const STRONG: [&str; 19] = [
    "身份证",
    "身份證",
    "身分证",
    "身分證",
    "公民身份",
    "公民身分",
    "居民身份",
    "居民证",
    "idcard",
    "id card",
    "identity card",
    "identity number",
    "identity no",
    "identification number",
    "resident id",
    "national id",
    "citizen id",
    "sfz",
    "shenfenzheng",
];

/// Words that name some card or number of a person; folded.
const WEAK: [&str; 8] = [
    "证件", "證件", "证号", "證號", "证码", "identity", "id", "ids",
];

/// How many characters before an identifier are looked at for such a word.
const REACH: usize = 20;

/// What stands before byte `start`, back to the last digit or label of a
/// redaction, folded into the end of `seen`. Returns where it begins there.
fn look_back(text: &str, start: u32, seen: &mut [char; REACH]) -> usize {
    let mut n = REACH;
    for (at, c) in text
        .get(..start as usize)
        .unwrap_or_default()
        .char_indices()
        .rev()
    {
        let c = narrow(c);
        if c == ']' && is_label(text.get(..at).unwrap_or_default()) {
            break;
        }
        if is_format(c) {
            continue;
        }
        if digit_value(c).is_some() || c == '\n' || n == 0 {
            break;
        }
        let gap = is_separator(c) || c.is_whitespace();
        if gap && seen.get(n).is_none_or(|&c| c == ' ') {
            continue;
        }
        n -= 1;
        if let Some(slot) = seen.get_mut(n) {
            *slot = match c {
                _ if gap => ' ',
                c if c.is_ascii() => c.to_ascii_lowercase(),
                c => c.to_lowercase().next().unwrap_or(c),
            };
        }
    }
    n
}

/// Whether `before`, which a `]` follows, ends as a label of a redaction does:
/// with `[` and small letters, digits and hyphens.
fn is_label(before: &str) -> bool {
    let name = before
        .bytes()
        .rev()
        .take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
        .count();
    name >= 2 && before.as_bytes().iter().rev().nth(name) == Some(&b'[')
}

/// Whether a word stands in what [`look_back`] saw; of Latin words not as a
/// part of another one.
fn holds_word(seen: &[char], word: &str) -> bool {
    let len = word.chars().count();
    let ascii = word.is_ascii();
    (0..(seen.len() + 1).saturating_sub(len)).any(|at| {
        let here = seen.get(at..at + len).unwrap_or_default();
        let letter = |c: Option<&char>| c.is_some_and(char::is_ascii_alphabetic);
        here.iter().copied().eq(word.chars())
            && !(ascii
                && (letter(at.checked_sub(1).and_then(|at| seen.get(at)))
                    || letter(seen.get(at + len)) && len < 4))
    })
}

/// What word stands before byte `start`.
fn context(text: &str, start: u32) -> Context {
    let mut seen = ['\0'; REACH];
    let n = look_back(text, start, &mut seen);
    let seen = seen.get(n..).unwrap_or_default();
    let holds = |word: &str| holds_word(seen, word);
    if STRONG.iter().any(|word| holds(word)) {
        Context::Strong
    } else if WEAK.iter().any(|word| holds(word)) {
        Context::Weak
    } else {
        Context::None
    }
}

/// A run of groups under examination.
struct Window<'a> {
    text: &'a str,
    groups: &'a [Group],
    digits: &'a [u8],
}

impl Window<'_> {
    fn first(&self) -> Option<&Group> {
        self.groups.first()
    }

    fn worst_gap(&self) -> Gap {
        self.groups
            .iter()
            .skip(1)
            .map(|group| group.gap)
            .max()
            .unwrap_or(Gap::Join)
    }

    /// Whether one sees a single run of digits.
    fn unbroken(&self) -> bool {
        self.groups
            .iter()
            .skip(1)
            .all(|group| group.mark == Mark::None && group.gap == Gap::Join)
    }

    /// Lengths of the groups that one sees: invisible gaps do not part them.
    fn seen_lengths(&self, lengths: &mut [u8; 20]) -> usize {
        let mut n = 0usize;
        for (i, group) in self.groups.iter().enumerate() {
            if i == 0 || group.mark != Mark::None || group.gap != Gap::Join {
                n += 1;
            }
            if let Some(length) = lengths.get_mut(n.wrapping_sub(1)) {
                *length += group.len as u8;
            }
        }
        n
    }

    fn candidate(&self, start: u32, end: u32, kind: &'static str, proven: bool) -> Candidate {
        Candidate {
            from: 0,
            to: 0,
            start,
            end,
            kind,
            proven,
            rank: u16::from(kind != ID),
        }
    }

    /// A resident ID of China.
    fn resident_id(&self, cached: &mut Option<Context>) -> Option<Candidate> {
        let (first, last) = (self.groups.first()?, self.groups.last()?);
        let x = last.x_end != 0;
        let len = self.digits.len();
        match len {
            18 | 15 | 19 => {}
            17 => {}
            _ => return None,
        }
        let beside = |cached: &mut Option<Context>| {
            *cached.get_or_insert_with(|| context(self.text, first.start))
        };
        // Over parentheses, slashes and ends of lines only what checks.
        let far = self.worst_gap() > Gap::Join;
        if len == 18 || (len == 17 && x) {
            let mut id = [b'X'; 18];
            for (to, d) in id.iter_mut().zip(self.digits) {
                *to = b'0' + d;
            }
            let end = if len == 18 { last.end } else { last.x_end };
            let real = cn::real_birth_date(&id);
            let checks = id.last() == Some(&cn::check_digit(&id));
            let plausible = real && self.likely_year() && self.province();
            if real && checks {
                return Some(self.candidate(first.start, end, ID, plausible));
            }
            if far || (len == 17 && last.x_doubtful) {
                return None;
            }
            let proven = match beside(cached) {
                Context::Strong => true,
                Context::Weak => plausible,
                Context::None => false,
            };
            let usual = plausible && self.parted_at(&[3, 6, 10, 12, 14, 17]);
            return (proven || usual).then(|| self.candidate(first.start, end, ID, proven));
        }
        if far {
            return None;
        }
        if len == 15 {
            let plausible = self.province() && self.short_date();
            let usual = plausible && self.parted_at(&[3, 6, 8, 10, 12]);
            let beside = beside(cached);
            let proven = plausible && beside != Context::None;
            let found = usual || proven || beside == Context::Strong;
            return found.then(|| self.candidate(first.start, last.end, ID, proven));
        }
        // One digit lost or one too many, beside a word that can mean nothing
        // else.
        (self.unbroken() && beside(cached) == Context::Strong)
            .then(|| self.candidate(first.start, last.end, ID, false))
    }

    fn province(&self) -> bool {
        matches!(self.digits, [tens, ones, ..] if cn::known_province(*tens, *ones))
    }

    fn likely_year(&self) -> bool {
        matches!(
            self.digits,
            [_, _, _, _, _, _, 1, 9, ..] | [_, _, _, _, _, _, 2, 0, 0..=4, ..]
        )
    }

    fn short_date(&self) -> bool {
        match self.digits {
            [_, _, _, _, _, _, y1, y2, m1, m2, d1, d2, ..] => {
                let year = 1900 + i16::from(y1 * 10 + y2);
                let day = d1 * 10 + d2;
                day >= 1 && day <= days_in_month(year, m1 * 10 + m2)
            }
            _ => false,
        }
    }

    /// Whether what one sees is parted at some of these places only.
    fn parted_at(&self, places: &[u8]) -> bool {
        let mut lengths = [0; 20];
        let n = self.seen_lengths(&mut lengths);
        let mut at = 0;
        lengths.iter().take(n.saturating_sub(1)).all(|len| {
            at += len;
            places.contains(&at)
        })
    }

    /// A telephone number: of China in national form, or of any country with
    /// its calling code.
    fn phone(&self) -> Option<Candidate> {
        let (first, last) = (self.first()?, self.groups.last()?);
        if self.worst_gap() > Gap::Slash {
            return None;
        }
        let proven = self.international(first).or_else(|| self.national(first))?;
        let mut start = if first.plus == NOWHERE {
            first.start
        } else {
            first.plus
        };
        // `(010) 6234` and `(+86) 138`: the parenthesis goes too.
        if first.paren != NOWHERE
            && self
                .groups
                .iter()
                .skip(1)
                .any(|group| matches!(group.gap, Gap::Paren | Gap::Slash))
        {
            start = first.paren;
        }
        let mut end = last.end;
        if self.digits.first() == Some(&0) || first.plus != NOWHERE {
            end = self.extension(end);
        }
        Some(self.candidate(start, end, PHONE, proven))
    }

    /// `Some(proven)` for a number with its calling code.
    fn international(&self, first: &Group) -> Option<bool> {
        if first.plus != NOWHERE
            && let Some(proven) = self.with_calling_code(first, self.digits, true)
        {
            return Some(proven);
        }
        match self.digits {
            [0, 0, rest @ ..] if first.len >= 2 => self.with_calling_code(first, rest, false),
            _ => None,
        }
    }

    /// `rest` begins with the calling code; `plus` says what opened it.
    fn with_calling_code(&self, first: &Group, rest: &[u8], plus: bool) -> Option<bool> {
        let (code, code_len, least, most) = phone::calling_code(rest)?;
        // The calling code is not parted from its 00 but right behind it.
        if !plus && first.len != 2 && (first.len as usize) < 2 + code_len {
            return None;
        }
        let mut national = rest.get(code_len..)?;
        if let [0, after @ ..] = national
            && code != 39
            && (phone::has_trunk_zero(code) || national.len() > usize::from(most))
        {
            national = after;
        }
        let total = code_len + national.len();
        let proven = match code {
            86 => {
                let fits =
                    phone::is_mobile_of_china(national) || phone::is_landline_of_china(national);
                return fits.then_some(true);
            }
            1 => {
                let fits = matches!(national, [2..=9, _, _, 2..=9, _, _, _, _, _, _]);
                return fits.then_some(plus);
            }
            7 => national.len() == 10,
            _ => {
                (usize::from(least)..=usize::from(most)).contains(&national.len())
                    && (8..=15).contains(&total)
            }
        };
        proven.then_some(plus && total >= 10)
    }

    /// `Some(proven)` for a number of China in national form, or with 86 and
    /// no plus.
    fn national(&self, first: &Group) -> Option<bool> {
        let mut lengths = [0; 20];
        let n = self.seen_lengths(&mut lengths);
        let seen = lengths.get(..n)?;
        let singles = seen.iter().all(|&len| len == 1);
        // A fraction: 0.13800138000.
        let fraction = first.mark == Mark::Dot && self.follows_lone_zero(first);
        match self.digits {
            number if phone::is_mobile_of_china(number) => {
                let usual = singles || usual_mobile(seen);
                if self.worst_gap() == Gap::Slash {
                    return None;
                }
                if !usual && self.reads_as_something_else(seen) {
                    return None;
                }
                Some(usual && !fraction)
            }
            [8, 6, number @ ..] if phone::is_mobile_of_china(number) => Some(match seen {
                [2, rest @ ..] => usual_mobile(rest),
                [5, rest @ ..] => rest.is_empty() || usual_mobile(&[&[3], rest].concat()),
                [13] => true,
                _ => singles,
            }),
            [0, number @ ..] if phone::is_mobile_of_china(number) => {
                (n == 1 || singles || matches!(seen, [1 | 4, ..])).then_some(false)
            }
            [8, 6, 0, number @ ..] | [8, 6, number @ ..]
                if phone::is_landline_of_china(number) && first.len == 2 =>
            {
                Some(true)
            }
            [0, number @ ..] => {
                let area = phone::area_of_china(number)?;
                if !phone::is_landline_of_china(number) {
                    return None;
                }
                let head = usize::from(*seen.first()?);
                if head == 1 + area && n <= 4 {
                    return Some(true);
                }
                // The area code is not parted, or 01.02.2019 12 would be one.
                let whole = head > 1 + area && matches!(number.get(area), Some(2..=9));
                (whole || singles).then_some(false)
            }
            _ => None,
        }
    }

    /// Whether the group stands right behind a group that is a single zero.
    fn follows_lone_zero(&self, first: &Group) -> bool {
        let before = self.text.get(..first.start as usize).unwrap_or_default();
        let mut back = before.chars().rev().map(narrow);
        back.next() == Some('.')
            && back.next() == Some('0')
            && back.next().is_none_or(|c| digit_value(c).is_none())
    }

    /// Days, addresses of machines, versions, thousands.
    fn reads_as_something_else(&self, seen: &[u8]) -> bool {
        let marks = || self.groups.iter().skip(1).map(|group| group.mark);
        let dotted = marks().all(|mark| mark == Mark::Dot);
        if dotted && seen.len() >= 4 {
            return true;
        }
        if let [1..=3, rest @ ..] = seen
            && rest.iter().all(|&len| len == 3)
        {
            return true;
        }
        // A day among the groups: 2019-03-17 or 17.3.2019.
        let value = |group: &Group| {
            self.text_digits(group)
                .iter()
                .fold(0u32, |sum, &d| sum * 10 + u32::from(d))
        };
        self.groups.windows(3).any(|three| {
            let [a, b, c] = three else { return false };
            let same = b.mark == c.mark && matches!(b.mark, Mark::Dot | Mark::Dash);
            let small =
                |group: &Group, most: u32| group.len <= 2 && (1..=most).contains(&value(group));
            let year = |group: &Group| group.len == 4 && (1900..2100).contains(&value(group));
            same && ((year(a) && small(b, 12) && small(c, 31))
                || (year(c) && small(a, 31) && small(b, 31)))
        })
    }

    fn text_digits(&self, group: &Group) -> &[u8] {
        let from = self.groups.first().map_or(0, |first| first.first);
        let at = (group.first - from) as usize;
        self.digits
            .get(at..at + group.len as usize)
            .unwrap_or_default()
    }

    /// End of an extension that follows: `转801`, `ext. 12`, `-801`.
    fn extension(&self, end: u32) -> u32 {
        const WORDS: [&str; 9] = ["转", "轉", "分机", "分機", "ext", "ext.", "x", "#", "-"];
        let rest = self.text.get(end as usize..).unwrap_or_default();
        let mut word = ['\0'; 6];
        let mut n = 0;
        let mut digits = 0;
        let mut stop = end;
        let mut after = None;
        for (i, c) in rest.char_indices().take(16) {
            let narrowed = narrow(c);
            if digit_value(c).is_some() {
                digits += 1;
                stop = end + (i + c.len_utf8()) as u32;
            } else if digits > 0 {
                after = Some(narrowed);
                break;
            } else if narrowed != ' ' && !is_format(c) {
                let Some(slot) = word.get_mut(n) else {
                    return end;
                };
                *slot = narrowed.to_ascii_lowercase();
                n += 1;
            }
        }
        let word = word.get(..n).unwrap_or_default();
        let known = WORDS
            .iter()
            .any(|known| known.chars().eq(word.iter().copied()));
        // A day may follow a hyphen: 010-62345678-2019-05-13.
        let day = word == ['-'] && (digits > 4 || matches!(after, Some('-' | '/' | '.' | '年')));
        if known && !day && (1..=6).contains(&digits) {
            stop
        } else {
            end
        }
    }
}

/// Groups that people write a mobile number in.
fn usual_mobile(seen: &[u8]) -> bool {
    matches!(
        seen,
        [11] | [3, 4, 4]
            | [3, 3, 5]
            | [3, 5, 3]
            | [4, 4, 3]
            | [4, 3, 4]
            | [3, 8]
            | [7, 4]
            | [5, 6]
            | [6, 5]
            | [5, 3, 3]
            | [3, 2, 2, 2, 2]
            | [3, 2, 2, 4]
    )
}

/// Whether there may be a number, whether there may be an address.
///
/// The shortest number has eight digits behind a `+`, ten without one.
#[inline]
fn worth_it(bytes: &[u8], numbers: bool, mails: bool, least: usize) -> (bool, bool) {
    if bytes.len() < least.min(6) {
        return (false, false);
    }
    let seen = look(bytes);
    let enough = |digits: usize, plus: bool| {
        numbers && digits >= if plus { least.min(8) } else { least.min(10) }
    };
    if seen.wide == 0 {
        return (enough(seen.digits, seen.plus), mails && seen.at);
    }
    if !mails && !enough(seen.digits + seen.wide, true) {
        return (false, false);
    }
    let wide = look_wide(bytes);
    (
        enough(seen.digits + wide.digits, seen.plus || wide.plus),
        mails && (seen.at || wide.at),
    )
}

/// Finds lines of a machine-readable zone: 28 to 90 capital letters, digits and
/// `<`, among them `<<`. The line of the name has no check digit.
fn mrz_lines(text: &str, hits: &mut Vec<Hit>) {
    let mut done = 0;
    for at in memchr::memchr_iter(b'<', text.as_bytes()) {
        if at < done {
            continue;
        }
        let of_line = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'<';
        let (before, after) = text.as_bytes().split_at_checked(at).unwrap_or_default();
        let start = at
            - before
                .iter()
                .rev()
                .take(90)
                .take_while(|b| of_line(b))
                .count();
        let end = at + after.iter().take_while(|b| of_line(b)).count();
        done = end;
        let line = text.get(start..end).unwrap_or_default();
        let fill = line.matches("<<").count();
        if (28..=90).contains(&line.len()) && fill > 0 {
            hits.push(Hit {
                start,
                end,
                kind: MRZ,
                proven: true,
            });
        }
    }
}

/// Finds addresses. The local part is ASCII, in half or full width, and may be
/// glued to any other script; the domain ends with the last label that begins
/// with two Latin letters, so that what follows glued stays.
fn emails(text: &str, hits: &mut Vec<Hit>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'@', 0xEF, bytes) {
        let len = match (bytes.get(at), bytes.get(at + 1), bytes.get(at + 2)) {
            (Some(b'@'), ..) => 1,
            (_, Some(0xBC), Some(0xA0)) | (_, Some(0xB9), Some(0xAB)) => 3,
            _ => continue,
        };
        let Some(start) = local_part(text, at) else {
            continue;
        };
        let Some(end) = domain(text, at + len) else {
            continue;
        };
        hits.push(Hit {
            start,
            end,
            kind: EMAIL,
            proven: true,
        });
    }
}

/// Where the local part before byte `at` begins.
fn local_part(text: &str, at: usize) -> Option<usize> {
    let mut start = None;
    for (i, c) in text.get(..at)?.char_indices().rev() {
        match narrow(c) {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => start = Some(i),
            // May stand inside, not at the beginning.
            '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^' | '`'
            | '{' | '|' | '}' | '~' | '.' => {}
            c if is_format(c) => {}
            _ => break,
        }
    }
    start
}

/// Where the domain that begins at byte `from` ends.
fn domain(text: &str, from: usize) -> Option<usize> {
    let mut end = None;
    let mut dots = 0;
    let mut label = 0; // characters of the label so far
    let mut letters = true; // all of them letters
    let mut puny = [0u8; 4];
    for (i, c) in text.get(from..)?.char_indices() {
        let c_end = from + i + c.len_utf8();
        match narrow(c) {
            c @ ('a'..='z' | 'A'..='Z' | '0'..='9' | '-') => {
                if c == '-' && label == 0 {
                    break;
                }
                if let Some(slot) = puny.get_mut(label) {
                    *slot = c.to_ascii_lowercase() as u8;
                }
                label += 1;
                letters &= c.is_ascii_alphabetic();
                if dots > 0 && label >= 2 && (letters || (puny == *b"xn--" && label > 4)) {
                    end = Some(c_end);
                }
            }
            c @ ('.' | '。' | '｡') => {
                if label == 0 || (c != '.' && dots > 0) {
                    break;
                }
                dots += 1;
                label = 0;
                letters = true;
                puny = [0; 4];
            }
            c if is_format(c) => {}
            _ => break,
        }
    }
    end
}

#[cfg(test)]
mod matrix;
#[cfg(test)]
mod tests;
