//! What the counts say: what each column is taken for and why nothing else,
//! and what a reader should know first.

use std::collections::BTreeMap;

use super::count::{Counted, weight};
use super::look;
use super::tally::{Column, Fit, OTHER, Spec};
use super::value::flag;
use super::words::{self, Role};
use super::{
    ColumnProfile, Compared, Count, FoundIn, Frequent, Header, KindProfile, Lengths, PersonProfile,
    Profile, Share, Sign, TextProfile, Verdict, Weight, shape,
};
use crate::kinds;

/// Shapes and frequent values shown of a column.
const SHOWN: usize = 8;

/// The profile of what was counted.
pub(super) fn judge(counted: Counted, files: usize) -> Profile {
    let mut signs = Vec::new();
    let columns: Vec<ColumnProfile> = counted
        .specs
        .iter()
        .zip(&counted.columns)
        .map(|(spec, column)| {
            let profile = one(spec, column);
            signs_of(spec, column, &profile, &mut signs);
            profile
        })
        .collect();
    let person = person(&counted, &columns);
    if let Some(person) = &person {
        signs_of_person(person, &mut signs);
    }
    signs_of_records(&counted, &mut signs);
    signs.sort_by_key(|sign| sign.weight);
    debug_assert!(signs.iter().all(|sign| super::SIGNS.contains(&sign.code)));
    Profile {
        format: "urn:offrecord:profile:1",
        files,
        bytes: counted.bytes,
        records: counted.records.read,
        blank_lines: counted.records.blank,
        unreadable: counted
            .records
            .unreadable
            .iter()
            .map(|(reason, count)| ((*reason).to_owned(), *count))
            .collect(),
        region: counted.region.map(|region| region.code().to_owned()),
        region_from_writing: counted.region_seen,
        columns,
        person,
        signs,
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// A share in per cent as people read it.
pub(super) fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value == 0.0 {
        "0 %".to_owned()
    } else if (99.95..100.0).contains(&value) {
        ">99.9 %".to_owned()
    } else if value < 0.05 {
        "<0.1 %".to_owned()
    } else if value >= 99.999 {
        "100 %".to_owned()
    } else {
        format!("{value:.1} %")
    }
}

fn flagged(column: &Column, wanted: u32) -> u64 {
    column
        .flags
        .get(wanted.trailing_zeros() as usize)
        .copied()
        .unwrap_or(0)
}

fn one(spec: &Spec, column: &Column) -> ColumnProfile {
    let filled = column.filled;
    let (distinct, exact) = column.distinct.estimate();
    let mut by_count: Vec<(usize, u64)> =
        column.shapes.counts.iter().copied().enumerate().collect();
    by_count.sort_by_key(|(at, count)| (std::cmp::Reverse(*count), *at));
    let named = |number: u32| {
        if number == OTHER {
            return "…".to_owned();
        }
        column
            .shapes
            .list
            .get(number as usize)
            .map(|runs| shape::written(runs))
            .unwrap_or_default()
    };
    // The order in which shapes were met depends on the threads.
    let mut shapes: Vec<Share> = by_count
        .iter()
        .take(SHOWN * 4)
        .map(|(at, count)| Share {
            shape: named(*at as u32),
            count: *count,
            share: share(*count, filled),
        })
        .collect();
    shapes.sort_by(|a, b| b.count.cmp(&a.count).then(a.shape.cmp(&b.shape)));
    shapes.truncate(SHOWN);
    let kinds = kinds_of(spec, column);
    let score = text_score(spec, column, distinct);
    let verdict = verdict(spec, column, &kinds, distinct, score);
    let kinds = reasons(spec, kinds, &verdict);
    ColumnProfile {
        name: spec.name.clone(),
        header: spec.role.map(|(role, word)| Header {
            says: role.title(),
            word,
        }),
        filled,
        fill: share(filled, column.records),
        distinct: Count {
            count: distinct.min(filled),
            exact,
        },
        length: Lengths {
            shortest: column.shortest.unwrap_or(0),
            longest: column.longest,
            mean: share(column.chars, filled),
            histogram: column.lengths.clone(),
        },
        shapes,
        kinds,
        frequent: frequent(column, &named),
        writing: writing(column),
        text: TextProfile {
            score,
            searched: column.searched,
            found: column
                .found
                .iter()
                .map(|(kind, found)| {
                    (
                        *kind,
                        FoundIn {
                            spans: found.spans,
                            cells: found.cells,
                        },
                    )
                })
                .collect(),
        },
        verdict,
    }
}

fn frequent(column: &Column, named: &impl Fn(u32) -> String) -> Vec<Frequent> {
    let least = (column.filled / 1000).max(2);
    let mut all: Vec<Frequent> = column
        .heavy
        .seen
        .values()
        .filter(|seen| seen.count >= least)
        .map(|seen| Frequent {
            shape: named(seen.shape),
            count: seen.count,
            share: share(seen.count, column.filled),
            placeholder: None,
        })
        .collect();
    all.sort_by(|a, b| b.count.cmp(&a.count).then(a.shape.cmp(&b.shape)));
    all.truncate(SHOWN);
    let nothing = column.nothing.iter().filter_map(|(at, count)| {
        let word = words::NOTHING.get(usize::from(*at)).copied()?;
        // A category may have a value that is a word for nothing elsewhere.
        let share = share(*count, column.filled);
        let plain = !word.chars().all(|c| c.is_ascii_digit()) || word.len() > 4;
        (plain || share < 0.05).then(|| Frequent {
            shape: shape::of(word),
            count: *count,
            share,
            placeholder: Some(word),
        })
    });
    all.extend(nothing);
    all.sort_by(|a, b| b.count.cmp(&a.count).then(a.shape.cmp(&b.shape)));
    all
}

fn writing(column: &Column) -> BTreeMap<&'static str, u64> {
    [
        ("white space at an end", flag::EDGE_SPACE),
        ("two spaces together", flag::DOUBLE_SPACE),
        ("unusual spaces", flag::ODD_SPACE),
        ("invisible characters", flag::INVISIBLE),
        ("full-width letters or digits", flag::WIDE),
        ("look-alike letters of two scripts", flag::MIXED),
        ("line breaks or tabs", flag::CONTROL),
        ("all capitals", flag::UPPER),
        ("no capitals", flag::LOWER),
    ]
    .into_iter()
    .map(|(name, wanted)| (name, flagged(column, wanted)))
    .filter(|(_, count)| *count > 0)
    .collect()
}

