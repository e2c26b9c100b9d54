//! Finished rows of our own, changed once the whole is known: single cells
//! emptied, or whole columns written coarser.

use hashbrown::HashMap;

use super::limits::Limited;
use super::row::{push_csv, would_run};
use super::stop::Stop;
use crate::key::Tagger;
use crate::plan::{Ladder, Plan};
use crate::policy::model::Format;

/// How finished rows are changed.
pub(super) struct Rewrite {
    pub(super) format: Format,
    /// Places in the output of the quasi columns.
    pub(super) columns: Vec<usize>,
    /// Names of the output columns.
    pub(super) names: Vec<String>,
    /// Where rows are shuffled: by the changed row.
    pub(super) order: Option<Tagger>,
}

/// What becomes of the quasi cells of each row.
#[derive(Default)]
pub(super) struct Change<'a> {
    /// By row: quasi cells to be emptied, as bits.
    blanks: &'a [u64],
    /// By quasi column: its ladder and the step at which it is written.
    coarser: Vec<Option<(&'a Ladder, usize)>>,
    /// Cells as they stood: as they are written, and how many guards that saves.
    known: Vec<HashMap<Vec<u8>, Written>>,
    now: u64,
}

/// Bytes of a cell, and how many guards they save.
type Written = (Vec<u8>, i64);

impl<'a> Change<'a> {
    pub(super) fn new(plan: &'a Plan, limited: &'a Limited) -> Self {
        let coarser: Vec<Option<(&Ladder, usize)>> = match &limited.coarser {
            None => Vec::new(),
            Some(coarser) => coarser
                .steps
                .iter()
                .map(|(column, step)| Some((plan.ladder(*column)?, *step)))
                .map(|written| written.filter(|(_, step)| *step > 0))
                .collect(),
        };
        Self {
            blanks: &limited.withheld.blanks,
            known: vec![HashMap::new(); coarser.len()],
            coarser,
            now: 0,
        }
    }

    /// Turns to a row; whether anything of it changes.
    pub(super) fn begin(&mut self, row: usize) -> bool {
        self.now = self.blanks.get(row).copied().unwrap_or(0);
        self.now != 0 || self.coarser.iter().any(Option::is_some)
    }

    /// The new text of a quasi cell; `None` where it stays.
    fn text(&self, quasi: usize, text: impl FnOnce() -> String) -> Option<String> {
        if quasi < 64 && self.now >> quasi & 1 == 1 {
            return Some(String::new());
        }
        let (ladder, step) = self.coarser.get(quasi).copied().flatten()?;
        Some(ladder.label(step, &text()))
    }

    /// The new bytes of a CSV cell and how many guards they save.
    fn cell(&mut self, quasi: usize, cell: &[u8]) -> Option<Written> {
        let emptied = quasi < 64 && self.now >> quasi & 1 == 1;
        if !emptied && let Some(known) = self.known.get(quasi).and_then(|known| known.get(cell)) {
            return Some(known.clone());
        }
        let (text, was_guarded) = plain(cell);
        let new = self.text(quasi, || text)?;
        let mut bytes = Vec::new();
        let is_guarded = push_csv(&new, &mut bytes);
        let changed = (bytes, i64::from(was_guarded) - i64::from(is_guarded));
        if !emptied && let Some(known) = self.known.get_mut(quasi) {
            known.insert(cell.to_vec(), changed.clone());
        }
        Some(changed)
    }
}

impl Rewrite {
    /// The row as it leaves, and how many guarded cells it has fewer.
    pub(super) fn row(&self, row: &[u8], change: &mut Change<'_>) -> Result<(Vec<u8>, i64), Stop> {
        let bare = row.strip_suffix(b"\n").unwrap_or(row);
        let quasi = |at: usize| self.columns.iter().position(|column| *column == at);
        if self.format == Format::Jsonl {
            let mut object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_slice(bare).map_err(|_| Stop::Panicked)?;
            for (at, name) in self.names.iter().enumerate() {
                let (Some(quasi), Some(value)) = (quasi(at), object.get_mut(name)) else {
                    continue;
                };
                let text = || value.as_str().unwrap_or("").to_owned();
                if let Some(new) = change.text(quasi, text) {
                    *value = serde_json::Value::String(new);
                }
            }
            let mut out = serde_json::to_vec(&object).map_err(|_| Stop::Panicked)?;
            out.push(b'\n');
            return Ok((out, 0));
        }
        let mut out = Vec::with_capacity(row.len());
        let mut guarded = 0;
        for (at, cell) in cells(bare).into_iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            match quasi(at).and_then(|quasi| change.cell(quasi, cell)) {
                Some((bytes, less)) => {
                    out.extend_from_slice(&bytes);
                    guarded += less;
                }
                None => out.extend_from_slice(cell),
            }
        }
        out.push(b'\n');
        Ok((out, guarded))
    }
}

/// The cells of a CSV row of our own, as they stand.
fn cells(row: &[u8]) -> Vec<&[u8]> {
    let mut cells = Vec::new();
    let (mut from, mut quoted) = (0, false);
    for (at, byte) in row.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                cells.push(row.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    cells.push(row.get(from..).unwrap_or_default());
    cells
}

/// The text of a CSV cell of our own, and whether it was guarded.
fn plain(cell: &[u8]) -> (String, bool) {
    let text = String::from_utf8_lossy(cell);
    let text = match text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) => inner.replace("\"\"", "\""),
        None => text.into_owned(),
    };
    match text.strip_prefix('\'') {
        Some(inner) if would_run(inner) => (inner.to_owned(), true),
        _ => (text, false),
    }
}
