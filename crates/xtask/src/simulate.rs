//! `cargo xtask simulate`: what is promised about isolation, under every script of faults.

use anyhow::Result;
use xshell::{Shell, cmd};

/// Needs no set-up: nothing in it is real but the program.
pub(crate) fn run(sh: &Shell, arguments: &[&str]) -> Result<()> {
    cmd!(sh, "cargo run --quiet --release --package distributary-simulation -- {arguments...}")
        .quiet()
        .run()?;
    Ok(())
}
