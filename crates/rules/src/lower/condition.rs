//! Conditions, and the refusal of those whose answer is certain before there is a record.

use distributary_change::Value;
use distributary_syntax::ast::{BinaryOp, Expr, ExprKind};
use distributary_syntax::{Diagnostic, Span, closest, codes};

use super::{Kind, Lowering};
use crate::condition::{Condition, Order, Origin, Search};
use crate::names::listed;
use crate::term::{EventField, Term};

/// What `event.type` can be.
const EVENT_TYPES: [&str; 3] = ["INSERT", "MODIFY", "REMOVE"];

impl Lowering<'_> {
    /// An expression that can only be a condition.
    pub(super) fn question(&mut self, expr: &Expr) -> Condition {
        let asked = self.asked(expr);
        at(expr.span, asked)
    }

    fn asked(&mut self, expr: &Expr) -> Condition {
        match &expr.kind {
            ExprKind::Not(inner) => not(self.condition(inner)),
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, expr),
            ExprKind::In { value, list, negated: false } => self.within(value, list),
            ExprKind::In { value, list, negated: true } => not(self.within(value, list)),
            ExprKind::Has { value, how, member } => self.has(value, *how, member),
            ExprKind::Presence { value, exists: true } => self.presence(value, expr),
            ExprKind::Presence { value, exists: false } => not(self.presence(value, expr)),
            ExprKind::TypeTest { value, ty } => self.type_test(value, ty),
            ExprKind::Matches { value, pattern } => self.matches(value, pattern),
            ExprKind::Quantifier { all, variable, list, body } => {
                self.quantifier(*all, variable, list, body)
            }
            ExprKind::Changed { value, from } => self.changed(value, None, from.as_ref()),
            ExprKind::Became { value, to, from } => self.changed(value, Some(to), from.as_ref()),
            _ => Condition::Unknown,
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, expr: &Expr) -> Condition {
        match op {
            BinaryOp::And => Condition::All(self.chain(op, left, right)),
            BinaryOp::Or => Condition::Any(self.chain(op, left, right)),
            BinaryOp::Equal => self.equal(left, right),
            BinaryOp::NotEqual => not(self.equal(left, right)),
            BinaryOp::Less => self.order(Order::Less, left, right, expr),
            BinaryOp::LessEqual => self.order(Order::LessEqual, left, right, expr),
            BinaryOp::Greater => self.order(Order::Greater, left, right, expr),
            BinaryOp::GreaterEqual => self.order(Order::GreaterEqual, left, right, expr),
            BinaryOp::Contains => self.search(Search::Contains, left, right),
            BinaryOp::StartsWith => self.search(Search::StartsWith, left, right),
            BinaryOp::EndsWith => self.search(Search::EndsWith, left, right),
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Coalesce => {
                Condition::Unknown
            }
        }
    }

    /// `a and b and c` as one list, however long: the tree that is written leans to the left.
    fn chain(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Vec<Condition> {
        let mut written = vec![right];
        let mut rest = left;
        while let ExprKind::Binary(inner, left, right) = &rest.kind
            && *inner == op
        {
            written.push(right);
            rest = left;
        }
        written.push(rest);
        written.into_iter().rev().map(|part| self.condition(part)).collect()
    }

    fn equal(&mut self, left: &Expr, right: &Expr) -> Condition {
        let (a, b) = (self.term(left), self.term(right));
        let kinds = ((self.kind(&a), left.span), (self.kind(&b), right.span));
        let sensible = self.comparable(kinds.0, kinds.1)
            && self.possible(&a, &b, right.span)
            && self.possible(&b, &a, left.span);
        if sensible { Condition::Equal(a, b) } else { Condition::Unknown }
    }

    /// Refuses to compare values whose types certainly differ.
    pub(super) fn comparable(&mut self, a: (Kind, Span), b: (Kind, Span)) -> bool {
        if a.0 == b.0 || a.0 == Kind::Any || b.0 == Kind::Any {
            return true;
        }
        let message = format!("{} never equals {}", a.0.noun(), b.0.noun());
        let help = if a.0 == Kind::Null || b.0 == Kind::Null {
            "ask for what is not there with `missing`"
        } else {
            "values are never converted: compare values of one type"
        };
        self.findings.push(
            Diagnostic::error(codes::TYPES_DIFFER, message, b.1)
                .note(b.0.noun())
                .label(a.1, a.0.noun())
                .help(help),
        );
        false
    }

    /// Refuses to compare `event.type`, or what a schema describes, with what it never is.
    pub(super) fn possible(&mut self, term: &Term, other: &Term, span: Span) -> bool {
        let (Term::Event(EventField::Type), Term::Literal(Value::String(text))) = (term, other)
        else {
            return self.within_schema(term, other, span);
        };
        if EVENT_TYPES.contains(&text.as_str()) {
            return true;
        }
        let near = closest(text, EVENT_TYPES).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| format!("it is one of {}", listed(EVENT_TYPES)));
        let message = format!("`event.type` is never `{text}`");
        self.refuse(codes::NEVER_THIS_VALUE, span, message, help);
        false
    }

    fn order(&mut self, order: Order, left: &Expr, right: &Expr, expr: &Expr) -> Condition {
        let (a, b) = (self.term(left), self.term(right));
        let kinds = (self.kind(&a), self.kind(&b));
        if !(self.ordered(&a, left) && self.ordered(&b, right)) {
            return Condition::Unknown;
        }
        if kinds.0 != kinds.1 && kinds.0 != Kind::Any && kinds.1 != Kind::Any {
            let message = format!("{} and {} have no order", kinds.0.noun(), kinds.1.noun());
            self.findings.push(
                Diagnostic::error(codes::TYPES_DIFFER, message, expr.span)
                    .help("values are never converted: compare values of one type"),
            );
            return Condition::Unknown;
        }
        Condition::Order(order, a, b)
    }

    fn ordered(&mut self, term: &Term, written: &Expr) -> bool {
        let kind = self.kind(term);
        let text = self.quote(written);
        let (message, help) = if *term == Term::Event(EventField::Seq) {
            (format!("{text} is text without an order"), "compare `event.time`")
        } else if matches!(kind, Kind::Any | Kind::Number | Kind::Text | Kind::Binary) {
            return true;
        } else {
            let message = format!("{text} is {}, which has no order", kind.noun());
            (message, "numbers, texts and binary values have an order; the rest has `==`")
        };
        self.refuse(codes::NO_ORDER, written.span, message, help);
        false
    }

    fn search(&mut self, search: Search, left: &Expr, right: &Expr) -> Condition {
        let (a, b) = (self.term(left), self.term(right));
        for (term, written) in [(&a, left), (&b, right)] {
            let kind = self.kind(term);
            if matches!(kind, Kind::Any | Kind::Text) {
                continue;
            }
            let message = format!("{} is {}, not a text", self.quote(written), kind.noun());
            let help = match kind {
                Kind::List | Kind::Set => "membership in a list or set is asked with `has`",
                _ => "`contains`, `starts with` and `ends with` look for a text in a text",
            };
            self.refuse(codes::NOT_A_TEXT, written.span, message, help);
            return Condition::Unknown;
        }
        Condition::Text(search, a, b)
    }
}

/// A condition with its place; an error needs none.
pub(super) fn at(span: Span, condition: Condition) -> Condition {
    match condition {
        Condition::Unknown => condition,
        condition => Condition::At(Origin(span), Box::new(condition)),
    }
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}
