//! Runs a test.

use std::borrow::Cow;
use std::collections::BTreeMap;

use distributary_change::{Record, Value};
use distributary_syntax::Span;

use super::part::text;
use super::{Test, TestStep};
use crate::evaluate::{Scene, WhyNot};
use crate::program::Program;
use crate::truth::Truth;

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

/// Runs `program.tests()[test]`; nothing happens in one that does not exist.
///
/// `files` has the records of each file that [`Test::files`] names. A rule in shadow mode fires as
/// if it were live, so that it can be tested before it is.
#[must_use]
pub fn run(program: &Program, test: usize, files: &BTreeMap<String, Vec<Record>>) -> Outcome {
    let Some(test) = program.tests().get(test) else { return Outcome::default() };
    let program = program.with_params(&test.params);
    let mut run = Run { program: &program, outcome: Outcome::default() };
    run.happen(test, files);
    run.deliver();
    for expectation in &test.expectations {
        let failure = run.check(expectation);
        run.outcome.failures.extend(failure);
    }
    run.outcome
}

impl Program {
    /// The program as a test sees it: with the values that the test gives to parameters.
    #[must_use]
    pub fn for_test(&self, test: usize) -> Cow<'_, Program> {
        self.with_params(self.tests.get(test).map_or(&[], |test| &test.params))
    }

    fn with_params(&self, params: &[(usize, Value)]) -> Cow<'_, Program> {
        if params.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut program = self.clone();
        for (index, value) in params {
            if let Some(param) = program.params.get_mut(*index) {
                param.value = Some(value.clone());
            }
        }
        for source in &mut program.sources {
            source.table = source.table_setting.text(&program.params);
        }
        Cow::Owned(program)
    }
}

pub(super) struct Run<'a> {
    pub(super) program: &'a Program,
    pub(super) outcome: Outcome,
}

impl Run<'_> {
    fn happen(&mut self, test: &Test, files: &BTreeMap<String, Vec<Record>>) {
        let declared = test.source.and_then(|source| self.program.sources.get(source));
        let table = declared.and_then(|source| source.table.clone()).unwrap_or_default();
        for step in &test.steps {
            match step {
                TestStep::Change(record) => {
                    let record = Record { table: table.clone(), ..Record::clone(record) };
                    self.outcome.records.push(Happened { record, source: test.source });
                }
                TestStep::Events { file, .. } => {
                    for record in files.get(file).into_iter().flatten() {
                        let source = self.program.source_of(&record.table);
                        self.outcome.records.push(Happened { record: record.clone(), source });
                    }
                }
            }
        }
    }

    fn deliver(&mut self) {
        let mut rules: Vec<_> = self.program.rules.iter().enumerate().collect();
        rules.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        for (at, Happened { record, source }) in self.outcome.records.iter().enumerate() {
            let scene = Scene::new(self.program, record, *source);
            for (index, rule) in &rules {
                if scene.fires(rule) != Truth::True {
                    continue;
                }
                for (output, to) in rule.outputs.iter().enumerate() {
                    let Some(route) = self.program.routes.get(to.route) else { continue };
                    let payload = scene.of(rule).payload(to.with.as_ref(), route);
                    let payload = text(&payload);
                    self.outcome.made.push(Made { record: at, rule: *index, output, payload });
                }
            }
        }
    }
}
