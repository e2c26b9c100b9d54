//! What all published figures of a release together tell of those that are not
//! shown: the least and the greatest that each can be.
//!
//! Every combination of labels that appear in a table is a figure. Totals are
//! the sums of their parts; a margin that two tables share is one figure. From
//! that and from counts not being negative follow bounds: first sum by sum, and
//! where these may not be the whole truth, by a linear programme each.
//!
//! A label may appear nowhere because all its figures are withheld. The
//! attacker here first takes it that there is none, which leaves less room; a
//! figure is called given away only if it is so with such labels allowed too.
//! Nothing of this is shared with what chose the withheld figures.

mod simplex;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::remainder::Rows;
use simplex::{Budget, Spent, Tableau};

/// Most figures of a release that are looked at.
const MOST: usize = 60_000;
/// Multiplications of all linear programmes together: a few seconds.
const WORK: u64 = 6_000_000_000;
/// More than any count.
const ENDLESS: i64 = i64::MAX / 1024;

/// A table as its file and the manifest show it.
pub(super) struct Shape<'a> {
    pub(super) name: &'a str,
    pub(super) columns: Vec<&'a str>,
    /// Levels of each dimension.
    pub(super) levels: &'a [usize],
    /// The label of a total.
    pub(super) total: &'a str,
    pub(super) min: u64,
    /// Rows that are not shown are not empty.
    pub(super) zeros_shown: bool,
    /// Which figure of each row is looked at, and its name.
    pub(super) figure: (usize, &'static str),
    pub(super) rows: &'a Rows,
}

/// What can be worked out of one figure of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Intervals {
    /// Name of the table.
    pub table: String,
    /// `records` or `persons`.
    pub figure: &'static str,
    /// Combinations of labels without a published figure.
    pub unpublished: u64,
    /// Of those that may be under the minimum, the narrowest interval.
    pub narrowest: Option<u64>,
    /// Those that may be under the minimum and neither be sure to be so nor have
    /// the width that hides it: from empty to the minimum.
    pub short: u64,
    /// Of all, those that have one possible value, empty ones included.
    pub determined: u64,
    /// Of them, those that can be nothing but empty.
    pub empty: u64,
    /// Those that are certain to be under the minimum, and not empty.
    pub small: u64,
    /// Those of which the bounds may be closer than was found: the work for
    /// their linear programme is too much.
    pub unsolved: u64,
    /// Why nothing was worked out, where nothing was.
    pub not_done: Option<&'static str>,
}

impl Intervals {
    fn of(shape: &Shape<'_>, not_done: Option<&'static str>) -> Self {
        Self {
            table: shape.name.to_owned(),
            figure: shape.figure.1,
            unpublished: 0,
            narrowest: None,
            short: 0,
            determined: 0,
            empty: 0,
            small: 0,
            unsolved: 0,
            not_done,
        }
    }
}

/// What was found, table by table; first those with records, then those with
/// persons.
pub(super) fn intervals(shapes: &[Shape<'_>]) -> Vec<Intervals> {
    let mut all = Vec::new();
    for figure in ["records", "persons"] {
        let of: Vec<&Shape<'_>> = shapes.iter().filter(|s| s.figure.1 == figure).collect();
        if of.is_empty() {
            continue;
        }
        let solved = |open| {
            let model = Model::new(&of, open)?;
            let bounds = model.solve()?;
            Some((model, bounds))
        };
        // Where totals have more than their parts, labels are missing.
        let Some((model, bounds)) = solved(false).or_else(|| solved(true)) else {
            let why = match too_many(&of) {
                true => "the labels have too many combinations",
                false => "the figures do not add up: people stand in several cells",
            };
            all.extend(of.iter().map(|shape| Intervals::of(shape, Some(why))));
            continue;
        };
        let given = |model: &Model, bounds: &[Bound], at: usize| {
            let (low, high) = (bounds[at].low, bounds[at].high);
            low >= 1 && i128::from(high) < i128::from(model.min[at])
        };
        let suspect = (0..bounds.len()).any(|at| given(&model, &bounds, at));
        let wider = if suspect { solved(true) } else { None };
        for (number, (shape, cells)) in of.iter().zip(&model.tables).enumerate() {
            let mut found = Intervals::of(shape, None);
            for (place, at) in cells.iter().copied().enumerate() {
                if model.shown[at].is_some() {
                    continue;
                }
                let bound = &bounds[at];
                found.unpublished += 1;
                found.determined += u64::from(bound.low == bound.high);
                found.empty += u64::from(bound.high == 0);
                found.unsolved += u64::from(!bound.exact);
                // Named figures stand in the same order in both models.
                let small = wider.as_ref().is_some_and(|(model, bounds)| {
                    let cells = model.tables.get(number);
                    cells.is_some_and(|cells| given(model, bounds, cells[place]))
                });
                found.small += u64::from(small);
                let min = i64::try_from(shape.min).unwrap_or(ENDLESS);
                if bound.low < min && bound.high > 0 {
                    let hides = bound.low <= i64::from(shape.zeros_shown) && bound.high >= min;
                    found.short += u64::from(!hides);
                    let width = u64::try_from(bound.high - bound.low).unwrap_or(0);
                    found.narrowest = Some(found.narrowest.map_or(width, |w| w.min(width)));
                }
            }
            all.push(found);
        }
    }
    all
}

/// Whether tables have more combinations of labels than are looked at.
fn too_many(shapes: &[&Shape<'_>]) -> bool {
    let cells = |shape: &Shape<'_>| {
        let nodes = nodes(shape, true);
        nodes
            .iter()
            .try_fold(1usize, |cells, nodes| cells.checked_mul(nodes.len()))
    };
    let all = shapes
        .iter()
        .try_fold(0usize, |sum, shape| sum.checked_add(cells(shape)?));
    all.is_none_or(|all| all > MOST)
}

/// The least and the greatest that a figure can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bound {
    low: i64,
    high: i64,
    /// Whether a linear programme could find nothing closer.
    exact: bool,
}

