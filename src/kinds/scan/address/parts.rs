//! The parts of an address in Chinese: numbers of houses with their words, and
//! what ends the name of a road, a place or a division. Knows no text as a
//! whole: what may stand beside what is decided by [`super`].

use super::super::super::gazetteer;
use super::super::super::unicode::{digit_value, is_format, narrow};

/// A character of a text, folded, and where it stands.
#[derive(Clone, Copy)]
struct Cell {
    what: char,
    start: u32,
    end: u32,
    /// Where it stands in the folded text.
    at: u32,
}

/// A text folded character by character: width, digits of every script; format
/// characters are left out. Buffers are kept.
#[derive(Default)]
pub(in crate::kinds) struct Cells {
    cells: Vec<Cell>,
    folded: String,
}

/// What a house's word is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::kinds) enum Worth {
    /// Hardly anything but a part of an address.
    Strong,
    /// 号: a day as well.
    Number,
    /// 楼, 层, #.
    Weak,
    /// 组, 队, 社 of a village.
    Group,
    /// 户, 院, 房: behind another house alone.
    Later,
    /// 巷, 段, 期, 区 with a number: the address goes on.
    Passing,
    /// Numbers joined by hyphens, without a word.
    Joined,
    /// A number glued to a house.
    Bare,
}

/// A number with the word behind it.
#[derive(Clone, Copy, Debug)]
pub(in crate::kinds) struct House {
    /// Cell after its number.
    pub(in crate::kinds) number_end: usize,
    /// Cell after the last.
    pub(in crate::kinds) end: usize,
    pub(in crate::kinds) worth: Worth,
}

/// What a name ends with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    Division,
    Road,
    Place,
    Village,
    Weak,
    Hamlet,
}

pub(super) fn is_numeral(c: char) -> bool {
    "〇零一二三四五六七八九十百千两兩廿卅壹贰叁肆伍陆柒捌玖拾".contains(c)
}

/// 甲 of 甲12号 or 12号甲.
pub(super) fn is_branch(c: char) -> bool {
    matches!(c, '甲' | '乙' | '丙' | '丁' | '戊' | '己')
}

pub(super) fn is_gap(c: char) -> bool {
    c.is_whitespace() || ",、-–—·./|\"'“”‘’()《》「」『』【】〔〕[]".contains(c)
}

/// What no name of a road or place holds, so that one begins behind it.
pub(super) fn is_stop(c: char) -> bool {
    "住在址是往去从從由的及给給寄送搬到我你您他她它们們这這那了着被就也还還又并或但而因找於租买買卖賣去，。".contains(c)
}

impl Cells {
    /// Folds `text` in place of what was folded before.
    pub(in crate::kinds) fn set(&mut self, text: &str) {
        self.cells.clear();
        self.folded.clear();
        for (start, c) in text.char_indices() {
            if is_format(c) {
                continue;
            }
            let c_end = start + c.len_utf8();
            let what = match narrow(c) {
                c if c.is_ascii() => c.to_ascii_uppercase(),
                c => digit_value(c).map_or(c, |d| char::from(b'0' + d)),
            };
            self.cells.push(Cell {
                what,
                start: start as u32,
                end: c_end as u32,
                at: self.folded.len() as u32,
            });
            self.folded.push(what);
        }
    }

    pub(in crate::kinds) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(in crate::kinds) fn what(&self, at: usize) -> char {
        self.cells.get(at).map_or('\0', |cell| cell.what)
    }

    pub(super) fn before(&self, at: usize) -> char {
        at.checked_sub(1).map_or('\0', |at| self.what(at))
    }

    /// The folded text.
    pub(in crate::kinds) fn folded(&self) -> &str {
        &self.folded
    }

    /// The cell that begins at a byte of the folded text.
    pub(in crate::kinds) fn cell_of(&self, byte: usize) -> usize {
        self.cells.partition_point(|cell| (cell.at as usize) < byte)
    }

