//! A run in a process of its own, to be killed, starved or measured.
