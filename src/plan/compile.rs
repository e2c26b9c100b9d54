//! From the words of a policy to treatments, closed forms, row rules and tables.

use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;
use jiff::civil::Date;

use super::form::{CodesInText, Form};
use super::rows::{RowCheck, RowTest};
use super::{
    Column, Counted, Dimension, Missing, Plan, Protection, Register, Source, Sources, TablePlan,
    plain_reader,
};
use crate::key::{CodeFormat, Key, Label, Tagger};
use crate::kinds::area::Level;
use crate::kinds::date::{CivilDate, DateFormat};
use crate::kinds::register::Names;
use crate::kinds::scan::Scanner;
use crate::kinds::{self, Kind, KindOptions, Region};
use crate::policy::error::Problem;
use crate::policy::model::{
    self, At, Class, ColumnRule, DateLevel, Figure, General, KeepForm, Policy, RedactLabel, Span,
    Treatment, Zeros,
};
use crate::treat::{
    AgeBands, Bands, Calendar, Coder, Generalise, Keep, Labels, Lookup, Mask, Pseudonymise, Reader,
    Redact, Rule, Shift, Treat,
};

type Compiled<T> = Result<T, Problem>;

impl Plan {
    /// Compiles `policy` for `recipient` with `key`; examples and checks use
    /// [`Key::test_key`].
    ///
    /// # Errors
    /// Every rule that cannot be compiled, each pointing at the policy's text.
    pub fn compile(
        policy: Arc<Policy>,
        recipient: Option<&str>,
        key: &Key,
    ) -> Result<Plan, Vec<Problem>> {
        let maker = Maker {
            policy: &policy,
            recipient: recipient.unwrap_or(""),
            key,
            register: Arc::default(),
        };
        let mut problems = Vec::new();
        let mut columns = Vec::with_capacity(policy.columns.len());
        for rule in &policy.columns {
            match maker.column(rule) {
                Ok(column) => columns.push(column),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut rows = Vec::new();
        for (at, rule) in policy.rows.iter().enumerate() {
            let meant = rule.recipients.is_empty()
                || rule
                    .recipients
                    .iter()
                    .any(|id| Some(id.value.as_str()) == recipient);
            match maker.row_check(at, rule, &columns) {
                Ok(check) if meant => rows.push(check),
                Ok(_) => {}
                Err(problem) => problems.push(problem),
            }
        }
        let outputs = match policy.extract {
            Some(_) => (0..columns.len())
                .filter(|at| columns[*at].leaves)
                .collect(),
            None => Vec::new(),
        };
        let mut tables = Vec::new();
        let mut sources = Sources::default();
        for table in &policy.tables {
            match maker.table(table, &columns, &outputs, &mut sources) {
                Ok(table) => tables.push(table),
                Err(problem) => problems.push(problem),
            }
        }
        sources.reserved = tables
            .iter()
            .any(TablePlan::has_totals)
            .then_some(TOTAL_LABEL);
        sources.record_keys = tables
            .iter()
            .any(|table| table.protect == model::Protect::CellKey);
        let subject = policy.subject.as_ref().and_then(|subject| {
            columns
                .iter()
                .position(|column| column.name == subject.column.value)
        });
        let register = maker.register(&columns, &mut problems);
        let missing = Missing::new(&policy.input.missing);
        let is_quasi = |at: &&usize| columns[**at].class == Class::Quasi;
        let quasi_count = outputs.iter().filter(is_quasi).count();
        let suppresses = policy
            .extract
            .as_ref()
            .and_then(|extract| extract.risk.as_ref())
            .is_some_and(|risk| risk.small == model::Small::SuppressValues)
            && (1..=64).contains(&quasi_count);
        let quasi: Vec<usize> = outputs.iter().filter(is_quasi).copied().collect();
        let ladders = Plan::ladders(&policy, &quasi, &mut problems);
        let diverse = match policy.extract.as_ref().and_then(|e| e.risk.as_ref()) {
            Some(risk) if risk.l.is_some() => outputs
                .iter()
                .copied()
                .filter(|at: &usize| columns[*at].class == Class::Sensitive)
                .collect(),
            _ => Vec::new(),
        };
        if !problems.is_empty() {
            return Err(problems);
        }
        let recipient = recipient.map(str::to_owned);
        Ok(Plan {
            recipient,
            columns,
            outputs,
            subject,
            rows,
            tables,
            sources,
            missing,
            register,
            quasi_count,
            suppresses,
            ladders,
            earlier: None,
            joins: Vec::new(),
            policy,
            diverse,
        })
    }
}

/// What compiling needs at hand.
struct Maker<'a> {
    policy: &'a Policy,
    recipient: &'a str,
    key: &'a Key,
    register: Arc<OnceLock<Arc<Names>>>,
}

impl Maker<'_> {
    /// The columns of names that redacted texts are searched for.
    fn register(&self, columns: &[Column], problems: &mut Vec<Problem>) -> Option<Register> {
        let mut names = Vec::new();
        let mut texts = Vec::new();
        for (at, rule) in self.policy.columns.iter().enumerate() {
            let Treatment::Redact { names_from, .. } = &rule.treatment else {
                continue;
            };
            if !names_from.is_empty() {
                texts.push(at);
            }
            for name in names_from {
                match columns.iter().position(|column| column.name == name.value) {
                    Some(column) if column == at => problems.push(
                        Problem::error(
                            "redact/names-from",
                            name.at.clone(),
                            "a text is no column of names".to_owned(),
                        )
                        .help("name the column in which the register lists its people"),
                    ),
                    Some(column) if names.contains(&column) => {}
                    Some(column) => names.push(column),
                    None => problems.push(
                        Problem::error(
                            "redact/names-from",
                            name.at.clone(),
                            format!("the policy has no column `{}`", name.value),
                        )
                        .help("name a column that has a rule in this policy"),
                    ),
                }
            }
        }
        (!texts.is_empty()).then(|| Register {
            columns: names,
            texts,
            names: Arc::clone(&self.register),
            digests: OnceLock::new(),
        })
    }

