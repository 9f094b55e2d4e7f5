//! A build without AWS, where no deployment can be looked at.

use anyhow::bail;
use distributary_cli::Exit;

use super::Doctor;

#[expect(clippy::unused_async, reason = "the same form as with AWS")]
pub(super) async fn diagnose(_: &Doctor) -> anyhow::Result<Exit> {
    bail!(
        "a deployment is in AWS, which this build leaves out: build it with `cargo build -p \
         distributary --features aws`"
    )
}
