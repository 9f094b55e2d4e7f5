//! The truth of a condition.

use distributary_change::Value;
use distributary_syntax::ast::Root;

use super::{Scene, Seen};
use crate::condition::{Condition, Order, Search};
use crate::pattern::{Pattern, glob};
use crate::term::Term;
use crate::truth::Truth;
use crate::value_type::ValueType;

impl<'a> Scene<'a> {
    pub(crate) fn truth(&self, condition: &'a Condition) -> Truth {
        match condition {
            Condition::At(_, inner) => self.truth(inner),
            Condition::Not(inner) => !self.truth(inner),
            Condition::All(parts) => Truth::all(parts.iter().map(|part| self.truth(part))),
            Condition::Any(parts) => Truth::any(parts.iter().map(|part| self.truth(part))),
            Condition::Holds(term) => match self.value(term).value() {
                Some(Value::Bool(yes)) => Truth::from(*yes),
                _ => Truth::Unknown,
            },
            Condition::Equal(a, b) => self.value(a).equals(&self.value(b)),
            Condition::Order(order, a, b) => self.order(*order, a, b),
            Condition::In(term, members) => self.is_in(&self.value(term), members),
            Condition::HasAny(term, members) => self.has_any(term, members),
            Condition::HasAll(term, members) => self.has_all(term, members),
            Condition::Text(search, a, b) => self.search(*search, a, b),
            Condition::Matches(term, pattern) => self.matches(term, pattern),
            Condition::Is(term, ty) => match self.value(term) {
                Seen::Unknown => Truth::Unknown,
                Seen::Absent => Truth::False,
                Seen::Number(_) => Truth::from(*ty == ValueType::Number),
                Seen::Value(value) => Truth::from(ValueType::of(&value) == *ty),
            },
            Condition::Quantified { all, list, body } => self.quantified(*all, list, body),
            Condition::Exists(term) => match self.value(term) {
                Seen::Unknown => Truth::Unknown,
                Seen::Absent => Truth::False,
                Seen::Value(_) | Seen::Number(_) => Truth::True,
            },
            Condition::Changed { path, to, from } => {
                let (old, new) = (self.path(path, Root::Old), self.path(path, Root::New));
                let is = |seen: &Seen<'_>, members: &'a Option<Vec<Term>>| {
                    members.as_ref().map_or(Truth::True, |members| self.is_in(seen, members))
                };
                (!old.equals(&new)).and(is(&new, to)).and(is(&old, from))
            }
            Condition::Unknown => Truth::Unknown,
        }
    }

    fn order(&self, order: Order, a: &'a Term, b: &'a Term) -> Truth {
        let Some(ordering) = self.value(a).compare(&self.value(b)) else { return Truth::Unknown };
        Truth::from(match order {
            Order::Less => ordering.is_lt(),
            Order::LessEqual => ordering.is_le(),
            Order::Greater => ordering.is_gt(),
            Order::GreaterEqual => ordering.is_ge(),
        })
    }

    fn search(&self, search: Search, a: &'a Term, b: &'a Term) -> Truth {
        let (a, b) = (self.value(a), self.value(b));
        if a == Seen::Unknown || b == Seen::Unknown {
            return Truth::Unknown;
        }
        let (Some(Value::String(text)), Some(Value::String(part))) = (a.value(), b.value()) else {
            return Truth::False;
        };
        Truth::from(match search {
            Search::Contains => text.contains(part),
            Search::StartsWith => text.starts_with(part),
            Search::EndsWith => text.ends_with(part),
        })
    }

    fn matches(&self, term: &'a Term, pattern: &'a Pattern) -> Truth {
        let seen = self.value(term);
        if seen == Seen::Unknown {
            return Truth::Unknown;
        }
        let mut pieces = Vec::new();
        if let Pattern::Glob(written) = pattern {
            for piece in written {
                match self.value(piece) {
                    Seen::Unknown => return Truth::Unknown,
                    piece => pieces.push(piece.written().unwrap_or_default()),
                }
            }
        }
        let Some(Value::String(text)) = seen.value() else { return Truth::False };
        Truth::from(match pattern {
            Pattern::Glob(_) => glob(&pieces, text),
            Pattern::Regex(regex) => regex.is_in(text),
        })
    }
}
