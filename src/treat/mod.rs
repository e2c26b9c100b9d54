//! One file a treatment: what the policy does to a value.
