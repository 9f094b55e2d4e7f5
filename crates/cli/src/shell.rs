//! Commands about the command itself, the same in both.

use clap::{CommandFactory, Subcommand};

use crate::completions::Completions;
use crate::exit::Exit;
use crate::man::Man;

/// What a shell and its user want to know about a command.
#[derive(Debug, Subcommand)]
pub enum Shell {
    /// Print a script that completes this command's words in your shell
    Completions(Completions),
    /// Print the manual page of this command, or write those of all its commands
    Man(Man),
}

impl Shell {
    /// Answers for the command that `C` defines.
    ///
    /// # Errors
    /// The answer cannot be written.
    pub fn run<C: CommandFactory>(&self) -> anyhow::Result<Exit> {
        match self {
            Shell::Completions(completions) => completions.run::<C>(),
            Shell::Man(man) => man.run::<C>(),
        }
    }
}
