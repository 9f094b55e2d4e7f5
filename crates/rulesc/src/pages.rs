//! The page about each diagnostic: `docs/diagnostics`, as it stood when this program was built.

use distributary_syntax::Code;
use include_dir::{Dir, include_dir};

static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../docs/diagnostics");

/// What a diagnostic says, why it matters, an example, and what to write instead; in Markdown.
pub(crate) fn page(code: Code) -> Option<&'static str> {
    PAGES.get_file(format!("{code}.md"))?.contents_utf8()
}

/// The code that a person wrote: `R301`, `r301` or `301`.
pub(crate) fn code(text: &str) -> Option<Code> {
    let digits = text.strip_prefix(['R', 'r']).unwrap_or(text);
    (digits.len() == 3).then(|| digits.parse().ok().map(Code)).flatten()
}
