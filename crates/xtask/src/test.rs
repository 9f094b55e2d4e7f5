//! `cargo xtask test`
use anyhow::Result;
use xshell::Shell;
pub(crate) fn run(sh: &Shell) -> Result<()> {
    crate::setup::run(sh)
}
