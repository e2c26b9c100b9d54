//! The pack's pages on law, keys and custody.

use super::*;

impl Review<'_> {
    pub(super) fn law(&self) -> Vec<Block> {
        let t = self.say.t;
        let mut blocks = Vec::new();
        if let Some(section) = self.brief().recipients() {
            blocks.extend(section.blocks);
        } else {
            blocks.push(Block::Para(Line::ours(t.recipient_all)));
        }
        blocks.push(Block::Para(Line::ours(t.rv_law_prompt)));
        blocks.extend(list([t.rv_law_1, t.rv_law_2, t.rv_law_3, t.rv_law_4]));
        blocks
    }

    pub(super) fn keys(&self) -> Vec<Block> {
        let (say, t) = (&self.say, self.say.t);
        let rows: Vec<Vec<Cell>> = say
            .going(Way::Leaves)
            .into_iter()
            .filter(|at| matches!(say.rule(*at).treatment, Treatment::Pseudonymise { .. }))
            .map(|at| {
                let space = self.plan().columns[at].reader.kind.space();
                vec![
                    Line::name(&self.plan().columns[at].output).into(),
                    space
                        .map_or_else(
                            || Line::ours(t.rv_space_open),
                            |space| Line::ours(format!("{space:.1e}")),
                        )
                        .into(),
                    Line::ours(t.rv_without).into(),
                    space
                        .map_or_else(|| Line::ours(t.dash), |space| Line::ours(time(space / 1e7)))
                        .into(),
                ]
            })
            .collect();
        let mut blocks = self.brief().codes();
        if !rows.is_empty() {
            blocks.push(Block::Para(Line::ours(t.rv_keys_intro)));
            blocks.push(Block::Table(Table {
                caption: Line::ours(t.rv_caption_space),
                head: heads([
                    (t.c_column, Width::Free),
                    (t.rv_c_space, Width::Number),
                    (t.rv_c_without, Width::Free),
                    (t.rv_c_with, Width::Free),
                ]),
                rows,
            }));
        }
        blocks.extend(list([t.rv_key_holder, t.rv_key_destroy, t.rv_key_after]));
        blocks
    }
}
