//! `offrecord protect`: the protection of a table that somebody made elsewhere.
//! Reads and writes the file; what may leave is decided in the library.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::args::must_not_exist;
use super::out::{self, Failure, shown};
use super::reading::ReadingArgs;
use crate::cell::CellBuf;
use crate::input::{Chunk, Event, Format, ReadError, RecordReader, Source};
use crate::protect::made::{self, Made, MadeError, Request, Row};
use crate::protect::rules::{Dominance, PrimaryRules, Zeros};
use crate::protect::suppress::{Options, Refusal};

/// Protect a table of counts or sums that was made elsewhere
///
/// Reads a CSV with one row a cell, withholds every row behind which fewer
/// than --min persons stand, and as many others as it takes so that none of
/// them can be worked out from what is left. Rows with the label of totals in
/// a column are totals. Withheld and empty rows are not in the result unless
/// --show-withheld lists both alike. Exit code 3 where no protection was found.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord protect cells.csv --by sector --by ethnicity --persons n > safe.csv
  offrecord protect cells.csv --by 'sector > employer > branch' --persons n --out safe.csv --report private.json
  offrecord protect wages.csv --by region --by trade --persons n --value wages --largest top1,top2 --p-percent 10 --min 3")]
pub(super) struct Protect {
    /// The table, as CSV; `-` is stdin
    cells: PathBuf,
    /// Column of labels, or levels of a hierarchy from coarse to fine: 'sector > employer'
    #[arg(long, value_name = "COLUMN", required = true)]
    by: Vec<String>,
    /// Column with the number of distinct persons behind each row
    #[arg(long, value_name = "COLUMN")]
    persons: String,
    /// Column with a sum to protect besides; may be repeated
    #[arg(long, value_name = "COLUMN")]
    value: Vec<String>,
    /// Columns with the largest contributions to the first --value, by owner, the largest first
    #[arg(
        long,
        value_name = "COLUMN,COLUMN…",
        value_delimiter = ',',
        requires = "value"
    )]
    largest: Vec<String>,
    /// Column that says what withholding a row would lose; else larger rows are dearer
    #[arg(long, value_name = "COLUMN")]
    cost: Option<String>,
    /// Least persons behind a published row
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    min: u64,
    /// Label of totals
    #[arg(long, value_name = "LABEL", default_value = "Total")]
    total: String,
    /// Totals that the table leaves out: known to everybody, or to nobody
    #[arg(long, value_enum, default_value = "known")]
    totals: Totals,
    /// Empty cells: hidden like small ones, or published
    #[arg(long, value_enum, default_value = "protect")]
    zeros: ZerosWord,
    /// p % rule for sums: nobody may know the largest contribution within P percent
    #[arg(long, value_name = "P", requires = "largest", value_parser = clap::value_parser!(u32).range(1..=100))]
    p_percent: Option<u32>,
    /// (n,k) rule for sums: N owners may not make up more than K percent
    #[arg(long, value_name = "N,K", requires = "largest", value_parser = pair)]
    nk: Option<(u32, u32)>,
    /// (p,q) rule for sums: known within Q percent before, not within P percent after
    #[arg(long, value_name = "P,Q", requires = "largest", value_parser = pair)]
    pq: Option<(u32, u32)>,
    /// Persons who may put together what they know of rows that are theirs alone
    #[arg(long, value_name = "M", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    coalition: u8,
    /// List withheld and empty rows, alike and without figures
    #[arg(long)]
    show_withheld: bool,
    /// Write the protected table into this new file instead of to stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the private report, as JSON, into this new file; never share it
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print the private report as JSON on stdout
    #[arg(long, requires = "out")]
    json: bool,
    #[command(flatten)]
    reading: ReadingArgs,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Totals {
    Known,
    Unknown,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum ZerosWord {
    Protect,
    Publish,
}

fn pair(text: &str) -> Result<(u32, u32), String> {
    let wrong = || "write two whole numbers from 1 to 100, as in 2,85".to_owned();
    let (a, b) = text.split_once(',').ok_or_else(wrong)?;
    let number = |text: &str| {
        text.trim()
            .parse::<u32>()
            .ok()
            .filter(|number| (1..=100).contains(number))
            .ok_or_else(wrong)
    };
    Ok((number(a)?, number(b)?))
}

/// Columns by number.
struct Columns {
    by: Vec<usize>,
    levels: Vec<usize>,
    persons: usize,
    values: Vec<usize>,
    largest: Vec<usize>,
    cost: Option<usize>,
}

/// The file as read.
struct Sheet {
    header: Vec<CellBuf>,
    records: Vec<Vec<CellBuf>>,
    lines: Vec<u64>,
}

impl Protect {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self) -> Result<u8, Failure> {
        for path in self.out.iter().chain(&self.report) {
            must_not_exist(path)?;
        }
        let sheet = self.sheet()?;
        let columns = self.columns(&sheet.header)?;
        let rows = self.rows(&sheet, &columns)?;
        let request = self.request(&columns);
        let made = made::protect(&rows, &request).map_err(|error| self.refused(&error))?;
        let report = self.report(&made, &rows, &columns);
        if self.show_withheld && made.unpublished.is_none() {
            return Err(Failure::usage(
                "too many rows would be listed without figures",
                "named alone, withheld rows would tell that they are not empty",
                "leave --show-withheld out",
            ));
        }
        let table = self.table(&sheet, &columns, &made);
        if let Some(path) = &self.report {
            let text = serde_json::to_string_pretty(&report).unwrap_or_default() + "\n";
            self.file(path, text.as_bytes())?;
        }
        self.tell(&made, &rows);
        match &self.out {
            Some(path) => self.file(path, &table)?,
            None => out::all_data(&table)?,
        }
        if self.json {
            out::json_data(&report)?;
        }
        Ok(0)
    }

    fn file(&self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        crate::release::create_private_file(path)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            })
            .map_err(|error| {
                Failure::failed(
                    format!("{}: {error}", shown(path)),
                    "the file is not complete",
                    "choose another place",
                )
            })
    }

    fn sheet(&self) -> Result<Sheet, Failure> {
        let reading = self.reading.reading()?;
        if reading.format != Format::Csv || !reading.header {
            return Err(Failure::usage(
                "a table is read as CSV with a header",
                "columns are named by it",
                "write the table as CSV, the names of its columns first",
            ));
        }
        let path = &self.cells;
        let failed = |error: ReadError| {
            Failure::failed(
                format!("{}: {error}", shown(path)),
                "nothing was protected",
                error.help(),
            )
        };
        let mut source = match path.as_os_str() == "-" {
            true => Source::stdin(&reading),
            false => Source::open(path, &reading),
        }
        .map_err(failed)?;
        let header = source.header().map_err(failed)?.to_vec();
        let mut reader = RecordReader::new(&reading, header.len(), &[]);
        let mut sheet = Sheet {
            header,
            records: Vec::new(),
            lines: Vec::new(),
        };
        let mut bad = None;
        let mut chunk = Chunk::default();
        while let Some(next) = source.next_chunk(chunk).map_err(failed)? {
            reader.read(&next, |event| match event {
                Event::Record(record) => {
                    sheet.lines.push(record.line());
                    sheet.records.push(
                        (0..sheet.header.len())
                            .map(|at| CellBuf::new(record.get(at).unwrap_or_default().to_owned()))
                            .collect(),
                    );
                }
                Event::Unreadable(unreadable) => {
                    bad.get_or_insert((unreadable.line, unreadable.reason));
                }
                Event::Blank => {}
            });
            chunk = next;
        }
        match bad {
            None => Ok(sheet),
            Some((line, reason)) => Err(Failure::failed(
                format!("{}, line {line}: {}", shown(path), reason.as_str()),
                "a table with a row that cannot be read for certain is not protected",
                "mend the file; `offrecord read FILE --raw` shows how it is read",
            )),
        }
    }

    fn columns(&self, header: &[CellBuf]) -> Result<Columns, Failure> {
        let find = |name: &str| {
            let mut at = header
                .iter()
                .enumerate()
                .filter(|(_, column)| column.text() == name)
                .map(|(at, _)| at);
            match (at.next(), at.next()) {
                (Some(at), None) => Ok(at),
                (first, _) => Err(Failure::coded(
                    4,
                    format!(
                        "{}: {} of the columns that were named",
                        shown(&self.cells),
                        if first.is_none() {
                            "it lacks one"
                        } else {
                            "it has two of one"
                        }
                    ),
                    "nothing is guessed about columns",
                    "write the names as they stand in the first line of the file",
                )),
            }
        };
        let mut columns = Columns {
            by: Vec::new(),
            levels: Vec::new(),
            persons: find(&self.persons)?,
            values: self
                .value
                .iter()
                .map(|name| find(name))
                .collect::<Result<_, _>>()?,
            largest: self
                .largest
                .iter()
                .map(|name| find(name))
                .collect::<Result<_, _>>()?,
            cost: self.cost.as_deref().map(find).transpose()?,
        };
        for dimension in &self.by {
            let names: Vec<&str> = dimension.split('>').map(str::trim).collect();
            columns.levels.push(names.len());
            for name in names {
                columns.by.push(find(name)?);
            }
        }
        let mut used: Vec<usize> = columns
            .by
            .iter()
            .chain([&columns.persons])
            .chain(&columns.values)
            .copied()
            .collect();
        used.sort_unstable();
        if used.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Failure::usage(
                "a column is named twice",
                "a column holds labels or a figure, once",
                "name each column once",
            ));
        }
        // What stands in further columns was not looked at and may not leave.
        Ok(columns)
    }

    fn rows(&self, sheet: &Sheet, columns: &Columns) -> Result<Vec<Row>, Failure> {
        let wrong = |line: u64, what: &str| {
            Failure::failed(
                format!("{}, line {line}: {what}", shown(&self.cells)),
                "figures are exact; nothing is rounded or guessed",
                "write whole numbers and plain decimals, without grouping",
            )
        };
        // One scale for all further figures and contributions.
        let mut places = 0;
        for (record, line) in sheet.records.iter().zip(&sheet.lines) {
            for at in columns.values.iter().chain(&columns.largest) {
                let text = record[*at].text().trim();
                let part = text.split_once('.').map_or(0, |(_, part)| part.len());
                if part > 6 {
                    return Err(wrong(*line, "a figure has more than six decimals"));
                }
                places = places.max(part);
            }
        }
        let mut rows = Vec::with_capacity(sheet.records.len());
        for (record, line) in sheet.records.iter().zip(&sheet.lines) {
            let whole = |at: usize| {
                record[at]
                    .text()
                    .trim()
                    .parse::<u64>()
                    .map_err(|_| wrong(*line, "a count is not a whole number"))
            };
            let scaled = |at: &usize| {
                decimal(record[*at].text().trim(), places)
                    .ok_or_else(|| wrong(*line, "a figure is not a plain decimal"))
            };
            let mut largest: Vec<i64> = columns
                .largest
                .iter()
                .filter(|at| !record[**at].is_empty())
                .map(scaled)
                .collect::<Result<_, _>>()?;
            largest.sort_unstable_by(|a, b| b.cmp(a));
            rows.push(Row {
                line: *line,
                labels: columns.by.iter().map(|at| record[*at].clone()).collect(),
                persons: whole(columns.persons)?,
                values: columns
                    .values
                    .iter()
                    .map(scaled)
                    .collect::<Result<_, _>>()?,
                largest,
                cost: columns.cost.map(whole).transpose()?,
            });
        }
        Ok(rows)
    }

    fn request(&self, columns: &Columns) -> Request<'static> {
        let mut rules = PrimaryRules::counts(self.min);
        if self.zeros == ZerosWord::Publish {
            rules.zeros = Zeros::Publish;
        }
        if let Some(percent) = self.p_percent {
            rules.dominance.push(Dominance::P { percent });
        }
        if let Some((n, k)) = self.nk {
            rules.dominance.push(Dominance::Nk { n: n as usize, k });
        }
        if let Some((p, q)) = self.pq {
            rules.dominance.push(Dominance::Pq { p, q });
        }
        Request {
            levels: columns.levels.clone(),
            total: self.total.clone(),
            totals_known: self.totals == Totals::Known,
            rules,
            options: Options {
                coalition: usize::from(self.coalition),
                ..Options::default()
            },
        }
    }

    fn refused(&self, error: &MadeError) -> Failure {
        let what = format!("{}: {error}", shown(&self.cells));
        match error {
            MadeError::Refused(Refusal::Exposed(_)) => Failure::coded(
                3,
                what,
                "totals that are known already give them away, or doubt is left; no table was written",
                "leave a level out, join small labels, or say --totals unknown if nobody knows the totals",
            ),
            MadeError::TooLarge => Failure::failed(
                what,
                "every combination counts, since an empty cell is news, too",
                "protect a coarser table, or fewer dimensions at once",
            ),
            MadeError::TotalTooLarge(_) => Failure::failed(
                what,
                "a table that lacks rows cannot be protected: what is missing is known by subtraction",
                "put the missing rows back",
            ),
            _ => Failure::failed(
                what,
                "a table that does not add up cannot be protected",
                "mend the table, or say what its totals are called: --total LABEL",
            ),
        }
    }

    /// Columns that leave: labels and figures, in the order of the file.
    fn leaving(&self, columns: &Columns) -> Vec<usize> {
        let mut leaving: Vec<usize> = columns
            .by
            .iter()
            .chain([&columns.persons])
            .chain(&columns.values)
            .copied()
            .collect();
        leaving.sort_unstable();
        leaving
    }

    fn table(&self, sheet: &Sheet, columns: &Columns, made: &Made) -> Vec<u8> {
        let leaving = self.leaving(columns);
        let mut lines: Vec<Vec<u8>> = Vec::new();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let mut line = Vec::new();
            for (at, cell) in cells.enumerate() {
                if at > 0 {
                    line.push(b',');
                }
                crate::job::push_csv(cell, &mut line);
            }
            line.push(b'\n');
            line
        };
        let head = leaving.iter().map(|at| sheet.header[*at].text());
        let mut bytes = line(&mut head.chain(["status"]));
        for (record, open) in sheet.records.iter().zip(&made.published) {
            if *open {
                let cells = leaving.iter().map(|at| record[*at].text());
                lines.push(line(&mut cells.chain(["published"])));
            }
        }
        if self.show_withheld {
            for labels in made.unpublished.iter().flatten() {
                let cells = leaving.iter().map(|at| {
                    columns
                        .by
                        .iter()
                        .position(|by| by == at)
                        .and_then(|by| labels.get(by))
                        .map_or("", CellBuf::text)
                });
                lines.push(line(&mut cells.chain(["withheld"])));
            }
        }
        // The order of the file could tell where rows are missing.
        lines.sort_unstable();
        bytes.extend(lines.concat());
        bytes
    }

    fn report(&self, made: &Made, rows: &[Row], columns: &Columns) -> Json {
        let withheld = |rule: fn(&Row) -> bool| {
            rows.iter()
                .zip(&made.published)
                .filter(|(row, open)| !**open && rule(row))
                .count()
        };
        json!({
            "format": "urn:offrecord:protection:1",
            "private": "never to be shared: it tells of withheld figures",
            "rules": {
                "min": self.min,
                "zeros": if self.zeros == ZerosWord::Protect { "protect" } else { "publish" },
                "totals": if self.totals == Totals::Known { "known" } else { "unknown" },
                "group": true,
                "coalition": self.coalition,
                "p_percent": self.p_percent,
                "nk": self.nk,
                "pq": self.pq,
            },
            "rows": {
                "read": rows.len(),
                "published": made.published.iter().filter(|open| **open).count(),
                "withheld_with_somebody": withheld(|row| row.persons > 0),
                "withheld_empty": withheld(|row| row.persons == 0),
            },
            "combinations": made.cells,
            "relations": made.equations,
            "sensitive_by_reason": made.reasons,
            "complementary": made.suppression.complementary(),
            "levels": made.shares.iter().map(|(level, share)| json!({
                "columns": self.named(level, columns),
                "share": share,
                "mostly_withheld": share.mostly_withheld(),
            })).collect::<Vec<_>>(),
            "insiders": if made.insiders { "covered" } else { "not covered" },
            "audit": made.suppression.audit,
        })
    }

    /// Names of the columns that hold a label at a level.
    fn named(&self, level: &[usize], _columns: &Columns) -> Vec<String> {
        self.by
            .iter()
            .zip(level)
            .flat_map(|(by, depth)| {
                by.split('>')
                    .map(|name| name.trim().to_owned())
                    .take(*depth)
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    fn tell(&self, made: &Made, rows: &[Row]) {
        let published = made.published.iter().filter(|open| **open).count() as u64;
        let audit = &made.suppression.audit;
        out::words(&format!(
            "{} of {} published; {} withheld for their own figures and {} to protect them, empty ones included",
            out::count(published),
            out::counted(rows.len() as u64, "row", "rows"),
            out::count(made.reasons.values().sum()),
            out::count(made.suppression.complementary() as u64),
        ));
        out::words(&format!(
            "{} of {} could be as far away to each side as they need; {} relations",
            out::count(audit.met as u64),
            out::counted(
                audit.sensitive as u64,
                "sensitive figure",
                "sensitive figures"
            ),
            out::count(made.equations as u64),
        ));
        if !made.insiders && self.coalition > 0 {
            out::words(
                "Protected from the public; whoever stands alone behind a figure and knows it was not looked at in a table of this size",
            );
        }
        if let Some((lost, better)) = made.level_instead() {
            let name = |level: &[usize]| {
                let names: Vec<String> = self
                    .by
                    .iter()
                    .zip(level)
                    .filter(|(_, depth)| **depth > 0)
                    .filter_map(|(by, depth)| by.split('>').nth(depth - 1))
                    .map(|name| name.trim().to_owned())
                    .collect();
                if names.is_empty() {
                    "the total".to_owned()
                } else {
                    names.join(" by ")
                }
            };
            out::words(&format!(
                "More than half of {} is withheld; {}",
                name(lost),
                match better {
                    Some(level) => format!("publish {} instead", name(level)),
                    None => "no level of this table loses less".to_owned(),
                }
            ));
        }
    }
}

/// A plain decimal as a whole number of its `places`-th part.
fn decimal(text: &str, places: usize) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(part) || part.len() > places {
        return None;
    }
    let number: i64 = format!("{whole}{part:0<places$}").parse().ok()?;
    Some(if negative { -number } else { number })
}
