//! Words and pictures from a plan and a run.
