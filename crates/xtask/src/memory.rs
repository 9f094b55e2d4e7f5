//! `cargo xtask memory`: the most memory that the function takes for a full batch.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::setup;

/// Measures the function as it ships, which takes minutes to build; `DISTRIBUTARY_BOOTSTRAP` names
/// another build.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    setup::run(sh)?;
    cmd!(sh, "cargo build --quiet --package distributary-tests --bin memory").quiet().run()?;
    let measure = cmd!(sh, "target/debug/memory").quiet();
    if sh.var_os("DISTRIBUTARY_BOOTSTRAP").is_some() {
        return Ok(measure.run()?);
    }
    cmd!(sh, "cargo build --profile dist --package distributary-consumer").quiet().run()?;
    Ok(measure.env("DISTRIBUTARY_BOOTSTRAP", "target/dist/bootstrap").run()?)
}
