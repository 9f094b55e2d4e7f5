//! One change of one item.

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

/// What happened to the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// It was not there before.
    Insert,
    /// It was there before and after.
    Modify,
    /// It is there no more.
    Remove,
}

/// What a stream's records carry beside the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// The item on one side of the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Image {
    /// There was no item: before an INSERT, after a REMOVE.
    Absent,
    /// There was an item and the record does not carry it; nothing is known about its attributes.
    Omitted,
    /// The item.
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
