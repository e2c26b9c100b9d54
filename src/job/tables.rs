//! Counting a record in every table of a release: labels numbered, values that
//! are counted once hashed, amounts read. What a value is worth is decided here
//! before anything is counted, so that a record is in all tables or in none.

use hashbrown::HashMap;

use crate::key::fingerprint::Fingerprinter;
use crate::key::{Key, Label, Tagger};
use crate::kinds::Misfit;
use crate::plan::record::Fate;
use crate::plan::{Plan, Source};
use crate::policy::model::Invalid;
use crate::tally::{Entry, Person, Shape, TableTally, decimal};
use crate::treat::Context;

/// Counts the records of one worker.
pub(super) struct Counter {
    labels: Vec<Memo<u32>>,
    hashes: Vec<Memo<u64>>,
    /// Of the current record, by source of the plan.
    numbers: Vec<u32>,
    values: Vec<Option<u64>>,
    amounts: Vec<Option<i128>>,
    key: Vec<u32>,
    distinct: Vec<Option<u64>>,
    sums: Vec<Option<i128>>,
    buffer: String,
    pub(super) tally: TableTally,
}

/// Results by raw value, of one column: values that come again are looked up.
struct Memo<T> {
    known: HashMap<String, Result<T, Misfit>>,
    /// Values remembered at most; none where a result depends on the record too.
    most: usize,
}

/// Raw values that are remembered, a column.
const REMEMBERED: usize = 1 << 15;

impl<T: Copy> Memo<T> {
    fn new(source: &Source) -> Self {
        let alone = source.treat.depends_on_value_alone();
        Self {
            known: HashMap::new(),
            most: if alone { REMEMBERED } else { 0 },
        }
    }

    #[inline]
    fn get(&mut self, value: &str, make: impl FnOnce() -> Result<T, Misfit>) -> Result<T, Misfit> {
        if let Some(known) = self.known.get(value) {
            return *known;
        }
        let made = make();
        if self.known.len() < self.most {
            self.known.insert(value.to_owned(), made);
        }
        made
    }
}

/// Keys of persons and of records for cells that are perturbed: by family and
/// domain, whoever receives the release, so that the same people always get
/// the same noise.
pub(super) struct RecordKeys {
    tagger: Tagger,
    /// Columns by name: a record is the same whatever the order of its columns.
    columns: Vec<usize>,
}

impl RecordKeys {
    pub(super) fn new(plan: &Plan, key: &Key) -> Option<Self> {
        if !plan.sources.record_keys {
            return None;
        }
        let policy = &plan.policy;
        let family = policy.family.as_deref().unwrap_or(&policy.project);
        let domain = policy.subject.as_ref().map_or("record", |s| &s.domain);
        let mut columns: Vec<usize> = (0..plan.columns.len()).collect();
        columns.sort_by(|a, b| plan.columns[*a].name.cmp(&plan.columns[*b].name));
        Some(Self {
            tagger: Tagger::new(&key.subkey(Label::CellKey, &[family, domain])),
            columns,
        })
    }

    /// Key of a person.
    pub(super) fn person(&self, identifier: &str) -> u64 {
        half(&self.tagger.tag(identifier.as_bytes()))
    }

    /// Key of a record that counts as a person of its own: by all that it says.
    pub(super) fn record<'v>(
        &self,
        plan: &Plan,
        values: &impl Fn(usize) -> Option<&'v str>,
    ) -> u64 {
        // No identifier begins with a zero byte.
        let mut text = vec![0];
        let mut part = |part: &str| {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            text.extend_from_slice(&length.to_be_bytes());
            text.extend_from_slice(part.as_bytes());
        };
        for column in &self.columns {
            if let Some(value) = values(*column) {
                part(&plan.columns[*column].name);
                part(value);
            }
        }
        half(&self.tagger.tag(&text))
    }
}

fn half(tag: &[u8; 32]) -> u64 {
    tag.iter()
        .take(8)
        .fold(0, |half, byte| half << 8 | u64::from(*byte))
}

