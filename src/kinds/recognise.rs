//! Which kinds a whole value may be of: what profiles of columns are made of.
//!
//! A value is brought into its compact form once and compared with the shapes
//! of that length; kinds with a grammar of their own are asked one by one.
//! May not search inside text: that is [`super::scan`].

use super::ident::{Ident, LONGEST, compact, fits};
use super::{Kind, KindOptions, Misfit, all};
use std::sync::LazyLock;

/// One kind that a value may be of.
#[derive(Clone, Copy)]
pub struct Match {
    /// The kind.
    pub kind: &'static dyn Kind,
    /// `None` where everything holds that can be checked. A failed check digit,
    /// date or form where only the shape fits: what mistyped values look like.
    pub misfit: Option<Misfit>,
}

impl std::fmt::Debug for Match {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.name())
    }
}

struct Entry {
    kind: &'static dyn Kind,
    ident: &'static Ident,
}

/// Kinds by the length of their shapes, and those with a grammar of their own.
struct Index {
    by_length: Vec<Vec<(&'static str, Entry)>>,
    own: Vec<&'static dyn Kind>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index {
        by_length: (0..=LONGEST).map(|_| Vec::new()).collect(),
        own: Vec::new(),
    };
    for &kind in all() {
        match kind.ident() {
            Some(ident) if !ident.keeps_marks() => {
                if ident.changes() {
                    // The whole value may be shorter or longer than its form.
                    for list in index.by_length.iter_mut().take(15).skip(5) {
                        list.push(("", Entry { kind, ident }));
                    }
                    continue;
                }
                for &shape in ident.facts().shapes {
                    if let Some(list) = index.by_length.get_mut(shape.len()) {
                        list.push((shape, Entry { kind, ident }));
                    }
                }
            }
            _ if matches!(kind.name(), "exact" | "text") => {}
            _ => index.own.push(kind),
        }
    }
    index
});

/// Recognises whole values; buffers are kept from value to value.
#[derive(Default)]
pub struct Recogniser {
    compact: String,
    settled: String,
    found: Vec<Match>,
}

/// The buffers hold a value: `Debug` shows nothing of it.
impl std::fmt::Debug for Recogniser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recogniser")
    }
}

impl Recogniser {
    /// Empty buffers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every kind but `exact` and `text` whose shape `value` has, in the order
    /// of the registry within those with shapes and those without.
    pub fn look(&mut self, value: &str, opt: &KindOptions) -> &[Match] {
        let Self {
            compact: small,
            settled,
            found,
        } = self;
        found.clear();
        let index = &*INDEX;
        if compact(value, "", "/()+", small).is_ok()
            && let Some(list) = index.by_length.get(small.len())
        {
            let mut last = "";
            for (shape, entry) in list {
                let open = shape.is_empty();
                if entry.kind.name() == last || !(open || fits(shape, small.as_bytes())) {
                    continue;
                }
                last = entry.kind.name();
                settled.clear();
                settled.push_str(small);
                let misfit = entry.ident.settle(settled).err();
                if open && matches!(misfit, Some(Misfit::Length | Misfit::Form)) {
                    continue;
                }
                found.push(Match {
                    kind: entry.kind,
                    misfit,
                });
            }
        }
        for &kind in &index.own {
            match kind.normalise(value, opt, settled) {
                Ok(()) => found.push(Match { kind, misfit: None }),
                Err(misfit @ (Misfit::CheckDigit | Misfit::Date)) => found.push(Match {
                    kind,
                    misfit: Some(misfit),
                }),
                Err(_) => {}
            }
        }
        found
    }
}
