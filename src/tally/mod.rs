//! Counts that merge: every member has `empty`, `add`, `merge` and a stable serialised form.
