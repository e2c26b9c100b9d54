//! Earlier releases of the family: what the ledger keeps of them, brought into
//! the shapes in which a new release is weighed, and what it will keep of that
//! one. Whether two cuts of a column are the same is decided here; where that
//! is not certain, the release is refused.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::cube::{Cells, Cube};
use super::finish::{RowRisk, TableFacts};
use super::kept::{self, Kept};
use super::stop::Stop;
use crate::key::Key;
use crate::key::identity::hex;
use crate::ledger::{self, Column, Extract, Ledger, PERSONS, RECORDS, ROW, Release, Sizes};
use crate::plan::{Counted as Written, Dimension, Form, Plan, TablePlan};
use crate::policy::model::{AgeBands, DateLevel, General, KeepForm, Protect, Treatment};
use crate::protect::rules::PrimaryRules;
use crate::protect::system::{Figure, Measure, Place, System};
use crate::release::manifest::Records;
use crate::release::table::Status;
use crate::tally::Counted;

/// A table of an earlier release.
pub(super) struct Past {
    /// Its shape, in the numbers of this run.
    pub(super) plan: TablePlan,
    /// Its cells; `None` where only what was published is kept.
    pub(super) kept: Option<Kept>,
    /// `intervals` or `sums`.
    pub(super) method: String,
    /// Whether empty cells looked like withheld ones.
    pub(super) zeros_protected: bool,
    /// Labels and figures of the rows that were published.
    pub(super) rows: Vec<Vec<String>>,
    /// Its columns and cuts.
    by: Vec<Column>,
}

/// What is known of cells, by their coarseness and labels.
pub(super) type Shown = HashMap<(Vec<usize>, Vec<String>), u8>;

/// All that is known of earlier releases.
pub(super) struct Earlier {
    pub(super) tables: Vec<Past>,
    /// Lines of the ledger that the release is weighed with.
    pub(super) releases: usize,
    /// Columns of each earlier extract, by their names in the input.
    extracts: Vec<BTreeSet<String>>,
}

/// The text that is equal for the same cut of a column's values.
fn cut(plan: &Plan, column: usize, in_table: bool, to: Option<&General>) -> String {
    let rule = &plan.policy.columns[column];
    let kind = plan.columns[column].reader.kind.name();
    let general = |general: &General| match general {
        General::Keep => format!("keep {kind}"),
        General::Date(DateLevel::Day) => "date 1 day".to_owned(),
        General::Date(DateLevel::Month) => "date 1 month".to_owned(),
        General::Date(DateLevel::Quarter) => "date 3 months".to_owned(),
        General::Date(DateLevel::Year) => "date 1 years".to_owned(),
        General::Date(DateLevel::Years(n)) => format!("date {n} years"),
        General::Date(DateLevel::Decade) => "date 10 years".to_owned(),
        General::Age { bands, at } => match bands {
            AgeBands::Every(n) => format!("age every {n} at {at}"),
            AgeBands::Limits(limits) => format!("age {limits:?} at {at}"),
        },
        General::Bands(limits) => format!("bands {}", limits.join(" ")),
        General::Map(file) => format!("map {}", file_hash(plan, *file)),
        General::Hierarchy { file, level } => {
            format!("hierarchy {} level {level}", file_hash(plan, *file))
        }
        General::Area(level) => format!("{} of {kind}", level.as_str()),
        General::Prefix(characters) => format!("prefix {characters} of {kind}"),
    };
    if let Some(form) = to {
        return general(form);
    }
    match (&rule.tables, &rule.treatment) {
        (Some(form), _) if in_table && form.value != General::Keep => general(&form.value),
        (Some(_), Treatment::Drop) if in_table => format!("keep {kind}"),
        (
            _,
            Treatment::Keep(KeepForm::Kind { .. } | KeepForm::Values(_) | KeepForm::Pattern(_)),
        ) => {
            format!("keep {kind}")
        }
        (_, Treatment::Generalise(form)) => general(form),
        (_, Treatment::Pseudonymise { domain }) => format!("code {}", domain.value),
        (_, Treatment::Mask { first, last, .. }) => format!("mask {first} {last} of {kind}"),
        (_, Treatment::Replace { .. }) => "constant".to_owned(),
        (_, Treatment::Shift { within, .. }) => format!("shift {within}"),
        (_, Treatment::Redact { .. }) => "text".to_owned(),
        (_, Treatment::Drop) => "nothing".to_owned(),
    }
}

