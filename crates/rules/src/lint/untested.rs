//! R601: rules that no test names.

use std::collections::BTreeSet;

use distributary_syntax::{Diagnostic, Severity, codes};

use crate::program::Program;
use crate::test::Expected;

/// Says which rules have no test, where there are tests at all.
pub(crate) fn untested(program: &Program, findings: &mut Vec<Diagnostic>) {
    if program.tests.is_empty() {
        return;
    }
    let expectations = program.tests.iter().flat_map(|test| &test.expectations);
    let tested: BTreeSet<usize> = expectations
        .filter_map(|expectation| match expectation.kind {
            Expected::Fires { rule, .. } | Expected::Not { rule, .. } => Some(rule),
            Expected::Nothing => None,
        })
        .collect();
    for (index, rule) in program.rules.iter().enumerate() {
        if !tested.contains(&index) {
            let message = format!("no test names `{}`", rule.name);
            let help = format!("add a test with `expect {}`", rule.name);
            findings.push(
                Diagnostic::new(codes::UNTESTED, Severity::Info, message, rule.span).help(help),
            );
        }
    }
}
