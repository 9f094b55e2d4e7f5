//! R313: texts that are sent with a gap where an attribute may be absent.

use std::collections::BTreeSet;

use distributary_change::EventKind;
use distributary_syntax::ast::{Root, Step};
use distributary_syntax::{Diagnostic, Span, codes};

use super::Linted;
use super::established::Established;
use super::presence::leaves_items_out;
use crate::schema::Place;
use crate::term::{Content, Member, Part, Path, Term};

/// Why an attribute may be absent.
enum Why {
    /// Its schema says so, there.
    Optional(Span),
    /// On this kind of change there is no such image.
    Image(EventKind),
    /// The rule is for items of every kind.
    Anything,
}

/// Looks at what a rule sends. `said` are the places that were reported: several rules use one route.
pub(super) fn lint(linted: Linted<'_>, said: &mut BTreeSet<Span>, findings: &mut Vec<Diagnostic>) {
    let mut parts = Vec::new();
    for output in &linted.rule.outputs {
        if let Some(with) = &output.with {
            of_content(with, &mut parts);
        }
        if let Some(route) = linted.program.routes.get(output.route) {
            route.per_message.terms().for_each(|term| of_term(term, &mut parts));
        }
    }
    if parts.is_empty() {
        return;
    }
    let established = Established::of(linted.rule);
    for path in parts {
        if established.contains(path) || said.contains(&path.span) {
            continue;
        }
        if let Some(why) = why(linted, path) {
            said.insert(path.span);
            findings.push(finding(linted, path, &why));
        }
    }
}

fn why(linted: Linted<'_>, path: &Path) -> Option<Why> {
    let lacking = match path.root {
        Root::Old => EventKind::Insert,
        Root::New => EventKind::Remove,
        Root::Item => return of_item(linted, path),
        _ => return None,
    };
    // That it is never there is said elsewhere.
    match linted.rule.events.as_slice() {
        [only] if *only == lacking => None,
        events if events.contains(&lacking) => Some(Why::Image(lacking)),
        _ => of_item(linted, path),
    }
}

fn of_item(linted: Linted<'_>, path: &Path) -> Option<Why> {
    let Linted { program, rule, .. } = linted;
    let source = rule.source.and_then(|source| program.sources.get(source));
    let [first, rest @ ..] = path.steps.as_slice() else { return None };
    if let (Step::Key(name), [], Some(source)) = (first, rest, source)
        && source.key.contains(name)
    {
        return None;
    }
    if let Some(schema) = rule.schema.and_then(|schema| program.schemas.get(schema)) {
        return match schema.place(&path.steps) {
            Place::Typed { ty, optional: true } => Some(Why::Optional(ty.span)),
            _ => None,
        };
    }
    let guarded = source.is_some_and(|source| !source.guards.is_empty());
    let narrowed = guarded || rule.when.as_ref().is_some_and(leaves_items_out);
    (!narrowed).then_some(Why::Anything)
}

fn finding(linted: Linted<'_>, path: &Path, why: &Why) -> Diagnostic {
    let message = format!("`{path}` may be absent, and then nothing stands here");
    let finding = Diagnostic::warning(codes::GAP, message, path.span);
    let finding = match why {
        Why::Optional(declared) => {
            let indexed = path.steps.iter().any(|step| matches!(step, Step::Index(_)));
            let text = if indexed { "a list may be shorter" } else { "optional here" };
            finding.label(*declared, text)
        }
        Why::Image(kind) => {
            let image = if *kind == EventKind::Insert { "old" } else { "new" };
            let text = format!("on {} there is no {image} image", kind.as_str());
            finding.label(linted.rule.span, text)
        }
        Why::Anything => finding.label(linted.rule.span, "this is for items of every kind"),
    };
    finding.help(format!("say what to write then, as in `${{{path} ?? \"none\"}}`"))
}

fn of_content<'p>(content: &'p Content, parts: &mut Vec<&'p Path>) {
    match content {
        Content::Term(term) => of_term(term, parts),
        Content::List(members) => members.iter().for_each(|member| of_content(member, parts)),
        Content::Object(members) => members.iter().for_each(|member| match member {
            Member::Entry(_, content) | Member::Spread(content) => of_content(content, parts),
        }),
        Content::Condition(_) | Content::Change => {}
    }
}

/// The paths that stand in a text by themselves. With anything else in `${…}` that lacks a value the
/// whole text has none, and is left out.
fn of_term<'p>(term: &'p Term, paths: &mut Vec<&'p Path>) {
    match term {
        Term::Text(parts) => {
            for part in parts {
                match part {
                    Part::Term(Term::Path(path)) => paths.push(path),
                    Part::Term(term) => of_term(term, paths),
                    Part::Literal(_) => {}
                }
            }
        }
        Term::Coalesce(a, b) => {
            of_term(a, paths);
            of_term(b, paths);
        }
        Term::Call(_, arguments) => arguments.iter().for_each(|term| of_term(term, paths)),
        _ => {}
    }
}
