//! Words that the design has and this version has not: refused by name, so
//! that nobody takes silence for protection.

use super::out::Failure;

/// The words, and what they will do.
pub(super) const LATER: [(&str, &str); 1] = [("gate", "an examination of any outgoing file")];

/// The refusal, where `word` is one of them.
pub(super) fn refused(word: &str) -> Option<Failure> {
    let (word, what) = LATER.iter().find(|(later, _)| *later == word)?;
    Some(Failure::usage(
        format!("`offrecord {word}` is not built yet"),
        format!("it will be {what}; this version does nothing of the kind"),
        "see `offrecord --help` for what there is",
    ))
}
