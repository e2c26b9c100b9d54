//! Tables with withheld cells: all tables of a release as one system of
//! figures, since they are linked through the people in them.
//!
//! What everybody can work out stands in the system beside what the tables
//! show: the number of all records, and every margin that the extract shows.
//! Empty cells stand in it as cells, so that they look like withheld ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::cube::{Cube, Slice};
use super::history::{Earlier, Past, Shown};
use super::joint;
use super::kept::{self, Kept};
use super::stop::Stop;
use crate::ledger::Ties;
use crate::ledger::{PERSONS, RECORDS, ROW};
use crate::plan::{Counted as Written, Plan};
use crate::policy::model::Dominance as Rule;
use crate::protect::attack::{self, Audit};
use crate::protect::rules::{Dominance, Need, Primary, PrimaryRules, Reason, Zeros};
use crate::protect::suppress::{Options, Refusal, Status as Decision, suppress};
use crate::protect::system::{CellId, Fault, Figure, Measure, Place, RowId, System};
use crate::release::table::{Row, Status, Table, Withheld};
use crate::tally::{Counted, LARGEST, Layer};

/// Cells of all grids up to which empty cells are kept apart from cells that
/// cannot be. Above it an attacker is taken to know which cells are empty.
const FULL: u64 = 1 << 20;

/// What an attacker knows beside the tables.
pub(super) struct Known {
    /// Whether the manifest tells how many records rules kept back: if not, no
    /// total over everything may tell it either.
    pub(super) kept_back_told: bool,
    /// Whether persons can be counted where records can: each record is one, or
    /// the extract has their codes.
    pub(super) persons: bool,
    /// Which of two cells is withheld where both would do: that, nobody knows.
    pub(super) ties: Ties,
}

/// The tables as they may be published, and what protects them.
pub(super) struct Protected {
    pub(super) tables: Vec<Table>,
    pub(super) audit: Audit,
    /// `intervals`: whatever is withheld is as uncertain as it has to be;
    /// `sums`: no sum gives it away, and no more is promised.
    pub(super) method: &'static str,
    /// Whether people who stand alone behind a figure are attackers too.
    pub(super) insiders: bool,
    /// Differences that public numbers bound by themselves, more closely than asked.
    pub(super) bounded: usize,
    /// Figures and relations of the system.
    pub(super) size: (usize, usize),
}

/// What a cell of the system measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Persons,
    Records,
    Distinct(usize),
    Sum(usize),
    /// Records with a value: what a mean tells beside the sum.
    Values(usize),
}

/// One layer of one table in the system.
pub(super) struct Stratum {
    pub(super) slice: Slice,
    /// Places in the grid, ascending; with the empty cells where the grid is full.
    pub(super) grid: Vec<u64>,
    /// Of each, its cell in the slice; `None` where it is empty.
    pub(super) cell: Vec<Option<usize>>,
    /// Of each, its row where the table shows it.
    row: Vec<Option<RowId>>,
    /// Of each and each kind, its figure; none of a cell that stands for nothing.
    pub(super) ids: Vec<Vec<CellId>>,
    pub(super) shown: bool,
}

pub(super) struct Built<'a> {
    pub(super) cube: Cube<'a>,
    pub(super) kinds: Vec<Kind>,
    pub(super) strata: Vec<Stratum>,
    /// A sum that somebody can count is too small: names of withheld cells
    /// would give its cells away, and none is listed.
    small: bool,
    /// A small sum has one possible cell: any figure of the table would tell
    /// which, and none leaves.
    silent: bool,
    /// A table of an earlier release, whose rows are what they are.
    pub(super) past: Option<(&'a Past, &'a Kept)>,
    /// Of tables of this release, what earlier ones have shown of their cells.
    pub(super) before: Shown,
    /// Whether one of them was this table under the same minimum.
    pub(super) before_whole: bool,
}

impl<'a> Built<'a> {
    pub(super) fn new(cube: Cube<'a>, past: Option<(&'a Past, &'a Kept)>) -> Self {
        Self {
            kinds: kinds(&cube.plan.figures),
            cube,
            strata: Vec::new(),
            small: false,
            silent: false,
            past,
            before: Shown::new(),
            before_whole: false,
        }
    }

