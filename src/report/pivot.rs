//! A finished table as people read it: one dimension down, another across, the
//! levels of a hierarchy in one label. For the page of the private half, and as
//! a CSV file there. It shows what the table's own file shows, and no more.

use std::collections::{BTreeMap, BTreeSet};

use super::doc::{Block, Cell, Line, Table, Width, fill};
use super::text::Text;
use crate::release::table::{Status, TOTAL, Table as Finished};

/// Most cells of a table that is shown.
const MOST: usize = 12_000;
/// Stands where nothing is published.
const NONE: &str = "·";

/// Rows, columns and figures of a table that is turned.
struct Turned {
    /// Names of the columns of the dimension that stands down, and of the other.
    corner: String,
    down: Vec<String>,
    across: Vec<String>,
    figures: BTreeMap<(usize, usize), String>,
    /// Whether a second dimension stands across, or the figures.
    is_crossed: bool,
}

/// Labels of a dimension as one; of a total, the levels that are not summed over.
fn joined(labels: &[String]) -> String {
    let named: Vec<&str> = labels
        .iter()
        .map(String::as_str)
        .take_while(|label| *label != TOTAL)
        .collect();
    match named.is_empty() {
        true => TOTAL.to_owned(),
        false => named.join(" › "),
    }
}

/// `None` where the table has more than two dimensions, or too many cells.
fn turned(table: &Finished, depths: &[usize]) -> Option<Turned> {
    let first = *depths.first()?;
    let (a, b) = table.by.split_at_checked(first)?;
    if depths.len() > 2 {
        return None;
    }
    let sides = |row: &[String]| (joined(&row[..first]), joined(&row[first..]));
    let mut labels = [BTreeSet::new(), BTreeSet::new()];
    for row in &table.rows {
        let (one, other) = sides(&row.labels);
        labels[0].insert(one);
        labels[1].insert(other);
    }
    let [one, other] = labels;
    let is_crossed = depths.len() == 2;
    // The longer side goes down.
    let is_swapped = is_crossed && other.len() > one.len();
    let (down, across): (Vec<String>, Vec<String>) = match (is_crossed, is_swapped) {
        (false, _) => (one.into_iter().collect(), table.figures.clone()),
        (true, false) => (one.into_iter().collect(), other.into_iter().collect()),
        (true, true) => (other.into_iter().collect(), one.into_iter().collect()),
    };
    if down.len().checked_mul(across.len())? > MOST {
        return None;
    }
    let mut figures = BTreeMap::new();
    for row in table.rows.iter().filter(|r| r.status != Status::Withheld) {
        let (one, other) = sides(&row.labels);
        let (mine, theirs) = if is_swapped {
            (other, one)
        } else {
            (one, other)
        };
        let at = down.binary_search(&mine).ok()?;
        if is_crossed {
            let to = across.binary_search(&theirs).ok()?;
            figures.insert((at, to), row.figures.first()?.clone());
        } else {
            let own = row.figures.iter().cloned().enumerate();
            figures.extend(own.map(|(to, figure)| ((at, to), figure)));
        }
    }
    Some(Turned {
        corner: if is_swapped { b } else { a }.join(" › "),
        down,
        across,
        figures,
        is_crossed,
    })
}

impl Turned {
    fn row(&self, at: usize) -> impl Iterator<Item = &str> {
        (0..self.across.len())
            .map(move |to| self.figures.get(&(at, to)).map_or(NONE, String::as_str))
    }
}

/// The table as a block of a page.
pub(super) fn block(t: &Text, table: &Finished, depths: &[usize]) -> Block {
    let name = || Line::name(&table.name);
    let Some(turned) = turned(table, depths) else {
        return Block::Para(fill(t.z_pivot_not, &[("table", name())]));
    };
    let rows = turned.down.iter().enumerate().map(|(at, label)| {
        let mut row: Vec<Cell> = vec![Line::name(label).into()];
        row.extend(
            turned
                .row(at)
                .map(|figure| Cell::from(Line::ours(figure.to_owned()))),
        );
        row
    });
    let figure = table.figures.first().map_or("", String::as_str);
    let caption = match turned.is_crossed {
        true => t.z_pivot,
        false => t.z_pivot_one,
    };
    let mut head = vec![(Line::name(&turned.corner), Width::Free)];
    head.extend(
        turned
            .across
            .iter()
            .map(|label| (Line::name(label), Width::Number)),
    );
    Block::Grid(Table {
        caption: fill(
            caption,
            &[("table", name()), ("figure", Line::name(figure))],
        ),
        head,
        rows: rows.collect(),
    })
}

/// The table as a CSV file, cells guarded like those of a release.
pub(super) fn csv(table: &Finished, depths: &[usize]) -> Option<Vec<u8>> {
    let turned = turned(table, depths)?;
    let mut out = Vec::new();
    let mut line = |first: &str, rest: &mut dyn Iterator<Item = &str>| {
        crate::job::push_csv(first, &mut out);
        for cell in rest {
            out.push(b',');
            // An empty cell is what a spreadsheet can count around.
            crate::job::push_csv(if cell == NONE { "" } else { cell }, &mut out);
        }
        out.push(b'\n');
    };
    line(
        &turned.corner,
        &mut turned.across.iter().map(String::as_str),
    );
    for (at, label) in turned.down.iter().enumerate() {
        line(label, &mut turned.row(at));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::table::{Row, Withheld};

    fn table(by: &[&str], rows: &[(&[&str], &str, Status)]) -> Finished {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Finished {
            name: "t".to_owned(),
            by: words(by),
            figures: words(&["records"]),
            rows: rows
                .iter()
                .map(|(labels, figure, status)| Row {
                    labels: words(labels),
                    figures: words(&[figure]),
                    status: *status,
                })
                .collect(),
            withheld: Withheld::default(),
        }
    }

    #[test]
    fn a_hierarchy_stands_down_in_one_label_and_a_withheld_figure_nowhere() {
        let table = table(
            &["sector", "employer", "sex"],
            &[
                (&["(all)", "(all)", "f"], "30", Status::Published),
                (&["s", "(all)", "f"], "20", Status::Published),
                (&["s", "=e", "f"], "12", Status::Published),
                (&["s", "=e", "m"], "", Status::Withheld),
            ],
        );
        let text = String::from_utf8(csv(&table, &[2, 1]).unwrap()).unwrap();
        assert_eq!(
            text,
            "sector › employer,f,m\n(all),30,\ns,20,\ns › =e,12,\n"
        );
    }

    #[test]
    fn the_longer_side_goes_down_and_three_dimensions_are_not_turned() {
        let rows: &[(&[&str], &str, Status)] = &[
            (&["x", "1"], "11", Status::Published),
            (&["x", "=2"], "12", Status::Published),
        ];
        let turned = table(&["a", "b"], rows);
        let text = String::from_utf8(csv(&turned, &[1, 1]).unwrap()).unwrap();
        assert_eq!(text, "b,x\n1,11\n'=2,12\n");
        assert!(csv(&table(&["a", "b", "c"], &[]), &[1, 1, 1]).is_none());
    }
}
