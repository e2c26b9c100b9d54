//! The pack's pages on risk: sizes of groups, columns known, intruders.

use super::*;

impl Review<'_> {
    pub(super) fn unmeasured(&self, how: &'static str) -> Block {
        let t = self.say.t;
        let mut line = Line::ours(t.rv_not_measured);
        line.push(Line::ours(t.sentence_gap));
        line.push(Line::ours(how));
        Block::Notice(line)
    }

    pub(super) fn risk(&self) -> Vec<Block> {
        let t = self.say.t;
        let mut blocks = self.brief().risk();
        if self.plan().policy.extract.is_none() {
            return blocks;
        }
        blocks.push(Block::Para(Line::ours(t.rv_risk_intro)));
        match (self.e.before, self.e.after) {
            (None, None) if self.e.facts.is_none() => {
                blocks.push(self.unmeasured(t.rv_how_input));
            }
            (None, None) => blocks.push(self.unmeasured(t.rv_how_risk)),
            (before, after) => {
                blocks.push(Block::Chart(self.sizes(before, after)));
                if before
                    .or(after)
                    .is_some_and(|measures| !measures.sets.known.is_empty())
                {
                    blocks.push(Block::Chart(self.known(before, after)));
                }
            }
        }
        if let Some(after) = self.e.after {
            blocks.extend(self.worst(after));
            for diversity in &after.diversity {
                let parts = [
                    ("column", Line::name(&diversity.column)),
                    ("n", Line::count(diversity.distinct)),
                    ("m", Line::count(diversity.same_people)),
                ];
                blocks.push(Block::Para(fill(t.rv_diversity, &parts)));
            }
        }
        blocks.push(Block::Table(self.intruders()));
        blocks
    }

    pub(super) fn sizes(&self, before: Option<&Measures>, after: Option<&Measures>) -> Chart {
        let t = self.say.t;
        let bands = [
            (t.rv_size_1, 1, 2),
            (t.rv_size_2, 2, 5),
            (t.rv_size_5, 5, 10),
            (t.rv_size_10, 10, 20),
            (t.rv_size_20, 20, u64::MAX),
        ];
        let people = |measures: Option<&Measures>, from: u64, to: u64| -> Option<u64> {
            let sizes = measures?.sizes.range(from..to);
            Some(sizes.map(|(size, classes)| size * classes).sum())
        };
        self.chart(
            "chart-sizes",
            t.rv_chart_sizes,
            t.rv_c_size,
            bands
                .iter()
                .map(|(label, from, to)| {
                    (
                        Line::ours(*label),
                        [people(before, *from, *to), people(after, *from, *to)],
                    )
                })
                .collect(),
            [before, after].map(|m| m.map_or(0, |m| m.standings)),
        )
    }

    pub(super) fn known(&self, before: Option<&Measures>, after: Option<&Measures>) -> Chart {
        let t = self.say.t;
        let worst = |measures: Option<&Measures>, n: usize| -> Option<u64> {
            let known = measures?
                .sets
                .known
                .iter()
                .find(|known| known.columns == n)?;
            Some(known.worst)
        };
        let most = before
            .or(after)
            .and_then(|measures| measures.sets.known.iter().map(|known| known.columns).max())
            .unwrap_or(0);
        let rows = (1..=most)
            .filter(|n| worst(before, *n).is_some() || worst(after, *n).is_some())
            .map(|n| {
                (
                    counted(t.rv_columns_n, n as u64),
                    [worst(before, n), worst(after, n)],
                )
            })
            .collect();
        self.chart(
            "chart-known",
            t.rv_chart_known,
            t.rv_c_known,
            rows,
            [before, after].map(|m| m.map_or(0, |m| m.people)),
        )
    }

    /// Two series over labels; shares are of each series' own whole.
    pub(super) fn chart(
        &self,
        id: &'static str,
        caption: &'static str,
        first: &'static str,
        rows: Vec<(Line, [Option<u64>; 2])>,
        wholes: [u64; 2],
    ) -> Chart {
        let t = self.say.t;
        let figure = |count: Option<u64>, whole: u64| match count {
            None => Line::ours(t.dash),
            Some(count) => {
                let mut line = Line::count(count);
                line.push(Line::ours(" ("));
                line.push(percent(count, whole));
                line.push(Line::ours(")"));
                line
            }
        };
        let share = |count: Option<u64>, whole: u64| -> u32 {
            let count = count.unwrap_or(0);
            u32::try_from((count.saturating_mul(1000)).checked_div(whole).unwrap_or(0))
                .unwrap_or(1000)
                .min(1000)
        };
        let series = [0, 1]
            .map(|s: usize| {
                rows.iter()
                    .map(|(_, counts)| share(counts[s], wholes[s]))
                    .collect()
            })
            .to_vec();
        Chart {
            id,
            table: Table {
                caption: Line::ours(caption),
                head: heads([
                    (first, Width::Free),
                    (t.rv_before, Width::Number),
                    (t.rv_after, Width::Number),
                ]),
                rows: rows
                    .into_iter()
                    .map(|(label, counts)| {
                        vec![
                            label.into(),
                            figure(counts[0], wholes[0]).into(),
                            figure(counts[1], wholes[1]).into(),
                        ]
                    })
                    .collect(),
            },
            series,
        }
    }

    pub(super) fn worst(&self, after: &Measures) -> Option<Block> {
        let (say, t) = (&self.say, self.say.t);
        let rows: Vec<Vec<Cell>> = after
            .sets
            .worst
            .iter()
            .take(5)
            .map(|set| {
                vec![
                    say.names(
                        self.plan()
                            .columns
                            .iter()
                            .filter(|column| set.columns.contains(&column.output))
                            .map(|column| column.output.as_str()),
                    )
                    .into(),
                    Line::count(set.people).into(),
                ]
            })
            .collect();
        (!rows.is_empty()).then(|| {
            Block::Table(Table {
                caption: Line::ours(t.rv_caption_worst),
                head: heads([(t.rv_c_columns, Width::Free), (t.rv_size_1, Width::Number)]),
                rows,
            })
        })
    }

    pub(super) fn intruders(&self) -> Table {
        let t = self.say.t;
        let group = |alone: Option<u64>| match (alone, self.e.after) {
            (_, None) => Line::ours(t.rv_not_measured),
            (Some(n), _) if n > 0 => fill(t.rv_fi_alone, &[("n", Line::count(n))]),
            (_, Some(after)) => fill(t.rv_fi_group, &[("n", Line::count(after.k))]),
        };
        let after = self.e.after;
        let three = after.map(|m| {
            let few = m.sets.known.iter().filter(|known| known.columns <= 3);
            few.map(|known| known.worst).max().unwrap_or(0)
        });
        let all = after.map(|m| m.alone);
        let row = |who: &'static str, knows: &'static str, finds: Line| {
            vec![
                Line::ours(who).into(),
                Line::ours(knows).into(),
                finds.into(),
            ]
        };
        Table {
            caption: Line::ours(t.rv_caption_intruder),
            head: heads([
                (t.rv_c_intruder, Width::Free),
                (t.rv_c_knows, Width::Free),
                (t.rv_c_finds, Width::Wide),
            ]),
            rows: vec![
                row(t.rv_in_neighbour, t.rv_kn_all, group(three)),
                row(t.rv_in_employer, t.rv_kn_every, group(all)),
                row(t.rv_in_state, t.rv_kn_every, group(all)),
                row(t.rv_in_holder, t.rv_kn_holder, Line::ours(t.rv_fi_holder)),
                row(t.rv_in_journalist, t.rv_kn_other, Line::ours(t.rv_fi_other)),
            ],
        }
    }
}
