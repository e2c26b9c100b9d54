//! The parts of a policy against each other: references, names, domains,
//! kinds, tables, examples. Needs no header, no data and no clock.

use std::collections::{HashMap, HashSet};

use super::doc::{Log, quoted};
use super::error::Problem;
use super::general::reads;
use super::model::{
    At, ColumnRule, Domain, Expect, Figure, General, Level, Protect, RedactLabel, RowTest, Span,
    Subject, Table, Treatment, kind_of_domain,
};
use super::nest::nests;
use super::parse::{Parts, default_prefix, domain, settled};
use super::words;

/// Names that a table's own columns have.
const TABLE_COLUMNS: &[&str] = &["persons", "records", "status"];

/// Checks everything and settles what follows from several parts: the
/// subject's domain, the domains implied by use, the kinds that row rules read.
pub(super) fn check(log: &mut Log, parts: &mut Parts<'_>) -> (Option<Subject>, Vec<Domain>) {
    grounds(log, parts);
    row_rules(log, parts);
    let subject = subject(log, parts);
    let domains = domains(log, parts, subject.as_ref());
    shifts(log, parts, subject.as_ref());
    output_names(log, parts);
    extract(log, parts);
    tables(log, parts);
    examples(log, parts);
    super::holds::check(log, parts);
    exceptions(log, parts);
    (subject, domains)
}

/// A reference to something that is not there.
fn dangling(name: &At<String>, what: &str, known: &[&str], help: &str) -> Problem {
    let mut message = format!("there is no {what} {}", quoted(&name.value));
    if let Some(near) = words::nearest(&name.value, known) {
        message.push_str(&format!("; did you mean `{near}`?"));
    }
    let shown: Vec<&str> = known.iter().copied().take(20).collect();
    Problem::error("policy/unknown-reference", name.at.clone(), message).help(if known.is_empty() {
        help.to_owned()
    } else if known.len() > shown.len() {
        format!("{help}; there are {} and others", words::list(&shown))
    } else {
        format!("{help}; there are {}", words::list(&shown))
    })
}

/// Whether a column has a section, be its rule right or wrong.
pub(super) fn has_column(parts: &Parts<'_>, name: &str) -> bool {
    parts.column_entries.iter().any(|e| e.key == name)
}

pub(super) fn no_column(parts: &Parts<'_>, name: &At<String>) -> Problem {
    let known: Vec<&str> = parts.column_entries.iter().map(|e| e.key).collect();
    dangling(
        name,
        "column",
        &known,
        "name a column that has a section [columns.NAME]",
    )
}

fn rule<'p>(parts: &'p Parts<'_>, name: &str) -> Option<&'p ColumnRule> {
    parts.columns.iter().find(|c| c.name.value == name)
}

fn leaves(rule: &ColumnRule) -> bool {
    !matches!(rule.treatment, Treatment::Drop)
}

fn output(rule: &ColumnRule) -> &At<String> {
    rule.rename.as_ref().unwrap_or(&rule.name)
}

fn grounds(log: &mut Log, parts: &Parts<'_>) {
    let known: Vec<&str> = parts.ground_names.iter().map(String::as_str).collect();
    if known.is_empty() {
        return; // reported where the section is missing
    }
    let used = parts
        .columns
        .iter()
        .map(|c| &c.ground)
        .chain(parts.rows.iter().map(|r| &r.rule.ground));
    for ground in used {
        if !known.contains(&ground.value.as_str()) {
            log.push(
                dangling(
                    ground,
                    "ground",
                    &known,
                    "name one that stands under [grounds]",
                )
                .why(super::columns::GROUND_WHY),
            );
        }
    }
}

