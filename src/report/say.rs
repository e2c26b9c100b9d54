//! Sentences about the parts of a plan, shared by every document.
//!
//! Each takes what it says from the compiled plan and the rule behind it, and
//! its words from a catalogue. May not know what a document looks like.

use jiff::civil::Date;

use super::doc::{Cell, Line, choose, counted, fill};
use super::text::{Lang, Text};
use crate::kinds;
use crate::plan::{Column, Counted, Form, Plan};
use crate::policy::model::{
    AgeBands, Class, ColumnRule, DateLevel, General, Invalid, KeepForm, RedactLabel, RowRule,
    RowTest, Treatment,
};
use crate::treat;

/// Most values that a sentence lists before it says how many more there are.
const LISTED: usize = 12;

/// Speaks about one plan in one language.
#[derive(Clone, Copy)]
pub(super) struct Say<'a> {
    pub(super) plan: &'a Plan,
    pub(super) lang: Lang,
    pub(super) t: &'static Text,
}

/// What becomes of a column as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// In rows, perhaps in tables too.
    Leaves,
    /// In tables only.
    Counted,
    /// Nowhere.
    Stays,
}

impl<'a> Say<'a> {
    pub(super) fn new(plan: &'a Plan, lang: Lang) -> Self {
        Self {
            plan,
            lang,
            t: lang.text(),
        }
    }

    /// `a, b and c`
    pub(super) fn list(&self, items: Vec<Line>) -> Line {
        self.joined(items, self.t.and)
    }

