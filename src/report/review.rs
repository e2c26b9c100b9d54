//! The review pack: what a lawyer needs to read, question and sign a policy.
//!
//! One document, made from the compiled plan and from what a trial run and the
//! risk measures counted; where something was not measured it says so and how
//! to measure it. It holds counts, names of columns and the policy's own
//! invented examples, no value of the input. It judges nothing but what a
//! program can see: people decide.

mod found;
mod law;
mod risk;
mod source;

pub use source::{Source, SourceColumn, SourceSign};

use super::brief::{Audience, Brief, section};
use super::diff::{Change, change_blocks};
use super::doc::{
    Block, Cell, Chart, Doc, Line, Section, SignOff, Table, Width, choose, counted, fill,
};
use super::say::{Say, Way};
use super::sentences::{
    basis_label, exceptions, fact, heads, leaves, limits, notices, policy_and_version, quasi,
};
use super::text::Lang;
use super::{docx, html};
use sha2::{Digest, Sha256};

use crate::job::Facts;
use crate::key::approval::unhex;
use crate::key::identity::hex;
use crate::key::words::six_words;
use crate::plan::Plan;
use crate::plan::diff::Direction;
use crate::policy::model::{Expect, Treatment};
use crate::release::table::Status;
use crate::risk::measures::Measures;

/// What the program has found, beside the plan.
#[derive(Default)]
pub struct Evidence<'a> {
    /// Where the house rules come from and their SHA-256; `None` where they are off.
    pub house: Option<(String, [u8; 32])>,
    /// Faults of the policy that `check` names.
    pub errors: usize,
    /// Warnings of `check`, in words.
    pub warnings: Vec<String>,
    /// What a trial run counted.
    pub facts: Option<&'a Facts>,
    /// Why the trial run gave no release.
    pub failed: Option<String>,
    /// The raw file, measured on the columns that leave.
    pub before: Option<&'a Measures>,
    /// The rows of the trial release.
    pub after: Option<&'a Measures>,
    /// What a profile of the raw file saw.
    pub source: Option<Source>,
    /// What changed since the last approval: `None` where there is none.
    pub changes: Option<Vec<Change>>,
}

/// What the program makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// Nothing stands in the way that a program can see.
    Ready,
    /// Something to be weighed.
    Conditions,
    /// Something that must be mended.
    NotReady,
}

impl Ready {
    /// The word for scripts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Ready::Ready => "ready",
            Ready::Conditions => "ready with conditions",
            Ready::NotReady => "not ready",
        }
    }
}

/// The pack in its forms.
pub struct Pack {
    /// One page for a browser.
    pub html: String,
    /// The same for a word processor.
    pub docx: Vec<u8>,
    /// The first sheet alone.
    pub sheet: String,
    /// SHA-256 of the page, in hex, as [`named`] reads it: what an approval names.
    pub id: String,
    /// The verdict.
    pub ready: Ready,
}

/// Makes the pack. Takes about a third of a second for the six words.
#[must_use]
pub fn review(plan: &Plan, evidence: &Evidence<'_>, lang: Lang) -> Pack {
    let review = Review {
        say: Say::new(plan, lang),
        e: evidence,
        words: six_words(&plan.policy.identity).join(" "),
    };
    let page = review.page(&blank());
    let unsigned = html::write(&page);
    let id = hex(Sha256::digest(&unsigned).as_slice());
    let doc = review.page(&id);
    let mut sheet = doc.clone();
    sheet.sections.retain(|section| section.id == "sheet");
    sheet.contents = false;
    Pack {
        html: unsigned.replace(&blank(), &id),
        docx: docx::write(&doc),
        sheet: html::write(&sheet),
        id,
        ready: review.ready().0,
    }
}

/// What stands in a pack for its identity while that is computed.
fn blank() -> String {
    hex(Sha256::digest("offrecord-pack-1").as_slice())
}

/// What a pack's page says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its identity.
    pub pack: String,
    /// SHA-256 of the policy that it is for, in hex.
    pub policy: String,
    /// Whether the page is byte for byte as it was written.
    pub whole: bool,
}

