//! What changed between two policies, in the sentences of their briefs.
//!
//! Every sentence that differs is a change, with what it was and what it is
//! now, and whether it lets more out. What differs in the rules and in no
//! sentence is told as well, and taken as looser. With the facts of two trial
//! runs the effect is shown beside it. May not look at any record.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::brief::{Audience, Brief, section};
use super::doc::{Block, Cell, Doc, Line, Section, Table, Width, counted, fill};
use super::say::Say;
use super::sentences::{fact, heads};
use super::text::Lang;
use super::{BriefFormat, html, markdown};
use crate::job::Facts;
use crate::key::identity::hex;
use crate::plan::Plan;
use crate::plan::diff::{self, Direction};
use crate::policy::model::Policy;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is about: a column, a table, a part of the policy.
    pub place: String,
    /// The sentence before; `None` where there was none.
    pub was: Option<String>,
    /// The sentence now.
    pub now: Option<String>,
    /// What it does.
    pub direction: Direction,
    pub(super) lines: (Line, Line, Line),
}

/// Sentences of one thing, and the thing's name.
struct Said {
    place: Line,
    text: Line,
}

type Book = BTreeMap<(u8, String), Said>;

/// The changes from one plan to another, in the order of the policy.
#[must_use]
pub fn changes(old: &Plan, new: &Plan, lang: Lang) -> Vec<Change> {
    let (before, after) = (Say::new(old, lang), Say::new(new, lang));
    let mut found = Vec::new();
    let mut push = |place: Line, was: Option<Line>, now: Option<Line>, direction: Direction| {
        if was == now {
            return;
        }
        found.push(Change {
            place: place.plain(),
            was: was.as_ref().map(Line::plain),
            now: now.as_ref().map(Line::plain),
            direction,
            lines: (
                place,
                was.unwrap_or_else(|| Line::ours(before.t.dash)),
                now.unwrap_or_else(|| Line::ours(before.t.dash)),
            ),
        });
    };
    let (books, t) = ((book(&before), book(&after)), before.t);
    let keys: std::collections::BTreeSet<_> = books.0.keys().chain(books.1.keys()).collect();
    for key in keys {
        let (was, now) = (books.0.get(key), books.1.get(key));
        let Some(place) = was.or(now).map(|said| said.place.clone()) else {
            continue;
        };
        let direction = direction(key, &old.policy, &new.policy, was.is_some(), now.is_some());
        push(
            place,
            was.map(|said| said.text.clone()),
            now.map(|said| said.text.clone()),
            direction,
        );
    }
    if found.is_empty() && old.policy.identity != new.policy.identity {
        let meaning = stripped(&old.policy) != stripped(&new.policy);
        let (text, direction) = match meaning {
            true => (t.df_other, Direction::Looser),
            false => (t.df_wording, Direction::Neutral),
        };
        found.push(Change {
            place: t.df_file.to_owned(),
            was: None,
            now: Some(text.to_owned()),
            direction,
            lines: (Line::ours(t.df_file), Line::ours(t.dash), Line::ours(text)),
        });
    }
    found
}

/// The rules without their places in the text.
fn stripped(policy: &Policy) -> String {
    let mut copy = policy.clone();
    copy.text = "".into();
    copy.file = String::new();
    copy.identity = [0; 32];
    let text = format!("{copy:?}");
    // Places are written as `12..34`.
    let mut out = String::new();
    for word in text.split(' ') {
        let place = word.contains("..")
            && word
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '}' | ')' | ']' | ' '));
        if !place {
            out.push_str(word);
            out.push(' ');
        }
    }
    for file in &policy.files {
        out.push_str(&hex(&file.sha256));
    }
    out
}

fn joined(lines: impl IntoIterator<Item = Line>, gap: &'static str) -> Line {
    let mut whole = Line::default();
    for line in lines {
        if !whole.is_empty() {
            whole.push(Line::ours(gap));
        }
        whole.push(line);
    }
    whole
}

