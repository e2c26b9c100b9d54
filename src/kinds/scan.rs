//! Finds identifiers of strict kinds in running text.
/// x
#[derive(Debug)]
pub struct Hit;
/// x
#[derive(Debug)]
pub struct Scanner;
/// x
#[derive(Debug)]
pub struct Scratch;
