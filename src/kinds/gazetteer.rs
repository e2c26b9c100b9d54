//! The divisions of China by name and code, with their history: provinces,
//! prefectures and cities, counties and districts, from the table in
//! `data/cn-divisions.txt` (GB/T 2260 from 1980 to June 2023; what it was made
//! from stands in `tests/peer/divisions.py`).
//!
//! A *division* is a code with a name and the years in which it had it. Its
//! *path* is the name of the province, of the prefecture (where there is one:
//! not in the four cities under the state, and not where a county stands under
//! the province) and its own, as they were called in the last year of it.
//!
//! Reads an address from its beginning: province, prefecture, county. A name
//! without its province is taken where it stands in full (市, 县, 区, …) and
//! only one province ever had it. What follows is not looked at; what cannot be
//! told is not guessed: two prefectures with a district of one name leave the
//! prefecture unknown.
//!
//! May not refuse a number for its code: cards keep the code of their day.

use super::unicode::{is_format, is_separator, nfkc_each};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// A code with a name and its years.
#[derive(Debug, Clone, Copy)]
struct Division {
    code: u32,
    from: u16,
    /// The first year without it; `u16::MAX` where it still is.
    to: u16,
    name: &'static str,
}

/// How much of a path is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Depth {
    /// `江苏省`
    Province,
    /// `江苏省苏州市`
    Prefecture,
    /// `江苏省苏州市昆山市`
    County,
}

/// A place with its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    province: &'static str,
    prefecture: Option<&'static str>,
    county: Option<&'static str>,
    /// Whether a missing prefecture is none, and not unknown.
    direct: bool,
}

impl Place {
    /// Appends the path to a depth; false, and nothing, where it is not known.
    pub(crate) fn write(&self, depth: Depth, out: &mut String) -> bool {
        let known = match depth {
            Depth::Province => true,
            Depth::Prefecture => self.prefecture.is_some() || self.direct,
            Depth::County => self.county.is_some(),
        };
        if !known {
            return false;
        }
        out.push_str(self.province);
        if depth > Depth::Province {
            out.push_str(self.prefecture.unwrap_or_default());
            // A county under the province stands for its prefecture.
            let stands = self.direct && !is_city_under_the_state(self.province);
            if depth == Depth::County || stands {
                out.push_str(self.county.unwrap_or_default());
            }
        }
        true
    }

    /// The deepest that is known.
    pub(crate) fn depth(&self) -> Depth {
        if self.county.is_some() {
            Depth::County
        } else if self.prefecture.is_some() || self.direct {
            Depth::Prefecture
        } else {
            Depth::Province
        }
    }
}

fn is_city_under_the_state(province: &str) -> bool {
    matches!(province, "北京市" | "天津市" | "上海市" | "重庆市")
        || !province.ends_with(['省', '区'])
}

/// Everything that is asked of the table.
struct Gazetteer {
    divisions: Vec<Division>,
    /// Names in full, of all depths, to indices.
    names: HashMap<&'static str, Vec<u32>>,
    /// Provinces and prefectures without 省, 市, 地区, ….
    short: HashMap<&'static str, Vec<u32>>,
    /// First two characters of any of these names.
    heads: HashSet<[char; 2]>,
    /// Every path, by depth.
    paths: [HashMap<String, Place>; 3],
    longest: usize,
}

/// Nationalities in the names of autonomous areas, longest first where one ends
/// another.
const NATIONALITIES: [&str; 32] = [
    "柯尔克孜",
    "哈萨克",
    "维吾尔",
    "布依族",
    "朝鲜族",
    "土家族",
    "哈尼族",
    "景颇族",
    "傈僳族",
    "蒙古族",
    "满族",
    "回族",
    "藏族",
    "羌族",
    "彝族",
    "苗族",
    "侗族",
    "壮族",
    "傣族",
    "白族",
    "黎族",
    "瑶族",
    "畲族",
    "佤族",
    "怒族",
    "独龙族",
    "拉祜族",
    "纳西族",
    "仡佬族",
    "水族",
    "蒙古",
    "各族",
];