/// Every line of some blocks.
fn lines(blocks: Vec<Block>) -> Vec<Line> {
    let mut out = Vec::new();
    for block in blocks {
        match block {
            Block::Para(line) | Block::Notice(line) => out.push(line),
            Block::List(lines) => out.extend(lines),
            Block::Facts(facts) => out.extend(facts.into_iter().flat_map(|(_, lines)| lines)),
            Block::Table(table) => out.extend(
                table
                    .rows
                    .into_iter()
                    .flatten()
                    .flat_map(|cell| std::iter::once(cell.line).chain(cell.notes)),
            ),
            Block::Typed(_) | Block::Grid(_) | Block::Chart(_) | Block::SignOff(_) => {}
        }
    }
    out
}

/// All that is said of a plan, by what it is about.
fn book(say: &Say<'_>) -> Book {
    let t = say.t;
    let plan = say.plan;
    let policy = &plan.policy;
    let brief = Brief {
        say: *say,
        audience: Audience::Newsroom,
        words: "",
    };
    let mut book = Book::new();
    let mut put = |part: u8, name: &str, place: Line, text: Line| {
        book.insert((part, name.to_owned()), Said { place, text });
    };
    put(
        0,
        "purpose",
        Line::ours(t.df_purpose),
        Line::theirs(&policy.purpose.value),
    );
    if let Some(day) = &policy.valid_until {
        put(
            0,
            "valid",
            Line::ours(t.l_valid),
            fill(t.valid_until, &[("date", say.date(day.value))]),
        );
    }
    put(
        0,
        "project",
        Line::ours(t.l_policy),
        Line::name(&format!("{}/{}", policy.project, policy.name)),
    );
    if let Some(family) = &policy.family {
        put(0, "family", Line::ours(t.l_data), Line::name(family));
    }
    for (key, text) in &policy.basis {
        put(
            1,
            key,
            super::sentences::basis_label(say, key),
            Line::theirs(text),
        );
    }
    for exception in &policy.exceptions {
        let name = format!("{} {}", exception.rule.value, exception.place.value);
        let parts = [
            ("rule", Line::name(&exception.rule.value)),
            ("where", Line::name(&exception.place.value)),
            ("why", Line::theirs(&exception.why)),
            ("by", Line::theirs(&exception.by)),
            ("date", say.date(exception.until.value)),
        ];
        put(
            2,
            &name,
            Line::ours(t.caption_exceptions),
            fill(t.df_exception, &parts),
        );
    }
    for (at, rule) in policy.columns.iter().enumerate() {
        let Cell { line, notes } = say.column(at);
        let mut text = joined(std::iter::once(line).chain(notes), t.sentence_gap);
        for (label, theirs) in [
            (t.c_ground, say.ground(&rule.ground.value)),
            (t.c_why, Line::theirs(&rule.why.value)),
        ] {
            text.push(Line::ours(format!("{}{label}{}", t.sentence_gap, t.colon)));
            text.push(theirs);
        }
        put(
            3,
            &rule.name.value,
            fill(t.df_column, &[("name", Line::name(&rule.name.value))]),
            text,
        );
    }
    for (at, rule) in policy.rows.iter().enumerate() {
        let mut text = say.row_rule(rule);
        if !rule.recipients.is_empty() {
            let names = say.names(rule.recipients.iter().map(|id| id.value.as_str()));
            text.push(Line::ours(format!(" {}{}", t.c_for, t.colon)));
            text.push(names);
        }
        put(
            4,
            &format!("{at:03}"),
            counted(t.df_row_rule, at as u64 + 1),
            text,
        );
    }
    let mut rows = brief.rows();
    rows.retain(|block| !matches!(block, Block::Table(_)));
    put(
        5,
        "rows",
        Line::ours(t.h_rows),
        joined(lines(rows), t.sentence_gap),
    );
    put(
        6,
        "risk",
        Line::ours(t.h_risk),
        joined(lines(brief.risk()), t.sentence_gap),
    );
    let mut lists = brief
        .tables()
        .into_iter()
        .filter(|block| matches!(block, Block::List(_)));
    for table in &plan.tables {
        put(
            7,
            &table.name,
            fill(t.df_table, &[("name", Line::name(&table.name))]),
            joined(
                lists
                    .next()
                    .map(|list| lines(vec![list]))
                    .unwrap_or_default(),
                t.sentence_gap,
            ),
        );
    }
    for (part, name, title, blocks) in [
        (8, "codes", t.h_codes, brief.codes()),
        (8, "reading", t.h_reading, brief.reading()),
    ] {
        put(
            part,
            name,
            Line::ours(title),
            joined(lines(blocks), t.sentence_gap),
        );
    }
    if let Some(section) = brief.recipients() {
        for block in section.blocks {
            let Block::Table(table) = block else { continue };
            for row in table.rows {
                let id = row
                    .first()
                    .map(|cell| cell.line.plain())
                    .unwrap_or_default();
                put(
                    9,
                    &id,
                    fill(t.df_recipient, &[("name", Line::name(&id))]),
                    joined(row.into_iter().skip(1).map(|cell| cell.line), t.comma),
                );
            }
        }
    }
    for file in &policy.files {
        put(
            10,
            &file.name.value,
            fill(t.df_named_file, &[("name", Line::name(&file.name.value))]),
            Line::name(&hex(&file.sha256)),
        );
    }
    for (at, block) in brief.examples().into_iter().skip(1).enumerate() {
        put(
            11,
            &format!("{at:03}"),
            counted(t.x_example, at as u64 + 1),
            joined(lines(vec![block]), t.comma),
        );
    }
    if let Some(blocks) = super::holds::lines(&brief.say) {
        put(
            12,
            "holds",
            Line::ours(t.h_holds),
            joined(lines(blocks), t.comma),
        );
    }
    book
}