    /// `a, b` and what `last` says before the last one.
    fn joined(&self, items: Vec<Line>, before_last: &'static str) -> Line {
        let last = items.len().saturating_sub(1);
        let mut line = Line::default();
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                line.push(Line::ours(if at == last {
                    before_last
                } else {
                    self.t.comma
                }));
            }
            line.push(item);
        }
        line
    }

    /// Literals, at most [`LISTED`] of them.
    pub(super) fn values(&self, values: &[String]) -> Line {
        self.literals(values, self.t.and)
    }

    fn literals(&self, values: &[String], before_last: &'static str) -> Line {
        let literal = |value: &String| match value.as_str() {
            "" => Line::ours(self.t.empty_cell),
            value => Line::name(value),
        };
        let mut items: Vec<Line> = values.iter().take(LISTED).map(literal).collect();
        let more = values.len().saturating_sub(LISTED) as u64;
        if more > 0 {
            items.push(counted(self.t.more, more));
        }
        self.joined(items, before_last)
    }

    /// Names of columns of the plan.
    pub(super) fn names(&self, columns: impl IntoIterator<Item = &'a str>) -> Line {
        self.list(columns.into_iter().map(Line::name).collect())
    }

    /// Names, at most [`LISTED`] of them.
    pub(super) fn few(&self, names: impl IntoIterator<Item = &'a str>) -> Line {
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        self.values(&names)
    }

    pub(super) fn date(&self, date: Date) -> Line {
        let month = usize::try_from(date.month())
            .unwrap_or_default()
            .saturating_sub(1);
        let month = self.t.months.split('|').nth(month).unwrap_or_default();
        fill(
            self.t.date,
            &[
                ("day", Line::ours(date.day().to_string())),
                ("month", Line::ours(month)),
                ("year", Line::ours(date.year().to_string())),
            ],
        )
    }

    /// The text of a ground.
    pub(super) fn ground(&self, name: &str) -> Line {
        let found = self
            .plan
            .policy
            .grounds
            .iter()
            .find(|(known, _)| known == name);
        found.map_or_else(|| Line::name(name), |(_, text)| Line::theirs(&text.value))
    }

    /// The rule of a column of the plan.
    pub(super) fn rule(&self, at: usize) -> &'a ColumnRule {
        &self.plan.policy.columns[at]
    }

    /// Names of the tables that count by a column.
    pub(super) fn tables_of(&self, at: usize) -> Vec<&'a str> {
        let by = |table: &&crate::plan::TablePlan| table.by.iter().any(|by| by.column == at);
        self.plan
            .tables
            .iter()
            .filter(by)
            .map(|table| table.name.as_str())
            .collect()
    }

    pub(super) fn way(&self, at: usize) -> Way {
        if self.plan.outputs.contains(&at) {
            Way::Leaves
        } else if self.tables_of(at).is_empty() {
            Way::Stays
        } else {
            Way::Counted
        }
    }

    /// Columns of the plan that go one way, in the policy's order.
    pub(super) fn going(&self, way: Way) -> Vec<usize> {
        (0..self.plan.columns.len())
            .filter(|at| self.way(*at) == way)
            .collect()
    }

    /// What happens to a column, in one sentence, and what else must be known.
    pub(super) fn column(&self, at: usize) -> Cell {
        let column = &self.plan.columns[at];
        let rule = self.rule(at);
        let way = self.way(at);
        let line = match way {
            Way::Leaves => self.treatment(rule, column),
            Way::Counted => Line::ours(self.t.t_drop_rows),
            Way::Stays => Line::ours(self.t.t_drop),
        };
        let mut notes = Vec::new();
        for table in self.tables_of(at) {
            let parts = [("table", Line::name(table)), ("form", self.table_form(at))];
            notes.push(fill(self.t.n_tables_by, &parts));
        }
        if self.tables_of(at).is_empty() && rule.tables.is_some() {
            notes.push(fill(
                self.t.n_tables_unused,
                &[("form", self.table_form(at))],
            ));
        }
        if let Treatment::Redact { own_row: true, .. } = rule.treatment
            && way == Way::Leaves
        {
            let own = self.plan.columns.iter().filter(|column| column.own_row);
            let mut names = self.names(own.map(|column| column.name.as_str()));
            if names.is_empty() {
                names = Line::ours(self.t.no_columns);
            }
            notes.push(fill(self.t.own_row_of, &[("columns", names)]));
        }
        if way == Way::Leaves || !self.tables_of(at).is_empty() {
            notes.extend(self.reading_notes(rule, column, way));
        }
        if self.plan.subject == Some(at) {
            notes.push(Line::ours(self.t.n_subject));
        }
        if self
            .plan
            .policy
            .rows
            .iter()
            .any(|row| row.column.value == column.name)
        {
            notes.push(Line::ours(self.t.n_row_rule));
        }
        if way == Way::Leaves {
            if column.name != column.output {
                notes.push(fill(self.t.n_rename, &[("as", Line::name(&column.output))]));
            }
            notes.push(Line::ours(self.class(column.class)));
        }
        if !rule.own_row {
            notes.push(Line::ours(self.t.n_own_row_off));
        }
        Cell { line, notes }
    }

    /// How values are read, and what becomes of those that do not fit.
    fn reading_notes(&self, rule: &ColumnRule, column: &Column, way: Way) -> Vec<Line> {
        let mut notes = Vec::new();
        let kind = column.reader.kind.name();
        match &rule.treatment {
            Treatment::Redact { .. } => notes.push(Line::ours(self.t.n_rest)),
            Treatment::Keep(KeepForm::Kind { .. }) | Treatment::Replace { .. } => {}
            _ if rule.kind.is_some() && kind != "text" => {
                notes.push(fill(self.t.n_read_as, &[("kind", self.kind(kind, None))]));
            }
            _ => {}
        }
        if let Treatment::Keep(KeepForm::Kind { .. }) = rule.treatment
            && kind == "text"
            && way == Way::Leaves
        {
            let strict = kinds::all().iter().filter(|kind| kind.strict());
            let kinds = self.list(strict.map(|kind| self.kinds(kind.name())).collect());
            notes.push(fill(self.t.n_holds, &[("kinds", kinds)]));
        }
        if let Some(region) = &rule.region {
            notes.push(fill(
                self.t.n_region,
                &[("region", Line::name(&region.value))],
            ));
        }
        if let Some(format) = &rule.format {
            notes.push(fill(
                self.t.n_format,
                &[("format", Line::name(&format.value))],
            ));
        }
        let fits_always = matches!(
            rule.treatment,
            Treatment::Replace { .. } | Treatment::Redact { .. }
        );
        if way == Way::Leaves && !fits_always {
            notes.push(Line::ours(match rule.invalid {
                Invalid::Quarantine => self.t.n_invalid_quarantine,
                Invalid::Withhold => self.t.n_invalid_withhold,
                Invalid::Refuse => self.t.n_invalid_refuse,
            }));
        }
        notes
    }

    pub(super) fn class(&self, class: Class) -> &'static str {
        match class {
            Class::Direct => self.t.n_direct,
            Class::Quasi => self.t.n_quasi,
            Class::Sensitive => self.t.n_sensitive,
            Class::None => self.t.n_neither,
        }
    }

    /// The sentence of a treatment whose column leaves.
    pub(super) fn treatment(&self, rule: &ColumnRule, column: &Column) -> Line {
        let t = self.t;
        let number = |n: usize| Line::count(n as u64);
        match &rule.treatment {
            Treatment::Drop => Line::ours(t.t_drop),
            Treatment::Keep(KeepForm::Kind { max }) => {
                let kind = self.kind(column.reader.kind.name(), Some(*max));
                fill(t.t_keep, &[("kind", kind)])
            }
            Treatment::Keep(KeepForm::Values(values)) => fill(
                choose(t.t_keep_values, values.len() as u64),
                &[("n", number(values.len())), ("values", self.values(values))],
            ),
            Treatment::Keep(KeepForm::Pattern(pattern)) => {
                fill(t.t_keep_pattern, &[("pattern", Line::name(&pattern.value))])
            }
            Treatment::Pseudonymise { domain } => {
                let prefix = self
                    .plan
                    .policy
                    .domains
                    .iter()
                    .find(|d| d.name == domain.value);
                let prefix = prefix.map_or("", |domain| domain.prefix.as_str());
                let parts = [
                    ("prefix", Line::name(&format!("{prefix}-"))),
                    ("domain", Line::name(&domain.value)),
                ];
                fill(t.t_code, &parts)
            }
            Treatment::Mask { first, last, with } => {
                let template = match (first, last) {
                    (0, 0) => t.t_mask_none,
                    (_, 0) => t.t_mask_first,
                    (0, _) => t.t_mask_last,
                    _ => t.t_mask_both,
                };
                let with = Line::name(&with.to_string());
                let parts = [
                    ("first", number(*first)),
                    ("last", number(*last)),
                    ("with", with),
                ];
                fill(template, &parts)
            }
            Treatment::Generalise(general) => fill(
                t.t_general,
                &[("form", self.general(general, &column.form))],
            ),
            Treatment::Redact {
                find,
                own_row,
                names_from,
                names_in,
                label,
            } => {
                let mut kinds: Vec<Line> =
                    find.iter().map(|kind| self.kinds(&kind.value)).collect();
                if *own_row {
                    kinds.push(Line::ours(t.ks_own_row));
                }
                if !names_from.is_empty() {
                    let columns = self.names(names_from.iter().map(|name| name.value.as_str()));
                    kinds.push(fill(t.ks_register_names, &[("columns", columns)]));
                }
                if let Some(file) = names_in {
                    let file = self.file(file.value);
                    kinds.push(fill(t.ks_listed_names, &[("file", file)]));
                }
                let first = find.first().map_or("own-row", |kind| kind.value.as_str());
                let word = match label {
                    RedactLabel::Numbered => format!("[{first}-1]"),
                    RedactLabel::Kind | RedactLabel::Code(_) => format!("[{first}]"),
                };
                let mut parts = vec![("find", self.list(kinds)), ("label", Line::name(&word))];
                let RedactLabel::Code(domain) = label else {
                    return fill(t.t_redact, &parts);
                };
                let policy = &self.plan.policy;
                let kind = crate::policy::model::kind_of_domain(
                    &policy.columns,
                    policy.subject.as_ref(),
                    &domain.value,
                );
                if let Form::Redacted {
                    codes: Some(codes), ..
                } = &column.form
                {
                    parts.push(("prefix", Line::name(&codes.prefix)));
                }
                parts.push(("kind", self.kinds(kind.unwrap_or_default())));
                parts.push(("domain", Line::name(&domain.value)));
                fill(t.t_redact_code, &parts)
            }
            Treatment::Replace { with } => {
                let with = match with.as_str() {
                    "" => Line::ours(t.empty_cell),
                    with => Line::name(with),
                };
                fill(t.t_replace, &[("with", with)])
            }
            Treatment::Shift { by, within } => fill(
                choose(t.t_shift, u64::from(*within)),
                &[
                    ("n", Line::count(u64::from(*within))),
                    ("by", Line::name(&by.value)),
                ],
            ),
        }
    }

    /// The form in which tables use a column.
    pub(super) fn table_form(&self, at: usize) -> Line {
        let rule = self.rule(at);
        let column = &self.plan.columns[at];
        let closed = self
            .plan
            .tables
            .iter()
            .flat_map(|table| &table.by)
            .find(|by| by.column == at && by.to.is_none())
            .map_or(&column.form, |by| &by.form);
        match (&rule.tables, &rule.treatment) {
            (Some(form), _) if form.value != General::Keep => self.general(&form.value, closed),
            (Some(_), _) if !column.leaves => Line::ours(self.t.f_as_is),
            (_, Treatment::Generalise(general)) => self.general(general, closed),
            (_, Treatment::Keep(_)) => Line::ours(self.t.f_as_is),
            _ => Line::ours(self.t.tb_rows_form),
        }
    }

    /// The form of one level of a table.
    pub(super) fn level_form(&self, by: &crate::plan::Dimension) -> Line {
        match &by.to {
            Some(form) => self.general(form, &by.form),
            None => self.table_form(by.column),
        }
    }

    /// A coarser form as a noun: `the decade, such as 1970-1979`. `closed` is
    /// the closed form it compiled to, which knows how many values a file gives.
    pub(super) fn general(&self, general: &General, closed: &Form) -> Line {
        let t = self.t;
        let listed = match closed {
            Form::Values { values } => values.len() as u64,
            _ => 0,
        };
        match general {
            General::Keep => Line::ours(t.f_as_is),
            General::Date(level) => {
                let (span, sample) = self.span(*level);
                fill(t.f_date, &[("span", span), ("sample", Line::name(&sample))])
            }
            General::Age {
                bands: AgeBands::Every(1),
                at,
            } => fill(t.f_age_year, &[("date", self.date(*at))]),
            General::Age {
                bands: AgeBands::Every(years),
                at,
            } => {
                let from = 30 - 30 % (*years).max(1);
                let sample = format!("{from} to {}", from + years - 1);
                let parts = [
                    ("date", self.date(*at)),
                    ("n", Line::count(u64::from(*years))),
                    ("sample", Line::name(&sample)),
                ];
                fill(t.f_age_every, &parts)
            }
            General::Age {
                bands: AgeBands::Limits(limits),
                at,
            } => {
                let bands = treat::Bands::ages(limits);
                let parts = [
                    ("date", self.date(*at)),
                    ("values", self.values(bands.labels())),
                ];
                fill(t.f_age_bands, &parts)
            }
            General::Bands(limits) => {
                let bands = treat::Bands::numbers(limits.clone());
                fill(t.f_bands, &[("values", self.values(bands.labels()))])
            }
            General::Map(file) => {
                let parts = [("n", Line::count(listed)), ("file", self.file(*file))];
                fill(choose(t.f_map, listed), &parts)
            }
            General::Hierarchy { file, level } => {
                let parts = [
                    ("n", Line::count(listed)),
                    ("file", self.file(*file)),
                    ("level", Line::count(*level as u64)),
                ];
                fill(choose(t.f_hierarchy, listed), &parts)
            }
            General::Area(level) => self.area(level.as_str()),
            General::Prefix(characters) => counted(t.f_prefix, *characters as u64),
        }
    }

    /// An area by its word, with an example.
    fn area(&self, word: &str) -> Line {
        let t = self.t;
        let (text, sample) = match word {
            "county" => (t.f_county, "江苏省苏州市昆山市"),
            "city" => (t.f_city, "江苏省苏州市"),
            "province" => (t.f_province, "江苏省"),
            "sector" => (t.f_sector, "SW1A 1"),
            "district" => (t.f_district, "SW1A"),
            "area" => (t.f_post_area, "SW"),
            _ => (t.f_zip3, "902"),
        };
        fill(text, &[("sample", Line::name(sample))])
    }

    /// A file that the policy names.
    fn file(&self, at: usize) -> Line {
        let file = self.plan.policy.files.get(at);
        file.map_or_else(Line::default, |file| Line::name(&file.name.value))
    }

    /// A span of the calendar and how 9 March 1975 is written in it.
    fn span(&self, level: DateLevel) -> (Line, String) {
        let t = self.t;
        let years = |n: u32| {
            let from = 1975 - 1975 % n.max(1);
            format!("{from}-{}", from + n - 1)
        };
        match level {
            DateLevel::Day => (Line::ours(t.f_day), "1975-03-09".to_owned()),
            DateLevel::Month => (Line::ours(t.f_month), "1975-03".to_owned()),
            DateLevel::Quarter => (Line::ours(t.f_quarter), "1975-Q1".to_owned()),
            DateLevel::Year => (Line::ours(t.f_year), "1975".to_owned()),
            DateLevel::Years(n) => (counted(t.f_years, u64::from(n)), years(n)),
            DateLevel::Decade => (Line::ours(t.f_decade), years(10)),
        }
    }

    /// One value of a kind, in words.
    pub(super) fn kind(&self, name: &str, max: Option<usize>) -> Line {
        let t = self.t;
        Line::ours(match name {
            "exact" => t.k_exact,
            "text" => match max {
                Some(max) => return counted(t.k_text_max, max as u64),
                None => t.k_text,
            },
            "number" => t.k_number,
            "date" => t.k_date,
            "phone" => t.k_phone,
            "email" => t.k_email,
            "cn-resident-id" => t.k_cn_resident_id,
            other => return Line::name(other),
        })
    }

    /// Many values of a kind, as they are looked for in text.
    pub(super) fn kinds(&self, name: &str) -> Line {
        let t = self.t;
        Line::ours(match name {
            "phone" => t.ks_phone,
            "email" => t.ks_email,
            "cn-resident-id" => t.ks_cn_resident_id,
            "own-row" => t.ks_own_row,
            "register-names" => t.ks_register_names_short,
            "listed-names" => t.ks_listed_names_short,
            other => return Line::name(other),
        })
    }

    /// A row rule in one sentence.
    pub(super) fn row_rule(&self, rule: &RowRule) -> Line {
        let t = self.t;
        let test = match &rule.test {
            RowTest::In(values) => fill(t.r_in, &[("values", self.literals(values, t.or))]),
            RowTest::InList(file) => fill(t.r_list, &[("file", self.file(*file))]),
            RowTest::Range { from, to } => {
                let end = |end: &Option<String>| Line::name(end.as_deref().unwrap_or_default());
                let parts = [("from", end(from)), ("to", end(to))];
                match (from, to) {
                    (Some(_), Some(_)) => fill(t.r_from_to, &parts),
                    (_, None) => fill(t.r_from, &parts),
                    (None, _) => fill(t.r_to, &parts),
                }
            }
            RowTest::Missing => Line::ours(t.r_is_missing),
        };
        let template = if rule.only { t.r_only } else { t.r_withhold };
        fill(
            template,
            &[("column", Line::name(&rule.column.value)), ("test", test)],
        )
    }

    /// A row rule for those who may not see what it asks for.
    pub(super) fn row_rule_hidden(&self, rule: &RowRule) -> Line {
        fill(
            self.t.r_hidden,
            &[("column", Line::name(&rule.column.value))],
        )
    }

    /// A figure of a table.
    pub(super) fn figure(&self, figure: &Counted) -> Line {
        let of = |words: &'static str, column: &str| fill(words, &[("column", Line::name(column))]);
        match figure {
            Counted::Persons => Line::ours(self.t.tb_persons),
            Counted::Records => Line::ours(self.t.tb_records),
            Counted::Distinct(_, column) => of(self.t.tb_distinct, column),
            Counted::Sum(_, column) => of(self.t.tb_sum, column),
            Counted::Mean(_, column) => of(self.t.tb_mean, column),
        }
    }

    /// What a closed form says about a cell, for those who read the file.
    pub(super) fn form(&self, form: &Form) -> Line {
        self.form_words(form).capital()
    }

    fn form_words(&self, form: &Form) -> Line {
        let t = self.t;
        match form {
            Form::Code { prefix, .. } => {
                fill(t.o_code, &[("prefix", Line::name(&format!("{prefix}-")))])
            }
            Form::Values { values } => {
                let template = if values.len() > LISTED {
                    t.o_values_many
                } else {
                    t.o_values
                };
                let parts = [
                    ("n", Line::count(values.len() as u64)),
                    ("values", self.values(values)),
                ];
                fill(template, &parts)
            }
            Form::Kind {
                kind,
                max: Some(max),
            } if *kind == "text" => counted(t.o_kind_max, *max as u64),
            Form::Kind { kind, .. } => fill(t.o_kind, &[("kind", self.kind(kind, None))]),
            Form::Pattern { pattern } => fill(t.o_pattern, &[("pattern", Line::name(pattern))]),
            Form::Date { to } => {
                let level = match to.as_str() {
                    "day" => DateLevel::Day,
                    "month" => DateLevel::Month,
                    "quarter" => DateLevel::Quarter,
                    "year" => DateLevel::Year,
                    "decade" => DateLevel::Decade,
                    other => DateLevel::Years(
                        other
                            .strip_suffix("-years")
                            .and_then(|n| n.parse().ok())
                            .unwrap_or(1),
                    ),
                };
                let (span, sample) = self.span(level);
                fill(t.o_date, &[("span", span), ("sample", Line::name(&sample))])
            }
            Form::Age { every } => counted(t.o_age, u64::from(*every)),
            Form::Area { to } => fill(t.o_area, &[("area", self.area(to))]),
            Form::Prefix { characters, .. } => counted(t.o_prefix, *characters as u64),
            Form::Mask { length, with, .. } => fill(
                t.o_mask,
                &[
                    ("n", Line::count(*length as u64)),
                    ("with", Line::name(&with.to_string())),
                ],
            ),
            Form::Constant { value } => {
                let value = match value.as_str() {
                    "" => Line::ours(t.empty_cell),
                    value => Line::name(value),
                };
                fill(t.o_constant, &[("value", value)])
            }
            Form::Redacted { find, codes, .. } => {
                let find = self.list(find.iter().map(|kind| self.kinds(kind)).collect());
                match codes {
                    None => fill(t.o_redacted, &[("find", find)]),
                    Some(codes) => fill(
                        t.o_redacted_code,
                        &[("find", find), ("prefix", Line::name(&codes.prefix))],
                    ),
                }
            }
        }
    }

    /// The treatment as a participle: `coarsened`.
    pub(super) fn treated(&self, treatment: &Treatment) -> Line {
        Line::ours(match treatment {
            Treatment::Drop => self.t.tr_drop,
            Treatment::Keep(_) => self.t.tr_keep,
            Treatment::Pseudonymise { .. } => self.t.tr_pseudonymise,
            Treatment::Mask { .. } => self.t.tr_mask,
            Treatment::Generalise(_) => self.t.tr_generalise,
            Treatment::Redact { .. } => self.t.tr_redact,
            Treatment::Replace { .. } => self.t.tr_replace,
            Treatment::Shift { .. } => self.t.tr_shift,
        })
    }
}
