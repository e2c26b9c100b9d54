//! Linear programmes over a few hundred unknown counts: the least and the
//! greatest that each can be under given sums.
//!
//! A dense tableau with two phases. Doubles suffice: factors are 1 and -1, and
//! what comes out is rounded outwards by a millionth.

/// Below this a coefficient counts as zero.
const TINY: f64 = 1e-9;
/// Below this a reduced cost or the sum of what cannot be met counts as zero.
const SLACK: f64 = 1e-7;

/// Multiplications that may still be done.
#[derive(Debug)]
pub(super) struct Budget(pub(super) u64);

impl Budget {
    fn take(&mut self, work: usize) -> Result<(), Spent> {
        let left = self.0.checked_sub(work as u64).ok_or(Spent)?;
        self.0 = left;
        Ok(())
    }
}

/// The budget does not suffice.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spent;

/// A feasible corner of `{ x ≥ 0 : A x = b }`, from which to go on.
#[derive(Debug)]
pub(super) struct Tableau {
    /// Rows; the last column is the right-hand side.
    rows: Vec<Vec<f64>>,
    /// The unknown that each row stands for.
    basis: Vec<usize>,
    /// Unknowns.
    width: usize,
    /// Least and greatest value of each unknown over all corners visited.
    pub(super) seen: Vec<(f64, f64)>,
}

impl Tableau {
    /// Looks for a first corner; `None` where there is none. Equations are
    /// pairs of unknown and factor, and the sum.
    pub(super) fn new(
        equations: &[(Vec<(usize, f64)>, f64)],
        width: usize,
        budget: &mut Budget,
    ) -> Result<Option<Self>, Spent> {
        let mut rows = Vec::with_capacity(equations.len());
        for (terms, sum) in equations {
            let sign = if *sum < 0.0 { -1.0 } else { 1.0 };
            let mut row = vec![0.0; width + 1];
            for (at, factor) in terms {
                row[*at] += sign * factor;
            }
            row[width] = sign * sum;
            rows.push(row);
        }
        // Each row begins with an unknown of its own, whose column is not kept:
        // it never comes back.
        let basis = (0..rows.len()).map(|row| width + row).collect();
        let mut cost = vec![0.0; width + 1];
        for row in &rows {
            for (cost, factor) in cost.iter_mut().zip(row) {
                *cost += factor;
            }
        }
        let mut tableau = Self {
            rows,
            basis,
            width,
            seen: vec![(f64::INFINITY, f64::NEG_INFINITY); width],
        };
        tableau.climb(&mut cost, budget)?;
        if cost[width].abs() > SLACK * (1.0 + tableau.rows.len() as f64) {
            return Ok(None);
        }
        tableau.drop_helpers(budget)?;
        tableau.see();
        Ok(Some(tableau))
    }

    /// Puts an unknown into the place of every helper; a row without any says
    /// what others say, and goes.
    fn drop_helpers(&mut self, budget: &mut Budget) -> Result<(), Spent> {
        let mut at = 0;
        while at < self.rows.len() {
            if self.basis[at] < self.width {
                at += 1;
                continue;
            }
            let row = &self.rows[at];
            match (0..self.width).find(|column| row[*column].abs() > SLACK) {
                Some(column) => {
                    self.pivot(at, column, &mut [], budget)?;
                    at += 1;
                }
                None => {
                    self.rows.swap_remove(at);
                    self.basis.swap_remove(at);
                }
            }
        }
        Ok(())
    }

    /// The greatest value of an unknown (`sign` 1) or the least (`sign` -1);
    /// `None` where it has no bound.
    pub(super) fn extreme(
        &mut self,
        unknown: usize,
        sign: f64,
        budget: &mut Budget,
    ) -> Result<Option<f64>, Spent> {
        let mut cost = vec![0.0; self.width + 1];
        match self.basis.iter().position(|basic| *basic == unknown) {
            Some(row) => {
                for (cost, factor) in cost.iter_mut().zip(&self.rows[row]) {
                    *cost = -sign * factor;
                }
                cost[unknown] = 0.0;
            }
            None => cost[unknown] = sign,
        }
        if !self.climb(&mut cost, budget)? {
            return Ok(None);
        }
        Ok(Some(self.value(unknown)))
    }