    /// What is known of a cell from earlier releases.
    pub(super) fn known_before(&self, depths: &[usize], cell: Option<usize>, grid: u64) -> u8 {
        match (self.past, cell) {
            (Some((past, kept)), Some(cell)) => {
                kept.seen(&kept::shown(&past.plan.depths, depths), cell)
            }
            (None, Some(_)) if !self.before.is_empty() => {
                let name = (depths.to_vec(), self.cube.labels(depths, grid));
                self.before.get(&name).copied().unwrap_or(0)
            }
            _ => 0,
        }
    }
}

/// Protects the tables of a plan together.
pub(super) fn tables(
    plan: &Plan,
    counted: &[Counted],
    known: &Known,
    before: Option<&Earlier>,
    interrupted: &AtomicBool,
) -> Result<Protected, Stop> {
    let grid = || as_grid(plan, counted, known, before, interrupted);
    let small = counted.iter().map(Counted::len).sum::<usize>() <= SEARCHED_FIRST;
    if !small && let Some(done) = grid()? {
        return Ok(done);
    }
    let mut built: Vec<Built<'_>> = plan
        .tables
        .iter()
        .zip(counted)
        .map(|(table, counted)| Built::new(Cube::new(table, counted), None))
        .collect();
    if let Some(before) = before {
        joint::join(plan, &mut built, before)?;
    }
    let min = plan.tables.iter().map(|table| table.min).max();
    let min = min.unwrap_or_else(|| {
        let past = built.iter().filter_map(|built| built.past);
        past.map(|(past, _)| past.plan.min).max().unwrap_or(0)
    });
    let wanted = wanted(&built);
    let mut full = true;
    let mut size = 0u64;
    for (built, wanted) in built.iter_mut().zip(&wanted) {
        let shown: BTreeSet<Vec<usize>> = built.cube.shown().into_iter().collect();
        for depths in wanted {
            let slice = built.cube.slice(depths)?;
            let cells = built
                .cube
                .size(depths)
                .and_then(|cells| size.checked_add(cells));
            match cells.filter(|cells| *cells <= FULL) {
                Some(cells) => size = cells,
                None => full = false,
            }
            built.strata.push(Stratum {
                shown: shown.contains(depths),
                slice,
                grid: Vec::new(),
                cell: Vec::new(),
                row: Vec::new(),
                ids: Vec::new(),
            });
        }
    }
    let scales = scales(&built)?;
    let mut system = System::new();
    for built in &mut built {
        built.enter(&mut system, full, min, &scales, known)?;
    }
    for built in &mut built {
        built.silent = built.relate(&mut system);
    }
    link(&built, &mut system);
    if before.is_some() {
        joint::differences(&built, &mut system)?;
    }
    if system.cells() > SEARCHED {
        if let Some(done) = grid()? {
            return Ok(done);
        }
        return Err(Stop::Limit(format!(
            "the tables have {} figures together; protection of sums, distinct values, persons \
             who stand in several cells and several tables is searched for up to {SEARCHED}: make \
             them coarser, or publish one table of records a release",
            system.cells()
        )));
    }
    let rules = PrimaryRules {
        zeros: Zeros::Protect,
        dominance: dominance(plan),
        ..PrimaryRules::counts(min)
    };
    let fault = |fault: Fault| match fault {
        Fault::Interrupted => Stop::Interrupted,
        other => Stop::Limit(format!("the tables cannot be judged together: {other}")),
    };
    let mut primary = rules.apply(&system).map_err(fault)?;
    joint::promised(&built, &scales, min, &mut primary);
    let mut beyond: Vec<CellId> = Vec::new();
    let mut bounded: BTreeSet<CellId> = BTreeSet::new();
    let mut wider = 0;
    let mut most_work = SEARCHED_BRIEFLY;
    let done = loop {
        let options = Options {
            interrupted,
            beyond: &beyond,
            most_work,
            ..Options::default()
        };
        let audit = match suppress(&system, &primary, &options) {
            Ok(done) => break done,
            Err(Refusal::Fault(Fault::TooLarge)) if most_work != u64::MAX => {
                if let Some(done) = grid()? {
                    return Ok(done);
                }
                most_work = u64::MAX;
                continue;
            }
            Err(Refusal::Fault(found)) => return Err(fault(found)),
            Err(Refusal::Exposed(audit)) => audit,
        };
        let options = Options {
            most_work: u64::MAX,
            ..options
        };
        // What insiders work out if the tables show nothing at all is none of
        // the tables' doing.
        let theirs = insiders(&system, &audit, &beyond, &options).map_err(fault)?;
        if !theirs.is_empty() {
            beyond.extend(theirs);
            beyond.sort_unstable();
            continue;
        }
        let more = bound_without(&system, &audit, &mut primary, &options).map_err(fault)?;
        if more.iter().any(|cell| bounded.insert(*cell)) {
            continue;
        }
        if wider == 0
            && let Some(done) = grid()?
        {
            return Ok(done);
        } else if wider == WIDEST {
            return Err(exposed(&built, &system, &audit));
        } else {
            wider += 1;
            widen(&built, &system, &audit, wider, &mut primary);
        }
    };
    let tables: Vec<Table> = built
        .iter()
        .filter(|built| built.past.is_none())
        .map(|built| built.table(&done.status, full, known))
        .collect();
    if let Some(before) = before {
        joint::compare(plan, counted, &tables, before, false)?;
    }
    Ok(Protected {
        tables,
        audit: done.audit,
        method: "intervals",
        insiders: beyond.is_empty(),
        bounded: bounded.len(),
        size: (system.cells(), system.equations()),
    })
}

