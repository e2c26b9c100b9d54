//! How far a generalised column may become coarser than the policy writes it,
//! step by step, where `small = "generalise"` asks for it.
//!
//! Every step holds whole groups of the step before, so that a coarser label is
//! told from the finer one alone: nothing here sees a raw value. A step that
//! would cut across the form in which tables use the column is left out.

use std::sync::Arc;

use hashbrown::HashMap;

use super::Plan;
use super::compile::{calendar, simple_rows};
use crate::key::Key;
use crate::kinds::area::Level;
use crate::kinds::date::CivilDate;
use crate::policy::error::Problem;
use crate::policy::model::AreaLevel;
use crate::policy::model::{
    AgeBands, At, Class, ColumnRule, DateLevel, General, Policy, Small, Treatment,
};
use crate::policy::nests;

/// Steps of one column, from what the policy writes to an empty cell.
#[derive(Debug, Clone)]
pub struct Ladder {
    /// The forms; the first is the policy's own. After the last comes nothing.
    forms: Vec<General>,
    /// For hierarchy files: form, label of the first form, label.
    labels: Vec<HashMap<String, String>>,
}

/// Steps that a prefix becomes shorter by one character.
const SHORTEN: usize = 11;

impl Ladder {
    /// The ladder of a column; `None` where it has no declared hierarchy.
    ///
    /// # Errors
    /// Where levels of a hierarchy file do not lie within each other.
    pub(super) fn of(policy: &Policy, rule: &ColumnRule) -> Result<Option<Self>, Problem> {
        let Treatment::Generalise(first) = &rule.treatment else {
            return Ok(None);
        };
        let mut ladder = Self {
            forms: Vec::new(),
            labels: Vec::new(),
        };
        let more: Vec<General> = match first {
            General::Date(level) => dates(*level).into_iter().map(General::Date).collect(),
            General::Age {
                bands: AgeBands::Every(width),
                at,
            } => widths(*width, &[5, 10, 20])
                .into_iter()
                .map(|width| General::Age {
                    bands: AgeBands::Every(width),
                    at: *at,
                })
                .collect(),
            General::Area(level) => areas(*level).into_iter().map(General::Area).collect(),
            General::Prefix(characters) => (1..*characters)
                .rev()
                .take(SHORTEN)
                .map(General::Prefix)
                .collect(),
            General::Hierarchy { file, level } => {
                let (forms, labels) = hierarchy(policy, rule, *file, *level)?;
                ladder.labels = labels;
                forms
            }
            General::Keep | General::Age { .. } | General::Bands(_) | General::Map(_) => {
                return Ok(None);
            }
        };
        let tables = rule.tables.as_ref().map(|tables| &tables.value);
        let levels = policy.tables.iter().flat_map(|table| &table.by);
        let levels = levels.flat_map(|dimension| &dimension.value);
        let rolled: Vec<&General> = levels
            .filter(|level| level.column == rule.name.value)
            .filter_map(|level| level.to.as_ref().map(|(form, _)| form))
            .chain(tables)
            .collect();
        let crosses = |form: &General| {
            let cross = |tables: &&General| !nests(form, tables) && !nests(tables, form);
            rolled.iter().any(cross)
        };
        let kept: Vec<bool> = more.iter().map(|form| !crosses(form)).collect();
        let mut keep = [true].into_iter().chain(kept.iter().copied());
        ladder.labels.retain(|_| keep.next().unwrap_or(false));
        ladder.forms.push(first.clone());
        let kept = more.into_iter().zip(kept).filter(|(_, kept)| *kept);
        ladder.forms.extend(kept.map(|(form, _)| form));
        Ok(Some(ladder))
    }

    /// Forms, and after them the empty cell.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.forms.len() + 1
    }

    /// What the policy writes.
    #[must_use]
    pub fn form(&self, step: usize) -> Option<&General> {
        self.forms.get(step)
    }

    /// The label at a step of a cell as the policy writes it. A missing value
    /// stays missing.
    #[must_use]
    pub fn label(&self, step: usize, cell: &str) -> String {
        if step == 0 || cell.is_empty() {
            return cell.to_owned();
        }
        let Some(form) = self.forms.get(step) else {
            return String::new();
        };
        let mut out = String::new();
        match (self.forms.first(), form) {
            (Some(General::Date(from)), General::Date(to)) => {
                if let Some(day) = first_day(*from, cell) {
                    calendar(*to).0.write(day, &mut out);
                }
            }
            (
                _,
                General::Age {
                    bands: AgeBands::Every(width),
                    ..
                },
            ) => {
                let digits = cell.split(' ').next().unwrap_or("");
                if let Ok(age) = digits.parse::<u32>() {
                    let from = age - age % width;
                    out = format!("{from} to {}", from + width - 1);
                }
            }
            (Some(General::Area(from)), General::Area(to)) => {
                let level = |level: &AreaLevel| Level::parse(level.as_str());
                if let (Some(from), Some(to)) = (level(from), level(to)) {
                    out = from.within(cell, to).unwrap_or_default();
                }
            }
            (_, General::Prefix(characters)) => out.extend(cell.chars().take(*characters)),
            (_, General::Hierarchy { .. }) => {
                let label = self.labels.get(step).and_then(|labels| labels.get(cell));
                out = label.cloned().unwrap_or_default();
            }
            _ => {}
        }
        out
    }
}

