//! `distributary run`, from captured events and from a live stream, to queues.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use distributary_tests::components;
use distributary_tests::proxy::{Fault, Proxy};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::operator;
use crate::scene::{Scene, event};

async fn command(scene: &Scene, arguments: &[&str]) -> Command {
    let mut command = operator::command(scene, "run", arguments).await;
    command.env("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", components::dynamodb().endpoint());
    command
}

/// A run that reads the stream.
struct Following {
    child: Child,
    stderr: tokio::io::Lines<BufReader<tokio::process::ChildStderr>>,
}

impl Following {
    async fn start(scene: &Scene, from: &str) -> Self {
        let arguments = ["--stream", scene.stream_arn(), "--from", from];
        let mut child = command(scene, &arguments).await.spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let begun = timeout(Duration::from_secs(60), stderr.next_line()).await.unwrap().unwrap();
        assert!(begun.as_deref().unwrap().starts_with("reading `arn:"), "{begun:?}");
        Self { child, stderr }
    }

    /// Waits for a line on standard error with this in it.
    async fn says(&mut self, text: &str) {
        let said = async {
            while let Some(line) = self.stderr.next_line().await.unwrap() {
                if line.contains(text) {
                    return;
                }
            }
            panic!("it ended and did not say `{text}`");
        };
        timeout(Duration::from_secs(30), said).await.unwrap();
    }

    /// Presses ctrl-c; its exit code, the table, and what else it said.
    async fn stop(mut self) -> (Option<i32>, String, String) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
        let ended = timeout(Duration::from_secs(30), self.child.wait_with_output());
        let Output { status, stdout, .. } = ended.await.unwrap().unwrap();
        let mut said = String::new();
        while let Some(line) = self.stderr.next_line().await.unwrap() {
            said += &line;
        }
        (status.code(), String::from_utf8(stdout).unwrap(), said)
    }
}

/// The counts of a route in the table: matched, delivered, parked, dropped.
fn counts(table: &str, route: &str) -> Vec<usize> {
    let row = table.lines().find(|line| line.starts_with(&format!("{route} "))).unwrap();
    row.split_whitespace().skip(1).take(4).map(|count| count.parse().unwrap()).collect()
}

async fn write(scene: &Scene, from: usize, to: usize) {
    for n in from..to {
        scene.put(&format!("I#{}", n % 3), json!({ "n": { "N": n.to_string() } })).await;
    }
}

fn numbers<'a>(bodies: impl IntoIterator<Item = &'a str>) -> Vec<u64> {
    let number = |body| serde_json::from_str::<Value>(body).unwrap()["n"].as_u64().unwrap();
    bodies.into_iter().map(number).collect()
}

async fn world(name: &'static str) -> (Scene, Proxy) {
    let mut scene = Scene::new(name, "walls").await;
    let proxy = Proxy::start(&scene.settings.endpoint).await.unwrap();
    proxy.endpoint().clone_into(&mut scene.settings.endpoint);
    for param in ["sick_queue", "work_queue", "lot_queue"] {
        scene.queue(param).await;
    }
    scene.fifo_queue("ordered_queue").await;
    (scene, proxy)
}

/// What arrived in a queue of the scene, in its order.
async fn arrived(scene: &Scene, param: &str, count: usize) -> Vec<u64> {
    let suffix = if param == "ordered_queue" { ".fifo" } else { "" };
    let queue = scene.aws.queue(&format!("{}-{param}{suffix}", scene.name)).await.unwrap();
    let messages = scene.aws.receive(&queue, count).await.unwrap();
    numbers(messages.iter().map(|message| message.body.as_str()))
}

#[tokio::test]
async fn captured_events_reach_the_queues_of_an_endpoint() {
    let (mut scene, _proxy) = world("run-events").await;
    write(&scene, 0, 9).await;
    let changes = scene.changes(9).await;
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("run-events.json");
    std::fs::write(&file, event(&changes)).unwrap();
    let endpoint = scene.settings.endpoint.clone();
    let arguments = ["--events", file.to_str().unwrap(), "--endpoint-url", &endpoint];
    let mut command = command(&scene, &arguments).await;
    // The flag alone leads there.
    command.env_remove("AWS_ENDPOINT_URL");

    let Output { status, stdout, stderr } = command.output().await.unwrap();

    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
    let table = String::from_utf8(stdout).unwrap();
    for route in ["sick", "work", "ordered"] {
        assert_eq!(counts(&table, route), [9, 9, 0, 0], "{table}");
        let arrived = arrived(&scene, &format!("{route}_queue"), 9).await;
        assert_eq!(arrived.into_iter().collect::<BTreeSet<_>>(), (0..9).collect());
    }
}

#[tokio::test]
async fn a_route_that_is_paused_sends_nothing_of_captured_events() {
    let (mut scene, _proxy) = world("run-paused").await;
    let ledger = scene.ledger().await;
    write(&scene, 0, 3).await;
    let changes = scene.changes(3).await;
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("run-paused.json");
    std::fs::write(&file, event(&changes)).unwrap();
    let of_sick = ["--route", "sick", "--ledger", &ledger];
    let ran = operator::distributary(&scene, "pause", &of_sick).await;
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);

    let arguments = ["--events", file.to_str().unwrap(), "--ledger", &ledger];
    let ran = operator::distributary(&scene, "run", &arguments).await;

    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("the route is paused"), "{}", ran.stderr);
    assert_eq!(counts(&ran.stdout, "sick"), [3, 0, 3, 0], "{}", ran.stdout);
    assert_eq!(counts(&ran.stdout, "work"), [3, 3, 0, 0], "{}", ran.stdout);
}

