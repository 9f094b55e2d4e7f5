//! Questions about what is there and was there: `exists`, `is`, `changed`, `became`.

use distributary_syntax::ast::{self, Choice, Expr, ExprKind, Name, Root};
use distributary_syntax::codes;

use super::Lowering;
use super::object::part;
use crate::condition::Condition;
use crate::term::{Path, Term};
use crate::value_type::ValueType;

impl Lowering<'_> {
    pub(super) fn presence(&mut self, value: &Expr, expr: &Expr) -> Condition {
        let term = self.term(value);
        let answerable = match &term {
            Term::Path(_) | Term::Event(_) | Term::Element { .. } | Term::Unknown => true,
            Term::Coalesce(first, second) => first.reads_record() && second.reads_record(),
            _ => false,
        };
        if !answerable {
            let message = format!("{} is always there", self.quote(value));
            let help = "`exists` and `missing` ask about attributes: `item.name exists`";
            self.refuse(codes::POINTLESS_QUESTION, expr.span, message, help);
            return Condition::Unknown;
        }
        Condition::Exists(term)
    }

    pub(super) fn type_test(&mut self, value: &Expr, ty: &Name) -> Condition {
        let term = self.term(value);
        // The grammar has no other types.
        ValueType::named(&ty.node).map_or(Condition::Unknown, |ty| Condition::Is(term, ty))
    }

    pub(super) fn changed(
        &mut self,
        value: &Expr,
        to: Option<&Choice>,
        from: Option<&Choice>,
    ) -> Condition {
        let (term, parts) = self.asked_about(value);
        let of = if parts.is_empty() { &term } else { &Term::Unknown };
        let to = to.map(|choice| self.choice(of, choice));
        let from = from.map(|choice| self.choice(of, choice));
        let help = match term {
            Term::Path(path) if path.root == Root::Item && !parts.is_empty() => {
                let changed = |name| {
                    let (path, to, from) = (part(&path, name), to.clone(), from.clone());
                    Condition::Changed { path, to, from }
                };
                return Condition::Any(parts.iter().map(changed).collect());
            }
            Term::Path(path) if path.root == Root::Item && !path.steps.is_empty() => {
                return Condition::Changed { path, to, from };
            }
            Term::Unknown => return Condition::Unknown,
            Term::Path(Path { root: Root::Item, .. }) => {
                "every record is a change of the item: name an attribute, as in `item.name`"
            }
            Term::Path(Path { root: Root::Keys, .. }) => {
                "the keys of an item never change: ask about another attribute of `item`"
            }
            Term::Element { .. } => {
                "an element has no place in the old item: ask about the list, as in `item.lines`"
            }
            Term::Path(_) => {
                "`changed` and `became` compare `old` with `new` themselves: ask about `item`"
            }
            _ => "`changed` and `became` ask about an attribute, as in `item.name`",
        };
        let message = format!("it makes no sense to ask whether {} changed", self.quote(value));
        self.refuse(codes::POINTLESS_QUESTION, value.span, message, help);
        Condition::Unknown
    }

    /// A path, and the attributes that are picked at its end.
    fn asked_about<'e>(&mut self, value: &'e Expr) -> (Term, &'e [Name]) {
        match &value.kind {
            ExprKind::Path(path) if let Some(names) = &path.pick => {
                let plain = ExprKind::Path(ast::Path { pick: None, ..path.clone() });
                (self.term(&Expr { kind: plain, span: value.span }), names)
            }
            _ => (self.term(value), &[]),
        }
    }
}