/// The tables as a grid, where one fits, compared with earlier releases cell by cell.
fn as_grid(
    plan: &Plan,
    counted: &[Counted],
    known: &Known,
    before: Option<&Earlier>,
    interrupted: &AtomicBool,
) -> Result<Option<Protected>, Stop> {
    let done = super::grid::tables(plan, counted, known, interrupted)?;
    if let (Some(done), Some(before)) = (&done, before) {
        joint::compare(plan, counted, &done.tables, before, true)?;
    }
    Ok(done)
}

/// Filled cells up to which the search over a whole system comes first: it
/// withholds less than a grid, and takes longer.
const SEARCHED_FIRST: usize = 300;

/// Work of that search after which a grid, if one fits, serves instead: a
/// second or two. It is counted, not timed, so that the same tables always get
/// the same answer.
const SEARCHED_BRIEFLY: u64 = 1_500_000_000;

/// Figures of a system up to which protection is searched for: above it the
/// search can take hours.
const SEARCHED: usize = 12_000;

/// Of the figures that only insiders see through, those that they see through
/// with every row withheld.
fn insiders(
    system: &System,
    audit: &Audit,
    beyond: &[CellId],
    options: &Options<'_>,
) -> Result<Vec<CellId>, Fault> {
    let mut some = Primary::default();
    for exposure in audit.exposed.iter().filter(|found| found.coalition) {
        if beyond.binary_search(&exposure.cell).is_err() {
            some.need(exposure.cell, exposure.need, Reason::Given);
        }
    }
    if some.needs().is_empty() {
        return Ok(Vec::new());
    }
    let nothing = vec![true; system.rows()];
    let found = attack::audit(system, &some, &nothing, options)?;
    let known = found.exposed.iter().filter(|found| found.coalition);
    Ok(known.map(|found| found.cell).collect())
}

/// Differences that are bounded already if the tables show nothing at all, by
/// the public numbers of records and persons: from the tables they need no more
/// than what is open then. Where nothing is open, they keep their need.
fn bound_without(
    system: &System,
    audit: &Audit,
    primary: &mut Primary,
    options: &Options<'_>,
) -> Result<Vec<CellId>, Fault> {
    let mut some = Primary::default();
    for exposure in audit.exposed.iter().filter(|found| !found.coalition) {
        if system.place(exposure.cell) == Place::Hidden {
            some.need(exposure.cell, exposure.need, Reason::Difference);
        }
    }
    if some.needs().is_empty() {
        return Ok(Vec::new());
    }
    let nothing = vec![true; system.rows()];
    let found = attack::audit(system, &some, &nothing, options)?;
    let mut bounded = Vec::new();
    for exposure in found.exposed.iter().filter(|found| !found.coalition) {
        let value = system.value(exposure.cell);
        let (low, high) = exposure.interval;
        let most = Need {
            below: value.saturating_sub(low),
            above: high.map_or(i64::MAX, |high| high.saturating_sub(value)),
        };
        if most != Need::default() {
            primary.at_most(exposure.cell, most);
            bounded.push(exposure.cell);
        }
    }
    Ok(bounded)
}

