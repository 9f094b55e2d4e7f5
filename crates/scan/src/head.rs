//! What a record says about itself.

use distributary_change::{EventKind, StreamView};

use crate::Range;

/// What stands around the items of a record. Places are in its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// `eventID`
    pub id: Range,
    /// `eventName`
    pub kind: EventKind,
    /// `SequenceNumber`
    pub sequence: Range,
    /// `eventSourceARN`
    pub stream: Range,
    /// The account, in the stream's ARN.
    pub account: Range,
    /// The table's name, in the stream's ARN.
    pub table: Range,
    /// `awsRegion`
    pub region: Range,
    /// `ApproximateCreationDateTime`, as it is written.
    pub time: Range,
    /// `SizeBytes`
    pub size: Option<Range>,
    /// `StreamViewType`
    pub view: StreamView,
    /// `Keys`, with the braces.
    pub keys: Range,
    /// Who made the change, where it was a service: `type` and `principalId`.
    pub identity: Option<(Range, Range)>,
    /// The item before the change.
    pub old: Presence,
    /// The item after the change.
    pub new: Presence,
}

/// Whether there is an image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Presence {
    /// There was no item.
    #[default]
    Absent,
    /// There was one, and the record does not carry it.
    Omitted,
    /// The record carries it.
    Present,
}

impl Head {
    /// Forgets what a record need not have. The rest is told anew by each that is accepted.
    pub(crate) fn forget(&mut self) {
        (self.size, self.identity) = (None, None);
        (self.old, self.new) = (Presence::Absent, Presence::Absent);
    }
}

impl Default for Head {
    fn default() -> Self {
        let nowhere = Range::default();
        Head {
            id: nowhere,
            kind: EventKind::Insert,
            sequence: nowhere,
            stream: nowhere,
            account: nowhere,
            table: nowhere,
            region: nowhere,
            time: nowhere,
            size: None,
            view: StreamView::KeysOnly,
            keys: nowhere,
            identity: None,
            old: Presence::Absent,
            new: Presence::Absent,
        }
    }
}
