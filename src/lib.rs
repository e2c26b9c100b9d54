//! offrecord turns records that must not be shared into files that can be,
//! and into the evidence that says why.
//!
//! The crate is laid out as the data flow: [`input`] opens and splits,
//! [`plan`] is a [`policy`] compiled against a header, [`treat`] changes
//! values, [`engine`] runs the plan over the input on many threads, [`tally`]
//! counts, [`protect`] decides which cells of a table may be published,
//! [`release`] stages and publishes, [`verify`] looks at the finished bytes
//! with code of its own. [`job`] is all of it as one call.
//!
//! # A tour
//!
//! What the command line does can be done from Rust; `cli` holds no logic that
//! is missed here. An invented register, a policy, a run, a check:
//!
//! ```
//! use std::num::NonZeroUsize;
//! use std::sync::{Arc, atomic::AtomicBool};
//!
//! use offrecord::demo::{self, Spec};
//! use offrecord::job::{self, Goal, Job, Recipients};
//! use offrecord::key::Key;
//! use offrecord::{policy, verify};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let (register, out) = (folder.path().join("register.csv"), folder.path().join("out"));
//! demo::generate(
//!     &Spec::new(500, 7),
//!     &mut std::fs::File::create(&register)?,
//!     &mut std::io::sink(), // the truth about what was planted
//! )?;
//!
//! // Everything that is wrong with a policy is told at once, at its place.
//! let policy = policy::parse(
//!     "members.toml",
//!     r#"
//! policy   = "members/by-sex"
//! version  = 1
//! purpose  = "Count members by sex; no member is published"
//! unlisted = "drop"
//!
//! [input]
//! missing = ["", "NULL", "N/A", "无", "不详"]
//! max_bad = 0.05
//!
//! [grounds]
//! direct  = "Direct identifier, not needed for the purpose"
//! finding = "Subject of the story"
//!
//! [columns.id_number]
//! do     = "pseudonymise"
//! kind   = "cn-resident-id"
//! domain = "person"
//! ground = "direct"
//! why    = "Counts each person once"
//!
//! [columns.sex]
//! do     = "keep"
//! values = ["男", "女"]
//! ground = "finding"
//! why    = "Two groups single nobody out"
//!
//! [extract]
//! order = "shuffled"
//! "#,
//!     &mut |_| Err(std::io::ErrorKind::NotFound.into()), // it names no files
//! )
//! .map_err(|problems| problems.render(false))?;
//!
//! // The key of examples protects nothing: `Key::generate` or `Key::read_file`.
//! let key = Key::test_key();
//! let report = job::run(&Job {
//!     policy: Arc::new(policy),
//!     inputs: vec![register],
//!     key: &key,
//!     goal: Goal::Release(out.clone()),
//!     recipients: Recipients::Everybody,
//!     threads: NonZeroUsize::MIN,
//!     chunk_size: 1 << 16,
//!     house_rules: serde_json::json!(null),
//!     approved: Default::default(),
//!     ledger: None,
//!     with: vec![],
//!     interrupted: &AtomicBool::new(false),
//!     watch: &|_| {},
//! })?;
//! let records = &report.releases[0].balance;
//! assert_eq!(
//!     records.read(),
//!     records.written + records.withheld_total() + records.quarantined_total()
//! );
//!
//! // Anybody can check the folder; the private half and the key repeat the
//! // hunt for protected values too.
//! let verdict = verify::verify(&verify::Request {
//!     private: Some(&folder.path().join("out.private")),
//!     key: Some(&key),
//!     ..verify::Request::new(&out)
//! })?;
//! assert!(verdict.passed());
//! # Ok(())
//! # }
//! ```
//!
//! The policy language, the formats and the reading grammar are described in
//! the folder `docs`; the promises are the tests in `tests/promises`.

pub mod approve;
pub mod cell;
pub mod cli;
pub mod demo;
pub mod engine;
pub mod input;
pub mod job;
pub mod key;
pub mod kinds;
pub mod ledger;
pub mod noise;
pub mod plan;
pub mod policy;
pub mod profile;
pub mod protect;
pub mod reidentify;
pub mod release;
pub mod report;
pub mod risk;
pub mod tally;
pub mod treat;
pub mod verify;
