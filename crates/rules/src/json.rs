//! What leaves, as a tree, and how it is written.

use std::borrow::Cow;

use distributary_change::json::{dynamodb, plain, write_string};
use distributary_change::{Decimal, Value};
use indexmap::IndexMap;

/// A payload or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<'a> {
    Value(Cow<'a, Value>),
    /// It was reckoned, and may have more digits than an attribute.
    Number(Decimal),
    List(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// Names and what stands under them. A later entry of one name takes the place of an earlier one.
pub(crate) type Object<'a> = IndexMap<Cow<'a, str>, Json<'a>>;

/// How values are spelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// Numbers as JSON numbers with their own digits.
    #[default]
    Plain,
    /// Numbers as texts with their own digits.
    NumbersAsText,
    /// DynamoDB JSON: every value under the name of its type.
    Typed,
}

impl<'a> Json<'a> {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Json::Value(Cow::Owned(Value::String(text.into())))
    }

    /// The entries of an object or a map; nothing of what is neither.
    pub(crate) fn into_entries(self) -> Object<'a> {
        match self {
            Json::Object(entries) => entries,
            Json::Value(Cow::Borrowed(Value::Map(map))) => map
                .iter()
                .map(|(name, value)| {
                    (Cow::Borrowed(name.as_str()), Json::Value(Cow::Borrowed(value)))
                })
                .collect(),
            Json::Value(Cow::Owned(Value::Map(map))) => map
                .into_iter()
                .map(|(name, value)| (Cow::Owned(name), Json::Value(Cow::Owned(value))))
                .collect(),
            Json::Value(_) | Json::Number(_) | Json::List(_) => Object::new(),
        }
    }

    /// Writes it as a whole payload. In DynamoDB JSON the outermost object is an item.
    pub(crate) fn write(&self, spelling: Spelling, out: &mut Vec<u8>) {
        match (self, spelling) {
            (Json::Object(entries), _) => write_entries(entries, spelling, out),
            (Json::Value(value), Spelling::Typed) => match value.as_ref() {
                Value::Map(item) => dynamodb::write_item(item, out),
                value => dynamodb::write(value, out),
            },
            _ => self.write_inner(spelling, out),
        }
    }

    fn write_inner(&self, spelling: Spelling, out: &mut Vec<u8>) {
        let typed = spelling == Spelling::Typed;
        match self {
            Json::Value(value) => match spelling {
                Spelling::Plain => plain::write(value, out),
                Spelling::NumbersAsText => write_with_text(value, out),
                Spelling::Typed => dynamodb::write(value, out),
            },
            Json::Number(number) => match spelling {
                Spelling::Plain => out.extend(number.to_string().bytes()),
                Spelling::NumbersAsText => write_string(&number.to_string(), out),
                Spelling::Typed => {
                    out.extend(b"{\"N\":");
                    write_string(&number.to_string(), out);
                    out.push(b'}');
                }
            },
            Json::List(members) => {
                out.extend_from_slice(if typed { b"{\"L\":[" } else { b"[" });
                for (index, member) in members.iter().enumerate() {
                    separate(index, out);
                    member.write_inner(spelling, out);
                }
                out.extend_from_slice(if typed { b"]}" } else { b"]" });
            }
            Json::Object(entries) if typed => {
                out.extend(b"{\"M\":");
                write_entries(entries, spelling, out);
                out.push(b'}');
            }
            Json::Object(entries) => write_entries(entries, spelling, out),
        }
    }
}

fn write_entries(entries: &Object<'_>, spelling: Spelling, out: &mut Vec<u8>) {
    out.push(b'{');
    for (index, (name, entry)) in entries.iter().enumerate() {
        separate(index, out);
        write_string(name, out);
        out.push(b':');
        entry.write_inner(spelling, out);
    }
    out.push(b'}');
}

/// A value with its numbers as texts.
fn write_with_text(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Number(number) => write_string(number.as_str(), out),
        Value::NumberSet(set) => {
            out.push(b'[');
            for (index, number) in set.iter().enumerate() {
                separate(index, out);
                write_string(number.as_str(), out);
            }
            out.push(b']');
        }
        Value::List(list) => {
            out.push(b'[');
            for (index, member) in list.iter().enumerate() {
                separate(index, out);
                write_with_text(member, out);
            }
            out.push(b']');
        }
        Value::Map(map) => {
            out.push(b'{');
            for (index, (name, value)) in map.iter().enumerate() {
                separate(index, out);
                write_string(name, out);
                out.push(b':');
                write_with_text(value, out);
            }
            out.push(b'}');
        }
        other => plain::write(other, out),
    }
}

fn separate(index: usize, out: &mut Vec<u8>) {
    if index > 0 {
        out.push(b',');
    }
}
