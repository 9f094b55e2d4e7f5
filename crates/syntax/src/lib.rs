//! The rules language as text: grammar, syntax tree with spans, and diagnostics.
//!
//! Nothing here knows what a name means; that is the `rules` crate.

pub mod ast;
mod diagnostic;
mod sources;
mod span;

pub use diagnostic::{Code, Diagnostic, Label, Severity};
pub use sources::{Position, Source, Sources};
pub use span::{FileId, Span, Spanned};
