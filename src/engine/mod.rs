//! Chunks to workers and back in order: knows no format and no treatment by name.
