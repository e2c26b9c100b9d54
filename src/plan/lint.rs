//! What a careful reader would ask of a policy: findings that do not stop a
//! run by themselves, each with its place, why it matters and what mends it.
//! An exception may accept one by name; nothing else makes it go away.
//!
//! Some questions need the file: what a profile saw of it is handed in as
//! [`Seen`], counts and names of kinds alone. May not read a record.

use crate::kinds::headers::{self, Role};
use crate::kinds::{self, Kind};
use crate::policy::Problem;
use crate::policy::model::{
    Class, ColumnRule, DateLevel, Extract, General, KeepForm, Order, Policy, RedactLabel, Treatment,
};

/// A problem that an exception may lift, and the place that the exception must name.
pub(super) type Placed = (String, Problem);

/// What was seen in the input: no value of it.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Files; more than one is taken for batches.
    pub files: usize,
    /// The columns.
    pub columns: Vec<SeenColumn>,
    /// Tables of which more than half would be withheld, and what to publish
    /// instead, in words.
    pub over_half: Vec<(String, String)>,
}

/// What was seen of one column.
#[derive(Debug, Clone, Default)]
pub struct SeenColumn {
    /// Its name.
    pub name: String,
    /// Filled cells.
    pub filled: u64,
    /// Distinct values, perhaps estimated.
    pub distinct: u64,
    /// What it was taken for: the name of a kind, or `name`, `address`, ….
    pub what: String,
    /// Cells that hold an identifier among other text, by kind.
    pub inside: Vec<(String, u64)>,
}

/// What can be asked of the policy alone.
pub(super) fn lint(policy: &Policy) -> Vec<Placed> {
    let mut problems = Vec::new();
    for rule in &policy.columns {
        if let Treatment::Redact { own_row: false, .. } = rule.treatment {
            let message = format!("`{}` is redacted without \"own-row\"", rule.name.value);
            problems.push((
                place(rule),
                Problem::warning("lint/own-row", rule.do_at.clone(), message)
                    .why("notes often hold the person's own name or number as it stands in the other columns; the check at the end then refuses the release")
                    .help("add \"own-row\" to `find`"),
            ));
        }
        problems.extend(kept_part(rule));
        if policy.extract.is_some() {
            problems.extend(code_of_few(rule));
        }
    }
    if let Some(extract) = &policy.extract {
        lint_extract(policy, extract, &mut problems);
        problems.extend(code_undone(policy));
        problems.extend(contact_graph(policy));
        problems.extend(policy.columns.iter().filter_map(codes_in_text));
    }
    let whole =
        |code, message: &str| Problem::warning(code, policy.purpose.at.clone(), message.to_owned());
    if policy.examples.is_empty() {
        problems.push((
            "policy".to_owned(),
            whole("lint/examples", "the policy has no examples")
                .why("examples show a reader what each rule does, and fail when a rule is weakened")
                .help("add [[examples]] with invented values"),
        ));
    }
    if policy.subject.is_none() && !policy.tables.is_empty() {
        problems.push((
            "policy".to_owned(),
            whole("lint/subject", "the policy names no subject")
                .why("each record counts as a person of its own, also where one person has several")
                .help("add [subject] with the column that identifies a person"),
        ));
    }
    problems
}

/// What can be asked once the file is known.
pub(super) fn lint_seen(policy: &Policy, seen: &Seen) -> Vec<Placed> {
    let tables = seen.over_half.iter();
    let mut problems: Vec<Placed> = tables
        .filter_map(|(name, instead)| over_half(policy, name, instead))
        .collect();
    for rule in &policy.columns {
        let Some(column) = seen
            .columns
            .iter()
            .find(|column| column.name == rule.name.value)
        else {
            continue;
        };
        problems.extend(kept_identifiers(rule, column));
        if policy.extract.is_some() {
            problems.extend(frequent_codes(rule, column));
        }
    }
    if seen.files > 1 && policy.extract.is_some() {
        problems.extend(planted(policy));
    }
    problems
}

fn place(rule: &ColumnRule) -> String {
    format!("columns.{}", rule.name.value)
}

fn kind_of(rule: &ColumnRule) -> Option<&'static dyn Kind> {
    kinds::find(&rule.kind.as_ref()?.value)
}

