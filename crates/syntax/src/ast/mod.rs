//! The syntax tree: what was written and where, without any meaning.

mod expr;
mod path;
mod schema;
mod test;

pub use expr::{BinaryOp, Choice, Entry, Expr, ExprKind, Has, Member, Pattern, TextPart};
pub use path::{Path, Root, Step};
pub use schema::{Field, Schema, TypeExpr, TypeKind};
pub use test::{Expectation, ExpectationKind, Test, TestStep, TestStepKind};

use crate::span::{Span, Spanned};

/// A word that somebody chose, and where.
pub type Name = Spanned<String>;

/// One parsed file: the declarations that could be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct File {
    /// In the order in which they were written.
    pub declarations: Vec<Declaration>,
    /// Names of declarations that could not be read, so that a mention of one is no second error.
    pub unread: Vec<Name>,
}

/// A declaration with its documentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// The `///` lines above it, without the slashes, one line each.
    pub docs: Vec<String>,
    /// All of it, from its keyword to its end.
    pub span: Span,
    /// The declared name; of a test, its title.
    pub name: Name,
    /// What is declared.
    pub kind: DeclarationKind,
}

/// The kinds of declaration.
#[derive(Debug, Clone, PartialEq)]
pub enum DeclarationKind {
    /// `param name: type = default`
    Param(Param),
    /// `source name { settings and guards }`
    Source(Source),
    /// `schema Name when condition { fields }`
    Schema(Schema),
    /// `let name = expr`
    Let(Expr),
    /// `lot name = kind { settings }`
    Lot(Destination),
    /// `route name = kind { settings }`
    Route(Destination),
    /// `rule name { on … when … to … }`
    Rule(Rule),
    /// `ignore name { on … when … }`
    Ignore(Ignore),
    /// `test "title" { steps and expectations }`
    Test(Test),
}

/// A parameter's type and where its value comes from when nothing sets it: `env "X"`, a literal,
/// or `env "X" ?? literal`.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// `string`, `arn`, `number`, `bool` or `list<string>`, as written; names are checked later.
    pub ty: Name,
    /// `env "X"`: the variable that may hold the value.
    pub env: Option<Spanned<String>>,
    /// The literal default.
    pub default: Option<Expr>,
}

/// What stands between the braces of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its settings.
    pub settings: Vec<Setting>,
    /// Which records rules see at all.
    pub guards: Vec<Guard>,
}

/// `only when condition` or `skip when condition`.
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    /// Whether `skip` was written.
    pub skip: bool,
    /// The condition.
    pub when: Expr,
    /// All of it.
    pub span: Span,
}

/// `kind { settings }`, for routes and lots.
#[derive(Debug, Clone, PartialEq)]
pub struct Destination {
    /// `sqs`, `sqs.fifo`, `file`, …, as written.
    pub kind: Name,
    /// Its settings.
    pub settings: Vec<Setting>,
    /// `formerly name`, in a route.
    pub formerly: Option<Name>,
}

/// `name: value`, or `name: value, value` for `key: pk, sk`.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// What is set.
    pub name: Name,
    /// The values, at least one.
    pub values: Vec<Expr>,
}

/// The body of a rule.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rule {
    /// `on INSERT, MODIFY`: the words as written, in capitals where that makes an event type.
    pub on: Vec<Name>,
    /// `of Schema`
    pub of: Option<Name>,
    /// `from source`
    pub from: Option<Name>,
    /// `when condition`
    pub when: Option<Expr>,
    /// `mode: shadow`: the word as written.
    pub mode: Option<Name>,
    /// `formerly name`
    pub formerly: Option<Name>,
    /// `to route with payload`; empty only where that has been reported.
    pub to: Vec<Output>,
}

/// `to route with payload`
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The route's name.
    pub route: Name,
    /// What is sent; the default payload where nothing is written.
    pub with: Option<Expr>,
}

/// The body of an `ignore`: the clauses of a rule that sends nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Ignore {
    /// As in a [`Rule`].
    pub on: Vec<Name>,
    /// `of Schema`
    pub of: Option<Name>,
    /// `from source`
    pub from: Option<Name>,
    /// `when condition`
    pub when: Option<Expr>,
}
