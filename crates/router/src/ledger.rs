//! What outlives an invocation: what of a batch was settled when some of it has to come again, and
//! which routes are paused.

use std::collections::BTreeSet;

use async_trait::async_trait;
use distributary_delivery::Identity;

use crate::target::Failure;

/// The memory that all sandboxes of a function share.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// What is known at the start of an invocation whose batch has this key.
    ///
    /// # Errors
    /// The ledger cannot be read, or what it holds cannot be understood.
    async fn read(&self, key: &TokenKey) -> Result<Known, Failure>;

    /// Keeps a token for the invocation whose batch will have this key. Writing it again changes
    /// nothing.
    ///
    /// # Errors
    /// It was not kept.
    async fn write(&self, key: &TokenKey, token: &Token) -> Result<(), Failure>;
}

/// Names a batch by its start: the record that the event source mapping goes on from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenKey {
    /// The ARN of the stream.
    pub stream: String,
    /// The sequence number of the batch's first record.
    pub sequence: String,
}

/// What a ledger knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The resume token of the batch, where an earlier invocation left one.
    pub token: Option<Token>,
    /// The names of the routes that an operator has paused.
    pub paused: BTreeSet<String>,
}

/// What was settled of records that have to come again: the next invocation sends none of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Token {
    /// The hash of the rule set that settled them. Under another one the token says nothing.
    pub rules: String,
    /// All records from the batch's start, in their order, those without a delivery too: a later
    /// batch can start at any of them.
    pub records: Vec<Settled>,
}

/// What was settled of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The record's sequence number.
    pub sequence: String,
    /// The deliveries that have an outcome.
    pub deliveries: BTreeSet<Identity>,
}
