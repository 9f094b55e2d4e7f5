//! Items as the types of a program, through `serde`.
//!
//! Strings, binary, sets and integers are exact. Fractions are as exact as the type that takes
//! them: an `f64` rounds, and so does a type that holds anything, such as [`serde_json::Value`].
//! An integer type takes a number only if its digits spell an integer (`2`, not `2.0`). Whoever
//! needs a number's own digits takes them from the [`Item`].

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::AttributeValue;

use crate::fault::Fault;
use crate::number::Number;
use crate::value::{Item, Value};

/// Why an item and a type do not fit each other.
#[derive(Debug, thiserror::Error)]
pub enum TypedError {
    /// The type does not take the item, or is not one that makes an item. The source says why; it
    /// may quote the item's values, so it is not for logs.
    #[error("the item and the type do not fit each other")]
    Mismatch(#[from] serde_dynamo::Error),
    /// The type makes a value that DynamoDB does not hold.
    #[error(transparent)]
    Value(#[from] Fault),
}

/// Reads an item as a type.
///
/// # Errors
/// For an item that does not fit the type.
pub fn from_item<T: DeserializeOwned>(item: &Item) -> Result<T, TypedError> {
    let attributes: HashMap<_, AttributeValue> =
        item.iter().map(|(name, value)| (name.clone(), value.into())).collect();
    Ok(serde_dynamo::from_item(serde_dynamo::Item::from(attributes))?)
}

/// Makes an item of a value; its attributes are sorted by name.
///
/// # Errors
/// For a value that is neither a struct nor a map, and for one that DynamoDB does not hold.
pub fn to_item<T: Serialize>(value: &T) -> Result<Item, TypedError> {
    let item: serde_dynamo::Item = serde_dynamo::to_item(value)?;
    Ok(sorted(item.into())?)
}

impl From<&Value> for AttributeValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => AttributeValue::Null(true),
            Value::Bool(bool) => AttributeValue::Bool(*bool),
            Value::Number(number) => AttributeValue::N(number.as_str().to_owned()),
            Value::String(text) => AttributeValue::S(text.clone()),
            Value::Binary(bytes) => AttributeValue::B(bytes.clone()),
            Value::List(list) => AttributeValue::L(list.iter().map(Self::from).collect()),
            Value::Map(map) => {
                let attribute = |(name, value): (&String, _)| (name.clone(), Self::from(value));
                AttributeValue::M(map.iter().map(attribute).collect())
            }
            Value::StringSet(set) => AttributeValue::Ss(set.iter().cloned().collect()),
            Value::NumberSet(set) => {
                AttributeValue::Ns(set.iter().map(|number| number.as_str().to_owned()).collect())
            }
            Value::BinarySet(set) => AttributeValue::Bs(set.iter().cloned().collect()),
        }
    }
}

impl TryFrom<AttributeValue> for Value {
    type Error = Fault;

    fn try_from(attribute: AttributeValue) -> Result<Self, Fault> {
        let number = |digits: String| Number::parse(&digits).map_err(Fault::new);
        Ok(match attribute {
            AttributeValue::Null(_) => Value::Null,
            AttributeValue::Bool(bool) => Value::Bool(bool),
            AttributeValue::N(digits) => Value::Number(number(digits)?),
            AttributeValue::S(text) => Value::String(text),
            AttributeValue::B(bytes) => Value::Binary(bytes),
            AttributeValue::L(list) => {
                Value::List(list.into_iter().map(Self::try_from).collect::<Result<_, _>>()?)
            }
            AttributeValue::M(map) => Value::Map(sorted(map)?),
            AttributeValue::Ss(members) => Value::StringSet(members.into_iter().collect()),
            AttributeValue::Ns(members) => {
                let members: Result<BTreeSet<_>, _> = members.into_iter().map(number).collect();
                Value::NumberSet(members?)
            }
            AttributeValue::Bs(members) => Value::BinarySet(members.into_iter().collect()),
        })
    }
}

/// A map has no order of its own; this gives it the same one every time.
fn sorted(map: HashMap<String, AttributeValue>) -> Result<Item, Fault> {
    let mut item = Item::with_capacity(map.len());
    for (name, attribute) in map {
        let value = attribute.try_into().map_err(|fault: Fault| fault.under(&name))?;
        item.insert(name, value);
    }
    item.sort_unstable_keys();
    Ok(item)
}
