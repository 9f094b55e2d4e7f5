//! Changes of a shop's table, from a seed, as Lambda hands them over.

use fastrand::Rng;
use serde_json::{Value, json};

const STATUSES: [&str; 5] = ["Draft", "Placed", "Paid", "Shipped", "Cancelled"];

/// So many orders that become paid, of so many items that take turns.
pub(crate) fn paid(count: usize, items: usize) -> Vec<String> {
    let mut random = Rng::with_seed(1);
    let one = |n: usize| {
        let cents = random.u32(..1_000_000);
        let order = |status| Some(order(n % items, status, cents));
        record(n, "MODIFY", order("Placed"), order("Paid"))
    };
    (0..count).map(one).collect()
}

/// What goes on in a table that keeps everything of a shop: half of it sessions that come and expire,
/// a fifth products, the rest orders.
pub(crate) fn mixed(count: usize) -> Vec<String> {
    let mut random = Rng::with_seed(2);
    let one = |n: usize| {
        let cents = random.u32(..1_000_000);
        match random.u32(..10) {
            0..3 => record(n, "INSERT", None, Some(session(n))),
            3..5 => record(n, "REMOVE", Some(session(n)), None),
            5..7 => record(n, "MODIFY", Some(product(n, cents)), Some(product(n, cents + 100))),
            7 => record(n, "INSERT", None, Some(order(n, "Draft", cents))),
            _ => {
                let status = |random: &mut Rng| STATUSES[random.usize(..STATUSES.len())];
                let old = order(n, status(&mut random), cents);
                let new = order(n, status(&mut random), cents + random.u32(..2));
                record(n, "MODIFY", Some(old), Some(new))
            }
        }
    };
    (0..count).map(one).collect()
}

/// A Lambda event with these records.
pub(crate) fn event(records: &[String]) -> String {
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

fn order(item: usize, status: &str, cents: u32) -> Value {
    json!({
        "pk": { "S": format!("O#{item}") },
        "entityType": { "S": "Order" },
        "status": { "S": status },
        "total": { "N": format!("{}.{:02}", cents / 100, cents % 100) },
        "customer": { "M": { "id": { "S": format!("C#{item}") }, "vip": { "BOOL": false } } },
        "lines": { "L": [{ "M": { "sku": { "S": "P#1" }, "count": { "N": "2" } } }] },
        "note": { "S": "x".repeat(600) },
    })
}

fn product(item: usize, cents: u32) -> Value {
    json!({
        "pk": { "S": format!("P#{item}") },
        "entityType": { "S": "Product" },
        "price": { "N": cents.to_string() },
    })
}

fn session(item: usize) -> Value {
    json!({
        "pk": { "S": format!("S#{item}") },
        "entityType": { "S": "Session" },
        "expires": { "N": "1795255140" },
    })
}

fn record(n: usize, kind: &str, old: Option<Value>, new: Option<Value>) -> String {
    let item = new.as_ref().or(old.as_ref());
    let mut change = json!({
        "ApproximateCreationDateTime": 1_795_255_140,
        "Keys": { "pk": item.map(|item| item["pk"].clone()) },
        "SequenceNumber": (100_000 + n).to_string(),
        "SizeBytes": 391,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    for (name, image) in [("OldImage", old), ("NewImage", new)] {
        if let Some(image) = image {
            change[name] = image;
        }
    }
    json!({
        "eventID": format!("{n:032x}"),
        "eventName": kind,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": change,
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026-11-21T09:59:57.249",
    })
    .to_string()
}
