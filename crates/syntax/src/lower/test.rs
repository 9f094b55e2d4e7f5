//! Tests: steps, then expectations.

use crate::ast::{
    Entry, Expectation, ExpectationKind, Expr, Member, Name, Test, TestStep, TestStepKind,
};
use crate::grammar::{Pair, Rule};
use crate::{Diagnostic, codes};

use super::{Lower, is_mark};

impl Lower<'_> {
    pub(super) fn test_declaration<'s>(
        &mut self,
        inner: impl Iterator<Item = Pair<'s>>,
        title: &Name,
    ) -> Option<Test> {
        let mut test =
            Test { from: None, with: Vec::new(), steps: Vec::new(), expects: Vec::new() };
        let mut is_assigned = false;
        for part in inner {
            match part.as_rule() {
                Rule::from => {
                    let name = self.reference(&part.into_inner().nth(1)?);
                    if test.from.is_some() {
                        let help = "write a test for each source";
                        self.misplaced(name.span, "a test has one `from`", help);
                    } else if is_assigned {
                        let help = "write `test \"…\" from shop with { … } { … }`";
                        self.misplaced(name.span, "`from` comes before `with`", help);
                    }
                    test.from = Some(name);
                }
                Rule::assigned => {
                    let span = self.span(&part);
                    if is_assigned {
                        let help = "name all parameters in one";
                        self.misplaced(span, "a test has one `with`", help);
                    }
                    is_assigned = true;
                    test.with = self.assigned(part.into_inner().nth(1)?)?;
                }
                _ => self.test_body(part, &mut test)?,
            }
        }
        let is_event = |step: &TestStep| !matches!(step.kind, TestStepKind::Given(_));
        if !test.steps.iter().any(is_event) {
            let help = "add a step such as `insert { … }` or `modify { … } => { … }`";
            self.misplaced(title.span, "nothing happens in this test", help);
        }
        if test.expects.is_empty() {
            let help = "add a line such as `expect some_rule` or `expect nothing`";
            self.misplaced(title.span, "this test expects nothing in particular", help);
        }
        Some(test)
    }

    /// `with { stage: "dev" }`
    fn assigned(&mut self, object: Pair<'_>) -> Option<Vec<Entry>> {
        let mut entries = Vec::new();
        for member in self.members(object)? {
            match member {
                Member::Entry(entry) => entries.push(entry),
                Member::Spread(expr) => {
                    let message = "the parameters of a test are named one by one";
                    self.misplaced(expr.span, message, "write `with { stage: \"dev\" }`");
                }
            }
        }
        Some(entries)
    }

    fn test_body(&mut self, body: Pair<'_>, test: &mut Test) -> Option<()> {
        for line in body.into_inner().filter(|p| !is_mark(p.as_rule())) {
            if line.as_rule() == Rule::expectation {
                test.expects.push(self.expectation(line)?);
                continue;
            }
            let step = self.test_step(line)?;
            if let Some(expect) = test.expects.first() {
                let message = "steps come before expectations";
                let error = Diagnostic::error(codes::CLAUSES, message, step.span)
                    .label(expect.span, "the first expectation");
                self.report(error.help("write a second test, or move the step up"));
            }
            test.steps.push(step);
        }
        Some(())
    }

    fn test_step(&mut self, pair: Pair<'_>) -> Option<TestStep> {
        let (rule, span) = (pair.as_rule(), self.span(&pair));
        let mut inner = pair.into_inner().filter(|p| !is_mark(p.as_rule())).skip(1);
        let mut item = || self.primary(inner.next()?);
        let kind = match rule {
            Rule::step_given => TestStepKind::Given(item()?),
            Rule::step_insert => TestStepKind::Insert(item()?),
            Rule::step_modify => TestStepKind::Modify(item()?, item()?),
            Rule::step_remove => TestStepKind::Remove(item()?),
            Rule::step_expire => TestStepKind::Expire(item()?),
            _ => TestStepKind::Events(self.plain_text(inner.next()?)?),
        };
        Some(TestStep { kind, span })
    }

    fn expectation(&mut self, pair: Pair<'_>) -> Option<Expectation> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner().filter(|p| !is_mark(p.as_rule())).skip(1);
        let first = inner.next()?;
        let kind = match first.as_rule() {
            Rule::nothing => ExpectationKind::Nothing,
            Rule::not => {
                let rule = self.reference(&inner.next()?);
                ExpectationKind::Not { rule, route: inner.next().map(|p| self.reference(&p)) }
            }
            _ => self.fires(first)?,
        };
        Some(Expectation { kind, span })
    }

    fn fires(&mut self, pair: Pair<'_>) -> Option<ExpectationKind> {
        let mut inner = pair.into_inner();
        let rule = self.reference(&inner.next()?);
        let (mut route, mut payload, mut times) = (None, None::<Expr>, None);
        for part in inner {
            match part.as_rule() {
                Rule::reference => route = Some(self.reference(&part)),
                Rule::object => payload = Some(self.primary(part)?),
                Rule::count => times = Some(self.count(&part)),
                _ => {}
            }
        }
        Some(ExpectationKind::Fires { rule, route, payload, times })
    }

    fn count(&mut self, pair: &Pair<'_>) -> u32 {
        let count = pair.as_str().parse().unwrap_or(0);
        if count == 0 {
            let message =
                format!("{} is no number of times", crate::expected::shown(pair.as_str()));
            let error = Diagnostic::error(codes::NUMBER, message, self.span(pair));
            self.report(error.help("write `expect not …` for a rule that does not fire"));
        }
        count
    }
}
