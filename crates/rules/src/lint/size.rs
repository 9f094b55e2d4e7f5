//! R404: payloads that never fit.

use distributary_change::Value;
use distributary_delivery::Oversize;
use distributary_delivery::limits::{EVENTBRIDGE_BYTES, SNS_BYTES, SQS_BYTES};
use distributary_syntax::{Diagnostic, codes};

use super::Linted;
use crate::route::RouteKind;
use crate::term::{Content, Member, Part, Term};

/// What a message may have at most, in bytes.
fn limit(kind: RouteKind) -> Option<usize> {
    match kind {
        RouteKind::EventBridge => Some(EVENTBRIDGE_BYTES),
        RouteKind::Sqs | RouteKind::SqsFifo => Some(SQS_BYTES),
        RouteKind::Sns | RouteKind::SnsFifo => Some(SNS_BYTES),
        RouteKind::Console | RouteKind::File => None,
    }
}

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Diagnostic>) {
    for output in &linted.rule.outputs {
        let route = linted.program.routes.get(output.route);
        let Some((route, with)) = route.zip(output.with.as_ref()) else { continue };
        let Some(limit) = limit(route.kind) else { continue };
        let least = least(with);
        if least > limit {
            let message = format!(
                "this payload has at least {least} bytes, and `{}` takes at most {limit}",
                route.kind.as_str()
            );
            let finding = if route.oversize == Some(Oversize::Keys) {
                Diagnostic::warning(codes::NEVER_FITS, message, output.span)
                    .help("its keys are all that ever arrives: leave `with` out to say so")
            } else {
                Diagnostic::error(codes::NEVER_FITS, message, output.span)
                    .help("send less, or a key by which the rest can be looked up")
            };
            findings.push(finding);
        }
    }
}

/// So many bytes a payload has, whatever the record.
fn least(content: &Content) -> usize {
    match content {
        Content::Term(term) => characters(term).map_or(0, |characters| characters + 2),
        Content::Condition(_) | Content::Change => 0,
        Content::List(members) => 2 + members.iter().map(least).sum::<usize>(),
        Content::Object(members) => {
            let member = |member: &Member| match member {
                Member::Entry(name, content) => match least(content) {
                    0 => 0,
                    least => name.len() + least,
                },
                Member::Spread(_) => 0,
            };
            2 + members.iter().map(member).sum::<usize>()
        }
    }
}

/// The characters of a text, escapes apart; `None` for what may be no text, or unknown.
fn characters(term: &Term) -> Option<usize> {
    match term {
        Term::Literal(Value::String(text)) => Some(text.len()),
        Term::Event(_) => Some(0),
        Term::Text(parts) => parts
            .iter()
            .map(|part| match part {
                Part::Literal(text) => Some(text.len()),
                Part::Term(term) => characters(term),
            })
            .sum(),
        _ => None,
    }
}