/// The name as people say it: without what it is.
fn shortened(name: &'static str) -> Option<&'static str> {
    let bare = [
        "特别行政区",
        "自治区",
        "自治州",
        "地区",
        "省",
        "市",
        "盟",
        "州",
    ]
    .iter()
    .find_map(|end| name.strip_suffix(end))?;
    let mut bare = bare;
    while let Some(rest) = NATIONALITIES.iter().find_map(|n| bare.strip_suffix(n)) {
        bare = rest;
    }
    (bare.chars().count() >= 2).then_some(bare)
}

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| {
    let mut divisions: Vec<Division> = include_str!("data/cn-divisions.txt")
        .lines()
        .filter_map(|line| {
            let (code, rest) = line.split_once(' ')?;
            let (years, name) = rest.split_once(' ')?;
            let (from, to) = years.split_once('-')?;
            Some(Division {
                code: code.parse().ok()?,
                from: from.parse().ok()?,
                to: if to.is_empty() {
                    u16::MAX
                } else {
                    to.parse().ok()?
                },
                name,
            })
        })
        .collect();
    divisions.sort_by_key(|division| (division.code, division.from));
    let mut all = Gazetteer {
        divisions,
        names: HashMap::new(),
        short: HashMap::new(),
        heads: HashSet::new(),
        paths: Default::default(),
        longest: 0,
    };
    for (at, division) in all.divisions.iter().enumerate() {
        let at = at as u32;
        all.names.entry(division.name).or_default().push(at);
        all.longest = all.longest.max(division.name.chars().count());
        let mut chars = division.name.chars();
        if let (Some(a), Some(b)) = (chars.next(), chars.next()) {
            all.heads.insert([a, b]);
        }
        if division.code.is_multiple_of(100)
            && let Some(short) = shortened(division.name)
        {
            all.short.entry(short).or_default().push(at);
            let mut chars = short.chars();
            if let (Some(a), Some(b)) = (chars.next(), chars.next()) {
                all.heads.insert([a, b]);
            }
        }
    }
    for at in 0..all.divisions.len() {
        let Some(place) = all.place(at as u32) else {
            continue;
        };
        for (depth, paths) in [Depth::Province, Depth::Prefecture, Depth::County]
            .into_iter()
            .zip(&mut all.paths)
        {
            let mut path = String::new();
            if place.write(depth, &mut path) {
                paths.insert(path, place);
            }
        }
    }
    all
});

impl Gazetteer {
    /// The index of the division of a code in a year, or the nearest in time.
    fn of(&self, code: u32, year: u16) -> Option<u32> {
        let from = self.divisions.partition_point(|d| d.code < code);
        let (at, _) = self
            .divisions
            .iter()
            .enumerate()
            .skip(from)
            .take_while(|(_, d)| d.code == code)
            .min_by_key(|(_, d)| {
                if (d.from..d.to).contains(&year) {
                    0
                } else {
                    d.from.abs_diff(year).min(d.to.abs_diff(year)) + 1
                }
            })?;
        u32::try_from(at).ok()
    }

