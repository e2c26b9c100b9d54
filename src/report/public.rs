//! The documents of a release folder: README, report, data dictionary and data
//! package.
//!
//! They go to whoever receives the release. They hold no parameter of the
//! protection, no count that the manifest leaves out, nothing of the input
//! file, and no clock, host, user, path or duration: same input, policy and key,
//! same bytes.

use serde_json::{Value, json};

use super::brief::section;
use super::doc::{Block, Cell, Doc, Line, Section, Table, Width, choose, counted, fill};
use super::say::{Say, Way};
use super::sentences::{fact, heads, leaves, limits, notices, order, policy_and_version};
use super::text::Lang;
use super::{html, plain};
use crate::job::{ApprovalState, Artefact, Facts};
use crate::key::identity::hex;
use crate::plan::{Form, Plan, TablePlan};
use crate::policy::model::{Format, General, Protect, SubjectMissing, Treatment};

/// Documents of the release folder: name and bytes.
pub(super) fn documents(plan: &Plan, facts: &Facts, lang: Lang) -> Vec<(String, Vec<u8>)> {
    let public = Public {
        say: Say::new(plan, lang),
        facts,
    };
    vec![
        (
            "README.txt".to_owned(),
            plain::write(&public.readme()).into_bytes(),
        ),
        ("datapackage.json".to_owned(), public.package()),
        ("dictionary.csv".to_owned(), public.dictionary()),
        (
            "report.html".to_owned(),
            html::write(&public.report()).into_bytes(),
        ),
    ]
}

struct Public<'a> {
    say: Say<'a>,
    facts: &'a Facts,
}

/// A column of a file of the release, as the dictionary lists it.
struct Entry {
    file: String,
    name: String,
    holds: Line,
    treatment: Line,
    form: Line,
    ground: Line,
    missing: Line,
}

