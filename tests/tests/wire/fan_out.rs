//! A write in a table reaches queues, topics and a bus, as its rules say.

use std::collections::{BTreeMap, BTreeSet};

use distributary_delivery::Identity;
use distributary_tests::aws::{Message, Queue};
use serde_json::{Value, json};

use crate::scene::{Change, Scene, all_settled, event};

/// More digits than a binary floating point number has.
const TOTAL: &str = "12345678901234567890.123456789";

/// What is written, in order: key and status before and after. Two orders take turns, and a
/// product is none of the rule's business.
const STORY: [(&str, Option<&str>, Option<&str>); 7] = [
    ("O#1", None, Some("Placed")),
    ("O#2", None, Some("Placed")),
    ("O#1", Some("Placed"), Some("Paid")),
    ("P#1", None, Some("Listed")),
    ("O#2", Some("Placed"), Some("Paid")),
    ("O#1", Some("Paid"), Some("Shipped")),
    ("O#2", Some("Paid"), None),
];

struct World {
    scene: Scene,
    work: Queue,
    ordered: Queue,
    news: Queue,
    ordered_news: Queue,
    bus: Queue,
}

impl World {
    async fn new() -> Self {
        let mut scene = Scene::new("fan-out", "fan_out").await;
        let work = scene.queue("work_queue").await;
        let ordered = scene.fifo_queue("ordered_queue").await;

        let topic = scene.aws.topic("fan-out-news").await.unwrap();
        let news = scene.aws.queue("fan-out-news").await.unwrap();
        scene.aws.subscribe(&topic, &news, false).await.unwrap();
        scene.set("news_topic", &topic);

        let topic = scene.aws.topic("fan-out-news.fifo").await.unwrap();
        let ordered_news = scene.aws.queue("fan-out-news.fifo").await.unwrap();
        scene.aws.subscribe(&topic, &ordered_news, true).await.unwrap();
        scene.set("ordered_topic", &topic);

        let bus = scene.aws.queue("fan-out-bus").await.unwrap();
        scene.aws.bus("fan-out").await.unwrap();
        let pattern =
            json!({ "source": ["com.acme.shop"], "detail-type": [{ "prefix": "Order " }] });
        scene.aws.forward("fan-out", &pattern, &bus).await.unwrap();
        scene.set("bus", "fan-out");

        Self { scene, work, ordered, news, ordered_news, bus }
    }

    async fn write(&mut self) -> Vec<Change> {
        for (key, _, status) in STORY {
            let kind = if key.starts_with("O#") { "Order" } else { "Product" };
            match status {
                None => self.scene.delete(key).await,
                Some(status) => {
                    let attributes = json!({
                        "entityType": { "S": kind },
                        "status": { "S": status },
                        "total": { "N": TOTAL },
                        "tags": { "SS": ["new", "gift"] },
                    });
                    self.scene.put(key, attributes).await;
                }
            }
        }
        self.scene.changes(STORY.len()).await
    }
}

/// One order's change, as it is expected to arrive.
struct Expected {
    id: String,
    key: &'static str,
    was: Option<&'static str>,
    now: Option<&'static str>,
}

impl Expected {
    fn kind(&self) -> &'static str {
        match (self.was, self.now) {
            (None, _) => "INSERT",
            (_, None) => "REMOVE",
            _ => "MODIFY",
        }
    }

    fn status(&self) -> &'static str {
        self.now.or(self.was).unwrap()
    }

    /// `"id":…,"key":…,"was":…,"now":…`, where what is absent is left out.
    fn fields(&self) -> String {
        let mut text = format!(r#""id":"{}","key":"{}""#, self.id, self.key);
        for (name, value) in [("was", self.was), ("now", self.now)] {
            if let Some(value) = value {
                text += &format!(r#","{name}":"{value}""#);
            }
        }
        text
    }

    fn dedup(&self, route: &str) -> Option<String> {
        Some(Identity::new(&self.id, "order_changed", route).as_str().to_owned())
    }
}

/// The order of a standard queue says nothing: messages by the event that they tell of.
fn by_event(messages: Vec<Message>, id: impl Fn(&Message) -> String) -> BTreeMap<String, Message> {
    let count = messages.len();
    let messages: BTreeMap<_, _> =
        messages.into_iter().map(|message| (id(&message), message)).collect();
    assert_eq!(messages.len(), count, "an event arrived twice");
    messages
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// What FIFO services take as a group: up to 128 characters, and no space among them.
fn is_group(group: &str) -> bool {
    (1..=128).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_graphic())
}

#[tokio::test]
async fn every_route_delivers_bodies_attributes_groups_and_order() {
    let mut world = World::new().await;
    let mut function = world.scene.function().await;
    let changes = world.write().await;

    for batch in changes.chunks(3) {
        assert_eq!(function.invoke(event(batch)).await.unwrap(), all_settled());
    }

    let expected: Vec<Expected> = STORY
        .into_iter()
        .zip(&changes)
        .filter(|((key, ..), _)| key.starts_with("O#"))
        .map(|((key, was, now), change)| Expected { id: change.id.clone(), key, was, now })
        .collect();
    standard_queue(&world, &expected).await;
    let groups = fifo_queue(&world, &expected).await;
    fifo_topic(&world, &expected, &groups).await;
    standard_topic(&world, &expected).await;
    event_bus(&world, &expected).await;

    // The same batch again is the same messages: the FIFO queue knows them all.
    assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());
    world.scene.aws.receive(&world.ordered, 0).await.unwrap();
    world.scene.aws.receive(&world.work, expected.len()).await.unwrap();
}

