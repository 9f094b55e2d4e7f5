//! The real `distributary` binary, as a person or a pipeline runs it.
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

#[cfg(feature = "aws")]
mod conformance;
mod examples;
mod pause;
mod redrive;
mod run;
mod shell;

use std::process::Command;

use harness::{Ran, command_of, folder, ran};

fn command(arguments: &[&str]) -> Command {
    command_of(env!("CARGO_BIN_EXE_distributary"), arguments)
}

fn distributary(arguments: &[&str]) -> Ran {
    ran(command(arguments))
}

/// The rows of the table, without times: name, then counts.
fn table(ran: &Ran) -> Vec<Vec<String>> {
    let rows = ran.stdout.lines().skip(1).take_while(|line| !line.contains(" of them "));
    let cells = |row: &str| row.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    rows.map(cells).collect()
}
