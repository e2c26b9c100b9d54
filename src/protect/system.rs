//! A system: every figure that an attacker could know or want to know, in all
//! tables that are linked, and the relations that everybody knows to hold.
//!
//! It holds figures and structure, no labels: whoever builds it keeps the names.
//! It decides nothing. Values are exact integers; sums of money are scaled by
//! the caller, and figures of one relation have one scale.

use std::fmt;

/// Number of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct CellId(pub u32);

/// Number of a row of a table: its figures are published or withheld together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct RowId(pub u32);

/// Number of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct EquationId(pub u32);

impl CellId {
    /// As an index.
    #[must_use]
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

impl RowId {
    /// As an index.
    #[must_use]
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// What a figure measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub enum Measure {
    /// Distinct subjects.
    Persons,
    /// Records.
    Records,
    /// Distinct values of a column, such as branches.
    Distinct,
    /// Sum of a number.
    Sum,
}

/// Where a figure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In this row of a table, published unless the row is withheld.
    Row(RowId),
    /// Known already and out of our hands: an earlier release, a count that
    /// the extract or the manifest shows.
    Public,
    /// Never published: a difference that somebody could form, the slack of an
    /// inequality.
    Hidden,
}

/// A figure.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its true value, scaled by the caller.
    pub value: i64,
    /// What it measures.
    pub measure: Measure,
    /// Where it stands.
    pub place: Place,
    /// Distinct persons behind it.
    pub persons: u64,
    /// Of a sum, the largest contributions, summed by owner, descending, as
    /// many as the rules look at; else empty.
    pub largest: Vec<i64>,
    /// Owners behind it, by any number that is the same for the same owner,
    /// where there are at most [`MOST_ALONE`]; else empty.
    pub alone: Vec<u64>,
    /// Least value that everybody knows it to have.
    pub low: i64,
    /// Greatest value that everybody knows it to have.
    pub high: Option<i64>,
}

/// Most owners of a figure that are named.
pub const MOST_ALONE: usize = 3;

impl Figure {
    /// A count of distinct subjects.
    #[must_use]
    pub fn persons(value: u64, place: Place) -> Self {
        Self::count(value, value, Measure::Persons, place)
    }

    /// A count of records that belong to so many persons.
    #[must_use]
    pub fn records(value: u64, persons: u64, place: Place) -> Self {
        Self::count(value, persons, Measure::Records, place)
    }

    fn count(value: u64, persons: u64, measure: Measure, place: Place) -> Self {
        Self {
            // A count beyond i64 fails the check of the system.
            value: i64::try_from(value).unwrap_or(-1),
            measure,
            place,
            persons,
            largest: Vec::new(),
            alone: Vec::new(),
            low: 0,
            high: None,
        }
    }
}

/// Why a system cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Fault {
    /// A relation names a figure that does not exist.
    UnknownCell(EquationId),
    /// A relation names a figure twice.
    Twice(EquationId),
    /// The true figures do not fit a relation.
    DoesNotAdd(EquationId),
    /// A figure lies outside what is known of it beforehand.
    OutOfBounds(CellId),
    /// A figure or a sum of figures is larger than can be computed exactly.
    Overflow,
    /// A figure stands in a row that does not exist.
    UnknownRow(CellId),
    /// More figures or terms than can be numbered.
    TooLarge,
    /// Decisions are given for another number of rows.
    WrongLength,
    /// The caller's flag was raised; nothing is known.
    Interrupted,
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownCell(at) => write!(to, "relation {} names no figure of the system", at.0),
            Self::Twice(at) => write!(to, "relation {} names a figure twice", at.0),
            Self::DoesNotAdd(at) => write!(to, "the figures of relation {} do not add up", at.0),
            Self::OutOfBounds(at) => write!(to, "figure {} lies outside its bounds", at.0),
            Self::Overflow => to.write_str("a figure is too large to be computed with exactly"),
            Self::UnknownRow(at) => write!(to, "figure {} stands in no row", at.0),
            Self::TooLarge => to.write_str("there are more figures than can be numbered"),
            Self::Interrupted => to.write_str("interrupted"),
            Self::WrongLength => to.write_str("there is not one decision a row"),
        }
    }
}

impl std::error::Error for Fault {}

const NO_ROW: u32 = u32::MAX;
const PUBLIC: u32 = u32::MAX - 1;

