//! What is wrong with a program whose every part makes sense.

mod established;
mod former;
mod gap;
mod group;
mod images;
mod keys;
mod payload;
mod presence;
mod region;
mod size;
mod subject;
mod untested;
mod unused;
mod view;

use std::collections::BTreeSet;

use distributary_syntax::ast;
use distributary_syntax::{Diagnostic, Span};

use crate::declared::Declared;
use crate::program::{Program, Rule};
use subject::subjects;
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

/// Looks at every rule, guard and `ignore`, and at every route for each of its sources.
pub(crate) fn lint(program: &Program, declared: &Declared<'_>, findings: &mut Vec<Diagnostic>) {
    let rules = program.rules.iter().zip(&declared.rules).map(|(rule, (declaration, written))| {
        Linted { program, rule, written, span: declaration.span }
    });
    let mut gaps = BTreeSet::new();
    for linted in rules.clone() {
        images::lint(linted, findings);
        payload::lint(linted, findings);
        presence::lint(linted, findings);
        gap::lint(linted, &mut gaps, findings);
        size::lint(linted, findings);
    }
    let ignores = program.ignores.iter().zip(&declared.ignores);
    let ignores = ignores.map(|(ignore, (declaration, _))| (declaration.span, ignore));
    for subject in subjects(program, rules, ignores) {
        keys::lint(&subject, findings);
        view::lint(&subject, findings);
    }
    group::lint(program, findings);
    region::lint(program, findings);
    former::lint(program, findings);
}
