//! The operator's command: runs rules over events, and looks after what their routes could not take.

mod commands;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use distributary_cli::{Color, Exit, Shell, exit_code};

use crate::commands::conformance::Conformance;
use crate::commands::doctor::Doctor;
use crate::commands::pause::{Pause, Resume};
use crate::commands::redrive::Redrive;
use crate::commands::run::Run;

/// Run and operate Distributary rules
#[derive(Debug, Parser)]
#[command(name = "distributary", version)]
struct Cli {
    #[command(flatten)]
    color: Color,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(Run),
    Redrive(Redrive),
    Pause(Pause),
    Resume(Resume),
    Doctor(Doctor),
    Conformance(Conformance),
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
        Command::Run(run) => run.run(),
        Command::Redrive(redrive) => redrive.run(),
        Command::Pause(pause) => pause.run(),
        Command::Resume(resume) => resume.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Conformance(conformance) => conformance.run(),
        Command::Shell(shell) => shell.run::<Cli>(),
    }
}
