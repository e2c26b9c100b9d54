//! The documents of the private half: the record of the run, and the same as a
//! page that a lawyer and a statistician can read.
//!
//! They hold every count, limit, time and hash, and no value of the input. They
//! are never shared: how much was withheld, and why, tells about it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::brief::section;
use super::doc::{Block, Cell, Doc, Line, Section, Table, Width, counted, fill};
use super::html;
use super::pivot;
use super::say::{Say, Way};
use super::sentences::{
    exceptions, fact, heads, leaves, limits, notices, order, policy_and_version, quasi,
};
use super::text::Lang;
use crate::job::{Facts, TableFacts};
use crate::key::identity::hex;
use crate::plan::Plan;

/// Documents of the private half: name and bytes.
pub(super) fn documents(
    plan: &Plan,
    facts: &Facts,
    record: &Value,
    lang: Lang,
) -> Vec<(String, Vec<u8>)> {
    let pivots = plan.tables.iter().zip(&facts.tables);
    let pivots = pivots.filter_map(|(plan, facts)| {
        let bytes = pivot::csv(&facts.table, &plan.depths)?;
        Some((format!("pivot-{}.csv", facts.table.name), bytes))
    });
    let internal = Internal {
        say: Say::new(plan, lang),
        facts,
        record,
    };
    let mut documents = vec![
        (
            "report.html".to_owned(),
            html::write(&internal.report()).into_bytes(),
        ),
        ("run.json".to_owned(), format!("{record:#}\n").into_bytes()),
    ];
    documents.extend(pivots);
    documents
}

struct Internal<'a> {
    say: Say<'a>,
    facts: &'a Facts,
    record: &'a Value,
}

