//! The pack's pages on what a trial run met: free text, tables, data quality.

use super::*;

impl Review<'_> {
    pub(super) fn text(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let mut blocks = Vec::new();
        for at in say.going(Way::Leaves) {
            if !matches!(say.rule(at).treatment, Treatment::Redact { .. }) {
                continue;
            }
            let Cell { line, notes } = say.column(at);
            let mut lines = vec![line];
            lines.extend(notes);
            blocks.push(Block::List(lines));
            if let Some(counts) = self.e.facts.and_then(|f| f.balance.columns.get(at)) {
                let rows = counts
                    .found
                    .iter()
                    .map(|(kind, count)| vec![say.kinds(kind).into(), Line::count(*count).into()])
                    .collect();
                let name = Line::name(&self.plan().columns[at].output);
                blocks.push(Block::Table(Table {
                    caption: fill(t.rv_text_found, &[("column", name)]),
                    head: heads([(t.c_found, Width::Free), (t.rv_c_count, Width::Number)]),
                    rows,
                }));
            }
        }
        if blocks.is_empty() {
            return vec![Block::Para(Line::ours(t.rv_text_none))];
        }
        blocks.push(Block::Notice(Line::ours(t.rv_text_recall)));
        blocks
    }

    pub(super) fn tables(&self) -> Vec<Block> {
        let t = self.say.t;
        if self.plan().tables.is_empty() {
            return vec![Block::Para(Line::ours(t.rv_tables_none))];
        }
        let mut blocks = self.brief().tables();
        let Some(facts) = self.e.facts else {
            blocks.push(self.unmeasured(t.rv_how_input));
            return blocks;
        };
        let rows = facts
            .tables
            .iter()
            .map(|known| {
                let open = |row: &&crate::release::table::Row| row.status != Status::Withheld;
                let published = known.table.rows.iter().filter(open).count() as u64;
                vec![
                    Line::name(&known.table.name).into(),
                    Line::count(published).into(),
                    Line::count(known.table.withheld.primary).into(),
                    Line::count(known.table.withheld.complementary).into(),
                ]
            })
            .collect();
        blocks.push(Block::Table(Table {
            caption: Line::ours(t.rv_caption_tables),
            head: heads([
                (t.c_table, Width::Free),
                (t.c_published, Width::Number),
                (t.c_primary, Width::Number),
                (t.c_complementary, Width::Number),
            ]),
            rows,
        }));
        blocks
    }

    pub(super) fn quality(&self) -> Vec<Block> {
        let t = self.say.t;
        let mut blocks = Vec::new();
        match self.e.facts {
            None => blocks.push(self.unmeasured(t.rv_how_input)),
            Some(facts) => {
                let balance = &facts.balance;
                let mut rows: Vec<Vec<Cell>> = Vec::new();
                let mut push = |place: Line, reason: Line, count: u64| {
                    rows.push(vec![place.into(), reason.into(), Line::count(count).into()]);
                };
                for (reason, count) in &balance.quarantined {
                    push(
                        Line::ours(t.w_quarantined),
                        self.say.set_aside(reason),
                        *count,
                    );
                }
                for (reason, count) in &balance.withheld {
                    push(Line::ours(t.w_withheld), self.say.withheld(reason), *count);
                }
                for (column, counts) in self.plan().columns.iter().zip(&balance.columns) {
                    for (reason, count) in &counts.withheld {
                        push(Line::name(&column.name), self.say.emptied(reason), *count);
                    }
                }
                blocks.push(Block::Table(Table {
                    caption: Line::ours(t.rv_caption_quality),
                    head: heads([
                        (t.c_where, Width::Free),
                        (t.c_reason, Width::Free),
                        (t.rv_c_count, Width::Number),
                    ]),
                    rows,
                }));
                if self.plan().subject.is_some() {
                    blocks.push(Block::Facts(vec![
                        fact(t.l_without_subject, Line::count(balance.without_subject)),
                        fact(t.l_repeated_subject, Line::count(balance.repeated_subject)),
                    ]));
                }
            }
        }
        blocks.push(Block::Para(Line::ours(t.rv_identifiers)));
        blocks.extend(self.signs());
        blocks
    }
}
