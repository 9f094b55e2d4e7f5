//! The real binaries, as a person or a pipeline runs them: part of the tests of both.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A binary with these arguments, from the top of the repository, with nothing in the environment
/// that changes its answers.
pub(crate) fn command_of(binary: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command.args(arguments).current_dir(top()).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "GITHUB_ACTIONS"] {
        command.env_remove(name);
    }
    command
}

pub(crate) fn ran(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().expect("the binary ended by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The top of the repository.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A directory of this test's own with these files in it.
pub(crate) fn folder(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let tests = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_PKG_NAME"));
    let folder = tests.join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    folder
}

/// The record of an item that was inserted, with the key `pk`.
pub(crate) fn inserted(id: &str, sequence: &str, item: &Value) -> Value {
    json!({
        "eventID": id,
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "eventSourceARN":
            "arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026-11-21T10:00:00.000",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_795_255_200,
            "Keys": { "pk": item["pk"] },
            "NewImage": item,
            "SequenceNumber": sequence,
            "SizeBytes": 30,
            "StreamViewType": "NEW_AND_OLD_IMAGES"
        }
    })
}
