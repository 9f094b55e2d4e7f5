//! Says in the words of the language what pest could not match.

use std::ops::Range;

use pest::error::{ErrorVariant, InputLocation};

use crate::grammar::Rule;
use crate::tokens::Tokens;
use crate::{Diagnostic, FileId, Span, codes};

pub(crate) const DECLARATIONS_HELP: &str =
    "a file has declarations, which start with `param`, `source`, `let`, `lot`, `route` or `rule`";

/// Text at the top level that starts no declaration.
pub(crate) fn no_declaration(id: FileId, text: &str, range: Range<usize>) -> Diagnostic {
    let first = Tokens::from(text, range.start).next().map_or(range, |token| token.range);
    let found = shown(text.get(first.clone()).unwrap_or(""));
    let message = format!("no declaration starts with {found}");
    Diagnostic::error(codes::UNKNOWN_DECLARATION, message, Span::new(id, first))
        .help(DECLARATIONS_HELP)
}

/// What was expected where a declaration could not be read on.
pub(crate) fn explain(
    id: FileId,
    text: &str,
    range: &Range<usize>,
    error: &pest::error::Error<Rule>,
) -> Diagnostic {
    let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
    let at = range.start + at;
    let wanted: Vec<String> = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            positives.iter().map(|r| format!("{r:?}")).collect()
        }
        ErrorVariant::CustomError { .. } => vec!["CUSTOM".to_owned()],
    };
    let token = Tokens::from(text.get(..range.end).unwrap_or(""), at).next();
    let found = token.map_or(at..at, |t| t.range);
    let message = format!("unexpected {}", shown(text.get(found.clone()).unwrap_or("")));
    Diagnostic::error(codes::UNEXPECTED, message, Span::new(id, found))
        .help(format!("expected {}", wanted.join(", ")))
}

/// User input for a message: in backticks, on one line, and not endless.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let line = text.lines().next().unwrap_or("").trim_end();
    let mut short: String = line.chars().take(MOST).collect();
    if short.len() < text.trim_end().len() {
        short.push('…');
    }
    format!("`{short}`")
}
