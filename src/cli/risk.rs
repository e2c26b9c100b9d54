//! `offrecord risk`: who could be found in a file's rows, measured.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::args::PaceArgs;
use super::out::{self, Failure, count, counted, shown};
use super::read::{Quote, Rows, encoding, one_byte, quote};
use super::signals::Signals;
use crate::input::{Encoding, Format, Reading};
use crate::risk::hierarchy::{Hierarchy, Source};
use crate::risk::histogram::Base;
use crate::risk::measures::{Alone, Measures, measure, ratio};
use crate::risk::read::{self, Choice, Counted, Stop};

/// Measure who could be found in a file's rows
///
/// Counts, for columns that somebody could know (quasi columns), how many
/// people share each combination: k, people alone, diversity of sensitive
/// columns, the usual risks, and which small sets of columns single people
/// out. Prints counts and names of columns, never a value. It measures this
/// file in itself; what others know is for people to judge.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord risk extract.csv
  offrecord risk extract.csv --quasi sex,birth_date,city --sensitive position --subject id_number
  offrecord risk extract.csv --quasi sex,birth,town --population roll.csv --match birth=born
  offrecord risk adult.csv --delimiter ';' --hierarchy age=age.csv --level age=2 --json")]
pub(super) struct Risk {
    #[command(flatten)]
    table: TableArgs,
    /// Measure a column at this level of its hierarchy, as in `birth_date=2`
    #[arg(long, value_name = "COLUMN=N", value_parser = level)]
    level: Vec<(String, usize)>,
    /// A list of the people who could be in the file, a row a person: candidates for each person,
    /// and the journalist's risk
    #[arg(long, value_name = "LIST")]
    population: Option<PathBuf>,
    /// Columns of the file and of the list that say the same, where their names differ
    #[arg(long = "match", value_name = "A=B,…", value_delimiter = ',', value_parser = same, requires = "population")]
    matching: Vec<(String, String)>,
    /// Print the measures as JSON on stdout
    #[arg(long)]
    json: bool,
}

/// A file and what its columns are.
#[derive(Args)]
pub(super) struct TableArgs {
    /// The file; `-` is stdin; gzip is inflated
    pub(super) file: PathBuf,
    /// Columns that somebody could know [default: all that are not named otherwise]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    quasi: Vec<String>,
    /// Columns whose values must differ within a class
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    sensitive: Vec<String>,
    /// Columns that are left out
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Column that tells people apart; without it each record is a person
    #[arg(long, value_name = "COLUMN")]
    subject: Option<String>,
    /// How a column becomes coarser: a file as ARX writes it (`;`, no header), or one of date,
    /// age, region (Chinese area codes and addresses), postcode, zip, prefix, drop
    #[arg(long, value_name = "COLUMN=FILE", value_parser = pair)]
    hierarchy: Vec<(String, String)>,
    /// Texts that mean that there is no value
    #[arg(long, value_name = "TEXT")]
    missing: Vec<String>,
    /// How rows are written
    #[arg(long, value_enum, default_value = "csv")]
    format: Rows,
    /// Encoding: utf-8, gb18030, big5, … (WHATWG labels, and utf-32)
    #[arg(long, default_value = "utf-8", value_parser = encoding)]
    encoding: Encoding,
    /// Character between fields; `tab` for a tab
    #[arg(long, default_value = ",", value_parser = one_byte)]
    delimiter: u8,
    /// Character that quotes a field; `none` where nothing does
    #[arg(long, default_value = "\"", value_parser = quote)]
    quote: Quote,
    #[command(flatten)]
    pub(super) pace: PaceArgs,
}

/// A file's tally and the hierarchies of its quasi columns.
pub(super) struct Table {
    pub(super) base: Base,
    pub(super) hierarchies: Vec<Hierarchy>,
    pub(super) names: Vec<String>,
    pub(super) unreadable: u64,
    pub(super) without_subject: u64,
    /// The population list, its values numbered as the file's.
    pub(super) population: Option<Base>,
}

/// A population list, and columns that have other names there.
pub(super) type Population<'a> = (&'a PathBuf, &'a [(String, String)]);

fn same(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((ours, theirs)) if !ours.is_empty() && !theirs.is_empty() => {
            Ok((ours.to_owned(), theirs.to_owned()))
        }
        _ => Err("write a column of the file, `=`, and one of the list".to_owned()),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((column, what)) if !column.is_empty() && !what.is_empty() => {
            Ok((column.to_owned(), what.to_owned()))
        }
        _ => Err("write a column, `=`, and a file or the name of a built-in hierarchy".to_owned()),
    }
}

