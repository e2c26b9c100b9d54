//! One worker of the check: examines cells, remembers what the filter hit, and
//! confirms it.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::kinds::scan::{Hit as ScanHit, Scanner, Scratch};

use super::filter::{FingerprintError, Fingerprints, Group, Key};
use super::form::{Form, FormScratch};
use super::hunt::{Catch, Depth, Doubt, Hit, HuntScratch, Hunter, Later, Look, Whole};
use super::verdict::{Counts, Place, Reason, Tray};

/// A text that so many records share is a word and identifies nobody, unless it
/// holds a number or an address. The one who takes the fingerprints writes one
/// for each such record, up to this number at least.
const SHARED_WORD: u32 = 10;

/// Candidates held before they are looked up.
const MAX_CANDIDATES: usize = 1 << 18;

/// What every worker shares.
pub(super) struct Shared<'a> {
    /// Finds identifiers of every strict kind.
    pub(super) scanner: Scanner,
    /// The protected values, where the private half and the key were given.
    pub(super) hunter: Option<Hunter<'a>>,
    /// The file behind the hunter's filter.
    pub(super) prints: Option<&'a Fingerprints>,
}

/// What is asked of the cells of one column.
pub(super) struct Rule<'a> {
    pub(super) form: Option<&'a Form>,
    pub(super) whole: Whole,
    /// Whether weak values of the record may not stand inside the text.
    pub(super) own_text: bool,
    pub(super) depth: Depth,
    /// Whether the text stands in a CSV file.
    pub(super) csv: bool,
}

impl Rule<'_> {
    /// Text of the tool's own: no form, everything hunted.
    pub(super) const TEXT: Rule<'static> = Rule {
        form: None,
        whole: Whole {
            column: None,
            elsewhere: false,
        },
        own_text: false,
        depth: Depth::All,
        csv: false,
    };
}

/// A hit of the filter that must be looked up.
struct Candidate {
    hit: Hit,
    origin: u32,
}

/// A text in which something was hit, and how often it was met.
struct Origin {
    place: Place,
    count: u64,
}

/// What reading a cell showed, before the hunt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Glance {
    /// Something is wrong with it.
    pub(super) wrong: bool,
    /// It is guarded against spreadsheets.
    pub(super) guarded: bool,
    /// What it holds, without the guard.
    pub(super) look: Look,
}

/// Folded texts in which values of their own records are to be hunted.
#[derive(Default)]
pub(super) struct Texts {
    folded: String,
    /// Context of each text, and where it ends.
    pub(super) waiting: Vec<(u64, usize)>,
}

impl Texts {
    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.folded.clear();
        self.waiting.clear();
    }
}

/// What examining a cell showed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Seen {
    /// In order, and nothing to remember about it.
    Clean,
    /// In order, with a guard to be counted each time it is met.
    Guarded,
    /// Something to be looked up; the number of its origin.
    Candidate(u32, bool),
    /// Something is wrong.
    Wrong,
}