    /// The folded text of some cells.
    pub(in crate::kinds) fn part(&self, from: usize, to: usize) -> &str {
        let at = |cell: usize| {
            let cell = self.cells.get(cell);
            cell.map_or(self.folded.len(), |cell| cell.at as usize)
        };
        self.folded.get(at(from)..at(to)).unwrap_or_default()
    }

    /// The bytes of the text of some cells.
    pub(in crate::kinds) fn bytes(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let (first, last) = (self.cells.get(from)?, self.cells.get(to.checked_sub(1)?)?);
        Some((first.start as usize, last.end as usize))
    }

    pub(in crate::kinds) fn skip_gaps(&self, from: usize, most: usize) -> usize {
        let mut at = from;
        while at < from + most && is_gap(self.what(at)) {
            at += 1;
        }
        at
    }

    /// One piece of a number: digits, numerals or letters; where it ends.
    fn piece(&self, from: usize) -> usize {
        let mut at = from;
        let first = self.what(at);
        if is_numeral(first) {
            while is_numeral(self.what(at)) && at < from + 7 {
                at += 1;
            }
            return at;
        }
        while self.what(at).is_ascii_alphanumeric() && at < from + 8 {
            at += 1;
        }
        let letters = (from..at)
            .filter(|&i| self.what(i).is_ascii_alphabetic())
            .count();
        let digits = at - from - letters;
        // A word, and a number that is none of a house.
        if letters > 2 || digits > 5 { from } else { at }
    }

    /// Where the number of a house that begins at `from` ends; `from` where there
    /// is none.
    pub(super) fn number(&self, from: usize) -> usize {
        let mut at = from;
        while at < from + 2 && ("第附临新老旧".contains(self.what(at)) || is_branch(self.what(at)))
        {
            at += 1;
        }
        let first = at;
        at = self.piece(at);
        if at == first {
            return from;
        }
        for _ in 0..4 {
            let c = self.what(at);
            if !matches!(c, '-' | '–' | '—' | '~' | '之' | '附' | '/' | '、') {
                break;
            }
            let to = self.piece(at + 1);
            if to == at + 1 {
                break;
            }
            at = to;
        }
        if is_branch(self.what(at)) {
            at += 1;
        }
        at
    }

