//! Finds the identifiers of the tables in running text: rows of digits, and
//! rows of digits and letters, by their shapes.
//!
//! A row of digits is a sequence of whole groups of one chain, as for
//! telephone numbers. A row with letters is looked for around every group of
//! digits: as many letters before it as the shape begins with, and what
//! follows. What fits a shape is then read by the kind itself.
//!
//! May not decide between candidates that overlap: [`super`] does.

use super::super::digits::{Digits, Gap, Group, Mark};
use super::super::facts::InText;
use super::super::ident::{Ident, stands};
use super::super::unicode::{digit_value, is_format, is_separator, narrow};
use super::super::{Kind, KindOptions, Misfit};
use super::Candidate;
use super::shapes::Shapes;
use super::stretch::Needs;
use super::window::Window;
use super::words::{Beside, Words};

/// A kind that is bare in text with every setting has at most this chance.
const SURE: f64 = 0.02;

/// Most letters before the first digit of a row.
const LEAD: usize = 9;

/// One kind that is looked for.
#[derive(Debug, Clone)]
pub(super) struct Sought {
    kind: &'static dyn Kind,
    ident: &'static Ident,
    /// Bare, whatever stands beside it, where its check holds.
    bare: bool,
    rank: u16,
    words: Words,
}

impl std::fmt::Debug for dyn Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A shape of one of them, without the marks in it.
#[derive(Debug, Clone)]
struct Template {
    sought: usize,
    shape: Box<[u8]>,
}

/// The kinds of the tables that a scanner looks for.
#[derive(Debug)]
pub(super) struct Wanted {
    sought: Vec<Sought>,
    /// Rows of digits by their length: index into `sought` and the shape.
    digits: Vec<Vec<Template>>,
    /// Rows with letters by the number of letters before the first digit.
    mixed: Vec<(Shapes, Vec<Template>)>,
    /// A shorter chain of digits holds none of the rows of digits.
    pub(super) shortest: u32,
    pub(super) longest: u32,
    eager: bool,
    /// Whether a row with letters may have none, as where the check is a digit
    /// or a letter.
    pub(super) bare_digits: bool,
    /// A stretch of a text that has less holds none of them.
    pub(super) needs: Needs,
}

