//! `distributary conformance`

use std::path::PathBuf;

use clap::Args;
use distributary_cli::Exit;

#[cfg(feature = "aws")]
mod shown;
#[cfg(feature = "aws")]
mod trial;
#[cfg(not(feature = "aws"))]
#[path = "conformance/without_aws.rs"]
mod trial;

/// Test in an account what is assumed of AWS and cannot be tested without one
///
/// Says first what it would make, what that costs and how long it takes; with `--yes` it makes that,
/// tests, and removes it all. Everything has a name and a tag that begin with
/// `distributary-conformance`.
///
/// Exits with 0 when all that was tested holds and nothing is left, with 1 when something does not
/// hold, could not be told or is left, and with 2 when it cannot begin.
#[derive(Debug, Args)]
pub(crate) struct Conformance {
    /// The profile of the account to test in. Without one, the environment must have
    /// AWS_ACCESS_KEY_ID
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,

    /// Make, test and remove; without it nothing is made
    #[arg(long)]
    yes: bool,

    /// Test this assumption; can be given several times
    #[arg(long, value_name = "ID", conflicts_with_all = ["list", "clean"])]
    only: Vec<String>,

    /// The zip of the function that ships, for what is tested with it
    #[arg(long, value_name = "ZIP", conflicts_with_all = ["list", "clean"])]
    package: Option<PathBuf>,

    /// List what can be tested, and ask no account
    #[arg(long, conflicts_with = "clean")]
    list: bool,

    /// Remove what runs left that were killed
    #[arg(long)]
    clean: bool,

    /// How to print the results
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "table")]
    format: Format,

    /// Use this instead of the AWS endpoints
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One document, for programs
    Json,
}

impl Conformance {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(trial::trial(self))
    }
}