/// The tally of a plan's tables with nothing counted.
pub(super) fn empty(plan: &Plan) -> TableTally {
    let shapes: Vec<Shape> = plan
        .tables
        .iter()
        .map(|table| Shape {
            labels: table.by.iter().map(|level| level.source).collect(),
            distinct: table.distinct.len(),
            sums: table.sums.len(),
        })
        .collect();
    TableTally::new(plan.sources.labels.len(), &shapes)
}

impl Counter {
    pub(super) fn new(plan: &Plan) -> Self {
        let sources = &plan.sources;
        Self {
            labels: sources.labels.iter().map(Memo::new).collect(),
            hashes: sources.values.iter().map(Memo::new).collect(),
            numbers: Vec::new(),
            values: Vec::new(),
            amounts: Vec::new(),
            key: Vec::new(),
            distinct: Vec::new(),
            sums: Vec::new(),
            buffer: String::new(),
            tally: empty(plan),
        }
    }

    /// Counts the record in every table.
    ///
    /// # Errors
    /// What becomes of a record of which a value does not fit the form in which
    /// tables use it, as the column's `invalid` says. It is counted nowhere then.
    pub(super) fn count<'v>(
        &mut self,
        plan: &Plan,
        values: &impl Fn(usize) -> Option<&'v str>,
        fingerprinter: &Fingerprinter,
        context: &mut Context,
        (person, own_key): (Person, u64),
    ) -> Result<(), Fate> {
        let Self {
            labels,
            hashes,
            numbers,
            buffer,
            tally,
            ..
        } = self;
        let fate = |column: usize, misfit: Misfit| match plan.columns[column].invalid {
            Invalid::Withhold => None,
            Invalid::Quarantine => Some(Fate::Quarantined(column, misfit)),
            Invalid::Refuse => Some(Fate::Refused(column, misfit)),
        };
        numbers.clear();
        for (at, (source, memo)) in plan.sources.labels.iter().zip(labels).enumerate() {
            let value = values(source.column).unwrap_or("");
            let number = memo.get(value, || {
                if value.is_empty() {
                    return Ok(tally.label(at, ""));
                }
                source.treat.apply(value, context, buffer)?;
                if plan.sources.reserved == Some(buffer.as_str()) {
                    return Err(Misfit::NotListed);
                }
                Ok(tally.label(at, buffer))
            });
            numbers.push(match number {
                Ok(number) => number,
                Err(misfit) => match fate(source.column, misfit) {
                    None => tally.label(at, ""),
                    Some(fate) => return Err(fate),
                },
            });
        }
        self.values.clear();
        for (source, memo) in plan.sources.values.iter().zip(hashes) {
            let hash = values(source.column).map(|value| {
                memo.get(value, || {
                    source.treat.apply(value, context, buffer)?;
                    Ok(fingerprinter.of(buffer))
                })
            });
            self.values.push(match hash.transpose() {
                Ok(hash) => hash,
                Err(misfit) => match fate(source.column, misfit) {
                    None => None,
                    Some(fate) => return Err(fate),
                },
            });
        }
        self.amounts.clear();
        for column in &plan.sources.amounts {
            let amount = values(*column).map(|value| {
                plan.columns[*column].reader.normalise(value, buffer)?;
                decimal::amount(buffer).ok_or(Misfit::OutOfRange)
            });
            self.amounts.push(match amount.transpose() {
                Ok(amount) => amount,
                Err(misfit) => match fate(*column, misfit) {
                    None => None,
                    Some(fate) => return Err(fate),
                },
            });
        }
        for (at, table) in plan.tables.iter().enumerate() {
            self.key.clear();
            self.key
                .extend(table.by.iter().map(|level| numbers[level.source]));
            self.distinct.clear();
            self.distinct
                .extend(table.distinct.iter().map(|source| self.values[*source]));
            self.sums.clear();
            self.sums
                .extend(table.sums.iter().map(|source| self.amounts[*source]));
            let entry = Entry {
                person,
                own_key,
                distinct: &self.distinct,
                amounts: &self.sums,
            };
            tally.add(at, &self.key, &entry);
        }
        Ok(())
    }
}