impl Wanted {
    /// `eager`: kinds that somebody asked for by name are found bare even
    /// where one random string in six passes their check.
    pub(super) fn new(kinds: &[&'static dyn Kind], eager: bool) -> Option<Self> {
        let mut wanted = Self {
            sought: Vec::new(),
            digits: (0..32).map(|_| Vec::new()).collect(),
            mixed: (0..=LEAD).map(|_| Default::default()).collect(),
            shortest: u32::MAX,
            longest: 0,
            eager,
            bare_digits: false,
            needs: Needs::NONE,
        };
        for &kind in kinds {
            let Some(ident) = kind.ident() else { continue };
            let facts = ident.facts();
            if facts.in_text == InText::No {
                continue;
            }
            let index = wanted.sought.len();
            wanted.sought.push(Sought {
                kind,
                ident,
                bare: facts.in_text == InText::Bare && (eager || facts.chance <= SURE),
                rank: 10 + (facts.chance * 1000.0) as u16,
                words: Words::new(facts.words),
            });
            for shape in facts.shapes.iter().chain(ident.also()) {
                let bare: Box<[u8]> = shape
                    .bytes()
                    .filter(|b| !matches!(b, b'-' | b'+'))
                    .collect();
                let digit = |b: &u8| *b == b'd' || b.is_ascii_digit();
                let sure = bare.iter().filter(|b| digit(b)).count();
                let template = Template {
                    sought: index,
                    shape: bare,
                };
                let n = template.shape.len();
                wanted.needs.add(n, sure);
                if sure == n {
                    wanted.shortest = wanted.shortest.min(n as u32);
                    wanted.longest = wanted.longest.max(n as u32);
                    if let Some(list) = wanted.digits.get_mut(n) {
                        list.push(template);
                    }
                    continue;
                }
                wanted.bare_digits |= template
                    .shape
                    .iter()
                    .all(|&b| (b'0'..=b'9').any(|c| stands(b, c)));
                for lead in 0..=LEAD.min(n.saturating_sub(1)) {
                    let letters = template
                        .shape
                        .iter()
                        .take(lead)
                        .all(|&b| (b'A'..=b'Z').any(|c| stands(b, c)));
                    let then = template
                        .shape
                        .get(lead)
                        .is_some_and(|&b| (b'0'..=b'9').any(|c| stands(b, c)));
                    if letters
                        && then
                        && let Some((shapes, list)) = wanted.mixed.get_mut(lead)
                    {
                        shapes.add(&template.shape);
                        list.push(template.clone());
                    }
                }
            }
        }
        (!wanted.sought.is_empty()).then_some(wanted)
    }

    /// What a run of whole groups may be.
    pub(super) fn of_window(
        &self,
        window: &Window<'_>,
        beside: &mut Beside,
        number: &mut String,
        mut sink: impl FnMut(Candidate),
    ) {
        let Some(list) = self.digits.get(window.digits.len()) else {
            return;
        };
        let (Some(first), Some(last)) = (window.groups.first(), window.groups.last()) else {
            return;
        };
        if list.is_empty() || window.worst_gap() > Gap::Slash {
            return;
        }
        let mut lengths = [0u8; 20];
        let n = window.seen_lengths(&mut lengths);
        let seen = lengths.get(..n).unwrap_or_default();
        let plain = n == 1 || seen.iter().all(|&len| len == 1);
        let join = window.worst_gap() <= Gap::Join;
        for template in list {
            let Some(sought) = self.sought.get(template.sought) else {
                continue;
            };
            let fits = template
                .shape
                .iter()
                .zip(window.digits)
                .all(|(&shape, &d)| shape == b'd' || shape == b'0' + d);
            if !fits {
                continue;
            }
            number.clear();
            let mut ascii = [b'0'; 32];
            for (to, d) in ascii.iter_mut().zip(window.digits) {
                *to += d;
            }
            let ascii = ascii.get(..window.digits.len()).unwrap_or_default();
            number.push_str(std::str::from_utf8(ascii).unwrap_or_default());
            let misfit = sought.ident.settle(number).err();
            let facts = sought.ident.facts();
            let usual = written(facts.written, seen);
            let marked = usual && n > 1 && same_marks(facts.written, window, seen);
            let dashes = n > 2
                && window
                    .groups
                    .iter()
                    .skip(1)
                    .all(|group| matches!(group.mark, Mark::Dash | Mark::None));
            if !join && !usual {
                continue;
            }
            let other = || window.reads_as_something_else(seen);
            let regular = plain
                || (usual && (self.eager || !other()))
                || ((self.eager || even(window, seen)) && !other());
            let Some(proven) =
                sought.verdict(misfit, regular, marked && (self.eager || dashes), || {
                    beside.holds(window.text, first.start, &sought.words)
                })
            else {
                continue;
            };
            let start = if first.paren != u32::MAX && !join {
                first.paren
            } else {
                first.start
            };
            let end = if join {
                last.end
            } else {
                closed(window.text, last.end, facts.written)
            };
            sink(Candidate {
                from: 0,
                to: 0,
                start,
                end,
                kind: sought.kind.name(),
                proven,
                rank: sought.rank,
            });
        }
    }

    /// Whether there are rows with letters among them.
    pub(super) fn has_mixed(&self) -> bool {
        self.mixed.iter().any(|(shapes, _)| !shapes.is_empty())
    }

    /// What may stand around the group of digits at `index`.
    pub(super) fn around(
        &self,
        text: &str,
        digits: &Digits,
        index: usize,
        row: &mut Row,
        number: &mut String,
        mut sink: impl FnMut(Candidate),
    ) {
        let Some(group) = digits.groups.get(index) else {
            return;
        };
        let Some(here) = row.find(text, group, self.bare_digits) else {
            return;
        };
        let mut beside = Beside::default();
        for (lead, (shapes, list)) in self.mixed.iter().enumerate() {
            let Some(from) = here.checked_sub(lead) else {
                break;
            };
            // Everything before the first digit is a letter.
            if lead > 0
                && row
                    .cells
                    .get(from)
                    .is_none_or(|cell| cell.what.is_ascii_digit())
            {
                break;
            }
            if shapes.is_empty() {
                continue;
            }
            let (Some(prior), Some(cells)) = (row.cells.get(..from), row.cells.get(from..)) else {
                break;
            };
            shapes.each(cells.iter().map(|cell| cell.what), |fits| {
                let Some(template) = list.get(fits) else {
                    return;
                };
                let Some(sought) = self.sought.get(template.sought) else {
                    return;
                };
                let Some(whole) = cells.get(..template.shape.len()) else {
                    return;
                };
                let (Some(first), Some(last)) = (whole.first(), whole.last()) else {
                    return;
                };
                let facts = sought.ident.facts();
                // A row of digits is never cut, one of letters where the rest
                // can be told to be another word.
                let next = cells.get(whole.len()).filter(|next| next.gap == 0);
                let prior = prior.last().filter(|_| first.gap == 0).map(|c| c.what);
                let digit = |b: u8| b.is_ascii_digit();
                if next.is_some_and(|next| {
                    digit(next.what) && (digit(last.what) || facts.chance > 0.001)
                }) {
                    return;
                }
                if prior.is_some_and(|prior| {
                    digit(prior) && (digit(first.what) || facts.chance > 0.001)
                }) {
                    return;
                }
                let glued = next.is_some_and(|next| !digit(next.what) && !digit(last.what))
                    || prior.is_some_and(|prior| !digit(prior) && !digit(first.what));
                let mut end = last.end;
                if facts.written.iter().any(|w| w.ends_with(')')) {
                    end = closed(text, end, facts.written);
                }
                let slice = text
                    .get(first.start as usize..end as usize)
                    .unwrap_or_default();
                let misfit = sought
                    .kind
                    .normalise(slice, &KindOptions::default(), number)
                    .err();
                if glued
                    && (misfit.is_some()
                        || (facts.chance > 0.17 && !beside.holds(text, first.start, &sought.words)))
                {
                    return;
                }
                if matches!(misfit, Some(Misfit::Form | Misfit::Length | Misfit::Empty)) {
                    return;
                }
                let start = first.start;
                // A letter of its own at the head, or a check of some worth.
                let telling = template.shape.first().is_some_and(u8::is_ascii_uppercase)
                    || facts.chance <= 0.5;
                let regular = self.eager || parted(facts.written, whole);
                let Some(proven) = sought.verdict(misfit, regular, telling && self.eager, || {
                    beside.holds(text, start, &sought.words)
                }) else {
                    return;
                };
                let to = digits
                    .groups
                    .iter()
                    .skip(index)
                    .take_while(|group| group.start < end)
                    .count();
                sink(Candidate {
                    from: index as u32,
                    to: (index + to.saturating_sub(1)) as u32,
                    start,
                    end,
                    kind: sought.kind.name(),
                    proven,
                    rank: sought.rank,
                });
            });
        }
    }
}

impl Sought {
    /// `Some(proven)` where it is to be redacted.
    ///
    /// `regular`: parted as people part numbers; `usual`: written as this kind
    /// is and little else.
    fn verdict(
        &self,
        misfit: Option<Misfit>,
        regular: bool,
        usual: bool,
        beside: impl FnOnce() -> bool,
    ) -> Option<bool> {
        let facts = self.ident.facts();
        match misfit {
            None => {
                let sure = facts.chance <= 0.001 || (facts.chance <= 0.17 && regular);
                if facts.proves() || (self.ident.is_distinct() && regular) {
                    return Some(true);
                }
                if beside() {
                    return Some(facts.chance < 0.5);
                }
                // Without a check, only what is written as nothing else is.
                ((self.bare && sure) || (self.bare_by_form() && usual)).then_some(false)
            }
            // A mistyped one beside a word: a near miss.
            Some(Misfit::CheckDigit | Misfit::Date) => (regular && beside()).then_some(false),
            Some(_) => None,
        }
    }