fn row_rules(log: &mut Log, parts: &mut Parts<'_>) {
    let recipients: Vec<String> = parts
        .recipients
        .iter()
        .map(|r| r.id.value.clone())
        .collect();
    let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
    for part in &parts.rows {
        for name in &part.rule.recipients {
            if !recipients.contains(&name.value.as_str()) {
                log.push(dangling(
                    name,
                    "recipient",
                    &recipients,
                    "name one that has a section [recipients.NAME]",
                ));
            }
        }
        if !has_column(parts, &part.rule.column.value) {
            log.push(no_column(parts, &part.rule.column));
        }
    }
    for part in &parts.rows {
        let Some(column) = parts
            .columns
            .iter_mut()
            .find(|c| c.name.value == part.rule.column.value)
        else {
            continue;
        };
        match (&part.rule.test, &part.range, &mut column.kind) {
            (RowTest::Missing, _, _) => {}
            (_, Some((wanted, at)), kind) if kind.as_ref().is_none_or(|k| k.value != *wanted) => {
                let found = kind.as_ref().map_or_else(
                    || "has no kind".to_owned(),
                    |k| format!("is of kind `{}`", k.value),
                );
                log.push(
                    Problem::error(
                        "policy/kind",
                        at.clone(),
                        format!(
                            "{} {found}, and this is a {wanted}",
                            super::columns::label(&column.name.value)
                        ),
                    )
                    .why("a row rule reads the value normalised by the column's kind")
                    .also(
                        kind.as_ref().map_or(column.do_at.clone(), |k| k.at.clone()),
                        "the column",
                    )
                    .help(format!(
                        "give the column kind = \"{wanted}\", or test with `in`"
                    )),
                );
            }
            (_, None, kind @ None) => {
                *kind = Some(At {
                    value: "text".to_owned(),
                    at: part.rule.column.at.clone(),
                });
            }
            _ => {}
        }
    }
}

fn subject(log: &mut Log, parts: &Parts<'_>) -> Option<Subject> {
    let part = parts.subject.as_ref()?;
    if !has_column(parts, &part.column.value) {
        log.push(no_column(parts, &part.column));
        return None;
    }
    let written = part.domain.as_ref();
    let Some(column) = rule(parts, &part.column.value) else {
        return Some(settled(
            part,
            written.map_or_else(|| "person".to_owned(), |d| d.value.clone()),
        ));
    };
    if column.kind.is_none() {
        log.push(
            Problem::error(
                "policy/kind",
                part.column.at.clone(),
                format!(
                    "the subject column {} has no kind",
                    quoted(&part.column.value)
                ),
            )
            .why("two records are one person's only where the identifier is read alike")
            .also(column.name.at.clone(), "the column")
            .help("add kind = \"…\" to the column; kind = \"exact\" compares the bytes"),
        );
    }
    let coded = match &column.treatment {
        Treatment::Pseudonymise { domain } => Some(domain),
        _ => None,
    };
    if let (Some(written), Some(coded)) = (written, coded)
        && written.value != coded.value
    {
        log.push(
            Problem::error(
                "policy/clash",
                written.at.clone(),
                format!(
                    "the subject's domain is {}, its column is coded in {}",
                    quoted(&written.value),
                    quoted(&coded.value)
                ),
            )
            .why("one person would have two codes")
            .also(coded.at.clone(), "the column's domain")
            .help("write the same domain at both places"),
        );
    }
    let name = written
        .or(coded)
        .map_or_else(|| "person".to_owned(), |d| d.value.clone());
    Some(settled(part, name))
}

fn domains(log: &mut Log, parts: &Parts<'_>, subject: Option<&Subject>) -> Vec<Domain> {
    // Where each domain is used, and with which kind.
    let mut uses: Vec<(&str, Span, Option<&At<String>>)> = Vec::new();
    for column in &parts.columns {
        if let Treatment::Pseudonymise { domain } = &column.treatment {
            uses.push((&domain.value, domain.at.clone(), column.kind.as_ref()));
        }
    }
    if let (Some(subject), Some(part)) = (subject, &parts.subject) {
        let at = part
            .domain
            .as_ref()
            .map_or(part.column.at.clone(), |d| d.at.clone());
        let kind = rule(parts, &subject.column.value).and_then(|c| c.kind.as_ref());
        uses.push((&subject.domain, at, kind));
    }
    for column in &parts.columns {
        if let Treatment::Redact {
            find,
            label: RedactLabel::Code(domain),
            ..
        } = &column.treatment
        {
            codes_in_text(log, parts, subject, find, domain);
            uses.push((&domain.value, domain.at.clone(), None));
        }
    }
    uses.sort_by_key(|(_, at, _)| at.start);

    let mut kinds: HashMap<&str, &At<String>> = HashMap::new();
    for (name, at, kind) in &uses {
        let Some(kind) = kind else { continue };
        let first = kinds.entry(name).or_insert(kind);
        if first.value != kind.value {
            log.push(
                Problem::error(
                    "policy/clash",
                    at.clone(),
                    format!(
                        "domain {} holds values of kind `{}` and of kind `{}`",
                        quoted(name),
                        first.value,
                        kind.value
                    ),
                )
                .why("the same identifier gets the same code only where it is normalised alike")
                .also(first.at.clone(), "the other kind")
                .help("use one domain for each kind of identifier"),
            );
        }
    }

    let mut out: Vec<Domain> = Vec::new();
    for declared in &parts.domains {
        let prefix = match &declared.prefix {
            Some(p) => p.value.clone(),
            None => prefix(log, &declared.name.value, &declared.name.at),
        };
        out.push(domain(
            &declared.name.value,
            prefix,
            declared.bits,
            declared.name.at.clone(),
        ));
    }
    for (name, at, _) in &uses {
        // A declared domain with problems of its own is not in the list, but
        // then the policy is refused anyway.
        if out.iter().all(|d| d.name != *name) {
            let prefix = prefix(log, name, at);
            out.push(domain(name, prefix, 80, at.clone()));
        }
    }
    out.sort_by_key(|d| d.at.start);
    out
}

