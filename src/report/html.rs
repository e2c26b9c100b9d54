//! A document as one HTML page.
//!
//! The page holds everything it shows: no script (but in the review pack the
//! one that saves a sign-off, allowed by its hash), no font, no picture, no
//! address, and a content security policy that would refuse them. Every text
//! is escaped by maud. May not decide what is said.

use base64ct::{Base64, Encoding};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::doc::{Block, Cell, Chart, Doc, Line, SignOff, Span, Table, Width};
use super::text::Text;

const CSS: &str = include_str!("page.css");
/// The one script there is: it puts what was typed into a file. A page that has
/// it allows this text alone, by its hash.
const SIGN: &str = include_str!("sign.js");

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
                (end()) meta http-equiv="Content-Security-Policy" content=(security(doc));
                (end()) meta name="viewport" content="width=device-width, initial-scale=1";
                (end()) meta name="referrer" content="no-referrer";
                (end()) meta name="color-scheme" content="light dark";
                @for (name, value) in &doc.meta { (end()) meta name=(name) content=(value); }
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
                @if signs(doc) { (end()) script { (PreEscaped(SIGN)) } }
                (end())
            }
            (end())
        }
        (end())
    }
    .into_string()
}

fn signs(doc: &Doc) -> bool {
    let mut blocks = doc.sections.iter().flat_map(|section| &section.blocks);
    blocks.any(|block| matches!(block, Block::SignOff(_)))
}

fn security(doc: &Doc) -> String {
    let script = match signs(doc) {
        true => {
            let hash = Base64::encode_string(&Sha256::digest(SIGN));
            format!(" script-src 'sha256-{hash}';")
        }
        false => String::new(),
    };
    format!(
        "default-src 'none'; style-src 'unsafe-inline';{script} base-uri 'none'; form-action 'none'"
    )
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
            Block::Grid(of) => {
                div.grid role="region" tabindex="0" aria-label=(of.caption.plain()) { (table(of, t)) }
            }
            Block::Chart(of) => { (chart(of)) (table(&of.table, t)) }
            Block::SignOff(of) => { (sign_off(of, t)) }
        }
    }
}

/// Height of a bar, and of a label's row, in units of the picture.
const BAR: usize = 13;

/// Bars: each label has a row, each series a bar in it. The figures stand in
/// the table that follows, so that the picture is one thing to a screen reader.
fn chart(chart: &Chart) -> Markup {
    let series = chart.series.len().max(1);
    let row = series * BAR + 14;
    let height = chart.table.rows.len() * row + 34;
    let label = |at: usize| chart.table.rows.get(at).and_then(|row| row.first());
    let figure =
        |at: usize, series: usize| chart.table.rows.get(at).and_then(|row| row.get(series + 1));
    html! {
        figure {
            svg viewBox=(format!("0 0 640 {height}")) role="img" aria-labelledby=(chart.id) {
                title id=(chart.id) { (chart.table.caption.plain()) }
                @for (at, (head, _)) in chart.table.head.iter().skip(1).enumerate() {
                    rect class=(format!("s{at}")) x=(170 + at * 150) y="4" width="12" height="12" {}
                    text x=(188 + at * 150) y="15" { (head.plain()) }
                }
                @for at in 0..chart.table.rows.len() {
                    @let top = 30 + at * row;
                    text x="160" y=(top + row / 2) text-anchor="end" {
                        (label(at).map(|cell| cell.line.plain()).unwrap_or_default())
                    }
                    @for (s, shares) in chart.series.iter().enumerate() {
                        @let share = shares.get(at).copied().unwrap_or_default() as usize;
                        @let width = (share * 340).div_ceil(1000);
                        rect class=(format!("s{s}")) x="170" y=(top + s * BAR) width=(width) height=(BAR - 2) {}
                        text class="figure" x=(176 + width) y=(top + s * BAR + BAR - 3) {
                            (figure(at, s).map(|cell| cell.line.plain()).unwrap_or_default())
                        }
                    }
                }
            }
        }
    }
}

fn sign_off(of: &SignOff, t: &Text) -> Markup {
    html! {
        form #sign-off data-policy=(of.policy) data-pack=(of.pack) data-file=(of.file) {
            p { label { (t.rv_f_name) br; input #sign-name type="text" autocomplete="off" maxlength="200"; } }
            fieldset {
                legend { (t.rv_f_decision) }
                @for (value, words) in [
                    ("approve", t.rv_f_approve),
                    ("approve-with-conditions", t.rv_f_conditions_yes),
                    ("reject", t.rv_f_reject),
                ] {
                    label { input type="radio" name="decision" value=(value); " " (words) }
                }
            }
            p { label { (t.rv_f_conditions) br; textarea #sign-conditions rows="4" maxlength="4000" {} } }
            p { button #sign-save type="button" hidden { (t.rv_f_save) } }
            p.noscript #sign-noscript { (t.rv_f_noscript) }
            p { small { (t.rv_f_after) } }
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
