//! Reading what a record cannot have: R310, R501, and key attributes that there are none of.

use distributary_change::{EventKind, StreamView};
use distributary_syntax::ast::{Root, Step};
use distributary_syntax::{Diagnostic, Span, closest, codes};

use super::Linted;
use crate::names::listed;
use crate::program::Program;
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

    /// The image that a root means.
    fn of(root: Root, kind: EventKind) -> Self {
        match (root, kind) {
            (Root::Old, _) | (Root::Item, EventKind::Remove) => Side::Old,
            _ => Side::New,
        }
    }

    /// Whether there is such an image, carried or not.
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

/// Whether an absent image is worth a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a condition: on a kind of change without the image the rule will not fire.
    Condition,
    /// In what is sent, where an absent value is left out: only if it always is.
    Message,
}

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Diagnostic>) {
    let mut said = Said { linted, absent: Vec::new(), poor: Vec::new(), findings };
    if let Some(when) = &linted.rule.when {
        when.reads(&mut |read| said.read(read, Place::Condition));
    }
    for output in &linted.rule.outputs {
        if let Some(with) = &output.with {
            with.reads(&mut |read| said.read(read, Place::Message));
        }
        if let Some(route) = linted.program.routes.get(output.route) {
            route.per_message.reads(&mut |read| said.read(read, Place::Message));
        }
    }
}

/// What has been said about a rule, so that it is said once.
struct Said<'p, 'f> {
    linted: Linted<'p>,
    absent: Vec<(Side, EventKind)>,
    poor: Vec<Side>,
    findings: &'f mut Vec<Diagnostic>,
}

impl<'p> Said<'p, '_> {
    fn read(&mut self, read: Read<'_>, place: Place) {
        match read {
            Read::Path { path, .. } if path.root == Root::Keys => self.key(path),
            Read::Path { path, provided } => {
                if !provided {
                    self.absent(path, place);
                }
                self.unreadable(Some(path), |kind| vec![Side::of(path.root, kind)]);
            }
            Read::Both(path) => self.unreadable(Some(path), |_| vec![Side::Old, Side::New]),
            Read::Change => self.unreadable(None, |_| vec![Side::Old, Side::New]),
            // Whether a replicated deletion was due stands in the old image.
            Read::Event(EventField::Expired) if self.source().is_some_and(|s| s.ttl.is_some()) => {
                self.unreadable(None, |kind| match kind {
                    EventKind::Remove => vec![Side::Old],
                    EventKind::Insert | EventKind::Modify => Vec::new(),
                });
            }
            Read::Event(_) | Read::Param(_) => {}
        }
    }

    fn source(&self) -> Option<&'p Source> {
        self.linted.program.sources.get(self.linted.rule.source?)
    }

    /// `keys.name` where the source has no such key attribute.
    fn key(&mut self, path: &Path) {
        let Some(source) = self.source() else { return };
        let Some(Step::Key(name)) = path.steps.first() else { return };
        if source.key.is_empty() || source.key.contains(name) {
            return;
        }
        let names = || source.key.iter().map(String::as_str);
        let help = match closest(name, names()) {
            Some(near) => format!("did you mean `keys.{near}`?"),
            None => format!("its key attributes are {}", listed(names())),
        };
        let message = format!("`{}` has no key attribute `{name}`", source.name);
        let finding = Diagnostic::error(codes::UNKNOWN_FIELD, message, path.span).help(help);
        self.findings.push(finding);
    }

    /// `old` on INSERT, `new` on REMOVE.
    fn absent(&mut self, path: &Path, place: Place) {
        let (side, kind) = match path.root {
            Root::Old => (Side::Old, EventKind::Insert),
            Root::New => (Side::New, EventKind::Remove),
            _ => return,
        };
        let (here, others): (Vec<EventKind>, Vec<EventKind>) =
            self.linted.rule.events.iter().partition(|event| **event == kind);
        let matters = place == Place::Condition || others.is_empty();
        if here.is_empty() || !matters || self.absent.contains(&(side, kind)) {
            return;
        }
        self.absent.push((side, kind));
        let (image, kind) = (side.name(), kind.as_str());
        let message = format!("`{path}` is absent on {kind}");
        let mut finding = Diagnostic::warning(codes::ABSENT_IMAGE, message, path.span);
        let mut on = self.linted.written.on.iter();
        if let Some(word) = on.find(|word| word.node == kind || word.node == "ANY") {
            let text = if others.is_empty() { "where" } else { "fires here too, where" };
            finding = finding.label(word.span, format!("{text} there is no {image} image"));
        }
        let others: Vec<&str> = others.into_iter().map(EventKind::as_str).collect();
        let help = if others.is_empty() {
            format!("leave it out: on {kind} there never is one")
        } else {
            format!("write `on {}`, or say what to take instead with `??`", others.join(", "))
        };
        self.findings.push(finding.help(help));
    }

    /// An image that the source's view does not carry.
    fn unreadable(&mut self, path: Option<&Path>, sides: impl Fn(EventKind) -> Vec<Side>) {
        let Some(source) = self.source() else { return };
        let Some(view) = source.view else { return };
        let events = self.linted.rule.events.iter();
        let lacking = events
            .flat_map(|kind| sides(*kind).into_iter().map(|side| (*kind, side)))
            .find(|(kind, side)| side.exists_on(*kind) && !side.is_carried_by(view));
        let Some((kind, side)) = lacking.filter(|(_, side)| !self.poor.contains(side)) else {
            return;
        };
        self.poor.push(side);
        let message = format!(
            "the stream of `{}` carries no {} image, which is read on {}",
            source.name,
            side.name(),
            kind.as_str()
        );
        let rule = self.linted.rule;
        let span = path.map_or(rule.span, |path| path.span);
        let mut finding = Diagnostic::error(codes::POOR_VIEW, message, span);
        if !contains(self.linted.span, span) {
            finding = finding.label(rule.span, "by this rule");
        }
        if let Some(span) = source.view_span {
            finding = finding.label(span, "declared here");
        }
        let key = path.and_then(|path| match path.steps.first() {
            Some(Step::Key(name)) if source.key.contains(name) => Some(name),
            _ => None,
        });
        let help = match key {
            Some(name) => format!("key attributes are always there: `keys.{name}`"),
            None => "declare `view: NEW_AND_OLD_IMAGES`, and give the stream that view".to_owned(),
        };
        self.findings.push(finding.help(help));
    }
}

