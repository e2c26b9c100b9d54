//! Whether a change of a policy lets more out or less: tighter, looser, neutral.
//!
//! Decided on the rules alone. What cannot be told is called looser, so that
//! nobody waves a change through because a program did not understand it.

use crate::policy::model::{
    AgeBands, Class, ColumnRule, Diversity, Extract, General, Invalid, KeepForm, Level, Order,
    Policy, RedactLabel, RowRisk, RowRule, RowTest, Small, Table, Treatment, Unlisted, Zeros,
};
use crate::policy::nests;

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Neither more nor less leaves.
    Neutral,
    /// Less leaves, or fewer people stand behind fewer figures.
    Tighter,
    /// More leaves, or it cannot be told.
    Looser,
}

use Direction::{Looser, Neutral, Tighter};

impl Direction {
    /// `tighter`, `looser`, `neutral`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Neutral => "neutral",
            Tighter => "tighter",
            Looser => "looser",
        }
    }

    /// Two changes together: one that is looser makes the whole looser.
    #[must_use]
    pub fn and(self, other: Direction) -> Direction {
        self.max(other)
    }
}

fn by_order<T: PartialOrd>(old: &T, new: &T, more: Direction, less: Direction) -> Direction {
    if new > old {
        more
    } else if new < old {
        less
    } else {
        Neutral
    }
}

/// A column that both policies name.
#[must_use]
pub fn column(old: &ColumnRule, new: &ColumnRule) -> Direction {
    let form = treatment(&old.treatment, &new.treatment);
    let tables = match (&old.tables, &new.tables) {
        (None, None) => Neutral,
        (None, Some(_)) => Looser,
        (Some(_), None) => Tighter,
        (Some(a), Some(b)) => general(&a.value, &b.value),
    };
    let class_of = |rule: &ColumnRule| rule.class.as_ref().map(|class| class.value);
    let weight = |class: Option<Class>| match class {
        Some(Class::None) => 0,
        None | Some(Class::Sensitive) => 1,
        Some(Class::Quasi | Class::Direct) => 2,
    };
    let class = match (class_of(old), class_of(new)) {
        (a, b) if a == b => Neutral,
        (a, b) => match by_order(&weight(a), &weight(b), Tighter, Looser) {
            Neutral => Looser,
            other => other,
        },
    };
    let strictness = |invalid: Invalid| match invalid {
        Invalid::Withhold => 0,
        Invalid::Quarantine | Invalid::Refuse => 1,
    };
    let invalid = by_order(
        &strictness(old.invalid),
        &strictness(new.invalid),
        Tighter,
        Looser,
    );
    let own_row = by_order(&old.own_row, &new.own_row, Tighter, Looser);
    let name = |rule: &ColumnRule| rule.kind.as_ref().map(|kind| kind.value.clone());
    let kind = match (name(old), name(new)) {
        (a, b) if a == b => Neutral,
        // What nothing reads does not matter.
        _ if matches!(old.treatment, Treatment::Drop)
            && matches!(new.treatment, Treatment::Drop) =>
        {
            Neutral
        }
        _ if form == Neutral => Looser,
        _ => Neutral,
    };
    form.and(tables)
        .and(class)
        .and(invalid)
        .and(own_row)
        .and(kind)
}

/// How much of a value a treatment lets through, where two are not of one sort.
fn openness(treatment: &Treatment) -> u8 {
    match treatment {
        Treatment::Drop => 0,
        Treatment::Replace { .. } => 1,
        Treatment::Pseudonymise { .. } => 2,
        Treatment::Mask { .. } => 3,
        Treatment::Generalise(_) => 4,
        Treatment::Shift { .. } => 5,
        Treatment::Redact { .. } => 6,
        Treatment::Keep(_) => 7,
    }
}