    /// Whether its written form alone may tell it.
    fn bare_by_form(&self) -> bool {
        self.bare || self.ident.facts().chance > 0.17
    }
}

/// Whether what one sees is parted as one of the written forms.
fn written(forms: &[&str], seen: &[u8]) -> bool {
    forms.iter().any(|form| {
        let mut lengths = seen.iter();
        let mut run = 0u8;
        let mut good = true;
        for b in form.bytes().chain([b' ']) {
            if b.is_ascii_alphanumeric() {
                run += 1;
            } else if run > 0 {
                good &= lengths.next() == Some(&run);
                run = 0;
            }
        }
        good && lengths.next().is_none()
    })
}

/// Whether a row stands in one piece, or is parted as one of the forms.
fn parted(forms: &[&str], whole: &[Seen]) -> bool {
    let gaps = || whole.iter().map(|cell| cell.gap > 0).skip(1);
    if !gaps().any(|gap| gap) {
        return true;
    }
    forms.iter().any(|form| {
        let mut gap = false;
        let marks = form.bytes().filter_map(|b| {
            let place = b.is_ascii_alphanumeric();
            let before = gap;
            gap = !place;
            place.then_some(before)
        });
        marks.skip(1).eq(gaps())
    })
}

/// Whether one of the written forms has these parts and these marks.
fn same_marks(forms: &[&str], window: &Window<'_>, seen: &[u8]) -> bool {
    forms.iter().any(|form| {
        let marks = form.chars().filter(|c| !c.is_ascii_alphanumeric());
        written(std::slice::from_ref(form), seen)
            && window
                .groups
                .iter()
                .skip(1)
                .filter(|group| group.mark != Mark::None || group.gap != Gap::Join)
                .zip(marks)
                .all(|(group, mark)| match group.mark {
                    Mark::Dot => mark == '.',
                    Mark::Dash => mark == '-',
                    Mark::Space => mark == ' ',
                    _ => matches!(mark, '/' | '(' | ')'),
                })
    })
}

/// Whether all parts are set off by the same mark and none is long.
fn even(window: &Window<'_>, seen: &[u8]) -> bool {
    let mut marks = window
        .groups
        .iter()
        .skip(1)
        .map(|group| group.mark)
        .filter(|mark| *mark != Mark::None);
    let Some(first) = marks.next() else {
        return true;
    };
    first != Mark::Dot
        && marks.all(|mark| mark == first)
        && seen.iter().all(|&len| (2..=6).contains(&len))
}

/// The end with a closing parenthesis that follows, for kinds written with one.
fn closed(text: &str, end: u32, forms: &[&str]) -> u32 {
    if !forms.iter().any(|form| form.ends_with(')')) {
        return end;
    }
    let rest = text.get(end as usize..).unwrap_or_default();
    match rest.chars().next() {
        Some(c) if narrow(c) == ')' => end + c.len_utf8() as u32,
        _ => end,
    }
}

/// A character of a row, folded, with its bytes in the text and how many
/// separators stand before it.
#[derive(Clone, Copy)]
struct Seen {
    what: u8,
    start: u32,
    end: u32,
    gap: u8,
}

/// A stretch of letters and digits with at most two marks between any two of
/// them. Read once, however many groups of digits stand in it; buffers are
/// kept.
#[derive(Default)]
pub(super) struct Row {
    cells: Vec<Seen>,
    /// The cell that was asked for last.
    at: usize,
    /// Where the text was left.
    stop: u32,
    /// Whether there is anything but digits in it.
    letters: bool,
}

/// [`folded`] and [`inside`] of ASCII: the letter or digit, 1 for a mark, 0 for
/// what ends a row.
const ASCII: [u8; 128] = {
    let mut table = [0; 128];
    let mut b = 0u8;
    while b < 128 {
        table[b as usize] = match b {
            b'0'..=b'9' | b'A'..=b'Z' | b'<' => b,
            b'a'..=b'z' => b.to_ascii_uppercase(),
            b' ' | b'-' | b'.' | b'_' | b'/' | b'(' | b')' | b'+' => 1,
            _ => 0,
        };
        b += 1;
    }
    table
};

/// A letter or digit in ASCII, upper case, or `<`.
#[inline]
fn folded(c: char) -> Option<u8> {
    if let Some(&what) = ASCII.get(c as usize) {
        return (what > 1).then_some(what);
    }
    match narrow(c) {
        c @ ('0'..='9' | 'A'..='Z' | '<') => Some(c as u8),
        c @ 'a'..='z' => Some(c.to_ascii_uppercase() as u8),
        'Х' | 'х' => Some(b'X'),
        c if c.is_ascii() => None,
        c => digit_value(c).map(|d| b'0' + d),
    }
}

/// A mark that may stand inside a row.
#[inline]
fn inside(c: char) -> bool {
    if let Some(&what) = ASCII.get(c as usize) {
        return what == 1;
    }
    let c = narrow(c);
    is_separator(c) && c != '\u{2028}' && c != '\u{2029}' || matches!(c, '/' | '(' | ')' | '+')
}

impl Row {
    /// Before the first group of a text.
    pub(super) fn reset(&mut self) {
        self.cells.clear();
        self.at = 0;
        self.stop = 0;
        self.letters = false;
    }

