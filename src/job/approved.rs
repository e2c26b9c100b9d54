//! What a run knows of approvals: who weighed them has done so before, the run
//! carries the answer into every artefact and holds the input to it.

use serde_json::{Value, json};

/// What stands before the name of every file of a release that nobody approved.
pub const UNAPPROVED: &str = "UNAPPROVED-";

/// Whether a run was approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ApprovalState {
    /// The house rules ask for no approval, and none was shown.
    #[default]
    NotAsked,
    /// The approvals that hold were enough.
    Approved,
    /// Somebody ran it without.
    Unapproved,
}

/// What a run knows of approvals.
#[derive(Debug, Clone, Default)]
pub struct Approved {
    /// Whether it was approved.
    pub state: ApprovalState,
    /// Strengths of the approvals that hold, weakest first: `name`, `words`, `signature`.
    pub strengths: Vec<String>,
    /// The first day on which one of them ends.
    pub until: Option<String>,
    /// Hashes of the inputs as they were when approvals were weighed, in the
    /// order of the inputs, where an approval is for these inputs alone.
    pub inputs: Option<Vec<[u8; 32]>>,
    /// For the private record: statements, seals, the head of the custody log.
    pub record: Value,
}

impl Approved {
    /// What the manifest says: no names.
    #[must_use]
    pub fn public(&self) -> Value {
        match self.state {
            ApprovalState::NotAsked => json!({"state": "not-asked"}),
            ApprovalState::Unapproved => json!({"state": "unapproved"}),
            ApprovalState::Approved => json!({
                "state": "approved",
                "strengths": self.strengths,
                "until": self.until,
            }),
        }
    }
}