    fn column(&self, rule: &ColumnRule) -> Compiled<Column> {
        let reader = self.reader(rule)?;
        let (treat, form) = self.treatment(rule)?;
        let leaves = self.policy.extract.is_some() && !matches!(treat, Treat::Drop);
        let class = match (&rule.class, &rule.treatment) {
            (Some(class), _) => class.value,
            (None, Treatment::Pseudonymise { .. }) => Class::Direct,
            (None, Treatment::Replace { .. }) => Class::None,
            (None, _) => Class::Quasi,
        };
        Ok(Column {
            name: rule.name.value.clone(),
            output: rule.rename.as_ref().unwrap_or(&rule.name).value.clone(),
            leaves,
            protection: protection(rule, reader.kind),
            own_row: rule.own_row && hunted_in_own_row(&rule.treatment, reader.kind),
            reader,
            kind_named: rule.kind.is_some(),
            treat,
            invalid: rule.invalid,
            class,
            form,
        })
    }

    /// The reader of a column: its kind, or `text` where the rule names none.
    fn reader(&self, rule: &ColumnRule) -> Compiled<Reader> {
        let name = rule
            .kind
            .as_ref()
            .map_or("text", |kind| kind.value.as_str());
        let at = rule
            .kind
            .as_ref()
            .map_or(rule.do_at.clone(), |kind| kind.at.clone());
        let kind = kinds::find(name).ok_or_else(|| {
            Problem::error("kind/unknown", at, format!("there is no kind `{name}`"))
        })?;
        let region = match &rule.region {
            None => None,
            Some(code) => Some(Region::parse(&code.value).map_err(|error| {
                Problem::error("kind/region", code.at.clone(), error.to_string())
            })?),
        };
        let date_format = match &rule.format {
            None => None,
            Some(format) => Some(DateFormat::parse(&format.value).map_err(|error| {
                Problem::error("kind/format", format.at.clone(), error.to_string())
            })?),
        };
        Ok(Reader {
            kind,
            options: KindOptions {
                region,
                date_format,
            },
        })
    }

