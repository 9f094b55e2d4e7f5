//! Records from little text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use distributary_change::{RawRecord, Record};
use serde_json::value::RawValue;

/// A record of the table `shop`. The text is an object with `type` and, all optional, `keys`,
/// `old`, `new` (DynamoDB JSON), `size`, and `expired`, which is true for what TTL removed.
///
/// An image that the type of change has and the text does not is one that the view omits.
/// `<70000 characters>` stands for as many.
pub(crate) fn record(text: &str) -> Record {
    let text = &text.replace("<70000 characters>", &"x".repeat(70_000));
    let mut given: BTreeMap<&str, &RawValue> = serde_json::from_str(text).expect("a record");
    let kind = given.remove("type").expect("a type").get();
    let keys = given.remove("keys").map_or(r#"{"pk":{"S":"P"}}"#, RawValue::get);
    let identity = if given.remove("expired").is_some_and(|expired| expired.get() == "true") {
        r#","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}"#
    } else {
        ""
    };
    let mut change = String::new();
    for (ours, theirs) in [("old", "OldImage"), ("new", "NewImage"), ("size", "SizeBytes")] {
        if let Some(value) = given.remove(ours) {
            write!(change, r#","{theirs}":{value}"#).unwrap();
        }
    }
    assert!(given.is_empty(), "a record has no {:?}", given.keys());
    let json = format!(
        r#"{{"eventID":"e1","eventName":{kind},"eventSource":"aws:dynamodb","awsRegion":"eu-central-1",
        "eventSourceARN":"arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026-11-05T00:00:00.000"
        {identity},"dynamodb":{{"ApproximateCreationDateTime":1793871000,"SequenceNumber":"100",
        "StreamViewType":"NEW_AND_OLD_IMAGES","Keys":{keys}{change}}}}}"#
    );
    RawRecord { bytes: json.into() }.decode().expect("a record")
}
