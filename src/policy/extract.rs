//! `[extract]` and `[extract.risk]`: order, format and limits of the rows that leave.

use super::doc::{Log, Section, decimal};
use super::error::Problem;
use super::input::{FORMATS, LATER_FORMATS};
use super::model::{At, Diversity, Extract, Format, Loss, Order, RowRisk, Small, Span};
use super::words;

pub(super) fn extract(log: &mut Log, top: &Section<'_>) -> Option<(Extract, Span)> {
    let section = top.section(log, "extract", "[extract]")?;
    section.check_words(log, words::EXTRACT, &[]);
    let order = section.word(
        log,
        "order",
        &[("shuffled", Order::Shuffled), ("input", Order::Input)],
        &[],
    );
    const WHY: &str = "the order of the input shows who stood beside whom, and which copy you hold";
    let why = section.prose(log, "why", WHY);
    let value = order.as_ref().map_or(Order::Shuffled, |o| o.value);
    if value == Order::Input && !section.has("why") {
        log.push(
            Problem::error(
                "policy/missing-key",
                order.map_or(section.at.clone(), |o| o.at),
                "`order = \"input\"` needs `why`",
            )
            .why(WHY)
            .help("add why = \"…\" under [extract], or leave `order` out"),
        );
    }
    if value == Order::Shuffled
        && let Some(entry) = section.get("why")
    {
        log.push(
            Problem::error(
                "policy/misplaced-key",
                entry.key_at(),
                "`why` has no meaning under [extract] unless order = \"input\"",
            )
            .help("take the line out"),
        );
    }
    let format = section
        .word(log, "format", FORMATS, LATER_FORMATS)
        .map_or(Format::Csv, |f| f.value);
    let part_rows = section
        .integer(log, "part_rows", 1..=u64::MAX)
        .map(|n| n.value);
    let bom = section.boolean(log, "bom").is_some_and(|b| b.value);
    if format == Format::Jsonl
        && let Some(entry) = section.get("bom")
    {
        log.push(
            Problem::error(
                "policy/misplaced-key",
                entry.key_at(),
                "`bom` has no meaning for format = \"jsonl\"",
            )
            .help("take the line out"),
        );
    }
    let risk = risk(log, &section);
    Some((
        Extract {
            at: section.at.clone(),
            order: value,
            order_why: why.filter(|_| value == Order::Input),
            format,
            part_rows,
            bom,
            risk,
        },
        section.at.clone(),
    ))
}

fn risk(log: &mut Log, extract: &Section<'_>) -> Option<RowRisk> {
    let section = extract.section(log, "risk", "[extract.risk]")?;
    section.check_words(log, words::RISK, words::RISK_LATER);
    let k = if section.has("k") {
        section.integer(log, "k", 2..=1_000_000)
    } else {
        Some(At {
            value: 5,
            at: section.at.clone(),
        })
    };
    let small = section.word(
        log,
        "small",
        &[
            ("withhold-rows", Small::WithholdRows),
            ("suppress-values", Small::SuppressValues),
            ("generalise", Small::Generalise),
            ("refuse", Small::Refuse),
        ],
        &[],
    );
    let small = small.map_or(Small::WithholdRows, |s| s.value);
    let (loss, max_withheld) = coarser(log, &section, small);
    let l = section.integer(log, "l", 2..=1_000_000);
    let rule = section.word(
        log,
        "l_rule",
        &[("distinct", false), ("entropy", true)],
        &["recursive"],
    );
    if let (None, Some(rule)) = (&l, &rule) {
        log.push(
            Problem::error(
                "policy/misplaced-key",
                rule.at.clone(),
                "`l_rule` has no meaning without `l`",
            )
            .help("say l = 2 or more, or take the line out"),
        );
    }
    let by_entropy = rule.is_some_and(|rule| rule.value);
    let l = l.map(|l| At {
        value: if by_entropy {
            Diversity::Entropy(l.value)
        } else {
            Diversity::Distinct(l.value)
        },
        at: l.at,
    });
    let max_risk = section.get("max_risk").and_then(|entry| {
        let share = decimal(entry.value.get_ref())
            .and_then(|t| t.parse::<f64>().ok())
            .filter(|n| (0.000_001..=0.5).contains(n));
        if share.is_none() {
            log.push(
                Problem::error(
                    "policy/out-of-range",
                    entry.value.span(),
                    "`max_risk` must be a share from 0.000001 to 0.5",
                )
                .help("write max_risk = 0.2 for one chance in five"),
            );
        }
        share.map(|value| At {
            value,
            at: entry.value.span(),
        })
    });
    Some(RowRisk {
        k: k?,
        l,
        max_risk,
        small,
        loss,
        max_withheld,
    })
}

/// What `small = "generalise"` is told: its loss, and what may be kept back instead.
fn coarser(log: &mut Log, section: &Section<'_>, small: Small) -> (Loss, f64) {
    for key in ["loss", "max_withheld"] {
        if let Some(entry) = section.get(key).filter(|_| small != Small::Generalise) {
            log.push(
                Problem::error(
                    "policy/misplaced-key",
                    entry.key_at(),
                    format!("`{key}` has no meaning without small = \"generalise\""),
                )
                .help("take the line out, or say small = \"generalise\""),
            );
        }
    }
    let loss = section.word(
        log,
        "loss",
        &[
            Loss::Entropy,
            Loss::EntropySuppressed,
            Loss::Discernibility,
            Loss::Height,
        ]
        .map(|loss| (loss.name(), loss)),
        &[],
    );
    let max_withheld = section.get("max_withheld").and_then(|entry| {
        let share = decimal(entry.value.get_ref())
            .and_then(|t| t.parse::<f64>().ok())
            .filter(|share| (0.0..=0.5).contains(share));
        if share.is_none() {
            log.push(
                Problem::error(
                    "policy/out-of-range",
                    entry.value.span(),
                    "`max_withheld` must be a share from 0 to 0.5",
                )
                .help("write max_withheld = 0.02 for two records in a hundred"),
            );
        }
        share
    });
    (
        loss.map_or(Loss::Entropy, |loss| loss.value),
        max_withheld.unwrap_or(0.0),
    )
}