/// What a change of one thing does.
fn direction(
    (part, name): &(u8, String),
    old: &Policy,
    new: &Policy,
    was: bool,
    is: bool,
) -> Direction {
    use Direction::{Looser, Neutral, Tighter};
    let added = |more: Direction, less: Direction, changed: Direction| match (was, is) {
        (false, true) => more,
        (true, false) => less,
        _ => changed,
    };
    match part {
        0 => match name.as_str() {
            "valid" => diff::validity(old, new),
            // The ledger and the codes of another project start anew.
            "family" | "project" => Looser,
            _ => Neutral,
        },
        1 => Neutral,
        2 => {
            let last = |policy: &Policy| {
                policy
                    .exceptions
                    .iter()
                    .find(|e| format!("{} {}", e.rule.value, e.place.value) == *name)
                    .map(|e| e.until.value)
            };
            let changed = match (last(old), last(new)) {
                (Some(a), Some(b)) if b > a => Looser,
                (Some(a), Some(b)) if b < a => Tighter,
                _ => Neutral,
            };
            added(Looser, Tighter, changed)
        }
        3 => {
            let rule = |policy: &Policy| {
                policy
                    .columns
                    .iter()
                    .position(|rule| rule.name.value == *name)
            };
            match (rule(old), rule(new)) {
                (Some(a), Some(b)) => diff::column(&old.columns[a], &new.columns[b]),
                (None, Some(b)) => {
                    let rule = &new.columns[b];
                    let drop = matches!(rule.treatment, crate::policy::model::Treatment::Drop);
                    if drop && rule.tables.is_none() {
                        Neutral
                    } else {
                        Looser
                    }
                }
                _ => Tighter,
            }
        }
        4 => {
            let at: usize = name.parse().unwrap_or_default();
            diff::row_rule(old.rows.get(at), new.rows.get(at))
        }
        5 => diff::extract(old.extract.as_ref(), new.extract.as_ref()),
        6 => diff::risk(old.extract.as_ref(), new.extract.as_ref()),
        7 => {
            let table = |policy: &Policy| {
                policy
                    .tables
                    .iter()
                    .position(|table| table.name.value == *name)
            };
            match (table(old), table(new)) {
                (Some(a), Some(b)) => {
                    let direct = diff::table(&old.tables[a], &new.tables[b]);
                    // Its columns may have changed their form.
                    old.columns.iter().fold(direct, |sum, rule| {
                        let used = old.tables[a]
                            .by
                            .iter()
                            .any(|by| by.value.iter().any(|l| l.column == rule.name.value));
                        let now = new.columns.iter().find(|n| n.name.value == rule.name.value);
                        match now.filter(|_| used) {
                            Some(now) => sum.and(diff::column(rule, now)),
                            None => sum,
                        }
                    })
                }
                _ => added(Looser, Tighter, Neutral),
            }
        }
        8 if name == "reading" => diff::reading(old, new),
        8 => Looser,
        9 => added(Looser, Tighter, Looser),
        10 => Looser,
        // What the policy holds itself to may have become less.
        12 => added(Tighter, Looser, Looser),
        _ => added(Tighter, Looser, Neutral),
    }
}

