//! A profile as one HTML page with charts: no script, no font, no picture
//! from anywhere, every chart with its figures in words beside it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::judge::{chance_words, percent};
use super::table::{check, clean, distinct, grouped, what};
use super::{ColumnProfile, Profile, Weight};

const CSS: &str = include_str!("page.css");

/// The page.
pub(super) fn write(profile: &Profile) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { "Profile of " (grouped(profile.records)) " records" }
                style { (PreEscaped(CSS)) }
            }
            body {
                header {
                    p.kicker { "Profile" }
                    h1 { (grouped(profile.records)) " records in " (profile.columns.len()) " columns" }
                    p { "Counts, shares and masked shapes. No value of a cell is shown; names of columns are. "
                        "The only words from cells are those of the program's own list of words for nothing." }
                    @if let (Some(region), true) = (&profile.region, profile.region_from_writing) {
                        p { "Most records hold Chinese: telephone numbers were read as those of " (region) "." }
                    }
                }
                main {
                    (signs(profile))
                    (overview(profile))
                    h2 id="columns" { "Column by column" }
                    @for (at, column) in profile.columns.iter().enumerate() { (one(at, column)) }
                }
                footer {
                    p { "Shapes: 9 digit, A capital, a small letter, 汉 Han character, L other letter, "
                        "{n} so many of them. Distinct values marked ~ are estimated (about 2 %). "
                        "A share that chance would give is that of random characters of the same shape." }
                }
            }
        }
    }
    .into_string()
}

fn signs(profile: &Profile) -> Markup {
    html! {
        h2 id="signs" { "What to know first" }
        @if profile.signs.is_empty() { p { "Nothing stood out." } }
        @for sign in &profile.signs {
            @let class = if sign.weight == Weight::Look { "sign look" } else { "sign" };
            div class=(class) {
                p {
                    @if sign.weight == Weight::Look { strong { "Look into this first. " } }
                    @if let Some(column) = &sign.column { code { bdi { (clean(column)) } } ": " }
                    (sign.seen) ". " small { (sign.code) }
                }
                p.soft { (sign.means) "." }
            }
        }
        @if let Some(person) = &profile.person {
            p {
                "Persons are told apart by " code { bdi { (clean(&person.identifier)) } } ": "
                @if !person.identifiers.exact { "about " }
                (grouped(person.identifiers.count)) " identifiers, "
                (grouped(person.repeated)) " in more than one record."
                @for (compared, what) in [(&person.birth, "birth date"), (&person.sex, "sex")] {
                    @if let Some(compared) = compared {
                        " Its " (what) " agrees with " code { bdi { (clean(&compared.column)) } }
                        " in " (grouped(compared.agree)) " of " (grouped(compared.agree + compared.differ)) " records."
                    }
                }
            }
        }
    }
}

fn overview(profile: &Profile) -> Markup {
    html! {
        h2 id="overview" { "The columns" }
        div.scroll tabindex="0" role="region" aria-label="Table of the columns" {
            table {
                caption { "A question mark: somebody should look." }
                thead { tr {
                    th scope="col" { "Column" } th scope="col" { "Taken for" } th scope="col" { "Class" }
                    th.n scope="col" { "Filled" } th.n scope="col" { "Distinct" }
                    th.n scope="col" { "Length" } th.n scope="col" { "Check holds" } th scope="col" { "Commonest shape" }
                } }
                tbody {
                    @for (at, column) in profile.columns.iter().enumerate() {
                        tr {
                            th scope="row" { a href={ "#c" (at) } { code { bdi { (clean(&column.name)) } } } }
                            td { (what(column)) }
                            td { (column.verdict.class) }
                            td.n { (percent(column.fill)) }
                            td.n { (distinct(column)) }
                            td.n { (column.length.shortest) "–" (column.length.longest) }
                            td.n { (check(column)) }
                            td { @if let Some(shape) = column.shapes.first() { code { (shape.shape) } } }
                        }
                    }
                }
            }
        }
    }
}

