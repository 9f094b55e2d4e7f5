//! What is certain about a value before there is a record.

use distributary_change::Value;

use super::Lowering;
use crate::program::ParamType;
use crate::term::{EventField, Term};

/// The type of a value as far as the rules alone decide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It depends on the record.
    Any,
    Number,
    Text,
    Bool,
    Null,
    List,
    Map,
}

impl Kind {
    /// With its article, for messages.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Kind::Any => "a value",
            Kind::Number => "a number",
            Kind::Text => "a text",
            Kind::Bool => "a boolean",
            Kind::Null => "a null value",
            Kind::List => "a list",
            Kind::Map => "a whole item",
        }
    }
}

impl Lowering<'_> {
    /// The type of a term's value, where it has one.
    pub(crate) fn kind(&self, term: &Term) -> Kind {
        match term {
            Term::Literal(Value::Number(_)) | Term::Arithmetic(..) => Kind::Number,
            Term::Literal(Value::String(_)) | Term::Text(_) => Kind::Text,
            Term::Literal(Value::Bool(_)) => Kind::Bool,
            Term::Literal(Value::Null) => Kind::Null,
            Term::Path(path) if path.steps.is_empty() => Kind::Map,
            Term::Param(param) => self.params.get(*param).map_or(Kind::Any, |p| of_param(p.ty)),
            Term::Event(EventField::Time | EventField::Size) => Kind::Number,
            Term::Event(EventField::Expired) => Kind::Bool,
            Term::Event(_) => Kind::Text,
            Term::Coalesce(first, second) => match (self.kind(first), self.kind(second)) {
                (first, second) if first == second => first,
                (Kind::Null, second) => second,
                _ => Kind::Any,
            },
            Term::Literal(_) | Term::Path(_) | Term::Unknown => Kind::Any,
        }
    }
}

fn of_param(ty: ParamType) -> Kind {
    match ty {
        ParamType::String | ParamType::Arn => Kind::Text,
        ParamType::Number => Kind::Number,
        ParamType::Bool => Kind::Bool,
        ParamType::List => Kind::List,
    }
}
