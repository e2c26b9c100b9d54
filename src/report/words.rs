//! The policy's words for its own parts.

use crate::policy::model::{Class, Format, Treatment};

/// The `do` of a rule.
#[must_use]
pub fn treatment(treatment: &Treatment) -> &'static str {
    match treatment {
        Treatment::Drop => "drop",
        Treatment::Keep(_) => "keep",
        Treatment::Pseudonymise { .. } => "pseudonymise",
        Treatment::Mask { .. } => "mask",
        Treatment::Generalise(_) => "generalise",
        Treatment::Redact { .. } => "redact",
        Treatment::Replace { .. } => "replace",
        Treatment::Shift { .. } => "shift",
    }
}

/// A class.
#[must_use]
pub fn class(class: Class) -> &'static str {
    match class {
        Class::Direct => "direct",
        Class::Quasi => "quasi",
        Class::Sensitive => "sensitive",
        Class::None => "none",
    }
}

/// A format of rows.
#[must_use]
pub fn format(format: Format) -> &'static str {
    match format {
        Format::Csv => "csv",
        Format::Jsonl => "jsonl",
    }
}
