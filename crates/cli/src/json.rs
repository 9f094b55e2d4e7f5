//! A finding as JSON: part of the documents that carry `"version": 1`.

use distributary_syntax::{Diagnostic, Label, Severity, Sources, Span};
use serde_json::{Value, json};

/// Lines and columns count from 1, columns in characters; offsets count bytes from 0.
pub(crate) fn finding(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    json!({
        "code": diagnostic.code.to_string(),
        "severity": severity,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "labels": diagnostic.labels.iter().map(|l| label(l, sources)).collect::<Vec<_>>(),
    })
}

fn label(label: &Label, sources: &Sources) -> Value {
    let place = |offset: u32| {
        let position = sources.position(Span { start: offset, end: offset, ..label.span });
        json!({ "line": position.line, "column": position.column, "offset": offset })
    };
    json!({
        "file": sources.get(label.span.file).map(|source| &source.name),
        "start": place(label.span.start),
        "end": place(label.span.end),
        "text": label.text,
    })
}
