//! The CSV file of a protected table.

use crate::protect::Protected;

/// Writes a table: by-columns, figures, `status`; rows sorted by code point.
/// Gives the bytes and the number of rows. `push` writes one cell with the
/// quotes and guards of every CSV file of a release.
#[must_use]
pub fn write(table: &Protected, push: &dyn Fn(&str, &mut Vec<u8>)) -> (Vec<u8>, u64) {
    let mut out = Vec::new();
    let mut line = |cells: &[&str]| {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            push(cell, &mut out);
        }
        out.push(b'\n');
    };
    let mut head: Vec<&str> = table.by.iter().map(String::as_str).collect();
    head.extend(table.figures.iter().map(String::as_str));
    head.push("status");
    line(&head);
    for cell in &table.cells {
        let figures: Vec<String> = match &cell.figures {
            Some(figures) => figures.iter().map(u64::to_string).collect(),
            None => vec![String::new(); table.figures.len()],
        };
        let mut cells: Vec<&str> = cell.labels.iter().map(String::as_str).collect();
        cells.extend(figures.iter().map(String::as_str));
        cells.push(if cell.figures.is_some() {
            "published"
        } else {
            "withheld"
        });
        line(&cells);
    }
    (out, table.cells.len() as u64)
}
