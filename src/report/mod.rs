//! Words and pictures from a plan and a run.
//!
//! Every text here is generated from the compiled plan and the facts of a run,
//! so that what is said and what is done cannot drift apart. A text is built
//! once as sections and sentences and then written as HTML, Markdown, plain
//! text or JSON; its words stand in catalogues, one file a language. Public
//! documents hold no parameters of the protection, private ones may; neither
//! holds a value of the input.

mod brief;
mod diff;
mod doc;
mod docx;
mod holds;
mod html;
mod internal;
mod markdown;
mod pivot;
mod plain;
mod public;
mod reasons;
mod review;
mod say;
mod sentences;
#[cfg(test)]
mod tests;
mod text;
pub mod words;

pub use brief::{Audience, BriefFormat, brief};
pub use diff::{Change, changes, difference};
pub use review::{Evidence, Named, Pack, Ready, Source, SourceColumn, SourceSign, named, review};
pub use text::Lang;

use crate::job::Facts;
use crate::plan::Plan;

/// Documents of the release folder, sorted by name: `README.txt`,
/// `datapackage.json`, `dictionary.csv`, `report.html`. The same plan, key and
/// input give the same bytes; of `facts` only what may be published is read.
#[must_use]
pub fn public_documents(plan: &Plan, facts: &Facts) -> Vec<(String, Vec<u8>)> {
    public::documents(plan, facts, Lang::En)
}

/// Documents of the private half, sorted by name: `report.html` and
/// `run.json`, which holds `record`.
#[must_use]
pub fn private_documents(
    plan: &Plan,
    facts: &Facts,
    record: &serde_json::Value,
) -> Vec<(String, Vec<u8>)> {
    internal::documents(plan, facts, record, Lang::En)
}
