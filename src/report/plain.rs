//! A document as plain text: what `README.txt` is.
//!
//! Lines of at most 76 columns, where Chinese characters take two; a word that
//! is longer stands alone on its line. May not decide what is said.

use super::doc::{Block, Doc, Line};

/// Columns of a line.
const COLUMNS: usize = 76;

/// The text, with LF line ends.
pub(super) fn write(doc: &Doc) -> String {
    let mut out = String::new();
    let title = format!("{}: {}", doc.kicker.plain(), doc.title.plain());
    wrap(&mut out, &title, "", "");
    out.push_str(&"=".repeat(width(&title).min(COLUMNS)));
    out.push_str("\n\n");
    if !doc.lead.is_empty() {
        wrap(&mut out, &doc.lead.plain(), "", "");
        out.push('\n');
    }
    for section in &doc.sections {
        let title = section.title.plain();
        out.push('\n');
        wrap(&mut out, &title, "", "");
        out.push_str(&"-".repeat(width(&title).min(COLUMNS)));
        out.push('\n');
        for part in &section.blocks {
            block(&mut out, part);
        }
    }
    out.push('\n');
    wrap(&mut out, &doc.foot.plain(), "", "");
    out
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Para(line) => {
            wrap(out, &line.plain(), "", "");
            out.push('\n');
        }
        Block::Notice(line) => {
            wrap(out, &line.plain(), "! ", "  ");
            out.push('\n');
        }
        Block::List(lines) => {
            for line in lines {
                wrap(out, &line.plain(), "* ", "  ");
            }
            out.push('\n');
        }
        Block::Typed(lines) => {
            for line in lines {
                out.push_str("    ");
                out.push_str(line);
                out.push('\n');
            }
            out.push('\n');
        }
        Block::Facts(facts) => {
            for (label, lines) in facts {
                let lines: Vec<String> = lines.iter().map(Line::plain).collect();
                wrap(
                    out,
                    &format!("{}: {}", label.plain(), lines.join("; ")),
                    "",
                    "    ",
                );
            }
            out.push('\n');
        }
        Block::SignOff(_) => {}
        Block::Chart(chart) => self::block(out, &Block::Table(chart.table.clone())),
        Block::Table(table) | Block::Grid(table) => {
            wrap(out, &table.caption.plain(), "", "");
            for row in &table.rows {
                for (at, cell) in row.iter().enumerate() {
                    let notes: Vec<String> = cell.notes.iter().map(Line::plain).collect();
                    let text = [&[cell.line.plain()], notes.as_slice()].concat().join(" ");
                    if at == 0 {
                        wrap(out, &text, "  ", "    ");
                    } else {
                        wrap(out, &text, "      ", "      ");
                    }
                }
            }
            out.push('\n');
        }
    }
}

/// Appends `text` broken into lines.
fn wrap(out: &mut String, text: &str, first: &str, next: &str) {
    let mut line = String::from(first);
    let mut empty = true;
    for piece in pieces(text) {
        let shown = piece.trim_end();
        if !empty && width(&line) + width(shown) > COLUMNS {
            out.push_str(line.trim_end());
            out.push('\n');
            line = String::from(next);
        }
        line.push_str(piece);
        empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

/// Words with the spaces after them; each wide character is a word of its own,
/// but closing marks stay with what is before them.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let breaks = match before {
            None => false,
            Some(' ') => c != ' ',
            Some(before) => {
                c != ' ' && (is_wide(before) || is_wide(c)) && !is_closing(c) && !is_opening(before)
            }
        };
        if breaks && at > start {
            pieces.extend(text.get(start..at));
            start = at;
        }
        before = Some(c);
    }
    pieces.extend(text.get(start..).filter(|last| !last.is_empty()));
    pieces
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// East Asian wide characters, near enough for breaking lines.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '？'
            | '！'
            | '）'
            | '》'
            | '”'
            | '’'
            | '」'
            | ')'
            | ','
            | '.'
    )
}

fn is_opening(c: char) -> bool {
    matches!(c, '（' | '《' | '“' | '‘' | '「' | '(')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str) -> String {
        let mut out = String::new();
        wrap(&mut out, text, "* ", "  ");
        out
    }

    #[test]
    fn lines_keep_their_width_and_every_word() {
        let text = "Rows may match other releases on the columns that are kept. ".repeat(5)
            + &"同一个代码表示同一个标识，不等于同一个人。".repeat(6);
        let out = wrapped(&text);
        assert!(out.lines().all(|line| width(line) <= COLUMNS + 2), "{out}");
        let squeeze = |text: &str| text.replace([' ', '\n', '*'], "");
        assert_eq!(squeeze(&out), squeeze(&text));
        assert!(
            !out.lines()
                .any(|line| line.trim_start().starts_with(['。', '，']))
        );
    }

    #[test]
    fn a_word_longer_than_a_line_stands_alone() {
        let long = "x".repeat(200);
        assert_eq!(
            wrapped(&format!("a {long} b")),
            format!("* a\n  {long}\n  b\n")
        );
    }
}
