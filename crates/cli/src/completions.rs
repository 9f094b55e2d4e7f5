//! `completions SHELL`

use std::io::Write as _;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::exit::Exit;

/// What `completions` is given.
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell that will read the script
    shell: Shell,
}

impl Completions {
    /// Prints the script for the command that `C` defines.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn run<C: CommandFactory>(&self) -> anyhow::Result<Exit> {
        let mut command = C::command();
        let name = command.get_name().to_owned();
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, name, &mut script);
        std::io::stdout().write_all(&script)?;
        Ok(Exit::Fine)
    }
}
