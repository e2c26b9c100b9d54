//! What can be said of a policy before any record is read: whether it
//! compiles, does what its examples say, keeps the house rules, and what a
//! careful reader would ask about it.

use std::sync::Arc;

use jiff::civil::Date;

use super::Plan;
use super::examples::run_examples;
use super::lint::{Placed, Seen, lint, lint_seen};
use crate::key::{Key, collision_odds};
use crate::policy::house::HouseRules;
use crate::policy::model::{Order, Policy, Protect, Table, Treatment, Unlisted, Zeros};
use crate::policy::{Problem, Severity};

/// Odds of a collision above which a policy is refused.
pub const MAX_COLLISION_ODDS: f64 = 1e-6;

/// Records assumed where the policy does not say how many to expect.
pub const ASSUMED_ROWS: u64 = 10_000_000;

/// Checks a policy: language aside, which the parser has checked, everything
/// that needs no header. Errors stop a run; warnings are for people.
#[must_use]
pub fn check(policy: &Arc<Policy>, house: Option<&HouseRules>, today: Date) -> Vec<Problem> {
    let key = Key::test_key();
    let mut recipients: Vec<Option<&str>> = policy
        .recipients
        .iter()
        .map(|recipient| Some(recipient.id.value.as_str()))
        .collect();
    if recipients.is_empty() {
        recipients.push(None);
    }
    let mut problems = Vec::new();
    let mut first = None;
    for recipient in recipients {
        match Plan::compile(Arc::clone(policy), recipient, &key) {
            Ok(plan) => {
                first.get_or_insert(plan);
            }
            Err(errors) => {
                problems.extend(errors);
                break;
            }
        }
    }
    if let Some(plan) = &first {
        problems.extend(run_examples(plan));
        problems.extend(super::holds::holds(plan));
        problems.extend(tables(plan));
    }
    problems.extend(collisions(policy));
    problems.extend(expiry(policy, today));
    let mut liftable = lint(policy);
    if let Some(house) = house {
        if house.strict {
            for (_, problem) in &mut liftable {
                problem.severity = Severity::Error;
            }
        }
        liftable.extend(house_rules(policy, house, today));
        problems.extend(long_exceptions(policy, house, today));
    }
    problems.extend(lift(policy, liftable));
    problems
}

/// What the file gives a careful reader to ask, beyond what [`check`] asks.
#[must_use]
pub fn check_seen(policy: &Policy, seen: &Seen) -> Vec<Problem> {
    lift(policy, lint_seen(policy, seen))
}

/// Whether any of the problems stops a run.
#[must_use]
pub fn has_errors(problems: &[Problem]) -> bool {
    problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
}

/// What tables ask for that cannot be protected.
#[must_use]
pub fn tables(plan: &Plan) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (table, written) in plan.tables.iter().zip(&plan.policy.tables) {
        if table.publish_zeros {
            problems.push(
                Problem::error(
                    "table/zeros",
                    written.at.clone(),
                    format!(
                        "table `{}` asks for empty cells to be published, which is not built yet",
                        table.name
                    ),
                )
                .why("whoever knows which cells are not empty can solve for the withheld ones more often")
                .help("say `zeros = \"protect\"`"),
            );
        }
        if table.protect == Protect::Suppress && written.why.is_none() {
            problems.extend(total_in_extract(table, written));
        }
    }
    problems
}

/// A total over columns that all leave in the extract can be counted there: the
/// two differ by the few people whose rows were kept back.
fn total_in_extract(table: &super::TablePlan, written: &Table) -> Option<Problem> {
    let mut first = 0;
    let mut shown = Vec::new();
    for depth in &table.depths {
        let levels = table.by.get(first..first + depth).unwrap_or_default();
        let countable = levels.iter().take_while(|level| level.in_extract).count();
        let names = levels
            .iter()
            .take(countable)
            .map(|level| level.name.as_str());
        // Where totals are shown, other dimensions can be summed over.
        let alone = table.totals || table.depths.len() == 1;
        if alone && countable > 0 && (table.totals || countable < *depth) {
            shown.extend(names);
        }
        first += depth;
    }
    (!shown.is_empty()).then(|| {
        Problem::error(
            "table/total-in-extract",
            written.at.clone(),
            format!(
                "table `{}` has totals that the extract shows too: {}",
                table.name,
                shown.join(", ")
            ),
        )
        .why("a total less its rows in the extract is the number of the people whose rows were kept back")
        .help("take `totals` out, keep the column out of the extract, or write why = \"…\" in the table")
    })
}

