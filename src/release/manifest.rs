//! The manifest: an in-toto Statement v1 that says what the release is, which
//! policy and key it comes from, and what was checked.
//!
//! It holds no clock, host, path or thread count, and no count that a table's
//! minimum would hide.

use serde::Serialize;

/// Type of the statement.
pub const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// Type of the predicate.
pub const PREDICATE: &str = "urn:offrecord:release:1";

/// The statement.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    /// [`STATEMENT`].
    #[serde(rename = "_type")]
    pub statement: &'static str,
    /// Every other file of the release, sorted by name.
    pub subject: Vec<Subject>,
    /// [`PREDICATE`].
    #[serde(rename = "predicateType")]
    pub predicate_type: &'static str,
    /// What is said of them.
    pub predicate: Predicate,
}

/// A file and its hash.
#[derive(Debug, Clone, Serialize)]
pub struct Subject {
    /// Name below the release folder.
    pub name: String,
    /// Its digest.
    pub digest: Digest,
}

/// Digest of a file.
#[derive(Debug, Clone, Serialize)]
pub struct Digest {
    /// Lower-case hex.
    pub sha256: String,
}

/// What the release is.
#[derive(Debug, Clone, Serialize)]
pub struct Predicate {
    /// The policy.
    pub policy: PolicyName,
    /// Recipient, where the policy names any.
    pub recipient: Option<String>,
    /// First eight bytes of the key's own subkey, in hex.
    pub key_id: String,
    /// The tool.
    pub tool: Tool,
    /// Kinds and the versions of their normalisation.
    pub kinds: Vec<String>,
    /// Where the records went.
    pub records: Records,
    /// Columns of the extract, in order.
    pub columns: Vec<serde_json::Value>,
    /// The extract; `None` where no rows leave.
    pub extract: Option<serde_json::Value>,
    /// Tables.
    pub tables: Vec<serde_json::Value>,
    /// What was checked.
    pub checks: serde_json::Value,
    /// What limits the risk of rows, if anything does.
    pub row_risk: serde_json::Value,
    /// The input's hash, where the policy publishes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<serde_json::Value>,
    /// Whether the run was approved, and how sure one can be of it.
    pub approval: serde_json::Value,
    /// Head of the ledger of earlier releases; none is kept yet.
    pub ledger_head: Option<String>,
}

/// Name and identity of the policy.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyName {
    /// `project/name`.
    pub name: String,
    /// Version.
    pub version: u64,
    /// Identity, in hex.
    pub sha256: String,
}

/// Name and version of the tool.
#[derive(Debug, Clone, Serialize)]
pub struct Tool {
    /// `offrecord`.
    pub name: &'static str,
    /// Version.
    pub version: &'static str,
}

/// Counts of records, merged or left out where a table's minimum would hide them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Records {
    /// Records read; absent where it would tell a small remainder.
    pub read: Option<u64>,
    /// Rows written.
    pub written: u64,
    /// Kept back by a rule.
    pub withheld: Option<u64>,
    /// Could not be read for certain.
    pub quarantined: Option<u64>,
    /// Withheld and quarantined together.
    pub kept_back: Option<u64>,
    /// The minimum under which counts are merged or left out; 0 where no table asks for it.
    pub hidden_below: u64,
}

impl Records {
    /// Publishes what may be published: each count is 0 or at least `min`, or
    /// the two are merged, or, where even their sum is small, left out together
    /// with the total that would give it away.
    #[must_use]
    pub fn publishable(written: u64, withheld: u64, quarantined: u64, min: u64) -> Self {
        let open = |count: u64| count == 0 || count >= min;
        let kept_back = withheld + quarantined;
        let each = open(withheld) && open(quarantined);
        let sum = open(kept_back);
        Self {
            read: sum.then_some(written + kept_back),
            written,
            withheld: each.then_some(withheld),
            quarantined: each.then_some(quarantined),
            kept_back: sum.then_some(kept_back),
            hidden_below: min,
        }
    }
}

impl Manifest {
    /// The bytes of `manifest.json`.
    ///
    /// # Errors
    /// None in practice: every part can be written as JSON.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_are_merged_and_smaller_ones_left_out_with_their_total() {
        let all = Records::publishable(100, 20, 30, 10);
        assert_eq!(
            (all.read, all.withheld, all.quarantined),
            (Some(150), Some(20), Some(30))
        );
        let merged = Records::publishable(100, 7, 5, 10);
        assert_eq!(
            (merged.read, merged.withheld, merged.kept_back),
            (Some(112), None, Some(12))
        );
        let hidden = Records::publishable(100, 3, 1, 10);
        assert_eq!(
            (hidden.read, hidden.kept_back, hidden.written),
            (None, None, 100)
        );
        let free = Records::publishable(100, 3, 1, 0);
        assert_eq!(
            (free.read, free.withheld, free.quarantined),
            (Some(104), Some(3), Some(1))
        );
    }
}
