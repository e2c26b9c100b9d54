//! Finds addresses in Chinese by how they are built, with or without the names
//! that a gazetteer has.
//!
//! A text is read once, from left to right, as a row of *elements*:
//!
//! | element | how it is told |
//! |---|---|
//! | division | a name of the gazetteer; or a name before 省 市 区 县 州 盟 旗 |
//! | road | a name before 路 街 道 巷 弄 胡同 |
//! | place | a name before 小区 社区 花园 家园 公寓 大厦 广场 宿舍 大院 苑 邨, 村 庄 屯 镇 乡 |
//! | weak place | a name before 里 园 院 城 楼 湾 沟 … |
//! | house | a number before 号 室 栋 幢 座 单元 楼 层 弄, 组 队 社 behind a village, and 户 院 房 … behind another house; `3-2-501` behind a road or place |
//!
//! Numbers are digits of any width or script or Chinese numerals, with 甲乙丙丁,
//! 第, 附, 之, a letter or hyphens. Between two elements may stand up to three
//! spaces, commas, quotation marks, brackets or ends of line. An **address** is
//! a row of elements with a house among them and
//!
//! - a road or a place before it, or
//! - any element before it, where the house is a 室, 栋, 幢, 座, 单元, 弄, 号楼 or
//!   号院, or where there are two houses.
//!
//! It goes whole, from its first element to its last house. No address is: a
//! division, road or place without a house; a house without one of them
//! (`2楼`, `一号店`, `第5号文件`, `6号线`); a day (`3月12号`, `上海12号`, `某村12号下午`);
//! a route (`三路公交`); a number of rooms (`3室2厅`) or of homes (`12户`).
//!
//! A name has no mark of where it begins when it is glued to what stands before
//! it: it is taken back to a word that no name has (住, 在, 的, …), at most six
//! characters. In doubt a few characters too many go.
//!
//! Each character is read a bounded number of times. A text in which no number
//! stands before such a word, nor behind a road or place, is left after one
//! look.

use super::super::unicode::{digit_value, is_format, is_han, narrow};
use super::Hit;
pub(in crate::kinds) use parts::{Cells, House, Worth};
use parts::{Sort, is_branch, is_gap, is_numeral, is_stop};

mod parts;

/// Name of the kind.
pub(super) const ADDRESS: &str = "cn-address";

/// Characters of a name at most, where nothing says where it begins.
const NAME: usize = 6;
/// Characters of a name between two elements.
const BETWEEN: usize = 12;
/// Characters of anything, a company for instance, before a room.
const FREE: usize = 8;
/// Marks between two elements.
const GAPS: u8 = 3;

/// What a house is called that may begin or end a number's meaning.
const UNITS: &str = "号號室栋棟幢座元楼樓层層弄户戶组組队隊社院房门門铺鋪排#";
/// Ends of roads and places behind which a number may stand without a word.
const ENDS: &str = "路街道巷弄同区區园園苑邨墅寓厦廈场場舍院里城村庄莊屯";

/// A set of Han characters, asked by one look.
struct Set([u64; 328]);

impl Set {
    const fn of(words: [&str; 2]) -> Self {
        let mut set = [0; 328];
        let mut word = 0;
        while word < words.len() {
            let bytes = words[word].as_bytes();
            let mut at = 0;
            while at < bytes.len() {
                if bytes[at] < 0x80 {
                    at += 1;
                    continue;
                }
                let code = ((bytes[at] & 0xF) as usize) << 12
                    | ((bytes[at + 1] & 0x3F) as usize) << 6
                    | (bytes[at + 2] & 0x3F) as usize;
                set[(code - 0x4E00) / 64] |= 1 << ((code - 0x4E00) % 64);
                at += 3;
            }
            word += 1;
        }
        Self(set)
    }

    fn has(&self, code: usize) -> bool {
        let at = code.wrapping_sub(0x4E00);
        self.0
            .get(at / 64)
            .is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }
}

static MARKS: Set = Set::of([UNITS, ENDS]);

/// Whether a number stands before a word of houses or behind a road or place.
/// Never says no to a text that holds an address.
pub(in crate::kinds) fn may_hold(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&first) = bytes.get(at) {
        if !(0xE4..=0xE9).contains(&first) {
            at += 1;
            continue;
        }
        let (Some(&second), Some(&third)) = (bytes.get(at + 1), bytes.get(at + 2)) else {
            return false;
        };
        let code = usize::from(first & 0xF) << 12
            | usize::from(second & 0x3F) << 6
            | usize::from(third & 0x3F);
        if MARKS.has(code) && beside_number(text, at) {
            return true;
        }
        at += 3;
    }
    // 3# is rare enough to be asked by itself.
    memchr::memchr_iter(b'#', bytes).any(|at| beside_number(text, at))
}

