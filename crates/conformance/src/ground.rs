//! What a test stands on.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use distributary_aws::{DynamoDb, S3, Streams};

use crate::account::Account;
use crate::package::Package;
use crate::patience::until;
use crate::queue::Queue;

/// What a scene made, and the account that it is in.
#[derive(Debug)]
pub struct Ground {
    pub(crate) account: Arc<Account>,
    /// The name of the run, with which the names of all stacks begin.
    pub(crate) run: String,
    /// The function that ships, where it is given.
    pub(crate) package: Option<Arc<Package>>,
    pub(crate) outputs: BTreeMap<String, String>,
}

impl Ground {
    /// What the stack calls a resource.
    pub(crate) fn output(&self, name: &str) -> anyhow::Result<&str> {
        let value = self.outputs.get(name).map(String::as_str);
        value.with_context(|| format!("the stack has no output `{name}`"))
    }

    /// The queue whose URL is this output.
    pub(crate) fn queue(&self, name: &str) -> anyhow::Result<Queue<'_>> {
        Ok(Queue { account: &self.account, url: self.output(name)? })
    }

    /// The bucket that is this output.
    pub(crate) fn bucket(&self, name: &str) -> anyhow::Result<S3> {
        self.account.s3(self.output(name)?)
    }

    /// The table that is this output.
    pub(crate) fn table(&self, name: &str) -> anyhow::Result<DynamoDb> {
        self.account.table(self.output(name)?)
    }

    /// The stream whose ARN is this output.
    pub(crate) fn stream(&self, name: &str) -> anyhow::Result<Streams> {
        self.account.stream(self.output(name)?)
    }

    /// Asks until there is an answer, or for as long as services may take.
    pub(crate) async fn until<T, F: Future<Output = anyhow::Result<Option<T>>>>(
        &self,
        ask: impl FnMut() -> F,
    ) -> anyhow::Result<Option<T>> {
        until(self.account.patience, self.account.pause, ask).await
    }
}
