//! Hierarchies: how a column's values become coarser, level by level.
//!
//! From a file as ARX writes it (`;` between levels, no header, one row a
//! value, the value itself first), or built in for dates, ages, regions,
//! postcodes and codes. A hierarchy is a table of numbers here; texts are
//! needed while it is made and not after. A missing value stays missing on
//! every level but the last. An error tells how many values a file lacks, never which.

use std::fmt;

use hashbrown::HashMap;

use crate::cell::CellBuf;
use crate::kinds::{KindOptions, find};

/// How one column's values become coarser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    /// Level, then code of the value: code of the label. Level 0 is the value itself.
    pub levels: Vec<Vec<u32>>,
    /// Labels of each level.
    pub sizes: Vec<usize>,
    /// Names of the levels for people.
    pub names: Vec<String>,
    /// Whether each level's labels lie within those of the next.
    pub nested: Vec<bool>,
}

/// Where a hierarchy comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The text of an ARX file.
    File(String),
    /// Days, months, years, five years, decades, nothing.
    Date,
    /// Years, 5, 10, 20 years, nothing.
    Age,
    /// Region codes of six digits: county, prefecture, province, nothing.
    Region,
    /// Leading characters, one fewer a level.
    Prefix,
    /// The value or nothing.
    Drop,
}

impl Source {
    /// The built-in hierarchy of this name.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        Some(match name {
            "date" => Self::Date,
            "age" => Self::Age,
            "region" => Self::Region,
            "postcode" | "prefix" => Self::Prefix,
            "drop" => Self::Drop,
            _ => return None,
        })
    }
}

/// Why a hierarchy does not fit its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// Rows of the file differ in length, or one is empty: the line.
    Ragged(usize),
    /// A value stands twice with different labels: the line.
    Twice(usize),
    /// Distinct values of the column that the hierarchy has no row for or cannot read.
    Unknown(usize),
    /// No level above the values.
    Flat,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged(line) => write!(f, "line {line} has another number of levels"),
            Self::Twice(line) => write!(f, "line {line} gives a value a second meaning"),
            Self::Unknown(values) => write!(
                f,
                "{values} distinct values of the column are not in the hierarchy"
            ),
            Self::Flat => f.write_str("there is no level above the values themselves"),
        }
    }
}

/// Longest prefix that the built-in hierarchy shortens character by character.
const LONGEST_PREFIX: usize = 12;

impl Hierarchy {
    /// Makes the hierarchy of a column with these values by code.
    ///
    /// # Errors
    /// Where it does not fit them.
    pub fn make(source: &Source, values: &[CellBuf]) -> Result<Self, Unfit> {
        let (names, labels) = match source {
            Source::File(text) => from_file(text, values)?,
            Source::Date => dates(values)?,
            Source::Age => ages(values)?,
            Source::Region => {
                prefixes(values, &[("county", 6), ("prefecture", 4), ("province", 2)])
            }
            Source::Prefix => {
                let longest = values
                    .iter()
                    .map(|value| value.text().chars().count())
                    .max()
                    .unwrap_or(0)
                    .min(LONGEST_PREFIX);
                let levels: Vec<(String, usize)> = (1..longest)
                    .rev()
                    .map(|keep| (format!("first {keep}"), keep))
                    .collect();
                let levels: Vec<(&str, usize)> = std::iter::once(("value", usize::MAX))
                    .chain(levels.iter().map(|(name, keep)| (name.as_str(), *keep)))
                    .collect();
                prefixes(values, &levels)
            }
            Source::Drop => prefixes(values, &[("value", usize::MAX)]),
        };
        Ok(Self::number(
            names,
            &labels,
            values.len(),
            !matches!(source, Source::File(_)),
        ))
    }

    /// A column that is never coarsened.
    #[must_use]
    pub fn fixed(values: usize) -> Self {
        let identity = (0..u32::try_from(values).unwrap_or(u32::MAX)).collect();
        Self {
            levels: vec![identity],
            sizes: vec![values],
            names: vec!["value".to_owned()],
            nested: Vec::new(),
        }
    }

