//! The objects of payloads, with picks and spreads.

use std::collections::HashMap;

use distributary_syntax::ast::{Entry, Expr, Member as Written, Name, Step};
use distributary_syntax::{Diagnostic, Span, codes};

use super::{Kind, Lowering};
use crate::term::{Content, Member, Path, Term};

impl Lowering<'_> {
    pub(super) fn object(&mut self, members: &[Written]) -> Content {
        let mut seen = HashMap::new();
        let mut object = Vec::with_capacity(members.len());
        for member in members {
            match member {
                Written::Entry(Entry { key, value }) => {
                    self.refuse_repeated_key(&mut seen, key);
                    object.push(Member::Entry(key.node.clone(), self.content(value)));
                }
                Written::Spread(written) => object.extend(self.spread(written)),
            }
        }
        Content::Object(object)
    }

    /// What `...value` adds.
    fn spread(&mut self, written: &Expr) -> Vec<Member> {
        let content = self.content(written);
        let what = match &content {
            Content::Object(_) => {
                let Content::Object(members) = content else { return Vec::new() };
                return members;
            }
            Content::Change | Content::Term(Term::Unknown) => return vec![Member::Spread(content)],
            Content::Term(term) => match self.kind(term) {
                Kind::Any | Kind::Map => return vec![Member::Spread(content)],
                kind => kind.noun(),
            },
            Content::Condition(_) => "a condition",
            Content::List(_) => "a list",
        };
        let message = format!("{} is {what} and has no entries", self.quote(written));
        let help = "`...` takes a map, a pick such as `item.{a, b}`, or an object";
        self.refuse(codes::NO_MEMBERS, written.span, message, help);
        Vec::new()
    }

    /// `item.{a, b}` as an object.
    pub(super) fn picked(
        &mut self,
        names: &[Name],
        term: impl Fn(&mut Self, &Name) -> Term,
    ) -> Content {
        let mut seen = HashMap::new();
        let mut object = Vec::with_capacity(names.len());
        for name in names {
            self.refuse_repeated_key(&mut seen, name);
            let term = term(self, name);
            object.push(Member::Entry(name.node.clone(), Content::Term(term)));
        }
        Content::Object(object)
    }

    fn refuse_repeated_key<'n>(&mut self, seen: &mut HashMap<&'n str, Span>, key: &'n Name) {
        if let Some(first) = seen.insert(&key.node, key.span) {
            let message = format!("the key `{}` is written twice", key.node);
            self.findings.push(
                Diagnostic::error(codes::REPEATED_KEY, message, key.span)
                    .note("again")
                    .label(first, "first here")
                    .help("leave one of them out"),
            );
        }
    }
}

/// One of the attributes that a pick takes.
pub(super) fn part(path: &Path, name: &Name) -> Path {
    let mut part = Path { span: name.span, ..path.clone() };
    part.steps.push(Step::Key(name.node.clone()));
    part
}
