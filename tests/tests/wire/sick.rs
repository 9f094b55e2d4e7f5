//! An endpoint that refuses, breaks off, answers nonsense or hangs costs its own
//! route time, and the others nothing.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::scene::{Scene, all_settled, event};

/// What a sick endpoint does with a connection.
#[derive(Debug, Clone, Copy)]
enum Sickness {
    /// Nobody listens.
    Refuses,
    /// It closes the connection when it has read something.
    BreaksOff,
    /// It answers, with this.
    Answers(&'static str),
    /// It reads and never answers.
    Hangs,
}

const HTML: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 20\r\n\r\n<html>It works!</p>\n";
const ERROR_PAGE: &str =
    "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 11\r\n\r\nBad Gateway";
const CUT_OFF: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 4000\r\n\r\n<Publish";
const NO_HTTP: &str = "220 mail.example.com ESMTP\r\n";

async fn sick_endpoint(sickness: Sickness) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    if matches!(sickness, Sickness::Refuses) {
        return endpoint;
    }
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 64 * 1024];
                let _ = connection.read(&mut request).await;
                match sickness {
                    Sickness::Refuses | Sickness::BreaksOff => {}
                    Sickness::Answers(bytes) => {
                        let _ = connection.write_all(bytes.as_bytes()).await;
                    }
                    Sickness::Hangs => tokio::time::sleep(Duration::from_secs(600)).await,
                }
            });
        }
    });
    endpoint
}

async fn settled_without_the_topic(name: &'static str, sickness: Sickness) {
    let mut scene = Scene::new(name, "sick").await;
    let work = scene.queue("work_queue").await;
    let lot = scene.queue("lot_queue").await;
    scene.set("news_topic", "arn:aws:sns:eu-central-1:000000000000:news");
    scene.settings.endpoints.insert("SNS".to_owned(), sick_endpoint(sickness).await);
    let mut function = scene.function().await;
    for n in 0..12 {
        scene.put(&format!("I#{n}"), json!({})).await;
    }
    let changes = scene.changes(12).await;
    let ids: BTreeSet<_> = changes.iter().map(|change| change.id.clone()).collect();

    let start = Instant::now();
    assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());
    // `within: 1s`, and room for a busy machine.
    assert!(start.elapsed() < Duration::from_secs(5), "it took {:?}", start.elapsed());

    for (queue, field) in [(&work, "id"), (&lot, "event")] {
        let messages = scene.aws.receive(queue, ids.len()).await.unwrap();
        let seen: BTreeSet<_> = messages
            .iter()
            .map(|message| serde_json::from_str::<Value>(&message.body).unwrap())
            .map(|body| body[field].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(seen, ids, "{}", queue.arn);
    }
    let log = function.stop().await.unwrap();
    assert!(log.contains("news"), "the log does not name the sick route:\n{log}");
}

#[tokio::test]
async fn an_endpoint_that_refuses() {
    settled_without_the_topic("sick-refuses", Sickness::Refuses).await;
}

#[tokio::test]
async fn an_endpoint_that_breaks_off() {
    settled_without_the_topic("sick-breaks-off", Sickness::BreaksOff).await;
}

#[tokio::test]
async fn an_endpoint_that_answers_with_a_web_page() {
    settled_without_the_topic("sick-html", Sickness::Answers(HTML)).await;
}

#[tokio::test]
async fn an_endpoint_behind_a_broken_gateway() {
    settled_without_the_topic("sick-gateway", Sickness::Answers(ERROR_PAGE)).await;
}

#[tokio::test]
async fn an_endpoint_that_stops_halfway() {
    settled_without_the_topic("sick-cut-off", Sickness::Answers(CUT_OFF)).await;
}

#[tokio::test]
async fn an_endpoint_that_speaks_another_protocol() {
    settled_without_the_topic("sick-no-http", Sickness::Answers(NO_HTTP)).await;
}

#[tokio::test]
async fn an_endpoint_that_hangs() {
    settled_without_the_topic("sick-hangs", Sickness::Hangs).await;
}
