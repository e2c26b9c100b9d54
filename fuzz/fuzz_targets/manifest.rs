//! The check's manifest reader takes bytes from anybody: it must refuse or
//! read, never panic, whatever they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use offrecord::verify::read_manifest;

fuzz_target!(|bytes: &[u8]| {
    let _ = read_manifest(bytes);
});