/// A total and its parts.
struct Equation {
    total: usize,
    parts: Vec<usize>,
}

struct Model {
    shown: Vec<Option<i64>>,
    /// Of each figure, the least of its tables' minima.
    min: Vec<u64>,
    low: Vec<i64>,
    equations: Vec<Equation>,
    /// Figures of each table whose labels appear in it.
    tables: Vec<Vec<usize>>,
}

/// A node of a dimension: its labels from broad to fine; none for everything.
type Path = Vec<String>;

impl Model {
    /// `open`: under each label there may be more than appear.
    fn new(shapes: &[&Shape<'_>], open: bool) -> Option<Self> {
        let mut model = Self {
            shown: Vec::new(),
            min: Vec::new(),
            low: Vec::new(),
            equations: Vec::new(),
            tables: Vec::new(),
        };
        let mut known: HashMap<Vec<(String, String)>, usize> = HashMap::new();
        for shape in shapes {
            model.table(shape, open, &mut known)?;
        }
        (!shapes.is_empty()).then_some(model)
    }

    fn table(
        &mut self,
        shape: &Shape<'_>,
        open: bool,
        known: &mut HashMap<Vec<(String, String)>, usize>,
    ) -> Option<()> {
        let nodes = nodes(shape, open);
        let cells = nodes
            .iter()
            .try_fold(1usize, |cells, nodes| cells.checked_mul(nodes.len()))?;
        if cells.checked_add(self.shown.len())? > MOST {
            return None;
        }
        let mut strides = vec![1usize; nodes.len()];
        for at in (1..nodes.len()).rev() {
            strides[at - 1] = strides[at] * nodes[at].len();
        }
        let mut ids = Vec::with_capacity(cells);
        let mut named = Vec::with_capacity(cells);
        for cell in 0..cells {
            let mut name = Vec::new();
            let mut labels = Vec::with_capacity(shape.columns.len());
            let mut first = 0;
            for ((nodes, stride), levels) in nodes.iter().zip(&strides).zip(shape.levels) {
                let path = &nodes[(cell / stride) % nodes.len()];
                for (at, label) in path.iter().enumerate() {
                    name.push((shape.columns[first + at].to_owned(), label.clone()));
                }
                labels.extend(path.iter().cloned());
                labels.extend((path.len()..*levels).map(|_| shape.total.to_owned()));
                first += levels;
            }
            name.sort();
            // What one table does not name, another may.
            let is_named = !labels.iter().any(|label| label == UNNAMED);
            if !is_named {
                name.push((UNNAMED.to_owned(), self.tables.len().to_string()));
            }
            let row = shape.rows.get(&labels);
            let value = row.and_then(|(_, figures)| figures.get(shape.figure.0).copied().flatten());
            let value = match value {
                Some(value) => Some(i64::try_from(value).ok().filter(|v| *v < ENDLESS)?),
                None => None,
            };
            let id = *known.entry(name).or_insert_with(|| {
                self.shown.push(None);
                self.min.push(shape.min);
                self.low.push(0);
                self.shown.len() - 1
            });
            if let Some(value) = value {
                if self.shown[id].is_some_and(|before| before != value) {
                    return None;
                }
                self.shown[id] = Some(value);
            } else if shape.zeros_shown && is_named {
                self.low[id] = 1;
            }
            self.min[id] = self.min[id].min(shape.min);
            ids.push(id);
            if is_named {
                named.push(id);
            }
        }
        for (nodes, stride) in nodes.iter().zip(&strides) {
            let children = children(nodes);
            for cell in 0..cells {
                let node = (cell / stride) % nodes.len();
                if children[node].is_empty() {
                    continue;
                }
                let base = cell - node * stride;
                self.equations.push(Equation {
                    total: ids[cell],
                    parts: children[node]
                        .iter()
                        .map(|c| ids[base + c * stride])
                        .collect(),
                });
            }
        }
        self.tables.push(named);
        Some(())
    }

    /// Bounds of all figures; `None` where the published ones contradict each other.
    fn solve(&self) -> Option<Vec<Bound>> {
        let mut budget = Budget(WORK);
        let mut bounds = self.propagate()?;
        for piece in self.pieces() {
            self.programmes(&piece, &mut bounds, &mut budget)?;
        }
        Some(bounds)
    }

    /// Bounds sum by sum, until nothing moves; `None` where a sum cannot hold.
    fn propagate(&self) -> Option<Vec<Bound>> {
        let mut bounds: Vec<Bound> = self
            .shown
            .iter()
            .zip(&self.low)
            .map(|(shown, low)| Bound {
                low: shown.unwrap_or(*low),
                high: shown.unwrap_or(ENDLESS),
                exact: true,
            })
            .collect();
        for _ in 0..200 {
            let mut moved = false;
            for equation in &self.equations {
                moved |= equation.tighten(&mut bounds)?;
            }
            if !moved {
                break;
            }
        }
        Some(bounds)
    }

    /// Equations that share unknown figures, together.
    fn pieces(&self) -> Vec<Vec<usize>> {
        let mut of: Vec<Vec<usize>> = vec![Vec::new(); self.shown.len()];
        for (at, equation) in self.equations.iter().enumerate() {
            for cell in equation.cells().filter(|cell| self.shown[*cell].is_none()) {
                of[cell].push(at);
            }
        }
        let mut taken = vec![false; self.equations.len()];
        let mut pieces = Vec::new();
        for first in 0..self.equations.len() {
            if taken[first] {
                continue;
            }
            taken[first] = true;
            let mut piece = vec![first];
            let mut next = 0;
            while next < piece.len() {
                for cell in self.equations[piece[next]].cells() {
                    for other in &of[cell] {
                        if !std::mem::replace(&mut taken[*other], true) {
                            piece.push(*other);
                        }
                    }
                }
                next += 1;
            }
            pieces.push(piece);
        }
        pieces
    }

    /// Closer bounds of the figures of one piece; `None` where it contradicts itself.
    fn programmes(&self, piece: &[usize], bounds: &mut [Bound], budget: &mut Budget) -> Option<()> {
        let mut unknown = BTreeMap::new();
        for cell in piece.iter().flat_map(|at| self.equations[*at].cells()) {
            if self.shown[cell].is_none() {
                let next = unknown.len();
                unknown.entry(cell).or_insert(next);
            }
        }
        if unknown.is_empty() {
            return Some(());
        }
        match self.tableau(piece, &unknown, budget) {
            Ok(tableau) => self.closer(tableau?, &unknown, bounds, budget),
            Err(Spent) => {
                for cell in unknown.keys() {
                    bounds[*cell].exact = bounds[*cell].low == bounds[*cell].high;
                }
            }
        }
        Some(())
    }

    fn tableau(
        &self,
        piece: &[usize],
        unknown: &BTreeMap<usize, usize>,
        budget: &mut Budget,
    ) -> Result<Option<Tableau>, Spent> {
        let width = unknown.len();
        let mut rows = Vec::with_capacity(piece.len());
        for equation in piece.iter().map(|at| &self.equations[*at]) {
            let mut terms = Vec::new();
            let mut sum = 0i64;
            let signed = equation.parts.iter().map(|part| (*part, 1));
            for (cell, sign) in signed.chain([(equation.total, -1)]) {
                match unknown.get(&cell) {
                    Some(at) => {
                        terms.push((*at, sign as f64));
                        sum -= sign * self.low[cell];
                    }
                    None => sum -= sign * self.shown[cell].unwrap_or(0),
                }
            }
            rows.push((terms, sum as f64));
        }
        if (rows.len() as u64).saturating_mul(width as u64 + 1) > budget.0 / 100 {
            return Err(Spent);
        }
        Tableau::new(&rows, width, budget)
    }

    /// Solves for every figure whose bounds no corner has reached.
    fn closer(
        &self,
        mut tableau: Tableau,
        unknown: &BTreeMap<usize, usize>,
        bounds: &mut [Bound],
        budget: &mut Budget,
    ) {
        for (cell, at) in unknown {
            let low = self.low[*cell];
            let bound = &mut bounds[*cell];
            for sign in [1.0, -1.0] {
                let (least, greatest) = tableau.seen[*at];
                let reached = if sign > 0.0 {
                    greatest + low as f64 >= bound.high as f64 - 0.5
                } else {
                    least + low as f64 <= bound.low as f64 + 0.5
                };
                if reached || !bound.exact {
                    continue;
                }
                match tableau.extreme(*at, sign, budget) {
                    Ok(Some(value)) if sign > 0.0 => {
                        bound.high = bound.high.min((value + 1e-6).floor() as i64 + low);
                    }
                    Ok(Some(value)) => {
                        bound.low = bound.low.max((value - 1e-6).ceil() as i64 + low);
                    }
                    Ok(None) => {}
                    Err(Spent) => bound.exact = false,
                }
            }
        }
    }
}

impl Equation {
    fn cells(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().copied().chain([self.total])
    }

