//! Constants without which a rule does not fire: what tells most rules apart at a glance.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use distributary_change::Value;
use distributary_rules::{Condition, Path, Program, Rule, Term};
use distributary_syntax::ast::Root;

use crate::place::{Place, place};
use crate::ranges::{Ranges, Visit};

/// For every rule the constants that attributes must have.
#[derive(Debug)]
pub(crate) struct Needs {
    rules: Vec<BTreeMap<Place, BTreeSet<String>>>,
    ranges: Ranges,
}

impl Needs {
    pub(crate) fn of(program: &Program) -> Self {
        let of = |rule: &Rule| {
            let mut needs = BTreeMap::new();
            if let Some(when) = &rule.when {
                Reader { program, rule }.collect(when, &mut needs);
            }
            needs
        };
        let rules = program.rules().iter().map(of).collect();
        Needs { rules, ranges: Ranges::of(program) }
    }

    /// The attributes of which a rule needs something.
    pub(crate) fn places(&self, rule: usize) -> impl Iterator<Item = &Place> {
        self.rules.get(rule).into_iter().flat_map(BTreeMap::keys)
    }

    /// What a rule needs in an attribute.
    pub(crate) fn at(&self, rule: usize, place: &Place) -> Option<&BTreeSet<String>> {
        self.rules.get(rule)?.get(place)
    }

    /// Visits pairs of these rules, apart from most of those that ranges exclude.
    pub(crate) fn meeting(&self, rules: &[usize], visit: Visit<'_>) -> ControlFlow<()> {
        self.ranges.meeting(rules, visit)
    }

    /// Whether two rules need different values in one attribute, so that no record has both.
    pub(crate) fn exclude(&self, a: usize, b: usize) -> bool {
        let constants = self.places(a).any(|place| match (self.at(a, place), self.at(b, place)) {
            (Some(a), Some(b)) => a.is_disjoint(b),
            _ => false,
        });
        constants || self.ranges.exclude(a, b)
    }
}

struct Reader<'p> {
    program: &'p Program,
    rule: &'p Rule,
}

impl Reader<'_> {
    fn collect(&self, condition: &Condition, needs: &mut BTreeMap<Place, BTreeSet<String>>) {
        match condition {
            Condition::At(_, inner) => self.collect(inner, needs),
            Condition::All(parts) => parts.iter().for_each(|part| self.collect(part, needs)),
            Condition::Equal(Term::Path(path), other)
            | Condition::Equal(other, Term::Path(path)) => {
                self.need(path, path.root, std::slice::from_ref(other), needs);
            }
            Condition::In(Term::Path(path), members) => {
                self.need(path, path.root, members, needs);
            }
            Condition::Changed { path, to, from } => {
                for (root, members) in [(Root::New, to), (Root::Old, from)] {
                    if let Some(members) = members {
                        self.need(path, root, members, needs);
                    }
                }
            }
            _ => {}
        }
    }

    fn need(
        &self,
        path: &Path,
        root: Root,
        members: &[Term],
        needs: &mut BTreeMap<Place, BTreeSet<String>>,
    ) {
        let Some(constants) = members.iter().map(|term| self.constant(term)).collect() else {
            return;
        };
        let place = place(self.rule, root, path);
        match needs.get_mut(&place) {
            Some(known) => *known = known.intersection(&constants).cloned().collect(),
            None => drop(needs.insert(place, constants)),
        }
    }

    /// A text that only equal values share.
    fn constant(&self, term: &Term) -> Option<String> {
        let value = match term {
            Term::Literal(value) => value,
            Term::Param(param) => self.program.params().get(*param)?.value.as_ref()?,
            _ => return None,
        };
        Some(match value {
            Value::String(text) => format!("\"{text}"),
            Value::Number(number) => number.decimal().to_string(),
            Value::Bool(yes) => yes.to_string(),
            Value::Null => "null".to_owned(),
            _ => return None,
        })
    }
}
