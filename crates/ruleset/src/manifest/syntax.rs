//! What is wrong with a text that is no TOML, in the words of this product.

use toml::de::Error;

/// How the reader's reasons begin, and what is said instead.
const REASONS: [(&str, &str); 19] = [
    ("duplicate key", "this name is there already"),
    ("unclosed table", "the name of a section ends with `]`"),
    ("unclosed array table", "the name of a section ends with `]`"),
    ("unclosed array", "a list ends with `]`"),
    ("unclosed inline table", "this ends with `}`"),
    ("missing comma", "a comma is missing before this"),
    ("key with no value", "a name is followed by `=` and a value"),
    ("missing assignment", "a name is followed by `=` and a value"),
    ("extra `=`", "one `=` is enough"),
    ("extra assignment", "one `=` is enough"),
    ("missing value", "a value is missing here"),
    ("unquoted keys cannot be empty", "a name is missing here"),
    ("invalid unquoted key", "a name like this stands in double quotes"),
    ("unexpected key or value", "the line has to end before this"),
    ("unexpected leading zero", "a number does not begin with a zero"),
    ("invalid basic string", "the text has no end: close it with the quote that it begins with"),
    ("invalid literal string", "the text has no end: close it with the quote that it begins with"),
    ("missing escaped value", "write a backslash as `\\\\`"),
    ("string values must be quoted", "a text stands in double quotes"),
];

/// Says what is wrong, and this is the text at its place.
pub(super) fn reason(error: &Error, found: &str) -> &'static str {
    let reason = error.message();
    if reason.starts_with("string values must be quoted") && found.trim().is_empty() {
        return "a value is missing here";
    }
    if found.starts_with(|c: char| c.is_control() && !c.is_whitespace()) {
        return "this cannot stand here";
    }
    let known = REASONS.iter().find(|(begins, _)| reason.starts_with(begins));
    known.map_or_else(
        || match found.starts_with(|c: char| c.is_ascii_alphabetic()) {
            true => "a text stands in double quotes",
            false => "this cannot stand here",
        },
        |(_, said)| said,
    )
}