/// Codes in a text are those of one kind, which the text is searched for.
fn codes_in_text(
    log: &mut Log,
    parts: &Parts<'_>,
    subject: Option<&Subject>,
    find: &[At<String>],
    domain: &At<String>,
) {
    let name = quoted(&domain.value);
    match kind_of_domain(&parts.columns, subject, &domain.value) {
        None => log.push(
            Problem::error(
                "policy/kind",
                domain.at.clone(),
                format!("nothing says what kind of identifier domain {name} holds"),
            )
            .why("only what is normalised alike gets the same code: the codes of a text are of one kind")
            .help("name the domain of a column that is pseudonymised, or find one kind only"),
        ),
        Some(kind) if find.iter().all(|found| found.value != kind) => log.push(
            Problem::error(
                "policy/not-allowed",
                domain.at.clone(),
                format!("the text is not searched for `{kind}`, which domain {name} holds"),
            )
            .why("nothing in it would get a code")
            .help(format!("add \"{kind}\" to `find`, or say label = \"kind\"")),
        ),
        Some(_) => {}
    }
}

fn prefix(log: &mut Log, name: &str, at: &Span) -> String {
    default_prefix(name).unwrap_or_else(|| {
        log.push(
            Problem::error(
                "policy/missing-key",
                at.clone(),
                format!("domain {} needs a prefix", quoted(name)),
            )
            .why("codes begin with one to three letters; the default is the first letter of the domain")
            .help(format!("write [domains.{name}] with prefix = \"X\"")),
        );
        "X".to_owned()
    })
}

fn shifts(log: &mut Log, parts: &Parts<'_>, subject: Option<&Subject>) {
    for column in &parts.columns {
        let Treatment::Shift { by, .. } = &column.treatment else {
            continue;
        };
        if !has_column(parts, &by.value) {
            log.push(no_column(parts, by));
            continue;
        }
        let Some(other) = rule(parts, &by.value) else {
            continue;
        };
        let is_subject = subject.is_some_and(|s| s.column.value == by.value);
        let coded = matches!(other.treatment, Treatment::Pseudonymise { .. });
        if !is_subject && !coded {
            log.push(
                Problem::error(
                    "policy/unknown-reference",
                    by.at.clone(),
                    format!("{} does not identify a person", quoted(&by.value)),
                )
                .why("the offset is the person's own, derived in the domain of their codes")
                .also(other.name.at.clone(), "the column")
                .help("name the column of [subject], or one that is pseudonymised"),
            );
        }
    }
}

