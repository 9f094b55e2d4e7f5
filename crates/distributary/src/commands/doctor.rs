//! `distributary doctor`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use distributary_cli::{Exit, Part, StageArgs};

#[cfg(feature = "aws")]
mod diagnosis;
#[cfg(not(feature = "aws"))]
#[path = "doctor/without_aws.rs"]
mod diagnosis;
#[cfg(feature = "aws")]
mod reader;
#[cfg(feature = "aws")]
mod shown;

/// Compare a deployment with what the rules need, and print the commands that mend what is wrong
///
/// It looks at the function, its event source mappings and its role, at tables and their streams, at
/// targets and lots, and changes nothing. Of variables it prints only the names.
///
/// Exits with 0 when there is no error, with 1 when there is one, and with 2 when it cannot begin.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// A file or directory of rules
    #[arg(default_value = ".")]
    rules: PathBuf,

    /// The function, by name or ARN
    #[arg(long, value_name = "NAME", conflicts_with = "stack")]
    function: Option<String>,

    /// The stack that has the function; without one or the other, the one with the name of the
    /// `[deploy.<NAME>]`
    #[arg(long, value_name = "NAME")]
    stack: Option<String>,

    #[command(flatten)]
    part: Part,

    /// How to print what is found
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Use this instead of the AWS endpoints
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,

    #[command(flatten)]
    stage: StageArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One document, for programs
    Json,
}

impl Doctor {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(diagnosis::diagnose(self))
    }
}
