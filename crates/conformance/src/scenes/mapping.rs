//! What the function relies on of the event source mapping.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, ensure};
use futures_util::FutureExt as _;
use serde_json::{Value, json};

use crate::assumption::{Assumption, Local, Seen, Test};
use crate::ground::Ground;
use crate::mapped::{Invocation, Write, records};
use crate::price::Use;
use crate::scene::Scene;

pub(crate) static SCENE: Scene = Scene {
    name: "mapping",
    template: include_str!("../../templates/mapping.json"),
    minutes: 20,
    uses: &[(Use::Write, 8_500), (Use::Second, 400), (Use::Sqs, 1_500), (Use::Put, 20)],
    assumptions: &[
        Assumption {
            id: "mapping-rights",
            says: "A role with exactly the actions that `rulesc iam` gives for a stream, `ListStreams` on `<table>/stream/*` among them, is enough for a mapping.",
            otherwise: "the mapping is not made, or reads nothing",
            how: "a mapping for a function with such a role, and one write",
            test: Test::Always(|ground| rights(ground).boxed()),
            local: Local::Blindly("they check no permission"),
        },
        Assumption {
            id: "mapping-partial",
            says: "A mapping with `ReportBatchItemFailures` sends everything again from the lowest number in the answer on, and nothing before it.",
            otherwise: "records are lost, or come again without need",
            how: "six writes, of which the function reports the fourth for a while",
            test: Test::Always(|ground| partial(ground).boxed()),
            local: Local::Wrongly("they do not read the answer, and send nothing again"),
        },
        Assumption {
            id: "mapping-again",
            says: "A batch whose invocation fails comes again, and each record has the `eventID` that it had.",
            otherwise: "records are lost, or what comes again has another identity",
            how: "a write for which the function fails for a while",
            test: Test::Always(|ground| again(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "mapping-bisect",
            says: "With `BisectBatchOnFunctionError` a batch whose invocation fails comes again in parts.",
            otherwise: "a record that ends the process holds up its whole batch until it is given up",
            how: "four writes at once, of which the third makes the function fail for a while",
            test: Test::Always(|ground| bisect(ground).boxed()),
            local: Local::Wrongly("they send the same batch again"),
        },
        Assumption {
            id: "mapping-order",
            says: "Changes of one item come in their order, with several batches of a shard at a time, too.",
            otherwise: "order breaks on FIFO routes",
            how: "`ParallelizationFactor` 4, and eight items written five times",
            test: Test::Always(|ground| order(ground).boxed()),
            local: Local::Blindly("they have one batch at a time"),
        },
        Assumption {
            id: "mapping-window",
            says: "`MaximumBatchingWindowInSeconds` gathers what comes while it lasts into one batch.",
            otherwise: "`window` in `[deploy.<name>]` saves no invocations",
            how: "a window of ten seconds, and three writes within two of them",
            test: Test::Always(|ground| window(ground).boxed()),
            local: Local::Wrongly("they know no window"),
        },
        Assumption {
            id: "mapping-payload",
            says: "A batch has 6 MiB at most, and what is more is another.",
            otherwise: "large batches are not handed out, or take more memory than the function has",
            how: "twenty items of 390 KB in batches of 100",
            test: Test::Always(|ground| payload(ground).boxed()),
            local: Local::Wrongly("they have no limit"),
        },
        Assumption {
            id: "mapping-deadline",
            says: "An invocation has the function's timeout, and the runtime is told when it ends.",
            otherwise: "deliveries are cut off without being parked, or given up too early",
            how: "what is left of 30 seconds when the function begins",
            test: Test::Always(|ground| deadline(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "mapping-age",
            says: "A mapping gives up records older than `MaximumRecordAgeInSeconds`, and goes on behind them.",
            otherwise: "a batch that always fails holds its shard until the stream lets go of it",
            how: "an age of 60 seconds, a write for which the function always fails, and one behind it",
            test: Test::Always(|ground| age(ground).boxed()),
            local: Local::Nothing("a minute is longer than a test of local components waits"),
        },
        Assumption {
            id: "mapping-on-failure",
            says: "What a mapping gives up is in the bucket of its on-failure destination, with the records themselves.",
            otherwise: "what a mapping gives up is gone with its stream",
            how: "the object that the test before left",
            test: Test::Always(|ground| on_failure(ground).boxed()),
            local: Local::Nothing("they know queues and topics alone as such destinations"),
        },
    ],
};

/// A mapping for the writes of one test alone, with settings beside those of the template.
async fn map(ground: &Ground, id: &str, settings: Value) -> anyhow::Result<String> {
    let pattern = json!({ "dynamodb": { "Keys": { "pk": { "S": [id] } } } });
    let mut all = json!({ "FilterCriteria": { "Filters": [{ "Pattern": pattern.to_string() }] } });
    if let (Value::Object(all), Value::Object(settings)) = (&mut all, settings) {
        all.extend(settings);
    }
    ground.map(all).await
}

/// What the probe was invoked with after these writes, until `enough` of it is there.
async fn mapped(
    ground: &Ground,
    id: &str,
    settings: Value,
    writes: &[Write<'_>],
    enough: impl Fn(&[Invocation]) -> bool,
) -> anyhow::Result<Vec<Invocation>> {
    ground.write(id, writes).await?;
    let mapping = map(ground, id, settings).await?;
    let invocations = ground.invocations(id, enough).await?;
    ground.unmap(&mapping).await?;
    ensure!(!invocations.is_empty(), "the mapping sent nothing");
    Ok(invocations)
}

/// When an item is done that is not done yet, in seconds since 1970. A mapping that was just made
/// takes its time until it sends the first batch.
fn later(ground: &Ground) -> anyhow::Result<u64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok((now + ground.account.patience / 2).as_secs())
}

/// An item that is not done before; until then the function fails for it, or reports it.
fn not_before(done: u64, how: &str) -> Option<Value> {
    Some(json!({ "until": { "N": done.to_string() }, "how": { "S": how } }))
}

/// What is seen of an item that is not done yet says nothing once it is.
fn ensure_in_time(seen: &[Invocation], done: u64) -> anyhow::Result<()> {
    let first = seen.first().map_or(0.0, |invocation| invocation.at);
    ensure!(first < done as f64, "the first batch came late, after the item was done");
    Ok(())
}

fn item() -> Option<Value> {
    Some(json!({}))
}

/// How often this item came.
fn times(invocations: &[Invocation], sk: &str) -> usize {
    records(invocations).filter(|record| record.sk == sk).count()
}

async fn rights(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let one = |seen: &[Invocation]| !seen.is_empty();
    mapped(&ground, "rights", json!({}), &[("1", item())], one).await?;
    Ok(Seen::decided(true, "the mapping was made, and its record came"))
}

async fn partial(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let (before, late, after) = (["1", "2", "3"], "4", ["5", "6"]);
    let mut writes: Vec<Write<'_>> = before.map(|sk| (sk, item())).into();
    let done = later(&ground)?;
    writes.push((late, not_before(done, "report")));
    writes.extend(after.map(|sk| (sk, item())));
    // It has come again once it came after the time at which it is done.
    let settled = |seen: &[Invocation]| {
        let is_late = |it: &&Invocation| it.records.iter().any(|it| it.sk == late);
        seen.iter().filter(is_late).any(|it| it.at > done as f64) && times(seen, "6") > 0
    };
    let seen = mapped(&ground, "partial", json!({}), &writes, settled).await?;
    ensure_in_time(&seen, done)?;
    let (once, again) = (before.map(|sk| times(&seen, sk)), times(&seen, late));
    let behind = after.map(|sk| times(&seen, sk));
    let what = format!(
        "those before came {}, the one that was reported {again}, those behind it {} times",
        listed(&once),
        listed(&behind)
    );
    let holds = once == [1; 3] && again > 1 && behind.iter().all(|times| *times > 0);
    Ok(Seen::decided(holds, what))
}

fn listed(times: &[usize]) -> String {
    times.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

async fn again(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let done = later(&ground)?;
    let writes = [("1", not_before(done, "fail"))];
    let twice = |seen: &[Invocation]| times(seen, "1") > 1;
    let seen = mapped(&ground, "again", json!({}), &writes, twice).await?;
    ensure_in_time(&seen, done)?;
    let first = records(&seen).next().map(|record| (&record.id, &record.sequence));
    let same = records(&seen).all(|record| Some((&record.id, &record.sequence)) == first);
    let what = format!(
        "it came {} times, with {} id",
        times(&seen, "1"),
        if same { "one" } else { "another" }
    );
    Ok(Seen::decided(twice(&seen) && same, what))
}

async fn bisect(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let mut writes: Vec<Write<'_>> = ["1", "2", "3", "4"].map(|sk| (sk, item())).into();
    let done = later(&ground)?;
    if let Some(third) = writes.get_mut(2) {
        third.1 = not_before(done, "fail");
    }
    let with_third = |seen: &[Invocation]| -> Vec<usize> {
        let batches = seen.iter().filter(|it| it.records.iter().any(|it| it.sk == "3"));
        batches.map(|it| it.records.len()).collect()
    };
    let smaller = |seen: &[Invocation]| {
        let sizes = with_third(seen);
        sizes.iter().min() < sizes.first()
    };
    let seen = mapped(&ground, "bisect", json!({}), &writes, smaller).await?;
    ensure_in_time(&seen, done)?;
    let sizes = with_third(&seen);
    ensure!(sizes.first() != Some(&1), "the first batch had that record alone");
    let what = format!("batches with the record that fails had {} records", listed(&sizes));
    Ok(Seen::decided(smaller(&seen), what))
}

async fn order(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let keys = ["1", "2", "3", "4", "5", "6", "7", "8"];
    let writes: Vec<Write<'_>> = (0..5)
        .flat_map(|n| keys.map(|sk| (sk, Some(json!({ "n": { "N": n.to_string() } })))))
        .collect();
    let settings = json!({ "ParallelizationFactor": 4, "BatchSize": 4 });
    let all = |seen: &[Invocation]| records(seen).count() >= writes.len();
    let seen = mapped(&ground, "order", settings, &writes, all).await?;
    let is_in_order = |sk: &&&str| {
        let values = records(&seen).filter(|it| it.sk == ***sk).map(|it| it.n.clone());
        values.eq((0..5).map(|n| Some(n.to_string())))
    };
    let in_order = keys.iter().filter(is_in_order).count();
    let what = format!("{in_order} of 8 items in order, in {} batches", seen.len());
    Ok(Seen::decided(in_order == keys.len(), what))
}

async fn window(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    ground.write("window", &[("first", item())]).await?;
    let settings = json!({ "MaximumBatchingWindowInSeconds": 10 });
    let mapping = map(&ground, "window", settings).await?;
    // Once the first came, the mapping is at work.
    ground.invocations("window", |seen| !seen.is_empty()).await?;
    for sk in ["1", "2", "3"] {
        ground.write("window", &[(sk, item())]).await?;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    let all = |seen: &[Invocation]| records(seen).count() >= 3;
    let seen = ground.invocations("window", all).await?;
    ground.unmap(&mapping).await?;
    let what = format!("{} writes in {} batches", records(&seen).count(), seen.len());
    Ok(Seen::decided(seen.len() == 1 && all(&seen), what))
}

async fn payload(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    const MOST: u64 = 6 * 1024 * 1024;
    let filler = "x".repeat(390_000);
    let keys: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let large = || Some(json!({ "filler": { "S": filler } }));
    let writes: Vec<Write<'_>> = keys.iter().map(|sk| (sk.as_str(), large())).collect();
    let all = |seen: &[Invocation]| records(seen).count() >= keys.len();
    let seen = mapped(&ground, "payload", json!({}), &writes, all).await?;
    let largest = seen.iter().map(|it| it.bytes).max().unwrap_or_default();
    let what = format!("{} batches, of {largest} bytes at most", seen.len());
    Ok(Seen::decided(all(&seen) && largest <= MOST, what))
}

async fn deadline(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let one = |seen: &[Invocation]| !seen.is_empty();
    let writes = [("1", item())];
    let seen = mapped(&ground, "deadline", json!({}), &writes, one).await?;
    let remaining = seen.first().map_or(0, |invocation| invocation.remaining);
    let what = format!("{remaining} ms of 30,000 were left");
    Ok(Seen::decided((25_000..=30_000).contains(&remaining), what))
}

/// Seconds since 1970, of the year 2286.
const NEVER: u64 = 9_999_999_999;

async fn age(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    ensure!(ground.account.patience.as_secs() > 60, "nobody waits for a minute here");
    let writes = [("1", not_before(NEVER, "fail")), ("2", item())];
    let settings = json!({ "MaximumRecordAgeInSeconds": 60, "BatchSize": 1 });
    let behind = |seen: &[Invocation]| times(seen, "2") > 0;
    let seen = mapped(&ground, "age", settings, &writes, behind).await?;
    let what = format!(
        "it came {} times, what is behind it {}",
        times(&seen, "1"),
        if behind(&seen) { "came" } else { "did not come" }
    );
    Ok(Seen::decided(behind(&seen), what))
}

async fn on_failure(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let bucket = ground.bucket("Failures")?;
    let object = ground.until(|| async {
        let listed = bucket.list("", None, 10).await;
        let listed = listed.map_err(|error| anyhow::anyhow!(error.failure.reason))?;
        Ok(listed.keys.into_iter().next())
    });
    let key = object.await?.context("nothing was given up in the test before, `mapping-age`")?;
    let object = bucket.get(&key).await;
    let object = object.map_err(|error| anyhow::anyhow!(error.failure.reason))?;
    let (bytes, _) = object.unwrap_or_default();
    let object: Value = serde_json::from_slice(&bytes)?;
    let payload = object.get("payload");
    // Objects may carry the payload as text.
    let payload = payload.map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
    let kept = payload.is_some_and(|it| it.contains(&NEVER.to_string()));
    let what = if kept { "the object has the record" } else { "the object lacks the record" };
    Ok(Seen::decided(kept, what))
}
