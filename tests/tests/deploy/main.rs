//! Templates that `rulesc` writes: CloudFormation would take them, and what they make works.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod doctor;
mod lint;
mod stack;

use std::path::Path;
use std::process::Command;

use distributary_tests::components::workspace;
use distributary_tests::program;

/// Rules with every kind of AWS route and lot.
const RULES: &str = "tests/rules/deployed";

/// What `rulesc template` prints for rules in the repository.
async fn template(rules: &str, flags: &[&str]) -> String {
    template_of(Path::new(rules), flags).await
}

async fn template_of(rules: &Path, flags: &[&str]) -> String {
    let rulesc = program::rulesc().await.unwrap();
    let ran = Command::new(rulesc)
        .current_dir(workspace())
        .arg("template")
        .arg(rules)
        .args(flags)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// A Python program of `cargo xtask setup`, away from the packages of this machine.
fn python(program: &Path) -> Command {
    let mut command = Command::new("python3");
    command.arg("-S").arg(program).env("PYTHONPATH", workspace().join("target/tools/python"));
    command
}
