//! Tables and the dictionary: header, order, words, figures, minimum.

use std::fs::File;

use super::csv::{ChunkError, FieldFault, RecordFault, records};
use super::hunt::{Depth, Whole};
use super::manifest::Table;
use super::remainder;
use super::verdict::{Place, Reason};
use super::worker::{Rule, Worker, is_formula};

/// Figures that count what stands behind a cell, so that the minimum binds them.
const BOUND_BY_MINIMUM: [&str; 2] = ["persons", "records"];

fn place(artefact: u32, line: u64, column: usize) -> Place {
    Place {
        artefact,
        chunk: 0,
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
    }
}

/// Notes what made a record unreadable, and hunts in what it holds.
fn unreadable(
    worker: &mut Worker<'_>,
    artefact: u32,
    line: u64,
    fields: &[String],
    fault: RecordFault,
) {
    for (n, field) in fields.iter().enumerate() {
        worker.examine(field, &Rule::TEXT, place(artefact, line, n + 1));
    }
    let (reason, column) = match fault {
        RecordFault::Utf8(column) => (Reason::Utf8, column),
        RecordFault::Field(column, FieldFault::Quote) => (Reason::Quote, column),
        RecordFault::Field(column, FieldFault::Return) => (Reason::Return, column),
    };
    worker
        .tray
        .add(reason, place(artefact, line, column as usize), 1);
}

/// Notes how reading ended.
fn ending(
    worker: &mut Worker<'_>,
    artefact: u32,
    end: Result<bool, ChunkError>,
) -> std::io::Result<()> {
    let reason = match end {
        Ok(true) => return Ok(()),
        Ok(false) => Reason::LastLine,
        Err(ChunkError::TooLong) => Reason::TooLong,
        Err(ChunkError::Io(error)) => return Err(error),
    };
    worker.tray.add(reason, Place::file(artefact), 1);
    Ok(())
}

/// Text of a cell without the guard against spreadsheets.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'')
        .filter(|inner| is_formula(inner))
        .unwrap_or(cell)
}

/// Looks at the file of one table.
pub(super) fn table(
    worker: &mut Worker<'_>,
    table: &Table,
    artefact: u32,
    file: File,
) -> std::io::Result<()> {
    let by = table.by.len();
    let width = by + table.figures.len() + 1;
    let mut first = true;
    let mut before: Vec<String> = Vec::new();
    let mut raw_before = String::new();
    let mut raw = String::new();
    let (mut by_cells, mut by_text) = (true, true);
    let mut out_of_order = None;
    let mut published = remainder::Rows::new();
    let end = records(file, |line, fields, fault| {
        if let Some(fault) = fault {
            first = false;
            unreadable(worker, artefact, line, fields, fault);
            return;
        }
        if std::mem::take(&mut first) {
            let names = table
                .by
                .iter()
                .map(|column| column.name.as_str())
                .chain(table.figures.iter().map(String::as_str))
                .chain(["status"]);
            if !names.eq(fields.iter().map(|field| unguarded(field))) {
                worker.tray.add(Reason::Header, place(artefact, line, 0), 1);
            }
            let rule = Rule {
                csv: true,
                ..Rule::TEXT
            };
            for (n, field) in fields.iter().enumerate() {
                worker.examine(field, &rule, place(artefact, line, n + 1));
            }
            return;
        }
        worker.counts.table_cells += 1;
        if fields.len() != width {
            worker.tray.add(Reason::Fields, place(artefact, line, 0), 1);
            for (n, field) in fields.iter().enumerate() {
                worker.examine(field, &Rule::TEXT, place(artefact, line, n + 1));
            }
            return;
        }
        let (cells, rest) = fields.split_at(by);
        for (n, (cell, column)) in cells.iter().zip(&table.by).enumerate() {
            if cell.is_empty() || is_total(table, cells, n) {
                continue;
            }
            let rule = Rule {
                form: Some(&column.form),
                whole: Whole::default(),
                own_text: false,
                depth: Depth::Digits,
                csv: true,
            };
            worker.examine(cell, &rule, place(artefact, line, n + 1));
        }
        // Sorted by cells or by the text of the row: the two differ only where
        // a cell is the beginning of another.
        raw.clear();
        for cell in cells {
            raw.push_str(cell);
            raw.push(',');
        }
        let ordered = before
            .iter()
            .map(|cell| unguarded(cell))
            .cmp(cells.iter().map(|cell| unguarded(cell)));
        if !before.is_empty() && by > 0 {
            by_cells &= ordered.is_le();
            by_text &= raw_before <= raw;
            if !by_cells && !by_text && out_of_order.is_none() {
                out_of_order = Some(line);
            }
            if ordered.is_eq() {
                worker.tray.add(Reason::Twice, place(artefact, line, 0), 1);
            }
        }
        std::mem::swap(&mut raw, &mut raw_before);
        before.clear();
        before.extend_from_slice(cells);
        figures(worker, table, artefact, line, rest);
        if let Some((status, figures)) = rest.split_last()
            && status == "published"
            && table.subtotals.is_some()
        {
            let labels = cells.iter().map(|cell| unguarded(cell).to_owned());
            published.insert(labels.collect(), (line, remainder::counts(figures)));
        }
    });
    if !table.perturbed {
        remainder::look(worker, table, artefact, &published);
        if table.subtotals.is_some() {
            worker.published.push((artefact, published));
        }
    }
    if let Some(line) = out_of_order {
        worker.tray.add(Reason::Order, place(artefact, line, 0), 1);
    }
    if first {
        worker.tray.add(Reason::Header, Place::file(artefact), 1);
    }
    ending(worker, artefact, end)
}

