//! A value that came from a file, in a type that cannot print it.
//!
//! Everything that holds cell text longer than one expression holds it as a
//! [`Cell`] or a [`CellBuf`]: `Debug` shows the length alone, there is no
//! `Display`, so that no log line, error or panic message can carry a value.

use std::fmt;

/// Borrowed text of one value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Cell<'a>(&'a str);

impl<'a> Cell<'a> {
    /// Wraps text that came from a file.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text itself; do not format it into anything but a treated output.
    #[must_use]
    pub fn text(self) -> &'a str {
        self.0
    }

    /// Length in bytes of UTF-8.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Whether the value has no characters.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cell({} bytes)", self.0.len())
    }
}

/// Owned text of one value.
#[derive(Clone, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct CellBuf(String);

impl CellBuf {
    /// Takes over text that came from a file.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself; do not format it into anything but a treated output.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Length in bytes of UTF-8.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the value has no characters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same value, borrowed.
    #[must_use]
    pub fn as_cell(&self) -> Cell<'_> {
        Cell::new(&self.0)
    }
}

impl fmt::Debug for CellBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CellBuf({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_length_and_never_the_text() {
        let shown = format!(
            "{:?} {:?}",
            Cell::new("secret"),
            CellBuf::new("secret".into())
        );
        assert_eq!(shown, "Cell(6 bytes) CellBuf(6 bytes)");
    }
}
