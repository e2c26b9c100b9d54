//! A document before it has a form: sections of lines, lists and tables.
//!
//! Brief, README and reports are built as one [`Doc`] and written as HTML,
//! Markdown, plain text or JSON, so that no form can say what another does not.
//! Text of a policy enters through the constructors here alone, which take its
//! hidden characters away; each form escapes it in its own way.

use serde_json::{Value, json};

use super::text::Lang;
use crate::policy::error::is_hidden;

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Span {
    /// Our own words, from a catalogue.
    Ours(String),
    /// Words that the policy's author wrote.
    Theirs(String),
    /// A name or a literal: column, file, value.
    Name(String),
}

/// A line: what is read in one breath.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line(pub(super) Vec<Span>);

impl Line {
    /// Our own words.
    pub(super) fn ours(text: impl Into<String>) -> Self {
        Self(vec![Span::Ours(text.into())])
    }

    /// Words of the policy.
    pub(super) fn theirs(text: &str) -> Self {
        Self(vec![Span::Theirs(clean(text))])
    }

    /// A name or literal of the policy.
    pub(super) fn name(text: &str) -> Self {
        Self(vec![Span::Name(clean(text))])
    }

    /// A count, in groups of three digits.
    pub(super) fn count(number: u64) -> Self {
        Self::ours(grouped(number))
    }

    /// With a capital letter where it begins with a small one of ours.
    pub(super) fn capital(mut self) -> Self {
        if let Some(Span::Ours(text)) = self.0.first_mut()
            && let Some(first) = text.get_mut(..1)
        {
            first.make_ascii_uppercase();
        }
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn push(&mut self, other: Line) {
        self.0.extend(other.0);
    }

    /// Without any mark-up.
    pub(super) fn plain(&self) -> String {
        let mut out = String::new();
        for Span::Ours(text) | Span::Theirs(text) | Span::Name(text) in &self.0 {
            out.push_str(text);
        }
        out
    }
}

/// A cell of a table: a line, and smaller ones below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) line: Line,
    pub(super) notes: Vec<Line>,
}

impl From<Line> for Cell {
    fn from(line: Line) -> Self {
        Self {
            line,
            notes: Vec::new(),
        }
    }
}

/// How wide a column of a table wants to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// As its words need.
    Free,
    /// Whole sentences.
    Wide,
    /// A name or short word: narrow.
    Narrow,
    /// Digits, set flush right.
    Number,
}

/// A table with a caption and a head; the first cell of a row names the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) caption: Line,
    pub(super) head: Vec<(Line, Width)>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Para(Line),
    /// What must not be missed.
    Notice(Line),
    List(Vec<Line>),
    /// Lines to be typed.
    Typed(Vec<String>),
    /// Labels and what stands beside them.
    Facts(Vec<(Line, Vec<Line>)>),
    Table(Table),
    /// A table of many short columns: it scrolls sideways in a window of its own.
    Grid(Table),
    Chart(Chart),
    SignOff(Box<SignOff>),
}

/// Bars side by side: a few series over the same labels, with the same figures
/// in a table for those who do not see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chart {
    /// Name for links, unique on the page.
    pub(super) id: &'static str,
    /// Caption, head and rows: the first cell is the label, the others are
    /// written figures.
    pub(super) table: Table,
    /// For each series its shares, in thousandths, a label each.
    pub(super) series: Vec<Vec<u32>>,
}

/// Where a reviewer types a name and saves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignOff {
    /// Identity of the policy, in hex.
    pub(super) policy: String,
    /// Identity of the pack, in hex.
    pub(super) pack: String,
    /// What the file is called.
    pub(super) file: String,
}

/// A section under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// Name for links and scripts.
    pub(super) id: &'static str,
    pub(super) title: Line,
    pub(super) blocks: Vec<Block>,
}

/// A whole document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doc {
    pub(super) lang: Lang,
    /// What sort of document it is.
    pub(super) kicker: Line,
    pub(super) title: Line,
    pub(super) lead: Line,
    pub(super) sections: Vec<Section>,
    /// The last line of a page.
    pub(super) foot: Line,
    /// Whether the page opens with a list of its sections.
    pub(super) contents: bool,
    /// Names and values for programs that read the page.
    pub(super) meta: Vec<(&'static str, String)>,
}

