//! The independent check: reads finished bytes with its own reader and imports `key` and `kinds` alone.
