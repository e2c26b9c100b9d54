//! The plain-language brief of a policy: what `explain` prints.
//!
//! Every sentence comes from the compiled plan. For the newsroom it is whole;
//! for a recipient it leaves out other recipients and the parameters of the
//! protection. May not look at any record.

use serde_json::json;

use super::doc::{Block, Cell, Doc, Line, Section, Table, Width, choose, counted, fill};
use super::say::{Say, Way};
use super::sentences::{
    basis_label, exceptions, fact, further_limits, heads, leaves, limits, not_limited, notices,
    order, policy_and_version, quasi,
};
use super::text::Lang;
use super::{html, markdown};
use crate::key::identity::hex;
use crate::key::words::six_words;
use crate::plan::{Counted, Plan, TOTAL_LABEL, TablePlan};
use crate::policy::model::{
    Bad, Dominance, Example, Expect, Format, Protect, RowRule, Small, SubjectMissing, Treatment,
    Unlisted, Zeros,
};

/// For whom a brief is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The newsroom and its lawyers: everything.
    Newsroom,
    /// The recipient that the plan was compiled for: no other recipients, no
    /// parameters of the protection.
    Recipient,
}

/// How a brief is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BriefFormat {
    /// GitHub-flavoured Markdown.
    Markdown,
    /// One self-contained page.
    Html,
    /// JSON: the same sections and sentences.
    Json,
}

/// The brief of a plan, ending in a line end. It holds the policy's six words
/// and so takes about a third of a second.
#[must_use]
pub fn brief(plan: &Plan, lang: Lang, format: BriefFormat, audience: Audience) -> String {
    let words = six_words(&plan.policy.identity).join(" ");
    let doc = document(plan, lang, audience, &words);
    match format {
        BriefFormat::Markdown => markdown::write(&doc),
        BriefFormat::Html => html::write(&doc),
        BriefFormat::Json => {
            let policy = &plan.policy;
            let head = json!({
                "name": format!("{}/{}", policy.project, policy.name),
                "version": policy.version,
                "sha256": hex(&policy.identity),
                "words": words,
                "recipient": plan.recipient,
            });
            format!("{:#}\n", doc.to_json("offrecord-brief-1", head))
        }
    }
}

/// The brief before it has a form.
pub(super) fn document(plan: &Plan, lang: Lang, audience: Audience, words: &str) -> Doc {
    let brief = Brief {
        say: Say::new(plan, lang),
        audience,
        words,
    };
    let t = brief.say.t;
    let policy = &plan.policy;
    let kicker = match (&plan.recipient, audience) {
        (Some(recipient), Audience::Recipient) => fill(
            t.brief_kicker_for,
            &[("recipient", brief.recipient_name(recipient))],
        ),
        _ => Line::ours(t.brief_kicker),
    };
    let mut sections = vec![brief.first(), brief.glance(), brief.columns()];
    sections.push(section("rows", t.h_rows, brief.rows()));
    sections.push(section("risk", t.h_risk, brief.risk()));
    sections.push(section("tables", t.h_tables, brief.tables()));
    sections.push(section("codes", t.h_codes, brief.codes()));
    sections.push(section("reading", t.h_reading, brief.reading()));
    if let Some(recipients) = brief.recipients() {
        sections.push(recipients);
    }
    if !policy.examples.is_empty() {
        sections.push(section("examples", t.h_examples, brief.examples()));
    }
    if audience == Audience::Newsroom
        && let Some(lines) = super::holds::lines(&brief.say)
    {
        sections.push(section("holds", t.h_holds, lines));
    }
    sections.push(section(
        "limits",
        t.h_limits,
        vec![Block::List(brief.limits())],
    ));
    sections.push(section("identity", t.h_identity, brief.identity()));
    Doc {
        lang,
        kicker,
        title: Line::name(&format!("{}/{}", policy.project, policy.name)),
        lead: Line::theirs(&policy.purpose.value),
        sections,
        foot: Line::ours(t.page_made),
        contents: false,
        meta: Vec::new(),
    }
}

pub(super) fn section(id: &'static str, title: &'static str, blocks: Vec<Block>) -> Section {
    Section {
        id,
        title: Line::ours(title),
        blocks,
    }
}

pub(super) struct Brief<'a> {
    pub(super) say: Say<'a>,
    pub(super) audience: Audience,
    pub(super) words: &'a str,
}

