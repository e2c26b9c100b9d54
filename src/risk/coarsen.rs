//! The steps at which a run writes its columns, where the policy lets them
//! become coarser: the node of the lattice that meets the limits at the least
//! loss, found from the classes that were counted, without reading rows again.
//!
//! The lattice counts each class by itself. Whoever has several rows is judged
//! by all of them, so that such a node counts only if the run's own limit,
//! applied to every row, keeps no more back than the policy allows. Both
//! judgements are kinder to a coarser node: its classes hold whole classes of
//! the finer one, and so do its histories.

use hashbrown::HashMap;

use super::hierarchy::Hierarchy;
use super::histogram::Base;
use super::lattice::{Found, L, Limits, Loss, Search, search_where};
use super::measures::ratio;
use crate::tally::{Classes, Diversity, RowLimits, Withheld};

/// One column: how many steps it has, and the label of a cell at each.
pub struct Steps<'a> {
    /// Steps; one where the column stays as it is.
    pub count: usize,
    /// The label of a cell of the first step at a step.
    pub label: &'a dyn Fn(usize, &str) -> String,
}

/// What was chosen.
#[derive(Debug)]
pub struct Chosen {
    /// Step of each column.
    pub steps: Vec<usize>,
    /// Loss there.
    pub loss: f64,
    /// Nodes of the lattice, and nodes that were counted.
    pub nodes: u64,
    /// Nodes whose classes were counted.
    pub looked_at: u64,
    /// Whether it is the optimum of the whole lattice.
    pub optimal: bool,
    /// What the limits keep back there.
    pub withheld: Withheld,
}

/// No node meets the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoNode {
    /// Rows kept back where every column is at its last step.
    pub least: u64,
    /// Of all rows.
    pub rows: u64,
}

/// Finds the steps for `classes`, whose cells are those of `columns`. Of all
/// rows at most the share `allowed` may be kept back.
///
/// # Errors
/// Where even the coarsest node keeps more back.
pub fn choose(
    classes: &Classes,
    columns: &[Steps<'_>],
    limits: &RowLimits,
    allowed: f64,
    loss: Loss,
) -> Result<Chosen, NoNode> {
    let prepared = Prepared::new(classes, columns, limits.l.is_some());
    let (base, hierarchies) = (&prepared.base, &prepared.hierarchies);
    let rows = classes.rows() as u64;
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count of rows"
    )]
    let most = (rows as f64 * allowed + 1e-9).floor() as u64;
    let at = |levels: &[usize]| -> Withheld {
        let (target, count) = prepared.target(levels);
        classes.limit_at(&target, count, limits)
    };
    let mut failed: Vec<Vec<usize>> = Vec::new();
    let mut accept = |levels: &[usize]| -> bool {
        if prepared.one_row_each {
            return true;
        }
        let finer = |coarse: &Vec<usize>| levels.iter().zip(coarse).all(|(a, b)| a <= b);
        // A diversity that falls as rows go may be met by a finer node.
        if limits.l.is_none() && failed.iter().any(finer) {
            return false;
        }
        let holds = at(levels).count <= most;
        if !holds {
            failed.push(levels.to_vec());
        }
        holds
    };
    let of_lattice = Limits {
        k: limits.k,
        l: limits.l.map(|l| match l {
            Diversity::Distinct(l) => L::Distinct(l),
            Diversity::Entropy(l) => L::Entropy(ratio(l, 1)),
        }),
        suppress: allowed,
    };
    let Found {
        best,
        nodes,
        looked_at,
        optimal,
    } = search_where(
        base,
        hierarchies,
        &of_lattice,
        loss,
        Search::Best,
        &mut accept,
    );
    match best {
        Some(best) => Ok(Chosen {
            withheld: at(&best.levels),
            steps: best.levels,
            loss: best.loss,
            nodes,
            looked_at,
            optimal,
        }),
        None => {
            let top: Vec<usize> = hierarchies.iter().map(Hierarchy::top).collect();
            Err(NoNode {
                least: at(&top).count,
                rows,
            })
        }
    }
}

/// What the search needs of the classes.
struct Prepared {
    base: Base,
    hierarchies: Vec<Hierarchy>,
    /// Codes by column, then by class.
    codes: Vec<Vec<u32>>,
    /// Whether nobody has two rows.
    one_row_each: bool,
}

