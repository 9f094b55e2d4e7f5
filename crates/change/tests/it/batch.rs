//! Whole payloads: what one record does to the others, and what is no batch at all.

use bytes::Bytes;
use distributary_change::{Batch, RawRecord, Record};
use proptest::prelude::*;

use crate::decode::BASE;
use crate::golden;

#[test]
fn what_is_no_batch() {
    golden::check("batch.txt", |input| {
        let payload = Bytes::from(input.join("\n").replace("RECORD", BASE));
        match Batch::split(&payload) {
            Ok(records) => format!("{} records", records.len()),
            Err(error) => error.to_string(),
        }
    });
}

#[test]
fn records_are_slices_of_the_payload() {
    let payload = batch(&[&numbered(1), " { \"spaced\" : [ 1 ] } ", &numbered(2)]);
    let records = Batch::split(&payload).unwrap();
    let texts: Vec<_> = records.iter().map(|record| &record.bytes[..]).collect();
    assert_eq!(texts, [numbered(1).as_bytes(), b"{ \"spaced\" : [ 1 ] }", numbered(2).as_bytes()]);
    for record in &records {
        assert!(payload.as_ptr_range().contains(&record.bytes.as_ptr()));
    }
}

/// Each of these fails a decoder that reads the whole batch into types at once.
#[test]
fn one_bad_record_leaves_its_neighbours_alone() {
    let bad = [
        r#""SizeBytes":59"#,
        r#""SizeBytes":-59"#,
        "NEW_AND_OLD_IMAGES",
        "SOMETHING_NEW",
        r#""eu-west-1""#,
        "null",
        r#""N":"12""#,
        r#""D":"12""#,
        r#""N":"12""#,
        r#""B":"~""#,
        r#""N":"12""#,
        r#""S":"\ud800""#,
        BASE,
        "null",
        BASE,
        "[]",
        BASE,
        "7",
    ];
    for pair in bad.chunks(2) {
        let poison = numbered(2).replace(&pair[0].replace(BASE, &numbered(2)), pair[1]);
        assert_ne!(poison, numbered(2));
        let records = Batch::split(&batch(&[&numbered(1), &poison, &numbered(3)])).unwrap();
        assert_eq!(records.len(), 3);
        assert_eq!(sequence(&records[0]), "1");
        assert_eq!(sequence(&records[2]), "3");
        let error = records[1].decode().unwrap_err();
        let readable = poison.starts_with('{').then(|| "2".to_owned());
        assert_eq!(error.sequence, readable, "{error}");
    }
}

#[test]
fn bytes_that_are_no_text_are_one_records_fault() {
    let mut payload = batch(&[&numbered(1), &numbered(2), &numbered(3)]).to_vec();
    let second = payload.windows(3).enumerate().filter(|(_, bytes)| bytes == b"O#1");
    let place = second.map(|(place, _)| place).nth(4).unwrap();
    payload[place] = 0xff;
    let records = Batch::split(&Bytes::from(payload)).unwrap();
    assert_eq!(sequence(&records[0]), "1");
    assert_eq!(sequence(&records[2]), "3");
    let error = records[1].decode().unwrap_err();
    assert_eq!(
        error.to_string(),
        "record with sequence number `2`: the record is not encoded as UTF-8"
    );
}

#[test]
fn ten_thousand_records() {
    let texts: Vec<_> = (1..=10_000).map(numbered).collect();
    let payload = batch(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let records = Batch::split(&payload).unwrap();
    assert_eq!(records.len(), 10_000);
    for (index, record) in records.iter().enumerate() {
        assert_eq!(sequence(record), (index + 1).to_string());
    }
}

#[test]
fn an_item_of_400_kb() {
    let text = numbered(1).replace(r#""N":"12.50""#, &format!(r#""S":"{}""#, "x".repeat(409_600)));
    assert_eq!(sequence(&RawRecord { bytes: Bytes::from(text) }), "1");
}

#[test]
fn nesting_is_limited() {
    let nested = |levels: usize| {
        let value = format!("{}{{\"N\":\"1\"}}{}", r#"{"L":["#.repeat(levels), "]}".repeat(levels));
        let text = numbered(1).replace(r#"{"N":"12.50"}"#, &value);
        RawRecord { bytes: Bytes::from(text) }.decode()
    };
    assert!(nested(32).is_ok());
    assert!(nested(64).is_ok());
    let error = nested(65).unwrap_err();
    assert!(error.message.ends_with("is nested more than 64 levels deep; DynamoDB allows 32"));
    assert!(nested(100_000).is_err());
    let brackets = batch(&[&numbered(1), &"[".repeat(100_000), &"]".repeat(100_000)]);
    assert!(Batch::split(&brackets).is_err());
}

proptest! {
    /// Whatever happens to the bytes of one record: nothing panics, and where the payload can
    /// still be split into as many records, the others decode to the same.
    #[test]
    fn damage_stays_in_its_record(place: prop::sample::Index, byte: u8, length in 0..4_usize) {
        let mut second = numbered(2).into_bytes();
        let place = place.index(second.len());
        let end = (place + length).min(second.len());
        second.splice(place..end, [byte]);
        let mut payload = b"{\"Records\":[".to_vec();
        payload.extend(numbered(1).bytes());
        payload.push(b',');
        payload.extend(second);
        payload.push(b',');
        payload.extend(numbered(3).bytes());
        payload.extend(b"]}");
        if let Ok(records) = Batch::split(&Bytes::from(payload)) && records.len() == 3 {
            prop_assert_eq!(sequence(&records[0]), "1");
            prop_assert_eq!(sequence(&records[2]), "3");
            if let Err(error) = records[1].decode() {
                prop_assert!(!error.message.is_empty());
            }
        }
    }
}

fn numbered(sequence: usize) -> String {
    BASE.replace(r#""111""#, &format!("\"{sequence}\""))
}

fn batch(records: &[&str]) -> Bytes {
    Bytes::from(format!("{{\"Records\":[{}]}}", records.join(",")))
}

fn sequence(record: &RawRecord) -> String {
    record.decode().map(|Record { sequence, .. }| sequence.to_string()).unwrap()
}