/// Every kind that some cell fits, best first.
fn kinds_of(spec: &Spec, column: &Column) -> Vec<KindProfile> {
    let mut all: Vec<(f64, KindProfile)> = Vec::new();
    let mut push = |kind: &'static dyn kinds::Kind, fit: Fit, looked: u64| {
        let profile = KindProfile {
            kind: kind.name(),
            chosen: false,
            looked,
            valid: fit.valid,
            failed: fit.failed,
            share: share(fit.valid, looked),
            passed: share(fit.valid, fit.tested()),
            chance: look::chance(kind),
            why_not: String::new(),
        };
        all.push((weight(&spec.name, kind, fit, looked), profile));
    };
    for (kind, fit) in spec.leads.iter().zip(&column.leads) {
        push(*kind, *fit, column.filled);
    }
    for (name, fit) in &column.kinds {
        if !spec.leads.iter().any(|lead| lead.name() == *name)
            && let Some(kind) = kinds::find(name)
        {
            push(kind, *fit, column.looked);
        }
    }
    all.sort_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then(b.1.valid.cmp(&a.1.valid))
            .then(a.1.kind.cmp(b.1.kind))
    });
    all.into_iter().map(|(_, profile)| profile).collect()
}

fn text_score(spec: &Spec, column: &Column, distinct: u64) -> f64 {
    let filled = column.filled.max(1) as f64;
    let sentences = flagged(column, flag::SENTENCE) as f64 / filled;
    let variety = (distinct as f64 / filled).min(1.0);
    let mean = column.chars as f64 / filled;
    let long = (mean / 30.0).min(1.0);
    let named = if matches!(spec.role, Some((Role::Text, _))) {
        0.2
    } else {
        0.0
    };
    let regular = column
        .leads
        .first()
        .map_or(0.0, |fit| share(fit.valid, column.filled));
    let score = (0.5 * sentences + 0.15 * variety + 0.15 * long + named) * (1.0 - 0.8 * regular);
    (score.min(1.0) * 100.0).round() / 100.0
}