    /// From labels by level, then value; `top` adds a level on which all values are one.
    pub(crate) fn number(
        mut names: Vec<String>,
        labels: &[Vec<String>],
        values: usize,
        top: bool,
    ) -> Self {
        let mut levels = Vec::new();
        let mut sizes = Vec::new();
        for level in labels {
            let mut known: HashMap<&str, u32> = HashMap::new();
            let codes: Vec<u32> = level
                .iter()
                .map(|label| {
                    let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                    *known.entry(label.as_str()).or_insert(next)
                })
                .collect();
            sizes.push(known.len());
            levels.push(codes);
        }
        if top && sizes.last().copied().unwrap_or(0) > 1 {
            levels.push(vec![0; values]);
            sizes.push(1);
            names.push("left out".to_owned());
        }
        // Level 0 keeps the codes of the values, whatever their labels are.
        if let (Some(first), Some(size)) = (levels.first_mut(), sizes.first_mut())
            && *size == values
        {
            *first = (0..u32::try_from(values).unwrap_or(u32::MAX)).collect();
            *size = values;
        }
        let nested = levels
            .windows(2)
            .map(|pair| {
                let mut above: HashMap<u32, u32> = HashMap::new();
                pair[0]
                    .iter()
                    .zip(&pair[1])
                    .all(|(fine, coarse)| *above.entry(*fine).or_insert(*coarse) == *coarse)
            })
            .collect();
        Self {
            levels,
            sizes,
            names,
            nested,
        }
    }

    /// Highest level.
    #[must_use]
    pub fn top(&self) -> usize {
        self.levels.len() - 1
    }
}

/// Names of levels, and labels by level and value.
type Labels = (Vec<String>, Vec<Vec<String>>);

fn from_file(text: &str, values: &[CellBuf]) -> Result<Labels, Unfit> {
    let mut rows: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut height = None;
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.is_empty() {
            continue;
        }
        let row: Vec<&str> = line.split(';').map(str::trim).collect();
        if *height.get_or_insert(row.len()) != row.len() {
            return Err(Unfit::Ragged(at + 1));
        }
        let value = row.first().copied().unwrap_or("");
        if rows
            .insert(value, row.clone())
            .is_some_and(|before| before != row)
        {
            return Err(Unfit::Twice(at + 1));
        }
    }
    let height = height.unwrap_or(0);
    if height < 2 {
        return Err(Unfit::Flat);
    }
    let top: Vec<&str> = vec![""; height];
    let mut unknown = 0;
    let mut labels = vec![Vec::new(); height];
    for value in values {
        let text = value.text().trim();
        let row = match rows.get(text) {
            Some(row) => row,
            None => {
                unknown += usize::from(!text.is_empty());
                &top
            }
        };
        for (level, label) in labels.iter_mut().zip(row) {
            level.push((*label).to_owned());
        }
    }
    if unknown > 0 {
        return Err(Unfit::Unknown(unknown));
    }
    // Where the last level is one label for all, a missing value joins it.
    if let Some(last) = labels.last_mut() {
        let mut known: Vec<String> = last
            .iter()
            .filter(|label| !label.is_empty())
            .cloned()
            .collect();
        known.sort();
        known.dedup();
        if let [only] = known.as_slice() {
            last.fill(only.clone());
        }
    }
    let names = (0..height)
        .map(|level| match level {
            0 => "value".to_owned(),
            _ => format!("level {level}"),
        })
        .collect();
    Ok((names, labels))
}

fn prefixes(values: &[CellBuf], levels: &[(&str, usize)]) -> Labels {
    let names = levels.iter().map(|(name, _)| (*name).to_owned()).collect();
    let labels = levels
        .iter()
        .map(|(_, keep)| {
            values
                .iter()
                .map(|value| value.text().chars().take(*keep).collect())
                .collect()
        })
        .collect();
    (names, labels)
}

