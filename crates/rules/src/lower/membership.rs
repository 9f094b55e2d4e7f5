//! Membership in lists that are written: `in`, `became`, `from`.

use distributary_syntax::ast::{Choice, Expr, ExprKind};
use distributary_syntax::{Span, codes};

use super::{Kind, Lowering};
use crate::condition::Condition;
use crate::term::{Content, Term};

/// A member of a list, and where it was written.
pub(super) type Member = (Term, Span);

impl Lowering<'_> {
    pub(super) fn within(&mut self, value: &Expr, list: &Expr) -> Condition {
        let term = self.term(value);
        let mut members = self.members(list);
        self.check_members(&term, value.span, &mut members);
        Condition::In(term, terms(members))
    }

    /// Refuses members that a value is certainly never equal to.
    fn check_members(&mut self, term: &Term, place: Span, members: &mut [Member]) {
        for (member, span) in members {
            let kind = self.kind_of_member(member);
            if !self.comparable((self.kind(term), place), (kind, *span))
                || !self.possible(term, member, *span)
            {
                *member = Term::Unknown;
            }
        }
    }

    /// A list parameter stands for its members, which are texts.
    pub(super) fn kind_of_member(&self, member: &Term) -> Kind {
        if self.is_list(member) { Kind::Text } else { self.kind(member) }
    }

    /// What follows `became` and `from`: values that do not depend on the record.
    pub(super) fn choice(&mut self, of: &Term, choice: &Choice) -> Vec<Term> {
        let mut members = if choice.one_of {
            self.members(&choice.value)
        } else {
            vec![(self.one_choice(choice), choice.value.span)]
        };
        self.check_members(of, choice.value.span, &mut members);
        terms(members)
    }

    fn one_choice(&mut self, choice: &Choice) -> Term {
        let term = self.term(&choice.value);
        if term.reads_record() {
            let message = format!("{} depends on the record", self.quote(&choice.value));
            let help = "`became` and `from` take literals and parameters; compare `old` and `new` \
                        by `==` with anything else";
            self.refuse(codes::NOT_FIXED, choice.value.span, message, help);
            return Term::Unknown;
        }
        term
    }

    /// The members of a list: literals, parameters, and the members of lists that have a name.
    pub(super) fn members(&mut self, list: &Expr) -> Vec<Member> {
        let mut members = Vec::new();
        if let ExprKind::List(items) = &list.kind {
            for item in items {
                let content = self.content(item);
                self.member(content, item, &mut members);
            }
            return members;
        }
        match self.content(list) {
            Content::Term(Term::Unknown) => members.push((Term::Unknown, list.span)),
            Content::Term(term) if self.is_list(&term) => members.push((term, list.span)),
            content @ Content::List(_) => self.member(content, list, &mut members),
            _ => {
                let message = format!("{} is not a list", self.quote(list));
                let help = "write `[a, b]`, or the name of a let or parameter that holds a list";
                self.refuse(codes::NOT_A_LIST, list.span, message, help);
                members.push((Term::Unknown, list.span));
            }
        }
        members
    }

    fn member(&mut self, content: Content, written: &Expr, members: &mut Vec<Member>) {
        match content {
            Content::Term(term) if !term.reads_record() => members.push((term, written.span)),
            Content::List(inner) if !matches!(written.kind, ExprKind::List(_)) => {
                for content in inner {
                    self.member(content, written, members);
                }
            }
            _ => {
                let message = format!("{} cannot be a member of this list", self.quote(written));
                let help = "members are literals, parameters and lets that hold a list; compare \
                            with anything else by `==` and `or`";
                self.refuse(codes::NOT_FIXED, written.span, message, help);
                members.push((Term::Unknown, written.span));
            }
        }
    }
}

pub(super) fn terms(members: Vec<Member>) -> Vec<Term> {
    members.into_iter().map(|(term, _)| term).collect()
}
