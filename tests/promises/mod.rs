//! The promises, a module each. A test's name is the claim.

mod nothing_raw;
