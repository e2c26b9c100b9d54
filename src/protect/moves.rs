//! Moves: other tables that an attacker cannot tell from the true one.
//!
//! A *move* is a change of withheld figures that leaves everything published
//! and every relation as it is. The true figures plus a move are a *witness
//! table*: it proves, by integer arithmetic alone, that a figure could be so
//! much larger or smaller. Moves are found by a dual simplex on the part of the
//! system that a figure needs, in floating point; what it finds counts only
//! after [`Moves::holds`] has recomputed it exactly. A wrong solver can
//! therefore make us withhold too much or refuse, never publish too much.

use std::sync::atomic::{AtomicBool, Ordering};

use hashbrown::HashMap;

use super::system::{CellId, Incidence, Place, RowId, System};

/// A change of figures: sorted by figure, no zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Figures and by how much they change.
    pub terms: Vec<(CellId, i64)>,
}

impl Move {
    /// Change of one figure.
    #[must_use]
    pub fn of(&self, cell: CellId) -> i64 {
        match self.terms.binary_search_by_key(&cell, |(cell, _)| *cell) {
            Ok(at) => self.terms[at].1,
            Err(_) => 0,
        }
    }
}

/// What a move must do.
pub struct Ask<'a> {
    /// The figure.
    pub cell: CellId,
    /// By how much it must change, not 0.
    pub amount: i64,
    /// Rows withheld so far.
    pub withheld: &'a [bool],
    /// Rows that may be withheld in addition, at their cost; `false`: none.
    pub open: bool,
    /// Row that may not be touched though it is withheld.
    pub without: Option<u32>,
    /// Figures that the attacker knows for a reason of his own.
    pub known: &'a [CellId],
    /// Figures may turn negative: for exact disclosure alone.
    pub free: bool,
    /// Most columns taken from one relation; the rest stay as they are.
    pub limit: usize,
    /// Another seed tries another way among equals.
    pub seed: u32,
    /// Changes that are made already: the move starts from there.
    pub made: &'a HashMap<CellId, i64>,
    /// Only figures that can fall by the whole amount may fall: fewer moves,
    /// but found sooner and whole.
    pub coarse: bool,
}

/// What the search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A move, checked exactly.
    Move(Move),
    /// There is none.
    None,
    /// None was found among the figures looked at.
    Narrow,
    /// None was found; there may be one. These figures came out in fractions.
    Doubt(Vec<CellId>),
}

/// A solver that proposes moves. Its proposals are checked, not trusted.
pub trait Solver {
    /// Proposes changes of figures, not necessarily whole numbers.
    fn propose(&mut self, ask: &Ask<'_>) -> Proposal;
    /// Name for the private report.
    fn name(&self) -> &'static str;
    /// Work done so far, in numbers changed; 0 where it is not counted.
    fn work(&self) -> u64 {
        0
    }
}

/// What a solver says.
#[derive(Debug, Clone)]
pub enum Proposal {
    /// These figures change by so much.
    Change(Vec<(CellId, f64)>),
    /// No change of the kind exists.
    Impossible,
    /// None exists among the figures that the limit let in.
    Narrow,
    /// It gave up.
    GaveUp,
}

/// Finds moves with a solver and checks them.
pub struct Moves<'a> {
    system: &'a System,
    incidence: &'a Incidence,
    solver: Box<dyn Solver + 'a>,
}

/// Largest factor by which a fractional change is made whole.
const MOST_FACTOR: i64 = 6;

impl<'a> Moves<'a> {
    /// With the solver of this crate.
    #[must_use]
    pub fn new(system: &'a System, incidence: &'a Incidence) -> Self {
        Self::with(
            system,
            incidence,
            Box::new(DualSimplex::new(system, incidence)),
        )
    }

