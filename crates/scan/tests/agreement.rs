//! What a scan accepts the decoder accepts, and both find the same; over mutated bytes of records
//! from a real stream. `AGREEMENT_CASES` sets how many.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;

use bytes::Bytes;
use distributary_change::{Batch, Image, Item, RawRecord, Record, Value};
use distributary_scan::{Presence, Scan, Side, Step, Wanted};

const CASES: usize = 20_000;

const EVENTS: [&[u8]; 6] = [
    include_bytes!("../../../examples/shop/events/orders.json"),
    include_bytes!("../../../examples/shop/events/carts.json"),
    include_bytes!("../../../examples/shop/events/prices.json"),
    br#"{"Records":[{"eventID":"e","eventName":"REMOVE","awsRegion":"r","userIdentity":
      {"type":"Service","principalId":"dynamodb.amazonaws.com"},
      "eventSourceARN":"arn:aws:dynamodb:r:1:table/t/stream/2026","dynamodb":{
      "ApproximateCreationDateTime":"2026-11-05T09:30:00Z","SequenceNumber":"7","Keys":{"pk":{"S":"a"}},
      "StreamViewType":"OLD_IMAGE","OldImage":{"status":{"S":"\u00e9\n\"\ud83d\ude00"},
      "total":{"N":"1E-5"},"b":{"B":"aGk="},"lines":{"L":[{"NULL":true},{"BOOL":false}]},
      "set":{"NS":["1","2.50"]},"bs":{"BS":["aGk=","aGs="]},"ss":{"SS":["x","y"]}}}}]}"#,
    br#"{"Records":[{"eventID":"e","eventName":"MODIFY","awsRegion":"r","eventSource":"aws:dynamodb",
      "eventSourceARN":"arn:aws:dynamodb:r:1:table/t/stream/2026","dynamodb":{"SizeBytes":12,
      "ApproximateCreationDateTime":1.5,"SequenceNumber":"7","Keys":{"pk":{"S":"a"}},
      "StreamViewType":"NEW_AND_OLD_IMAGES","OldImage":{"status":{"BOOL":true}},
      "NewImage":{"customer":{"M":{"tier":{"S":"gold"},"id":{"S":""}}},"total":{"N":"-0.0"}}}}]}"#,
    br#"{"Records":[{"eventID":"e","eventName":"INSERT","awsRegion":"r",
      "eventSourceARN":"arn:aws:dynamodb:r:1:table/t/stream/2026","dynamodb":{
      "ApproximateCreationDateTime":1,"SequenceNumber":"7","Keys":{"pk":{"S":"a"}},
      "StreamViewType":"KEYS_ONLY"}}]}"#,
];

/// What mutations put in: what tends to break readers of JSON.
const TOKENS: [&str; 24] = [
    "\"",
    "\\",
    "\\u0041",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    "\u{1}",
    "null",
    "true",
    "0",
    "-",
    "1e400",
    "{\"S\":\"x\"}",
    "\"status\":{\"S\":\"x\"},",
    "{\"M\":{}}",
    "{\"N\":\"\"}",
    "é",
    "\\/",
];

