//! A finished row: CSV as a spreadsheet may open it, or a JSON object.

use crate::policy::model::Format;

/// Writes rows of one extract.
pub(super) struct RowWriter {
    format: Format,
    /// For JSON: `{"name":` of each output, or `,"name":`, by column of the plan.
    keys: Vec<String>,
    first: bool,
}

impl RowWriter {
    /// `names` are the output names by column of the plan; columns that do not leave have none.
    pub(super) fn new(format: Format, names: &[Option<&str>]) -> Self {
        let mut keys = Vec::new();
        let mut first = true;
        for name in names {
            let mut key = String::new();
            if let Some(name) = name {
                key.push(if first { '{' } else { ',' });
                let mut quoted = Vec::new();
                push_json(name, &mut quoted);
                key.push_str(&String::from_utf8_lossy(&quoted));
                key.push(':');
                first = false;
            }
            keys.push(key);
        }
        Self {
            format,
            keys,
            first: true,
        }
    }

    /// The header of a CSV extract; JSON Lines have none. Says how many names were guarded.
    pub(super) fn header(names: &[&str]) -> (Vec<u8>, u64) {
        let mut out = Vec::new();
        let mut guarded = 0;
        for (at, name) in names.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            guarded += u64::from(push_csv(name, &mut out));
        }
        out.push(b'\n');
        (out, guarded)
    }

    /// Starts a row.
    pub(super) fn begin(&mut self) {
        self.first = true;
    }

    /// Appends the next cell; says whether it had to be guarded. `plain` cells
    /// are known to need neither quotes nor a guard.
    #[inline]
    pub(super) fn cell(
        &mut self,
        column: usize,
        text: &str,
        plain: bool,
        out: &mut Vec<u8>,
    ) -> bool {
        match self.format {
            Format::Csv => {
                if !self.first {
                    out.push(b',');
                }
                self.first = false;
                if plain {
                    out.extend_from_slice(text.as_bytes());
                    return false;
                }
                push_csv(text, out)
            }
            Format::Jsonl => {
                out.extend_from_slice(self.keys.get(column).map_or(&b""[..], |key| key.as_bytes()));
                push_json(text, out);
                false
            }
        }
    }

    /// Ends a row.
    pub(super) fn end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(match self.format {
            Format::Csv => b"\n",
            Format::Jsonl => b"}\n",
        });
    }
}

/// Appends a CSV cell, quoted where a reader would need it, guarded where a
/// spreadsheet would run it. Says whether it was guarded.
pub(crate) fn push_csv(text: &str, out: &mut Vec<u8>) -> bool {
    let guard = would_run(text);
    let bytes = text.as_bytes();
    let quote = bytes
        .iter()
        .any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n'))
        || matches!(bytes.first(), Some(b' ' | b'\t'))
        || matches!(bytes.last(), Some(b' ' | b'\t'));
    if quote {
        out.push(b'"');
    }
    if guard {
        out.push(b'\'');
    }
    if quote {
        let mut rest = bytes;
        while let Some(at) = memchr::memchr(b'"', rest) {
            let (before, after) = rest.split_at(at + 1);
            out.extend_from_slice(before);
            out.push(b'"');
            rest = after;
        }
        out.extend_from_slice(rest);
        out.push(b'"');
    } else {
        out.extend_from_slice(bytes);
    }
    guard
}

/// Whether a spreadsheet would take the cell for a formula: its first character
/// is `=`, `+`, `-`, `@`, a full-width form of these, tab or CR, and it is not a
/// plain number.
pub(crate) fn would_run(text: &str) -> bool {
    match text.chars().next() {
        Some('+' | '-') => !is_number(text.get(1..).unwrap_or_default()),
        Some('=' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠') => true,
        _ => false,
    }
}

/// `[0-9]+([.,][0-9]+)*`
fn is_number(text: &str) -> bool {
    text.split(['.', ','])
        .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Appends a JSON string.
fn push_json(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest
        .iter()
        .position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\' | 0x7f))
    {
        let (before, after) = rest.split_at(at);
        out.extend_from_slice(before);
        if let Some((special, after)) = after.split_first() {
            match special {
                b'"' => out.extend_from_slice(b"\\\""),
                b'\\' => out.extend_from_slice(b"\\\\"),
                b'\n' => out.extend_from_slice(b"\\n"),
                b'\r' => out.extend_from_slice(b"\\r"),
                b'\t' => out.extend_from_slice(b"\\t"),
                other => out.extend_from_slice(format!("\\u{other:04x}").as_bytes()),
            }
            rest = after;
        }
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str) -> String {
        let mut out = Vec::new();
        push_csv(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_that_a_spreadsheet_would_run_are_guarded_and_numbers_are_not() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-5", "-5"),
            ("+86", "+86"),
            ("-1,234.50", "\"-1,234.50\""),
            ("-5-5", "'-5-5"),
            ("+", "'+"),
            ("-1.", "'-1."),
            ("＝1", "'＝1"),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\rx\""),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(csv(cell), written, "{cell:?}");
        }
    }

    #[test]
    fn quotes_are_doubled_and_only_where_needed() {
        assert_eq!(csv("a \"b\" c"), "\"a \"\"b\"\" c\"");
        assert_eq!(csv("a, b"), "\"a, b\"");
        assert_eq!(csv("two\nlines"), "\"two\nlines\"");
        assert_eq!(csv("plain text"), "plain text");
        assert_eq!(csv(" edge"), "\" edge\"");
    }

    #[test]
    fn json_rows_are_read_back_by_another_parser() {
        let names = [Some("a"), None, Some("b \"q\"")];
        let mut writer = RowWriter::new(Format::Jsonl, &names);
        let mut out = Vec::new();
        writer.begin();
        writer.cell(0, "line\nbreak \u{1} \\ 汉", false, &mut out);
        writer.cell(2, "", true, &mut out);
        writer.end(&mut out);
        let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read["a"], "line\nbreak \u{1} \\ 汉");
        assert_eq!(read["b \"q\""], "");
    }
}
