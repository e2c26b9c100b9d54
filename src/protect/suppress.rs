//! Complementary suppression over the whole linked system.
//!
//! For every sensitive figure and to each side, a move is sought that reaches
//! as far as the figure needs and opens the cheapest further rows; what the
//! move touches is withheld. A move found for one figure serves every other
//! figure it touches. Then rows are given back, the dearest first, where all
//! moves that used them can be replaced without opening others. What is left
//! carries its own proof: a witness table to each side of each sensitive figure.
//!
//! Whoever stands almost alone behind withheld figures knows them. For every
//! coalition of so many owners there is a witness that leaves what they know
//! as it is.

use std::sync::atomic::{AtomicBool, Ordering};

use hashbrown::HashMap;

use super::attack::{self, Audit, Exposure};
use super::moves::{Ask, Found, Move, Moves, Solver};
use super::rules::{Primary, Reason};
use super::system::{CellId, Fault, Incidence, Measure, Place, RowId, System};

/// A flag that nobody raises.
static NEVER: AtomicBool = AtomicBool::new(false);

/// How to go about it.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Raised by another thread to stop the search, which then ends with
    /// [`Fault::Interrupted`] within a fraction of a second.
    pub interrupted: &'a AtomicBool,
    /// Owners who may put together what they know of figures that are theirs alone.
    pub coalition: usize,
    /// Figures that insiders work out whatever is withheld, ascending: only
    /// the public is kept from them.
    pub beyond: &'a [CellId],
    /// Give rows back where the rest protects enough; costs time, saves figures.
    pub tidy: bool,
    /// Most figures that are looked at in one relation at first.
    pub limit: usize,
    /// Work of the solver after which the search ends with
    /// [`Fault::TooLarge`], in numbers changed: some 10⁹ a second.
    pub most_work: u64,
}

impl Options<'_> {
    /// Fails where the search is to stop.
    ///
    /// # Errors
    /// [`Fault::Interrupted`].
    pub(super) fn go_on(&self) -> Result<(), Fault> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Err(Fault::Interrupted);
        }
        Ok(())
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            interrupted: &NEVER,
            coalition: 1,
            beyond: &[],
            tidy: true,
            limit: 60,
            most_work: u64::MAX,
        }
    }
}

/// What becomes of a row. The reason is private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It may be published.
    Published,
    /// Withheld because a figure of it is sensitive.
    Primary(Reason),
    /// Withheld to protect others.
    Complementary,
}

/// A protected system.
#[derive(Debug, Clone)]
pub struct Suppression {
    /// By row.
    pub status: Vec<Status>,
    /// The proof, in numbers.
    pub audit: Audit,
}

impl Suppression {
    /// Which rows are withheld.
    #[must_use]
    pub fn withheld(&self) -> Vec<bool> {
        self.status
            .iter()
            .map(|status| *status != Status::Published)
            .collect()
    }

    /// Rows withheld to protect others.
    #[must_use]
    pub fn complementary(&self) -> usize {
        self.status
            .iter()
            .filter(|status| **status == Status::Complementary)
            .count()
    }
}

/// Why nothing can be published.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// The figures are not a sound system.
    Fault(Fault),
    /// Some figures stay exposed whatever is withheld, or their protection
    /// could not be proven.
    Exposed(Box<Audit>),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Finds which rows to withhold.
///
/// # Errors
/// Where the system is not sound, or a figure cannot be shown to be protected.
pub fn suppress(
    system: &System,
    primary: &Primary,
    options: &Options<'_>,
) -> Result<Suppression, Refusal> {
    suppress_with(system, primary, options, None)
}

/// Makes a solver for a system.
pub type MakeSolver = dyn for<'s> Fn(&'s System, &'s Incidence) -> Box<dyn Solver + 's>;