    fn name(&self, at: u32) -> Option<&'static str> {
        self.divisions.get(at as usize).map(|d| d.name)
    }

    /// The path of the division at `at`.
    fn place(&self, at: u32) -> Option<Place> {
        let division = self.divisions.get(at as usize)?;
        let year = division.to.saturating_sub(1).min(2023);
        let code = division.code;
        let province = self.name(self.of(code / 10_000 * 10_000, year)?)?;
        let mut place = Place {
            province,
            prefecture: None,
            county: None,
            direct: false,
        };
        if code.is_multiple_of(10_000) {
            place.direct = is_city_under_the_state(province);
            return Some(place);
        }
        let above = self.of(code / 100 * 100, year);
        place.prefecture = above.and_then(|at| self.name(at));
        place.direct = above.is_none();
        if !code.is_multiple_of(100) {
            place.county = Some(division.name);
        }
        Some(place)
    }

    /// The longest name at the head of `text` among those that `table` has and
    /// `fits` takes: the divisions and how many bytes.
    fn longest<'t>(
        &self,
        table: &'t HashMap<&'static str, Vec<u32>>,
        text: &str,
        fits: impl Fn(&Division) -> bool,
    ) -> Option<(Vec<&'t u32>, usize)> {
        let ends: Vec<usize> = text
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take(self.longest)
            .collect();
        ends.iter().rev().find_map(|&end| {
            let name = text.get(..end)?;
            let found: Vec<&u32> = table
                .get(name)?
                .iter()
                .filter(|at| self.divisions.get(**at as usize).is_some_and(&fits))
                .collect();
            (!found.is_empty()).then_some((found, end))
        })
    }

    /// The one that was there last, where all that were there last stand under
    /// one prefecture.
    fn settle(&self, found: &[&u32]) -> Option<u32> {
        let division = |at: &&u32| self.divisions.get(**at as usize);
        let last = found.iter().filter_map(division).map(|d| d.to).max()?;
        let mut late = found
            .iter()
            .filter(|at| division(at).is_some_and(|d| d.to == last));
        let first = late.next()?;
        let above = |at: &&u32| division(at).map(|d| d.code / 100);
        late.all(|at| above(at) == above(first)).then_some(**first)
    }

    fn address(&self, text: &str) -> Option<Place> {
        let code = |at: u32| self.divisions.get(at as usize).map(|d| d.code);
        let skip = |text: &str| {
            let bytes: usize = text
                .chars()
                .take_while(|c| matches!(c, ',' | '，' | '、' | '/' | '|' | ';'))
                .map(char::len_utf8)
                .sum();
            bytes
        };
        let whole = self.longest(&self.names, text, |d| d.code.is_multiple_of(10_000));
        let mut rest = text;
        // The province: in full, by a name that only one has, or in short
        // before a name that it has.
        let province;
        let mut at = None;
        if let Some((found, end)) = whole {
            let first = **found.first()?;
            province = code(first)? / 10_000;
            at = found.last().map(|at| **at);
            rest = rest.get(end..)?;
            rest = rest.get(skip(rest)..)?;
        } else {
            let full = self.longest(&self.names, text, |d| {
                !d.code.is_multiple_of(10_000) && d.name.chars().count() >= 3
            });
            let short = self
                .longest(&self.short, text, |d| d.code.is_multiple_of(10_000))
                .and_then(|(found, end)| {
                    let province = code(**found.first()?)? / 10_000;
                    let tail = text.get(end..)?;
                    let tail = tail.get(skip(tail)..)?;
                    let below = |d: &Division| {
                        d.code / 10_000 == province && !d.code.is_multiple_of(10_000)
                    };
                    let named = self.longest(&self.names, tail, below).is_some()
                        || self
                            .longest(&self.short, tail, |d| {
                                below(d) && d.code.is_multiple_of(100)
                            })
                            .is_some_and(|(_, end)| {
                                let after = tail.get(end..).unwrap_or_default();
                                self.longest(&self.names, after, below).is_some()
                            });
                    named.then_some((province, **found.last()?, tail))
                });
            match (full, short) {
                (Some((found, _)), None) => {
                    let one = self.settle(&found)?;
                    let same = code(one)? / 10_000;
                    if found
                        .iter()
                        .any(|at| code(**at).map(|c| c / 10_000) != Some(same))
                    {
                        return None;
                    }
                    province = same;
                }
                (Some((found, end)), Some((by_short, ..)))
                    if end > text.chars().take(2).map(char::len_utf8).sum()
                        && found.iter().all(|at| {
                            code(**at)
                                .is_some_and(|c| c / 10_000 == by_short && c.is_multiple_of(100))
                        }) =>
                {
                    // 吉林市 is a city, not 吉林 and something called 市.
                    province = by_short;
                }
                (_, Some((by_short, found, tail))) => {
                    province = by_short;
                    at = Some(found);
                    rest = tail;
                }
                (None, None) => return None,
            }
        }
        // 北京市北京市, and 市辖区, which is no place.
        for again in ["市辖区", "省直辖县级行政区划"] {
            rest = rest.strip_prefix(again).unwrap_or(rest);
        }
        let in_province = |d: &Division| d.code / 10_000 == province;
        let full = self.longest(&self.names, rest, |d| {
            in_province(d) && d.code.is_multiple_of(100) && !d.code.is_multiple_of(10_000)
        });
        let prefecture = match full {
            Some((found, end)) => self.settle(&found).map(|one| (one, end)),
            None => self
                .longest(&self.short, rest, |d| {
                    in_province(d) && d.code.is_multiple_of(100) && !d.code.is_multiple_of(10_000)
                })
                .and_then(|(found, end)| {
                    let one = self.settle(&found)?;
                    let above = code(one)? / 100;
                    let after = rest.get(end..)?;
                    self.longest(&self.names, after, |d| {
                        d.code / 100 == above && !d.code.is_multiple_of(100)
                    })?;
                    Some((one, end))
                }),
        };
        let county = |text: &str, fits: &dyn Fn(&Division) -> bool| {
            let (found, _) = self.longest(&self.names, text, |d| {
                !d.code.is_multiple_of(100) && fits(d)
            })?;
            self.settle(&found)
        };
        if let Some((one, end)) = prefecture {
            let above = code(one)? / 100;
            rest = rest.get(end..)?;
            rest = rest.get(skip(rest)..)?;
            rest = rest.strip_prefix("市辖区").unwrap_or(rest);
            let below = county(rest, &|d| d.code / 100 == above);
            // A place that moved under another prefecture since is found by name
            // in the province, where one has it.
            return self.place(below.unwrap_or(one));
        }
        match county(rest, &in_province) {
            Some(one) => self.place(one),
            None => self.place(at?),
        }
    }
}

