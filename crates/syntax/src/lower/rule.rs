//! Rules and ignores: their clauses, in any order, so that a wrong one can be named.

use crate::ast::{Ignore, Name, Output, Rule as RuleBody};
use crate::grammar::{Pair, Rule};
use crate::{Diagnostic, Spanned, codes, spelling, words};

use super::{Lower, is_mark};

impl Lower<'_> {
    pub(super) fn rule<'s>(
        &mut self,
        clauses: impl Iterator<Item = Pair<'s>>,
        name: &Name,
    ) -> Option<RuleBody> {
        let rule = self.clauses(clauses)?;
        let whose = format!("rule `{}`", name.node);
        self.check_missing(&whose, name, "on", rule.on.is_empty(), "on INSERT, MODIFY");
        self.check_missing(&whose, name, "to", rule.to.is_empty(), "to some_route");
        Some(rule)
    }

    pub(super) fn ignore<'s>(
        &mut self,
        clauses: impl Iterator<Item = Pair<'s>>,
        name: &Name,
    ) -> Option<Ignore> {
        let rule = self.clauses(clauses)?;
        let whose = format!("ignore `{}`", name.node);
        self.check_missing(&whose, name, "on", rule.on.is_empty(), "on ANY");
        let routes = rule.to.iter().map(|to| ("to", &to.route));
        let mode = rule.mode.iter().map(|name| ("mode", name));
        let formerly = rule.formerly.iter().map(|name| ("formerly", name));
        for (word, name) in routes.chain(mode).chain(formerly) {
            let message = format!("an `ignore` has no `{word}`");
            self.misplaced(name.span, message, "it sends nothing; a `rule` does");
        }
        let RuleBody { on, of, from, when, .. } = rule;
        Some(Ignore { on, of, from, when })
    }

    fn check_missing(&mut self, whose: &str, name: &Name, word: &str, missing: bool, line: &str) {
        if missing {
            let message = format!("{whose} has no `{word}`");
            self.misplaced(name.span, message, format!("add a line such as `{line}`"));
        }
    }

    fn clauses<'s>(&mut self, clauses: impl Iterator<Item = Pair<'s>>) -> Option<RuleBody> {
        let mut rule = RuleBody::default();
        let mut latest = None;
        for clause in clauses {
            let kind = clause.as_rule();
            let colon = clause.clone().into_inner().any(|p| p.as_rule() == Rule::colon);
            let mut inner = clause.into_inner().filter(|p| !is_mark(p.as_rule()));
            let keyword = inner.next()?;
            let word = spelling::spelling(keyword.as_rule())?;
            let keyword = Spanned::new(word, self.span(&keyword));
            self.check_order(&keyword, latest, &rule);
            match kind {
                Rule::on => rule.on.extend(inner.map(|p| self.event(&p))),
                Rule::of => rule.of = Some(self.reference(&inner.next()?)),
                Rule::from => rule.from = Some(self.reference(&inner.next()?)),
                Rule::when => rule.when = Some(self.condition(inner.next()?)?),
                Rule::mode => {
                    let mode = self.reference(&inner.next()?);
                    if !colon {
                        let message = "`mode` is written `mode:` here";
                        let error = Diagnostic::error(codes::SPELLING, message, keyword.span);
                        self.report(error.help(format!("write `mode: {}`", mode.node)));
                    }
                    rule.mode = Some(mode);
                }
                Rule::formerly => rule.formerly = Some(self.reference(&inner.next()?)),
                _ => rule.to.push(self.output(inner)?),
            }
            if words::CLAUSES.contains(&word) {
                latest = Some(word);
            }
        }
        Some(rule)
    }

    fn check_order(
        &mut self,
        keyword: &Spanned<&'static str>,
        latest: Option<&str>,
        rule: &RuleBody,
    ) {
        let (is_repeated, instead) = match keyword.node {
            "on" => (!rule.on.is_empty(), "separate the events by commas"),
            "of" => (rule.of.is_some(), "write a rule for each schema"),
            "from" => (rule.from.is_some(), "write a rule for each source"),
            "when" => (rule.when.is_some(), "join the conditions with `and`"),
            "mode" => (rule.mode.is_some(), "leave one of them out"),
            "formerly" => (rule.formerly.is_some(), "keep the name that it had first"),
            _ => (false, ""),
        };
        let word = keyword.node;
        let place = |word: &str| words::CLAUSES.iter().position(|c| *c == word);
        if is_repeated {
            self.misplaced(keyword.span, format!("a rule has one `{word}`"), instead);
        } else if let (Some(latest), Some(here)) = (latest, place(word))
            && Some(here) < place(latest)
        {
            let message = format!("`{word}` comes before `{latest}`");
            let help = "the order is `on`, `of`, `from`, `when`, `to`";
            self.misplaced(keyword.span, message, help);
        }
    }

    /// An event type as it is written, with its letter case mended.
    fn event(&mut self, pair: &Pair<'_>) -> Name {
        let mut name = self.name(pair);
        let capitals = name.node.to_ascii_uppercase();
        if name.node != capitals && words::EVENTS.contains(&capitals.as_str()) {
            let message = format!("`{}` is written `{capitals}`", name.node);
            self.report(Diagnostic::error(codes::SPELLING, message, name.span));
            name.node = capitals;
        }
        name
    }

    fn output<'s>(&mut self, mut inner: impl Iterator<Item = Pair<'s>>) -> Option<Output> {
        let route = self.reference(&inner.next()?);
        let with = inner.find(|p| p.as_rule() == Rule::expr).map(|p| self.expr(p));
        let with = match with {
            Some(with) => Some(with?),
            None => None,
        };
        Some(Output { route, with })
    }
}
