//! A document as one HTML page.
//!
//! The page holds everything it shows: no script, no font, no picture, no
//! address, and a content security policy that would refuse them. Every text
//! is escaped by maud. May not decide what is said.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::doc::{Block, Cell, Doc, Line, Span, Table, Width};
use super::text::Text;

const CSS: &str = include_str!("page.css");

/// Longest name or literal in characters that is kept on one line.
const SHORT: usize = 14;

/// The page.
pub(super) fn write(doc: &Doc) -> String {
    let t = doc.lang.text();
    let title = format!("{} – {}", doc.title.plain(), doc.kicker.plain());
    html! {
        (DOCTYPE)
        html lang=(doc.lang.tag()) {
            (end())
            head {
                (end()) meta charset="utf-8";
                (end()) meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
                (end()) meta name="viewport" content="width=device-width, initial-scale=1";
                (end()) meta name="referrer" content="no-referrer";
                (end()) meta name="color-scheme" content="light dark";
                (end()) title { (title) }
                (end()) style { (end()) (PreEscaped(CSS)) }
                (end())
            }
            (end())
            body {
                (end())
                header {
                    (end()) p.kicker { (line(&doc.kicker)) }
                    (end()) h1 { (line(&doc.title)) }
                    @if !doc.lead.is_empty() { (end()) p.lead { (line(&doc.lead)) } }
                    @if doc.contents { (end()) (contents(doc, t)) }
                    (end())
                }
                (end())
                main {
                    @for section in &doc.sections {
                        (end())
                        section aria-labelledby=(section.id) {
                            (end()) h2 id=(section.id) { (line(&section.title)) }
                            @for part in &section.blocks { (end()) (block(part, t)) }
                            (end())
                        }
                    }
                    (end())
                }
                (end())
                footer { p { (line(&doc.foot)) } }
                (end())
            }
            (end())
        }
        (end())
    }
    .into_string()
}

/// Line ends keep the source readable, and let a check of the page name a line.
fn end() -> PreEscaped<&'static str> {
    PreEscaped("\n")
}

fn contents(doc: &Doc, t: &Text) -> Markup {
    html! {
        nav aria-label=(t.contents) {
            ul {
                @for section in &doc.sections {
                    (end()) li { a href={ "#" (section.id) } { (section.title.plain()) } }
                }
            }
        }
    }
}

fn line(line: &Line) -> Markup {
    html! {
        @for span in &line.0 {
            @match span {
                Span::Ours(text) => { (text) }
                Span::Theirs(text) => { bdi { (text) } }
                Span::Name(text) => {
                    @let short = (text.chars().count() <= SHORT).then_some("short");
                    code class=[short] translate="no" { bdi { (text) } }
                }
            }
        }
    }
}

fn block(block: &Block, t: &Text) -> Markup {
    html! {
        @match block {
            Block::Para(text) => { p { (line(text)) } }
            Block::Notice(text) => { p.notice role="note" { (line(text)) } }
            Block::List(lines) => {
                ul { @for item in lines { (end()) li { (line(item)) } } (end()) }
            }
            Block::Typed(lines) => {
                pre translate="no" { @for (at, typed) in lines.iter().enumerate() {
                    @if at > 0 { (end()) } (typed)
                } }
            }
            Block::Facts(facts) => {
                dl {
                    @for (label, lines) in facts {
                        (end())
                        div {
                            dt { (line(label)) }
                            dd { @for text in lines { p { (line(text)) } } }
                        }
                    }
                    (end())
                }
            }
            Block::Table(of) => { (table(of, t)) }
        }
    }
}

// Roles are written out: a narrow screen shows rows as blocks, and some screen
// readers would then forget that this is a table.
fn table(table: &Table, t: &Text) -> Markup {
    html! {
        table role="table" {
            (end()) caption { (line(&table.caption)) }
            (end())
            thead role="rowgroup" { tr role="row" {
                @for (head, width) in &table.head {
                    th scope="col" role="columnheader" class=[class(*width)] { (line(head)) }
                }
            } }
            (end())
            tbody role="rowgroup" {
                @for row in &table.rows {
                    (end())
                    tr role="row" {
                        @for (at, cell) in row.iter().enumerate() {
                            @let head = table.head.get(at);
                            @let width = head.and_then(|(_, width)| class(*width));
                            @if at == 0 {
                                th scope="row" role="rowheader" class=[width] { (self::cell(cell, t)) }
                            } @else {
                                td role="cell" class=[width]
                                    data-head=[head.map(|(head, _)| head.plain())] { (self::cell(cell, t)) }
                            }
                        }
                    }
                }
                (end())
            }
            (end())
        }
    }
}

fn class(width: Width) -> Option<&'static str> {
    match width {
        Width::Free => None,
        Width::Wide => Some("wide"),
        Width::Narrow => Some("narrow"),
        Width::Number => Some("number"),
    }
}

fn cell(cell: &Cell, t: &Text) -> Markup {
    html! {
        (line(&cell.line))
        @if !cell.notes.is_empty() {
            small { @for (at, note) in cell.notes.iter().enumerate() {
                @if at > 0 { (t.sentence_gap) }
                (line(note))
            } }
        }
    }
}
