//! What was found where an attribute is wanted.

use std::borrow::Cow;

use distributary_change::json::dynamodb;
use distributary_change::{Number, Value};

use crate::Range;
use crate::cursor::unescape;

/// An attribute, or that it is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Its type.
    pub kind: Kind,
    /// Whether it is a string with escapes in it.
    pub escaped: bool,
    /// What its type's name stands before: without the quotes of a string, with the brackets of a
    /// container.
    pub range: Range,
}

/// DynamoDB's types, with booleans by their value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// There is no such attribute.
    #[default]
    Absent,
    /// `NULL`
    Null,
    /// `BOOL`, which is true.
    True,
    /// `BOOL`, which is false.
    False,
    /// `N`
    Number,
    /// `S`
    String,
    /// `B`
    Binary,
    /// `L`
    List,
    /// `M`
    Map,
    /// `SS`
    StringSet,
    /// `NS`
    NumberSet,
    /// `BS`
    BinarySet,
}

impl Found {
    /// The text of a string, from the bytes of the record. `None` for any other type.
    #[must_use]
    pub fn text<'r>(&self, bytes: &'r [u8]) -> Option<Cow<'r, [u8]>> {
        let inside = self.range.of(bytes);
        match self.kind {
            Kind::String if self.escaped => Some(Cow::Owned(unescape(inside)?.into_bytes())),
            Kind::String => Some(Cow::Borrowed(inside)),
            _ => None,
        }
    }

    /// The value, from the bytes of the record; `None` where there is none.
    #[must_use]
    pub fn value(&self, bytes: &[u8]) -> Option<Value> {
        let inside = std::str::from_utf8(self.range.of(bytes)).ok()?;
        let quote = if self.kind == Kind::Binary { "\"" } else { "" };
        Some(match self.kind {
            Kind::Absent => return None,
            Kind::Null => Value::Null,
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Number => Value::Number(Number::parse(inside).ok()?),
            Kind::String => {
                let text =
                    if self.escaped { unescape(inside.as_bytes())? } else { inside.to_owned() };
                Value::String(text)
            }
            kind => {
                let name = kind.name();
                let text = ["{\"", name, "\":", quote, inside, quote, "}"].concat();
                dynamodb::read(text.as_bytes()).ok()?
            }
        })
    }
}

impl Kind {
    /// Its name in DynamoDB JSON; none of what is absent.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Absent => "",
            Kind::Null => "NULL",
            Kind::True | Kind::False => "BOOL",
            Kind::Number => "N",
            Kind::String => "S",
            Kind::Binary => "B",
            Kind::List => "L",
            Kind::Map => "M",
            Kind::StringSet => "SS",
            Kind::NumberSet => "NS",
            Kind::BinarySet => "BS",
        }
    }

    /// The type of this name in DynamoDB JSON. Of a boolean the value is still to be read.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"S" => Kind::String,
            b"N" => Kind::Number,
            b"B" => Kind::Binary,
            b"BOOL" => Kind::True,
            b"NULL" => Kind::Null,
            b"L" => Kind::List,
            b"M" => Kind::Map,
            b"SS" => Kind::StringSet,
            b"NS" => Kind::NumberSet,
            b"BS" => Kind::BinarySet,
            _ => return None,
        })
    }
}