impl<'a> Public<'a> {
    fn plan(&self) -> &'a Plan {
        self.say.plan
    }

    fn doc(&self, kicker: &'static str, sections: Vec<Section>) -> Doc {
        let policy = &self.plan().policy;
        Doc {
            lang: self.say.lang,
            kicker: Line::ours(kicker),
            title: Line::name(&format!("{}/{}", policy.project, policy.name)),
            lead: Line::theirs(&policy.purpose.value),
            sections,
            foot: Line::ours(self.say.t.page_public),
            contents: false,
            meta: Vec::new(),
        }
    }

    pub(super) fn readme(&self) -> Doc {
        let t = self.say.t;
        let mut folder = vec![Block::Para(self.what())];
        folder.extend(unapproved(&self.say, self.facts).map(Block::Notice));
        folder.extend(notices(&self.say).into_iter().map(Block::Notice));
        folder.push(Block::Facts(self.facts_of_release()));
        let files = Block::List(
            self.files()
                .into_iter()
                .map(|(name, holds, _)| {
                    let mut line = Line::name(&self.on_disk(&name));
                    line.push(Line::ours(t.colon));
                    line.push(holds);
                    line
                })
                .collect(),
        );
        let sections = vec![
            section("folder", t.h_folder, folder),
            section(
                "files",
                t.h_files,
                vec![files, Block::Para(Line::ours(t.a_private))],
            ),
            section("how", t.h_how, vec![Block::List(self.how())]),
            section("counts", t.h_counts, self.counts()),
            section("checks", t.h_checks, self.checks()),
            section(
                "limits",
                t.h_limits,
                vec![Block::List(limits(&self.say, false))],
            ),
            section("verify", t.h_verify, self.verify()),
        ];
        self.doc(t.public_kicker, sections)
    }

    pub(super) fn report(&self) -> Doc {
        let t = self.say.t;
        let mut folder = vec![Block::Para(self.what())];
        folder.extend(unapproved(&self.say, self.facts).map(Block::Notice));
        folder.extend(notices(&self.say).into_iter().map(Block::Notice));
        folder.push(Block::Facts(self.facts_of_release()));
        let sections = vec![
            section("glance", t.h_glance, folder),
            section("columns", t.h_columns, self.columns()),
            section("tables", t.h_tables, self.tables()),
            section("counts", t.h_counts, self.counts()),
            section("how", t.h_how, vec![Block::List(self.how())]),
            section("checks", t.h_checks, self.checks()),
            section(
                "limits",
                t.h_limits,
                vec![Block::List(limits(&self.say, false))],
            ),
            section(
                "files",
                t.h_files,
                vec![
                    Block::Table(self.file_table()),
                    Block::Para(Line::ours(t.a_private)),
                ],
            ),
            section("verify", t.h_verify, self.verify()),
        ];
        self.doc(t.public_kicker, sections)
    }

    fn what(&self) -> Line {
        let policy = policy_and_version(&self.say);
        fill(
            self.say.t.a_what,
            &[
                ("policy", policy),
                (
                    "tool",
                    Line::ours(concat!("offrecord ", env!("CARGO_PKG_VERSION"))),
                ),
            ],
        )
    }

    fn facts_of_release(&self) -> Vec<(Line, Vec<Line>)> {
        let (say, t) = (&self.say, self.say.t);
        let policy = &self.plan().policy;
        let recipient = self.plan().recipient.as_deref();
        let known = policy
            .recipients
            .iter()
            .find(|known| Some(known.id.value.as_str()) == recipient);
        let mut facts = vec![
            fact(t.l_leaves, leaves(say)),
            fact(
                t.l_recipient,
                match (known, recipient) {
                    (Some(known), _) => match &known.name {
                        Some(name) => Line::theirs(name),
                        None => Line::name(&known.id.value),
                    },
                    (None, Some(id)) => Line::name(id),
                    (None, None) => Line::ours(t.a_recipient_none),
                },
            ),
        ];
        if let Some(day) = known.and_then(|known| known.delete_by) {
            facts.push(fact(t.c_delete, say.date(day)));
        }
        facts.push(fact(t.l_approval, approval(say, self.facts)));
        facts.push(fact(t.l_policy, policy_and_version(say)));
        facts.push(fact(t.l_identity, Line::name(&hex(&policy.identity))));
        facts.push(fact(t.l_key, Line::name(&self.facts.key_id.to_string())));
        facts
    }

    /// Name, what it is, and the file where it is written already.
    fn files(&self) -> Vec<(String, Line, Option<&'a Artefact>)> {
        let t = self.say.t;
        let mut files = Vec::new();
        for artefact in self.extract_parts() {
            let rows = artefact.rows.unwrap_or_default();
            files.push((
                artefact.name.clone(),
                counted(t.fi_extract, rows),
                Some(artefact),
            ));
        }
        for table in &self.facts.tables {
            let name = format!("tables/{}.csv", table.table.name);
            let artefact = self
                .facts
                .artefacts
                .iter()
                .find(|artefact| artefact.name == name);
            let by = self
                .say
                .list(table.table.by.iter().map(|by| Line::name(by)).collect());
            files.push((name, fill(t.fi_table, &[("columns", by)]), artefact));
        }
        for (name, holds) in [
            ("dictionary.csv", t.fi_dictionary),
            ("datapackage.json", t.fi_package),
            ("report.html", t.fi_report),
            ("README.txt", t.fi_readme),
            ("manifest.json", t.fi_manifest),
        ] {
            files.push((name.to_owned(), Line::ours(holds), None));
        }
        files
    }

    fn file_table(&self) -> Table {
        let t = self.say.t;
        let rows = self
            .files()
            .into_iter()
            .map(|(name, holds, artefact)| {
                let hash = artefact.map_or_else(
                    || Line::ours(t.a_hash_in_manifest),
                    |artefact| Line::name(&hex(&artefact.sha256)),
                );
                let name = Line::name(&self.on_disk(&name));
                vec![name.into(), holds.into(), hash.into()]
            })
            .collect();
        Table {
            caption: Line::ours(t.caption_files),
            head: heads([
                (t.c_file, Width::Free),
                (t.c_holds, Width::Free),
                (t.c_hash, Width::Free),
            ]),
            rows,
        }
    }

    /// A file of the release as it lies on disk: with the mark where nobody
    /// approved the run. The manifest knows files by their own names.
    fn on_disk(&self, name: &str) -> String {
        if self.facts.approved.state != ApprovalState::Unapproved {
            return name.to_owned();
        }
        let mark = crate::job::UNAPPROVED;
        match name.rsplit_once('/') {
            Some((folder, file)) => format!("{folder}/{mark}{file}"),
            None => format!("{mark}{name}"),
        }
    }

    fn extract_parts(&self) -> impl Iterator<Item = &'a Artefact> {
        self.facts
            .artefacts
            .iter()
            .filter(|artefact| artefact.name.starts_with("extract"))
    }

    /// The extract as one name, or the first and last of its parts.
    fn extract_name(&self) -> String {
        let names: Vec<&str> = self
            .extract_parts()
            .map(|part| part.name.as_str())
            .collect();
        match (names.first(), names.last()) {
            (Some(first), Some(last)) if first != last => format!("{first} … {last}"),
            (Some(one), _) => (*one).to_owned(),
            _ => match self
                .plan()
                .policy
                .extract
                .as_ref()
                .map(|extract| extract.format)
            {
                Some(Format::Jsonl) => "extract.jsonl".to_owned(),
                _ => "extract.csv".to_owned(),
            },
        }
    }

    fn how(&self) -> Vec<Line> {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        let policy = &plan.policy;
        let treatments: Vec<&Treatment> = say
            .going(Way::Leaves)
            .into_iter()
            .map(|at| &say.rule(at).treatment)
            .collect();
        let mut lines = vec![Line::ours(t.a_open)];
        if policy.extract.as_ref().is_some_and(|extract| extract.bom) {
            lines.push(Line::ours(t.a_bom));
        }
        let guarded = self.facts.balance.guarded_cells;
        match policy.extract.as_ref().map(|extract| extract.format) {
            Some(Format::Csv) => lines.push(counted(t.a_guard, guarded)),
            _ => lines.push(Line::ours(t.a_guard_tables)),
        }
        if policy.extract.is_some() {
            lines.push(order(say));
            lines.push(Line::ours(t.a_empty));
            lines.extend(self.limit());
        }
        if treatments
            .iter()
            .any(|t| matches!(t, Treatment::Pseudonymise { .. }))
        {
            lines.push(Line::ours(t.a_codes));
            for domain in &policy.domains {
                let used = treatments.iter().any(
                    |t| matches!(t, Treatment::Pseudonymise { domain: used } if used.value == domain.name),
                );
                if used {
                    let prefix = Line::name(&format!("{}-", domain.prefix));
                    let parts = [("prefix", prefix), ("domain", Line::name(&domain.name))];
                    lines.push(fill(t.a_codes_domain, &parts));
                }
            }
        }
        if !plan.tables.is_empty() {
            let noise = |table: &TablePlan| table.protect == Protect::CellKey;
            if plan.tables.iter().any(noise) {
                lines.push(Line::ours(t.tb_noise_public));
            } else {
                lines.push(Line::ours(t.a_absent));
            }
            match &policy.subject {
                Some(subject) => {
                    let column = Line::name(&subject.column.value);
                    let mut line = fill(t.a_persons, &[("column", column)]);
                    line.push(Line::ours(t.sentence_gap));
                    line.push(Line::ours(match subject.missing {
                        SubjectMissing::OwnRecord => t.s_own_record,
                        SubjectMissing::Exclude => t.s_exclude,
                    }));
                    lines.push(line);
                }
                None => lines.push(Line::ours(t.a_persons_none)),
            }
        }
        lines
    }

    fn columns(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        if plan.outputs.is_empty() {
            return vec![Block::Para(Line::ours(t.a_no_rows))];
        }
        let rows = plan
            .outputs
            .iter()
            .map(|at| {
                let (column, rule) = (&plan.columns[*at], say.rule(*at));
                let mut what: Cell = say.treatment(rule, column).into();
                if column.name != column.output {
                    let source = Line::name(&column.name);
                    what.notes.push(fill(t.h_column_of, &[("column", source)]));
                }
                vec![
                    Line::name(&column.output).into(),
                    what,
                    say.form(&column.form).into(),
                    say.ground(&rule.ground.value).into(),
                ]
            })
            .collect();
        let mut blocks = vec![Block::Table(Table {
            caption: Line::ours(t.caption_columns),
            head: heads([
                (t.c_column, Width::Narrow),
                (t.c_happens, Width::Wide),
                (t.c_form, Width::Free),
                (t.c_ground, Width::Free),
            ]),
            rows,
        })];
        blocks.extend(self.limit().map(Block::Para));
        let more = super::sentences::further_limits(&self.say, true);
        blocks.extend(more.into_iter().map(Block::Para));
        blocks.extend(super::sentences::coarser(&self.say, self.facts).map(Block::Para));
        blocks
    }

    /// That row risk is limited, without the limit.
    fn limit(&self) -> Option<Line> {
        let plan = self.plan();
        plan.policy.extract.as_ref()?.risk.as_ref()?;
        let quasi = super::sentences::quasi(&self.say);
        let line = fill(self.say.t.k_limit_public, &[("columns", quasi.clone())]);
        (!quasi.is_empty()).then_some(line)
    }

    fn tables(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        if plan.tables.is_empty() {
            return vec![Block::Para(Line::ours(t.a_no_tables))];
        }
        let rows = plan
            .tables
            .iter()
            .zip(&self.facts.tables)
            .map(|(table, facts)| {
                let mut by: Cell = Line::default().into();
                by.line = say.list(table.by.iter().map(|by| Line::name(&by.name)).collect());
                for dimension in &table.by {
                    let parts = [
                        ("column", Line::name(&dimension.name)),
                        ("form", say.level_form(dimension)),
                    ];
                    by.notes.push(fill(t.tb_as, &parts));
                }
                let figures = say.list(table.figures.iter().map(|f| say.figure(f)).collect());
                let published = facts.table.published();
                vec![
                    Line::name(&table.name).into(),
                    by,
                    figures.into(),
                    Line::count(published).into(),
                ]
            })
            .collect();
        vec![
            Block::Table(Table {
                caption: Line::ours(t.caption_public_tables),
                head: heads([
                    (t.c_table, Width::Free),
                    (t.c_by_columns, Width::Free),
                    (t.c_figures, Width::Free),
                    (t.c_published, Width::Number),
                ]),
                rows,
            }),
            Block::List(vec![
                Line::ours(t.tb_min_public),
                Line::ours(t.tb_remainder),
                Line::ours(t.tb_everyone),
            ]),
        ]
    }

    /// Counts as the manifest gives them.
    fn counts(&self) -> Vec<Block> {
        let t = self.say.t;
        let records = &self.facts.records;
        let mut facts = Vec::new();
        let mut add = |label: &'static str, count: Option<u64>| {
            if let Some(count) = count {
                facts.push(fact(label, Line::count(count)));
            }
        };
        add(t.l_read, records.read);
        if self.plan().policy.extract.is_some() {
            add(t.l_rows_written, Some(records.written));
            add(t.l_withheld, records.withheld);
            add(t.l_quarantined, records.quarantined);
            if records.withheld.is_none() {
                add(t.l_kept_back, records.kept_back);
            }
        }
        let missing = self.facts.balance.without_subject;
        if self.plan().subject.is_some() && (missing == 0 || missing >= records.hidden_below) {
            add(t.l_without_subject, Some(missing));
        }
        let repeated = self.facts.balance.repeated_subject;
        if self.plan().subject.is_some() && (repeated == 0 || repeated >= records.hidden_below) {
            add(t.l_repeated_subject, Some(repeated));
        }
        let mut blocks = vec![Block::Facts(facts)];
        if records.withheld.is_none() || records.read.is_none() {
            blocks.push(Block::Para(Line::ours(t.a_counts_merged)));
        }
        blocks
    }

    fn checks(&self) -> Vec<Block> {
        let t = self.say.t;
        let done = [t.q_done_forms, t.q_done_text, t.q_done_hunt];
        let not = [t.q_not_names, t.q_not_other, t.q_not_law, t.q_not_repeat];
        vec![
            Block::Para(Line::ours(t.q_done)),
            Block::List(done.into_iter().map(Line::ours).collect()),
            Block::Para(Line::ours(t.q_not)),
            Block::List(not.into_iter().map(Line::ours).collect()),
            Block::Para(Line::ours(t.q_search)),
        ]
    }

    fn verify(&self) -> Vec<Block> {
        let t = self.say.t;
        vec![
            Block::Para(Line::ours(t.v_how)),
            Block::Typed(vec!["offrecord verify DIR".to_owned()]),
            Block::Para(Line::ours(t.v_tells)),
            Block::Para(Line::ours(t.v_sums)),
        ]
    }

    fn entries(&self) -> Vec<Entry> {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        let mut entries = Vec::new();
        for at in &plan.outputs {
            let (column, rule) = (&plan.columns[*at], say.rule(*at));
            let holds = match rule.treatment {
                Treatment::Pseudonymise { .. } => t.h_code,
                _ => t.h_column_of,
            };
            entries.push(Entry {
                file: self.extract_name(),
                name: self.written_name(&column.output),
                holds: fill(holds, &[("column", Line::name(&column.name))]),
                treatment: say.treated(&rule.treatment),
                form: say.form(&column.form),
                ground: say.ground(&rule.ground.value),
                missing: Line::ours(t.m_empty),
            });
        }
        for (table, facts) in plan.tables.iter().zip(&self.facts.tables) {
            let file = format!("tables/{}.csv", table.name);
            for by in &table.by {
                let rule = say.rule(by.column);
                let source = Line::name(&plan.columns[by.column].name);
                let treatment = match (&rule.treatment, &rule.tables) {
                    _ if by.to.is_some() => t.tr_generalise,
                    (_, Some(form)) if form.value != General::Keep => t.tr_generalise,
                    (Treatment::Drop, _) | (Treatment::Keep(_), _) => t.tr_keep,
                    (treatment, _) => {
                        entries.push(Entry {
                            file: file.clone(),
                            name: guarded(&by.name),
                            holds: fill(t.h_values_of, &[("column", source)]),
                            treatment: say.treated(treatment),
                            form: say.form(&by.form),
                            ground: say.ground(&rule.ground.value),
                            missing: Line::ours(t.m_empty),
                        });
                        continue;
                    }
                };
                entries.push(Entry {
                    file: file.clone(),
                    name: guarded(&by.name),
                    holds: fill(t.h_values_of, &[("column", source)]),
                    treatment: Line::ours(treatment),
                    form: say.form(&by.form),
                    ground: say.ground(&rule.ground.value),
                    missing: Line::ours(t.m_empty),
                });
            }
            let never = if table.show_withheld {
                t.m_withheld
            } else {
                t.m_never
            };
            for figure in &facts.table.figures {
                let holds = match (figure.as_str(), plan.subject) {
                    ("persons", Some(_)) => t.h_persons,
                    ("persons", None) => t.h_persons_records,
                    _ => t.h_records,
                };
                entries.push(Entry {
                    file: file.clone(),
                    name: figure.clone(),
                    holds: Line::ours(holds),
                    treatment: Line::ours(t.tr_count),
                    form: Line::ours(t.o_count),
                    ground: Line::ours(t.ground_none),
                    missing: Line::ours(never),
                });
            }
            entries.push(Entry {
                file,
                name: "status".to_owned(),
                holds: Line::ours(t.h_status),
                treatment: Line::ours(t.tr_count),
                form: Line::ours(t.o_status),
                ground: Line::ours(t.ground_none),
                missing: Line::ours(t.m_never),
            });
        }
        entries
    }

    /// A name as it stands in the extract's header: guarded in CSV.
    fn written_name(&self, name: &str) -> String {
        match self
            .plan()
            .policy
            .extract
            .as_ref()
            .map(|extract| extract.format)
        {
            Some(Format::Jsonl) => name.to_owned(),
            _ => guarded(name),
        }
    }

    fn dictionary(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut row = |cells: [&str; 7]| {
            for (at, cell) in cells.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                crate::job::push_csv(cell, &mut out);
            }
            out.push(b'\n');
        };
        row([
            "file",
            "name",
            "holds",
            "treatment",
            "form",
            "ground",
            "missing",
        ]);
        for entry in self.entries() {
            let files: Vec<String> = entry
                .file
                .split(" … ")
                .map(|name| self.on_disk(name))
                .collect();
            row([
                &files.join(" … "),
                &super::doc::clean(&entry.name),
                &entry.holds.plain(),
                &entry.treatment.plain(),
                &entry.form.plain(),
                &entry.ground.plain(),
                &entry.missing.plain(),
            ]);
        }
        out
    }

    /// The folder as a Data Package (frictionlessdata.io, version 1).
    fn package(&self) -> Vec<u8> {
        let policy = &self.plan().policy;
        let mut resources = Vec::new();
        if let Some(extract) = &policy.extract {
            let fields: Vec<Value> = self
                .plan()
                .outputs
                .iter()
                .zip(self.entries())
                .map(|(at, entry)| field(&entry, &self.plan().columns[*at].form))
                .collect();
            for part in self.extract_parts() {
                let path = self.on_disk(&part.name);
                resources.push(resource(part, &path, extract.format, fields.clone()));
            }
        }
        for (table, facts) in self.plan().tables.iter().zip(&self.facts.tables) {
            let name = format!("tables/{}.csv", table.name);
            let Some(artefact) = self.facts.artefacts.iter().find(|a| a.name == name) else {
                continue;
            };
            let entries: Vec<Entry> = self
                .entries()
                .into_iter()
                .filter(|entry| entry.file == name)
                .collect();
            let mut forms: Vec<Option<&Form>> = table.by.iter().map(|by| Some(&by.form)).collect();
            forms.resize(entries.len(), None);
            let fields = entries
                .iter()
                .zip(forms)
                .map(|(entry, form)| match form {
                    Some(form) => field(entry, form),
                    None if facts.table.figures.contains(&entry.name) => json!({
                        "name": entry.name,
                        "type": "integer",
                        "description": entry.holds.plain(),
                    }),
                    None => json!({
                        "name": entry.name,
                        "type": "string",
                        "description": entry.holds.plain(),
                    }),
                })
                .collect();
            let path = self.on_disk(&artefact.name);
            resources.push(resource(artefact, &path, Format::Csv, fields));
        }
        let package = json!({
            "profile": "data-package",
            "name": format!("{}-{}", policy.project, policy.name),
            "title": format!("{}/{}", policy.project, policy.name),
            "description": super::doc::clean(&policy.purpose.value),
            "version": policy.version.to_string(),
            "resources": resources,
        });
        format!("{package:#}\n").into_bytes()
    }
}

