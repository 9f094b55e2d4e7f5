//! What Lambda makes of a pattern, as its documentation and that of EventBridge say: small, and
//! apart from what derives patterns, so that the one can be held against the other.
//!
//! Fields are joined by `and`, the members of an array and of `$or` by `or`. A path goes through the
//! elements of arrays; all that is asked behind one array is asked of the same element. Operators
//! work on leaves alone. A field that is not there passes `exists: false` and nothing else.

use serde_json::{Map, Value};

/// A pattern that Lambda would take.
#[derive(Debug, Clone)]
pub struct Pattern(Map<String, Value>);

impl Pattern {
    /// Reads a pattern; `None` for what is none, or asks with an operator that Lambda's table does
    /// not list.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let Ok(Value::Object(pattern)) = serde_json::from_str(text) else { return None };
        is_pattern(&pattern).then_some(Pattern(pattern))
    }

    /// Whether a record, as JSON, passes.
    #[must_use]
    pub fn passes(&self, record: &Value) -> bool {
        object(&self.0, Some(record))
    }
}

fn is_pattern(pattern: &Map<String, Value>) -> bool {
    !pattern.is_empty()
        && pattern.iter().all(|(name, value)| match value {
            Value::Object(inner) => is_pattern(inner),
            Value::Array(either) if name == "$or" => {
                either.len() > 1 && either.iter().all(|p| p.as_object().is_some_and(is_pattern))
            }
            Value::Array(matchers) => !matchers.is_empty() && matchers.iter().all(is_matcher),
            _ => false,
        })
}

fn is_matcher(matcher: &Value) -> bool {
    let Value::Object(operator) = matcher else { return !matcher.is_array() };
    let mut members = operator.iter();
    let (Some((name, value)), None) = (members.next(), members.next()) else { return false };
    match name.as_str() {
        "prefix" | "suffix" => value.as_str().is_some_and(|text| !text.is_empty()),
        "exists" => value.is_boolean(),
        "anything-but" => {
            value.as_array().is_some_and(|not| !not.is_empty() && not.iter().all(Value::is_string))
        }
        _ => false,
    }
}

fn object(pattern: &Map<String, Value>, node: Option<&Value>) -> bool {
    if let Some(Value::Array(elements)) = node {
        return elements.iter().any(|element| object(pattern, Some(element)))
            || object(pattern, None) && elements.is_empty();
    }
    pattern.iter().all(|(name, asked)| match asked {
        Value::Array(either) if name == "$or" => {
            either.iter().any(|p| p.as_object().is_some_and(|p| object(p, node)))
        }
        Value::Object(inner) => object(inner, node.and_then(|node| node.get(name))),
        Value::Array(matchers) => {
            let leaf = node.and_then(|node| node.get(name));
            matchers.iter().any(|matcher| takes(matcher, leaf))
        }
        _ => false,
    })
}

pub(super) fn takes(matcher: &Value, leaf: Option<&Value>) -> bool {
    let leaf = leaf.filter(|leaf| !leaf.is_object());
    if let Some(Value::Array(elements)) = leaf {
        let scalars = || elements.iter().filter(|element| !element.is_object());
        return match matcher.get("exists").and_then(Value::as_bool) {
            Some(exists) => exists == (scalars().count() > 0),
            None => scalars().any(|element| takes(matcher, Some(element))),
        };
    }
    let Value::Object(operator) = matcher else { return leaf == Some(matcher) };
    let text = leaf.and_then(Value::as_str);
    let holds = |(name, value): (&String, &Value)| match (name.as_str(), value) {
        ("exists", Value::Bool(exists)) => *exists == leaf.is_some(),
        ("prefix", Value::String(prefix)) => text.is_some_and(|t| t.starts_with(prefix)),
        ("suffix", Value::String(suffix)) => text.is_some_and(|t| t.ends_with(suffix)),
        ("anything-but", Value::Array(not)) => leaf.is_some_and(|leaf| !not.contains(leaf)),
        _ => false,
    };
    operator.iter().all(holds)
}
