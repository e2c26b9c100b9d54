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
use crate::kinds::area::Level;
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
    /// Distinct values that the built-in hierarchy cannot read: missing on every level above their own.
    pub unread: usize,
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
    /// Regions of China, county, city, province, nothing: of codes that begin
    /// with six digits, or of addresses.
    Region,
    /// Postcodes of the United Kingdom: sector, district, area, nothing;
    /// others by leading characters.
    Postcode,
    /// ZIP codes of the United States: three digits, nothing.
    Zip,
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
            "date" | "dates" => Self::Date,
            "age" | "ages" => Self::Age,
            "region" | "regions" => Self::Region,
            "postcode" | "postcodes" => Self::Postcode,
            "zip" => Self::Zip,
            "prefix" => Self::Prefix,
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
        let all = |(names, labels): Labels| (names, labels, 0);
        let (names, labels, unread) = match source {
            Source::File(text) => all(from_file(text, values)?),
            Source::Date => dates(values),
            Source::Age => ages(values),
            Source::Region => regions(values),
            Source::Postcode => {
                let levels = [Level::Sector, Level::District, Level::Area];
                match by_area(values, "gb-postcode", &levels) {
                    (_, _, unread) if mostly(unread, values) => all(shortened(values)),
                    read => read,
                }
            }
            Source::Zip => by_area(values, "us-zip", &[Level::Zip3]),
            Source::Prefix => all(shortened(values)),
            Source::Drop => all(prefixes(values, &[("value", usize::MAX)])),
        };
        if mostly(unread, values) {
            return Err(Unfit::Unknown(unread));
        }
        let top = !matches!(source, Source::File(_));
        Ok(Self {
            unread,
            ..Self::number(names, &labels, values.len(), top)
        })
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
            unread: 0,
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
            unread: 0,
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
/// The same, and how many distinct values could not be read.
type Read = (Vec<String>, Vec<Vec<String>>, usize);

/// Whether so many unread values are more than half: then the hierarchy is not
/// that of the column. Fewer are missing on its levels, as they are in a run
/// that withholds what it cannot read.
fn mostly(unread: usize, values: &[CellBuf]) -> bool {
    let filled = values
        .iter()
        .filter(|value| !value.text().trim().is_empty());
    unread * 2 > filled.count()
}

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

