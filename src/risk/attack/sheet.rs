//! A release as an intruder reads it, or a list that an intruder has.
//!
//! Values are held as codes of a column's distinct texts. It reads with the
//! ordinary reader and believes the manifest about names and forms only.

use std::hash::BuildHasher;
use std::path::{Path, PathBuf};

use hashbrown::{DefaultHashBuilder, HashTable};
use serde_json::Value;

use crate::cell::CellBuf;
use crate::input::{Chunk, Event, Format, ReadError, Reading, RecordReader, Source, Unknown};

/// Rows by column.
#[derive(Default)]
pub struct Sheet {
    /// Names of columns.
    pub names: Vec<String>,
    /// Column, row: code of the text.
    pub codes: Vec<Vec<u32>>,
    /// Column, code: text, trimmed.
    pub texts: Vec<Vec<CellBuf>>,
    /// Rows.
    pub rows: usize,
    known: Vec<HashTable<u32>>,
    hasher: DefaultHashBuilder,
}

/// Why a release or list was not read.
#[derive(Debug)]
pub enum Stop {
    /// A file cannot be read: its name, and why.
    Read(PathBuf, ReadError),
    /// It is no release: no manifest, or one that says too little.
    Manifest(PathBuf),
    /// A column that was asked for is not there.
    Column(String),
    /// A list was given and nothing to match it by.
    NoMatch,
}

impl Sheet {
    /// Reads files of one schema; `names` are needed for JSON Lines.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn read(files: &[PathBuf], reading: &Reading, names: &[String]) -> Result<Self, Stop> {
        Self::read_where(files, reading, names, &|_| true)
    }

    /// The same, with the values of columns of these names alone: the others
    /// are there by name and hold nothing.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn read_where(
        files: &[PathBuf],
        reading: &Reading,
        names: &[String],
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Self, Stop> {
        let mut sheet = Self::default();
        for file in files {
            let failed = |error| Stop::Read(file.clone(), error);
            let mut source = Source::open(file, reading).map_err(failed)?.unhashed();
            let header: Vec<String> = match reading.format {
                Format::Csv => {
                    let header = source.header().map_err(failed)?;
                    header.iter().map(|name| name.text().to_owned()).collect()
                }
                Format::Jsonl => names.to_vec(),
            };
            if sheet.names.is_empty() {
                sheet.codes = vec![Vec::new(); header.len()];
                sheet.texts = vec![Vec::new(); header.len()];
                sheet.known = vec![HashTable::new(); header.len()];
                sheet.names = header;
            }
            let columns: Vec<&str> = names.iter().map(String::as_str).collect();
            let held: Vec<usize> = (0..sheet.names.len())
                .filter(|at| sheet.names.get(*at).is_some_and(|name| wanted(name)))
                .collect();
            let mut reader =
                RecordReader::new(reading, sheet.names.len(), &columns).unknown(Unknown::Skip);
            let mut chunk = Chunk::default();
            while let Some(next) = source.next_chunk(chunk).map_err(failed)? {
                reader.read(&next, |event| {
                    if let Event::Record(record) = event {
                        for at in held.iter().copied() {
                            sheet.push(at, record.get(at).unwrap_or("").trim());
                        }
                        sheet.rows += 1;
                    }
                });
                chunk = next;
            }
        }
        sheet.known = Vec::new();
        Ok(sheet)
    }

    fn push(&mut self, column: usize, text: &str) {
        let (Some(known), Some(texts), Some(codes)) = (
            self.known.get_mut(column),
            self.texts.get_mut(column),
            self.codes.get_mut(column),
        ) else {
            return;
        };
        let hasher = &self.hasher;
        let hash = hasher.hash_one(text);
        let held = |at: &u32| texts.get(*at as usize).map_or("", CellBuf::text);
        let code = match known.find(hash, |at| held(at) == text) {
            Some(code) => *code,
            None => {
                let next = u32::try_from(texts.len()).unwrap_or(u32::MAX);
                known.insert_unique(hash, next, |at| hasher.hash_one(held(at)));
                texts.push(CellBuf::new(text.to_owned()));
                next
            }
        };
        codes.push(code);
    }

    /// Place of a column.
    ///
    /// # Errors
    /// Where there is none of this name.
    pub fn column(&self, name: &str) -> Result<usize, Stop> {
        self.names
            .iter()
            .position(|known| known == name)
            .ok_or_else(|| Stop::Column(name.to_owned()))
    }

    /// Text of a cell.
    #[must_use]
    pub fn text(&self, row: usize, column: usize) -> &str {
        let code = self.codes.get(column).and_then(|codes| codes.get(row));
        code.and_then(|code| self.texts.get(column)?.get(*code as usize))
            .map_or("", CellBuf::text)
    }
}