/// Figures and relations.
#[derive(Debug, Clone, Default)]
pub struct System {
    value: Vec<i64>,
    place: Vec<u32>,
    measure: Vec<Measure>,
    persons: Vec<u64>,
    /// Sparse: few figures have them.
    largest: std::collections::BTreeMap<u32, Vec<i64>>,
    alone: std::collections::BTreeMap<u32, Vec<u64>>,
    bounds: std::collections::BTreeMap<u32, (i64, Option<i64>)>,
    cost: Vec<u64>,
    start: Vec<usize>,
    term_cell: Vec<u32>,
    term_coef: Vec<i32>,
    constant: Vec<i64>,
}

impl System {
    /// An empty system.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A row of a table. `cost` is what withholding it loses, at least 1.
    pub fn row(&mut self, cost: u64) -> RowId {
        self.cost.push(cost.max(1));
        RowId(number(self.cost.len()))
    }

    /// A figure.
    pub fn cell(&mut self, figure: Figure) -> CellId {
        self.value.push(figure.value);
        self.place.push(match figure.place {
            Place::Row(row) => row.0,
            Place::Public => PUBLIC,
            Place::Hidden => NO_ROW,
        });
        self.measure.push(figure.measure);
        self.persons.push(figure.persons);
        let id = CellId(number(self.value.len()));
        if !figure.largest.is_empty() {
            self.largest.insert(id.0, figure.largest);
        }
        if !figure.alone.is_empty() && figure.alone.len() <= MOST_ALONE {
            self.alone.insert(id.0, figure.alone);
        }
        if figure.low != 0 || figure.high.is_some() {
            self.bounds.insert(id.0, (figure.low, figure.high));
        }
        id
    }

    /// `total = Σ parts`.
    pub fn sum(&mut self, total: CellId, parts: &[CellId]) -> EquationId {
        self.term_cell.push(total.0);
        self.term_coef.push(-1);
        for part in parts {
            self.term_cell.push(part.0);
            self.term_coef.push(1);
        }
        self.close(0)
    }

    /// `Σ factor · figure = constant`.
    pub fn equation(&mut self, terms: &[(CellId, i32)], constant: i64) -> EquationId {
        for (cell, factor) in terms.iter().filter(|(_, factor)| *factor != 0) {
            self.term_cell.push(cell.0);
            self.term_coef.push(*factor);
        }
        self.close(constant)
    }

    fn close(&mut self, constant: i64) -> EquationId {
        self.start.push(self.term_cell.len());
        self.constant.push(constant);
        EquationId(number(self.start.len()))
    }

    /// Two figures that everybody knows to be equal.
    pub fn same(&mut self, a: CellId, b: CellId) -> EquationId {
        self.equation(&[(a, 1), (b, -1)], 0)
    }

    /// `lesser ≤ greater`, as everybody knows. The difference becomes a hidden
    /// figure without need of protection.
    pub fn at_most(&mut self, lesser: CellId, greater: CellId) -> EquationId {
        let value = self
            .value_or(greater)
            .checked_sub(self.value_or(lesser))
            .unwrap_or(-1);
        let slack = self.slack(value, u64::MAX);
        self.equation(&[(lesser, 1), (slack, 1), (greater, -1)], 0)
    }

    /// `max(parts) ≤ total ≤ Σ parts`: distinct persons, of whom some stand in
    /// several parts. `Σ parts − total` becomes a hidden figure that is
    /// protected itself where it counts people; gives that figure.
    pub fn overlap(&mut self, total: CellId, parts: &[CellId]) -> CellId {
        for part in parts {
            self.at_most(*part, total);
        }
        let sum = parts
            .iter()
            .try_fold(0i64, |sum, part| sum.checked_add(self.value_or(*part)));
        let value = sum
            .and_then(|sum| sum.checked_sub(self.value_or(total)))
            .unwrap_or(-1);
        let persons = match self.measure.get(total.at()) {
            Some(Measure::Persons) => u64::try_from(value).unwrap_or(0),
            _ => u64::MAX,
        };
        let excess = self.slack(value, persons);
        let mut terms: Vec<(CellId, i32)> = parts.iter().map(|part| (*part, 1)).collect();
        terms.push((total, -1));
        terms.push((excess, -1));
        self.equation(&terms, 0);
        excess
    }

    /// A hidden figure; `persons` is `u64::MAX` where nobody stands behind it.
    fn slack(&mut self, value: i64, persons: u64) -> CellId {
        self.cell(Figure {
            value,
            measure: if persons == u64::MAX {
                Measure::Distinct
            } else {
                Measure::Persons
            },
            place: Place::Hidden,
            persons,
            largest: Vec::new(),
            alone: Vec::new(),
            low: 0,
            high: None,
        })
    }