fn leaves(rule: &ColumnRule) -> bool {
    !matches!(rule.treatment, Treatment::Drop)
}

fn role(rule: &ColumnRule) -> Option<Role> {
    headers::role(&rule.name.value).map(|(role, _)| role)
}

/// The kept end of an identifier.
fn kept_part(rule: &ColumnRule) -> Option<Placed> {
    let kind = kind_of(rule)?;
    let telling = kind.strict() || role(rule) == Some(Role::Identifier);
    if !telling {
        return None;
    }
    let (first, last) = match rule.treatment {
        Treatment::Generalise(General::Area(level)) => {
            return Some((
                place(rule),
                Problem::warning(
                    "lint/kept-part",
                    rule.do_at.clone(),
                    format!("the {} in `{}` leaves", level.as_str(), rule.name.value),
                )
                .why("it is where the number was given out, often where the person was born, and with birth date and sex it is most of the number")
                .help("take the place from an address that says where people live now, or drop the column"),
            ));
        }
        Treatment::Generalise(General::Prefix(first)) => (first, 0),
        Treatment::Mask { first, last, .. } if first + last > 0 => (first, last),
        _ => return None,
    };
    let message = match (first, last) {
        (first, 0) => format!(
            "the first {first} characters of `{}` leave",
            rule.name.value
        ),
        (0, last) => format!("the last {last} characters of `{}` leave", rule.name.value),
        (first, last) => format!(
            "the first {first} and the last {last} characters of `{}` leave",
            rule.name.value
        ),
    };
    let why = match (kind.name(), first, last) {
        ("cn-resident-id", 14.., _) => {
            "they are the county of issue and the birth date: with sex they name one in a few hundred people".to_owned()
        }
        ("cn-resident-id", 10.., _) => "they are the county of issue and the year of birth".to_owned(),
        ("cn-resident-id", 6.., _) => "the first six are the county that issued it, often where the person was born".to_owned(),
        ("cn-resident-id", 2.., _) => "the first two are the province that issued it".to_owned(),
        ("cn-resident-id", _, 2..) => "the last but one tells the sex, and four characters at the end tell people of one day and county apart".to_owned(),
        ("email", _, _) => "the beginning of an address is a person's name more often than not".to_owned(),
        ("phone", _, 4..) => "four digits at the end tell apart almost everybody whom somebody knows".to_owned(),
        _ => {
            let reveals = kind.facts().reveals;
            if reveals.is_empty() {
                "whoever has a list of such numbers finds the few that begin or end like this".to_owned()
            } else {
                format!("such numbers tell {reveals}, and whoever has a list of them finds the few that begin or end like this")
            }
        }
    };
    Some((
        place(rule),
        Problem::warning("lint/kept-part", rule.do_at.clone(), message)
            .why(why)
            .help("drop the column, or take what you need from a column that says it (a place, a birth date) and coarsen that"),
    ))
}

/// A code over something that has few values, as its header tells.
fn code_of_few(rule: &ColumnRule) -> Option<Placed> {
    if !matches!(rule.treatment, Treatment::Pseudonymise { .. }) {
        return None;
    }
    let role = role(rule).filter(|role| {
        matches!(
            role,
            Role::Sex
                | Role::Age
                | Role::Birth
                | Role::Place
                | Role::Postcode
                | Role::Sensitive
                | Role::Organisation
                | Role::Attribute
                | Role::Date
        )
    })?;
    Some((
        place(rule),
        Problem::warning(
            "lint/few-values",
            rule.do_at.clone(),
            format!(
                "`{}` becomes a code, and its header says {}",
                rule.name.value,
                role.title()
            ),
        )
        .why("where there are few values their frequency gives them away: the commonest code is the commonest value, without any key")
        .help("drop the column, coarsen it, or count it in a table"),
    ))
}

