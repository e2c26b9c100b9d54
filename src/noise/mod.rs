//! Perturbation by cell keys: small noise that the same people always get.
//!
//! Every person has a record key, a keyed hash that no recipient and no release
//! changes. A cell's key is the sum of the record keys of its people, modulo
//! 2⁶⁴; cell key and true count together choose the noise from a table of
//! probabilities. The same people in a cell give the same figure, however the
//! cell was cut out; one person more or less gives a cell a fresh, unrelated
//! key and leaves every other cell alone.
//!
//! The table of probabilities has, for each true count, the distribution of
//! largest entropy (Marley and Leaver 2011; handbook on statistical disclosure
//! control, chapter 5.4) with
//!
//! * noise of at most `bound` in size, so that a figure is never far off;
//! * mean 0, exactly, so that sums of figures are not off in one direction;
//! * a stated variance: the one asked for, or the least possible where small
//!   counts leave no choice;
//! * no outcome from 1 to `min` − 1, and none below 0. An empty cell stays empty.
//!
//! Probabilities are whole multiples of 2⁻³², found with the four operations
//! of IEEE 754 alone, so that every machine finds the same. The mean is exact
//! in integers; [`Noise::variance`] gives the variance that results, exactly.

/// Probabilities are multiples of one in so many.
const ONE: u64 = 1 << 32;

/// What a table of probabilities is made for.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Spec {
    /// Least figure above 0 that is published.
    pub min: u64,
    /// Largest noise.
    pub bound: u64,
    /// Variance of the noise where small counts do not ask for more.
    pub variance: f64,
}

/// Why there is no such table of probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// The bound is below the least figure: counts below it could not go up.
    #[error("the largest noise must be at least the least figure that is published")]
    Bound,
    /// Larger than `bound`² or not a positive number.
    #[error("no noise of this size has this variance")]
    Variance,
    /// Larger than this program makes.
    #[error("the largest noise must be at most 200")]
    TooLarge,
}

/// Largest bound for which tables are made.
const LARGEST_BOUND: u64 = 200;

/// A table of probabilities: of each true count, outcomes and cumulated shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noise {
    /// Rows for true counts from 1; the last stands for all larger ones.
    rows: Vec<Row>,
}

/// Changes of a true count and their probabilities in units of 2⁻³².
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    changes: Vec<(i64, u64)>,
}

impl Spec {
    /// What is used where a policy says no more than `min`.
    #[must_use]
    pub fn of(min: u64) -> Self {
        Self {
            min,
            bound: min + 2,
            variance: 2.0,
        }
    }
}

impl Noise {
    /// Makes the table.
    ///
    /// # Errors
    /// Where none has what is asked for.
    pub fn new(spec: Spec) -> Result<Self, Impossible> {
        if spec.bound > LARGEST_BOUND {
            return Err(Impossible::TooLarge);
        }
        if spec.bound < spec.min || spec.bound < 2 {
            return Err(Impossible::Bound);
        }
        let bound = i64::try_from(spec.bound).unwrap_or(i64::MAX);
        let min = i64::try_from(spec.min).unwrap_or(i64::MAX);
        // Flat noise has the largest entropy, and a variance of D(D + 1)/3.
        let most = real(bound * (bound + 1)) / 3.0;
        if !(spec.variance > 0.0 && spec.variance <= most) {
            return Err(Impossible::Variance);
        }
        // From here on no outcome is cut off by `min`.
        let last = min + bound;
        let rows = (1..=last)
            .map(|count| row(count, min, bound, spec.variance))
            .collect();
        Ok(Self { rows })
    }

    fn row(&self, count: u64) -> Option<&Row> {
        let at = usize::try_from(count.checked_sub(1)?).unwrap_or(usize::MAX);
        self.rows.get(at.min(self.rows.len().saturating_sub(1)))
    }

    /// The figure that is published for a true count under a cell key.
    #[must_use]
    pub fn figure(&self, count: u64, cell_key: u64) -> u64 {
        let Some(row) = self.row(count) else {
            return 0;
        };
        let mut left = cell_key >> 32;
        for (change, share) in &row.changes {
            if left < *share {
                return count.saturating_add_signed(*change);
            }
            left -= share;
        }
        count
    }

    /// Mean of the noise for a true count, in units of 2⁻³²: 0.
    #[must_use]
    pub fn bias(&self, count: u64) -> i128 {
        self.moment(count, 1)
    }