/// What is attacked.
pub struct Target {
    /// Its rows.
    pub rows: Sheet,
    /// Of each column what the manifest says; `Null` where there is none.
    pub columns: Vec<Value>,
    /// Tables: name, columns, least persons of a figure, rows.
    pub tables: Vec<Table>,
    /// The k that it claims.
    pub k: Option<u64>,
    /// The l that it claims.
    pub l: Option<u64>,
    /// Columns that make classes.
    pub quasi: Vec<usize>,
    /// Sensitive columns.
    pub sensitive: Vec<usize>,
    /// Columns of codes that stand for people.
    pub codes: Vec<usize>,
    /// Project of the policy.
    pub project: String,
    /// Recipient.
    pub recipient: String,
    /// Whether there is a manifest.
    pub is_release: bool,
}

/// A table of a release.
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its by-columns.
    pub by: Vec<String>,
    /// Its figures that count people.
    pub figures: Vec<String>,
    /// Least persons behind a figure.
    pub min: u64,
    /// Its rows.
    pub sheet: Sheet,
}

/// What a plain file's columns are.
#[derive(Debug, Clone, Default)]
pub struct Roles {
    /// Columns that make classes; all others where empty.
    pub quasi: Vec<String>,
    /// Sensitive columns.
    pub sensitive: Vec<String>,
    /// Column of the subject's code.
    pub subject: Option<String>,
}

