//! The one style of rules files.
//!
//! Only white space changes, and the commas between entries. What stands between is never looked
//! into, so comments, texts and numbers stay as they are, and a construct that is new to the
//! grammar needs nothing here as long as it is made of words, marks and brackets.
//!
//! - Indentation is two spaces for each open bracket, and two more for the rest of an entry that
//!   goes on in the next line.
//! - One space stands around operators and after `:` and `,`; none inside `( )` and `[ ]`; one
//!   inside `{ }`; two before a comment at the end of a line.
//! - `{ }` and `[ ]` that hold a line break hold one entry, clause or element in each line.
//!   In one line, entries of objects are separated by `, ` and settings by two spaces.
//! - `of`, `from` and `with` stay in the line of their clause.
//! - A condition goes on in the next line before `and` or `or`, a value before its operator, and a
//!   `let` behind its `=`: such line breaks of the author stay, others go.
//! - A line over 100 columns is broken at the outermost place: around a body, before `or`, before
//!   `and`, inside brackets. A line without any such place stays as long as it is.
//! - A blank line stands between declarations, unless both are of one kind and one line long:
//!   there, and between entries and comments, the author's blank lines stay, one at most.

mod lines;
mod nest;
mod piece;
mod print;
mod read;
mod space;

use crate::{Diagnostic, Severity, Sources, parse, split};

/// A rules file in the one style, with the same meaning and all of its comments.
///
/// # Errors
///
/// What is wrong with a text that is no rules file; spans are those of a first source.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let mut sources = Sources::new();
    let file = sources.add("", text);
    let mut errors = parse(&sources).diagnostics;
    errors.retain(|finding| finding.severity == Severity::Error);
    if !errors.is_empty() {
        return Err(errors);
    }
    let (declarations, _) = split::split(file, text);
    let mut pieces = nest::nest(read::read(text, &declarations));
    lines::arrange(&mut pieces);
    Ok(print::print(&pieces))
}
