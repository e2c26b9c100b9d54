//! Why records and values were set aside, in the words of a language: the
//! reasons of runs are short names for programs.

use super::doc::{Line, fill};
use super::say::Say;
use super::text::Text;
use crate::job::{ABSENT, BATCH, BELOW_K, BELOW_L, HISTORY, SUPPRESSED, row_rule_name};

impl Say<'_> {
    /// Why records were withheld.
    pub(super) fn withheld(&self, reason: &str) -> Line {
        let t = self.t;
        for (name, words) in [
            (BELOW_K, t.z_below),
            (BELOW_L, t.z_below_l),
            (HISTORY, t.z_history),
            (ABSENT, t.z_absent),
            (BATCH, t.z_batch),
        ] {
            if reason == name {
                return Line::ours(words);
            }
        }
        let mut rules = self.plan.policy.rows.iter().enumerate();
        match rules.find(|(at, _)| row_rule_name(*at) == reason) {
            Some((at, rule)) => fill(
                t.z_reason_rule,
                &[
                    ("n", Line::count(at as u64 + 1)),
                    ("rule", self.row_rule(rule)),
                ],
            ),
            None => Line::name(reason),
        }
    }

    /// Why records went into quarantine: `column: check-digit` with the reason
    /// in words, or what is wrong with the record.
    pub(super) fn set_aside(&self, reason: &str) -> Line {
        let (column, word) = match reason.rsplit_once(": ") {
            Some((column, word)) => (Some(column), word),
            None => (None, reason),
        };
        let Some(words) = words(self.t, word) else {
            return Line::name(reason);
        };
        let Some(column) = column else {
            return Line::ours(words);
        };
        let mut line = Line::name(column);
        line.push(Line::ours(format!("{}{words}", self.t.colon)));
        line
    }

    /// Why values were left empty.
    pub(super) fn emptied(&self, reason: &str) -> Line {
        if reason == SUPPRESSED {
            return Line::ours(self.t.z_below);
        }
        words(self.t, reason).map_or_else(|| Line::name(reason), Line::ours)
    }
}

/// A reason in words: of a value that does not fit, or of a record that cannot
/// be read for certain.
fn words(t: &Text, reason: &str) -> Option<&'static str> {
    Some(match reason {
        "empty" => t.re_empty,
        "form" => t.re_form,
        "length" => t.re_length,
        "too-long" => t.re_too_long,
        "date" => t.re_date,
        "check-digit" => t.re_check_digit,
        "region" => t.re_region,
        "country-code" => t.re_country_code,
        "holds-identifier" => t.re_holds_identifier,
        "not-listed" => t.re_not_listed,
        "no-match" => t.re_no_match,
        "out-of-range" => t.re_out_of_range,
        "no-subject" => t.re_no_subject,
        "stray-quote" => t.re_stray_quote,
        "text-after-quote" => t.re_after_quote,
        "unclosed-quote" => t.re_open_quote,
        "record-too-long" | "field-too-long" => t.re_over,
        "invalid-bytes" | "lone-surrogate" => t.re_bytes,
        "nul" => t.re_nul,
        "lone-cr" => t.re_cr,
        "too-many-columns" | "wrong-field-count" => t.re_fields,
        "not-json" | "nested-value" => t.re_json,
        "duplicate-key" => t.re_twice,
        "unknown-key" => t.re_unknown,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Reason;
    use crate::kinds::Misfit;
    use crate::report::text::Lang;

    #[test]
    fn every_reason_has_words_in_every_language() {
        for lang in Lang::ALL {
            let t = lang.text();
            for misfit in Misfit::ALL {
                assert!(words(t, misfit.as_str()).is_some(), "{}", misfit.as_str());
            }
            for reason in Reason::ALL {
                assert!(words(t, reason.as_str()).is_some(), "{}", reason.as_str());
            }
            assert_eq!(words(t, "made-up"), None);
        }
    }
}