    /// The cell of the first digit of `group`.
    fn find(&mut self, text: &str, group: &Group, bare_digits: bool) -> Option<usize> {
        if group.start >= self.stop {
            self.gather(text, group);
        }
        if !(self.letters || bare_digits) {
            return None;
        }
        let rest = self.cells.get(self.at..)?;
        self.at += rest.iter().position(|cell| cell.start == group.start)?;
        Some(self.at)
    }

    fn gather(&mut self, text: &str, group: &Group) {
        self.reset();
        let from = group.start as usize;
        // Backwards: letters only, and one cell more to see what is glued.
        let mut gap = 0u8;
        for (start, c) in text.get(..from).unwrap_or_default().char_indices().rev() {
            match folded(c) {
                Some(what) => {
                    if let Some(next) = self.cells.last_mut() {
                        next.gap = gap;
                    }
                    let first_gap = if self.cells.is_empty() { gap } else { 0 };
                    self.cells.push(Seen {
                        what,
                        start: start as u32,
                        end: (start + c.len_utf8()) as u32,
                        gap: 0,
                    });
                    if self.cells.len() == 1 {
                        // Kept for the first digit, below.
                        self.at = usize::from(first_gap);
                    }
                    gap = 0;
                    if what.is_ascii_digit() || self.cells.len() > LEAD {
                        break;
                    }
                }
                None if !c.is_ascii() && is_format(c) => {}
                None if inside(c) && gap < 2 => gap += 1,
                None => break,
            }
        }
        if let Some(last) = self.cells.last_mut() {
            last.gap = gap.max(1);
        }
        self.cells.reverse();
        let mut gap = self.at as u8;
        self.at = 0;
        self.stop = text.len() as u32;
        for (i, c) in text.get(from..).unwrap_or_default().char_indices() {
            match folded(c) {
                Some(what) => {
                    self.cells.push(Seen {
                        what,
                        start: (from + i) as u32,
                        end: (from + i + c.len_utf8()) as u32,
                        gap,
                    });
                    gap = 0;
                }
                None if !c.is_ascii() && is_format(c) => {}
                None if inside(c) && gap < 2 => gap += 1,
                None => {
                    self.stop = (from + i) as u32;
                    break;
                }
            }
        }
        self.letters = self.cells.iter().any(|cell| !cell.what.is_ascii_digit());
    }
}
