//! Items as the types of a program.

use std::collections::BTreeMap;

use distributary_change::json;
use distributary_change::typed::{TypedError, from_item, to_item};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    pk: String,
    lines: Vec<Line>,
    #[serde(with = "serde_dynamo::string_set")]
    coupons: Vec<String>,
    paid: bool,
    note: Option<String>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    sku: String,
    qty: u64,
}

const ORDER: &str = r#"{"coupons":{"SS":["A","B"]},"lines":{"L":[{"M":{"qty":{"N":"18446744073709551615"},"sku":{"S":"P#1"}}}]},"note":{"NULL":true},"paid":{"BOOL":true},"pk":{"S":"O#1"}}"#;

#[test]
fn an_item_is_a_struct_and_back() {
    let item = json::dynamodb::read_item(ORDER.as_bytes()).unwrap();
    let order: Order = from_item(&item).unwrap();
    assert_eq!(order.lines, [Line { sku: "P#1".to_owned(), qty: u64::MAX }]);
    assert_eq!(order.coupons, ["A", "B"]);
    let mut back = Vec::new();
    json::dynamodb::write_item(&to_item(&order).unwrap(), &mut back);
    assert_eq!(String::from_utf8(back).unwrap(), ORDER);
}

#[test]
fn what_does_not_fit_is_an_error_without_values() {
    let item = json::plain::read_item(br#"{"qty":2.5,"sku":"secret"}"#).unwrap();
    let error = from_item::<Line>(&item).unwrap_err();
    assert_eq!(error.to_string(), "the item and the type do not fit each other");
    assert!(matches!(to_item(&7), Err(TypedError::Mismatch(_))));
}

#[test]
fn a_number_that_dynamodb_does_not_hold_is_an_error() {
    let error = to_item(&BTreeMap::from([("size", 1e300)])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`size` is outside the range of DynamoDB's numbers, 1E-130 to 9.99…E+125"
    );
}
