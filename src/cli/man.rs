//! `offrecord man`: manual pages, made from the same definitions as the help.

use std::path::{Path, PathBuf};

use clap::Args;
use clap_mangen::Man as Page;

use super::out::{self, Failure, shown};

/// Print the manual page, or write all of them into a folder
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord man | man -l -
  offrecord man ~/.local/share/man/man1      then: man offrecord-run")]
pub(super) struct Man {
    /// Folder to write offrecord.1, offrecord-run.1, … into; made if it is not there
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let mut definitions = super::definitions();
        definitions.build();
        let Some(folder) = self.folder else {
            let mut page = Vec::new();
            out::end_of_data(Page::new(definitions).render(&mut page))?;
            out::all_data(&page)?;
            return Ok(0);
        };
        let pages =
            std::fs::create_dir_all(&folder).and_then(|()| write(&folder, &definitions, ""));
        let pages = pages.map_err(|error| {
            Failure::failed(
                format!("{}: {error}", shown(&folder)),
                "the manual pages are not complete",
                "choose a folder where this user may write",
            )
        })?;
        out::words(&format!(
            "{} in {}",
            out::counted(pages, "page", "pages"),
            shown(&folder)
        ));
        Ok(0)
    }
}

fn write(folder: &Path, command: &clap::Command, before: &str) -> std::io::Result<u64> {
    let name = format!("{before}{}", command.get_name());
    let mut page = Vec::new();
    Page::new(command.clone().name(name.clone())).render(&mut page)?;
    std::fs::write(folder.join(format!("{name}.1")), page)?;
    let mut pages = 1;
    for sub in command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
    {
        pages += write(folder, sub, &format!("{name}-"))?;
    }
    Ok(pages)
}
