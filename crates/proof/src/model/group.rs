//! Which attributes have to do with each other.

use std::collections::HashMap;

use super::{Model, Slot};
use crate::question::Question;
use crate::slot::{Key, Relation};

impl Model<'_> {
    pub(super) fn questions(&self) -> impl Iterator<Item = &Question> {
        self.asked.iter().filter_map(|asked| asked.question.as_ref())
    }

    /// Everything that a question asks about becomes a slot.
    pub(super) fn collect_slots(&mut self) {
        let mut places = HashMap::new();
        let mut slots = Vec::new();
        for key in self.questions().flat_map(|question| &question.keys) {
            places.entry(key.clone()).or_insert_with(|| {
                slots.push(Slot { key: key.clone(), pool: None });
                slots.len() - 1
            });
        }
        self.places = places;
        self.slots = slots;
    }

    /// A question about all of a container has no certain answer where another asks for a part.
    pub(super) fn leave_out_what_looks_inside(&mut self) {
        let slots = &self.slots;
        let is_container = |key: &Key| {
            let inside = |slot: &Slot| {
                matches!(key.relation(&slot.key), Some(Relation::InMap | Relation::InList))
            };
            slots.iter().any(inside)
        };
        for asked in &mut self.asked {
            asked.question.take_if(|question| {
                question.looks_inside && question.keys.iter().any(is_container)
            });
        }
    }

    /// Slots that one question compares, or that are one key, take their values from one pool.
    pub(super) fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<usize> = (0..self.slots.len()).collect();
        let mut join = |a: usize, b: usize| {
            let (Some(&from), Some(&to)) = (groups.get(a), groups.get(b)) else { return };
            groups.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
        };
        for question in self.questions() {
            let places: Vec<usize> =
                question.keys.iter().filter_map(|key| self.places.get(key).copied()).collect();
            if let [a, b] = places.as_slice() {
                join(*a, *b);
            }
        }
        for (a, b, relation) in &self.limits {
            if *relation == Relation::SameKey {
                join(*a, *b);
            }
        }
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); self.slots.len()];
        for (slot, group) in groups.into_iter().enumerate() {
            members.get_mut(group).into_iter().for_each(|members| members.push(slot));
        }
        members.retain(|members| !members.is_empty());
        members
    }

    /// All pairs of slots that limit each other.
    pub(super) fn relations(&self) -> Vec<(usize, usize, Relation)> {
        let mut by_attribute: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, slot) in self.slots.iter().enumerate() {
            if let Some(name) = slot.key.attribute() {
                by_attribute.entry(name).or_default().push(place);
            }
        }
        let mut relations = Vec::new();
        for (a, slot) in self.slots.iter().enumerate() {
            let near = slot.key.attribute().and_then(|name| by_attribute.get(name));
            for b in near.into_iter().flatten() {
                let other = self.slots.get(*b);
                let relation = other.and_then(|other| slot.key.relation(&other.key));
                relations.extend(relation.map(|relation| (a, *b, relation)));
            }
        }
        relations
    }
}
