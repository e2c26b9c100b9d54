//! Primary rules: which figures are sensitive, and how wide an interval must
//! be that an attacker can work out.
//!
//! The rules and protection levels are those of the SDC handbook (chapter 4.2
//! for magnitudes, 5.2 for frequencies). Which rule met which figure is
//! private, and so are the parameters of the concentration rules. Nothing here
//! looks at what is published.

use super::system::{CellId, Fault, Measure, Place, System};

/// What becomes of empty cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zeros {
    /// "Nobody" is news, and so is "somebody": empty and withheld look alike.
    #[default]
    Protect,
    /// An empty cell may be published as any other.
    Publish,
}

/// A rule for sums in which few contribute much. `x₁ ≥ x₂ ≥ …` are the
/// contributions by owner, `X` is the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dominance {
    /// (n,k): sensitive where `x₁ + … + xₙ > k % of X`.
    Nk {
        /// Owners together.
        n: usize,
        /// Percent, 1 to 99.
        k: u32,
    },
    /// p %: sensitive where `X − x₁ − x₂ < p % of x₁`.
    P {
        /// Percent.
        percent: u32,
    },
    /// (p,q): sensitive where `X − x₁ − x₂ < p/q · x₁`.
    Pq {
        /// Percent within which nobody may be estimated.
        p: u32,
        /// Percent within which everybody is known beforehand.
        q: u32,
    },
}

/// The rules in force.
#[derive(Debug, Clone)]
pub struct PrimaryRules {
    /// Least persons behind a published figure.
    pub min: u64,
    /// Empty cells.
    pub zeros: Zeros,
    /// Where everybody of a line stands in one cell, the empty cells beside
    /// it are sensitive even if empty cells may be published.
    pub group: bool,
    /// Concentration rules for sums.
    pub dominance: Vec<Dominance>,
    /// Least width of a sum over too few persons, to either side, in percent
    /// of its value.
    pub sum_width: u32,
    /// Ask only that no sensitive figure can be computed exactly. Weaker than
    /// what a release needs; it is there to be compared with other programs.
    pub exact_only: bool,
}

impl PrimaryRules {
    /// The rules for counts of people with this minimum.
    #[must_use]
    pub fn counts(min: u64) -> Self {
        Self {
            min,
            zeros: Zeros::Protect,
            group: true,
            dominance: Vec::new(),
            sum_width: 10,
            exact_only: false,
        }
    }
}

/// Why a figure is sensitive. Private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Fewer than `min` persons.
    TooFew,
    /// Nobody.
    Empty,
    /// Everybody of a line would stand in another cell.
    Group,
    /// A difference of fewer than `min` persons that somebody could form.
    Difference,
    /// Few contribute most of a sum.
    Dominance,
    /// The caller said so.
    Given,
}

impl Reason {
    /// In words of the private report.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooFew => "too-few",
            Self::Empty => "empty",
            Self::Group => "group",
            Self::Difference => "difference",
            Self::Dominance => "dominance",
            Self::Given => "given",
        }
    }
}

/// How far an attacker's interval must reach around the true value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Need {
    /// Below it, at least.
    pub below: i64,
    /// Above it, at least.
    pub above: i64,
}

/// The sensitive figures.
#[derive(Debug, Clone, Default)]
pub struct Primary {
    /// Sorted by figure.
    needs: Vec<(CellId, Need, Reason)>,
    /// As in [`PrimaryRules::exact_only`].
    pub exact_only: bool,
}

impl Primary {
    /// The sensitive figures, ascending, with what they need and why.
    #[must_use]
    pub fn needs(&self) -> &[(CellId, Need, Reason)] {
        &self.needs
    }

    /// What a figure needs, if it is sensitive.
    #[must_use]
    pub fn of(&self, cell: CellId) -> Option<(Need, Reason)> {
        let at = self
            .needs
            .binary_search_by_key(&cell, |(cell, _, _)| *cell)
            .ok()?;
        let (_, need, reason) = self.needs[at];
        Some((need, reason))
    }

    /// Adds a need of the caller's; of two needs the wider holds to each side.
    pub fn need(&mut self, cell: CellId, need: Need, reason: Reason) {
        match self.needs.binary_search_by_key(&cell, |(cell, _, _)| *cell) {
            Ok(at) => {
                let known = &mut self.needs[at].1;
                known.below = known.below.max(need.below);
                known.above = known.above.max(need.above);
            }
            Err(at) => self.needs.insert(at, (cell, need, reason)),
        }
    }

    /// Asks for no more than `most` to each side of a figure.
    pub fn at_most(&mut self, cell: CellId, most: Need) {
        if let Ok(at) = self.needs.binary_search_by_key(&cell, |(cell, _, _)| *cell) {
            let known = &mut self.needs[at].1;
            known.below = known.below.min(most.below);
            known.above = known.above.min(most.above);
        }
    }
}

