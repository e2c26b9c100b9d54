//! A policy compiled against a header: what the engine runs and what every text is generated from.
