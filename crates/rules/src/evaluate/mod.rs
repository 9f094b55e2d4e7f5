//! The reference evaluator: the simplest code that is right. Whatever is faster must agree with it.

mod condition;
mod membership;
mod seen;
mod term;

use distributary_change::Record;

use crate::condition::Condition;
use crate::program::{Program, Rule};
use crate::truth::Truth;
pub(crate) use seen::Seen;

/// Whether a rule fires on a record that comes from this source: only on [`Truth::True`].
///
/// A rule for another source or other kinds of change is [`Truth::False`], and so is one that does
/// not exist.
#[must_use]
pub fn fires(program: &Program, rule: usize, record: &Record, source: Option<usize>) -> Truth {
    let Some(rule) = program.rules().get(rule) else { return Truth::False };
    if rule.source != source || !rule.events.contains(&record.kind) {
        return Truth::False;
    }
    let scene = Scene { program, rule, record, source };
    rule.when.as_ref().map_or(Truth::True, |when| scene.truth(when))
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
    Scene { program, rule, record, source }.truth(condition)
}

/// Everything that an answer depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) program: &'a Program,
    pub(crate) rule: &'a Rule,
    pub(crate) record: &'a Record,
    pub(crate) source: Option<usize>,
}
