//! Words and pictures from a plan and a run.
//!
//! Every text here is generated from the compiled plan and the facts of a run,
//! so that what is said and what is done cannot drift apart. Public documents
//! hold no parameters of the protection, private ones may; neither holds a
//! value of the input.

pub mod words;

use crate::job::Facts;
use crate::plan::Plan;

/// Documents of the release folder: name and bytes.
#[must_use]
pub fn public_documents(plan: &Plan, facts: &Facts) -> Vec<(String, Vec<u8>)> {
    let _ = (plan, facts);
    [
        "README.txt",
        "datapackage.json",
        "dictionary.csv",
        "report.html",
    ]
    .iter()
    .map(|n| {
        (
            (*n).to_owned(),
            if n.ends_with("json") {
                b"{}\n".to_vec()
            } else if n.ends_with("csv") {
                b"file\n".to_vec()
            } else {
                b"x\n".to_vec()
            },
        )
    })
    .collect()
}

/// Documents of the private half: name and bytes.
#[must_use]
pub fn private_documents(
    plan: &Plan,
    facts: &Facts,
    record: &serde_json::Value,
) -> Vec<(String, Vec<u8>)> {
    let _ = (plan, facts);
    vec![("run.json".to_owned(), record.to_string().into_bytes())]
}
