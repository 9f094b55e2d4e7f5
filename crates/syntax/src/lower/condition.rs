//! Conditions: `and or not`, comparisons and the word operators.

use crate::ast::{BinaryOp, Choice, Expr, ExprKind, Has};
use crate::expected::shown;
use crate::grammar::{Pair, Rule};
use crate::{Diagnostic, codes};

use super::{Lower, is_mark, last_end};

impl Lower<'_> {
    /// The condition of a rule.
    pub(super) fn condition(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let condition = self.expr(pair)?;
        if matches!(condition.kind, ExprKind::Object(_)) {
            self.report(json_pattern(condition.span));
        }
        Some(condition)
    }

    pub(super) fn expr(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let mut alternatives = vec![Vec::new()];
        let mut nots = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::not => nots.push(self.span(&part)),
                Rule::or => alternatives.push(Vec::new()),
                Rule::test => {
                    let span = self.span(&part);
                    self.deepen(nots.len(), span)?;
                    let mut test = self.test(part)?;
                    self.operators -= nots.len();
                    while let Some(not) = nots.pop() {
                        let span = not.to(test.span);
                        test = Expr { kind: ExprKind::Not(Box::new(test)), span };
                    }
                    alternatives.last_mut()?.push(test);
                }
                _ => {}
            }
        }
        let join = |all: Vec<Expr>| balanced(BinaryOp::And, all);
        let alternatives = alternatives.into_iter().map(join).collect::<Option<_>>()?;
        balanced(BinaryOp::Or, alternatives)
    }

    fn test(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let mut parts = pair.into_inner();
        let subject = parts.next()?;
        let mut test = self.value(subject.clone())?;
        let mut first: Option<Pair<'_>> = None;
        let mut not = None;
        for part in parts {
            if part.as_rule() == Rule::misplaced_not {
                not = Some(part);
            } else if let Some(first) = first {
                self.chained(&subject, &first, &part);
                break;
            } else {
                test = self.question(test, part.clone())?;
                if let Some(not) = not.take() {
                    self.misplaced_not(&not, &subject, &part);
                    let span = test.span;
                    test = Expr { kind: ExprKind::Not(Box::new(test)), span };
                }
                first = Some(part);
            }
        }
        Some(test)
    }

    fn misplaced_not(&mut self, not: &Pair<'_>, subject: &Pair<'_>, question: &Pair<'_>) {
        let message = "`not` stands before the whole condition";
        let error = Diagnostic::error(codes::MISPLACED_NOT, message, self.span(not));
        let (subject, question) = (written(subject), written(question));
        self.report(error.help(format!("write {}", shown(&format!("not {subject} {question}")))));
    }

    fn chained(&mut self, subject: &Pair<'_>, first: &Pair<'_>, second: &Pair<'_>) {
        let message = "comparisons do not chain";
        let error = Diagnostic::error(codes::CHAINED, message, self.span(second))
            .label(self.span(subject).to(self.span(first)), "this is already true or false");
        let middle = first.clone().into_inner().last().filter(|p| p.as_rule() == Rule::value);
        let help = match middle {
            Some(middle) => {
                let [a, b, c, d] = [subject, first, &middle, second].map(written);
                format!("write {}", shown(&format!("{a} {b} and {c} {d}")))
            }
            None => "write two conditions joined by `and`".to_owned(),
        };
        self.report(error.help(help));
    }

    fn question(&mut self, value: Expr, pair: Pair<'_>) -> Option<Expr> {
        let span = value.span.to(self.span(&pair));
        let value = Box::new(value);
        let rule = pair.as_rule();
        let mut inner = pair.into_inner().filter(|p| !is_mark(p.as_rule()));
        let kind = match rule {
            Rule::exists => ExprKind::Presence { value, exists: true },
            Rule::missing => ExprKind::Presence { value, exists: false },
            Rule::comparison => {
                let op = comparison(inner.next()?.as_rule())?;
                let right = self.value(inner.next()?)?;
                self.check_wrapper_object(&right);
                ExprKind::Binary(op, value, Box::new(right))
            }
            Rule::type_test => {
                let parts: Vec<_> = inner.collect();
                let ty = self.type_name(parts.last()?, false);
                if let [_, not, _] = parts.as_slice() {
                    let (message, span) =
                        ("`not` stands before the whole condition", self.span(not));
                    let error = Diagnostic::error(codes::MISPLACED_NOT, message, span);
                    self.report(error.help(format!("write `not … is {}`", ty.node)));
                }
                ExprKind::TypeTest { value, ty }
            }
            Rule::matching => ExprKind::Matches { value, pattern: self.pattern(inner.nth(1)?)? },
            Rule::membership => {
                let negated = inner.next()?.as_rule() == Rule::not_in;
                ExprKind::In { value, list: Box::new(self.value(inner.next()?)?), negated }
            }
            Rule::has => {
                let how = match inner.next()?.as_rule() {
                    Rule::has_any => Has::Any,
                    Rule::has_all => Has::All,
                    _ => Has::One,
                };
                ExprKind::Has { value, how, member: Box::new(self.value(inner.next()?)?) }
            }
            _ => {
                let mut choices = inner.filter(|p| p.as_rule() == Rule::choice);
                let mut next = || choices.next().map(|p| self.choice(p));
                if rule == Rule::changed {
                    ExprKind::Changed { value, from: next().flatten() }
                } else {
                    let to = next()??;
                    ExprKind::Became { value, to, from: next().flatten() }
                }
            }
        };
        Some(Expr { kind, span })
    }

    fn choice(&mut self, pair: Pair<'_>) -> Option<Choice> {
        let mut inner = pair.into_inner().peekable();
        let one_of = inner.next_if(|p| p.as_rule() == Rule::in_list).is_some();
        Some(Choice { one_of, value: Box::new(self.value(inner.next()?)?) })
    }
}

/// The text of a pair up to its last token.
fn written<'s>(pair: &Pair<'s>) -> &'s str {
    pair.as_str().get(..last_end(pair) - pair.as_span().start()).unwrap_or("")
}

/// A JSON object where a condition belongs, as in the event patterns of other services.
fn json_pattern(span: crate::Span) -> Diagnostic {
    Diagnostic::error(codes::JSON_PATTERN, "an object is no condition", span)
        .help("write what has to hold, as in `item.status == \"Paid\"`")
}

fn comparison(rule: Rule) -> Option<BinaryOp> {
    Some(match rule {
        Rule::equal => BinaryOp::Equal,
        Rule::not_equal => BinaryOp::NotEqual,
        Rule::less => BinaryOp::Less,
        Rule::less_equal => BinaryOp::LessEqual,
        Rule::greater => BinaryOp::Greater,
        Rule::greater_equal => BinaryOp::GreaterEqual,
        Rule::contains => BinaryOp::Contains,
        Rule::starts_with => BinaryOp::StartsWith,
        Rule::ends_with => BinaryOp::EndsWith,
        _ => return None,
    })
}

/// Joins conditions so that the depth of the tree grows with the logarithm of their number.
///
/// `and` and `or` do not care how they are grouped, and nothing that walks the tree then needs
/// more stack for a rule of ten thousand alternatives.
fn balanced(op: BinaryOp, mut conditions: Vec<Expr>) -> Option<Expr> {
    if conditions.len() < 2 {
        return conditions.pop();
    }
    let right = balanced(op, conditions.split_off(conditions.len().div_ceil(2)))?;
    let left = balanced(op, conditions)?;
    let span = left.span.to(right.span);
    Some(Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span })
}
