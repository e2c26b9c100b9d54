//! Runs of digits in a text, and what stands between them: the ground on
//! which text scanning and the search for a record's own values are built.
//!
//! A *group* is a run of decimal digits with nothing in between, of any
//! scripts and widths. Groups with only separators or format characters
//! between them form a *chain*; a number may be a sequence of whole groups of
//! one chain, never a part of a group: an order number is not cut into a
//! telephone number. Superscript, subscript and circled digits form groups of
//! their own, so that `①13800138000` holds a number of eleven digits and not
//! of twelve.

use super::unicode::{digit_value, is_format, is_separator, narrow, simple};
use unicode_normalization::UnicodeNormalization;

/// More visible separators than this between two groups end a chain.
const MOST_SEPARATORS: u8 = 4;

/// What stands between a group and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Only separators and format characters, or nothing.
    Join,
    /// Parentheses as well, as in `(010) 6234`.
    Paren,
    /// A tabulator or an end of line as well.
    Line,
    /// Anything else: the chain ends.
    Break,
}

/// Which separator is seen between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// None: format characters at most.
    None,
    /// One point.
    Dot,
    /// One hyphen or dash.
    Dash,
    /// White space.
    Space,
    /// Anything else, or several.
    Other,
}

/// One group of digits. Offsets are bytes of the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Where the digits begin in [`Digits::values`].
    pub(crate) first: u32,
    pub(crate) len: u32,
    pub(crate) gap: Gap,
    pub(crate) mark: Mark,
    /// Where the `+` stands that opens this group, or the text's end.
    pub(crate) plus: u32,
    /// Where a `(` stands right before the group or its `+`; `u32::MAX` for none.
    pub(crate) paren: u32,
    /// End of an `X` that follows with at most separators between; 0 for none.
    pub(crate) x_end: u32,
    /// Whether separators stand before that `X` and a Latin letter after it:
    /// it may be the beginning of a word.
    pub(crate) x_doubtful: bool,
}

/// No such place.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// The groups of one text. Buffers are kept from text to text.
#[derive(Default)]
pub(crate) struct Digits {
    pub(crate) values: Vec<u8>,
    pub(crate) groups: Vec<Group>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit(u8),
    Soft(u8),
    Separator(Mark),
    Format,
    Line,
    Open,
    Close,
    Plus,
    X,
    Other,
}

fn classify(c: char) -> Class {
    match narrow(c) {
        '0'..='9' => Class::Digit(narrow(c) as u8 - b'0'),
        '.' => Class::Separator(Mark::Dot),
        '-' => Class::Separator(Mark::Dash),
        ' ' => Class::Separator(Mark::Space),
        '_' => Class::Separator(Mark::Other),
        '\t' | '\n' | '\r' => Class::Line,
        '(' => Class::Open,
        ')' => Class::Close,
        '+' => Class::Plus,
        // Look-alikes too: Cyrillic, Greek, the multiplication sign.
        'x' | 'X' | 'х' | 'Х' | 'Χ' | 'χ' | '×' => Class::X,
        '\0'..='\x7F' => Class::Other,
        _ => {
            if let Some(d) = digit_value(c) {
                Class::Digit(d)
            } else if is_format(c) {
                Class::Format
            } else if is_separator(c) {
                match c {
                    '\u{2010}'..='\u{2015}' => Class::Separator(Mark::Dash),
                    _ if c.is_whitespace() => Class::Separator(Mark::Space),
                    _ => Class::Separator(Mark::Other),
                }
            } else if c == '\u{2212}' {
                Class::Separator(Mark::Dash)
            } else if simple(c).is_some() {
                Class::Other
            } else {
                // Superscript, subscript and circled digits; Roman and
                // mathematical X; small and vertical forms.
                let mut folded = c.nfkc();
                match (folded.next(), folded.next()) {
                    (Some(d @ '0'..='9'), None) => Class::Soft(d as u8 - b'0'),
                    (Some('x' | 'X'), None) => Class::X,
                    (Some('+'), None) => Class::Plus,
                    (Some('('), None) => Class::Open,
                    (Some(')'), None) => Class::Close,
                    (Some('.'), None) => Class::Separator(Mark::Dot),
                    _ => Class::Other,
                }
            }
        }
    }
}

/// [`classify`] for ASCII, made once.
static ASCII: std::sync::LazyLock<[Class; 128]> =
    std::sync::LazyLock::new(|| std::array::from_fn(|b| classify(char::from(b as u8))));

