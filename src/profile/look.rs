//! What the kinds say of whole cells, as profiles ask it.

use crate::kinds::{self, CivilDate, Kind, KindOptions, Misfit};

/// Asks all kinds about a value; buffers are kept.
#[derive(Default)]
pub(super) struct Looker {
    normal: String,
}

impl Looker {
    /// Calls `each` with every kind whose form `value` has, and whether what
    /// can be checked holds.
    pub(super) fn look(
        &mut self,
        value: &str,
        options: &KindOptions,
        mut each: impl FnMut(&'static dyn Kind, bool),
    ) {
        for &kind in kinds::all() {
            if matches!(kind.name(), "exact" | "text") {
                continue;
            }
            match kind.normalise(value, options, &mut self.normal) {
                Ok(()) => each(kind, true),
                Err(Misfit::CheckDigit | Misfit::Date) => each(kind, false),
                Err(_) => {}
            }
        }
    }
}

/// Share of random strings of a value's shape that pass for the kind.
pub(super) fn chance(kind: &dyn Kind) -> f64 {
    match kind.name() {
        "cn-resident-id" => 1.8e-5,
        _ => 1.0,
    }
}

/// The words of a kind in headers.
pub(super) fn words(kind: &dyn Kind) -> &'static [&'static str] {
    match kind.name() {
        "cn-resident-id" => &["身份证", "身份證", "公民身份", "证件"],
        "email" => &["email", "mail", "邮箱"],
        "phone" => &["phone", "mobile", "tel", "手机", "电话"],
        "date" => &["date", "日期", "birth", "出生"],
        _ => &[],
    }
}

/// Birth date and sex (true: male) that a value in normal form tells.
pub(super) fn derive(kind: &dyn Kind, normal: &str) -> (Option<CivilDate>, Option<bool>) {
    if kind.name() != "cn-resident-id" || normal.len() != 18 {
        return (None, None);
    }
    let birth = normal
        .get(6..14)
        .and_then(|digits| CivilDate::parse(digits).ok());
    let male = normal
        .as_bytes()
        .get(16)
        .filter(|b| b.is_ascii_digit())
        .map(|b| b % 2 == 1);
    (birth, male)
}

/// Whether a kind's numbers tell birth date or sex.
pub(super) fn tells(kind: &dyn Kind) -> bool {
    kind.name() == "cn-resident-id"
}
