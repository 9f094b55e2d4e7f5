//! From a record to the rules that fire.
//!
//! The guards of the record's source are asked once. Then only rules that are in force, of that
//! source and of the record's kind of change are asked; those answer through the reference
//! evaluator.

use std::sync::Arc;

use distributary_change::{EventKind, Record};
use distributary_rules::{Mode, Program, Truth, evaluate};

/// A program, ready to be asked which of its rules fire.
#[derive(Debug, Clone)]
pub struct Matcher {
    program: Arc<Program>,
    /// Rule indices, ascending, by place of (source, kind).
    candidates: Vec<Vec<usize>>,
}

const KINDS: [EventKind; 3] = [EventKind::Insert, EventKind::Modify, EventKind::Remove];

impl Matcher {
    /// Prepares a program.
    #[must_use]
    pub fn new(program: Arc<Program>) -> Self {
        let sources = std::iter::once(None).chain((0..program.sources().len()).map(Some));
        let places = sources.flat_map(|source| KINDS.map(|kind| (source, kind)));
        let candidates = places
            .map(|(source, kind)| {
                let rules = program.rules().iter().enumerate();
                let asked = rules.filter(|(_, rule)| {
                    rule.source == source && rule.events.contains(&kind) && rule.mode != Mode::Off
                });
                asked.map(|(index, _)| index).collect()
            })
            .collect();
        Matcher { program, candidates }
    }

    /// Adds the indices of the rules that fire on a record of this source, in ascending order.
    pub fn firing(&self, record: &Record, source: Option<usize>, out: &mut Vec<usize>) {
        let Some(rules) = self.candidates.get(place(source, record.kind)) else { return };
        if rules.is_empty() || evaluate::skipped(&self.program, record, source) {
            return;
        }
        out.extend(rules.iter().copied().filter(|index| {
            let when = self.program.rules().get(*index).and_then(|rule| rule.when.as_ref());
            when.is_none_or(|when| {
                evaluate::truth(&self.program, *index, when, record, source) == Truth::True
            })
        }));
    }
}

fn place(source: Option<usize>, kind: EventKind) -> usize {
    source.map_or(0, |source| source + 1) * KINDS.len() + kind as usize
}
