//! The policy parser takes a text from anybody: it must read it, or refuse it
//! with problems that lie inside the text and can be shown. Never a panic. A
//! policy that was read must also compile and be checked without one.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use offrecord::plan::check::check;
use offrecord::policy;

fuzz_target!(|text: &str| {
    let mut files = |_: &str| Ok(b"value,general\na,b\n".to_vec());
    match policy::parse("fuzz.toml", text, &mut files) {
        Ok(read) => {
            let read = Arc::new(read);
            let problems = check(&read, None, "2026-01-01".parse().expect("a day"));
            let _ = policy::render(&problems, "fuzz.toml", text, false);
        }
        Err(errors) => {
            for problem in &errors.problems {
                assert!(problem.at.end <= text.len(), "a problem outside the text");
            }
            let _ = errors.render(false);
            let _ = errors.to_json();
        }
    }
});