/// Areas above a level, each within the next.
fn areas(level: AreaLevel) -> Vec<AreaLevel> {
    let (country, fine) = level.place();
    AreaLevel::ALL
        .into_iter()
        .filter(|other| other.place().0 == country && other.place().1 > fine)
        .collect()
}

/// Spans of the calendar above a level, each within the next.
fn dates(level: DateLevel) -> Vec<DateLevel> {
    use DateLevel::{Day, Decade, Month, Quarter, Year, Years};
    match level {
        Day => vec![Month, Year, Years(5), Decade],
        Month | Quarter => vec![Year, Years(5), Decade],
        Year => vec![Years(5), Decade],
        Years(width) => widths(width, &[10])
            .into_iter()
            .map(|width| if width == 10 { Decade } else { Years(width) })
            .collect(),
        Decade => vec![],
    }
}

/// Widths of bands above a width: the usual ones, else twice and four times as wide.
fn widths(width: u32, usual: &[u32]) -> Vec<u32> {
    let fits = |wider: &&u32| **wider > width && wider.is_multiple_of(width.max(1));
    let found: Vec<u32> = usual.iter().filter(fits).copied().collect();
    if found.is_empty() && width < 10 {
        return vec![width * 2, width * 4];
    }
    found
}

/// The first day of a span of the calendar.
fn first_day(level: DateLevel, label: &str) -> Option<CivilDate> {
    let year = label.get(..4)?.parse().ok()?;
    let month = match level {
        DateLevel::Day | DateLevel::Month => label.get(5..7)?.parse().ok()?,
        DateLevel::Quarter => label.get(6..7)?.parse::<u8>().ok()?.checked_mul(3)? - 2,
        DateLevel::Year | DateLevel::Years(_) | DateLevel::Decade => 1,
    };
    Some(CivilDate {
        year,
        month,
        day: 1,
    })
}

/// Forms above a level of a hierarchy file, and labels by form and label of the first.
type Levels = (Vec<General>, Vec<HashMap<String, String>>);

fn hierarchy(
    policy: &Policy,
    rule: &ColumnRule,
    file: usize,
    level: usize,
) -> Result<Levels, Problem> {
    let Some(named) = policy.files.get(file) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let text = std::str::from_utf8(&named.bytes).unwrap_or("");
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or("");
    let delimiter = if first.contains(';') { ';' } else { ',' };
    let rows: Vec<Vec<String>> = simple_rows(text, delimiter)
        .enumerate()
        .filter_map(|(line, fields)| Some((line, fields.ok()?)))
        .filter(|(line, fields)| *line > 0 || fields.first().is_none_or(|name| name != "value"))
        .map(|(_, fields)| fields)
        .collect();
    let height = rows.iter().map(Vec::len).min().unwrap_or(0);
    let mut forms = Vec::new();
    let mut labels = Vec::new();
    for above in level..height {
        let mut of: HashMap<String, String> = HashMap::new();
        let mut from_below: HashMap<&str, &str> = HashMap::new();
        for row in &rows {
            let at = |level: usize| row.get(level).map_or("", String::as_str);
            let below = if above > level { above - 1 } else { above };
            let known = *from_below.entry(at(below)).or_insert(at(above));
            if known != at(above) {
                return Err(Problem::error(
                    "risk/hierarchy",
                    rule.do_at.clone(),
                    format!(
                        "level {below} of `{}` does not lie within level {above}: one label has two above it",
                        named.name.value
                    ),
                )
                .help("with small = \"generalise\" every label has one label above it, on every level of the file"));
            }
            of.insert(at(level).to_owned(), at(above).to_owned());
        }
        if above > level {
            forms.push(General::Hierarchy { file, level: above });
        }
        labels.push(of);
    }
    Ok((forms, labels))
}

impl Plan {
    /// Whether columns may become coarser to meet the limits.
    #[must_use]
    pub fn coarsens(&self) -> bool {
        !self.ladders.is_empty()
    }

    /// The ladder of a column of the plan.
    #[must_use]
    pub fn ladder(&self, column: usize) -> Option<&Ladder> {
        self.ladders.get(column)?.as_ref()
    }

