//! What can differ from record to record: attributes, keys, and fields of the event.

use distributary_change::{Image, Item, Record, UserIdentity, Value};
use distributary_rules::EventField;
use distributary_syntax::ast::Step;

/// Where an attribute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Old,
    New,
    Keys,
}

/// The name of one thing that can differ.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// The way to an attribute, with at least one step.
    Attribute(Side, Vec<Step>),
    /// `event.table`, `event.region`, `event.account` or `event.expired`.
    Event(EventField),
}

/// What two things that can differ have to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// The second is inside of the first, which then is a map.
    InMap,
    /// The second is inside of the first, which then is a list.
    InList,
    /// The first is an element before the one that the second is or is in: lists have no holes.
    Before,
    /// They cannot both be there: what one is in would be a list and a map.
    Apart,
    /// A key attribute, and the same attribute of an image.
    SameKey,
}

impl Key {
    /// How this one limits the other.
    pub(crate) fn relation(&self, other: &Key) -> Option<Relation> {
        let (Key::Attribute(side, steps), Key::Attribute(other_side, others)) = (self, other)
        else {
            return None;
        };
        if side != other_side {
            return (*side == Side::Keys && steps == others).then_some(Relation::SameKey);
        }
        let parting = steps.iter().zip(others).position(|(a, b)| a != b);
        match parting {
            None => match others.get(steps.len())? {
                Step::Key(_) => Some(Relation::InMap),
                Step::Index(_) => Some(Relation::InList),
            },
            Some(place) => match (steps.get(place)?, others.get(place)?) {
                (Step::Index(a), Step::Index(b)) if a < b && steps.len() == place + 1 => {
                    Some(Relation::Before)
                }
                (Step::Key(_), Step::Index(_)) => Some(Relation::Apart),
                _ => None,
            },
        }
    }

    /// Whether there can be such a value there.
    pub(crate) fn allows(&self, value: Option<&Value>, declared: bool) -> bool {
        match self {
            Key::Attribute(Side::Old | Side::New, _) => true,
            Key::Attribute(Side::Keys, _) => match value {
                None => !declared,
                Some(Value::String(text)) => !text.is_empty(),
                Some(Value::Binary(bytes)) => !bytes.is_empty(),
                Some(value) => matches!(value, Value::Number(_)),
            },
            Key::Event(EventField::Expired) => matches!(value, Some(Value::Bool(_))),
            Key::Event(_) => matches!(value, Some(Value::String(text)) if !text.is_empty()),
        }
    }

    /// Puts a value into a record.
    pub(crate) fn put(&self, value: Option<&Value>, record: &mut Record) {
        match (self, value) {
            (Key::Attribute(Side::Keys, steps), value) => {
                let Record { keys, old, new, .. } = record;
                let images = [old, new].into_iter().filter_map(present);
                images.chain([keys]).for_each(|item| put(item, steps, value));
            }
            (Key::Attribute(Side::Old, steps), value) => {
                present(&mut record.old).into_iter().for_each(|item| put(item, steps, value));
            }
            (Key::Attribute(Side::New, steps), value) => {
                present(&mut record.new).into_iter().for_each(|item| put(item, steps, value));
            }
            (Key::Event(EventField::Expired), value) => {
                let expired = value == Some(&Value::Bool(true));
                record.identity = expired.then(|| UserIdentity {
                    kind: "Service".to_owned(),
                    principal: "dynamodb.amazonaws.com".to_owned(),
                });
            }
            (Key::Event(EventField::Table), Some(Value::String(text))) => {
                record.table.clone_from(text);
            }
            (Key::Event(EventField::Region), Some(Value::String(text))) => {
                record.region.clone_from(text);
            }
            (Key::Event(EventField::Account), Some(Value::String(text))) => {
                record.account.clone_from(text);
            }
            (Key::Event(_), _) => {}
        }
    }

    /// The way to it, for an attribute.
    pub(crate) fn steps(&self) -> Option<&[Step]> {
        match self {
            Key::Attribute(_, steps) => Some(steps),
            Key::Event(_) => None,
        }
    }

    /// How many steps lead to it: what contains others is put first.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Key::Attribute(_, steps) => steps.len(),
            Key::Event(_) => 0,
        }
    }

    /// Whether it is this attribute of this image, or in it.
    pub(crate) fn is_of(&self, side: Side, name: &str) -> bool {
        let in_image = |of: &Side| *of == side || *of == Side::Keys;
        matches!(self, Key::Attribute(of, _) if in_image(of)) && self.attribute() == Some(name)
    }

    /// The name of the attribute of the item that it is or is in.
    pub(crate) fn attribute(&self) -> Option<&str> {
        match self {
            Key::Attribute(_, steps) => match steps.first()? {
                Step::Key(name) => Some(name),
                Step::Index(_) => None,
            },
            Key::Event(_) => None,
        }
    }
}

fn present(image: &mut Image) -> Option<&mut Item> {
    match image {
        Image::Present(item) => Some(item),
        Image::Absent | Image::Omitted => None,
    }
}

/// Puts a value at the end of the steps, or takes away what the first of them leads to.
fn put(item: &mut Item, steps: &[Step], value: Option<&Value>) {
    let Some((Step::Key(name), rest)) = steps.split_first() else { return };
    match value {
        Some(value) => {
            let place = item.entry(name.clone()).or_insert(Value::Null);
            fill(place, rest, value);
        }
        None if rest.is_empty() => {
            item.shift_remove(name);
        }
        None => {}
    }
}

/// Makes the containers that the steps need. Elements before the one that is meant are NULL unless
/// something else is put there.
fn fill(place: &mut Value, steps: &[Step], value: &Value) {
    let Some((step, rest)) = steps.split_first() else {
        value.clone_into(place);
        return;
    };
    match step {
        Step::Key(name) => {
            if !matches!(place, Value::Map(_)) {
                *place = Value::Map(Item::new());
            }
            if let Value::Map(map) = place {
                fill(map.entry(name.clone()).or_insert(Value::Null), rest, value);
            }
        }
        Step::Index(index) => {
            let index = *index as usize;
            if !matches!(place, Value::List(_)) {
                *place = Value::List(Vec::new());
            }
            if let Value::List(list) = place {
                if list.len() <= index {
                    list.resize(index + 1, Value::Null);
                }
                if let Some(element) = list.get_mut(index) {
                    fill(element, rest, value);
                }
            }
        }
    }
}
