//! R407: an EventBridge detail is always an object.

use distributary_syntax::{Diagnostic, codes};

use super::Linted;
use crate::route::RouteKind;
use crate::term::{Content, Term};

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Diagnostic>) {
    for output in &linted.rule.outputs {
        let route = linted.program.routes.get(output.route);
        if route.is_none_or(|route| route.kind != RouteKind::EventBridge) {
            continue;
        }
        if output.with.as_ref().is_some_and(|content| !is_object(content)) {
            let message = "the detail of an EventBridge event has to be an object";
            let finding = Diagnostic::error(codes::DETAIL_NOT_OBJECT, message, output.span);
            findings.push(finding.help("put it under a name: `with { name: … }`"));
        }
    }
}

/// Whether the content is an object whenever it is anything.
fn is_object(content: &Content) -> bool {
    match content {
        Content::Object(_) | Content::Change => true,
        Content::Term(term) => is_item(term),
        Content::Condition(_) | Content::List(_) => false,
    }
}

fn is_item(term: &Term) -> bool {
    match term {
        Term::Path(path) => path.steps.is_empty(),
        Term::Coalesce(a, b) => is_item(a) && is_item(b),
        Term::Unknown => true,
        _ => false,
    }
}
