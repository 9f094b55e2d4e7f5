//! What values have in common.

use std::collections::{BTreeMap, BTreeSet};

use distributary_change::{Item, Value};

/// More different texts than this are no enumeration.
const MOST_TEXTS: usize = 8;

/// A map with more different keys than this is a dictionary, whose keys say nothing.
const MOST_KEYS: usize = 64;

/// The attributes of maps, or of items of one type.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// How many maps there were.
    pub(super) maps: usize,
    /// By name, in the order of the names.
    pub(super) fields: BTreeMap<String, Shape>,
}

/// What the values in one place have in common.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// How many values there were.
    pub(super) count: usize,
    /// How many of them were texts.
    texts: usize,
    /// Different texts; none when they are too many, or one of them is no word.
    different: Option<BTreeSet<String>>,
    /// The simple types, sets among them, as a schema writes them.
    pub(super) simple: BTreeSet<&'static str>,
    /// What the elements of lists have in common.
    pub(super) elements: Option<Box<Shape>>,
    /// What maps have in common.
    pub(super) map: Option<Fields>,
}

impl Fields {
    pub(super) fn add(&mut self, item: &Item) {
        self.maps += 1;
        for (name, value) in item {
            self.fields.entry(name.clone()).or_default().add(value);
        }
    }

    /// Whether its keys are data rather than names.
    pub(super) fn is_dictionary(&self) -> bool {
        self.fields.is_empty() || self.fields.len() > MOST_KEYS
    }
}

impl Shape {
    fn add(&mut self, value: &Value) {
        self.count += 1;
        let simple = match value {
            Value::String(text) => return self.add_text(text),
            Value::List(elements) => {
                let shape = self.elements.get_or_insert_default();
                return elements.iter().for_each(|element| shape.add(element));
            }
            Value::Map(map) => return self.map.get_or_insert_default().add(map),
            Value::Number(_) => "number",
            Value::Binary(_) => "binary",
            Value::Bool(_) => "bool",
            Value::Null => "null",
            Value::StringSet(_) => "set<string>",
            Value::NumberSet(_) => "set<number>",
            Value::BinarySet(_) => "set<binary>",
        };
        self.simple.insert(simple);
    }

    fn add_text(&mut self, text: &str) {
        if self.texts == 0 {
            self.different = Some(BTreeSet::new());
        }
        self.texts += 1;
        if let Some(different) = &mut self.different {
            different.insert(text.to_owned());
            if different.len() > MOST_TEXTS || !is_word(text) {
                self.different = None;
            }
        }
    }

    /// Whether there were texts.
    pub(super) fn has_texts(&self) -> bool {
        self.texts > 0
    }

    /// The texts, where they are few and come again and again: an enumeration.
    pub(super) fn enumeration(&self) -> Option<&BTreeSet<String>> {
        self.different
            .as_ref()
            .filter(|different| different.len() > 1 && self.texts >= 3 * different.len())
    }
}

/// Whether a text may be a member of an enumeration: `Paid`, `invoice.export`. Identifiers have
/// digits, prose has blanks, addresses have `@`.
fn is_word(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-' | '.');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(part)
}
