//! Any text, read as every kind and searched for all of them: no panic, normal
//! forms that are their own, hits that lie in the text and in order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use offrecord::kinds::{self, KindOptions, Recogniser, Scanner, Scratch};

fuzz_target!(|text: &str| {
    let options = KindOptions::default();
    let (mut once, mut twice) = (String::new(), String::new());
    for kind in kinds::all() {
        let _ = kind.derive(text);
        if kind.normalise(text, &options, &mut once).is_ok() {
            assert!(kind.normalise(&once, &options, &mut twice).is_ok(), "{}", kind.name());
            assert!(once == twice, "{}", kind.name());
            let _ = kind.derive(&once);
        }
    }
    let _ = Recogniser::new().look(text, &options);
    let mut scratch = Scratch::new();
    for scanner in [Scanner::all(None), Scanner::strict_all()] {
        let mut reached = 0;
        for hit in scanner.find(text, &mut scratch) {
            assert!(hit.start >= reached && hit.start < hit.end);
            assert!(text.get(hit.start..hit.end).is_some());
            reached = hit.end;
        }
    }
});