fn file_hash(plan: &Plan, file: usize) -> String {
    let file = plan.policy.files.get(file);
    file.map_or_else(String::new, |file| hex(&file.sha256))
}

fn of_column(plan: &Plan, column: usize, in_table: bool) -> Column {
    Column {
        column: plan.columns[column].name.clone(),
        form: cut(plan, column, in_table, None),
    }
}

fn of_level(plan: &Plan, column: usize, to: Option<&General>) -> Column {
    Column {
        column: plan.columns[column].name.clone(),
        form: cut(plan, column, true, to),
    }
}

/// Numbers of columns and labels in this run, those of earlier releases after them.
struct Numbers {
    labels: Vec<Column>,
    values: Vec<Column>,
    amounts: Vec<String>,
    names: HashMap<usize, HashMap<String, u32>>,
}

fn place_of<T: PartialEq>(known: &mut Vec<T>, new: T) -> usize {
    known.iter().position(|one| *one == new).unwrap_or_else(|| {
        known.push(new);
        known.len() - 1
    })
}

impl Earlier {
    /// Brings the releases of a ledger into the numbers of this run.
    ///
    /// # Errors
    /// Where sizes are sealed under another key.
    pub(super) fn new(
        plan: &Plan,
        counted: &[Counted],
        ledger: &Ledger,
        key: &Key,
    ) -> Result<Self, Stop> {
        let mut numbers = Numbers {
            labels: plan
                .sources
                .labels
                .iter()
                .map(|source| of_level(plan, source.column, source.to.as_ref()))
                .collect(),
            values: plan
                .sources
                .values
                .iter()
                .map(|source| of_column(plan, source.column, true))
                .collect(),
            amounts: plan
                .sources
                .amounts
                .iter()
                .map(|column| plan.columns[*column].name.clone())
                .collect(),
            names: HashMap::new(),
        };
        for (table, counted) in plan.tables.iter().zip(counted) {
            for (level, labels) in table.by.iter().zip(&counted.labels) {
                numbers.names.entry(level.source).or_insert_with(|| {
                    let places = labels.iter().cloned().zip(0..);
                    places.collect()
                });
            }
        }
        let shown: BTreeSet<&str> = plan
            .outputs
            .iter()
            .map(|at| plan.columns[*at].name.as_str())
            .collect();
        let mut earlier = Self {
            tables: Vec::new(),
            releases: 0,
            extracts: Vec::new(),
        };
        let mut known: Vec<(&ledger::Table, ledger::TableSizes)> = Vec::new();
        for (line, release) in ledger.releases() {
            earlier.releases += 1;
            if let Some(extract) = &release.extract {
                let columns = extract.columns.iter().map(|column| column.column.clone());
                earlier.extracts.push(columns.collect());
            }
            if release.tables.is_empty() {
                continue;
            }
            let sizes = ledger.sizes(line, release, key)?;
            for (table, sizes) in release.tables.iter().zip(sizes.tables) {
                let Some(sizes) = sizes else {
                    noise_beside(plan, table, line.n)?;
                    continue;
                };
                // The same table for another recipient is the same disclosure.
                if known.iter().any(|(of, before)| {
                    of.by == table.by && of.figures == table.figures && *before == sizes
                }) {
                    continue;
                }
                let past = past(&mut numbers, table, &sizes, &shown, line.n);
                earlier.tables.push(past);
                known.push((table, sizes));
            }
        }
        Ok(earlier)
    }

    /// Whether there is nothing to weigh a release with.
    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.extracts.is_empty()
    }

    /// Whether an earlier extract shows a column, by its name in the input.
    pub(super) fn in_rows(&self, name: &str) -> bool {
        self.extracts.iter().any(|extract| extract.contains(name))
    }

    /// Refuses a table that an extract holds whole, where one is of an earlier
    /// release: the two differ by the few people whose rows were kept back.
    pub(super) fn completed(&self, plan: &Plan) -> Result<(), Stop> {
        let names = |table: &TablePlan| -> Vec<&str> {
            let columns = table.by.iter().map(|level| level.column);
            columns.map(|at| plan.columns[at].name.as_str()).collect()
        };
        let why = |at: usize| {
            plan.policy
                .tables
                .get(at)
                .is_some_and(|table| table.why.is_some())
        };
        for (at, table) in plan.tables.iter().enumerate() {
            let names = names(table);
            let own = table.by.iter().all(|level| level.in_extract);
            let whole =
                |extract: &BTreeSet<String>| names.iter().all(|name| extract.contains(*name));
            if !own && !why(at) && self.extracts.iter().any(whole) {
                return Err(refused(format!(
                    "table `{}` counts by columns that all stand in the rows of an earlier release",
                    table.name
                )));
            }
        }
        for past in &self.tables {
            let whole = !past.by.is_empty() && past.plan.by.iter().all(|level| level.in_extract);
            let explained = plan.tables.iter().enumerate().any(|(at, table)| {
                why(at)
                    && names(table)
                        .iter()
                        .eq(past.by.iter().map(|level| &level.column))
            });
            if whole && !explained && plan.policy.extract.is_some() {
                return Err(refused(format!(
                    "the rows show all columns by which {} counts: what it withholds could be counted in them",
                    past.plan.name
                )));
            }
        }
        Ok(())
    }
}

