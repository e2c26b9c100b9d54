//! What is wrong with a policy, and how it is shown: every problem points at
//! the text, says why it matters and what to write instead.
//!
//! May not print: it returns text. Whatever it returns is cleaned of control,
//! direction and zero-width characters first, since a policy's text, its path
//! and the words quoted from it come from outside.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::model::Span;

/// Most problems that [`render`] shows; the rest are counted.
const SHOWN: usize = 100;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// `run` refuses.
    Error,
    /// A lint; `check --strict` and house rules raise it to an error.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// One problem of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// Stable name, e.g. `policy/unknown-key`.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// Where, in bytes of the policy text.
    pub at: Span,
    /// Why it matters; may be empty.
    pub why: String,
    /// What to do next; may be empty.
    pub help: String,
    /// Further places, each with a few words.
    pub more: Vec<(Span, String)>,
}

impl Problem {
    /// An error at a place of the policy text.
    pub fn error(code: &'static str, at: Span, message: impl Into<String>) -> Problem {
        Problem {
            severity: Severity::Error,
            code,
            message: message.into(),
            at,
            why: String::new(),
            help: String::new(),
            more: Vec::new(),
        }
    }

    /// A warning at a place of the policy text.
    pub fn warning(code: &'static str, at: Span, message: impl Into<String>) -> Problem {
        Problem {
            severity: Severity::Warning,
            ..Problem::error(code, at, message)
        }
    }

    /// Adds why it matters.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Problem {
        self.why = why.into();
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = help.into();
        self
    }

    /// Adds a further place with a few words.
    #[must_use]
    pub fn also(mut self, at: Span, words: impl Into<String>) -> Problem {
        self.more.push((at, words.into()));
        self
    }
}

/// Everything that is wrong with one policy file, with the text it points at.
#[derive(Clone)]
pub struct PolicyErrors {
    /// Name of the file as shown, cleaned.
    pub file: String,
    /// The policy's text.
    pub text: Arc<str>,
    /// The problems, in the order of the text.
    pub problems: Vec<Problem>,
}

impl PolicyErrors {
    /// The problems as text for a terminal; see [`render`].
    pub fn render(&self, color: bool) -> String {
        render(&self.problems, &self.file, &self.text, color)
    }

    /// The problems for `--json`; see [`to_json`].
    pub fn to_json(&self) -> Value {
        to_json(&self.problems, &self.file, &self.text)
    }
}

impl fmt::Debug for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyErrors")
            .field("file", &self.file)
            .field("problems", &self.problems)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for PolicyErrors {}

/// Why a policy could not be had.
#[derive(Debug)]
pub enum PolicyError {
    /// The file could not be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file is larger than a policy may be.
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// The file is not UTF-8.
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Line of the first wrong byte, from 1.
        line: usize,
        /// Offset of the first wrong byte, from 0.
        byte: usize,
    },
    /// The file was read and is wrong.
    Wrong(PolicyErrors),
}

impl PolicyError {
    /// The whole message for a terminal, ending in a newline.
    pub fn render(&self, color: bool) -> String {
        match self {
            PolicyError::Wrong(errors) => errors.render(color),
            other => format!("error: {other}\n"),
        }
    }

    /// The same for `--json`: `{"problems": [...]}` with one entry without a
    /// place where the file could not be read.
    pub fn to_json(&self) -> Value {
        match self {
            PolicyError::Wrong(errors) => errors.to_json(),
            PolicyError::Unreadable { path, .. }
            | PolicyError::TooLarge { path, .. }
            | PolicyError::NotUtf8 { path, .. } => json!({
                "file": clean_line(&path.to_string_lossy()),
                "problems": [{
                    "severity": "error",
                    "code": "policy/unreadable",
                    "message": self.to_string(),
                }],
            }),
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicyError::Unreadable { path, source } => write!(
                f,
                "cannot read the policy {}: {source}",
                clean_line(&path.to_string_lossy())
            ),
            PolicyError::TooLarge { path, limit } => write!(
                f,
                "the policy {} is larger than {limit} bytes; a policy is a document that a person reads",
                clean_line(&path.to_string_lossy())
            ),
            PolicyError::NotUtf8 { path, line, byte } => write!(
                f,
                "the policy {} is not UTF-8: line {line}, byte offset {byte}; save it as UTF-8",
                clean_line(&path.to_string_lossy())
            ),
            PolicyError::Wrong(errors) => errors.fmt(f),
        }
    }
}

impl std::error::Error for PolicyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            PolicyError::Unreadable { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<PolicyErrors> for PolicyError {
    fn from(errors: PolicyErrors) -> PolicyError {
        PolicyError::Wrong(errors)
    }
}

/// Line and column of a byte offset, both from 1; columns count characters,
/// a byte order mark at the start of the text is not one of them.
pub fn position(text: &str, byte: usize) -> (usize, usize) {
    let mut end = byte.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let in_line = before.get(start..).unwrap_or_default();
    let in_line = if start == 0 {
        in_line.trim_start_matches('\u{feff}')
    } else {
        in_line
    };
    (line, in_line.chars().count() + 1)
}

/// Whether a character is invisible or moves what stands around it: controls,
/// direction marks and overrides, zero-width and tag characters, fillers.
/// Tab and newline are not counted.
pub fn is_hidden(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        c if c.is_control() => true,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

/// Text of several lines with every hidden character shown as U+FFFD.
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if is_hidden(c) { '\u{fffd}' } else { c })
        .collect()
}

