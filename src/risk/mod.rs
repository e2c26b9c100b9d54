//! Rows: equivalence classes and the limits a policy sets on them.
