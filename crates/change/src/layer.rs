//! JSON one layer at a time: the members of a container stay text until they are asked for.
//!
//! So a fault has an exact place and does not reach beyond its own value, numbers keep their
//! digits, and a name that is there twice is seen. The price is that a text is scanned once per
//! level of nesting.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::fault::Fault;

/// The members of an object in the order of the text. A name may be there twice.
pub(crate) type Members<'a> = Vec<(Cow<'a, str>, &'a str)>;

/// One value; the members of a container are still text.
pub(crate) enum Layer<'a> {
    Null,
    Bool(bool),
    /// Its digits.
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<&'a str>),
    Object(Members<'a>),
}

impl<'a> Layer<'a> {
    /// Opens a JSON text.
    pub(crate) fn open(text: &'a str) -> Result<Self, Fault> {
        match text.trim_ascii_start().bytes().next() {
            Some(b'{') => members(text).map(Layer::Object),
            Some(b'[') => {
                let elements: Vec<&RawValue> = parse(text)?;
                Ok(Layer::Array(elements.into_iter().map(RawValue::get).collect()))
            }
            Some(b'"') => string(parse::<&RawValue>(text)?.get()).map(Layer::String),
            Some(b't' | b'f') => parse(text).map(Layer::Bool),
            Some(b'n') => parse(text).map(|()| Layer::Null),
            None => Err(Fault::new("is empty, where JSON is expected")),
            _ => Ok(Layer::Number(parse::<&RawValue>(text)?.get())),
        }
    }

    /// What it is, for a message about what should be there instead.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Layer::Null => "null",
            Layer::Bool(_) => "a boolean",
            Layer::Number(_) => "a number",
            Layer::String(_) => "a string",
            Layer::Array(_) => "an array",
            Layer::Object(_) => "an object",
        }
    }

    /// The members of an object.
    pub(crate) fn object(self) -> Result<Members<'a>, Fault> {
        match self {
            Layer::Object(members) => Ok(members),
            other => Err(other.instead_of("an object")),
        }
    }

    /// The elements of an array.
    pub(crate) fn array(self) -> Result<Vec<&'a str>, Fault> {
        match self {
            Layer::Array(elements) => Ok(elements),
            other => Err(other.instead_of("an array")),
        }
    }

    /// The text of a string.
    pub(crate) fn string(self) -> Result<Cow<'a, str>, Fault> {
        match self {
            Layer::String(text) => Ok(text),
            other => Err(other.instead_of("a string")),
        }
    }

    pub(crate) fn instead_of(&self, expected: &str) -> Fault {
        Fault::new(format_args!("is {}, where {expected} is expected", self.kind()))
    }
}

/// The text of raw bytes.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|_| Fault::new("is not encoded as UTF-8"))
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(|error| Fault::new(not_json(&error, 1)))
}

/// What a parser found, without its words, in a text that starts on the given line.
pub(crate) fn not_json(error: &serde_json::Error, start: usize) -> String {
    let (line, column) = (error.line(), error.column());
    if error.is_eof() {
        "ends in the middle of its JSON".to_owned()
    } else if line == start {
        format!("is not JSON: it breaks at column {column}")
    } else {
        format!("is not JSON: it breaks at line {line}, column {column}")
    }
}

/// The text of a JSON string that is known to be well-formed.
fn string(quoted: &str) -> Result<Cow<'_, str>, Fault> {
    match quoted.get(1..quoted.len() - 1) {
        Some(inside) if !inside.contains('\\') => Ok(Cow::Borrowed(inside)),
        // Every escape that JSON allows stands for a character, except half of a pair.
        _ => serde_json::from_str(quoted).map(Cow::Owned).map_err(|_| {
            Fault::new("holds half of a surrogate pair (`\\ud800` to `\\udfff`), which is no text")
        }),
    }
}

fn members(text: &str) -> Result<Members<'_>, Fault> {
    let Pairs(pairs) = parse(text)?;
    let mut members = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        let name = string(name.get()).map_err(|_| {
            Fault::new("has a name with half of a surrogate pair in it, which is no text")
        })?;
        members.push((name, value.get()));
    }
    Ok(members)
}

/// The members of an object as they come.
struct Pairs<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}