impl<'a> Brief<'a> {
    fn plan(&self) -> &'a Plan {
        self.say.plan
    }

    fn public(&self) -> bool {
        self.audience == Audience::Recipient
    }

    fn recipient_name(&self, id: &str) -> Line {
        let found = self
            .plan()
            .policy
            .recipients
            .iter()
            .find(|known| known.id.value == id);
        match found.and_then(|recipient| recipient.name.as_deref()) {
            Some(name) => Line::theirs(name),
            None => Line::name(id),
        }
    }

    fn first(&self) -> Section {
        let t = self.say.t;
        let mut blocks = Vec::new();
        if let Some(table) = exceptions(&self.say) {
            blocks.push(Block::Notice(counted(
                t.first_exceptions,
                self.plan().policy.exceptions.len() as u64,
            )));
            blocks.push(Block::Table(table));
        }
        blocks.extend(notices(&self.say).into_iter().map(Block::Notice));
        if self.plan().policy.examples.is_empty() && !self.public() {
            blocks.push(Block::Notice(Line::ours(t.first_no_examples)));
        }
        if blocks.is_empty() {
            blocks.push(Block::Para(Line::ours(t.first_none)));
        }
        section("first", t.h_first, blocks)
    }

    fn glance(&self) -> Section {
        let (say, t) = (&self.say, self.say.t);
        let policy = &self.plan().policy;
        let name_of = |at: usize| self.plan().columns[at].name.as_str();
        let named = |way: Way| match say.going(way) {
            going if going.is_empty() => Line::ours(t.none),
            going => say.names(going.into_iter().map(name_of)),
        };
        let mut facts = vec![
            fact(t.l_policy, policy_and_version(say)),
            fact(t.l_leaves, leaves(say)),
        ];
        facts.extend(self.by_treatment());
        if !say.going(Way::Counted).is_empty() {
            facts.push(fact(t.l_tables_only, named(Way::Counted)));
        }
        facts.push(fact(t.l_stays, named(Way::Stays)));
        if let Some(line) = self.limit() {
            facts.push(fact(t.l_risk, line));
        }
        facts.push(fact(t.l_recipient, self.recipients_line()));
        facts.push(fact(
            t.l_valid,
            match &policy.valid_until {
                Some(day) => fill(t.valid_until, &[("date", say.date(day.value))]),
                None => Line::ours(t.valid_open),
            },
        ));
        if let Some(family) = &policy.family {
            facts.push(fact(t.l_data, Line::name(family)));
        }
        for (key, text) in &policy.basis {
            facts.push((basis_label(say, key), vec![Line::theirs(text)]));
        }
        facts.push(fact(t.l_words, Line::name(self.words)));
        section("glance", t.h_glance, vec![Block::Facts(facts)])
    }

    /// The columns that leave in rows, by what happens to them.
    fn by_treatment(&self) -> Vec<(Line, Vec<Line>)> {
        let (say, t) = (&self.say, self.say.t);
        let mut groups: Vec<(Line, Vec<Line>)> = Vec::new();
        for at in say.going(Way::Leaves) {
            let (column, rule) = (&self.plan().columns[at], say.rule(at));
            let mut name = Line::name(&column.name);
            if let Treatment::Generalise(general) = &rule.treatment {
                let parts = [("name", name), ("form", say.general(general, &column.form))];
                name = fill(t.name_and_form, &parts);
            }
            let label = say.treated(&rule.treatment).capital();
            match groups.iter_mut().find(|(known, _)| *known == label) {
                Some((_, names)) => names.push(name),
                None => groups.push((label, vec![name])),
            }
        }
        groups
            .into_iter()
            .map(|(label, names)| (label, vec![say.list(names)]))
            .collect()
    }

    fn recipients_line(&self) -> Line {
        let (say, t) = (&self.say, self.say.t);
        match (
            &self.plan().recipient,
            self.plan().policy.recipients.as_slice(),
        ) {
            (_, []) => Line::ours(t.recipient_all),
            (Some(one), _) => self.recipient_name(one),
            (None, all) => say.list(
                all.iter()
                    .map(|known| self.recipient_name(&known.id.value))
                    .collect(),
            ),
        }
    }

    fn columns(&self) -> Section {
        let t = self.say.t;
        let mut blocks = Vec::new();
        for (way, caption) in [
            (Way::Leaves, t.caption_leave),
            (Way::Counted, t.caption_counted),
            (Way::Stays, t.caption_stay),
        ] {
            let going = self.say.going(way);
            if going.is_empty() {
                continue;
            }
            let rows = going
                .into_iter()
                .map(|at| {
                    let rule = self.say.rule(at);
                    vec![
                        Line::name(&rule.name.value).into(),
                        self.say.column(at),
                        self.say.ground(&rule.ground.value).into(),
                        Line::theirs(&rule.why.value).into(),
                    ]
                })
                .collect();
            blocks.push(Block::Table(Table {
                caption: Line::ours(caption),
                head: heads([
                    (t.c_column, Width::Narrow),
                    (t.c_happens, Width::Wide),
                    (t.c_ground, Width::Free),
                    (t.c_why, Width::Free),
                ]),
                rows,
            }));
        }
        section("columns", t.h_columns, blocks)
    }

    pub(super) fn rows(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        let policy = &plan.policy;
        let Some(extract) = &policy.extract else {
            return vec![Block::Para(Line::ours(t.e_none))];
        };
        let mut lines = vec![Line::ours(match extract.format {
            Format::Csv => t.e_csv,
            Format::Jsonl => t.e_jsonl,
        })];
        if let Some(rows) = extract.part_rows {
            lines.push(counted(t.e_parts, rows));
        }
        if extract.bom {
            lines.push(Line::ours(t.e_bom));
        }
        lines.push(order(say));
        // For a recipient only the rules that hold for it; else all, each with
        // the recipients it is for.
        let rules: Vec<&RowRule> = match (&plan.recipient, self.public()) {
            (Some(_), _) | (None, true) => plan
                .rows
                .iter()
                .filter_map(|check| policy.rows.get(check.rule))
                .collect(),
            (None, false) => policy.rows.iter().collect(),
        };
        if rules.is_empty() {
            lines.push(Line::ours(t.r_all));
            return vec![Block::List(lines)];
        }
        lines.push(Line::ours(t.r_unfit));
        if rules.iter().any(|rule| rule.only) {
            lines.push(Line::ours(t.r_only_missing));
        }
        if !plan.tables.is_empty() {
            lines.push(Line::ours(t.r_tables));
        }
        let whom = rules.iter().any(|rule| !rule.recipients.is_empty()) && !self.public();
        let mut head = vec![(t.c_rule, Width::Wide)];
        if whom {
            head.push((t.c_for, Width::Narrow));
        }
        head.extend([(t.c_ground, Width::Free), (t.c_why, Width::Free)]);
        let rows = rules
            .iter()
            .map(|rule| {
                let sentence = if self.public() {
                    say.row_rule_hidden(rule)
                } else {
                    say.row_rule(rule)
                };
                let mut row: Vec<Cell> = vec![sentence.into()];
                if whom {
                    row.push(match rule.recipients.is_empty() {
                        true => Line::ours(t.r_everyone).into(),
                        false => say
                            .names(rule.recipients.iter().map(|id| id.value.as_str()))
                            .into(),
                    });
                }
                row.push(say.ground(&rule.ground.value).into());
                row.push(Line::theirs(&rule.why.value).into());
                row
            })
            .collect();
        vec![
            Block::Table(Table {
                caption: Line::ours(t.caption_rows),
                head: heads(head),
                rows,
            }),
            Block::List(lines),
        ]
    }

    pub(super) fn risk(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        let Some(extract) = &plan.policy.extract else {
            return vec![Block::Para(Line::ours(t.p_rows_alone))];
        };
        if extract.risk.is_none() {
            return vec![Block::Para(not_limited(say))];
        }
        let line = self
            .limit()
            .unwrap_or_else(|| Line::ours(t.k_without_quasi));
        vec![Block::Para(line)]
    }

    /// The limit on row risk, where it limits anything.
    fn limit(&self) -> Option<Line> {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        let risk = plan.policy.extract.as_ref()?.risk.as_ref()?;
        let quasi = quasi(say);
        if quasi.is_empty() {
            return None;
        }
        let mut line = if self.public() {
            fill(t.k_limit_public, &[("columns", quasi)])
        } else {
            let template = if plan.subject.is_some() {
                t.k_limit_people
            } else {
                t.k_limit
            };
            fill(
                template,
                &[("columns", quasi), ("k", Line::count(risk.people()))],
            )
        };
        line.push(Line::ours(t.sentence_gap));
        line.push(Line::ours(match risk.small {
            Small::WithholdRows => t.k_withhold,
            Small::SuppressValues => t.k_suppress,
            Small::Generalise => t.k_generalise,
            Small::Refuse => t.k_refuse,
        }));
        if risk.small == Small::Generalise && !self.public() {
            let parts = [
                ("loss", Line::name(risk.loss.name())),
                ("share", Line::ours((risk.max_withheld * 100.0).to_string())),
            ];
            line.push(Line::ours(t.sentence_gap));
            line.push(fill(t.k_loss, &parts));
        }
        for more in further_limits(say, self.public()) {
            line.push(Line::ours(t.sentence_gap));
            line.push(more);
        }
        Some(line)
    }

    pub(super) fn tables(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        if plan.tables.is_empty() {
            return vec![Block::Para(Line::ours(t.tb_none))];
        }
        let mut blocks = Vec::new();
        for (table, rule) in plan.tables.iter().zip(&plan.policy.tables) {
            let figures = say.list(table.figures.iter().map(|f| say.figure(f)).collect());
            let by = say.names(table.by.iter().map(|by| by.name.as_str()));
            let mut lines = vec![fill(
                t.tb_counts,
                &[
                    ("table", Line::name(&table.name)),
                    ("figures", figures),
                    ("columns", by),
                ],
            )];
            for by in &table.by {
                let parts = [
                    ("column", Line::name(&by.name)),
                    ("form", say.level_form(by)),
                ];
                lines.push(fill(t.tb_as, &parts));
            }
            let perturbed = table.protect == Protect::CellKey;
            let (public, private) = match perturbed {
                true => (t.tb_noise_public, t.tb_noise),
                false => (t.tb_min_public, t.tb_min),
            };
            lines.push(match self.public() {
                true => Line::ours(public),
                false => fill(private, &[("n", Line::count(table.min))]),
            });
            if !perturbed {
                lines.push(Line::ours(t.tb_remainder));
            }
            lines.extend(self.contributors(table));
            if perturbed && !self.public() {
                let spec = crate::job::noise_of(table);
                let parts = [
                    ("n", Line::count(spec.bound)),
                    ("variance", Line::ours(spec.variance.to_string())),
                ];
                lines.push(fill(t.tb_noise_size, &parts));
            }
            let label = [("label", Line::name(TOTAL_LABEL))];
            if table.depths.iter().any(|depth| *depth > 1) {
                lines.push(fill(t.tb_levels, &label));
            }
            if table.totals {
                lines.push(fill(t.tb_totals, &label));
            }
            let why = rule
                .why
                .as_ref()
                .map_or_else(Line::default, |why| Line::theirs(&why.value));
            match rule.zeros {
                Zeros::Protect if perturbed => {}
                Zeros::Protect => lines.push(Line::ours(t.tb_zeros_protect)),
                Zeros::Publish => lines.push(Line::ours(t.tb_zeros_publish)),
            }
            if table.show_withheld {
                lines.push(Line::ours(t.tb_show));
            }
            if !why.is_empty() {
                lines.push(fill(t.tb_why, &[("why", why)]));
            }
            blocks.push(Block::List(lines));
        }
        blocks.push(Block::Para(Line::ours(t.tb_everyone)));
        blocks
    }

    /// Rules against large contributors, where the table has sums or means.
    fn contributors(&self, table: &TablePlan) -> Vec<Line> {
        let t = self.say.t;
        let amounts = |figure: &Counted| matches!(figure, Counted::Sum(..) | Counted::Mean(..));
        if !table.figures.iter().any(amounts) {
            return Vec::new();
        }
        if self.public() {
            return vec![Line::ours(t.tb_parts_public)];
        }
        let percent = |n: u64| Line::ours(n.to_string());
        crate::job::contributor_rules(self.plan())
            .into_iter()
            .map(|rule| match rule {
                Dominance::Percent(p) => fill(t.tb_percent, &[("p", percent(p))]),
                Dominance::Largest { n, k } => fill(
                    choose(t.tb_dominance, n),
                    &[("n", Line::count(n)), ("k", percent(k))],
                ),
                Dominance::Prior { p, q } => {
                    fill(t.tb_prior, &[("p", percent(p)), ("q", percent(q))])
                }
            })
            .collect()
    }

    pub(super) fn codes(&self) -> Vec<Block> {
        let t = self.say.t;
        let policy = &self.plan().policy;
        let mut lines = Vec::new();
        for domain in &policy.domains {
            let parts = [
                ("domain", Line::name(&domain.name)),
                ("prefix", Line::name(&format!("{}-", domain.prefix))),
                ("bits", Line::count(u64::from(domain.bits))),
                ("project", Line::name(&policy.project)),
            ];
            lines.push(fill(t.d_domain, &parts));
        }
        if policy.domains.is_empty() {
            lines.push(Line::ours(t.d_none));
        } else {
            lines.push(Line::ours(t.d_same));
            lines.push(Line::ours(t.d_key));
            if !policy.recipients.is_empty() && !self.public() {
                lines.push(Line::ours(t.d_recipient));
            }
        }
        match &policy.subject {
            Some(subject) => {
                lines.push(fill(
                    t.s_subject,
                    &[("column", Line::name(&subject.column.value))],
                ));
                lines.push(Line::ours(match subject.missing {
                    SubjectMissing::OwnRecord => t.s_own_record,
                    SubjectMissing::Exclude => t.s_exclude,
                }));
            }
            None => lines.push(Line::ours(t.s_none)),
        }
        vec![Block::List(lines)]
    }

    pub(super) fn reading(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let policy = &self.plan().policy;
        let input = &policy.input;
        let encoding = Line::name(&input.encoding.value);
        let mut lines = Vec::new();
        match input.format {
            Format::Csv => {
                let delimiter = match input.delimiter {
                    b'\t' => Line::ours(t.i_delimiter_tab),
                    b' ' => Line::ours(t.i_delimiter_space),
                    other => Line::name(&char::from(other).to_string()),
                };
                lines.push(fill(
                    t.i_csv,
                    &[("encoding", encoding), ("delimiter", delimiter)],
                ));
                if input.quote.is_none() {
                    lines.push(Line::ours(t.i_no_quote));
                }
                if !input.header {
                    lines.push(Line::ours(t.i_no_header));
                }
            }
            Format::Jsonl => lines.push(fill(t.i_jsonl, &[("encoding", encoding)])),
        }
        lines.push(fill(t.i_missing, &[("values", say.values(&input.missing))]));
        lines.push(match input.bad {
            Bad::Refuse => Line::ours(t.i_bad_refuse),
            Bad::Quarantine if self.public() => Line::ours(t.i_bad_quarantine),
            Bad::Quarantine => {
                let mut line = Line::ours(t.i_bad_quarantine);
                line.push(Line::ours(t.sentence_gap));
                let share = Line::ours(format!("{}", input.max_bad * 100.0));
                line.push(fill(t.i_max_bad, &[("share", share)]));
                line
            }
        });
        lines.push(Line::ours(match policy.unlisted {
            Unlisted::Refuse => t.i_unlisted_refuse,
            Unlisted::Drop => t.i_unlisted_drop,
        }));
        vec![Block::List(lines)]
    }

    pub(super) fn recipients(&self) -> Option<Section> {
        let (say, t) = (&self.say, self.say.t);
        let policy = &self.plan().policy;
        let mine = self.plan().recipient.as_deref();
        let shown: Vec<_> = policy
            .recipients
            .iter()
            .filter(|known| match self.audience {
                Audience::Newsroom => true,
                Audience::Recipient => mine == Some(known.id.value.as_str()),
            })
            .collect();
        if shown.is_empty() {
            return None;
        }
        let text = |text: &Option<String>| -> Cell {
            text.as_deref()
                .map_or_else(|| Line::ours(t.dash), Line::theirs)
                .into()
        };
        let rows = shown
            .iter()
            .map(|known| {
                vec![
                    Line::name(&known.id.value).into(),
                    text(&known.name),
                    text(&known.country),
                    text(&known.role),
                    text(&known.transfer),
                    known
                        .delete_by
                        .map_or_else(|| Line::ours(t.dash), |day| say.date(day))
                        .into(),
                ]
            })
            .collect();
        let mut blocks = vec![Block::Table(Table {
            caption: Line::ours(t.caption_recipients),
            head: heads([
                (t.c_rule_name, Width::Narrow),
                (t.c_name, Width::Free),
                (t.c_country, Width::Narrow),
                (t.c_role, Width::Free),
                (t.c_transfer, Width::Free),
                (t.c_delete, Width::Free),
            ]),
            rows,
        })];
        if !self.public() {
            let one = policy.recipients.len() == 1;
            blocks.push(Block::Para(Line::ours(if one {
                t.rc_one
            } else {
                t.rc_own
            })));
        }
        Some(section("recipients", t.h_recipients, blocks))
    }

    pub(super) fn examples(&self) -> Vec<Block> {
        let t = self.say.t;
        let mut blocks = vec![Block::Para(Line::ours(if self.public() {
            t.x_intro_recipient
        } else {
            t.x_intro
        }))];
        for (at, example) in self.plan().policy.examples.iter().enumerate() {
            let caption = counted(t.x_example, at as u64 + 1);
            if let Some(table) = self.example(example, caption) {
                blocks.push(Block::Table(table));
            }
        }
        blocks
    }

    /// One example: each column before and after. For a recipient what comes
    /// out alone.
    fn example(&self, example: &Example, caption: Line) -> Option<Table> {
        let t = self.say.t;
        let plan = self.plan();
        let literal = |text: &str| match text {
            "" => Line::ours(t.empty_cell),
            text => Line::name(text),
        };
        let expected: &[(_, String)] = match &example.expect {
            Expect::Values(values) => values,
            Expect::Quarantined | Expect::Withheld => &[],
        };
        if self.public() {
            let rows: Vec<Vec<Cell>> = expected
                .iter()
                .map(|(column, value)| {
                    vec![Line::name(&column.value).into(), literal(value).into()]
                })
                .collect();
            let head = heads([(t.c_column, Width::Narrow), (t.c_after, Width::Free)]);
            return (!rows.is_empty()).then_some(Table {
                caption,
                head,
                rows,
            });
        }
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let fate = match example.expect {
            Expect::Values(_) => None,
            Expect::Quarantined => Some(t.x_quarantined),
            Expect::Withheld => Some(t.x_withheld),
        };
        let output_of = |name: &str| {
            plan.columns
                .iter()
                .find(|c| c.name == name)
                .map_or("", |c| c.output.as_str())
                .to_owned()
        };
        for (column, value) in &example.given {
            let output = output_of(&column.value);
            let leaves = plan
                .columns
                .iter()
                .any(|c| c.name == column.value && c.leaves);
            let found = expected
                .iter()
                .find(|(known, _)| known.value == output || known.value == column.value);
            let after = match (fate, found, leaves) {
                (Some(fate), _, _) => Line::ours(fate),
                (None, Some((_, value)), _) => literal(value),
                (None, None, false) => Line::ours(t.t_drop),
                (None, None, true) => Line::ours(t.x_not_shown),
            };
            rows.push(vec![
                Line::name(&column.value).into(),
                literal(value).into(),
                after.into(),
            ]);
        }
        for (column, value) in expected {
            let given = example.given.iter().any(|(known, _)| {
                known.value == column.value || output_of(&known.value) == column.value
            });
            if !given {
                rows.push(vec![
                    Line::name(&column.value).into(),
                    Line::ours(t.empty_cell).into(),
                    literal(value).into(),
                ]);
            }
        }
        let head = heads([
            (t.c_column, Width::Narrow),
            (t.c_before, Width::Free),
            (t.c_after, Width::Free),
        ]);
        (!rows.is_empty()).then_some(Table {
            caption,
            head,
            rows,
        })
    }

    fn limits(&self) -> Vec<Line> {
        limits(&self.say, true)
    }

    fn identity(&self) -> Vec<Block> {
        let t = self.say.t;
        let policy = &self.plan().policy;
        let mut blocks = vec![
            Block::Para(Line::ours(t.id_what)),
            Block::Facts(vec![
                fact(t.l_policy, policy_and_version(&self.say)),
                fact(t.l_identity, Line::name(&hex(&policy.identity))),
                fact(t.l_words, Line::name(self.words)),
            ]),
            Block::Para(Line::ours(t.id_compare)),
        ];
        if !policy.files.is_empty() && !self.public() {
            let files = self
                .say
                .names(policy.files.iter().map(|file| file.name.value.as_str()));
            blocks.push(Block::Para(fill(t.id_files, &[("files", files)])));
        }
        blocks
    }
}
