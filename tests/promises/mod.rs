//! The promises, a module each. A test's name is the claim.

mod all_or_nothing;
mod approved;
mod attacks;
mod balance;
mod briefs;
mod closed;
mod coarser;
mod codes;
mod defects;
mod fail_closed;
mod flat_memory;
mod house;
mod in_text;
mod joined;
mod k;
mod ledger;
mod linked;
mod names;
mod noise;
mod nothing_raw;
mod odd;
mod one_meaning;
mod same_bytes;
mod tables;
mod weakened;
mod written;
