//! The attacker: what follows from everything published.

use std::collections::{BTreeMap, BTreeSet};

use super::moves::Moves;
use super::rules::{Need, Primary, Reason};
use super::suppress::{Cover, Options};
use super::system::{CellId, EquationId, Fault, Incidence, Place, RowId, System};

/// What an audit found. Private: it tells of withheld figures.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Audit {
    /// Sensitive figures.
    pub sensitive: usize,
    /// Of them, those with a witness table as far to each side as they need.
    pub met: usize,
    /// The others.
    pub exposed: Vec<Exposure>,
    /// Narrowest interval that witnesses show, over all sensitive figures.
    pub narrowest: Option<i64>,
    /// Different moves that serve as witnesses.
    pub witnesses: usize,
    /// What found them.
    pub solver: &'static str,
}

/// A sensitive figure that is not protected enough.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Exposure {
    /// The figure.
    pub cell: CellId,
    /// What witnesses show of its interval: at least so wide.
    pub interval: (i64, Option<i64>),
    /// What it needs.
    pub need: Need,
    /// Whether it is safe from the public and only a coalition sees through.
    pub coalition: bool,
    /// Whether its value follows exactly.
    pub exact: bool,
    /// Relations that give it away, and what to multiply them by before adding.
    pub equations: Vec<(EquationId, i64)>,
    /// The cheapest rows to withhold in addition.
    pub cure: Vec<RowId>,
}

impl Exposure {
    /// A figure of which no protection is shown, and no more is known.
    pub(super) fn unknown(cell: CellId) -> Self {
        Self::new(cell, (0, None), Need::default(), false)
    }

    pub(super) fn new(
        cell: CellId,
        interval: (i64, Option<i64>),
        need: Need,
        coalition: bool,
    ) -> Self {
        Self {
            cell,
            interval,
            need,
            coalition,
            exact: false,
            equations: Vec::new(),
            cure: Vec::new(),
        }
    }
}

/// Most figures of a piece of the system in which relations are combined to
/// explain an exposure, and most exposures that are explained.
const MOST_EXPLAINED: (usize, usize) = (400, 50);

/// Says of each exposed figure how it is given away.
pub(super) fn explain(
    system: &System,
    withheld: &[bool],
    incidence: &Incidence,
    audit: &mut Audit,
) {
    for exposure in audit.exposed.iter_mut().take(MOST_EXPLAINED.1) {
        if system.seen(exposure.cell, withheld) {
            exposure.exact = true;
        } else if let Some(equations) = determined(system, withheld, incidence, exposure.cell) {
            exposure.exact = true;
            exposure.equations = equations;
        } else if let Some(equation) = bounding(system, withheld, incidence, exposure) {
            exposure.equations = vec![(equation, 1)];
        }
    }
}

/// A relation whose unseen figures all add to one side, so that what is seen
/// of it bounds the figure more narrowly than it needs.
fn bounding(
    system: &System,
    withheld: &[bool],
    incidence: &Incidence,
    exposure: &Exposure,
) -> Option<EquationId> {
    let value = i128::from(system.value(exposure.cell));
    incidence
        .of(exposure.cell)
        .iter()
        .find(|equation| {
            let mut sign = 0;
            let mut rest = 0i128;
            for (cell, factor) in system.terms(**equation as usize) {
                if system.seen(cell, withheld) {
                    continue;
                }
                if (sign != 0 && factor.signum() != sign) || system.bounds(cell).0 != 0 {
                    return false;
                }
                sign = factor.signum();
                if cell != exposure.cell {
                    rest += i128::from(factor.abs()) * i128::from(system.value(cell));
                }
            }
            rest < i128::from(exposure.need.above) && value + rest >= value
        })
        .map(|equation| EquationId(*equation))
}

/// One relation while relations are combined.
#[derive(Clone)]
struct Combined {
    /// Factors of unseen figures.
    terms: BTreeMap<u32, i128>,
    /// What each relation was multiplied by.
    by: BTreeMap<u32, i128>,
}

/// Whether the seen figures determine an unseen one, and which relations,
/// multiplied and added, say so. Whole numbers throughout; on overflow, or in
/// a piece too large, the answer is that it is not known to be determined.
#[must_use]
pub fn determined(
    system: &System,
    withheld: &[bool],
    incidence: &Incidence,
    cell: CellId,
) -> Option<Vec<(EquationId, i64)>> {
    let (cells, equations) = piece(system, withheld, incidence, cell)?;
    let mut rows: Vec<Combined> = equations
        .iter()
        .map(|equation| Combined {
            terms: system
                .terms(*equation as usize)
                .filter(|(term, _)| !system.seen(*term, withheld))
                .map(|(term, factor)| (term.0, i128::from(factor)))
                .collect(),
            by: BTreeMap::from([(*equation, 1)]),
        })
        .collect();
    for other in cells.iter().filter(|other| **other != cell.0) {
        // The shortest relation that has it stands for it in all others.
        let at = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.terms.contains_key(other))
            .min_by_key(|(at, row)| (row.terms.len(), *at))
            .map(|(at, _)| at);
        let Some(at) = at else { continue };
        let pivot = rows.swap_remove(at);
        for row in &mut rows {
            if row.terms.contains_key(other) {
                eliminate(row, &pivot, *other)?;
            }
        }
    }
    let found = rows
        .into_iter()
        .find(|row| row.terms.contains_key(&cell.0))?;
    found
        .by
        .into_iter()
        .map(|(equation, by)| Some((EquationId(equation), i64::try_from(by).ok()?)))
        .collect()
}

