//! From a record to the rules that fire.
//!
//! Every rule is entered in an index under the condition that tells it best from the others. A scan
//! of the record's bytes finds the attributes that rules ask about; their values lead to the few
//! rules that may fire, and those are asked. A question that several rules share is asked once per
//! record; what a scan cannot answer goes to the reference evaluator. `docs/matching.md` has the
//! picture.

mod anchor;
mod asking;
mod compile;
mod index;
mod question;
mod seen;

use std::sync::Arc;

use distributary_change::{EventKind, RawRecord, Record, RecordError};
use distributary_rules::{Mode, Program, Truth, evaluate};
use distributary_scan::{Head, Scan, Wanted};

use crate::anchor::Usage;
use crate::asking::{Answers, Asking};
use crate::compile::{Compiler, Node};
use crate::index::Index;
use crate::question::Question;

/// A program, ready to be asked which of its rules fire.
#[derive(Debug, Clone)]
pub struct Matcher {
    program: Arc<Program>,
    wanted: Arc<Wanted>,
    questions: Vec<Question>,
    /// By source and kind of change.
    places: Vec<Place>,
}

/// What holds for the records of one source and one kind of change.
#[derive(Debug, Clone)]
struct Place {
    /// Guards, in their order: whether truth stops, and the question.
    guards: Vec<(bool, Node)>,
    /// Every rule that looks at these records, ascending, with its condition.
    rules: Vec<(usize, Node)>,
    /// Leads to places in `rules`.
    index: Index,
}

/// What asking needs from one record to the next. Its memory is kept, and what records have in
/// common is learned.
#[derive(Debug, Clone)]
pub struct Desk {
    scan: Scan,
    answers: Answers,
    candidates: Vec<u32>,
    asked: Vec<usize>,
}

/// A record that was asked about.
#[derive(Debug)]
pub enum Asked<'d> {
    /// It was not decoded: this is what its bytes say about it.
    Scanned(&'d Head),
    /// It had to be decoded to be asked about.
    Decoded(Box<Record>),
}

const KINDS: [EventKind; 3] = [EventKind::Insert, EventKind::Modify, EventKind::Remove];

impl Matcher {
    /// Prepares a program.
    #[must_use]
    pub fn new(program: Arc<Program>) -> Self {
        let mut compiler = Compiler::new(&program);
        let sources = std::iter::once(None).chain((0..program.sources().len()).map(Some));
        let places = sources.flat_map(|source| KINDS.map(|kind| (source, kind)));
        let places = places.map(|(source, kind)| Place::new(&program, source, kind, &mut compiler));
        let mut places: Vec<Place> = places.collect();
        let Compiler { wanted, questions, .. } = compiler;
        places.iter_mut().for_each(|place| place.enter(&questions));
        Matcher { program, wanted: Arc::new(wanted), questions, places }
    }

    /// A place to ask from.
    #[must_use]
    pub fn desk(&self) -> Desk {
        Desk {
            scan: Scan::new(Arc::clone(&self.wanted)),
            answers: Answers::default(),
            candidates: Vec::new(),
            asked: Vec::new(),
        }
    }

