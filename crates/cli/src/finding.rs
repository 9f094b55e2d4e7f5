//! A finding with its places in words, apart from the texts that it is about: part of the documents
//! that carry `"version": 1`.

use distributary_syntax::{Code, Diagnostic, Label, Severity, Sources, Span};
use serde::{Serialize, Serializer};

/// A finding for a program.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Its code, as `R301`.
    #[serde(serialize_with = "shown")]
    pub code: Code,
    /// Its severity, as `error`, `warning` or `info`.
    #[serde(serialize_with = "shown")]
    pub severity: Severity,
    /// One sentence without capital or full stop.
    pub message: String,
    /// What to do instead.
    pub help: Option<String>,
    /// Where, the primary place first; empty for a finding about no text at all.
    pub labels: Vec<Place>,
}

/// A piece of a file.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    /// The path as it is shown in messages.
    pub file: String,
    /// Its first character.
    pub start: Point,
    /// Behind its last character.
    pub end: Point,
    /// What is said about this place; may be empty.
    pub text: String,
}

/// A point in a file.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Point {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// In bytes, from 0.
    pub offset: u32,
}

impl Finding {
    pub(crate) fn new(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        Finding {
            code: diagnostic.code,
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            labels: diagnostic.labels.iter().filter_map(|label| place(label, sources)).collect(),
        }
    }
}

fn place(label: &Label, sources: &Sources) -> Option<Place> {
    let point = |offset: u32| {
        let position = sources.position(Span { start: offset, end: offset, ..label.span });
        Point { line: position.line, column: position.column, offset }
    };
    Some(Place {
        file: sources.get(label.span.file)?.name.clone(),
        start: point(label.span.start),
        end: point(label.span.end),
        text: label.text.clone(),
    })
}

fn shown<S: Serializer>(value: &impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