/// Removes a figure from a relation.
fn eliminate(row: &mut Combined, pivot: &Combined, cell: u32) -> Option<()> {
    let (mine, theirs) = (*row.terms.get(&cell)?, *pivot.terms.get(&cell)?);
    let shared = gcd(mine.unsigned_abs(), theirs.unsigned_abs());
    let shared = i128::try_from(shared).ok()?;
    let (keep, add) = (theirs / shared, -(mine / shared));
    let mut common = 0u128;
    for (to, from) in [(&mut row.terms, &pivot.terms), (&mut row.by, &pivot.by)] {
        for value in to.values_mut() {
            *value = value.checked_mul(keep)?;
        }
        for (key, value) in from {
            let sum = to.entry(*key).or_insert(0);
            *sum = sum.checked_add(value.checked_mul(add)?)?;
        }
        to.retain(|_, value| *value != 0);
        for value in to.values() {
            common = gcd(common, value.unsigned_abs());
        }
    }
    if let Ok(common) = i128::try_from(common)
        && common > 1
    {
        for value in row.terms.values_mut().chain(row.by.values_mut()) {
            *value /= common;
        }
    }
    Some(())
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The unseen figures that hang together with one, and their relations.
fn piece(
    system: &System,
    withheld: &[bool],
    incidence: &Incidence,
    cell: CellId,
) -> Option<(Vec<u32>, Vec<u32>)> {
    let mut cells = BTreeSet::from([cell.0]);
    let mut equations = BTreeSet::new();
    let mut open = vec![cell];
    while let Some(cell) = open.pop() {
        for equation in incidence.of(cell) {
            if equations.insert(*equation) {
                for (other, _) in system.terms(*equation as usize) {
                    if !system.seen(other, withheld) && cells.insert(other.0) {
                        open.push(other);
                    }
                }
            }
        }
        if cells.len() > MOST_EXPLAINED.0 {
            return None;
        }
    }
    Some((cells.into_iter().collect(), equations.into_iter().collect()))
}

/// Looks for a witness table to each side of each sensitive figure, given
/// what is withheld.
///
/// # Errors
/// Where the system is not sound.
pub fn audit(
    system: &System,
    primary: &Primary,
    withheld: &[bool],
    options: &Options<'_>,
) -> Result<Audit, Fault> {
    system.check()?;
    if withheld.len() != system.rows() {
        return Err(Fault::WrongLength);
    }
    let incidence = system.incidence();
    let moves = Moves::stoppable(system, &incidence, options.interrupted);
    let mut cover = Cover::new(
        system,
        primary,
        &incidence,
        moves,
        withheld.to_vec(),
        options,
    );
    let failed = cover.all(false);
    cover.ended(options)?;
    let mut audit = cover.audit(failed);
    for exposure in &mut audit.exposed {
        options.go_on()?;
        let moves = Moves::stoppable(system, &incidence, options.interrupted);
        exposure.cure = cure(
            system, primary, &incidence, moves, withheld, options, exposure,
        );
    }
    Ok(audit)
}

/// The cheapest rows found whose withholding would protect one figure.
fn cure(
    system: &System,
    primary: &Primary,
    incidence: &Incidence,
    moves: Moves<'_>,
    withheld: &[bool],
    options: &Options<'_>,
    exposure: &Exposure,
) -> Vec<RowId> {
    let mut alone = Primary::default();
    alone.exact_only = primary.exact_only;
    alone.need(exposure.cell, exposure.need, Reason::Given);
    let mut more = withheld.to_vec();
    if let Place::Row(row) = system.place(exposure.cell) {
        more[row.at()] = true;
    }
    let mut cover = Cover::new(system, &alone, incidence, moves, more, options);
    if !cover.all(true).is_empty() {
        return Vec::new();
    }
    cover
        .withheld
        .iter()
        .zip(withheld)
        .enumerate()
        .filter(|(_, (now, before))| **now && !**before)
        .filter_map(|(row, _)| u32::try_from(row).ok().map(RowId))
        .collect()
}
