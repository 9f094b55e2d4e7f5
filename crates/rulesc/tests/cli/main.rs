//! The real `rulesc` binary, as a person or a pipeline runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

#[path = "../../../cli/tests/harness/mod.rs"]
mod harness;

mod bench;
mod broken;
mod bundle;
mod check;
mod documents;
mod eval;
mod explain;
mod filter;
mod fmt;
mod formats;
mod iam;
mod manifest;
mod pages;
mod schema;
mod shell;
mod template;
mod test;

use std::path::Path;
use std::process::Command;

use harness::{Ran, command_of, folder, ran, top};

fn command(arguments: &[&str]) -> Command {
    command_of(env!("CARGO_BIN_EXE_rulesc"), arguments)
}

fn rulesc(arguments: &[&str]) -> Ran {
    ran(command(arguments))
}

/// Compares with a golden file, or writes it under `UPDATE_GOLDEN=1`. Says what is wrong, if
/// anything is, so that a caller can go on with other files.
fn differs(golden: &Path, actual: &str) -> Option<String> {
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        std::fs::write(golden, actual).unwrap();
    }
    let expected = std::fs::read_to_string(golden).unwrap_or_default();
    (expected != actual).then(|| {
        format!(
            "{} (UPDATE_GOLDEN=1 accepts it)\n--- expected\n{expected}\n--- actual\n{actual}",
            golden.display()
        )
    })
}
