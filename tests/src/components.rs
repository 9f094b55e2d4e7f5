//! The real services that tests, captures and the demonstration talk to.
//!
//! `cargo xtask setup` installs them under `target/tools/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Result, ensure};

pub use crate::process::Server;

/// Starts DynamoDB Local, in memory; ready in two to four seconds.
///
/// # Errors
/// When it is not installed or does not start.
pub fn start_dynamodb() -> Result<Server> {
    let home = installed("dynamodb-local")?;
    Server::start(
        "DynamoDB Local",
        Command::new("java")
            .current_dir(home)
            // The tests write little; a large heap and its collector threads only cost time.
            .args(["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
            .args(["-Djava.library.path=DynamoDBLocal_lib", "-cp"])
            .arg("launcher:DynamoDBLocal.jar:DynamoDBLocal_lib/*")
            .arg("LoopbackDynamoDb"),
    )
}

/// Starts ministack, which answers for SQS, SNS and EventBridge; ready in half
/// a second.
///
/// # Errors
/// When it is not installed or does not start.
pub fn start_ministack() -> Result<Server> {
    let home = installed("python")?;
    Server::start(
        "ministack",
        Command::new("python3")
            // Only what was installed for it: packages of this machine change what it does.
            .arg("-S")
            .arg(workspace().join("tests/components/loopback_ministack.py"))
            .env("PYTHONPATH", home)
            // Functions that it runs get its environment, and refuse what is no setting of theirs.
            .env_remove("DISTRIBUTARY_BOOTSTRAP")
            .env("LOG_LEVEL", "WARNING"),
    )
}

/// The DynamoDB Local that all tests of one binary share; every test has its
/// own table.
///
/// # Panics
/// When it is not installed or does not start.
#[expect(clippy::expect_used, reason = "without the component no test can go on")]
pub fn dynamodb() -> &'static Server {
    static SHARED: OnceLock<Server> = OnceLock::new();
    SHARED.get_or_init(|| start_dynamodb().expect("DynamoDB Local starts"))
}

/// The ministack that all tests of one binary share; every test has its own
/// queues, topics and buses.
///
/// # Panics
/// When it is not installed or does not start.
#[expect(clippy::expect_used, reason = "without the component no test can go on")]
pub fn ministack() -> &'static Server {
    static SHARED: OnceLock<Server> = OnceLock::new();
    SHARED.get_or_init(|| start_ministack().expect("ministack starts"))
}

/// The root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

fn installed(tool: &str) -> Result<PathBuf> {
    let home = workspace().join("target/tools").join(tool);
    ensure!(home.is_dir(), "`target/tools/{tool}` is missing, run `cargo xtask setup`");
    Ok(home)
}
