//! Runs a test.

use std::borrow::Cow;
use std::collections::BTreeMap;

use distributary_change::{Record, Value};

use super::expect::Expecting;
use super::outcome::{Failure, Happened, Made, Outcome};
use super::part::text;
use super::{Test, TestStep};
use crate::evaluate::Scene;
use crate::program::Program;
use crate::truth::Truth;

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
    let made = Expecting { program: &program, outcome: &run.outcome };
    let failures: Vec<Failure> =
        test.expectations.iter().filter_map(|expectation| made.check(expectation)).collect();
    Outcome { failures, ..run.outcome }
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

struct Run<'a> {
    program: &'a Program,
    outcome: Outcome,
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
