//! Attribute values: DynamoDB's ten types, exactly.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::number::Number;

/// Attributes by name, in the order of the record. Equality does not ask about the order.
pub type Item = IndexMap<String, Value>;

/// A value of one of DynamoDB's ten types.
///
/// Equality is DynamoDB's: numbers by value, sets by members, maps by keys, lists by order.
///
/// It is serialised for this product's own use; [`json`](crate::json) has the forms that others know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// `NULL`: present, and not the same as absent.
    Null,
    /// `BOOL`
    Bool(bool),
    /// `N`
    Number(Number),
    /// `S`
    String(String),
    /// `B`
    Binary(Vec<u8>),
    /// `L`
    List(Vec<Value>),
    /// `M`
    Map(Item),
    /// `SS`
    StringSet(BTreeSet<String>),
    /// `NS`: members are distinct by value.
    NumberSet(BTreeSet<Number>),
    /// `BS`
    BinarySet(BTreeSet<Vec<u8>>),
}

impl Value {
    /// The type's name in DynamoDB JSON: `S`, `N`, …
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "NULL",
            Value::Bool(_) => "BOOL",
            Value::Number(_) => "N",
            Value::String(_) => "S",
            Value::Binary(_) => "B",
            Value::List(_) => "L",
            Value::Map(_) => "M",
            Value::StringSet(_) => "SS",
            Value::NumberSet(_) => "NS",
            Value::BinarySet(_) => "BS",
        }
    }
}
