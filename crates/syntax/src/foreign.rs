//! Characters that stand for nothing outside texts and comments.

use crate::expected::shown;
use crate::{Diagnostic, Span, codes};

/// What to write instead of a foreign character and what it dragged along.
pub(crate) fn explain(found: &str, span: Span) -> Diagnostic {
    let first = found.chars().next().unwrap_or(' ');
    let (message, help) = match first {
        '\'' | '`' | '\u{201C}' | '\u{201D}' | '\u{201E}' => {
            ("texts stand in straight double quotes".to_owned(), "write `\"…\"`")
        }
        '#' => ("`#` starts no comment".to_owned(), "start comments with `//`"),
        '/' => ("`/*` starts no comment".to_owned(), "start each line of a comment with `//`"),
        _ => (
            format!("the character U+{:04X} has no place outside a text", first as u32),
            "remove it, or write a plain blank",
        ),
    };
    Diagnostic::error(codes::FOREIGN_CHARACTER, message, span).help(help)
}

/// A word with letters that names do not have.
pub(crate) fn word(found: &str, span: Span) -> Diagnostic {
    let help = format!(
        "names have ASCII letters, digits and `_`; for an attribute write `item[\"{found}\"]`"
    );
    Diagnostic::error(codes::NAME, format!("{} is not a name", shown(found)), span).help(help)
}

/// A regular expression that goes on beyond its line.
pub(crate) fn open_regex(span: Span) -> Diagnostic {
    Diagnostic::error(codes::OPEN_TEXT, "this regular expression has no end on its line", span)
        .help("close it with `/`; a `/` inside is written `\\/`")
}

/// A text that goes on beyond its line, with the place of its last open `${`.
pub(crate) fn open_text(text: Span, interpolation: Option<Span>) -> Diagnostic {
    let error = Diagnostic::error(codes::OPEN_TEXT, "this text has no end on its line", text)
        .help("close it with `\"`; a line break inside a text is written `\\n`");
    match interpolation {
        Some(place) => error.label(place, "perhaps because this has no `}`"),
        None => error,
    }
}
