//! A part of a payload: what an expectation writes of it.

use std::borrow::Cow;

use distributary_change::Value;
use distributary_change::json::plain;

use crate::json::{Json, Spelling};

/// Plain JSON, whatever the route's format.
pub(super) fn text(json: &Json<'_>) -> String {
    let mut out = Vec::new();
    json.write(Spelling::Plain, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether a payload has everything that is in a part of it.
pub(super) fn has_part(payload: &str, part: &Value) -> bool {
    let read = |json: &str| plain::read(json.as_bytes());
    let part = text(&Json::Value(Cow::Borrowed(part)));
    matches!((read(payload), read(&part)), (Ok(payload), Ok(part)) if holds(&payload, &part))
}

fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Map(whole), Value::Map(part)) => {
            part.iter().all(|(name, part)| whole.get(name).is_some_and(|whole| holds(whole, part)))
        }
        (Value::List(whole), Value::List(part)) => {
            whole.len() == part.len()
                && whole.iter().zip(part).all(|(whole, part)| holds(whole, part))
        }
        _ => whole == part,
    }
}
