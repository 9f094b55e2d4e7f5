//! R310: an image that a kind of change does not have: `old` on INSERT, `new` on REMOVE.

use distributary_change::EventKind;
use distributary_syntax::ast::Root;
use distributary_syntax::{Diagnostic, codes};

use super::Linted;
use crate::reads::Read;
use crate::term::Path;

/// Whether an absent image is worth a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a condition: on a kind of change without the image the rule will not fire.
    Condition,
    /// In what is sent, where an absent value is left out: only if it always is.
    Message,
}

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Diagnostic>) {
    let mut said = Said { linted, absent: Vec::new(), findings };
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
    absent: Vec<EventKind>,
    findings: &'f mut Vec<Diagnostic>,
}

impl Said<'_, '_> {
    fn read(&mut self, read: Read<'_>, place: Place) {
        if let Read::Path { path, provided: false } = read {
            self.absent(path, place);
        }
    }

    fn absent(&mut self, path: &Path, place: Place) {
        let (image, kind) = match path.root {
            Root::Old => ("old", EventKind::Insert),
            Root::New => ("new", EventKind::Remove),
            _ => return,
        };
        let (here, others): (Vec<EventKind>, Vec<EventKind>) =
            self.linted.rule.events.iter().partition(|event| **event == kind);
        let matters = place == Place::Condition || others.is_empty();
        if here.is_empty() || !matters || self.absent.contains(&kind) {
            return;
        }
        self.absent.push(kind);
        let kind = kind.as_str();
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
}
