//! `cargo xtask demo`: a write in a table reaches a queue, a topic and a bus.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::setup;

/// Shows the function at work, as Lambda runs it.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    setup::run(sh)?;
    cmd!(sh, "cargo build --package distributary-consumer --package distributary-tests --bins")
        .quiet()
        .run()?;
    cmd!(sh, "target/debug/demo")
        .env("DISTRIBUTARY_BOOTSTRAP", "target/debug/bootstrap")
        .quiet()
        .run()?;
    Ok(())
}