/// Whether the cell of a by-column is the label of a total that may stand
/// there: with it, all finer levels of the dimension are totals too.
fn is_total(table: &Table, cells: &[String], at: usize) -> bool {
    let Some(subtotals) = &table.subtotals else {
        return false;
    };
    let label = |cell: &String| *cell == subtotals.label;
    let mut first = 0;
    for levels in &subtotals.levels {
        let end = first + levels;
        if at < end {
            let may_begin = if subtotals.totals { first } else { first + 1 };
            let begun = (first..end).find(|at| cells.get(*at).is_some_and(label));
            return begun.is_some_and(|begun| {
                begun >= may_begin
                    && at >= begun
                    && (begun..end).all(|at| cells.get(at).is_some_and(label))
            });
        }
        first = end;
    }
    false
}

/// Looks at the figures and the status of a row.
fn figures(worker: &mut Worker<'_>, table: &Table, artefact: u32, line: u64, rest: &[String]) {
    let Some((status, figures)) = rest.split_last() else {
        return;
    };
    let at = |n: usize| place(artefact, line, table.by.len() + n + 1);
    let shown = match status.as_str() {
        "published" if !table.perturbed => true,
        "perturbed" if table.perturbed => true,
        "withheld" => false,
        _ => {
            worker.tray.add(Reason::Status, at(figures.len()), 1);
            true
        }
    };
    for (n, figure) in figures.iter().enumerate() {
        if !shown {
            if !figure.is_empty() {
                worker.tray.add(Reason::WithheldFigure, at(n), 1);
            }
            continue;
        }
        if !is_figure(figure) {
            worker.tray.add(Reason::Figure, at(n), 1);
            continue;
        }
        let bound = table
            .figures
            .get(n)
            .is_some_and(|name| BOUND_BY_MINIMUM.contains(&name.as_str()));
        if bound {
            let enough = match figure.parse::<u64>() {
                Ok(0) => table.zeros_shown,
                Ok(persons) => persons >= table.min,
                // More digits than fit: surely enough; a fraction: no count.
                Err(_) => figure.bytes().all(|b| b.is_ascii_digit()),
            };
            if !enough {
                worker.tray.add(Reason::BelowMinimum, at(n), 1);
            }
        }
    }
}

/// A plain decimal without needless zeros in front.
fn is_figure(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    plain(whole) && plain(fraction) && (whole.len() == 1 || !whole.starts_with('0'))
}

/// Looks at a CSV file without forms: the dictionary. Every record as wide as
/// the header, every cell hunted.
pub(super) fn plain(
    worker: &mut Worker<'_>,
    artefact: u32,
    file: File,
    mut words: impl FnMut(&mut Worker<'_>, &str, Place),
) -> std::io::Result<()> {
    let mut width = None;
    let rule = Rule {
        csv: true,
        ..Rule::TEXT
    };
    let end = records(file, |line, fields, fault| match fault {
        None => {
            if *width.get_or_insert(fields.len()) != fields.len() {
                worker.tray.add(Reason::Fields, place(artefact, line, 0), 1);
            }
            for (n, field) in fields.iter().enumerate() {
                let place = place(artefact, line, n + 1);
                worker.examine(field, &rule, place);
                words(worker, field, place);
            }
        }
        Some(fault) => unreadable(worker, artefact, line, fields, fault),
    });
    if width.is_none() {
        worker.tray.add(Reason::Header, Place::file(artefact), 1);
    }
    ending(worker, artefact, end)
}