    /// Adds the indices of the rules that fire on a record, in ascending order. The desk is one of
    /// this matcher's own.
    ///
    /// # Errors
    /// Those of decoding the record.
    pub fn ask<'d>(
        &self,
        raw: &RawRecord,
        desk: &'d mut Desk,
        out: &mut Vec<usize>,
    ) -> Result<Asked<'d>, RecordError> {
        desk.candidates.clear();
        desk.asked.clear();
        if desk.scan.read(&raw.bytes).is_err() {
            let record = raw.decode()?;
            self.firing(&record, self.program.source_of(&record.table), out);
            return Ok(Asked::Decoded(Box::new(record)));
        }
        let head = desk.scan.head();
        let table = std::str::from_utf8(head.table.of(&raw.bytes)).unwrap_or_default();
        let source = self.program.source_of(table);
        let mut decoded = None;
        if let Some(place) = self.places.get(place(source, head.kind)) {
            desk.answers.forget(self.questions.len());
            let (scan, answers) = (&desk.scan, &mut desk.answers);
            let mut asking = Asking::new(self, raw, source, scan, answers);
            if asking.passes(&place.guards)? {
                place.index.candidates(&desk.scan, &raw.bytes, &mut desk.candidates);
                for candidate in &desk.candidates {
                    let Some((rule, when)) = place.rules.get(*candidate as usize) else { continue };
                    desk.asked.push(*rule);
                    if asking.truth(when, Some(*rule))? == Truth::True {
                        out.push(*rule);
                    }
                }
            }
            decoded = asking.into_record();
        }
        Ok(decoded.map_or(Asked::Scanned(desk.scan.head()), |record| Asked::Decoded(record.into())))
    }

    /// Whether a part of a rule's condition is left to the reference evaluator, for which the
    /// record has to be decoded.
    #[must_use]
    pub fn falls_back(&self, rule: usize) -> bool {
        let of_rule = |place: &Place| {
            let at = place.rules.binary_search_by_key(&rule, |(index, _)| *index).ok()?;
            place.rules.get(at).map(|(_, when)| when.falls_back())
        };
        self.places.iter().filter_map(of_rule).any(|falls_back| falls_back)
    }

    /// Adds the indices of the rules that fire on a decoded record of this source, in ascending
    /// order, by asking the reference evaluator about every rule that looks at such records.
    pub fn firing(&self, record: &Record, source: Option<usize>, out: &mut Vec<usize>) {
        let Some(place) = self.places.get(place(source, record.kind)) else { return };
        if place.rules.is_empty() || evaluate::skipped(&self.program, record, source) {
            return;
        }
        out.extend(place.rules.iter().map(|(index, _)| *index).filter(|index| {
            let when = self.program.rules().get(*index).and_then(|rule| rule.when.as_ref());
            when.is_none_or(|when| {
                evaluate::truth(&self.program, *index, when, record, source) == Truth::True
            })
        }));
    }
}

impl Desk {
    /// The rules that were asked about the last record, unless it was decoded to be asked about.
    #[must_use]
    pub fn asked(&self) -> &[usize] {
        &self.asked
    }
}

impl Place {
    fn new(
        program: &Program,
        source: Option<usize>,
        kind: EventKind,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        let rules = program.rules().iter().enumerate().filter(|(_, rule)| {
            rule.source == source && rule.events.contains(&kind) && rule.mode != Mode::Off
        });
        let mut compile = |when| compiler.node(when, kind);
        let rules = rules
            .map(|(index, rule)| {
                let when = rule.when.as_ref();
                (index, when.map_or(Node::Known(Truth::True), &mut compile))
            })
            .collect();
        let declared = source.and_then(|source| program.sources().get(source));
        let guards = declared.into_iter().flat_map(|source| &source.guards);
        let guards = guards.map(|guard| (guard.skip, compile(&guard.when))).collect();
        Place { guards, rules, index: Index::default() }
    }

    /// Enters the rules in the index, once it is known how often each anchor could be used.
    fn enter(&mut self, questions: &[Question]) {
        let choices: Vec<_> =
            self.rules.iter().map(|(_, when)| anchor::choices(when, questions)).collect();
        let mut usage = Usage::new();
        for anchor in choices.iter().flatten().flatten() {
            *usage.entry(anchor.clone()).or_default() += 1;
        }
        for (rule, choices) in (0..).zip(choices) {
            self.index.enter(rule, anchor::best(choices, &usage));
        }
        self.index.finish();
    }
}

fn place(source: Option<usize>, kind: EventKind) -> usize {
    source.map_or(0, |source| source + 1) * KINDS.len() + kind as usize
}
