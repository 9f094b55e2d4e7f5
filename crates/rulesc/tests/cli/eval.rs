//! `rulesc eval`

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::inserted;
use crate::{Ran, command, differs, folder, ran, rulesc};

const RULES: &str = r#"
param queue: arn
param least: number = 0

route orders = sqs.fifo { queue: "${queue}"  dedup: event.id }

rule large {
  on INSERT
  when item.total >= least
  to orders with { id: keys.pk, total: item.total, text: item.text }
}
"#;

/// An INSERT of an item with this total, as DynamoDB JSON.
fn record(id: &str, total: &Value) -> Value {
    inserted(id, "100", &json!({ "pk": { "S": "O#1" }, "total": total }))
}

fn order(id: &str) -> Value {
    record(id, &json!({ "N": "7.50" }))
}

/// Evaluates the rules above over events.
fn eval(test: &str, events: &str) -> Ran {
    let (rules, events) = files(test, events);
    rulesc(&["eval", rules.to_str().unwrap(), "--events", events.to_str().unwrap()])
}

fn files(test: &str, events: &str) -> (PathBuf, PathBuf) {
    let folder = folder(test, &[("a.rules", RULES), ("events.json", events)]);
    (folder.join("a.rules"), folder.join("events.json"))
}

/// The ids of the events that a delivery was printed for.
fn delivered(ran: &Ran) -> Vec<String> {
    let line = |line: &str| serde_json::from_str::<Value>(line).unwrap()["event"].to_string();
    ran.stdout.lines().map(line).map(|event| event.trim_matches('"').to_owned()).collect()
}

#[test]
fn each_delivery_is_one_line() {
    let ran = eval("line", &json!({ "Records": [order("e-1")] }).to_string());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(
        ran.stdout,
        concat!(
            r#"{"event":"e-1","rule":"large","route":"orders","kind":"sqs.fifo","#,
            r#""payload":{"id":"O#1","total":7.50},"group":"{\"pk\":\"O#1\"}","dedup":"e-1"}"#,
            "\n"
        )
    );
}

