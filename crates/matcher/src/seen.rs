//! Values as rules compare them: of constants, and of what a scan found.

use std::borrow::Cow;
use std::cmp::Ordering;

use distributary_change as change;
use distributary_scan::{Found, Kind, NumberKey};

/// A value that can be looked up and compared without decoding it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Seen<'a> {
    Null,
    Bool(bool),
    Number(NumberKey),
    /// UTF-8: its order is that of the text.
    Text(Cow<'a, [u8]>),
}

impl Seen<'static> {
    /// A constant; `None` for types that only the reference evaluator compares.
    pub(crate) fn constant(value: &change::Value) -> Option<Self> {
        Some(match value {
            change::Value::Null => Seen::Null,
            change::Value::Bool(bool) => Seen::Bool(*bool),
            change::Value::Number(number) => Seen::Number(NumberKey::of(number)),
            change::Value::String(text) => Seen::Text(text.clone().into_bytes().into()),
            _ => return None,
        })
    }
}

impl<'r> Seen<'r> {
    /// What was found; `None` where it is nothing, or of a type that equals no constant here.
    pub(crate) fn of(found: Found, bytes: &'r [u8]) -> Option<Self> {
        Some(match found.kind {
            Kind::Null => Seen::Null,
            Kind::True => Seen::Bool(true),
            Kind::False => Seen::Bool(false),
            Kind::Number => Seen::Number(NumberKey::read(found.range.of(bytes))?),
            Kind::String => Seen::Text(found.text(bytes)?),
            _ => return None,
        })
    }
}

impl Seen<'_> {
    /// How two values stand to each other, where they have an order.
    pub(crate) fn order(&self, other: &Seen<'_>) -> Option<Ordering> {
        match (self, other) {
            (Seen::Number(a), Seen::Number(b)) => Some(a.cmp(b)),
            (Seen::Text(a), Seen::Text(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

/// Whether two attributes that are there are equal. Most that are were not touched by the change,
/// so their bytes are.
pub(crate) fn equal(a: Found, b: Found, bytes: &[u8]) -> bool {
    if a.kind != b.kind {
        return false;
    }
    let (left, right) = (a.range.of(bytes), b.range.of(bytes));
    match a.kind {
        _ if left == right => true,
        Kind::Null => true,
        Kind::True | Kind::False | Kind::Binary | Kind::Absent => false,
        Kind::Number | Kind::String => Seen::of(a, bytes) == Seen::of(b, bytes),
        Kind::List | Kind::Map | Kind::StringSet | Kind::NumberSet | Kind::BinarySet => {
            a.value(bytes) == b.value(bytes)
        }
    }
}

/// How two attributes stand to each other, where they have an order.
pub(crate) fn order(a: Found, b: Found, bytes: &[u8]) -> Option<Ordering> {
    if (a.kind, b.kind) == (Kind::Binary, Kind::Binary) {
        return match (a.value(bytes)?, b.value(bytes)?) {
            (change::Value::Binary(a), change::Value::Binary(b)) => Some(a.cmp(&b)),
            _ => None,
        };
    }
    Seen::of(a, bytes)?.order(&Seen::of(b, bytes)?)
}