fn collisions(policy: &Policy) -> Vec<Problem> {
    let rows = policy.input.rows.unwrap_or(ASSUMED_ROWS);
    policy
        .domains
        .iter()
        .filter_map(|domain| {
            let odds = collision_odds(rows, domain.bits);
            (odds > MAX_COLLISION_ODDS).then(|| {
                Problem::error(
                    "domain/collisions",
                    domain.at.clone(),
                    format!("with {rows} records, codes of {} bits would collide with odds of {odds:.1e}", domain.bits),
                )
                .why("two people with one code would be counted as one")
                .help("say `bits = 128` for this domain")
            })
        })
        .collect()
}

fn expiry(policy: &Policy, today: Date) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(last) = policy
        .valid_until
        .as_ref()
        .filter(|last| today > last.value)
    {
        problems.push(
            Problem::error(
                "policy/expired",
                last.at.clone(),
                format!("the policy was valid until {}", last.value),
            )
            .help("have it reviewed, set a new day and a new version"),
        );
    }
    for exception in &policy.exceptions {
        if today > exception.until.value {
            problems.push(
                Problem::error(
                    "exception/expired",
                    exception.until.at.clone(),
                    format!(
                        "the exception to `{}` ended on {}",
                        exception.rule.value, exception.until.value
                    ),
                )
                .help("remove it, or have it approved anew"),
            );
        }
    }
    problems
}

/// The last day that lies no more than so many days after `today`.
fn days_on(today: Date, days: u64) -> Date {
    let span = jiff::Span::new().days(i64::try_from(days).unwrap_or(0).min(36_500));
    today.saturating_add(span)
}

/// Exceptions that would hold longer than the house lets any; no exception lifts this.
fn long_exceptions(policy: &Policy, house: &HouseRules, today: Date) -> Vec<Problem> {
    let Some(days) = &house.longest_exception else {
        return Vec::new();
    };
    let last = days_on(today, days.value);
    policy
        .exceptions
        .iter()
        .filter(|exception| exception.until.value > last)
        .map(|exception| {
            Problem::error(
                "house/longest-exception",
                exception.until.at.clone(),
                format!(
                    "the house rules let no exception hold longer than {} days",
                    days.value
                ),
            )
            .why("an exception that never ends is a rule that nobody has agreed to")
            .help(format!("say `until = {last}` or an earlier day"))
        })
        .collect()
}

fn house_rules(policy: &Policy, house: &HouseRules, today: Date) -> Vec<Placed> {
    let mut problems = Vec::new();
    if let Some(days) = &house.longest_validity {
        let last = days_on(today, days.value);
        let at = match &policy.valid_until {
            None => Some(policy.purpose.at.clone()),
            Some(day) if day.value > last => Some(day.at.clone()),
            Some(_) => None,
        };
        if let Some(at) = at {
            let message = format!(
                "the house rules let no policy hold longer than {} days",
                days.value
            );
            problems.push((
                "policy".to_owned(),
                Problem::error("house/longest-validity", at, message)
                    .why("what was agreed should be looked at again before it is used again")
                    .help(format!("say `valid_until = {last}` or an earlier day")),
            ));
        }
    }
    for key in &house.required_basis {
        if !policy.basis.iter().any(|(known, _)| *known == key.value) {
            problems.push((
                "basis".to_owned(),
                Problem::error(
                    "house/basis",
                    policy.purpose.at.clone(),
                    format!("the house rules ask for `{}` in [basis]", key.value),
                )
                .why("whoever signs must know on what ground the whole rests")
                .help(format!("write `{} = \"…\"` in [basis]", key.value)),
            ));
        }
    }
    if let Some(extract) = policy
        .extract
        .as_ref()
        .filter(|extract| house.shuffled && extract.order == Order::Input)
    {
        problems.push((
            "extract".to_owned(),
            Problem::error(
                "house/order",
                extract.at.clone(),
                "the house rules ask for shuffled rows",
            )
            .help("say `order = \"shuffled\"`, or write an exception"),
        ));
    }
    if house.unlisted_refused && policy.unlisted == Unlisted::Drop {
        problems.push((
            "policy".to_owned(),
            Problem::error(
                "house/unlisted",
                policy.purpose.at.clone(),
                "the house rules ask that a column which no rule names stops the run",
            )
            .help("say `unlisted = \"refuse\"`, or write an exception"),
        ));
    }
    for table in policy.tables.iter().filter(|table| {
        house.zeros_protected && (table.zeros == Zeros::Publish || table.show_withheld)
    }) {
        problems.push((
            format!("tables.{}", table.name.value),
            Problem::error(
                "house/zeros",
                table.at.clone(),
                "the house rules ask that empty and withheld cells look alike",
            )
            .why("whoever sees that nobody is in a cell knows something of everybody else")
            .help("take `zeros = \"publish\"` and `show_withheld` out, or write an exception"),
        ));
    }
    if let Some(min) = house.min_cell.as_ref().map(|min| min.value) {
        for table in policy.tables.iter().filter(|table| table.min.value < min) {
            let message =
                format!("the house rules ask for at least {min} persons behind each figure");
            problems.push((
                format!("tables.{}", table.name.value),
                Problem::error("house/min-cell", table.min.at.clone(), message)
                    .help(format!("say `min = {min}`, or write an exception")),
            ));
        }
    }
    if let (Some(k), Some(extract)) = (&house.k, &policy.extract) {
        let k = k.value;
        let limit = extract.risk.as_ref();
        if limit.is_none_or(|risk| risk.people() < k) {
            let at = limit.map_or(extract.at.clone(), |risk| risk.k.at.clone());
            problems.push((
                "extract".to_owned(),
                Problem::error(
                    "house/k",
                    at,
                    format!("the house rules ask for k of at least {k}"),
                )
                .help(format!(
                    "say `k = {k}` in [extract.risk], or write an exception"
                )),
            ));
        }
    }
    for rule in &policy.columns {
        if let (Treatment::Keep(_), Some(kind)) = (&rule.treatment, &rule.kind)
            && house
                .forbid_kept_kinds
                .iter()
                .any(|forbidden| forbidden.value == kind.value)
        {
            let message = format!("the house rules do not let a `{}` be kept", kind.value);
            problems.push((
                format!("columns.{}", rule.name.value),
                Problem::error("house/kept-kind", kind.at.clone(), message)
                    .help("pseudonymise or drop the column, or write an exception"),
            ));
        }
    }
    problems
}