async fn standard_queue(world: &World, expected: &[Expected]) {
    let messages = world.scene.aws.receive(&world.work, expected.len()).await.unwrap();
    let messages = by_event(messages, |message| text(&json(&message.body)["id"]));
    let mut groups = BTreeMap::new();
    for change in expected {
        let message = &messages[&change.id];
        assert_eq!(message.body, format!(r#"{{{},"total":{TOTAL}}}"#, change.fields()));
        assert_eq!(
            message.attributes,
            BTreeMap::from([
                ("kind".to_owned(), change.kind().to_owned()),
                ("total".to_owned(), TOTAL.to_owned()),
            ])
        );
        assert_eq!(message.dedup, None);
        groups.entry(change.key).or_insert_with(BTreeSet::new).insert(message.group.clone());
    }
    // One group per item: each has its fair share of the consumers.
    assert!(groups.values().all(|groups| groups.len() == 1 && !groups.contains(&None)));
    assert_ne!(groups["O#1"], groups["O#2"]);
}

/// Returns the group of each item.
async fn fifo_queue(world: &World, expected: &[Expected]) -> BTreeMap<&'static str, String> {
    let messages = world.scene.aws.receive(&world.ordered, expected.len()).await.unwrap();
    let mut groups = BTreeMap::new();
    for key in ["O#1", "O#2"] {
        let expected: Vec<_> = expected.iter().filter(|change| change.key == key).collect();
        let messages: Vec<_> =
            messages.iter().filter(|message| text(&json(&message.body)["key"]) == key).collect();
        let bodies: Vec<_> = messages.iter().map(|message| message.body.clone()).collect();
        let wanted: Vec<_> =
            expected.iter().map(|change| format!("{{{}}}", change.fields())).collect();
        assert_eq!(bodies, wanted, "{key} in order");

        let group = messages[0].group.clone().unwrap();
        assert!(is_group(&group), "{group}");
        for (message, change) in messages.iter().zip(&expected) {
            assert_eq!(message.group.as_ref(), Some(&group));
            assert_eq!(message.dedup, change.dedup("ordered"));
            assert_eq!(message.attributes["kind"], change.kind());
        }
        groups.insert(key, group);
    }
    assert_ne!(groups["O#1"], groups["O#2"]);
    groups
}

async fn fifo_topic(world: &World, expected: &[Expected], groups: &BTreeMap<&str, String>) {
    let messages = world.scene.aws.receive(&world.ordered_news, expected.len()).await.unwrap();
    for (key, group) in groups {
        let seen: Vec<_> = messages
            .iter()
            .filter(|message| message.group.as_ref() == Some(group))
            .map(|message| (message.body.clone(), message.dedup.clone()))
            .collect();
        let wanted: Vec<_> = expected
            .iter()
            .filter(|change| change.key == *key)
            .map(|change| {
                let now = change.now.map(|now| format!(r#","now":"{now}""#)).unwrap_or_default();
                let body = format!(r#"{{"id":"{}"{now}}}"#, change.id);
                (body, change.dedup("ordered_news"))
            })
            .collect();
        assert_eq!(seen, wanted, "{key} in order");
    }
}

/// Without raw delivery a subscriber sees the envelope of SNS, with the subject.
async fn standard_topic(world: &World, expected: &[Expected]) {
    let messages = world.scene.aws.receive(&world.news, expected.len()).await.unwrap();
    let inner = |message: &Message| text(&json(&message.body)["Message"]);
    let messages = by_event(messages, |message| text(&json(&inner(message))["id"]));
    for change in expected {
        let message = &messages[&change.id];
        assert_eq!(inner(message), format!(r#"{{"id":"{}","tags":["gift","new"]}}"#, change.id));
        let envelope = json(&message.body);
        assert_eq!(envelope["Subject"], format!("Order {} is {}", change.key, change.status()));
        assert_eq!(
            envelope["MessageAttributes"],
            json!({ "kind": { "Type": "String", "Value": change.kind() } })
        );
    }
}

/// The rule in the bus lets only `Order …` through, so the detail type is right as well.
async fn event_bus(world: &World, expected: &[Expected]) {
    let messages = world.scene.aws.receive(&world.bus, expected.len()).await.unwrap();
    let messages = by_event(messages, |message| text(&json(&message.body)["detail"]["id"]));
    for change in expected {
        let arrived = json(&messages[&change.id].body);
        assert_eq!(arrived["detail"], json(&format!("{{{}}}", change.fields())));
        assert_eq!(arrived["detail-type"], format!("Order {}", change.status()));
        assert_eq!(arrived["source"], "com.acme.shop");
    }
}