/// Guards that read what the view of their source does not carry: they would answer unknown, and
/// `only when` would keep every such record from the rules.
pub(super) fn guards(program: &Program, findings: &mut Vec<Diagnostic>) {
    for source in &program.sources {
        let Some(view) = source.view else { continue };
        for guard in &source.guards {
            let mut lacking = None;
            guard.when.reads(&mut |read| {
                let sides = match read {
                    Read::Path { path, .. } if path.root != Root::Keys => {
                        KINDS.map(|kind| (kind, Side::of(path.root, kind))).to_vec()
                    }
                    Read::Both(_) => KINDS
                        .iter()
                        .flat_map(|kind| [(*kind, Side::Old), (*kind, Side::New)])
                        .collect(),
                    _ => return,
                };
                let lacks = |(kind, side): &&(EventKind, Side)| {
                    side.exists_on(*kind) && !side.is_carried_by(view)
                };
                lacking = lacking.or(sides.iter().find(lacks).copied());
            });
            let Some((kind, side)) = lacking else { continue };
            let message = format!(
                "the stream of `{}` carries no {} image, which this guard reads on {}",
                source.name,
                side.name(),
                kind.as_str()
            );
            let mut finding = Diagnostic::error(codes::POOR_VIEW, message, guard.span);
            if let Some(span) = source.view_span {
                finding = finding.label(span, "declared here");
            }
            let help = "declare `view: NEW_AND_OLD_IMAGES`, or ask about `keys` and `event`";
            findings.push(finding.help(help));
        }
    }
}

const KINDS: [EventKind; 3] = [EventKind::Insert, EventKind::Modify, EventKind::Remove];

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}
