//! Schemas from captured items: one for each entity type, with what all of its items have in
//! common.

mod discriminator;
mod shape;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use distributary_change::{Image, Item, Record, Value};

use shape::Fields;

/// What is known about a table from its items.
#[derive(Debug, Default)]
pub(crate) struct Inference {
    items: Vec<Item>,
    /// The names of the key attributes.
    keys: BTreeSet<String>,
}

impl Inference {
    /// Takes the images of a change into account.
    pub(crate) fn add(&mut self, record: Record) {
        self.keys.extend(record.keys.into_keys());
        for image in [record.old, record.new] {
            if let Image::Present(item) = image {
                self.items.push(item);
            }
        }
    }

    /// The declarations, each item conforming to one of them; nothing for no items.
    pub(crate) fn declarations(&self) -> String {
        let discriminator = discriminator::find(&self.items, &self.keys);
        let mut types: BTreeMap<Option<&str>, Fields> = BTreeMap::new();
        for item in &self.items {
            let entity = match discriminator.and_then(|name| item.get(name)) {
                Some(Value::String(entity)) => Some(entity.as_str()),
                _ => None,
            };
            types.entry(entity).or_default().add(item);
        }
        write::declarations(discriminator, &types)
    }
}
