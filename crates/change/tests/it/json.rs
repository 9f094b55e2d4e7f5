//! Values to JSON and back, in both spellings.

use distributary_change::{Item, Number, Value, json};
use proptest::prelude::*;

use crate::golden;

/// Values that DynamoDB can hold. `plain` leaves out the types that plain JSON lacks.
fn value(plain: bool) -> impl Strategy<Value = Value> {
    let number = "-?[1-9][0-9]{0,20}(\\.[0-9]{1,15})?(E-?[1-9][0-9]?)?"
        .prop_map(|digits| Number::parse(&digits).unwrap());
    let bytes = prop::collection::vec(any::<u8>(), 0..5);
    let both = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number.clone().prop_map(Value::Number),
        any::<String>().prop_map(Value::String),
    ];
    let sets = prop_oneof![
        bytes.clone().prop_map(Value::Binary),
        prop::collection::btree_set(any::<String>(), 1..4).prop_map(Value::StringSet),
        prop::collection::btree_set(number, 1..4).prop_map(Value::NumberSet),
        prop::collection::btree_set(bytes, 1..4).prop_map(Value::BinarySet),
    ];
    let leaf = if plain { both.boxed() } else { prop_oneof![both, sets].boxed() };
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|members| Value::Map(members.into_iter().collect::<Item>())),
        ]
    })
}

fn written(value: &Value, write: fn(&Value, &mut Vec<u8>)) -> Vec<u8> {
    let mut json = Vec::new();
    write(value, &mut json);
    json
}

proptest! {
    #[test]
    fn dynamodb_json_there_and_back(value in value(false)) {
        let json = written(&value, json::dynamodb::write);
        let back = json::dynamodb::read(&json).unwrap();
        prop_assert_eq!(&back, &value);
        prop_assert_eq!(written(&back, json::dynamodb::write), json, "digits and order, too");
    }

    #[test]
    fn plain_json_there_and_back(value in value(true)) {
        let json = written(&value, json::plain::write);
        let back = json::plain::read(&json).unwrap();
        prop_assert_eq!(&back, &value);
        prop_assert_eq!(written(&back, json::plain::write), json, "digits and order, too");
    }

    #[test]
    fn plain_json_of_any_value_is_json(value in value(false)) {
        let json = written(&value, json::plain::write);
        prop_assert!(serde_json::from_slice::<&serde_json::value::RawValue>(&json).is_ok());
    }
}

#[test]
fn dynamodb_json_becomes_plain() {
    golden::check("plain.txt", |input| {
        let item = json::dynamodb::read_item(input.join("").as_bytes()).unwrap();
        let mut plain = Vec::new();
        json::plain::write_item(&item, &mut plain);
        String::from_utf8(plain).unwrap()
    });
}

#[test]
fn plain_json_becomes_dynamodb_json() {
    golden::check("from_plain.txt", |input| {
        match json::plain::read_item(input.join("\n").as_bytes()) {
            Ok(item) => {
                let mut json = Vec::new();
                json::dynamodb::write_item(&item, &mut json);
                String::from_utf8(json).unwrap()
            }
            Err(fault) => fault.to_string(),
        }
    });
}

#[test]
fn nesting_is_limited() {
    let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(json::plain::read(nested(64).as_bytes()).is_ok());
    let fault = json::plain::read(nested(65).as_bytes()).unwrap_err();
    assert!(fault.to_string().ends_with("is nested more than 64 levels deep; DynamoDB allows 32"));
    assert!(json::plain::read(nested(100_000).as_bytes()).is_err());
}

#[test]
fn text_is_utf_8() {
    let fault = json::plain::read(b"\"\xff\"").unwrap_err();
    assert_eq!(fault.to_string(), "the value is not encoded as UTF-8");
}
