//! Any text is checked and proved, and every finding can be shown.
#![no_main]

use distributary_proof::{Fuel, prove};
use distributary_rules::{Given, check};
use distributary_syntax::{Sources, render};
use libfuzzer_sys::fuzz_target;

/// Little, so that a run looks at many texts; what proofs do with more is more of the same.
const FUEL: Fuel = Fuel { question: 500, rule: 5_000 };

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    sources.add("fuzz.rules", text);
    let checked = check(&sources, &Given::default());
    let proved = if checked.has_errors() { Vec::new() } else { prove(&checked.program, FUEL) };
    for finding in checked.diagnostics.iter().chain(&proved) {
        let _ = render::full(finding, &sources, false);
        let _ = render::concise(finding, &sources);
    }
});
