//! What is wrong with a program whose every part makes sense.

mod established;
mod former;
mod gap;
mod group;
mod images;
mod payload;
mod presence;
mod size;
mod untested;
mod unused;

use std::collections::BTreeSet;

use distributary_syntax::ast::{self, Declaration};
use distributary_syntax::{Diagnostic, Span};

use crate::program::{Program, Rule};
pub(crate) use untested::untested;
pub(crate) use unused::unused;

/// A rule, as it was checked and as it was written.
#[derive(Debug, Clone, Copy)]
struct Linted<'p> {
    program: &'p Program,
    rule: &'p Rule,
    written: &'p ast::Rule,
    /// All of the declaration.
    span: Span,
}

/// Looks at every rule, and at every route for each of its sources.
pub(crate) fn lint(
    program: &Program,
    written: &[(&Declaration, &ast::Rule)],
    findings: &mut Vec<Diagnostic>,
) {
    let mut gaps = BTreeSet::new();
    for (rule, (declaration, written)) in program.rules.iter().zip(written) {
        let linted = Linted { program, rule, written, span: declaration.span };
        images::lint(linted, findings);
        payload::lint(linted, findings);
        presence::lint(linted, findings);
        gap::lint(linted, &mut gaps, findings);
        size::lint(linted, findings);
    }
    images::guards(program, findings);
    group::lint(program, findings);
    former::lint(program, findings);
}
