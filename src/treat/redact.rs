//! `redact`: identifiers inside running text are replaced whole, the rest stays as it is.

use std::sync::{Arc, OnceLock};

use super::Context;
use crate::kinds::fold::fold;
use crate::kinds::register::Names;
use crate::kinds::scan::{Scanner, merge};

/// A redacted column.
pub struct Redact {
    scanner: Scanner,
    own_row: bool,
    numbered: bool,
    register: Option<Arc<OnceLock<Arc<Names>>>>,
}

impl Redact {
    /// Finds what `scanner` knows and, with `own_row`, the record's own values;
    /// with `numbered`, equal values in one text share a number: `[phone-1]`.
    #[must_use]
    pub fn new(scanner: Scanner, own_row: bool, numbered: bool) -> Self {
        Self {
            scanner,
            own_row,
            numbered,
            register: None,
        }
    }

    /// Finds the names of the register too, once they have been gathered.
    #[must_use]
    pub fn with_register(mut self, names: Arc<OnceLock<Arc<Names>>>) -> Self {
        self.register = Some(names);
        self
    }

    /// Whether the record's own values are to be gathered first.
    #[must_use]
    pub fn wants_own_row(&self) -> bool {
        self.own_row
    }

    pub(super) fn apply(&self, text: &str, context: &mut Context, out: &mut String) {
        let Context {
            own_row,
            scratch,
            found,
            names,
            ..
        } = context;
        found.clear();
        found.extend_from_slice(self.scanner.find(text, scratch));
        if self.own_row {
            own_row.find(text, found);
        }
        if let Some(register) = self.register.as_ref().and_then(|register| register.get()) {
            register.find(text, names, found);
        }
        if found.is_empty() {
            out.push_str(text);
            return;
        }
        merge(found);
        let mut labels = Labels::default();
        let mut at = 0;
        for span in found.iter() {
            out.push_str(text.get(at..span.start).unwrap_or_default());
            out.push('[');
            out.push_str(span.kind);
            if self.numbered {
                let number = labels.number(
                    span.kind,
                    text.get(span.start..span.end).unwrap_or_default(),
                );
                out.push('-');
                out.push_str(&number.to_string());
            }
            out.push(']');
            at = span.end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
    }
}

/// Numbers of the values of one text, by first appearance within a kind.
#[derive(Default)]
struct Labels {
    seen: Vec<(&'static str, String)>,
}

impl Labels {
    fn number(&mut self, kind: &'static str, value: &str) -> usize {
        let mut folded = String::new();
        fold(value, &mut folded);
        let same_kind = |seen: &&(&'static str, String)| seen.0 == kind;
        if let Some(at) = self
            .seen
            .iter()
            .filter(same_kind)
            .position(|(_, earlier)| *earlier == folded)
        {
            return at + 1;
        }
        self.seen.push((kind, folded));
        self.seen.iter().filter(same_kind).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_a_number_within_their_kind() {
        let mut labels = Labels::default();
        assert_eq!(labels.number("phone", "1 2 3"), 1);
        assert_eq!(labels.number("email", "a"), 1);
        assert_eq!(labels.number("phone", "4"), 2);
        assert_eq!(labels.number("phone", "123"), 1);
    }
}
