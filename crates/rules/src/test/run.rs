//! Runs a test.

use std::borrow::Cow;
use std::collections::BTreeMap;

use distributary_change::json::plain;
use distributary_change::{Record, Value};
use distributary_syntax::Span;

use super::{Expectation, Expected, Test, TestStep};
use crate::evaluate::{Scene, WhyNot};
use crate::json::{Json, Spelling};
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

    fn check(&self, expectation: &Expectation) -> Option<Failure> {
        let span = expectation.span;
        match &expectation.kind {
            Expected::Nothing => {
                let first = self.outcome.made.first()?;
                Some(Failure {
                    span,
                    record: Some(first.record),
                    expected: "nothing".to_owned(),
                    got: self.listed(self.outcome.made.iter()),
                    why_not: None,
                })
            }
            Expected::Not { rule, route } => {
                let first = self.of(*rule, *route).next()?;
                Some(Failure {
                    span,
                    record: Some(first.record),
                    expected: format!("nothing from {}", self.wanted(*rule, *route)),
                    got: self.listed(self.of(*rule, *route)),
                    why_not: None,
                })
            }
            Expected::Fires { rule, route, payload, times } => {
                let made: Vec<&Made> = self.of(*rule, *route).collect();
                let fits = |made: &&&Made| {
                    payload.as_ref().is_none_or(|part| has_part(&made.payload, part))
                };
                // One firing of a rule with several routes is one, where no route is named.
                let mut firings: Vec<usize> = made.iter().filter(fits).map(|m| m.record).collect();
                firings.dedup();
                let holds = match times {
                    None => !firings.is_empty(),
                    Some(times) => firings.len() == *times as usize,
                };
                if holds {
                    return None;
                }
                Some(self.missed(span, (*rule, *route), payload.as_ref(), *times, &made))
            }
        }
    }

    fn missed(
        &self,
        span: Span,
        (rule, route): (usize, Option<usize>),
        payload: Option<&Value>,
        times: Option<u32>,
        made: &[&Made],
    ) -> Failure {
        let mut expected = self.wanted(rule, route);
        if let Some(part) = payload {
            expected.push(' ');
            expected.push_str(&text(&Json::Value(Cow::Borrowed(part))));
        }
        if let Some(times) = times {
            expected.push_str(&format!(", {times} times"));
        }
        let (record, why_not) = match made.first() {
            Some(made) => (Some(made.record), None),
            None => self.why_not(rule),
        };
        let got = self.listed(made.iter().copied());
        Failure { span, record, expected, got, why_not }
    }

    /// The record on which the rule came closest to firing: one that its condition was asked
    /// about, else the last one.
    fn why_not(&self, rule: usize) -> (Option<usize>, Option<WhyNot>) {
        let Some(rule) = self.program.rules.get(rule) else { return (None, None) };
        let asked = self.outcome.records.iter().enumerate().map(|(at, happened)| {
            let scene = Scene::new(self.program, &happened.record, happened.source);
            (Some(at), scene.why_not(rule))
        });
        asked
            .max_by_key(|(_, why)| matches!(why, Some(WhyNot::Condition(..))))
            .unwrap_or((None, None))
    }

    fn of(&self, rule: usize, route: Option<usize>) -> impl Iterator<Item = &Made> {
        self.outcome.made.iter().filter(move |made| {
            made.rule == rule && route.is_none_or(|route| self.route_of(made) == Some(route))
        })
    }

    fn route_of(&self, made: &Made) -> Option<usize> {
        Some(self.program.rules.get(made.rule)?.outputs.get(made.output)?.route)
    }

    /// `rule -> route`
    fn wanted(&self, rule: usize, route: Option<usize>) -> String {
        let rule = self.program.rules.get(rule).map_or("", |rule| &*rule.name);
        match route.and_then(|route| self.program.routes.get(route)) {
            Some(route) => format!("`{rule}` -> `{}`", route.name),
            None => format!("`{rule}`"),
        }
    }

    fn listed<'m>(&self, made: impl Iterator<Item = &'m Made>) -> String {
        let shown: Vec<String> = made
            .map(|made| format!("{} {}", self.wanted(made.rule, self.route_of(made)), made.payload))
            .collect();
        if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") }
    }
}

fn text(json: &Json<'_>) -> String {
    let mut out = Vec::new();
    json.write(Spelling::Plain, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether a payload has everything that is in a part of it.
fn has_part(payload: &str, part: &Value) -> bool {
    let read = |json: &str| plain::read(json.as_bytes());
    let part = text(&Json::Value(Cow::Borrowed(part)));
    matches!((read(payload), read(&part)), (Ok(payload), Ok(part)) if holds(&payload, &part))
}

fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Map(whole), Value::Map(part)) => {
            part.iter().all(|(name, part)| whole.get(name).is_some_and(|whole| holds(whole, part)))
        }
        (Value::List(whole), Value::List(part)) => {
            whole.len() == part.len()
                && whole.iter().zip(part).all(|(whole, part)| holds(whole, part))
        }
        _ => whole == part,
    }
}
