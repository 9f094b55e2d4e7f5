//! What is certain about a value before there is a record.

use super::Lowering;
use crate::program::ParamType;
use crate::term::{EventField, Term};
use crate::value_type::ValueType;

/// The type of a value as far as the rules alone decide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It depends on the record.
    Any,
    Number,
    Text,
    Bool,
    Null,
    Binary,
    Set,
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
            Kind::Binary => "a binary value",
            Kind::Set => "a set",
            Kind::List => "a list",
            Kind::Map => "a map",
        }
    }

    /// The type, where one is certain.
    pub(crate) fn value_type(self) -> Option<ValueType> {
        Some(match self {
            Kind::Any => return None,
            Kind::Number => ValueType::Number,
            Kind::Text => ValueType::String,
            Kind::Bool => ValueType::Bool,
            Kind::Null => ValueType::Null,
            Kind::Binary => ValueType::Binary,
            Kind::Set => ValueType::Set,
            Kind::List => ValueType::List,
            Kind::Map => ValueType::Map,
        })
    }
}

impl From<ValueType> for Kind {
    fn from(ty: ValueType) -> Self {
        match ty {
            ValueType::Number => Kind::Number,
            ValueType::String => Kind::Text,
            ValueType::Bool => Kind::Bool,
            ValueType::Null => Kind::Null,
            ValueType::Binary => Kind::Binary,
            ValueType::Set => Kind::Set,
            ValueType::List => Kind::List,
            ValueType::Map => Kind::Map,
        }
    }
}

impl Lowering<'_> {
    /// The type of a term's value, where it has one.
    pub(crate) fn kind(&self, term: &Term) -> Kind {
        match term {
            Term::Literal(value) => ValueType::of(value).into(),
            Term::Arithmetic(..) => Kind::Number,
            Term::Text(_) => Kind::Text,
            Term::Call(function, _) => function.returns().into(),
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
            Term::Path(_) | Term::Element { .. } => {
                self.typed(term).and_then(|(_, ty)| ty.value_type()).map_or(Kind::Any, Kind::from)
            }
            Term::Unknown => Kind::Any,
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
