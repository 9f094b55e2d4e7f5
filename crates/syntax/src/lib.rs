//! The rules language as text: grammar, syntax tree with spans, and diagnostics.
//!
//! Nothing here knows what a name means; that is the `rules` crate.
//!
//! ```
//! use distributary_syntax::{Sources, ast::DeclarationKind, parse, render};
//!
//! let mut sources = Sources::new();
//! sources.add("shop.rules", "rule paid { on MODIFY when item.paid = true to bus }");
//! let parsed = parse(&sources);
//!
//! // What is clear enough is read, and what is wrong with it is said.
//! let declaration = &parsed.files[0].declarations[0];
//! assert_eq!(declaration.name.node, "paid");
//! assert!(matches!(declaration.kind, DeclarationKind::Rule(_)));
//! assert_eq!(
//!     render::concise(&parsed.diagnostics[0], &sources),
//!     "shop.rules:1:38: error[R108]: `=` is written `==` here",
//! );
//! ```

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
pub use lower::duration;
pub use parse::{MAX_FILE_BYTES, Parsed, parse};
pub use sources::{Position, Source, Sources};
pub use span::{FileId, Span, Spanned};
pub use words::closest;