impl PrimaryRules {
    /// Finds the sensitive figures of a system. Figures that are public
    /// already are beyond protection and are passed over.
    ///
    /// # Errors
    /// A fault of the system, or a level too large to compute.
    pub fn apply(&self, system: &System) -> Result<Primary, Fault> {
        system.check()?;
        let mut primary = Primary {
            needs: Vec::new(),
            exact_only: self.exact_only,
        };
        for at in 0..system.cells() {
            let cell = CellId(u32::try_from(at).map_err(|_| Fault::TooLarge)?);
            if let Some((need, reason)) = self.of(system, cell)? {
                primary.needs.push((cell, need, reason));
            }
        }
        if self.group {
            self.groups(system, &mut primary)?;
        }
        Ok(primary)
    }

    /// The rules for one figure.
    fn of(&self, system: &System, cell: CellId) -> Result<Option<(Need, Reason)>, Fault> {
        let persons = system.persons(cell);
        let value = system.value(cell);
        let place = system.place(cell);
        if place == Place::Public {
            return Ok(None);
        }
        let hidden = place == Place::Hidden;
        let few = persons < self.min;
        let empty = persons == 0 && value == 0;
        if empty && (hidden || self.zeros == Zeros::Publish) {
            return Ok(None);
        }
        let reason = match (empty, hidden) {
            (true, _) => Reason::Empty,
            (false, true) => Reason::Difference,
            (false, false) => Reason::TooFew,
        };
        match system.measure(cell) {
            Measure::Persons | Measure::Records if few => {
                Ok(Some((self.count_need(value, persons)?, reason)))
            }
            Measure::Distinct if few => Ok(Some((Need { below: 0, above: 1 }, reason))),
            Measure::Sum => self.sum(system, cell, few, reason),
            _ => Ok(None),
        }
    }

    /// An attacker must not see whether a count is below `min`, nor, where
    /// empty cells are protected, whether anybody is there.
    fn count_need(&self, value: i64, persons: u64) -> Result<Need, Fault> {
        let min = i64::try_from(self.min).map_err(|_| Fault::Overflow)?;
        let persons = i64::try_from(persons).map_err(|_| Fault::Overflow)?;
        let below = match self.zeros {
            Zeros::Protect => value.min(persons),
            Zeros::Publish => i64::from(value > 1),
        };
        Ok(Need {
            below,
            // Records of few persons: at least as far as the persons lack.
            above: (min - value).max(1),
        })
    }

    fn sum(
        &self,
        system: &System,
        cell: CellId,
        few: bool,
        reason: Reason,
    ) -> Result<Option<(Need, Reason)>, Fault> {
        let value = i128::from(system.value(cell));
        let mut level = 0i128;
        let mut why = reason;
        for rule in &self.dominance {
            let lacks = rule.level(value, system.largest(cell));
            if lacks > level {
                level = lacks;
                why = Reason::Dominance;
            }
        }
        if few {
            why = reason;
            let wide = (value.abs() * i128::from(self.sum_width) + 99) / 100;
            level = level.max(wide).max(1);
        }
        if level <= 0 {
            return Ok(None);
        }
        let level = i64::try_from(level).map_err(|_| Fault::Overflow)?;
        let (low, high) = system.bounds(cell);
        // Nobody can be asked to doubt what everybody knows.
        let room = system.value(cell).saturating_sub(low);
        let head = high.map_or(i64::MAX, |high| high.saturating_sub(system.value(cell)));
        Ok(Some((
            Need {
                below: level.min(room),
                above: level.min(head),
            },
            why,
        )))
    }

