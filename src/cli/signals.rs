//! SIGINT, SIGTERM and SIGHUP: a command that prints ends at once; a run is
//! asked to stop, cleans up and says so; a second signal ends it at once.
//!
//! Handlers only store numbers or end the process: nothing else is allowed in
//! a handler. A run that waits in the system for a pipe which nobody fills
//! cannot look at a flag, so a watcher of its own ends it (see [`Watch`]).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::out;

/// The signals and their exit codes.
#[cfg(unix)]
const SIGNALS: [(i32, i32); 3] = [
    (signal_hook::consts::SIGHUP, 129),
    (signal_hook::consts::SIGINT, 130),
    (signal_hook::consts::SIGTERM, 143),
];
#[cfg(not(unix))]
const SIGNALS: [(i32, i32); 2] = [
    (signal_hook::consts::SIGINT, 130),
    (signal_hook::consts::SIGTERM, 143),
];

/// What has been signalled.
#[derive(Clone)]
pub(super) struct Signals {
    /// Raised to stop a run.
    pub(super) raised: Arc<AtomicBool>,
    /// Exit code of the signal, 0 before any.
    code: Arc<AtomicUsize>,
    /// Whether the next signal ends the process at once.
    at_once: Arc<AtomicBool>,
}

impl Signals {
    /// Installs the handlers. Where the system refuses, signals do what they
    /// do by default: the process ends, and the next run cleans up.
    pub(super) fn install() -> Self {
        let signals = Self {
            raised: Arc::new(AtomicBool::new(false)),
            code: Arc::new(AtomicUsize::new(0)),
            at_once: Arc::new(AtomicBool::new(true)),
        };
        // A file that may not grow further is then an error to tell and to
        // clean up after, not the end of the process.
        #[cfg(unix)]
        drop(signal_hook::flag::register(
            signal_hook::consts::SIGXFSZ,
            Arc::new(AtomicBool::new(false)),
        ));
        for (signal, code) in SIGNALS {
            use signal_hook::flag;
            // Run in this order: the first signal of a run passes the first
            // handler, and the last one closes that door for the second.
            let number = usize::try_from(code).unwrap_or(1);
            let installed =
                flag::register_conditional_shutdown(signal, code, Arc::clone(&signals.at_once))
                    .and_then(|_| flag::register_usize(signal, Arc::clone(&signals.code), number))
                    .and_then(|_| flag::register(signal, Arc::clone(&signals.raised)))
                    .and_then(|_| flag::register(signal, Arc::clone(&signals.at_once)));
            drop(installed);
        }
        signals
    }

    /// The exit code of the signal that came, if one came.
    pub(super) fn code(&self) -> Option<u8> {
        u8::try_from(self.code.load(Ordering::Relaxed))
            .ok()
            .filter(|code| *code > 0)
    }

    /// From here on a first signal asks, and `staging` is what an interrupted
    /// run has to take away.
    pub(super) fn ask_first(&self, staging: Option<PathBuf>) -> Watch {
        let watch = Watch {
            signals: self.clone(),
            reading: Arc::new(AtomicBool::new(true)),
            news: Arc::new(AtomicUsize::new(0)),
            over: Arc::new(AtomicBool::new(false)),
        };
        self.at_once.store(false, Ordering::SeqCst);
        let theirs = watch.clone();
        // Without the thread a run on a silent pipe needs a second signal.
        drop(
            std::thread::Builder::new()
                .name("signals".to_owned())
                .spawn(move || theirs.keep(staging.as_deref())),
        );
        watch
    }
}

/// Watches over a run after a signal. While input is read and nothing moves any
/// more, it takes the staging folder away and ends the process; a run that is
/// past reading is never ended from here, since it may be publishing.
#[derive(Clone)]
pub(super) struct Watch {
    signals: Signals,
    reading: Arc<AtomicBool>,
    news: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
}

/// How often the watcher looks, and how long nothing may move after a signal.
const LOOK: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_millis(1000);

impl Watch {
    /// The run has got on; `reading` says whether it still reads input.
    pub(super) fn news(&self, reading: bool) {
        self.reading.store(reading, Ordering::SeqCst);
        self.news.fetch_add(1, Ordering::SeqCst);
    }

    /// The run has ended; signals end the process at once again.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.signals.at_once.store(true, Ordering::SeqCst);
    }

    fn keep(&self, staging: Option<&Path>) {
        let mut quiet_since: Option<(Instant, usize)> = None;
        while !self.over.load(Ordering::SeqCst) {
            std::thread::sleep(LOOK);
            if !self.signals.raised.load(Ordering::SeqCst) || !self.reading.load(Ordering::SeqCst) {
                continue;
            }
            let news = self.news.load(Ordering::SeqCst);
            let (since, before) = *quiet_since.get_or_insert((Instant::now(), news));
            if before != news {
                quiet_since = None;
            } else if since.elapsed() >= PATIENCE && !self.over.load(Ordering::SeqCst) {
                if let Some(staging) = staging {
                    drop(std::fs::remove_dir_all(staging));
                }
                out::words("error: interrupted while waiting for input; nothing was published");
                std::process::exit(self.signals.code().unwrap_or(1).into());
            }
        }
    }
}
