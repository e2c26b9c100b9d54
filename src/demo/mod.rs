//! An invented register of invented people, its truth file, and the first thing a newcomer runs.