fn output_names(log: &mut Log, parts: &Parts<'_>) {
    let mut taken: HashMap<&str, &At<String>> = HashMap::new();
    for column in parts.columns.iter().filter(|c| leaves(c)) {
        let name = output(column);
        if let Some(first) = taken.get(name.value.as_str()) {
            let (late, early) = if first.at.start > name.at.start {
                (*first, name)
            } else {
                (name, *first)
            };
            log.push(
                Problem::error(
                    "policy/clash",
                    late.at.clone(),
                    format!("two columns would leave as {}", quoted(&name.value)),
                )
                .also(early.at.clone(), "the other")
                .help("give one of them another name with `as`"),
            );
            continue;
        }
        taken.insert(&name.value, name);
    }
    for column in &parts.columns {
        let Some(new) = &column.rename else { continue };
        let other = parts
            .column_entries
            .iter()
            .find(|e| e.key == new.value && e.key != column.name.value);
        // Where the other one leaves under that name it has been reported.
        let reported = rule(parts, &new.value)
            .is_some_and(|o| leaves(column) && leaves(o) && output(o).value == new.value);
        if let Some(other) = other
            && !reported
        {
            log.push(
                Problem::error(
                    "policy/clash",
                    new.at.clone(),
                    format!(
                        "{} would leave under the name of another column",
                        quoted(&column.name.value)
                    ),
                )
                .why("a reader would take it for that column")
                .also(other.key_at(), "the other column")
                .help("choose another name"),
            );
        }
    }
}

fn extract(log: &mut Log, parts: &Parts<'_>) {
    let Some((_, at)) = &parts.extract else {
        return;
    };
    let complete = parts.columns.len() == parts.column_entries.len();
    if complete && !parts.columns.is_empty() && !parts.columns.iter().any(leaves) {
        log.push(
            Problem::error(
                "policy/empty-list",
                at.clone(),
                "no column leaves, so the extract would be empty",
            )
            .help("take [extract] out, or let a column leave"),
        );
    }
}

fn tables(log: &mut Log, parts: &Parts<'_>) {
    let mut names: HashMap<&str, &At<String>> = HashMap::new();
    for table in &parts.tables {
        if let Some(first) = names.get(table.name.value.as_str()) {
            log.push(
                Problem::error(
                    "policy/clash",
                    table.name.at.clone(),
                    format!("two tables are called {}", quoted(&table.name.value)),
                )
                .also(first.at.clone(), "the other"),
            );
        }
        names.insert(&table.name.value, &table.name);

        let mut all_leave = true;
        let mut known = true;
        let mut outputs: HashSet<String> = HashSet::new();
        for level in &table.by {
            for one in &level.value {
                let name = &one.column;
                let place = At {
                    value: name.clone(),
                    at: level.at.clone(),
                };
                if !has_column(parts, name) {
                    log.push(no_column(parts, &place));
                    known = false;
                    continue;
                }
                let Some(column) = rule(parts, name) else {
                    known = false;
                    continue;
                };
                all_leave &= leaves(column);
                let out = one.named(&output(column).value);
                if !outputs.insert(out.clone()) {
                    log.push(
                        Problem::error(
                            "policy/clash",
                            level.at.clone(),
                            format!("two columns of the table are called {}", quoted(&out)),
                        )
                        .help("give one of them another name with `as`"),
                    );
                }
                if TABLE_COLUMNS.contains(&out.as_str()) {
                    log.push(
                        Problem::error(
                            "policy/clash",
                            level.at.clone(),
                            format!("a table has a column {} of its own", quoted(&out)),
                        )
                        .also(column.name.at.clone(), "the column")
                        .help("give the column another name with `as`"),
                    );
                }
                match &column.treatment {
                    Treatment::Drop if column.tables.is_none() => {
                        log.push(
                            Problem::error(
                                "policy/not-allowed",
                                level.at.clone(),
                                format!("{} is dropped", quoted(name)),
                            )
                            .why("a table uses a dropped column only in the form that its rule allows")
                            .also(column.name.at.clone(), "the rule")
                            .help("add tables = \"keep\", tables = \"decade\" or tables = { … } to the column"),
                        );
                    }
                    Treatment::Redact { .. } | Treatment::Replace { .. } => {
                        log.push(
                            Problem::error(
                                "policy/not-allowed",
                                level.at.clone(),
                                format!("{} is no dimension of a table", quoted(name)),
                            )
                            .why("free text and constants have no groups to count")
                            .also(column.do_at.clone(), "the treatment"),
                        );
                    }
                    _ => {}
                }
            }
        }
        rolled_up(log, parts, table);
        table_figures(log, parts, table, &outputs);
        protection(log, parts, table);
        if known
            && all_leave
            && parts.extract.is_some()
            && table.why.is_none()
            && !table.by.is_empty()
        {
            log.push(
                Problem::error(
                    "policy/table-in-extract",
                    table.at.clone(),
                    format!(
                        "all columns of table {} leave in the extract too",
                        quoted(&table.name.value)
                    ),
                )
                .why("whoever holds the extract can count the table there, withheld cells included")
                .help("use a column that is dropped from the rows with tables = \"keep\", take the table or the extract out, or write why = \"…\" in the table"),
            );
        }
        if parts.subject.is_none()
            && table.count.iter().any(|f| f.value == Figure::Person)
            && table.count.iter().any(|f| f.value == Figure::Records)
        {
            let at = table
                .count
                .iter()
                .find(|f| f.value == Figure::Person)
                .map_or(table.at.clone(), |f| f.at.clone());
            log.push(
                Problem::error(
                    "policy/not-allowed",
                    at,
                    "without [subject] each record is its own person: both figures are the same",
                )
                .help("write [subject], or count one of the two"),
            );
        }
    }
}