fn level(text: &str) -> Result<(String, usize), String> {
    let (column, level) = text.split_once('=').unwrap_or(("", ""));
    match level.parse() {
        Ok(level) if !column.is_empty() => Ok((column.to_owned(), level)),
        _ => Err("write a column, `=`, and a level: 0 is the value itself".to_owned()),
    }
}

impl TableArgs {
    /// Reads the file.
    ///
    /// # Errors
    /// In words.
    pub(super) fn count(
        &self,
        signals: &Signals,
        population: Option<Population<'_>>,
    ) -> Result<Table, Failure> {
        let (threads, chunk) = self.pace.settle();
        let reading = Reading {
            format: match self.format {
                Rows::Csv => Format::Csv,
                Rows::Jsonl => Format::Jsonl,
            },
            encoding: self.encoding,
            delimiter: self.delimiter,
            quote: self.quote.0,
            chunk,
            ..Reading::default()
        };
        let choice = Choice {
            quasi: self.quasi.clone(),
            sensitive: self.sensitive.clone(),
            subject: self.subject.clone(),
            texts: self
                .hierarchy
                .iter()
                .map(|(column, _)| column.clone())
                .collect(),
            ignore: self.ignore.clone(),
        };
        let missing = if self.missing.is_empty() {
            vec![String::new()]
        } else {
            self.missing
                .iter()
                .cloned()
                .chain([String::new()])
                .collect()
        };
        let Counted {
            mut tally,
            names,
            quasi,
            unreadable,
            without_subject,
            key,
        } = read::count(
            &self.file,
            &reading,
            &missing,
            &choice,
            threads,
            &signals.raised,
        )
        .map_err(|stop| self.failure(&self.file, &stop))?;
        if tally.is_empty() {
            return Err(Failure::failed(
                format!("{} holds no records that can be read", shown(&self.file)),
                "a measure of nobody says nothing, and any limit would seem to hold",
                "look at it with `offrecord read FILE`; check --delimiter, --quote and --encoding",
            ));
        }
        let population = match population {
            None => None,
            Some((list, matching)) => {
                let there = |name: &String| -> String {
                    let pair = matching.iter().find(|(ours, _)| ours == name);
                    pair.map_or(name, |(_, theirs)| theirs).clone()
                };
                if let Some((ours, _)) = matching
                    .iter()
                    .find(|(ours, _)| !names.iter().take(quasi).any(|name| name == ours))
                {
                    return Err(Failure::usage(
                        format!("--match names column {ours}, which is not quasi"),
                        "people on the list are compared by the quasi columns",
                        "name the file's column first, then the list's",
                    ));
                }
                let of_list = Choice {
                    quasi: names.iter().take(quasi).map(there).collect(),
                    texts: choice.texts.iter().map(there).collect(),
                    ..Choice::default()
                };
                let listed = read::count_under(
                    key,
                    list,
                    &reading,
                    &missing,
                    &of_list,
                    threads,
                    &signals.raised,
                )
                .map_err(|stop| self.failure(list, &stop))?;
                Some(tally.beside(listed.tally))
            }
        };
        let base = tally.finish(quasi);
        let mut hierarchies = Vec::with_capacity(quasi);
        for (at, name) in names.iter().take(quasi).enumerate() {
            hierarchies.push(
                match self.hierarchy.iter().find(|(column, _)| column == name) {
                    None => Hierarchy::fixed(base.sizes.get(at).copied().unwrap_or(0)),
                    Some((_, what)) => {
                        let texts = base.texts.get(at).map_or(&[][..], Vec::as_slice);
                        Hierarchy::make(&source(what)?, texts).map_err(|unfit| {
                        Failure::usage(
                            format!("the hierarchy of column {name} does not fit: {unfit}"),
                            "a value without a place in the hierarchy would have to be guessed at",
                            "add a row for every value to the file, or mend the column",
                        )
                    })?
                    }
                },
            );
        }
        if let Some((column, _)) = self
            .hierarchy
            .iter()
            .find(|(column, _)| !names.iter().take(quasi).any(|name| name == column))
        {
            return Err(Failure::usage(
                format!("column {column} has a hierarchy and is not quasi"),
                "only columns that make classes are coarsened",
                "name it in --quasi, or leave its --hierarchy out",
            ));
        }
        Ok(Table {
            base,
            hierarchies,
            names,
            unreadable,
            without_subject,
            population,
        })
    }

