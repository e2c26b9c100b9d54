//! The pack's pages on the raw file itself: what of it could leave coarser,
//! and what a profile saw of damage, invention and marks.

use super::*;

/// What a profile of the raw file saw, as far as the pack needs it: names of
/// columns and counts, no value.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The columns.
    pub columns: Vec<SourceColumn>,
    /// What a reader should know first, the gravest first.
    pub signs: Vec<SourceSign>,
}

/// One column of the raw file.
#[derive(Debug, Clone, Default)]
pub struct SourceColumn {
    /// Its name.
    pub name: String,
    /// Filled cells.
    pub filled: u64,
    /// Distinct values, perhaps estimated.
    pub distinct: u64,
    /// What it was taken for: the name of a kind, or `name`, `address`, `text`, ….
    pub what: String,
    /// Cells that hold an identifier among other text.
    pub inside: u64,
}

/// A sign of damage, invention or marking.
#[derive(Debug, Clone)]
pub struct SourceSign {
    /// Its stable word, `salt/blocks`.
    pub code: &'static str,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// Cells or records.
    pub count: u64,
    /// Whether it should be looked into before anything else.
    pub first: bool,
}

/// Values that a list may hold and a person may still read.
const LISTED: u64 = 200;

impl Review<'_> {
    fn seen(&self, at: usize) -> Option<&SourceColumn> {
        let name = &self.plan().columns.get(at)?.name;
        let source = self.e.source.as_ref()?;
        source.columns.iter().find(|column| column.name == *name)
    }

    /// Signs that bear on what leaves: those of the whole file, of a column
    /// that leaves or is counted, of invention and of marking.
    fn weighty(&self) -> impl Iterator<Item = &SourceSign> {
        let away = |sign: &SourceSign| {
            let columns = &self.plan().columns;
            let at = columns
                .iter()
                .position(|column| Some(&column.name) == sign.column.as_ref());
            at.is_some_and(|at| self.say.way(at) == Way::Stays && self.plan().subject != Some(at))
        };
        let signs = self.e.source.iter().flat_map(|source| &source.signs);
        signs.filter(move |sign| sign.first && (of_origin(sign.code) || !away(sign)))
    }

    pub(super) fn weighty_signs(&self) -> u64 {
        self.weighty().count() as u64
    }

    /// Whether a column that does not leave as it is could leave coarser, or
    /// one that does coarser still.
    pub(super) fn coarser(&self, at: usize) -> Line {
        let t = self.say.t;
        let rule = self.say.rule(at);
        let kind = rule.kind.as_ref().map(|kind| kind.value.as_str());
        match (self.say.way(at), &rule.treatment) {
            (Way::Leaves, Treatment::Pseudonymise { .. }) => Line::ours(t.rv_could_uncoded),
            (Way::Leaves, Treatment::Redact { .. }) => Line::ours(t.rv_could_rest),
            (Way::Leaves, Treatment::Shift { .. }) => Line::ours(t.rv_could_date),
            (Way::Leaves, _) => Line::ours(t.rv_could_done),
            (Way::Counted, _) => Line::ours(t.rv_could_table),
            (Way::Stays, _) => match kind {
                Some("date") => Line::ours(t.rv_could_date),
                Some("number") => Line::ours(t.rv_could_number),
                Some("phone") => Line::ours(t.rv_could_phone),
                Some("cn-address" | "gb-postcode" | "us-zip" | "coordinates") => {
                    Line::ours(t.rv_could_area)
                }
                Some("text" | "exact") | None => self.coarser_text(at),
                Some(_) => Line::ours(t.rv_could_code),
            },
        }
    }

    /// The same for words: it hangs on how many different ones there are.
    fn coarser_text(&self, at: usize) -> Line {
        let t = self.say.t;
        let Some(seen) = self.seen(at) else {
            return Line::ours(t.rv_could_text);
        };
        let parts = [
            ("n", Line::count(seen.distinct)),
            ("cells", Line::count(seen.filled)),
            ("m", Line::count(seen.inside)),
        ];
        let template = match seen.what.as_str() {
            "empty" => t.rv_could_empty,
            "name" => t.rv_could_name,
            "address" => t.rv_could_address,
            "text" if seen.inside > 0 => t.rv_could_notes,
            _ if seen.distinct <= LISTED && seen.distinct.saturating_mul(20) <= seen.filled => {
                choose(t.rv_could_list, seen.distinct)
            }
            "text" => t.rv_could_text,
            _ if seen.distinct.saturating_mul(2) > seen.filled => t.rv_could_alone,
            _ => t.rv_could_map,
        };
        fill(template, &parts)
    }

    /// Signs of damage, invention and marking.
    pub(super) fn signs(&self) -> Vec<Block> {
        let t = self.say.t;
        let Some(source) = &self.e.source else {
            return vec![Block::Para(Line::ours(t.rv_planted))];
        };
        let mut blocks = Vec::new();
        if !source.signs.is_empty() {
            let rows = source.signs.iter().map(|sign| {
                vec![
                    sign.column
                        .as_ref()
                        .map_or_else(|| Line::ours(t.sg_file), |name| Line::name(name))
                        .into(),
                    Line::ours(said(t, sign.code)).into(),
                    Line::count(sign.count).into(),
                    Line::ours(if sign.first { t.sg_first } else { t.sg_mind }).into(),
                ]
            });
            blocks.push(Block::Table(Table {
                caption: Line::ours(t.sg_caption),
                head: heads([
                    (t.c_where, Width::Narrow),
                    (t.sg_seen, Width::Wide),
                    (t.rv_c_count, Width::Number),
                    (t.sg_weight, Width::Narrow),
                ]),
                rows: rows.collect(),
            }));
        }
        let origin = source.signs.iter().any(|sign| of_origin(sign.code));
        blocks.push(Block::Para(Line::ours(match origin {
            true => t.sg_origin,
            false => t.sg_no_origin,
        })));
        blocks
    }
}

