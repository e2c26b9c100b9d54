//! The one place that prints: data on stdout, words on stderr.
//!
//! Everything else hands its text over here, so that a closed pipe, colour,
//! the progress line and hidden characters are dealt with once. It may not
//! decide what is said. Words are written whole, a message a call, and a
//! failure to write them is ignored: there is nobody left to tell.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::policy::error::{clean, clean_line};

/// Why a command ended without its result.
#[derive(Debug)]
pub(super) enum Failure {
    /// Whoever read stdout has gone: for a command that prints, that is success.
    Closed,
    /// To be told in words.
    Told(Told),
    /// Told already, or rendered elsewhere: the text for people, the answer for scripts.
    Rendered {
        /// Exit code.
        code: u8,
        /// For people, ending in a newline; may be empty.
        text: String,
        /// For scripts.
        json: Value,
    },
}

/// An error in four parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// Exit code.
    pub(super) code: u8,
    /// What is wrong, and where.
    pub(super) what: String,
    /// Why it matters; may be empty.
    pub(super) why: String,
    /// What to do next.
    pub(super) next: String,
}

impl Failure {
    /// A failure with the exit code for wrong use.
    pub(super) fn usage(
        what: impl Into<String>,
        why: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self::coded(2, what, why, next)
    }

    /// A failure with the exit code for what went wrong on the way.
    pub(super) fn failed(
        what: impl Into<String>,
        why: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self::coded(1, what, why, next)
    }

    /// A failure with its exit code.
    pub(super) fn coded(
        code: u8,
        what: impl Into<String>,
        why: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self::Told(Told {
            code,
            what: what.into(),
            why: why.into(),
            next: next.into(),
        })
    }

    /// The words alone.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Closed => String::new(),
            Self::Rendered { text, .. } => text.clone(),
            Self::Told(told) => told.render(color_words()),
        }
    }

    /// Tells it, and gives the exit code.
    pub(super) fn tell(self, as_json: bool) -> u8 {
        let (code, text, answer) = match self {
            Self::Closed => return 0,
            Self::Rendered { code, text, json } => (code, text, json),
            Self::Told(told) => (told.code, told.render(color_words()), told.to_json()),
        };
        if !text.is_empty() {
            write_words(&text);
        }
        if as_json {
            // The exit code tells of the failure already.
            drop(json_data(&answer));
        }
        code
    }
}

impl Told {
    /// For a terminal: one part a line, hidden characters shown as such.
    fn render(&self, color: bool) -> String {
        let (red, bold, off) = if color {
            ("\u{1b}[1;31m", "\u{1b}[1m", "\u{1b}[0m")
        } else {
            ("", "", "")
        };
        let mut text = format!("{red}error{off}{bold}: {}{off}\n", indented(&self.what, 0));
        for (word, part) in [("why:  ", &self.why), ("next: ", &self.next)] {
            if !part.is_empty() {
                text.push_str(&format!("  {bold}{word}{off}{}\n", indented(part, 8)));
            }
        }
        text
    }

    fn to_json(&self) -> Value {
        json!({"error": {
            "what": clean(&self.what),
            "why": clean(&self.why),
            "next": clean(&self.next),
            "exit_code": self.code,
        }})
    }
}

/// Cleaned text whose further lines stand under the first.
fn indented(text: &str, by: usize) -> String {
    clean(text)
        .trim_end()
        .replace('\n', &format!("\n{}", " ".repeat(by)))
}

/// A path for a message.
pub(super) fn shown(path: &std::path::Path) -> String {
    let text = clean_line(&path.to_string_lossy());
    text.strip_prefix("./").map(str::to_owned).unwrap_or(text)
}

/// Whether stderr shows a progress line that words must not run into.
static LINE_SHOWN: AtomicBool = AtomicBool::new(false);

/// Words for people; ends the line.
pub(super) fn words(text: &str) {
    write_words(&format!("{}\n", clean(text.trim_end_matches('\n'))));
}

/// Words that may hold colour and have been cleaned where they were made.
pub(super) fn write_words(text: &str) {
    clear_line();
    let mut stderr = io::stderr().lock();
    drop(
        stderr
            .write_all(text.as_bytes())
            .and_then(|()| stderr.flush()),
    );
}

/// Draws the progress line anew.
pub(super) fn draw_line(text: &str) {
    LINE_SHOWN.store(true, Ordering::Relaxed);
    let mut stderr = io::stderr().lock();
    drop(write!(stderr, "\r{text}\u{1b}[K").and_then(|()| stderr.flush()));
}

/// Takes the progress line away, if there is one.
pub(super) fn clear_line() {
    if LINE_SHOWN.swap(false, Ordering::Relaxed) {
        let mut stderr = io::stderr().lock();
        drop(stderr.write_all(b"\r\x1b[K").and_then(|()| stderr.flush()));
    }
}

/// Buffered stdout for data.
pub(super) fn data() -> BufWriter<io::StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Writes `bytes` to stdout.
///
/// # Errors
/// As [`end_of_data`].
pub(super) fn all_data(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = data();
    end_of_data(out.write_all(bytes).and_then(|()| out.flush()))
}

/// Writes an answer for scripts: one JSON value, indented, and a newline.
///
/// # Errors
/// As [`end_of_data`].
pub(super) fn json_data(answer: &Value) -> Result<(), Failure> {
    all_data(format!("{answer:#}\n").as_bytes())
}

/// What a result of writing to stdout means.
///
/// # Errors
/// [`Failure::Closed`] where nobody reads any more; else in words.
pub(super) fn end_of_data(result: io::Result<()>) -> Result<(), Failure> {
    result.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::Closed,
        _ => Failure::failed(
            format!("writing to stdout failed: {error}"),
            "what was printed is not complete",
            "check the disk or the program that reads it, and run again",
        ),
    })
}

/// Whether words may be coloured: on a terminal, unless `NO_COLOR` is set.
pub(super) fn color_words() -> bool {
    io::stderr().is_terminal() && color_wanted()
}

/// Whether data may be coloured, which is help alone.
pub(super) fn color_data() -> bool {
    io::stdout().is_terminal() && color_wanted()
}

fn color_wanted() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether a progress line makes sense.
pub(super) fn words_on_terminal() -> bool {
    io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether somebody can be asked.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Counts as people read them: 1,950,000.
pub(super) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 record`, `2 records`.
pub(super) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A size in bytes as people read it.
#[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
pub(super) fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["bytes", "kB", "MB", "GB"] {
        if value < 1000.0 {
            let decimals = usize::from(unit != "bytes" && value < 100.0);
            return format!("{value:.decimals$} {unit}");
        }
        value /= 1000.0;
    }
    format!("{value:.1} TB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sizes_are_written_for_people() {
        assert_eq!(
            [0, 999, 1000, 1_950_000].map(count),
            ["0", "999", "1,000", "1,950,000"]
        );
        assert_eq!(counted(1, "row", "rows"), "1 row");
        assert_eq!(
            [12, 1_000, 12_345, 999_999, 550_000_000].map(size),
            ["12 bytes", "1.0 kB", "12.3 kB", "1000 kB", "550 MB"]
        );
    }

    #[test]
    fn an_error_shows_hidden_characters_as_such_and_has_no_colour_of_its_own() {
        let Failure::Told(told) = Failure::usage("a\u{1b}[31mb\u{202e}", "because\nof this", "do")
        else {
            return;
        };
        assert_eq!(
            told.render(false),
            "error: a\u{fffd}[31mb\u{fffd}\n  why:  because\n        of this\n  next: do\n"
        );
    }
}