    fn treatment(&self, rule: &ColumnRule) -> Compiled<(Treat, Form)> {
        let reader = self.reader(rule)?;
        let kind = reader.kind.name();
        Ok(match &rule.treatment {
            Treatment::Drop => (
                Treat::Drop,
                Form::Constant {
                    value: String::new(),
                },
            ),
            Treatment::Keep(KeepForm::Kind { max }) => {
                let max_shown = (kind == "text").then_some(*max);
                (
                    Treat::Keep(Keep::kind(reader, *max)),
                    Form::Kind {
                        kind,
                        max: max_shown,
                    },
                )
            }
            Treatment::Keep(KeepForm::Values(values)) => {
                let mut listed = Vec::with_capacity(values.len());
                for value in values {
                    listed.push(normal(&reader, value).ok_or_else(|| {
                        Problem::error(
                            "keep/values",
                            rule.do_at.clone(),
                            format!("a listed value does not fit the kind `{kind}`"),
                        )
                    })?);
                }
                listed.sort();
                listed.dedup();
                (
                    Treat::Keep(Keep::values(reader, listed.clone())),
                    Form::Values { values: listed },
                )
            }
            Treatment::Keep(KeepForm::Pattern(pattern)) => {
                let whole = format!("^(?:{})$", pattern.value);
                let compiled = regex::RegexBuilder::new(&whole)
                    .size_limit(1 << 20)
                    .build()
                    .map_err(|_| {
                        Problem::error(
                            "keep/pattern",
                            pattern.at.clone(),
                            "this pattern is not valid or too large".to_owned(),
                        )
                    })?;
                let form = Form::Pattern {
                    pattern: pattern.value.clone(),
                };
                (Treat::Keep(Keep::pattern(reader, compiled)), form)
            }
            Treatment::Pseudonymise { domain } => {
                let declared = self.domain(domain)?;
                let form = Form::Code {
                    prefix: declared.prefix.clone(),
                    bits: declared.bits,
                };
                let format = CodeFormat::new(&declared.prefix, declared.bits)
                    .ok_or_else(|| bad_domain(&domain.at))?;
                let tagger = self.tagger(Label::Pseudonym, &domain.value);
                (
                    Treat::Pseudonymise(Pseudonymise::new(reader, tagger, format)),
                    form,
                )
            }
            Treatment::Mask { first, last, with } => {
                let mask = Mask::new(reader, *first, *last, *with);
                let length = mask.length();
                let form = Form::Mask {
                    first: *first,
                    last: *last,
                    with: *with,
                    length,
                };
                (Treat::Mask(mask), form)
            }
            Treatment::Generalise(general) => {
                let (rule, form) = self.general(general, &reader, &rule.do_at)?;
                (Treat::Generalise(Generalise::new(reader, rule)), form)
            }
            Treatment::Redact {
                find,
                own_row,
                names_from,
                names_in,
                label,
            } => {
                let names: Vec<&str> = find.iter().map(|kind| kind.value.as_str()).collect();
                let scanner = Scanner::new(&names, reader.options.region).map_err(|_| {
                    Problem::error(
                        "redact/find",
                        rule.do_at.clone(),
                        "a kind to find cannot be searched in text".to_owned(),
                    )
                })?;
                let mut find: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
                if *own_row {
                    find.push("own-row".to_owned());
                }
                let region = reader.options.region;
                let (written, labels, codes) = match label {
                    RedactLabel::Kind => (Labels::Kind, "kind", None),
                    RedactLabel::Numbered => (Labels::Numbered, "numbered", None),
                    RedactLabel::Code(domain) => {
                        let (coder, codes) = self.codes_in_text(domain, region)?;
                        (Labels::Code(Box::new(coder)), "code", Some(codes))
                    }
                };
                let mut treat = Redact::new(scanner, *own_row, written);
                if !names_from.is_empty() {
                    find.push("register-names".to_owned());
                    treat = treat.with_register(Arc::clone(&self.register));
                }
                if let Some(file) = names_in {
                    find.push("listed-names".to_owned());
                    treat = treat.with_list(Arc::new(self.listed_names(file)?));
                }
                let form = Form::Redacted {
                    labels,
                    find,
                    codes,
                };
                (Treat::Redact(treat), form)
            }
            Treatment::Replace { with } => (
                Treat::Replace(with.clone()),
                Form::Constant {
                    value: with.clone(),
                },
            ),
            Treatment::Shift { within, .. } => {
                let domain = self
                    .policy
                    .subject
                    .as_ref()
                    .map_or("person", |s| s.domain.as_str());
                let tagger = self.tagger(Label::Shift, domain);
                let form = Form::Date {
                    to: "day".to_owned(),
                };
                (Treat::Shift(Shift::new(reader, tagger, *within)), form)
            }
        })
    }