#[tokio::test]
async fn a_stream_is_followed_until_ctrl_c() {
    let (scene, _proxy) = world("run-stream").await;
    write(&scene, 0, 6).await;
    let following = Following::start(&scene, "trim-horizon").await;
    let before = arrived(&scene, "ordered_queue", 6).await;
    write(&scene, 6, 12).await;
    let after = arrived(&scene, "ordered_queue", 6).await;

    let (code, table, said) = following.stop().await;

    assert_eq!((code, said.as_str()), (Some(0), ""), "{table}");
    assert_eq!(counts(&table, "ordered"), [12, 12, 0, 0], "{table}");
    assert!(table.contains("12 records, 0 of them matched no rule"), "{table}");
    for (arrived, wanted) in [(before, 0..6), (after, 6..12)] {
        assert_eq!(arrived.iter().copied().collect::<BTreeSet<_>>(), wanted.collect());
        for item in 0..3 {
            assert!(arrived.iter().filter(|n| *n % 3 == item).is_sorted(), "{arrived:?}");
        }
    }
}

#[tokio::test]
async fn only_what_is_written_from_the_start_on_is_read_by_default() {
    let (scene, _proxy) = world("run-latest").await;
    write(&scene, 0, 3).await;
    let following = Following::start(&scene, "latest").await;
    write(&scene, 3, 6).await;
    let arrived = arrived(&scene, "ordered_queue", 3).await;
    assert_eq!(arrived.into_iter().collect::<BTreeSet<_>>(), (3..6).collect());
    assert_eq!(following.stop().await.0, Some(0));
}

#[tokio::test]
async fn a_sick_route_parks_while_the_stream_goes_on() {
    let (scene, proxy) = world("run-sick").await;
    let down = Fault::Refuse { status: 503, code: "ServiceUnavailable" };
    proxy.make_sick("sick_queue", down);
    let following = Following::start(&scene, "trim-horizon").await;
    for first in [0, 6] {
        write(&scene, first, first + 6).await;
        arrived(&scene, "ordered_queue", 6).await;
    }
    // The sick route is the last of its batch to be done.
    let lot = scene.aws.queue("run-sick-lot_queue").await.unwrap();
    scene.aws.receive(&lot, 12).await.unwrap();

    let (code, table, said) = following.stop().await;

    assert_eq!(code, Some(1));
    assert!(said.contains("route `sick`: 12 parked"), "{said}");
    assert_eq!(counts(&table, "sick"), [12, 0, 12, 0], "{table}");
    assert_eq!(counts(&table, "work"), [12, 12, 0, 0], "{table}");
}

#[tokio::test]
async fn a_route_that_blocks_holds_the_stream_and_catches_up() {
    let mut scene = Scene::new("run-blocked", "blocked").await;
    scene.queue("work_queue").await;
    scene.fifo_queue("ordered_queue").await;
    let proxy = Proxy::start(&scene.settings.endpoint).await.unwrap();
    proxy.endpoint().clone_into(&mut scene.settings.endpoint);
    proxy.make_sick("ordered_queue", Fault::Refuse { status: 503, code: "ServiceUnavailable" });
    let mut following = Following::start(&scene, "trim-horizon").await;
    for n in 0..4 {
        let n = json!({ "entityType": { "S": "Order" }, "n": { "N": n.to_string() } });
        scene.put("O#1", n).await;
    }
    following.says("unsettled deliveries come again").await;
    proxy.heal();
    let ordered = scene.aws.queue("run-blocked-ordered_queue.fifo").await.unwrap();
    let messages = scene.aws.receive(&ordered, 4).await.unwrap();
    assert_eq!(numbers(messages.iter().map(|message| message.body.as_str())), [0, 1, 2, 3]);
    let once: BTreeSet<_> = arrived(&scene, "work_queue", 4).await.into_iter().collect();
    assert_eq!(once, (0..4).collect(), "its neighbour gets nothing twice");
    // Until the batch is accounted for.
    sleep(Duration::from_millis(500)).await;

    let (code, table, said) = following.stop().await;

    assert_eq!((code, said.as_str()), (Some(0), ""), "{table}");
    for route in ["ordered", "work"] {
        assert_eq!(counts(&table, route), [4, 4, 0, 0], "{table}");
    }
}

#[tokio::test]
async fn a_stream_that_is_held_when_it_ends_says_from_where() {
    let mut scene = Scene::new("run-held", "blocked").await;
    scene.queue("work_queue").await;
    scene.set("ordered_queue", "arn:aws:sqs:eu-central-1:000000000000:run-held-nobody.fifo");
    let mut following = Following::start(&scene, "trim-horizon").await;
    let order = json!({ "entityType": { "S": "Order" }, "n": { "N": "1" } });
    scene.put("O#1", order).await;
    let changes = scene.changes(1).await;
    following.says("unsettled deliveries come again").await;

    let (code, _, said) = following.stop().await;

    assert_eq!(code, Some(1));
    let held = format!("is held from record {} on", changes[0].sequence);
    assert!(said.contains(&held), "{said}");
}

#[tokio::test]
async fn what_is_no_stream_is_refused() {
    let (scene, _proxy) = world("run-nowhere").await;
    let gone = scene.stream_arn().replace("run-nowhere", "run-gone");
    for (arn, said) in [
        ("arn:aws:dynamodb:eu-central-1:123456789012:table/shop", "is not the ARN of a stream"),
        (gone.as_str(), "cannot read `arn:"),
    ] {
        let output = command(&scene, &["--stream", arn]).await.output().await.unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
        assert!(stderr.contains(said), "{stderr}");
    }
}