/// A refusal because of earlier releases.
pub(super) fn refused(message: String) -> Stop {
    refused_for(message, &serde_json::Value::Null)
}

/// The same, with the figures that differ: for the operator alone.
pub(super) fn refused_for(message: String, figures: &serde_json::Value) -> Stop {
    Stop::Disclosure {
        details: serde_json::json!({
            "private": "this tells what two releases show together: keep it as you keep the input",
            "because": message,
            "figures": figures,
            "cure": "cut the data as the earlier release did, leave the table or the rows out, or publish a coarser level; `offrecord ledger FILE` lists what was released",
        }),
        message,
        file: None,
    }
}

/// Exact figures and figures with noise of the same cells give each other away.
fn noise_beside(plan: &Plan, table: &ledger::Table, line: u64) -> Result<(), Stop> {
    for (at, new) in plan.tables.iter().enumerate() {
        let mut cuts = new
            .by
            .iter()
            .map(|level| of_level(plan, level.column, level.to.as_ref()));
        let touches = cuts.any(|cut| table.by.contains(&cut));
        let same = new.protect == Protect::CellKey && table.noise == noise(plan, at);
        if touches && !same {
            return Err(refused(format!(
                "table `{}` counts by a column of table `{}` of the release in line {line}, which carries other noise: both together tell more than each",
                new.name, table.name
            )));
        }
    }
    Ok(())
}

/// A text that is equal for equal noise.
fn noise(plan: &Plan, at: usize) -> Option<String> {
    let table = plan.tables.get(at)?;
    let domain = plan.policy.subject.as_ref().map_or("record", |s| &s.domain);
    (table.protect == Protect::CellKey).then(|| {
        let spec = super::noise::spec(table);
        format!("{} {} {} {domain}", spec.min, spec.bound, spec.variance)
    })
}

fn past(
    numbers: &mut Numbers,
    table: &ledger::Table,
    sizes: &ledger::TableSizes,
    in_rows: &BTreeSet<&str>,
    line: u64,
) -> Past {
    let sources: Vec<usize> = table
        .by
        .iter()
        .map(|column| place_of(&mut numbers.labels, column.clone()))
        .collect();
    let (mut distinct, mut sums) = (Vec::new(), Vec::new());
    let figures = table.figures.iter().map(|(word, of)| {
        let name = of.as_ref().map_or_else(String::new, |of| of.column.clone());
        let mut amount = || place_of(&mut numbers.amounts, name.clone());
        match word.as_str() {
            "persons" => Written::Persons,
            "records" => Written::Records,
            "sum" => {
                let source = amount();
                Written::Sum(place_of(&mut sums, source), name)
            }
            "mean" => {
                let source = amount();
                Written::Mean(place_of(&mut sums, source), name)
            }
            _ => {
                let source = of.clone().map_or(0, |of| place_of(&mut numbers.values, of));
                Written::Distinct(place_of(&mut distinct, source), name)
            }
        }
    });
    let figures = figures.collect();
    let names = &mut numbers.names;
    let kept = Kept::new(sizes, &table.depths, |level, label| {
        let names = names.entry(sources[level]).or_default();
        let next = u32::try_from(names.len()).unwrap_or(u32::MAX);
        *names.entry(label.to_owned()).or_insert(next)
    });
    let by = table
        .by
        .iter()
        .zip(&sources)
        .map(|(column, source)| Dimension {
            column: usize::MAX,
            to: None,
            name: column.column.clone(),
            source: *source,
            form: Form::Constant {
                value: String::new(),
            },
            in_extract: in_rows.contains(column.column.as_str()),
        });
    Past {
        plan: TablePlan {
            name: format!(
                "`{}` of the release in line {line} of the ledger",
                table.name
            ),
            by: by.collect(),
            depths: table.depths.clone(),
            figures,
            distinct,
            sums,
            min: table.min,
            publish_zeros: !table.zeros_protected,
            show_withheld: false,
            totals: table.totals,
            protect: Protect::Suppress,
            noise: None,
            dominance: Vec::new(),
        },
        kept,
        method: sizes.method.clone(),
        zeros_protected: table.zeros_protected,
        rows: table.rows.clone(),
        by: table.by.clone(),
    }
}