/// The place of a code of six digits, by the names of a year (of the last
/// list without one).
pub(crate) fn of_code(code: &str, year: Option<i16>) -> Option<Place> {
    if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let all = &*GAZETTEER;
    let code: u32 = code.parse().ok()?;
    // Cards were first given out in 1984.
    let year = year.map_or(2023, |year| u16::try_from(year).unwrap_or(0).max(1984));
    let known = all.of(code, year).or_else(|| {
        // A code that no list has may still be of a known prefecture.
        all.of(code / 100 * 100, year)
            .or_else(|| all.of(code / 10_000 * 10_000, year))
    })?;
    all.place(known)
}

/// The place that an address begins with. `text` has no separators but commas.
pub(crate) fn of_address(text: &str) -> Option<Place> {
    let all = &*GAZETTEER;
    let text = text
        .strip_prefix("中华人民共和国")
        .or_else(|| text.strip_prefix("中国"))
        .unwrap_or(text);
    let mut chars = text.chars();
    let head = [chars.next()?, chars.next()?];
    if !all.heads.contains(&head) {
        return None;
    }
    all.address(text)
}

/// The longest name of a division at the head of a text: how many characters,
/// and whether it is whole (昆山市) or short (苏州).
pub(crate) fn name_at(text: &str) -> Option<(usize, bool)> {
    let all = &*GAZETTEER;
    let mut chars = text.chars();
    let head = [chars.next()?, chars.next()?];
    if !all.heads.contains(&head) {
        return None;
    }
    let mut found = None;
    for (n, (at, c)) in text.char_indices().enumerate().take(all.longest) {
        let name = text.get(..at + c.len_utf8())?;
        // A county of two characters (城区, 郊区) is a word too.
        if n >= 2 && all.names.contains_key(name) {
            found = Some((n + 1, true));
        } else if all.short.contains_key(name) {
            found = Some((n + 1, false));
        }
    }
    found
}

/// Whether a text is a path of this depth.
pub(crate) fn path(depth: Depth, text: &str) -> Option<&'static Place> {
    GAZETTEER.paths.get(depth as usize)?.get(text)
}

