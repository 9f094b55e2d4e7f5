//! The reference evaluator: the simplest code that is right. Whatever is faster must agree with it.

mod call;
mod condition;
mod membership;
mod quantified;
mod seen;
mod term;
mod trace;

use distributary_change::{EventKind, Record};

use crate::condition::Condition;
use crate::program::{Mode, Program, Rule};
use crate::source::Guard;
use crate::truth::Truth;
pub(crate) use quantified::Element;
pub(crate) use seen::Seen;
pub use trace::{Leaf, Operand, WhyNot, leaves, questions, why_not};

/// Whether a rule fires on a record that comes from this source: only on [`Truth::True`].
///
/// A rule for another source or other kinds of change is [`Truth::False`], and so are one that is
/// off, one whose source skips the record, and one that does not exist.
#[must_use]
pub fn fires(program: &Program, rule: usize, record: &Record, source: Option<usize>) -> Truth {
    let Some(rule) = program.rules().get(rule) else { return Truth::False };
    Scene::new(program, record, source).fires(rule)
}

/// What a rule, or a part of its condition, says about a record, whatever kind of change and source
/// the rule is for. It is [`Truth::Unknown`] where there is no such rule.
#[must_use]
pub fn truth(
    program: &Program,
    rule: usize,
    condition: &Condition,
    record: &Record,
    source: Option<usize>,
) -> Truth {
    let Some(rule) = program.rules().get(rule) else { return Truth::Unknown };
    Scene::new(program, record, source).of(rule).truth(condition)
}

/// Whether the guards of a record's source keep it from every rule. `only when` passes on true
/// only, `skip when` skips on true only.
#[must_use]
pub fn skipped(program: &Program, record: &Record, source: Option<usize>) -> bool {
    Scene::new(program, record, source).stopped_by().is_some()
}

/// What a part of a guard or of an `ignore` says about a record: no rule asks it.
#[must_use]
pub fn guard(
    program: &Program,
    condition: &Condition,
    record: &Record,
    source: Option<usize>,
) -> Truth {
    Scene::new(program, record, source).truth(condition)
}

/// The `ignore` declaration that says of a record that nobody claims it on purpose: the first.
#[must_use]
pub fn ignored(program: &Program, record: &Record, source: Option<usize>) -> Option<usize> {
    let scene = Scene::new(program, record, source);
    program.ignores().iter().position(|ignore| {
        let asked = ignore.source == source && ignore.events.contains(&record.kind);
        asked && scene.holds(ignore.when.as_ref()) == Truth::True
    })
}

/// Everything that an answer depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) program: &'a Program,
    /// The rule that asks; none where a source or an `ignore` does.
    pub(crate) rule: Option<&'a Rule>,
    pub(crate) record: &'a Record,
    pub(crate) source: Option<usize>,
    /// What the innermost quantifier looks at.
    pub(crate) element: Option<&'a Element<'a>>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(program: &'a Program, record: &'a Record, source: Option<usize>) -> Self {
        Scene { program, rule: None, record, source, element: None }
    }

    pub(crate) fn of(self, rule: &'a Rule) -> Self {
        Scene { rule: Some(rule), ..self }
    }

    pub(crate) fn fires(self, rule: &'a Rule) -> Truth {
        let asked = rule.mode != Mode::Off && self.is_for(rule.source, &rule.events);
        if !asked || self.stopped_by().is_some() {
            return Truth::False;
        }
        self.of(rule).holds(rule.when.as_ref())
    }

    fn is_for(&self, source: Option<usize>, events: &[EventKind]) -> bool {
        source == self.source && events.contains(&self.record.kind)
    }

    fn holds(&self, when: Option<&'a Condition>) -> Truth {
        when.map_or(Truth::True, |when| self.truth(when))
    }

    /// The guard that keeps the record from every rule.
    fn stopped_by(&self) -> Option<&'a Guard> {
        let source = self.program.sources().get(self.source?)?;
        source.guards.iter().find(|guard| (self.truth(&guard.when) == Truth::True) == guard.skip)
    }
}
