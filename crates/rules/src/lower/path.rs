//! Paths: from a root into an image, the keys or the event.

use distributary_syntax::ast::{Expr, Path as Written, Root, Step};
use distributary_syntax::{Diagnostic, Span, closest, codes};

use super::Lowering;
use super::object::part;
use crate::names::listed;
use crate::term::{Content, EventField, Path, Term};

impl Lowering<'_> {
    pub(super) fn path(&mut self, written: &Written, expr: &Expr) -> Content {
        match (written.root.node, written.steps.as_slice()) {
            (Root::Change, []) if written.pick.is_none() => Content::Change,
            (Root::Change, _) => {
                let help = "attributes are under `old`, `new` and `item`, the rest under `event`";
                let message = "`change` is the whole change and has no parts";
                self.refuse(codes::UNKNOWN_FIELD, expr.span, message, help);
                Content::Term(Term::Unknown)
            }
            (Root::Event, []) if let Some(names) = &written.pick => {
                self.picked(names, |lower, name| {
                    let field = lower.event_field(&Step::Key(name.node.clone()), name.span);
                    field.map_or(Term::Unknown, Term::Event)
                })
            }
            (Root::Event, []) => {
                let message = "`event` is no value by itself";
                let fields = listed(EventField::ALL.map(|(name, _)| name));
                let help = format!("name one of its fields: {fields}");
                self.refuse(codes::UNKNOWN_FIELD, expr.span, message, help);
                Content::Term(Term::Unknown)
            }
            (Root::Event, [field, rest @ ..]) => {
                let term = self.event_field(&field.node, field.span);
                if let ([step, ..], Some(_)) = (rest, &term) {
                    self.refuse_inside(step.span, "a field of `event`");
                    return Content::Term(Term::Unknown);
                }
                Content::Term(term.map_or(Term::Unknown, Term::Event))
            }
            (Root::Keys, [_, step, ..]) => {
                self.refuse_inside(step.span, "a key attribute");
                Content::Term(Term::Unknown)
            }
            (root, steps) => {
                if let Some(first) = steps.first()
                    && let Step::Index(_) = first.node
                {
                    let message = "an item has attributes by name, not by place";
                    let help = "write `.name`, or `[\"name\"]`";
                    self.refuse(codes::UNKNOWN_FIELD, first.span, message, help);
                    return Content::Term(Term::Unknown);
                }
                let steps = steps.iter().map(|step| step.node.clone()).collect();
                let path = Path { root, steps, span: expr.span };
                match &written.pick {
                    Some(names) => self.picked(names, |lower, name| {
                        lower.exists_in_schema(Term::Path(part(&path, name)), name.span)
                    }),
                    None => Content::Term(self.exists_in_schema(Term::Path(path), expr.span)),
                }
            }
        }
    }

    fn event_field(&mut self, step: &Step, span: Span) -> Option<EventField> {
        let fields = EventField::ALL.map(|(name, _)| name);
        let (message, near) = match step {
            Step::Key(name) => match EventField::named(name) {
                Some(field) => return Some(field),
                None => (format!("`event` has no field `{name}`"), closest(name, fields)),
            },
            Step::Index(_) => ("`event` has fields by name, not by place".to_owned(), None),
        };
        let help = match near {
            Some(near) => format!("did you mean `event.{near}`?"),
            None => format!("its fields are {}", listed(fields)),
        };
        self.findings.push(Diagnostic::error(codes::UNKNOWN_FIELD, message, span).help(help));
        None
    }

    fn refuse_inside(&mut self, span: Span, what: &str) {
        let message = format!("{what} is a single value, nothing is inside it");
        self.refuse(codes::UNKNOWN_FIELD, span, message, "end the path before it");
    }
}
