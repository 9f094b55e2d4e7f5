//! `distributary run`

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::inserted;
use crate::{Ran, command, distributary, folder, table};

const RULES: &str = r#"
source shop { table: "shop"  park: waiting }

lot waiting = file { path: "never-written.jsonl" }

route large = console {}
route every = console {}

rule large { on INSERT  when item.total > 10  to large with { id: keys.pk } }
rule every { on INSERT  to every }
"#;

fn order(number: usize) -> Value {
    let item =
        json!({ "pk": { "S": format!("O#{number}") }, "total": { "N": number.to_string() } });
    inserted(&format!("e-{number}"), &number.to_string(), &item)
}

fn lines(orders: impl IntoIterator<Item = usize>) -> String {
    orders.into_iter().map(|number| format!("{}\n", order(number))).collect()
}

/// Runs the rules in a folder over `events/` in it, to `out/` in it.
fn run_local(folder: &Path) -> Ran {
    let out = folder.join("out");
    distributary(&["run", folder.to_str().unwrap(), "--local", out.to_str().unwrap()])
}

fn out(folder: &Path, file: &str) -> String {
    std::fs::read_to_string(folder.join("out").join(file)).unwrap()
}

#[test]
fn the_table_counts_by_route() {
    let events = json!({ "Records": (1..=20).map(order).collect::<Vec<_>>() }).to_string();
    let folder = folder("counts", &[("a.rules", RULES), ("events/a.json", &events)]);
    let ran = run_local(&folder);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let header: Vec<&str> = ran.stdout.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(
        header,
        ["route", "matched", "delivered", "parked", "dropped", "attempts", "p50", "p99"]
    );
    let rows = table(&ran);
    assert_eq!(rows[0][..6], ["large", "10", "10", "0", "0", "1"]);
    assert_eq!(rows[1][..6], ["every", "20", "20", "0", "0", "1"]);
    assert!(ran.stdout.contains("20 records, 0 of them matched no rule"), "{}", ran.stdout);
}

#[test]
fn events_are_looked_for_beside_the_rules() {
    let folder = folder("beside", &[("a.rules", RULES), ("events/a.jsonl", &lines([1]))]);
    let (rules, out) = (folder.join("a.rules"), folder.join("out"));
    let ran = distributary(&["run", rules.to_str().unwrap(), "--local", out.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("1 record, 0 of them"), "{}", ran.stdout);
}

#[test]
fn each_run_starts_with_fresh_files() {
    let folder = folder("fresh", &[("a.rules", RULES), ("events/a.jsonl", &lines([1, 50]))]);
    std::fs::create_dir(folder.join("out")).unwrap();
    for stale in ["large.jsonl", "waiting.parked.jsonl", "mine.txt"] {
        std::fs::write(folder.join("out").join(stale), "stale\n").unwrap();
    }
    for _ in 0..2 {
        assert_eq!(run_local(&folder).code, 0);
        assert_eq!(out(&folder, "large.jsonl").lines().count(), 1);
    }
    assert!(!folder.join("out/waiting.parked.jsonl").exists());
    assert_eq!(out(&folder, "mine.txt"), "stale\n");
}

#[test]
fn ten_thousand_records_arrive_in_their_order() {
    let events = lines(0..10_000);
    let folder = folder("many", &[("a.rules", RULES), ("events/a.jsonl", &events)]);
    let ran = run_local(&folder);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let arrived = out(&folder, "every.jsonl");
    let event = |line: &str| serde_json::from_str::<Value>(line).unwrap()["event"].clone();
    let expected = (0..10_000).map(|number| json!(format!("e-{number}")));
    assert!(arrived.lines().map(event).eq(expected));
}

#[test]
fn an_undecodable_record_is_parked_raw_and_its_neighbours_arrive() {
    let mut bad = order(2);
    bad["dynamodb"]["NewImage"]["total"]["N"] = json!("1".repeat(39));
    let events = json!([order(1), bad, order(3)]).to_string();
    let folder = folder("undecodable", &[("a.rules", RULES), ("events/a.json", &events)]);
    let ran = run_local(&folder);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("`dynamodb.NewImage.total.N`"), "{}", ran.stderr);
    assert_eq!(table(&ran)[1][..3], ["every", "2", "2"]);
    let parked: Value = serde_json::from_str(&out(&folder, "waiting.parked.jsonl")).unwrap();
    assert_eq!(parked["kind"], "quarantine");
    assert_eq!(parked["record"], bad);
}

#[test]
fn a_bad_file_or_line_is_one_fault_and_its_neighbours_arrive() {
    let half = "{\"eventID\": \"e-";
    let files = [
        ("shop.rules", RULES),
        ("events/a.json", &order(1).to_string()[..]),
        ("events/b.json", half),
        ("events/c.jsonl", &format!("{half}\n{}", lines([2, 3]))),
        ("events/d.json", &order(4).to_string()),
    ];
    let folder = folder("neighbours", &files);
    let ran = run_local(&folder);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    for place in ["b.json`", "c.jsonl`, line 1"] {
        assert!(ran.stderr.contains(place), "{}", ran.stderr);
    }
    assert_eq!(out(&folder, "every.jsonl").lines().count(), 4);
}