    /// The house whose number begins at `from`.
    pub(in crate::kinds) fn house(&self, from: usize) -> Option<House> {
        let number_end = self.number(from);
        if number_end == from {
            return None;
        }
        let count = number_end - from;
        let first = self.what(from);
        let digits = (from..number_end)
            .filter(|&i| self.what(i).is_ascii_digit())
            .count();
        let numeral = (from..number_end).any(|i| is_numeral(self.what(i)));
        let unit = self.skip_gaps(number_end, 1);
        let spaced = unit > number_end && self.what(number_end) != ' ';
        let (c, next) = (self.what(unit), self.what(unit + 1));
        let house = |len: usize, worth| {
            Some(House {
                number_end,
                end: unit + len,
                worth,
            })
        };
        let no = |words: &str| words.contains(next);
        if spaced || (digits == 0 && !numeral && !"座栋棟幢楼樓室区區单單".contains(c)) {
            return self.joined(from, number_end);
        }
        match c {
            '号' | '號' => match next {
                '楼' | '樓' | '院' | '房' | '室' | '栋' | '棟' | '门' | '門' | '幢' | '库' => {
                    house(2, Worth::Strong)
                }
                _ if no("线線码碼文令机機车車桌柜函井矿坑煤口站字") => None,
                _ if matches!(
                    (next, self.what(unit + 2)),
                    ('公', '告' | '路' | '文')
                        | ('出', '口' | '租')
                        | ('通', '知' | '告')
                        | ('高', '速')
                        | ('选', '手')
                ) =>
                {
                    None
                }
                _ => {
                    let end = unit + 1 + usize::from(is_branch(next));
                    Some(House {
                        number_end,
                        end,
                        worth: Worth::Number,
                    })
                }
            },
            // 3室2厅 is a number of rooms.
            '室' => {
                let rooms = self.number(unit + 1);
                let hall =
                    rooms > unit + 1 && matches!(self.what(rooms), '厅' | '廳' | '卫' | '衛');
                if hall || (numeral && count == 1 && digits == 0) {
                    None
                } else {
                    house(1, Worth::Strong)
                }
            }
            '栋' | '棟' | '幢' => house(1, Worth::Strong),
            '座' if numeral && count <= 2 && !next.is_ascii_alphanumeric() => None,
            '座' if no("桥橋山坟塔庙城大房") => None,
            '座' => house(1, Worth::Strong),
            '单' | '單' if next == '元' => house(2, Worth::Strong),
            '弄' => house(1, Worth::Strong),
            '楼' | '樓' if no("盘盤市梯长") => None,
            '楼' | '樓' | '层' | '層' if no("高次面级級") => None,
            '楼' | '樓' | '层' | '層' => {
                // 5樓之3
                let more = if next == '之' {
                    self.piece(unit + 2)
                } else {
                    0
                };
                let end = if more > unit + 2 { more } else { unit + 1 };
                Some(House {
                    number_end,
                    end,
                    worth: Worth::Weak,
                })
            }
            '#' if matches!(next, '楼' | '樓') => house(2, Worth::Strong),
            '#' => house(1, Worth::Weak),
            '村' if next == '民'
                && self.what(unit + 2) == '小'
                && matches!(self.what(unit + 3), '组' | '組') =>
            {
                house(4, Worth::Group)
            }
            '小' if matches!(next, '组' | '組' | '队' | '隊') => house(2, Worth::Group),
            '组' | '組' if no("织織长長成合员員建装裝") => None,
            '队' | '隊' if no("长長员員友伍列") => None,
            '社' if no("会會区區保员員长長团團") => None,
            '组' | '組' | '队' | '隊' | '社' => house(1, Worth::Group),
            '房' if no("屋子产產间間款东東价價租") => None,
            '户' | '戶' | '院' | '房' | '门' | '門' | '排' | '铺' | '鋪' | '屯' | '舍' | '宅'
                if !no("课課语語功市诊診面口籍主人长長") =>
            {
                house(1, Worth::Later)
            }
            '巷' | '段' | '期' | '鄰' | '邻' | '区' | '區' | '街' | '路' | '村' => {
                house(1, Worth::Passing)
            }
            _ if first.is_ascii_digit() => self.joined(from, number_end),
            _ => None,
        }
    }

    /// A number without a word: `3-2-501`, or one glued to a house.
    fn joined(&self, from: usize, end: usize) -> Option<House> {
        let next = self.what(self.skip_gaps(end, 1));
        if next.is_ascii_alphanumeric()
            || "年月日号號人个個元点點时時分岁歲%万萬亿億次天周届间".contains(next)
        {
            return None;
        }
        let part = self.part(from, end);
        let mut pieces = part.split('-');
        let first = pieces.next().unwrap_or_default();
        let (mut count, mut last) = (1, first);
        for piece in pieces {
            count += 1;
            last = piece;
        }
        let all_digits = part.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let year = first.len() == 4 && (first.starts_with("19") || first.starts_with("20"));
        let worth = if count == 1 && all_digits && (2..=4).contains(&part.len()) {
            Worth::Bare
        } else if all_digits
            && !year
            && count <= 4
            && (count >= 3 || (count == 2 && last.len() >= 3))
        {
            Worth::Joined
        } else {
            return None;
        };
        Some(House {
            number_end: end,
            end,
            worth,
        })
    }

