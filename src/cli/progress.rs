//! One line on a terminal while a run goes: what it does, how far it is, how
//! fast. Silent when stderr is not a terminal. Counts and rates only.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::out;
use crate::job;

/// Draws at most so often.
const EVERY: Duration = Duration::from_millis(100);

/// The line.
pub(super) struct Line {
    began: Instant,
    drawn: Cell<Option<Instant>>,
    on: bool,
}

impl Line {
    /// A line that shows itself on a terminal unless the user wants quiet.
    pub(super) fn new(quiet: bool) -> Self {
        Self {
            began: Instant::now(),
            drawn: Cell::new(None),
            on: !quiet && out::words_on_terminal(),
        }
    }

    /// Takes news; draws it where it is time to.
    pub(super) fn news(&self, progress: job::Progress) {
        let now = Instant::now();
        let due = match (progress, self.drawn.get()) {
            (job::Progress::Reading { .. }, Some(last)) => now.duration_since(last) >= EVERY,
            _ => true,
        };
        if self.on && due {
            self.drawn.set(Some(now));
            out::draw_line(&text(progress, now.duration_since(self.began)));
        }
    }

    /// Takes the line away.
    pub(super) fn end(&self) {
        out::clear_line();
    }
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rates for the eye"
)]
fn text(progress: job::Progress, elapsed: Duration) -> String {
    let (records, bytes, total) = match progress {
        job::Progress::Reading {
            records,
            bytes,
            total,
        } => (records, bytes, total),
        job::Progress::Finishing => {
            return "putting rows in order, writing tables and documents".to_owned();
        }
        job::Progress::Checking => return "checking the finished bytes".to_owned(),
    };
    let seconds = elapsed.as_secs_f64().max(0.001);
    let mut line = format!(
        "{} records  {}  {} rows/s  {}/s",
        out::count(records),
        out::size(bytes),
        out::count((records as f64 / seconds) as u64),
        out::size((bytes as f64 / seconds) as u64),
    );
    if let Some(total) = total.filter(|total| *total > 0) {
        let share = (bytes as f64 / total as f64).min(1.0);
        line.push_str(&format!("  {:.0}%", share * 100.0));
        if share > 0.01 {
            let left = (seconds / share * (1.0 - share)).ceil() as u64;
            line.push_str(&format!("  {}:{:02} left", left / 60, left % 60));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_how_fast_and_how_long() {
        let half = job::Progress::Reading {
            records: 500_000,
            bytes: 50_000_000,
            total: Some(100_000_000),
        };
        assert_eq!(
            text(half, Duration::from_secs(2)),
            "500,000 records  50.0 MB  250,000 rows/s  25.0 MB/s  50%  0:02 left"
        );
        let unknown = job::Progress::Reading {
            records: 1,
            bytes: 10,
            total: None,
        };
        assert!(!text(unknown, Duration::ZERO).contains('%'));
    }
}
