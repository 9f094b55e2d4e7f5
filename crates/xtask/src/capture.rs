//! `cargo xtask capture WORLD…`: events from a real DynamoDB stream.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::setup;

/// Plays the writes of each world and keeps its stream records.
pub(crate) fn run(sh: &Shell, worlds: &[&str]) -> Result<()> {
    setup::run(sh)?;
    cmd!(sh, "cargo run --quiet --package distributary-tests --bin capture -- {worlds...}")
        .quiet()
        .run()?;
    Ok(())
}