impl Digits {
    /// Splits `text` into groups, in place of those of the text before.
    pub(crate) fn set(&mut self, text: &str) {
        self.values.clear();
        self.groups.clear();
        let ascii = &*ASCII;
        let bytes = text.as_bytes();
        let mut at = 0usize;
        let mut gap = Between::new();
        let mut open: Option<(bool, u32)> = None; // an unfinished group: soft, first digit
        let mut start = 0u32;
        while let Some(&b) = bytes.get(at) {
            let (class, len) = match b {
                0..=0x7F => (
                    ascii.get(usize::from(b)).copied().unwrap_or(Class::Other),
                    1,
                ),
                // U+5000–9FFF: Han.
                0xE5..=0xE9 => (Class::Other, 3),
                _ => {
                    let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
                        break;
                    };
                    (classify(c), c.len_utf8())
                }
            };
            let here = at as u32;
            at += len;
            let (soft, value) = match class {
                Class::Digit(d) => (false, d),
                Class::Soft(d) => (true, d),
                _ => {
                    if let Some((_, first)) = open.take() {
                        self.finish(start, here, first, &mut gap);
                    }
                    gap.add(
                        class,
                        here,
                        at as u32,
                        bytes.get(at).copied(),
                        self.groups.last_mut(),
                    );
                    continue;
                }
            };
            match open {
                Some((kind, _)) if kind == soft => {}
                Some((_, first)) => {
                    self.finish(start, here, first, &mut gap);
                    start = here;
                    open = Some((soft, self.values.len() as u32));
                }
                None => {
                    start = here;
                    open = Some((soft, self.values.len() as u32));
                }
            }
            self.values.push(value);
        }
        if let Some((_, first)) = open {
            self.finish(start, bytes.len() as u32, first, &mut gap);
        }
    }

    fn finish(&mut self, start: u32, end: u32, first: u32, gap: &mut Between) {
        let broken = self.groups.is_empty() || gap.count > MOST_SEPARATORS;
        self.groups.push(Group {
            start,
            end,
            first,
            len: self.values.len() as u32 - first,
            gap: if broken { Gap::Break } else { gap.gap },
            mark: gap.mark,
            plus: gap.plus,
            paren: gap.paren,
            x_end: 0,
            x_doubtful: false,
        });
        *gap = Between::new();
    }

    /// The digits of a run of groups.
    pub(crate) fn of(&self, groups: &[Group]) -> &[u8] {
        match (groups.first(), groups.last()) {
            (Some(first), Some(last)) => self
                .values
                .get(first.first as usize..(last.first + last.len) as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }

    /// The chains: maximal runs of groups that may belong to one number.
    pub(crate) fn chains(&self) -> impl Iterator<Item = &[Group]> {
        self.groups.chunk_by(|_, next| next.gap != Gap::Break)
    }
}

/// What has been seen since the last group.
struct Between {
    gap: Gap,
    mark: Mark,
    count: u8,
    plus: u32,
    paren: u32,
    /// Whether a close look at the end is still possible: only separators yet.
    x_open: bool,
}

impl Between {
    fn new() -> Self {
        Self {
            gap: Gap::Join,
            mark: Mark::None,
            count: 0,
            plus: NOWHERE,
            paren: NOWHERE,
            x_open: true,
        }
    }

    fn add(
        &mut self,
        class: Class,
        here: u32,
        end: u32,
        next: Option<u8>,
        last: Option<&mut Group>,
    ) {
        match class {
            Class::Separator(mark) => {
                self.mark = match self.mark {
                    Mark::None => mark,
                    Mark::Space if mark == Mark::Space => mark,
                    _ => Mark::Other,
                };
                self.count = self.count.saturating_add(1);
            }
            Class::Format => {}
            Class::Line => self.gap = self.gap.max(Gap::Line),
            Class::Open => {
                self.gap = self.gap.max(Gap::Paren);
                self.mark = Mark::Other;
                if self.plus == NOWHERE {
                    self.paren = here;
                }
            }
            Class::Close => {
                self.gap = self.gap.max(Gap::Paren);
                self.mark = Mark::Other;
                if self.plus == NOWHERE {
                    self.paren = NOWHERE;
                }
            }
            Class::Plus => {
                self.gap = Gap::Break;
                self.plus = here;
            }
            Class::X | Class::Other | Class::Digit(_) | Class::Soft(_) => {
                if class == Class::X
                    && self.x_open
                    && self.gap == Gap::Join
                    && self.count <= MOST_SEPARATORS
                    && let Some(group) = last
                {
                    group.x_end = end;
                    group.x_doubtful =
                        self.count > 0 && next.is_some_and(|b| b.is_ascii_alphabetic());
                }
                self.gap = Gap::Break;
                self.plus = NOWHERE;
                self.paren = NOWHERE;
                self.x_open = false;
            }
        }
        if matches!(
            class,
            Class::Open | Class::Close | Class::Plus | Class::Line
        ) {
            self.x_open = false;
        }
    }
}
