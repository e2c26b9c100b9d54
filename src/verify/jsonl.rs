//! The check's own reader of a line of JSON Lines as a release writes it: one
//! flat object, its keys the columns in order, its values strings, plain
//! numbers or `null`.
//!
//! The whole grammar, since nothing else may leave: no white space outside
//! strings but single spaces after `:` and `,`, no nesting, no `true` or
//! `false`, each key once.

/// Why a line is not a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LineFault {
    /// Not a flat object of the grammar.
    Grammar,
    /// Its keys are not the columns in order.
    Keys,
}

/// Reads a line without its LF; calls `each` with every column's number and
/// decoded text, `None` for `null`.
pub(super) fn read_line<'a>(
    line: &'a [u8],
    columns: &[&str],
    scratch: &mut String,
    mut each: impl FnMut(usize, Option<&[u8]>),
) -> Result<(), LineFault> {
    let mut rest = line.strip_prefix(b"{").ok_or(LineFault::Grammar)?;
    for (number, name) in columns.iter().enumerate() {
        if number > 0 {
            rest = rest.strip_prefix(b",").ok_or(LineFault::Keys)?;
            rest = rest.strip_prefix(b" ").unwrap_or(rest);
        }
        let (key, after): (&[u8], &'a [u8]) = string(rest, scratch)?;
        if key != name.as_bytes() {
            return Err(LineFault::Keys);
        }
        rest = after.strip_prefix(b":").ok_or(LineFault::Grammar)?;
        rest = rest.strip_prefix(b" ").unwrap_or(rest);
        if let Some(after) = rest.strip_prefix(b"null") {
            each(number, None);
            rest = after;
        } else if rest.first() == Some(&b'"') {
            let (value, after) = string(rest, scratch)?;
            each(number, Some(value));
            rest = after;
        } else {
            let end = rest
                .iter()
                .position(|b| matches!(b, b',' | b'}'))
                .ok_or(LineFault::Grammar)?;
            let (value, after) = rest.split_at(end);
            if !is_number(value) {
                return Err(LineFault::Grammar);
            }
            each(number, Some(value));
            rest = after;
        }
    }
    match rest {
        b"}" => Ok(()),
        [b',', ..] => Err(LineFault::Keys),
        _ => Err(LineFault::Grammar),
    }
}

/// A JSON number without an exponent.
fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let mut parts = text.splitn(2, |b| *b == b'.');
    let whole = parts.next().unwrap_or(&[]);
    let plain = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    plain(whole)
        && (whole.len() == 1 || whole.first() != Some(&b'0'))
        && parts.next().is_none_or(plain)
}

/// Reads one string: its bytes, decoded where it held escapes, and the rest.
fn string<'a, 'b>(
    text: &'a [u8],
    scratch: &'b mut String,
) -> Result<(&'b [u8], &'a [u8]), LineFault>
where
    'a: 'b,
{
    let inner = text.strip_prefix(b"\"").ok_or(LineFault::Grammar)?;
    let at = memchr::memchr2(b'"', b'\\', inner).ok_or(LineFault::Grammar)?;
    if inner.get(at) == Some(&b'"') {
        let (value, rest) = inner.split_at(at);
        if value.iter().any(|b| *b < 0x20) {
            return Err(LineFault::Grammar);
        }
        return Ok((value, rest.get(1..).unwrap_or(&[])));
    }
    // Escapes: the end is the first quote after an even number of backslashes.
    let mut end = at;
    loop {
        match inner.get(end) {
            Some(b'"') => break,
            Some(b'\\') => end += 2,
            Some(_) => end += 1,
            None => return Err(LineFault::Grammar),
        }
    }
    let whole = text.get(..end + 2).ok_or(LineFault::Grammar)?;
    *scratch = serde_json::from_slice(whole).map_err(|_| LineFault::Grammar)?;
    Ok((scratch.as_bytes(), inner.get(end + 1..).unwrap_or(&[])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str, columns: &[&str]) -> Result<Vec<Option<String>>, LineFault> {
        let mut cells = Vec::new();
        read_line(line.as_bytes(), columns, &mut String::new(), |_, cell| {
            cells.push(cell.map(|c| String::from_utf8(c.to_vec()).unwrap()));
        })?;
        Ok(cells)
    }

    proptest! {
        #[test]
        fn what_serde_writes_comes_back(a in ".{0,20}", b in proptest::option::of(".{0,20}")) {
            let line = serde_json::to_string(&serde_json::json!({"a": a, "b\"": b})).unwrap();
            prop_assert_eq!(read(&line, &["a", "b\""]), Ok(vec![Some(a), b]));
        }

        #[test]
        fn no_line_makes_the_reader_panic(line in "[{}\"ab\\\\:,1u0 ]{0,40}") {
            if read(&line, &["a", "b"]).is_ok() {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok());
            }
        }
    }

    #[test]
    fn other_keys_orders_and_nestings_are_faults() {
        assert_eq!(read(r#"{"a":"1","b":null}"#, &["a", "b"]).unwrap().len(), 2);
        assert_eq!(
            read(r#"{"a": -1.5, "b": 0}"#, &["a", "b"]).unwrap().len(),
            2
        );
        for line in [
            r#"{"b":"1","a":null}"#,
            r#"{"a":"1"}"#,
            r#"{"a":"1","b":"2","c":"3"}"#,
            r#"{"a":"1","a":"2"}"#,
        ] {
            assert_eq!(read(line, &["a", "b"]), Err(LineFault::Keys), "{line}");
        }
        for line in [
            r#"{"a":["1"],"b":"2"}"#,
            r#"{"a":true,"b":"2"}"#,
            r#"{"a":01,"b":"2"}"#,
            r#"{"a":1e3,"b":"2"}"#,
            r#"{"a":"1","b":"2"} "#,
            r#"{"a":"\x","b":"2"}"#,
            r#"{"a":"1","b":"2"#,
            "",
        ] {
            assert_eq!(read(line, &["a", "b"]), Err(LineFault::Grammar), "{line}");
        }
    }
}