/// Codes over few values, as the file shows.
fn frequent_codes(rule: &ColumnRule, seen: &SeenColumn) -> Option<Placed> {
    let few = seen.distinct < 10_000 && seen.distinct.saturating_mul(5) < seen.filled;
    if !matches!(rule.treatment, Treatment::Pseudonymise { .. }) || !few {
        return None;
    }
    Some((
        place(rule),
        Problem::warning(
            "lint/few-values",
            rule.do_at.clone(),
            format!(
                "`{}` becomes a code, and the file has about {} distinct values in {} cells",
                rule.name.value, seen.distinct, seen.filled
            ),
        )
        .why("where there are few values their frequency gives them away: the commonest code is the commonest value, without any key")
        .help("drop the column, coarsen it, or count it in a table"),
    ))
}

/// Whether a column leaves as a single day, or close to it.
fn fine_date(rule: &ColumnRule) -> bool {
    match &rule.treatment {
        Treatment::Keep(_) | Treatment::Shift { .. } => {
            rule.kind.as_ref().is_some_and(|kind| kind.value == "date")
        }
        Treatment::Generalise(General::Date(level)) => {
            matches!(
                level,
                DateLevel::Day | DateLevel::Month | DateLevel::Quarter
            )
        }
        _ => false,
    }
}

/// Birth date, sex and place of issue in clear beside the code of a number
/// that is made of them.
fn code_undone(policy: &Policy) -> Option<Placed> {
    let code = policy.columns.iter().find(|rule| {
        matches!(rule.treatment, Treatment::Pseudonymise { .. })
            && kind_of(rule).is_some_and(|kind| {
                let reveals = kind.facts().reveals;
                reveals.contains("birth") || kind.name() == "cn-resident-id"
            })
    })?;
    let birth = policy
        .columns
        .iter()
        .find(|rule| fine_date(rule) && matches!(role(rule), Some(Role::Birth)))?;
    let beside = |wanted: &dyn Fn(Role) -> bool| {
        policy.columns.iter().find(|rule| {
            leaves(rule)
                && !matches!(rule.treatment, Treatment::Replace { .. })
                && role(rule).is_some_and(wanted)
        })
    };
    let sex = beside(&|role| role == Role::Sex);
    let county = beside(&|role| matches!(role, Role::Place | Role::Postcode | Role::Address));
    if sex.is_none() && county.is_none() {
        return None;
    }
    let mut names = vec![birth.name.value.as_str()];
    names.extend(
        [sex, county]
            .into_iter()
            .flatten()
            .map(|rule| rule.name.value.as_str()),
    );
    Some((
        place(birth),
        Problem::warning(
            "lint/code-undone",
            birth.do_at.clone(),
            format!(
                "{} leave beside the code of `{}`, a number that is made of them",
                names.join(", "),
                code.name.value
            ),
        )
        .why("whoever knows a person's birth date, sex and county finds the row, and with it the code and everything else that bears it")
        .help("generalise the birth date to years or wider, or drop one of them from the extract"),
    ))
}

/// Codes of two people in one record.
fn contact_graph(policy: &Policy) -> Option<Placed> {
    let codes: Vec<(&ColumnRule, &str)> = policy
        .columns
        .iter()
        .filter_map(|rule| match &rule.treatment {
            Treatment::Pseudonymise { domain } => Some((rule, domain.value.as_str())),
            _ => None,
        })
        .collect();
    let (second, first) = codes.iter().enumerate().find_map(|(at, (rule, domain))| {
        codes
            .get(..at)?
            .iter()
            .find(|(_, other)| other == domain)
            .map(|(first, _)| (*rule, *first))
    })?;
    Some((
        place(second),
        Problem::warning(
            "lint/contact-graph",
            second.do_at.clone(),
            format!(
                "`{}` and `{}` are codes of one domain in one record: they draw who is with whom",
                first.name.value, second.name.value
            ),
        )
        .why("a graph of contacts is as good as names: whoever knows a few of its edges finds the people in it")
        .help("give the columns domains of their own, or drop one of them"),
    ))
}

/// Codes of whoever stands in a text.
fn codes_in_text(rule: &ColumnRule) -> Option<Placed> {
    let Treatment::Redact {
        label: RedactLabel::Code(_),
        ..
    } = &rule.treatment
    else {
        return None;
    };
    Some((
        place(rule),
        Problem::warning(
            "lint/codes-in-text",
            rule.do_at.clone(),
            format!("codes in `{}` draw who is named beside whom", rule.name.value),
        )
        .why("a graph of contacts is as good as names: whoever knows a few of its edges finds the people in it")
        .help("say label = \"kind\", or accept it in an exception that says who needs the graph"),
    ))
}

