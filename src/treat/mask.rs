//! `mask`: some characters at the ends stay, the rest is covered, and the
//! length says nothing about the value's.

use super::{Context, Reader};
use crate::kinds::Misfit;

/// Covering characters between the kept ends, whatever the value's length.
const COVER: usize = 6;

/// A masked column.
pub struct Mask {
    reader: Reader,
    first: usize,
    last: usize,
    with: char,
}

impl Mask {
    /// Keeps `first` characters at the start and `last` at the end of the
    /// normalised value and writes six times `with` between them. Of a value
    /// that has not at least six further characters nothing is kept:
    /// the whole is covered, in the same length.
    #[must_use]
    pub fn new(reader: Reader, first: usize, last: usize, with: char) -> Self {
        Self {
            reader,
            first,
            last,
            with,
        }
    }

    /// Characters in every masked value.
    #[must_use]
    pub fn length(&self) -> usize {
        self.first + COVER + self.last
    }

    pub(super) fn apply(
        &self,
        value: &str,
        context: &mut Context,
        out: &mut String,
    ) -> Result<(), Misfit> {
        self.reader.normalise(value, &mut context.normal)?;
        let characters = context.normal.chars().count();
        let shows = characters >= self.length();
        let (first, last) = if shows {
            (self.first, self.last)
        } else {
            (0, 0)
        };
        out.extend(context.normal.chars().take(first));
        out.extend(std::iter::repeat_n(self.with, self.length() - first - last));
        out.extend(context.normal.chars().skip(characters - last));
        Ok(())
    }
}
