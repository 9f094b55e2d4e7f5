//! Tests: events in, deliveries out.

use super::{Entry, Expr, Name};
use crate::span::{Span, Spanned};

/// `test "title" from source with { param: value } { steps and expectations }`
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// `from source`
    pub from: Option<Name>,
    /// `with { … }`: values of parameters in this test.
    pub with: Vec<Entry>,
    /// What happens, in order.
    pub steps: Vec<TestStep>,
    /// What is then true.
    pub expects: Vec<Expectation>,
}

/// One line of what happens.
#[derive(Debug, Clone, PartialEq)]
pub struct TestStep {
    /// What it is.
    pub kind: TestStepKind,
    /// All of it.
    pub span: Span,
}

/// What can happen in a test. Items are [`ExprKind::Object`](super::ExprKind::Object)s.
#[derive(Debug, Clone, PartialEq)]
pub enum TestStepKind {
    /// `given { … }`: attributes that all steps have.
    Given(Expr),
    /// `insert { … }`
    Insert(Expr),
    /// `modify { … } => { … }`
    Modify(Expr, Expr),
    /// `remove { … }`
    Remove(Expr),
    /// `expire { … }`: a removal by TTL.
    Expire(Expr),
    /// `events "file.json"`: captured events.
    Events(Spanned<String>),
}

/// One `expect`.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// What is expected.
    pub kind: ExpectationKind,
    /// All of it.
    pub span: Span,
}

/// What a test can expect.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpectationKind {
    /// `expect rule -> route { part of the payload } 2 times`
    Fires {
        /// The rule.
        rule: Name,
        /// The route, if one is named.
        route: Option<Name>,
        /// What the payload has at least; only with a route.
        payload: Option<Expr>,
        /// How often, where that is written.
        times: Option<u32>,
    },
    /// `expect not rule -> route`
    Not {
        /// The rule.
        rule: Name,
        /// The route, if one is named.
        route: Option<Name>,
    },
    /// `expect nothing`
    Nothing,
}
