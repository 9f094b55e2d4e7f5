//! Decoding one record: each case changes the base record in one place.

use bytes::Bytes;
use distributary_change::{Image, Item, RawRecord, Record, RecordError, json};

use crate::golden;

pub(crate) const BASE: &str = r#"{"eventID":"c4ca4238a0b923820dcc509a6f75849b","eventName":"MODIFY","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-west-1","dynamodb":{"ApproximateCreationDateTime":1479499740,"Keys":{"pk":{"S":"O#1"}},"NewImage":{"pk":{"S":"O#1"},"total":{"N":"12.50"}},"OldImage":{"pk":{"S":"O#1"},"total":{"N":"12"}},"SequenceNumber":"111","SizeBytes":59,"StreamViewType":"NEW_AND_OLD_IMAGES"},"eventSourceARN":"arn:aws:dynamodb:eu-west-1:123456789012:table/shop/stream/2026-06-27T00:48:05.899"}"#;

#[test]
fn envelope() {
    golden::check("envelope.txt", outcome);
}

#[test]
fn time() {
    golden::check("time.txt", outcome);
}

#[test]
fn images() {
    golden::check("images.txt", outcome);
}

#[test]
fn attributes() {
    golden::check("attributes.txt", outcome);
}

#[test]
fn the_base_record() {
    golden::check("base.txt", |_| dump(&decode(BASE).unwrap()).join("\n"));
}

/// What becomes of the base record with every `- part` replaced by the `+ part` after it: the
/// lines of the decoded record that differ from the base's, or the error.
fn outcome(input: &[&str]) -> String {
    let mut text = BASE.to_owned();
    for pair in input.chunks(2) {
        let (old, new) = match pair {
            [old, new] => {
                (old.strip_prefix('-').unwrap().trim(), new.strip_prefix('+').unwrap().trim())
            }
            _ => panic!("`{pair:?}` is not a `-` line and a `+` line"),
        };
        assert_eq!(text.matches(old).count(), 1, "`{old}` stands once in the record");
        text = text.replace(old, new);
    }
    match decode(&text) {
        Ok(record) => {
            let base = dump(&decode(BASE).unwrap());
            let changed = dump(&record).into_iter().zip(base).filter(|(new, old)| new != old);
            let changed: Vec<_> = changed.map(|(new, _)| new).collect();
            if changed.is_empty() { "the same".to_owned() } else { changed.join("\n") }
        }
        Err(error) => {
            let inside = error.message.contains(&format!("`{}`", error.path));
            assert!(inside || error.path.is_empty(), "the message names the path");
            error.to_string()
        }
    }
}

pub(crate) fn decode(text: &str) -> Result<Record, RecordError> {
    RawRecord { bytes: Bytes::copy_from_slice(text.as_bytes()) }.decode()
}

/// One line for each part of a record.
fn dump(record: &Record) -> Vec<String> {
    let identity = record.identity.as_ref();
    vec![
        format!("id: {}", record.id),
        format!("kind: {}", record.kind.as_str()),
        format!("stream: {}", record.stream_arn),
        format!("table: {}", record.table),
        format!("account: {}", record.account),
        format!("region: {}", record.region),
        format!("sequence: {}", record.sequence),
        format!(
            "time: {}, {} s, {}",
            record.time.rfc3339(),
            record.time.number(),
            record.time.seconds()
        ),
        format!("identity: {:?}", identity.map(|it| (&it.kind, &it.principal))),
        format!("expired: {}", record.expired_by_ttl()),
        format!("keys: {}", item(&record.keys)),
        format!("old: {}", image(&record.old)),
        format!("new: {}", image(&record.new)),
        format!("item: {}", if *record.item() == record.new { "new" } else { "old" }),
        format!("size: {:?}", record.size),
        format!("view: {}", record.view.as_str()),
    ]
}

fn image(image: &Image) -> String {
    match image {
        Image::Absent => "absent".to_owned(),
        Image::Omitted => "omitted".to_owned(),
        Image::Present(present) => item(present),
    }
}

fn item(item: &Item) -> String {
    let mut text = Vec::new();
    json::dynamodb::write_item(item, &mut text);
    String::from_utf8(text).unwrap()
}
