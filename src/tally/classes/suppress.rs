//! Single values that are emptied, so that rows of small classes fall together.

use hashbrown::HashMap;

use super::search::Search;
use super::{Classes, RowLimits, empty_cell};

impl Classes {
    /// Finds values to empty, so that rows of classes that miss a limit fall
    /// into classes of at least k: as few as a row's group needs, those of the
    /// last columns first. A class that meets the limits is never touched.
    pub(super) fn suppress(&self, limits: &RowLimits) -> Suppressed {
        let count = self.numbers.len();
        let columns = self.cells.len().checked_div(count).unwrap_or(0);
        let search = Search::new(self, &self.class_of, count);
        let mut failing = limits
            .l
            .map_or_else(|| vec![false; count], |l| search.few_values(l));
        for (fails, size) in failing.iter_mut().zip(&search.sizes) {
            *fails |= u64::from(*size) < limits.k;
        }
        let mut sizes: Vec<u64> = search.sizes.iter().map(|size| u64::from(*size)).collect();
        let mut found = Suppressed {
            target: (0..u32::try_from(count).unwrap_or(u32::MAX)).collect(),
            blanks: vec![0; count],
            classes: count,
        };
        let mut left: Vec<u32> = (0u32..)
            .zip(&failing)
            .filter(|(_, fails)| **fails)
            .map(|(class, _)| class)
            .collect();
        let mut known: HashMap<u128, u32> = HashMap::new();
        // What earlier releases show cannot be emptied.
        for mask in masks(columns - usize::from(!self.shown.is_empty() && columns > 0)) {
            if left.is_empty() {
                break;
            }
            let mut groups: HashMap<u128, Vec<u32>> = HashMap::new();
            for class in &left {
                let cells = self
                    .cells
                    .get(*class as usize * columns..)
                    .unwrap_or_default();
                let key =
                    cells
                        .iter()
                        .take(columns)
                        .enumerate()
                        .fold(0u128, |key, (column, cell)| {
                            key.wrapping_add(if mask >> column & 1 == 1 {
                                empty_cell(column)
                            } else {
                                *cell
                            })
                        });
                groups.entry(key).or_default().push(*class);
            }
            let mut gone = false;
            for (key, classes) in groups {
                let there = known.get(&key).or_else(|| self.numbers.get(&key)).copied();
                let company = there
                    .filter(|there| !classes.contains(there))
                    .map_or(0, |there| sizes[there as usize]);
                let together: u64 = classes.iter().map(|class| sizes[*class as usize]).sum();
                if company + together < limits.k {
                    continue;
                }
                let target = there.unwrap_or_else(|| {
                    found.classes += 1;
                    sizes.push(0);
                    u32::try_from(sizes.len() - 1).unwrap_or(u32::MAX)
                });
                known.insert(key, target);
                sizes[target as usize] = company + together;
                for class in classes {
                    found.target[class as usize] = target;
                    let cells = self
                        .cells
                        .get(class as usize * columns..)
                        .unwrap_or_default();
                    let empty = |column: &usize| cells.get(*column) == Some(&empty_cell(*column));
                    let already = (0..columns)
                        .filter(empty)
                        .fold(0, |bits, at| bits | 1u64 << at);
                    found.blanks[class as usize] = mask & !already;
                    failing[class as usize] = false;
                    gone = true;
                }
            }
            if gone {
                left.retain(|class| failing[*class as usize]);
            }
        }
        found
    }
}

/// What single suppressed values make of the classes.
pub(super) struct Suppressed {
    /// The class into which each class falls.
    pub(super) target: Vec<u32>,
    /// Columns that each class loses, as bits.
    pub(super) blanks: Vec<u64>,
    pub(super) classes: usize,
}

/// Most columns all of whose subsets are tried; of more, subsets of up to three.
const SUBSETS: usize = 10;

/// Sets of columns as bits: small ones first, of equal size the last columns first.
fn masks(columns: usize) -> Vec<u64> {
    let columns = columns.min(64);
    let mut masks: Vec<u64> = if columns <= SUBSETS {
        (1..1u64 << columns).collect()
    } else {
        let bit = |at: usize| 1u64 << at;
        let mut few = Vec::new();
        for a in 0..columns {
            few.push(bit(a));
            for b in 0..a {
                few.push(bit(a) | bit(b));
                few.extend((0..b).map(|c| bit(a) | bit(b) | bit(c)));
            }
        }
        few
    };
    masks.sort_by_key(|mask| (mask.count_ones(), std::cmp::Reverse(*mask)));
    masks
}