const PATHS: [&[Step<'static>]; 8] = [
    &[Step::Key("status")],
    &[Step::Key("total")],
    &[Step::Key("customer"), Step::Key("tier")],
    &[Step::Key("lines"), Step::Index(0), Step::Key("sku")],
    &[Step::Key("lines"), Step::Index(1)],
    &[Step::Key("set")],
    &[Step::Key("b")],
    &[Step::Key("pk")],
];

const SIDES: [Side; 3] = [Side::Old, Side::New, Side::Keys];

fn records() -> Vec<RawRecord> {
    EVENTS.iter().flat_map(|event| Batch::split(&Bytes::from_static(event)).unwrap()).collect()
}

fn mutated(bytes: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.usize(0..3) {
        let at = random.usize(0..=bytes.len());
        let to = (at + random.usize(0..40)).min(bytes.len());
        match random.u8(0..6) {
            0 => drop(bytes.drain(at..to)),
            1 => bytes.truncate(at),
            2 => {
                let token = TOKENS[random.usize(0..TOKENS.len())];
                drop(bytes.splice(at..at, token.bytes()));
            }
            3 => {
                let copy = bytes[at..to].to_vec();
                let there = random.usize(0..=bytes.len());
                drop(bytes.splice(there..there, copy));
            }
            4 if at < bytes.len() => bytes[at] = random.u8(..),
            _ if at < bytes.len() => bytes[at] ^= 1 << random.u8(0..8),
            _ => {}
        }
    }
    bytes
}

fn follow<'a>(item: &'a Item, path: &[Step<'_>]) -> Option<&'a Value> {
    let Step::Key(first) = path[0] else { return None };
    path[1..].iter().try_fold(item.get(first)?, |value, step| match (value, step) {
        (Value::Map(map), Step::Key(name)) => map.get(*name),
        (Value::List(list), Step::Index(index)) => list.get(*index as usize),
        _ => None,
    })
}

fn presence(image: &Image) -> Presence {
    match image {
        Image::Absent => Presence::Absent,
        Image::Omitted => Presence::Omitted,
        Image::Present(_) => Presence::Present,
    }
}

fn item(side: Side, record: &Record) -> Option<&Item> {
    match (side, &record.old, &record.new) {
        (Side::Old, Image::Present(item), _) | (Side::New, _, Image::Present(item)) => Some(item),
        (Side::Keys, ..) => Some(&record.keys),
        _ => None,
    }
}

fn agrees(scan: &Scan, bytes: &[u8], record: &Record, slots: &[(Side, usize, u32)]) {
    let head = scan.head();
    assert_eq!((head.old, head.new), (presence(&record.old), presence(&record.new)));
    let top = slots.iter().filter(|(_, path, _)| PATHS[*path].len() == 1);
    let named = top.clone().map(|(side, path, slot)| match PATHS[*path][0] {
        Step::Key(name) => (*side, name, *slot),
        Step::Index(_) => panic!("an item is no list"),
    });
    let names: Vec<&str> = named.clone().map(|(_, name, _)| name).collect();
    let cut = |image: &Image| match image {
        Image::Present(item) => {
            let wanted = item.iter().filter(|(name, _)| names.contains(&name.as_str()));
            Image::Present(wanted.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        other => other.clone(),
    };
    let expected = Record { old: cut(&record.old), new: cut(&record.new), ..record.clone() };
    assert_eq!(scan.record(bytes, named), Some(expected));
    for (side, path, slot) in slots {
        let there = item(*side, record).and_then(|item| follow(item, PATHS[*path]));
        let found = scan.found(*slot).value(bytes);
        assert_eq!(found.as_ref(), there, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_scan_and_the_decoder_agree_on_every_bytes() {
    let cases = std::env::var("AGREEMENT_CASES").map_or(CASES, |text| text.parse().unwrap());
    let mut wanted = Wanted::default();
    let mut slots = Vec::new();
    for side in SIDES {
        for (path, steps) in PATHS.iter().enumerate() {
            slots.push((side, path, wanted.add(side, steps.iter().copied())));
        }
    }
    let records = records();
    let mut random = fastrand::Rng::with_seed(7);
    let mut scan = Scan::new(Arc::new(wanted));
    let (mut accepted, mut refused, mut doubted) = (0, 0, 0);
    for case in 0..cases {
        let raw = &records[case % records.len()];
        let bytes = mutated(&raw.bytes, &mut random);
        let decoded = RawRecord { bytes: Bytes::from(bytes.clone()) }.decode();
        match (scan.read(&bytes), decoded) {
            (Ok(()), Ok(record)) => {
                accepted += 1;
                agrees(&scan, &bytes, &record, &slots);
            }
            (Ok(()), Err(error)) => {
                panic!("accepted, but {error}: {}", String::from_utf8_lossy(&bytes));
            }
            (Err(_), Ok(_)) => doubted += 1,
            (Err(_), Err(_)) => refused += 1,
        }
    }
    println!("{accepted} accepted, {refused} refused, {doubted} left to the decoder");
    assert!(accepted > cases / 4 && doubted < cases / 20, "{accepted} {refused} {doubted}");
}

#[test]
fn untouched_records_of_a_stream_need_no_decoder() {
    let mut scan = Scan::new(Arc::default());
    for raw in records() {
        assert_eq!(scan.read(&raw.bytes), Ok(()), "{:?}", raw.bytes);
    }
}

/// Items that are alike, some of them broken.
const ITEMS: [&str; 16] = [
    r#"{}"#,
    r#"{"a":{"S":"x"}}"#,
    r#"{"a":{"S":"x"},"b":{"N":"1"}}"#,
    r#"{"a":{"S":"y"},"b":{"N":"1"}}"#,
    r#"{"b":{"N":"1"},"a":{"S":"x"}}"#,
    r#"{"a":{"S":"x"},"a":{"S":"x"}}"#,
    r#"{"a":{"S":"x"},"b":{"N":"1"},"a":{"S":"x"}}"#,
    r#"{"a":{"S":"x"},"c":{"S":"x"},"b":{"N":"1"}}"#,
    r#"{"a":{"S":"x"},"c":{"S":"x"},"b":{"N":"1"},"c":{"S":"x"}}"#,
    r#"{ "a":{"S":"x"},"b" : {"N":"1"} }"#,
    r#"{"a":{"S":"x"},"b":{"N":"x"}}"#,
    r#"{"a":{"S":"x"},"b":{"S":"x"}}"#,
    r#"{"a":{"M":{"a":{"S":"x"},"b":{"N":"1"}}},"b":{"N":"1"}}"#,
    r#"{"a":{"M":{"a":{"S":"x"},"b":{"N":"1"},"a":{"S":"x"}}},"b":{"N":"1"}}"#,
    r#"{"a":{"L":[{"M":{"a":{"S":"x"}}},{"M":{"b":{"S":"x"},"a":{"S":"x"}}}]},"b":{"N":"1"}}"#,
    r#"{"a":{"S":"x"},"b":{"N":"1"},}"#,
];

#[test]
fn what_is_known_from_other_records_and_from_the_other_image_changes_no_answer() {
    let mut wanted = Wanted::default();
    let path = [Step::Key("b")];
    let slots = SIDES.map(|side| (side, wanted.add(side, path)));
    let mut scan = Scan::new(Arc::new(wanted));
    for old in ITEMS {
        for new in ITEMS {
            let text = format!(
                r#"{{"eventID":"e","eventName":"MODIFY","awsRegion":"r",
                "eventSourceARN":"arn:aws:dynamodb:r:1:table/t/stream/1","dynamodb":{{
                "ApproximateCreationDateTime":1,"SequenceNumber":"7","Keys":{{"b":{{"N":"1"}}}},
                "OldImage":{old},"NewImage":{new},"StreamViewType":"NEW_AND_OLD_IMAGES"}}}}"#
            );
            let decoded = RawRecord { bytes: Bytes::from(text.clone()) }.decode();
            assert_eq!(scan.read(text.as_bytes()).is_ok(), decoded.is_ok(), "{text}");
            let Ok(record) = decoded else { continue };
            for (side, slot) in slots {
                let found = scan.found(slot).value(text.as_bytes());
                assert_eq!(found.as_ref(), item(side, &record).and_then(|i| follow(i, &path)));
            }
        }
    }
}

#[test]
fn names_are_held_against_each_other_however_many_there_are() {
    let mut scan = Scan::new(Arc::default());
    let mut random = fastrand::Rng::with_seed(11);
    let mut outcomes = [0; 2];
    for _ in 0..3_000 {
        let most = [4, 30, 300, 600][random.usize(0..4)];
        let count = random.usize(0..most);
        let start = random.usize(0..20);
        let mut names: Vec<String> =
            (start..start + count).map(|at| format!("{at:0width$}", width = at % 70)).collect();
        if count > 1 && random.bool() {
            let (one, other) = (random.usize(0..count), random.usize(0..count));
            names[one] = names[other].clone();
        }
        let map: Vec<String> = names.iter().map(|n| format!(r#""{n}":{{"S":"x"}}"#)).collect();
        let (map, name) = (map.join(","), random.u8(..));
        let item = if random.bool() {
            format!(r#"{{"a":{{"M":{{{map}}}}},"{name}":{{"M":{{}}}}}}"#)
        } else {
            format!("{{{map}}}")
        };
        let text = format!(
            r#"{{"eventID":"e","eventName":"INSERT","awsRegion":"r",
            "eventSourceARN":"arn:aws:dynamodb:r:1:table/t/stream/1","dynamodb":{{
            "ApproximateCreationDateTime":1,"SequenceNumber":"7","Keys":{{"b":{{"N":"1"}}}},
            "NewImage":{item},"StreamViewType":"NEW_IMAGE"}}}}"#
        );
        let decoded = RawRecord { bytes: Bytes::from(text.clone()) }.decode();
        let accepted = scan.read(text.as_bytes()).is_ok();
        assert!(!accepted || decoded.is_ok(), "{text}");
        assert!(accepted || decoded.is_err() || count > 500, "{text}");
        outcomes[usize::from(accepted)] += 1;
    }
    assert!(outcomes.iter().all(|count| *count > 500), "{outcomes:?}");
}
