//! `cargo xtask memory`: the most memory that the function takes for batches of 6 MB, as large as
//! Lambda hands them out, to three routes that get every change whole.

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use distributary_tests::aws::Aws;
use distributary_tests::components::{self, workspace};
use distributary_tests::function::{Function, Settings};
use distributary_tests::report;
use distributary_tests::runtime_api::Outcome;
use serde_json::json;

/// What the payload of an invocation may have.
const PAYLOAD: usize = 6 * 1024 * 1024;
/// Lambda's own limit: a debug build on a busy machine has time.
const TIMEOUT: Duration = Duration::from_secs(900);

/// Records in a batch of 6 MB. The last has as much in each as an item of 400 KB, before and after.
const SHAPES: [usize; 4] = [10_000, 1_000, 100, 7];

#[tokio::main]
async fn main() -> ExitCode {
    report(measure().await)
}

async fn measure() -> Result<()> {
    let ministack = components::start_ministack()?;
    let aws = Aws::new(ministack.endpoint());
    let mut settings = Settings::new(workspace().join("tests/rules/memory"), ministack.endpoint());
    for name in ["work", "third", "lot"] {
        let queue = aws.queue(&format!("memory-{name}")).await?;
        settings.params.insert(format!("{name}_queue"), queue.arn);
    }
    let ordered = aws.queue("memory-ordered.fifo").await?;
    settings.params.insert("ordered_queue".to_owned(), ordered.arn);

    println!(
        "| records | each | routes are well | one parks everything |\n| --- | --- | --- | --- |"
    );
    println!("| none | | {} | |", peak(&settings, event(0)).await?);
    let mut parks = settings.clone();
    let missing = "arn:aws:sqs:eu-central-1:000000000000:memory-nobody-made-this";
    parks.params.insert("third_queue".to_owned(), missing.to_owned());
    for records in SHAPES {
        let (well, sick) =
            (peak(&settings, event(records)).await?, peak(&parks, event(records)).await?);
        println!("| {records} | {} bytes | {well} | {sick} |", PAYLOAD / records);
    }
    Ok(())
}

/// The most memory that a process has had resident when it has answered an event.
async fn peak(settings: &Settings, event: String) -> Result<String> {
    let mut function = Function::start(settings).await?;
    match function.outcome(event, TIMEOUT).await? {
        Outcome::Response(answer) if answer == r#"{"batchItemFailures":[]}"# => {}
        outcome => bail!("not everything was settled: {outcome:?}"),
    }
    let process = function.id().context("the function has ended")?;
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: f64 =
        peak.and_then(|peak| peak.trim().strip_suffix(" kB")).context("no `VmHWM`")?.parse()?;
    function.stop().await?;
    Ok(format!("{:.1} MiB", kilobytes / 1024.0))
}

/// A batch of so many records, as large as may be.
fn event(records: usize) -> String {
    let record = |n: usize, text: &str| {
        let image = |version: u32| {
            json!({
                "pk": { "S": format!("I#{n}") },
                "n": { "N": version.to_string() },
                "text": { "S": text },
            })
        };
        json!({
            "eventID": format!("e-{n}"),
            "eventName": "MODIFY",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1",
            "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_800_000_000,
                "SequenceNumber": (100_000 + n).to_string(),
                "SizeBytes": 10,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
                "Keys": { "pk": { "S": format!("I#{n}") } },
                "OldImage": image(1),
                "NewImage": image(2),
            },
        })
        .to_string()
    };
    let bare = record(records, "").len() + 1;
    let text = "x".repeat((PAYLOAD / records.max(1)).saturating_sub(bare) / 2);
    let records: Vec<String> = (0..records).map(|n| record(n, &text)).collect();
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}