    /// The names of a file that the policy names.
    fn listed_names(&self, file: &At<usize>) -> Compiled<Names> {
        let problem = |message: String| Problem::error("redact/names-in", file.at.clone(), message);
        let named = self
            .policy
            .files
            .get(file.value)
            .ok_or_else(|| problem("this file was not read".to_owned()))?;
        let text = std::str::from_utf8(&named.bytes).map_err(|_| {
            problem("this list is not UTF-8".to_owned()).help("save it as UTF-8, one name a line")
        })?;
        let names = Names::listed(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|line| {
            problem(format!("line {line} of this list is no name that can be found in a text"))
                .why("a name that is passed over in silence would leave")
                .help("write one name a line: 2 to 16 Han characters, one word of letters of four or more, or two to four words")
        })?;
        if names.is_empty() {
            return Err(problem("this list holds no name".to_owned())
                .help("write one name a line, or take \"listed-names\" out of `find`"));
        }
        Ok(names)
    }

    /// What gives the identifiers of a text their codes in a domain.
    fn codes_in_text(
        &self,
        domain: &At<String>,
        region: Option<Region>,
    ) -> Compiled<(Coder, CodesInText)> {
        let policy = self.policy;
        let declared = self.domain(domain)?;
        let format = CodeFormat::new(&declared.prefix, declared.bits)
            .ok_or_else(|| bad_domain(&domain.at))?;
        let kind = model::kind_of_domain(&policy.columns, policy.subject.as_ref(), &domain.value)
            .and_then(kinds::find)
            .ok_or_else(|| bad_domain(&domain.at))?;
        let codes = CodesInText {
            prefix: declared.prefix.clone(),
            bits: declared.bits,
        };
        let reader = Reader {
            kind,
            options: KindOptions {
                region,
                date_format: None,
            },
        };
        let tagger = self.tagger(Label::Pseudonym, &domain.value);
        Ok((Coder::new(reader, tagger, format), codes))
    }

    fn domain(&self, name: &At<String>) -> Compiled<&model::Domain> {
        let found = self
            .policy
            .domains
            .iter()
            .find(|domain| domain.name == name.value);
        found.ok_or_else(|| bad_domain(&name.at))
    }

    fn tagger(&self, label: Label, domain: &str) -> Tagger {
        let parts = [self.policy.project.as_str(), domain, self.recipient];
        Tagger::new(&self.key.subkey(label, &parts))
    }

