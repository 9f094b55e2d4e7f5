//! Exit codes, the same for every command.

use std::io;
use std::process::ExitCode;

use anyhow::Error;

/// How a command that could do its work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: fine.
    Fine,
    /// 1: the answer is no: findings, nothing fires, something was not delivered.
    No,
    /// 2: it could not be done, and standard error says why.
    Failed,
}

/// Stops a command whose reasons were already reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the findings above")]
pub struct Reported(pub Exit);

/// Turns the end of a command into its exit code, and says on standard error what stopped it. A
/// reader that went away, such as `head`, is no failure.
#[must_use]
pub fn exit_code(end: Result<Exit, Error>) -> ExitCode {
    let end = end.or_else(|error| match error.downcast::<Reported>() {
        Ok(Reported(exit)) => Ok(exit),
        Err(error) => Err(error),
    });
    match end {
        Ok(Exit::Fine) => ExitCode::SUCCESS,
        Ok(Exit::No) => ExitCode::from(1),
        Ok(Exit::Failed) => ExitCode::from(2),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|io| io.kind() == io::ErrorKind::BrokenPipe)
}