fn shortened(values: &[CellBuf]) -> Labels {
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

/// Codes by their digits; addresses by the gazetteer, where what an address
/// does not tell is missing.
fn regions(values: &[CellBuf]) -> Read {
    let is_code = |text: &str| {
        text.get(..6)
            .is_some_and(|head| head.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut filled = values.iter().map(|value| value.text().trim());
    if filled.all(|text| text.is_empty() || is_code(text)) {
        let levels = [
            ("county code", 6),
            ("prefecture code", 4),
            ("province code", 2),
        ];
        let (names, labels) = prefixes(values, &levels);
        return (names, labels, 0);
    }
    let levels = [Level::County, Level::City, Level::Province];
    by_area(values, "cn-address", &levels)
}

/// Labels by level, and how many values have no area of the last one.
fn by_area(values: &[CellBuf], kind: &str, levels: &[Level]) -> Read {
    let reader = find(kind);
    let mut normal = String::new();
    let mut labels = vec![Vec::new(); levels.len() + 1];
    let mut unknown = 0;
    for value in values {
        let text = value.text().trim();
        normal.clear();
        let read = reader.map(|kind| kind.normalise(text, &KindOptions::default(), &mut normal));
        let read = matches!(read, Some(Ok(()))) && !text.is_empty();
        let mut row = vec![if read {
            normal.clone()
        } else {
            text.to_owned()
        }];
        for level in levels {
            let mut area = String::new();
            if !read || level.write(kind, &normal, &mut area).is_err() {
                area.clear();
            }
            row.push(area);
        }
        unknown += usize::from(!text.is_empty() && row.last().is_some_and(String::is_empty));
        for (level, label) in labels.iter_mut().zip(row) {
            level.push(label);
        }
    }
    let names = std::iter::once("value".to_owned())
        .chain(levels.iter().map(|level| level.as_str().to_owned()))
        .collect();
    (names, labels, unknown)
}

fn dates(values: &[CellBuf]) -> Read {
    let kind = find("date");
    let mut normal = String::new();
    let mut labels = vec![Vec::new(); 5];
    let mut unknown = 0;
    for value in values {
        // What is no date is itself on the lowest level, and missing above.
        let text = value.text();
        let mut row = [const { String::new() }; 5];
        text.trim().clone_into(&mut row[0]);
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
    let names = ["day", "month", "year", "5-years", "decade"];
    (names.map(str::to_owned).to_vec(), labels, unknown)
}

fn ages(values: &[CellBuf]) -> Read {
    const WIDTHS: [u32; 4] = [1, 5, 10, 20];
    let mut labels = vec![Vec::new(); WIDTHS.len()];
    let mut unknown = 0;
    for value in values {
        let text = value.text().trim();
        let age: Option<u32> = text.parse().ok();
        unknown += usize::from(age.is_none() && !text.is_empty());
        for (level, width) in labels.iter_mut().zip(WIDTHS) {
            level.push(match age {
                Some(age) => (age / width).to_string(),
                None if width == 1 => text.to_owned(),
                None => String::new(),
            });
        }
    }
    let names = WIDTHS.iter().map(|width| match width {
        1 => "year of age".to_owned(),
        width => format!("{width} years"),
    });
    (names.collect(), labels, unknown)
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
        let some = cells(&["1975-03-09", "1975-03-10", "soon", ""]);
        let made = Hierarchy::make(&Source::Date, &some).unwrap();
        assert_eq!((made.unread, &made.sizes[..]), (1, &[4, 2, 2, 2, 2, 1][..]));
        assert_eq!(made.levels[1], [0, 0, 1, 1]);
        let codes = cells(&["110105", "110106", "440101"]);
        assert_eq!(
            Hierarchy::make(&Source::Region, &codes).unwrap().sizes,
            [3, 2, 2, 1]
        );
        assert_eq!(Hierarchy::make(&Source::Prefix, &codes).unwrap().top(), 6);
        let homes = cells(&[
            "北京市朝阳区建国路1号",
            "北京市海淀区中关村大街2号",
            "广东省广州市天河区3号",
            "",
        ]);
        let made = Hierarchy::make(&Source::Region, &homes).unwrap();
        assert_eq!(
            made.names,
            ["value", "county", "city", "province", "left out"]
        );
        assert_eq!(made.sizes, [4, 4, 3, 3, 1]);
        let post = cells(&["SW1A 1AA", "sw1a1ab", "SW1A 2AA", "SE5 9RS", "M1 1AE"]);
        let made = Hierarchy::make(&Source::Postcode, &post).unwrap();
        assert_eq!(made.names[1..4], ["sector", "district", "area"]);
        assert_eq!(made.sizes, [5, 4, 3, 3, 1]);
        let other = cells(&["10115", "10117", "80331"]);
        let made = Hierarchy::make(&Source::Postcode, &other).unwrap();
        assert_eq!(made.names[1], "first 4");
        // 036 and 059 are among those in which few people live.
        let zip = cells(&["90210", "90211-1234", "03601", "05901"]);
        let made = Hierarchy::make(&Source::Zip, &zip).unwrap();
        assert_eq!(made.sizes, [4, 2, 1]);
        assert_eq!(Hierarchy::make(&Source::Zip, &post), Err(Unfit::Unknown(5)));
        assert_eq!(Source::built_in("regions"), Some(Source::Region));
        assert_eq!(
            Hierarchy::make(&Source::Date, &cells(&["yesterday"])),
            Err(Unfit::Unknown(1))
        );
    }
}