#[test]
fn a_route_that_cannot_be_written_parks_and_the_others_deliver() {
    let rules = r#"
        param folder: string
        lot waiting = file { path: "${folder}/parked.jsonl" }
        route full = file { path: "/dev/full"  park: waiting }
        route fine = file { path: "${folder}/fine.jsonl" }
        rule every { on ANY  to full  to fine }
    "#;
    let folder = folder("full", &[("a.rules", rules), ("events/a.jsonl", &lines(1..=3))]);
    let path = folder.to_str().unwrap();
    let ran = distributary(&["run", path, "--param", &format!("folder={path}")]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("error: route `full`: 3 parked"), "{}", ran.stderr);
    // The same reason for three deliveries is told once.
    assert_eq!(ran.stderr.matches("no storage space").count(), 1, "{}", ran.stderr);
    assert_eq!(table(&ran)[1][..3], ["fine", "3", "3"]);
    let text = |file| std::fs::read_to_string(folder.join(file)).unwrap();
    assert_eq!(text("parked.jsonl").lines().count(), 3);
    assert_eq!(text("fine.jsonl").lines().count(), 3);
}

#[test]
fn a_route_that_blocks_ends_the_run_after_its_batch() {
    let rules = r#"
        route full = file { path: "/dev/full" }
        rule every { on ANY  to full }
    "#;
    let folder = folder("blocked", &[("a.rules", rules), ("events/a.jsonl", &lines(1..=2_500))]);
    let ran = distributary(&["run", folder.to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("stopped after 1000 records: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("error: route `full`: 1000 not delivered"), "{}", ran.stderr);
    assert!(ran.stderr.contains("no storage space"), "{}", ran.stderr);
    assert!(ran.stdout.contains("unsettled"), "{}", ran.stdout);
}

#[test]
fn a_reader_that_goes_away_is_no_failure_and_hides_none() {
    let rules = r#"
        route seen = console {}
        route kept = file { path: "KEPT" }
        rule every { on ANY  to seen to kept }
    "#;
    let events = lines(1..=2_500);
    for (test, kept, code) in [("unread", "kept.jsonl", 0), ("unread_full", "/dev/full", 1)] {
        let path = folder(test, &[]).join(kept);
        let rules = rules.replace("KEPT", path.to_str().unwrap());
        let folder = folder(test, &[("a.rules", &rules), ("events/a.jsonl", &events)]);
        let mut run = command(&["run", folder.to_str().unwrap()]);
        let mut child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{test}: {stderr}");
        assert!(!stderr.contains("route `seen`"), "{test}: {stderr}");
        if code == 0 {
            assert_eq!(std::fs::read_to_string(path).unwrap().lines().count(), 2_500);
        }
    }
}

#[test]
fn what_stops_it_at_the_start_is_said() {
    let without_events = folder("no_events", &[("a.rules", RULES)]);
    let empty = folder("no_files", &[("a.rules", RULES), ("events/readme.txt", "")]);
    let not_json = folder("not_json", &[("a.rules", RULES), ("events/a.json", "hello")]);
    let bucket = r#"{"Records": [{"eventSource": "aws:s3", "s3": {}}]}"#;
    let other = folder("other_service", &[("a.rules", RULES), ("events/a.json", bucket)]);
    for (folder, said) in [
        (&other, "the event comes from `aws:s3`, not from a DynamoDB stream"),
        (&without_events, "events`: name captured events with `--events`"),
        (&empty, "there are no `*.json` or `*.jsonl` files in"),
        (&not_json, "a.json`, line 1: "),
    ] {
        let ran = run_local(folder);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    let out = without_events.join("out");
    std::fs::create_dir_all(out.join("every.jsonl")).unwrap();
    let (shop, out) = ("examples/shop", out.to_str().unwrap());
    for (arguments, said) in [
        (
            vec![shop, "--local", "/dev/null/out"],
            "cannot make the folder `/dev/null/out`: a part of its path is no directory",
        ),
        (
            vec![shop, "--local", out, "--events", "x.json"],
            "cannot read `x.json`: there is no such file",
        ),
        (
            vec!["nowhere", "--local", out],
            "cannot read `nowhere`: there is no such file or directory",
        ),
        (vec![without_events.to_str().unwrap(), "--local", out, "--events", "-"], "is a directory"),
    ] {
        let ran = distributary(&[&["run"], &arguments[..]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
}

#[test]
fn a_parameter_that_says_where_to_is_needed_without_local() {
    let ran = distributary(&["run", "examples/audit"]);
    assert_eq!(ran.code, 2);
    for part in ["`siem_queue`", "examples/audit/audit.rules:", "--param siem_queue="] {
        assert!(ran.stderr.contains(part), "{part} is not in\n{}", ran.stderr);
    }
}

#[cfg(not(feature = "aws"))]
#[test]
fn a_build_without_aws_says_how_to_get_there() {
    let ran = distributary(&["run", "examples/audit", "--stage", "dev"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "error: `oncall` leads to AWS, which this build leaves out: build it with `cargo build -p \
         distributary --features aws`, or write to files with `run --local DIR`\n"
    );
}

#[cfg(not(feature = "aws"))]
#[test]
fn a_build_without_aws_reads_no_stream() {
    let out = folder("no_stream", &[]).join("out");
    let out = out.to_str().unwrap();
    let ran = distributary(&["run", "examples/shop", "--local", out, "--stream", "arn:aws:x"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "error: `arn:aws:x` is in AWS, which this build leaves out: build it with `cargo build -p \
         distributary --features aws`\n"
    );
}

#[test]
fn what_excludes_each_other_is_said() {
    for (arguments, said) in [
        (&["--local", "out", "--endpoint-url", "http://h"][..], "cannot be used with"),
        (&["--stream", "arn:aws:x", "--events", "events.json"], "cannot be used with"),
        (&["--from", "latest"], "--stream <ARN>"),
        (&["--events", "events.json", "--from", "latest"], "cannot be used with"),
    ] {
        let ran = distributary(&[&["run", "examples/shop"], arguments].concat());
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
}
