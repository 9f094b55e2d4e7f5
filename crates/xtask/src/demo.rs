//! `cargo xtask demo`: a write in a table reaches a queue, a topic and a bus.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::setup;

/// Builds the function as it ships to Lambda, unoptimised, and shows it at work.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    setup::run(sh)?;
    cmd!(sh, "cargo build --quiet --package distributary-consumer").quiet().run()?;
    cmd!(sh, "cargo run --quiet --package distributary-tests --bin demo").quiet().run()?;
    Ok(())
}