/// Batches from outside under codes that stay the same.
fn planted(policy: &Policy) -> Option<Placed> {
    let rule = policy
        .columns
        .iter()
        .find(|rule| matches!(rule.treatment, Treatment::Pseudonymise { .. }))?;
    Some((
        place(rule),
        Problem::warning(
            "lint/planted",
            rule.do_at.clone(),
            format!(
                "`{}` has the same codes in all of several files",
                rule.name.value
            ),
        )
        .why("whoever supplies one of the files can put a number that they know into it, and read its code wherever it stands")
        .help("give batches from outside a project of their own, or accept it in an exception that says who supplied them"),
    ))
}

/// A table that withholds more than it shows.
fn over_half(policy: &Policy, name: &str, instead: &str) -> Option<Placed> {
    let mut tables = policy.tables.iter();
    let table = tables.find(|table| table.name.value == name)?;
    Some((
        format!("tables.{name}"),
        Problem::warning(
            "lint/over-half",
            table.name.at.clone(),
            format!("more than half of table `{name}` would be withheld"),
        )
        .why("what is left says little, and its gaps say where few people are")
        .help(format!("publish {instead} instead")),
    ))
}

/// A column that leaves as it is, and holds identifiers.
fn kept_identifiers(rule: &ColumnRule, seen: &SeenColumn) -> Option<Placed> {
    let Treatment::Keep(form) = &rule.treatment else {
        return None;
    };
    let problem = |message: String| {
        Problem::warning("lint/holds-identifiers", rule.do_at.clone(), message)
            .why("what is kept leaves as it stands; one identifier among ordinary values is enough to name a person")
            .help("list the values that may leave in `values`, drop the column, or pseudonymise it")
    };
    let named = matches!(seen.what.as_str(), "name" | "address" | "text")
        || kinds::find(&seen.what).is_some_and(kinds::Kind::strict);
    if named && !matches!(form, KeepForm::Values(_)) {
        return Some((
            place(rule),
            problem(format!(
                "`{}` is kept, and in the file it looks like `{}`",
                rule.name.value, seen.what
            )),
        ));
    }
    let inside: u64 = seen.inside.iter().map(|(_, cells)| cells).sum();
    if inside > 0 && matches!(form, KeepForm::Kind { .. } | KeepForm::Pattern(_)) {
        let kinds: Vec<&str> = seen.inside.iter().map(|(kind, _)| kind.as_str()).collect();
        return Some((
            place(rule),
            problem(format!(
                "`{}` is kept, and cells of the file hold identifiers ({})",
                rule.name.value,
                kinds.join(", ")
            )),
        ));
    }
    None
}

