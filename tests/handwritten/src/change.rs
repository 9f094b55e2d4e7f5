use anyhow::Result;
use aws_lambda_events::dynamodb::Event;
use serde_json::{Value, json};

/// An order that became paid.
pub(crate) struct Change {
    /// What identifies the event, by which FIFO services drop what they have seen.
    pub(crate) id: String,
    /// The order, in whose order changes are to arrive.
    pub(crate) order: String,
    /// What is sent.
    pub(crate) body: String,
}

impl Change {
    /// Those in a batch, in order.
    pub(crate) fn of_event(event: Event) -> Result<Vec<Self>> {
        let mut changes = Vec::new();
        for record in event.records {
            let image = |item| serde_dynamo::from_item::<_, Value>(item);
            let (keys, old, new) = (
                image(record.change.keys)?,
                image(record.change.old_image)?,
                image(record.change.new_image)?,
            );
            let (before, after) = (&old["status"], &new["status"]);
            if record.event_name != "MODIFY"
                || new["entityType"] != "Order"
                || after != "Paid"
                || before == "Paid"
            {
                continue;
            }
            let body = json!({
                "order": keys["pk"], "was": before, "now": after, "total": new["total"],
            });
            changes.push(Change {
                id: record.event_id,
                order: keys["pk"].as_str().unwrap_or_default().to_owned(),
                body: body.to_string(),
            });
        }
        Ok(changes)
    }
}