    fn failure(&self, file: &std::path::Path, stop: &Stop) -> Failure {
        let file = shown(file);
        match stop {
            Stop::Read(error) => Failure::failed(format!("{file}: {error}"), "", error.help()),
            Stop::Column(name) => Failure::coded(
                4,
                format!("{file} has no column {name}, or several"),
                "a measure over other columns than those meant says nothing",
                "compare the names with the first line of the file",
            ),
            Stop::Unnamed => Failure::usage(
                "records of JSON Lines have no header",
                "which columns count as quasi would depend on the first record",
                "name them with --quasi",
            ),
            Stop::Twice(name) => Failure::usage(
                format!("column {name} is named twice"),
                "a column is quasi or sensitive, and counts once",
                "name it once",
            ),
            Stop::Random => Failure::failed(
                "the system gave no random bytes",
                "values are counted under a key drawn for this run",
                "try again",
            ),
            Stop::Interrupted => {
                Failure::coded(130, "interrupted", "nothing was printed", "run it again")
            }
            Stop::Panicked => Failure::failed(
                "a worker failed",
                "this is a defect of offrecord",
                "report it with an invented input, never with real records",
            ),
        }
    }
}

/// A hierarchy by name or by file.
fn source(what: &str) -> Result<Source, Failure> {
    if let Some(built_in) = Source::built_in(what) {
        return Ok(built_in);
    }
    std::fs::read_to_string(what).map(Source::File).map_err(|error| {
        Failure::usage(
            format!("{}: {error}", shown(what.as_ref())),
            "a hierarchy is a CSV file as ARX writes it, or one of date, age, region, postcode, zip, prefix, drop",
            "check the path",
        )
    })
}

impl Risk {
    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn run(self, signals: &Signals) -> Result<u8, Failure> {
        let (threads, _) = self.table.pace.settle();
        let population = self
            .population
            .as_ref()
            .map(|list| (list, self.matching.as_slice()));
        let mut table = self.table.count(signals, population)?;
        if !self.level.is_empty() {
            let mut levels = vec![0; table.hierarchies.len()];
            for (column, level) in &self.level {
                let at = table.names.iter().position(|name| name == column);
                match at.and_then(|at| Some((levels.get_mut(at)?, table.hierarchies.get(at)?))) {
                    Some((place, hierarchy)) if *level <= hierarchy.top() => *place = *level,
                    _ => {
                        return Err(Failure::usage(
                            format!("column {column} has no level {level}"),
                            "levels count from 0, the value itself",
                            "give the column a --hierarchy, or name a lower level",
                        ));
                    }
                }
            }
            table.base = table.base.coarsened(&table.hierarchies, &levels);
            let list = table.population.take();
            table.population = list.map(|list| list.coarsened(&table.hierarchies, &levels));
        }
        let mut measures = measure(&table.base, &table.names, threads);
        if let Some(list) = &table.population {
            measures.against(&table.base.without_sensitive().0, list);
        }
        if self.json {
            out::json_data(&answer(&table, &measures))?;
        } else {
            out::all_data(words(&table, &measures).as_bytes())?;
        }
        Ok(0)
    }
}

/// For scripts.
pub(super) fn answer(table: &Table, measures: &Measures) -> Value {
    let mut answer = json!({
        "quasi": table.names.iter().take(table.base.quasi).collect::<Vec<_>>(),
        "sensitive": table.names.iter().skip(table.base.quasi).collect::<Vec<_>>(),
        "unreadable": table.unreadable,
        "without_subject": table.without_subject,
    });
    if let (Some(answer), Value::Object(measures)) = (answer.as_object_mut(), json!(measures)) {
        answer.extend(measures);
    }
    answer
}

/// A share for people.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let share = ratio(part, whole) * 100.0;
    if part > 0 && share < 0.1 {
        "under 0.1 %".to_owned()
    } else {
        format!("{share:.1} %")
    }
}

