//! What cfn-lint, which knows the schemas of all resources, says of templates and of what the SAM
//! translator makes of them.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use distributary_tests::components::workspace;
use serde_json::{Value, json};

use crate::{python, template};

/// Its findings, as `template: rule`. It takes seconds to start, so it looks at all of them at once.
fn findings(test: &str, templates: &[(String, String)]) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deploy").join(test);
    fs::create_dir_all(&folder).unwrap();
    let files = templates.iter().map(|(name, template)| {
        let file = folder.join(name);
        fs::write(&file, template).unwrap();
        file
    });
    let lint = workspace().join("target/tools/python/bin/cfn-lint");
    let mut command = python(&lint);
    command.args(["--regions", "eu-central-1", "--format", "json", "--"]).args(files);
    let ran = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
    let found: Vec<Value> = serde_json::from_slice(&ran.stdout).unwrap();
    let found = found.iter().map(|it| {
        let file = Path::new(it["Filename"].as_str().unwrap()).file_name().unwrap();
        format!("{}: {}", file.to_string_lossy(), it["Rule"]["Id"].as_str().unwrap())
    });
    found.collect()
}

fn translated(template: &str) -> String {
    let translate = workspace().join("tests/components/translate.py");
    let mut translator = python(&translate)
        .env("AWS_DEFAULT_REGION", "eu-central-1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    translator.stdin.take().unwrap().write_all(template.as_bytes()).unwrap();
    let done = translator.wait_with_output().unwrap();
    assert!(done.status.success());
    String::from_utf8(done.stdout).unwrap()
}

const CODE: [&str; 2] = ["--code", "s3://code/function.zip"];

#[tokio::test]
async fn templates_have_no_findings() {
    let work = "work_queue=arn:aws:sqs:eu-central-1:123456789012:work";
    let ordered = "ordered_queue=arn:aws:sqs:eu-central-1:123456789012:ordered.fifo";
    let news = "news_topic=arn:aws:sns:eu-central-1:123456789012:news";
    let ordered_news = "ordered_topic=arn:aws:sns:eu-central-1:123456789012:news.fifo";
    let there = ["table=shop", work, ordered, news, ordered_news, "bus=shop"];
    let there: Vec<&str> = there.iter().flat_map(|param| ["--param", param]).collect();
    let mut templates = Vec::new();
    for (name, rules, flags) in [
        ("shop", "examples/shop", &["--stage", "dev"][..]),
        ("deployed", "tests/rules/deployed", &[]),
        ("there", "tests/rules/fan_out", &there),
    ] {
        let template = template(rules, &[flags, &CODE].concat()).await;
        let translated = translated(&template);
        assert!(!translated.contains("AWS::Serverless"));
        templates.push((format!("{name}.json"), template));
        templates.push((format!("{name}-translated.json"), translated));
    }
    assert_eq!(findings("sound", &templates), BTreeSet::new());
}

/// So that the test above cannot be met by a linter that looks at nothing.
#[tokio::test]
async fn a_bad_value_of_the_mapping_is_found() {
    let template = template("tests/rules/deployed", &CODE).await;
    let mut templates = Vec::new();
    for (property, bad) in [
        ("BatchSize", json!(10_001)),
        ("ParallelizationFactor", json!(11)),
        ("MaximumRetryAttempts", json!(-2)),
        ("MaximumRecordAgeInSeconds", json!(604_801)),
        ("FunctionResponseTypes", json!(["ReportBatchItemFailure"])),
        ("StartingPosition", json!("HORIZON")),
        ("MetricsConfig", json!({ "Metrics": ["Events"] })),
    ] {
        let mut broken: Value = serde_json::from_str(&template).unwrap();
        broken["Resources"]["ShopMapping"]["Properties"][property] = bad;
        templates.push((property.to_owned(), translated(&broken.to_string())));
    }
    let found = findings("broken", &templates);
    for (property, _) in templates {
        let found = found.iter().any(|it| it.starts_with(&format!("{property}: E3")));
        assert!(found, "{property}");
    }
}
