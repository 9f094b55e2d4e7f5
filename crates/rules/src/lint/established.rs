//! What is certainly there in every record on which a condition is true, since it asks for it.

use distributary_change::EventKind;
use distributary_syntax::ast::{Root, Step};

use crate::condition::Condition;
use crate::program::Rule;
use crate::term::{Path, Term};

/// The attributes that conditions cannot be true without.
#[derive(Debug)]
pub(super) struct Established<'p> {
    events: &'p [EventKind],
    found: Vec<Found<'p>>,
}

type Found<'p> = (Root, &'p [Step]);

impl<'p> Established<'p> {
    pub(super) fn of(rule: &'p Rule) -> Self {
        let found = rule.when.as_ref().map(of_condition).unwrap_or_default();
        Established { events: &rule.events, found }
    }

    /// What all of these conditions together cannot be true without, whatever the change.
    pub(super) fn by(conditions: impl Iterator<Item = &'p Condition>) -> Self {
        let events = &[EventKind::Insert, EventKind::Modify, EventKind::Remove];
        Established { events, found: conditions.flat_map(of_condition).collect() }
    }

    pub(super) fn contains(&self, path: &Path) -> bool {
        let holds = |(root, steps): &Found<'_>| {
            steps.starts_with(&path.steps) && self.leads_to(*root, path.root)
        };
        self.found.iter().any(holds)
    }

    /// Whether what is there under one root is there under another. `new` is only there where it is
    /// the item.
    fn leads_to(&self, from: Root, to: Root) -> bool {
        let removes = |kind: &EventKind| *kind == EventKind::Remove;
        from == to
            || match (from, to) {
                (Root::New, Root::Item) => true,
                (Root::Item, Root::New) => !self.events.iter().any(removes),
                (Root::Item, Root::Old) | (Root::Old, Root::Item) => {
                    self.events.iter().all(removes)
                }
                _ => false,
            }
    }
}

fn of_condition(condition: &Condition) -> Vec<Found<'_>> {
    match condition {
        Condition::At(_, inner) => of_condition(inner),
        Condition::All(parts) => parts.iter().flat_map(of_condition).collect(),
        Condition::Any(parts) => {
            let mut each = parts.iter().map(of_condition);
            let mut all = each.next().unwrap_or_default();
            each.for_each(|other| all.retain(|found| other.contains(found)));
            all
        }
        Condition::Equal(a, b) if !b.reads_record() => of_term(a),
        Condition::Equal(a, b) if !a.reads_record() => of_term(b),
        Condition::Order(_, a, b) | Condition::Text(_, a, b) => {
            of_term(a).into_iter().chain(of_term(b)).collect()
        }
        Condition::In(term, _)
        | Condition::HasAny(term, _)
        | Condition::HasAll(term, _)
        | Condition::Matches(term, _)
        | Condition::Exists(term)
        | Condition::Is(term, _)
        | Condition::Quantified { list: term, .. } => of_term(term),
        Condition::Changed { path, to, from } => {
            let new = to.as_ref().map(|_| (Root::New, path.steps.as_slice()));
            let old = from.as_ref().map(|_| (Root::Old, path.steps.as_slice()));
            new.into_iter().chain(old).collect()
        }
        Condition::Not(_) | Condition::Holds(_) | Condition::Equal(..) | Condition::Unknown => {
            Vec::new()
        }
    }
}

/// Without which a term has no value.
fn of_term(term: &Term) -> Vec<Found<'_>> {
    match term {
        Term::Path(path) => vec![(path.root, path.steps.as_slice())],
        Term::Arithmetic(_, a, b) => of_term(a).into_iter().chain(of_term(b)).collect(),
        Term::Call(_, arguments) => arguments.iter().flat_map(of_term).collect(),
        _ => Vec::new(),
    }
}
