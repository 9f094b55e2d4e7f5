//! From texts to a checked program.

use std::collections::BTreeSet;

use distributary_syntax::{Diagnostic, Severity, Sources, parse};

use crate::declared::Declared;
use crate::given::Given;
use crate::lower::Lowering;
use crate::names::{Names, Word};
use crate::params::params;
use crate::program::Program;
use crate::{lint, settings};

/// What the check built, and what it found.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// Everything that could be built; see [`Program`] for what that is when there are errors.
    pub program: Program,
    /// By file and place; those about no text come first.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// Whether the program must not be used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }
}

fn has_errors(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Parses and checks a rule set. Every finding of every declaration is reported in one run.
#[must_use]
pub fn check(sources: &Sources, given: &Given) -> Checked {
    let parsed = parse(sources);
    let declared = Declared::new(&parsed.files);
    let mut findings = parsed.diagnostics;
    let mut names = Names::new(parsed.files.iter().flat_map(|file| &file.unread));
    let params = params(declared.params.iter().copied(), &mut names, &mut findings);
    declare(&declared, &mut names, &mut findings);

    let mut lowering = Lowering::new(sources, names, params, findings);
    lowering.lets(declared.lets.iter().copied());
    lowering.all_schemas(&declared.schemas);
    let mut program = Program {
        lots: declared.lots.iter().map(|(at, lot)| lowering.lot_declaration(at, lot)).collect(),
        sources: declared.sources.iter().map(|(at, source)| lowering.source(at, source)).collect(),
        ..Program::default()
    };
    let (routes, parking): (Vec<_>, Vec<_>) =
        declared.routes.iter().map(|(at, route)| lowering.route(at, route)).unzip();
    program.routes = routes;
    for (declaration, written) in &declared.rules {
        let rule = lowering.rule(declaration, written, program.sources.len());
        program.rules.push(rule);
    }
    for (declaration, written) in &declared.ignores {
        let ignore = lowering.ignore(declaration, written, program.sources.len());
        program.ignores.push(ignore);
    }
    for (declaration, written) in &declared.tests {
        let test = lowering.test(declaration, written, &program);
        program.tests.push(test);
    }

    let Lowering { names, params, networks, schemas, mut findings, .. } = lowering;
    program.params = params;
    program.networks = networks;
    program.schemas = schemas;
    let unread: BTreeSet<&str> =
        parsed.files.iter().flat_map(|file| &file.unread).map(|name| name.node.as_str()).collect();
    program.give_all(sources, given, &|name| unread.contains(name), &mut findings);
    settings::end_circles(&mut program.lots, &mut findings);
    settings::settle(&mut program, &parking, &mut findings);
    lint::lint(&program, &declared, &mut findings);
    program.check_places(&mut findings);
    if !has_errors(&findings) {
        // Something with an error may use anything.
        lint::unused(&names, &mut findings);
        lint::untested(&program, &mut findings);
    }
    findings.sort_by_key(|finding| (finding.span(), finding.code));
    // What could not be read is not judged as well.
    let unread = |finding: &Diagnostic| (100..200).contains(&finding.code.0);
    findings.dedup_by(|later, first| {
        later == first || (later.span() == first.span() && unread(first) && !unread(later))
    });
    Checked { program, diagnostics: findings }
}

fn declare<'a>(declared: &Declared<'a>, names: &mut Names<'a>, findings: &mut Vec<Diagnostic>) {
    for (index, (declaration, _)) in declared.lets.iter().enumerate() {
        names.words.declare(&declaration.name, Some(Word::Let(index)), findings);
    }
    for (index, (declaration, _)) in declared.sources.iter().enumerate() {
        names.sources.declare(&declaration.name, Some(index), findings);
    }
    for (index, (declaration, _)) in declared.schemas.iter().enumerate() {
        names.schemas.declare(&declaration.name, Some(index), findings);
    }
    for (index, (declaration, _)) in declared.lots.iter().enumerate() {
        names.lots.declare(&declaration.name, Some(index), findings);
    }
    for (index, (declaration, _)) in declared.routes.iter().enumerate() {
        names.routes.declare(&declaration.name, Some(index), findings);
    }
    for (index, (declaration, _)) in declared.rules.iter().enumerate() {
        names.rules.declare(&declaration.name, Some(index), findings);
    }
    for (index, (declaration, _)) in declared.ignores.iter().enumerate() {
        names.ignores.declare(&declaration.name, Some(index), findings);
    }
}