    /// Ladders by column of a policy that says `small = "generalise"`; empty of another.
    pub(super) fn ladders(
        policy: &Policy,
        quasi: &[usize],
        problems: &mut Vec<Problem>,
    ) -> Vec<Option<Ladder>> {
        let risk = policy
            .extract
            .as_ref()
            .and_then(|extract| extract.risk.as_ref());
        let Some(risk) = risk.filter(|risk| risk.small == Small::Generalise) else {
            return Vec::new();
        };
        let before = problems.len();
        let ladders: Vec<Option<Ladder>> = policy
            .columns
            .iter()
            .enumerate()
            .map(|(at, rule)| {
                if !quasi.contains(&at) {
                    return None;
                }
                Ladder::of(policy, rule).unwrap_or_else(|problem| {
                    problems.push(problem);
                    None
                })
            })
            .collect();
        if problems.len() == before && ladders.iter().all(Option::is_none) {
            problems.push(
                Problem::error(
                    "risk/generalise",
                    risk.k.at.clone(),
                    "small = \"generalise\" and no column can become coarser",
                )
                .help("say do = \"generalise\" with `to`, `prefix` or `hierarchy` for a column that counts as quasi; maps and written bands have no coarser step"),
            );
            return Vec::new();
        }
        ladders
    }

    /// The plan of what leaves where columns are written at these steps of
    /// their ladders. Tables stay as they are.
    ///
    /// # Errors
    /// Where the coarser policy cannot be compiled.
    pub fn at_steps(&self, steps: &[(usize, usize)], key: &Key) -> Result<Plan, Vec<Problem>> {
        let mut policy = Policy::clone(&self.policy);
        for (column, step) in steps.iter().filter(|(_, step)| *step > 0) {
            let (Some(ladder), Some(rule)) =
                (self.ladder(*column), policy.columns.get_mut(*column))
            else {
                continue;
            };
            if let (None, Treatment::Generalise(first)) = (&rule.tables, &rule.treatment) {
                rule.tables = Some(At {
                    value: first.clone(),
                    at: rule.do_at.clone(),
                });
            }
            rule.class = Some(At {
                value: Class::Quasi,
                at: rule.do_at.clone(),
            });
            rule.treatment = match ladder.form(*step) {
                Some(form) => Treatment::Generalise(form.clone()),
                None => Treatment::Replace {
                    with: String::new(),
                },
            };
        }
        // What is written is settled: nothing of it becomes coarser once more.
        if let Some(extract) = &mut policy.extract
            && let Some(risk) = &mut extract.risk
        {
            risk.small = Small::WithholdRows;
        }
        let mut plan = Plan::compile(Arc::new(policy), self.recipient.as_deref(), key)?;
        plan.ladders.clone_from(&self.ladders);
        plan.earlier.clone_from(&self.earlier);
        plan.joins.clone_from(&self.joins);
        if let Some(policy) = Arc::get_mut(&mut plan.policy)
            && let Some(risk) = policy.extract.as_mut().and_then(|e| e.risk.as_mut())
        {
            risk.small = Small::Generalise;
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(first: General, more: Vec<General>) -> Ladder {
        Ladder {
            forms: std::iter::once(first).chain(more).collect(),
            labels: Vec::new(),
        }
    }

    #[test]
    fn a_coarser_date_is_told_from_the_finer_label() {
        use DateLevel::{Day, Decade, Month, Quarter, Year, Years};
        for (from, cell, expected) in [
            (
                Day,
                "1975-12-09",
                vec!["1975-12", "1975", "1975-1979", "1970-1979"],
            ),
            (Month, "1975-03", vec!["1975", "1975-1979", "1970-1979"]),
            (Quarter, "1975-Q4", vec!["1975", "1975-1979", "1970-1979"]),
            (Year, "1975", vec!["1975-1979", "1970-1979"]),
            (Years(5), "1975-1979", vec!["1970-1979"]),
            (Years(4), "1972-1975", vec!["1968-1975", "1968-1983"]),
            (Decade, "1970-1979", vec![]),
        ] {
            let more = dates(from).into_iter().map(General::Date).collect();
            let ladder = ladder(General::Date(from), more);
            let labels: Vec<String> = (1..ladder.steps() - 1)
                .map(|step| ladder.label(step, cell))
                .collect();
            assert_eq!(labels, expected, "{from:?}");
            assert_eq!(ladder.label(0, cell), cell);
            assert_eq!(ladder.label(ladder.steps() - 1, cell), "");
            assert_eq!(ladder.label(1, ""), "");
        }
    }

    #[test]
    fn ages_and_prefixes_become_coarser_in_whole_groups() {
        let at = jiff::civil::date(2026, 1, 1);
        let age = |width| General::Age {
            bands: AgeBands::Every(width),
            at,
        };
        assert_eq!(widths(1, &[5, 10, 20]), [5, 10, 20]);
        assert_eq!(widths(5, &[5, 10, 20]), [10, 20]);
        assert_eq!(widths(3, &[5, 10, 20]), [6, 12]);
        assert_eq!(widths(20, &[5, 10, 20]), [0; 0]);
        let ages = ladder(age(1), vec![age(5), age(10)]);
        assert_eq!(ages.label(1, "37"), "35 to 39");
        assert_eq!(ages.label(2, "37"), "30 to 39");
        let ages = ladder(age(5), vec![age(10)]);
        assert_eq!(ages.label(1, "35 to 39"), "30 to 39");
        let prefix = ladder(
            General::Prefix(3),
            vec![General::Prefix(2), General::Prefix(1)],
        );
        assert_eq!(prefix.label(2, "汉字国"), "汉");
    }
}
