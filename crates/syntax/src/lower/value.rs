//! Values: literals, names, arithmetic, lists and objects.

use pest::pratt_parser::{Assoc, ConstPrattParser, Op, pratt_precedence};

use crate::ast::{BinaryOp, Entry, Expr, ExprKind, Member, Name};
use crate::expected::shown;
use crate::grammar::{Pair, Pairs, Rule};
use crate::{Diagnostic, Span, codes};

use super::{Lower, is_mark};

/// How tightly the operators between values bind, loosest first.
static OPERATORS: ConstPrattParser<Rule, 5> = ConstPrattParser::new_const(pratt_precedence![
    Op::infix(Rule::coalesce, Assoc::Left),
    Op::infix(Rule::add, Assoc::Left) | Op::infix(Rule::subtract, Assoc::Left),
    Op::infix(Rule::multiply, Assoc::Left) | Op::infix(Rule::divide, Assoc::Left),
]);

/// The most operators in one value and the values around it, because each makes the tree deeper.
const MAX_OPERATORS: usize = 64;

/// What a hyphen in the name of an attribute looks like.
const HYPHEN: (Rule, Rule, Rule) = (Rule::path, Rule::subtract, Rule::word);

impl Lower<'_> {
    pub(super) fn value(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        if inner.len() == 1 {
            return self.primary(inner.next()?);
        }
        let operators = inner.len() / 2;
        self.deepen(operators, span)?;
        self.check_hyphens(inner.clone());
        let value = OPERATORS
            .map_primary(|pair| self.primary(pair))
            .map_infix(|left, op, right| Some(binary(arithmetic(op.as_rule()), left?, right?)))
            .parse(inner);
        self.operators -= operators;
        value
    }

    /// Counts operators that make the tree deeper than brackets do.
    pub(super) fn deepen(&mut self, operators: usize, span: Span) -> Option<()> {
        self.operators += operators;
        if self.operators <= MAX_OPERATORS {
            return Some(());
        }
        let message = format!("more than {MAX_OPERATORS} operators in one value");
        let help = "give a part of it a name with `let`";
        self.report(Diagnostic::error(codes::TOO_DEEP, message, span).help(help));
        None
    }

    /// `item.order-id` is a subtraction and never meant as one.
    fn check_hyphens(&mut self, parts: Pairs<'_>) {
        let parts: Vec<_> = parts.collect();
        for window in parts.windows(3) {
            let [left, minus, right] = window else { continue };
            let rules = (left.as_rule(), minus.as_rule(), right.as_rule());
            let glued = self.span(left).end == self.span(minus).start
                && self.span(minus).end == self.span(right).start;
            let last = left.clone().into_inner().last().filter(|p| p.as_rule() == Rule::field);
            if let (Some(last), true) = (last, glued && rules == HYPHEN) {
                let (path, last, word) = (left.as_str(), last.as_str(), right.as_str());
                let before = path.strip_suffix(last).unwrap_or(path).trim_end_matches('.');
                let message = format!("{} is a subtraction", shown(&format!("{path}-{word}")));
                let span = self.span(left).to(self.span(right));
                let instead = shown(&format!("{before}[\"{last}-{word}\"]"));
                let help = format!("write {instead} for an attribute, or put blanks around `-`");
                self.report(Diagnostic::error(codes::NAME, message, span).help(help));
            }
        }
    }

    pub(super) fn primary(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::number => self.number(&pair),
            Rule::text => ExprKind::Text(self.text(pair)?),
            Rule::null => ExprKind::Null,
            Rule::boolean => ExprKind::Bool(pair.as_str().eq_ignore_ascii_case("true")),
            Rule::word | Rule::dotted => match self.local(&pair) {
                Some(local) => return Some(local),
                None if pair.as_rule() == Rule::word => ExprKind::Name(pair.as_str().to_owned()),
                None => ExprKind::Path(self.path(pair)?),
            },
            Rule::path => ExprKind::Path(self.path(pair)?),
            Rule::list => ExprKind::List(self.elements(pair)?),
            Rule::set => {
                let list = pair.into_inner().next()?.into_inner().next()?;
                ExprKind::Set(self.elements(list)?)
            }
            Rule::binary => ExprKind::Bytes(self.bytes(pair.into_inner().next()?)?),
            Rule::call => {
                let function = self.name(&pair.clone().into_inner().next()?);
                ExprKind::Call { function, arguments: self.elements(pair)? }
            }
            Rule::quantifier => self.quantifier(pair)?,
            Rule::object => ExprKind::Object(self.members(pair)?),
            Rule::group => self.expr(pair.into_inner().next()?)?.kind,
            Rule::negation => {
                let error = Diagnostic::error(codes::NUMBER, "`-` stands only before digits", span);
                self.report(error.help("subtract from 0, as in `0 - item.total`"));
                let zero = Expr { kind: ExprKind::Number("0".to_owned()), span };
                let operand = self.primary(pair.into_inner().last()?)?;
                binary(BinaryOp::Subtract, zero, operand).kind
            }
            _ => return None,
        };
        Some(Expr { kind, span })
    }

    fn elements(&mut self, pair: Pair<'_>) -> Option<Vec<Expr>> {
        let elements = pair.into_inner().filter(|p| p.as_rule() == Rule::expr);
        elements.map(|p| self.expr(p)).collect()
    }

    /// What stands between the braces of an object.
    pub(super) fn members(&mut self, object: Pair<'_>) -> Option<Vec<Member>> {
        let mut members = Vec::new();
        for part in object.into_inner().filter(|p| !is_mark(p.as_rule())) {
            let rule = part.as_rule();
            let mut inner = part.into_inner().filter(|p| !is_mark(p.as_rule()));
            let first = inner.next()?;
            members.push(if rule == Rule::spread {
                Member::Spread(self.value(first)?)
            } else {
                Member::Entry(Entry { key: self.key(first)?, value: self.expr(inner.next()?)? })
            });
        }
        Some(members)
    }

    /// The name of an attribute, in quotes where it is no identifier.
    pub(super) fn key(&mut self, key: Pair<'_>) -> Option<Name> {
        let key = key.into_inner().next()?;
        if key.as_rule() == Rule::text {
            return self.plain_text(key);
        }
        let name = self.name(&key);
        if name.node.contains('-') {
            let message = format!("`{}` is not a name", name.node);
            let error = Diagnostic::error(codes::NAME, message, name.span);
            self.report(error.help(format!("write it in quotes: `\"{}\"`", name.node)));
        }
        Some(name)
    }
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span: Span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span }
}

/// Division, which is reported elsewhere, is read as its neighbour.
fn arithmetic(rule: Rule) -> BinaryOp {
    match rule {
        Rule::coalesce => BinaryOp::Coalesce,
        Rule::add => BinaryOp::Add,
        Rule::subtract => BinaryOp::Subtract,
        _ => BinaryOp::Multiply,
    }
}
