//! One change of one item.

use serde::{Deserialize, Serialize};

use crate::sequence::SequenceNumber;
use crate::time::EventTime;
use crate::value::Item;

/// A decoded stream record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// `eventID`: unique per change.
    pub id: String,
    /// `eventName`.
    pub kind: EventKind,
    /// The table's name, from the stream's ARN.
    pub table: String,
    /// `awsRegion`.
    pub region: String,
    /// The account, from the stream's ARN.
    pub account: String,
    /// `eventSourceARN`: the stream.
    pub stream_arn: String,
    /// `SequenceNumber`.
    pub sequence: SequenceNumber,
    /// `ApproximateCreationDateTime`.
    pub time: EventTime,
    /// `userIdentity`, set when a service made the change.
    pub identity: Option<UserIdentity>,
    /// `Keys`: the key attributes.
    pub keys: Item,
    /// The item before the change.
    pub old: Image,
    /// The item after the change.
    pub new: Image,
    /// `SizeBytes`, where the record has it.
    pub size: Option<u64>,
    /// `StreamViewType`.
    pub view: StreamView,
}

impl Record {
    /// The item that the change is about: the new image, or the old one on REMOVE.
    #[must_use]
    pub fn item(&self) -> &Image {
        match self.kind {
            EventKind::Insert | EventKind::Modify => &self.new,
            EventKind::Remove => &self.old,
        }
    }

    /// Whether DynamoDB's TTL removed the item. A replica of a global table does not tell: there
    /// the removal looks like anybody's.
    #[must_use]
    pub fn expired_by_ttl(&self) -> bool {
        let by_ttl = |identity: &UserIdentity| {
            identity.kind == "Service" && identity.principal == "dynamodb.amazonaws.com"
        };
        self.kind == EventKind::Remove && self.identity.as_ref().is_some_and(by_ttl)
    }
}

/// What happened to the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventKind {
    /// It was not there before.
    Insert,
    /// It was there before and after.
    Modify,
    /// It is there no more.
    Remove,
}

impl EventKind {
    /// Reads `INSERT`, `MODIFY` or `REMOVE`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Insert, Self::Modify, Self::Remove].into_iter().find(|kind| kind.as_str() == name)
    }

    /// `INSERT`, `MODIFY` or `REMOVE`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Insert => "INSERT",
            EventKind::Modify => "MODIFY",
            EventKind::Remove => "REMOVE",
        }
    }
}

/// What a stream's records carry beside the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StreamView {
    /// Nothing.
    KeysOnly,
    /// The new image.
    NewImage,
    /// The old image.
    OldImage,
    /// Both.
    NewAndOldImages,
}

impl StreamView {
    /// Reads a `StreamViewType`, such as `NEW_AND_OLD_IMAGES`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::KeysOnly, Self::NewImage, Self::OldImage, Self::NewAndOldImages]
            .into_iter()
            .find(|view| view.as_str() == name)
    }

    /// The `StreamViewType`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            StreamView::KeysOnly => "KEYS_ONLY",
            StreamView::NewImage => "NEW_IMAGE",
            StreamView::OldImage => "OLD_IMAGE",
            StreamView::NewAndOldImages => "NEW_AND_OLD_IMAGES",
        }
    }

    /// Whether records carry the item after the change.
    #[must_use]
    pub fn carries_new(self) -> bool {
        matches!(self, StreamView::NewImage | StreamView::NewAndOldImages)
    }

    /// Whether records carry the item before the change.
    #[must_use]
    pub fn carries_old(self) -> bool {
        matches!(self, StreamView::OldImage | StreamView::NewAndOldImages)
    }
}

/// The item on one side of the change. What decides is the event's name and what the record really
/// carries, not its `StreamViewType`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Image {
    /// There was no item: before an INSERT, after a REMOVE.
    Absent,
    /// There was an item and the record does not carry it, because its view leaves it out or
    /// because it was lost on the way; nothing is known about its attributes.
    Omitted,
    /// The item, which may have no attributes at all.
    Present(Item),
}

/// Who made a change that no user made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserIdentity {
    /// `type`, such as `Service`.
    pub kind: String,
    /// `principalId`, such as `dynamodb.amazonaws.com`.
    pub principal: String,
}