impl Prepared {
    fn new(classes: &Classes, columns: &[Steps<'_>], diverse: bool) -> Self {
        let (cells, width) = classes.cells();
        let count = cells.len().checked_div(width).unwrap_or(0);
        let mut codes: Vec<Vec<u32>> = Vec::new();
        let mut hierarchies = Vec::new();
        for (at, steps) in columns.iter().enumerate() {
            let mut numbers: HashMap<u128, u32> = HashMap::new();
            let mut hashes = Vec::new();
            let of_column = cells.iter().skip(at).step_by(width.max(1));
            codes.push(
                of_column
                    .map(|hash| {
                        let next = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
                        *numbers.entry(*hash).or_insert_with(|| {
                            hashes.push(*hash);
                            next
                        })
                    })
                    .collect(),
            );
            hierarchies.push(if steps.count < 2 {
                Hierarchy::fixed(hashes.len())
            } else {
                let level = |step: usize| -> Vec<String> {
                    let label = |hash: &u128| (steps.label)(step, classes.text(*hash));
                    hashes.iter().map(label).collect()
                };
                let labels: Vec<Vec<String>> = (0..steps.count).map(level).collect();
                let names = (0..steps.count).map(|step| step.to_string()).collect();
                Hierarchy::number(names, &labels, hashes.len(), false)
            });
        }
        let sizes: Vec<usize> = hierarchies.iter().map(|h| h.sizes[0]).collect();
        let mut base = Base {
            quasi: columns.len(),
            count,
            codes: codes.clone(),
            sizes,
            texts: Vec::new(),
            records: Vec::new(),
            persons: Vec::new(),
            several: Vec::new(),
        };
        // With a limit over sensitive values a combination is a class and its values.
        let mut tuple_of = classes.class_of().to_vec();
        if diverse {
            for values in classes.sensitive() {
                let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
                let mut pairs: Vec<(u32, u32)> = Vec::new();
                for (tuple, value) in tuple_of.iter_mut().zip(values) {
                    let next = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
                    let pair = (*tuple, *value);
                    *tuple = *numbers.entry(pair).or_insert_with(|| {
                        pairs.push(pair);
                        next
                    });
                }
                for codes in &mut base.codes {
                    *codes = pairs
                        .iter()
                        .map(|(tuple, _)| codes[*tuple as usize])
                        .collect();
                }
                let distinct = values.iter().max().map_or(0, |most| *most as usize + 1);
                base.codes
                    .push(pairs.iter().map(|(_, value)| *value).collect());
                base.sizes.push(distinct);
                base.count = pairs.len();
            }
        }
        base.records = vec![0; base.count];
        base.persons = vec![0; base.count];
        let mut of_subject: Vec<(u64, u32)> = Vec::with_capacity(tuple_of.len());
        for (tuple, subject) in tuple_of.iter().zip(classes.subjects()) {
            base.records[*tuple as usize] += 1;
            of_subject.extend(subject.map(|subject| (subject, *tuple)));
        }
        of_subject.sort_unstable();
        let mut one_row_each = true;
        for rows in of_subject.chunk_by(|a, b| a.0 == b.0) {
            one_row_each &= rows.len() == 1;
            let mut tuples: Vec<u32> = rows.iter().map(|(_, tuple)| *tuple).collect();
            tuples.dedup();
            for tuple in &tuples {
                base.persons[*tuple as usize] += 1;
            }
            if tuples.len() > 1 {
                base.several.push(tuples);
            }
        }
        Self {
            base,
            hierarchies,
            codes,
            one_row_each,
        }
    }

    /// The class of a node into which each class falls, and how many there are.
    fn target(&self, levels: &[usize]) -> (Vec<u32>, usize) {
        let count = self.codes.first().map_or(0, Vec::len);
        let mut of_class = vec![0u32; count];
        let mut distinct = usize::from(count > 0);
        for ((hierarchy, level), codes) in self.hierarchies.iter().zip(levels).zip(&self.codes) {
            let labels = hierarchy.levels.get(*level).map_or(&[][..], Vec::as_slice);
            let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
            for (class, code) in of_class.iter_mut().zip(codes) {
                let label = labels.get(*code as usize).copied().unwrap_or(u32::MAX);
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *class = *numbers.entry((*class, label)).or_insert(next);
            }
            distinct = numbers.len();
        }
        (of_class, distinct)
    }
}
