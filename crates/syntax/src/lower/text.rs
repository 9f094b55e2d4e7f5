//! Texts, numbers and durations.

use std::time::Duration;

use crate::ast::{ExprKind, TextPart};
use crate::grammar::{Pair, Rule};
use crate::{Diagnostic, Spanned, codes};

use super::Lower;

impl Lower<'_> {
    pub(super) fn text(&mut self, pair: Pair<'_>) -> Option<Vec<TextPart>> {
        self.text_of(pair, |lower, escape, literal| literal.extend(lower.escape(escape, "")))
    }

    /// A text, with its escapes resolved by `resolve`.
    pub(super) fn text_of(
        &mut self,
        pair: Pair<'_>,
        mut resolve: impl FnMut(&mut Self, &Pair<'_>, &mut String),
    ) -> Option<Vec<TextPart>> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::characters => literal.push_str(part.as_str()),
                Rule::escape => resolve(self, &part, &mut literal),
                Rule::interpolation => {
                    if !literal.is_empty() {
                        parts.push(TextPart::Literal(std::mem::take(&mut literal)));
                    }
                    parts.push(TextPart::Expr(self.expr(part.into_inner().next()?)?));
                }
                _ => {}
            }
        }
        if !literal.is_empty() {
            parts.push(TextPart::Literal(literal));
        }
        Some(parts)
    }

    /// A text that is a name, and so has nothing to compute.
    pub(super) fn plain_text(&mut self, pair: Pair<'_>) -> Option<Spanned<String>> {
        let span = self.span(&pair);
        let mut text = String::new();
        for part in self.text(pair)? {
            match part {
                TextPart::Literal(literal) => text.push_str(&literal),
                TextPart::Expr(expr) => {
                    let message = "a name cannot be computed";
                    let error = Diagnostic::error(codes::COMPUTED_NAME, message, expr.span);
                    self.report(error.help("write the name itself; `\\$` stands for a `$`"));
                }
            }
        }
        Some(Spanned::new(text, span))
    }

    /// The character that an escape stands for; `more` names those of the caller's own.
    pub(super) fn escape(&mut self, pair: &Pair<'_>, more: &str) -> Option<char> {
        let escape = pair.as_str().strip_prefix('\\')?;
        let character = match escape {
            "\"" | "\\" | "$" => escape.chars().next(),
            "n" => Some('\n'),
            "t" => Some('\t'),
            "r" => Some('\r'),
            _ => escape
                .strip_prefix("u{")
                .and_then(|rest| rest.strip_suffix('}'))
                .and_then(|digits| u32::from_str_radix(digits, 16).ok())
                .and_then(char::from_u32),
        };
        if character.is_none() {
            let message = format!("{} is no escape", crate::expected::shown(pair.as_str()));
            let help = format!(
                "escapes are `\\\"`, `\\\\`, `\\n`, `\\t`, `\\r`, `\\$`{more} and `\\u{{…}}` with the \
                 hexadecimal number of a character"
            );
            let error = Diagnostic::error(codes::ESCAPE, message, self.span(pair));
            self.report(error.help(help));
        }
        character
    }

    pub(super) fn number(&mut self, pair: &Pair<'_>) -> ExprKind {
        let written = pair.as_str();
        if is_number(written) {
            return ExprKind::Number(written.to_owned());
        }
        if let Some(duration) = duration(written) {
            return ExprKind::Duration(duration);
        }
        let message = format!("`{written}` is neither a number nor a duration");
        let help = "write a number such as `1500` or `0.8`, or a duration such as `500ms`, `1s`, \
                    `15m` or `2h`";
        let error = Diagnostic::error(codes::NUMBER, message, self.span(pair));
        self.report(error.help(help));
        ExprKind::Number("0".to_owned())
    }
}

/// Digits with, perhaps, a sign, a fraction and an exponent.
fn is_number(written: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let unsigned = written.strip_prefix('-').unwrap_or(written);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

/// The length of time that a text such as `500ms`, `1s`, `15m` or `2h` spells.
#[must_use]
pub fn duration(written: &str) -> Option<Duration> {
    let (digits, unit) = written.split_at(written.find(|c: char| !c.is_ascii_digit())?);
    let count: u64 = digits.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(count)),
        "s" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_secs(count.checked_mul(60)?)),
        "h" => Some(Duration::from_secs(count.checked_mul(3600)?)),
        _ => None,
    }
}
