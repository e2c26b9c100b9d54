//! A document as GitHub-flavoured Markdown.
//!
//! Words of a policy are escaped so that they can be neither mark-up, nor HTML,
//! nor a link; names and literals stand in code spans. May not decide what is
//! said.

use super::doc::{Block, Cell, Doc, Line, Span, Table, Width};
use super::text::Text;

/// The text.
pub(super) fn write(doc: &Doc) -> String {
    let mut out = String::new();
    paragraph(&mut out, &format!("*{}*", escape(&doc.kicker.plain())));
    paragraph(&mut out, &format!("# {}", escape(&doc.title.plain())));
    if !doc.lead.is_empty() {
        paragraph(&mut out, &line(&doc.lead, false));
    }
    for section in &doc.sections {
        paragraph(&mut out, &format!("## {}", line(&section.title, false)));
        for part in &section.blocks {
            block(&mut out, part, doc.lang.text());
        }
    }
    paragraph(&mut out, "---");
    out.push_str(&line(&doc.foot, false));
    out.push('\n');
    out
}

fn paragraph(out: &mut String, text: &str) {
    out.push_str(text);
    out.push_str("\n\n");
}

fn block(out: &mut String, block: &Block, t: &Text) {
    match block {
        Block::Para(text) => paragraph(out, &line(text, false)),
        Block::Notice(text) => paragraph(out, &format!("> {}", line(text, false))),
        Block::List(lines) => {
            for item in lines {
                out.push_str("- ");
                out.push_str(&line(item, false));
                out.push('\n');
            }
            out.push('\n');
        }
        Block::Typed(lines) => {
            for typed in lines {
                out.push_str("    ");
                out.push_str(typed);
                out.push('\n');
            }
            out.push('\n');
        }
        Block::Facts(facts) => {
            for (label, lines) in facts {
                let lines: Vec<String> = lines.iter().map(|text| line(text, false)).collect();
                out.push_str(&format!(
                    "- **{}**: {}\n",
                    escape(&label.plain()),
                    lines.join("; ")
                ));
            }
            out.push('\n');
        }
        Block::Table(of) | Block::Grid(of) => table(out, of, t),
        Block::Chart(chart) => table(out, &chart.table, t),
        Block::SignOff(_) => {}
    }
}

fn table(out: &mut String, table: &Table, t: &Text) {
    paragraph(out, &format!("**{}**", escape(&table.caption.plain())));
    row(out, table.head.iter().map(|(head, _)| line(head, true)));
    row(
        out,
        table.head.iter().map(|(_, width)| match width {
            Width::Number => "--:".to_owned(),
            _ => "---".to_owned(),
        }),
    );
    for cells in &table.rows {
        row(out, cells.iter().map(|of| cell(of, t)));
    }
    out.push('\n');
}

fn row(out: &mut String, cells: impl Iterator<Item = String>) {
    for cell in cells {
        out.push_str("| ");
        out.push_str(&cell);
        out.push(' ');
    }
    out.push_str("|\n");
}

fn cell(cell: &Cell, t: &Text) -> String {
    let mut text = line(&cell.line, true);
    for (at, note) in cell.notes.iter().enumerate() {
        text.push_str(if at == 0 { "<br>" } else { t.sentence_gap });
        text.push_str(&line(note, true));
    }
    text
}

/// One line; inside a table a bar in a code span needs an escape of its own.
fn line(line: &Line, in_table: bool) -> String {
    let mut out = String::new();
    for span in &line.0 {
        match span {
            Span::Ours(text) | Span::Theirs(text) => {
                let escaped = escape(text);
                if out.is_empty() {
                    out.push_str(&escape_start(&escaped));
                } else {
                    out.push_str(&escaped);
                }
            }
            Span::Name(text) => out.push_str(&code(text, in_table)),
        }
    }
    out
}

/// Characters that could begin mark-up, HTML, an entity, a link or a mention.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let marks = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '#' | '$' | '@')
            // `http://` would become a link by itself.
            || (c == ':' && rest.peek() == Some(&'/'))
            || (c == '.' && out.to_ascii_lowercase().ends_with("www"));
        if marks {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// What would begin a list, a heading line or a rule at the start of a line.
fn escape_start(text: &str) -> String {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    match text.strip_prefix(&digits) {
        Some(rest) if !digits.is_empty() && rest.starts_with(['.', ')']) => {
            format!("{digits}\\{rest}")
        }
        _ if text.starts_with(['-', '+', '=']) => format!("\\{text}"),
        _ if text.starts_with(' ') => text.trim_start().to_owned(),
        _ => text.to_owned(),
    }
}

/// A code span: fenced by more backticks than the text holds in a row.
fn code(text: &str, in_table: bool) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let text = if in_table {
        text.replace('|', "\\|")
    } else {
        text.to_owned()
    };
    let pad = if text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_policy_are_no_mark_up() {
        let text = line(
            &Line::theirs("<b>*x*</b> [a](http://e.org) www.e.org a@e.org &lt; | `c`"),
            false,
        );
        assert_eq!(
            text,
            "\\<b\\>\\*x\\*\\</b\\> \\[a\\](http\\://e.org) www\\.e.org a\\@e.org \\&lt; \\| \\`c\\`"
        );
        assert_eq!(line(&Line::theirs("- a"), false), "\\- a");
        assert_eq!(line(&Line::theirs("1. a"), false), "1\\. a");
        assert_eq!(line(&Line::theirs("# a"), false), "\\# a");
    }

    #[test]
    fn names_stand_in_code_spans_whatever_they_hold() {
        assert_eq!(code("birth_date", false), "`birth_date`");
        assert_eq!(code("a`b``c", false), "```a`b``c```");
        assert_eq!(code("`", false), "`` ` ``");
        assert_eq!(code("a|b", true), "`a\\|b`");
        assert_eq!(code("a|b", false), "`a|b`");
    }
}
