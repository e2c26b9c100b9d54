//! The policy's own examples, run through the plan with the published test key.

use super::Plan;
use super::record::{Desk, Fate, Receive, Value};
use crate::policy::Problem;
use crate::policy::model::{Example, Expect};

/// Runs every example of the policy that `plan` was compiled from. The plan
/// must have been compiled with [`crate::key::Key::test_key`].
#[must_use]
pub fn run_examples(plan: &Plan) -> Vec<Problem> {
    let mut desk = Desk::new(plan);
    plan.policy
        .examples
        .iter()
        .filter_map(|example| run_one(plan, &mut desk, example))
        .collect()
}

/// Collects output values by column of the plan.
struct Outputs(Vec<Option<String>>);

impl Receive for Outputs {
    fn value(&mut self, column: usize, _: Value, text: &str, _: bool) {
        self.0[column] = Some(text.to_owned());
    }

    fn found(&mut self, _: usize, _: &'static str, _: &str, _: bool) {}
}

fn run_one(plan: &Plan, desk: &mut Desk, example: &Example) -> Option<Problem> {
    let failed = |message: String| {
        Some(
            Problem::error("example", example.at.clone(), message)
                .why("the policy does not do what its own example says")
                .help("change the rule or the example, whichever is wrong"),
        )
    };
    let given = |at: usize| -> Option<&str> {
        let name = plan.columns.get(at)?.name.as_str();
        let value = example
            .given
            .iter()
            .find(|(column, _)| column.value == name)?
            .1
            .as_str();
        (!plan.missing.is(value)).then_some(value)
    };
    let mut outputs = Outputs(vec![None; plan.columns.len()]);
    plan.begin(desk, &given);
    let fate = plan.treat(desk, &given, &mut outputs);
    match (&example.expect, fate) {
        (Expect::Quarantined, Fate::Quarantined(..)) | (Expect::Withheld, Fate::Withheld(_)) => {
            None
        }
        (Expect::Values(expected), Fate::Passes) => {
            expected.iter().find_map(|(column, expected)| {
                let at = plan
                    .columns
                    .iter()
                    .position(|c| c.output == column.value || c.name == column.value);
                let got = at.and_then(|at| outputs.0[at].as_deref());
                match got {
                    Some(got) if got == expected => None,
                    Some(got) => failed(format!(
                        "`{}` comes out as \"{got}\", not \"{expected}\"",
                        column.value
                    )),
                    None => failed(format!("`{}` does not leave in rows", column.value)),
                }
            })
        }
        (expected, fate) => {
            let expected = match expected {
                Expect::Quarantined => "quarantined",
                Expect::Withheld => "withheld",
                Expect::Values(_) => "written",
            };
            let got = match fate {
                Fate::Passes => "written".to_owned(),
                Fate::Withheld(rule) => format!("withheld by row rule {}", rule + 1),
                Fate::Quarantined(column, misfit) => {
                    format!("quarantined: `{}`: {misfit}", plan.columns[column].name)
                }
                Fate::Refused(column, misfit) => {
                    format!("refused: `{}`: {misfit}", plan.columns[column].name)
                }
            };
            failed(format!("the record should be {expected}, and is {got}"))
        }
    }
}
