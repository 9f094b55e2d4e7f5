//! What routes to SNS rely on.

use std::collections::BTreeSet;
use std::sync::Arc;

use distributary_aws::api::ApiError;
use distributary_delivery::limits::SNS_BYTES;
use futures_util::FutureExt as _;

use super::queues::{bodies, said, text};
use crate::assumption::{Assumption, Local, Seen, Test};
use crate::ground::Ground;
use crate::price::Use;
use crate::scene::Scene;

pub(crate) static SCENE: Scene = Scene {
    name: "topics",
    template: include_str!("../../templates/topics.json"),
    minutes: 5,
    uses: &[(Use::Sns, 60), (Use::Sqs, 300)],
    assumptions: &[
        Assumption {
            id: "sns-batch-partial",
            says: "A message that SNS refuses, such as one with an attribute without a value, fails alone in its batch.",
            otherwise: "its neighbours are sent again, one by one",
            how: "a batch of three, with an empty attribute in the second",
            test: Test::Always(|ground| partial(ground).boxed()),
            local: Local::Wrongly("they take an attribute without a value"),
        },
        Assumption {
            id: "sns-size",
            says: "A topic takes 256 KiB in one request, unless its `MaximumMessageSize` says more.",
            otherwise: "large deliveries are refused and parked, or are called too large without need",
            how: "messages of exactly so much and of one byte more",
            test: Test::Always(|ground| size(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "sns-batch-size",
            says: "The messages of one batch share these 256 KiB, and a batch with more is refused as a whole.",
            otherwise: "requests fail that would have fitted, or are smaller than they could be",
            how: "two messages of 128 KiB, and two with a byte more",
            test: Test::Always(|ground| batch_size(ground).boxed()),
            local: Local::Wrongly("they count each message by itself"),
        },
        Assumption {
            id: "sns-fifo",
            says: "A FIFO topic hands the messages of a group to a FIFO queue in their order, and one deduplication id once.",
            otherwise: "a reader sees changes of an item out of order, or twice",
            how: "three messages of a group, the second of them twice",
            test: Test::Always(|ground| fifo(ground).boxed()),
            local: Local::Wrongly("their CloudFormation makes a standard topic"),
        },
        Assumption {
            id: "sns-raw",
            says: "With raw delivery a queue gets the message byte for byte, and its attributes as its own.",
            otherwise: "readers find the payload changed or in an envelope",
            how: "a message with quotes, a line break, an emoji and an attribute",
            test: Test::Always(|ground| raw(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "sns-standard-group",
            says: "A standard topic takes a message group and hands it on to a queue.",
            otherwise: "a route `sns` with a `group` parks everything, or the group is of no use",
            how: "one message with a group",
            test: Test::Always(|ground| group(ground).boxed()),
            local: Local::Wrongly("they hand the message on without its group"),
        },
    ],
};

/// Fields of one entry of a batch, without what names the entry.
type Entry<'e> = Vec<(&'e str, String)>;

async fn publish(
    ground: &Ground,
    topic: &str,
    entries: &[Entry<'_>],
) -> anyhow::Result<Result<String, ApiError>> {
    let mut fields = vec![("TopicArn".to_owned(), ground.output(topic)?.to_owned())];
    for (place, entry) in entries.iter().enumerate() {
        let member = format!("PublishBatchRequestEntries.member.{}", place + 1);
        fields.push((format!("{member}.Id"), place.to_string()));
        fields
            .extend(entry.iter().map(|(name, value)| (format!("{member}.{name}"), value.clone())));
    }
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(ground.account.sns.query("PublishBatch", &fields).await)
}

fn body(text: &str) -> Entry<'static> {
    vec![("Message", text.to_owned())]
}

fn with_attribute(text: &str, value: &str) -> Entry<'static> {
    let attribute = [
        ("Message", text),
        ("MessageAttributes.entry.1.Name", "a"),
        ("MessageAttributes.entry.1.Value.DataType", "String"),
        ("MessageAttributes.entry.1.Value.StringValue", value),
    ];
    attribute.map(|(name, value)| (name, value.to_owned())).into()
}

/// Whether all of a batch was taken.
fn taken(answer: &Result<String, ApiError>) -> anyhow::Result<bool> {
    match answer {
        Ok(answer) => Ok(!answer.contains("<BatchResultErrorEntry>") && !failed(answer)),
        Err(error) if error.status.is_some_and(|status| status < 500) => Ok(false),
        Err(error) => Err(error.clone().into()),
    }
}

/// Whether the list of what failed has a member.
fn failed(answer: &str) -> bool {
    let list = answer.split_once("<Failed>").and_then(|(_, rest)| rest.split_once("</Failed>"));
    list.is_some_and(|(list, _)| list.contains("<member>"))
}

async fn partial(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Reader")?;
    queue.clear().await?;
    let entries = [body("first"), with_attribute("second", ""), body("last")];
    let answer = match publish(&ground, "Topic", &entries).await? {
        Ok(answer) => answer,
        Err(error) if error.status.is_some() => {
            return Ok(Seen::decided(false, format!("the whole batch was refused: {error}")));
        }
        Err(error) => return Err(error.into()),
    };
    let mut arrived = bodies(&queue.take(2).await?);
    arrived.sort();
    let second = if failed(&answer) { "failed" } else { "was taken" };
    let what = format!("the second {second}; arrived: {}", arrived.join(", "));
    Ok(Seen::decided(failed(&answer) && arrived == ["first", "last"], what))
}

async fn size(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let whole = taken(&publish(&ground, "Topic", &[body(&text(SNS_BYTES))]).await?)?;
    let more = taken(&publish(&ground, "Topic", &[body(&text(SNS_BYTES + 1))]).await?)?;
    let what = format!("256 KiB {}, a byte more {}", said(whole), said(more));
    Ok(Seen::decided(whole && !more, what))
}

async fn batch_size(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let two = |bytes| [body(&text(bytes)), body(&text(bytes))];
    let whole = taken(&publish(&ground, "Topic", &two(SNS_BYTES / 2)).await?)?;
    let more = publish(&ground, "Topic", &two(SNS_BYTES / 2 + 1)).await?;
    let code = more.as_ref().err().and_then(|error| error.code.clone()).unwrap_or_default();
    let refused = !taken(&more)?;
    let what = format!("256 KiB {}, two bytes more {} {code}", said(whole), said(!refused));
    Ok(Seen::decided(whole && refused && more.is_err(), what.trim_end()))
}

async fn fifo(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("OrderedReader")?;
    queue.clear().await?;
    for (text, id) in [("1", "one"), ("2", "two"), ("2 again", "two"), ("3", "three")] {
        let mut entry = body(text);
        entry.push(("MessageGroupId", "group".to_owned()));
        entry.push(("MessageDeduplicationId", id.to_owned()));
        publish(&ground, "OrderedTopic", &[entry]).await??;
    }
    let order = bodies(&queue.take(3).await?);
    Ok(Seen::decided(order == ["1", "2", "3"], format!("arrived: {}", order.join(", "))))
}

async fn raw(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Reader")?;
    queue.clear().await?;
    let sent = "{\"a\": \"\\\"é😀\"}\n";
    publish(&ground, "Topic", &[with_attribute(sent, "kept")]).await??;
    let messages = queue.take(1).await?;
    let Some(message) = messages.first() else {
        return Ok(Seen::nothing("the message did not arrive"));
    };
    let value = message.message_attributes.pointer("/a/StringValue").and_then(|it| it.as_str());
    let same = message.body == sent;
    let what = format!(
        "the body is {}, the attribute {}",
        if same { "the same" } else { "another" },
        value.unwrap_or("is missing")
    );
    Ok(Seen::decided(same && value == Some("kept"), what))
}

async fn group(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Reader")?;
    queue.clear().await?;
    let mut entry = body("1");
    entry.push(("MessageGroupId", "tenant".to_owned()));
    let answer = publish(&ground, "Topic", &[entry]).await?;
    if !taken(&answer)? {
        return Ok(Seen::decided(false, "it is refused"));
    }
    let messages = queue.take(1).await?;
    let groups: BTreeSet<_> =
        messages.iter().filter_map(|it| it.attributes.get("MessageGroupId")?.as_str()).collect();
    let what = match messages.len() {
        0 => return Ok(Seen::nothing("the message did not arrive")),
        _ => format!("arrived with group {}", groups.first().unwrap_or(&"none")),
    };
    Ok(Seen::decided(groups.contains("tenant"), what))
}
