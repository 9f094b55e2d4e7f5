//! Expressions: values, conditions and payloads alike.

use super::{Name, Path, Step};
use crate::span::{Span, Spanned};

/// An expression and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, without surrounding white space.
    pub span: Span,
}

/// The kinds of expression.
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
    /// `{ name: value, "other name": value, ...spread }`
    Object(Vec<Member>),
    /// `set["a", "b"]`
    Set(Vec<Expr>),
    /// `b64"…"`, decoded
    Bytes(Vec<u8>),
    /// A path that starts with a root: `item.customer.tier`
    Path(Path),
    /// A bare word: a `let`, a param, or a word that a setting understands.
    Name(String),
    /// The variable of an [`ExprKind::Quantifier`] around it, alone or with steps: `line.qty`
    Local {
        /// The variable.
        name: Name,
        /// The steps into it, possibly none.
        steps: Vec<Spanned<Step>>,
    },
    /// `lower(item.name)`
    Call {
        /// The function, as written.
        function: Name,
        /// What it is applied to.
        arguments: Vec<Expr>,
    },
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
    /// `a is number`
    TypeTest {
        /// What is asked about.
        value: Box<Expr>,
        /// One of [`TypeExpr::TESTED`](super::TypeExpr::TESTED).
        ty: Name,
    },
    /// `a matches "glob*"`, `a matches /regex/`
    Matches {
        /// The text.
        value: Box<Expr>,
        /// What it is held against.
        pattern: Spanned<Pattern>,
    },
    /// `any v in list (condition)`, `all v in list (condition)`
    Quantifier {
        /// Whether `all` was written.
        all: bool,
        /// The variable.
        variable: Name,
        /// A path, or a variable of a quantifier around this one with its steps.
        list: Box<Expr>,
        /// The condition that is asked of each element.
        body: Box<Expr>,
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

/// What `matches` takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    /// A text in which `*` stands for any run of characters. Its literal parts still have `\*` for
    /// a star and `\\` for a backslash; interpolated parts stand for themselves.
    Glob(Vec<TextPart>),
    /// What stands between the slashes, with `\/` resolved.
    Regex(String),
}

/// A part of an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Member {
    /// `name: value`
    Entry(Entry),
    /// `...value`
    Spread(Expr),
}

/// `name: value` in an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Name,
    /// Its value.
    pub value: Expr,
}