/// How the same column is cut in a new table and in an earlier one.
pub(super) fn cut_differently<'p>(
    new: &'p TablePlan,
    names: &[String],
    past: &Past,
) -> Option<&'p str> {
    new.by.iter().find_map(|level| {
        let name = names.get(level.column)?;
        let other = past
            .plan
            .by
            .iter()
            .zip(&past.by)
            .any(|(theirs, column)| column.column == *name && theirs.source != level.source);
        // Of several levels of a column, one that both have joins them.
        let own = new.by.iter().filter(|own| own.column == level.column);
        let mut own = own.map(|own| own.source);
        let same = own.any(|own| past.plan.by.iter().any(|theirs| theirs.source == own));
        (other && !same).then_some(level.name.as_str())
    })
}

/// How an earlier table stands to a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Whatever both count is the same.
    Same,
    /// People came, went or changed.
    Changed,
}

/// Compares what two tables count in common: records and persons of the finest
/// layer that both have.
pub(super) fn standing(new: &Cube<'_>, past: &Cube<'_>) -> Result<Standing, Stop> {
    let (in_new, in_past) = (new.common(past), past.common(new));
    if new.name_of(&in_new) != past.name_of(&in_past) {
        return Ok(Standing::Same);
    }
    let counts = |cube: &Cube<'_>, depths: &[usize]| -> Result<BTreeMap<_, _>, Stop> {
        let slice = cube.slice(depths)?;
        let cells = slice.grid.iter().enumerate().map(|(cell, grid)| {
            let counts = (slice.layer.records[cell], slice.layer.persons[cell]);
            (cube.identity(depths, *grid), counts)
        });
        Ok(cells.collect())
    };
    Ok(match counts(new, &in_new)? == counts(past, &in_past)? {
        true => Standing::Same,
        false => Standing::Changed,
    })
}

/// Whether two tables have the same columns, levels and figures.
pub(super) fn same_shape(new: &TablePlan, past: &TablePlan) -> bool {
    let sources = |table: &TablePlan| table.by.iter().map(|by| by.source).collect::<Vec<_>>();
    let figures = |table: &TablePlan| {
        let figure = |figure: &Written| match figure {
            Written::Persons => (0, 0),
            Written::Records => (1, 0),
            Written::Distinct(at, _) => (2, table.distinct[*at]),
            Written::Sum(at, _) => (3, table.sums[*at]),
            Written::Mean(at, _) => (4, table.sums[*at]),
        };
        table.figures.iter().map(figure).collect::<Vec<_>>()
    };
    sources(new) == sources(past)
        && new.depths == past.depths
        && new.totals == past.totals
        && figures(new) == figures(past)
}

/// What an earlier table had shown of each cell of one with the same shape.
pub(super) fn shown_before(past: &Past, kept: &Kept) -> Result<Shown, Stop> {
    let cube = Cube::of(&past.plan, Cells::Kept(kept));
    let mut shown = HashMap::new();
    for depths in cube.every() {
        let slice = cube.slice(&depths)?;
        let told = kept::shown(&past.plan.depths, &depths);
        for (cell, grid) in slice.grid.iter().enumerate() {
            let seen = kept.seen(&told, cell);
            if seen != 0 {
                shown.insert((depths.clone(), cube.labels(&depths, *grid)), seen);
            }
        }
    }
    Ok(shown)
}