/// Steps by which more is withheld where the search finds no protection:
/// relations of the figures, relations of those, whole tables, all of them.
const WIDEST: usize = 5;

/// Withholds more around exposed figures. Figures so withheld need no width of
/// their own: they are there for others to vary.
fn widen(built: &[Built<'_>], system: &System, audit: &Audit, wider: usize, primary: &mut Primary) {
    let mut cells: BTreeSet<CellId> = audit.exposed.iter().map(|found| found.cell).collect();
    if wider < WIDEST - 1 {
        let incidence = system.incidence();
        for _ in 0..wider {
            let around: Vec<CellId> = cells
                .iter()
                .flat_map(|cell| incidence.of(*cell))
                .flat_map(|equation| system.terms(*equation as usize))
                .map(|(cell, _)| cell)
                .collect();
            cells.extend(around);
        }
    } else {
        let all = wider == WIDEST;
        for built in built {
            let ids = || {
                built
                    .strata
                    .iter()
                    .flat_map(|stratum| &stratum.ids)
                    .flatten()
            };
            if all || ids().any(|id| cells.contains(id)) {
                cells.extend(ids());
            }
        }
    }
    for cell in cells {
        if matches!(system.place(cell), Place::Row(_)) {
            primary.need(cell, Need::default(), Reason::Given);
        }
    }
}

fn kinds(figures: &[Written]) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for figure in figures {
        let of_figure: &[Kind] = match figure {
            Written::Persons => &[Kind::Persons],
            Written::Records => &[Kind::Records],
            Written::Distinct(at, _) => &[Kind::Distinct(*at)],
            Written::Sum(at, _) => &[Kind::Sum(*at)],
            Written::Mean(at, _) => &[Kind::Sum(*at), Kind::Values(*at)],
        };
        for kind in of_figure {
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
    }
    kinds
}

/// The layers of each table that stand in the system: those that it shows, the
/// total of everything, the finest margin that the extract shows, and for every
/// other table the finest layer that both have.
fn wanted(built: &[Built<'_>]) -> Vec<BTreeSet<Vec<usize>>> {
    let mut wanted: Vec<BTreeSet<Vec<usize>>> = built
        .iter()
        .map(|built| {
            let mut wanted: BTreeSet<Vec<usize>> = built.cube.shown().into_iter().collect();
            wanted.insert(vec![0; built.cube.dimensions.len()]);
            wanted.extend(built.cube.in_extract());
            wanted
        })
        .collect();
    for a in 0..built.len() {
        for b in a + 1..built.len() {
            let in_a = built[a].cube.common(&built[b].cube);
            let in_b = built[b].cube.common(&built[a].cube);
            if built[a].cube.name_of(&in_a) == built[b].cube.name_of(&in_b) {
                wanted[a].insert(in_a);
                wanted[b].insert(in_b);
            }
        }
    }
    wanted
}

/// Of each column summed, by its place among the sources: how many units of
/// 10⁻⁹ one unit of the system has.
fn scales(built: &[Built<'_>]) -> Result<HashMap<usize, i128>, Stop> {
    let mut scales: HashMap<usize, i128> = HashMap::new();
    for built in built {
        for kind in &built.kinds {
            let Kind::Sum(at) = *kind else { continue };
            let scale = scales
                .entry(built.cube.plan.sums[at])
                .or_insert(crate::tally::decimal::UNIT);
            for sum in built.strata.iter().flat_map(|s| &s.slice.layer.sums[at]) {
                while *scale > 1 && sum.total % *scale != 0 {
                    *scale /= 10;
                }
            }
        }
    }
    Ok(scales)
}

/// Rules against large contributors that hold for every sum of a plan: those of
/// all its tables, which are protected as one, or p = 10 percent.
pub(crate) fn contributor_rules(plan: &Plan) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for rule in plan.tables.iter().flat_map(|table| &table.dominance) {
        if !rules.contains(rule) {
            rules.push(*rule);
        }
    }
    if rules.is_empty() {
        rules.push(Rule::Percent(10));
    }
    rules
}

pub(super) fn dominance(plan: &Plan) -> Vec<Dominance> {
    contributor_rules(plan)
        .into_iter()
        .map(|rule| match rule {
            Rule::Percent(percent) => Dominance::P {
                percent: u32::try_from(percent).unwrap_or(100),
            },
            Rule::Largest { n, k } => Dominance::Nk {
                n: usize::try_from(n).unwrap_or(1),
                k: u32::try_from(k).unwrap_or(1),
            },
            Rule::Prior { p, q } => Dominance::Pq {
                p: u32::try_from(p).unwrap_or(100),
                q: u32::try_from(q).unwrap_or(1),
            },
        })
        .collect()
}

impl Built<'_> {
    /// Enters rows and figures.
    fn enter(
        &mut self,
        system: &mut System,
        full: bool,
        min: u64,
        scales: &HashMap<usize, i128>,
        attacker: &Known,
    ) -> Result<(), Stop> {
        let mut strata = std::mem::take(&mut self.strata);
        let known = self.cube.in_extract();
        let past = self.past.is_some();
        let mut is_small = false;
        let this = &*self;
        let (cube, kinds) = (&this.cube, &this.kinds);
        for stratum in &mut strata {
            let Slice {
                depths,
                layer,
                grid,
            } = &stratum.slice;
            let mut order: Vec<usize> = (0..grid.len()).collect();
            order.sort_unstable_by_key(|cell| grid[*cell]);
            if full {
                let size = cube.size(depths).unwrap_or(0);
                let mut filled = order.iter().peekable();
                for place in 0..size {
                    let cell = filled.next_if(|cell| grid[**cell] == place).copied();
                    stratum.grid.push(place);
                    stratum.cell.push(cell);
                }
            } else {
                stratum.grid = order.iter().map(|cell| grid[*cell]).collect();
                stratum.cell = order.into_iter().map(Some).collect();
            }
            let everything = depths.iter().all(|depth| *depth == 0);
            // What was known of everything then, the ledger says.
            let public = everything && !past || known.as_ref() == Some(depths);
            let mut alone: HashMap<u32, Vec<u64>> = HashMap::new();
            for (cell, owner) in &layer.few {
                alone.entry(*cell).or_default().push(*owner);
            }
            for (cell, place) in stratum.cell.iter().zip(&stratum.grid) {
                let before = this.known_before(depths, *cell, *place);
                let (persons, records) =
                    cell.map_or((0, 0), |at| (layer.persons[at], layer.records[at]));
                let countable = public && persons.min(records) >= min;
                let place = if past {
                    Place::Hidden
                } else if stratum.shown {
                    let tie = attacker.ties.of(&cube.labels(depths, *place));
                    Place::Row(system.row((persons + 1) * 256 + tie))
                } else if public && !countable {
                    // A small sum that no table shows: of everything, nobody
                    // knows it; of a margin, whoever has the extract sees it
                    // there, and no table can take that back.
                    stratum.row.push(None);
                    stratum.ids.push(Vec::new());
                    is_small |= records > 0;
                    continue;
                } else {
                    Place::Hidden
                };
                stratum.row.push(match place {
                    Place::Row(row) => Some(row),
                    _ => None,
                });
                let mut ids = Vec::with_capacity(kinds.len());
                for kind in kinds.iter() {
                    let mut figure = figure(*kind, *cell, layer, cube, scales)?;
                    figure.place = match kind {
                        _ if before & ROW != 0 => Place::Public,
                        Kind::Records if countable || before & RECORDS != 0 => Place::Public,
                        Kind::Persons if countable && attacker.persons => Place::Public,
                        Kind::Persons if before & PERSONS != 0 => Place::Public,
                        _ => place,
                    };
                    if let Some(alone) = cell
                        .and_then(|at| u32::try_from(at).ok())
                        .and_then(|at| alone.get(&at))
                    {
                        figure.alone.clone_from(alone);
                    }
                    ids.push(system.cell(figure));
                }
                stratum.ids.push(ids);
            }
        }
        self.strata = strata;
        self.small |= is_small;
        Ok(())
    }

    /// Enters the relations between layers: each cell and the cells of the
    /// next finer layers that make it up.
    ///
    /// Says whether a small sum that somebody can count has one possible cell.
    fn relate(&self, system: &mut System) -> bool {
        let mut silent = false;
        let Self {
            cube,
            kinds,
            strata,
            ..
        } = self;
        let finer = |a: &[usize], b: &[usize]| a != b && a.iter().zip(b).all(|(a, b)| a <= b);
        for coarse in strata {
            let over = &coarse.slice.depths;
            for fine in strata.iter().filter(|fine| finer(over, &fine.slice.depths)) {
                let under = &fine.slice.depths;
                let between =
                    |s: &&Stratum| finer(over, &s.slice.depths) && finer(&s.slice.depths, under);
                if strata.iter().any(|s| between(&s)) {
                    continue;
                }
                let up = cube.climb(under, over);
                let mut parts: Vec<Vec<usize>> = vec![Vec::new(); coarse.grid.len()];
                for (at, grid) in fine.grid.iter().enumerate() {
                    if let Ok(total) = coarse.grid.binary_search(&up(*grid)) {
                        parts[total].push(at);
                    }
                }
                let one = |(parts, (ids, cell)): (&Vec<usize>, (&Vec<CellId>, &Option<usize>))| {
                    ids.is_empty() && cell.is_some() && parts.len() == 1
                };
                let sums = coarse.ids.iter().zip(&coarse.cell);
                silent |= over.iter().any(|depth| *depth > 0) && parts.iter().zip(sums).any(one);
                // A sum of which a part is unknown says nothing.
                let whole = |(parts, total): &(&Vec<usize>, &Vec<CellId>)| {
                    !total.is_empty() && parts.iter().all(|at| !fine.ids[*at].is_empty())
                };
                for (number, kind) in kinds.iter().enumerate() {
                    let value = |id: CellId| system.value(id);
                    let of = |at: &usize| fine.ids[*at][number];
                    let adds = matches!(kind, Kind::Records | Kind::Sum(_) | Kind::Values(_))
                        || parts
                            .iter()
                            .zip(&coarse.ids)
                            .filter(whole)
                            .all(|(parts, total)| {
                                parts.iter().map(|at| value(of(at))).sum::<i64>()
                                    == value(total[number])
                            });
                    for (parts, total) in parts.iter().zip(&coarse.ids).filter(whole) {
                        let ids: Vec<CellId> = parts.iter().map(of).collect();
                        let public = |id: &CellId| system.place(*id) == Place::Public;
                        // Of what everybody knows nothing is left to protect.
                        if public(&total[number]) && ids.iter().all(public) {
                            continue;
                        }
                        if adds {
                            system.sum(total[number], &ids);
                        } else {
                            system.overlap(total[number], &ids);
                        }
                    }
                }
            }
        }
        let place = |kind: Kind| kinds.iter().position(|known| *known == kind);
        if let (Some(persons), Some(records)) = (place(Kind::Persons), place(Kind::Records)) {
            let all = strata.iter().flat_map(|stratum| &stratum.ids);
            for ids in all.filter(|ids| !ids.is_empty()) {
                system.at_most(ids[persons], ids[records]);
            }
        }
        silent
    }

    /// The table as it may be published.
    fn table(&self, decisions: &[Decision], full: bool, known: &Known) -> Table {
        let plan = self.cube.plan;
        let mut withheld = Withheld::default();
        let mut rows = Vec::new();
        for stratum in self.strata.iter().filter(|stratum| stratum.shown) {
            let Slice { depths, layer, .. } = &stratum.slice;
            let finest = depths
                .iter()
                .zip(&self.cube.dimensions)
                .all(|(depth, dimension)| *depth == dimension.depth);
            let everything = depths.iter().all(|depth| *depth == 0);
            for ((grid, cell), row) in stratum.grid.iter().zip(&stratum.cell).zip(&stratum.row) {
                let decision = match row {
                    Some(row) => decisions[row.at()],
                    None => Decision::Published,
                };
                let open = decision == Decision::Published
                    && cell.is_some()
                    && !self.silent
                    && cell.is_none_or(|cell| layer.persons[cell] >= plan.min)
                    && (known.kept_back_told || !everything);
                if let Some(cell) = cell {
                    withheld.cells += 1;
                    match decision {
                        _ if open => {}
                        Decision::Primary(reason) => {
                            withheld.primary += 1;
                            let reason = reason.as_str().to_owned();
                            *withheld.reasons.entry(reason).or_default() += 1;
                        }
                        _ => withheld.complementary += 1,
                    }
                    if finest && !open {
                        withheld.persons += layer.persons[*cell];
                    }
                }
                if let Some(cell) = cell.filter(|_| open) {
                    rows.push(Row {
                        labels: self.cube.labels(depths, *grid),
                        status: Status::Published,
                        figures: self.cube.figures(layer, cell),
                    });
                } else if plan.show_withheld && full && !self.small {
                    rows.push(Row {
                        labels: self.cube.labels(depths, *grid),
                        status: Status::Withheld,
                        figures: vec![String::new(); plan.figures.len()],
                    });
                }
            }
        }
        rows.sort_unstable_by(|a, b| a.labels.cmp(&b.labels));
        let (by, figures) = self.cube.head();
        Table {
            name: plan.name.clone(),
            by,
            figures,
            rows,
            withheld,
        }
    }
}

/// The figure of a cell.
fn figure(
    kind: Kind,
    cell: Option<usize>,
    layer: &Layer,
    cube: &Cube<'_>,
    scales: &HashMap<usize, i128>,
) -> Result<Figure, Stop> {
    let at = |counts: &[u64]| cell.map_or(0, |at| counts[at]);
    let persons = at(&layer.persons);
    Ok(match kind {
        Kind::Persons => Figure::persons(persons, Place::Hidden),
        Kind::Records => Figure::records(at(&layer.records), persons, Place::Hidden),
        Kind::Distinct(column) => Figure {
            measure: Measure::Distinct,
            ..Figure::records(at(&layer.distinct[column]), persons, Place::Hidden)
        },
        Kind::Values(column) => {
            let (values, owners) = cell.map_or((0, 0), |at| {
                let sum = &layer.sums[column][at];
                (sum.values, sum.owners)
            });
            Figure::records(values, owners, Place::Hidden)
        }
        Kind::Sum(column) => {
            let scale = scales[&cube.plan.sums[column]];
            let fit = |units: i128| {
                i64::try_from(units / scale).map_err(|_| {
                    Stop::Limit(format!(
                        "table `{}`: a sum is too large to be protected exactly",
                        cube.plan.name
                    ))
                })
            };
            let mut figure = Figure::records(0, 0, Place::Hidden);
            figure.measure = Measure::Sum;
            let everybody: i128 = layer.sums[column].iter().map(|sum| sum.size).sum();
            let signed = layer.sums[column].iter().any(|sum| sum.size != sum.total);
            figure.low = if signed { fit(-everybody)? } else { 0 };
            if let Some(sum) = cell.map(|at| &layer.sums[column][at]) {
                figure.value = fit(sum.total)?;
                figure.persons = sum.owners;
                figure.largest = sum
                    .largest
                    .iter()
                    .take(LARGEST)
                    .map(|units| fit(*units))
                    .collect::<Result<_, _>>()?;
            }
            figure
        }
    })
}

/// Figures that two tables have in common are one figure.
fn link(built: &[Built<'_>], system: &mut System) {
    for (a, first) in built.iter().enumerate() {
        for second in built.iter().skip(a + 1) {
            if !joint::alike(first, second) {
                continue;
            }
            let (in_a, in_b) = (
                first.cube.common(&second.cube),
                second.cube.common(&first.cube),
            );
            if first.cube.name_of(&in_a) != second.cube.name_of(&in_b) {
                continue;
            }
            let stratum = |built: &'_ Built<'_>, depths: &[usize]| {
                built.strata.iter().position(|s| s.slice.depths == depths)
            };
            let (Some(sa), Some(sb)) = (stratum(first, &in_a), stratum(second, &in_b)) else {
                continue;
            };
            let (sa, sb) = (&first.strata[sa], &second.strata[sb]);
            let theirs: BTreeMap<Vec<(usize, u32)>, usize> = sb
                .grid
                .iter()
                .enumerate()
                .map(|(at, grid)| (second.cube.identity(&in_b, *grid), at))
                .collect();
            for (kind, in_first) in first.kinds.iter().enumerate() {
                let same = |other: &Kind| same_figure(*in_first, first, *other, second);
                let Some(other) = second.kinds.iter().position(same) else {
                    continue;
                };
                for (at, grid) in sa.grid.iter().enumerate() {
                    let their = theirs.get(&first.cube.identity(&in_a, *grid));
                    if let Some(their) = their
                        && !sa.ids[at].is_empty()
                        && !sb.ids[*their].is_empty()
                    {
                        system.same(sa.ids[at][kind], sb.ids[*their][other]);
                    }
                }
            }
        }
    }
}

/// Whether two kinds of two tables measure the same.
pub(super) fn same_figure(a: Kind, first: &Built<'_>, b: Kind, second: &Built<'_>) -> bool {
    let (first, second) = (first.cube.plan, second.cube.plan);
    match (a, b) {
        (Kind::Persons, Kind::Persons) | (Kind::Records, Kind::Records) => true,
        (Kind::Distinct(a), Kind::Distinct(b)) => first.distinct[a] == second.distinct[b],
        (Kind::Sum(a), Kind::Sum(b)) | (Kind::Values(a), Kind::Values(b)) => {
            first.sums[a] == second.sums[b]
        }
        _ => false,
    }
}

/// What cannot be protected, for the operator alone: the figures, the relations
/// that give them away, and the rows whose withholding would cure it.
fn exposed(built: &[Built<'_>], system: &System, audit: &Audit) -> Stop {
    let mut wanted: BTreeSet<CellId> = BTreeSet::new();
    let mut cures: BTreeSet<RowId> = BTreeSet::new();
    for exposure in &audit.exposed {
        wanted.insert(exposure.cell);
        cures.extend(&exposure.cure);
        for (equation, _) in &exposure.equations {
            wanted.extend(system.terms(equation.0 as usize).map(|(cell, _)| cell));
        }
    }
    let mut names: HashMap<CellId, Value> = HashMap::new();
    let mut rows: HashMap<RowId, Value> = HashMap::new();
    let mut tables: BTreeSet<&str> = BTreeSet::new();
    for built in built {
        let name = built.cube.plan.name.as_str();
        for stratum in &built.strata {
            let labels = |grid: u64| built.cube.labels(&stratum.slice.depths, grid);
            let cells = stratum.grid.iter().zip(&stratum.row).zip(&stratum.ids);
            for ((grid, row), ids) in cells {
                for (kind, id) in built.kinds.iter().zip(ids) {
                    if wanted.contains(id) {
                        let figure = format!("{kind:?}").to_lowercase();
                        let known = system.place(*id) == Place::Public;
                        let entry = json!({"table": name, "labels": labels(*grid), "figure": figure, "known_beside_the_tables": known});
                        names.insert(*id, entry);
                    }
                    if audit.exposed.iter().any(|exposure| exposure.cell == *id) {
                        tables.insert(name);
                    }
                }
                if let Some(row) = row.filter(|row| cures.contains(row)) {
                    rows.insert(row, json!({"table": name, "labels": labels(*grid)}));
                }
            }
        }
    }
    let figure = |cell: CellId| {
        names
            .get(&cell)
            .cloned()
            .unwrap_or_else(|| json!("a difference that can be formed"))
    };
    let cells: Vec<Value> = audit
        .exposed
        .iter()
        .map(|exposure| {
            let equations: Vec<Value> = exposure
                .equations
                .iter()
                .map(|(equation, times)| {
                    let terms: Vec<Value> = system
                        .terms(equation.0 as usize)
                        .map(|(cell, factor)| json!({"factor": factor, "figure": figure(cell)}))
                        .collect();
                    json!({"times": times, "terms": terms, "add_up_to": system.constant(equation.0 as usize)})
                })
                .collect();
            let cure = match exposure.cure.as_slice() {
                [] => json!("no row of a table: leave the table out, or coarsen the column in the extract"),
                cure => json!(cure.iter().filter_map(|row| rows.get(row)).collect::<Vec<_>>()),
            };
            json!({
                "figure": figure(exposure.cell),
                "follows_exactly": exposure.exact,
                "seen_through_by_those_in_the_cells_alone": exposure.coalition,
                "interval": exposure.interval,
                "need": exposure.need,
                "given_away_by": equations,
                "withhold_also": cure,
            })
        })
        .collect();
    let tables: Vec<&str> = tables.into_iter().collect();
    Stop::Disclosure {
        message: format!(
            "{} figure(s) of the tables ({}) could be worked out from what else is known, whatever is withheld",
            audit.exposed.len(),
            tables.join(", ")
        ),
        details: json!({
            "private": "this names cells of the tables: keep it as you keep the input",
            "sensitive": audit.sensitive,
            "exposed": cells,
        }),
        file: None,
    }
}