    fn value_or(&self, cell: CellId) -> i64 {
        self.value.get(cell.at()).copied().unwrap_or(0)
    }

    /// Figures.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.value.len()
    }

    /// Rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.cost.len()
    }

    /// Relations.
    #[must_use]
    pub fn equations(&self) -> usize {
        self.start.len()
    }

    /// True value of a figure.
    #[must_use]
    pub fn value(&self, cell: CellId) -> i64 {
        self.value[cell.at()]
    }

    /// Sets the true value of a figure.
    pub fn set_value(&mut self, cell: CellId, value: i64) {
        if let Some(place) = self.value.get_mut(cell.at()) {
            *place = value;
        }
    }

    /// What a figure measures.
    #[must_use]
    pub fn measure(&self, cell: CellId) -> Measure {
        self.measure[cell.at()]
    }

    /// Where a figure stands.
    #[must_use]
    pub fn place(&self, cell: CellId) -> Place {
        match self.place[cell.at()] {
            NO_ROW => Place::Hidden,
            PUBLIC => Place::Public,
            row => Place::Row(RowId(row)),
        }
    }

    /// Distinct persons behind a figure.
    #[must_use]
    pub fn persons(&self, cell: CellId) -> u64 {
        self.persons[cell.at()]
    }

    /// Largest contributions to a sum, by owner, descending.
    #[must_use]
    pub fn largest(&self, cell: CellId) -> &[i64] {
        self.largest.get(&cell.0).map_or(&[], Vec::as_slice)
    }

    /// Owners of a figure with few of them.
    #[must_use]
    pub fn alone(&self, cell: CellId) -> &[u64] {
        self.alone.get(&cell.0).map_or(&[], Vec::as_slice)
    }

    /// Whether any figure has few owners.
    #[must_use]
    pub fn any_alone(&self) -> bool {
        !self.alone.is_empty()
    }

    /// What everybody knows of a figure beforehand: least and greatest value.
    #[must_use]
    pub fn bounds(&self, cell: CellId) -> (i64, Option<i64>) {
        if self.bounds.is_empty() {
            return (0, None);
        }
        self.bounds.get(&cell.0).copied().unwrap_or((0, None))
    }

    /// What withholding a row loses.
    #[must_use]
    pub fn cost(&self, row: RowId) -> u64 {
        self.cost[row.at()]
    }

    /// Terms of a relation: figures and factors.
    pub fn terms(&self, equation: usize) -> impl Iterator<Item = (CellId, i32)> + '_ {
        let range = self.range(equation);
        self.term_cell[range.clone()]
            .iter()
            .zip(&self.term_coef[range])
            .map(|(cell, factor)| (CellId(*cell), *factor))
    }

    /// Number of terms of a relation.
    #[must_use]
    pub fn width(&self, equation: usize) -> usize {
        self.range(equation).len()
    }

    fn range(&self, equation: usize) -> std::ops::Range<usize> {
        let from = match equation.checked_sub(1) {
            Some(before) => self.start[before],
            None => 0,
        };
        from..self.start[equation]
    }

    /// What the terms of a relation add up to.
    #[must_use]
    pub fn constant(&self, equation: usize) -> i64 {
        self.constant[equation]
    }

    /// Whether an attacker sees a figure, given which rows are withheld.
    #[must_use]
    pub fn seen(&self, cell: CellId, withheld: &[bool]) -> bool {
        match self.place[cell.at()] {
            NO_ROW => false,
            PUBLIC => true,
            row => !withheld[row as usize],
        }
    }

    /// Relations of each figure.
    #[must_use]
    pub fn incidence(&self) -> Incidence {
        let mut start = vec![0usize; self.cells() + 1];
        for cell in &self.term_cell {
            start[*cell as usize + 1] += 1;
        }
        for at in 0..self.cells() {
            start[at + 1] += start[at];
        }
        let mut next = start.clone();
        let mut equation = vec![0u32; self.term_cell.len()];
        for number in 0..self.equations() {
            for cell in &self.term_cell[self.range(number)] {
                equation[next[*cell as usize]] = u32::try_from(number).unwrap_or(u32::MAX);
                next[*cell as usize] += 1;
            }
        }
        Incidence { start, equation }
    }

    /// Figures of each row, in order.
    #[must_use]
    pub fn figures(&self) -> Vec<Vec<CellId>> {
        let mut figures = vec![Vec::new(); self.rows()];
        for (at, row) in self.place.iter().enumerate() {
            if let Some(figures) = figures.get_mut(*row as usize) {
                figures.push(CellId(u32::try_from(at).unwrap_or(u32::MAX)));
            }
        }
        figures
    }

    /// Whether the structure is sound, whatever the values.
    ///
    /// # Errors
    /// The first fault.
    pub fn check_structure(&self) -> Result<(), Fault> {
        let most = (u32::MAX - 2) as usize;
        if self.cells() >= most || self.rows() >= most || self.equations() >= most {
            return Err(Fault::TooLarge);
        }
        for (at, row) in self.place.iter().enumerate() {
            if *row < PUBLIC && *row as usize >= self.rows() {
                return Err(Fault::UnknownRow(CellId(number(at + 1))));
            }
        }
        let mut seen_in = vec![u32::MAX; self.cells()];
        for equation in 0..self.equations() {
            let id = EquationId(number(equation + 1));
            for cell in &self.term_cell[self.range(equation)] {
                match seen_in.get_mut(*cell as usize) {
                    None => return Err(Fault::UnknownCell(id)),
                    Some(seen) if *seen == id.0 => return Err(Fault::Twice(id)),
                    Some(seen) => *seen = id.0,
                }
            }
        }
        Ok(())
    }

    /// Whether the structure is sound and the true values fit it.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), Fault> {
        self.check_structure()?;
        for at in 0..self.cells() {
            let cell = CellId(number(at + 1));
            let value = self.value(cell);
            // Room to add any few figures without leaving the integers.
            if value.unsigned_abs() > MOST_VALUE {
                return Err(Fault::Overflow);
            }
            let (low, high) = self.bounds(cell);
            if value < low || high.is_some_and(|high| value > high) {
                return Err(Fault::OutOfBounds(cell));
            }
        }
        for equation in 0..self.equations() {
            let sum = self.terms(equation).try_fold(0i128, |sum, (cell, factor)| {
                sum.checked_add(i128::from(factor) * i128::from(self.value(cell)))
            });
            match sum {
                None => return Err(Fault::Overflow),
                Some(sum) if sum != i128::from(self.constant(equation)) => {
                    return Err(Fault::DoesNotAdd(EquationId(number(equation + 1))));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// Largest magnitude of a figure: 2⁵³, about nine thousand million million.
pub const MOST_VALUE: u64 = 1 << 53;

/// Number of the last of so many things.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX).saturating_sub(1)
}

/// Which relations a figure stands in.
#[derive(Debug, Clone)]
pub struct Incidence {
    start: Vec<usize>,
    equation: Vec<u32>,
}

impl Incidence {
    /// Relations of a figure, ascending.
    #[must_use]
    pub fn of(&self, cell: CellId) -> &[u32] {
        &self.equation[self.start[cell.at()]..self.start[cell.at() + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_that_does_not_add_up_is_refused() {
        let mut system = System::new();
        let row = system.row(1);
        let a = system.cell(Figure::persons(3, Place::Row(row)));
        let b = system.cell(Figure::persons(4, Place::Public));
        let sum = system.sum(b, &[a]);
        assert_eq!(system.check(), Err(Fault::DoesNotAdd(sum)));
        system.set_value(b, 3);
        assert_eq!(system.check(), Ok(()));
    }

    #[test]
    fn duplicates_strangers_and_giants_are_refused() {
        let mut system = System::new();
        let a = system.cell(Figure::persons(0, Place::Hidden));
        let twice = system.sum(a, &[a]);
        assert_eq!(system.check(), Err(Fault::Twice(twice)));
        let mut system = System::new();
        let unknown = system.sum(CellId(7), &[]);
        assert_eq!(system.check(), Err(Fault::UnknownCell(unknown)));
        let mut system = System::new();
        system.cell(Figure::persons(u64::MAX, Place::Hidden));
        assert_eq!(system.check(), Err(Fault::OutOfBounds(CellId(0))));
        let mut system = System::new();
        system.cell(Figure::persons(1 << 60, Place::Hidden));
        assert_eq!(system.check(), Err(Fault::Overflow));
        let mut system = System::new();
        system.cell(Figure::persons(1, Place::Row(RowId(3))));
        assert_eq!(system.check(), Err(Fault::UnknownRow(CellId(0))));
    }

    #[test]
    fn persons_in_two_branches_make_a_hidden_excess() {
        let mut system = System::new();
        let total = system.cell(Figure::persons(20, Place::Public));
        let parts = [
            system.cell(Figure::persons(12, Place::Public)),
            system.cell(Figure::persons(11, Place::Public)),
        ];
        let excess = system.overlap(total, &parts);
        assert_eq!(system.value(excess), 3);
        assert_eq!(system.persons(excess), 3);
        assert_eq!(system.check(), Ok(()));
    }
}
