//! Conditions as the checked program writes them, lets expanded.

use distributary_syntax::Span;
use serde::{Deserialize, Serialize};

use crate::pattern::Pattern;
use crate::term::{Path, Term};
use crate::value_type::ValueType;

/// A question about a record. Its answer is true, false or unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    /// A condition that somebody wrote, and where.
    At(Origin, Box<Condition>),
    /// `not a`
    Not(Box<Condition>),
    /// `a and b and …`
    All(Vec<Condition>),
    /// `a or b or …`
    Any(Vec<Condition>),
    /// A value that is certainly a boolean: `event.expired`, `cidr(…)`, a `bool` parameter.
    Holds(Term),
    /// `a == b`; `!=` is its negation.
    Equal(Term, Term),
    /// `a < b`, `a <= b`, `a > b`, `a >= b`
    Order(Order, Term, Term),
    /// `a in [x, y]`; `not in` is its negation. A list parameter stands for its members.
    In(Term, Vec<Term>),
    /// `a has x`, `a has any [x, y]`
    HasAny(Term, Vec<Term>),
    /// `a has all [x, y]`
    HasAll(Term, Vec<Term>),
    /// `a contains "t"`, `a starts with "t"`, `a ends with "t"`
    Text(Search, Term, Term),
    /// `a matches "glob*"`, `a matches /regex/`
    Matches(Term, Pattern),
    /// `a exists`; `missing` is its negation.
    Exists(Term),
    /// `a is number`
    Is(Term, ValueType),
    /// `p changed`, `p changed from x`, `p became y`, `p became y from x`
    Changed {
        /// A path of `item`, followed in both images.
        path: Path,
        /// What it is one of now.
        to: Option<Vec<Term>>,
        /// What it was one of.
        from: Option<Vec<Term>>,
    },
    /// `any v in p (c)`, `all v in p (c)`
    Quantified {
        /// Whether all elements are asked for, not any.
        all: bool,
        /// The list or set.
        list: Term,
        /// What is asked of each element, which is [`Term::Element`] 0 in it.
        body: Box<Condition>,
    },
    /// What stands where the checker found an error.
    Unknown,
}

/// Where a condition was written. It is equal to every other, so that conditions compare by what
/// they ask.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Origin(pub Span);

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Which order is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

/// Where a text is looked for in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Search {
    /// Anywhere.
    Contains,
    /// At its start.
    StartsWith,
    /// At its end.
    EndsWith,
}
