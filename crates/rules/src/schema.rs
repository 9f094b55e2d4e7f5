//! Schemas: what is promised of items. They never change what a rule matches.

use std::sync::Arc;

use distributary_change::Value;
use distributary_syntax::Span;
use distributary_syntax::ast::Step;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::value_type::ValueType;

/// `schema Name when condition { … }`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// Its name.
    pub name: Arc<str>,
    /// Its documentation, one entry a line.
    pub docs: Vec<String>,
    /// Where its name is declared.
    pub span: Span,
    /// Which items are of it; all of them where there is no `when`. It is part of the condition of
    /// every rule that is `of` it.
    pub when: Option<Condition>,
    /// The attributes that its items have, and no others.
    pub fields: Vec<Field>,
}

/// `name: type`, `name?: type`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The attribute.
    pub name: String,
    /// Whether it may be absent.
    pub optional: bool,
    /// What it holds.
    pub ty: Type,
}

/// A type and where it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// Where it is written.
    pub span: Span,
}

/// The kinds of type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TypeKind {
    /// `any`, and what stands where the checker found an error.
    Any,
    /// A type of DynamoDB, whatever is inside.
    Of(ValueType),
    /// One value.
    Literal(Value),
    /// `a | b`
    OneOf(Vec<Type>),
    /// `list<type>`
    List(Box<Type>),
    /// `set<type>`
    Set(Box<Type>),
    /// `{ name: type }`: these attributes and no others.
    Map(Vec<Field>),
}

/// Where a path leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place<'s, 'p> {
    /// To something of this type, which may be absent.
    Typed {
        /// The type.
        ty: &'s Type,
        /// Whether something on the way may be absent.
        optional: bool,
    },
    /// Into what the schema does not describe.
    Open,
    /// To an attribute that there never is.
    Nowhere {
        /// The attribute.
        name: &'p str,
        /// Those that there are in its place.
        fields: &'s [Field],
    },
}

impl Schema {
    /// Where a path from `item`, `old` or `new` leads.
    #[must_use]
    pub fn place<'p>(&self, steps: &'p [Step]) -> Place<'_, 'p> {
        let Some((first, rest)) = steps.split_first() else { return Place::Open };
        match field(&self.fields, first) {
            Ok(field) => field.ty.place(rest, field.optional),
            Err(nowhere) => nowhere,
        }
    }
}

impl Type {
    /// Where steps into something of this type lead.
    pub(crate) fn place<'p>(&self, steps: &'p [Step], optional: bool) -> Place<'_, 'p> {
        let Some((first, rest)) = steps.split_first() else {
            return Place::Typed { ty: self, optional };
        };
        match (&self.kind, first) {
            (TypeKind::Map(fields), step) => match field(fields, step) {
                Ok(field) => field.ty.place(rest, optional || field.optional),
                Err(nowhere) => nowhere,
            },
            (TypeKind::List(element), Step::Index(_)) => element.place(rest, true),
            _ => Place::Open,
        }
    }

    /// The type of its values, where they are all of one.
    #[must_use]
    pub fn value_type(&self) -> Option<ValueType> {
        match &self.kind {
            TypeKind::Any => None,
            TypeKind::Of(ty) => Some(*ty),
            TypeKind::Literal(value) => Some(ValueType::of(value)),
            TypeKind::OneOf(types) => {
                let mut types = types.iter().map(Type::value_type);
                let first = types.next()??;
                types.all(|ty| ty == Some(first)).then_some(first)
            }
            TypeKind::List(_) => Some(ValueType::List),
            TypeKind::Set(_) => Some(ValueType::Set),
            TypeKind::Map(_) => Some(ValueType::Map),
        }
    }

    /// The values that there are of it, where they are listed.
    #[must_use]
    pub fn values(&self) -> Option<Vec<&Value>> {
        match &self.kind {
            TypeKind::Literal(value) => Some(vec![value]),
            TypeKind::Of(ValueType::Null) => Some(vec![&Value::Null]),
            TypeKind::OneOf(types) => {
                let values: Option<Vec<_>> = types.iter().map(Type::values).collect();
                Some(values?.into_iter().flatten().collect())
            }
            _ => None,
        }
    }

    /// The type of its elements.
    #[must_use]
    pub fn element(&self) -> Option<&Type> {
        match &self.kind {
            TypeKind::List(element) | TypeKind::Set(element) => Some(element),
            _ => None,
        }
    }
}

fn field<'s, 'p>(fields: &'s [Field], step: &'p Step) -> Result<&'s Field, Place<'s, 'p>> {
    let Step::Key(name) = step else { return Err(Place::Open) };
    fields.iter().find(|field| field.name == *name).ok_or(Place::Nowhere { name, fields })
}