/// Reads the page of a pack: its identity is the SHA-256 of the page itself,
/// with the SHA-256 of `offrecord-pack-1` in its place. `None` where the page
/// is no pack.
#[must_use]
pub fn named(html: &[u8]) -> Option<Named> {
    let text = String::from_utf8_lossy(html);
    let meta = |name: &str| {
        let (_, rest) = text.split_once(&format!("<meta name=\"{name}\" content=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let (pack, policy) = (meta("offrecord-pack")?, meta("offrecord-policy")?);
    let whole = unhex(&pack).is_some()
        && std::str::from_utf8(html).is_ok()
        && hex(Sha256::digest(text.replace(&pack, &blank())).as_slice()) == pack;
    Some(Named {
        pack,
        policy,
        whole,
    })
}

struct Review<'a> {
    say: Say<'a>,
    e: &'a Evidence<'a>,
    /// The six words of the policy.
    words: String,
}

impl<'a> Review<'a> {
    fn plan(&self) -> &'a Plan {
        self.say.plan
    }

    /// The whole pack, saying `id` of itself.
    fn page(&self, id: &str) -> Doc {
        let t = self.say.t;
        let identity = hex(&self.plan().policy.identity);
        let mut doc = self.document();
        doc.meta = vec![
            ("offrecord-pack", id.to_owned()),
            ("offrecord-policy", identity.clone()),
        ];
        let known = vec![
            fact(t.l_words, Line::name(&self.words)),
            fact(t.rv_l_pack, Line::name(id)),
        ];
        for section in &mut doc.sections {
            match section.id {
                "sheet" => section.blocks.push(Block::Facts(known.clone())),
                "sign" => {
                    section.blocks.push(Block::Facts(known.clone()));
                    section.blocks.push(Block::SignOff(Box::new(SignOff {
                        policy: identity.clone(),
                        pack: id.to_owned(),
                        file: format!("sign-off-{}.json", self.plan().policy.name),
                    })));
                }
                _ => {}
            }
        }
        doc
    }

    fn document(&self) -> Doc {
        let t = self.say.t;
        let policy = &self.plan().policy;
        let part = |id, title, blocks| section(id, title, blocks);
        Doc {
            lang: self.say.lang,
            kicker: Line::ours(t.rv_kicker),
            title: Line::name(&format!("{}/{}", policy.project, policy.name)),
            lead: Line::theirs(&policy.purpose.value),
            sections: vec![
                self.sheet(),
                part("purpose", t.rv_h_purpose, self.purpose()),
                part("leaves", t.rv_h_leaves, self.leaves()),
                part("index", t.rv_h_index, self.index()),
                part("before", t.rv_h_before, self.before_after()),
                part("risk", t.rv_h_risk, self.risk()),
                part("text", t.rv_h_text, self.text()),
                part("tables", t.rv_h_tables, self.tables()),
                part("quality", t.rv_h_quality, self.quality()),
                part("changes", t.rv_h_changes, self.changes()),
                part("law", t.rv_h_law, self.law()),
                part("keys", t.rv_h_keys, self.keys()),
                part(
                    "rights",
                    t.rv_h_rights,
                    list([t.rv_rights_1, t.rv_rights_2, t.rv_rights_3]),
                ),
                part("exceptions", t.rv_h_exceptions, self.exceptions()),
                part("residual", t.rv_h_residual, self.residual()),
                part(
                    "incident",
                    t.rv_h_incident,
                    list([t.rv_inc_1, t.rv_inc_2, t.rv_inc_3, t.rv_inc_4, t.rv_inc_5]),
                ),
                part("dpia", t.rv_h_dpia, self.dpia()),
                part(
                    "sign",
                    t.rv_h_sign,
                    vec![Block::Para(Line::ours(t.rv_sign_how))],
                ),
                part("glossary", t.rv_h_glossary, self.glossary()),
                part("limits", t.rv_h_limits, self.limits()),
            ],
            foot: Line::ours(t.rv_foot),
            contents: true,
            meta: Vec::new(),
        }
    }

    /// The verdict and what it rests on.
    fn ready(&self) -> (Ready, Vec<Line>) {
        let t = self.say.t;
        let e = self.e;
        let (mut not, mut conditions) = (Vec::new(), Vec::new());
        if e.errors > 0 {
            not.push(counted(t.rv_why_error, e.errors as u64));
        }
        if let Some(why) = &e.failed {
            not.push(fill(t.rv_why_failed, &[("why", Line::theirs(why))]));
        }
        if e.house.is_none() {
            conditions.push(Line::ours(t.rv_why_no_house));
        }
        if !e.warnings.is_empty() {
            conditions.push(counted(t.rv_why_warning, e.warnings.len() as u64));
        }
        match self.weighty_signs() {
            0 => {}
            signs => conditions.push(counted(t.rv_why_sign, signs)),
        }
        let exceptions = self.plan().policy.exceptions.len() as u64;
        if exceptions > 0 {
            conditions.push(counted(t.rv_why_exception, exceptions));
        }
        if let Some(extract) = &self.plan().policy.extract
            && extract.risk.is_none()
        {
            conditions.push(Line::ours(t.rv_why_risk));
        }
        if e.facts.is_none() && e.failed.is_none() {
            conditions.push(Line::ours(t.rv_why_measured));
        }
        let looser = e.changes.iter().flatten();
        let looser = looser.filter(|c| c.direction == Direction::Looser).count() as u64;
        if looser > 0 {
            conditions.push(counted(t.rv_why_looser, looser));
        }
        let ready = match (not.is_empty(), conditions.is_empty()) {
            (false, _) => Ready::NotReady,
            (true, false) => Ready::Conditions,
            (true, true) => Ready::Ready,
        };
        not.extend(conditions);
        if not.is_empty() {
            not.push(Line::ours(t.rv_why_nothing));
        }
        (ready, not)
    }

    fn sheet(&self) -> Section {
        let (say, t) = (&self.say, self.say.t);
        let policy = &self.plan().policy;
        let (ready, why) = self.ready();
        let verdict = Line::ours(match ready {
            Ready::Ready => t.rv_ready,
            Ready::Conditions => t.rv_conditions,
            Ready::NotReady => t.rv_not_ready,
        });
        let mut blocks = vec![Block::Notice(verdict)];
        if let Some(table) = exceptions(say) {
            blocks.push(Block::Table(table));
        }
        let name_of = |at: usize| self.plan().columns[at].name.as_str();
        let going = |way: Way| match say.going(way) {
            going if going.is_empty() => Line::ours(t.none),
            going => say.few(going.into_iter().map(name_of)),
        };
        let mut leaving = leaves(say);
        if let Some(facts) = self.e.facts {
            leaving.push(Line::ours(t.colon));
            leaving.push(Line::count(facts.balance.written));
            leaving.push(Line::ours(format!(" {}", t.c_rows.to_lowercase())));
        }
        let mut facts = vec![
            (Line::ours(t.rv_l_why), why),
            fact(t.l_policy, policy_and_version(say)),
            fact(t.l_leaves, leaving),
            fact(t.caption_leave, going(Way::Leaves)),
            fact(t.l_tables_only, going(Way::Counted)),
            fact(t.l_stays, going(Way::Stays)),
            fact(t.l_recipient, self.recipients()),
            fact(
                t.l_valid,
                match &policy.valid_until {
                    Some(day) => fill(t.valid_until, &[("date", say.date(day.value))]),
                    None => Line::ours(t.valid_open),
                },
            ),
            fact(t.rv_l_who, self.who()),
            (Line::ours(t.rv_l_risky), self.risky()),
            fact(
                t.rv_l_changed,
                match &self.e.changes {
                    None => Line::ours(t.rv_never_signed),
                    Some(changes) if changes.is_empty() => Line::ours(t.rv_unchanged),
                    Some(changes) => summary(say, changes),
                },
            ),
            fact(
                t.rv_l_house,
                match &self.e.house {
                    None => Line::ours(t.rv_why_no_house),
                    Some((origin, sha256)) => {
                        let mut line = Line::name(origin);
                        line.push(Line::ours(" "));
                        line.push(Line::name(hex(sha256).get(..16).unwrap_or_default()));
                        line
                    }
                },
            ),
            fact(t.rv_l_input, self.input()),
            fact(t.l_identity, Line::name(&hex(&policy.identity))),
        ];
        facts.push(fact(t.rv_l_decide, Line::ours(t.rv_decide)));
        blocks.push(Block::Facts(facts));
        section("sheet", t.rv_h_sheet, blocks)
    }

    fn input(&self) -> Line {
        let t = self.say.t;
        match self.e.facts {
            None => Line::ours(t.rv_not_measured),
            Some(facts) => {
                let hashes: Vec<String> =
                    facts.inputs.iter().map(|(sha256, _)| hex(sha256)).collect();
                fill(
                    choose(t.rv_input, facts.inputs.len() as u64),
                    &[
                        ("n", Line::count(facts.balance.read())),
                        ("files", Line::count(facts.inputs.len() as u64)),
                        ("hash", self.say.values(&hashes)),
                    ],
                )
            }
        }
    }

    fn recipients(&self) -> Line {
        let (say, t) = (&self.say, self.say.t);
        let policy = &self.plan().policy;
        match policy.recipients.as_slice() {
            [] => Line::ours(t.recipient_all),
            all => say.list(
                all.iter()
                    .map(|known| match &known.name {
                        Some(name) => Line::theirs(name),
                        None => Line::name(&known.id.value),
                    })
                    .collect(),
            ),
        }
    }

    fn who(&self) -> Line {
        let (say, t) = (&self.say, self.say.t);
        let Some(extract) = &self.plan().policy.extract else {
            return Line::ours(t.rv_who_none);
        };
        let columns = quasi(say);
        let smallest = match (self.e.after, &extract.risk) {
            (Some(after), _) if after.k > 0 => after.k,
            (_, Some(risk)) => risk.k.value,
            _ => 1,
        };
        if columns.is_empty() {
            return Line::ours(t.k_without_quasi);
        }
        let parts = [("columns", columns), ("n", Line::count(smallest))];
        let template = match smallest {
            0 | 1 => t.rv_who_unlimited,
            _ => t.rv_who_measured,
        };
        fill(template, &parts)
    }

    fn risky(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = notices(&self.say);
        lines.extend(limits(&self.say, false).into_iter().take(3));
        lines
    }

    fn purpose(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let policy = &self.plan().policy;
        let mut facts = vec![fact(t.df_purpose, Line::theirs(&policy.purpose.value))];
        for key in [
            "controller",
            "lawful_basis",
            "special_category",
            "exemption",
            "believed_by",
            "dpia",
        ] {
            let written = policy.basis.iter().find(|(known, _)| known == key);
            facts.push((
                basis_label(say, key),
                vec![written.map_or_else(
                    || Line::ours(t.rv_purpose_not),
                    |(_, text)| Line::theirs(text),
                )],
            ));
        }
        vec![Block::Facts(facts), Block::Para(Line::ours(t.rv_necessity))]
    }

    /// A value as it would leave, from the policy's own examples.
    fn example(&self, at: usize) -> Line {
        let plan = self.plan();
        let column = &plan.columns[at];
        for example in &plan.policy.examples {
            if let Expect::Values(values) = &example.expect {
                let found = values.iter().find(|(name, value)| {
                    (name.value == column.output || name.value == column.name) && !value.is_empty()
                });
                if let Some((_, value)) = found {
                    return Line::name(value);
                }
            }
        }
        self.say.form(&column.form)
    }

    fn leaves(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let going = say.going(Way::Leaves);
        if going.is_empty() {
            return vec![Block::Para(Line::ours(t.rv_who_none))];
        }
        let rows = going
            .into_iter()
            .map(|at| {
                let filled =
                    match self.e.facts.and_then(|facts| {
                        Some((facts.balance.columns.get(at)?, facts.balance.read()))
                    }) {
                        Some((counts, read)) if read > 0 => percent(counts.treated, read),
                        _ => Line::ours(t.rv_not_measured),
                    };
                let mut happens = say.column(at);
                happens.notes.push({
                    let mut why = Line::ours(format!("{}{}", t.c_why, t.colon));
                    why.push(Line::theirs(&say.rule(at).why.value));
                    why
                });
                vec![
                    Line::name(&self.plan().columns[at].output).into(),
                    happens,
                    self.example(at).into(),
                    filled.into(),
                    Line::ours(t.rv_yes_no).into(),
                ]
            })
            .collect();
        vec![
            Block::Table(Table {
                caption: Line::ours(t.caption_leave),
                head: heads([
                    (t.c_column, Width::Narrow),
                    (t.c_happens, Width::Wide),
                    (t.rv_c_example, Width::Free),
                    (t.rv_c_filled, Width::Number),
                    (t.rv_c_box, Width::Narrow),
                ]),
                rows,
            }),
            Block::Facts(vec![fact(t.rv_c_recipients, self.recipients())]),
        ]
    }

    fn index(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let plan = self.plan();
        let rows = (0..plan.columns.len())
            .filter_map(|at| {
                let rule = say.rule(at);
                let way = say.way(at);
                if way == Way::Leaves && matches!(rule.treatment, Treatment::Keep(_)) {
                    return None;
                }
                let whole = match way {
                    Way::Leaves => t.rv_part,
                    Way::Counted => t.rv_tables_only,
                    Way::Stays => t.rv_whole,
                };
                let count = match self.e.facts.and_then(|f| f.balance.columns.get(at)) {
                    Some(counts) if way == Way::Leaves => Line::count(counts.treated),
                    _ => match self.e.facts {
                        Some(facts) => Line::count(facts.balance.read()),
                        None => Line::ours(t.dash),
                    },
                };
                Some(vec![
                    Line::name(&rule.name.value).into(),
                    Line::ours(whole).into(),
                    Cell {
                        line: say.ground(&rule.ground.value),
                        notes: vec![Line::theirs(&rule.why.value)],
                    },
                    count.into(),
                    self.coarser(at).into(),
                ])
            })
            .collect();
        vec![
            Block::Para(Line::ours(t.rv_index_intro)),
            Block::Table(Table {
                caption: Line::ours(t.rv_h_index),
                head: heads([
                    (t.c_column, Width::Narrow),
                    (t.rv_c_whole, Width::Narrow),
                    (t.c_ground, Width::Free),
                    (t.rv_c_count, Width::Number),
                    (t.rv_c_coarser, Width::Free),
                ]),
                rows,
            }),
        ]
    }

    fn brief(&self) -> Brief<'a> {
        Brief {
            say: self.say,
            audience: Audience::Newsroom,
            words: "",
        }
    }

    fn before_after(&self) -> Vec<Block> {
        if self.plan().policy.examples.is_empty() {
            return vec![Block::Para(Line::ours(self.say.t.rv_before_none))];
        }
        self.brief().examples()
    }

    fn changes(&self) -> Vec<Block> {
        let t = self.say.t;
        match &self.e.changes {
            None => vec![Block::Para(Line::ours(t.rv_never_signed))],
            Some(changes) if changes.is_empty() => vec![Block::Para(Line::ours(t.rv_unchanged))],
            Some(changes) => change_blocks(&self.say, changes),
        }
    }

    fn exceptions(&self) -> Vec<Block> {
        let t = self.say.t;
        let mut blocks = match exceptions(&self.say) {
            Some(table) => vec![Block::Table(table)],
            None => vec![Block::Para(Line::ours(t.none))],
        };
        if !self.e.warnings.is_empty() {
            blocks.push(Block::Para(Line::ours(t.rv_warnings)));
            let lines = self.e.warnings.iter().map(|text| Line::theirs(text));
            blocks.push(Block::List(lines.collect()));
        }
        blocks
    }

    fn residual(&self) -> Vec<Block> {
        let t = self.say.t;
        let rows = notices(&self.say)
            .into_iter()
            .chain(limits(&self.say, true))
            .map(|line| vec![line.into(), Line::ours(t.rv_accepts).into()])
            .collect();
        vec![Block::Table(Table {
            caption: Line::ours(t.rv_h_residual),
            head: heads([(t.rv_l_risky, Width::Wide), (t.c_by, Width::Free)]),
            rows,
        })]
    }

    fn dpia(&self) -> Vec<Block> {
        let t = self.say.t;
        let rows = [
            (t.rv_dp_1, format!("{}, {}", t.rv_h_purpose, t.rv_h_leaves)),
            (t.rv_dp_2, t.rv_h_rights.to_owned()),
            (t.rv_dp_3, format!("{}, {}", t.rv_h_purpose, t.rv_h_index)),
            (t.rv_dp_4, format!("{}, {}", t.rv_h_risk, t.rv_h_residual)),
            (t.rv_dp_5, format!("{}, {}", t.rv_h_index, t.rv_h_keys)),
            (t.rv_dp_6, t.rv_h_sign.to_owned()),
        ]
        .into_iter()
        .map(|(step, place)| vec![Line::ours(step).into(), Line::ours(place).into()])
        .collect();
        vec![Block::Table(Table {
            caption: Line::ours(t.rv_h_dpia),
            head: heads([(t.rv_c_step, Width::Free), (t.rv_c_where, Width::Free)]),
            rows,
        })]
    }

    fn glossary(&self) -> Vec<Block> {
        let t = self.say.t;
        vec![Block::Facts(vec![
            fact(t.rv_gl_code, Line::ours(t.rv_gl_code_t)),
            fact(t.rv_gl_quasi, Line::ours(t.rv_gl_quasi_t)),
            fact(t.rv_gl_k, Line::ours(t.rv_gl_k_t)),
            fact(t.rv_gl_quarantine, Line::ours(t.rv_gl_quarantine_t)),
            fact(t.rv_gl_withheld, Line::ours(t.rv_gl_withheld_t)),
            fact(t.rv_gl_manifest, Line::ours(t.rv_gl_manifest_t)),
            fact(t.rv_gl_words, Line::ours(t.rv_gl_words_t)),
        ])]
    }

    fn limits(&self) -> Vec<Block> {
        let t = self.say.t;
        list([t.rv_li_1, t.rv_li_2, t.rv_li_3, t.rv_li_4])
    }
}

