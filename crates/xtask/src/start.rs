//! `cargo xtask start`: how long the function takes from being started to its first answer.

use anyhow::Result;
use xshell::{Shell, cmd};

/// Measures the function as it ships, which takes minutes to build; `DISTRIBUTARY_BOOTSTRAP` names
/// another build.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    cmd!(sh, "cargo build --quiet --profile dist --package distributary-bare").quiet().run()?;
    cmd!(sh, "cargo build --quiet --package distributary-tests --bin start").quiet().run()?;
    let measure = cmd!(sh, "target/debug/start").quiet();
    if sh.var_os("DISTRIBUTARY_BOOTSTRAP").is_some() {
        return Ok(measure.run()?);
    }
    cmd!(sh, "cargo build --quiet --profile dist --package distributary-consumer").quiet().run()?;
    Ok(measure.env("DISTRIBUTARY_BOOTSTRAP", "target/dist/bootstrap").run()?)
}