fn one(at: usize, column: &ColumnProfile) -> Markup {
    html! {
        section.column id={ "c" (at) } aria-labelledby={ "h" (at) } {
            h3 id={ "h" (at) } { code { bdi { (clean(&column.name)) } } " – " (what(column)) }
            p { (column.verdict.why) "." }
            div.charts {
                @if column.filled > 0 { (lengths(at, column)) }
                @if !column.shapes.is_empty() { (shapes(at, column)) }
                @if !column.kinds.is_empty() { (kinds(at, column)) }
            }
            @for kind in column.kinds.iter().filter(|kind| !kind.chosen) {
                p.soft { "Not " code { (kind.kind) } ": " (kind.why_not) "." }
            }
            @if column.frequent.iter().any(|seen| seen.share > 0.01 || seen.placeholder.is_some()) {
                p { "Frequent values, by shape: "
                    @for (at, seen) in column.frequent.iter().enumerate() {
                        @if at > 0 { ", " }
                        code { (seen.shape) } " " (percent(seen.share))
                        @if let Some(word) = seen.placeholder { " (nothing: " (word) ")" }
                    } "." }
            }
            @if !column.writing.is_empty() {
                p { "Written with: "
                    @for (at, (name, count)) in column.writing.iter().enumerate() {
                        @if at > 0 { ", " } (name) " " (grouped(*count))
                    } "." }
            }
            @if !column.text.found.is_empty() {
                p { "Found inside, in " (grouped(column.text.searched)) " cells searched: "
                    @for (at, (kind, found)) in column.text.found.iter().enumerate() {
                        @if at > 0 { ", " } code { (kind) } " " (grouped(found.spans)) " in " (grouped(found.cells)) " cells"
                    } ". Free-text score " (format!("{:.2}", column.text.score)) "." }
            }
        }
    }
}

/// How long values are: one bar a length.
fn lengths(at: usize, column: &ColumnProfile) -> Markup {
    let counts = &column.length.histogram;
    let most = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    let last = counts
        .iter()
        .rposition(|count| *count > 0)
        .unwrap_or(0)
        .max(7);
    let step = 400.0 / (last + 1) as f64;
    let title = format!(
        "Lengths from {} to {} characters, {:.1} on average",
        column.length.shortest, column.length.longest, column.length.mean
    );
    html! {
        figure {
            figcaption id={ "l" (at) } { (title) }
            svg viewBox="0 0 400 92" role="img" aria-labelledby={ "l" (at) } {
                rect.back x="0" y="0" width="400" height="70" {}
                @for (length, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                    @let height = (*count as f64 / most * 68.0).max(1.0);
                    rect.bar x=(format!("{:.1}", length as f64 * step + step * 0.1))
                        y=(format!("{:.1}", 70.0 - height))
                        width=(format!("{:.1}", step * 0.8)) height=(format!("{height:.1}")) {
                        title { (if length == counts.len() - 1 { format!("{length} or more") } else { length.to_string() })
                            " characters: " (grouped(*count)) " values" }
                    }
                }
                text.soft x="0" y="86" { "0" }
                text.soft x="400" y="86" text-anchor="end" { (last) @if last == counts.len() - 1 { " or more" } }
            }
        }
    }
}

/// The commonest shapes: one bar a shape.
fn shapes(at: usize, column: &ColumnProfile) -> Markup {
    let shown: Vec<_> = column.shapes.iter().take(5).collect();
    let height = shown.len() * 34;
    html! {
        figure {
            figcaption id={ "s" (at) } { "Commonest shapes, share of the filled cells" }
            svg viewBox={ "0 0 400 " (height) } role="img" aria-labelledby={ "s" (at) } {
                @for (row, shape) in shown.iter().enumerate() {
                    @let y = row * 34;
                    text x="0" y=(y + 12) { (short(&shape.shape)) }
                    text.soft x="400" y=(y + 12) text-anchor="end" { (percent(shape.share)) }
                    rect.back x="0" y=(y + 17) width="400" height="8" {}
                    rect.bar x="0" y=(y + 17) width=(format!("{:.1}", shape.share.min(1.0) * 400.0)) height="8" {}
                }
            }
        }
    }
}

/// Kinds: the share that fits, and a stroke for what chance would give.
fn kinds(at: usize, column: &ColumnProfile) -> Markup {
    let shown: Vec<_> = column.kinds.iter().take(4).collect();
    let height = shown.len() * 34;
    html! {
        figure {
            figcaption id={ "k" (at) } { "Share of cells that fit a kind; a stroke where chance alone would be" }
            svg viewBox={ "0 0 400 " (height) } role="img" aria-labelledby={ "k" (at) } {
                @for (row, kind) in shown.iter().enumerate() {
                    @let y = row * 34;
                    text x="0" y=(y + 12) { (kind.kind) @if kind.chosen { " ✓" } }
                    text.soft x="400" y=(y + 12) text-anchor="end" {
                        (percent(kind.share))
                        @if kind.chance < 0.5 { ", chance " (chance_words(kind.chance)) }
                    }
                    rect.back x="0" y=(y + 17) width="400" height="8" {}
                    rect.bar x="0" y=(y + 17) width=(format!("{:.1}", kind.share.min(1.0) * 400.0)) height="8" {}
                    @if kind.chance < 0.5 {
                        @let x = (kind.chance * 400.0).max(1.0);
                        line.chance x1=(format!("{x:.1}")) x2=(format!("{x:.1}")) y1=(y + 15) y2=(y + 27) {}
                    }
                }
            }
        }
    }
}

/// A shape that fits beside its share.
fn short(shape: &str) -> String {
    if shape.chars().count() <= 38 {
        return shape.to_owned();
    }
    shape.chars().take(37).chain(['…']).collect()
}
