//! The promises, a module each. A test's name is the claim.

mod defects;
mod nothing_raw;