/// Levels of one column must nest, stand together, and be the same in every
/// table: else what lies between two cuts could be subtracted unseen.
fn rolled_up(log: &mut Log, parts: &Parts<'_>, table: &Table) {
    let of = |table: &Table, name: &str| -> Vec<Vec<Level>> {
        let dimensions = table.by.iter();
        dimensions
            .map(|levels| {
                let own = levels.value.iter().filter(|level| level.column == name);
                own.cloned().collect::<Vec<_>>()
            })
            .filter(|levels| !levels.is_empty())
            .collect()
    };
    let mut seen: HashSet<&str> = HashSet::new();
    for dimension in &table.by {
        for level in &dimension.value {
            let name = level.column.as_str();
            let all = of(table, name);
            let everywhere = || parts.tables.iter().flat_map(|table| of(table, name));
            let plain = everywhere().flatten().all(|level| level.to.is_none());
            if plain || !seen.insert(name) {
                continue;
            }
            let Some(column) = rule(parts, name) else {
                continue;
            };
            let wrong = |what: String, help: &str| {
                Problem::error("policy/roll-up", dimension.at.clone(), what)
                    .why("a level may only join whole groups of the next finer one")
                    .also(column.name.at.clone(), "the column")
                    .help(help)
            };
            let together = dimension.value.iter().skip_while(|l| l.column != name);
            let together = together.take_while(|l| l.column == name).count();
            if all.len() > 1 || together != all[0].len() {
                log.push(wrong(
                    format!("levels of {} do not stand side by side", quoted(name)),
                    "write them in one hierarchy, broad to fine: \"joined:decade > joined:year\"",
                ));
                continue;
            }
            let Some(finest) = table_form(column) else {
                log.push(wrong(
                    format!("{} has no form that can be made coarser", quoted(name)),
                    "let the column leave generalised, or drop it with tables = \"year\" or the like",
                ));
                continue;
            };
            let form = |level: &Level| level.to.as_ref().map_or(finest, |(form, _)| form).clone();
            let kind = column.kind.as_ref().map(|kind| kind.value.as_str());
            let finer = |level: &&Level| {
                let kept = level.to.as_ref().is_some_and(|(form, _)| {
                    form == finest || reads(form).is_some_and(|reads| Some(reads) != kind)
                });
                kept || !nests(finest, &form(level))
            };
            if let Some(level) = all[0].iter().find(finer) {
                log.push(wrong(
                    format!(
                        "{} is not coarser than the form in which tables have the column",
                        quoted(&level.written())
                    ),
                    "give `tables` of the column the finest form that a table needs",
                ));
                continue;
            }
            for pair in all[0].windows(2) {
                let (broad, fine) = (form(&pair[0]), form(&pair[1]));
                if broad == fine || !nests(&fine, &broad) {
                    log.push(wrong(
                        format!(
                            "{} is not coarser than {}",
                            quoted(&pair[0].written()),
                            quoted(&pair[1].written())
                        ),
                        "write levels from broad to fine: \"joined:decade > joined:year\"",
                    ));
                }
            }
            // The longest list of any table; this one must be its beginning.
            let longest = everywhere().max_by_key(Vec::len);
            if longest.is_some_and(|longest| !longest.starts_with(&all[0])) {
                log.push(wrong(
                    format!("two tables have {} in different levels", quoted(name)),
                    "give both tables the same levels, or the coarser one the first of them",
                ));
            }
        }
    }
}

