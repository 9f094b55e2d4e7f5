//! Which attribute says what an item is.

use std::collections::{BTreeMap, BTreeSet};

use distributary_change::{Item, Value};

/// What such attributes are called, in lower case and without `_`: by hand, and by the libraries
/// that put several entities into one table.
const USUAL: [&str; 13] = [
    "entitytype",
    "entity",
    "type",
    "itemtype",
    "objecttype",
    "recordtype",
    "modeltype",
    "model",
    "kind",
    "typename",
    "et",
    "edbe",
    "class",
];

/// More entity types than this in one table are no entity types.
const MOST: usize = 64;

/// An attribute that is a text in every item and has few values: one with a usual name, or else the
/// only way to tell apart items that have different attributes. Keys tell items apart, not types.
pub(super) fn find<'i>(items: &'i [Item], keys: &BTreeSet<String>) -> Option<&'i str> {
    let first = items.first()?;
    let names = first.keys().filter(|name| !keys.contains(*name)).map(String::as_str);
    let candidates: Vec<(&str, BTreeSet<&str>)> =
        names.filter_map(|name| Some((name, values(items, name)?))).collect();
    let rank = |name: &str| {
        let plain = name.replace('_', "").to_lowercase();
        USUAL.iter().position(|usual| *usual == plain)
    };
    let usual = candidates.iter().filter_map(|(name, _)| Some((rank(name)?, *name))).min();
    if let Some((_, name)) = usual {
        return Some(name);
    }
    let mut telling = candidates.iter().filter(|(name, values)| {
        values.len() > 1 && values.len() * 2 <= items.len() && tells_apart(items, name)
    });
    let (name, _) = telling.next()?;
    telling.next().is_none().then_some(name)
}

/// The values of an attribute that every item has as a text, if they are few.
fn values<'i>(items: &'i [Item], name: &str) -> Option<BTreeSet<&'i str>> {
    let mut values = BTreeSet::new();
    for item in items {
        let Some(Value::String(text)) = item.get(name) else { return None };
        values.insert(text.as_str());
        if values.len() > MOST {
            return None;
        }
    }
    Some(values)
}

/// Whether items with different values of it never have the same attributes.
fn tells_apart(items: &[Item], name: &str) -> bool {
    let mut of: BTreeMap<Vec<&str>, &Value> = BTreeMap::new();
    items.iter().all(|item| {
        let attributes = item.keys().map(String::as_str).collect();
        item.get(name).is_none_or(|value| *of.entry(attributes).or_insert(value) == value)
    })
}