/// A difference as a document.
///
/// `facts` are those of trial runs of both policies over one input.
#[must_use]
pub fn difference(
    old: &Plan,
    new: &Plan,
    facts: Option<(&Facts, &Facts)>,
    lang: Lang,
    format: BriefFormat,
) -> String {
    let say = Say::new(new, lang);
    let changes = changes(old, new, lang);
    let sections = vec![
        section("changes", say.t.df_h_changes, change_blocks(&say, &changes)),
        effect(&say, facts),
    ];
    let doc = Doc {
        lang,
        kicker: Line::ours(say.t.df_kicker),
        title: Line::name(&format!("{}/{}", new.policy.project, new.policy.name)),
        lead: versions(&say, old, new),
        sections,
        foot: Line::ours(say.t.page_made),
        contents: false,
        meta: Vec::new(),
    };
    match format {
        BriefFormat::Markdown => markdown::write(&doc),
        BriefFormat::Html => html::write(&doc),
        BriefFormat::Json => format!("{:#}\n", to_json(old, new, &changes, facts, &doc)),
    }
}

fn versions(say: &Say<'_>, old: &Plan, new: &Plan) -> Line {
    let version = |plan: &Plan| {
        fill(
            say.t.df_version,
            &[
                ("version", Line::ours(plan.policy.version.to_string())),
                (
                    "identity",
                    Line::name(hex(&plan.policy.identity).get(..16).unwrap_or_default()),
                ),
            ],
        )
    };
    fill(
        say.t.df_lead,
        &[("old", version(old)), ("new", version(new))],
    )
}

/// Changes as they stand in a document.
pub(super) fn change_blocks(say: &Say<'_>, changes: &[Change]) -> Vec<Block> {
    let t = say.t;
    if changes.is_empty() {
        return vec![Block::Para(Line::ours(t.df_none))];
    }
    let count = |direction| changes.iter().filter(|c| c.direction == direction).count() as u64;
    let summary = fill(
        t.df_summary,
        &[
            ("looser", Line::count(count(Direction::Looser))),
            ("tighter", Line::count(count(Direction::Tighter))),
            ("neutral", Line::count(count(Direction::Neutral))),
        ],
    );
    let mut ordered: Vec<&Change> = changes.iter().collect();
    ordered.sort_by_key(|change| match change.direction {
        Direction::Looser => 0,
        Direction::Tighter => 1,
        Direction::Neutral => 2,
    });
    let rows = ordered
        .into_iter()
        .map(|change| {
            let word = match change.direction {
                Direction::Looser => t.df_looser,
                Direction::Tighter => t.df_tighter,
                Direction::Neutral => t.df_neutral,
            };
            let (place, was, now) = change.lines.clone();
            vec![
                place.into(),
                Line::ours(word).into(),
                was.into(),
                now.into(),
            ]
        })
        .collect();
    let block = match count(Direction::Looser) {
        0 => Block::Para(summary),
        _ => Block::Notice(summary),
    };
    vec![
        block,
        Block::Table(Table {
            caption: Line::ours(t.df_h_changes),
            head: heads([
                (t.c_where, Width::Narrow),
                (t.df_direction, Width::Narrow),
                (t.df_was, Width::Wide),
                (t.df_now, Width::Wide),
            ]),
            rows,
        }),
        Block::Para(Line::ours(t.df_unclear)),
    ]
}

