//! The real `rulesc` binary, as a person or a pipeline runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod bench;
mod broken;
mod check;
mod eval;
mod explain;
mod filter;
mod fmt;
mod formats;
mod iam;
mod manifest;
mod pages;
mod schema;
mod template;
mod test;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run of the binary came to.
#[derive(Debug)]
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

/// The binary with these arguments, from the top of the repository, with nothing in the environment
/// that changes its answers.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rulesc"));
    command.args(arguments).current_dir(top()).stdin(Stdio::null());
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("CLICOLOR");
    command.env_remove("GITHUB_ACTIONS");
    command
}

fn rulesc(arguments: &[&str]) -> Ran {
    ran(command(arguments))
}

fn ran(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().expect("the binary ended by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A directory of this test's own with these files in it.
fn folder(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rulesc").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    folder
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