/// What a column is taken for.
fn verdict(
    spec: &Spec,
    column: &Column,
    kinds: &[KindProfile],
    distinct: u64,
    score: f64,
) -> Verdict {
    let filled = column.filled;
    let role = spec.role.map(|(role, _)| role);
    let make = |what: &str, class, doubt, why: String| Verdict {
        what: what.to_owned(),
        class,
        is_kind: kinds::find(what).is_some(),
        doubt,
        why,
    };
    if filled == 0 {
        return make(
            "empty",
            role.map_or("direct", class_of_role),
            true,
            "no cell is filled; the header alone speaks".to_owned(),
        );
    }
    let says = |role: Option<Role>| {
        role.map_or("the header says nothing".to_owned(), |role| {
            format!("the header says {}", role.title())
        })
    };
    let names = share(flagged(column, flag::NAME), filled);
    let addresses = share(flagged(column, flag::ADDRESS), filled);
    if let Some(best) = kinds.first() {
        let kind = kinds::find(best.kind);
        let named = kind.is_some_and(|kind| words::names(&spec.name, look::words(kind)).is_some());
        let checked = best.chance < 0.5;
        let generic = best.kind == "number";
        let enough = if checked || named { 0.3 } else { 0.6 };
        let telling = checked || named || !generic;
        // A form that any digits have says little against a header that says
        // something else.
        let against = !checked
            && !named
            && matches!(
                role,
                Some(
                    Role::Record
                        | Role::Money
                        | Role::Name
                        | Role::Place
                        | Role::Age
                        | Role::Postcode
                )
            )
            && best.kind != "date";
        if best.share >= enough && telling && !against && !spec.text {
            let strict = kind.is_some_and(kinds::Kind::strict);
            let class = match (best.kind, role) {
                ("date", _) => "quasi",
                (_, _) if strict => "direct",
                (_, Some(role)) => class_of_role(role),
                _ => "direct",
            };
            let why = if checked {
                format!(
                    "{} of the cells fit; of those of its form {} pass the check, where chance gives {}; {}",
                    percent(best.share),
                    percent(best.passed),
                    chance_words(best.chance),
                    says(role)
                )
            } else {
                format!(
                    "{} of the cells fit its form; {}",
                    percent(best.share),
                    says(role)
                )
            };
            return make(best.kind, class, best.share < 0.9, why);
        }
    }
    if spec.text {
        return make(
            "text",
            "direct",
            false,
            format!(
                "running text of {:.0} characters on average (score {score:.2}); {}",
                share(column.chars, filled),
                says(role)
            ),
        );
    }
    if addresses > 0.4 || (role == Some(Role::Address) && addresses > 0.1) {
        return make(
            "address",
            "direct",
            addresses < 0.8,
            format!(
                "{} of the cells are written like addresses; {}",
                percent(addresses),
                says(role)
            ),
        );
    }
    let few = distinct <= 50_000 && distinct * 10 <= filled;
    if (names > 0.6 && !few && role.is_none_or(|role| matches!(role, Role::Name | Role::Record)))
        || (role == Some(Role::Name) && names > 0.2)
    {
        return make(
            "name",
            "direct",
            names < 0.8,
            format!(
                "{} of the cells are written like names; {}",
                percent(names),
                says(role)
            ),
        );
    }
    if few {
        return make(
            "category",
            role.map_or("quasi", class_of_role),
            false,
            format!(
                "{distinct} distinct values in {filled} cells; {}",
                says(role)
            ),
        );
    }
    let single = share(distinct, filled) > 0.9;
    let digits = share(flagged(column, flag::DIGITS), filled);
    if single && (column.shapes.list.len() < 64 || digits > 0.9) {
        return make(
            "code",
            "direct",
            role != Some(Role::Record),
            format!(
                "almost every value stands once, and they are written in {}: it tells records apart; {}",
                match column.shapes.list.len() {
                    1 => "one way".to_owned(),
                    n => format!("{n} ways"),
                },
                says(role)
            ),
        );
    }
    if let Some(number) = kinds
        .iter()
        .find(|kind| kind.kind == "number" && kind.share > 0.9)
    {
        return make(
            "number",
            role.map_or("quasi", class_of_role),
            role.is_none(),
            format!(
                "{} of the cells are numbers; {}",
                percent(number.share),
                says(role)
            ),
        );
    }
    make(
        "unknown",
        role.map_or("direct", class_of_role),
        true,
        format!("no kind fits enough of its cells; {}", says(role)),
    )
}

