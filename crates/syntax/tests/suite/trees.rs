//! Good rules give the trees below them, and every part of a tree knows its place.

use distributary_syntax::{Parsed, Sources, parse, render};

use crate::{golden, places, tree};

fn read(text: &str) -> (Sources, Parsed) {
    let mut sources = Sources::new();
    sources.add("shop.rules", text);
    let parsed = parse(&sources);
    let all: Vec<_> = parsed.diagnostics.iter().map(|d| render::full(d, &sources, false)).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
    (sources, parsed)
}

#[test]
fn rules_give_trees() {
    golden::check("trees", |text| {
        let (_, parsed) = read(text);
        parsed.files.iter().flat_map(|file| &file.declarations).map(tree::print).collect()
    });
}

#[test]
fn spans_end_where_their_text_ends() {
    golden::check("spans", |text| {
        let (sources, parsed) = read(text);
        let declarations = parsed.files.iter().flat_map(|file| &file.declarations);
        let places = declarations.flat_map(places::of);
        places.map(|span| format!("{}\n", sources.text(span).replace('\n', "⏎"))).collect()
    });
}
