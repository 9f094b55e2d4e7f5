//! What one question asks of a record.

use distributary_change::{Number, Value};

use crate::slot::Key;
use crate::texts::Texts;

/// What a question reads that can differ, and which values make a difference to its answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Question {
    pub(crate) keys: Vec<Key>,
    pub(crate) interest: Interest,
    /// Whether a part of a container may decide: then nothing is known once a rule asks for what
    /// is inside in other ways, too.
    pub(crate) looks_inside: bool,
}

/// The values at which answers change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interest {
    pub(crate) numbers: Vec<Number>,
    pub(crate) texts: Texts,
    pub(crate) others: Vec<Value>,
    /// What a container may have.
    pub(crate) members: Vec<Value>,
}

impl Interest {
    pub(crate) fn value(&mut self, value: Value) {
        match value {
            Value::Number(number) => self.numbers.push(number),
            Value::String(text) => {
                self.texts.boundaries.insert(text);
            }
            other => self.others.push(other),
        }
    }

    pub(crate) fn merge(&mut self, other: &Interest) {
        self.numbers.extend(other.numbers.iter().cloned());
        self.others.extend(other.others.iter().cloned());
        self.members.extend(other.members.iter().cloned());
        let Texts { boundaries, beginnings, ends, parts } = &other.texts;
        self.texts.boundaries.extend(boundaries.iter().cloned());
        self.texts.beginnings.extend(beginnings.iter().cloned());
        self.texts.ends.extend(ends.iter().cloned());
        self.texts.parts.extend(parts.iter().cloned());
    }
}
