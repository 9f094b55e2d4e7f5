//! `any v in list (…)`, `all v in list (…)`, and the variables in them.

use distributary_syntax::ast::{Expr, Name, Root, Step};
use distributary_syntax::{Span, Spanned, codes};

use super::Lowering;
use crate::condition::Condition;
use crate::schema::Type;
use crate::term::Term;

/// What a word stands for inside of `any` and `all`.
#[derive(Debug)]
pub(super) struct Variable {
    name: String,
    /// The type of the elements, where a schema says it.
    pub(super) ty: Option<Type>,
}

impl Lowering<'_> {
    pub(super) fn quantifier(
        &mut self,
        all: bool,
        variable: &Name,
        list: &Expr,
        body: &Expr,
    ) -> Condition {
        let term = self.term(list);
        let sound = self.goes_through(&term, list) & self.is_new(variable);
        self.quantifiers += 1;
        let ty = self.typed(&term).and_then(|(_, ty)| ty.element().cloned());
        self.variables.push(Variable { name: variable.node.clone(), ty });
        let body = Box::new(self.condition(body));
        self.variables.pop();
        if sound { Condition::Quantified { all, list: term, body } } else { Condition::Unknown }
    }

    /// Refuses what has no elements, and what would ask every element of one list about every
    /// element of another: the cost of a rule is bounded by the size of the record.
    fn goes_through(&mut self, term: &Term, list: &Expr) -> bool {
        let inside = self.variables.last().map(|outer| outer.name.clone());
        let (message, help) = match (term, inside) {
            (Term::Unknown, _) | (Term::Element { outward: 0, .. }, Some(_)) => return true,
            (Term::Path(path), None) if path.root != Root::Keys && !path.steps.is_empty() => {
                return true;
            }
            (_, Some(outer)) => (
                format!("{} is not inside of `{outer}`", self.quote(list)),
                format!("an inner `any` or `all` goes through a part of `{outer}`"),
            ),
            (_, None) => (
                format!("{} has no elements", self.quote(list)),
                "name the attribute that holds the list or set, as in `any line in item.lines (…)`"
                    .to_owned(),
            ),
        };
        self.refuse(codes::ELEMENTS, list.span, message, help);
        false
    }

    fn is_new(&mut self, variable: &Name) -> bool {
        let name = &variable.node;
        let taken = self.names.words.knows(name);
        if taken {
            let message = format!("`{name}` is a param or let already");
            self.refuse(codes::DECLARED_TWICE, variable.span, message, "take another name");
        }
        !taken
    }

    /// Whether a let that goes through a list can be expanded here.
    pub(super) fn may_go_through(&mut self, name: &str, span: Span) -> bool {
        let Some(Variable { name: outer, .. }) = self.variables.last() else { return true };
        let message = format!("`{name}` goes through a list that is not inside of `{outer}`");
        let help = "ask it outside of the `any` or `all`, joined by `and`";
        self.refuse(codes::ELEMENTS, span, message, help);
        false
    }

    /// The element that a word stands for.
    pub(super) fn variable(&self, name: &str) -> Option<usize> {
        self.variables.iter().rev().position(|variable| variable.name == name)
    }

    /// A word with steps: part of an element. The grammar lets only variables start a path.
    pub(super) fn local(&mut self, name: &Name, steps: &[Spanned<Step>]) -> Term {
        let steps = steps.iter().map(|step| step.node.clone()).collect();
        let outward = self.variable(&name.node);
        let term = outward.map_or(Term::Unknown, |outward| Term::Element { outward, steps });
        self.exists_in_schema(term, name.span)
    }
}