/// A name as it stands in a header of a CSV file.
fn guarded(name: &str) -> String {
    if crate::job::would_run(name) {
        format!("'{name}")
    } else {
        name.to_owned()
    }
}

fn field(entry: &Entry, form: &Form) -> Value {
    let kind = match form {
        Form::Date { to } if to == "day" => "date",
        Form::Kind { kind: "date", .. } => "date",
        // Nothing else is certain to survive being read as anything but text.
        _ => "string",
    };
    json!({
        "name": entry.name,
        "type": kind,
        "description": format!("{} {}", entry.holds.plain(), entry.form.plain()),
    })
}

fn resource(artefact: &Artefact, path: &str, format: Format, fields: Vec<Value>) -> Value {
    let stem = artefact
        .name
        .rsplit_once('.')
        .map_or(artefact.name.as_str(), |(stem, _)| stem);
    let (format, mediatype, profile) = match format {
        Format::Csv => ("csv", "text/csv", "tabular-data-resource"),
        Format::Jsonl => ("jsonl", "application/jsonl", "data-resource"),
    };
    let mut resource = json!({
        "name": stem.replace('/', "-"),
        "path": path,
        "profile": profile,
        "format": format,
        "mediatype": mediatype,
        "encoding": "utf-8",
        "bytes": artefact.bytes,
        "hash": format!("sha256:{}", hex(&artefact.sha256)),
    });
    if let Value::Object(map) = &mut resource {
        if format == "csv" {
            let dialect = json!({
                "delimiter": ",",
                "lineTerminator": "\n",
                "quoteChar": "\"",
                "doubleQuote": true,
                "header": true,
            });
            map.insert("dialect".to_owned(), dialect);
        }
        map.insert(
            "schema".to_owned(),
            json!({"fields": fields, "missingValues": [""]}),
        );
    }
    resource
}

/// The sentence that nobody may overlook where a run was not approved.
pub(super) fn unapproved(say: &Say<'_>, facts: &Facts) -> Option<Line> {
    (facts.approved.state == ApprovalState::Unapproved).then(|| Line::ours(say.t.ap_unapproved))
}

/// Whether the run was approved, and how sure one can be; no names.
pub(super) fn approval(say: &Say<'_>, facts: &Facts) -> Line {
    let t = say.t;
    let approved = &facts.approved;
    match approved.state {
        ApprovalState::NotAsked => Line::ours(t.ap_not_asked),
        ApprovalState::Unapproved => Line::ours(t.ap_unapproved),
        ApprovalState::Approved => {
            let strengths = approved.strengths.iter().map(|word| {
                Line::ours(match word.as_str() {
                    "signature" => t.ap_signature,
                    "words" => t.ap_words,
                    _ => t.ap_name,
                })
            });
            let n = approved.strengths.len() as u64;
            fill(
                choose(t.ap_approved, n),
                &[
                    ("n", Line::count(n)),
                    ("strengths", say.list(strengths.collect())),
                    (
                        "date",
                        Line::ours(approved.until.clone().unwrap_or_default()),
                    ),
                ],
            )
        }
    }
}
