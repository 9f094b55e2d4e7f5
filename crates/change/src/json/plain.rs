//! Plain JSON: what rules send, and what people write.
//!
//! Reading knows six of DynamoDB's ten types; sets and binary come back as the arrays and strings
//! that they were written as.

use super::{
    deeper, read_elements, read_object, write_binary, write_members, write_object, write_string,
};
use crate::fault::Fault;
use crate::layer::{self, Layer};
use crate::number::Number;
use crate::value::{Item, Value};

/// Reads any JSON value; numbers keep their digits.
///
/// # Errors
/// For what is not JSON, a name that is there twice, a number that DynamoDB cannot hold, and more
/// than 64 levels of nesting.
pub fn read(json: &[u8]) -> Result<Value, Fault> {
    value(layer::text(json)?, 0)
}

/// Reads an object.
///
/// # Errors
/// As [`read`], and for any other value.
pub fn read_item(json: &[u8]) -> Result<Item, Fault> {
    read_object(Layer::open(layer::text(json)?)?.object()?, |text| value(text, 0))
}

fn value(text: &str, depth: usize) -> Result<Value, Fault> {
    Ok(match Layer::open(text)? {
        Layer::Null => Value::Null,
        Layer::Bool(bool) => Value::Bool(bool),
        Layer::Number(digits) => Value::Number(Number::parse(digits).map_err(Fault::new)?),
        Layer::String(text) => Value::String(text.into_owned()),
        Layer::Array(elements) => {
            let depth = deeper(depth)?;
            let elements = read_elements(elements, |text| value(text, depth));
            Value::List(elements.collect::<Result<_, _>>()?)
        }
        Layer::Object(members) => {
            let depth = deeper(depth)?;
            Value::Map(read_object(members, |text| value(text, depth))?)
        }
    })
}

/// Writes a value: numbers as JSON numbers with their own digits, sets as sorted arrays, binary as
/// base64 text.
pub fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend(b"null"),
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
}

/// Writes an item as an object, in its own order.
pub fn write_item(item: &Item, out: &mut Vec<u8>) {
    write_object(item, out, write);
}

fn write_number(number: &Number, out: &mut Vec<u8>) {
    out.extend(number.to_json_text().bytes());
}
