//! `cargo xtask cost` and `cargo xtask latency`: what a function costs to run, and how long a change
//! takes, beside functions written by hand.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::setup;

/// Measures the function as it ships, which takes minutes to build; `DISTRIBUTARY_BOOTSTRAP` names
/// another build.
pub(crate) fn run(sh: &Shell, program: &str) -> Result<()> {
    setup::run(sh)?;
    cmd!(sh, "cargo build --quiet --profile dist --package distributary-handwritten")
        .quiet()
        .run()?;
    cmd!(sh, "cargo build --quiet --package distributary-tests --bin {program}").quiet().run()?;
    let program = format!("target/debug/{program}");
    let measure =
        cmd!(sh, "{program}").quiet().env("DISTRIBUTARY_HANDWRITTEN", "target/dist/handwritten");
    if sh.var_os("DISTRIBUTARY_BOOTSTRAP").is_some() {
        return Ok(measure.run()?);
    }
    cmd!(sh, "cargo build --quiet --profile dist --package distributary-consumer").quiet().run()?;
    Ok(measure.env("DISTRIBUTARY_BOOTSTRAP", "target/dist/bootstrap").run()?)
}
