//! Invocations of one process: several at once, and what its log says of each.

use std::collections::BTreeSet;
use std::time::Duration;

use distributary_tests::proxy::{Fault, Proxy};
use distributary_tests::runtime_api::Outcome;
use serde_json::{Value, json};

use crate::scene::{Scene, all_settled, event};

/// As on managed instances, which say how many they send.
#[tokio::test]
async fn two_at_once_are_answered_by_themselves() {
    let mut scene = Scene::new("at-once", "walls").await;
    let proxy = Proxy::start(&scene.settings.endpoint).await.unwrap();
    proxy.endpoint().clone_into(&mut scene.settings.endpoint);
    scene.queue("sick_queue").await;
    let work = scene.queue("work_queue").await;
    scene.fifo_queue("ordered_queue").await;
    scene.queue("lot_queue").await;
    let concurrency = ("AWS_LAMBDA_MAX_CONCURRENCY".to_owned(), "2".to_owned());
    scene.settings.variables.extend([concurrency]);
    let mut function = scene.function().await;
    proxy.make_sick("work_queue", Fault::Slow(Duration::from_secs(2)));
    scene.put("I#1", json!({ "n": { "N": "1" } })).await;
    let changes = scene.changes(1).await;

    let quick = r#"{"distributary":"drain"}"#.to_owned();
    let [slow, quick] = function.overtake(event(&changes), quick).await.unwrap();
    assert_eq!(slow, Outcome::Response(all_settled().to_string().into()));
    let Outcome::Error(error) = quick else { panic!("{quick:?}") };
    assert!(String::from_utf8_lossy(&error).contains("`drain`"), "{error:?}");
    scene.aws.receive(&work, 1).await.unwrap();
}

#[tokio::test]
async fn every_line_of_the_log_says_of_which_invocation_and_rules_it_is() {
    let mut scene = Scene::new("log", "walls").await;
    scene.queue("work_queue").await;
    scene.fifo_queue("ordered_queue").await;
    scene.queue("lot_queue").await;
    scene.set("sick_queue", "arn:aws:sqs:eu-central-1:000000000000:nobody-made-this");
    let mut function = scene.function().await;
    for n in ["1", "2"] {
        scene.put(&format!("I#{n}"), json!({ "n": { "N": n }, "secret": { "S": "hush" } })).await;
    }
    let changes = scene.changes(2).await;
    assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());
    let log = function.stop().await.unwrap();
    assert!(!log.contains("hush"), "{log}");

    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (metrics, lines): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|line| line["_aws"].is_object());
    let started = lines.iter().find(|line| line["message"] == "started").unwrap();
    let hash = &started["hash"];
    assert!(hash.is_string() && metrics.iter().all(|line| line["rules"] == *hash), "{log}");
    let of_route = |name: &str| metrics.iter().find(|line| line["Route"] == name).unwrap();
    assert_eq!(
        (&of_route("sick")["Parked"], &of_route("work")["Delivered"]),
        (&json!(2), &json!(2))
    );

    let mut parked = BTreeSet::new();
    for line in lines.iter().filter(|line| *line != started) {
        let span = &line["spans"][0];
        assert_eq!(span["name"], "invocation", "{line}");
        assert_eq!(span["rules"], *hash, "{line}");
        assert!(span["request_id"].is_string(), "{line}");
        if line["message"] == "parked" {
            let lane = &line["spans"][1];
            assert_eq!((&lane["name"], &lane["route"]), (&json!("lane"), &json!("sick")), "{line}");
            assert!(line["reason"].as_str().unwrap().contains("NonExistentQueue"), "{line}");
            parked.insert(line["identity"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(parked.len(), 2, "{log}");
}