/// As [`suppress`], with another solver. The result does not depend on trust in it.
///
/// # Errors
/// As [`suppress`].
pub fn suppress_with(
    system: &System,
    primary: &Primary,
    options: &Options<'_>,
    solver: Option<&MakeSolver>,
) -> Result<Suppression, Refusal> {
    system.check()?;
    let incidence = system.incidence();
    let mut status = vec![Status::Published; system.rows()];
    for (cell, _, reason) in primary.needs() {
        if cell.at() >= system.cells() {
            return Err(Fault::WrongLength.into());
        }
        if let Place::Row(row) = system.place(*cell) {
            status[row.at()] = match status[row.at()] {
                Status::Primary(other) => Status::Primary(other.min(*reason)),
                _ => Status::Primary(*reason),
            };
        }
    }
    let withheld: Vec<bool> = status
        .iter()
        .map(|status| *status != Status::Published)
        .collect();
    let moves = match solver {
        Some(make) => Moves::with(system, &incidence, make(system, &incidence)),
        None => Moves::stoppable(system, &incidence, options.interrupted),
    };
    let mut cover = Cover::new(system, primary, &incidence, moves, withheld, options);
    let mut failed = cover.all(true);
    cover.ended(options)?;
    if failed.is_empty() && options.tidy && system.rows() <= FINE {
        let spare: Vec<usize> = (0..system.rows())
            .filter(|row| status[*row] == Status::Published && cover.withheld[*row])
            .collect();
        cover.tidy(spare);
        failed = cover.all(false);
        cover.ended(options)?;
    }
    for (row, status) in status.iter_mut().enumerate() {
        if *status == Status::Published && cover.withheld[row] {
            *status = Status::Complementary;
        }
    }
    let audit = cover.audit(failed);
    if audit.exposed.is_empty() && audit.met == audit.sensitive {
        Ok(Suppression { status, audit })
    } else {
        Err(Refusal::Exposed(Box::new(audit)))
    }
}

/// One side of a sensitive figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Target {
    pub(super) cell: CellId,
    /// How far, not 0.
    pub(super) amount: i64,
}

/// A move, and how many times it is made.
#[derive(Debug, Clone, Copy)]
struct Use {
    number: u32,
    times: i64,
}

/// Moves that protect, and what is withheld for them.
pub(super) struct Cover<'a> {
    system: &'a System,
    primary: &'a Primary,
    search: Moves<'a>,
    incidence: &'a Incidence,
    pub(super) withheld: Vec<bool>,
    coalition: usize,
    limit: usize,
    interrupted: &'a AtomicBool,
    most_work: u64,
    beyond: &'a [CellId],
    targets: Vec<Target>,
    /// Targets of each sensitive figure: numbers of the first and after the last.
    of_cell: HashMap<CellId, (u32, u32)>,
    moves: Vec<Move>,
    /// Moves of each target.
    uses: Vec<Vec<Use>>,
    /// Moves that touch a row.
    by_row: HashMap<u32, Vec<u32>>,
    /// A row that is being given back.
    without: Option<u32>,
}

impl<'a> Cover<'a> {
    pub(super) fn new(
        system: &'a System,
        primary: &'a Primary,
        incidence: &'a Incidence,
        search: Moves<'a>,
        withheld: Vec<bool>,
        options: &Options<'a>,
    ) -> Self {
        let mut targets = Vec::new();
        let mut of_cell = HashMap::new();
        for (cell, need, _) in primary.needs() {
            let from = targets.len();
            if primary.exact_only {
                targets.push(Target {
                    cell: *cell,
                    amount: 1,
                });
            } else {
                for amount in [need.above, need.below.saturating_neg()] {
                    if amount != 0 {
                        targets.push(Target {
                            cell: *cell,
                            amount,
                        });
                    }
                }
            }
            let range = (
                u32::try_from(from).unwrap_or(u32::MAX),
                u32::try_from(targets.len()).unwrap_or(u32::MAX),
            );
            of_cell.insert(*cell, range);
        }
        Self {
            system,
            primary,
            search,
            incidence,
            withheld,
            coalition: if system.any_alone() {
                options.coalition
            } else {
                0
            },
            limit: options.limit,
            interrupted: options.interrupted,
            most_work: options.most_work,
            beyond: options.beyond,
            uses: vec![Vec::new(); targets.len()],
            targets,
            of_cell,
            moves: Vec::new(),
            by_row: HashMap::new(),
            without: None,
        }
    }

