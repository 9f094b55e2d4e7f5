//! From what pest matched to the syntax tree.
//!
//! The grammar guarantees the shapes that are taken apart here; `None` means that it did not.

mod condition;
mod path;
mod text;
mod value;

use crate::ast::{
    Declaration, DeclarationKind, Destination, Name, Output, Param, Rule as RuleBody, Setting,
    Source,
};
use crate::grammar::{Pair, Pairs, Rule};
use crate::split::Chunk;
use crate::{Diagnostic, FileId, Span, Spanned, codes, spelling, words};

/// Builds the tree of one declaration and reports what is wrong with it.
pub(crate) struct Lower<'d> {
    file: FileId,
    /// Where the declaration starts in its file.
    base: usize,
    /// How many operators stand around the current value.
    operators: usize,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'d> Lower<'d> {
    pub(crate) fn new(file: FileId, base: usize, diagnostics: &'d mut Vec<Diagnostic>) -> Self {
        Lower { file, base, operators: 0, diagnostics }
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Where a pair stands, up to its last token.
    pub(crate) fn span(&self, pair: &Pair<'_>) -> Span {
        Span::new(self.file, self.base + pair.as_span().start()..self.base + last_end(pair))
    }

    pub(crate) fn declaration(&mut self, pairs: Pairs<'_>, chunk: Chunk) -> Option<Declaration> {
        let pair = pairs.into_iter().next()?;
        let rule = pair.as_rule();
        let mut inner = pair.into_inner().filter(|p| !is_mark(p.as_rule()));
        inner.next()?;
        let name = self.declared(&inner.next()?);
        let kind = match rule {
            Rule::param_declaration => DeclarationKind::Param(self.param(inner)?),
            Rule::source_declaration => DeclarationKind::Source(Source {
                settings: self.settings(inner.next()?)?,
                guards: Vec::new(),
            }),
            Rule::let_declaration => DeclarationKind::Let(self.expr(inner.next()?)?),
            Rule::lot_declaration => DeclarationKind::Lot(self.destination(inner)?),
            Rule::route_declaration => DeclarationKind::Route(self.destination(inner)?),
            _ => DeclarationKind::Rule(self.rule(inner, &name)?),
        };
        let span = Span::new(self.file, chunk.range);
        Some(Declaration { docs: chunk.docs, span, name, kind })
    }

    fn name(&self, pair: &Pair<'_>) -> Name {
        Spanned::new(pair.as_str().to_owned(), self.span(pair))
    }

    /// A name that somebody gives or uses, where a hyphen can be no minus.
    fn reference(&mut self, pair: &Pair<'_>) -> Name {
        let mut name = self.name(pair);
        if name.node.contains('-') {
            let message = format!("`{}` is not a name", name.node);
            name.node = name.node.replace('-', "_");
            let help = format!("write `{}`", name.node);
            self.report(Diagnostic::error(codes::NAME, message, name.span).help(help));
        }
        name
    }

    fn declared(&mut self, pair: &Pair<'_>) -> Name {
        let name = self.reference(pair);
        if words::is_reserved(&name.node) {
            let message = format!("`{}` is a word of the language", name.node);
            let error = Diagnostic::error(codes::NAME, message, name.span);
            self.report(error.help("choose another name"));
        }
        name
    }

    fn param<'s>(&mut self, mut inner: impl Iterator<Item = Pair<'s>>) -> Option<Param> {
        let ty = self.name(&inner.next()?);
        let mut param = Param { ty, env: None, default: None };
        for pair in inner {
            match pair.as_rule() {
                Rule::env => param.env = Some(self.plain_text(pair.into_inner().nth(1)?)?),
                Rule::value => param.default = Some(self.value(pair)?),
                _ => {}
            }
        }
        Some(param)
    }

    fn destination<'s>(
        &mut self,
        mut inner: impl Iterator<Item = Pair<'s>>,
    ) -> Option<Destination> {
        let kind = self.name(&inner.next()?);
        let settings = self.settings(inner.next()?)?;
        Some(Destination { kind, settings, formerly: None })
    }

    fn settings(&mut self, pair: Pair<'_>) -> Option<Vec<Setting>> {
        let settings = pair.into_inner().filter(|p| p.as_rule() == Rule::setting);
        settings.map(|p| self.setting(p)).collect()
    }

    fn setting(&mut self, pair: Pair<'_>) -> Option<Setting> {
        let mut inner = pair.into_inner();
        let name = self.name(&inner.next()?);
        let values = inner.filter(|p| p.as_rule() == Rule::expr);
        let values = values.map(|p| self.expr(p)).collect::<Option<_>>()?;
        Some(Setting { name, values })
    }

    fn rule<'s>(
        &mut self,
        clauses: impl Iterator<Item = Pair<'s>>,
        name: &Name,
    ) -> Option<RuleBody> {
        let mut rule = RuleBody::default();
        let mut latest = None;
        for clause in clauses {
            let kind = clause.as_rule();
            let mut inner = clause.into_inner().filter(|p| !is_mark(p.as_rule()));
            let keyword = inner.next()?;
            let word = spelling::spelling(keyword.as_rule())?;
            let keyword = Spanned::new(word, self.span(&keyword));
            self.check_order(&keyword, latest, &rule);
            match kind {
                Rule::on => rule.on.extend(inner.map(|p| self.event(&p))),
                Rule::from => rule.from = Some(self.reference(&inner.next()?)),
                Rule::when => rule.when = Some(self.condition(inner.next()?)?),
                _ => rule.to.push(self.output(inner)?),
            }
            latest = Some(keyword.node);
        }
        for (clause, missing, example) in [
            ("on", rule.on.is_empty(), "on INSERT, MODIFY"),
            ("to", rule.to.is_empty(), "to some_route"),
        ] {
            if missing {
                let message = format!("rule `{}` has no `{clause}`", name.node);
                let error = Diagnostic::error(codes::CLAUSES, message, name.span);
                self.report(error.help(format!("add a line such as `{example}`")));
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
            "from" => (rule.from.is_some(), "write a rule for each source"),
            "when" => (rule.when.is_some(), "join the conditions with `and`"),
            _ => (false, ""),
        };
        let word = keyword.node;
        let place = |word: &str| words::CLAUSES.iter().position(|c| *c == word);
        if is_repeated {
            let message = format!("a rule has one `{word}`");
            let error = Diagnostic::error(codes::CLAUSES, message, keyword.span);
            self.report(error.help(instead));
        } else if let Some(latest) = latest.filter(|l| place(word) < place(l)) {
            let message = format!("`{word}` comes before `{latest}`");
            let error = Diagnostic::error(codes::CLAUSES, message, keyword.span);
            self.report(error.help("the order is `on`, `of`, `from`, `when`, `to`"));
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

/// Where the last token of a pair ends.
fn last_end(pair: &Pair<'_>) -> usize {
    let last = pair.clone().into_inner().flatten().next_back();
    last.map_or(pair.as_span().end(), |token| token.as_span().end())
}

/// Marks that separate and enclose, and carry nothing into the tree.
fn is_mark(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::open_brace
            | Rule::close_brace
            | Rule::close_bracket
            | Rule::close_paren
            | Rule::comma
            | Rule::event_comma
            | Rule::colon
            | Rule::assign
    )
}
