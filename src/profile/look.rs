//! What the kinds say of whole cells, as profiles ask it.

use crate::kinds::{CivilDate, Kind, KindOptions, Recogniser, Sex};

/// Asks all kinds about a value; buffers are kept.
#[derive(Default)]
pub(super) struct Looker(Recogniser);

impl Looker {
    /// Calls `each` with every kind whose form `value` has, and whether what
    /// can be checked holds.
    pub(super) fn look(
        &mut self,
        value: &str,
        options: &KindOptions,
        mut each: impl FnMut(&'static dyn Kind, bool),
    ) {
        for found in self.0.look(value, options) {
            // Parts of `phone` and of what is an address by its words.
            if matches!(found.kind.name(), "cn-landline" | "cn-address") {
                continue;
            }
            each(found.kind, found.misfit.is_none());
        }
    }
}

/// Share of random strings of a value's shape that pass for the kind.
pub(super) fn chance(kind: &dyn Kind) -> f64 {
    kind.facts().chance
}

/// The words of a kind in headers.
pub(super) fn words(kind: &dyn Kind) -> &'static [&'static str] {
    kind.facts().words
}

/// Birth date and sex (true: male) that a value in normal form tells.
pub(super) fn derive(kind: &dyn Kind, normal: &str) -> (Option<CivilDate>, Option<bool>) {
    let derived = kind.derive(normal);
    (derived.birth, derived.sex.map(|sex| sex == Sex::Male))
}

/// Whether a kind's numbers tell birth date or sex.
pub(super) fn tells(kind: &dyn Kind) -> bool {
    let reveals = kind.facts().reveals;
    reveals.contains("birth") || reveals.contains("sex")
}
