//! The ledger in DynamoDB.

use std::collections::BTreeSet;

use anyhow::anyhow;
use distributary_router::Failure;
use distributary_targets::DynamoDbLedger;

/// A ledger whose errors name it.
pub(crate) struct Ledger {
    table: String,
    ledger: DynamoDbLedger,
}

impl Ledger {
    pub(super) async fn open(table: &str, endpoint_url: Option<&str>) -> anyhow::Result<Self> {
        let ledger = DynamoDbLedger::open(table, endpoint_url).await?;
        Ok(Ledger { table: table.to_owned(), ledger })
    }

    pub(crate) async fn pause(&self, route: &str) -> anyhow::Result<()> {
        self.ledger.pause(route).await.map_err(|failure| self.failed("write", failure))
    }

    pub(crate) async fn resume(&self, route: &str) -> anyhow::Result<()> {
        self.ledger.resume(route).await.map_err(|failure| self.failed("write", failure))
    }

    /// The names of the routes that are paused.
    pub(crate) async fn paused(&self) -> anyhow::Result<BTreeSet<String>> {
        self.ledger.paused().await.map_err(|failure| self.failed("read", failure))
    }

    fn failed(&self, verb: &str, Failure { reason, .. }: Failure) -> anyhow::Error {
        anyhow!("cannot {verb} the ledger `{}`: {reason}", self.table)
    }
}