/// The form in which tables have a column, where it can be made coarser.
fn table_form(column: &ColumnRule) -> Option<&General> {
    match (&column.tables, &column.treatment) {
        (Some(form), Treatment::Drop) => Some(&form.value),
        (Some(form), _) if form.value != General::Keep => Some(&form.value),
        (_, Treatment::Generalise(form)) => Some(form),
        (_, Treatment::Keep(_)) => Some(&General::Keep),
        _ => None,
    }
}

/// Figures of columns: the column must be there, in a form that can be counted or summed.
fn table_figures(log: &mut Log, parts: &Parts<'_>, table: &Table, outputs: &HashSet<String>) {
    for figure in &table.count {
        let (word, name) = match &figure.value {
            Figure::Person | Figure::Records => continue,
            Figure::Distinct(name) => ("distinct", name),
            Figure::Sum(name) => ("sum", name),
            Figure::Mean(name) => ("mean", name),
        };
        let place = At {
            value: name.clone(),
            at: figure.at.clone(),
        };
        if !has_column(parts, name) {
            log.push(no_column(parts, &place));
            continue;
        }
        let Some(column) = rule(parts, name) else {
            continue;
        };
        let header = format!("{word}_{}", output(column).value);
        if outputs.contains(header.as_str()) {
            log.push(
                Problem::error(
                    "policy/clash",
                    figure.at.clone(),
                    format!("two columns of the table are called {}", quoted(&header)),
                )
                .help("give the column that it counts by another name with `as`"),
            );
        }
        let numbers = column
            .kind
            .as_ref()
            .is_some_and(|kind| kind.value == "number");
        let sums = word != "distinct";
        let not_allowed = |message: String| {
            Problem::error("policy/not-allowed", figure.at.clone(), message)
                .also(column.name.at.clone(), "the rule")
        };
        match &column.treatment {
            Treatment::Drop if column.tables.is_none() => log.push(
                not_allowed(format!("{} is dropped", quoted(name)))
                    .why("a table uses a dropped column only in the form that its rule allows")
                    .help("add tables = \"keep\" to the column"),
            ),
            Treatment::Redact { .. } | Treatment::Replace { .. } => log.push(
                not_allowed(format!("{} is no figure of a table", quoted(name)))
                    .why("free text and constants have nothing to count"),
            ),
            _ if sums && !numbers => log.push(
                not_allowed(format!("{} is not of the kind `number`", quoted(name)))
                    .why("only numbers that are read as numbers have a sum")
                    .help("add kind = \"number\" to the column"),
            ),
            _ => {}
        }
    }
}

/// What a table's protection needs, and what it has no use for.
fn protection(log: &mut Log, parts: &Parts<'_>, table: &Table) {
    let summed = |figure: &&At<Figure>| matches!(figure.value, Figure::Sum(_) | Figure::Mean(_));
    let not_allowed =
        |at: &Span, message: &str| Problem::error("policy/not-allowed", at.clone(), message);
    if table.protect == Protect::Suppress {
        if let Some(noise) = &table.noise {
            log.push(
                not_allowed(&noise.at, "`noise` is a word of `protect = \"cell-key\"`")
                    .help("take it out, or write protect = \"cell-key\""),
            );
        }
        if let Some(rule) = table.dominance.first()
            && !table.count.iter().any(|figure| summed(&figure))
        {
            log.push(
                not_allowed(
                    &rule.at,
                    "rules against large contributors need a sum or a mean",
                )
                .help("take the rule out, or count a sum"),
            );
        }
        return;
    }
    for figure in &table.count {
        if !matches!(figure.value, Figure::Person | Figure::Records) {
            log.push(
                not_allowed(
                    &figure.at,
                    "cell keys perturb counts of persons and records only",
                )
                .why("noise that hides one person in a count does not hide a large amount in a sum")
                .help("use protect = \"suppress\" for this table"),
            );
        }
    }
    if let Some(rule) = table.dominance.first() {
        log.push(not_allowed(
            &rule.at,
            "rules against large contributors need a sum or a mean",
        ));
    }
    if table.show_withheld {
        log.push(
            not_allowed(
                &table.at,
                "a table that is perturbed withholds nothing that could be listed",
            )
            .help("take `show_withheld` out"),
        );
    }
    if let Some(noise) = &table.noise
        && noise.value.bound < table.min.value
    {
        log.push(
            not_allowed(&noise.at, "`bound` is below `min`")
                .why("a count below `min` must be able to leave as `min`, or noise would pull it down only")
                .help(format!("write a bound of at least {}", table.min.value)),
        );
    }
    if let Some(other) = parts
        .tables
        .iter()
        .find(|other| other.protect == Protect::Suppress)
    {
        log.push(
            not_allowed(
                &table.at,
                "a release has tables with noise or tables with withheld cells, not both",
            )
            .also(other.at.clone(), "the other")
            .why("a figure with noise tells about the cell that another table withholds"),
        );
    }
}

