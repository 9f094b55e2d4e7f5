//! Every mistake in `tests/diagnostics/` gets the message written below it.

use distributary_syntax::{Sources, parse, render};

use crate::golden;

#[test]
fn mistakes_are_explained() {
    golden::check("diagnostics", |text| {
        let mut sources = Sources::new();
        sources.add("shop.rules", text);
        let parsed = parse(&sources);
        let drawn = parsed.diagnostics.iter().map(|d| render::full(d, &sources, false) + "\n");
        drawn.collect::<Vec<_>>().join("\n")
    });
}