/// Whether it speaks of records that were invented, planted or marked.
fn of_origin(code: &str) -> bool {
    code.starts_with("salt/") || code.starts_with("mark/")
}

/// A sign in words.
fn said(t: &super::super::text::Text, code: &str) -> &'static str {
    match code {
        "sheet/scientific" => t.sg_scientific,
        "sheet/ends-000" => t.sg_ends_000,
        "sheet/error" => t.sg_error,
        "sheet/text-mark" => t.sg_text_mark,
        "sheet/point-zero" => t.sg_point_zero,
        "sheet/lost-zeros" => t.sg_lost_zeros,
        "sheet/day-numbers" => t.sg_day_numbers,
        "text/wrong-encoding" => t.sg_encoding,
        "text/identifiers" => t.sg_identifiers,
        "check/near-miss" => t.sg_near_miss,
        "salt/too-perfect" => t.sg_perfect,
        "salt/blocks" => t.sg_blocks,
        "fill/placeholders" => t.sg_placeholders,
        "fill/dominant" => t.sg_dominant,
        "person/several-names" => t.sg_names,
        "person/differs" => t.sg_differs,
        "mark/oddities" => t.sg_marked,
        "read/unreadable" => t.sg_unreadable,
        _ => t.sg_other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::SIGNS;
    use crate::report::text::Lang;

    #[test]
    fn every_sign_of_a_profile_has_words_of_its_own_in_every_language() {
        for lang in Lang::ALL {
            let t = lang.text();
            let mut seen = std::collections::BTreeSet::new();
            for code in SIGNS {
                let words = said(t, code);
                assert!(words != t.sg_other, "{code}");
                assert!(seen.insert(words), "{code} says what another sign says");
            }
            assert_eq!(said(t, "made/up"), t.sg_other);
        }
    }
}
