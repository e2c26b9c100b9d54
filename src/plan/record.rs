//! One record through the plan: the one place where a rule meets a value.
//!
//! The run, the policy's examples and `try` all come through here, so that what
//! the policy says is what runs. Nothing is counted and nothing is written.

use super::rows::Verdict;
use super::{Plan, Protection};
use crate::kinds::Misfit;
use crate::policy::model::Invalid;
use crate::treat::{Context, Treat};

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It passed every rule of its own; limits over all records come later.
    Passes,
    /// A row rule keeps it back: the rule's place in the policy, from 0.
    Withheld(usize),
    /// A value that its rule does not accept: column and reason.
    Quarantined(usize, Misfit),
    /// The same where the rule says that the run stops.
    Refused(usize, Misfit),
}

/// What became of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// The input has none.
    Missing,
    /// Treated.
    Treated,
    /// It did not fit and leaves as an empty cell.
    Withheld(Misfit),
}

/// A worker's memory of columns with few distinct values, and its buffers.
pub struct Desk {
    /// What treatments see beside their value.
    pub context: Context,
    memos: Vec<Memo>,
    /// Whether the current record's own values have been gathered.
    own_row_ready: bool,
}

impl Desk {
    /// Buffers for `plan`.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let remembers = |column: &super::Column| match column.treat {
            // Looking a code up costs as much as making it, where most differ.
            Treat::Drop | Treat::Replace(_) => false,
            _ => column.treat.depends_on_value_alone(),
        };
        Self {
            context: Context::default(),
            memos: plan
                .columns
                .iter()
                .map(|column| Memo::new(remembers(column)))
                .collect(),
            own_row_ready: false,
        }
    }
}

/// Receives the values of a record in the order of the plan's columns.
pub trait Receive {
    /// One value of column `column`: what became of it, its text, and whether
    /// the text is known to need no quoting or guarding.
    fn value(&mut self, column: usize, value: Value, text: &str, plain: bool);
    /// A span that redaction replaced in column `column`, as it stood; `near`
    /// where its check digit or its date does not hold.
    fn found(&mut self, column: usize, kind: &'static str, span: &str, near: bool);
}

impl Plan {
    /// Prepares the desk for a record: its subject's normalised identifier, and
    /// nothing remembered of the one before. Says what the subject is.
    pub fn begin<'v>(&self, desk: &mut Desk, values: &impl Fn(usize) -> Option<&'v str>) {
        desk.own_row_ready = false;
        desk.context.subject.clear();
        if let Some(at) = self.subject
            && let Some(value) = values(at)
            && self.columns[at]
                .reader
                .normalise(value, &mut desk.context.subject)
                .is_err()
        {
            desk.context.subject.clear();
        }
    }

    /// Treats every column that leaves and reads the row rules. `values` gives
    /// the text of a column of the plan, `None` where it is missing.
    pub fn treat<'v>(
        &self,
        desk: &mut Desk,
        values: &impl Fn(usize) -> Option<&'v str>,
        receive: &mut impl Receive,
    ) -> Fate {
        let mut fate = Fate::Passes;
        for (at, column) in self.columns.iter().enumerate() {
            if !column.leaves {
                continue;
            }
            let Some(value) = values(at) else {
                receive.value(at, Value::Missing, "", true);
                continue;
            };
            if let Treat::Redact(redact) = &column.treat
                && redact.wants_own_row()
                && !desk.own_row_ready
            {
                self.gather_own_row(desk, values);
            }
            let Desk { context, memos, .. } = desk;
            let (result, text, plain) = memos[at].treat(&column.treat, value, context);
            match result {
                Ok(()) => receive.value(at, Value::Treated, text, plain),
                // Without its subject a date has no offset: it is withheld, whatever the rule says of misfits.
                Err(misfit @ Misfit::NoSubject) => {
                    receive.value(at, Value::Withheld(misfit), "", true);
                }
                Err(misfit) => match column.invalid {
                    Invalid::Withhold => receive.value(at, Value::Withheld(misfit), "", true),
                    Invalid::Quarantine => return Fate::Quarantined(at, misfit),
                    Invalid::Refuse => fate = Fate::Refused(at, misfit),
                },
            }
            if matches!(column.treat, Treat::Redact(_)) {
                let Context { found, near, .. } = &desk.context;
                for (found, near) in found.iter().zip(near) {
                    let span = value.get(found.start..found.end).unwrap_or_default();
                    receive.found(at, found.kind, span, *near);
                }
            }
            if fate != Fate::Passes {
                return fate;
            }
        }
        self.row_rules(desk, values)
    }

    fn row_rules<'v>(&self, desk: &mut Desk, values: &impl Fn(usize) -> Option<&'v str>) -> Fate {
        for check in &self.rows {
            let reader = &self.columns[check.column].reader;
            let normal = &mut desk.context.normal;
            let verdict = match values(check.column) {
                None => Verdict::Missing,
                Some(value) => match reader.normalise(value, normal) {
                    Ok(()) => Verdict::Normal(normal),
                    Err(_) => Verdict::Unfit,
                },
            };
            if !check.passes(verdict) {
                return Fate::Withheld(check.rule);
            }
        }
        Fate::Passes
    }

    /// Gathers the raw values that `own-row` hunts in this record's text.
    fn gather_own_row<'v>(&self, desk: &mut Desk, values: &impl Fn(usize) -> Option<&'v str>) {
        desk.own_row_ready = true;
        desk.context.own_row.clear();
        for (at, column) in self.columns.iter().enumerate() {
            if column.own_row
                && let Some(value) = values(at)
            {
                let label = if column.reader.kind.strict() {
                    column.reader.kind.name()
                } else {
                    "own-row"
                };
                desk.context.own_row.add(
                    value,
                    Some(column.reader.kind),
                    &column.reader.options,
                    label,
                );
            }
        }
    }

    /// Whether any value of the plan is hunted as weak in text that leaves.
    #[must_use]
    pub fn hunts_in_text(&self) -> bool {
        self.redacts()
            && self
                .columns
                .iter()
                .any(|c| c.own_row && c.protection != Protection::None)
    }
}

