//! What asks questions about records: rules, guards of sources, and `ignore`s.

use distributary_change::EventKind;
use distributary_syntax::Span;

use super::Linted;
use crate::program::{Ignore, Program};
use crate::reads::Read;
use crate::source::{Guard, Source};

/// Something that reads records of one source.
#[derive(Debug)]
pub(super) struct Subject<'p> {
    pub(super) source: &'p Source,
    /// The changes that it looks at.
    pub(super) events: &'p [EventKind],
    pub(super) reads: Vec<Read<'p>>,
    /// All of it: what it reads may be written elsewhere, in a let or a route.
    pub(super) whole: Span,
    /// Where it is named, and what it is.
    pub(super) name: Span,
    pub(super) noun: &'static str,
}

const EVERY_KIND: [EventKind; 3] = [EventKind::Insert, EventKind::Modify, EventKind::Remove];

/// All there are in a program whose sources are known.
pub(super) fn subjects<'p>(
    program: &'p Program,
    rules: impl Iterator<Item = Linted<'p>>,
    ignores: impl Iterator<Item = (Span, &'p Ignore)>,
) -> impl Iterator<Item = Subject<'p>> {
    let rules = rules.filter_map(of_rule);
    let guards = program
        .sources
        .iter()
        .flat_map(|source| source.guards.iter().map(move |guard| of_guard(source, guard)));
    let ignores = ignores.filter_map(|(whole, ignore)| {
        let source = program.sources.get(ignore.source?)?;
        let mut reads = Vec::new();
        if let Some(when) = &ignore.when {
            when.reads(&mut |read| reads.push(read));
        }
        let name = ignore.span;
        Some(Subject { source, events: &ignore.events, reads, whole, name, noun: "`ignore`" })
    });
    rules.chain(guards).chain(ignores)
}

fn of_rule(Linted { program, rule, span, .. }: Linted<'_>) -> Option<Subject<'_>> {
    let source = program.sources.get(rule.source?)?;
    let mut reads = Vec::new();
    if let Some(when) = &rule.when {
        when.reads(&mut |read| reads.push(read));
    }
    for output in &rule.outputs {
        if let Some(with) = &output.with {
            with.reads(&mut |read| reads.push(read));
        }
        if let Some(route) = program.routes.get(output.route) {
            route.per_message.reads(&mut |read| reads.push(read));
        }
    }
    Some(Subject {
        source,
        events: &rule.events,
        reads,
        whole: span,
        name: rule.span,
        noun: "rule",
    })
}

fn of_guard<'p>(source: &'p Source, guard: &'p Guard) -> Subject<'p> {
    let mut reads = Vec::new();
    guard.when.reads(&mut |read| reads.push(read));
    let (whole, name) = (guard.span, guard.span);
    Subject { source, events: &EVERY_KIND, reads, whole, name, noun: "guard" }
}
