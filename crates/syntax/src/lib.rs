//! The rules language as text: grammar, syntax tree with spans, and diagnostics.
//!
//! Nothing here knows what a name means; that is the `rules` crate.

mod advice;
pub mod ast;
mod brackets;
pub mod codes;
mod diagnostic;
mod expected;
mod foreign;
mod format;
mod grammar;
mod lower;
mod parse;
pub mod render;
mod sources;
mod span;
mod spelling;
mod split;
mod tokens;
mod wishes;
mod words;

pub use diagnostic::{Code, Diagnostic, Label, Severity};
pub use format::format;
pub use parse::{MAX_FILE_BYTES, Parsed, parse};
pub use sources::{Position, Source, Sources};
pub use span::{FileId, Span, Spanned};
pub use words::closest;
