//! Lets: expanded in place, without recursion, within limits.

use std::collections::BTreeMap;

use distributary_syntax::ast::{Declaration, Expr};
use distributary_syntax::{Diagnostic, Span, codes};

use super::Lowering;
use super::condition::at;
use crate::term::{Content, Term};

/// How many nodes a let may have when it is expanded.
const MAX_NODES: usize = 4_096;

/// A declared let.
#[derive(Debug)]
pub(super) struct Let<'a> {
    expr: &'a Expr,
    name: Span,
    /// By the schema whose types count: the same words make other sense under another one.
    states: BTreeMap<Option<usize>, State>,
}

#[derive(Debug, Clone)]
enum State {
    /// Being lowered: whoever meets it now stands in a circle.
    Underway,
    Done {
        content: Box<Content>,
        nodes: usize,
        depth: usize,
        /// Whether there is an `any` or `all` in it.
        quantified: bool,
    },
}

/// How large the expression in hand is, with its lets expanded.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Expansion {
    /// All nodes.
    nodes: usize,
    /// Those that come from lets.
    borrowed: usize,
    depth: usize,
    deepest: usize,
    /// Too large, and reported: nothing more is expanded into it.
    refused: bool,
}

impl Expansion {
    /// Goes one level down, unless that is too deep.
    pub(super) fn enter(&mut self, limit: usize) -> bool {
        if self.depth >= limit {
            return false;
        }
        self.nodes += 1;
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        true
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Takes in a let of this size, unless that is too much.
    fn borrow(&mut self, nodes: usize, depth: usize) -> bool {
        let deepest = self.deepest.max(self.depth + depth);
        if self.borrowed + nodes > MAX_NODES || deepest > super::MAX_DEPTH {
            return false;
        }
        self.nodes += nodes;
        self.borrowed += nodes;
        self.deepest = deepest;
        true
    }
}

impl<'a> Lowering<'a> {
    /// Lowers every let, so that each is checked whether something uses it or not.
    pub(crate) fn lets(&mut self, lets: impl IntoIterator<Item = (&'a Declaration, &'a Expr)>) {
        let untouched = |(declaration, expr): (&'a Declaration, &'a Expr)| Let {
            expr,
            name: declaration.name.span,
            states: BTreeMap::new(),
        };
        self.lets = lets.into_iter().map(untouched).collect();
        for index in 0..self.lets.len() {
            self.expansion = Expansion::default();
            self.settle(index);
        }
    }

    /// What stands in place of a let's name.
    pub(super) fn expand(&mut self, index: usize, name: &str, span: Span) -> Content {
        self.settle(index);
        let Some(Let { name: declared, states, .. }) = self.lets.get(index) else {
            return Content::Term(Term::Unknown);
        };
        let Some(State::Done { content, nodes, depth, quantified }) = states.get(&self.schema)
        else {
            let message = format!("`{name}` is defined by itself");
            self.findings.push(
                Diagnostic::error(codes::LET_RECURSION, message, span)
                    .note("leads back to it")
                    .label(*declared, "declared here")
                    .help("a let stands for what is written after its `=`; break the circle"),
            );
            return Content::Term(Term::Unknown);
        };
        let (content, nodes, depth, quantified) =
            (Content::clone(content), *nodes, *depth, *quantified);
        self.quantifiers += usize::from(quantified);
        if self.expansion.refused || (quantified && !self.may_go_through(name, span)) {
            return Content::Term(Term::Unknown);
        }
        if self.expansion.borrow(nodes, depth) {
            return match content {
                Content::Condition(condition) => Content::Condition(at(span, condition)),
                content => content,
            };
        }
        self.expansion.refused = true;
        self.refuse_size(span, format!("`{name}` makes this too large"));
        Content::Term(Term::Unknown)
    }

    /// Lowers a let that has not been lowered yet under the schema in force.
    fn settle(&mut self, index: usize) {
        let Some(entry) = self.lets.get_mut(index) else { return };
        if entry.states.contains_key(&self.schema) {
            return;
        }
        entry.states.insert(self.schema, State::Underway);
        let (expr, name) = (entry.expr, entry.name);
        let outer = self.expansion;
        let variables = std::mem::take(&mut self.variables);
        let quantifiers = self.quantifiers;
        self.expansion =
            Expansion { depth: outer.depth, deepest: outer.depth, ..Expansion::default() };
        let mut content = self.content(expr);
        let Expansion { mut nodes, deepest, mut refused, .. } = self.expansion;
        let mut depth = deepest - outer.depth;
        self.expansion = outer;
        self.variables = variables;
        let quantified = self.quantifiers > quantifiers;
        if nodes > MAX_NODES && !refused {
            self.refuse_size(name, format!("this let has {nodes} nodes when it is expanded"));
            refused = true;
        }
        if refused {
            // What is built upon it is not too large by itself.
            (content, nodes, depth) = (Content::Term(Term::Unknown), 1, 1);
        }
        if let Some(entry) = self.lets.get_mut(index) {
            let done = State::Done { content: Box::new(content), nodes, depth, quantified };
            entry.states.insert(self.schema, done);
        }
    }

    fn refuse_size(&mut self, span: Span, message: String) {
        let help = format!(
            "an expression takes at most {MAX_NODES} nodes from lets, nested at most {} levels",
            super::MAX_DEPTH
        );
        self.refuse(codes::TOO_LARGE, span, message, help);
    }
}
