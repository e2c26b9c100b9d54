//! Staging, output formats, manifest and publication: takes finished parts.
