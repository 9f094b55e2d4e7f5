//! What the tests of a rule set reach: every rule that fires, every route that it sends to, and
//! every question of a condition both true and not true.

use std::collections::BTreeMap;

use distributary_rules::evaluate::{self, WhyNot};
use distributary_rules::{Mode, Program, Truth};
use distributary_syntax::{FileId, Sources, Span};

use super::Tested;

/// What there is to reach, and what was.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    /// In the program's order, what is to be reached of a rule in the order in which it is written.
    goals: BTreeMap<Goal, bool>,
}

/// Something that a test can reach.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Goal {
    Fires { rule: usize },
    Sends { rule: usize, output: usize },
    Asked { rule: usize, start: (u32, u32), end: u32, truth: bool },
}

impl Coverage {
    /// What there is to reach in a program, rules that are off aside.
    pub(crate) fn new(program: &Program) -> Self {
        let mut coverage = Coverage::default();
        for (index, rule) in program.rules().iter().enumerate() {
            if rule.mode == Mode::Off {
                continue;
            }
            coverage.goals.insert(Goal::Fires { rule: index }, false);
            for output in 0..rule.outputs.len() {
                coverage.goals.insert(Goal::Sends { rule: index, output }, false);
            }
            for span in evaluate::questions(program, index) {
                for truth in [true, false] {
                    coverage.goals.insert(asked(index, span, truth), false);
                }
            }
        }
        coverage
    }

    /// Adds what a test reached.
    pub(crate) fn add(&mut self, program: &Program, tested: &Tested) {
        for made in &tested.outcome.made {
            self.reach(Goal::Fires { rule: made.rule });
            self.reach(Goal::Sends { rule: made.rule, output: made.output });
        }
        let program = program.for_test(tested.test);
        for happened in &tested.outcome.records {
            let (record, source) = (&happened.record, happened.source);
            for rule in 0..program.rules().len() {
                match evaluate::why_not(&program, rule, record, source) {
                    None | Some(WhyNot::Condition(..)) => {}
                    Some(_) => continue,
                }
                for leaf in evaluate::leaves(&program, rule, record, source) {
                    self.reach(asked(rule, leaf.span, leaf.truth == Truth::True));
                }
            }
        }
    }

    /// How many goals were reached, and how many there are.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.goals.values().filter(|reached| **reached).count(), self.goals.len())
    }

    /// A line for everything that no test reaches.
    pub(crate) fn missing(&self, program: &Program, sources: &Sources) -> Vec<String> {
        let missing = self.goals.iter().filter(|(_, reached)| !**reached);
        missing.filter_map(|(goal, _)| self.line(goal, program, sources)).collect()
    }

    fn reach(&mut self, goal: Goal) {
        if let Some(reached) = self.goals.get_mut(&goal) {
            *reached = true;
        }
    }

    /// What is said about a goal that was not reached; nothing where another line says it.
    fn line(&self, goal: &Goal, program: &Program, sources: &Sources) -> Option<String> {
        let (Goal::Fires { rule } | Goal::Sends { rule, .. } | Goal::Asked { rule, .. }) = goal;
        let rule = program.rules().get(*rule)?;
        let (span, said) = match goal {
            Goal::Fires { .. } => (rule.span, "never fires".to_owned()),
            Goal::Sends { output, .. } => {
                let output = rule.outputs.get(*output)?;
                let route = program.routes().get(output.route)?;
                (output.span, format!("never sends to `{}`", route.name))
            }
            Goal::Asked { rule, start: (file, start), end, truth } => {
                let file = FileId(*file);
                let span = Span { file, start: *start, end: *end };
                let other = self.goals.get(&asked(*rule, span, !*truth)).copied();
                let found = match (truth, other == Some(true)) {
                    (true, true) => "never finds",
                    (false, true) => "always finds",
                    (true, false) => return None,
                    (false, false) => "never asks for",
                };
                (span, format!("{found} `{}`", sources.text(span)))
            }
        };
        let place = sources.position(span);
        let file = &sources.get(span.file)?.name;
        Some(format!("{file}:{}:{}: `{}` {said}", place.line, place.column, rule.name))
    }
}

fn asked(rule: usize, span: Span, truth: bool) -> Goal {
    Goal::Asked { rule, start: (span.file.0, span.start), end: span.end, truth }
}
