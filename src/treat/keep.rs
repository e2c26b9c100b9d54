//! `keep`: the normalised value leaves where it fits the closed form, and not otherwise.

use hashbrown::HashSet;
use regex::Regex;

use super::{Context, Reader};
use crate::kinds::Misfit;
use crate::kinds::scan::Scanner;

/// A kept column.
pub struct Keep {
    reader: Reader,
    form: Form,
}

/// The closed form that a normalised value must fit.
enum Form {
    /// Free text: at most so many characters, no strict identifier inside.
    Text { max: usize, scanner: Scanner },
    /// Whatever the kind accepts.
    Kind,
    /// One of these, normalised.
    Values(HashSet<String>),
    /// The whole value matches.
    Pattern(Regex),
}

impl Keep {
    /// Values of the kind; `max` characters where the kind is `text`.
    #[must_use]
    pub fn kind(reader: Reader, max: usize) -> Self {
        let form = if reader.kind.name() == "text" {
            Form::Text {
                max,
                scanner: Scanner::strict_all(),
            }
        } else {
            Form::Kind
        };
        Self { reader, form }
    }

    /// Listed values, each already normalised by the reader's kind.
    #[must_use]
    pub fn values(reader: Reader, values: impl IntoIterator<Item = String>) -> Self {
        Self {
            reader,
            form: Form::Values(values.into_iter().collect()),
        }
    }

    /// Values that `pattern`, anchored at both ends, matches.
    #[must_use]
    pub fn pattern(reader: Reader, pattern: Regex) -> Self {
        Self {
            reader,
            form: Form::Pattern(pattern),
        }
    }

    pub(super) fn apply(
        &self,
        value: &str,
        context: &mut Context,
        out: &mut String,
    ) -> Result<(), Misfit> {
        self.reader.normalise(value, out)?;
        match &self.form {
            Form::Kind => Ok(()),
            Form::Text { max, scanner } => {
                if out.len() > *max && out.chars().nth(*max).is_some() {
                    Err(Misfit::TooLong)
                } else if scanner.any_proven(out, &mut context.scratch) {
                    Err(Misfit::HoldsIdentifier)
                } else {
                    Ok(())
                }
            }
            Form::Values(values) if values.contains(out.as_str()) => Ok(()),
            Form::Values(_) => Err(Misfit::NotListed),
            Form::Pattern(pattern) if pattern.is_match(out) => Ok(()),
            Form::Pattern(_) => Err(Misfit::NoMatch),
        }
    }
}