    /// The rule and the closed form of a coarser value.
    fn general(&self, general: &General, reader: &Reader, at: &Span) -> Compiled<(Rule, Form)> {
        Ok(match general {
            General::Keep => {
                return Err(Problem::error(
                    "generalise/keep",
                    at.clone(),
                    "nothing to do",
                ));
            }
            General::Date(level) => {
                let (calendar, to) = calendar(*level);
                (Rule::Calendar(calendar), Form::Date { to })
            }
            General::Age { bands, at } => {
                let at = civil(*at);
                match bands {
                    model::AgeBands::Every(width) => {
                        let bands = AgeBands::Every(*width);
                        (Rule::Age { at, bands }, Form::Age { every: *width })
                    }
                    model::AgeBands::Limits(limits) => {
                        let bands = Bands::ages(limits);
                        let form = Form::Values {
                            values: sorted(bands.labels()),
                        };
                        (
                            Rule::Age {
                                at,
                                bands: AgeBands::Limits(bands),
                            },
                            form,
                        )
                    }
                }
            }
            General::Bands(limits) => {
                let number = number_reader();
                let limits = limits
                    .iter()
                    .map(|limit| normal(&number, limit))
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| {
                        Problem::error(
                            "generalise/bands",
                            at.clone(),
                            "a limit is not a plain decimal number".to_owned(),
                        )
                    })?;
                let bands = Bands::numbers(limits);
                let form = Form::Values {
                    values: sorted(bands.labels()),
                };
                (Rule::Numbers(bands), form)
            }
            General::Map(file) => self.lookup(*file, 1, reader, at)?,
            General::Hierarchy { file, level } => self.lookup(*file, *level, reader, at)?,
            General::Area(level) => {
                let level = Level::parse(level.as_str()).ok_or_else(|| {
                    Problem::error("generalise/area", at.clone(), "no such area".to_owned())
                })?;
                let kinds = level.kinds();
                if !kinds.contains(&reader.kind.name()) {
                    return Err(Problem::error(
                        "generalise/area",
                        at.clone(),
                        format!(
                            "`{}` has no area called `{}`",
                            reader.kind.name(),
                            level.as_str()
                        ),
                    )
                    .why("areas are taken from an address, a postcode or a code, never cut from text")
                    .help(format!("write kind = \"{}\"", kinds.join("\" or \""))));
                }
                let form = Form::Area {
                    to: level.as_str().to_owned(),
                };
                (Rule::Area(level), form)
            }
            General::Prefix(characters) => {
                let form = Form::Prefix {
                    characters: *characters,
                    kind: reader.kind.name(),
                };
                (Rule::Prefix(*characters), form)
            }
        })
    }

    /// Reads column `level` of a named file as the general form of column 0.
    fn lookup(
        &self,
        file: usize,
        level: usize,
        reader: &Reader,
        at: &Span,
    ) -> Compiled<(Rule, Form)> {
        let broken = |what: String| Problem::error("generalise/file", at.clone(), what);
        let named = self
            .policy
            .files
            .get(file)
            .ok_or_else(|| broken("no such file".to_owned()))?;
        let name = &named.name.value;
        let text = std::str::from_utf8(&named.bytes)
            .map_err(|_| broken(format!("`{name}` is not UTF-8")))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let delimiter = if text.lines().next().is_some_and(|line| line.contains(';')) {
            ';'
        } else {
            ','
        };
        let mut table: HashMap<String, String> = HashMap::new();
        for (line, fields) in simple_rows(text, delimiter).enumerate() {
            let fields = fields.map_err(|()| {
                broken(format!(
                    "line {} of `{name}` is not plain delimited text",
                    line + 1
                ))
            })?;
            if line == 0 && fields.first().is_some_and(|first| first == "value") {
                continue;
            }
            let (Some(value), Some(coarse)) = (fields.first(), fields.get(level)) else {
                return Err(broken(format!(
                    "line {} of `{name}` has no level {level}",
                    line + 1
                )));
            };
            let value = normal(reader, value).ok_or_else(|| {
                broken(format!(
                    "line {} of `{name}` does not fit the column's kind",
                    line + 1
                ))
            })?;
            if let Some(earlier) = table.insert(value, coarse.clone())
                && earlier != *coarse
            {
                return Err(broken(format!(
                    "line {} of `{name}` contradicts an earlier one",
                    line + 1
                )));
            }
        }
        let mut values: Vec<String> = table.values().cloned().collect();
        values.sort();
        values.dedup();
        let lookup: Lookup = Arc::new(table);
        Ok((Rule::Lookup(lookup), Form::Values { values }))
    }

    fn row_check(
        &self,
        at: usize,
        rule: &model::RowRule,
        columns: &[Column],
    ) -> Compiled<RowCheck> {
        let column = column_at(columns, &rule.column)?;
        let reader = &columns[column].reader;
        let misfit = || {
            Problem::error(
                "rows/value",
                rule.at.clone(),
                format!(
                    "a value does not fit the column's kind `{}`",
                    reader.kind.name()
                ),
            )
        };
        let test = match &rule.test {
            model::RowTest::Missing => RowTest::Missing,
            model::RowTest::In(values) => RowTest::In(
                values
                    .iter()
                    .map(|value| normal(reader, value))
                    .collect::<Option<_>>()
                    .ok_or_else(misfit)?,
            ),
            model::RowTest::InList(file) => {
                let named = self.policy.files.get(*file).ok_or_else(misfit)?;
                let text = std::str::from_utf8(&named.bytes).map_err(|_| misfit())?;
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                RowTest::In(
                    text.lines()
                        .map(str::trim)
                        .filter(|line| !line.is_empty())
                        .map(|line| normal(reader, line))
                        .collect::<Option<_>>()
                        .ok_or_else(misfit)?,
                )
            }
            model::RowTest::Range { from, to } => {
                let end = |end: &Option<String>| -> Compiled<Option<String>> {
                    end.as_ref()
                        .map(|end| normal(reader, end).ok_or_else(misfit))
                        .transpose()
                };
                RowTest::Range {
                    from: end(from)?,
                    to: end(to)?,
                    dates: reader.kind.name() == "date",
                }
            }
        };
        Ok(RowCheck {
            rule: at,
            column,
            only: rule.only,
            test,
        })
    }

    /// The form in which tables use a column, and the closed form of what it gives.
    fn table_form(&self, column: usize, leaves: bool) -> Compiled<(Treat, Form)> {
        let rule = &self.policy.columns[column];
        Ok(match &rule.tables {
            Some(At {
                value: General::Keep,
                ..
            }) if !leaves => {
                let reader = self.reader(rule)?;
                let kind = reader.kind.name();
                let form = Form::Kind {
                    kind,
                    max: (kind == "text").then_some(TABLE_TEXT),
                };
                (Treat::Keep(Keep::kind(reader, TABLE_TEXT)), form)
            }
            Some(At {
                value: General::Keep,
                ..
            })
            | None => self.treatment(rule)?,
            Some(form) => {
                let reader = self.reader(rule)?;
                let (general, closed) = self.general(&form.value, &reader, &form.at)?;
                (Treat::Generalise(Generalise::new(reader, general)), closed)
            }
        })
    }

    /// A column in a form coarser than its own in tables.
    fn coarser(&self, column: usize, form: &General, at: &Span) -> Compiled<(Treat, Form)> {
        let reader = self.reader(&self.policy.columns[column])?;
        let (general, closed) = self.general(form, &reader, at)?;
        Ok((Treat::Generalise(Generalise::new(reader, general)), closed))
    }

    fn table(
        &self,
        table: &model::Table,
        columns: &[Column],
        outputs: &[usize],
        sources: &mut Sources,
    ) -> Compiled<TablePlan> {
        let mut by = Vec::new();
        for dimension in &table.by {
            for level in &dimension.value {
                let named = At {
                    value: level.column.clone(),
                    at: dimension.at.clone(),
                };
                let column = column_at(columns, &named)?;
                let to = level.to.as_ref().map(|(form, _)| form.clone());
                let (treat, form) = match &to {
                    Some(form) => self.coarser(column, form, &dimension.at)?,
                    None => self.table_form(column, columns[column].leaves)?,
                };
                by.push(Dimension {
                    column,
                    to: to.clone(),
                    name: level.named(&columns[column].output),
                    source: source(&mut sources.labels, column, to, treat),
                    form,
                    in_extract: outputs.contains(&column),
                });
            }
        }
        let mut figures = Vec::new();
        let (mut distinct, mut sums) = (Vec::new(), Vec::new());
        for figure in &table.count {
            let named = |name: &String| {
                let at = figure.at.clone();
                let value = name.clone();
                column_at(columns, &At { value, at })
            };
            figures.push(match &figure.value {
                Figure::Person => Counted::Persons,
                Figure::Records => Counted::Records,
                Figure::Distinct(name) => {
                    let column = named(name)?;
                    let (treat, _) = self.table_form(column, columns[column].leaves)?;
                    let source = source(&mut sources.values, column, None, treat);
                    let output = columns[column].output.clone();
                    Counted::Distinct(place(&mut distinct, source), output)
                }
                Figure::Sum(name) | Figure::Mean(name) => {
                    let column = named(name)?;
                    let source = place(&mut sources.amounts, column);
                    let output = columns[column].output.clone();
                    let at = place(&mut sums, source);
                    match figure.value {
                        Figure::Sum(_) => Counted::Sum(at, output),
                        _ => Counted::Mean(at, output),
                    }
                }
            });
        }
        Ok(TablePlan {
            name: table.name.value.clone(),
            by,
            depths: table.by.iter().map(|levels| levels.value.len()).collect(),
            figures,
            distinct,
            sums,
            min: table.min.value,
            publish_zeros: table.zeros == Zeros::Publish,
            show_withheld: table.show_withheld,
            totals: table.totals,
            protect: table.protect,
            noise: table.noise.as_ref().map(|noise| noise.value),
            dominance: table.dominance.iter().map(|rule| rule.value).collect(),
        })
    }
}