/// The same for one line: a path, a name, a message. Tabs and newlines are
/// shown as U+FFFD too.
pub fn clean_line(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c == '\t' || c == '\n' || is_hidden(c) {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// The lines around a span, cleaned, with the span moved into them.
struct Excerpt {
    text: String,
    line: usize,
    span: Span,
}

fn excerpt(text: &str, span: &Span) -> Excerpt {
    let floor = |mut i: usize| {
        i = i.min(text.len());
        while !text.is_char_boundary(i) {
            i -= 1;
        }
        i
    };
    let start = floor(span.start);
    let end = floor(span.end).max(start);
    let line_start = text
        .get(..start)
        .and_then(|t| t.rfind('\n'))
        .map_or(0, |i| i + 1);
    let line_end = text
        .get(start..)
        .and_then(|t| t.find('\n'))
        .map_or(text.len(), |i| start + i);
    // A span over several lines is shown by its first line.
    let end = end.min(line_end);
    let mut out = String::new();
    let (mut from, mut to) = (0, 0);
    let line_text = text.get(line_start..line_end).unwrap_or_default();
    let line_text = line_text.strip_suffix('\r').unwrap_or(line_text);
    for (i, c) in line_text.char_indices() {
        if line_start + i == start {
            from = out.len();
        }
        if line_start + i == end {
            to = out.len();
        }
        let at_file_start = line_start + i == 0;
        if at_file_start && c == '\u{feff}' {
            continue;
        }
        out.push(if is_hidden(c) { '\u{fffd}' } else { c });
    }
    if start >= line_start + line_text.len() {
        from = out.len();
    }
    if end >= line_start + line_text.len() {
        to = out.len();
    }
    Excerpt {
        line: position(text, start).0,
        span: from..to.max(from),
        text: out,
    }
}

/// Problems as text for a terminal, in the order given, each with the line of
/// the policy it points at; ends in a newline unless there is no problem.
pub fn render(problems: &[Problem], file: &str, text: &str, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
    .decor_style(DecorStyle::Ascii);
    let path = clean_line(file);
    let mut out = String::new();
    for problem in problems.iter().take(SHOWN) {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let main = excerpt(text, &problem.at);
        let rest: Vec<(Excerpt, String)> = problem
            .more
            .iter()
            .map(|(span, words)| (excerpt(text, span), clean_line(words)))
            .collect();
        let mut group: Group<'_> = level
            .primary_title(clean_line(&problem.message))
            .id(problem.code)
            .element(
                Snippet::source(main.text)
                    .path(path.as_str())
                    .line_start(main.line)
                    .annotation(AnnotationKind::Primary.span(main.span)),
            );
        for (more, words) in rest {
            group = group.element(
                Snippet::source(more.text)
                    .path(path.as_str())
                    .line_start(more.line)
                    .annotation(AnnotationKind::Context.span(more.span).label(words)),
            );
        }
        if !problem.why.is_empty() {
            group = group.element(Level::NOTE.message(clean_line(&problem.why)));
        }
        if !problem.help.is_empty() {
            group = group.element(Level::HELP.message(clean_line(&problem.help)));
        }
        out.push_str(&renderer.render(&[group]));
        out.push_str("\n\n");
    }
    if problems.len() > SHOWN {
        out.push_str(&format!(
            "and {} more problems in {path}\n",
            problems.len() - SHOWN
        ));
    }
    out
}

/// Problems for a script: `{"file", "problems": [{"severity", "code",
/// "message", "line", "column", "end_line", "end_column", "why", "help",
/// "more": [{"line", "column", "message"}]}]}`; lines and columns from 1,
/// columns in characters. Every problem is listed.
pub fn to_json(problems: &[Problem], file: &str, text: &str) -> Value {
    let list: Vec<Value> = problems
        .iter()
        .map(|p| {
            let (line, column) = position(text, p.at.start);
            let (end_line, end_column) = position(text, p.at.end);
            let more: Vec<Value> = p
                .more
                .iter()
                .map(|(at, words)| {
                    let (line, column) = position(text, at.start);
                    json!({"line": line, "column": column, "message": clean_line(words)})
                })
                .collect();
            json!({
                "severity": p.severity.as_str(),
                "code": p.code,
                "message": clean_line(&p.message),
                "line": line,
                "column": column,
                "end_line": end_line,
                "end_column": end_column,
                "why": clean_line(&p.why),
                "help": clean_line(&p.help),
                "more": more,
            })
        })
        .collect();
    json!({"file": clean_line(file), "problems": list})
}