fn treatment(old: &Treatment, new: &Treatment) -> Direction {
    match (old, new) {
        (Treatment::Drop, Treatment::Drop) => Neutral,
        (Treatment::Keep(a), Treatment::Keep(b)) => keep(a, b),
        (Treatment::Pseudonymise { domain: a }, Treatment::Pseudonymise { domain: b }) => {
            equal(&a.value, &b.value)
        }
        (
            Treatment::Mask {
                first: a, last: b, ..
            },
            Treatment::Mask {
                first: c, last: d, ..
            },
        ) => by_order(a, c, Looser, Tighter).and(by_order(b, d, Looser, Tighter)),
        (Treatment::Generalise(a), Treatment::Generalise(b)) => general(a, b),
        (
            Treatment::Redact {
                find: a,
                own_row: own_a,
                names_from: names_a,
                names_in: list_a,
                label: label_a,
            },
            Treatment::Redact {
                find: b,
                own_row: own_b,
                names_from: names_b,
                names_in: list_b,
                label: label_b,
            },
        ) => {
            let has = |list: &[crate::policy::model::At<String>], word: &str| {
                list.iter().any(|known| known.value == word)
            };
            let lost = a.iter().any(|kind| !has(b, &kind.value));
            let won = b.iter().any(|kind| !has(a, &kind.value));
            let find = match (lost, won) {
                (true, _) => Looser,
                (false, true) => Tighter,
                (false, false) => Neutral,
            };
            let tells = |label: &RedactLabel| match label {
                RedactLabel::Kind => 0,
                RedactLabel::Numbered => 1,
                RedactLabel::Code(_) => 2,
            };
            let codes = match (label_a, label_b) {
                (RedactLabel::Code(a), RedactLabel::Code(b)) => equal(&a.value, &b.value),
                _ => Neutral,
            };
            let lost = names_a.iter().any(|name| !has(names_b, &name.value));
            let won = names_b.iter().any(|name| !has(names_a, &name.value));
            let names = match (lost, won) {
                (true, _) => Looser,
                (false, true) => Tighter,
                (false, false) => Neutral,
            };
            find.and(names)
                .and(by_order(
                    &list_a.is_some(),
                    &list_b.is_some(),
                    Tighter,
                    Looser,
                ))
                .and(by_order(own_a, own_b, Tighter, Looser))
                .and(by_order(&tells(label_a), &tells(label_b), Looser, Tighter))
                .and(codes)
        }
        (Treatment::Replace { .. }, Treatment::Replace { .. }) => Neutral,
        (
            Treatment::Shift {
                by: a,
                within: days_a,
            },
            Treatment::Shift {
                by: b,
                within: days_b,
            },
        ) => equal(&a.value, &b.value).and(by_order(days_a, days_b, Tighter, Looser)),
        (a, b) => match by_order(&openness(a), &openness(b), Looser, Tighter) {
            Neutral => Looser,
            other => other,
        },
    }
}

fn equal<T: PartialEq>(old: &T, new: &T) -> Direction {
    if old == new { Neutral } else { Looser }
}

fn keep(old: &KeepForm, new: &KeepForm) -> Direction {
    match (old, new) {
        (KeepForm::Kind { max: a }, KeepForm::Kind { max: b }) => by_order(a, b, Looser, Tighter),
        (KeepForm::Values(a), KeepForm::Values(b)) => sets(a, b),
        (KeepForm::Pattern(a), KeepForm::Pattern(b)) => equal(&a.value, &b.value),
        (KeepForm::Kind { .. }, _) => Tighter,
        _ => Looser,
    }
}

fn sets(old: &[String], new: &[String]) -> Direction {
    let more = new.iter().any(|value| !old.contains(value));
    let fewer = old.iter().any(|value| !new.contains(value));
    match (more, fewer) {
        (true, _) => Looser,
        (false, true) => Tighter,
        (false, false) => Neutral,
    }
}

/// Two forms of one column.
#[must_use]
pub fn general(old: &General, new: &General) -> Direction {
    if old == new {
        return Neutral;
    }
    match (old, new) {
        (General::Keep, _) => return Tighter,
        (_, General::Keep) => return Looser,
        (
            General::Age {
                bands: AgeBands::Every(a),
                ..
            },
            General::Age {
                bands: AgeBands::Every(b),
                ..
            },
        ) if a != b => return by_order(a, b, Tighter, Looser),
        (General::Date(a), General::Date(b)) if a.length() != b.length() => {
            return by_order(&a.length(), &b.length(), Tighter, Looser);
        }
        _ => {}
    }
    match (nests(old, new), nests(new, old)) {
        (true, true) => Neutral,
        (true, false) => Tighter,
        _ => Looser,
    }
}

/// The row extract.
#[must_use]
pub fn extract(old: Option<&Extract>, new: Option<&Extract>) -> Direction {
    let (old, new) = match (old, new) {
        (None, None) => return Neutral,
        (None, Some(_)) => return Looser,
        (Some(_), None) => return Tighter,
        (Some(old), Some(new)) => (old, new),
    };
    let shuffled = |extract: &Extract| extract.order == Order::Shuffled;
    by_order(&shuffled(old), &shuffled(new), Tighter, Looser)
}

/// The limit on row risk.
#[must_use]
pub fn risk(old: Option<&Extract>, new: Option<&Extract>) -> Direction {
    let limit = |extract: Option<&Extract>| {
        extract.map(|extract| extract.risk.as_ref().map_or(1, RowRisk::people))
    };
    let diverse = |extract: Option<&Extract>| {
        extract
            .and_then(|extract| extract.risk.as_ref()?.l.as_ref())
            .map(|l| l.value)
    };
    // So many values by entropy are at least as many different ones; not the other way.
    let weight = |l: Option<Diversity>| match l {
        None => (0, false),
        Some(Diversity::Distinct(l)) => (l, false),
        Some(Diversity::Entropy(l)) => (l, true),
    };
    let l = match (weight(diverse(old)), weight(diverse(new))) {
        (a, b) if a == b => Neutral,
        (a, b) if b.0 >= a.0 && b.1 >= a.1 => Tighter,
        _ => Looser,
    };
    let refuses = |extract: Option<&Extract>| {
        extract
            .and_then(|extract| extract.risk.as_ref())
            .is_some_and(|risk| risk.small == Small::Refuse)
    };
    match (limit(old), limit(new)) {
        (Some(a), Some(b)) => by_order(&a, &b, Tighter, Looser)
            .and(by_order(&refuses(old), &refuses(new), Tighter, Neutral))
            .and(l),
        _ => Neutral,
    }
}