fn list<const N: usize>(lines: [&'static str; N]) -> Vec<Block> {
    vec![Block::List(lines.into_iter().map(Line::ours).collect())]
}

fn summary(say: &Say<'_>, changes: &[Change]) -> Line {
    let count = |direction| changes.iter().filter(|c| c.direction == direction).count() as u64;
    fill(
        choose(say.t.df_summary, 2),
        &[
            ("looser", Line::count(count(Direction::Looser))),
            ("tighter", Line::count(count(Direction::Tighter))),
            ("neutral", Line::count(count(Direction::Neutral))),
        ],
    )
}

/// A share with one decimal, rounded down; never 0.0 for more than none.
fn percent(part: u64, whole: u64) -> Line {
    let thousandths = part
        .saturating_mul(1000)
        .checked_div(whole)
        .unwrap_or_default();
    Line::ours(match (thousandths, part) {
        // No line ends before the sign.
        (0, 1..) => "<\u{a0}0.1\u{a0}%".to_owned(),
        (n, _) => format!("{}.{}\u{a0}%", n / 10, n % 10),
    })
}

/// Seconds for people, in units of every language.
fn time(seconds: f64) -> String {
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else if seconds < 3_600.0 {
        format!("{:.0} min", seconds / 60.0)
    } else if seconds < 172_800.0 {
        format!("{:.1} h", seconds / 3_600.0)
    } else {
        format!("{:.0} d", seconds / 86_400.0)
    }
}