fn class_of_role(role: Role) -> &'static str {
    match role {
        Role::Identifier
        | Role::Name
        | Role::Phone
        | Role::Email
        | Role::Handle
        | Role::Address
        | Role::Text
        | Role::Record => "direct",
        Role::Sensitive | Role::Money => "sensitive",
        Role::Birth
        | Role::Age
        | Role::Sex
        | Role::Postcode
        | Role::Place
        | Role::Organisation
        | Role::Attribute
        | Role::Date => "quasi",
    }
}

/// A chance in words.
pub(super) fn chance_words(chance: f64) -> String {
    if chance >= 0.5 {
        "all".to_owned()
    } else if chance >= 0.001 {
        percent(chance)
    } else {
        format!("1 in {:.0}", 1.0 / chance.max(1e-12))
    }
}

/// The chosen kind first, and why each other was not chosen.
fn reasons(spec: &Spec, kinds: Vec<KindProfile>, verdict: &Verdict) -> Vec<KindProfile> {
    let chosen = kinds
        .iter()
        .find(|kind| kind.kind == verdict.what)
        .map(|kind| (kind.share, kind.chance));
    let mut out: Vec<KindProfile> = kinds
        .into_iter()
        .filter(|kind| kind.kind == verdict.what || kind.share > 0.0005 || kind.failed > 0)
        .map(|mut kind| {
            kind.chosen = kind.kind == verdict.what;
            if !kind.chosen {
                kind.why_not = why_not(spec, &kind, verdict, chosen);
            }
            kind
        })
        .collect();
    out.sort_by_key(|kind| !kind.chosen);
    out.truncate(5);
    out
}

fn why_not(
    spec: &Spec,
    kind: &KindProfile,
    verdict: &Verdict,
    chosen: Option<(f64, f64)>,
) -> String {
    let named = kinds::find(kind.kind)
        .is_some_and(|known| words::names(&spec.name, look::words(known)).is_some());
    if kind.chance < 0.5 && kind.valid + kind.failed > 20 && kind.passed < kind.chance * 3.0 {
        return format!(
            "of the cells of its form {} pass its check: no more than chance gives ({})",
            percent(kind.passed),
            chance_words(kind.chance)
        );
    }
    match chosen {
        Some((share, _)) if kind.share < share * 0.9 => format!(
            "{} of the cells fit it, {} fit `{}`",
            percent(kind.share),
            percent(share),
            verdict.what
        ),
        Some((_, chance)) if chance < kind.chance => format!(
            "as many cells fit, but `{}` is checked beyond its form",
            verdict.what
        ),
        Some(_) if !named => format!(
            "as many cells fit, but the header speaks for `{}`",
            verdict.what
        ),
        Some(_) => format!("`{}` explains the column better", verdict.what),
        None if kind.share < 0.6 => format!("only {} of the cells fit it", percent(kind.share)),
        None => format!(
            "{} of the cells have its form, which many numbers have; nothing else speaks for it",
            percent(kind.share)
        ),
    }
}

