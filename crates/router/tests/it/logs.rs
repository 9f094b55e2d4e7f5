//! What the log tells of a batch, and what it never tells.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, Once};

use distributary_delivery::{Delivery, OnFailure};

use crate::scene::*;
use crate::world::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whoever meets a line while nobody listens may take it for one that nobody ever wants, also on
/// another thread: so somebody always listens.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let nowhere = tracing_subscriber::fmt().with_writer(io::sink).finish();
        tracing::subscriber::set_global_default(nowhere).unwrap();
    });
}

/// What is logged meanwhile.
async fn log_of(what: impl Future) -> Vec<String> {
    listen();
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    what.await;
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The log of a run of one lane.
async fn log(on_failure: OnFailure, deliveries: Vec<Delivery>) -> Vec<String> {
    log_of(run(route("fulfilment", on_failure), Scripted::new(down()), work(deliveries))).await
}

fn secret() -> Vec<Delivery> {
    let mut deliveries = deliveries(0, 3);
    for delivery in &mut deliveries {
        delivery.message.body = r#"{"card":"4111"}"#.into();
        delivery.message.subject = Some("4111".to_owned());
        delivery.origin.record = r#"{"card":"4111"}"#.into();
    }
    deliveries
}

#[tokio::test(start_paused = true)]
async fn every_delivery_that_does_not_arrive_has_a_line() {
    for (on_failure, verb) in [(OnFailure::Park(0), "parked"), (OnFailure::Drop, "dropped")] {
        let lines = log(on_failure, secret()).await;
        assert_eq!(lines.len(), 3, "{lines:#?}");
        for (line, delivery) in lines.iter().zip(secret()) {
            for part in [
                verb,
                r#"lane{route="fulfilment"}"#,
                "route=fulfilment",
                "rule=rule",
                &format!("identity=\"{}\"", delivery.identity.as_str()),
                r#"reason="ServiceUnavailable""#,
            ] {
                assert!(line.contains(part), "{part} in {line}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_lane_with_unsettled_deliveries_has_one_line() {
    let lines = log(OnFailure::BLOCK, secret()).await;
    assert_eq!(lines.len(), 1, "{lines:#?}");
    for part in ["route=fulfilment", "unsettled=3", r#"reason="ServiceUnavailable""#] {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
}

#[tokio::test(start_paused = true)]
async fn no_line_has_an_items_values() {
    for on_failure in [OnFailure::Park(0), OnFailure::BLOCK, OnFailure::Drop] {
        let lines = log(on_failure, secret()).await;
        assert!(lines.iter().all(|line| !line.contains("4111")), "{lines:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_only_a_hand_can_bring_on_has_one_line() {
    let lines = log_of(async {
        let scene = scene(false, "0");
        scene.batch(0, 1).await;
        scene.sick.store(false, Ordering::SeqCst);
        for hour in 1..20 {
            tokio::time::advance(SECOND * 3_600 * hour).await;
            scene.batch(hour as usize, 1).await;
        }
    })
    .await;
    let by_hand: Vec<&String> =
        lines.iter().filter(|line| line.contains("waits for a redrive by hand")).collect();
    assert_eq!(by_hand.len(), 1, "{lines:#?}");
    for part in ["route=route", "rule=rule", "identity=", r#"reason="InvalidParameterValue""#] {
        assert!(by_hand[0].contains(part), "{part} in {}", by_hand[0]);
    }
}
