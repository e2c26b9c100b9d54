//! Flat memory: the peak does not grow with the file.

#![cfg(target_os = "linux")]

use std::process::Child;
use std::time::Duration;

use crate::util::child::Program;
use crate::util::{policies, register};

/// Peak resident memory of a run in KiB, read while it lives: after that the
/// system no longer tells.
fn peak(mut child: Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmHWM:"));
        if let Some(line) = line {
            let figure = line.split_whitespace().nth(1).unwrap();
            peak = peak.max(figure.parse().unwrap());
        }
        match child.try_wait().unwrap() {
            Some(status) => {
                assert!(status.success(), "{status:?}");
                return peak;
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    }
}

#[test]
fn four_times_the_rows_take_the_same_memory_where_the_policy_streams() {
    let measure = |rows: u64| {
        let input = register(rows, 400, 7, 5_000).bytes;
        let program = Program::new(&policies::streaming(), &input);
        let out = program.scene.path("out");
        peak(program.command(&out).spawn().unwrap())
    };
    let (small, large) = (measure(20_000), measure(80_000));
    assert!(small > 5_000, "{small} KiB: not measured");
    assert!(
        large * 5 < small * 6,
        "{small} KiB for 20,000 rows, {large} KiB for 80,000"
    );
}