fn person(counted: &Counted, columns: &[ColumnProfile]) -> Option<PersonProfile> {
    let name_of = |at: usize| columns.get(at).map(|column| column.name.clone());
    let (at, _) = counted.roles.identifier?;
    let pairs = counted.records.names.counts();
    let compared = |column: Option<usize>, agreement: super::tally::Agreement| {
        (agreement.agree + agreement.differ > 0).then_some(())?;
        Some(Compared {
            column: column.and_then(name_of)?,
            agree: agreement.agree,
            differ: agreement.differ,
        })
    };
    Some(PersonProfile {
        identifier: name_of(at)?,
        identifiers: Count {
            count: pairs.identifiers,
            exact: pairs.exact,
        },
        repeated: pairs.repeated,
        several_names: pairs.several,
        name: counted.roles.name.and_then(name_of),
        birth: compared(counted.roles.birth, counted.records.birth),
        sex: compared(counted.roles.sex, counted.records.sex),
    })
}

fn signs_of(spec: &Spec, column: &Column, profile: &ColumnProfile, signs: &mut Vec<Sign>) {
    let filled = column.filled;
    let mut say = |code, weight, count: u64, seen: String, means| {
        signs.push(Sign {
            code,
            weight,
            column: Some(spec.name.clone()),
            count,
            seen,
            means,
        });
    };
    let cells = |count: u64| {
        format!(
            "{} of {} cells",
            crate::profile::table::grouped(count),
            crate::profile::table::grouped(filled)
        )
    };
    // What a spreadsheet did.
    for (wanted, least, code, what, means) in [
        (
            flag::SCIENTIFIC,
            0.0,
            "sheet/scientific",
            "are numbers in scientific notation",
            "a spreadsheet has rounded long numbers; the digits are lost: get the file from before",
        ),
        (
            flag::ENDS_000,
            0.005,
            "sheet/ends-000",
            "are long numbers that end in 000, where chance gives one in a thousand",
            "a spreadsheet keeps 15 digits and writes zeros for the rest; different people share such a number",
        ),
        (
            flag::SHEET_ERROR,
            0.0,
            "sheet/error",
            "are errors of a spreadsheet",
            "a formula failed before the file was saved",
        ),
        (
            flag::SHEET_TEXT,
            0.0,
            "sheet/text-mark",
            "begin with an apostrophe or stand in =\"…\"",
            "somebody kept a spreadsheet from changing them; the marks are no part of the value",
        ),
        (
            flag::POINT_ZERO,
            0.0,
            "sheet/point-zero",
            "are whole numbers written with .0",
            "a program took identifiers for quantities; leading zeros are gone where there were any",
        ),
        (
            flag::MOJIBAKE,
            0.0,
            "text/wrong-encoding",
            "show what reading in a wrong encoding leaves behind",
            "names and addresses in it cannot be found or compared: declare the right encoding, or get the file anew",
        ),
    ] {
        let count = flagged(column, wanted);
        if count > 0 && share(count, filled) > least {
            say(
                code,
                Weight::Look,
                count,
                format!("{} {what}", cells(count)),
                means,
            );
        }
    }
    lost_zeros(spec, column, profile, &mut say);
    serials(column, profile, &mut say);
    salting(spec, column, &mut say);
    if let Some(chosen) = profile.kinds.iter().find(|kind| kind.chosen)
        && chosen.chance < 0.5
        && chosen.failed > 0
    {
        say(
            "check/near-miss",
            Weight::Note,
            chosen.failed,
            format!(
                "{} have the form of `{}`, and their check fails",
                cells(chosen.failed),
                chosen.kind
            ),
            "mistyped numbers are still somebody's; what becomes of them is the column's `invalid`",
        );
    }
    let inside: u64 = profile.text.found.values().map(|found| found.cells).sum();
    if inside > 0 && profile.verdict.class != "none" {
        let kinds: Vec<String> = profile
            .text
            .found
            .iter()
            .map(|(kind, found)| format!("{kind} {}", crate::profile::table::grouped(found.spans)))
            .collect();
        say(
            "text/identifiers",
            if spec.text {
                Weight::Mind
            } else {
                Weight::Look
            },
            inside,
            format!(
                "identifiers stand inside the text ({}); {} cells were searched",
                kinds.join(", "),
                crate::profile::table::grouped(column.searched)
            ),
            if spec.text {
                "kept as it is, the text names people; redact it with own-row, or drop it"
            } else {
                "a column that should hold something else holds identifiers; `keep` with a list of values keeps them out"
            },
        );
    }
    dominant(profile, &mut say);
}

