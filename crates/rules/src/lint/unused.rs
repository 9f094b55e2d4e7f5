//! R320: declarations that nothing uses.

use distributary_syntax::{Diagnostic, Span, codes};

use crate::names::{Names, Word};

/// Parameters, lets, schemas, routes and lots that nothing mentions.
pub(crate) fn unused(names: &Names<'_>, findings: &mut Vec<Diagnostic>) {
    let mut warn = |what: &str, name: &str, span: Span, help: &str| {
        let message = format!("nothing uses the {what} `{name}`");
        findings.push(Diagnostic::warning(codes::UNUSED, message, span).help(help));
    };
    for (name, word, span) in names.words.unused() {
        let what = if matches!(word, Some(Word::Param(_))) { "param" } else { "let" };
        warn(what, name, span, "leave it out");
    }
    for (name, _, span) in names.routes.unused() {
        warn("route", name, span, "send something there with `to`, or leave it out");
    }
    for (name, _, span) in names.schemas.unused() {
        warn("schema", name, span, "name it with `of` in a rule, or leave it out");
    }
    for (name, _, span) in names.lots.unused() {
        warn("lot", name, span, "name it with `park` in a source or a route, or leave it out");
    }
}