/// The state of one worker.
pub(super) struct Worker<'a> {
    pub(super) shared: &'a Shared<'a>,
    pub(super) tray: Tray,
    pub(super) counts: Counts,
    pub(super) coincidences: u64,
    /// Published rows of tables that show totals, by number of the artefact.
    pub(super) published: Vec<(u32, super::remainder::Rows)>,
    candidates: Vec<Candidate>,
    origins: Vec<Origin>,
    /// Origins by what hit there, so that a value met a million times is looked
    /// up once.
    same: HashMap<(u64, bool), u32>,
    /// Raised when origins are forgotten, so that others do not point at them.
    pub(super) epoch: u32,
    form: FormScratch,
    scan: Scratch,
    hunt: HuntScratch,
    hits: Vec<Hit>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(shared: &'a Shared<'a>) -> Self {
        Self {
            shared,
            tray: Tray::default(),
            counts: Counts::default(),
            coincidences: 0,
            published: Vec::new(),
            candidates: Vec::new(),
            origins: Vec::new(),
            same: HashMap::new(),
            epoch: 0,
            form: FormScratch::default(),
            scan: Scratch::default(),
            hunt: HuntScratch::default(),
            hits: Vec::new(),
        }
    }

    /// Notes that a text with a candidate was met again.
    pub(super) fn again(&mut self, origin: u32) {
        if let Some(origin) = self.origins.get_mut(origin as usize) {
            origin.count += 1;
        }
    }

    /// Examines one text that is not empty.
    pub(super) fn examine(&mut self, text: &str, rule: &Rule<'_>, place: Place) -> Seen {
        let glance = self.glance(text, rule, || place);
        self.pursue(text, rule, place, glance)
    }

    /// Reads one text that is not empty: everything but the hunt.
    #[inline]
    pub(super) fn glance(
        &mut self,
        text: &str,
        rule: &Rule<'_>,
        mut place: impl FnMut() -> Place,
    ) -> Glance {
        let mut wrong = false;
        if memchr::memchr(0, text.as_bytes()).is_some() {
            self.tray.add(Reason::Control, place(), 1);
            wrong = true;
        }
        let bare = bare(text, rule);
        let guarded = bare.len() < text.len();
        if guarded {
            self.counts.guarded += 1;
        } else if rule.csv && is_formula(text) {
            self.tray.add(Reason::Unguarded, place(), 1);
            wrong = true;
        }
        let fits = rule.form.is_none_or(|form| form.fits(bare, &mut self.form));
        if !fits {
            self.tray.add(Reason::Misfit, place(), 1);
            wrong = true;
        }
        let searched = searched(bare, rule);
        let look = Look::of(&searched);
        // Nothing of a strict kind fits the form of a date.
        if look.may_identify()
            && !(fits && rule.form.is_some_and(Form::is_date))
            && let Some(kind) = self.identifier(&searched, rule.form)
        {
            self.tray.add(Reason::Identifier(kind), place(), 1);
            wrong = true;
        }
        Glance {
            wrong,
            guarded,
            look,
        }
    }

    /// Hunts in a text that was read.
    pub(super) fn pursue(
        &mut self,
        text: &str,
        rule: &Rule<'_>,
        place: Place,
        glance: Glance,
    ) -> Seen {
        match (
            self.hunt(bare(text, rule), &glance.look, rule, place),
            glance.guarded,
        ) {
            _ if glance.wrong => Seen::Wrong,
            (Some(origin), guarded) => Seen::Candidate(origin, guarded),
            (None, true) => Seen::Guarded,
            (None, false) => Seen::Clean,
        }
    }

    /// Notes in `keys` what a text would be asked for, and in `texts` that
    /// values of its record are to be hunted in it.
    #[inline]
    pub(super) fn prepare(
        &mut self,
        text: &str,
        look: &Look,
        rule: &Rule<'_>,
        keys: &mut Vec<Key>,
        texts: &mut Texts,
    ) {
        let Some(hunter) = self.shared.hunter.as_ref() else {
            return;
        };
        let text = bare(text, rule);
        hunter.strict(
            &searched(text, rule),
            look,
            rule.depth,
            rule.whole,
            &mut self.hunt,
            &mut Later::new(keys),
        );
        if rule.own_text
            && let Some(context) = hunter.context(text)
        {
            texts.folded.push_str(&self.hunt.folded);
            texts.waiting.push((context, texts.folded.len()));
        }
    }

    /// Whether a text that waits, by its number, may hold values of its record.
    pub(super) fn may_hold_own(&mut self, texts: &Texts, number: usize) -> bool {
        let start = match number.checked_sub(1) {
            Some(before) => texts.waiting.get(before).map_or(0, |(_, end)| *end),
            None => 0,
        };
        let (Some(hunter), Some((context, end))) =
            (self.shared.hunter.as_ref(), texts.waiting.get(number))
        else {
            return false;
        };
        let folded = texts.folded.get(start..*end).unwrap_or_default();
        self.hits.clear();
        hunter.own(*context, folded, None, &mut self.hunt.parts, &mut self.hits);
        !self.hits.is_empty()
    }

    /// Hunts protected values in a text and asks nothing else of it.
    pub(super) fn hunt_only(&mut self, text: &str, place: Place) {
        if !text.is_empty() {
            let _origin = self.hunt(text, &Look::of(text), &Rule::TEXT, place);
        }
    }

    /// The kind of an identifier that stands in the text without leave.
    fn identifier(&mut self, text: &str, form: Option<&Form>) -> Option<&'static str> {
        let released = form.and_then(Form::released_kind);
        let plain_number = form.is_some_and(|form| form.is_number() || form.is_date());
        let hits = self.shared.scanner.find(text, &mut self.scan);
        hits.iter()
            .find(|hit: &&ScanHit| {
                // A whole cell of a kind that the policy lets out; digits in a
                // column of plain numbers, unless a check digit proves them.
                released != Some(hit.kind) && (!plain_number || hit.proven)
            })
            .map(|hit| hit.kind)
    }

    /// Hunts protected values; the number of the origin where some were hit.
    fn hunt(&mut self, text: &str, look: &Look, rule: &Rule<'_>, place: Place) -> Option<u32> {
        let hunter = self.shared.hunter.as_ref()?;
        let origin = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        let closed = rule
            .form
            .is_some_and(|form| form.is_listed() || form.is_date());
        let confined = rule.form.is_some_and(Form::is_closed);
        self.hits.clear();
        let mut catch = Catch {
            bloom: hunter.bloom,
            listed: hunter.listed,
            hits: &mut self.hits,
        };
        let searched = searched(text, rule);
        hunter.strict(
            &searched,
            look,
            rule.depth,
            rule.whole,
            &mut self.hunt,
            &mut catch,
        );
        if rule.own_text
            && let Some(context) = hunter.context(text)
        {
            let HuntScratch { folded, parts, .. } = &mut self.hunt;
            hunter.own(context, folded, Some(&searched), parts, &mut self.hits);
        }
        if self.hits.is_empty() {
            return None;
        }
        let anywhere = |hit: &Hit| matches!(hit.print.group, Group::Strict | Group::Elsewhere);
        if self.hits.iter().all(anywhere) {
            let mix = |sum: u64, hit: &Hit| {
                sum.rotate_left(7) ^ hit.print.value ^ hit.doubt as u64 ^ hit.print.group as u64
            };
            let key = (self.hits.iter().fold(0, mix), closed);
            if let Some(earlier) = self.same.get(&key).copied() {
                self.again(earlier);
                return Some(earlier);
            }
            self.same.insert(key, origin);
        }
        self.candidates.extend(self.hits.drain(..).map(|mut hit| {
            let own = hit.print.group == Group::OwnColumn;
            if closed && hit.print.group == Group::Strict || confined && own {
                hit.doubt = Doubt::Always;
            }
            Candidate { hit, origin }
        }));
        self.origins.push(Origin { place, count: 1 });
        Some(origin)
    }

    /// Looks up what was hit if much of it has gathered.
    pub(super) fn settle_if_full(&mut self) -> Result<(), FingerprintError> {
        if self.candidates.len() > MAX_CANDIDATES || self.origins.len() > MAX_CANDIDATES {
            self.settle(1)?;
        }
        Ok(())
    }

    /// Looks up what was hit, on so many threads.
    pub(super) fn settle(&mut self, threads: usize) -> Result<(), FingerprintError> {
        let Some(prints) = self.shared.prints else {
            return Ok(());
        };
        let wanted = self.candidates.iter().map(|candidate| candidate.hit.print);
        let found = prints.confirm(wanted, threads)?;
        self.counts.looked_up += self.candidates.len() as u64;
        self.epoch += 1;
        let mut outcomes: HashMap<u32, [Option<u64>; 5]> = HashMap::new();
        for Candidate { hit, origin } in self.candidates.drain(..) {
            let Ok(at) = found.binary_search_by_key(&hit.print, |(print, _)| *print) else {
                continue;
            };
            let records = found.get(at).map_or(0, |(_, records)| *records);
            let slot = match (hit.print.group, hit.doubt) {
                (Group::Strict, Doubt::Always) | (Group::Elsewhere, _) => 3,
                (Group::Strict, Doubt::IfShared) if records >= SHARED_WORD => 3,
                (Group::Strict, _) => 0,
                (Group::OwnColumn, Doubt::Always) => 4,
                (Group::OwnColumn, _) => 1,
                (Group::OwnText, _) => 2,
            };
            if let Some(flag) = outcomes.entry(origin).or_default().get_mut(slot) {
                // The least fingerprint stands for the text.
                *flag = Some(flag.map_or(hit.print.value, |value| value.min(hit.print.value)));
            }
        }
        for (origin, [strict, column, text, elsewhere, own]) in outcomes {
            let Some(Origin { place, count }) = self.origins.get(origin as usize) else {
                continue;
            };
            for (reason, tag) in [
                (Reason::StrictValue, strict),
                (Reason::OwnColumn, column),
                (Reason::OwnText, text),
            ] {
                if let Some(tag) = tag {
                    self.tray.add_same(reason, tag, *place, *count);
                }
            }
            // Elsewhere means in another column than its own.
            if elsewhere.is_some() && strict.or(column).or(own).is_none() {
                self.coincidences += count;
            }
        }
        self.origins.clear();
        self.same.clear();
        Ok(())
    }

    /// Takes over what another worker found and has not looked up.
    pub(super) fn merge(&mut self, other: Worker<'a>) {
        self.tray.merge(other.tray);
        self.coincidences += other.coincidences;
        self.published.extend(other.published);
        let offset = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        self.origins.extend(other.origins);
        self.candidates
            .extend(other.candidates.into_iter().map(|mut candidate| {
                candidate.origin += offset;
                candidate
            }));
        let (a, b) = (&mut self.counts, other.counts);
        a.rows += b.rows;
        a.cells += b.cells;
        a.codes += b.codes;
        a.table_cells += b.table_cells;
        a.remainders += b.remainders;
        a.narrowest = match (a.narrowest, b.narrowest) {
            (0, other) | (other, 0) => other,
            (one, other) => one.min(other),
        };
        a.guarded += b.guarded;
        a.looked_up += b.looked_up;
    }
}

