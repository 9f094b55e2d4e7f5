//! From syntax to the checked tree: names become what they stand for, lets are expanded in place,
//! and what parses and makes no sense is refused.
//!
//! Lowering never gives up: an error leaves an `Unknown` behind, to which no further rule of the
//! language objects, so that one mistake is one finding.

mod call;
mod condition;
mod has;
mod history;
mod kind;
mod lets;
mod membership;
mod object;
mod path;
mod pattern;
mod quantifier;
mod schema;
mod set;
mod term;

use distributary_syntax::ast::{BinaryOp, Expr, ExprKind};
use distributary_syntax::{Code, Diagnostic, Sources, Span, codes};

use crate::condition::Condition;
use crate::names::{Names, Word};
use crate::program::Param;
use crate::schema::Schema;
use crate::term::{Content, Term};
pub(crate) use call::{is_network, no_network};
use condition::at;
pub(crate) use kind::Kind;
use lets::{Expansion, Let};
use quantifier::Variable;

/// How deep an expression may be nested with its lets expanded. It bounds the stack that a
/// question takes.
const MAX_DEPTH: usize = 128;

/// What lowering needs to know, and what it found.
#[derive(Debug)]
pub(crate) struct Lowering<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) names: Names<'a>,
    pub(crate) params: Vec<Param>,
    /// The parameters that have to be networks, by index, each with its place.
    pub(crate) networks: Vec<(usize, Span)>,
    pub(crate) findings: Vec<Diagnostic>,
    lets: Vec<Let<'a>>,
    expansion: Expansion,
    /// Those of the quantifiers around the expression in hand, the innermost last.
    variables: Vec<Variable>,
    pub(crate) schemas: Vec<Schema>,
    /// The schema whose types count for the expression in hand.
    schema: Option<usize>,
    /// How many quantifiers have been met.
    quantifiers: usize,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(
        sources: &'a Sources,
        names: Names<'a>,
        params: Vec<Param>,
        findings: Vec<Diagnostic>,
    ) -> Self {
        Lowering {
            sources,
            names,
            params,
            networks: Vec::new(),
            findings,
            lets: Vec::new(),
            expansion: Expansion::default(),
            variables: Vec::new(),
            schemas: Vec::new(),
            schema: None,
            quantifiers: 0,
        }
    }

    /// Reports an error.
    pub(crate) fn refuse(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Diagnostic::error(code, message, span).help(help));
    }

    /// The text of an expression for a message; a word for it where it is long.
    pub(crate) fn quote(&self, expr: &Expr) -> String {
        self.short(expr).map_or_else(|| "this".to_owned(), |text| format!("`{text}`"))
    }

    fn short(&self, expr: &Expr) -> Option<&'a str> {
        let text = self.sources.text(expr.span);
        (text.chars().count() <= 40 && !text.contains('\n')).then_some(text)
    }

    /// What a `when` asks.
    pub(crate) fn when(&mut self, expr: &Expr) -> Condition {
        self.expansion = Expansion::default();
        self.condition(expr)
    }

    /// What a `with` sends.
    pub(crate) fn with(&mut self, expr: &Expr) -> Content {
        self.expansion = Expansion::default();
        self.content(expr)
    }

    /// The value of a setting.
    pub(crate) fn setting(&mut self, expr: &Expr) -> Term {
        self.expansion = Expansion::default();
        self.term(expr)
    }

    /// Whatever an expression may be.
    fn content(&mut self, expr: &Expr) -> Content {
        if !self.expansion.enter(MAX_DEPTH) {
            self.refuse(
                codes::TOO_LARGE,
                expr.span,
                format!("this is nested more than {MAX_DEPTH} levels deep, its lets expanded"),
                "split it into several rules",
            );
            return Content::Term(Term::Unknown);
        }
        let content = match &expr.kind {
            ExprKind::Name(name) => self.word(name, expr.span),
            ExprKind::Path(path) => self.path(path, expr),
            ExprKind::List(items) => {
                Content::List(items.iter().map(|item| self.content(item)).collect())
            }
            ExprKind::Object(members) => self.object(members),
            ExprKind::Not(_)
            | ExprKind::TypeTest { .. }
            | ExprKind::Matches { .. }
            | ExprKind::Quantifier { .. }
            | ExprKind::In { .. }
            | ExprKind::Has { .. }
            | ExprKind::Presence { .. }
            | ExprKind::Changed { .. }
            | ExprKind::Became { .. } => Content::Condition(self.question(expr)),
            ExprKind::Binary(op, ..) if is_question(*op) => Content::Condition(self.question(expr)),
            _ => Content::Term(self.value(expr)),
        };
        self.expansion.leave();
        content
    }

    /// Whether a term stands for the members of a list, not for a list in the record.
    fn is_list(&self, term: &Term) -> bool {
        matches!(term, Term::Param(_)) && self.kind(term) == Kind::List
    }

    /// Takes the types of a schema to count, or of none. Those of lets do in what they stand for.
    pub(crate) fn under(&mut self, schema: Option<usize>) {
        self.schema = schema;
    }

    fn word(&mut self, name: &str, span: Span) -> Content {
        if let Some(outward) = self.variable(name) {
            return Content::Term(Term::Element { outward, steps: Vec::new() });
        }
        match self.names.words.find(name, span, &mut self.findings) {
            Some(Word::Param(param)) => Content::Term(Term::Param(param)),
            Some(Word::Let(index)) => self.expand(index, name, span),
            None => Content::Term(Term::Unknown),
        }
    }

    /// An expression where a condition belongs.
    fn condition(&mut self, expr: &Expr) -> Condition {
        let help = match self.content(expr) {
            Content::Condition(condition) => return condition,
            Content::Term(Term::Unknown) => return Condition::Unknown,
            Content::Term(term) => match self.kind(&term) {
                Kind::Bool if !matches!(term, Term::Path(_) | Term::Element { .. }) => {
                    return at(expr.span, Condition::Holds(term));
                }
                Kind::Any | Kind::Bool => {
                    let text = self.short(expr).unwrap_or("it");
                    format!("say what is asked: `{text} == true`, or `{text} exists`")
                }
                _ => "a condition compares a value with another".to_owned(),
            },
            _ => "a condition compares single values".to_owned(),
        };
        let message = format!("{} is a value, not a condition", self.quote(expr));
        self.refuse(codes::NOT_A_CONDITION, expr.span, message, help);
        Condition::Unknown
    }

    /// An expression where a single value belongs.
    fn term(&mut self, expr: &Expr) -> Term {
        let (code, what, help) = match self.content(expr) {
            Content::Term(term) if !self.is_list(&term) => return term,
            Content::Condition(Condition::Unknown) => return Term::Unknown,
            Content::Condition(_) => (
                codes::NOT_A_VALUE,
                "a condition",
                "conditions are joined with `and`, `or` and `not`; only payloads take their answer",
            ),
            Content::Term(_) | Content::List(_) => (
                codes::NOT_ONE_VALUE,
                "a list",
                "lists belong after `in`, `has any` and `has all`, and into payloads",
            ),
            Content::Object(_) => {
                (codes::NOT_ONE_VALUE, "an object", "objects belong into payloads")
            }
            Content::Change => {
                (codes::NOT_ONE_VALUE, "the whole change", "`change` belongs into payloads")
            }
        };
        self.refuse(code, expr.span, format!("{what} stands where a single value belongs"), help);
        Term::Unknown
    }
}

fn is_question(op: BinaryOp) -> bool {
    use BinaryOp::{Add, Coalesce, Multiply, Subtract};
    !matches!(op, Add | Subtract | Multiply | Coalesce)
}
