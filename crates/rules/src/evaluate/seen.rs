//! What is seen of a value in a record.

use std::borrow::Cow;
use std::cmp::Ordering;

use distributary_change::json::plain;
use distributary_change::{Decimal, Value};

use crate::truth::Truth;

/// A value, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Seen<'a> {
    /// Nothing can be said about it.
    Unknown,
    /// It is not there.
    Absent,
    /// It is there.
    Value(Cow<'a, Value>),
    /// It was reckoned, and may have more digits than an attribute.
    Number(Decimal),
}

impl<'a> Seen<'a> {
    pub(crate) fn borrowed(value: &'a Value) -> Self {
        Seen::Value(Cow::Borrowed(value))
    }

    pub(super) fn owned(value: Value) -> Self {
        Seen::Value(Cow::Owned(value))
    }

    pub(super) fn text(text: &str) -> Self {
        Seen::owned(Value::String(text.to_owned()))
    }

    pub(crate) fn value(&self) -> Option<&Value> {
        match self {
            Seen::Value(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn decimal(&self) -> Option<&Decimal> {
        match self {
            Seen::Number(decimal) => Some(decimal),
            Seen::Value(value) => match value.as_ref() {
                Value::Number(number) => Some(number.decimal()),
                _ => None,
            },
            Seen::Unknown | Seen::Absent => None,
        }
    }

    /// `a == b`
    pub(super) fn equals(&self, other: &Seen<'_>) -> Truth {
        match (self, other) {
            (Seen::Unknown, _) | (_, Seen::Unknown) => Truth::Unknown,
            (Seen::Absent, _) | (_, Seen::Absent) => {
                Truth::from(matches!((self, other), (Seen::Absent, Seen::Absent)))
            }
            _ => Truth::from(match (self.decimal(), other.decimal()) {
                (Some(a), Some(b)) => a == b,
                _ => self.value().is_some() && self.value() == other.value(),
            }),
        }
    }

    /// How two values stand to each other, where they have an order.
    pub(super) fn compare(&self, other: &Seen<'_>) -> Option<Ordering> {
        if let (Some(a), Some(b)) = (self.decimal(), other.decimal()) {
            return Some(a.cmp(b));
        }
        match (self.value()?, other.value()?) {
            // The order of the text's bytes, as DynamoDB sorts.
            (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
            (Value::Binary(a), Value::Binary(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// How it stands in a text: strings as they are, numbers with their own digits, the rest as
    /// JSON. `None` where there is no value.
    pub(crate) fn written(&self) -> Option<String> {
        match self {
            Seen::Unknown | Seen::Absent => None,
            Seen::Number(decimal) => Some(decimal.to_string()),
            Seen::Value(value) => Some(match value.as_ref() {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.as_str().to_owned(),
                other => {
                    let mut json = Vec::new();
                    plain::write(other, &mut json);
                    String::from_utf8_lossy(&json).into_owned()
                }
            }),
        }
    }
}