/// A text without the guard against spreadsheets.
fn bare<'t>(text: &'t str, rule: &Rule<'_>) -> &'t str {
    text.strip_prefix('\'')
        .filter(|inner| rule.csv && is_formula(inner))
        .unwrap_or(text)
}

/// A text as it is searched: a label where the rule says that a code stands.
fn searched<'t>(text: &'t str, rule: &Rule<'_>) -> Cow<'t, str> {
    rule.form
        .map_or(Cow::Borrowed(text), |form| form.searched(text))
}

/// Whether a spreadsheet would run a cell: it begins with `=`, `+`, `-`, `@`,
/// their full-width forms, tab or CR, and is not a plain number.
pub(super) fn is_formula(text: &str) -> bool {
    match text.chars().next() {
        Some('=' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r') => true,
        Some('+' | '-') => !is_plain_number(text.as_bytes()),
        _ => false,
    }
}

/// `[+-]?[0-9]+([.,][0-9]+)*`
fn is_plain_number(text: &[u8]) -> bool {
    let unsigned = match text {
        [b'+' | b'-', rest @ ..] => rest,
        text => text,
    };
    unsigned
        .split(|b| matches!(b, b'.' | b','))
        .all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn formulas_are_what_the_rule_says(text in "[-+=@＝＋－＠\t\r0-9.,a ]{0,6}") {
            let number = regex::Regex::new(r"^[+-]?[0-9]+([.,][0-9]+)*$").unwrap();
            let starts = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r']);
            prop_assert_eq!(is_formula(&text), starts && !number.is_match(&text));
        }
    }
}
