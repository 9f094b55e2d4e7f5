//! Numbers and beginnings of texts without which a rule does not fire: what tells rules apart that
//! need no constants.

use std::collections::BTreeMap;

use distributary_change::{Decimal, EventKind, Value};
use distributary_rules::{Condition, Order, Path, Program, Rule, Search, Term};
use distributary_syntax::ast::Root;

use crate::needs::Place;

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
}

impl Range {
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

/// The attribute that a path leads to from this root; an `item` that is always the same image is that image.
pub(crate) fn place(rule: &Rule, root: Root, path: &Path) -> Place {
    let root = match root {
        Root::Item if !rule.events.contains(&EventKind::Remove) => Root::New,
        Root::Item if rule.events == [EventKind::Remove] => Root::Old,
        root => root,
    };
    (root, path.steps.clone())
}