    /// What a name that the character at `at` ends is, and how many characters
    /// say so.
    pub(super) fn sort(&self, at: usize) -> Option<(Sort, usize)> {
        let (before, c) = (self.before(at), self.what(at));
        let not = |words: &str| !words.contains(before);
        let two = |words: &str| words.contains(before);
        match c {
            '路' if not("走问問迷思套销銷出带帶让讓认認探跑赶趕修拦攔半电電线線网網死顺順") => {
                Some((Sort::Road, if two("马馬铁鐵公道") { 2 } else { 1 }))
            }
            '街' if not("逛上") => Some((Sort::Road, if two("大步行") { 2 } else { 1 })),
            '道' if two("大") => Some((Sort::Road, 2)),
            '道' if not("知报報难難味频頻渠管隧轨軌赤跑走说說问問一人通国國省县航河水过過打交") => {
                Some((Sort::Road, 1))
            }
            '巷' => Some((Sort::Road, 1)),
            '弄' if not("玩摆擺捉戏戲") => Some((Sort::Road, 1)),
            '同' | '衕' if two("胡衚") => Some((Sort::Road, 2)),
            '区' | '區' => match before {
                '小' | '社' => Some((Sort::Place, 2)),
                '园' | '園' | '厂' | '廠' | '校' | '营' | '库' | '新' => {
                    Some((Sort::Weak, 2))
                }
                _ if two("地辖轄景郊全该該本我城市山灾外片战戰时時误誤") => {
                    None
                }
                _ => Some((Sort::Division, 1)),
            },
            '园' | '園' if two("花家") => Some((Sort::Place, 2)),
            '园' | '園' if not("儿兒校") => Some((Sort::Weak, 1)),
            '苑' | '邨' | '墅' => Some((Sort::Place, 1)),
            '寓' if two("公") => Some((Sort::Place, 2)),
            '厦' | '廈' if two("大") => Some((Sort::Place, 2)),
            '场' | '場' if two("广廣") => Some((Sort::Place, 2)),
            '舍' if two("宿") => Some((Sort::Place, 2)),
            '院' if two("大属屬") => Some((Sort::Place, 2)),
            '院' if not("医醫法学學剧劇究察务務影书書出住入") => {
                Some((Sort::Weak, 1))
            }
            '村' if not("农農乡鄉全本我该該各驻駐进進政然") => {
                Some((Sort::Village, if two("新") { 2 } else { 1 }))
            }
            '庄' | '莊' if not("端坐钱錢") => Some((Sort::Village, 1)),
            '屯' => Some((Sort::Village, 1)),
            '镇' | '鎮' if not("城乡鄉全本我该該各村") => Some((Sort::Village, 1)),
            '乡' | '鄉' if not("老同城家故下返全本我该該各") => {
                Some((Sort::Village, 1))
            }
            '里' if not("家这這那哪公英海村心手夜屋城店厂校班队院镇乡市县区会會群") => {
                Some((Sort::Weak, 1))
            }
            '城' if not("进進县長长全") => Some((Sort::Weak, 1)),
            '楼' | '樓' | '府' | '郡' | '庭' | '居' | '阁' | '閣' | '轩' | '軒' | '坊' => {
                Some((Sort::Weak, 1))
            }
            '湾' | '灣' | '沟' | '溝' | '坡' | '岗' | '崗' | '坝' | '寨' | '塘' | '坪' | '铺'
            | '営' | '堡' => Some((Sort::Hamlet, 1)),
            '省' if not("全本该該我外反节節") => Some((Sort::Division, 1)),
            '市' if not("超城股全本我该該都上门門楼樓夜菜") => {
                Some((Sort::Division, 1))
            }
            '县' | '縣' if not("全本我该該") => Some((Sort::Division, 1)),
            '州' if two("治") => Some((Sort::Division, 3)),
            '旗' => Some((Sort::Division, 1)),
            '盟' if not("联聯同加") => Some((Sort::Division, 1)),
            _ => None,
        }
    }

    /// Whether what follows says that a number with 号 is a day.
    pub(super) fn is_day(&self, end: usize) -> bool {
        matches!(
            (self.what(end), self.what(end + 1)),
            ('上' | '下' | '中', '午')
                | ('晚' | '早', '上')
                | ('凌', '晨')
                | ('当', '天' | '晚' | '日')
                | ('之' | '以', '前' | '后')
                | ('开', '始')
        )
    }

    /// Where a name of the gazetteer at `at` ends, and whether it is whole.
    pub(super) fn division(&self, at: usize) -> Option<(usize, bool)> {
        let (chars, whole) = gazetteer::name_at(self.part(at, at + 16))?;
        Some((at + chars, whole))
    }
}
