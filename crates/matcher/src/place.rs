//! The rules that look at the records of one source.

use distributary_change::EventKind;
use distributary_rules::{Mode, Program};

use crate::anchor::{self, Usage};
use crate::compile::{Compiler, Node, Questions};
use crate::index::Index;

/// What holds for the records of one source, or of all where none is declared.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// In their order.
    pub(crate) guards: Vec<Guard>,
    /// What is ignored on purpose where no rule fires, as guards that skip it.
    pub(crate) ignores: Vec<Guard>,
    /// By rule, ascending.
    pub(crate) entries: Vec<Entry>,
    /// Leads to places in `entries`.
    pub(crate) index: Index,
}

/// A guard, for some kinds of change.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    kinds: Kinds,
    /// Whether truth stops, and not what is no truth.
    pub(crate) skip: bool,
    pub(crate) when: Node,
}

/// A rule, for some kinds of change.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    kinds: Kinds,
    pub(crate) rule: usize,
    pub(crate) when: Node,
}

/// Kinds of change, as bits.
#[derive(Debug, Clone, Copy)]
struct Kinds(u8);

impl Kinds {
    fn of(kinds: &[EventKind]) -> Self {
        Kinds(kinds.iter().fold(0, |bits, kind| bits | 1 << *kind as u8))
    }

    fn have(self, kind: EventKind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }
}

impl Guard {
    pub(crate) fn is_for(&self, kind: EventKind) -> bool {
        self.kinds.have(kind)
    }
}

impl Entry {
    pub(crate) fn is_for(&self, kind: EventKind) -> bool {
        self.kinds.have(kind)
    }
}

impl Place {
    pub(crate) fn new(
        program: &Program,
        source: Option<usize>,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        let mut entries = Vec::new();
        for (rule, declared) in program.rules().iter().enumerate() {
            if declared.source == source && declared.mode != Mode::Off {
                let nodes = compiler.nodes(declared.when.as_ref(), &declared.events);
                let entry =
                    |(kinds, when): (Vec<_>, _)| Entry { kinds: Kinds::of(&kinds), rule, when };
                entries.extend(nodes.into_iter().map(entry));
            }
        }
        let (mut guards, mut ignores) = (Vec::new(), Vec::new());
        let mut enter = |into: &mut Vec<Guard>, when, kinds: &[EventKind], skip| {
            let nodes = compiler.nodes(when, kinds);
            let guard = |(kinds, when): (Vec<_>, _)| Guard { kinds: Kinds::of(&kinds), skip, when };
            into.extend(nodes.into_iter().map(guard));
        };
        let declared = source.and_then(|source| program.sources().get(source));
        for guard in declared.into_iter().flat_map(|source| &source.guards) {
            let all = [EventKind::Insert, EventKind::Modify, EventKind::Remove];
            enter(&mut guards, Some(&guard.when), &all, guard.skip);
        }
        for ignore in program.ignores().iter().filter(|ignore| ignore.source == source) {
            enter(&mut ignores, ignore.when.as_ref(), &ignore.events, true);
        }
        Place { guards, ignores, entries, index: Index::default() }
    }

    /// Enters the rules in the index, once it is known how often each anchor could be used.
    pub(crate) fn enter(&mut self, questions: &Questions) {
        let choices = self.entries.iter().map(|entry| anchor::choices(&entry.when, questions));
        let choices: Vec<_> = choices.collect();
        let mut usage = Usage::new();
        for anchor in choices.iter().flatten().flatten() {
            *usage.entry(anchor).or_default() += 1;
        }
        for (entry, choices) in (0..).zip(&choices) {
            self.index.enter(entry, anchor::best(choices, &usage));
        }
        self.index.finish();
    }
}
