//! What DynamoDB writes to a stream, decoded, is what was written to the table.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use distributary_change::{Batch, EventKind, Image, Item, Number, Record, StreamView, Value};
use distributary_tests::components;
use distributary_tests::dynamodb::{DynamoDb, Table};
use distributary_tests::lambda_event;
use distributary_tests::stream::Stream;
use serde_json::json;

async fn table(name: &str, view: &str) -> (DynamoDb, Stream) {
    let dynamodb = DynamoDb::new(components::dynamodb().endpoint());
    let table = Table {
        table: name.to_owned(),
        key: vec!["pk".to_owned(), "sk".to_owned()],
        view: view.to_owned(),
        ttl: Some("expiresAt".to_owned()),
    };
    dynamodb.create_table(&table).await.unwrap();
    let stream = dynamodb.stream(name).await.unwrap();
    (dynamodb, stream)
}

/// The next records of the stream, as the function gets to see them.
async fn read(stream: &mut Stream, count: usize) -> Vec<Record> {
    let records: Vec<_> = stream
        .read_exactly(count)
        .await
        .unwrap()
        .iter()
        .map(|record| lambda_event::record(record, stream.arn()).unwrap())
        .collect();
    let event = Bytes::from(lambda_event::event(records.iter().map(AsRef::as_ref)));
    let raw = Batch::split(&event).unwrap();
    raw.iter().map(|record| record.decode().unwrap()).collect()
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

/// Values of all ten types, as DynamoDB takes them and as they are to be decoded.
fn values() -> Vec<(serde_json::Value, Value)> {
    let all_digits = "12345678901234567890123456789012345678";
    let mut values = vec![
        (json!({ "S": "" }), text("")),
        (
            json!({ "S": "grün „€“ \u{1f9ea} \" \\ \n \u{1}" }),
            text("grün „€“ \u{1f9ea} \" \\ \n \u{1}"),
        ),
        (json!({ "B": "AAEC/w==" }), Value::Binary(vec![0, 1, 2, 255])),
        (json!({ "BOOL": true }), Value::Bool(true)),
        (json!({ "BOOL": false }), Value::Bool(false)),
        (json!({ "NULL": true }), Value::Null),
        (
            json!({ "SS": ["b", "a", "ß"] }),
            Value::StringSet(["a", "b", "ß"].map(str::to_owned).into()),
        ),
        (
            json!({ "NS": ["2", "1.50", "-3e2"] }),
            Value::NumberSet(["1.5", "-300", "2"].map(number).into()),
        ),
        (json!({ "BS": ["/w==", "AA=="] }), Value::BinarySet(BTreeSet::from([vec![0], vec![255]]))),
        (json!({ "L": [] }), Value::List(Vec::new())),
        (json!({ "M": {} }), Value::Map(Item::new())),
        (
            json!({ "L": [{ "N": "1" }, { "S": "1" }, { "L": [{ "NULL": true }] }] }),
            Value::List(vec![
                Value::Number(number("1")),
                text("1"),
                Value::List(vec![Value::Null]),
            ]),
        ),
        (
            json!({ "M": { "a b": { "M": { "ä.b": { "BOOL": false } } }, "N": { "N": "7" } } }),
            Value::Map(Item::from_iter([
                ("N".to_owned(), Value::Number(number("7"))),
                (
                    "a b".to_owned(),
                    Value::Map(Item::from_iter([("ä.b".to_owned(), Value::Bool(false))])),
                ),
            ])),
        ),
    ];
    // Each of these would change in a binary floating point number.
    for exact in [
        "0.1",
        "-0.45",
        "9007199254740993",
        all_digits,
        "1e-130",
        "-9.9999999999999999999999999999999999999E+125",
        "0",
    ] {
        values.push((json!({ "N": exact }), Value::Number(number(exact))));
    }
    values
}

/// An item with the values from the one at `first` on, under names that stay.
fn item(first: usize) -> (serde_json::Value, Item) {
    let values = values();
    let mut written = json!({ "pk": { "S": "I#1" }, "sk": { "S": "META" } });
    let mut decoded =
        Item::from_iter([("pk".to_owned(), text("I#1")), ("sk".to_owned(), text("META"))]);
    for (at, (wire, value)) in values.iter().cycle().skip(first).take(values.len()).enumerate() {
        written[format!("a{at}")] = wire.clone();
        decoded.insert(format!("a{at}"), value.clone());
    }
    (written, decoded)
}

#[tokio::test]
async fn items_of_all_ten_types_come_out_of_the_stream_as_they_went_in() {
    let (dynamodb, mut stream) = table("ten-types", "NEW_AND_OLD_IMAGES").await;
    let (first, first_decoded) = item(0);
    let (second, second_decoded) = item(1);

    dynamodb.put("ten-types", &first).await.unwrap();
    dynamodb.put("ten-types", &second).await.unwrap();
    let key = json!({ "pk": { "S": "I#1" }, "sk": { "S": "META" } });
    dynamodb.delete("ten-types", &key).await.unwrap();

    let records = read(&mut stream, 3).await;
    let seen: Vec<_> = records
        .iter()
        .map(|record| (record.kind, record.old.clone(), record.new.clone()))
        .collect();
    assert_eq!(
        seen,
        [
            (EventKind::Insert, Image::Absent, Image::Present(first_decoded.clone())),
            (
                EventKind::Modify,
                Image::Present(first_decoded),
                Image::Present(second_decoded.clone())
            ),
            (EventKind::Remove, Image::Present(second_decoded), Image::Absent),
        ]
    );
    assert!(records.is_sorted_by(|one, next| one.sequence < next.sequence));
    for record in &records {
        assert_eq!(
            record.keys,
            Item::from_iter([("pk".to_owned(), text("I#1")), ("sk".to_owned(), text("META"))])
        );
        assert_eq!(record.table, "ten-types");
        assert_eq!(record.region, "eu-central-1");
        assert_eq!(record.account, "123456789012");
        assert_eq!(record.view, StreamView::NewAndOldImages);
        assert_eq!(record.identity, None);
        assert!(record.size.is_some());
    }
}

#[tokio::test]
async fn an_expired_item_is_removed_by_the_service() {
    let (dynamodb, mut stream) = table("expiring", "NEW_AND_OLD_IMAGES").await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();

    let item = json!({
        "pk": { "S": "C#1" }, "sk": { "S": "META" }, "expiresAt": { "N": (now - 60).to_string() }
    });
    dynamodb.put("expiring", &item).await.unwrap();

    let records = read(&mut stream, 2).await;
    let [inserted, removed] = records.as_slice() else { panic!("{} records", records.len()) };
    assert_eq!((inserted.kind, &inserted.identity), (EventKind::Insert, &None));
    assert_eq!(removed.kind, EventKind::Remove);
    assert_eq!(removed.old, inserted.new);
    let identity = removed.identity.as_ref().unwrap();
    assert_eq!(identity.kind, "Service");
    assert_eq!(identity.principal, "dynamodb.amazonaws.com");
}

/// What a view leaves out is not the same as what was not there.
#[tokio::test]
async fn each_view_has_its_own_images() {
    let item = json!({ "pk": { "S": "O#1" }, "sk": { "S": "META" } });
    let present = Image::Present(Item::from_iter([
        ("pk".to_owned(), text("O#1")),
        ("sk".to_owned(), text("META")),
    ]));
    let (absent, omitted) = (Image::Absent, Image::Omitted);

    for (view, on_insert, on_remove) in [
        ("KEYS_ONLY", (&absent, &omitted), (&omitted, &absent)),
        ("NEW_IMAGE", (&absent, &present), (&omitted, &absent)),
        ("OLD_IMAGE", (&absent, &omitted), (&present, &absent)),
        ("NEW_AND_OLD_IMAGES", (&absent, &present), (&present, &absent)),
    ] {
        let name = format!("view-{view}");
        let (dynamodb, mut stream) = table(&name, view).await;
        dynamodb.put(&name, &item).await.unwrap();
        dynamodb.delete(&name, &item).await.unwrap();

        let records = read(&mut stream, 2).await;
        let images: Vec<_> = records.iter().map(|record| (&record.old, &record.new)).collect();
        assert_eq!(images, [on_insert, on_remove], "{view}");
    }
}