    fn value(&self, unknown: usize) -> f64 {
        let row = self.basis.iter().position(|basic| *basic == unknown);
        row.map_or(0.0, |row| self.rows[row][self.width])
    }

    /// Goes from corner to corner while the cost grows; whether there is an end.
    fn climb(&mut self, cost: &mut [f64], budget: &mut Budget) -> Result<bool, Spent> {
        let mut standing = 0;
        loop {
            // The steepest way; after many steps on one spot the first one,
            // which never goes in a circle (Bland 1977).
            let candidates = (0..self.width).filter(|column| cost[*column] > SLACK);
            let column = if standing > 50 + self.rows.len() {
                candidates.min()
            } else {
                candidates.max_by(|a, b| cost[*a].total_cmp(&cost[*b]))
            };
            let Some(column) = column else {
                return Ok(true);
            };
            let mut best: Option<(f64, usize)> = None;
            for (at, row) in self.rows.iter().enumerate() {
                // A helper whose row could only grow leaves at once: it is 0.
                let helper = self.basis[at] >= self.width && row[self.width] <= SLACK;
                if row[column] > TINY.max(SLACK) || (helper && row[column] < -SLACK) {
                    let step = (row[self.width] / row[column]).max(0.0);
                    let closer = match best {
                        None => true,
                        Some((least, kept)) => {
                            step < least - TINY
                                || (step <= least + TINY && self.basis[at] < self.basis[kept])
                        }
                    };
                    if closer {
                        best = Some((step, at));
                    }
                }
            }
            let Some((step, row)) = best else {
                return Ok(false);
            };
            standing = if step > SLACK { 0 } else { standing + 1 };
            self.pivot(row, column, cost, budget)?;
            self.see();
        }
    }

    fn pivot(
        &mut self,
        at: usize,
        column: usize,
        cost: &mut [f64],
        budget: &mut Budget,
    ) -> Result<(), Spent> {
        budget.take(self.rows.len().saturating_mul(self.width + 1))?;
        let mut pivot = std::mem::take(&mut self.rows[at]);
        let factor = 1.0 / pivot[column];
        for value in &mut pivot {
            *value *= factor;
            if value.abs() < TINY {
                *value = 0.0;
            }
        }
        pivot[column] = 1.0;
        for row in &mut self.rows {
            if !row.is_empty() && row[column] != 0.0 {
                clear(row, &pivot, column);
            }
        }
        if !cost.is_empty() && cost[column] != 0.0 {
            clear(cost, &pivot, column);
        }
        self.rows[at] = pivot;
        self.basis[at] = column;
        Ok(())
    }

    /// Notes what the unknowns are at this corner; none while helpers stand.
    fn see(&mut self) {
        if self.basis.iter().zip(&self.rows).any(|(basic, row)| {
            *basic >= self.width && row.last().is_some_and(|sum| sum.abs() > SLACK)
        }) {
            return;
        }
        let mut now = vec![0.0; self.width];
        for (basic, row) in self.basis.iter().zip(&self.rows) {
            if let Some(value) = now.get_mut(*basic) {
                *value = row[self.width];
            }
        }
        for (seen, now) in self.seen.iter_mut().zip(now) {
            *seen = (seen.0.min(now), seen.1.max(now));
        }
    }
}

/// Takes a multiple of the pivot's row off another, so that its column is 0.
fn clear(row: &mut [f64], pivot: &[f64], column: usize) {
    let factor = row[column];
    for (value, pivot) in row.iter_mut().zip(pivot) {
        *value -= factor * pivot;
    }
    row[column] = 0.0;
}
