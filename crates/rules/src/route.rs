//! Routes and lots: where deliveries go, and where they wait.

use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::{OnFailure, Oversize};
use distributary_syntax::Span;
use serde::{Deserialize, Serialize};

use crate::fixed::Fixed;
use crate::json::Spelling;
use crate::term::Term;

/// `route name = kind { … }`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// Its name.
    pub name: Arc<str>,
    /// Its documentation, one entry a line.
    pub docs: Vec<String>,
    /// Where its name is declared.
    pub span: Span,
    /// Which service.
    pub kind: RouteKind,
    pub(crate) place: Place,
    pub(crate) delay: Option<Duration>,
    pub(crate) timeout: Duration,
    pub(crate) retry: u32,
    pub(crate) within: Duration,
    pub(crate) concurrency: u32,
    pub(crate) on_failure: OnFailure,
    pub(crate) oversize: Option<Oversize>,
    pub(crate) per_message: PerMessage,
    pub(crate) group_span: Option<Span>,
    /// The form of what is sent.
    pub format: Format,
    /// Whether numbers are written as texts, for consumers that parse doubles.
    pub numbers_as_text: bool,
    /// The name that it had, which its deliveries are still known by.
    pub formerly: Option<Arc<str>>,
}

impl Route {
    /// The name that goes into the identity of its deliveries.
    #[must_use]
    pub fn known_as(&self) -> &Arc<str> {
        self.formerly.as_ref().unwrap_or(&self.name)
    }

    /// What becomes of a delivery that could not be made.
    #[must_use]
    pub fn on_failure(&self) -> OnFailure {
        self.on_failure
    }

    /// The time in one invocation that failing or hanging attempts and their waits may take.
    #[must_use]
    pub fn within(&self) -> Duration {
        self.within
    }

    pub(crate) fn spelling(&self) -> Spelling {
        match (self.format, self.numbers_as_text) {
            (Format::DynamoDb, _) => Spelling::Typed,
            (_, true) => Spelling::NumbersAsText,
            _ => Spelling::Plain,
        }
    }
}

/// The form of what a route sends.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Format {
    /// The payload as plain JSON.
    #[default]
    Json,
    /// The payload in a CloudEvents 1.0 envelope.
    CloudEvents,
    /// The payload in DynamoDB JSON.
    DynamoDb,
}

/// The kinds of route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RouteKind {
    /// `eventbridge`
    EventBridge,
    /// `sqs`
    Sqs,
    /// `sqs.fifo`
    SqsFifo,
    /// `sns`
    Sns,
    /// `sns.fifo`
    SnsFifo,
    /// `console`
    Console,
    /// `file`
    File,
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Place {
    EventBridge { bus: Fixed, source: Fixed },
    Queue(Fixed),
    Topic(Fixed),
    Console,
    File(Fixed),
}

/// The settings of a route that each record decides.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PerMessage {
    pub(crate) group: Option<Term>,
    pub(crate) dedup: Option<Term>,
    pub(crate) subject: Option<Term>,
    pub(crate) detail_type: Option<Term>,
    pub(crate) resources: Vec<Term>,
    pub(crate) attributes: Vec<(String, Term)>,
}

/// `lot name = kind { … }`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lot {
    /// Its name.
    pub name: Arc<str>,
    /// Its documentation, one entry a line.
    pub docs: Vec<String>,
    /// Where its name is declared.
    pub span: Span,
    pub(crate) place: LotPlace,
    /// The index of the lot that takes what this one does not.
    pub(crate) then: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum LotPlace {
    Sqs {
        queue: Fixed,
    },
    DynamoDb {
        table: Fixed,
    },
    /// Without a prefix the objects' names start with none.
    S3 {
        bucket: Fixed,
        prefix: Option<Fixed>,
    },
    File {
        path: Fixed,
    },
}

impl RouteKind {
    /// Every kind with its name.
    pub const ALL: [(&'static str, RouteKind); 7] = [
        ("eventbridge", RouteKind::EventBridge),
        ("sqs", RouteKind::Sqs),
        ("sqs.fifo", RouteKind::SqsFifo),
        ("sns", RouteKind::Sns),
        ("sns.fifo", RouteKind::SnsFifo),
        ("console", RouteKind::Console),
        ("file", RouteKind::File),
    ];

    /// Its name in the rules.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether messages of one group keep their order.
    #[must_use]
    pub fn is_fifo(self) -> bool {
        matches!(self, RouteKind::SqsFifo | RouteKind::SnsFifo)
    }
}

impl Place {
    pub(crate) fn settings(&self) -> Vec<&Fixed> {
        match self {
            Place::EventBridge { bus, source } => vec![bus, source],
            Place::Queue(fixed) | Place::Topic(fixed) | Place::File(fixed) => vec![fixed],
            Place::Console => Vec::new(),
        }
    }
}

impl LotPlace {
    pub(crate) fn settings(&self) -> Vec<&Fixed> {
        match self {
            LotPlace::Sqs { queue: fixed }
            | LotPlace::DynamoDb { table: fixed }
            | LotPlace::File { path: fixed } => vec![fixed],
            LotPlace::S3 { bucket, prefix } => [bucket].into_iter().chain(prefix).collect(),
        }
    }

    /// Whether what waits there keeps the order of its groups.
    pub(crate) fn is_ordered(&self) -> bool {
        matches!(self, LotPlace::DynamoDb { .. } | LotPlace::File { .. })
    }
}