fn lint_extract(policy: &Policy, extract: &Extract, problems: &mut Vec<Placed>) {
    let mut say = |problem: Problem| problems.push(("extract".to_owned(), problem));
    if extract.risk.is_none() {
        say(Problem::warning(
            "lint/row-risk",
            extract.at.clone(),
            "row risk is not limited",
        )
        .why("a row whose combination of columns is rare points at one person, without any name")
        .help("add [extract.risk] with k"));
    }
    let sensitive = policy.columns.iter().find(|rule| {
        !matches!(rule.treatment, Treatment::Drop)
            && rule
                .class
                .as_ref()
                .is_some_and(|class| class.value == Class::Sensitive)
    });
    let diverse = extract.risk.as_ref().is_some_and(|risk| risk.l.is_some());
    match (sensitive, &extract.risk) {
        (Some(rule), Some(_)) if !diverse => {
            let message = format!("`{}` is sensitive, and no `l` is set", rule.name.value);
            problems.push((
                format!("columns.{}", rule.name.value),
                Problem::warning("lint/l", rule.name.at.clone(), message)
                    .why("where everybody in a group has the same value, whoever knows that a person is in it knows the value")
                    .help("add l to [extract.risk]"),
            ));
        }
        (None, Some(risk)) if diverse => {
            let at = risk.l.as_ref().map_or(extract.at.clone(), |l| l.at.clone());
            problems.push((
                "extract.risk".to_owned(),
                Problem::warning("lint/l", at, "`l` is set, and no column that leaves is sensitive")
                    .why("l counts the values of sensitive columns within a group; here it limits nothing")
                    .help("say class = \"sensitive\" where it is meant, or take `l` out"),
            ));
        }
        _ => {}
    }
    let mut say = |problem: Problem| problems.push(("extract".to_owned(), problem));
    if extract.order == Order::Input {
        say(Problem::warning(
            "lint/order",
            extract.at.clone(),
            "rows leave in the order of the input",
        )
        .why("whoever holds the source can match rows by their place")
        .help("say `order = \"shuffled\"`"));
    }
    let free_text = |rule: &&ColumnRule| {
        matches!(rule.treatment, Treatment::Redact { .. })
            && rule
                .class
                .as_ref()
                .is_none_or(|class| class.value == Class::Quasi)
    };
    if let Some(rule) = policy.columns.iter().find(free_text)
        && extract.risk.is_some()
    {
        let message = format!(
            "`{}` is free text and counts as quasi: almost every row is a class of its own",
            rule.name.value
        );
        problems.push((
            format!("columns.{}", rule.name.value),
            Problem::warning("lint/text-is-quasi", rule.name.at.clone(), message)
                .help("drop the text, or say `class = \"none\"` with a why that covers what text can give away"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A policy of two columns; what is asked of it alone and with the file.
    fn asked(columns: &str, seen: &Seen) -> Vec<(String, &'static str)> {
        let text = format!(
            "policy = \"p/q\"\nversion = 1\npurpose = \"Ask what a careful reader asks\"\n\
             [grounds]\ng = \"A ground\"\n{columns}\n[extract]\norder = \"shuffled\"\n"
        )
        .replace("WHY", "ground = \"g\"\nwhy = \"Invented\"");
        let mut no_files = |_: &str| Err(std::io::ErrorKind::NotFound.into());
        let policy = crate::policy::parse("p.toml", &text, &mut no_files)
            .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        let mut found: Vec<_> = lint(&policy)
            .into_iter()
            .chain(lint_seen(&policy, seen))
            .map(|(place, problem)| {
                assert!(!problem.why.is_empty() || !problem.help.is_empty());
                (place, problem.code)
            })
            .filter(|(_, code)| !matches!(*code, "lint/examples" | "lint/row-risk"))
            .collect();
        found.sort();
        found
    }

    fn one(columns: &str, code: &'static str, place: &str) {
        assert_eq!(
            asked(columns, &Seen::default()),
            [(format!("columns.{place}"), code)],
            "{columns}"
        );
    }

    const CODE: &str = "[columns.id]\ndo = \"pseudonymise\"\nkind = \"cn-resident-id\"\ndomain = \"person\"\nWHY\n";

    #[test]
    fn the_kept_end_of_an_identifier_is_asked_about() {
        for rule in [
            "do = \"generalise\"\nkind = \"cn-resident-id\"\nprefix = 6",
            "do = \"mask\"\nkind = \"phone\"\nregion = \"CN\"\nlast = 4",
            "do = \"mask\"\nkind = \"email\"\nfirst = 2",
        ] {
            one(
                &format!("[columns.n]\n{rule}\nWHY\n"),
                "lint/kept-part",
                "n",
            );
        }
        let whole = "[columns.n]\ndo = \"mask\"\nkind = \"phone\"\nregion = \"CN\"\nWHY\n";
        assert_eq!(asked(whole, &Seen::default()), []);
        let city = "[columns.city]\ndo = \"generalise\"\nkind = \"text\"\nprefix = 2\nWHY\n";
        assert_eq!(asked(city, &Seen::default()), []);
    }

    #[test]
    fn the_place_in_the_number_of_a_card_is_asked_about_and_that_of_an_address_is_not() {
        let area = |kind: &str| {
            format!("[columns.n]\ndo = \"generalise\"\nkind = \"{kind}\"\nto = \"county\"\nWHY\n")
        };
        one(&area("cn-resident-id"), "lint/kept-part", "n");
        assert_eq!(asked(&area("cn-address"), &Seen::default()), []);
    }

    #[test]
    fn a_text_redacted_without_own_row_is_asked_about() {
        let text = |find: &str| {
            format!("[columns.n]\ndo = \"redact\"\nfind = [{find}]\nclass = \"none\"\nWHY\n")
        };
        let seen = asked(&text("\"phone\""), &Seen::default());
        assert!(
            seen.contains(&("columns.n".to_owned(), "lint/own-row")),
            "{seen:?}"
        );
        let seen = asked(&text("\"phone\", \"own-row\""), &Seen::default());
        assert!(
            !seen.iter().any(|(_, code)| *code == "lint/own-row"),
            "{seen:?}"
        );
    }

    #[test]
    fn what_a_number_is_made_of_beside_its_code_is_asked_about() {
        let day = "[columns.birth_date]\ndo = \"keep\"\nkind = \"date\"\nWHY\n";
        let sex = "[columns.sex]\ndo = \"keep\"\nvalues = [\"f\", \"m\"]\nWHY\n";
        one(
            &format!("{CODE}{day}{sex}"),
            "lint/code-undone",
            "birth_date",
        );
        let years = "[columns.birth_date]\ndo = \"generalise\"\nto = \"5-years\"\nWHY\n";
        assert_eq!(asked(&format!("{CODE}{years}{sex}"), &Seen::default()), []);
        assert_eq!(asked(&format!("{CODE}{day}"), &Seen::default()), []);
    }

    #[test]
    fn codes_of_few_values_and_of_two_people_are_asked_about() {
        let sex = "[columns.sex]\ndo = \"pseudonymise\"\nkind = \"text\"\ndomain = \"sex\"\nWHY\n";
        one(sex, "lint/few-values", "sex");
        let seen = Seen {
            files: 1,
            columns: vec![SeenColumn {
                name: "id".to_owned(),
                filled: 100_000,
                distinct: 40,
                ..SeenColumn::default()
            }],
            ..Seen::default()
        };
        assert_eq!(
            asked(CODE, &seen),
            [("columns.id".to_owned(), "lint/few-values")]
        );
        let two = CODE.replace("columns.id", "columns.spouse");
        one(&format!("{CODE}{two}"), "lint/contact-graph", "spouse");
        let apart = two.replace("\"person\"", "\"spouse\"");
        assert_eq!(asked(&format!("{CODE}{apart}"), &Seen::default()), []);
    }

    #[test]
    fn codes_in_text_are_asked_about() {
        let notes = "[columns.notes]\ndo = \"redact\"\nfind = [\"cn-resident-id\", \"own-row\"]\n\
                     label = \"LABEL\"\nclass = \"none\"\nWHY\n";
        let coded = notes.replace("LABEL\"", "code\"\ndomain = \"person\"");
        one(&format!("{CODE}{coded}"), "lint/codes-in-text", "notes");
        let labelled = notes.replace("LABEL", "numbered");
        assert_eq!(asked(&format!("{CODE}{labelled}"), &Seen::default()), []);
    }

    #[test]
    fn a_kept_column_that_holds_identifiers_is_asked_about() {
        let kept = "[columns.c]\ndo = \"keep\"\nkind = \"text\"\nWHY\n";
        let seen = |what: &str, inside: &[(&str, u64)]| Seen {
            files: 1,
            columns: vec![SeenColumn {
                name: "c".to_owned(),
                filled: 100,
                distinct: 100,
                what: what.to_owned(),
                inside: inside
                    .iter()
                    .map(|(kind, cells)| ((*kind).to_owned(), *cells))
                    .collect(),
            }],
            ..Seen::default()
        };
        let expected = [("columns.c".to_owned(), "lint/holds-identifiers")];
        assert_eq!(asked(kept, &seen("name", &[])), expected);
        assert_eq!(asked(kept, &seen("cn-resident-id", &[])), expected);
        assert_eq!(asked(kept, &seen("category", &[("phone", 3)])), expected);
        assert_eq!(asked(kept, &seen("category", &[])), []);
    }

    #[test]
    fn codes_over_batches_are_asked_about() {
        let batches = Seen {
            files: 2,
            ..Seen::default()
        };
        assert_eq!(
            asked(CODE, &batches),
            [("columns.id".to_owned(), "lint/planted")]
        );
    }
}
