//! What a user of this crate can observe.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod brute;
mod documented;
mod findings;
mod fuel;

use distributary_proof::{Fuel, prove};
use distributary_rules::{Given, Program, check};
use distributary_syntax::{Diagnostic, Sources};

/// Checks rules that have no errors, and proves what there is to prove.
fn proved(rules: &str, fuel: Fuel) -> (Program, Vec<Diagnostic>, Sources) {
    let mut sources = Sources::new();
    sources.add("shop.rules", rules);
    let checked = check(&sources, &Given::default());
    assert!(!checked.has_errors(), "{rules}\n{:?}", checked.diagnostics);
    let found = prove(&checked.program, fuel);
    (checked.program, found, sources)
}
