//! `any` and `all`: a question to each element of a list or set.

use std::borrow::Cow;

use distributary_change::Value;

use super::{Scene, Seen};
use crate::condition::Condition;
use crate::term::Term;
use crate::truth::Truth;

/// The element that a quantifier looks at, and that of the one around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(super) value: &'a Value,
    pub(super) outer: Option<&'a Element<'a>>,
}

impl<'a> Scene<'a> {
    pub(super) fn quantified(&self, all: bool, list: &'a Term, body: &'a Condition) -> Truth {
        let seen = self.value(list);
        let elements = match &seen {
            Seen::Absent if !all => return Truth::False,
            Seen::Absent | Seen::Unknown | Seen::Number(_) => return Truth::Unknown,
            Seen::Value(value) => match elements(value) {
                Some(elements) => elements,
                None => return Truth::Unknown,
            },
        };
        let truths = elements.iter().map(|value| {
            let element = Element { value, outer: self.element };
            Scene { element: Some(&element), ..*self }.truth(body)
        });
        if all { Truth::all(truths) } else { Truth::any(truths) }
    }

    pub(super) fn element(&self, outward: usize) -> Option<&'a Value> {
        let mut element = self.element?;
        for _ in 0..outward {
            element = element.outer?;
        }
        Some(element.value)
    }
}

fn elements(value: &Value) -> Option<Cow<'_, [Value]>> {
    Some(match value {
        Value::List(list) => list.into(),
        Value::StringSet(set) => set.iter().cloned().map(Value::String).collect(),
        Value::NumberSet(set) => set.iter().cloned().map(Value::Number).collect(),
        Value::BinarySet(set) => set.iter().cloned().map(Value::Binary).collect(),
        _ => return None,
    })
}
