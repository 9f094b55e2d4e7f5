//! Why a test does not hold: the event, what was expected, what came, and the first condition that
//! was not true.

use distributary_change::json::plain;
use distributary_change::{Image, Record};
use distributary_rules::evaluate::{self, Leaf, WhyNot};
use distributary_rules::test::{Expected, Failure, Happened, Outcome};
use distributary_rules::{Program, Truth};
use distributary_syntax::{Diagnostic, Span, codes};

pub(super) fn findings(program: &Program, outcome: &Outcome) -> Vec<Diagnostic> {
    let finding = |failure: &Failure| {
        let Failure { span, expected, got, .. } = failure;
        let message = format!("expected {expected}, got {got}");
        let mut finding = Diagnostic::error(codes::TEST_FAILED, message, *span);
        let happened = failure.record.and_then(|record| outcome.records.get(record));
        if let Some(why_not) = failure.why_not {
            finding = explained(finding, why_not, || {
                let rule = expected_rule(program, *span)?;
                let happened = happened?;
                Some(evaluate::leaves(program, rule, &happened.record, happened.source))
            });
        }
        match happened {
            Some(Happened { record, .. }) => {
                finding.help(format!("the event is {}", event(record)))
            }
            None => finding.help("the test has no event"),
        }
    };
    outcome.failures.iter().map(finding).collect()
}

/// The rule that an expectation is about.
fn expected_rule(program: &Program, expectation: Span) -> Option<usize> {
    let all = program.tests().iter().flat_map(|test| &test.expectations);
    let written = all.into_iter().find(|written| written.span == expectation)?;
    match written.kind {
        Expected::Fires { rule, .. } | Expected::Not { rule, .. } => Some(rule),
        Expected::Nothing => None,
    }
}

fn explained<'p>(
    finding: Diagnostic,
    why_not: WhyNot,
    leaves: impl FnOnce() -> Option<Vec<Leaf<'p>>>,
) -> Diagnostic {
    match why_not {
        WhyNot::Off => finding.note("the rule is off"),
        WhyNot::Source => finding.note("the rule is for another source"),
        WhyNot::Kind => finding.note("the rule is for other kinds of change"),
        WhyNot::Guard(span) => finding.label(span, "this guard keeps the event from every rule"),
        WhyNot::Condition(span, truth) => {
            let leaves = leaves().unwrap_or_default();
            let leaf = leaves.iter().find(|leaf| leaf.span == span);
            let seen = leaf.map_or_else(String::new, |leaf| seen(leaf));
            let text = match (truth, seen.as_str()) {
                (Truth::False, "") => "this is false".to_owned(),
                (_, "") => "this is unknown".to_owned(),
                (Truth::False, seen) => format!("this is false: {seen}"),
                (_, seen) => format!("this is unknown: {seen}"),
            };
            finding.label(span, text)
        }
    }
}

/// What a question saw: `` `old.price` is absent, `new.price` is a number ``.
pub(crate) fn seen(leaf: &Leaf<'_>) -> String {
    let operands = leaf
        .operands
        .iter()
        .map(|operand| format!("`{}` is {}", operand.path, kind(operand.found)));
    operands.collect::<Vec<_>>().join(", ")
}

/// DynamoDB's letters in words.
fn kind(found: &str) -> &str {
    match found {
        "S" => "a text",
        "N" => "a number",
        "B" => "binary",
        "BOOL" => "a boolean",
        "NULL" => "null",
        "L" => "a list",
        "M" => "a map",
        "SS" => "a set of texts",
        "NS" => "a set of numbers",
        "BS" => "a set of binary values",
        other => other,
    }
}

/// A change as tests write it.
fn event(record: &Record) -> String {
    let images: Vec<String> = [&record.old, &record.new].into_iter().filter_map(image).collect();
    let ttl = if record.expired_by_ttl() { " by its time to live" } else { "" };
    format!("{}{ttl} {}", record.kind.as_str(), images.join(" => "))
}

fn image(image: &Image) -> Option<String> {
    let Image::Present(item) = image else { return None };
    let mut json = Vec::new();
    plain::write_item(item, &mut json);
    Some(String::from_utf8_lossy(&json).into_owned())
}
