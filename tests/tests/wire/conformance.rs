//! `distributary conformance` against the local components: what they answer is what the page of
//! assumptions says of them, and nothing is left, however a run ends.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use distributary_conformance::{Local, SCENES};
use distributary_tests::cloudformation::CloudFormation;
use distributary_tests::components::{self, Server, workspace};
use distributary_tests::program;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A ministack for this test alone, so that all that is in it is the run's.
fn alone() -> (Server, CloudFormation) {
    let server = components::start_ministack().unwrap();
    let cloudformation = CloudFormation::new(server.endpoint());
    (server, cloudformation)
}

async fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(program::distributary().await.unwrap());
    command
        .env_clear()
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .arg("conformance")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn at(server: &Server, arguments: &[&str]) -> Command {
    let mut command = command(arguments).await;
    command
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .args(["--endpoint-url", server.endpoint()]);
    command
}

/// Runs to the end: exit code, standard output and standard error.
async fn ran(mut command: Command) -> (Option<i32>, String, String) {
    let output = command.output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The function as it is built here, as a zip with rules that are not those of the test.
async fn package() -> PathBuf {
    let path = workspace().join("target/tmp/conformance.zip");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut zip = ZipWriter::new(std::fs::File::create(&path).unwrap());
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("bootstrap", stored.unix_permissions(0o755)).unwrap();
    let bootstrap = program::bootstrap().await.unwrap();
    zip.write_all(&std::fs::read(bootstrap).unwrap()).unwrap();
    zip.start_file("rules/other.rules", stored).unwrap();
    zip.finish().unwrap();
    path
}

fn validate(document: &Value) {
    let schema = std::fs::read(workspace().join("docs/schema/conformance.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap().validate(document).unwrap();
}

#[tokio::test]
async fn local_components_answer_as_the_list_says_and_nothing_is_left() {
    let (server, cloudformation) = alone();
    let before = cloudformation.inventory().await.unwrap();
    let package = package().await;
    let flags = ["--yes", "--format", "json", "--package", package.to_str().unwrap()];
    let (code, stdout, stderr) = ran(at(&server, &flags).await).await;
    let document: Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stderr}"));
    validate(&document);
    let results = document["results"].as_array().unwrap();
    let skipped = document["skipped"].as_array().unwrap();
    let listed: Vec<_> = SCENES.iter().flat_map(|scene| scene.assumptions).collect();
    assert_eq!(results.len() + skipped.len(), listed.len());
    for result in results {
        let listed = listed.iter().find(|it| it.id == result["id"]).unwrap();
        let expected = match listed.local {
            Local::Truly | Local::Blindly(_) => "holds",
            Local::Wrongly(_) => "does_not_hold",
            Local::Nothing(_) => "cannot_tell",
        };
        assert_eq!(result["result"], expected, "{result}");
    }
    assert_eq!((code, &document["left"]), (Some(1), &Value::Array(Vec::new())), "{stderr}");
    assert_eq!(cloudformation.inventory().await.unwrap(), before);
}

#[tokio::test]
async fn what_holds_ends_well_and_what_does_not_ends_badly() {
    let (server, _) = alone();
    for (id, code, says) in [
        ("s3-if-match", 0, "1 held, 0 did not, 0 could not be told; nothing is left of it"),
        ("events-missing-bus", 1, "0 held, 1 did not, 0 could not be told; nothing is left of it"),
    ] {
        let (ended, stdout, _) = ran(at(&server, &["--yes", "--only", id]).await).await;
        assert_eq!(ended, Some(code), "{stdout}");
        assert!(stdout.contains(says), "{stdout}");
    }
}

#[tokio::test]
async fn nothing_is_made_unless_somebody_asks_and_names_the_account() {
    let (server, cloudformation) = alone();
    let before = cloudformation.inventory().await.unwrap();
    let (code, stdout, stderr) = ran(at(&server, &[]).await).await;
    assert_eq!((code, stdout.as_str()), (Some(0), ""), "{stderr}");
    for says in ["account 000000000000", "AWS::SQS::Queue", "dollars", "nothing was made"] {
        assert!(stderr.contains(says), "{stderr}");
    }
    assert_eq!(cloudformation.inventory().await.unwrap(), before);

    let unnamed = command(&["--yes", "--endpoint-url", server.endpoint()]).await;
    let (code, _, stderr) = ran(unnamed).await;
    assert_eq!(code, Some(2));
    assert!(stderr.contains("nothing says on purpose which account"), "{stderr}");

    let (code, _, stderr) = ran(at(&server, &["--only", "s3-if-mach"]).await).await;
    assert_eq!(code, Some(2));
    assert!(stderr.contains("`s3-if-match`"), "{stderr}");
}

/// A run that waits for something, once it has made its stack.
async fn waiting(server: &Server) -> Child {
    let flags = ["--yes", "--format", "json", "--only", "lambda-schedule"];
    let mut child = at(server, &flags).await.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.starts_with("made `") {
            break;
        }
    }
    // Somebody has to read on, or the run stops at a full pipe.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    child
}

async fn signal(child: &Child, signal: &str) {
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
}

#[tokio::test]
async fn an_interrupted_run_leaves_nothing() {
    let (server, cloudformation) = alone();
    let before = cloudformation.inventory().await.unwrap();
    let child = waiting(&server).await;
    signal(&child, "-INT").await;
    let output = child.wait_with_output().await.unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["interrupted"], true);
    assert_eq!(document["results"][0]["seen"], "it was interrupted");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(cloudformation.inventory().await.unwrap(), before);
}

#[tokio::test]
async fn what_a_killed_run_left_is_found_and_removed() {
    let (server, cloudformation) = alone();
    let before = cloudformation.inventory().await.unwrap();
    let mut child = waiting(&server).await;
    child.kill().await.unwrap();
    let killed = cloudformation.inventory().await.unwrap();
    assert_ne!(killed, before);

    let (code, _, stderr) = ran(at(&server, &["--clean"]).await).await;
    assert_eq!(code, Some(1));
    assert!(stderr.contains("-function` is there"), "{stderr}");
    assert_eq!(cloudformation.inventory().await.unwrap(), killed);

    let (code, _, stderr) = ran(at(&server, &["--clean", "--yes"]).await).await;
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("removed 1 stack; nothing of any run is left"), "{stderr}");
    assert_eq!(cloudformation.inventory().await.unwrap(), before);
}