/// The place of a column among the sources, added where it is new.
fn source(sources: &mut Vec<Source>, column: usize, to: Option<General>, treat: Treat) -> usize {
    let known = sources
        .iter()
        .position(|source| source.column == column && source.to == to);
    known.unwrap_or_else(|| {
        sources.push(Source { column, to, treat });
        sources.len() - 1
    })
}

/// The place of `item`, added where it is new.
fn place(items: &mut Vec<usize>, item: usize) -> usize {
    let known = items.iter().position(|known| *known == item);
    known.unwrap_or_else(|| {
        items.push(item);
        items.len() - 1
    })
}

/// The label of a total.
pub const TOTAL_LABEL: &str = "(all)";

/// Longest label of a table, in characters.
const TABLE_TEXT: usize = 200;

fn column_at(columns: &[Column], name: &At<String>) -> Compiled<usize> {
    columns
        .iter()
        .position(|column| column.name == name.value)
        .ok_or_else(|| {
            Problem::error(
                "column/unknown",
                name.at.clone(),
                format!("no rule names a column `{}`", name.value),
            )
        })
}

fn bad_domain(at: &Span) -> Problem {
    Problem::error(
        "domain/form",
        at.clone(),
        "this domain is not declared as it must be".to_owned(),
    )
}

fn number_reader() -> Reader {
    kinds::find("number").map_or_else(|| plain_reader(kinds::all()[0]), plain_reader)
}

