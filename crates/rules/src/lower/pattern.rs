//! What `matches` takes.

use distributary_change::Value;
use distributary_syntax::ast::{Expr, Pattern as Written, TextPart};
use distributary_syntax::{Spanned, codes};

use super::{Kind, Lowering};
use crate::condition::Condition;
use crate::pattern::{Pattern, Regex};
use crate::term::{Part, Term};

impl Lowering<'_> {
    pub(super) fn matches(&mut self, value: &Expr, pattern: &Spanned<Written>) -> Condition {
        let term = self.term(value);
        let kind = self.kind(&term);
        if !matches!(kind, Kind::Any | Kind::Text) {
            let message = format!("{} is {}, not a text", self.quote(value), kind.noun());
            let help = "`matches` holds a text against a pattern; take `string(…)` for numbers";
            self.refuse(codes::NOT_A_TEXT, value.span, message, help);
            return Condition::Unknown;
        }
        match &pattern.node {
            Written::Glob(parts) => Condition::Matches(term, Pattern::Glob(self.glob(parts))),
            Written::Regex(written) => match Regex::new(written) {
                Some(regex) => Condition::Matches(term, Pattern::Regex(regex)),
                None => {
                    let message = format!("`/{written}/` is not a regular expression");
                    let help = "write a glob such as `\"order-*\"`, or an expression without \
                                look-around and back-references: their cost has no bound";
                    self.refuse(codes::PATTERN, pattern.span, message, help);
                    Condition::Unknown
                }
            },
        }
    }

    /// The texts between the stars.
    fn glob(&mut self, parts: &[TextPart]) -> Vec<Term> {
        let mut pieces = vec![Vec::new()];
        for part in parts {
            match part {
                TextPart::Literal(text) => split(text, &mut pieces),
                TextPart::Expr(expr) => {
                    let term = self.term(expr);
                    if let Some(piece) = pieces.last_mut() {
                        piece.push(Part::Term(term));
                    }
                }
            }
        }
        pieces.into_iter().map(joined).collect()
    }
}

/// Adds characters to the last piece; a star that is not escaped starts another.
fn split(text: &str, pieces: &mut Vec<Vec<Part>>) {
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let character = match character {
            '*' => {
                pieces.push(Vec::new());
                continue;
            }
            '\\' => characters.next().unwrap_or('\\'),
            other => other,
        };
        let Some(piece) = pieces.last_mut() else { return };
        match piece.last_mut() {
            Some(Part::Literal(literal)) => literal.push(character),
            _ => piece.push(Part::Literal(character.to_string())),
        }
    }
}

fn joined(parts: Vec<Part>) -> Term {
    match parts.as_slice() {
        [] => Term::Literal(Value::String(String::new())),
        [Part::Literal(text)] => Term::Literal(Value::String(text.clone())),
        _ => Term::Text(parts),
    }
}
