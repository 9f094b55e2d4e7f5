//! What functions make of their arguments.

use std::net::IpAddr;

use distributary_change::{Decimal, Number, Value};
use hmac::{Hmac, Mac};
use ipnet::IpNet;
use sha2::{Digest, Sha256};

use super::{Scene, Seen};
use crate::function::Function;
use crate::hash::hexadecimal;
use crate::term::Term;

impl<'a> Scene<'a> {
    pub(super) fn call(&self, function: Function, arguments: &'a [Term]) -> Seen<'a> {
        let arguments: Vec<Seen<'a>> = arguments.iter().map(|a| self.value(a)).collect();
        let value = match (function, arguments.as_slice()) {
            (Function::Len, [of]) => length(of),
            (Function::Lower, [text]) => string(text).map(|text| Seen::text(&mapped(text, lower))),
            (Function::Upper, [text]) => string(text).map(|text| Seen::text(&mapped(text, upper))),
            (Function::Number, [of]) => number(of),
            (Function::String, [of]) => spelled(of),
            (Function::Abs, [number]) => number.decimal().map(|number| {
                Seen::Number(if *number < Decimal::from(0) { -number } else { number.clone() })
            }),
            (Function::Cidr, [address, network]) => within(address, network),
            (Function::Sha256, [of]) => {
                bytes(of).map(|bytes| Seen::text(&hexadecimal(&Sha256::digest(bytes))))
            }
            (Function::Hmac, [of, key]) => keyed(of, key),
            (Function::Join, [list, separator]) => joined(list, separator),
            _ => None,
        };
        value.unwrap_or(Seen::Unknown)
    }
}

fn string<'s>(seen: &'s Seen<'_>) -> Option<&'s str> {
    match seen.value() {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn bytes<'s>(seen: &'s Seen<'_>) -> Option<&'s [u8]> {
    match seen.value()? {
        Value::String(text) => Some(text.as_bytes()),
        Value::Binary(bytes) => Some(bytes),
        _ => None,
    }
}

fn length<'a>(of: &Seen<'_>) -> Option<Seen<'a>> {
    let length = match of.value()? {
        Value::String(text) => text.chars().count(),
        Value::Binary(bytes) => bytes.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        Value::StringSet(set) => set.len(),
        Value::NumberSet(set) => set.len(),
        Value::BinarySet(set) => set.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => return None,
    };
    i64::try_from(length).ok().map(|length| Seen::Number(Decimal::from(length)))
}

/// Character by character, whatever the language: one that would become several stays.
fn mapped(text: &str, map: impl Fn(char) -> Option<char>) -> String {
    text.chars().map(|character| map(character).unwrap_or(character)).collect()
}

fn lower(character: char) -> Option<char> {
    only(character.to_lowercase())
}

fn upper(character: char) -> Option<char> {
    only(character.to_uppercase())
}

fn only(mut characters: impl Iterator<Item = char>) -> Option<char> {
    characters.next().filter(|_| characters.next().is_none())
}

fn number<'a>(of: &Seen<'a>) -> Option<Seen<'a>> {
    if of.decimal().is_some() {
        return Some(of.clone());
    }
    Number::parse(string(of)?).ok().map(|number| Seen::owned(Value::Number(number)))
}

fn spelled<'a>(of: &Seen<'_>) -> Option<Seen<'a>> {
    let plain = matches!(of.value(), Some(Value::String(_) | Value::Bool(_)));
    (plain || of.decimal().is_some()).then(|| of.written().map(|text| Seen::text(&text)))?
}

fn within<'a>(address: &Seen<'_>, network: &Seen<'_>) -> Option<Seen<'a>> {
    let address: IpAddr = string(address)?.parse().ok()?;
    let network: IpNet = string(network)?.parse().ok()?;
    Some(Seen::owned(Value::Bool(network.contains(&address))))
}

fn keyed<'a>(of: &Seen<'_>, key: &Seen<'_>) -> Option<Seen<'a>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(bytes(key)?).ok()?;
    mac.update(bytes(of)?);
    Some(Seen::text(&hexadecimal(&mac.finalize().into_bytes())))
}

fn joined<'a>(list: &Seen<'_>, separator: &Seen<'_>) -> Option<Seen<'a>> {
    let texts: Vec<String> = match list.value()? {
        Value::List(list) => list
            .iter()
            .map(|member| match member {
                Value::String(_) | Value::Number(_) => Seen::borrowed(member).written(),
                _ => None,
            })
            .collect::<Option<_>>()?,
        Value::StringSet(set) => set.iter().cloned().collect(),
        Value::NumberSet(set) => set.iter().map(|number| number.as_str().to_owned()).collect(),
        _ => return None,
    };
    Some(Seen::text(&texts.join(string(separator)?)))
}
