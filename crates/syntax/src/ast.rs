//! The syntax tree: what was written and where, without any meaning.

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
    /// The declared name.
    pub name: Name,
    /// What is declared.
    pub kind: DeclarationKind,
}

/// The kinds of declaration.
#[derive(Debug, Clone, PartialEq)]
pub enum DeclarationKind {
    /// `param name: type = default`
    Param(Param),
    /// `source name { settings }`
    Source(Vec<Setting>),
    /// `let name = expr`
    Let(Expr),
    /// `lot name = kind { settings }`
    Lot(Destination),
    /// `route name = kind { settings }`
    Route(Destination),
    /// `rule name { on … when … to … }`
    Rule(Rule),
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

/// `kind { settings }`, for routes and lots.
#[derive(Debug, Clone, PartialEq)]
pub struct Destination {
    /// `sqs`, `sqs.fifo`, `file`, …, as written.
    pub kind: Name,
    /// Its settings.
    pub settings: Vec<Setting>,
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
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// `on INSERT, MODIFY`: the words as written, in capitals where that makes an event type.
    pub on: Vec<Name>,
    /// `from source`
    pub from: Option<Name>,
    /// `when condition`
    pub when: Option<Expr>,
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

/// An expression and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, without surrounding white space.
    pub span: Span,
}

/// The kinds of expression: values, conditions and payloads alike.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number with the digits as written, a leading `-` included.
    Number(String),
    /// `500ms`, `1s`, `15m`, `2h`
    Duration(std::time::Duration),
    /// `"text with ${…}"`
    Text(Vec<TextPart>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{ name: value, "other name": value }`
    Object(Vec<Entry>),
    /// A path that starts with a root: `item.customer.tier`
    Path(Path),
    /// A bare word: a `let`, a param, or a word that a setting understands.
    Name(String),
    /// `not a`
    Not(Box<Expr>),
    /// `a and b`, `a == b`, `a + b`, `a ?? b`, …
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a in [..]`, `a not in [..]`, where the list may be a name
    In {
        /// The value looked for.
        value: Box<Expr>,
        /// Where it is looked for.
        list: Box<Expr>,
        /// `not in`
        negated: bool,
    },
    /// `a has X`, `a has any [..]`, `a has all [..]`
    Has {
        /// The list, set or map.
        value: Box<Expr>,
        /// One, any or all.
        how: Has,
        /// The member, or the list of members.
        member: Box<Expr>,
    },
    /// `a exists`, `a missing`
    Presence {
        /// What is asked about.
        value: Box<Expr>,
        /// True for `exists`.
        exists: bool,
    },
    /// `a changed`, `a changed from X`
    Changed {
        /// The path.
        value: Box<Expr>,
        /// The old value asked for: one value, or a list after `in`.
        from: Option<Choice>,
    },
    /// `a became Y`, `a became Y from X`
    Became {
        /// The path.
        value: Box<Expr>,
        /// The new value.
        to: Choice,
        /// The old value.
        from: Option<Choice>,
    },
}

/// `X`, or `in [X, Y]`, after `became` and `from`.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Whether `in` was written, so that `value` is a list.
    pub one_of: bool,
    /// The value or the list.
    pub value: Box<Expr>,
}

/// What `has` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Has {
    /// `has X`
    One,
    /// `has any [..]`
    Any,
    /// `has all [..]`
    All,
}

/// Operators with two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `and`. Chains of `and` and `or` are grouped so that trees stay flat, not from left to right.
    And,
    /// `or`
    Or,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `contains`
    Contains,
    /// `starts with`
    StartsWith,
    /// `ends with`
    EndsWith,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `??`
    Coalesce,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum TextPart {
    /// Characters, with escapes resolved.
    Literal(String),
    /// `${expr}`
    Expr(Expr),
}

/// `name: value` in an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Name,
    /// Its value.
    pub value: Expr,
}

/// A path from a root into an image, the keys or the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Where it starts.
    pub root: Spanned<Root>,
    /// The steps, possibly none.
    pub steps: Vec<Spanned<Step>>,
}

/// Where a path can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Root {
    /// The image before the change.
    Old,
    /// The image after the change.
    New,
    /// `new`, or `old` on REMOVE.
    Item,
    /// The key attributes.
    Keys,
    /// What is known about the change itself.
    Event,
    /// The whole envelope with images.
    Change,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// `.name` or `["name"]`
    Key(String),
    /// `[0]`
    Index(u32),
}
