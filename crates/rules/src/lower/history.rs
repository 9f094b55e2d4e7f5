//! Questions about a record and its past: `exists`, `changed`, `became`.

use distributary_syntax::ast::{Choice, Expr, Root};
use distributary_syntax::codes;

use super::Lowering;
use crate::condition::Condition;
use crate::term::{Path, Term};

impl Lowering<'_> {
    pub(super) fn presence(&mut self, value: &Expr, expr: &Expr) -> Condition {
        let term = self.term(value);
        let answerable = match &term {
            Term::Path(_) | Term::Event(_) | Term::Unknown => true,
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

    pub(super) fn changed(
        &mut self,
        value: &Expr,
        to: Option<&Choice>,
        from: Option<&Choice>,
    ) -> Condition {
        let term = self.term(value);
        let to = to.map(|choice| self.choice(choice));
        let from = from.map(|choice| self.choice(choice));
        let help = match term {
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
            Term::Path(_) => {
                "`changed` and `became` compare `old` with `new` themselves: ask about `item`"
            }
            _ => "`changed` and `became` ask about an attribute, as in `item.name`",
        };
        let message = format!("it makes no sense to ask whether {} changed", self.quote(value));
        self.refuse(codes::POINTLESS_QUESTION, value.span, message, help);
        Condition::Unknown
    }
}
