//! Who agreed to what: whether the approvals at hand are enough for a run or a
//! bundle, and in words what is missing or has changed since; and the custody
//! log.
//!
//! The form of approvals, seals and signatures are `key`'s; what the house asks
//! for is `policy`'s. Nothing here reads a record.

pub mod log;

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::key::approval::{Approval, Input, STATEMENT, Snapshot, Statement, columns};
use crate::key::identity::hex;
use crate::key::sshsig::Signer;
use crate::plan::Plan;
use crate::policy::house::{Case, HouseRules, Needed, Strength};
use crate::policy::model::{Class, Policy};

/// Days that an approval holds where nobody says otherwise.
pub const DEFAULT_DAYS: u64 = 90;

/// What approvals bind to besides the policy or release itself.
pub const TOOL: &str = concat!("offrecord ", env!("CARGO_PKG_VERSION"));

/// What somebody says about their approval.
pub struct Said {
    /// Who.
    pub by: String,
    /// Day of the approval.
    pub on: Date,
    /// Last day it holds.
    pub until: Date,
    /// How sure one can be of who it was.
    pub strength: Strength,
    /// How words were compared, conditions.
    pub note: String,
    /// Identity of the pack that was read.
    pub pack: Option<String>,
    /// Inputs, or any.
    pub inputs: Option<Vec<Input>>,
    /// Head of the custody log.
    pub log_head: Option<String>,
    /// Head of the ledger of earlier releases.
    pub ledger_head: Option<String>,
}

/// The statement of somebody who agrees to a policy.
#[must_use]
pub fn of_policy(policy: &Policy, house: Option<&HouseRules>, said: Said) -> Statement {
    Statement {
        format: STATEMENT.to_owned(),
        of: "policy".to_owned(),
        name: format!("{}/{}", policy.project, policy.name),
        version: policy.version,
        recipient: None,
        sha256: hex(&policy.identity),
        house_rules: house.map(|house| hex(&house.sha256)),
        inputs: said.inputs,
        columns: columns(policy.columns.iter().map(|rule| rule.name.value.as_str())),
        tool: TOOL.to_owned(),
        pack: said.pack,
        by: said.by,
        on: said.on.to_string(),
        until: said.until.to_string(),
        strength: said.strength.word().to_owned(),
        note: said.note,
        log_head: said.log_head,
        ledger_head: said.ledger_head,
    }
}

/// What the approver of a policy read.
#[must_use]
pub fn snapshot(policy: &Policy) -> Snapshot {
    Snapshot {
        text: policy.text.to_string(),
        files: policy
            .files
            .iter()
            .map(|file| (file.name.value.clone(), hex(&file.sha256)))
            .collect(),
    }
}

/// An approval that holds.
#[derive(Debug, Clone)]
pub struct Holds {
    /// Who, for people: with a signature the name that the house rules give its key.
    pub by: String,
    /// Who, for counting: a name without case and spaces, or a key.
    person: String,
    /// How sure.
    pub strength: Strength,
    /// Last day.
    pub until: String,
    /// Its seal.
    pub seal: String,
    /// The inputs it is for.
    pub inputs: Option<Vec<Input>>,
}

/// What the approvals at hand come to.
#[derive(Debug, Default)]
pub struct Weighed {
    /// Those that hold.
    pub holds: Vec<Holds>,
    /// Why others do not, a sentence each.
    pub fails: Vec<String>,
    /// What the house rules still ask for, a sentence each.
    pub missing: Vec<String>,
}

impl Weighed {
    /// Whether the house rules are content.
    #[must_use]
    pub fn enough(&self) -> bool {
        self.missing.is_empty()
    }
}

/// What is to be approved, and under what.
pub struct Subject<'a> {
    /// `policy` or `release`.
    pub of: &'a str,
    /// Identity of the policy, or SHA-256 of the manifest, in hex.
    pub sha256: String,
    /// SHA-256 of the house rules in force.
    pub house: Option<&'a HouseRules>,
    /// Today.
    pub today: Date,
    /// Hashes of the inputs, where they are known already.
    pub inputs: Option<&'a [Input]>,
}

