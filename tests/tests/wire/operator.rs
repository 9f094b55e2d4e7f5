//! The operator's command, in the world of a scene.

use std::process::Stdio;

use distributary_tests::program;
use tokio::process::Command;

use crate::scene::Scene;

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// `distributary SUBCOMMAND RULES …` with the scene's rules and parameters.
pub(crate) async fn command(scene: &Scene, subcommand: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program::distributary().await.unwrap());
    command
        // Nothing of this machine's own AWS configuration may reach it.
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", &scene.settings.endpoint)
        .arg(subcommand)
        .arg(&scene.settings.rules)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    for (service, endpoint) in &scene.settings.endpoints {
        command.env(format!("AWS_ENDPOINT_URL_{service}"), endpoint);
    }
    for (name, value) in &scene.settings.params {
        command.arg("--param").arg(format!("{name}={value}"));
    }
    command
}

/// Runs a command to its end.
pub(crate) async fn distributary(scene: &Scene, subcommand: &str, arguments: &[&str]) -> Ran {
    let output = command(scene, subcommand, arguments).await.output().await.unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