/// A table that both policies have.
#[must_use]
pub fn table(old: &Table, new: &Table) -> Direction {
    let by = |table: &Table| -> Vec<String> {
        table
            .by
            .iter()
            .flat_map(|by| by.value.iter().map(Level::written))
            .collect()
    };
    let figures = |table: &Table| -> Vec<String> {
        table
            .count
            .iter()
            .map(|figure| format!("{:?}", figure.value))
            .collect()
    };
    let open = |table: &Table| table.zeros == Zeros::Publish;
    sets(&by(old), &by(new))
        .and(sets(&figures(old), &figures(new)))
        .and(by_order(&old.min.value, &new.min.value, Tighter, Looser))
        .and(by_order(&open(old), &open(new), Looser, Tighter))
        .and(by_order(
            &old.show_withheld,
            &new.show_withheld,
            Looser,
            Tighter,
        ))
}

/// Row rules at one place: `None` where a policy has none there.
#[must_use]
pub fn row_rule(old: Option<&RowRule>, new: Option<&RowRule>) -> Direction {
    match (old, new) {
        (None, Some(_)) => Tighter,
        (Some(_), None) => Looser,
        (Some(a), Some(b)) if a.only == b.only && a.column.value == b.column.value => {
            match (&a.test, &b.test) {
                (RowTest::In(old), RowTest::In(new)) => {
                    // More values let more through under `only`, less under `withhold`.
                    match (sets(old, new), a.only) {
                        (change, true) => change,
                        (Looser, false) if old.iter().all(|value| new.contains(value)) => Tighter,
                        (Neutral, false) => Neutral,
                        _ => Looser,
                    }
                }
                (old, new) => {
                    if format!("{old:?}") == format!("{new:?}") {
                        Neutral
                    } else {
                        Looser
                    }
                }
            }
        }
        (None, None) => Neutral,
        _ => Looser,
    }
}

/// What is said of the whole file: last day, unlisted columns, unreadable
/// records, the published hash.
#[must_use]
pub fn whole(old: &Policy, new: &Policy) -> Direction {
    let unlisted = |policy: &Policy| policy.unlisted == Unlisted::Drop;
    by_order(&unlisted(old), &unlisted(new), Looser, Tighter)
}

/// The last day: none is the loosest.
#[must_use]
pub fn validity(old: &Policy, new: &Policy) -> Direction {
    let last = |policy: &Policy| policy.valid_until.as_ref().map(|day| day.value);
    match (last(old), last(new)) {
        (None, Some(_)) => Tighter,
        (Some(_), None) => Looser,
        (a, b) => by_order(&a, &b, Looser, Tighter),
    }
}

/// How the input is read, codes and persons: a change that is not known to
/// keep people as they were is looser.
#[must_use]
pub fn reading(old: &Policy, new: &Policy) -> Direction {
    let (a, b) = (&old.input, &new.input);
    let refuse = |policy: &Policy| policy.input.bad == crate::policy::model::Bad::Refuse;
    let hash = by_order(
        &a.publish_hash.is_some(),
        &b.publish_hash.is_some(),
        Looser,
        Tighter,
    );
    hash.and(by_order(&refuse(old), &refuse(new), Tighter, Looser))
        .and(by_order(&a.max_bad, &b.max_bad, Looser, Tighter))
        .and(whole(old, new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::model::DateLevel;

    #[test]
    fn coarser_is_tighter_and_what_cannot_be_told_is_looser() {
        let date = General::Date;
        for (old, new, is) in [
            (date(DateLevel::Year), date(DateLevel::Years(5)), Tighter),
            (date(DateLevel::Years(5)), date(DateLevel::Day), Looser),
            (date(DateLevel::Years(5)), date(DateLevel::Years(3)), Looser),
            (date(DateLevel::Decade), date(DateLevel::Years(10)), Neutral),
            (General::Prefix(2), General::Prefix(4), Looser),
            (General::Map(0), General::Map(1), Looser),
            (General::Keep, General::Prefix(4), Tighter),
        ] {
            assert_eq!(general(&old, &new), is, "{old:?} {new:?}");
        }
    }

    #[test]
    fn one_looser_change_makes_the_whole_looser() {
        assert_eq!(Tighter.and(Looser), Looser);
        assert_eq!(Neutral.and(Tighter), Tighter);
    }
}
