//! A profile for a terminal: one line a column, then what to know of them.

use super::judge::{chance_words, percent};
use super::{ColumnProfile, Profile, Weight};

/// A count with commas.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Columns that a character takes on a terminal.
fn cells(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '\u{1100}'..='\u{115F}'
            | '\u{2E80}'..='\u{A4CF}'
            | '\u{AC00}'..='\u{D7A3}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FE30}'..='\u{FE4F}'
            | '\u{FF00}'..='\u{FF60}'
            | '\u{FFE0}'..='\u{FFE6}'
            | '\u{20000}'..='\u{3FFFD}' => 2,
            _ => 1,
        })
        .sum()
}

/// A name or a shape without what a terminal would obey.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || crate::kinds::is_format(c) {
                '\u{FFFD}'
            } else {
                c
            }
        })
        .collect()
}

/// `text` in exactly `width` columns.
fn fitted(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    let whole = cells(text) <= width;
    for c in text.chars() {
        let wide = cells(c.encode_utf8(&mut [0; 4]));
        if used + wide > width - usize::from(!whole) {
            break;
        }
        out.push(c);
        used += wide;
    }
    if !whole {
        out.push('…');
        used += 1;
    }
    out.push_str(&" ".repeat(width.saturating_sub(used)));
    out
}

/// What a column is taken for, with a mark of doubt.
pub(super) fn what(column: &ColumnProfile) -> String {
    format!(
        "{}{}",
        column.verdict.what,
        if column.verdict.doubt { "?" } else { "" }
    )
}

/// Distinct values as people read them.
pub(super) fn distinct(column: &ColumnProfile) -> String {
    format!(
        "{}{}",
        if column.distinct.exact { "" } else { "~" },
        grouped(column.distinct.count)
    )
}

/// How often the check of the chosen kind holds.
pub(super) fn check(column: &ColumnProfile) -> String {
    column
        .kinds
        .iter()
        .find(|kind| kind.chosen && kind.chance < 0.5)
        .map_or(String::new(), |kind| percent(kind.passed))
}

/// Text broken into lines of `width`, further ones indented by `by`.
fn wrapped(text: &str, width: usize, by: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let long = cells(word);
        if used > by && used + 1 + long > width {
            out.push('\n');
            out.push_str(&" ".repeat(by));
            used = by;
        } else if used > 0 && !out.is_empty() {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += long;
    }
    out
}

/// The whole profile.
pub(super) fn write(profile: &Profile, width: usize) -> String {
    let width = width.clamp(60, 140);
    let mut out = format!(
        "{} records in {} columns of {}, {} bytes\n",
        grouped(profile.records),
        profile.columns.len(),
        if profile.files == 1 {
            "1 file".to_owned()
        } else {
            format!("{} files", profile.files)
        },
        grouped(profile.bytes)
    );
    if let (Some(region), true) = (&profile.region, profile.region_from_writing) {
        out.push_str(&format!(
            "Most records hold Chinese: telephone numbers are read as those of {region}; --region says otherwise.\n"
        ));
    }
    let longest = |text: fn(&ColumnProfile) -> String, least: usize, most: usize| {
        profile
            .columns
            .iter()
            .map(|column| cells(&text(column)))
            .max()
            .unwrap_or(0)
            .clamp(least, most)
    };
    let name = longest(|column| clean(&column.name), 6, 20);
    let kind = longest(what, 4, 18);
    let rest = width
        .saturating_sub(name + kind + 2 + 9 + 8 + 12 + 8 + 9 + 2)
        .max(10);
    out.push_str(&format!(
        "\n{}  {}  {:<9} {:>7}  {:>10}  {:>6}  {:>7}  {}\n",
        fitted("COLUMN", name),
        fitted("KIND", kind),
        "CLASS",
        "FILLED",
        "DISTINCT",
        "LENGTH",
        "CHECK",
        "SHAPES"
    ));
    for column in &profile.columns {
        let shapes: Vec<String> = column
            .shapes
            .iter()
            .take(3)
            .filter(|shape| shape.share > 0.01)
            .map(|shape| format!("{} {:.0}%", shape.shape, shape.share * 100.0))
            .collect();
        let shapes = if column.verdict.what == "text" {
            format!("text, score {:.2}", column.text.score)
        } else {
            shapes.join("  ")
        };
        let length = if column.length.shortest == column.length.longest {
            column.length.longest.to_string()
        } else {
            format!("{}-{}", column.length.shortest, column.length.longest)
        };
        let line = format!(
            "{}  {}  {:<9} {:>7}  {:>10}  {:>6}  {:>7}  {}",
            fitted(&clean(&column.name), name),
            fitted(&what(column), kind),
            column.verdict.class,
            percent(column.fill),
            distinct(column),
            length,
            check(column),
            fitted(&shapes, rest).trim_end(),
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }
    if let Some(person) = &profile.person {
        out.push_str(&format!(
            "\nPERSONS    {}{} identifiers in {}, {} in more than one record\n",
            if person.identifiers.exact {
                ""
            } else {
                "about "
            },
            grouped(person.identifiers.count),
            clean(&person.identifier),
            grouped(person.repeated)
        ));
        for (compared, what) in [(&person.birth, "birth date"), (&person.sex, "sex")] {
            if let Some(compared) = compared {
                let both = compared.agree + compared.differ;
                out.push_str(&format!(
                    "           its {what} agrees with {} in {} of {} records\n",
                    clean(&compared.column),
                    grouped(compared.agree),
                    grouped(both)
                ));
            }
        }
    }
    for (weight, title) in [
        (Weight::Look, "LOOK INTO THESE FIRST"),
        (Weight::Mind, "KEEP IN MIND"),
        (Weight::Note, "ALSO SEEN"),
    ] {
        let mut first = true;
        for sign in profile.signs.iter().filter(|sign| sign.weight == weight) {
            if std::mem::take(&mut first) {
                out.push_str(&format!("\n{title}\n"));
            }
            let place = sign
                .column
                .as_ref()
                .map_or(String::new(), |column| format!("{}: ", clean(column)));
            out.push_str(&format!(
                "- {}\n",
                wrapped(
                    &format!("{place}{} [{}]", sign.seen, sign.code),
                    width - 2,
                    2
                )
            ));
            if weight != Weight::Note {
                out.push_str(&format!("    {}\n", wrapped(sign.means, width - 4, 4)));
            }
        }
    }
    let others: Vec<String> = profile
        .columns
        .iter()
        .filter_map(|column| {
            let other = column.kinds.iter().find(|kind| !kind.chosen)?;
            Some(format!(
                "- {}\n",
                wrapped(
                    &format!(
                        "{}: {}, not {}: {}{}",
                        clean(&column.name),
                        column.verdict.what,
                        other.kind,
                        other.why_not,
                        if other.chance < 0.5 {
                            format!(" (chance: {})", chance_words(other.chance))
                        } else {
                            String::new()
                        }
                    ),
                    width - 2,
                    2
                )
            ))
        })
        .collect();
    if !others.is_empty() {
        out.push_str("\nWHY NOT ANOTHER KIND\n");
        out.extend(others);
    }
    out.push_str(
        "\nShapes: 9 digit, A a letter, 汉 Han, {n} so many. No value of a cell is shown.\n",
    );
    out
}
