//! What `matches` takes: globs and regular expressions.

use crate::ast::{ExprKind, Pattern, TextPart};
use crate::grammar::{Pair, Rule};
use crate::{Diagnostic, Spanned, codes};

use super::Lower;

impl Lower<'_> {
    pub(super) fn pattern(&mut self, pair: Pair<'_>) -> Option<Spanned<Pattern>> {
        let span = self.span(&pair);
        let pattern = match pair.as_rule() {
            Rule::regular => {
                let mut inner = pair.into_inner();
                let regex = inner.next()?.as_str();
                if let Some(flags) = inner.next() {
                    let message = "a regular expression has no flags behind it";
                    let error = Diagnostic::error(codes::UNEXPECTED, message, self.span(&flags));
                    let help = format!("write `(?{})` at its start", flags.as_str());
                    self.report(error.help(help));
                }
                let regex = regex.strip_prefix('/').and_then(|r| r.strip_suffix('/'))?;
                Pattern::Regex(regex.replace("\\/", "/"))
            }
            _ => Pattern::Glob(self.glob(pair)?),
        };
        Some(Spanned::new(pattern, span))
    }

    fn glob(&mut self, value: Pair<'_>) -> Option<Vec<TextPart>> {
        let mut inner = value.clone().into_inner();
        if let (Some(text), None) = (inner.next(), inner.next())
            && text.as_rule() == Rule::text
        {
            return self.text_of(text, Self::glob_escape);
        }
        let span = self.span(&value);
        // An error inside of it is the better message.
        if !matches!(self.value(value)?.kind, ExprKind::Text(_)) {
            let message = "this is not a pattern";
            let help = "`matches` takes a text such as `\"ORDER#*\"`, or a regular expression such \
                        as `/^ORDER#[0-9]+$/`";
            self.report(Diagnostic::error(codes::UNEXPECTED, message, span).help(help));
        }
        Some(Vec::new())
    }

    /// As in other texts, but that `\*` and `\\` stay what they are, and no other escape makes a `*`.
    fn glob_escape(&mut self, pair: &Pair<'_>, literal: &mut String) {
        if pair.as_str() == "\\*" {
            return literal.push_str("\\*");
        }
        match self.escape(pair, ", `\\*`") {
            Some(special @ ('*' | '\\')) => literal.extend(['\\', special]),
            character => literal.extend(character),
        }
    }
}
