//! The pairs of rules that are worth comparing.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use distributary_rules::Program;

use crate::needs::Needs;
use crate::place::Place;
use crate::ranges::Visit;

/// So many pairs are looked at for each rule. Telling two rules apart takes some hundred nanoseconds.
const PAIRS_OF_A_RULE: usize = 500;

/// So few rules are not divided further.
const FEW: usize = 4;

/// Visits every pair of these rules that may fire on one record, the lower index first, each once.
/// They are divided by what they need.
pub(crate) struct Pairs<'p, 'v> {
    program: &'p Program,
    needs: &'p Needs,
    visit: Visit<'v>,
    left: usize,
}

impl<'p, 'v> Pairs<'p, 'v> {
    pub(crate) fn new(program: &'p Program, needs: &'p Needs, visit: Visit<'v>) -> Self {
        Pairs { program, needs, visit, left: 0 }
    }

    /// Whether there were too many pairs to look at all of them.
    pub(crate) fn too_many(mut self, rules: &[usize]) -> bool {
        self.left = rules.len().saturating_mul(PAIRS_OF_A_RULE);
        let _ = self.within(rules, &mut Vec::new());
        self.left == 0 && rules.len() > 1
    }

    /// `divided` are the attributes by which they were divided already, and the constant there.
    fn within(&mut self, rules: &[usize], divided: &mut Vec<(Place, String)>) -> ControlFlow<()> {
        let Some(place) = self.best(rules, divided) else {
            return self.needs.meeting(rules, &mut |a, b| self.pair(a, b, divided));
        };
        let mut by_constant: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut rest = Vec::new();
        for rule in rules {
            match self.needs.at(*rule, &place) {
                Some(constants) => {
                    for constant in constants {
                        by_constant.entry(constant).or_default().push(*rule);
                    }
                }
                None => rest.push(*rule),
            }
        }
        for (constant, group) in by_constant {
            divided.push((place.clone(), constant.to_owned()));
            self.within(&group, divided)?;
            divided.pop();
        }
        for a in rules.iter().filter(|rule| self.needs.at(**rule, &place).is_some()) {
            for b in &rest {
                self.pair(*a, *b, divided)?;
            }
        }
        self.within(&rest, divided)
    }

    /// The attribute that most of the rules need something of.
    fn best(&self, rules: &[usize], divided: &[(Place, String)]) -> Option<Place> {
        if rules.len() <= FEW {
            return None;
        }
        let mut counts: BTreeMap<&Place, usize> = BTreeMap::new();
        for place in rules.iter().flat_map(|rule| self.needs.places(*rule)) {
            *counts.entry(place).or_default() += 1;
        }
        let counts = counts.into_iter();
        let open = counts.filter(|(place, _)| divided.iter().all(|(known, _)| known != *place));
        let (place, count) = open.max_by_key(|(_, count)| *count)?;
        (count > 1).then(|| place.clone())
    }

    /// A pair that meets in several constants is visited at the first.
    fn pair(&mut self, a: usize, b: usize, divided: &[(Place, String)]) -> ControlFlow<()> {
        if self.left == 0 {
            return ControlFlow::Break(());
        }
        self.left -= 1;
        let (a, b) = (a.min(b), a.max(b));
        let first = divided.iter().all(|(place, constant)| {
            match (self.needs.at(a, place), self.needs.at(b, place)) {
                (Some(a), Some(b)) => first_common(a, b) == Some(constant),
                _ => true,
            }
        });
        let rules = self.program.rules();
        let (Some(one), Some(other)) = (rules.get(a), rules.get(b)) else {
            return ControlFlow::Continue(());
        };
        let together = one.source == other.source
            && one.events.iter().any(|kind| other.events.contains(kind))
            && !self.needs.exclude(a, b);
        if first && together { (self.visit)(a, b) } else { ControlFlow::Continue(()) }
    }
}

fn first_common<'s>(a: &'s BTreeSet<String>, b: &'s BTreeSet<String>) -> Option<&'s String> {
    a.intersection(b).next()
}
