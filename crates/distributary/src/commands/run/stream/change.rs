//! A record of a stream as Lambda would hand it over.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use distributary_change::RawRecord;
use distributary_mapping::StreamRecord;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) raw: RawRecord,
    pub(super) sequence: String,
    arrived: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Head {
    sequence_number: String,
    #[serde(default)]
    approximate_creation_date_time: f64,
}

impl Change {
    /// Adds what an event source mapping adds to what `GetRecords` gives: the stream's ARN, and the
    /// spelling of `userIdentity`. What was written keeps its bytes. `None` for what is no record
    /// of a stream.
    pub(super) fn new(record: &RawValue, stream_arn: &str) -> Option<Self> {
        let mut fields: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(record.get()).ok()?;
        let head: Head = serde_json::from_str(fields.get("dynamodb")?.get()).ok()?;
        if let Some(identity) = fields.get_mut("userIdentity") {
            let spelt: BTreeMap<String, Box<RawValue>> =
                serde_json::from_str(identity.get()).ok()?;
            let spelt: BTreeMap<_, _> =
                spelt.into_iter().map(|(name, value)| (lower_first(&name), value)).collect();
            *identity = to_raw_value(&spelt).ok()?;
        }
        fields.insert("eventSourceARN".to_owned(), to_raw_value(stream_arn).ok()?);
        Some(Change {
            raw: RawRecord { bytes: Bytes::from(serde_json::to_vec(&fields).ok()?) },
            sequence: head.sequence_number,
            arrived: Duration::try_from_secs_f64(head.approximate_creation_date_time).ok()?,
        })
    }
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

impl StreamRecord for Change {
    fn sequence(&self) -> &str {
        &self.sequence
    }

    /// One lane per shard keeps its order, whatever the key.
    fn key_hash(&self) -> u64 {
        0
    }

    fn size(&self) -> usize {
        self.raw.bytes.len()
    }

    fn arrived(&self) -> Duration {
        self.arrived
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str =
        "arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026-11-21T10:00:00.000";

    fn change(record: &str) -> Option<Change> {
        Change::new(serde_json::from_str(record).unwrap(), ARN)
    }

    #[test]
    fn a_record_becomes_one_of_a_lambda_event_and_keeps_what_was_written() {
        let change = change(
            r#"{"eventID":"1","eventName":"REMOVE","awsRegion":"eu-central-1","dynamodb":{"Keys":{"pk":{"S":"\u00e9"}},"OldImage":{"pk":{"S":"\u00e9"},"n":{"N":"1.50"}}, "SequenceNumber":"7","ApproximateCreationDateTime":1795255200,"StreamViewType":"NEW_AND_OLD_IMAGES"},"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}}"#,
        )
        .unwrap();
        assert_eq!(change.sequence(), "7");
        assert_eq!(change.arrived(), Duration::from_secs(1_795_255_200));
        let text = std::str::from_utf8(&change.raw.bytes).unwrap();
        assert!(
            text.contains(r#"{"pk":{"S":"\u00e9"},"n":{"N":"1.50"}}, "SequenceNumber""#),
            "{text}"
        );
        let record = change.raw.decode().unwrap();
        assert_eq!((record.table.as_str(), record.stream_arn.as_str()), ("shop", ARN));
        assert!(record.expired_by_ttl());
    }

    #[test]
    fn what_has_no_sequence_number_is_no_record() {
        assert!(change(r#"{"eventID":"1","dynamodb":{}}"#).is_none());
        assert!(change(r#"{"eventID":"1"}"#).is_none());
    }
}
