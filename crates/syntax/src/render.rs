//! Diagnostics for people: with the source text drawn under them, or one on a line.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::tokens::BYTE_ORDER_MARK;
use crate::{Diagnostic, FileId, Label, Severity, Sources};

/// A diagnostic with every place it names, as `rustc` draws them. Ends without a line break.
#[must_use]
pub fn full(diagnostic: &Diagnostic, sources: &Sources, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let code = diagnostic.code.to_string();
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(&code));
    for (file, labels) in by_file(&diagnostic.labels) {
        group = group.elements(snippet(file, &labels, diagnostic, sources));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// A diagnostic on one line: `orders.rules:58:29: error[R214]: message; help: …`.
#[must_use]
pub fn concise(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let Diagnostic { code, severity, message, help, .. } = diagnostic;
    let mut line = String::new();
    if let Some(span) = diagnostic.span()
        && let Some(source) = sources.get(span.file)
    {
        let place = sources.position(span);
        line = format!("{}:{}:{}: ", source.name, place.line, place.column);
    }
    line.push_str(&format!("{severity}[{code}]: {message}"));
    if let Some(help) = help {
        line.push_str(&format!("; help: {help}"));
    }
    line
}

/// The labels of each file, the primary one's file first.
fn by_file(labels: &[Label]) -> Vec<(FileId, Vec<&Label>)> {
    let mut files: Vec<(FileId, Vec<&Label>)> = Vec::new();
    for label in labels {
        match files.iter_mut().find(|(file, _)| *file == label.span.file) {
            Some((_, labels)) => labels.push(label),
            None => files.push((label.span.file, vec![label])),
        }
    }
    files
}

/// The lines of one file that are shown, and no more of it, so that a large file costs nothing.
fn snippet<'s>(
    file: FileId,
    labels: &[&'s Label],
    diagnostic: &Diagnostic,
    sources: &'s Sources,
) -> Option<Snippet<'s, annotate_snippets::Annotation<'s>>> {
    let source = sources.get(file)?;
    let start = labels.iter().map(|l| l.span.start).min()? as usize;
    let end = labels.iter().map(|l| l.span.end).max()? as usize;
    let first = source.text.get(..start)?.rfind('\n').map_or(0, |i| i + 1);
    let mark = source.text.get(first..start)?.strip_prefix(BYTE_ORDER_MARK);
    let first = mark.map_or(first, |rest| start - rest.len());
    let last = source.text.get(end..)?.find(['\r', '\n']).map_or(source.text.len(), |i| end + i);
    let line = sources.position(crate::Span::new(file, first..first)).line;
    let shift = |range: Range<usize>| range.start - first..range.end - first;
    let annotations = labels.iter().map(|label| {
        let primary = diagnostic.labels.first().is_some_and(|l| std::ptr::eq(l, *label));
        let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let text = (!label.text.is_empty()).then_some(label.text.as_str());
        kind.span(shift(label.span.range())).label(text)
    });
    Some(
        Snippet::source(source.text.get(first..last)?)
            .line_start(line)
            .path(&source.name)
            .annotations(annotations),
    )
}