    /// Protects all targets; gives those that could not be.
    pub(super) fn all(&mut self, open: bool) -> Vec<Failure> {
        let mut failed = Vec::new();
        // Far-reaching needs first: what they open serves the others.
        let mut order: Vec<usize> = (0..self.targets.len()).collect();
        order.sort_by_key(|at| {
            let target = self.targets[*at];
            (std::cmp::Reverse(target.amount.unsigned_abs()), target.cell)
        });
        for stage in [0, self.coalition] {
            let mut again = Vec::new();
            for at in &order {
                // Whoever called asks why it ended.
                if self.stopped() {
                    return failed;
                }
                if self.secure(*at, &[], stage, open).is_err() {
                    again.push(*at);
                }
            }
            // What was found for others since may serve these, too.
            for at in again {
                if let Err(failure) = self.secure(at, &[], stage, open) {
                    failed.push(failure);
                }
            }
            if self.coalition == 0 || !failed.is_empty() {
                break;
            }
        }
        failed
    }

    fn stopped(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed) || self.search.work() > self.most_work
    }

    /// Fails where the search ended before its end.
    pub(super) fn ended(&self, options: &Options<'_>) -> Result<(), Fault> {
        options.go_on()?;
        if self.search.work() > self.most_work {
            return Err(Fault::TooLarge);
        }
        Ok(())
    }

    /// Whether a target is safe from a coalition and from all that can still
    /// join it; looks for what is missing.
    fn secure(
        &mut self,
        target: usize,
        coalition: &[u64],
        joins: usize,
        open: bool,
    ) -> Result<(), Failure> {
        let cell = self.targets[target].cell;
        if self.knows(coalition, cell) || self.implied(coalition, cell, 0) {
            return Ok(());
        }
        let amount = self.wanted(target, coalition);
        if amount == 0 {
            return Ok(());
        }
        let found = self.uses[target].iter().copied().find(|used| {
            let by = self.moves[used.number as usize].of(cell);
            let by = by.saturating_mul(used.times);
            let reaches = by.signum() == amount.signum() && by.abs() >= amount.abs();
            (reaches || self.primary.exact_only) && self.hides(used.number, coalition)
        });
        let number = match found {
            Some(used) => used.number,
            None => self.look(target, coalition, open)?,
        };
        if joins == 0 || self.beyond.binary_search(&cell).is_ok() {
            return Ok(());
        }
        let mut groups: Vec<Vec<u64>> = self.moves[number as usize]
            .terms
            .iter()
            .map(|(cell, _)| self.system.alone(*cell))
            .filter(|owners| !owners.is_empty())
            .map(|owners| {
                let mut more: Vec<u64> = coalition.iter().chain(owners).copied().collect();
                more.sort_unstable();
                more.dedup();
                more
            })
            .filter(|more| more.len() <= coalition.len() + joins && more.len() > coalition.len())
            .collect();
        groups.sort();
        groups.dedup();
        for group in groups {
            let joined = group.len() - coalition.len();
            self.secure(target, &group, joins - joined, open)?;
        }
        Ok(())
    }

    /// Whether a coalition makes up all owners of a figure.
    fn knows(&self, coalition: &[u64], cell: CellId) -> bool {
        let owners = self.system.alone(cell);
        !coalition.is_empty()
            && !owners.is_empty()
            && owners.iter().all(|owner| coalition.contains(owner))
    }

    /// How far a target must reach for a coalition: what its members stand for
    /// themselves need not be hidden from them.
    fn wanted(&self, target: usize, coalition: &[u64]) -> i64 {
        let Target { cell, amount } = self.targets[target];
        if coalition.is_empty() {
            return amount;
        }
        if amount > 0 {
            // They can take themselves out of every total, as out of one of `min`.
            return match self.system.measure(cell) {
                Measure::Persons | Measure::Records => {
                    (amount - i64::try_from(coalition.len()).unwrap_or(0)).max(1)
                }
                Measure::Distinct | Measure::Sum => amount,
            };
        }
        (amount + self.own_part(coalition, cell, 0)).min(0)
    }

    /// What a coalition knows to be in a figure, by its parts.
    fn own_part(&self, coalition: &[u64], cell: CellId, depth: usize) -> i64 {
        if depth == MOST_DEEP {
            return 0;
        }
        let parts = |equation: &u32| {
            let equation = *equation as usize;
            let terms = || self.system.terms(equation);
            let sum = self.system.constant(equation) == 0
                && terms().all(|(term, factor)| factor == if term == cell { -1 } else { 1 });
            if !sum {
                return 0;
            }
            terms()
                .filter(|(term, _)| *term != cell)
                .map(|(term, _)| match self.knows(coalition, term) {
                    true => self.system.value(term),
                    false => self.own_part(coalition, term, depth + 1),
                })
                .sum()
        };
        self.incidence.of(cell).iter().map(parts).max().unwrap_or(0)
    }

    /// Whether a coalition knows beforehand that a figure is 0: it is part of
    /// one that the coalition makes up without it.
    fn implied(&self, coalition: &[u64], cell: CellId, depth: usize) -> bool {
        if coalition.is_empty() || self.system.value(cell) != 0 || depth == MOST_DEEP {
            return false;
        }
        self.incidence.of(cell).iter().any(|equation| {
            let terms = || self.system.terms(*equation as usize);
            self.system.constant(*equation as usize) == 0
                && terms().any(|(term, factor)| term == cell && factor == 1)
                && terms().filter(|(_, factor)| *factor == -1).count() == 1
                && terms().all(|(_, factor)| factor.abs() == 1)
                && terms().any(|(total, factor)| {
                    factor == -1
                        && (self.knows(coalition, total)
                            || self.implied(coalition, total, depth + 1))
                })
        })
    }

    /// Whether a move leaves all that a coalition knows as it is.
    fn hides(&self, number: u32, coalition: &[u64]) -> bool {
        coalition.is_empty()
            || self.moves[number as usize]
                .terms
                .iter()
                .all(|(cell, _)| !self.knows(coalition, *cell))
    }

    /// Looks for a move for a target and takes it in; gives its number.
    fn look(&mut self, target: usize, coalition: &[u64], open: bool) -> Result<u32, Failure> {
        let cell = self.targets[target].cell;
        let amount = self.wanted(target, coalition);
        let failure = Failure {
            target: self.targets[target],
            coalition: coalition.len(),
        };
        let none = HashMap::new();
        // What the coalition knows; found as moves run into it.
        let mut known: Vec<CellId> = Vec::new();
        for (coarse, limit) in self.ways(open) {
            if self.stopped() {
                break;
            }
            if limit == usize::MAX
                && coarse
                && let Some(found) = self.in_steps(cell, amount, coalition, open)
            {
                return Ok(self.take(target, found));
            }
            // Figures that came out in fractions, left alone for now.
            let mut avoid: Vec<CellId> = Vec::new();
            let mut seed = 0;
            loop {
                let mut fixed = known.clone();
                fixed.extend(&avoid);
                let ask = Ask {
                    cell,
                    amount,
                    withheld: &self.withheld,
                    open,
                    without: self.without,
                    known: &fixed,
                    free: self.primary.exact_only,
                    limit,
                    seed,
                    coarse,
                    made: &none,
                };
                match self.search.find(&ask) {
                    Found::Move(found) => {
                        let before = known.len();
                        if !coalition.is_empty() {
                            for (cell, _) in &found.terms {
                                if self.knows(coalition, *cell) {
                                    known.push(*cell);
                                }
                            }
                        }
                        if known.len() == before {
                            return Ok(self.take(target, found));
                        }
                    }
                    Found::None if !coarse && avoid.is_empty() => return Err(failure),
                    Found::Doubt(fractions)
                        if seed < if coarse { MOST_SEEDS } else { MOST_FINE } =>
                    {
                        seed += 1;
                        avoid.extend(fractions.into_iter().find(|other| *other != cell));
                    }
                    _ => break,
                }
            }
        }
        Err(failure)
    }

    /// A long way in short steps: each step is a move from where the last one
    /// ended, and short steps come out whole where long ones do not.
    fn in_steps(
        &mut self,
        cell: CellId,
        amount: i64,
        coalition: &[u64],
        open: bool,
    ) -> Option<Move> {
        if self.primary.exact_only || self.without.is_some() {
            return None;
        }
        let step = amount.signum() * (amount.abs() / MOST_STEPS).max(1);
        let mut withheld = self.withheld.clone();
        let mut made: HashMap<CellId, i64> = HashMap::new();
        let mut known: Vec<CellId> = Vec::new();
        let mut tries = 0;
        while made.get(&cell).copied().unwrap_or(0).abs() < amount.abs() {
            let left = amount - made.get(&cell).copied().unwrap_or(0);
            tries += 1;
            if tries > 4 * MOST_STEPS || self.stopped() {
                return None;
            }
            let ask = Ask {
                cell,
                amount: if left.abs() < step.abs() { left } else { step },
                withheld: &withheld,
                open,
                without: None,
                known: &known,
                free: false,
                limit: self.limit,
                seed: u32::try_from(tries).unwrap_or(0),
                coarse: tries % 4 != 0,
                made: &made,
            };
            let Found::Move(found) = self.search.find(&ask) else {
                continue;
            };
            let before = known.len();
            for (cell, _) in &found.terms {
                if !made.contains_key(cell) && self.knows(coalition, *cell) {
                    known.push(*cell);
                }
            }
            if known.len() > before {
                continue;
            }
            for (cell, by) in found.terms {
                *made.entry(cell).or_default() += by;
                if let Place::Row(row) = self.system.place(cell) {
                    withheld[row.at()] = true;
                }
            }
        }
        let mut terms: Vec<(CellId, i64)> = made.into_iter().filter(|(_, by)| *by != 0).collect();
        terms.sort_unstable();
        let whole = Move { terms };
        self.search.holds(&whole, 1, false).then_some(whole)
    }

    /// Ways to look for a move, the promising first.
    fn ways(&self, open: bool) -> Vec<(bool, usize)> {
        let wide = self.limit.saturating_mul(8);
        if self.without.is_some() {
            // Giving back is worth a short search only.
            return vec![(true, self.limit)];
        }
        if open && self.withheld.len() <= FINE {
            return vec![
                (false, self.limit),
                (true, self.limit),
                (true, usize::MAX),
                (true, wide),
                (false, usize::MAX),
            ];
        }
        vec![
            (true, self.limit),
            (false, self.limit),
            (true, usize::MAX),
            (false, usize::MAX),
        ]
    }

    /// Takes a move in: withholds what it touches and lets it serve all it can.
    fn take(&mut self, asked: usize, found: Move) -> u32 {
        let number = u32::try_from(self.moves.len()).unwrap_or(u32::MAX);
        for (cell, _) in &found.terms {
            if let Place::Row(row) = self.system.place(*cell) {
                self.withheld[row.at()] = true;
                let users = self.by_row.entry(row.0).or_default();
                if users.last() != Some(&number) {
                    users.push(number);
                }
            }
        }
        self.uses[asked].push(Use { number, times: 1 });
        for (cell, by) in &found.terms {
            let Some((from, to)) = self.of_cell.get(cell).copied() else {
                continue;
            };
            for at in from as usize..to as usize {
                if at == asked || !self.uses[at].is_empty() {
                    continue;
                }
                let amount = self.targets[at].amount;
                let size = amount.unsigned_abs().div_ceil(by.unsigned_abs());
                let Ok(size) = i64::try_from(size) else {
                    continue;
                };
                let mut times = size * (amount.signum() * by.signum());
                if self.primary.exact_only {
                    times = 1;
                }
                if self.search.holds(&found, times, self.primary.exact_only) {
                    self.uses[at].push(Use { number, times });
                }
            }
        }
        self.moves.push(found);
        number
    }

    /// Gives rows back, the dearest first, where the rest protects enough.
    fn tidy(&mut self, mut spare: Vec<usize>) {
        spare.sort_by_key(|row| {
            let cost = self
                .system
                .cost(RowId(u32::try_from(*row).unwrap_or(u32::MAX)));
            (std::cmp::Reverse(cost), *row)
        });
        for row in spare {
            if self.stopped() {
                return;
            }
            self.give_back(row);
        }
    }

    fn give_back(&mut self, row: usize) -> bool {
        let number = u32::try_from(row).unwrap_or(u32::MAX);
        let users = self.by_row.get(&number).cloned().unwrap_or_default();
        let mut touched: Vec<(usize, Vec<Use>)> = Vec::new();
        if !users.is_empty() {
            let mut targets: Vec<usize> = Vec::new();
            for user in &users {
                for (cell, _) in &self.moves[*user as usize].terms {
                    if let Some((from, to)) = self.of_cell.get(cell) {
                        targets.extend(*from as usize..*to as usize);
                    }
                }
            }
            targets.sort_unstable();
            targets.dedup();
            for at in targets {
                if self.uses[at]
                    .iter()
                    .any(|used| users.contains(&used.number))
                {
                    let before = self.uses[at].clone();
                    self.uses[at].retain(|used| !users.contains(&used.number));
                    touched.push((at, before));
                }
            }
        }
        self.withheld[row] = false;
        self.without = Some(number);
        let mut fine = true;
        for (at, _) in &touched {
            if self.secure(*at, &[], self.coalition, false).is_err() {
                fine = false;
                break;
            }
        }
        self.without = None;
        if fine {
            self.by_row.remove(&number);
            return true;
        }
        self.withheld[row] = true;
        for (at, before) in touched {
            self.uses[at] = before;
        }
        // Moves found meanwhile stay good: they do without the row.
        false
    }

    /// The proof, recomputed from the moves and the true figures alone.
    pub(super) fn audit(&self, failed: Vec<Failure>) -> Audit {
        let free = self.primary.exact_only;
        let sound: Vec<bool> = self
            .moves
            .iter()
            .map(|found| {
                found
                    .terms
                    .iter()
                    .all(|(cell, _)| !self.system.seen(*cell, &self.withheld))
            })
            .collect();
        let mut audit = Audit {
            solver: self.search.solver(),
            sensitive: self.primary.needs().len(),
            ..Audit::default()
        };
        let mut used = vec![false; self.moves.len()];
        for (cell, need, _) in self.primary.needs() {
            let Some((from, to)) = self.of_cell.get(cell).copied() else {
                continue;
            };
            let mut low = 0i64;
            let mut high = 0i64;
            let mut all = true;
            for at in from as usize..to as usize {
                let Target { amount, .. } = self.targets[at];
                let mut met = false;
                for Use { number, times } in &self.uses[at] {
                    let number = *number as usize;
                    if !sound[number] || !self.search.holds(&self.moves[number], *times, free) {
                        continue;
                    }
                    let by = self.moves[number].of(*cell).saturating_mul(*times);
                    low = low.min(by);
                    high = high.max(by);
                    let reaches = by.signum() == amount.signum() && by.abs() >= amount.abs();
                    if reaches || (free && by != 0) {
                        met = true;
                        used[number] = true;
                    }
                }
                all &= met;
            }
            let given_away = self.system.seen(*cell, &self.withheld);
            let seen_through = failed
                .iter()
                .filter(|failure| failure.target.cell == *cell)
                .map(|failure| failure.coalition)
                .min();
            let lone = seen_through.is_some();
            if all && !given_away && !lone {
                audit.met += 1;
                let width = high.saturating_sub(low);
                audit.narrowest = Some(audit.narrowest.map_or(width, |least| least.min(width)));
            } else {
                audit.exposed.push(Exposure::new(
                    *cell,
                    (
                        self.system.value(*cell) + low,
                        Some(self.system.value(*cell) + high),
                    ),
                    *need,
                    all && seen_through.is_some_and(|size| size > 0),
                ));
            }
        }
        audit.witnesses = used.iter().filter(|used| **used).count();
        attack::explain(self.system, &self.withheld, self.incidence, &mut audit);
        audit
    }
}

/// Rows up to which the dearer search comes first.
const FINE: usize = 5_000;
/// Ways tried among equals where a change came out in fractions.
const MOST_SEEDS: u32 = 5;
/// The same in the dearer search.
const MOST_FINE: u32 = 2;
/// Levels of totals above a figure that are looked at.
const MOST_DEEP: usize = 6;
/// Most short steps that make up a long way.
const MOST_STEPS: i64 = 24;

/// A target that could not be protected.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failure {
    pub(super) target: Target,
    /// Size of the coalition that sees through.
    pub(super) coalition: usize,
}