    /// The same, giving up when a flag is raised.
    #[must_use]
    pub fn stoppable(
        system: &'a System,
        incidence: &'a Incidence,
        interrupted: &'a AtomicBool,
    ) -> Self {
        let mut solver = DualSimplex::new(system, incidence);
        solver.interrupted = Some(interrupted);
        Self::with(system, incidence, Box::new(solver))
    }

    /// With another solver.
    #[must_use]
    pub fn with(
        system: &'a System,
        incidence: &'a Incidence,
        solver: Box<dyn Solver + 'a>,
    ) -> Self {
        Self {
            system,
            incidence,
            solver,
        }
    }

    /// Name of the solver.
    #[must_use]
    pub fn solver(&self) -> &'static str {
        self.solver.name()
    }

    /// Work of the solver so far.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.solver.work()
    }

    /// Looks for a move.
    pub fn find(&mut self, ask: &Ask<'_>) -> Found {
        let change = match self.solver.propose(ask) {
            Proposal::Change(change) => change,
            Proposal::Impossible => return Found::None,
            Proposal::Narrow => return Found::Narrow,
            Proposal::GaveUp => return Found::Doubt(Vec::new()),
        };
        for factor in 1..=MOST_FACTOR {
            if let Some(whole) = whole(&change, factor)
                && self.does(&whole, ask)
            {
                return Found::Move(whole);
            }
        }
        Found::Doubt(
            change
                .iter()
                .filter(|(_, by)| (by - by.round()).abs() > 1e-5)
                .map(|(cell, _)| *cell)
                .collect(),
        )
    }

    /// Whether a move does what was asked.
    fn does(&self, change: &Move, ask: &Ask<'_>) -> bool {
        let by = change.of(ask.cell);
        let enough = by.signum() == ask.amount.signum() && by.abs() >= ask.amount.abs();
        let allowed = change.terms.iter().all(|(cell, _)| {
            !ask.known.contains(cell)
                && match self.system.place(*cell) {
                    Place::Public => false,
                    Place::Hidden => true,
                    Place::Row(row) => {
                        (ask.open || ask.withheld[row.at()]) && Some(row.0) != ask.without
                    }
                }
        });
        enough && allowed && self.fits(change, 1, ask.free, ask.made)
    }

    /// Whether the true figures plus `times` a move are a table that fits all
    /// relations and bounds. Integer arithmetic alone; whoever trusts this
    /// function need not trust the rest.
    #[must_use]
    pub fn holds(&self, change: &Move, times: i64, free: bool) -> bool {
        self.fits(change, times, free, &HashMap::new())
    }

    /// The same, after changes that are made already.
    fn fits(&self, change: &Move, times: i64, free: bool, made: &HashMap<CellId, i64>) -> bool {
        if times == 0 || change.terms.is_empty() {
            return false;
        }
        let mut sums: HashMap<u32, i128> = HashMap::new();
        let mut last = None;
        for (cell, by) in &change.terms {
            if *by == 0 || last.is_some_and(|last| last >= *cell) {
                return false;
            }
            last = Some(*cell);
            let Some(by) = by.checked_mul(times) else {
                return false;
            };
            if !free {
                let before = made.get(cell).copied().unwrap_or(0);
                let Some(value) = self
                    .system
                    .value(*cell)
                    .checked_add(before)
                    .and_then(|value| value.checked_add(by))
                else {
                    return false;
                };
                let (low, high) = self.system.bounds(*cell);
                if value < low || high.is_some_and(|high| value > high) {
                    return false;
                }
            }
            for equation in self.incidence.of(*cell) {
                let factor = self
                    .system
                    .terms(*equation as usize)
                    .find(|(term, _)| term == cell)
                    .map_or(0, |(_, factor)| factor);
                *sums.entry(*equation).or_default() += i128::from(factor) * i128::from(by);
            }
        }
        sums.values().all(|sum| *sum == 0)
    }
}