/// Weighs approvals against what is to be run or bundled.
#[must_use]
pub fn weigh(subject: &Subject<'_>, needed: &[Needed], approvals: &[Approval]) -> Weighed {
    let mut weighed = Weighed::default();
    for approval in approvals {
        match holds(subject, approval) {
            Ok(held) => weighed.holds.push(held),
            Err(why) => weighed.fails.push(format!(
                "the approval by {} of {} does not hold: {why}",
                approval.statement.by, approval.statement.on
            )),
        }
    }
    for need in needed {
        let people: BTreeSet<&str> = weighed
            .holds
            .iter()
            .filter(|held| held.strength >= need.strength)
            .map(|held| held.person.as_str())
            .collect();
        let have = people.len() as u64;
        if have < need.number {
            weighed.missing.push(format!(
                "{} asks for {} of strength \"{}\" or more; {}",
                case_words(need.case),
                people_words(need.number),
                need.strength.word(),
                match have {
                    0 => "there is none".to_owned(),
                    have => format!("there is {have}"),
                }
            ));
        }
    }
    weighed
}

fn people_words(number: u64) -> String {
    match number {
        1 => "an approval".to_owned(),
        n => format!("approvals by {n} people"),
    }
}

/// A case, as the beginning of a sentence.
#[must_use]
pub fn case_words(case: Case) -> &'static str {
    match case {
        Case::Any => "every run",
        Case::Class(Class::Direct) => "a direct identifier that leaves",
        Case::Class(Class::Quasi) => "a quasi-identifier that leaves",
        Case::Class(Class::Sensitive) => "a sensitive column that leaves",
        Case::Class(Class::None) => "a column that leaves",
        Case::Release => "a release that is handed over",
    }
}

/// Whether one approval holds; else why not, in words.
fn holds(subject: &Subject<'_>, approval: &Approval) -> Result<Holds, String> {
    let statement = &approval.statement;
    if statement.of != subject.of {
        return Err(format!("it is for a {}", statement.of));
    }
    if statement.sha256 != subject.sha256 {
        return Err(match subject.of {
            "policy" => format!(
                "the policy has changed since (it was version {})",
                statement.version
            ),
            _ => "it is for another release".to_owned(),
        });
    }
    let house = subject.house.map(|house| hex(&house.sha256));
    if subject.of == "policy" && statement.house_rules != house {
        return Err(match (&statement.house_rules, &house) {
            (Some(_), None) => "it was given under house rules, which are switched off now",
            (None, Some(_)) => "it was given without house rules, and there are some now",
            _ => "the house rules have changed since",
        }
        .to_owned());
    }
    if subject.of == "policy" && statement.tool != TOOL {
        return Err(format!(
            "it was given for {}, and this is {TOOL}",
            statement.tool
        ));
    }
    let day = |text: &str| {
        text.parse::<Date>()
            .map_err(|_| "its dates are no dates".to_owned())
    };
    let (on, until) = (day(&statement.on)?, day(&statement.until)?);
    if subject.today > until {
        return Err(format!("it ended on {until}"));
    }
    if on > subject.today.saturating_add(jiff::Span::new().days(1)) {
        return Err(format!("it begins on {on}, which is to come"));
    }
    if let Some(most) = subject.house.and_then(|house| house.approval_days.as_ref()) {
        let days = on
            .until((jiff::Unit::Day, until))
            .map_or(i32::MAX, |span| span.get_days());
        if i64::from(days) > i64::try_from(most.value).unwrap_or(i64::MAX) {
            return Err(format!(
                "it would hold {days} days, and the house rules allow {}",
                most.value
            ));
        }
    }
    if let (Some(allowed), Some(inputs)) = (&statement.inputs, subject.inputs)
        && !same_inputs(allowed, inputs)
    {
        return Err("it is for another input file than this one".to_owned());
    }
    let Some(strength) = Strength::find(&statement.strength) else {
        return Err("its strength has no name that is known".to_owned());
    };
    let (by, person) = match strength {
        Strength::Signature => {
            let signer = approval.signer().ok_or("its signature is not over it")?;
            let known = known_signer(subject.house, &signer);
            let known = known.ok_or_else(|| {
                format!(
                    "it is signed with the key {}, which the house rules do not list",
                    signer.fingerprint()
                )
            })?;
            (known.clone(), format!("key {}", signer.fingerprint()))
        }
        _ => (statement.by.clone(), person(&statement.by)),
    };
    Ok(Holds {
        by,
        person,
        strength,
        until: statement.until.clone(),
        seal: approval.seal.clone(),
        inputs: statement.inputs.clone(),
    })
}