type Say<'a> = dyn FnMut(&'static str, Weight, u64, String, &'static str) + 'a;

fn lost_zeros(spec: &Spec, column: &Column, profile: &ColumnProfile, say: &mut Say<'_>) {
    let filled = column.filled;
    let wants = matches!(
        spec.role.map(|(role, _)| role),
        Some(Role::Identifier | Role::Phone | Role::Postcode | Role::Money | Role::Record)
    );
    if !wants || share(flagged(column, flag::DIGITS), filled) < 0.6 {
        return;
    }
    let Some((usual, most)) = column
        .lengths
        .iter()
        .enumerate()
        .max_by_key(|(_, count)| **count)
    else {
        return;
    };
    let digits = |length: usize| {
        let wanted = if length == 1 {
            "9".to_owned()
        } else {
            format!("9{{{length}}}")
        };
        profile
            .shapes
            .iter()
            .find(|shape| shape.shape == wanted)
            .map_or(0, |shape| shape.count)
    };
    let shorter = usual.checked_sub(1).map_or(0, digits);
    if usual >= 5
        && share(*most, filled) > 0.6
        && share(shorter, filled) > 0.01
        && flagged(column, flag::ZERO_FIRST) * 1000 < filled
    {
        say(
            "sheet/lost-zeros",
            Weight::Look,
            shorter,
            format!(
                "{} are one digit shorter than the usual {usual}, and none begins with 0",
                super::table::grouped(shorter)
            ),
            "a spreadsheet drops leading zeros; different numbers may have become the same",
        );
    }
}

fn serials(column: &Column, profile: &ColumnProfile, say: &mut Say<'_>) {
    if profile.verdict.what != "date" {
        return;
    }
    let serial = profile
        .shapes
        .iter()
        .find(|shape| shape.shape == "9{5}")
        .map_or(0, |shape| shape.count);
    if serial > 0 {
        say(
            "sheet/day-numbers",
            Weight::Look,
            serial,
            format!(
                "{} of {} cells are five digits",
                super::table::grouped(serial),
                super::table::grouped(column.filled)
            ),
            "a spreadsheet stores days as numbers; which day it is depends on the program that wrote it",
        );
    }
}

/// Check digits that are too good, or that fail together.
fn salting(spec: &Spec, column: &Column, say: &mut Say<'_>) {
    let (Some(lead), Some(fit)) = (spec.leads.first(), column.leads.first()) else {
        return;
    };
    // Telephone numbers and dates have no digit that could fail.
    let checked = look::chance(*lead) < 0.5 && !matches!(lead.name(), "phone" | "date");
    if !checked || fit.tested() < 1000 {
        return;
    }
    if fit.failed == 0 && fit.tested() >= 10_000 {
        say(
            "salt/too-perfect",
            Weight::Mind,
            fit.tested(),
            format!(
                "not one of {} numbers fails its check",
                super::table::grouped(fit.tested())
            ),
            "registers that people typed have errors: this one was checked by a machine, or invented by one",
        );
        return;
    }
    let overall = share(fit.failed, fit.tested());
    let odd: Vec<u64> = column
        .blocks
        .values()
        .filter(|block| {
            let tested = block.tested() as f64;
            let expected = tested * overall;
            let beyond = block.failed as f64 - expected;
            block.tested() >= 50
                && beyond > 6.0 * (expected * (1.0 - overall)).sqrt().max(1.0)
                && share(block.failed, block.tested()) > overall * 4.0
        })
        .map(|block| block.failed)
        .collect();
    // One block in few is the whole file.
    if !odd.is_empty() && column.blocks.len() >= 4 {
        say(
            "salt/blocks",
            Weight::Look,
            odd.iter().sum(),
            format!(
                "in {} of {} parts of the file check digits fail far more often than in the rest",
                odd.len(),
                column.blocks.len()
            ),
            "records may have been added or changed together: compare these parts with another copy",
        );
    }
}