#[test]
fn the_shop_says_what_the_golden_file_says() {
    let events = "examples/shop/events/orders.json";
    let ran = rulesc(&["eval", "examples/shop", "--events", events, "--unmatched"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/shop_orders.jsonl");
    assert_eq!(differs(&golden, &ran.stdout), None);
}

#[test]
fn events_are_taken_in_every_form() {
    let (a, b) = (order("e-1"), order("e-2"));
    for (test, events) in [
        ("lambda", json!({ "Records": [a, b] }).to_string()),
        ("pretty", format!("{:#}", json!({ "Records": [a, b] }))),
        ("array", json!([a, b]).to_string()),
        ("lines", format!("{a}\n\n{b}\n")),
        ("lambda_lines", format!("{}\n{}", json!({ "Records": [a] }), json!({ "Records": [b] }))),
    ] {
        assert_eq!(delivered(&eval(test, &events)), ["e-1", "e-2"], "{test}");
    }
    assert_eq!(delivered(&eval("one", &a.to_string())), ["e-1"]);
}

#[test]
fn events_can_come_from_standard_input() {
    let (rules, events) = files("stdin_events", &order("e-1").to_string());
    let mut eval = command(&["eval", rules.to_str().unwrap(), "--events", "-"]);
    eval.stdin(std::fs::File::open(events).unwrap());
    assert_eq!(delivered(&ran(eval)), ["e-1"]);
}

#[test]
fn nothing_fires_is_an_answer() {
    for (test, events) in [
        ("empty_batch", json!({ "Records": [] }).to_string()),
        ("unmatched", record("e-1", &json!({ "S": "many" })).to_string()),
    ] {
        let ran = eval(test, &events);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (1, "", ""), "{test}");
    }
}

#[test]
fn what_is_no_capture_at_all_is_refused() {
    for (test, events, said) in [
        ("no_json", "hello", "line 1: "),
        ("empty_file", "", "there is no event here"),
        ("half_an_event", "{\"Records\": [{\"eventID\":", "in the middle"),
        (
            "other_service",
            r#"{"Records": [{"eventSource": "aws:s3", "s3": {}}]}"#,
            "the event comes from `aws:s3`, not from a DynamoDB stream",
        ),
        ("no_event", r#"{"detail": {}}"#, "line 1: "),
    ] {
        let ran = eval(test, events);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(said) && ran.stderr.contains("events.json"), "{ran:?}");
    }
}

#[test]
fn one_bad_line_leaves_its_neighbours_alone() {
    let half = order("e-2").to_string().split_at(200).0.to_owned();
    let ran = eval("half_a_record", &format!("{}\n{half}\n{}\n", order("e-1"), order("e-3")));
    assert_eq!(delivered(&ran), ["e-1", "e-3"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("events.json`, line 2: "), "{}", ran.stderr);
}

#[test]
fn a_bad_line_far_down_is_found() {
    let good = format!("{}\n", order("e-1"));
    let ran = eval("far_down", &format!("{}hello\n{good}", good.repeat(12_000)));
    assert_eq!((ran.code, delivered(&ran).len()), (2, 12_001));
    assert!(ran.stderr.contains("events.json`, line 12001: "), "{}", ran.stderr);
}

#[test]
fn one_bad_record_leaves_its_neighbours_alone() {
    let digits = "1".repeat(39);
    let bad = record("e-2", &json!({ "N": digits }));
    let ran = eval("digits", &json!({ "Records": [order("e-1"), bad, order("e-3")] }).to_string());
    assert_eq!(delivered(&ran), ["e-1", "e-3"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("`dynamodb.NewImage.total.N`"), "{}", ran.stderr);
    assert!(!ran.stderr.contains(&digits), "an item's value is in {}", ran.stderr);
}

#[test]
fn ten_thousand_records_keep_their_order() {
    let ids: Vec<String> = (0..10_000).map(|n| format!("e-{n}")).collect();
    let records: Vec<Value> = ids.iter().map(|id| order(id)).collect();
    let ran = eval("many", &json!({ "Records": records }).to_string());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(delivered(&ran), ids);
}

#[test]
fn an_item_of_400_kb_goes_through() {
    let text = "ü".repeat(200 * 1024);
    let mut large = order("e-1");
    large["dynamodb"]["NewImage"]["text"] = json!({ "S": text });
    let ran = eval("large", &large.to_string());
    let line: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(line["payload"]["text"], text);
}

#[test]
fn a_table_that_no_source_declares_is_said_so() {
    let folder = folder(
        "foreign",
        &[
            ("a.rules", &format!("source shop {{ table: \"other\" }}\n{RULES}")),
            ("events.json", &json!([order("e-1"), order("e-2")]).to_string()),
        ],
    );
    let (rules, events) = (folder.join("a.rules"), folder.join("events.json"));
    let ran = rulesc(&["eval", rules.to_str().unwrap(), "--events", events.to_str().unwrap()]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stderr, "error: 2 records of table `shop`, which no source declares\n");
}

#[test]
fn a_parameter_that_decides_needs_a_value() {
    let rules = RULES.replace(" = 0", "");
    let events = order("e-1").to_string();
    let folder = folder("needs_param", &[("a.rules", &rules), ("events.json", &events)]);
    let (rules, events) = (folder.join("a.rules"), folder.join("events.json"));
    let arguments = ["eval", rules.to_str().unwrap(), "--events", events.to_str().unwrap()];
    let missing = rulesc(&arguments);
    assert_eq!(missing.code, 2);
    for part in ["`least`", "a.rules:3:", "--param least="] {
        assert!(missing.stderr.contains(part), "{part} is not in\n{}", missing.stderr);
    }
    assert!(!missing.stderr.contains("`queue`"), "{}", missing.stderr);
    for (param, code) in [("least=7.5", 0), ("least=7.51", 1)] {
        assert_eq!(rulesc(&[&arguments[..], &["--param", param]].concat()).code, code, "{param}");
    }
}

#[test]
fn broken_rules_are_reported_and_nothing_is_evaluated() {
    let broken = "crates/rulesc/tests/broken/unknown_route.rules";
    let ran = rulesc(&["eval", broken, "--events", "examples/shop/events"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.starts_with("error[R2"), "{}", ran.stderr);
}

#[test]
fn one_rule_set_is_meant() {
    let ran = rulesc(&["eval", "examples", "--events", "examples/shop/events"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "error: `examples` holds several rule sets, name one of them: `examples/audit`, \
         `examples/search`, `examples/shop`\n"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut eval = command(&["eval", "examples/shop", "--events", "examples/shop/events"]);
    let mut child = eval.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