    /// Where one part of a line holds everybody, publishing it with its total
    /// says of every other part that it is empty.
    fn groups(&self, system: &System, primary: &mut Primary) -> Result<(), Fault> {
        let above = i64::try_from(self.min).map_err(|_| Fault::Overflow)?;
        let mut found = Vec::new();
        for equation in 0..system.equations() {
            if system.constant(equation) != 0 || system.width(equation) < 3 {
                continue;
            }
            let mut totals = 0;
            let mut filled = 0;
            let mut counts = true;
            for (cell, factor) in system.terms(equation) {
                counts &= matches!(system.measure(cell), Measure::Persons | Measure::Records)
                    && system.persons(cell) != u64::MAX;
                match factor {
                    -1 => totals += 1,
                    1 => filled += usize::from(system.value(cell) != 0),
                    _ => counts = false,
                }
            }
            if !counts || totals != 1 || filled != 1 {
                continue;
            }
            let empty = system.terms(equation).filter(|(cell, factor)| {
                *factor == 1
                    && system.value(*cell) == 0
                    && matches!(system.place(*cell), Place::Row(_))
            });
            for (cell, _) in empty {
                found.push((cell, Need { below: 0, above }, Reason::Group));
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        found.sort_by_key(|(cell, _, _)| *cell);
        found.dedup_by_key(|(cell, _, _)| *cell);
        found.retain(|(cell, _, _)| primary.of(*cell).is_none());
        primary.needs.extend(found);
        primary.needs.sort_by_key(|(cell, _, _)| *cell);
        Ok(())
    }
}

impl Dominance {
    /// Protection level of the handbook, rounded up; at most 0 where the sum
    /// is not sensitive under this rule.
    #[must_use]
    pub fn level(&self, sum: i128, largest: &[i64]) -> i128 {
        let of = |at: usize| i128::from(largest.get(at).copied().unwrap_or(0));
        let rest = sum - of(0) - of(1);
        let (above, below) = match *self {
            Self::Nk { n, k } => {
                let top: i128 = largest.iter().take(n).map(|x| i128::from(*x)).sum();
                (100 * top - i128::from(k) * sum, i128::from(k.max(1)))
            }
            Self::P { percent } => (i128::from(percent) * of(0) - 100 * rest, 100),
            Self::Pq { p, q } => {
                let q = i128::from(q.max(1));
                (i128::from(p) * of(0) - q * rest, q)
            }
        };
        // Rounded up, also below zero.
        above.div_euclid(below) + i128::from(above.rem_euclid(below) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::system::Figure;
    use super::*;

    fn need(figure: Figure, rules: &PrimaryRules) -> Option<(Need, Reason)> {
        let mut system = System::new();
        let row = system.row(1);
        let cell = system.cell(Figure {
            place: Place::Row(row),
            ..figure
        });
        rules.apply(&system).unwrap().of(cell)
    }

    fn sum(value: i64, persons: u64, largest: &[i64]) -> Figure {
        Figure {
            value,
            measure: Measure::Sum,
            place: Place::Hidden,
            persons,
            largest: largest.to_vec(),
            alone: Vec::new(),
            low: 0,
            high: None,
        }
    }

    #[test]
    fn a_count_below_the_minimum_must_look_as_if_it_could_reach_it_or_be_empty() {
        let rules = PrimaryRules::counts(10);
        let found = need(Figure::persons(3, Place::Hidden), &rules);
        assert_eq!(found, Some((Need { below: 3, above: 7 }, Reason::TooFew)));
        assert_eq!(need(Figure::persons(10, Place::Hidden), &rules), None);
        assert_eq!(
            need(Figure::persons(0, Place::Hidden), &rules),
            Some((
                Need {
                    below: 0,
                    above: 10
                },
                Reason::Empty
            ))
        );
        assert_eq!(
            need(Figure::records(40, 2, Place::Hidden), &rules),
            Some((Need { below: 2, above: 1 }, Reason::TooFew))
        );
    }

    #[test]
    fn levels_of_the_handbook() {
        // Contributions 800, 130, 70 to a sum of 1000.
        let largest = [800, 130, 70];
        assert_eq!(Dominance::Nk { n: 1, k: 75 }.level(1000, &largest), 67);
        assert_eq!(Dominance::Nk { n: 2, k: 90 }.level(1000, &largest), 34);
        assert_eq!(Dominance::P { percent: 10 }.level(1000, &largest), 10);
        assert_eq!(Dominance::Pq { p: 10, q: 50 }.level(1000, &largest), 90);
        assert!(Dominance::P { percent: 8 }.level(1000, &largest) <= 0);
        assert!(Dominance::Nk { n: 1, k: 80 }.level(1000, &largest) <= 0);
    }

    #[test]
    fn a_sum_that_one_dominates_is_sensitive_though_many_contribute() {
        let mut rules = PrimaryRules::counts(3);
        rules.dominance = vec![Dominance::P { percent: 10 }];
        assert_eq!(
            need(sum(1000, 20, &[950, 20]), &rules),
            Some((
                Need {
                    below: 65,
                    above: 65
                },
                Reason::Dominance
            ))
        );
        assert_eq!(need(sum(1000, 20, &[200, 100]), &rules), None);
        assert_eq!(
            need(sum(1000, 2, &[500, 500]), &rules).unwrap().1,
            Reason::TooFew
        );
    }

    #[test]
    fn a_line_that_falls_into_one_cell_makes_its_empty_cells_sensitive() {
        let mut system = System::new();
        let place = |system: &mut System| Place::Row(system.row(1));
        let [total, all, none] = [40, 40, 0].map(|n| {
            let place = place(&mut system);
            system.cell(Figure::persons(n, place))
        });
        system.sum(total, &[all, none]);
        let mut rules = PrimaryRules::counts(10);
        rules.zeros = Zeros::Publish;
        let primary = rules.apply(&system).unwrap();
        assert_eq!(primary.of(none).unwrap().1, Reason::Group);
        assert_eq!(primary.of(all), None);
        rules.group = false;
        assert!(rules.apply(&system).unwrap().needs().is_empty());
    }
}
