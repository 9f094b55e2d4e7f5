//! A condition in the parts in which it was written.

use distributary_change::Record;
use distributary_rules::{Condition, Guard, Program, Rule, Schema, evaluate};
use distributary_syntax::Span;

use crate::mask::Mask;

/// A part of a condition, and where it was written in the rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'p> {
    pub(crate) span: Span,
    pub(crate) condition: &'p Condition,
    /// What it must be for the rule to fire.
    pub(crate) wanted: Mask,
}

impl<'p> Part<'p> {
    /// A condition as it was written. `None` where an error stands.
    pub(crate) fn of(condition: &'p Condition) -> Option<Self> {
        match condition {
            Condition::At(origin, inner) => {
                Some(Part { span: origin.0, condition: inner, wanted: Mask::TRUE })
            }
            _ => None,
        }
    }

    /// What must be true for a rule to fire: what its schema asks, and then what it asks itself.
    pub(crate) fn of_rule(rule: &'p Rule) -> Vec<Self> {
        match &rule.when {
            Some(Condition::All(parts)) => parts.iter().filter_map(Part::of).collect(),
            Some(when) => Part::of(when).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// What a rule asks itself.
    pub(crate) fn own(rule: &'p Rule, schema: Option<&Schema>) -> Option<Self> {
        let last = Part::of_rule(rule).pop()?;
        let borrowed = schema.and_then(|schema| Part::of(schema.when.as_ref()?));
        (borrowed.map(|part| part.span) != Some(last.span)).then_some(last)
    }

    /// A guard of a source.
    pub(crate) fn guard(guard: &'p Guard) -> Self {
        let wanted = if guard.skip { Mask::NOT_TRUE } else { Mask::TRUE };
        Part { span: guard.span, condition: &guard.when, wanted }
    }

    /// Whether it is as it must be for this record.
    pub(crate) fn holds(
        self,
        program: &Program,
        rule: usize,
        record: &Record,
        source: Option<usize>,
    ) -> bool {
        let truth = evaluate::truth(program, rule, self.condition, record, source);
        Mask::from(truth).within(self.wanted)
    }

    /// What it is made of. The inside of a let belongs to the let: it is one part.
    pub(crate) fn parts(self) -> Vec<Part<'p>> {
        let parts: Vec<&Condition> = match self.condition {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().collect(),
            Condition::Not(inner) => vec![inner],
            _ => Vec::new(),
        };
        parts.into_iter().filter_map(Part::of).filter(|part| self.contains(part.span)).collect()
    }

    /// What must all be true.
    pub(crate) fn conjuncts(self) -> Vec<Part<'p>> {
        match self.condition {
            Condition::All(parts) => {
                let inner = self.parts();
                if inner.len() == parts.len() {
                    return inner.into_iter().flat_map(Part::conjuncts).collect();
                }
                vec![self]
            }
            _ => vec![self],
        }
    }

    fn contains(self, inner: Span) -> bool {
        let outer = self.span;
        outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
    }
}
