//! The names that stand around the items of a record.

/// The members around the items, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Change,
    EventId,
    EventName,
    Identity,
    IdentityType,
    Keys,
    NewImage,
    OldImage,
    Other,
    Principal,
    Region,
    Sequence,
    Service,
    Size,
    Stream,
    Time,
    View,
}

impl Field {
    pub(crate) fn named(name: &[u8]) -> Self {
        match name {
            b"dynamodb" => Field::Change,
            b"eventID" => Field::EventId,
            b"eventName" => Field::EventName,
            b"eventSource" => Field::Service,
            b"eventSourceARN" => Field::Stream,
            b"awsRegion" => Field::Region,
            b"userIdentity" => Field::Identity,
            b"type" | b"Type" => Field::IdentityType,
            b"principalId" | b"PrincipalId" => Field::Principal,
            b"Keys" => Field::Keys,
            b"NewImage" => Field::NewImage,
            b"OldImage" => Field::OldImage,
            b"ApproximateCreationDateTime" => Field::Time,
            b"SequenceNumber" => Field::Sequence,
            b"SizeBytes" => Field::Size,
            b"StreamViewType" => Field::View,
            _ => Field::Other,
        }
    }
}
