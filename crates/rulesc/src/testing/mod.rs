//! Running the tests of a rule set.

pub(crate) mod coverage;
mod events;
mod failure;

use distributary_rules::test::{self, Outcome};
use distributary_rules::{Program, Scope};
use distributary_syntax::{Diagnostic, Sources};

pub(crate) use failure::seen;

/// One test that ran, or could not.
#[derive(Debug)]
pub(crate) struct Tested {
    /// Its place in the program.
    pub(crate) test: usize,
    /// What came of it.
    pub(crate) outcome: Outcome,
    /// Why it does not hold; none where it does.
    pub(crate) findings: Vec<Diagnostic>,
}

/// Runs one test with its captured events.
pub(crate) fn run(program: &Program, index: usize, sources: &Sources) -> Tested {
    let as_seen = program.for_test(index);
    let read = as_seen
        .settle_params(Scope::Conditions)
        .and_then(|()| events::read(program.tests().get(index), sources));
    let (outcome, findings) = match read {
        Ok(files) => {
            let outcome = test::run(program, index, &files);
            let findings = failure::findings(&as_seen, &outcome);
            (outcome, findings)
        }
        Err(findings) => (Outcome::default(), findings),
    };
    Tested { test: index, outcome, findings }
}
