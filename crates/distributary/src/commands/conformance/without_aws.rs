//! A build without AWS, which has no account to ask.

use anyhow::bail;
use distributary_cli::Exit;

use super::Conformance;

#[expect(clippy::unused_async, reason = "the same form as with AWS")]
pub(super) async fn trial(_: &Conformance) -> anyhow::Result<Exit> {
    bail!(
        "what is assumed of AWS is tested in AWS, which this build leaves out: build it with `cargo \
         build -p distributary --features aws`"
    )
}
