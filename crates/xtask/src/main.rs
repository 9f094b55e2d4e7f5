//! What is done to the repository itself. `cargo xtask` lists the commands.

mod bench;
mod capture;
mod cost;
mod demo;
mod fuzz;
mod memory;
mod package;
mod setup;
mod simulate;
mod start;
mod test;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use xshell::Shell;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  setup          install the pinned components under target/tools/
  test           do the set-up and run every check that CI runs
  simulate       run the scripts of faults that isolation is proved by, and
                 print the table (--seeds N, --seed S)
  bench          measure matching beside other engines, on one core, and
                 print the tables of docs/performance.md
  memory         measure the most memory that the function takes for a batch of
                 6 MB, as it ships
  cost           measure what the function costs to run beside functions written
                 by hand, and print the tables of docs/cost.md
  latency        measure how long a change takes to its targets, and print the
                 table of docs/latency.md
  start          measure how long the function takes to start, beside one that
                 does nothing, and print the table of docs/function.md
  demo           show a write in a table reach a queue, a topic and a bus
  capture WORLD  play WORLD/writes.json against a real table and keep its
                 stream records in WORLD/events/
  package [RULES] [--architecture x86_64|aarch64]
                 build the zip that is deployed, with the rules in it, the list
                 of what it is made of, and checksums, under target/package/
  fuzz [TARGET] [--seconds N]
                 look for inputs that break parsing, formatting, checking,
                 matching, payloads or loading bundles; 60 seconds each unless told
";

fn main() -> ExitCode {
    match run(env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result<()> {
    let sh = Shell::new()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("no workspace")?;
    sh.change_dir(root);

    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["setup"] => setup::run(&sh),
        ["test"] => test::run(&sh),
        ["bench"] => bench::run(&sh),
        ["cost"] => cost::run(&sh, "cost"),
        ["latency"] => cost::run(&sh, "latency"),
        ["demo"] => demo::run(&sh),
        ["memory"] => memory::run(&sh),
        ["start"] => start::run(&sh),
        ["fuzz", words @ ..] => fuzz::run(&sh, words),
        ["package", words @ ..] => package::run(&sh, words),
        ["simulate", arguments @ ..] => simulate::run(&sh, arguments),
        ["capture", worlds @ ..] if !worlds.is_empty() => capture::run(&sh, worlds),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => bail!("no such command: `{}`\n\n{USAGE}", words.join(" ")),
    }
}