/// `factor` times a change in whole numbers, where it is whole.
fn whole(change: &[(CellId, f64)], factor: i64) -> Option<Move> {
    #[allow(
        clippy::cast_precision_loss,
        reason = "a proposal: it is checked in integers"
    )]
    let times = factor as f64;
    let mut terms = Vec::with_capacity(change.len());
    for (cell, by) in change {
        let by = by * times;
        let round = by.round();
        if !round.is_finite() || round.abs() > 9e15 || (by - round).abs() > 1e-5 {
            return None;
        }
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a proposal: it is checked in integers"
        )]
        let by = round as i64;
        if by != 0 {
            terms.push((*cell, by));
        }
    }
    terms.sort_unstable();
    if terms.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return None;
    }
    Some(Move { terms })
}

/// A dual simplex for `min Σ cost·|change|` that starts from "no change" and
/// takes in relations only as a changed figure touches them. All costs are
/// at least 0, so the start is dual feasible; only the relations of the asked
/// figure are violated at first, and a figure's own neighbourhood is usually
/// all that is ever looked at.
struct DualSimplex<'a> {
    system: &'a System,
    incidence: &'a Incidence,
    /// Local number of a figure plus 1; 0 where it has none.
    local: HashMap<u32, usize>,
    columns: Vec<Column>,
    rows: Vec<Line>,
    /// Relations that are rows already.
    taken: HashMap<u32, ()>,
    /// Prices: what the basic part of the cost falls by if a column grows.
    price: Vec<f64>,
    cut: bool,
    interrupted: Option<&'a AtomicBool>,
    /// Numbers changed since it was made.
    work: u64,
    /// Cost of changing what is withheld already: little, or a detour through
    /// half the table would be cheaper than a neighbour.
    used: f64,
}