/// One value in many cells of a column that should tell people apart.
fn dominant(profile: &ColumnProfile, say: &mut Say<'_>) {
    let nothing: u64 = profile
        .frequent
        .iter()
        .filter(|seen| seen.placeholder.is_some())
        .map(|seen| seen.count)
        .sum();
    if nothing > 0 {
        let words: Vec<&str> = profile
            .frequent
            .iter()
            .filter_map(|seen| seen.placeholder)
            .collect();
        say(
            "fill/placeholders",
            Weight::Note,
            nothing,
            format!(
                "{} cells hold a word for nothing: {}",
                super::table::grouped(nothing),
                words.join(", ")
            ),
            "list them under `missing` of [input], or they count as values of people",
        );
    }
    let telling = profile.verdict.class == "direct" && profile.verdict.what != "text";
    if let Some(most) = profile
        .frequent
        .iter()
        .find(|seen| seen.placeholder.is_none() && telling && seen.share > 0.01)
    {
        say(
            "fill/dominant",
            Weight::Mind,
            most.count,
            format!(
                "one value of shape {} stands in {} of the cells",
                most.shape,
                percent(most.share)
            ),
            "a placeholder, or a number that many share: as a code it would make one person of them",
        );
    }
}

fn signs_of_person(person: &PersonProfile, signs: &mut Vec<Sign>) {
    let about = if person.identifiers.exact {
        ""
    } else {
        "about "
    };
    let mut say = |code, weight, column: &str, count, seen, means| {
        signs.push(Sign {
            code,
            weight,
            column: Some(column.to_owned()),
            count,
            seen,
            means,
        });
    };
    if person.several_names > 0 {
        say(
            "person/several-names",
            Weight::Mind,
            &person.identifier,
            person.several_names,
            format!(
                "{about}{} identifiers stand with more than one name",
                super::table::grouped(person.several_names)
            ),
            "a code says same identifier, not same person: shared and wrong numbers make one of two",
        );
    }
    for (compared, what) in [(&person.birth, "birth date"), (&person.sex, "sex")] {
        if let Some(compared) = compared
            && compared.differ > 0
        {
            say(
                "person/differs",
                Weight::Mind,
                &compared.column,
                compared.differ,
                format!(
                    "in {} of {} records the {what} is not the one that `{}` tells",
                    super::table::grouped(compared.differ),
                    super::table::grouped(compared.agree + compared.differ),
                    person.identifier
                ),
                "one of the two is wrong, or the number is somebody else's",
            );
        }
    }
}

fn signs_of_records(counted: &Counted, signs: &mut Vec<Sign>) {
    let records = &counted.records;
    let readable: u64 = records.read - records.unreadable.values().sum::<u64>();
    if records.marked > 0 {
        let few = share(records.marked, readable) < 0.05;
        signs.push(Sign {
            code: "mark/oddities",
            weight: if few { Weight::Mind } else { Weight::Note },
            column: None,
            count: records.marked,
            seen: format!(
                "{} of {} records show an oddity of spacing, width or look-alike letters outside of texts",
                super::table::grouped(records.marked),
                super::table::grouped(readable)
            ),
            means: "such oddities can mark a copy and name who leaked it: let no column leave as it is written (`exact`), kinds and lists of values write them alike",
        });
    }
    let bad: u64 = records.unreadable.values().sum();
    if bad > 0 {
        signs.push(Sign {
            code: "read/unreadable",
            weight: Weight::Mind,
            column: None,
            count: bad,
            seen: format!(
                "{} records cannot be read for certain",
                super::table::grouped(bad)
            ),
            means: "a run puts them into quarantine; `offrecord read --raw --rejects` lists them",
        });
    }
}
