//! The ledger in a build without AWS: there is none.

use std::collections::BTreeSet;

use anyhow::bail;

pub(crate) enum Ledger {}

#[expect(clippy::unused_async, reason = "the same form as with AWS")]
impl Ledger {
    pub(super) async fn open(table: &str, _: Option<&str>) -> anyhow::Result<Self> {
        bail!(
            "the ledger `{table}` is in AWS, which this build leaves out: build it with `cargo build \
             -p distributary --features aws`"
        )
    }

    pub(crate) async fn pause(&self, _: &str) -> anyhow::Result<()> {
        match *self {}
    }

    pub(crate) async fn resume(&self, _: &str) -> anyhow::Result<()> {
        match *self {}
    }

    pub(crate) async fn paused(&self) -> anyhow::Result<BTreeSet<String>> {
        match *self {}
    }
}