/// Takes away what an exception covers.
fn lift(policy: &Policy, problems: Vec<Placed>) -> Vec<Problem> {
    let covered = |(place, problem): &Placed| {
        policy.exceptions.iter().any(|exception| {
            exception.rule.value == problem.code && exception.place.value == *place
        })
    };
    problems
        .into_iter()
        .filter(move |placed| !covered(placed))
        .map(|(_, problem)| problem)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::policy::parse_house;

    const POLICY: &str = r#"
policy = "party-register/checked"
version = 1
purpose = "Check what a careful reader would ask; every record is invented"

[grounds]
direct = "Direct identifier"

[subject]
column = "id"

[columns.id]
do = "pseudonymise"
kind = "cn-resident-id"
domain = "person"
ground = "direct"
why = "Counts each person once"

[columns.sector]
do = "keep"
kind = "text"
ground = "direct"
why = "Broad sectors"

[columns.city]
do = "CITY"
tables = "keep"
ground = "direct"
why = "A finding in totals"

[extract]
order = "shuffled"
[extract.risk]
k = 5

[[tables]]
name = "t"
by = ["sector", "city"]
count = ["person"]
min = 3
"#;

    fn codes(text: &str, house: Option<&str>) -> Vec<&'static str> {
        let mut no_files = |_: &str| Err(std::io::ErrorKind::NotFound.into());
        let policy = crate::policy::parse("p.toml", text, &mut no_files).unwrap();
        let house = house.map(|house| parse_house("house.toml", house).unwrap());
        let mut codes: Vec<_> = check(
            &Arc::new(policy),
            house.as_ref(),
            Date::constant(2026, 1, 1),
        )
        .into_iter()
        .map(|problem| problem.code)
        .collect();
        codes.sort_unstable();
        codes
    }

    fn dropped() -> String {
        POLICY.replace("\"CITY\"", "\"drop\"")
    }

    fn exception(rule: &str, place: &str) -> String {
        format!(
            "{}\n[[exceptions]]\nrule = \"{rule}\"\nwhere = \"{place}\"\nwhy = \"Reviewed\"\nby = \"Legal, 2025-12-01\"\nuntil = 2026-02-01\n",
            dropped()
        )
    }

    #[test]
    fn a_policy_without_examples_is_told_so_and_nothing_else() {
        assert_eq!(codes(&dropped(), None), ["lint/examples"]);
    }

    #[test]
    fn house_rules_bind_and_a_named_exception_lifts_one_of_them() {
        let house = "min_cell = 10\nk = 10\n";
        assert_eq!(
            codes(&dropped(), Some(house)),
            ["house/k", "house/min-cell", "lint/examples"]
        );
        let lifted = exception("house/min-cell", "tables.t");
        assert_eq!(codes(&lifted, Some(house)), ["house/k", "lint/examples"]);
        let elsewhere = exception("house/min-cell", "extract");
        assert!(codes(&elsewhere, Some(house)).contains(&"house/min-cell"));
    }

    #[test]
    fn each_house_rule_is_enforced_and_lifted_by_an_exception_of_its_name_alone() {
        let input_order = |text: String| {
            text.replace(
                "order = \"shuffled\"",
                "order = \"input\"\nwhy = \"Joined to a list by its place\"",
            )
        };
        for (house, code, place, change) in [
            (
                "longest_validity = 30\n",
                "house/longest-validity",
                "policy",
                "",
            ),
            (
                "longest_validity = 30\n",
                "house/longest-validity",
                "policy",
                "valid_until = 2026-03-01\n",
            ),
            ("required_basis = [\"dpia\"]\n", "house/basis", "basis", ""),
            ("order = \"shuffled\"\n", "house/order", "extract", "order"),
        ] {
            let make = |text: String| match change {
                "order" => input_order(text),
                line => text.replace("version = 1\n", &format!("version = 1\n{line}")),
            };
            let broken = codes(&make(dropped()), Some(house));
            assert!(broken.contains(&code), "{house} {change}: {broken:?}");
            let lifted = codes(&make(exception(code, place)), Some(house));
            assert!(!lifted.contains(&code), "{house} {change}: {lifted:?}");
            let elsewhere = codes(&make(exception(code, "tables.t")), Some(house));
            assert!(elsewhere.contains(&code), "{house} {change}");
        }
        let kept = dropped().replace("version = 1\n", "version = 1\nvalid_until = 2026-01-31\n");
        assert!(!codes(&kept, Some("longest_validity = 30\n")).contains(&"house/longest-validity"));
        let long = exception("house/k", "extract");
        assert!(
            codes(&long, Some("longest_exception = 30\n")).contains(&"house/longest-exception")
        );
        assert!(
            !codes(&long, Some("longest_exception = 31\n")).contains(&"house/longest-exception")
        );
    }

    #[test]
    fn under_strict_house_rules_a_warning_stops_a_run() {
        let problems = |house: &str| {
            let mut no_files = |_: &str| Err(std::io::ErrorKind::NotFound.into());
            let policy = crate::policy::parse("p.toml", &dropped(), &mut no_files).unwrap();
            let house = parse_house("house.toml", house).unwrap();
            check(&Arc::new(policy), Some(&house), Date::constant(2026, 1, 1))
        };
        assert!(!has_errors(&problems("")));
        assert!(has_errors(&problems("strict = true\n")));
    }

    #[test]
    fn an_exception_that_has_ended_is_an_error() {
        let ended = exception("house/min-cell", "tables.t").replace("2026-02-01", "2025-12-31");
        assert!(codes(&ended, None).contains(&"exception/expired"));
    }

    #[test]
    fn a_total_that_the_extract_shows_too_needs_a_why() {
        let totals = dropped().replace("min = 3", "min = 3\ntotals = true");
        assert!(codes(&totals, None).contains(&"table/total-in-extract"));
        let why = totals.replace("min = 3", "min = 3\nwhy = \"Shown on purpose\"");
        assert!(!codes(&why, None).contains(&"table/total-in-extract"));
    }

    #[test]
    fn codes_that_would_collide_are_refused() {
        let many = dropped().replace("[subject]", "[input]\nrows = 3_000_000_000\n\n[subject]");
        assert!(codes(&many, None).contains(&"domain/collisions"));
        assert!(
            !codes(&format!("{many}\n[domains.person]\nbits = 128\n"), None)
                .contains(&"domain/collisions")
        );
    }

    #[test]
    fn the_language_knows_just_the_kinds_that_are_built() {
        let built: BTreeSet<&str> = crate::kinds::all().iter().map(|kind| kind.name()).collect();
        assert_eq!(
            crate::policy::KINDS
                .iter()
                .copied()
                .collect::<BTreeSet<_>>(),
            built
        );
        assert_eq!(
            crate::policy::KINDS.len(),
            built.len(),
            "none is named twice"
        );
        let found = crate::kinds::all()
            .iter()
            .filter(|kind| crate::kinds::Scanner::finds(**kind))
            .map(|kind| kind.name());
        let found: Vec<&str> = found
            .chain(["own-row", "register-names", "listed-names"])
            .collect();
        assert_eq!(crate::policy::FINDABLE, found);
    }
}