/// An address without white space, separators and format characters, width
/// unified.
pub(crate) fn tidy(value: &str, out: &mut String) {
    out.clear();
    nfkc_each(value, |c, _| {
        if !(is_separator(c) || is_format(c) || c.is_whitespace()) || c == '-' {
            out.push(c);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Option<String> {
        let mut text = String::new();
        tidy(address, &mut text);
        let place = of_address(&text)?;
        let mut out = String::new();
        assert!(place.write(place.depth(), &mut out));
        Some(out)
    }

    #[test]
    fn addresses_are_read_from_their_beginning() {
        for (address, path) in [
            ("江苏省苏州市昆山市玉山镇1号", "江苏省苏州市昆山市"),
            ("江苏省昆山市玉山镇1号", "江苏省苏州市昆山市"),
            ("昆山市玉山镇1号", "江苏省苏州市昆山市"),
            ("江苏苏州昆山市", "江苏省苏州市昆山市"),
            ("江苏 苏州市 姑苏区", "江苏省苏州市姑苏区"),
            ("中国江苏省苏州市，姑苏区", "江苏省苏州市姑苏区"),
            ("北京市朝阳区假想路1号", "北京市朝阳区"),
            ("北京市市辖区朝阳区", "北京市朝阳区"),
            ("北京朝阳区", "北京市朝阳区"),
            ("北京市昌平县", "北京市昌平县"),
            ("吉林市船营区", "吉林省吉林市船营区"),
            ("吉林省吉林市船营区", "吉林省吉林市船营区"),
            ("湖北省仙桃市", "湖北省仙桃市"),
            (
                "内蒙古自治区呼和浩特市新城区",
                "内蒙古自治区呼和浩特市新城区",
            ),
            ("延边朝鲜族自治州延吉市", "吉林省延边朝鲜族自治州延吉市"),
            ("山东省济南市,假想县,占位路", "山东省济南市"),
            ("江苏省鼓楼区中山路", "江苏省"),
            ("香港特别行政区", "香港特别行政区"),
            ("１１号", ""),
            ("江苏路12号", ""),
            ("北京西路100号", ""),
            ("朝阳区假想路", ""),
            ("长春路3号", ""),
            ("Room 1001, Tianjin", ""),
            ("", ""),
        ] {
            assert_eq!(read(address).unwrap_or_default(), path, "{address}");
        }
    }

    #[test]
    fn a_code_has_the_names_of_its_year() {
        let path = |code: &str, year| {
            let place = of_code(code, year)?;
            let mut out = String::new();
            place.write(place.depth(), &mut out).then_some(out)
        };
        assert_eq!(path("110105", None).as_deref(), Some("北京市朝阳区"));
        assert_eq!(path("110221", Some(1970)).as_deref(), Some("北京市昌平县"));
        assert_eq!(
            path("320523", Some(1985)).as_deref(),
            Some("江苏省苏州市昆山县")
        );
        assert_eq!(
            path("320583", Some(2001)).as_deref(),
            Some("江苏省苏州市昆山市")
        );
        assert_eq!(path("110199", None).as_deref(), Some("北京市"));
        assert_eq!(path("990000", None), None);
        assert_eq!(path("11010", None), None);
    }

    #[test]
    fn every_path_is_known_at_its_depth_and_lies_in_the_coarser_one() {
        let all = &*GAZETTEER;
        assert!(all.divisions.len() > 7000);
        for (path, place) in &all.paths[2] {
            assert!(super::path(Depth::County, path).is_some());
            let mut coarser = String::new();
            assert!(place.write(Depth::Province, &mut coarser));
            assert!(path.starts_with(&coarser));
            coarser.clear();
            assert!(place.write(Depth::Prefecture, &mut coarser), "{path}");
            assert!(path.starts_with(&coarser), "{path} {coarser}");
            assert!(
                super::path(Depth::Prefecture, &coarser).is_some(),
                "{coarser}"
            );
        }
    }
}
