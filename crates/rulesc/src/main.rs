//! The author's command: checks and tries rules, offline.

mod commands;
mod explanation;
mod filtering;
mod inference;
mod pages;
mod replay;
mod report;
mod testing;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use distributary_cli::{Color, Exit, Shell, exit_code};

use crate::commands::{
    bench::Bench, bundle::Bundle, check::Check, eval::Eval, explain::Explain, filter::Filter,
    fmt::Fmt, iam::Iam, schema::Schema, template::Template, test::Test,
};

/// Check and try Distributary rules, offline
#[derive(Debug, Parser)]
#[command(name = "rulesc", version)]
struct Cli {
    #[command(flatten)]
    color: Color,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(Check),
    Test(Test),
    Eval(Eval),
    Bench(Bench),
    Explain(Explain),
    Schema(Schema),
    Bundle(Bundle),
    Filter(Filter),
    Iam(Iam),
    Template(Template),
    Fmt(Fmt),
    #[command(flatten)]
    Shell(Shell),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli.color.write_global();
    exit_code(run(&cli.command))
}

fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Check(check) => check.run(),
        Command::Test(test) => test.run(),
        Command::Eval(eval) => eval.run(),
        Command::Bench(bench) => bench.run(),
        Command::Explain(explain) => explain.run(),
        Command::Schema(schema) => schema.run(),
        Command::Bundle(bundle) => bundle.run(),
        Command::Filter(filter) => filter.run(),
        Command::Iam(iam) => iam.run(),
        Command::Template(template) => template.run(),
        Command::Fmt(fmt) => fmt.run(),
        Command::Shell(shell) => shell.run::<Cli>(),
    }
}
