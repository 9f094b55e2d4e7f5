//! Questions to one record, each answered once.

use distributary_change::{RawRecord, Record, RecordError};
use distributary_rules::{Condition, Truth, evaluate};
use distributary_scan::Scan;

use crate::Matcher;
use crate::compile::Node;
use crate::place::Guard;

/// What is known about the record in hand, by question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers {
    /// With the round in which each answer was given.
    given: Vec<(u32, Truth)>,
    round: u32,
}

impl Answers {
    /// Gets ready for the next record.
    pub(crate) fn forget(&mut self, questions: usize) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 || self.given.len() != questions {
            self.given = vec![(0, Truth::Unknown); questions];
            self.round = 1;
        }
    }
}

/// One record while it is asked about.
pub(crate) struct Asking<'a> {
    matcher: &'a Matcher,
    raw: &'a RawRecord,
    source: Option<usize>,
    scan: &'a Scan,
    answers: &'a mut Answers,
    /// Once the reference evaluator was needed.
    record: Option<Record>,
}

impl<'a> Asking<'a> {
    pub(crate) fn new(
        matcher: &'a Matcher,
        raw: &'a RawRecord,
        source: Option<usize>,
        scan: &'a Scan,
        answers: &'a mut Answers,
    ) -> Self {
        Asking { matcher, raw, source, scan, answers, record: None }
    }

    pub(crate) fn into_record(self) -> Option<Record> {
        self.record
    }

    /// Whether no guard keeps the record from the rules.
    pub(crate) fn passes<'g>(
        &mut self,
        guards: impl Iterator<Item = &'g Guard>,
    ) -> Result<bool, RecordError> {
        for guard in guards {
            if (self.truth(&guard.when, None)? == Truth::True) == guard.skip {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The answer to a condition of a rule, or of a guard.
    pub(crate) fn truth(&mut self, node: &Node, rule: Option<usize>) -> Result<Truth, RecordError> {
        Ok(match node {
            Node::Known(truth) => *truth,
            Node::Ask(question) => self.answer(*question),
            Node::Not(inner) => !self.truth(inner, rule)?,
            Node::All(parts) => {
                let mut all = Truth::True;
                for part in parts {
                    all = all.and(self.truth(part, rule)?);
                    if all == Truth::False {
                        break;
                    }
                }
                all
            }
            Node::Any(parts) => {
                let mut any = Truth::False;
                for part in parts {
                    any = any.or(self.truth(part, rule)?);
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
            Node::Reference(condition) => self.reference(condition, rule)?,
        })
    }

    fn answer(&mut self, question: u32) -> Truth {
        let (matcher, at) = (self.matcher, question as usize);
        let Some(given) = self.answers.given.get_mut(at) else { return Truth::Unknown };
        if given.0 != self.answers.round {
            let asked = matcher.questions.get_index(at);
            let truth = asked.map(|question| question.truth(self.scan, &self.raw.bytes));
            *given = (self.answers.round, truth.unwrap_or(Truth::Unknown));
        }
        given.1
    }

    fn reference(
        &mut self,
        condition: &Condition,
        rule: Option<usize>,
    ) -> Result<Truth, RecordError> {
        let record = match self.record.take() {
            Some(record) => record,
            None => self.raw.decode()?,
        };
        let record = self.record.insert(record);
        let program = &self.matcher.program;
        Ok(match rule {
            Some(rule) => evaluate::truth(program, rule, condition, record, self.source),
            None => evaluate::guard(program, condition, record, self.source),
        })
    }
}