/// The larger extracts and the numbers of records that anybody can subtract.
///
/// # Errors
/// Where two differ by fewer people than a limit of either release.
pub(super) fn few_apart(plan: &Plan, records: &Records, ledger: &Ledger) -> Result<(), Stop> {
    let min = plan.tables.iter().map(|table| table.min).max().unwrap_or(0);
    let extract = plan.policy.extract.as_ref();
    let k = extract
        .and_then(|extract| extract.risk.as_ref())
        .map_or(0, |risk| risk.people());
    let columns: BTreeSet<Column> = columns(plan).into_iter().collect();
    for (line, release) in ledger.releases() {
        let theirs = release
            .tables
            .iter()
            .map(|table| table.min)
            .max()
            .unwrap_or(0);
        let their_k = release
            .extract
            .as_ref()
            .and_then(|extract| extract.k)
            .unwrap_or(0);
        let limit = min.max(k).max(theirs).max(their_k);
        let few = |a: u64, b: u64| (1..limit).contains(&a.abs_diff(b));
        if let (Some(now), Some(then)) = (records.read, release.read)
            && few(now, then)
        {
            return Err(refused(format!(
                "the number of records read differs by {} from that of the release in line {} of the ledger: whoever has both knows of so few people",
                now.abs_diff(then),
                line.n
            )));
        }
        if let (Some(_), Some(then)) = (extract, &release.extract) {
            let theirs: BTreeSet<Column> = then.columns.iter().cloned().collect();
            if theirs == columns && few(records.written, then.rows) {
                return Err(refused(format!(
                    "the extract differs by {} rows from that of the release in line {} of the ledger: whoever has both knows of so few people",
                    records.written.abs_diff(then.rows),
                    line.n
                )));
            }
        }
    }
    Ok(())
}

/// The columns that make a class, with their cuts, in the order of the rows.
fn class_columns(plan: &Plan) -> Vec<Column> {
    let quasi = plan.quasi().into_iter();
    quasi.map(|at| of_column(plan, at, false)).collect()
}

/// Weighs the classes of a run with those of earlier releases whose rows are
/// made of the same columns in the same cuts.
///
/// # Errors
/// Where the columns stand in another order than before, so that classes cannot
/// be told to be the same, or sizes are sealed under another key.
pub(super) fn weigh_classes(
    plan: &Plan,
    classes: &mut crate::tally::Classes,
    ledger: &Ledger,
    key: &Key,
) -> Result<(), Stop> {
    let by = class_columns(plan);
    let set = |columns: &[Column]| columns.iter().cloned().collect::<BTreeSet<_>>();
    let mut before: Vec<hashbrown::HashMap<u64, u64>> = Vec::new();
    let mut apart = 0;
    // Releases with the same codes are judged row by row instead.
    let releases = ledger.releases().filter(|_| plan.earlier.is_none());
    for (line, release) in releases {
        let Some(extract) = &release.extract else {
            continue;
        };
        let Some(known) = ledger.sizes(line, release, key)?.classes else {
            continue;
        };
        if known.by == by {
            apart = apart.max(extract.k.unwrap_or(0));
            before.push(known.of.into_iter().collect());
        } else if set(&known.by) == set(&by) {
            return Err(refused(format!(
                "the columns that others may know stand in another order than in the release in line {} of the ledger: its groups of rows cannot be weighed with these",
                line.n
            )));
        }
    }
    classes.weigh_with(before, apart);
    Ok(())
}

fn columns(plan: &Plan) -> Vec<Column> {
    plan.outputs
        .iter()
        .map(|at| of_column(plan, *at, false))
        .collect()
}

/// What is known of a release when it is put down.
pub(super) struct Published<'a> {
    pub(super) plan: &'a Plan,
    pub(super) counted: &'a [Counted],
    pub(super) tables: &'a [TableFacts],
    pub(super) records: &'a Records,
    pub(super) row_risk: Option<&'a RowRisk>,
    pub(super) method: &'a str,
    /// Whether persons can be counted in the extract.
    pub(super) persons: bool,
}

