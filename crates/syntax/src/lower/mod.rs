//! From what pest matched to the syntax tree.
//!
//! The grammar guarantees the shapes that are taken apart here; `None` means that it did not.

mod condition;
mod literal;
mod path;
mod pattern;
mod quantifier;
mod rule;
mod schema;
mod settings;
mod test;
mod text;
mod value;

pub use text::duration;

use crate::ast::{Declaration, DeclarationKind, Name, Param};
use crate::grammar::{Pair, Pairs, Rule};
use crate::split::Chunk;
use crate::{Diagnostic, FileId, Span, Spanned, codes, words};

/// Builds the tree of one declaration and reports what is wrong with it.
pub(crate) struct Lower<'d> {
    file: FileId,
    /// Where the declaration starts in its file.
    base: usize,
    /// How many operators stand around the current value.
    operators: usize,
    /// The variables of the quantifiers around the current value, outermost first.
    variables: Vec<String>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'d> Lower<'d> {
    pub(crate) fn new(file: FileId, base: usize, diagnostics: &'d mut Vec<Diagnostic>) -> Self {
        Lower { file, base, operators: 0, variables: Vec::new(), diagnostics }
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
        let name = inner.next()?;
        let name = match rule {
            Rule::test_declaration => self.plain_text(name)?,
            _ => self.declared(&name),
        };
        let kind = match rule {
            Rule::param_declaration => DeclarationKind::Param(self.param(inner)?),
            Rule::source_declaration => DeclarationKind::Source(self.source(inner.next()?)?),
            Rule::schema_declaration => DeclarationKind::Schema(self.schema(inner)?),
            Rule::let_declaration => DeclarationKind::Let(self.expr(inner.next()?)?),
            Rule::lot_declaration => DeclarationKind::Lot(self.lot(inner)?),
            Rule::route_declaration => DeclarationKind::Route(self.route(inner)?),
            Rule::rule_declaration => DeclarationKind::Rule(self.rule(inner, &name)?),
            Rule::ignore_declaration => DeclarationKind::Ignore(self.ignore(inner, &name)?),
            _ => DeclarationKind::Test(self.test_declaration(inner, &name)?),
        };
        let span = Span::new(self.file, chunk.range);
        Some(Declaration { docs: chunk.docs, span, name, kind })
    }

    /// Reports a clause, a setting or a step that is missing or in the wrong place.
    fn misplaced(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.report(Diagnostic::error(codes::CLAUSES, message, span).help(help));
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
            | Rule::open_paren
            | Rule::close_paren
            | Rule::open_angle
            | Rule::close_angle
            | Rule::comma
            | Rule::event_comma
            | Rule::colon
            | Rule::assign
            | Rule::arrow
            | Rule::becomes
            | Rule::alternative
            | Rule::dots
    )
}