fn normal(reader: &Reader, value: &str) -> Option<String> {
    let mut out = String::new();
    reader.normalise(value, &mut out).ok().map(|()| out)
}

fn sorted(labels: &[String]) -> Vec<String> {
    let mut labels = labels.to_vec();
    labels.sort();
    labels
}

fn civil(date: Date) -> CivilDate {
    CivilDate {
        year: date.year(),
        month: u8::try_from(date.month()).unwrap_or(1),
        day: u8::try_from(date.day()).unwrap_or(1),
    }
}

pub(super) fn calendar(level: DateLevel) -> (Calendar, String) {
    match level {
        DateLevel::Day => (Calendar::Day, "day".to_owned()),
        DateLevel::Month => (Calendar::Month, "month".to_owned()),
        DateLevel::Quarter => (Calendar::Quarter, "quarter".to_owned()),
        DateLevel::Year => (Calendar::Year, "year".to_owned()),
        DateLevel::Years(n) => (Calendar::Years(n), format!("{n}-years")),
        DateLevel::Decade => (Calendar::Years(10), "decade".to_owned()),
    }
}

/// How raw values of a rule's column are protected.
fn protection(rule: &ColumnRule, kind: &'static dyn Kind) -> Protection {
    match rule.treatment {
        Treatment::Keep(_) => Protection::None,
        Treatment::Redact { .. } => Protection::Spans,
        _ if kind.strict() => Protection::Strict,
        _ if matches!(kind.name(), "date" | "number") => Protection::Weak,
        _ if names_people(&rule.name.value) => Protection::Weak,
        _ => Protection::ByLength,
    }
}

