//! Set literals.

use distributary_change::Value;
use distributary_syntax::ast::Expr;
use distributary_syntax::{Span, codes};

use super::Lowering;
use crate::term::Term;

impl Lowering<'_> {
    /// `set["a", "b"]`: texts, numbers or binary values, at least one, as DynamoDB has them.
    pub(super) fn set(&mut self, members: &[Expr], span: Span) -> Term {
        let mut set = None;
        for written in members {
            let term = self.term(written);
            if term == Term::Unknown {
                return Term::Unknown;
            }
            set = match (term, set) {
                (Term::Literal(member), set) => added(set, member),
                _ => None,
            };
            if set.is_none() {
                let message = format!("{} cannot be a member of this set", self.quote(written));
                let help = "the members of a set literal are all texts, all numbers or all binary";
                self.refuse(codes::SET_MEMBERS, written.span, message, help);
                return Term::Unknown;
            }
        }
        if set.is_none() {
            let help = "ask for an attribute that is not there with `missing`";
            self.refuse(codes::SET_MEMBERS, span, "no attribute is an empty set", help);
        }
        set.map_or(Term::Unknown, Term::Literal)
    }
}

fn added(set: Option<Value>, member: Value) -> Option<Value> {
    match (set, member) {
        (None, Value::String(text)) => Some(Value::StringSet([text].into())),
        (None, Value::Number(number)) => Some(Value::NumberSet([number].into())),
        (None, Value::Binary(bytes)) => Some(Value::BinarySet([bytes].into())),
        (Some(Value::StringSet(mut set)), Value::String(text)) => {
            set.insert(text);
            Some(Value::StringSet(set))
        }
        (Some(Value::NumberSet(mut set)), Value::Number(number)) => {
            set.insert(number);
            Some(Value::NumberSet(set))
        }
        (Some(Value::BinarySet(mut set)), Value::Binary(bytes)) => {
            set.insert(bytes);
            Some(Value::BinarySet(set))
        }
        _ => None,
    }
}
