//! One sick queue among three of one service, each way of being sick that a network has: the others
//! have everything, once and in order, and what the sick one did not take waits in the lot.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use distributary_delivery::Identity;
use distributary_tests::aws::{Message, Queue};
use distributary_tests::function::Function;
use distributary_tests::proxy::{Fault, Proxy};
use distributary_tests::runtime_api::Outcome;
use serde_json::{Value, json};

use crate::scene::{Change, Scene, all_settled, event};

const ITEMS: usize = 6;
const VERSIONS: usize = 4;

const DOWN: Fault = Fault::Refuse { status: 503, code: "ServiceUnavailable" };
const THROTTLED: Fault = Fault::Refuse { status: 400, code: "ThrottlingException" };

struct World {
    scene: Scene,
    proxy: Proxy,
    function: Function,
    sick: Queue,
    work: Queue,
    ordered: Queue,
    lot: Queue,
}

impl World {
    async fn new(name: &'static str) -> Self {
        let mut scene = Scene::new(name, "walls").await;
        let proxy = Proxy::start(&scene.settings.endpoint).await.unwrap();
        proxy.endpoint().clone_into(&mut scene.settings.endpoint);
        let sick = scene.queue("sick_queue").await;
        let work = scene.queue("work_queue").await;
        let ordered = scene.fifo_queue("ordered_queue").await;
        let lot = scene.queue("lot_queue").await;
        let function = scene.function().await;
        Self { scene, proxy, function, sick, work, ordered, lot }
    }

    /// Every item in several versions that take turns.
    async fn changes(&mut self) -> Vec<Change> {
        for version in 0..VERSIONS {
            for item in 0..ITEMS {
                let n = json!({ "n": { "N": version.to_string() } });
                self.scene.put(&format!("I#{item}"), n).await;
            }
        }
        self.scene.changes(ITEMS * VERSIONS).await
    }

    /// Both neighbours have everything once, and the FIFO queue has every item's versions in order.
    async fn assert_neighbours_are_well(&self) {
        assert_eq!(bodies(&self.take(&self.work).await), wanted());
        self.assert_ordered_queue_has_all().await;
    }

    async fn assert_ordered_queue_has_all(&self) {
        let arrived = self.take(&self.ordered).await;
        assert_eq!(bodies(&arrived), wanted());
        for item in 0..ITEMS {
            let of_item = format!("\"I#{item}\"");
            let versions = arrived.iter().filter(|message| message.body.contains(&of_item));
            let in_order = (0..VERSIONS).map(|version| body(item, version));
            assert!(versions.map(|message| &message.body).eq(&in_order.collect::<Vec<_>>()));
        }
    }

