//! A route with every parameter filled in: what the router and the targets work with.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::arn::Arn;

/// A destination and its isolation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its name in the rules.
    pub name: Arc<str>,
    /// The name that its deliveries are known by, the one that it had before it was renamed: what
    /// waits for it in lots and whether it is paused go by this one, so that programs with the rules
    /// of before and of after a renaming find the same.
    pub known_as: Arc<str>,
    /// Where it leads.
    pub destination: Destination,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How often a failed delivery is tried again.
    pub retry: u32,
    /// The time in one invocation that failing or hanging attempts and their waits may take.
    pub within: Duration,
    /// How many requests may be under way at once.
    pub concurrency: usize,
    /// What becomes of a delivery that could not be made.
    pub on_failure: OnFailure,
    /// What becomes of one that its service would refuse for its size; without it, what
    /// `on_failure` says.
    pub oversize: Option<Oversize>,
}

impl Route {
    /// Whether a name means this route: its own, or the one that its deliveries are known by.
    #[must_use]
    pub fn goes_by(&self, name: &str) -> bool {
        *self.name == *name || *self.known_as == *name
    }

    /// Whether one of these names means this route, such as those that are paused.
    #[must_use]
    pub fn is_among(&self, names: &BTreeSet<String>) -> bool {
        names.iter().any(|name| self.goes_by(name))
    }

    /// The lot that its deliveries go to. The rules let a route name one.
    #[must_use]
    pub fn lot(&self) -> Option<usize> {
        match (self.on_failure, self.oversize) {
            (OnFailure::Park(lot) | OnFailure::Block { lot: Some(lot), .. }, _)
            | (_, Some(Oversize::Park(lot))) => Some(lot),
            _ => None,
        }
    }
}

/// Where a route leads, with what its service needs for every message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// An EventBridge bus, by name or ARN.
    EventBridge {
        /// The bus.
        bus: String,
        /// `Source` of every event.
        source: String,
    },
    /// An SQS queue.
    Sqs {
        /// The queue.
        queue: Arn,
        /// `DelaySeconds`.
        delay: Option<Duration>,
        /// Whether it is a FIFO queue.
        fifo: bool,
    },
    /// An SNS topic.
    Sns {
        /// The topic.
        topic: Arn,
        /// Whether it is a FIFO topic.
        fifo: bool,
    },
    /// JSON lines on standard output.
    Console,
    /// JSON lines at the end of a file.
    File {
        /// The file.
        path: PathBuf,
    },
}

/// What becomes of a delivery that could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnFailure {
    /// It waits in the lot with this index.
    Park(usize),
    /// It stays unsettled: its batch comes again from there.
    Block {
        /// A record older than this is parked in the lot.
        max_block: Duration,
        /// The lot's index. Without one the record blocks for as long as its stream keeps it.
        lot: Option<usize>,
    },
    /// It is counted and forgotten.
    Drop,
}

impl OnFailure {
    /// Blocks for as long as the stream keeps the record.
    pub const BLOCK: OnFailure = OnFailure::Block { max_block: Duration::MAX, lot: None };
}

/// What becomes of a delivery that its service would refuse for its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Oversize {
    /// It waits in the lot with this index.
    Park(usize),
    /// Its fallback is sent in the place of its body: keys, and no item data.
    Keys,
    /// It is counted and forgotten.
    Drop,
}

/// Where deliveries wait that a route could not make, with every parameter filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Its name in the rules.
    pub name: Arc<str>,
    /// Where it is.
    pub place: LotPlace,
    /// The index of the lot that takes what this one does not. No chain of lots leads back to
    /// itself.
    pub then: Option<usize>,
}

/// Where a lot is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LotPlace {
    /// A standard SQS queue.
    Sqs {
        /// The queue.
        queue: Arn,
    },
    /// A DynamoDB table, which keeps the order of every group.
    DynamoDb {
        /// The table, by name or ARN.
        table: String,
    },
    /// Objects in an S3 bucket.
    S3 {
        /// The bucket.
        bucket: String,
        /// What the names of the objects start with; may be empty.
        prefix: String,
    },
    /// JSON lines at the end of a file.
    File {
        /// The file.
        path: PathBuf,
    },
}
