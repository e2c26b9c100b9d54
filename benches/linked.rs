//! A table with linked hierarchies, from a file of its finest cells: how many
//! rows are withheld beside the sensitive ones, and how long an audit takes.
//!
//! ```text
//! cargo bench --bench linked -- z3.csv ant 4 region,fylke,kostragr hovedint mnd,mnd2
//! ```
//!
//! The first column of each group tells cells apart, the others group them,
//! each in its own way. `z3` is example data of the R package SSBtools, written
//! as CSV; it is not part of this crate.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use offrecord::protect::attack::audit;
use offrecord::protect::cube::{Cube, Dimension};
use offrecord::protect::rules::PrimaryRules;
use offrecord::protect::suppress::{Options, Refusal, suppress};
use offrecord::protect::system::{CellId, System};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout();
    let arguments: Vec<String> = std::env::args().filter(|word| word != "--bench").collect();
    let [_, file, value, min, groups @ ..] = arguments.as_slice() else {
        writeln!(out, "no file given: see the head of benches/linked.rs")?;
        return Ok(());
    };
    let text = std::fs::read_to_string(file)?;
    let min: u64 = min.parse()?;
    let system = system(&text, value, groups)?;
    for (name, exact_only) in [("exact disclosure alone", true), ("with widths", false)] {
        let mut rules = PrimaryRules::counts(min);
        rules.exact_only = exact_only;
        let primary = rules.apply(&system)?;
        let options = Options {
            coalition: 0,
            ..Options::default()
        };
        let start = Instant::now();
        let done = match suppress(&system, &primary, &options) {
            Ok(done) => done,
            Err(Refusal::Fault(fault)) => return Err(fault.into()),
            Err(Refusal::Exposed(found)) => {
                writeln!(out, "{name}: {} exposed", found.exposed.len())?;
                return Ok(());
            }
        };
        let searched = start.elapsed();
        let start = Instant::now();
        let found = audit(&system, &primary, &done.withheld(), &options)?;
        writeln!(
            out,
            "{name}: {} figures, {} relations, {} sensitive, {} withheld beside them, searched in \
             {:.2} s; audit: {} met, {:.2} s",
            system.cells(),
            system.equations(),
            primary.needs().len(),
            done.complementary(),
            searched.as_secs_f64(),
            found.met,
            start.elapsed().as_secs_f64(),
        )?;
        let bare: Vec<bool> = (0..system.rows())
            .map(|row| {
                primary
                    .of(CellId(u32::try_from(row).unwrap_or(0)))
                    .is_some()
            })
            .collect();
        let start = Instant::now();
        let found = audit(&system, &primary, &bare, &options)?;
        writeln!(
            out,
            "  sensitive ones alone withheld: {} of {} exposed, {} of them exactly; {:.2} s",
            found.exposed.len(),
            found.sensitive,
            found.exposed.iter().filter(|found| found.exact).count(),
            start.elapsed().as_secs_f64(),
        )?;
    }
    Ok(())
}

fn system(text: &str, value: &str, groups: &[String]) -> Result<System, Box<dyn Error>> {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().unwrap_or_default();
    let at = |name: &str| {
        let found = head.iter().position(|column| *column == name);
        found.ok_or("a column that the file lacks")
    };
    let records: Vec<Vec<&str>> = lines.collect();
    let mut dimensions = Vec::new();
    let mut finest: Vec<BTreeMap<&str, u32>> = Vec::new();
    for group in groups {
        let columns: Vec<usize> = group.split(',').map(at).collect::<Result<_, _>>()?;
        let mut nodes: BTreeMap<&str, u32> = BTreeMap::new();
        for record in &records {
            let next = u32::try_from(nodes.len()).unwrap_or(0) + 1;
            nodes.entry(record[columns[0]]).or_insert(next);
        }
        let mut dimension = Dimension::flat(nodes.len());
        for column in &columns[1..] {
            let mut parts: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
            for record in &records {
                let part = nodes[record[columns[0]]];
                let parts = parts.entry(record[*column]).or_default();
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
            for parts in parts.into_values() {
                let node = u32::try_from(dimension.nodes).unwrap_or(0);
                dimension.lines.push((node, parts));
                dimension.nodes += 1;
            }
        }
        dimensions.push(dimension);
        finest.push(nodes);
    }
    let cube = Cube::new(dimensions)?;
    let mut values = vec![0; cube.size()];
    let value = at(value)?;
    for record in &records {
        let mut nodes = Vec::new();
        for (group, known) in groups.iter().zip(&finest) {
            let column = at(group.split(',').next().unwrap_or(""))?;
            nodes.push(known[record[column]]);
        }
        let count: f64 = record[value].parse()?;
        #[expect(clippy::cast_possible_truncation, reason = "whole counts of a table")]
        let count = count as i64;
        values[cube.at(&nodes)] += count;
    }
    cube.roll_up(&mut values)?;
    let cost = |_, value: i64| 100 * u64::from(65 - value.unsigned_abs().leading_zeros());
    Ok(cube.counts(&values, cost))
}
