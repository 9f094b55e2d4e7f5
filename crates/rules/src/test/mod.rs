//! Tests of rules: events in, deliveries out.

mod expect;
mod item;
mod lower;
mod outcome;
mod part;
mod run;

use std::sync::Arc;

use distributary_change::{Record, Value};
use distributary_syntax::Span;

pub use outcome::{Failure, Happened, Made, Outcome};
pub use run::run;

/// `test "…" [from source] [with { param: value }] { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// What it is called.
    pub title: Arc<str>,
    /// Its documentation, one entry a line.
    pub docs: Vec<String>,
    /// Where its title is written.
    pub span: Span,
    /// The source that its changes are from; `None` where no source is declared.
    pub source: Option<usize>,
    /// The parameters, by index, that have another value in it.
    pub params: Vec<(usize, Value)>,
    /// What happens, in order.
    pub steps: Vec<TestStep>,
    /// What is then true.
    pub expectations: Vec<Expectation>,
}

/// Something that happens in a test.
#[derive(Debug, Clone, PartialEq)]
pub enum TestStep {
    /// A change that is written out.
    Change(Box<Record>),
    /// Those of a file, whose name is as written.
    Events {
        /// The file, relative to the one that the test is in.
        file: String,
        /// Where its name is written.
        span: Span,
    },
}

/// `expect …`
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// What is expected.
    pub kind: Expected,
    /// All of it.
    pub span: Span,
}

/// What a test can expect.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// `expect rule -> route { … } 2 times`
    Fires {
        /// The rule.
        rule: usize,
        /// The route; any where none is named.
        route: Option<usize>,
        /// What the payload has at least.
        payload: Option<Value>,
        /// How often; at least once where it is not said.
        times: Option<u32>,
    },
    /// `expect not rule -> route`
    Not {
        /// The rule.
        rule: usize,
        /// The route; any where none is named.
        route: Option<usize>,
    },
    /// `expect nothing`
    Nothing,
}
