//! What clap says about wrong use, without what the user typed: a value could
//! be a cell or a key, and messages end up in logs and screenshots.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::out::{self, Failure};

/// Refuses a key among the arguments, whatever argument it was meant for.
///
/// # Errors
/// Where one of them reads like the secret itself.
pub(super) fn no_key_among(arguments: &[OsString]) -> Result<(), Failure> {
    let reads_like_a_key = |argument: &OsString| {
        let text = argument.to_string_lossy();
        let text = text.rsplit('=').next().unwrap_or_default();
        let hex =
            |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex(text)
            || text
                .split_once("offrecord-key-")
                .is_some_and(|(_, rest)| rest.contains(':'))
    };
    if !arguments.iter().skip(1).any(reads_like_a_key) {
        return Ok(());
    }
    Err(Failure::usage(
        "a key stands on the command line",
        "other users of this computer can read it there, and the shell keeps it in its history",
        "treat that key as known and make another: `offrecord key new FILE`, then --key FILE, --key-fd N, or --key - for stdin",
    ))
}

/// Tells what clap has to say, and gives the exit code.
pub(super) fn tell(mut error: clap::Error) -> u8 {
    if !error.use_stderr() {
        let text = error.render();
        let text = if out::color_data() {
            text.ansi().to_string()
        } else {
            text.to_string()
        };
        return out::all_data(text.as_bytes()).map_or_else(|failure| failure.tell(false), |()| 0);
    }
    if let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand)
        && let Some(failure) = super::later::refused(word)
    {
        return failure.tell(false);
    }
    let typed = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(typed)) if typed.chars().count() > 3 => Some(typed.clone()),
        _ => None,
    };
    hide_values(&mut error);
    let text = error.render();
    let mut text = if out::color_words() {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    if let Some(typed) = typed {
        // What a parser of clap's own has to say may repeat it.
        text = text.replace(&typed, "…");
    }
    out::write_words(&text);
    2
}

/// Replaces everything that the user typed, but for names of flags and
/// commands as ours are.
fn hide_values(error: &mut clap::Error) {
    let flag_like = |text: &str| {
        let name = text.split('=').next().unwrap_or_default();
        let bare = name.trim_start_matches('-');
        let is_name = name.starts_with('-')
            && bare.len() <= 24
            && bare
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        is_name.then(|| name.to_owned())
    };
    if error
        .get(ContextKind::InvalidValue)
        .is_some_and(|value| *value != ContextValue::String(String::new()))
    {
        error.insert(
            ContextKind::InvalidValue,
            ContextValue::String("…".to_owned()),
        );
    }
    if error.kind() == ErrorKind::UnknownArgument
        && let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidArg)
    {
        let shown = flag_like(typed).unwrap_or_else(|| "…".to_owned());
        error.insert(ContextKind::InvalidArg, ContextValue::String(shown));
        // clap's tip would repeat it.
        error.remove(ContextKind::Suggested);
    }
    if let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand)
        && (typed.len() > 24
            || !typed
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
    {
        error.insert(
            ContextKind::InvalidSubcommand,
            ContextValue::String("…".to_owned()),
        );
    }
    error.remove(ContextKind::TrailingArg);
}
