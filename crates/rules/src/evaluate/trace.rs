//! How an answer came about: for explanations, failing tests and coverage.

use distributary_change::Record;
use distributary_syntax::Span;
use distributary_syntax::ast::Root;

use super::{Scene, Seen};
use crate::condition::Condition;
use crate::program::{Mode, Program, Rule};
use crate::reads::Read;
use crate::term::Path;
use crate::truth::Truth;

/// A question without further `and`, `or` or `not` in it, and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf<'p> {
    /// Where it was written.
    pub span: Span,
    /// What is asked.
    pub condition: &'p Condition,
    /// The answer.
    pub truth: Truth,
    /// What it reads of the record, each once.
    pub operands: Vec<Operand>,
}

/// Something that a question reads, and what was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operand {
    /// The path or field as rules write it, such as `item.status`.
    pub path: String,
    /// `S`, `N`, … as DynamoDB calls the type; `absent`; or `unreadable`.
    pub found: &'static str,
}

/// The first reason why a rule does not fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    /// Its mode is `off`.
    Off,
    /// It is for another source.
    Source,
    /// It is for other kinds of change.
    Kind,
    /// This guard of its source keeps the record from every rule.
    Guard(Span),
    /// This condition is not true, and nothing else makes up for it.
    Condition(Span, Truth),
}

/// Every question that a rule's `when` asks, with its answer, in the order in which they are
/// written. All are answered, whether they decide or not.
#[must_use]
pub fn leaves<'p>(
    program: &'p Program,
    rule: usize,
    record: &Record,
    source: Option<usize>,
) -> Vec<Leaf<'p>> {
    let mut leaves = Vec::new();
    if let Some(rule) = program.rules().get(rule)
        && let Some(when) = &rule.when
    {
        let scene = Scene::new(program, record, source).of(rule);
        visit(when, rule.span, &mut |condition, span| {
            let truth = scene.truth(condition);
            leaves.push(Leaf { span, condition, truth, operands: scene.operands(condition) });
        });
    }
    leaves
}

/// The places of every question that a rule's `when` asks, as [`leaves`] has them.
#[must_use]
pub fn questions(program: &Program, rule: usize) -> Vec<Span> {
    let mut places = Vec::new();
    if let Some(rule) = program.rules().get(rule)
        && let Some(when) = &rule.when
    {
        visit(when, rule.span, &mut |_, span| places.push(span));
    }
    places
}

/// Why a rule does not fire; `None` where it does, and where there is no such rule.
#[must_use]
pub fn why_not(
    program: &Program,
    rule: usize,
    record: &Record,
    source: Option<usize>,
) -> Option<WhyNot> {
    let rule = program.rules().get(rule)?;
    Scene::new(program, record, source).why_not(rule)
}

/// Calls for every question in a condition, with the place where it was written.
fn visit<'p>(condition: &'p Condition, span: Span, found: &mut dyn FnMut(&'p Condition, Span)) {
    match condition {
        Condition::At(origin, inner) => visit(inner, origin.0, found),
        Condition::Not(inner) => visit(inner, span, found),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| visit(part, span, found));
        }
        question => found(question, span),
    }
}

impl<'a> Scene<'a> {
    pub(crate) fn why_not(self, rule: &'a Rule) -> Option<WhyNot> {
        if rule.mode == Mode::Off {
            return Some(WhyNot::Off);
        }
        if rule.source != self.source {
            return Some(WhyNot::Source);
        }
        if !rule.events.contains(&self.record.kind) {
            return Some(WhyNot::Kind);
        }
        if let Some(guard) = self.stopped_by() {
            return Some(WhyNot::Guard(guard.span));
        }
        let scene = self.of(rule);
        let when = rule.when.as_ref()?;
        let (span, truth) = scene.first_not_true(when, rule.span)?;
        Some(WhyNot::Condition(span, truth))
    }

    /// The first part of a condition that is not true and that nothing beside it makes up for.
    fn first_not_true(&self, condition: &'a Condition, span: Span) -> Option<(Span, Truth)> {
        match condition {
            Condition::At(origin, inner) => self.first_not_true(inner, origin.0),
            Condition::All(parts) => parts.iter().find_map(|part| self.first_not_true(part, span)),
            Condition::Any(parts) if parts.iter().all(|part| self.truth(part) != Truth::True) => {
                parts.first().and_then(|part| self.first_not_true(part, span))
            }
            other => Some((span, self.truth(other))).filter(|(_, truth)| *truth != Truth::True),
        }
    }

    fn operands(&self, condition: &'a Condition) -> Vec<Operand> {
        let mut operands = Vec::new();
        let mut add = |path: String, seen: &Seen<'_>| {
            let operand = Operand { path, found: found(seen) };
            if !operands.contains(&operand) {
                operands.push(operand);
            }
        };
        condition.reads(&mut |read| match read {
            Read::Path { path, .. } => add(path.to_string(), &self.path(path, path.root)),
            Read::Both(path) => {
                for root in [Root::Old, Root::New] {
                    let path = Path { root, ..path.clone() };
                    add(path.to_string(), &self.path(&path, root));
                }
            }
            Read::Event(field) => add(format!("event.{}", field.as_str()), &self.event(field)),
            Read::Param(_) | Read::Change => {}
        });
        operands
    }
}

fn found(seen: &Seen<'_>) -> &'static str {
    match seen {
        Seen::Unknown => "unreadable",
        Seen::Absent => "absent",
        Seen::Value(value) => value.type_name(),
        Seen::Number(_) => "N",
    }
}