    /// The lot has every change once, for the sick route, under its own identity.
    async fn assert_all_is_parked(&self, changes: &[Change]) {
        let identity = |event: &str| Identity::new(event, "written", "sick").as_str().to_owned();
        let wanted: BTreeSet<_> = changes.iter().map(|change| identity(&change.id)).collect();
        let parked: BTreeSet<_> = self
            .take(&self.lot)
            .await
            .iter()
            .map(|message| serde_json::from_str::<Value>(&message.body).unwrap())
            .map(|envelope| envelope["identity"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(parked, wanted);
    }

    async fn take(&self, queue: &Queue) -> Vec<Message> {
        self.scene.aws.receive(queue, ITEMS * VERSIONS).await.unwrap()
    }
}

fn body(item: usize, version: usize) -> String {
    format!(r#"{{"key":"I#{item}","n":{version}}}"#)
}

fn wanted() -> BTreeSet<String> {
    (0..ITEMS).flat_map(|item| (0..VERSIONS).map(move |version| body(item, version))).collect()
}

fn bodies(messages: &[Message]) -> BTreeSet<String> {
    messages.iter().map(|message| message.body.clone()).collect()
}

/// What a sick queue has got of what is parked.
enum Got {
    Nothing,
    /// The service took it, and the function could not know.
    Everything,
}

async fn parks(name: &'static str, fault: Fault, got: Got) {
    let mut world = World::new(name).await;
    world.proxy.make_sick("sick_queue", fault);
    let changes = world.changes().await;

    let start = Instant::now();
    assert_eq!(world.function.invoke(event(&changes)).await.unwrap(), all_settled());
    // `within: 1s`, and room for a busy machine.
    assert!(start.elapsed() < Duration::from_secs(6), "it took {:?}", start.elapsed());

    assert!(world.proxy.struck() > 0);
    world.assert_neighbours_are_well().await;
    world.assert_all_is_parked(&changes).await;
    let arrived = bodies(&world.scene.aws.drain(&world.sick).await.unwrap());
    match got {
        Got::Nothing => assert_eq!(arrived, BTreeSet::new()),
        Got::Everything => assert!(!arrived.is_empty() && arrived.is_subset(&wanted())),
    }
}

#[tokio::test]
async fn a_service_that_is_down() {
    parks("walls-down", DOWN, Got::Nothing).await;
}

#[tokio::test]
async fn a_service_that_throttles_everything() {
    parks("walls-throttled", THROTTLED, Got::Nothing).await;
}

#[tokio::test]
async fn a_service_that_never_answers() {
    parks("walls-hang", Fault::Hang, Got::Nothing).await;
}

#[tokio::test]
async fn a_service_that_answers_too_late() {
    parks("walls-late", Fault::Slow(Duration::from_secs(8)), Got::Everything).await;
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_request() {
    parks("walls-request", Fault::ResetInRequest(900), Got::Nothing).await;
}

#[tokio::test]
async fn a_connection_that_breaks_at_the_first_byte_of_the_answer() {
    parks("walls-first-byte", Fault::ResetInAnswer(1), Got::Everything).await;
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_answer() {
    parks("walls-answer", Fault::ResetInAnswer(200), Got::Everything).await;
}

#[tokio::test]
async fn an_answer_that_is_cut_in_half() {
    parks("walls-half", Fault::HalfAnswer, Got::Everything).await;
}

#[tokio::test]
async fn an_acknowledgement_that_is_lost() {
    parks("walls-lost", Fault::LoseAnswer, Got::Everything).await;
}

/// A FIFO queue knows what it has, so that sending again makes no duplicate.
#[tokio::test]
async fn a_lost_acknowledgement_on_a_fifo_queue_makes_no_duplicate_and_breaks_no_order() {
    let mut world = World::new("walls-lost-once").await;
    world.proxy.make_sick_for("ordered_queue", Fault::LoseAnswer, 2);
    let changes = world.changes().await;

    assert_eq!(world.function.invoke(event(&changes)).await.unwrap(), all_settled());

    assert_eq!(world.proxy.struck(), 2);
    world.assert_neighbours_are_well().await;
    assert_eq!(bodies(&world.take(&world.sick).await), wanted());
    world.scene.aws.receive(&world.lot, 0).await.unwrap();
}

/// A group's next version waits until the one that failed has arrived.
#[tokio::test]
async fn entries_that_fail_one_by_one_break_no_order() {
    let mut world = World::new("walls-entries").await;
    world.proxy.make_sick("ordered_queue", Fault::FailEntries);
    let changes = world.changes().await;

    assert_eq!(world.function.invoke(event(&changes)).await.unwrap(), all_settled());

    assert!(world.proxy.struck() > 0);
    world.assert_neighbours_are_well().await;
    world.scene.aws.receive(&world.lot, 0).await.unwrap();
}

#[tokio::test]
async fn a_route_that_is_only_slow_parks_nothing() {
    let mut world = World::new("walls-slow").await;
    world.proxy.make_sick("work_queue", Fault::Slow(Duration::from_millis(500)));
    let changes = world.changes().await;

    assert_eq!(world.function.invoke(event(&changes)).await.unwrap(), all_settled());

    assert!(world.proxy.struck() > 0);
    world.assert_neighbours_are_well().await;
    assert_eq!(bodies(&world.take(&world.sick).await), wanted());
    world.scene.aws.receive(&world.lot, 0).await.unwrap();
}

/// Without a lot nothing is lost: the batch comes again from the first record that is nowhere.
#[tokio::test]
async fn a_sick_lot_lets_the_batch_come_again() {
    let mut world = World::new("walls-lot").await;
    world.proxy.make_sick("sick_queue", DOWN);
    world.proxy.make_sick("lot_queue", DOWN);
    let changes = world.changes().await;

    assert_eq!(
        world.function.invoke(event(&changes)).await.unwrap(),
        json!({ "batchItemFailures": [{ "itemIdentifier": changes[0].sequence }] })
    );
    world.assert_neighbours_are_well().await;

    world.proxy.heal();
    world.proxy.make_sick("sick_queue", DOWN);
    assert_eq!(world.function.invoke(event(&changes)).await.unwrap(), all_settled());
    world.assert_all_is_parked(&changes).await;
    world.scene.aws.receive(&world.ordered, 0).await.unwrap();
}

#[tokio::test]
async fn an_event_that_comes_too_late_is_asked_for_again() {
    let mut world = World::new("walls-too-late").await;
    let changes = world.changes().await;

    let outcome = world.function.outcome_too_late(event(&changes)).await.unwrap();
    let Outcome::Response(answer) = outcome else { panic!("{outcome:?}") };
    assert_eq!(
        serde_json::from_slice::<Value>(&answer).unwrap(),
        json!({ "batchItemFailures": [{ "itemIdentifier": changes[0].sequence }] })
    );

    assert_eq!(world.function.invoke(event(&changes)).await.unwrap(), all_settled());
    world.assert_neighbours_are_well().await;
    assert_eq!(bodies(&world.take(&world.sick).await), wanted());
    world.scene.aws.receive(&world.lot, 0).await.unwrap();
}
