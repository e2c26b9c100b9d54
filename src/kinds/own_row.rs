//! own
/// x
#[derive(Debug)]
pub struct OwnRow;
