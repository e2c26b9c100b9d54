//! Scenes: the built program, run as a person would run it, most of them wrong
//! use. Each asserts the exit code and what is said; [`scene::Scene`] asserts on
//! its own that no raw value and no byte of a key is ever said, that words are
//! plain when nobody watches, and, where asked, that nothing is left on disk.

mod scene;

mod approve;
mod attack;
mod check;
mod demo;
mod diff;
mod explain;
mod keys;
mod pack;
mod printing;
mod profile;
mod protect;
mod read;
mod reidentify;
mod release;
mod review;
mod risk;
mod run;
mod stops;
mod try_values;
mod usage;
