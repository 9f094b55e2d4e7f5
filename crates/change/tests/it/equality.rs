//! Which values are equal, and which sequence number comes first.

use distributary_change::{SequenceNumber, Value, json};

fn value(text: &str) -> Value {
    json::dynamodb::read(text.as_bytes()).unwrap()
}

#[test]
fn equality_is_by_value() {
    for (one, other) in [
        (r#"{"N":"1"}"#, r#"{"N":"1.0"}"#),
        (r#"{"N":"100"}"#, r#"{"N":"1E2"}"#),
        (r#"{"N":"0"}"#, r#"{"N":"-0"}"#),
        (r#"{"NS":["1","2.0"]}"#, r#"{"NS":["2","1.0"]}"#),
        (r#"{"SS":["a","b"]}"#, r#"{"SS":["b","a"]}"#),
        (r#"{"M":{"a":{"N":"1"},"b":{"S":""}}}"#, r#"{"M":{"b":{"S":""},"a":{"N":"1.0"}}}"#),
        (r#"{"S":"\u00e9"}"#, r#"{"S":"é"}"#),
    ] {
        assert_eq!(value(one), value(other));
    }
}

#[test]
fn equality_asks_about_types_and_order() {
    for (one, other) in [
        (r#"{"N":"5"}"#, r#"{"S":"5"}"#),
        (r#"{"SS":["a"]}"#, r#"{"L":[{"S":"a"}]}"#),
        (r#"{"SS":["1"]}"#, r#"{"NS":["1"]}"#),
        (r#"{"L":[{"S":"a"},{"S":"b"}]}"#, r#"{"L":[{"S":"b"},{"S":"a"}]}"#),
        (r#"{"M":{}}"#, r#"{"M":{"a":{"NULL":true}}}"#),
        (r#"{"NULL":true}"#, r#"{"BOOL":false}"#),
        (r#"{"S":"e\u0301"}"#, r#"{"S":"é"}"#),
        (r#"{"B":""}"#, r#"{"S":""}"#),
    ] {
        assert_ne!(value(one), value(other));
    }
}

#[test]
fn sequence_numbers_are_in_the_order_of_their_value() {
    let number = |text: &str| SequenceNumber::new(text.to_owned()).unwrap();
    assert!(number("9") < number("10"));
    assert!(number("009") < number("10"));
    assert!(number("4421584500000000017450439091") < number("4421584500000000017450439092"));
    assert_ne!(number("9"), number("09"), "the text is what the event source mapping knows");
    assert_eq!(SequenceNumber::new("1a".to_owned()), Err("1a".to_owned()));
    assert_eq!(SequenceNumber::new(String::new()), Err(String::new()));
}
