//! What both commands share: flags, findings on the terminal, captured events, exit codes.
//!
//! Findings and errors go to standard error, results to standard output.

mod account;
mod completions;
mod events;
mod exit;
mod finding;
mod findings;
mod man;
mod part;
mod rules;
mod shell;
mod words;

pub use account::Account;
/// `--color auto|always|never`; `NO_COLOR` and `CLICOLOR_FORCE` are obeyed.
pub use colorchoice_clap::Color;
pub use distributary_ruleset::reason;
pub use events::{Chunk, Events, each_record};
pub use exit::{Exit, Reported, exit_code};
pub use finding::{Finding, Place, Point};
pub use findings::{Findings, OutputFormat};
pub use part::Part;
pub use rules::{Loaded, StageArgs, load, load_both, open, read_all};
pub use shell::Shell;
pub use words::count;
