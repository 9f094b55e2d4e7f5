//! `--stream` in a build without AWS.

use anyhow::bail;
use distributary_cli::Account;

use super::table::Totals;
use super::{From, Sending};

/// There is none.
pub(super) enum Stream {}

impl Stream {
    #[expect(clippy::unused_async, reason = "the same form as with AWS")]
    pub(super) async fn open(arn: &str, _: From, _: Option<&str>) -> anyhow::Result<Self> {
        bail!(
            "`{arn}` is in AWS, which this build leaves out: build it with `cargo build -p \
             distributary --features aws`"
        )
    }

    #[expect(clippy::unused_async, reason = "the same form as with AWS")]
    pub(super) async fn run(self, _: &Sending, _: &mut Account) -> anyhow::Result<Totals> {
        match self {}
    }
}