/// A figure in the local problem.
#[derive(Debug, Clone, Copy)]
struct Column {
    cell: CellId,
    cost: f64,
    low: f64,
    high: f64,
    at: At,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum At {
    /// Not basic, unchanged.
    Zero,
    /// Not basic, as low as it goes.
    Low,
    /// Not basic, as high as it goes.
    High,
    /// Held at this value.
    Fixed(f64),
    /// Basic and rising.
    Plus,
    /// Basic and falling.
    Minus,
    /// Left out.
    Out,
}

/// `basic + Σ coefficient · column = 0`.
struct Line {
    coefficient: Vec<f64>,
    basic: Option<usize>,
}

/// Cost of changing a withheld figure, beside that of the cheapest published one.
const USED: f64 = 0.05;
const TINY: f64 = 1e-9;
const FEASIBLE: f64 = 1e-6;
const MOST_PIVOTS: usize = 2_000;
const MOST_CELLS: usize = 4_000_000;

impl<'a> DualSimplex<'a> {
    fn new(system: &'a System, incidence: &'a Incidence) -> Self {
        let least = (0..system.rows())
            .map(|row| system.cost(RowId(u32::try_from(row).unwrap_or(u32::MAX))))
            .min()
            .unwrap_or(1);
        #[allow(
            clippy::cast_precision_loss,
            reason = "a cost: it orders, and decides nothing"
        )]
        let used = least as f64 * USED;
        Self {
            used,
            system,
            incidence,
            local: HashMap::new(),
            columns: Vec::new(),
            rows: Vec::new(),
            taken: HashMap::new(),
            price: Vec::new(),
            cut: false,
            interrupted: None,
            work: 0,
        }
    }

    /// Cost of changing a figure by one, or `None` where it cannot change.
    fn cost(&self, cell: CellId, ask: &Ask<'_>) -> Option<f64> {
        // A stir that no two figures share, so that ties do not go round.
        let stir = f64::from((cell.0 ^ ask.seed).wrapping_mul(2_654_435_769) >> 12)
            / f64::from(1u32 << 20);
        let used = self.used * (1.0 + stir);
        if ask.known.contains(&cell) {
            return None;
        }
        match self.system.place(cell) {
            Place::Public => None,
            Place::Hidden => Some(used),
            Place::Row(row) if Some(row.0) == ask.without => None,
            Place::Row(row) if ask.withheld[row.at()] => Some(used),
            Place::Row(row) if ask.open => {
                #[allow(
                    clippy::cast_precision_loss,
                    reason = "a cost: it orders, and decides nothing"
                )]
                let cost = self.system.cost(row) as f64;
                Some(cost * (1.0 + 1e-4 * stir))
            }
            Place::Row(_) => None,
        }
    }

    fn column(&mut self, cell: CellId, cost: f64, ask: &Ask<'_>) -> usize {
        let (low, high) = self.system.bounds(cell);
        let before = ask.made.get(&cell).copied().unwrap_or(0);
        let value = self.system.value(cell).saturating_add(before);
        #[allow(
            clippy::cast_precision_loss,
            reason = "a bound of a proposal that is checked in integers"
        )]
        let (mut low, high) = if ask.free {
            (-1e12, 1e12)
        } else {
            (
                low.saturating_sub(value) as f64,
                high.map_or(1e15, |high| high.saturating_sub(value) as f64),
            )
        };
        #[allow(
            clippy::cast_precision_loss,
            reason = "a bound of a proposal that is checked in integers"
        )]
        if ask.coarse && cell != ask.cell && low > -(ask.amount.unsigned_abs() as f64) {
            low = 0.0;
        }
        self.columns.push(Column {
            cell,
            cost,
            low,
            high,
            at: At::Zero,
        });
        self.price.push(0.0);
        let number = self.columns.len() - 1;
        self.local.insert(cell.0, number);
        number
    }

    /// Makes a relation a row, with no basic figure but its own slack.
    fn take(&mut self, equation: u32, ask: &Ask<'_>) {
        if self.taken.insert(equation, ()).is_some() {
            return;
        }
        let mut fresh: Vec<(CellId, f64)> = Vec::new();
        for (cell, _) in self.system.terms(equation as usize) {
            if !self.local.contains_key(&cell.0)
                && let Some(cost) = self.cost(cell, ask)
            {
                fresh.push((cell, cost));
            }
        }
        if fresh.len() > ask.limit {
            self.cut = true;
            let amount = ask.amount.abs();
            let system = self.system;
            let small =
                |cell: CellId| system.value(cell).saturating_sub(system.bounds(cell).0) < amount;
            fresh.sort_by(|a, b| {
                a.1.total_cmp(&b.1)
                    .then(system.value(b.0).cmp(&system.value(a.0)))
                    .then(a.0.cmp(&b.0))
            });
            let (mut large, mut little) = (0, 0);
            let mut left_out = Vec::new();
            fresh.retain(|(cell, _)| {
                let taken = if small(*cell) {
                    &mut little
                } else {
                    &mut large
                };
                *taken += 1;
                let keep = *taken <= ask.limit / 2;
                if !keep {
                    left_out.push(*cell);
                }
                keep
            });
            for cell in left_out {
                let number = self.column(cell, 0.0, ask);
                self.columns[number].at = At::Out;
            }
            fresh.sort_by_key(|(cell, _)| *cell);
        }
        for (cell, cost) in fresh {
            self.column(cell, cost, ask);
        }
        let mut coefficient = vec![0.0; self.columns.len()];
        for (cell, factor) in self.system.terms(equation as usize) {
            if let Some(number) = self.local.get(&cell.0)
                && self.columns[*number].at != At::Out
            {
                coefficient[*number] = f64::from(factor);
            }
        }
        self.rows.push(Line {
            coefficient,
            basic: None,
        });
    }

    fn value(&self, column: usize) -> f64 {
        let column = &self.columns[column];
        match column.at {
            At::Low => column.low,
            At::High => column.high,
            At::Fixed(value) => value,
            _ => 0.0,
        }
    }

    /// Value of the basic figure of a row.
    fn basic_value(&self, row: &Line, moved: &[usize]) -> f64 {
        -moved
            .iter()
            .map(|at| row.coefficient.get(*at).copied().unwrap_or(0.0) * self.value(*at))
            .sum::<f64>()
    }

    fn range(&self, row: &Line) -> (f64, f64) {
        match row.basic.map(|at| &self.columns[at]) {
            None => (0.0, 0.0),
            Some(column) if column.at == At::Plus => (0.0, column.high),
            Some(column) => (column.low, 0.0),
        }
    }

    fn run(&mut self, ask: &Ask<'_>) -> Proposal {
        self.local.clear();
        self.columns.clear();
        self.rows.clear();
        self.taken.clear();
        self.price.clear();
        self.cut = false;
        if self.cost(ask.cell, ask).is_none() {
            return Proposal::Impossible;
        }
        let asked = self.column(ask.cell, 0.0, ask);
        #[allow(
            clippy::cast_precision_loss,
            reason = "a proposal: it is checked in integers"
        )]
        let amount = ask.amount as f64;
        let column = &self.columns[asked];
        if amount < column.low || amount > column.high {
            return Proposal::Impossible;
        }
        self.columns[asked].at = At::Fixed(amount);
        for equation in self.incidence.of(ask.cell) {
            self.take(*equation, ask);
        }
        let mut worked = 0usize;
        for _ in 0..MOST_PIVOTS {
            if self
                .interrupted
                .is_some_and(|raised| raised.load(Ordering::Relaxed))
            {
                return Proposal::GaveUp;
            }
            let moved: Vec<usize> = (0..self.columns.len())
                .filter(|at| self.value(*at) != 0.0)
                .collect();
            let mut worst: Option<(usize, f64, bool)> = None;
            for (number, row) in self.rows.iter().enumerate() {
                let value = self.basic_value(row, &moved);
                let (low, high) = self.range(row);
                if !value.is_finite() {
                    return Proposal::GaveUp;
                }
                let (lacks, rise) = if value < low {
                    (low - value, true)
                } else {
                    (value - high, false)
                };
                if lacks > FEASIBLE && worst.is_none_or(|(_, most, _)| lacks > most) {
                    worst = Some((number, lacks, rise));
                }
            }
            let Some((row, _, rise)) = worst else {
                return Proposal::Change(self.change(&moved));
            };
            let entering = self.enter(row, rise);
            if self.turns(row, rise, entering.map(|(_, _, ratio)| ratio)) {
                continue;
            }
            let Some((enter, up, _)) = entering else {
                return if self.cut {
                    Proposal::Narrow
                } else {
                    Proposal::Impossible
                };
            };
            self.pivot(row, enter, up, rise, ask);
            worked += self.rows.len() * self.columns.len();
            self.work += (self.rows.len() * self.columns.len()) as u64;
            if worked > 400_000_000 || self.columns.len() > MOST_CELLS {
                return Proposal::GaveUp;
            }
        }
        Proposal::GaveUp
    }

    fn change(&self, moved: &[usize]) -> Vec<(CellId, f64)> {
        let mut change: Vec<(CellId, f64)> = moved
            .iter()
            .map(|at| (self.columns[*at].cell, self.value(*at)))
            .collect();
        for row in &self.rows {
            if let Some(basic) = row.basic {
                change.push((self.columns[basic].cell, self.basic_value(row, moved)));
            }
        }
        change
    }

    /// The column whose entering keeps all prices right, and whether it rises.
    fn enter(&self, row: usize, rise: bool) -> Option<(usize, bool, f64)> {
        let mut best: Option<(usize, bool, f64, f64)> = None;
        for (at, coefficient) in self.rows[row].coefficient.iter().enumerate() {
            if coefficient.abs() < TINY {
                continue;
            }
            let column = &self.columns[at];
            let up = (*coefficient < 0.0) == rise;
            let price = self.price[at];
            let cost = match (column.at, up) {
                (At::Zero, true) if column.high > 0.0 => column.cost - price,
                (At::Zero, false) if column.low < 0.0 => column.cost + price,
                (At::Low, true) => -column.cost - price,
                (At::High, false) => -column.cost + price,
                _ => continue,
            };
            let ratio = cost.max(0.0) / coefficient.abs();
            let better = best.is_none_or(|(_, _, least, size)| {
                ratio < least - TINY || (ratio < least + TINY && coefficient.abs() > size + TINY)
            });
            if better {
                best = Some((at, up, ratio, coefficient.abs()));
            }
        }
        best.map(|(at, up, ratio, _)| (at, up, ratio))
    }

    /// A basic figure that has risen and must fall below nothing, or the other
    /// way round, just does so where that costs less than any other column.
    fn turns(&mut self, row: usize, rise: bool, ratio: Option<f64>) -> bool {
        let Some(basic) = self.rows[row].basic else {
            return false;
        };
        let column = self.columns[basic];
        let to = match (column.at, rise) {
            (At::Plus, true) if column.low < 0.0 => At::Minus,
            (At::Minus, false) if column.high > 0.0 => At::Plus,
            _ => return false,
        };
        if ratio.is_some_and(|ratio| ratio <= 2.0 * column.cost) {
            return false;
        }
        let slope = if rise { -2.0 } else { 2.0 } * column.cost;
        self.columns[basic].at = to;
        for (price, coefficient) in self.price.iter_mut().zip(&self.rows[row].coefficient) {
            *price += slope * coefficient;
        }
        true
    }

    fn pivot(&mut self, row: usize, enter: usize, up: bool, rise: bool, ask: &Ask<'_>) {
        let equations: Vec<u32> = self.incidence.of(self.columns[enter].cell).to_vec();
        for equation in equations {
            self.take(equation, ask);
        }
        let width = self.columns.len();
        let mut line = std::mem::take(&mut self.rows[row].coefficient);
        line.resize(width, 0.0);
        let by = line[enter];
        let plus = match self.columns[enter].at {
            At::Low => false,
            At::High => true,
            _ => up,
        };
        let slope = if plus {
            self.columns[enter].cost
        } else {
            -self.columns[enter].cost
        };
        let step = (slope - self.price[enter]) / by;
        if step != 0.0 {
            for (price, coefficient) in self.price.iter_mut().zip(&line) {
                *price += step * coefficient;
            }
        }
        if let Some(leave) = self.rows[row].basic {
            let column = &mut self.columns[leave];
            let was_plus = column.at == At::Plus;
            let slope = if was_plus { column.cost } else { -column.cost };
            column.at = match (was_plus, rise) {
                (true, true) | (false, false) => At::Zero,
                (false, true) => At::Low,
                (true, false) => At::High,
            };
            self.price[leave] = slope + step;
            line[leave] = 1.0;
        }
        self.price[enter] = 0.0;
        self.columns[enter].at = if plus { At::Plus } else { At::Minus };
        for coefficient in &mut line {
            *coefficient /= by;
            if coefficient.abs() < TINY {
                *coefficient = 0.0;
            }
        }
        line[enter] = 0.0;
        for (number, other) in self.rows.iter_mut().enumerate() {
            if number == row {
                continue;
            }
            let Some(times) = other.coefficient.get(enter).copied() else {
                continue;
            };
            if times == 0.0 {
                continue;
            }
            other.coefficient.resize(width, 0.0);
            for (to, from) in other.coefficient.iter_mut().zip(&line) {
                *to -= times * from;
            }
            other.coefficient[enter] = 0.0;
        }
        self.rows[row] = Line {
            coefficient: line,
            basic: Some(enter),
        };
    }
}

impl Solver for DualSimplex<'_> {
    fn propose(&mut self, ask: &Ask<'_>) -> Proposal {
        self.run(ask)
    }

    fn name(&self) -> &'static str {
        "dual simplex, witnesses checked in integers"
    }

    fn work(&self) -> u64 {
        self.work
    }
}
