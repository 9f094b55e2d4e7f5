//! Questions to one record, each answered once.

use distributary_change::{RawRecord, Record, RecordError};
use distributary_rules::{Truth, evaluate};
use distributary_scan::Scan;

use crate::Matcher;
use crate::compile::{Node, Reference};
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
    /// Once all of it was needed.
    record: Option<Record>,
    /// With the attributes alone that the reference evaluator reads, once it was needed.
    excerpt: Option<Record>,
}

impl<'a> Asking<'a> {
    pub(crate) fn new(
        matcher: &'a Matcher,
        raw: &'a RawRecord,
        source: Option<usize>,
        scan: &'a Scan,
        answers: &'a mut Answers,
    ) -> Self {
        Asking { matcher, raw, source, scan, answers, record: None, excerpt: None }
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
            Node::Reference(part) => self.reference(part, rule)?,
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

    fn reference(&mut self, part: &Reference, rule: Option<usize>) -> Result<Truth, RecordError> {
        if !part.whole && self.record.is_none() && self.excerpt.is_none() {
            let attributes = self.matcher.excerpt.iter();
            let attributes = attributes.map(|a| (a.side, &*a.name, a.slot));
            self.excerpt = self.scan.record(&self.raw.bytes, attributes);
        }
        let record = match (&self.record, &self.excerpt) {
            (Some(record), _) => record,
            (None, Some(excerpt)) if !part.whole => excerpt,
            _ => self.record.insert(self.raw.decode()?),
        };
        let (program, condition) = (&self.matcher.program, &part.condition);
        Ok(match rule {
            Some(rule) => evaluate::truth(program, rule, condition, record, self.source),
            None => evaluate::guard(program, condition, record, self.source),
        })
    }
}
