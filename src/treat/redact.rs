//! `redact`: identifiers inside running text are replaced whole, the rest stays as it is.

use std::sync::{Arc, OnceLock};

use super::{Context, Reader};
use crate::key::{CodeFormat, Tagger};
use crate::kinds::fold::fold;
use crate::kinds::register::{self, Names};
use crate::kinds::scan::{Hit, Scanner, merge};
use crate::kinds::{self, KindOptions, Misfit};

/// A redacted column.
pub struct Redact {
    scanner: Scanner,
    own_row: bool,
    labels: Labels,
    register: Option<Arc<OnceLock<Arc<Names>>>>,
    listed: Option<Arc<Names>>,
}

/// What stands for a found span.
pub enum Labels {
    /// `[phone]`
    Kind,
    /// Equal values in one text share a number: `[phone-1]`.
    Numbered,
    /// The code in brackets for what reads as a value of its domain, `[phone]`
    /// for the rest.
    Code(Box<Coder>),
}

/// Gives identifiers in text the codes that they have in columns.
pub struct Coder {
    reader: Reader,
    tagger: Tagger,
    format: CodeFormat,
    /// How a code in brackets begins.
    lead: String,
}

/// What a code that stood in the raw text already is replaced by: whoever wrote
/// it had no key of ours, and it must not pass for one of this release.
pub(crate) const WRITTEN_CODE: &str = "code";

impl Coder {
    /// `tagger` is keyed with the domain's pseudonym subkey; `reader` reads the
    /// values of the domain.
    #[must_use]
    pub fn new(reader: Reader, tagger: Tagger, format: CodeFormat) -> Self {
        let lead = format!("[{}-", format.prefix());
        Self {
            reader,
            tagger,
            format,
            lead,
        }
    }

    /// Appends the code of `span` in brackets, where it reads as a value of the domain.
    fn write(&self, span: &str, normal: &mut String, code: &mut Vec<u8>, out: &mut String) -> bool {
        if self.reader.normalise(span, normal).is_err() {
            return false;
        }
        code.clear();
        self.format.write(&self.tagger.tag(normal.as_bytes()), code);
        let Ok(code) = std::str::from_utf8(code) else {
            return false;
        };
        out.push('[');
        out.push_str(code);
        out.push(']');
        true
    }

    /// Codes of this form that stand in the raw text in brackets.
    fn written(&self, text: &str, found: &mut Vec<Hit>) {
        for (start, _) in text.match_indices(&self.lead) {
            let end = start + 2 + self.format.len();
            let inner = text.get(start + 1..end - 1).unwrap_or_default();
            if self.format.is_code(inner) && text.get(end - 1..end) == Some("]") {
                found.push(Hit {
                    start,
                    end,
                    kind: WRITTEN_CODE,
                    proven: true,
                });
            }
        }
    }
}

/// Whether a found span has the form of its kind, and its check digit or its
/// date does not hold.
fn is_near_miss(hit: &Hit, span: &str, normal: &mut String) -> bool {
    // Labels that are no kinds, and kinds that check nothing of the sort.
    if matches!(
        hit.kind,
        "own-row" | register::LABEL | WRITTEN_CODE | "phone" | "email"
    ) {
        return false;
    }
    let options = KindOptions::default();
    let read = kinds::find(hit.kind).map(|kind| kind.normalise(span, &options, normal));
    matches!(read, Some(Err(Misfit::CheckDigit | Misfit::Date)))
}

impl Redact {
    /// Finds what `scanner` knows and, with `own_row`, the record's own values.
    #[must_use]
    pub fn new(scanner: Scanner, own_row: bool, labels: Labels) -> Self {
        Self {
            scanner,
            own_row,
            labels,
            register: None,
            listed: None,
        }
    }

    /// Finds the names of the register too, once they have been gathered.
    #[must_use]
    pub fn with_register(mut self, names: Arc<OnceLock<Arc<Names>>>) -> Self {
        self.register = Some(names);
        self
    }

    /// Finds the names of a list too.
    #[must_use]
    pub fn with_list(mut self, names: Arc<Names>) -> Self {
        self.listed = Some(names);
        self
    }

    /// Whether the record's own values are to be gathered first.
    #[must_use]
    pub fn wants_own_row(&self) -> bool {
        self.own_row
    }

