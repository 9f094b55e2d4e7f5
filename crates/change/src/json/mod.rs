//! Values and JSON, in the two spellings that people use: DynamoDB JSON (`{"N": "1.50"}`) and plain
//! JSON (`1.50`). Digits are exact in every direction.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::fault::Fault;
use crate::fields::TWICE;
use crate::layer::Members;
use crate::value::{Item, Value};

pub mod dynamodb;
pub mod plain;

/// Levels of lists and maps within each other. DynamoDB allows 32; a text that nests deeper than
/// this is refused, so that no text can exhaust the stack.
const DEEPEST: usize = 64;

fn deeper(depth: usize) -> Result<usize, Fault> {
    if depth < DEEPEST {
        return Ok(depth + 1);
    }
    Err(Fault::new(format_args!("is nested more than {DEEPEST} levels deep; DynamoDB allows 32")))
}

fn read_object(
    members: Members<'_>,
    read: impl Fn(&str) -> Result<Value, Fault>,
) -> Result<Item, Fault> {
    let mut item = Item::with_capacity(members.len());
    for (name, text) in members {
        let value = read(text).map_err(|fault| fault.under(&name))?;
        if item.contains_key(name.as_ref()) {
            return Err(Fault::new(TWICE).under(&name));
        }
        item.insert(name.into_owned(), value);
    }
    Ok(item)
}

fn read_elements<'a, T>(
    elements: Vec<&'a str>,
    read: impl Fn(&'a str) -> Result<T, Fault>,
) -> impl Iterator<Item = Result<T, Fault>> {
    let read = move |(index, text)| read(text).map_err(|fault: Fault| fault.at(index));
    elements.into_iter().enumerate().map(read)
}

/// Writes a JSON string, quotes included.
#[expect(clippy::expect_used, reason = "a string always serialises, and a Vec takes every byte")]
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(out, text).expect("strings serialise");
}

fn write_binary(bytes: &[u8], out: &mut Vec<u8>) {
    write_string(&STANDARD.encode(bytes), out);
}

fn write_object(item: &Item, out: &mut Vec<u8>, write: fn(&Value, &mut Vec<u8>)) {
    write_members(*b"{}", item, out, |(name, value), out| {
        write_string(name, out);
        out.push(b':');
        write(value, out);
    });
}

/// Writes `open`, the members with commas between them, and `close`.
fn write_members<T>(
    [open, close]: [u8; 2],
    members: impl IntoIterator<Item = T>,
    out: &mut Vec<u8>,
    mut write: impl FnMut(T, &mut Vec<u8>),
) {
    out.push(open);
    for (index, member) in members.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(member, out);
    }
    out.push(close);
}
