//! Earlier releases that share codes with this one: `--with DIR`. What they
//! show of a code becomes part of its class, so that k holds for whoever has
//! all of them.
//!
//! They are read as anybody can read them, by their manifests; only hashes of
//! their rows are kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::stop::Stop;
use super::{Job, read_failed};
use crate::input::{Chunk, Event, Format, Reading, RecordReader, Source, Unknown};
use crate::key::identity::hex;
use crate::plan::{Form, Plan};
use crate::tally::Earlier;

/// Reads the releases of `job.with` that join with each plan's codes.
///
/// # Errors
/// Where one cannot be read, or joins with no plan of the run.
pub(super) fn gather(job: &Job<'_>, plans: &mut [Plan]) -> Result<(), Stop> {
    if job.with.is_empty() {
        return Ok(());
    }
    let mut joined = vec![false; job.with.len()];
    let mut why = String::new();
    for plan in plans {
        if plan.row_limits().is_none() {
            return Err(Stop::With(
                "the policy limits no row risk, so that there is nothing to hold the joined rows to".to_owned(),
            ));
        }
        let Some(code) = plan.subject_code() else {
            return Err(Stop::With(
                "this policy lets no code of the subject leave, so that rows join with no other release on codes".to_owned(),
            ));
        };
        let mut earlier = Earlier::default();
        let mut names = Vec::new();
        for (at, folder) in job.with.iter().enumerate() {
            let folder = match &plan.recipient {
                Some(id) if folder.join(id).join("manifest.json").exists() => folder.join(id),
                _ => folder.clone(),
            };
            let release = Shown::open(&folder)?;
            match release.column(plan, code, &job.key.id().to_string()) {
                Ok(code) => {
                    release.read(&folder, code, at, &mut earlier)?;
                    names.push(release.name);
                    joined[at] = true;
                }
                Err(not) => why = format!("{}: {not}", shown(&folder)),
            }
        }
        earlier.finish();
        if !names.is_empty() {
            plan.earlier = Some(Arc::new(earlier));
            plan.joins = names;
        }
    }
    if joined.iter().all(|joined| *joined) {
        return Ok(());
    }
    Err(Stop::With(why))
}

fn shown(path: &Path) -> String {
    crate::policy::error::clean_line(&path.display().to_string())
}

/// What the manifest of a release says.
struct Shown {
    predicate: Value,
    files: Vec<PathBuf>,
    name: String,
}

impl Shown {
    fn open(folder: &Path) -> Result<Self, Stop> {
        let no = |what: &str| Stop::With(format!("{}: {what}", shown(folder)));
        let bytes = std::fs::read(folder.join("manifest.json"))
            .map_err(|_| no("there is no manifest.json that can be read"))?;
        let manifest: Value =
            serde_json::from_slice(&bytes).map_err(|_| no("its manifest cannot be read"))?;
        let predicate = manifest
            .get("predicate")
            .ok_or_else(|| no("its manifest is of another kind"))?
            .clone();
        let subjects = manifest.get("subject").and_then(Value::as_array);
        let mut files = Vec::new();
        for subject in subjects.into_iter().flatten() {
            let name = subject.get("name").and_then(Value::as_str).unwrap_or("");
            if !name.starts_with("extract") || name.contains(['/', '\\']) {
                continue;
            }
            let path = folder.join(name);
            let bytes = std::fs::read(&path).map_err(|_| no("a file of its rows is missing"))?;
            let digest: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&bytes).into();
            let listed = subject.pointer("/digest/sha256").and_then(Value::as_str);
            if listed != Some(hex(&digest).as_str()) {
                return Err(no(
                    "a file of its rows is not the one that its manifest lists",
                ));
            }
            files.push(path);
        }
        files.sort();
        let policy = predicate.get("policy");
        let word = |key: &str| policy.and_then(|policy| policy.get(key));
        let name = format!(
            "{}, version {}",
            word("name").and_then(Value::as_str).unwrap_or(""),
            word("version").and_then(Value::as_u64).unwrap_or(0)
        );
        Ok(Self {
            predicate,
            files,
            name: crate::policy::error::clean_line(&name),
        })
    }

    fn columns(&self) -> Vec<&Value> {
        let columns = self.predicate.get("columns").and_then(Value::as_array);
        columns.into_iter().flatten().collect()
    }

    /// The place of the column whose codes are this plan's, or why there is none.
    fn column(&self, plan: &Plan, code: usize, key: &str) -> Result<usize, &'static str> {
        let text = |key: &str| self.predicate.get(key).and_then(Value::as_str);
        let policy = self
            .predicate
            .pointer("/policy/name")
            .and_then(Value::as_str);
        if policy.and_then(|name| name.split('/').next()) != Some(plan.policy.project.as_str()) {
            return Err("it is of another project: its codes join with none of this run");
        }
        if text("recipient") != plan.recipient.as_deref() {
            return Err("it is for another recipient: its codes join with none of this run");
        }
        if text("key_id") != Some(key) {
            return Err("it was made with another key: its codes join with none of this run");
        }
        let Some(Form::Code { prefix, bits }) = plan.columns.get(code).map(|column| &column.form)
        else {
            return Err("this policy has no code to join on");
        };
        let is_code = |column: &&Value| {
            let form = |key: &str| column.get("form").and_then(|form| form.get(key));
            form("form").and_then(Value::as_str) == Some("code")
                && form("prefix").and_then(Value::as_str) == Some(prefix)
                && form("bits").and_then(Value::as_u64) == Some(u64::from(*bits))
        };
        self.columns()
            .iter()
            .position(is_code)
            .ok_or("none of its columns has codes of this run's domain")
    }

    fn read(
        &self,
        folder: &Path,
        code: usize,
        release: usize,
        earlier: &mut Earlier,
    ) -> Result<(), Stop> {
        let columns = self.columns();
        let word = |at: usize, key: &str| -> &str {
            let column = columns.get(at).and_then(|column| column.get(key));
            column.and_then(Value::as_str).unwrap_or("")
        };
        let names: Vec<String> = (0..columns.len())
            .map(|at| word(at, "name").to_owned())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let quasi: Vec<usize> = (0..columns.len())
            .filter(|at| word(*at, "class") == "quasi")
            .collect();
        let format = self.predicate.pointer("/extract/format");
        let reading = Reading {
            format: match format.and_then(Value::as_str) {
                Some("jsonl") => Format::Jsonl,
                _ => Format::Csv,
            },
            ..Reading::default()
        };
        for path in &self.files {
            let mut source = Source::open(path, &reading).map_err(read_failed(path))?;
            if reading.format == Format::Csv {
                source.header().map_err(read_failed(path))?;
            }
            let mut reader =
                RecordReader::new(&reading, names.len(), &names).unknown(Unknown::Skip);
            let mut chunk = Chunk::default();
            let mut unreadable = false;
            while let Some(next) = source.next_chunk(chunk).map_err(read_failed(path))? {
                reader.read(&next, |event| match event {
                    Event::Record(record) => {
                        let code = record.get(code).unwrap_or("");
                        if code.is_empty() {
                            return;
                        }
                        let mut cells = String::new();
                        for at in &quasi {
                            cells.push_str(record.get(*at).unwrap_or(""));
                            cells.push('\u{1f}');
                        }
                        earlier.add(release, code, &cells);
                    }
                    Event::Unreadable(_) => unreadable = true,
                    Event::Blank => {}
                });
                chunk = next;
            }
            if unreadable {
                return Err(Stop::With(format!(
                    "{}: a row of it cannot be read for certain",
                    shown(folder)
                )));
            }
        }
        Ok(())
    }
}
