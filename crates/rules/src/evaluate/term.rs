//! The value of a term.

use distributary_change::{Decimal, EventKind, Image, Item, Value};
use distributary_syntax::ast::{Root, Step};

use super::{Scene, Seen};
use crate::term::{EventField, Operator, Part, Path, Term};

impl<'a> Scene<'a> {
    pub(crate) fn value(&self, term: &'a Term) -> Seen<'a> {
        match term {
            Term::Literal(value) => Seen::borrowed(value),
            Term::Param(param) => {
                let value = self.program.params().get(*param).and_then(|p| p.value.as_ref());
                value.map_or(Seen::Unknown, Seen::borrowed)
            }
            Term::Path(path) => self.path(path, path.root),
            Term::Event(field) => self.event(*field),
            Term::Element { outward, steps } => match self.element(*outward) {
                Some(element) => descend(element, steps),
                None => Seen::Unknown,
            },
            Term::Text(parts) => self.text(parts),
            Term::Arithmetic(operator, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                match (a.decimal(), b.decimal()) {
                    (Some(a), Some(b)) => Seen::Number(match operator {
                        Operator::Add => a + b,
                        Operator::Subtract => a - b,
                        Operator::Multiply => a * b,
                    }),
                    _ => Seen::Unknown,
                }
            }
            Term::Coalesce(a, b) => {
                let a = self.value(a);
                let empty = match &a {
                    Seen::Unknown | Seen::Absent => true,
                    Seen::Value(value) => **value == Value::Null,
                    Seen::Number(_) => false,
                };
                if empty { self.value(b) } else { a }
            }
            Term::Call(function, arguments) => self.call(*function, arguments),
            Term::Unknown => Seen::Unknown,
        }
    }

    /// What stands at the end of a path, were it to start at this root.
    pub(super) fn path(&self, path: &'a Path, root: Root) -> Seen<'a> {
        let image = match root {
            Root::Old => &self.record.old,
            Root::New => &self.record.new,
            Root::Item => self.record.item(),
            Root::Keys => return follow(&self.record.keys, &path.steps),
            // Lowering makes no such paths.
            Root::Event | Root::Change => return Seen::Unknown,
        };
        match image {
            Image::Absent => Seen::Absent,
            Image::Omitted => Seen::Unknown,
            Image::Present(item) => follow(item, &path.steps),
        }
    }

    fn text(&self, parts: &'a [Part]) -> Seen<'a> {
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Literal(characters) => text.push_str(characters),
                Part::Term(term) => match self.value(term) {
                    Seen::Unknown => return Seen::Unknown,
                    seen => text.push_str(&seen.written().unwrap_or_default()),
                },
            }
        }
        Seen::owned(Value::String(text))
    }

    /// Whether TTL removed the item. A replica of a global table carries no identity, so there the
    /// source's TTL attribute decides: whoever removed an item that was due looks the same.
    fn expired(&self) -> Seen<'a> {
        let record = self.record;
        let is = |yes| Seen::owned(Value::Bool(yes));
        let replicated = record.kind == EventKind::Remove && record.identity.is_none();
        let source = self.source.and_then(|source| self.program.sources().get(source));
        let Some(attribute) = source.and_then(|s| s.ttl.as_deref()).filter(|_| replicated) else {
            return is(record.expired_by_ttl());
        };
        match &record.old {
            Image::Omitted => Seen::Unknown,
            Image::Present(old) => match old.get(attribute) {
                Some(Value::Number(due)) => is(due <= record.time.number()),
                _ => is(false),
            },
            Image::Absent => is(false),
        }
    }

    pub(super) fn event(&self, field: EventField) -> Seen<'a> {
        let record = self.record;
        match field {
            EventField::Id => Seen::text(&record.id),
            EventField::Type => Seen::text(record.kind.as_str()),
            EventField::Seq => Seen::text(record.sequence.as_str()),
            EventField::At => Seen::text(&record.time.rfc3339()),
            EventField::Time => Seen::owned(Value::Number(record.time.number().clone())),
            EventField::Table => Seen::text(&record.table),
            EventField::Region => Seen::text(&record.region),
            EventField::Account => Seen::text(&record.account),
            EventField::Source => {
                let source = self.source.and_then(|source| self.program.sources().get(source));
                source.map_or(Seen::Absent, |source| Seen::text(&source.name))
            }
            EventField::Rule => self.rule.map_or(Seen::Absent, |rule| Seen::text(&rule.name)),
            EventField::Expired => self.expired(),
            EventField::Principal => record
                .identity
                .as_ref()
                .map_or(Seen::Absent, |identity| Seen::text(&identity.principal)),
            EventField::Size => match record.size.map(i64::try_from) {
                Some(Ok(size)) => Seen::Number(Decimal::from(size)),
                _ => Seen::Absent,
            },
        }
    }
}

/// Follows steps into an item. Whatever is not there, a path through a scalar included, is absent.
fn follow<'a>(item: &'a Item, steps: &[Step]) -> Seen<'a> {
    let Some((first, rest)) = steps.split_first() else {
        return Seen::owned(Value::Map(item.clone()));
    };
    let Step::Key(name) = first else { return Seen::Absent };
    item.get(name).map_or(Seen::Absent, |value| descend(value, rest))
}

fn descend<'a>(value: &'a Value, steps: &[Step]) -> Seen<'a> {
    let end = steps.iter().try_fold(value, |value, step| match (value, step) {
        (Value::Map(map), Step::Key(name)) => map.get(name),
        (Value::List(list), Step::Index(index)) => list.get(*index as usize),
        _ => None,
    });
    end.map_or(Seen::Absent, Seen::borrowed)
}
