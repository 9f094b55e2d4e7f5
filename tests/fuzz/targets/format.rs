//! Any text is parsed, or refused with findings that can be shown; what is formatted means the same
//! and stays as it is when it is formatted again.
#![no_main]

use distributary_syntax::{Sources, format, parse, render};
use libfuzzer_sys::fuzz_target;

#[path = "../../../crates/syntax/tests/suite/tree.rs"]
mod tree;

fuzz_target!(|text: &str| {
    let Ok(formatted) = format(text) else { return };
    assert_eq!(meaning(&formatted), meaning(text), "formatting changed the meaning");
    assert_eq!(format(&formatted).as_ref(), Ok(&formatted), "formatting does not come to rest");
});

/// The trees of a text, without places.
fn meaning(text: &str) -> String {
    let mut sources = Sources::new();
    sources.add("fuzz.rules", text);
    let parsed = parse(&sources);
    for finding in &parsed.diagnostics {
        let _ = render::full(finding, &sources, false);
    }
    parsed.files.iter().flat_map(|file| &file.declarations).map(tree::print).collect()
}