    /// Variance of the noise for a true count, in units of 2⁻³².
    #[must_use]
    pub fn variance(&self, count: u64) -> i128 {
        self.moment(count, 2)
    }

    /// The same as a number.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        reason = "units of the table of noise are far below 2⁵³"
    )]
    pub fn variance_of(&self, count: u64) -> f64 {
        self.variance(count) as f64 / ONE as f64
    }

    fn moment(&self, count: u64, power: u32) -> i128 {
        let changes = self.row(count).map_or(&[][..], |row| &row.changes);
        changes
            .iter()
            .map(|(change, share)| i128::from(*change).pow(power) * i128::from(*share))
            .sum()
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "units of the table of noise are far below 2⁵³"
)]
fn real(whole: i64) -> f64 {
    whole as f64
}

/// The row of one true count.
fn row(count: i64, min: i64, bound: i64, variance: f64) -> Row {
    let changes: Vec<i64> = (-bound..=bound)
        .filter(|change| count + change == 0 || count + change >= min)
        .collect();
    // Below `min` the count itself is no outcome: between the next outcomes
    // below and above lies the least variance.
    let least = if count < min {
        real(count * (min - count))
    } else {
        0.0
    };
    let wanted = if least > 0.0 {
        // A little room, so that more than two outcomes are possible.
        (least * 1.05).max(variance)
    } else {
        variance
    };
    let shares = largest_entropy(&changes, wanted);
    Row {
        changes: exact(&changes, &shares),
    }
}

