//! `man [DIR]`

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::CommandFactory;
use distributary_ruleset::reason;

use crate::exit::Exit;

/// What `man` is given.
#[derive(Debug, clap::Args)]
pub struct Man {
    /// Write a page for each command, such as `rulesc-check.1`, into this directory
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

impl Man {
    /// Writes the pages of the command that `C` defines.
    ///
    /// # Errors
    /// Standard output or the directory cannot be written.
    pub fn run<C: CommandFactory>(&self) -> anyhow::Result<Exit> {
        if let Some(directory) = &self.directory {
            let written = std::fs::create_dir_all(directory)
                .and_then(|()| clap_mangen::generate_to(C::command(), directory));
            written.map_err(|error| {
                anyhow!(
                    "cannot write manual pages to `{}`: {}",
                    directory.display(),
                    reason(&error)
                )
            })?;
        } else {
            let mut page = Vec::new();
            clap_mangen::Man::new(C::command()).render(&mut page)?;
            std::io::stdout().write_all(&page)?;
        }
        Ok(Exit::Fine)
    }
}
