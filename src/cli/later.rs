//! Words that the design has and this version has not: refused by name, so
//! that nobody takes silence for protection.

use super::out::Failure;

/// The words, and what they will do.
pub(super) const LATER: [(&str, &str); 10] = [
    ("profile", "what is in a file: shapes, kinds, fill"),
    ("draft", "a policy with every column in it, to be filled in"),
    ("diff", "what changed between two policies, in words"),
    ("review", "the review pack for a lawyer"),
    ("approve", "a sign-off bound to the exact policy"),
    ("bundle", "the zip for a recipient"),
    ("reidentify", "the way back from a code, under guard"),
    ("log", "the record of who went that way"),
    ("protect", "the protection of a table made elsewhere"),
    ("gate", "an examination of any outgoing file"),
];

/// The refusal, where `word` is one of them.
pub(super) fn refused(word: &str) -> Option<Failure> {
    let (word, what) = LATER.iter().find(|(later, _)| *later == word)?;
    Some(Failure::usage(
        format!("`offrecord {word}` is not built yet"),
        format!("it will be {what}; this version does nothing of the kind"),
        "see `offrecord --help` for what there is",
    ))
}
