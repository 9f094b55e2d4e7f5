//! `cargo xtask bench`

use anyhow::Result;
use xshell::{Shell, cmd};

/// Builds the comparison, which is a workspace of its own, and runs it.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    let manifest = "tests/bench/Cargo.toml";
    cmd!(sh, "cargo run --release --quiet --locked --manifest-path {manifest} --target-dir target")
        .quiet()
        .run()?;
    Ok(())
}
