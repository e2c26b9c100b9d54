//! What a run of whole groups of digits may be: a resident ID of China, a
//! telephone number. The tables' kinds are in [`super::idents`].

use super::super::cn;
use super::super::date::days_in_month;
use super::super::digits::{Gap, Group, Mark, NOWHERE};
use super::super::phone;
use super::super::unicode::{digit_value, is_format, narrow};
use super::words::{Context, context};
use super::{Candidate, ID, PHONE};

/// A run of groups under examination.
pub(super) struct Window<'a> {
    pub(super) text: &'a str,
    pub(super) groups: &'a [Group],
    pub(super) digits: &'a [u8],
}

impl Window<'_> {
    fn first(&self) -> Option<&Group> {
        self.groups.first()
    }

    pub(super) fn worst_gap(&self) -> Gap {
        self.groups
            .iter()
            .skip(1)
            .map(|group| group.gap)
            .max()
            .unwrap_or(Gap::Join)
    }

    /// Whether one sees a single run of digits.
    fn unbroken(&self) -> bool {
        self.groups
            .iter()
            .skip(1)
            .all(|group| group.mark == Mark::None && group.gap == Gap::Join)
    }

    /// Lengths of the groups that one sees: invisible gaps do not part them.
    pub(super) fn seen_lengths(&self, lengths: &mut [u8; 20]) -> usize {
        let mut n = 0usize;
        for (i, group) in self.groups.iter().enumerate() {
            if i == 0 || group.mark != Mark::None || group.gap != Gap::Join {
                n += 1;
            }
            if let Some(length) = lengths.get_mut(n.wrapping_sub(1)) {
                *length += group.len as u8;
            }
        }
        n
    }

    fn candidate(&self, start: u32, end: u32, kind: &'static str, proven: bool) -> Candidate {
        Candidate {
            from: 0,
            to: 0,
            start,
            end,
            kind,
            proven,
            rank: u16::from(kind != ID),
        }
    }

    /// A resident ID of China.
    pub(super) fn resident_id(&self, cached: &mut Option<Context>) -> Option<Candidate> {
        let (first, last) = (self.groups.first()?, self.groups.last()?);
        let x = last.x_end != 0;
        let len = self.digits.len();
        match len {
            18 | 15 | 19 => {}
            17 => {}
            _ => return None,
        }
        let beside = |cached: &mut Option<Context>| {
            *cached.get_or_insert_with(|| context(self.text, first.start))
        };
        // Over parentheses, slashes and ends of lines only what checks.
        let far = self.worst_gap() > Gap::Join;
        if len == 18 || (len == 17 && x) {
            let mut id = [b'X'; 18];
            for (to, d) in id.iter_mut().zip(self.digits) {
                *to = b'0' + d;
            }
            let end = if len == 18 { last.end } else { last.x_end };
            let real = cn::real_birth_date(&id);
            let checks = id.last() == Some(&cn::check_digit(&id));
            let plausible = real && self.likely_year() && self.province();
            if real && checks {
                return Some(self.candidate(first.start, end, ID, plausible));
            }
            if far || (len == 17 && last.x_doubtful) {
                return None;
            }
            let proven = match beside(cached) {
                Context::Strong => true,
                Context::Weak => plausible,
                Context::None => false,
            };
            let usual = plausible && self.parted_at(&[3, 6, 10, 12, 14, 17]);
            return (proven || usual).then(|| self.candidate(first.start, end, ID, proven));
        }
        if far {
            return None;
        }
        if len == 15 {
            let plausible = self.province() && self.short_date();
            let usual = plausible && self.parted_at(&[3, 6, 8, 10, 12]);
            let beside = beside(cached);
            let proven = plausible && beside != Context::None;
            let found = usual || proven || beside == Context::Strong;
            return found.then(|| self.candidate(first.start, last.end, ID, proven));
        }
        // One digit lost or one too many, beside a word that can mean nothing
        // else.
        (self.unbroken() && beside(cached) == Context::Strong)
            .then(|| self.candidate(first.start, last.end, ID, false))
    }

    fn province(&self) -> bool {
        matches!(self.digits, [tens, ones, ..] if cn::known_province(*tens, *ones))
    }

    fn likely_year(&self) -> bool {
        matches!(
            self.digits,
            [_, _, _, _, _, _, 1, 9, ..] | [_, _, _, _, _, _, 2, 0, 0..=4, ..]
        )
    }

    fn short_date(&self) -> bool {
        match self.digits {
            [_, _, _, _, _, _, y1, y2, m1, m2, d1, d2, ..] => {
                let year = 1900 + i16::from(y1 * 10 + y2);
                let day = d1 * 10 + d2;
                day >= 1 && day <= days_in_month(year, m1 * 10 + m2)
            }
            _ => false,
        }
    }

    /// Whether what one sees is parted at some of these places only.
    fn parted_at(&self, places: &[u8]) -> bool {
        let mut lengths = [0; 20];
        let n = self.seen_lengths(&mut lengths);
        let mut at = 0;
        lengths.iter().take(n.saturating_sub(1)).all(|len| {
            at += len;
            places.contains(&at)
        })
    }

    /// A telephone number: of China in national form, or of any country with
    /// its calling code.
    pub(super) fn phone(&self) -> Option<Candidate> {
        let (first, last) = (self.first()?, self.groups.last()?);
        if self.worst_gap() > Gap::Slash {
            return None;
        }
        let proven = self.international(first).or_else(|| self.national(first))?;
        Some(self.telephone(first, last, proven))
    }

    /// The candidate with the parenthesis before it and the extension behind.
    pub(super) fn telephone(&self, first: &Group, last: &Group, proven: bool) -> Candidate {
        let mut start = if first.plus == NOWHERE {
            first.start
        } else {
            first.plus
        };
        // `(010) 6234` and `(+86) 138`: the parenthesis goes too.
        if first.paren != NOWHERE
            && self
                .groups
                .iter()
                .skip(1)
                .any(|group| matches!(group.gap, Gap::Paren | Gap::Slash))
        {
            start = first.paren;
        }
        let mut end = last.end;
        if self.digits.first() == Some(&0) || first.plus != NOWHERE {
            end = self.extension(end);
        }
        self.candidate(start, end, PHONE, proven)
    }

    /// `Some(proven)` for a number with its calling code.
    fn international(&self, first: &Group) -> Option<bool> {
        if first.plus != NOWHERE
            && let Some(proven) = self.with_calling_code(first, self.digits, true)
        {
            return Some(proven);
        }
        match self.digits {
            [0, 0, rest @ ..] if first.len >= 2 => self.with_calling_code(first, rest, false),
            _ => None,
        }
    }

    /// `rest` begins with the calling code; `plus` says what opened it.
    fn with_calling_code(&self, first: &Group, rest: &[u8], plus: bool) -> Option<bool> {
        let (code, code_len, least, most) = phone::calling_code(rest)?;
        // The calling code is not parted from its 00 but right behind it.
        if !plus && first.len != 2 && (first.len as usize) < 2 + code_len {
            return None;
        }
        let mut national = rest.get(code_len..)?;
        if let [0, after @ ..] = national
            && code != 39
            && (phone::has_trunk_zero(code) || national.len() > usize::from(most))
        {
            national = after;
        }
        let total = code_len + national.len();
        let proven = match code {
            86 => {
                let fits =
                    phone::is_mobile_of_china(national) || phone::is_landline_of_china(national);
                return fits.then_some(true);
            }
            1 => {
                let fits = matches!(national, [2..=9, _, _, 2..=9, _, _, _, _, _, _]);
                return fits.then_some(plus);
            }
            7 => national.len() == 10,
            _ => {
                (usize::from(least)..=usize::from(most)).contains(&national.len())
                    && (8..=15).contains(&total)
            }
        };
        proven.then_some(plus && total >= 10)
    }

    /// `Some(proven)` for a number of China in national form, or with 86 and
    /// no plus.
    fn national(&self, first: &Group) -> Option<bool> {
        let mut lengths = [0; 20];
        let n = self.seen_lengths(&mut lengths);
        let seen = lengths.get(..n)?;
        let singles = seen.iter().all(|&len| len == 1);
        // A fraction: 0.13800138000.
        let fraction = first.mark == Mark::Dot && self.follows_lone_zero(first);
        match self.digits {
            number if phone::is_mobile_of_china(number) => {
                let usual = singles || usual_mobile(seen);
                if self.worst_gap() == Gap::Slash {
                    return None;
                }
                if !usual && self.reads_as_something_else(seen) {
                    return None;
                }
                Some(usual && !fraction)
            }
            [8, 6, number @ ..] if phone::is_mobile_of_china(number) => Some(match seen {
                [2, rest @ ..] => usual_mobile(rest),
                [5, rest @ ..] => rest.is_empty() || usual_mobile(&[&[3], rest].concat()),
                [13] => true,
                _ => singles,
            }),
            [0, number @ ..] if phone::is_mobile_of_china(number) => {
                (n == 1 || singles || matches!(seen, [1 | 4, ..])).then_some(false)
            }
            [8, 6, 0, number @ ..] | [8, 6, number @ ..]
                if phone::is_landline_of_china(number) && first.len == 2 =>
            {
                Some(true)
            }
            [0, number @ ..] => {
                let area = phone::area_of_china(number)?;
                if !phone::is_landline_of_china(number) {
                    return None;
                }
                let head = usize::from(*seen.first()?);
                if head == 1 + area && n <= 4 {
                    return Some(true);
                }
                // The area code is not parted, or 01.02.2019 12 would be one.
                let whole = head > 1 + area && matches!(number.get(area), Some(2..=9));
                (whole || singles).then_some(false)
            }
            _ => None,
        }
    }

    /// Whether the group stands right behind a group that is a single zero.
    fn follows_lone_zero(&self, first: &Group) -> bool {
        let before = self.text.get(..first.start as usize).unwrap_or_default();
        let mut back = before.chars().rev().map(narrow);
        back.next() == Some('.')
            && back.next() == Some('0')
            && back.next().is_none_or(|c| digit_value(c).is_none())
    }

    /// Days, addresses of machines, versions, thousands.
    pub(super) fn reads_as_something_else(&self, seen: &[u8]) -> bool {
        (self.dotted() && seen.len() >= 4) || self.thousands_or_a_day(seen)
    }

    /// Whether points alone part the groups.
    pub(super) fn dotted(&self) -> bool {
        let mut marks = self.groups.iter().skip(1).map(|group| group.mark);
        marks.all(|mark| mark == Mark::Dot)
    }

    pub(super) fn thousands_or_a_day(&self, seen: &[u8]) -> bool {
        if let [1..=3, rest @ ..] = seen
            && rest.iter().all(|&len| len == 3)
        {
            return true;
        }
        // A day among the groups: 2019-03-17 or 17.3.2019.
        let value = |group: &Group| {
            self.text_digits(group)
                .iter()
                .fold(0u32, |sum, &d| sum * 10 + u32::from(d))
        };
        self.groups.windows(3).any(|three| {
            let [a, b, c] = three else { return false };
            let same = b.mark == c.mark && matches!(b.mark, Mark::Dot | Mark::Dash);
            let small =
                |group: &Group, most: u32| group.len <= 2 && (1..=most).contains(&value(group));
            let year = |group: &Group| group.len == 4 && (1900..2100).contains(&value(group));
            same && ((year(a) && small(b, 12) && small(c, 31))
                || (year(c) && small(a, 31) && small(b, 31)))
        })
    }

    fn text_digits(&self, group: &Group) -> &[u8] {
        let from = self.groups.first().map_or(0, |first| first.first);
        let at = (group.first - from) as usize;
        self.digits
            .get(at..at + group.len as usize)
            .unwrap_or_default()
    }

    /// End of an extension that follows: `转801`, `ext. 12`, `-801`.
    fn extension(&self, end: u32) -> u32 {
        const WORDS: [&str; 9] = ["转", "轉", "分机", "分機", "ext", "ext.", "x", "#", "-"];
        let rest = self.text.get(end as usize..).unwrap_or_default();
        let mut word = ['\0'; 6];
        let mut n = 0;
        let mut digits = 0;
        let mut stop = end;
        let mut after = None;
        for (i, c) in rest.char_indices().take(16) {
            let narrowed = narrow(c);
            if digit_value(c).is_some() {
                digits += 1;
                stop = end + (i + c.len_utf8()) as u32;
            } else if digits > 0 {
                after = Some(narrowed);
                break;
            } else if narrowed != ' ' && !is_format(c) {
                let Some(slot) = word.get_mut(n) else {
                    return end;
                };
                *slot = narrowed.to_ascii_lowercase();
                n += 1;
            }
        }
        let word = word.get(..n).unwrap_or_default();
        let known = WORDS
            .iter()
            .any(|known| known.chars().eq(word.iter().copied()));
        // A day may follow a hyphen: 010-62345678-2019-05-13.
        let day = word == ['-'] && (digits > 4 || matches!(after, Some('-' | '/' | '.' | '年')));
        if known && !day && (1..=6).contains(&digits) {
            stop
        } else {
            end
        }
    }
}

/// Groups that people write a mobile number in.
fn usual_mobile(seen: &[u8]) -> bool {
    matches!(
        seen,
        [11] | [3, 4, 4]
            | [3, 3, 5]
            | [3, 5, 3]
            | [4, 4, 3]
            | [4, 3, 4]
            | [3, 8]
            | [7, 4]
            | [5, 6]
            | [6, 5]
            | [5, 3, 3]
            | [3, 2, 2, 2, 2]
            | [3, 2, 2, 4]
    )
}
