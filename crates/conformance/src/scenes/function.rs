//! What the function relies on beside its batches: its schedule, and the metrics in its log.

use std::sync::Arc;

use futures_util::FutureExt as _;
use serde_json::{Value, json};

use crate::assumption::{Assumption, Local, Seen, Test};
use crate::ground::Ground;
use crate::mapped::Invocation;
use crate::price::Use;
use crate::scene::Scene;

pub(crate) static SCENE: Scene = Scene {
    name: "function",
    template: include_str!("../../templates/function.json"),
    minutes: 15,
    uses: &[(Use::Second, 60), (Use::Sqs, 600), (Use::Metric, 1)],
    assumptions: &[
        Assumption {
            id: "lambda-schedule",
            says: "A rule with a schedule invokes the function with its `Input` and nothing around it.",
            otherwise: "lots of tables on which nothing changes are not emptied",
            how: "a rule for every minute, with the input of the template",
            test: Test::Always(|ground| schedule(ground).boxed()),
            local: Local::Nothing("a minute is longer than a test of local components waits"),
        },
        Assumption {
            id: "metrics-embedded",
            says: "CloudWatch reads metrics from lines of the log group that `LoggingConfig` names.",
            otherwise: "alarms stay quiet",
            how: "the function prints one, which CloudWatch is asked for",
            test: Test::Always(|ground| metric(ground).boxed()),
            local: Local::Nothing("they make no metrics of lines"),
        },
    ],
};

async fn schedule(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Seen")?;
    let input = json!({ "distributary": "redrive" });
    let event = ground.until(|| async {
        for message in queue.take_now().await? {
            let invocation: Invocation = serde_json::from_str(&message.body)?;
            if invocation.event.is_some() {
                return Ok(invocation.event);
            }
        }
        Ok(None)
    });
    Ok(match event.await? {
        Some(event) if event == input => Seen::decided(true, "it came as it is"),
        Some(_) => Seen::decided(false, "something else came"),
        None => Seen::nothing("nothing came"),
    })
}

async fn metric(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let path = format!("/2015-03-31/functions/{}/invocations", ground.output("Probe")?);
    let request = json!({ "metric": ground.run });
    let answer = ground.account.lambda.rest("POST", &path, Some(&request)).await?;
    anyhow::ensure!(answer.get("event").is_some_and(Value::is_object), "the function failed");
    let fields = [
        ("Namespace", "distributary-conformance"),
        ("MetricName", "Told"),
        ("Dimensions.member.1.Name", "Run"),
        ("Dimensions.member.1.Value", &ground.run),
        // From long ago to long after, so that clocks do not matter.
        ("StartTime", &day(-1)?),
        ("EndTime", &day(1)?),
        ("Period", "86400"),
        ("Statistics.member.1", "Sum"),
    ];
    let found = ground.until(|| async {
        let answer = ground.account.cloudwatch.query("GetMetricStatistics", &fields).await?;
        Ok(answer.contains("<Sum>").then_some(()))
    });
    Ok(match found.await? {
        Some(()) => Seen::decided(true, "the metric is there"),
        None => Seen::nothing("the metric did not come while somebody waited"),
    })
}

/// The time in so many days.
fn day(days: i64) -> anyhow::Result<String> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let seconds = now.as_secs().cast_signed() + days * 86_400;
    let time = aws_smithy_types::DateTime::from_secs(seconds);
    Ok(time.fmt(aws_smithy_types::date_time::Format::DateTime)?)
}
