//! `offrecord explain`: a policy in plain words, for people who do not read TOML.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::args::{problems_failure, read_policy};
use super::out::{self, Failure};
use crate::key::Key;
use crate::plan::Plan;
use crate::report::{Audience, BriefFormat, Lang, brief};

/// Say in plain words what a policy does
///
/// Every sentence is made from the plan that `run` would run. The six words at
/// the head are the policy's own: two people with the same words have the same
/// policy, to the last byte. With --recipient it is written for that recipient:
/// no other recipients, no parameters of the protection.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord explain policy.toml
  offrecord explain policy.toml --format html > brief.html
  offrecord explain policy.toml --recipient partner-be --lang zh")]
pub(super) struct Explain {
    /// The policy
    policy: PathBuf,
    /// How it is written
    #[arg(long, value_enum, default_value = "md")]
    format: Form,
    /// Its language
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
    /// Recipient to write it for
    #[arg(long, value_name = "ID")]
    recipient: Option<String>,
}

/// Forms of a brief.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Markdown
    Md,
    /// One page for a browser
    Html,
    /// For a script
    Json,
}

/// Languages of a brief.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Language {
    /// English
    En,
    /// Chinese
    Zh,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Lang::En,
            Language::Zh => Lang::Zh,
        }
    }
}

impl Explain {
    pub(super) fn json(&self) -> bool {
        self.format == Form::Json
    }

    pub(super) fn run(self) -> Result<u8, Failure> {
        let policy = Arc::new(read_policy(&self.policy)?);
        if let Some(wanted) = &self.recipient {
            let names: Vec<&str> = policy
                .recipients
                .iter()
                .map(|recipient| recipient.id.value.as_str())
                .collect();
            if !names.contains(&wanted.as_str()) {
                return Err(Failure::usage(
                    "the policy names no such recipient",
                    "a text for a recipient says what that recipient gets",
                    match names.as_slice() {
                        [] => "leave --recipient out: this policy names none".to_owned(),
                        names => format!("it names: {}", names.join(", ")),
                    },
                ));
            }
        }
        let plan = Plan::compile(
            Arc::clone(&policy),
            self.recipient.as_deref(),
            &Key::test_key(),
        )
        .map_err(|problems| problems_failure(&policy, &problems))?;
        let audience = match self.recipient {
            Some(_) => Audience::Recipient,
            None => Audience::Newsroom,
        };
        let format = match self.format {
            Form::Md => BriefFormat::Markdown,
            Form::Html => BriefFormat::Html,
            Form::Json => BriefFormat::Json,
        };
        let lang = Lang::from(self.lang);
        out::all_data(brief(&plan, lang, format, audience).as_bytes())?;
        Ok(0)
    }
}