    /// Whether bounds moved; `None` where the sum cannot hold.
    fn tighten(&self, bounds: &mut [Bound]) -> Option<bool> {
        let low: i64 = self.parts.iter().map(|part| bounds[*part].low).sum();
        let endless = |part: &&usize| bounds[**part].high >= ENDLESS;
        let without_end = self.parts.iter().filter(endless).count();
        let high: i64 = self
            .parts
            .iter()
            .map(|part| bounds[*part].high)
            .filter(|high| *high < ENDLESS)
            .sum();
        let mut moved = false;
        let total = bounds[self.total];
        moved |= raise(&mut bounds[self.total], low);
        if without_end == 0 {
            moved |= lower(&mut bounds[self.total], high);
        }
        for part in &self.parts {
            let own = bounds[*part];
            if total.high < ENDLESS {
                moved |= lower(&mut bounds[*part], total.high - (low - own.low));
            }
            // The others can fill the total but for the rest.
            let others_endless = without_end - usize::from(own.high >= ENDLESS);
            if others_endless == 0 {
                let others = high - if own.high < ENDLESS { own.high } else { 0 };
                moved |= raise(&mut bounds[*part], total.low - others);
            }
        }
        let holds = self
            .cells()
            .all(|cell| bounds[cell].low <= bounds[cell].high);
        holds.then_some(moved)
    }
}

fn raise(bound: &mut Bound, low: i64) -> bool {
    let moved = low > bound.low;
    bound.low = bound.low.max(low);
    moved
}

fn lower(bound: &mut Bound, high: i64) -> bool {
    let moved = high < bound.high;
    bound.high = bound.high.min(high);
    moved
}

/// The label of all that does not appear; no label of a table holds a NUL.
const UNNAMED: &str = "\0";

/// Nodes of each dimension that appear in the table, everything first; with
/// `open`, one more below each for labels that do not appear.
fn nodes(shape: &Shape<'_>, open: bool) -> Vec<Vec<Path>> {
    let mut all = Vec::new();
    let mut first = 0;
    for levels in shape.levels {
        let mut nodes = BTreeSet::from([Path::new()]);
        for labels in shape.rows.keys() {
            let labels = labels.get(first..first + levels).unwrap_or_default();
            let named = labels.iter().take_while(|label| *label != shape.total);
            let path: Path = named.cloned().collect();
            for depth in 1..=path.len() {
                nodes.insert(path[..depth].to_vec());
            }
        }
        first += levels;
        let above = nodes.iter().filter(|path| open && path.len() < *levels);
        let unnamed = |path: &Path| path.iter().cloned().chain([UNNAMED.to_owned()]).collect();
        let unnamed: Vec<Path> = above.map(unnamed).collect();
        nodes.extend(unnamed);
        all.push(nodes.into_iter().collect());
    }
    all
}

/// Of each node, those right below it.
fn children(nodes: &[Path]) -> Vec<Vec<usize>> {
    let places: HashMap<&[String], usize> = nodes.iter().map(Vec::as_slice).zip(0..).collect();
    let mut children = vec![Vec::new(); nodes.len()];
    for (at, path) in nodes.iter().enumerate() {
        if let Some((_, above)) = path.split_last()
            && let Some(parent) = places.get(above)
        {
            children[*parent].push(at);
        }
    }
    children
}
