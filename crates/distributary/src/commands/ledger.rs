//! The table that a function's processes share, where operators pause routes.

use clap::Args;

#[cfg(feature = "aws")]
mod table;
#[cfg(not(feature = "aws"))]
#[path = "ledger/without_table.rs"]
mod table;

pub(crate) use self::table::Ledger;

/// Where the ledger is.
#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    /// The function's ledger, a DynamoDB table by name or ARN
    #[arg(long, value_name = "TABLE", env = "DISTRIBUTARY_LEDGER", hide_env_values = true)]
    ledger: Option<String>,
}

impl LedgerArgs {
    /// The ledger, if one is named.
    ///
    /// # Errors
    /// It cannot be reached.
    pub(crate) async fn open(&self, endpoint_url: Option<&str>) -> anyhow::Result<Option<Ledger>> {
        match self.ledger.as_deref().filter(|table| !table.is_empty()) {
            Some(table) => Ledger::open(table, endpoint_url).await.map(Some),
            None => Ok(None),
        }
    }
}
