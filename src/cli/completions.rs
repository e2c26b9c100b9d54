//! `offrecord completions`: what a shell needs to complete commands and flags.

use clap::Args;
use clap_complete::Shell;

use super::out::{self, Failure};

/// Print the completions for a shell
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord completions bash > ~/.local/share/bash-completion/completions/offrecord
  offrecord completions zsh > ~/.zfunc/_offrecord
  offrecord completions fish > ~/.config/fish/completions/offrecord.fish
  offrecord completions powershell >> $PROFILE")]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let mut text = Vec::new();
        clap_complete::generate(
            self.shell,
            &mut super::definitions(),
            "offrecord",
            &mut text,
        );
        out::all_data(&text)?;
        Ok(0)
    }
}
