//! From a written test to a checked one.

use distributary_change::{
    EventKind, EventTime, Image, Item, Number, Record, SequenceNumber, StreamView, UserIdentity,
    Value,
};
use distributary_syntax::ast::{
    self, Declaration, Entry, ExpectationKind, Expr, Name, TestStepKind,
};
use distributary_syntax::{Span, codes};

use super::{Expectation, Expected, Test, TestStep};
use crate::lower::Lowering;
use crate::names::Word;
use crate::params;
use crate::program::Program;

/// When the changes of tests happen: 2026-01-01T00:00:00Z.
const SOME_TIME: i64 = 1_767_225_600;

impl Lowering<'_> {
    /// Checks a test of this program's rules.
    pub(crate) fn test(
        &mut self,
        declaration: &Declaration,
        written: &ast::Test,
        program: &Program,
    ) -> Test {
        let sources = program.sources.len();
        let title = &declaration.name;
        let source = self.source_for(title, written.from.as_ref(), title.span, sources);
        let params = written.with.iter().filter_map(|entry| self.override_of(entry)).collect();
        let mut steps = Vec::new();
        let mut given = Item::new();
        for step in &written.steps {
            match &step.kind {
                TestStepKind::Given(item) => given.extend(self.item(item).unwrap_or_default()),
                TestStepKind::Events(file) => {
                    steps.push(TestStep::Events { file: file.node.clone(), span: file.span });
                }
                kind => {
                    if let Some(images) = self.images(kind, &given) {
                        let number = steps.len() + 1;
                        let record = record(number, images, program, source);
                        steps.extend(record.map(|record| TestStep::Change(Box::new(record))));
                    }
                }
            }
        }
        let expectations =
            written.expects.iter().filter_map(|expect| self.expectation(expect, program)).collect();
        Test {
            title: title.node.as_str().into(),
            docs: declaration.docs.clone(),
            span: title.span,
            source,
            params,
            steps,
            expectations,
        }
    }

    /// `with { param: value }`
    fn override_of(&mut self, entry: &Entry) -> Option<(usize, Value)> {
        let Name { node, span } = &entry.key;
        match self.names.words.find(node, *span, &mut self.findings)? {
            Word::Param(index) => {
                let ty = self.params.get(index)?.ty;
                let value = params::value(ty, &entry.value, "value", &mut self.findings)?;
                Some((index, value))
            }
            Word::Let(_) => {
                let message = format!("`{node}` is a let, not a parameter");
                let help = "a let is what is written after its `=` in every test";
                self.refuse(codes::UNKNOWN_NAME, *span, message, help);
                None
            }
        }
    }

    /// What a step makes of an item that there is or is not.
    fn images(&mut self, step: &TestStepKind, given: &Item) -> Option<Images> {
        let mut image = |written: &Expr| {
            let mut image = given.clone();
            image.extend(self.item(written)?);
            Some(Image::Present(image))
        };
        let (kind, old, new, expired) = match step {
            TestStepKind::Insert(new) => (EventKind::Insert, Image::Absent, image(new)?, false),
            TestStepKind::Modify(old, new) => {
                let (old, new) = (image(old), image(new));
                (EventKind::Modify, old?, new?, false)
            }
            TestStepKind::Remove(old) => (EventKind::Remove, image(old)?, Image::Absent, false),
            TestStepKind::Expire(old) => (EventKind::Remove, image(old)?, Image::Absent, true),
            TestStepKind::Given(_) | TestStepKind::Events(_) => return None,
        };
        Some(Images { kind, old, new, expired })
    }

    fn expectation(
        &mut self,
        written: &ast::Expectation,
        program: &Program,
    ) -> Option<Expectation> {
        let kind = match &written.kind {
            ExpectationKind::Fires { rule, route, payload, times } => {
                let route = self.rule_and_route(rule, route.as_ref(), program);
                let payload = payload.as_ref().map(|part| self.plain(part));
                let (rule, route) = route?;
                let payload = match payload {
                    Some(part) => Some(part?),
                    None => None,
                };
                Expected::Fires { rule, route, payload, times: *times }
            }
            ExpectationKind::Not { rule, route } => {
                let (rule, route) = self.rule_and_route(rule, route.as_ref(), program)?;
                Expected::Not { rule, route }
            }
            ExpectationKind::Nothing => Expected::Nothing,
        };
        Some(Expectation { kind, span: written.span })
    }

    fn rule_and_route(
        &mut self,
        rule: &Name,
        route: Option<&Name>,
        program: &Program,
    ) -> Option<(usize, Option<usize>)> {
        let index = self.names.rules.find(&rule.node, rule.span, &mut self.findings);
        let Some(name) = route else { return Some((index?, None)) };
        let route = self.names.routes.find(&name.node, name.span, &mut self.findings)?;
        let sends = program.rules.get(index?)?.outputs.iter().any(|output| output.route == route);
        if !sends {
            let message = format!("`{}` never sends to `{}`", rule.node, name.node);
            let help = "name a route of the rule, or none";
            self.refuse(codes::TEST_ROUTE, name.span, message, help);
            return None;
        }
        Some((index?, Some(route)))
    }
}

struct Images {
    kind: EventKind,
    old: Image,
    new: Image,
    expired: bool,
}

/// The record that a stream would carry; its table is filled in when the test runs.
fn record(
    number: usize,
    images: Images,
    program: &Program,
    source: Option<usize>,
) -> Option<Record> {
    let source = source.and_then(|source| program.sources.get(source));
    let Images { kind, old, new, expired } = images;
    let item = if let Image::Present(item) = &new { Some(item) } else { None };
    let item = item.or(if let Image::Present(item) = &old { Some(item) } else { None });
    let keys = source.map(|source| source.key.as_slice()).unwrap_or_default();
    let keys = keys.iter().filter_map(|name| Some((name.clone(), item?.get(name)?.clone())));
    let identity =
        UserIdentity { kind: "Service".to_owned(), principal: "dynamodb.amazonaws.com".to_owned() };
    Some(Record {
        id: format!("test-{number}"),
        kind,
        table: String::new(),
        region: "eu-central-1".to_owned(),
        account: "123456789012".to_owned(),
        stream_arn: String::new(),
        sequence: SequenceNumber::new(number.to_string()).ok()?,
        time: EventTime::from_seconds(Number::from(SOME_TIME)).ok()?,
        identity: expired.then_some(identity),
        keys: keys.collect(),
        old,
        new,
        size: None,
        view: StreamView::NewAndOldImages,
    })
}

impl Test {
    /// The files that its `events` steps name, and where.
    pub fn files(&self) -> impl Iterator<Item = (&str, Span)> {
        self.steps.iter().filter_map(|step| match step {
            TestStep::Events { file, span } => Some((file.as_str(), *span)),
            TestStep::Change(_) => None,
        })
    }
}