/// Whether a number ends right before the character at `at`, or begins behind it.
fn beside_number(text: &str, at: usize) -> bool {
    let skip = |c: &char| is_gap(narrow(*c)) || is_format(*c);
    let of_number = |c: char| {
        let c = narrow(c);
        c.is_ascii_alphanumeric() || is_numeral(c) || is_branch(c) || digit_value(c).is_some()
    };
    let before = text.get(..at).unwrap_or_default().chars().rev();
    let mut behind = text.get(at..).unwrap_or_default().chars();
    let unit = behind
        .next()
        .is_some_and(|c| UNITS.contains(c) || c == '单' || c == '單');
    if unit {
        // 单 of 单元, 号 of 号楼 stand between.
        let mut before =
            before.skip_while(|c| skip(c) || matches!(c, '单' | '單' | '村' | '民' | '小'));
        if before.next().is_some_and(of_number) {
            return true;
        }
    }
    behind
        .find(|c| !skip(c))
        .is_some_and(|c| digit_value(narrow(c)).is_some())
}

/// A row of elements on its way.
#[derive(Clone, Copy, Default)]
struct Row {
    start: usize,
    /// Cell after the last element.
    end: usize,
    /// Cell after the last house; 0 where there is none.
    house_end: usize,
    houses: u32,
    strong: bool,
    /// A road or a place.
    placed: bool,
    road: bool,
    village: bool,
    weak: bool,
    division: bool,
    /// Since the last element: marks, whether one parts clauses, characters of
    /// a name.
    gaps: u8,
    parted: bool,
    run: usize,
}

impl Row {
    fn is_address(&self) -> bool {
        self.houses > 0
            && (self.placed || self.strong || self.houses > 1 || (self.weak && self.division))
    }

    fn goes_on(&mut self, end: usize) {
        self.end = end;
        self.gaps = 0;
        self.parted = false;
        self.run = 0;
    }

    fn add(&mut self, sort: Sort, end: usize) {
        self.goes_on(end);
        match sort {
            Sort::Division => self.division = true,
            Sort::Road => {
                self.placed = true;
                self.road = true;
            }
            Sort::Place => self.placed = true,
            Sort::Village => {
                self.placed = true;
                self.village = true;
            }
            Sort::Weak => self.weak = true,
            Sort::Hamlet => {
                self.weak = true;
                self.village = true;
            }
        }
    }
}

/// Finds addresses in `text`, added to `hits`.
pub(super) fn find(text: &str, cells: &mut Cells, hits: &mut Vec<Hit>) {
    cells.set(text);
    let cells = &*cells;
    each(
        cells,
        |_| {},
        |start, end| {
            if let Some((start, end)) = cells.bytes(start, end) {
                hits.push(Hit {
                    start,
                    end,
                    kind: ADDRESS,
                    proven: false,
                });
            }
        },
    );
}

/// An element of a row.
#[derive(Clone, Copy, Debug)]
pub(in crate::kinds) struct Element {
    /// Its first cell, and the one after its last.
    pub(in crate::kinds) from: usize,
    pub(in crate::kinds) to: usize,
    pub(in crate::kinds) division: bool,
    pub(in crate::kinds) house: Option<House>,
}

/// The elements of what stands in `cells`, in place of `out`.
pub(in crate::kinds) fn elements(cells: &Cells, out: &mut Vec<Element>) {
    out.clear();
    let element = |next: Element| match out.last_mut() {
        // 街道, 大街: one name.
        Some(last)
            if last.to == next.from
                && next.to == next.from + 1
                && last.house.is_none()
                && next.house.is_none() =>
        {
            last.to = next.to;
            last.division &= next.division;
        }
        _ => out.push(next),
    };
    each(cells, element, |_, _| {});
}

