//! What routes and lots in SQS rely on.

use std::sync::Arc;

use distributary_aws::api::ApiError;
use distributary_delivery::limits::SQS_BYTES;
use futures_util::FutureExt as _;
use serde_json::{Value, json};

use crate::assumption::{Assumption, Local, Seen, Test};
use crate::ground::Ground;
use crate::price::Use;
use crate::queue::Message;
use crate::scene::Scene;

pub(crate) static SCENE: Scene = Scene {
    name: "queues",
    template: include_str!("../../templates/queues.json"),
    minutes: 4,
    uses: &[(Use::Sqs, 700)],
    assumptions: &[
        Assumption {
            id: "sqs-fifo-dedup",
            says: "A FIFO queue takes a second message with the deduplication id of one that came less than five minutes ago, and does not hand it out.",
            otherwise: "what comes again after a lost answer arrives twice, or fails",
            how: "two messages with one id, one with another",
            test: Test::Always(|ground| dedup(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "sqs-fifo-order",
            says: "A FIFO queue hands out the messages of a group in their order, and nothing of a group while one of it is out.",
            otherwise: "a reader sees changes of an item out of order",
            how: "three messages of a group and one of another, received one by one",
            test: Test::Always(|ground| order(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "sqs-batch-partial",
            says: "A message that SQS refuses, such as one with the character U+FFFE, fails alone in its batch, as the sender's fault.",
            otherwise: "its neighbours are sent again, one by one",
            how: "a batch of three, with U+FFFE in the second",
            test: Test::Always(|ground| partial(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "sqs-size",
            says: "A message has 1 MiB at most.",
            otherwise: "large deliveries are refused and parked, or are called too large without need",
            how: "messages of exactly so much and of one byte more",
            test: Test::Always(|ground| size(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "sqs-size-attributes",
            says: "The name, type and value of each attribute count as part of the message.",
            otherwise: "messages are called too large without need",
            how: "messages of 1 MiB and of one byte more, of which 107 bytes are an attribute",
            test: Test::Always(|ground| size_with_attributes(ground).boxed()),
            local: Local::Wrongly("they count the body alone"),
        },
        Assumption {
            id: "sqs-batch-size",
            says: "A batch has 1 MiB at most in all, and one with more is refused as a whole.",
            otherwise: "requests fail that would have fitted, or are smaller than they could be",
            how: "two messages of 512 KiB, and two with a byte more",
            test: Test::Always(|ground| batch_size(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "sqs-standard-group",
            says: "A standard queue takes a message group and hands it out with the message.",
            otherwise: "a route `sqs` with a `group` parks everything",
            how: "one message with a group",
            test: Test::Always(|ground| group(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "sqs-lease",
            says: "A message that is received is hidden for the visibility timeout, and `ChangeMessageVisibility` with 0 gives it back.",
            otherwise: "two processes empty a lot at once, or what stepped aside waits longer",
            how: "a message is received twice, given back, and received again",
            test: Test::Always(|ground| lease(ground).boxed()),
            local: Local::Truly,
        },
    ],
};

async fn dedup(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Fifo")?;
    queue.clear().await?;
    for (body, id) in [("1", "one"), ("1 again", "one"), ("2", "two")] {
        let message = json!({
            "MessageBody": body, "MessageGroupId": "dedup", "MessageDeduplicationId": id,
        });
        queue.call("SendMessage", message).await?;
    }
    let bodies = bodies(&queue.take(2).await?);
    Ok(Seen::decided(bodies == ["1", "2"], format!("handed out: {}", bodies.join(", "))))
}

async fn order(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Fifo")?;
    queue.clear().await?;
    for (body, group) in [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b")] {
        let message = json!({
            "MessageBody": body, "MessageGroupId": group, "MessageDeduplicationId": body,
        });
        queue.call("SendMessage", message).await?;
    }
    let one = |messages: Vec<Message>| messages.into_iter().next();
    // Two receives, so that one of each group is out; which is first is open.
    let mut out = Vec::new();
    for _ in 0..2 {
        out.extend(ground.until(|| async { Ok(one(queue.receive(1).await?)) }).await?);
    }
    let while_out = queue.receive(10).await?;
    let mut order = bodies(&out);
    order.sort();
    for message in &out {
        queue.delete(message).await?;
    }
    order.extend(bodies(&queue.take(2).await?));
    let what = format!(
        "order {}; handed out while one of the group was out: {}",
        order.join(" "),
        while_out.len()
    );
    Ok(Seen::decided(order == ["a1", "b1", "a2", "a3"] && while_out.is_empty(), what))
}

async fn partial(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Standard")?;
    queue.clear().await?;
    let entries = [("0", "first"), ("1", "\u{fffe}"), ("2", "last")];
    let entries = entries.map(|(id, body)| json!({ "Id": id, "MessageBody": body }));
    let answer = queue.call("SendMessageBatch", json!({ "Entries": entries })).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) if error.status.is_some() => {
            return Ok(Seen::decided(false, format!("the whole batch was refused: {error}")));
        }
        Err(error) => return Err(error.into()),
    };
    let failed: Vec<&Value> =
        answer.get("Failed").and_then(Value::as_array).into_iter().flatten().collect();
    let is_second = |it: &&Value| {
        it.get("Id") == Some(&json!("1")) && it.get("SenderFault") == Some(&json!(true))
    };
    let mut arrived = bodies(&queue.take(2).await?);
    arrived.sort();
    let codes: Vec<_> = failed.iter().filter_map(|it| it.get("Code")?.as_str()).collect();
    let what = format!("arrived: {}; failed: {}", arrived.join(", "), codes.join(", "));
    let alone = failed.len() == 1 && failed.iter().all(is_second);
    Ok(Seen::decided(alone && arrived == ["first", "last"], what))
}

async fn size(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Standard")?;
    let whole = taken(queue.call("SendMessage", json!({ "MessageBody": text(SQS_BYTES) })).await)?;
    let more = json!({ "MessageBody": text(SQS_BYTES + 1) });
    let more = taken(queue.call("SendMessage", more).await)?;
    queue.clear().await?;
    let what = format!("1 MiB {}, a byte more {}", said(whole), said(more));
    Ok(Seen::decided(whole && !more, what))
}

async fn size_with_attributes(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Standard")?;
    // One byte of name, six of type, a hundred of value.
    let with = |body: usize| {
        let attribute = json!({ "DataType": "String", "StringValue": text(100) });
        json!({ "MessageBody": text(body), "MessageAttributes": { "a": attribute } })
    };
    let whole = taken(queue.call("SendMessage", with(SQS_BYTES - 107)).await)?;
    let more = taken(queue.call("SendMessage", with(SQS_BYTES - 106)).await)?;
    queue.clear().await?;
    let what = format!("1 MiB {}, a byte more {}", said(whole), said(more));
    Ok(Seen::decided(whole && !more, what))
}

async fn batch_size(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Standard")?;
    let two = |bytes: usize| {
        let entries = ["0", "1"].map(|id| json!({ "Id": id, "MessageBody": text(bytes) }));
        json!({ "Entries": entries })
    };
    let whole = taken(queue.call("SendMessageBatch", two(SQS_BYTES / 2)).await)?;
    let more = queue.call("SendMessageBatch", two(SQS_BYTES / 2 + 1)).await;
    let code = more.as_ref().err().and_then(|error| error.code.clone()).unwrap_or_default();
    let more = taken(more)?;
    queue.clear().await?;
    let what = format!("1 MiB {}, two bytes more {} {code}", said(whole), said(more));
    Ok(Seen::decided(whole && !more, what.trim_end()))
}

async fn group(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Standard")?;
    queue.clear().await?;
    let message = json!({ "MessageBody": "1", "MessageGroupId": "tenant" });
    if let Err(error) = queue.call("SendMessage", message).await {
        return match error.status {
            Some(_) => Ok(Seen::decided(false, format!("it is refused: {error}"))),
            None => Err(error.into()),
        };
    }
    let messages = queue.take(1).await?;
    let group = messages.first().and_then(|it| it.attributes.get("MessageGroupId")?.as_str());
    let what = format!("handed out with group {}", group.unwrap_or("none"));
    Ok(Seen::decided(group == Some("tenant"), what))
}

async fn lease(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Standard")?;
    queue.clear().await?;
    queue.call("SendMessage", json!({ "MessageBody": "1" })).await?;
    let next = || async { Ok(queue.receive(1).await?.into_iter().next()) };
    let Some(first) = ground.until(next).await? else {
        return Ok(Seen::nothing("the message did not arrive"));
    };
    let while_hidden = queue.receive(1).await?.len();
    let back = json!({ "ReceiptHandle": first.receipt_handle, "VisibilityTimeout": 0 });
    queue.call("ChangeMessageVisibility", back).await?;
    let again = ground.until(next).await?;
    if let Some(message) = &again {
        queue.delete(message).await?;
    }
    let what = format!(
        "{while_hidden} while it was hidden, {} once it was given back",
        usize::from(again.is_some())
    );
    Ok(Seen::decided(while_hidden == 0 && again.is_some(), what))
}

/// Whether a request was taken; one without an answer says nothing.
pub(super) fn taken(answer: Result<Value, ApiError>) -> Result<bool, ApiError> {
    match answer {
        Ok(answer) => {
            let failed = answer.get("Failed").and_then(Value::as_array);
            Ok(failed.is_none_or(Vec::is_empty))
        }
        Err(error) if error.status.is_some_and(|status| status < 500) => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) fn said(taken: bool) -> &'static str {
    if taken { "taken" } else { "refused" }
}

/// A text of so many bytes.
pub(super) fn text(bytes: usize) -> String {
    "x".repeat(bytes)
}

pub(super) fn bodies(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| message.body.clone()).collect()
}