impl Published<'_> {
    /// Sizes of the classes of the extract, where later ones can be weighed with them.
    fn classes(&self) -> Option<ledger::ClassSizes> {
        let risk = self.row_risk.filter(|risk| !risk.sizes.is_empty())?;
        self.plan.earlier.is_none().then(|| ledger::ClassSizes {
            by: class_columns(self.plan),
            of: risk.sizes.clone(),
        })
    }

    /// The line of the ledger, and what will be sealed in it.
    pub(super) fn put_down(&self) -> Result<(Release, Sizes), Stop> {
        let plan = self.plan;
        let policy = &plan.policy;
        let min = plan.tables.iter().map(|table| table.min).max().unwrap_or(0);
        let mut tables = Vec::new();
        let mut sizes = Vec::new();
        for (at, (table, (counted, facts))) in plan
            .tables
            .iter()
            .zip(self.counted.iter().zip(self.tables))
            .enumerate()
        {
            let by = table
                .by
                .iter()
                .map(|level| of_level(plan, level.column, level.to.as_ref()));
            let value = |at: &usize| {
                let source = plan.sources.values.get(table.distinct[*at])?;
                Some(of_column(plan, source.column, true))
            };
            let amount = |at: &usize| {
                let column = plan.sources.amounts.get(table.sums[*at])?;
                let column = plan.columns[*column].name.clone();
                Some(Column {
                    column,
                    form: "number".to_owned(),
                })
            };
            let figures = table.figures.iter().map(|figure| match figure {
                Written::Persons => ("persons".to_owned(), None),
                Written::Records => ("records".to_owned(), None),
                Written::Distinct(at, _) => ("distinct".to_owned(), value(at)),
                Written::Sum(at, _) => ("sum".to_owned(), amount(at)),
                Written::Mean(at, _) => ("mean".to_owned(), amount(at)),
            });
            let open = facts
                .table
                .rows
                .iter()
                .filter(|row| row.status != Status::Withheld);
            tables.push(ledger::Table {
                name: table.name.clone(),
                protect: match table.protect {
                    Protect::Suppress => "suppress",
                    Protect::CellKey => "cell-key",
                }
                .to_owned(),
                noise: noise(plan, at),
                min: table.min,
                zeros_protected: !table.publish_zeros,
                totals: table.totals,
                depths: table.depths.clone(),
                by: by.collect(),
                figures: figures.collect(),
                rows: open
                    .clone()
                    .map(|row| [row.labels.as_slice(), &row.figures].concat())
                    .collect(),
            });
            if table.protect == Protect::CellKey {
                sizes.push(None);
                continue;
            }
            let open: BTreeSet<&[String]> = open.map(|row| row.labels.as_slice()).collect();
            let cube = Cube::new(table, counted);
            let shown: BTreeSet<Vec<usize>> = cube.shown().into_iter().collect();
            let in_rows = cube.in_extract();
            let rules = super::linked::dominance(plan);
            sizes.push(Some(kept::keep(
                &cube,
                self.method,
                |depths, layer, cell, labels| {
                    let everything = depths.iter().all(|depth| *depth == 0);
                    let mut seen = 0;
                    if shown.contains(depths) && open.contains(labels) {
                        seen |= ROW;
                    }
                    let countable = layer.persons[cell].min(layer.records[cell]) >= min;
                    if countable && (everything || in_rows.as_deref() == Some(depths)) {
                        seen |= RECORDS;
                        seen |= if self.persons { PERSONS } else { 0 };
                    }
                    seen
                },
                |sum| {
                    let mut system = System::new();
                    let row = system.row(1);
                    let fit = |units: i128| i64::try_from(units).ok();
                    let mut figure = Figure::records(0, sum.owners, Place::Row(row));
                    figure.measure = Measure::Sum;
                    figure.low = i64::MIN / 4;
                    // Units of a thousandth keep every sum that protection takes.
                    let (Some(value), Some(largest)) = (
                        fit(sum.total / 1_000_000),
                        sum.largest
                            .iter()
                            .map(|units| fit(units / 1_000_000))
                            .collect(),
                    ) else {
                        return Err(Stop::Limit(format!(
                            "table `{}`: a sum is too large to be protected exactly",
                            table.name
                        )));
                    };
                    figure.value = value;
                    figure.largest = largest;
                    let cell = system.cell(figure);
                    let rules = PrimaryRules {
                        dominance: rules.clone(),
                        ..PrimaryRules::counts(min)
                    };
                    let found = rules
                        .apply(&system)
                        .map_err(|fault| Stop::Limit(fault.to_string()))?;
                    Ok(found.of(cell).map(|(need, _)| {
                        let units = |need: i64| i128::from(need) * 1_000_000;
                        (units(need.below), units(need.above))
                    }))
                },
            )?));
        }
        let extract = policy.extract.as_ref().map(|_| Extract {
            rows: self.records.written,
            k: self.row_risk.map(|risk| risk.k),
            columns: columns(plan),
        });
        let release = Release {
            policy: format!("{}/{}", policy.project, policy.name),
            version: policy.version,
            sha256: hex(&policy.identity),
            recipient: plan.recipient.clone(),
            key_id: String::new(),
            read: self.records.read,
            extract,
            tables,
            sealed: String::new(),
        };
        Ok((
            release,
            Sizes {
                tables: sizes,
                classes: self.classes(),
            },
        ))
    }
}