/// For people.
fn words(table: &Table, measures: &Measures) -> String {
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut say = |head: &str, text: String| lines.push((head.to_owned(), text));
    let quasi: Vec<&str> = table
        .names
        .iter()
        .take(table.base.quasi)
        .map(String::as_str)
        .collect();
    let people = measures.people;
    let standings = measures.standings;
    say(
        "READ",
        format!(
            "{} of {}{}",
            counted(measures.records, "record", "records"),
            counted(people, "person", "people"),
            if table.unreadable > 0 {
                format!(
                    "; {} could not be read for certain and are not counted",
                    count(table.unreadable)
                )
            } else {
                String::new()
            }
        ),
    );
    if table.without_subject > 0 {
        say(
            "PEOPLE",
            format!(
                "{} lacked a subject; each counts as a person of its own",
                counted(table.without_subject, "record", "records")
            ),
        );
    }
    say(
        "CLASSES",
        format!("{} over {}", count(measures.classes), quasi.join(", ")),
    );
    say(
        "k",
        format!(
            "{}: the smallest class has {}",
            measures.k,
            counted(measures.k, "person", "people")
        ),
    );
    say(
        "ALONE",
        format!(
            "{} ({}) share their combination with nobody",
            counted(measures.alone, "person", "people"),
            percent(measures.alone, standings)
        ),
    );
    let below: Vec<String> = measures
        .below
        .iter()
        .map(|(k, n)| format!("under {k}: {}", percent(*n, standings)))
        .collect();
    say(
        "SMALL",
        format!("people in classes of {}", below.join(", ")),
    );
    say(
        "RISK",
        format!(
            "prosecutor: highest {:.3}, mean {:.4}; journalist: {}; marketer: {:.4}",
            measures.risk.prosecutor_highest,
            measures.risk.prosecutor_mean,
            if measures.risk.population_known {
                format!(
                    "highest {:.3}, mean {:.4}",
                    measures.risk.journalist_highest, measures.risk.journalist_mean
                )
            } else {
                "as the prosecutor's, no population list was given".to_owned()
            },
            measures.risk.marketer
        ),
    );
    if let Some(found) = &measures.risk.candidates {
        say(
            "LISTED",
            format!(
                "{} on the list; of the people in the file one fits {}, two to four fit {}, five or more fit {}",
                counted(found.listed, "person", "people"),
                count(found.one),
                count(found.few),
                count(found.many),
            ),
        );
        if found.none > 0 {
            say(
                "LISTED",
                format!(
                    "nobody on the list fits {}: it does not hold everybody, so that those it lacks shelter nobody",
                    counted(found.none, "person", "people")
                ),
            );
        }
    }
    for spread in &measures.diversity {
        say(
            "DIVERSITY",
            format!(
                "{}: l = {} (distinct), {:.2} (entropy); {} in {} where all have the same value",
                spread.column,
                spread.distinct,
                spread.entropy,
                counted(spread.same_people, "person", "people"),
                counted(spread.same_classes, "class", "classes"),
            ),
        );
    }
    if measures.histories.people > 0 {
        say(
            "HISTORIES",
            format!(
                "{} have several different records; {} of them have a set that nobody shares",
                counted(measures.histories.people, "person", "people"),
                count(measures.histories.alone)
            ),
        );
    }
    for known in &measures.sets.known {
        say(
            "KNOWN",
            format!(
                "{}: {} alone on the worst set, {} on average",
                counted(known.columns as u64, "column", "columns"),
                percent(known.worst, standings),
                percent_of(known.mean, standings),
            ),
        );
    }
    for alone in &measures.sets.worst {
        say("WORST", set(alone, standings));
    }
    for alone in measures.sets.special.iter().take(5) {
        say(
            "SPECIAL",
            format!("{}, and on no part of it", set(alone, standings)),
        );
    }
    if measures.sets.upto < table.base.quasi {
        say(
            "NOTE",
            format!(
                "sets of up to {} were looked at; larger ones only all together",
                counted(measures.sets.upto as u64, "column", "columns")
            ),
        );
    }
    let mut text = String::new();
    let mut before = String::new();
    for (head, line) in lines {
        let shown = if head == before {
            String::new()
        } else {
            head.clone()
        };
        text.push_str(&format!(
            "{shown:<10} {}\n",
            crate::policy::error::clean_line(&line)
        ));
        before = head;
    }
    text
}

fn set(alone: &Alone, standings: u64) -> String {
    format!(
        "{}: {} alone ({})",
        alone.columns.join(" + "),
        count(alone.people),
        percent(alone.people, standings)
    )
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mean of counts, shown with one decimal"
)]
fn percent_of(mean: f64, people: u64) -> String {
    percent(mean.round() as u64, people)
}

/// Levels by name of column.
pub(super) fn levels_by_name(names: &[String], levels: &[usize]) -> BTreeMap<String, usize> {
    names.iter().cloned().zip(levels.iter().copied()).collect()
}