/// Counts of a trial run that a reader compares.
fn measures(facts: &Facts) -> [(&'static str, Option<u64>); 8] {
    let risk = facts.row_risk.as_ref();
    let cells = (!facts.tables.is_empty()).then(|| {
        let open = |row: &&crate::release::table::Row| {
            row.status != crate::release::table::Status::Withheld
        };
        facts
            .tables
            .iter()
            .map(|table| table.table.rows.iter().filter(open).count() as u64)
            .sum()
    });
    let withheld: u64 = facts
        .balance
        .columns
        .iter()
        .map(|column| column.withheld.values().sum::<u64>())
        .sum();
    [
        ("rows", Some(facts.balance.written)),
        ("withheld", Some(facts.balance.withheld_total())),
        ("quarantined", Some(facts.balance.quarantined_total())),
        ("values", Some(withheld)),
        ("below", risk.map(|risk| risk.withheld)),
        ("groups", risk.map(|risk| risk.classes)),
        ("smallest", risk.and_then(|risk| risk.smallest)),
        ("cells", cells),
    ]
}

fn effect(say: &Say<'_>, facts: Option<(&Facts, &Facts)>) -> Section {
    let t = say.t;
    let Some((old, new)) = facts else {
        return section(
            "effect",
            t.df_h_effect,
            vec![Block::Para(Line::ours(t.df_not_measured))],
        );
    };
    let label = |word: &str| match word {
        "rows" => t.l_rows_written,
        "withheld" => t.l_withheld,
        "quarantined" => t.l_quarantined,
        "values" => t.c_withheld,
        "below" => t.l_rows_below,
        "groups" => t.l_classes,
        "smallest" => t.l_smallest,
        _ => t.df_cells,
    };
    let number =
        |count: Option<u64>| count.map_or_else(|| Line::ours(t.df_unmeasured), Line::count);
    let rows = measures(old)
        .into_iter()
        .zip(measures(new))
        .map(|((word, was), (_, now))| {
            vec![
                Line::ours(label(word)).into(),
                number(was).into(),
                number(now).into(),
            ]
        })
        .collect();
    section(
        "effect",
        t.df_h_effect,
        vec![
            Block::Facts(vec![fact(t.l_read, Line::count(new.balance.read()))]),
            Block::Table(Table {
                caption: Line::ours(t.df_h_effect),
                head: heads([
                    (t.df_figure, Width::Free),
                    (t.df_was, Width::Number),
                    (t.df_now, Width::Number),
                ]),
                rows,
            }),
        ],
    )
}

fn to_json(
    old: &Plan,
    new: &Plan,
    changes: &[Change],
    facts: Option<(&Facts, &Facts)>,
    doc: &Doc,
) -> Value {
    let policy = |plan: &Plan| {
        json!({
            "name": format!("{}/{}", plan.policy.project, plan.policy.name),
            "version": plan.policy.version,
            "sha256": hex(&plan.policy.identity),
        })
    };
    let effect = facts.map(|(a, b)| {
        let rows: serde_json::Map<String, Value> = measures(a)
            .into_iter()
            .zip(measures(b))
            .map(|((word, was), (_, now))| (word.to_owned(), json!({"was": was, "now": now})))
            .collect();
        rows
    });
    json!({
        "format": "offrecord-diff-1",
        "lang": doc.lang.tag(),
        "old": policy(old),
        "new": policy(new),
        "changes": changes.iter().map(|change| json!({
            "where": change.place,
            "direction": change.direction.word(),
            "was": change.was,
            "now": change.now,
        })).collect::<Vec<_>>(),
        "effect": effect,
    })
}
