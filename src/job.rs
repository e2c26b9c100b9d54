//! The whole run as one public call: what `run` and the library user start.