impl<'a> Internal<'a> {
    fn plan(&self) -> &'a Plan {
        self.say.plan
    }

    fn report(&self) -> Doc {
        let t = self.say.t;
        let policy = &self.plan().policy;
        let mut sections = vec![
            self.first(),
            self.glance(),
            section("balance", t.h_balance, self.balance()),
            section("columns", t.h_columns, self.columns()),
            section("risk", t.h_risk, self.risk()),
            section("tables", t.h_tables, self.tables()),
            section("checks", t.h_checks, self.checks()),
            section("run", t.h_run, self.run()),
        ];
        sections.push(section(
            "limits",
            t.h_limits,
            vec![Block::List(limits(&self.say, true))],
        ));
        Doc {
            lang: self.say.lang,
            kicker: Line::ours(t.internal_kicker),
            title: Line::name(&format!("{}/{}", policy.project, policy.name)),
            lead: Line::theirs(&policy.purpose.value),
            sections,
            foot: Line::ours(t.page_internal),
            contents: true,
            meta: Vec::new(),
        }
    }

    fn first(&self) -> Section {
        let t = self.say.t;
        let mut blocks = vec![Block::Notice(Line::ours(t.z_notice))];
        blocks.extend(super::public::unapproved(&self.say, self.facts).map(Block::Notice));
        if self.facts.sampled {
            blocks.push(Block::Notice(Line::ours(t.z_sampled)));
        }
        if let Some(table) = exceptions(&self.say) {
            blocks.push(Block::Notice(counted(
                t.first_exceptions,
                self.plan().policy.exceptions.len() as u64,
            )));
            blocks.push(Block::Table(table));
        }
        blocks.extend(notices(&self.say).into_iter().map(Block::Notice));
        blocks.push(Block::Para(match &self.facts.verdict {
            Some(verdict) if verdict.passed() => Line::ours(t.z_check),
            _ => Line::ours(t.z_no_check),
        }));
        let mut facts = Vec::new();
        flatten(
            "",
            self.record.get("house_rules").unwrap_or(&Value::Null),
            &mut facts,
        );
        // Rules that were found are recorded with their SHA-256.
        let no_rules = !facts.is_empty() && facts.iter().all(|(key, _)| key != "sha256");
        if no_rules {
            blocks.push(Block::Notice(Line::ours(t.z_house_off)));
        }
        if facts.is_empty() {
            blocks.push(Block::Para(Line::ours(t.z_house_none)));
        } else {
            let rows = facts
                .into_iter()
                .map(|(key, value)| vec![Line::name(&key).into(), Line::name(&value).into()])
                .collect();
            blocks.push(Block::Table(Table {
                caption: Line::ours(t.caption_house),
                head: heads([(t.c_key, Width::Free), (t.c_value, Width::Free)]),
                rows,
            }));
        }
        section("first", t.h_first, blocks)
    }

    fn glance(&self) -> Section {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        let policy = &plan.policy;
        let balance = &self.facts.balance;
        let mut facts = vec![
            fact(t.l_policy, policy_and_version(say)),
            fact(t.l_identity, Line::name(&hex(&policy.identity))),
            fact(
                t.l_recipient,
                match &plan.recipient {
                    Some(recipient) => Line::name(recipient),
                    None => Line::ours(t.recipient_all),
                },
            ),
            fact(t.l_approval, super::public::approval(say, self.facts)),
            fact(t.l_leaves, leaves(say)),
            fact(t.l_read, Line::count(balance.read())),
        ];
        if policy.extract.is_some() {
            facts.push(fact(t.l_rows_written, Line::count(balance.written)));
            facts.push(fact(t.l_order, order(say)));
        }
        facts.push(fact(t.l_withheld, Line::count(balance.withheld_total())));
        facts.push(fact(
            t.l_quarantined,
            Line::count(balance.quarantined_total()),
        ));
        facts.push(fact(t.l_unreadable, Line::count(self.facts.unreadable)));
        facts.push(fact(t.l_blank, Line::count(balance.blank_lines)));
        if plan.subject.is_some() {
            facts.push(fact(
                t.l_without_subject,
                Line::count(balance.without_subject),
            ));
            facts.push(fact(
                t.l_repeated_subject,
                Line::count(balance.repeated_subject),
            ));
        }
        facts.push(fact(t.l_guarded, Line::count(balance.guarded_cells)));
        section("glance", t.h_glance, vec![Block::Facts(facts)])
    }

    fn balance(&self) -> Vec<Block> {
        let t = self.say.t;
        let balance = &self.facts.balance;
        let row = |place: &'static str, reason: Line, count: u64| {
            vec![
                Line::ours(place).into(),
                reason.into(),
                Line::count(count).into(),
            ]
        };
        let mut rows = vec![row(t.w_written, Line::ours(t.dash), balance.written)];
        for (reason, count) in &balance.withheld {
            rows.push(row(t.w_withheld, self.say.withheld(reason), *count));
        }
        for (reason, count) in &balance.quarantined {
            rows.push(row(t.w_quarantined, self.say.set_aside(reason), *count));
        }
        rows.push(row(t.w_read, Line::ours(t.z_balanced), balance.read()));
        vec![Block::Table(Table {
            caption: Line::ours(t.caption_balance),
            head: heads([
                (t.c_where, Width::Narrow),
                (t.c_reason, Width::Free),
                (t.c_records, Width::Number),
            ]),
            rows,
        })]
    }

    fn columns(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        let empty = crate::tally::ColumnCounts::default();
        let rows = plan
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let counts = self.facts.balance.columns.get(at).unwrap_or(&empty);
                let (happens, treated) = match say.way(at) {
                    Way::Leaves => (
                        say.treated(&say.rule(at).treatment),
                        Line::count(counts.treated),
                    ),
                    Way::Counted => (Line::ours(t.t_drop_rows), Line::ours(t.dash)),
                    Way::Stays => (Line::ours(t.t_drop), Line::ours(t.dash)),
                };
                let missing = match say.way(at) {
                    Way::Leaves => Line::count(counts.missing),
                    _ => Line::ours(t.dash),
                };
                vec![
                    Line::name(&column.name).into(),
                    happens.into(),
                    treated.into(),
                    missing.into(),
                    self.counts(&counts.withheld).into(),
                    self.counts(&counts.found).into(),
                    self.counts(&counts.near_misses).into(),
                ]
            })
            .collect();
        vec![Block::Table(Table {
            caption: Line::ours(t.caption_counts),
            head: heads([
                (t.c_column, Width::Narrow),
                (t.c_happens, Width::Free),
                (t.c_treated, Width::Number),
                (t.c_missing, Width::Number),
                (t.c_withheld, Width::Free),
                (t.c_found, Width::Free),
                (t.c_near_misses, Width::Free),
            ]),
            rows,
        })]
    }

    /// `phone 12, email 3`
    fn counts(&self, counts: &BTreeMap<String, u64>) -> Line {
        let items = counts.iter().map(|(reason, count)| {
            let mut line = Line::name(reason);
            line.push(Line::ours(" "));
            line.push(Line::count(*count));
            line
        });
        let mut line = Line::default();
        for (at, item) in items.enumerate() {
            if at > 0 {
                line.push(Line::ours(self.say.t.comma));
            }
            line.push(item);
        }
        if line.is_empty() {
            Line::ours(self.say.t.dash)
        } else {
            line
        }
    }

    fn risk(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        if plan.policy.extract.is_none() {
            return vec![Block::Para(Line::ours(t.e_none))];
        }
        let Some(risk) = &self.facts.row_risk else {
            let line = if self.facts.sampled {
                Line::ours(t.z_sampled)
            } else {
                super::sentences::not_limited(say)
            };
            return vec![Block::Para(line)];
        };
        let template = if plan.subject.is_some() {
            t.k_limit_people
        } else {
            t.k_limit
        };
        let mut blocks = vec![Block::Para(fill(
            template,
            &[("columns", quasi(say)), ("k", Line::count(risk.k))],
        ))];
        let mut facts = vec![
            fact(t.l_limit, Line::count(risk.k)),
            fact(t.l_classes, Line::count(risk.classes)),
        ];
        if let Some(smallest) = risk.smallest {
            facts.push(fact(t.l_smallest, Line::count(smallest)));
        }
        facts.push(fact(t.l_rows_below, Line::count(risk.withheld)));
        blocks.push(Block::Facts(facts));
        for line in super::sentences::further_limits(say, false) {
            blocks.push(Block::Para(line));
        }
        blocks.extend(super::sentences::coarser(say, self.facts).map(Block::Para));
        if !risk.small.is_empty() {
            // Few people in groups of one size are told together with the next size.
            let least = plan.tables.iter().map(|table| table.min).max();
            let lines = crate::tally::merged_sizes(&risk.small, least.unwrap_or(risk.k));
            let rows = lines
                .into_iter()
                .map(|(from, to, groups)| {
                    let size = match from == to {
                        true => Line::count(from),
                        false => Line::name(&format!("{from}–{to}")),
                    };
                    vec![size.into(), Line::count(groups).into()]
                })
                .collect();
            blocks.push(Block::Table(Table {
                caption: Line::ours(t.caption_small),
                head: heads([(t.c_size, Width::Free), (t.c_groups, Width::Number)]),
                rows,
            }));
        }
        blocks
    }

    fn tables(&self) -> Vec<Block> {
        let t = self.say.t;
        if self.facts.tables.is_empty() {
            let none = if self.facts.sampled {
                t.z_sampled
            } else {
                t.tb_none
            };
            return vec![Block::Para(Line::ours(none))];
        }
        let rows = self
            .facts
            .tables
            .iter()
            .map(|facts| {
                let withheld = &facts.table.withheld;
                let open = withheld
                    .cells
                    .saturating_sub(withheld.primary + withheld.complementary);
                vec![
                    Line::name(&facts.table.name).into(),
                    Line::count(facts.min).into(),
                    Line::count(withheld.cells).into(),
                    Line::count(open).into(),
                    Line::count(withheld.primary).into(),
                    Line::count(withheld.complementary).into(),
                    Line::count(withheld.persons).into(),
                ]
            })
            .collect();
        let mut blocks = vec![Block::Table(Table {
            caption: Line::ours(t.caption_cells),
            head: heads([
                (t.c_table, Width::Free),
                (t.l_limit, Width::Number),
                (t.c_cells, Width::Number),
                (t.c_published, Width::Number),
                (t.c_primary, Width::Number),
                (t.c_complementary, Width::Number),
                (t.c_persons, Width::Number),
            ]),
            rows,
        })];
        blocks.extend(self.reasons());
        let instead = |facts: &TableFacts| {
            let parts = [
                ("table", Line::name(&facts.table.name)),
                ("instead", Line::ours(facts.instead.clone()?)),
            ];
            Some(Block::Notice(fill(t.z_instead, &parts)))
        };
        blocks.extend(self.facts.tables.iter().filter_map(instead));
        blocks.extend(self.audit());
        blocks.extend(
            self.facts
                .tables
                .iter()
                .zip(&self.plan().tables)
                .map(|(facts, plan)| pivot::block(self.say.t, &facts.table, &plan.depths)),
        );
        blocks
    }

    /// Figures withheld for their own sake, by table and rule.
    fn reasons(&self) -> Option<Block> {
        let t = self.say.t;
        let rows: Vec<Vec<Cell>> = self
            .facts
            .tables
            .iter()
            .flat_map(|facts| {
                let reasons = facts.table.withheld.reasons.iter();
                reasons.map(|(rule, count)| {
                    vec![
                        Line::name(&facts.table.name).into(),
                        Line::name(rule).into(),
                        Line::count(*count).into(),
                    ]
                })
            })
            .collect();
        (!rows.is_empty()).then(|| {
            Block::Table(Table {
                caption: Line::ours(t.z_reasons),
                head: heads([
                    (t.c_table, Width::Free),
                    (t.c_rule_name, Width::Free),
                    (t.c_figures, Width::Number),
                ]),
                rows,
            })
        })
    }

    /// What the attacker with a solver found, so that a statistician can sign.
    fn audit(&self) -> Vec<Block> {
        let t = self.say.t;
        let protection = &self.facts.protection;
        let audit = &protection["audit"];
        if !audit.is_object() {
            return Vec::new();
        }
        let known = [
            (t.z_au_method, &protection["method"]),
            (t.z_au_figures, &protection["figures"]),
            (t.z_au_relations, &protection["relations"]),
            (t.z_au_sensitive, &audit["sensitive"]),
            (t.z_au_met, &audit["met"]),
            (t.z_au_narrowest, &audit["narrowest"]),
            (t.z_au_witnesses, &audit["witnesses"]),
            (t.z_au_solver, &audit["solver"]),
            (t.z_au_alone, &protection["insiders"]),
        ];
        let facts = known
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(label, value)| fact(label, Line::name(&shown(value))));
        vec![
            Block::Para(Line::ours(t.z_audit)),
            Block::Facts(facts.collect()),
        ]
    }

    fn checks(&self) -> Vec<Block> {
        let t = self.say.t;
        let words = match &self.facts.verdict {
            Some(verdict) => verdict.to_string().lines().map(super::doc::clean).collect(),
            None => return vec![Block::Para(Line::ours(t.z_no_check))],
        };
        vec![Block::Typed(words), Block::Para(Line::ours(t.q_search))]
    }

    fn run(&self) -> Vec<Block> {
        let t = self.say.t;
        let text = |key: &str| -> Option<Line> {
            self.record.get(key).map(|value| Line::name(&shown(value)))
        };
        let mut facts = Vec::new();
        let mut add = |label: &'static str, line: Option<Line>| {
            facts.extend(line.map(|line| fact(label, line)));
        };
        add(t.l_finished, text("finished_at"));
        for (label, duration) in [
            (t.l_staged, self.facts.staged_after),
            (t.l_checked, self.facts.checked_after),
        ] {
            let seconds = Line::ours(format!("{:.2}", duration.as_secs_f64()));
            add(label, Some(fill(t.w_seconds, &[("n", seconds)])));
        }
        add(t.l_threads, text("threads"));
        add(
            t.l_tool,
            Some(Line::ours(concat!("offrecord ", env!("CARGO_PKG_VERSION")))),
        );
        add(t.l_key, Some(Line::name(&self.facts.key_id.to_string())));
        let mut blocks = vec![Block::Facts(facts)];
        let inputs = self.record.get("inputs").and_then(Value::as_array);
        let mut rows = Vec::new();
        for (at, (hash, bytes)) in self.facts.inputs.iter().enumerate() {
            let path = inputs
                .and_then(|inputs| inputs.get(at)?.get("path")?.as_str())
                .map_or_else(|| Line::count(at as u64 + 1), Line::name);
            rows.push(vec![
                path.into(),
                Line::count(*bytes).into(),
                Line::name(&hex(hash)).into(),
            ]);
        }
        blocks.push(Block::Table(Table {
            caption: Line::ours(t.l_input),
            head: heads([
                (t.c_file, Width::Free),
                (t.c_bytes, Width::Number),
                (t.c_hash, Width::Free),
            ]),
            rows,
        }));
        let rows = self
            .facts
            .artefacts
            .iter()
            .map(|artefact| {
                vec![
                    Line::name(&artefact.name).into(),
                    artefact
                        .rows
                        .map_or_else(|| Line::ours(t.dash), Line::count)
                        .into(),
                    Line::count(artefact.bytes).into(),
                    Line::name(&hex(&artefact.sha256)).into(),
                ]
            })
            .collect();
        blocks.push(Block::Table(Table {
            caption: Line::ours(t.caption_files),
            head: heads([
                (t.c_file, Width::Free),
                (t.c_rows, Width::Number),
                (t.c_bytes, Width::Number),
                (t.c_hash, Width::Free),
            ]),
            rows,
        }));
        blocks
    }
}

/// A JSON value as one word: text without its quotes.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Every leaf of a JSON value with the keys that lead to it.
fn flatten(key: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Null if key.is_empty() => {}
        Value::Object(map) => {
            for (name, value) in map {
                let key = if key.is_empty() {
                    name.clone()
                } else {
                    format!("{key}.{name}")
                };
                flatten(&key, value, out);
            }
        }
        value => out.push((key.to_owned(), shown(value))),
    }
}