/// Shares of the distribution p(d) ∝ exp(a·d + b·d²) with mean 0 and the
/// variance wanted, or as near to it as the outcomes allow. With the mean held
/// at 0 the variance rises with b, and with b held the mean rises with a: both
/// are found by halving.
fn largest_entropy(changes: &[i64], wanted: f64) -> Vec<f64> {
    let (mut low, mut high) = (-40.0f64, 40.0f64);
    let mut shares = centred(changes, 0.0);
    for _ in 0..56 {
        let middle = (low + high) / 2.0;
        shares = centred(changes, middle);
        let variance: f64 = weigh(changes, &shares, |d| d * d);
        if variance < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    shares
}

fn weigh(changes: &[i64], shares: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    changes
        .iter()
        .zip(shares)
        .map(|(change, share)| of(real(*change)) * share)
        .sum()
}

/// Shares with mean 0 for a given b.
fn centred(changes: &[i64], b: f64) -> Vec<f64> {
    let (mut low, mut high) = (-9000.0f64, 9000.0f64);
    let mut shares = Vec::new();
    for _ in 0..64 {
        let a = (low + high) / 2.0;
        let powers: Vec<f64> = changes
            .iter()
            .map(|change| {
                let d = real(*change);
                a * d + b * d * d
            })
            .collect();
        let top = powers.iter().copied().fold(f64::MIN, f64::max);
        shares = powers.iter().map(|power| exp(power - top)).collect();
        let sum: f64 = shares.iter().sum();
        for share in &mut shares {
            *share /= sum;
        }
        if weigh(changes, &shares, |d| d) < 0.0 {
            low = a;
        } else {
            high = a;
        }
    }
    shares
}

/// eˣ for x ≤ 0 by the four operations alone: the same bits on every machine.
fn exp(x: f64) -> f64 {
    if x < -700.0 {
        return 0.0;
    }
    // e^x = (e^(x/1024))^1024, and near 0 the series is short.
    let small = x / 1024.0;
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..12 {
        term *= small / f64::from(n);
        sum += term;
    }
    let mut result: f64 = sum;
    for _ in 0..10 {
        result *= result;
    }
    result
}

/// Whole shares of 2³² that add up to it and have a mean of exactly 0.
fn exact(changes: &[i64], shares: &[f64]) -> Vec<(i64, u64)> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    let mut whole: Vec<(i64, i128)> = changes
        .iter()
        .zip(shares)
        .map(|(change, share)| (*change, i128::from((share * ONE as f64) as u64)))
        .collect();
    // What rounding down has left goes where most is already.
    let missing = i128::from(ONE) - whole.iter().map(|(_, share)| share).sum::<i128>();
    let top = (0..whole.len()).max_by_key(|at| whole[*at].1).unwrap_or(0);
    if let Some(most) = whole.get_mut(top) {
        most.1 += missing;
    }
    // Moving one share by one place changes the mean by one share.
    let mean: i128 = whole.iter().map(|(d, share)| i128::from(*d) * share).sum();
    let place = (0..whole.len().saturating_sub(1))
        .filter(|at| whole[*at].0 + 1 == whole[*at + 1].0)
        .max_by_key(|at| whole[*at].1.min(whole[*at + 1].1));
    if let Some(at) = place {
        whole[at].1 += mean;
        whole[at + 1].1 -= mean;
    }
    whole
        .into_iter()
        .filter_map(|(change, share)| {
            let share = u64::try_from(share).ok()?;
            (share > 0).then_some((change, share))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs() -> Vec<Spec> {
        let mut specs: Vec<Spec> = [3, 4, 10].map(Spec::of).to_vec();
        specs.push(Spec {
            min: 3,
            bound: 5,
            variance: 2.0,
        });
        specs.push(Spec {
            min: 3,
            bound: 8,
            variance: 6.5,
        });
        specs.push(Spec {
            min: 5,
            bound: 5,
            variance: 1.0,
        });
        specs
    }

    #[test]
    fn noise_is_unbiased_exactly_and_bounded_and_small_counts_never_appear() {
        for spec in specs() {
            let noise = Noise::new(spec).unwrap();
            for count in 1..40 {
                assert_eq!(noise.bias(count), 0, "{spec:?} {count}");
                let row = noise.row(count).unwrap();
                let all: u64 = row.changes.iter().map(|(_, share)| share).sum();
                assert_eq!(all, ONE, "{spec:?} {count}");
                for (change, _) in &row.changes {
                    assert!(change.unsigned_abs() <= spec.bound);
                    let figure = count.checked_add_signed(*change).unwrap();
                    assert!(
                        figure == 0 || figure >= spec.min,
                        "{spec:?} {count} {figure}"
                    );
                }
                assert!(row.changes.len() > 1, "{spec:?}: {count} always stays");
            }
        }
    }

    #[test]
    fn the_variance_is_the_one_asked_for_wherever_small_counts_allow_it() {
        for spec in specs() {
            let noise = Noise::new(spec).unwrap();
            for count in 1..40 {
                let least = if count < spec.min {
                    count as f64 * (spec.min - count) as f64
                } else {
                    0.0
                };
                let wanted = (least * 1.05).max(spec.variance);
                let got = noise.variance_of(count);
                assert!(
                    (got - wanted).abs() < 1e-3,
                    "{spec:?} {count}: {got} for {wanted}"
                );
            }
        }
    }

    /// Every key once, in steps: the figures have the mean and the variance that
    /// the table states, to the last share.
    #[test]
    fn what_is_published_over_all_keys_has_the_stated_moments() {
        let noise = Noise::new(Spec::of(3)).unwrap();
        for count in [1u64, 2, 3, 4, 7, 50] {
            let row = noise.row(count).unwrap();
            let mut from = 0u64;
            for (change, share) in &row.changes {
                for key in [from, from + share - 1] {
                    let figure = noise.figure(count, key << 32 | 0xffff_ffff);
                    assert_eq!(figure, count.checked_add_signed(*change).unwrap());
                }
                from += share;
            }
            assert_eq!(from, ONE);
        }
        assert_eq!(noise.figure(0, 12345), 0);
    }

    #[test]
    fn what_no_table_can_have_is_refused() {
        let spec = Spec::of(10);
        let bound = Spec { bound: 9, ..spec };
        let variance = |variance| Spec { variance, ..spec };
        assert_eq!(Noise::new(bound), Err(Impossible::Bound));
        for odd in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
            assert_eq!(Noise::new(variance(odd)), Err(Impossible::Variance));
        }
        let large = Spec { bound: 201, ..spec };
        assert_eq!(Noise::new(large), Err(Impossible::TooLarge));
    }

    /// Known answers: the same shares on every machine.
    #[test]
    fn the_table_for_three_has_known_shares() {
        let noise = Noise::new(Spec::of(3)).unwrap();
        assert_eq!(noise.row(1).unwrap().changes, KNOWN_ONE);
    }
    const KNOWN_ONE: &[(i64, u64)] = &[
        (-1, 2_898_672_532),
        (2, 1_292_773_987),
        (3, 100_978_689),
        (4, 2_521_949),
        (5, 20_139),
    ];
}
