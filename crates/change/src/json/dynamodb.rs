//! DynamoDB JSON: every value under the name of its type, as in `{"S": "text"}`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{
    deeper, read_elements, read_object, write_binary, write_members, write_object, write_string,
};
use crate::fault::Fault;
use crate::layer::{self, Layer};
use crate::number::Number;
use crate::value::{Item, Value};

/// Reads one attribute value, such as `{"N": "1.50"}`.
///
/// # Errors
/// For what DynamoDB cannot write: what is not JSON, an unknown type, a number that it cannot hold,
/// bad base64, `{"NULL": false}`, an empty set or one with a member twice, a name that is there
/// twice, half of a surrogate pair, and more than 64 levels of nesting.
pub fn read(json: &[u8]) -> Result<Value, Fault> {
    value(layer::text(json)?, 0)
}

/// Reads an item: attribute values by name.
///
/// # Errors
/// As [`read`].
pub fn read_item(json: &[u8]) -> Result<Item, Fault> {
    item(layer::text(json)?)
}

pub(crate) fn item(text: &str) -> Result<Item, Fault> {
    map(text, 0)
}

fn map(text: &str, depth: usize) -> Result<Item, Fault> {
    read_object(Layer::open(text)?.object()?, |text| value(text, depth))
}

fn value(text: &str, depth: usize) -> Result<Value, Fault> {
    let members = match Layer::open(text)? {
        Layer::Object(members) => members,
        other => return Err(other.instead_of("an attribute value such as `{\"S\": \"text\"}`")),
    };
    let [(tag, text)] = members.as_slice() else {
        return Err(Fault::new(format_args!(
            "has {} members, where an attribute value has one, as in `{{\"S\": \"text\"}}`",
            members.len()
        )));
    };
    tagged(tag, text, depth).map_err(|fault| fault.under(tag))
}

fn tagged(tag: &str, text: &str, depth: usize) -> Result<Value, Fault> {
    Ok(match tag {
        "S" => Value::String(string(text)?),
        "N" => Value::Number(number(text)?),
        "B" => Value::Binary(binary(text)?),
        "BOOL" => match Layer::open(text)? {
            Layer::Bool(bool) => Value::Bool(bool),
            other => return Err(other.instead_of("`true` or `false`")),
        },
        "NULL" => match Layer::open(text)? {
            Layer::Bool(true) => Value::Null,
            _ => return Err(Fault::new("is not `true`, the only value that it has")),
        },
        "L" => {
            let depth = deeper(depth)?;
            let elements = read_elements(Layer::open(text)?.array()?, |text| value(text, depth));
            Value::List(elements.collect::<Result<_, _>>()?)
        }
        "M" => Value::Map(map(text, deeper(depth)?)?),
        "SS" => Value::StringSet(set(text, string)?),
        "NS" => Value::NumberSet(set(text, number)?),
        "BS" => Value::BinarySet(set(text, binary)?),
        _ => {
            return Err(Fault::new(
                "is none of the types S, N, B, BOOL, NULL, L, M, SS, NS and BS",
            ));
        }
    })
}

fn string(text: &str) -> Result<String, Fault> {
    Layer::open(text)?.string().map(Cow::into_owned)
}

fn number(text: &str) -> Result<Number, Fault> {
    match Layer::open(text)? {
        Layer::String(digits) => Number::parse(&digits).map_err(Fault::new),
        other => Err(other.instead_of("a string of digits")),
    }
}

fn binary(text: &str) -> Result<Vec<u8>, Fault> {
    let encoded = Layer::open(text)?.string()?;
    STANDARD.decode(encoded.as_bytes()).map_err(|_| Fault::new("is not base64"))
}

/// A set as DynamoDB can hold it. It refuses both an empty one and a member that is there twice, so
/// a text with either was not written by it; to drop the second member would choose one of two
/// spellings of a number.
fn set<T: Ord>(text: &str, read: fn(&str) -> Result<T, Fault>) -> Result<BTreeSet<T>, Fault> {
    let mut set = BTreeSet::new();
    for (index, member) in read_elements(Layer::open(text)?.array()?, read).enumerate() {
        if !set.insert(member?) {
            return Err(Fault::new("is in the set twice").at(index));
        }
    }
    if set.is_empty() {
        Err(Fault::new("is an empty set, which DynamoDB does not hold"))
    } else {
        Ok(set)
    }
}

/// Writes one attribute value; numbers have their own digits, and sets are sorted.
pub fn write(value: &Value, out: &mut Vec<u8>) {
    out.push(b'{');
    write_string(value.type_name(), out);
    out.push(b':');
    match value {
        Value::Null => out.extend(b"true"),
        Value::Bool(bool) => out.extend(bool.to_string().bytes()),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_string(text, out),
        Value::Binary(bytes) => write_binary(bytes, out),
        Value::List(list) => write_members(*b"[]", list, out, write),
        Value::Map(map) => write_item(map, out),
        Value::StringSet(set) => {
            write_members(*b"[]", set, out, |text, out| write_string(text, out))
        }
        Value::NumberSet(set) => write_members(*b"[]", set, out, write_number),
        Value::BinarySet(set) => {
            write_members(*b"[]", set, out, |bytes, out| write_binary(bytes, out))
        }
    }
    out.push(b'}');
}

/// Writes an item, in its own order.
pub fn write_item(item: &Item, out: &mut Vec<u8>) {
    write_object(item, out, write);
}

fn write_number(number: &Number, out: &mut Vec<u8>) {
    write_string(number.as_str(), out);
}
