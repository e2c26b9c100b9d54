//! `[[tables]]`: what is counted, by what, and how it is protected.

use super::doc::{Entry, Log, Section, choose, scalar, wrong_type};
use super::error::Problem;
use super::general::by_word;
use super::model::{At, Dominance, Figure, Level, Noise, Protect, Table, Zeros};
use super::parse::{device, need};
use super::words;

use toml::de::DeValue;

/// Smallest `min` of a table. Below three persons, one of two people in a cell
/// learns about the other from the figure alone.
const MIN_FLOOR: u64 = 3;

pub(super) fn tables(log: &mut Log, sections: &[Section<'_>], columns: &[Entry<'_>]) -> Vec<Table> {
    sections
        .iter()
        .filter_map(|section| table(log, section, columns))
        .collect()
}

/// One item of `by`: a column, or a hierarchy from broad to fine.
fn dimension(log: &mut Log, item: At<String>, columns: &[Entry<'_>]) -> Option<At<Vec<Level>>> {
    let is_column = columns.iter().any(|column| column.key == item.value);
    if is_column {
        let column = item.value;
        return Some(At {
            value: vec![Level { column, to: None }],
            at: item.at,
        });
    }
    let levels: Vec<String> = item
        .value
        .split('>')
        .map(|level| level.trim().to_owned())
        .collect();
    let problem = if levels.iter().any(String::is_empty) {
        "a level of this hierarchy has no name"
    } else if (1..levels.len()).any(|at| levels[..at].contains(&levels[at])) {
        "a level of this hierarchy stands twice"
    } else {
        let levels: Option<Vec<Level>> = levels
            .iter()
            .map(|written| level(log, written, &item, columns))
            .collect();
        return levels.map(|value| At { value, at: item.at });
    };
    log.push(
        Problem::error("policy/hierarchy", item.at, problem)
            .help("write columns from broad to fine, such as \"sector > employer > branch\""),
    );
    None
}

/// `column`, or `column:year`, a column in a coarser form.
fn level(log: &mut Log, written: &str, item: &At<String>, columns: &[Entry<'_>]) -> Option<Level> {
    let plain = Level {
        column: written.to_owned(),
        to: None,
    };
    let known = |name: &str| columns.iter().any(|column| column.key == name);
    let Some((column, word)) = written.rsplit_once(':').filter(|_| !known(written)) else {
        return Some(plain);
    };
    let (column, word) = (column.trim(), word.trim());
    if let Some(form) = by_word(word) {
        return Some(Level {
            column: column.to_owned(),
            to: Some((form, word.to_owned())),
        });
    }
    log.push(
        Problem::error(
            "policy/hierarchy",
            item.at.clone(),
            "what stands after the colon of this level is no coarser form",
        )
        .why("a level is a column, or a column in a span of the calendar or an area")
        .help("write \"joined:decade > joined:year\" or \"address:province > address:city\""),
    );
    None
}

fn table(log: &mut Log, section: &Section<'_>, columns: &[Entry<'_>]) -> Option<Table> {
    section.check_words(log, words::TABLE, words::TABLE_LATER);
    need(
        log,
        section,
        "name",
        "it is the file's name",
        "write name = \"members-by-sector\"",
    );
    need(
        log,
        section,
        "by",
        "a table counts by columns",
        "write by = [\"sector\", \"sex\"]",
    );
    let name = section.name(log, "name");
    if let Some(name) = &name {
        device(log, name);
    }
    let by = section.strings(log, "by").and_then(|list| {
        let mut out = Vec::new();
        let mut good = true;
        for item in list.value {
            match dimension(log, item, columns) {
                Some(levels) => out.push(levels),
                None => good = false,
            }
        }
        good.then_some(out)
    });
    let count = figures(log, section);
    let min = if section.has("min") {
        let min = section.integer(log, "min", 1..=u64::MAX);
        if let Some(min) = &min
            && min.value < MIN_FLOOR
        {
            log.push(
                Problem::error(
                    "policy/out-of-range",
                    min.at.clone(),
                    format!("`min` is below {MIN_FLOOR}"),
                )
                .why("where two people stand behind a figure, each of them learns about the other")
                .help("write min = 10, or what your house rules ask for"),
            );
        }
        min
    } else {
        Some(At {
            value: 10,
            at: section.at.clone(),
        })
    };
    let protect = section.word(
        log,
        "protect",
        &[
            ("suppress", Protect::Suppress),
            ("cell-key", Protect::CellKey),
        ],
        &["round", "dp"],
    );
    let totals = section.boolean(log, "totals").is_some_and(|b| b.value);
    let noise = noise(log, section);
    let dominance = dominance(log, section);
    let zeros = section.word(
        log,
        "zeros",
        &[("protect", Zeros::Protect), ("publish", Zeros::Publish)],
        &[],
    );
    const WHY: &str = "that nobody of a group is in a place is news about each of them";
    let why = section.prose(log, "why", WHY);
    if let Some(zeros) = &zeros
        && zeros.value == Zeros::Publish
        && !section.has("why")
    {
        log.push(
            Problem::error(
                "policy/missing-key",
                zeros.at.clone(),
                "`zeros = \"publish\"` needs `why`",
            )
            .why(WHY)
            .help("add why = \"…\" to the table, or leave `zeros` out"),
        );
    }
    let show_withheld = section
        .boolean(log, "show_withheld")
        .is_some_and(|b| b.value);
    Some(Table {
        name: name?,
        by: by?,
        count: count?,
        min: min?,
        protect: protect.map_or(Protect::Suppress, |p| p.value),
        totals,
        noise,
        dominance,
        zeros: zeros.map_or(Zeros::Protect, |z| z.value),
        why,
        show_withheld,
        at: section.at.clone(),
    })
}

/// `noise = { bound = D, variance = V }`.
fn noise(log: &mut Log, section: &Section<'_>) -> Option<At<Noise>> {
    let inner = section.section(log, "noise", "`noise` of a table")?;
    inner.check_words(log, words::NOISE, &[]);
    for (key, why) in [
        ("bound", "a figure may be off by at most so much"),
        ("variance", "it says how far a figure is usually off"),
    ] {
        need(
            log,
            &inner,
            key,
            why,
            "write noise = { bound = 5, variance = 2 }",
        );
    }
    let bound = inner.integer(log, "bound", 2..=200)?;
    let entry = inner.get("variance")?;
    let variance = match entry.value.get_ref() {
        DeValue::Integer(_) | DeValue::Float(_) => scalar(entry.value.get_ref())
            .and_then(|text| text.parse::<f64>().ok())
            .filter(|variance| variance.is_finite() && *variance > 0.0),
        _ => None,
    };
    let Some(variance) = variance else {
        log.push(wrong_type(entry.value, "variance", "a number above 0"));
        return None;
    };
    Some(At {
        value: Noise {
            bound: bound.value,
            variance,
        },
        at: inner.at.clone(),
    })
}

/// `p_percent = 10` and `dominance = { n = 2, k = 85 }`.
fn dominance(log: &mut Log, section: &Section<'_>) -> Vec<At<Dominance>> {
    let mut rules = Vec::new();
    if let Some(percent) = section.integer(log, "p_percent", 1..=100) {
        rules.push(At {
            value: Dominance::Percent(percent.value),
            at: percent.at,
        });
    }
    if let Some(inner) = section.section(log, "dominance", "`dominance` of a table") {
        inner.check_words(log, words::DOMINANCE, &[]);
        for key in words::DOMINANCE {
            need(
                log,
                &inner,
                key,
                "the rule says how many may make up how much",
                "write dominance = { n = 2, k = 85 }",
            );
        }
        let n = inner.integer(log, "n", 1..=4);
        let k = inner.integer(log, "k", 1..=99);
        if let (Some(n), Some(k)) = (n, k) {
            rules.push(At {
                value: Dominance::Largest {
                    n: n.value,
                    k: k.value,
                },
                at: inner.at.clone(),
            });
        }
    }
    if let Some(inner) = section.section(log, "pq", "`pq` of a table") {
        inner.check_words(log, words::PRIOR, &[]);
        for key in words::PRIOR {
            need(
                log,
                &inner,
                key,
                "the rule says what is known beforehand and what may not become known",
                "write pq = { p = 10, q = 50 }",
            );
        }
        let p = inner.integer(log, "p", 1..=99);
        let q = inner.integer(log, "q", 2..=100);
        if let (Some(p), Some(q)) = (p, q) {
            if p.value < q.value {
                let value = Dominance::Prior {
                    p: p.value,
                    q: q.value,
                };
                let at = inner.at.clone();
                rules.push(At { value, at });
            } else {
                log.push(
                    Problem::error(
                        "policy/not-allowed",
                        p.at,
                        "`p` is not less than `q`: what is known beforehand would protect nobody",
                    )
                    .help("write pq = { p = 10, q = 50 }"),
                );
            }
        }
    }
    rules
}

/// `{ distinct = "column" }`, `{ sum = "column" }`, `{ mean = "column" }`.
fn figure_of_column(log: &mut Log, inner: &Section<'_>) -> Option<At<Figure>> {
    const KNOWN: &[&str] = &["distinct", "sum", "mean"];
    inner.check_words(log, KNOWN, &["share"]);
    let mut named = KNOWN.iter().filter(|key| inner.has(key));
    let (Some(key), None) = (named.next(), named.next()) else {
        if inner
            .entries()
            .iter()
            .all(|entry| KNOWN.contains(&entry.key))
        {
            log.push(
                Problem::error(
                    "policy/wrong-type",
                    inner.at.clone(),
                    "a figure of a column has one word and one column",
                )
                .help("write { distinct = \"branch\" }, { sum = \"amount\" } or { mean = \"amount\" }"),
            );
        }
        return None;
    };
    let column = inner.string(log, key)?;
    let figure = match *key {
        "distinct" => Figure::Distinct,
        "sum" => Figure::Sum,
        _ => Figure::Mean,
    };
    Some(At {
        value: figure(column.value),
        at: column.at,
    })
}

fn figures(log: &mut Log, section: &Section<'_>) -> Option<Vec<At<Figure>>> {
    let Some(entry) = section.get("count") else {
        return Some(vec![At {
            value: Figure::Person,
            at: section.at.clone(),
        }]);
    };
    let DeValue::Array(items) = entry.value.get_ref() else {
        log.push(
            wrong_type(entry.value, "count", "a list of figures")
                .help("write count = [\"person\"]"),
        );
        return None;
    };
    let mut out: Vec<At<Figure>> = Vec::new();
    let mut good = true;
    for item in items.iter() {
        let figure = match item.get_ref() {
            DeValue::String(word) => {
                let text = At {
                    value: word.to_string(),
                    at: item.span(),
                };
                choose(
                    log,
                    &text,
                    "count",
                    &[("person", false), ("records", true)],
                    &["distinct", "sum", "mean", "share"],
                )
                .map(|records| At {
                    value: if records.value {
                        Figure::Records
                    } else {
                        Figure::Person
                    },
                    at: records.at,
                })
            }
            DeValue::Table(table) => figure_of_column(
                log,
                &Section::new(table, "a figure of `count`", item.span()),
            ),
            _ => {
                log.push(
                    wrong_type(item, "count", "`person` or `records`")
                        .help("write count = [\"person\"]"),
                );
                None
            }
        };
        let Some(figure) = figure else {
            good = false;
            continue;
        };
        if let Some(first) = out.iter().find(|f| f.value == figure.value) {
            log.push(
                Problem::error(
                    "policy/duplicate",
                    figure.at.clone(),
                    "this figure stands twice",
                )
                .also(first.at.clone(), "first here")
                .help("take one of them out"),
            );
            good = false;
        }
        out.push(figure);
    }
    if good && out.is_empty() {
        log.push(
            Problem::error("policy/empty-list", entry.value.span(), "`count` is empty")
                .help("write count = [\"person\"]"),
        );
        return None;
    }
    good.then_some(out)
}
