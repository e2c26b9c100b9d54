//! One worker of the check: examines cells, remembers what the filter hit, and
//! confirms it.

use std::collections::HashMap;

use crate::kinds::scan::{Hit as ScanHit, Scanner, Scratch};

use super::filter::{FingerprintError, Fingerprints, Group, Print};
use super::form::{Form, FormScratch};
use super::hunt::{Depth, HuntScratch, Hunter};
use super::verdict::{Counts, Place, Reason, Tray};

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
    /// Fingerprint of the column's name, where weak values of its own may not
    /// stand in it.
    pub(super) context: Option<u64>,
    /// Whether weak values of the record may not stand inside the text.
    pub(super) own_text: bool,
    pub(super) depth: Depth,
    /// Whether equal weak values of other columns are counted.
    pub(super) elsewhere: bool,
    /// Whether the text stands in a CSV file.
    pub(super) csv: bool,
}

impl Rule<'_> {
    /// Text of the tool's own: no form, everything hunted.
    pub(super) const TEXT: Rule<'static> = Rule {
        form: None,
        context: None,
        own_text: false,
        depth: Depth::All,
        elsewhere: false,
        csv: false,
    };
}

/// A hit of the filter that must be looked up.
struct Candidate {
    print: Print,
    group: Group,
    ambiguous: bool,
    origin: u32,
}

/// A text in which something was hit, and how often it was met.
struct Origin {
    place: Place,
    count: u64,
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
    candidates: Vec<Candidate>,
    origins: Vec<Origin>,
    /// Raised when origins are forgotten, so that others do not point at them.
    pub(super) epoch: u32,
    form: FormScratch,
    scan: Scratch,
    hunt: HuntScratch,
}

impl<'a> Worker<'a> {
    pub(super) fn new(shared: &'a Shared<'a>) -> Self {
        Self {
            shared,
            tray: Tray::default(),
            counts: Counts::default(),
            coincidences: 0,
            candidates: Vec::new(),
            origins: Vec::new(),
            epoch: 0,
            form: FormScratch::default(),
            scan: Scratch::default(),
            hunt: HuntScratch::default(),
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
        let mut wrong = false;
        if memchr::memchr(0, text.as_bytes()).is_some() {
            self.tray.add(Reason::Control, place, 1);
            wrong = true;
        }
        let mut text = text;
        let mut guarded = false;
        if rule.csv {
            if is_formula(text) {
                self.tray.add(Reason::Unguarded, place, 1);
                wrong = true;
            } else if let Some(inner) = text.strip_prefix('\'')
                && is_formula(inner)
            {
                guarded = true;
                self.counts.guarded += 1;
                text = inner;
            }
        }
        if let Some(form) = rule.form
            && !form.fits(text, &mut self.form)
        {
            self.tray.add(Reason::Misfit, place, 1);
            wrong = true;
        }
        if let Some(kind) = self.identifier(text, rule.form) {
            self.tray.add(Reason::Identifier(kind), place, 1);
            wrong = true;
        }
        match (self.hunt(text, rule, place), guarded) {
            _ if wrong => Seen::Wrong,
            (Some(origin), guarded) => Seen::Candidate(origin, guarded),
            (None, true) => Seen::Guarded,
            (None, false) => Seen::Clean,
        }
    }

    /// Hunts protected values in a text and asks nothing else of it.
    pub(super) fn hunt_only(&mut self, text: &str, place: Place) {
        if !text.is_empty() {
            let _origin = self.hunt(text, &Rule::TEXT, place);
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
    fn hunt(&mut self, text: &str, rule: &Rule<'_>, place: Place) -> Option<u32> {
        let hunter = self.shared.hunter.as_ref()?;
        let number = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        let before = self.candidates.len();
        let closed = rule
            .form
            .is_some_and(|form| form.is_listed() || form.is_date());
        hunter.strict(text, rule.depth, &mut self.hunt);
        for hit in &self.hunt.hits {
            self.candidates.push(Candidate {
                print: hit.print,
                group: Group::Strict,
                ambiguous: hit.ambiguous || closed,
                origin: number,
            });
        }
        if rule.context.is_some() || rule.elsewhere {
            let value = hunter.whole(&self.hunt);
            if let Some(context) = rule.context {
                let print = Print::new(Group::OwnColumn, hunter.printer.bound(context, value));
                if hunter.bloom.may_hold(print) {
                    self.candidates.push(Candidate {
                        print,
                        group: Group::OwnColumn,
                        ambiguous: false,
                        origin: number,
                    });
                }
            }
            let print = Print::new(Group::Elsewhere, value);
            if rule.elsewhere && hunter.bloom.may_hold(print) {
                self.candidates.push(Candidate {
                    print,
                    group: Group::Elsewhere,
                    ambiguous: true,
                    origin: number,
                });
            }
        }
        if rule.own_text {
            hunter.own(text, &mut self.hunt);
            for hit in &self.hunt.hits {
                self.candidates.push(Candidate {
                    print: hit.print,
                    group: Group::OwnText,
                    ambiguous: false,
                    origin: number,
                });
            }
        }
        if self.candidates.len() == before {
            return None;
        }
        self.origins.push(Origin { place, count: 1 });
        Some(number)
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
        let wanted = self.candidates.iter().map(|candidate| candidate.print);
        let found = prints.confirm(wanted, threads)?;
        self.counts.looked_up += self.candidates.len() as u64;
        self.epoch += 1;
        let mut outcomes: HashMap<u32, [bool; 4]> = HashMap::new();
        for candidate in self.candidates.drain(..) {
            if found.binary_search(&candidate.print).is_err() {
                continue;
            }
            let outcome = outcomes.entry(candidate.origin).or_default();
            let slot = match candidate.group {
                _ if candidate.ambiguous => 3,
                Group::Strict => 0,
                Group::OwnColumn => 1,
                Group::OwnText => 2,
                Group::Elsewhere => 3,
            };
            if let Some(flag) = outcome.get_mut(slot) {
                *flag = true;
            }
        }
        for (origin, [strict, column, text, elsewhere]) in outcomes {
            let Some(Origin { place, count }) = self.origins.get(origin as usize) else {
                continue;
            };
            if strict {
                self.tray.add(Reason::StrictValue, *place, *count);
            }
            if column {
                self.tray.add(Reason::OwnColumn, *place, *count);
            }
            if text {
                self.tray.add(Reason::OwnText, *place, *count);
            }
            if elsewhere && !strict && !column {
                self.coincidences += count;
            }
        }
        self.origins.clear();
        Ok(())
    }

    /// Takes over what another worker found and has not looked up.
    pub(super) fn merge(&mut self, other: Worker<'a>) {
        self.tray.merge(other.tray);
        self.coincidences += other.coincidences;
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
        a.guarded += b.guarded;
        a.looked_up += b.looked_up;
    }
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
