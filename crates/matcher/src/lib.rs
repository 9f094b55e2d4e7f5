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
mod place;
mod question;
mod seen;
mod slow;

pub use slow::slow;

use std::sync::Arc;

use distributary_change::{RawRecord, Record, RecordError};
use distributary_rules::{Program, Truth, evaluate};
use distributary_scan::{Head, Scan, Wanted};

use crate::asking::{Answers, Asking};
use crate::compile::{Attribute, Compiler, Questions};
use crate::place::Place;

/// A program, ready to be asked which of its rules fire.
#[derive(Debug, Clone)]
pub struct Matcher {
    program: Arc<Program>,
    wanted: Arc<Wanted>,
    questions: Questions,
    /// What the reference evaluator reads.
    excerpt: Vec<Attribute>,
    /// For records of no source, and then by source.
    places: Vec<Place>,
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
    /// It was not decoded, or not all of it.
    Scanned {
        /// What its bytes say about it.
        head: &'d Head,
        /// Where no rule fired, what is made of that.
        unclaimed: Unclaimed,
    },
    /// It had to be decoded to be asked about.
    Decoded(Box<Record>),
}

/// Why no rule fired on a record, as far as the rules say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclaimed {
    /// A guard of its source kept it from every rule.
    Skipped,
    /// An `ignore` is about it.
    Ignored,
    /// Nothing is said about it.
    Unmatched,
}

impl Matcher {
    /// Prepares a program.
    #[must_use]
    pub fn new(program: Arc<Program>) -> Self {
        let mut compiler = Compiler::new(&program);
        let sources = std::iter::once(None).chain((0..program.sources().len()).map(Some));
        let places = sources.map(|source| Place::new(&program, source, &mut compiler));
        let mut places: Vec<Place> = places.collect();
        let Compiler { wanted, questions, excerpt, .. } = compiler;
        places.iter_mut().for_each(|place| place.enter(&questions));
        let (wanted, excerpt) = (Arc::new(wanted), excerpt.into_iter().collect());
        Matcher { program, wanted, questions, excerpt, places }
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
        let (mut decoded, mut unclaimed) = (None, Unclaimed::Unmatched);
        if let Some(place) = self.place(source) {
            desk.answers.forget(self.questions.len());
            let (scan, answers) = (&desk.scan, &mut desk.answers);
            let mut asking = Asking::new(self, raw, source, scan, answers);
            let guards = place.guards.iter().filter(|guard| guard.is_for(head.kind));
            if asking.passes(guards)? {
                let before = out.len();
                place.index.candidates(&desk.scan, &raw.bytes, &mut desk.candidates);
                for candidate in &desk.candidates {
                    let entry = place.entries.get(*candidate as usize);
                    let Some(entry) = entry.filter(|entry| entry.is_for(head.kind)) else {
                        continue;
                    };
                    desk.asked.push(entry.rule);
                    if asking.truth(&entry.when, Some(entry.rule))? == Truth::True {
                        out.push(entry.rule);
                    }
                }
                let mut ignores = place.ignores.iter().filter(|ignore| ignore.is_for(head.kind));
                if out.len() == before && !asking.passes(&mut ignores)? {
                    unclaimed = Unclaimed::Ignored;
                }
            } else {
                unclaimed = Unclaimed::Skipped;
            }
            decoded = asking.into_record();
        }
        let head = desk.scan.head();
        Ok(decoded
            .map_or(Asked::Scanned { head, unclaimed }, |record| Asked::Decoded(record.into())))
    }

    /// Whether a record may have to be decoded to be asked about this rule.
    #[must_use]
    pub fn decodes(&self, rule: usize) -> bool {
        let entries = self.places.iter().flat_map(|place| {
            let start = place.entries.partition_point(|entry| entry.rule < rule);
            place.entries.iter().skip(start).take_while(move |entry| entry.rule == rule)
        });
        entries.into_iter().any(|entry| entry.when.decodes())
    }

    /// Adds the indices of the rules that fire on a decoded record of this source, in ascending
    /// order, by asking the reference evaluator about every rule that looks at such records.
    pub fn firing(&self, record: &Record, source: Option<usize>, out: &mut Vec<usize>) {
        let Some(place) = self.place(source) else { return };
        if evaluate::skipped(&self.program, record, source) {
            return;
        }
        let asked = place.entries.iter().filter(|entry| entry.is_for(record.kind));
        out.extend(asked.map(|entry| entry.rule).filter(|rule| {
            let when = self.program.rules().get(*rule).and_then(|rule| rule.when.as_ref());
            when.is_none_or(|when| {
                evaluate::truth(&self.program, *rule, when, record, source) == Truth::True
            })
        }));
    }

    fn place(&self, source: Option<usize>) -> Option<&Place> {
        self.places.get(source.map_or(0, |source| source + 1))
    }
}

impl Desk {
    /// The rules that were asked about the last record, unless it was decoded to be asked about.
    #[must_use]
    pub fn asked(&self) -> &[usize] {
        &self.asked
    }
}