/// Every element, and every address: its first cell, and the one after its last.
fn each(cells: &Cells, mut element: impl FnMut(Element), mut sink: impl FnMut(usize, usize)) {
    let named = |from, to, division| Element {
        from,
        to,
        division,
        house: None,
    };
    let mut row: Option<Row> = None;
    // Where the name under way begins.
    let mut name = 0;
    let mut at = 0;
    let mut done = |row: &mut Option<Row>| {
        if let Some(row) = row.take()
            && row.is_address()
        {
            sink(row.start, row.house_end);
        }
    };
    while at < cells.len() {
        let c = cells.what(at);
        // A house, behind other elements.
        if let Some(now) = &mut row
            && let Some(house) = house_in(cells, now, at)
        {
            if house.worth != Worth::Passing {
                now.houses += 1;
                now.house_end = house.end;
                now.strong |= matches!(house.worth, Worth::Strong | Worth::Joined);
            }
            now.goes_on(house.end);
            element(Element {
                house: Some(house),
                ..named(at, house.end, false)
            });
            at = house.end;
            name = at;
            continue;
        }
        if !is_han(c) {
            if is_gap(c) {
                if let Some(now) = &mut row {
                    now.gaps += 1;
                    now.parted |= matches!(c, ',' | '、' | '\n' | '\r');
                    if now.gaps > GAPS || now.run > 0 {
                        done(&mut row);
                    }
                }
            } else {
                done(&mut row);
            }
            at += 1;
            name = at;
            continue;
        }
        // A division by its name.
        if let Some((end, whole)) = cells.division(at) {
            let fresh = row.is_none_or(|row| row.houses > 0 || row.run > 0);
            if !fresh && let Some(now) = &mut row {
                now.add(Sort::Division, end);
                element(named(at, end, true));
                at = end;
                name = at;
                continue;
            }
            // In the middle of other characters a short name may be anything.
            if whole || (row.is_none() && name == at) {
                done(&mut row);
                let mut start = at;
                if whole {
                    start = short_before(cells, at, name);
                }
                let mut now = Row {
                    start,
                    ..Row::default()
                };
                now.add(Sort::Division, end);
                row = Some(now);
                element(named(at, end, true));
                at = end;
                name = at;
                continue;
            }
        }
        // The end of a name.
        if let Some((sort, len)) = cells.sort(at) {
            let first = at + 1 - len;
            let chars = first.saturating_sub(name);
            let lone = chars == 1 && is_numeral(cells.before(first));
            match &mut row {
                // The characters since the last element are its name.
                Some(now) if now.run + 1 >= len && now.run <= BETWEEN => {
                    let single = lone && now.houses > 0;
                    if !single {
                        now.add(sort, at + 1);
                        element(named(name, at + 1, sort == Sort::Division));
                        at += 1;
                        name = at;
                        continue;
                    }
                }
                Some(_) => {}
                None if chars >= 1 && !lone => {
                    let mut now = Row {
                        start: name.max(first.saturating_sub(NAME)),
                        ..Row::default()
                    };
                    now.add(sort, at + 1);
                    element(named(now.start, at + 1, sort == Sort::Division));
                    row = Some(now);
                    at += 1;
                    name = at;
                    continue;
                }
                None => {}
            }
        }
        if is_stop(c) || (c == '于' && "位设居至迁".contains(cells.before(at))) {
            done(&mut row);
            name = at + 1;
        } else if let Some(now) = &mut row {
            now.run += 1;
            if now.run > BETWEEN {
                done(&mut row);
                name = at;
            }
        }
        at += 1;
    }
    done(&mut row);
}

/// The house at `at` that goes on with a row.
fn house_in(cells: &Cells, row: &Row, at: usize) -> Option<House> {
    let c = cells.what(at);
    let starts =
        c.is_ascii_alphanumeric() || is_numeral(c) || is_branch(c) || "第附临新老旧".contains(c);
    if !starts || (c.is_ascii_alphabetic() && cells.before(at).is_ascii_alphanumeric()) {
        return None;
    }
    let house = cells.house(at)?;
    let near = row.run == 0;
    let fits = match house.worth {
        Worth::Strong => {
            row.run <= FREE
                && !(row.parted && row.houses == 0 && !row.placed && !row.weak && !row.division)
        }
        Worth::Number => {
            near && !row.parted && (row.road || row.houses > 0 || !cells.is_day(house.end))
        }
        Worth::Weak => near && (!row.parted || row.houses > 0),
        Worth::Group => near && (row.village || row.houses > 0),
        Worth::Later => near && row.houses > 0,
        Worth::Passing => near && !row.parted,
        Worth::Joined => near && (row.placed || row.weak || row.houses > 0),
        Worth::Bare => row.houses > 0 && near && at == row.end,
    };
    fits.then_some(house)
}

/// Where the short names of divisions begin that stand right before `at`, 江苏
/// and 苏州 before 昆山市.
fn short_before(cells: &Cells, at: usize, least: usize) -> usize {
    let mut start = at;
    for _ in 0..2 {
        let before = (2..=4).rev().find_map(|len| {
            let from = start.checked_sub(len).filter(|from| *from >= least)?;
            (cells.division(from)?.0 == start).then_some(from)
        });
        match before {
            Some(from) => start = from,
            None => break,
        }
    }
    start
}

#[cfg(test)]
mod tests;
