//! R501: images that the stream of a source does not carry. A question about one is unknown, so that
//! a rule never fires, and `only when` keeps every record from the rules.

use distributary_change::{EventKind, StreamView};
use distributary_syntax::ast::{Root, Step};
use distributary_syntax::{Diagnostic, Span, codes};

use super::subject::Subject;
use crate::reads::Read;
use crate::source::Source;
use crate::term::{EventField, Path};

/// The two images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Side::Old => "old",
            Side::New => "new",
        }
    }

    fn exists_on(self, kind: EventKind) -> bool {
        match self {
            Side::Old => kind != EventKind::Insert,
            Side::New => kind != EventKind::Remove,
        }
    }

    fn is_carried_by(self, view: StreamView) -> bool {
        match self {
            Side::Old => view.carries_old(),
            Side::New => view.carries_new(),
        }
    }
}

pub(super) fn lint(subject: &Subject<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(view) = subject.source.view else { return };
    let mut said = Vec::new();
    for read in &subject.reads {
        let needed = subject.events.iter().flat_map(|kind| {
            needed(read, *kind, subject.source).iter().map(move |side| (*kind, *side))
        });
        let lacking = needed
            .filter(|(kind, side)| side.exists_on(*kind) && !side.is_carried_by(view))
            .find(|(_, side)| !said.contains(side));
        if let Some((kind, side)) = lacking {
            said.push(side);
            let path = match read {
                Read::Path { path, .. } | Read::Both(path) => Some(*path),
                _ => None,
            };
            findings.push(finding(subject, path, kind, side));
        }
    }
}

/// The images in which something is looked for on a kind of change.
fn needed(read: &Read<'_>, kind: EventKind, source: &Source) -> &'static [Side] {
    match read {
        Read::Path { path, .. } => match (path.root, kind) {
            (Root::Keys, _) => &[],
            (Root::Old, _) | (Root::Item, EventKind::Remove) => &[Side::Old],
            _ => &[Side::New],
        },
        Read::Both(_) | Read::Change => &[Side::Old, Side::New],
        // Whether a replicated deletion was due stands in the old image.
        Read::Event(EventField::Expired) if source.ttl.is_some() && kind == EventKind::Remove => {
            &[Side::Old]
        }
        Read::Event(_) | Read::Param(_) => &[],
    }
}

fn finding(subject: &Subject<'_>, path: Option<&Path>, kind: EventKind, side: Side) -> Diagnostic {
    let Subject { source, whole, name, noun, .. } = subject;
    let message = format!(
        "the stream of `{}` carries no {} image, which is read on {}",
        source.name,
        side.name(),
        kind.as_str()
    );
    let span = path.map_or(*name, |path| path.span);
    let mut finding = Diagnostic::error(codes::POOR_VIEW, message, span);
    if !contains(*whole, span) {
        finding = finding.label(*name, format!("by this {noun}"));
    }
    if let Some(span) = source.view_span {
        finding = finding.label(span, "declared here");
    }
    let key = path.and_then(|path| match path.steps.first() {
        Some(Step::Key(name)) if source.key.contains(name) => Some(name),
        _ => None,
    });
    finding.help(match key {
        Some(name) => format!("key attributes are always there: `keys.{name}`"),
        None => "declare `view: NEW_AND_OLD_IMAGES`, and give the stream that view".to_owned(),
    })
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}
