//! What comes of a test.

use distributary_change::Record;
use distributary_syntax::Span;

use crate::evaluate::WhyNot;

/// What came of a test.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// What happened, in order.
    pub records: Vec<Happened>,
    /// What was sent because of it: by record, then by the rule's name.
    pub made: Vec<Made>,
    /// What was expected and is not so; none where the test holds.
    pub failures: Vec<Failure>,
}

/// A change in a test.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// The record.
    pub record: Record,
    /// The source that it comes from.
    pub source: Option<usize>,
}

/// A delivery in a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The record's place in [`Outcome::records`].
    pub record: usize,
    /// The rule.
    pub rule: usize,
    /// The rule's output.
    pub output: usize,
    /// The payload as plain JSON, whatever form the route gives it.
    pub payload: String,
}

/// An expectation that does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The expectation.
    pub span: Span,
    /// The record's place in [`Outcome::records`] that tells most about it, if there is any.
    pub record: Option<usize>,
    /// What was expected, in words.
    pub expected: String,
    /// What there was instead, in words.
    pub got: String,
    /// Why the rule did not fire on that record, where it should have.
    pub why_not: Option<WhyNot>,
}
