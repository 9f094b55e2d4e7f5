//! What a table or a block asks of a section's rules and record.

use std::collections::{BTreeMap, BTreeSet};

use distributary_change::Record;
use distributary_rules::{Given, Program, Truth, check, evaluate, payload, test};
use distributary_syntax::{Severity, Sources, render};
use serde_json::{Value, json};

use super::shown;

/// A section's rules and record, and where a question about them stands.
pub(super) struct Asked {
    pub(super) rules: String,
    pub(super) record: Option<Record>,
    pub(super) place: String,
}

type Answer = Result<String, String>;

impl Asked {
    /// The answer to what a row asks in a column; `None` for tables that are for people.
    pub(super) fn about(&self, question: &str, asked: &str, column: &str) -> Option<Answer> {
        Some(match question {
            "condition" => {
                self.with(&format!("rule asked {{ on ANY when {asked} to asked }}"), fires)
            }
            "payload" => self.with(&format!("rule asked {{ on ANY to asked with {asked} }}"), body),
            "declaration" => Ok(self.codes(asked)),
            "record" => self.program("").map(|program| self.of_record(&program, asked)),
            "route" => self.program("").map(|program| shown::route(&program, asked, column)),
            "lot" => self.program("").map(|program| shown::lot(&program, asked, column)),
            "source" => self.program("").map(|program| shown::source(&program, asked, column)),
            "test" => self.compiled("").map(|(program, _)| outcome(&program, asked)),
            _ => return None,
        })
    }

    /// What every rule that fires sends, in order.
    pub(super) fn messages(&self) -> Value {
        self.of_outputs(|program, rule, output| {
            let (record, source) = self.record(program);
            shown::message(&payload::message(program, rule, output, record, source))
        })
    }

    /// What every rule that fires sends where the message is too large, in order.
    pub(super) fn fallbacks(&self) -> Value {
        self.of_outputs(|program, rule, output| {
            let (record, source) = self.record(program);
            let message = payload::message(program, rule, output, record, source);
            let fallback = payload::fallback(program, rule, output, record, source, &message.body);
            fallback.map_or(Value::Null, |body| serde_json::from_slice(&body).unwrap())
        })
    }

    fn of_outputs(&self, show: impl Fn(&Program, usize, usize) -> Value) -> Value {
        let program = self.program("").unwrap_or_else(|refused| panic!("{refused}"));
        let (record, source) = self.record(&program);
        let mut shown = Vec::new();
        for (index, rule) in program.rules().iter().enumerate() {
            if evaluate::fires(&program, index, record, source) == Truth::True {
                shown.extend((0..rule.outputs.len()).map(|output| show(&program, index, output)));
            }
        }
        json!(shown)
    }

    fn with(
        &self,
        rule: &str,
        answer: impl FnOnce(&Program, usize, &Record, Option<usize>) -> String,
    ) -> Answer {
        let program = self.program(&format!("route asked = console {{}}\n{rule}"))?;
        let (record, source) = self.record(&program);
        Ok(answer(&program, program.rules().len() - 1, record, source))
    }

    fn record(&self, program: &Program) -> (&Record, Option<usize>) {
        let record = self.record.as_ref().expect("a record");
        (record, program.source_of(&record.table))
    }

    /// What is made of the record before any rule is asked, and after all were.
    fn of_record(&self, program: &Program, what: &str) -> String {
        let (record, source) = self.record(program);
        let yes = match what {
            "skipped" => evaluate::skipped(program, record, source),
            "ignored" => evaluate::ignored(program, record, source).is_some(),
            other => panic!("{}: nothing is said of `{other}`", self.place),
        };
        yes.to_string()
    }

    /// The codes of errors and warnings that there are with a declaration beside the section's own, or
    /// `fine`.
    fn codes(&self, declaration: &str) -> String {
        let (checked, _) = self.checked(declaration);
        let found = checked.diagnostics.iter().filter(|d| d.severity != Severity::Info);
        let found: BTreeSet<String> = found.map(|d| d.code.to_string()).collect();
        if found.is_empty() {
            return "fine".to_owned();
        }
        found.into_iter().collect::<Vec<_>>().join(", ")
    }

    /// The program as it is once it was stored: it has to be no other.
    fn program(&self, more: &str) -> Result<Program, String> {
        let (compiled, sources) = self.compiled(more)?;
        let stored = postcard::to_allocvec(&compiled).unwrap();
        let mut program: Program = postcard::from_bytes(&stored).unwrap();
        assert!(program.is_sound(), "{}", self.place);
        program.give(&sources, &Given::default()).unwrap();
        assert_eq!(parts(&program), parts(&compiled), "{}", self.place);
        assert_eq!(postcard::to_allocvec(&program).unwrap(), stored, "{}", self.place);
        Ok(program)
    }

    fn compiled(&self, more: &str) -> Result<(Program, Sources), String> {
        let (checked, sources) = self.checked(more);
        let errors = checked.diagnostics.iter().filter(|d| d.severity == Severity::Error);
        let errors: Vec<String> = errors.map(|d| render::concise(d, &sources)).collect();
        if errors.is_empty() { Ok((checked.program, sources)) } else { Err(errors.join("\n")) }
    }

    fn checked(&self, more: &str) -> (distributary_rules::Checked, Sources) {
        let mut sources = Sources::new();
        sources.add(&self.place, format!("{}\n{more}", self.rules));
        (check(&sources, &Given::default()), sources)
    }
}

/// All of a program but its tests, places in the text included.
fn parts(program: &Program) -> String {
    format!(
        "{}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
        program.hash(),
        program.params(),
        program.sources(),
        program.schemas(),
        program.lots(),
        program.routes(),
        program.rules(),
        program.ignores()
    )
}

fn fires(program: &Program, rule: usize, record: &Record, source: Option<usize>) -> String {
    match evaluate::fires(program, rule, record, source) {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "unknown",
    }
    .to_owned()
}

fn body(program: &Program, rule: usize, record: &Record, source: Option<usize>) -> String {
    let message = payload::message(program, rule, 0, record, source);
    String::from_utf8(message.body.to_vec()).unwrap()
}

/// `holds`, or what there was in the place of what was expected.
fn outcome(program: &Program, title: &str) -> String {
    let index = program.tests().iter().position(|test| &*test.title == title).expect("a test");
    let outcome = test::run(program, index, &BTreeMap::new());
    outcome.failures.first().map_or("holds".to_owned(), |failure| format!("got {}", failure.got))
}
