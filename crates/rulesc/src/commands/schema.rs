//! `rulesc schema infer`

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use distributary_cli::{Account, Exit, each_record};

use crate::inference::Inference;

/// Work with schemas
#[derive(Debug, Args)]
pub(crate) struct Schema {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Infer(Infer),
}

/// Print schemas that captured events conform to
///
/// One for each entity type: types, optional attributes and small enumerations are those of the
/// events, so the more there are the better. Exits with 1 when no event has an item, and with 2 when
/// there is one that cannot be read.
#[derive(Debug, Args)]
struct Infer {
    /// Captured events, a file or a directory: a Lambda event, a record, JSON lines or an array of
    /// either; `-` is standard input
    events: PathBuf,
}

impl Schema {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        match &self.command {
            Command::Infer(infer) => infer.run(),
        }
    }
}

impl Infer {
    fn run(&self) -> anyhow::Result<Exit> {
        let mut inference = Inference::default();
        let mut account = Account::default();
        each_record(&self.events, &mut account, |_, record| inference.add(record))?;
        account.report_faults();
        let declarations = inference.declarations();
        let formatted = distributary_syntax::format(&declarations)
            .map_err(|_| anyhow!("the schemas of these events cannot be written down"))?;
        std::io::stdout().write_all(formatted.as_bytes())?;
        Ok(match declarations.is_empty() {
            _ if account.has_faults() => Exit::Failed,
            true => Exit::No,
            false => Exit::Fine,
        })
    }
}
