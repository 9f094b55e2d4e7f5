//! Numbers and beginnings of texts without which a rule does not fire: what tells rules apart that
//! need no constants.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use distributary_change::{Decimal, Value};
use distributary_rules::{Condition, Order, Program, Rule, Search, Term};

use crate::place::{Place, place};

/// What a rule needs of one attribute. Its ends belong to a range.
#[derive(Debug, Default)]
struct Range {
    low: Option<Decimal>,
    high: Option<Decimal>,
    /// The longest beginning.
    prefix: Option<String>,
}

/// For every rule the ranges of its attributes.
#[derive(Debug)]
pub(crate) struct Ranges {
    rules: Vec<BTreeMap<Place, Range>>,
}

/// By what rules are put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Number,
    Text,
}

/// What is done with a pair of rules.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(usize, usize) -> ControlFlow<()>;

impl Ranges {
    pub(crate) fn of(program: &Program) -> Self {
        let of = |rule: &Rule| {
            let mut ranges = BTreeMap::new();
            if let Some(when) = &rule.when {
                collect(rule, when, &mut ranges);
            }
            ranges
        };
        Ranges { rules: program.rules().iter().map(of).collect() }
    }

    /// Whether no value of some attribute is in the ranges of both rules.
    pub(crate) fn exclude(&self, a: usize, b: usize) -> bool {
        let (Some(a), Some(b)) = (self.rules.get(a), self.rules.get(b)) else { return false };
        a.iter().any(|(place, a)| b.get(place).is_some_and(|b| a.apart(b)))
    }

    /// Visits pairs of these rules, apart from most of those that ranges exclude: rules are put in
    /// the order of the attribute that most of them have a range of, and what is apart there is not
    /// even looked at.
    pub(crate) fn meeting(&self, rules: &[usize], visit: Visit<'_>) -> ControlFlow<()> {
        let Some((place, by)) = self.most_common(rules) else {
            return rules.iter().enumerate().try_for_each(|(index, a)| {
                rules.iter().skip(index + 1).try_for_each(|b| visit(*a, *b))
            });
        };
        let range = |rule: &usize| self.rules.get(*rule)?.get(place).filter(|range| range.has(by));
        let (ranged, rest): (Vec<usize>, Vec<usize>) =
            rules.iter().partition(|rule| range(rule).is_some());
        let mut ordered: Vec<(usize, &Range)> =
            ranged.iter().filter_map(|rule| Some((*rule, range(rule)?))).collect();
        ordered.sort_by(|(_, a), (_, b)| a.begins_before(b, by));
        // Those that what follows may still meet.
        let mut open: Vec<(usize, &Range)> = Vec::new();
        for (b, next) in ordered {
            open.retain(|(_, range)| !range.ends_before(next, by));
            open.iter().try_for_each(|(a, _)| visit(*a, b))?;
            open.push((b, next));
        }
        for a in &ranged {
            rest.iter().try_for_each(|b| visit(*a, *b))?;
        }
        self.meeting(&rest, visit)
    }

    /// The attribute of which most of these rules have a range. `None` where no two have one.
    fn most_common(&self, rules: &[usize]) -> Option<(&Place, By)> {
        let mut counts: BTreeMap<(&Place, By), usize> = BTreeMap::new();
        let ranges = rules.iter().filter_map(|rule| self.rules.get(*rule)).flatten();
        for (place, range) in ranges {
            for by in [By::Number, By::Text].into_iter().filter(|by| range.has(*by)) {
                *counts.entry((place, by)).or_default() += 1;
            }
        }
        let (most, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        (count > 1).then_some(most)
    }
}

impl Range {
    fn has(&self, by: By) -> bool {
        match by {
            By::Number => self.low.is_some() || self.high.is_some(),
            By::Text => self.prefix.is_some(),
        }
    }

    /// No low end is before all others; a beginning is right before the texts that go on from it.
    fn begins_before(&self, other: &Range, by: By) -> Ordering {
        match by {
            By::Number => self.low.cmp(&other.low),
            By::Text => self.prefix.cmp(&other.prefix),
        }
    }

    /// Whether it ends before one that does not begin before it, and so before all that come later.
    fn ends_before(&self, next: &Range, by: By) -> bool {
        match by {
            By::Number => self.high.is_some() && next.low.is_some() && self.high < next.low,
            By::Text => match (&self.prefix, &next.prefix) {
                (Some(prefix), Some(next)) => !next.starts_with(prefix.as_str()),
                _ => false,
            },
        }
    }

    fn apart(&self, other: &Range) -> bool {
        let below = |high: &Option<Decimal>, low: &Option<Decimal>| {
            high.as_ref().zip(low.as_ref()).is_some_and(|(high, low)| high < low)
        };
        let texts = self.prefix.as_ref().zip(other.prefix.as_ref());
        below(&self.high, &other.low)
            || below(&other.high, &self.low)
            || texts.is_some_and(|(a, b)| !a.starts_with(b.as_str()) && !b.starts_with(a.as_str()))
    }
}

fn collect(rule: &Rule, condition: &Condition, ranges: &mut BTreeMap<Place, Range>) {
    match condition {
        Condition::At(_, inner) => collect(rule, inner, ranges),
        Condition::All(parts) => parts.iter().for_each(|part| collect(rule, part, ranges)),
        Condition::Order(order, Term::Path(path), Term::Literal(Value::Number(number))) => {
            let range = ranges.entry(place(rule, path.root, path)).or_default();
            let number = number.decimal();
            match order {
                Order::Less | Order::LessEqual => {
                    if range.high.as_ref().is_none_or(|high| number < high) {
                        range.high = Some(number.clone());
                    }
                }
                Order::Greater | Order::GreaterEqual => {
                    if range.low.as_ref().is_none_or(|low| number > low) {
                        range.low = Some(number.clone());
                    }
                }
            }
        }
        Condition::Text(
            Search::StartsWith,
            Term::Path(path),
            Term::Literal(Value::String(prefix)),
        ) => {
            let range = ranges.entry(place(rule, path.root, path)).or_default();
            if range.prefix.as_ref().is_none_or(|known| known.len() < prefix.len()) {
                range.prefix = Some(prefix.clone());
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use distributary_syntax::ast::Root;

    use super::{ControlFlow, Place, Range, Ranges};

    /// A range of one of two attributes; numbers and beginnings from so few that many meet.
    fn range() -> impl Strategy<Value = (Place, Range)> {
        let root = prop::sample::select(vec![Root::New, Root::Old]);
        let number = || prop::option::of((0_i64..6).prop_map(Into::into));
        (root, number(), number(), prop::option::of("[ab]{0,3}"))
            .prop_map(|(root, low, high, prefix)| ((root, Vec::new()), Range { low, high, prefix }))
    }

    proptest! {
        #[test]
        fn what_ranges_do_not_exclude_is_visited_once(
            rules in prop::collection::vec(range().prop_map(|range| [range].into()), 0..12),
        ) {
            let ranges = Ranges { rules };
            let rules: Vec<usize> = (0..ranges.rules.len()).collect();
            let mut visited = BTreeSet::new();
            let _ = ranges.meeting(&rules, &mut |a, b| {
                assert!(visited.insert((a.min(b), a.max(b))), "{a} and {b} are visited twice");
                ControlFlow::Continue(())
            });
            for (a, b) in rules.iter().flat_map(|a| rules.iter().map(move |b| (*a, *b))) {
                assert!(a >= b || ranges.exclude(a, b) || visited.contains(&(a, b)), "{a} and {b}");
            }
        }
    }
}
