//! Raw records in: open, inflate, decode, split at exact record bounds, parse.