fn examples(log: &mut Log, parts: &Parts<'_>) {
    for example in &parts.examples {
        for (name, _) in &example.given {
            if !has_column(parts, &name.value) {
                log.push(no_column(parts, name));
            }
        }
        let Expect::Values(expected) = &example.expect else {
            continue;
        };
        for (name, _) in expected {
            let found = parts
                .columns
                .iter()
                .any(|c| leaves(c) && output(c).value == name.value);
            if found {
                continue;
            }
            let Some(column) = rule(parts, &name.value) else {
                if !has_column(parts, &name.value) {
                    let known: Vec<&str> = parts
                        .columns
                        .iter()
                        .filter(|c| leaves(c))
                        .map(|c| output(c).value.as_str())
                        .collect();
                    log.push(dangling(
                        name,
                        "output column",
                        &known,
                        "name a column that leaves",
                    ));
                }
                continue;
            };
            let mut problem = Problem::error(
                "policy/unknown-reference",
                name.at.clone(),
                format!("{} does not leave under this name", quoted(&name.value)),
            )
            .why("an example names the columns of the output");
            problem = match &column.rename {
                Some(new) if leaves(column) => problem
                    .also(new.at.clone(), "its name in the output")
                    .help(format!("write {}", quoted(&new.value))),
                _ => problem
                    .also(column.do_at.clone(), "its treatment")
                    .help("take it out of `expect`: that a dropped column does not leave needs no example"),
            };
            log.push(problem);
        }
    }
}

fn exceptions(log: &mut Log, parts: &Parts<'_>) {
    const PLACES: &[&str] = &[
        "policy",
        "basis",
        "input",
        "subject",
        "extract",
        "extract.risk",
    ];
    // With those that were refused.
    let tables: Vec<&str> = parts.table_names.iter().map(String::as_str).collect();
    let columns: Vec<&str> = parts.column_entries.iter().map(|e| e.key).collect();
    let recipients: Vec<&str> = parts
        .recipients
        .iter()
        .map(|r| r.id.value.as_str())
        .collect();
    let domains: Vec<&str> = parts
        .domains
        .iter()
        .map(|d| d.name.value.as_str())
        .collect();
    for exception in &parts.exceptions {
        let place = &exception.place;
        if PLACES.contains(&place.value.as_str()) {
            continue;
        }
        let (what, name, known) = match place.value.split_once('.') {
            Some(("tables", name)) => ("table", name, &tables),
            Some(("columns", name)) => ("column", name, &columns),
            Some(("recipients", name)) => ("recipient", name, &recipients),
            Some(("domains", name)) => ("domain", name, &domains),
            _ => {
                log.push(
                    Problem::error(
                        "policy/unknown-reference",
                        place.at.clone(),
                        format!("{} is no place in the policy", quoted(&place.value)),
                    )
                    .why("an exception holds for one place")
                    .help(format!(
                        "write tables.NAME, columns.NAME, recipients.NAME, domains.NAME, {}",
                        words::list(PLACES)
                    )),
                );
                continue;
            }
        };
        if !known.contains(&name) {
            let name = At {
                value: name.to_owned(),
                at: place.at.clone(),
            };
            log.push(dangling(
                &name,
                what,
                known,
                "an exception holds for one place",
            ));
        }
    }
}