/// Whether two lists of inputs are the same files, in any order.
#[must_use]
pub fn same_inputs(allowed: &[Input], inputs: &[Input]) -> bool {
    let sorted = |inputs: &[Input]| {
        let mut all: Vec<&str> = inputs.iter().map(|input| input.sha256.as_str()).collect();
        all.sort_unstable();
        all.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    sorted(allowed) == sorted(inputs)
}

fn known_signer(house: Option<&HouseRules>, signer: &Signer) -> Option<String> {
    house?
        .signers
        .iter()
        .find(|(_, line)| Signer::read(&line.value).as_ref() == Some(signer))
        .map(|(name, _)| name.clone())
}

/// A name for comparing: one person is not two because of a capital letter.
fn person(by: &str) -> String {
    by.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What the house rules ask for before a run of this plan.
#[must_use]
pub fn needed_for_run(plan: &Plan, house: Option<&HouseRules>) -> Vec<Needed> {
    let leaving = classes(plan);
    house
        .map_or(&[] as &[Needed], |house| house.approvals.as_slice())
        .iter()
        .filter(|need| match need.case {
            Case::Any => true,
            Case::Class(class) => leaving.contains(&class),
            Case::Release => false,
        })
        .copied()
        .collect()
}

/// What the house rules ask for before a release is handed over: at least one
/// approval of any strength.
#[must_use]
pub fn needed_for_bundle(house: Option<&HouseRules>) -> Vec<Needed> {
    let asked: Vec<Needed> = house
        .map_or(&[] as &[Needed], |house| house.approvals.as_slice())
        .iter()
        .filter(|need| need.case == Case::Release)
        .copied()
        .collect();
    if asked.is_empty() {
        return vec![Needed {
            case: Case::Release,
            strength: Strength::Name,
            number: 1,
        }];
    }
    asked
}

/// Classes of the columns that leave, in rows or in tables.
fn classes(plan: &Plan) -> Vec<Class> {
    let tables = plan
        .tables
        .iter()
        .flat_map(|table| table.by.iter().map(|by| by.column));
    let mut classes = Vec::new();
    for at in plan.outputs.iter().copied().chain(tables) {
        if let Some(column) = plan.columns.get(at)
            && !classes.contains(&column.class)
        {
            classes.push(column.class);
        }
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::approval::NAMESPACE;
    use crate::key::sshsig;
    use crate::policy::parse_house;

    const TODAY: Date = Date::constant(2026, 11, 23);

    fn said(by: &str, strength: Strength) -> Said {
        Said {
            by: by.to_owned(),
            on: TODAY,
            until: Date::constant(2026, 12, 31),
            strength,
            note: String::new(),
            pack: None,
            inputs: None,
            log_head: None,
            ledger_head: None,
        }
    }

    fn policy() -> Policy {
        let text = include_str!("../../policies/party-register.toml");
        let mut none = |_: &str| Err(std::io::ErrorKind::NotFound.into());
        crate::policy::parse("p.toml", text, &mut none).unwrap()
    }

    fn house(more: &str) -> HouseRules {
        parse_house("h.toml", more).unwrap()
    }

    fn signed(mut approval: Approval, secret: u8) -> (Approval, String) {
        let (blob, line) =
            sshsig::sign_for_tests(&[secret; 32], NAMESPACE, &approval.statement.bytes());
        approval.signature = Some(sshsig::to_line(&blob));
        (approval, line)
    }

    fn weighed(house: &HouseRules, approvals: &[Approval], today: Date) -> Weighed {
        let subject = Subject {
            of: "policy",
            sha256: hex(&policy().identity),
            house: Some(house),
            today,
            inputs: None,
        };
        let plan = Plan::compile(
            std::sync::Arc::new(policy()),
            None,
            &crate::key::Key::test_key(),
        )
        .unwrap_or_else(|_| unreachable!());
        weigh(&subject, &needed_for_run(&plan, Some(house)), approvals)
    }

    #[test]
    fn strength_and_number_of_people_are_the_house_s_to_set() {
        let rules = house("[approvals]\nany = { strength = \"words\", number = 2 }\n");
        let by = |name, strength| {
            Approval::new(
                of_policy(&policy(), Some(&rules), said(name, strength)),
                None,
            )
        };
        let anna = by("Anna Beispiel", Strength::Words);
        let twice = by(" anna beispiel", Strength::Words);
        let weak = by("Bert Muster", Strength::Name);
        let bert = by("Bert Muster", Strength::Words);
        assert!(!weighed(&rules, &[], TODAY).enough());
        assert!(!weighed(&rules, &[anna.clone(), twice], TODAY).enough());
        assert!(!weighed(&rules, &[anna.clone(), weak], TODAY).enough());
        assert!(weighed(&rules, &[anna, bert], TODAY).enough());
    }

    #[test]
    fn a_class_that_does_not_leave_asks_for_nobody() {
        let none = house("[approvals]\ndirect = { strength = \"signature\" }\n");
        assert!(weighed(&none, &[], TODAY).enough());
        let quasi = house("[approvals]\nquasi = { strength = \"name\" }\n");
        assert!(!weighed(&quasi, &[], TODAY).enough());
    }

    #[test]
    fn a_signature_counts_as_the_person_whom_the_house_rules_name() {
        let (_, line) = sshsig::sign_for_tests(&[4; 32], "", b"");
        let text = format!(
            "[approvals]\nany = {{ strength = \"signature\" }}\n[signers]\nlegal = \"{line}\"\n"
        );
        let rules = house(&text);
        let open = Approval::new(
            of_policy(
                &policy(),
                Some(&rules),
                said("whoever", Strength::Signature),
            ),
            None,
        );
        let (good, _) = signed(open.clone(), 4);
        let (other, _) = signed(open, 5);
        let held = weighed(&rules, &[good], TODAY);
        assert!(held.enough() && held.holds[0].by == "legal");
        let refused = weighed(&rules, &[other], TODAY);
        assert!(!refused.enough() && refused.fails[0].contains("do not list"));
    }

    #[test]
    fn an_approval_ends_and_is_void_when_anything_it_binds_has_changed() {
        let rules = house("[approvals]\ndays = 40\nany = { strength = \"name\" }\n");
        let make = |change: &dyn Fn(&mut Statement)| {
            let mut statement = of_policy(&policy(), Some(&rules), said("Anna", Strength::Name));
            change(&mut statement);
            Approval::new(statement, None)
        };
        assert!(weighed(&rules, &[make(&|_| {})], TODAY).enough());
        assert!(!weighed(&rules, &[make(&|_| {})], Date::constant(2027, 1, 1)).enough());
        type Change<'a> = (&'a dyn Fn(&mut Statement), &'a str);
        let changes: [Change<'_>; 6] = [
            (&|s| s.sha256 = "0".repeat(64), "the policy has changed"),
            (&|s| s.house_rules = None, "without house rules"),
            (&|s| s.house_rules = Some(String::new()), "have changed"),
            (&|s| s.tool = "offrecord 0.0.1".to_owned(), "0.0.1"),
            (&|s| s.of = "release".to_owned(), "for a release"),
            (&|s| s.until = "2027-11-23".to_owned(), "365 days"),
        ];
        for (change, word) in changes {
            let found = weighed(&rules, &[make(change)], TODAY);
            assert!(!found.enough());
            assert!(found.fails[0].contains(word), "{}", found.fails[0]);
        }
    }

    #[test]
    fn inputs_are_compared_by_their_hashes() {
        let input = |n: u8| Input {
            sha256: hex(&[n; 32]),
            bytes: 1,
        };
        assert!(same_inputs(&[input(1), input(2)], &[input(2), input(1)]));
        assert!(!same_inputs(&[input(1)], &[input(1), input(1)]));
        assert!(!same_inputs(&[input(1)], &[input(2)]));
    }
}
