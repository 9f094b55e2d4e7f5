//! The Lambda function that the rules of [`crate::lambda`] replace, as one writes it by hand: the
//! event is read into `aws_lambda_events`' types, an image into `serde_json::Value`.

use aws_lambda_events::dynamodb::Event;
use serde_json::{Value, json};

use crate::lambda::Sent;

/// What is to be sent because of a batch.
pub fn handle(payload: &[u8]) -> Vec<Sent> {
    let event: Event = serde_json::from_slice(payload).expect("an event");
    let mut sent = Vec::new();
    for record in event.records {
        let image = |item| serde_dynamo::from_item::<_, Value>(item).expect("an item");
        let (keys, old, new) = (
            image(record.change.keys),
            image(record.change.old_image),
            image(record.change.new_image),
        );
        let mut send = |rule, detail: Value| sent.push(Sent { rule, detail: detail.to_string() });
        let (before, after) = (&old["status"], &new["status"]);
        if record.event_name == "MODIFY" && before != after {
            if after == "Paid" {
                send(
                    "paid",
                    json!({ "order": keys["pk"], "total": new["total"], "tenant": new["tenant"] }),
                );
            }
            if after == "Cancelled" && before == "Placed" {
                send("cancelled", json!({ "order": keys["pk"], "note": new["note"] }));
            }
        }
        if new["total"].as_f64().is_some_and(|total| total >= 9000.0) {
            send(
                "large",
                json!({ "order": keys["pk"], "total": new["total"], "status": new["status"] }),
            );
        }
    }
    sent
}