/// Remembered results of one column: a direct-mapped table that gives up where
/// values seldom come again.
struct Memo {
    slots: Vec<Slot>,
    /// The result of each slot, where it is not the value itself.
    texts: Vec<String>,
    state: hashbrown::DefaultHashBuilder,
    asked: u32,
    hit: u32,
    fresh: String,
}

/// A value and what is known of its result, in one cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Slot {
    value: [u8; LONGEST],
    /// Length of the value; of none, more than there is room for.
    length: u8,
    misfit: Option<Misfit>,
    plain: bool,
    /// Whether the value is its own result.
    same: bool,
}

impl Slot {
    const EMPTY: Self = Self {
        value: [0; LONGEST],
        length: u8::MAX,
        misfit: None,
        plain: false,
        same: false,
    };
}

/// Slots of a table; values longer than [`LONGEST`] bytes are not remembered.
const SLOTS: usize = 4096;
const LONGEST: usize = 60;
/// After so many questions a column whose answers were mostly new is no longer remembered.
const TRIAL: u32 = 8192;

impl Memo {
    fn new(remembers: bool) -> Self {
        let count = if remembers { SLOTS } else { 0 };
        Self {
            slots: vec![Slot::EMPTY; count],
            texts: vec![String::new(); count],
            state: hashbrown::DefaultHashBuilder::default(),
            asked: 0,
            hit: 0,
            fresh: String::new(),
        }
    }

    fn treat<'m>(
        &'m mut self,
        treat: &Treat,
        value: &'m str,
        context: &mut Context,
    ) -> (Result<(), Misfit>, &'m str, bool) {
        if self.slots.is_empty() || value.len() > LONGEST || self.gives_up() {
            let result = treat.apply(value, context, &mut self.fresh);
            return (result, &self.fresh, always_plain(treat));
        }
        let hash = std::hash::BuildHasher::hash_one(&self.state, value);
        let at = hash as usize % SLOTS;
        let (slot, text) = (&mut self.slots[at], &mut self.texts[at]);
        let bytes = value.as_bytes();
        if usize::from(slot.length) == bytes.len() && slot.value.starts_with(bytes) {
            self.hit += 1;
        } else {
            slot.misfit = treat.apply(value, context, text).err();
            slot.plain = always_plain(treat) || is_plain(text);
            slot.same = text == value;
            for (to, from) in slot.value.iter_mut().zip(bytes) {
                *to = *from;
            }
            slot.length = bytes.len() as u8;
        }
        let text = if slot.same { value } else { text.as_str() };
        (slot.misfit.map_or(Ok(()), Err), text, slot.plain)
    }

    /// Counts a question; true where the column's values seldom come again.
    fn gives_up(&mut self) -> bool {
        self.asked += 1;
        if self.asked == TRIAL {
            if self.hit < TRIAL / 2 {
                (self.slots, self.texts) = (Vec::new(), Vec::new());
                return true;
            }
            (self.asked, self.hit) = (0, 0);
        }
        false
    }
}

/// Codes and spans of the calendar never need quotes or guards.
fn always_plain(treat: &Treat) -> bool {
    matches!(treat, Treat::Pseudonymise(_) | Treat::Shift(_))
}

/// Whether a cell starts with a letter or digit and holds nothing that any
/// delimited format would quote.
fn is_plain(text: &str) -> bool {
    text.bytes()
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric() || (0xe4..=0xe9).contains(&first))
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte >= 0x80 || b" -./:<()".contains(&byte))
        && !text.ends_with(' ')
}
