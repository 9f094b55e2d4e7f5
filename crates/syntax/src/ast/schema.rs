//! Schemas: the types of an item's attributes.

use super::{Expr, Name};
use crate::span::Span;

/// `schema Name when condition { fields }`
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// Which items are of this schema; all of them where nothing is written.
    pub when: Option<Expr>,
    /// The attributes.
    pub fields: Vec<Field>,
}

/// `name: type`, or `name?: type` for an attribute that may be absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The attribute.
    pub name: Name,
    /// Whether `?` was written.
    pub optional: bool,
    /// Its type.
    pub ty: TypeExpr,
}

/// A type and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeKind,
    /// Where it stands, without surrounding white space.
    pub span: Span,
}

impl TypeExpr {
    /// The types of DynamoDB, by the names that schemas and `is` have for them.
    pub const TESTED: [&str; 8] =
        ["string", "number", "bool", "null", "binary", "list", "map", "set"];
}

/// The kinds of type.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// One of [`TypeExpr::TESTED`], or `any`.
    Name(String),
    /// A value that is the only one of its type: `"Order"`, `1`, `true`.
    Literal(Expr),
    /// `a | b`: at least two, none of them a union.
    Union(Vec<TypeExpr>),
    /// `list<type>`
    List(Box<TypeExpr>),
    /// `set<type>`
    Set(Box<TypeExpr>),
    /// `{ name: type }`
    Map(Vec<Field>),
}