fn dates(values: &[CellBuf]) -> Result<Labels, Unfit> {
    let kind = find("date");
    let mut normal = String::new();
    let mut labels = vec![Vec::new(); 5];
    let mut unknown = 0;
    for value in values {
        let mut row = [const { String::new() }; 5];
        let text = value.text();
        if !text.trim().is_empty() {
            let read = kind.map(|kind| kind.normalise(text, &KindOptions::default(), &mut normal));
            let year: Option<u32> = normal.get(..4).and_then(|year| year.parse().ok());
            match (read, year, normal.get(..7)) {
                (Some(Ok(())), Some(year), Some(month)) => {
                    row = [
                        normal.clone(),
                        month.to_owned(),
                        year.to_string(),
                        (year / 5).to_string(),
                        (year / 10).to_string(),
                    ];
                }
                _ => unknown += 1,
            }
        }
        for (level, label) in labels.iter_mut().zip(row) {
            level.push(label);
        }
    }
    if unknown > 0 {
        return Err(Unfit::Unknown(unknown));
    }
    let names = ["day", "month", "year", "5-years", "decade"];
    Ok((names.map(str::to_owned).to_vec(), labels))
}

fn ages(values: &[CellBuf]) -> Result<Labels, Unfit> {
    const WIDTHS: [u32; 4] = [1, 5, 10, 20];
    let mut labels = vec![Vec::new(); WIDTHS.len()];
    let mut unknown = 0;
    for value in values {
        let text = value.text().trim();
        let age: Option<u32> = text.parse().ok();
        unknown += usize::from(age.is_none() && !text.is_empty());
        for (level, width) in labels.iter_mut().zip(WIDTHS) {
            level.push(age.map_or_else(String::new, |age| (age / width).to_string()));
        }
    }
    if unknown > 0 {
        return Err(Unfit::Unknown(unknown));
    }
    let names = WIDTHS.iter().map(|width| match width {
        1 => "year of age".to_owned(),
        width => format!("{width} years"),
    });
    Ok((names.collect(), labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(values: &[&str]) -> Vec<CellBuf> {
        values
            .iter()
            .map(|v| CellBuf::new((*v).to_owned()))
            .collect()
    }

    #[test]
    fn a_file_as_arx_writes_it_gives_its_levels() {
        let values = cells(&["b", "a", "", "c"]);
        let file = Source::File("a;x;*\nb;x;*\nc;y;*\n".to_owned());
        let made = Hierarchy::make(&file, &values).unwrap();
        assert_eq!(
            made.levels,
            [vec![0, 1, 2, 3], vec![0, 0, 1, 2], vec![0, 0, 0, 0]]
        );
        assert_eq!(made.nested, [true, true]);
        for (text, unfit) in [
            ("a;x\nb;x;*\n", Unfit::Ragged(2)),
            ("a;x\na;y\n", Unfit::Twice(2)),
            ("a;x\nb;x\n", Unfit::Unknown(1)),
            ("a\nb\n", Unfit::Flat),
        ] {
            assert_eq!(
                Hierarchy::make(&Source::File(text.to_owned()), &values),
                Err(unfit)
            );
        }
    }

    #[test]
    fn levels_that_do_not_nest_are_known() {
        let values = cells(&["1", "2", "3"]);
        let file = Source::File("1;a;x\n2;a;y\n3;b;y\n".to_owned());
        assert_eq!(
            Hierarchy::make(&file, &values).unwrap().nested,
            [true, false]
        );
    }

    #[test]
    fn dates_ages_and_codes_have_their_own() {
        let dates = cells(&["1975-03-09", "1975/3/10", "1979-12-31", ""]);
        let made = Hierarchy::make(&Source::Date, &dates).unwrap();
        assert_eq!(made.sizes, [4, 3, 3, 2, 2, 1]);
        let ages = cells(&["7", "8", "19", ""]);
        assert_eq!(
            Hierarchy::make(&Source::Age, &ages).unwrap().sizes,
            [4, 3, 3, 2, 1]
        );
        let codes = cells(&["110105", "110106", "440101"]);
        assert_eq!(
            Hierarchy::make(&Source::Region, &codes).unwrap().sizes,
            [3, 2, 2, 1]
        );
        assert_eq!(Hierarchy::make(&Source::Prefix, &codes).unwrap().top(), 6);
        assert_eq!(
            Hierarchy::make(&Source::Date, &cells(&["yesterday"])),
            Err(Unfit::Unknown(1))
        );
    }
}
