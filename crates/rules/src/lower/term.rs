//! Values: literals, texts, arithmetic and `??`.

use distributary_change::{Number, Value};
use distributary_syntax::ast::{BinaryOp, Expr, ExprKind, TextPart};
use distributary_syntax::{Span, codes};

use super::{Kind, Lowering};
use crate::term::{Operator, Part, Term};

impl Lowering<'_> {
    /// An expression that can only be a value.
    pub(super) fn value(&mut self, expr: &Expr) -> Term {
        match &expr.kind {
            ExprKind::Null => Term::Literal(Value::Null),
            ExprKind::Bool(value) => Term::Literal(Value::Bool(*value)),
            ExprKind::Number(digits) => self.number(digits, expr.span),
            ExprKind::Text(parts) => self.text(parts),
            ExprKind::Bytes(bytes) => Term::Literal(Value::Binary(bytes.clone())),
            ExprKind::Set(members) => self.set(members, expr.span),
            ExprKind::Call { function, arguments } => self.call(function, arguments, expr.span),
            ExprKind::Local { name, steps } => self.local(name, steps),
            ExprKind::Binary(BinaryOp::Coalesce, first, second) => {
                let (first, second) = (self.term(first), self.term(second));
                Term::Coalesce(Box::new(first), Box::new(second))
            }
            ExprKind::Binary(BinaryOp::Add, left, right) => {
                self.arithmetic(Operator::Add, left, right)
            }
            ExprKind::Binary(BinaryOp::Subtract, left, right) => {
                self.arithmetic(Operator::Subtract, left, right)
            }
            ExprKind::Binary(BinaryOp::Multiply, left, right) => {
                self.arithmetic(Operator::Multiply, left, right)
            }
            ExprKind::Duration(_) => {
                let message = format!("{} is a duration, not a value", self.quote(expr));
                let help =
                    "durations belong into the settings of routes; `event.time` is in seconds";
                self.refuse(codes::NOT_A_VALUE, expr.span, message, help);
                Term::Unknown
            }
            _ => Term::Unknown,
        }
    }

    pub(crate) fn number(&mut self, digits: &str, span: Span) -> Term {
        match Number::parse(digits) {
            Ok(number) => Term::Literal(Value::Number(number)),
            Err(_) => {
                let message = format!("`{digits}` is a number that no attribute can have");
                let help = "DynamoDB's numbers have up to 38 significant digits and lie between \
                            1E-130 and 9.99E+125";
                self.refuse(codes::NUMBER_RANGE, span, message, help);
                Term::Unknown
            }
        }
    }

    fn text(&mut self, parts: &[TextPart]) -> Term {
        if let [] | [TextPart::Literal(_)] = parts {
            let text = parts.first().map(|part| match part {
                TextPart::Literal(text) => text.clone(),
                TextPart::Expr(_) => String::new(),
            });
            return Term::Literal(Value::String(text.unwrap_or_default()));
        }
        let part = |part: &TextPart| match part {
            TextPart::Literal(text) => Part::Literal(text.clone()),
            TextPart::Expr(expr) => Part::Term(self.term(expr)),
        };
        Term::Text(parts.iter().map(part).collect())
    }

    fn arithmetic(&mut self, operator: Operator, left: &Expr, right: &Expr) -> Term {
        let mut operand = |expr: &Expr| {
            let term = self.term(expr);
            let kind = self.kind(&term);
            if matches!(kind, Kind::Any | Kind::Number) {
                return Box::new(term);
            }
            let message = format!(
                "{} is {}; only numbers can be reckoned with",
                self.quote(expr),
                kind.noun()
            );
            let help = match kind {
                Kind::Text => "join texts in one: `\"${a} ${b}\"`",
                _ => "take a number, or leave it out",
            };
            self.refuse(codes::NOT_A_NUMBER, expr.span, message, help);
            Box::new(Term::Unknown)
        };
        let (left, right) = (operand(left), operand(right));
        Term::Arithmetic(operator, left, right)
    }
}
