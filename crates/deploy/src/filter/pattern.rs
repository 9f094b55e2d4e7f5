//! Demands as the text of a pattern.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::alternatives::{Demands, Field};
use super::matchers::Matchers;

/// What is demanded outside of `dynamodb`: `$or` stands inside of it.
pub(crate) fn envelope(demands: &Demands) -> BTreeMap<&Field, &Matchers> {
    demands.0.iter().filter(|(field, _)| !field.is_of_change()).collect()
}

/// Alternatives of one envelope as one pattern.
pub(crate) fn pattern(together: &[Demands]) -> String {
    let Some(first) = together.first() else { return String::new() };
    let of_change =
        |demands: &Demands| tree(demands.0.iter().filter(|(field, _)| field.is_of_change()), 1);
    let mut pattern = tree(envelope(first), 0);
    let either: Vec<Value> = together.iter().map(of_change).collect();
    let change = match either.as_slice() {
        [Value::Object(only)] if only.is_empty() => None,
        [only] => Some(only.clone()),
        _ => Some(serde_json::json!({ "$or": either })),
    };
    if let (Value::Object(pattern), Some(change)) = (&mut pattern, change) {
        pattern.insert("dynamodb".to_owned(), change);
    }
    pattern.to_string()
}

/// The demands as objects within each other, without this many of the outer steps.
fn tree<'d>(demands: impl IntoIterator<Item = (&'d Field, &'d Matchers)>, skip: usize) -> Value {
    let mut root = Map::new();
    for (field, matchers) in demands {
        let Some((last, path)) = field.steps.split_last() else { continue };
        let mut node = Some(&mut root);
        for step in path.iter().skip(skip) {
            let inner = node
                .map(|node| node.entry(step.clone()).or_insert_with(|| Value::Object(Map::new())));
            node = inner.and_then(Value::as_object_mut);
        }
        if let Some(node) = node {
            node.insert(last.clone(), matchers.to_json());
        }
    }
    Value::Object(root)
}

/// In UTF-16 units, of which there are never fewer than characters.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}