    pub(super) fn apply(&self, text: &str, context: &mut Context, out: &mut String) {
        let Context {
            own_row,
            scratch,
            found,
            near,
            names,
            normal,
            code,
            ..
        } = context;
        found.clear();
        near.clear();
        found.extend_from_slice(self.scanner.find(text, scratch));
        if self.own_row {
            own_row.find(text, found);
        }
        if let Some(register) = self.register.as_ref().and_then(|register| register.get()) {
            register.find(text, names, found);
        }
        if let Some(listed) = &self.listed {
            listed.find(text, names, found);
        }
        if let Labels::Code(coder) = &self.labels {
            coder.written(text, found);
        }
        if found.is_empty() {
            out.push_str(text);
            return;
        }
        merge(found);
        let mut numbers = Numbers::default();
        let mut at = 0;
        for hit in found.iter() {
            let span = text.get(hit.start..hit.end).unwrap_or_default();
            near.push(is_near_miss(hit, span, normal));
            out.push_str(text.get(at..hit.start).unwrap_or_default());
            at = hit.end;
            if let Labels::Code(coder) = &self.labels
                && hit.kind == coder.reader.kind.name()
                && coder.write(span, normal, code, out)
            {
                continue;
            }
            out.push('[');
            out.push_str(hit.kind);
            if matches!(self.labels, Labels::Numbered) {
                out.push('-');
                out.push_str(&numbers.number(hit.kind, span).to_string());
            }
            out.push(']');
        }
        out.push_str(text.get(at..).unwrap_or_default());
    }
}

/// Numbers of the values of one text, by first appearance within a kind.
#[derive(Default)]
struct Numbers {
    seen: Vec<(&'static str, String)>,
}

impl Numbers {
    fn number(&mut self, kind: &'static str, value: &str) -> usize {
        let mut folded = String::new();
        fold(value, &mut folded);
        let same_kind = |seen: &&(&'static str, String)| seen.0 == kind;
        if let Some(at) = self
            .seen
            .iter()
            .filter(same_kind)
            .position(|(_, earlier)| *earlier == folded)
        {
            return at + 1;
        }
        self.seen.push((kind, folded));
        self.seen.iter().filter(same_kind).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Key, Label};

    #[test]
    fn equal_values_share_a_number_within_their_kind() {
        let mut labels = Numbers::default();
        assert_eq!(labels.number("phone", "1 2 3"), 1);
        assert_eq!(labels.number("email", "a"), 1);
        assert_eq!(labels.number("phone", "4"), 2);
        assert_eq!(labels.number("phone", "123"), 1);
    }

    fn coded(text: &str) -> (String, Vec<bool>) {
        let subkey = Key::test_key().subkey(Label::Pseudonym, &["party-register", "person", ""]);
        let reader = Reader {
            kind: kinds::find("cn-resident-id").unwrap(),
            options: KindOptions::default(),
        };
        let format = CodeFormat::new("P", 80).unwrap();
        let coder = Coder::new(reader, Tagger::new(&subkey), format);
        let scanner = Scanner::new(&["cn-resident-id", "phone"], None).unwrap();
        let redact = Redact::new(scanner, false, Labels::Code(Box::new(coder)));
        let (mut context, mut out) = (Context::default(), String::new());
        redact.apply(text, &mut context, &mut out);
        (out, context.near)
    }

    /// The known answer of the specification, in a text.
    #[test]
    fn what_reads_as_a_value_of_the_domain_becomes_its_code_however_it_is_written() {
        for number in [
            "11010519491231002X",
            "110105 19491231 002x",
            "110105491231002",
            "\u{FF11}10105\u{FF11}9491231002\u{FF38}",
        ] {
            let (out, near) = coded(&format!("身份证{number}，电话13800138000"));
            assert_eq!(
                out, "身份证[P-2Q3D-EZPX-6QJ8-RGBJ-4]，电话[phone]",
                "{number}"
            );
            assert_eq!(near, [false, false]);
        }
    }

    #[test]
    fn a_mistyped_number_beside_its_word_goes_without_a_code_and_is_a_near_miss() {
        let (out, near) = coded("身份证号110105194912310021");
        assert_eq!(out, "身份证号[cn-resident-id]");
        assert_eq!(near, [true]);
    }

    #[test]
    fn a_code_that_stood_in_the_text_already_does_not_pass_for_ours() {
        let (out, _) = coded("见[P-2Q3D-EZPX-6QJ8-RGBJ-4]与[P-1]与P-2Q3D-EZPX-6QJ8-RGBJ-4");
        assert_eq!(out, "见[code]与[P-1]与P-2Q3D-EZPX-6QJ8-RGBJ-4");
    }
}
