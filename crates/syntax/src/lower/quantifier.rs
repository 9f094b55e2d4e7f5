//! `any v in list (condition)`, `all v in list (condition)`, and their variables.

use crate::ast::{Expr, ExprKind, Step};
use crate::grammar::{Pair, Rule};
use crate::{Diagnostic, Spanned, codes};

use super::{Lower, is_mark};

impl Lower<'_> {
    pub(super) fn quantifier(&mut self, pair: Pair<'_>) -> Option<ExprKind> {
        let mut inner = pair.into_inner().filter(|p| !is_mark(p.as_rule()));
        let all = inner.next()?.as_rule() == Rule::kw_all;
        let variable = self.name(&inner.next()?);
        let list = Box::new(self.primary(inner.nth(1)?)?);
        if self.variables.contains(&variable.node) {
            let message = format!("`{}` is a variable already", variable.node);
            let error = Diagnostic::error(codes::NAME, message, variable.span);
            self.report(error.help("choose another name for the inner one"));
        }
        self.variables.push(variable.node.clone());
        let body = self.condition(inner.next()?);
        self.variables.pop();
        Some(ExprKind::Quantifier { all, variable, list, body: Box::new(body?) })
    }

    /// A word or a dotted word that starts with a variable.
    pub(super) fn local(&mut self, pair: &Pair<'_>) -> Option<Expr> {
        let span = self.span(pair);
        let first = match pair.as_rule() {
            Rule::word => pair.clone(),
            _ => pair.clone().into_inner().next()?,
        };
        if !self.variables.iter().any(|variable| variable == first.as_str()) {
            return None;
        }
        let name = self.name(&first);
        let mut steps: Vec<Spanned<Step>> = Vec::new();
        if pair.as_rule() == Rule::dotted {
            self.check_wrappers(pair);
            let (inside, pick) = self.steps(pair.clone().into_inner().skip(1))?;
            steps = inside;
            if let Some(pick) = pick {
                let help = "picks are taken of `item`, `old` and `new`";
                let message = "a variable has no picks";
                let error = Diagnostic::error(codes::UNEXPECTED, message, pick.span);
                self.report(error.help(help));
            }
        }
        Some(Expr { kind: ExprKind::Local { name, steps }, span })
    }
}
