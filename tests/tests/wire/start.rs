//! Without good rules the function does not start, and says why: never "nothing
//! matched".

use std::fs;
use std::path::{Path, PathBuf};

use distributary_tests::function::{Function, Settings};

/// A rule set in a folder of its own.
fn rules(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("orders.rules"), text).unwrap();
    folder
}

/// Starts a function that cannot start, and wants all of `said` in its log.
async fn refused(rules: PathBuf, said: &[&str]) {
    let settings = Settings::new(rules, "http://127.0.0.1:1");
    let (status, log) = Function::start(&settings).await.unwrap().ended().await.unwrap();

    assert!(!status.success(), "{status}");
    for said in said {
        assert!(log.contains(said), "`{said}` is not in the log:\n{log}");
    }
    assert!(!log.contains("panicked"), "{log}");
}

const ROUTE: &str = r#"
param queue: arn
route work = sqs { queue: "${queue}" }
"#;

#[tokio::test]
async fn rules_that_are_not_there() {
    let missing = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nowhere");
    refused(missing, &["nowhere"]).await;
}

#[tokio::test]
async fn a_folder_without_rules() {
    let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty");
    fs::create_dir_all(&empty).unwrap();
    refused(empty, &["empty"]).await;
}

#[tokio::test]
async fn rules_that_do_not_parse() {
    let text = format!("{ROUTE}\nrule broken {{ on INSERT to work with {{ id: }} }}\n");
    refused(rules("broken", &text), &["orders.rules:5:"]).await;
}

#[tokio::test]
async fn rules_with_an_unknown_name() {
    let text = format!("{ROUTE}\nrule lost {{ on INSERT to wrok }}\n");
    refused(rules("unknown", &text), &["orders.rules", "wrok", "R2"]).await;
}

#[tokio::test]
async fn a_parameter_that_nothing_sets() {
    let text = format!("{ROUTE}\nrule fine {{ on INSERT to work }}\n");
    refused(rules("unset", &text), &["orders.rules", "`queue`", "DISTRIBUTARY_PARAM_QUEUE"]).await;
}

#[tokio::test]
async fn a_parameter_of_the_wrong_type() {
    let text = "param queue: arn = \"work\"\nroute work = sqs { queue: \"${queue}\" }\nrule fine { on INSERT to work }\n";
    refused(rules("no-arn", text), &["orders.rules:1:20", "arn:aws:sqs:"]).await;
}
