//! Rows under names of columns, from CSV or JSON Lines.

use super::csv::{Entry, entries};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// Line on which each row begins; 0 in JSON Lines.
    pub(crate) lines: Vec<u64>,
    /// Lines of what could not be read.
    pub(crate) unreadable: Vec<u64>,
}

impl Sheet {
    /// Comma-separated UTF-8 with a header.
    pub(crate) fn csv(bytes: &[u8]) -> Self {
        let mut sheet = Self::default();
        for entry in entries(bytes, b',') {
            match entry {
                Entry::Record(fields, line, _) => {
                    let fields: Vec<String> = fields
                        .into_iter()
                        .map(|field| String::from_utf8(field).unwrap())
                        .collect();
                    if sheet.header.is_empty() {
                        sheet.header = fields;
                    } else {
                        sheet.rows.push(fields);
                        sheet.lines.push(line);
                    }
                }
                Entry::Unreadable(line, _) => sheet.unreadable.push(line),
                Entry::Blank => {}
            }
        }
        sheet
    }

    /// Flat objects, one a line, all with the same keys in the same order.
    pub(crate) fn jsonl(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).unwrap();
        let mut sheet = Self::default();
        for line in text.lines() {
            let object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(line).unwrap();
            let header: Vec<String> = object.keys().cloned().collect();
            if sheet.header.is_empty() {
                sheet.header = header;
            } else {
                assert_eq!(sheet.header, header);
            }
            sheet.lines.push(0);
            sheet.rows.push(
                object
                    .values()
                    .map(|value| value.as_str().unwrap().to_owned())
                    .collect(),
            );
        }
        sheet
    }

    pub(crate) fn at(&self, column: &str) -> usize {
        let found = self.header.iter().position(|name| name == column);
        found.unwrap_or_else(|| panic!("no column {column} in {:?}", self.header))
    }

    /// The values of a column.
    pub(crate) fn column<'a>(&'a self, column: &str) -> impl Iterator<Item = &'a str> {
        let at = self.at(column);
        self.rows.iter().map(move |row| row[at].as_str())
    }

    /// The value of a column in a row.
    pub(crate) fn get(&self, row: usize, column: &str) -> &str {
        &self.rows[row][self.at(column)]
    }

    /// The sheet as CSV, every field in quotes where it must be.
    pub(crate) fn to_csv(&self) -> Vec<u8> {
        let mut out = Vec::new();
        push_row(&self.header, &mut out);
        for row in &self.rows {
            push_row(row, &mut out);
        }
        out
    }

    /// The sheet with its columns in another order.
    pub(crate) fn reordered(&self, order: &[usize]) -> Self {
        let pick = |row: &Vec<String>| order.iter().map(|at| row[*at].clone()).collect();
        Self {
            header: pick(&self.header),
            rows: self.rows.iter().map(pick).collect(),
            ..Self::default()
        }
    }
}

pub(crate) fn push_row(row: &[String], out: &mut Vec<u8>) {
    for (at, field) in row.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        if field.contains([',', '"', '\n', '\r']) || (row.len() == 1 && field.is_empty()) {
            out.push(b'"');
            out.extend_from_slice(field.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(field.as_bytes());
        }
    }
    out.push(b'\n');
}