/// Headers under which names of people stand.
fn names_people(header: &str) -> bool {
    const EXACT: [&str; 12] = [
        "name", "names", "surname", "forename", "nom", "prénom", "nombre", "apellido", "姓名",
        "名字", "姓", "名",
    ];
    const ENDINGS: [&str; 6] = ["_name", " name", "-name", "姓名", "名字", "fullname"];
    let header = header.trim().to_lowercase();
    EXACT.contains(&header.as_str()) || ENDINGS.iter().any(|ending| header.ends_with(ending))
}

/// SPEC of own-row: drop, pseudonymise, mask, shift, and generalised dates.
fn hunted_in_own_row(treatment: &Treatment, kind: &'static dyn Kind) -> bool {
    match treatment {
        Treatment::Drop
        | Treatment::Pseudonymise { .. }
        | Treatment::Mask { .. }
        | Treatment::Replace { .. }
        | Treatment::Shift { .. } => true,
        Treatment::Generalise(_) => kind.name() != "number",
        Treatment::Keep(_) | Treatment::Redact { .. } => false,
    }
}

/// Rows of a small file that the policy names: quotes around whole fields, doubled inside, no line breaks.
pub(super) fn simple_rows(
    text: &str,
    delimiter: char,
) -> impl Iterator<Item = Result<Vec<String>, ()>> + '_ {
    text.lines().map(move |line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut fields = Vec::new();
        let mut rest = line;
        loop {
            let (field, left) = match rest.strip_prefix('"') {
                None => match rest.split_once(delimiter) {
                    Some((field, left)) => (field.to_owned(), Some(left)),
                    None => (rest.to_owned(), None),
                },
                Some(quoted) => quoted_field(quoted, delimiter)?,
            };
            if field.contains('"') && !rest.starts_with('"') {
                return Err(());
            }
            fields.push(field);
            match left {
                Some(left) => rest = left,
                None => return Ok(fields),
            }
        }
    })
}

/// The field after its opening quote, and what follows its delimiter.
fn quoted_field(quoted: &str, delimiter: char) -> Result<(String, Option<&str>), ()> {
    let mut field = String::new();
    let mut rest = quoted;
    loop {
        let (part, left) = rest.split_once('"').ok_or(())?;
        field.push_str(part);
        match left.strip_prefix('"') {
            Some(left) => {
                field.push('"');
                rest = left;
            }
            None if left.is_empty() => return Ok((field, None)),
            None => {
                return left
                    .strip_prefix(delimiter)
                    .map(|left| (field, Some(left)))
                    .ok_or(());
            }
        }
    }
}