impl Doc {
    /// The document as JSON, text without mark-up.
    pub(super) fn to_json(&self, format: &str, head: Value) -> Value {
        let sections: Vec<Value> = self
            .sections
            .iter()
            .map(|section| {
                json!({
                    "id": section.id,
                    "title": section.title.plain(),
                    "blocks": section.blocks.iter().map(block_json).collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "format": format,
            "lang": self.lang.tag(),
            "kind": self.kicker.plain(),
            "title": self.title.plain(),
            "lead": self.lead.plain(),
            "policy": head,
            "sections": sections,
        })
    }
}

fn block_json(block: &Block) -> Value {
    match block {
        Block::Para(line) => json!({"type": "paragraph", "text": line.plain()}),
        Block::Notice(line) => json!({"type": "notice", "text": line.plain()}),
        Block::List(lines) => {
            json!({"type": "list", "items": lines.iter().map(Line::plain).collect::<Vec<_>>()})
        }
        Block::Typed(lines) => json!({"type": "typed", "lines": lines}),
        Block::Chart(chart) => block_json(&Block::Table(chart.table.clone())),
        Block::Grid(table) => block_json(&Block::Table(table.clone())),
        // Its words would hold the pack's own identity.
        Block::SignOff(_) => json!({"type": "sign-off"}),
        Block::Facts(facts) => {
            let facts: Vec<Value> = facts
                .iter()
                .map(|(label, lines)| {
                    json!({
                        "label": label.plain(),
                        "text": lines.iter().map(Line::plain).collect::<Vec<_>>(),
                    })
                })
                .collect();
            json!({"type": "facts", "facts": facts})
        }
        Block::Table(table) => {
            let rows: Vec<Vec<Value>> = table
                .rows
                .iter()
                .map(|row| {
                    row.iter()
                        .map(|cell| match cell.notes.is_empty() {
                            true => json!(cell.line.plain()),
                            false => json!({
                                "text": cell.line.plain(),
                                "notes": cell.notes.iter().map(Line::plain).collect::<Vec<_>>(),
                            }),
                        })
                        .collect()
                })
                .collect();
            json!({
                "type": "table",
                "caption": table.caption.plain(),
                "head": table.head.iter().map(|(head, _)| head.plain()).collect::<Vec<_>>(),
                "rows": rows,
            })
        }
    }
}

/// Text on one line: line ends and tabs are spaces, other hidden characters
/// are shown as U+FFFD.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' => ' ',
            c if is_hidden(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// 1,950,000
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Fills a template: `{name}` is replaced by the part of that name.
pub(super) fn fill(template: &str, parts: &[(&str, Line)]) -> Line {
    let mut line = Line::default();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        if !before.is_empty() {
            line.push(Line::ours(before));
        }
        if let Some((_, part)) = parts.iter().find(|(known, _)| *known == name) {
            line.push(part.clone());
        }
        rest = after;
    }
    if !rest.is_empty() {
        line.push(Line::ours(rest));
    }
    line
}

/// The half of `one|many` that fits the number; the whole where there is no choice.
pub(super) fn choose(template: &'static str, number: u64) -> &'static str {
    match template.split_once('|') {
        Some((one, many)) => {
            if number == 1 {
                one
            } else {
                many
            }
        }
        None => template,
    }
}

/// [`choose`], and `{n}` filled with the number.
pub(super) fn counted(template: &'static str, number: u64) -> Line {
    fill(choose(template, number), &[("n", Line::count(number))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_takes_its_parts_in_any_order() {
        let parts = [("a", Line::name("x")), ("b", Line::theirs("y\u{202e}\n"))];
        assert_eq!(fill("{b} of {a}.", &parts).plain(), "y\u{fffd}  of x.");
        assert_eq!(fill("{a}/{b}", &parts).plain(), "x/y\u{fffd} ");
    }

    #[test]
    fn a_part_with_braces_is_not_filled_again() {
        let parts = [("a", Line::theirs("{b}")), ("b", Line::theirs("no"))];
        assert_eq!(fill("{a}", &parts).plain(), "{b}");
    }

    #[test]
    fn numbers_are_grouped_and_words_agree_with_them() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_950_000), "1,950,000");
        assert_eq!(counted("{n} row|{n} rows", 1).plain(), "1 row");
        assert_eq!(counted("{n} row|{n} rows", 1000).plain(), "1,000 rows");
    }
}
