//! From a program to the records that it wants.

use std::collections::BTreeSet;

use distributary_change::EventKind;
use distributary_rules::{Mode, Program, Rule, Unmatched};
use distributary_syntax::Span;

use super::alternatives::{Alternatives, Field};
use super::dropped::{Dropped, Reason};
use super::matchers::{Matcher, Matchers};
use super::place::Place;
use super::widen::coarser;

/// Ten filters of 4,096 characters, the most that an account can have, do not hold so many
/// alternatives of sixty.
const MOST: usize = 680;

/// Which records a program wants of one source.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub(crate) alternatives: Alternatives,
    /// Fields that are asked about less exactly than the rules do, since there are more alternatives
    /// than any limits hold.
    pub(crate) given_up: Vec<String>,
    /// Why all of them are wanted, where that is so for another reason than a rule's condition.
    pub everything: Option<Why>,
    /// Conditions that a filter cannot ask, or asks less exactly, by place.
    pub dropped: BTreeSet<Dropped>,
}

/// Why every record passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The source counts records that no rule claims.
    Unmatched,
    /// No rule can fire, and there is no filter that passes nothing.
    NoRule,
}

/// Which truths of a condition are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truths {
    True,
    False,
    NotTrue,
    NotFalse,
}

/// What a condition is asked under.
#[derive(Debug)]
pub(crate) struct Deriving<'p> {
    pub(crate) program: &'p Program,
    pub(crate) rule: Option<&'p Rule>,
    pub(crate) source: Option<usize>,
    pub(crate) kind: EventKind,
    pub(crate) strict: bool,
    /// The condition that is looked at.
    pub(crate) at: Span,
    /// What quantifiers look at, the innermost last.
    pub(crate) elements: Vec<Option<Place>>,
    pub(crate) dropped: BTreeSet<Dropped>,
}

/// The records that rules in force or in shadow mode can fire on, and more where a filter cannot say
/// it. `strict` asks about nothing but the `dynamodb` key.
///
/// The parameters that conditions need have values; a condition on one without is left out.
#[must_use]
pub fn wanted(program: &Program, source: Option<usize>, strict: bool) -> Wanted {
    gathered(program, source, strict, |_| false)
}

/// [`wanted`], as far as it takes until that is enough.
pub(crate) fn gathered(
    program: &Program,
    source: Option<usize>,
    strict: bool,
    is_enough: impl Fn(&Wanted) -> bool,
) -> Wanted {
    let declared = source.and_then(|source| program.sources().get(source));
    let mut wanted = Wanted {
        alternatives: Alternatives::nothing(),
        everything: None,
        given_up: Vec::new(),
        dropped: BTreeSet::new(),
    };
    if declared.is_some_and(|source| source.unmatched != Unmatched::Ignore) {
        wanted.everything = Some(Why::Unmatched);
        return wanted;
    }
    for rule in program.rules() {
        if rule.mode == Mode::Off || rule.source != source {
            continue;
        }
        if is_enough(&wanted) {
            break;
        }
        if strict && rule.events.len() < 3 {
            wanted.dropped.insert(Dropped { span: rule.span, reason: Reason::Strict });
        }
        for kind in &rule.events {
            let mut deriving = Deriving {
                program,
                rule: None,
                source,
                kind: *kind,
                strict,
                at: rule.span,
                elements: Vec::new(),
                dropped: BTreeSet::new(),
            };
            let alternatives = deriving.rule(rule);
            // `append` would write all of them anew.
            wanted.dropped.extend(deriving.dropped);
            wanted.alternatives = wanted.alternatives.or(alternatives);
            if wanted.alternatives.0.len() > MOST {
                wanted.alternatives = coarser(wanted.alternatives.0, &mut wanted.given_up);
            }
        }
    }
    if wanted.alternatives.0.is_empty() {
        wanted.everything = Some(Why::NoRule);
    }
    wanted
}

impl<'p> Deriving<'p> {
    fn rule(&mut self, rule: &'p Rule) -> Alternatives {
        let mut all = self.kind();
        let guards = self.source.and_then(|source| self.program.sources().get(source));
        for guard in guards.map_or(&[][..], |source| &source.guards) {
            let truths = if guard.skip { Truths::NotTrue } else { Truths::True };
            self.at = guard.span;
            let passing = self.condition(&guard.when, truths);
            all = self.both(all, passing);
        }
        self.rule = Some(rule);
        self.at = rule.span;
        match &rule.when {
            Some(when) => {
                let firing = self.condition(when, Truths::True);
                self.both(all, firing)
            }
            None => all,
        }
    }

    fn kind(&self) -> Alternatives {
        let name = Matchers::one(Matcher::Is(self.kind.as_str().to_owned()));
        self.of_event(&["eventName"], name)
    }

    /// A demand on the record outside of `dynamodb`.
    pub(crate) fn of_event(&self, steps: &[&str], matchers: Matchers) -> Alternatives {
        if self.strict {
            return Alternatives::everything();
        }
        Alternatives::demand(Field::event(steps), matchers)
    }

    pub(crate) fn both(&mut self, a: Alternatives, b: Alternatives) -> Alternatives {
        let (both, whole) = a.and(&b);
        if !whole {
            self.drop(Reason::Alternatives);
        }
        both
    }

    /// Everything, since a filter cannot say less.
    pub(crate) fn drop(&mut self, reason: Reason) -> Alternatives {
        self.dropped.insert(Dropped { span: self.at, reason });
        Alternatives::everything()
    }
}
