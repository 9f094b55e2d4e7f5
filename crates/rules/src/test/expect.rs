//! Whether what was expected is what was made.

use std::borrow::Cow;

use distributary_change::Value;
use distributary_syntax::Span;

use super::outcome::{Failure, Made, Outcome};
use super::part::{has_part, text};
use super::{Expectation, Expected};
use crate::evaluate::{Scene, WhyNot};
use crate::json::Json;
use crate::program::Program;

/// What a test's expectations are held against.
#[derive(Debug)]
pub(super) struct Expecting<'a> {
    pub(super) program: &'a Program,
    pub(super) outcome: &'a Outcome,
}

impl Expecting<'_> {
    pub(super) fn check(&self, expectation: &Expectation) -> Option<Failure> {
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