impl Target {
    /// Opens a release folder, or a plain CSV file with the roles given.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn open(path: &Path, reading: &Reading, roles: &Roles) -> Result<Self, Stop> {
        if !path.is_dir() {
            let rows = Sheet::read(&[path.to_path_buf()], reading, &[])?;
            return Self::plain(rows, roles);
        }
        let no = || Stop::Manifest(path.to_path_buf());
        let bytes = std::fs::read(path.join("manifest.json")).map_err(|_| no())?;
        let manifest: Value = serde_json::from_slice(&bytes).map_err(|_| no())?;
        let predicate = manifest.get("predicate").ok_or_else(no)?;
        let list = |value: Option<&Value>| -> Vec<Value> {
            value.and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let columns = list(predicate.get("columns"));
        let word = |value: &Value, key: &str| -> String {
            value
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or("")
                .to_owned()
        };
        let names: Vec<String> = columns.iter().map(|column| word(column, "name")).collect();
        let mut files: Vec<PathBuf> = list(manifest.get("subject"))
            .iter()
            .map(|subject| word(subject, "name"))
            .filter(|name| {
                name.starts_with("extract") && !name.contains('/') && !name.contains('\\')
            })
            .map(|name| path.join(name))
            .collect();
        files.sort();
        let jsonl = predicate
            .get("extract")
            .is_some_and(|extract| word(extract, "format") == "jsonl");
        let ours = Reading {
            format: if jsonl { Format::Jsonl } else { Format::Csv },
            ..Reading::default()
        };
        let rows = Sheet::read(&files, &ours, &names)?;
        let mut tables = Vec::new();
        for table in list(predicate.get("tables")) {
            let name = word(&table, "name");
            let plain = |name: &str| {
                !name.is_empty()
                    && name
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            };
            if !plain(&name) {
                return Err(no());
            }
            let file = path.join("tables").join(format!("{name}.csv"));
            tables.push(Table {
                by: list(table.get("by"))
                    .iter()
                    .map(|by| word(by, "name"))
                    .collect(),
                figures: list(table.get("figures"))
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
                min: table.get("min").and_then(Value::as_u64).unwrap_or(0),
                sheet: Sheet::read(&[file], &Reading::default(), &[])?,
                name,
            });
        }
        let with_class = |class: &str| -> Vec<usize> {
            let is = |column: &&Value| word(column, "class") == class;
            let at = columns.iter().filter(is).map(|column| word(column, "name"));
            at.filter_map(|name| rows.column(&name).ok()).collect()
        };
        let form = |column: &Value| {
            column
                .get("form")
                .map(|form| word(form, "form"))
                .unwrap_or_default()
        };
        let codes = columns
            .iter()
            .filter(|column| form(column) == "code")
            .filter_map(|column| rows.column(&word(column, "name")).ok())
            .collect();
        let risk = predicate.get("row_risk");
        let limit = |key: &str| risk.and_then(|risk| risk.get(key)).and_then(Value::as_u64);
        let policy = predicate
            .get("policy")
            .map(|p| word(p, "name"))
            .unwrap_or_default();
        let mut of_rows = vec![Value::Null; rows.names.len()];
        for column in &columns {
            if let Ok(at) = rows.column(&word(column, "name")) {
                of_rows[at] = column.clone();
            }
        }
        Ok(Self {
            quasi: with_class("quasi"),
            sensitive: with_class("sensitive"),
            codes,
            k: limit("k"),
            l: limit("l"),
            columns: of_rows,
            tables,
            project: policy.split('/').next().unwrap_or("").to_owned(),
            recipient: word(predicate, "recipient"),
            is_release: true,
            rows,
        })
    }

    fn plain(rows: Sheet, roles: &Roles) -> Result<Self, Stop> {
        let find = |names: &[String]| -> Result<Vec<usize>, Stop> {
            names.iter().map(|name| rows.column(name)).collect()
        };
        let sensitive = find(&roles.sensitive)?;
        let subject = roles
            .subject
            .as_deref()
            .map(|name| rows.column(name))
            .transpose()?;
        let mut codes: Vec<usize> = (0..rows.names.len())
            .filter(|at| super::codes::reads_as_codes(&rows, *at))
            .collect();
        if let Some(subject) = subject
            && !codes.contains(&subject)
        {
            codes.insert(0, subject);
        } else if let Some(subject) = subject {
            codes.retain(|at| *at != subject);
            codes.insert(0, subject);
        }
        let quasi = if roles.quasi.is_empty() {
            (0..rows.names.len())
                .filter(|at| !sensitive.contains(at) && !codes.contains(at))
                .collect()
        } else {
            find(&roles.quasi)?
        };
        Ok(Self {
            columns: vec![Value::Null; rows.names.len()],
            tables: Vec::new(),
            k: None,
            l: None,
            quasi,
            sensitive,
            codes,
            project: String::new(),
            recipient: String::new(),
            is_release: false,
            rows,
        })
    }

    /// A word that the manifest has for a column.
    #[must_use]
    pub fn word(&self, column: usize, key: &str) -> &str {
        self.columns
            .get(column)
            .and_then(|column| column.get(key))
            .and_then(Value::as_str)
            .unwrap_or("")
    }

    /// The form of a column, as the manifest has it.
    #[must_use]
    pub fn form(&self, column: usize) -> &Value {
        self.columns
            .get(column)
            .and_then(|column| column.get("form"))
            .unwrap_or(&Value::Null)
    }
}
