//! What routes to EventBridge rely on.

use std::sync::Arc;

use distributary_aws::api::ApiError;
use distributary_delivery::limits::{EVENTBRIDGE_BYTES, EVENTBRIDGE_TIME_BYTES};
use futures_util::FutureExt as _;
use serde_json::{Value, json};

use super::queues::{said, text};
use crate::assumption::{Assumption, Local, Seen, Test};
use crate::ground::Ground;
use crate::price::Use;
use crate::scene::Scene;

pub(crate) static SCENE: Scene = Scene {
    name: "bus",
    template: include_str!("../../templates/bus.json"),
    minutes: 5,
    uses: &[(Use::Event, 100), (Use::Sqs, 200)],
    assumptions: &[
        Assumption {
            id: "events-partial",
            says: "An event that EventBridge refuses fails alone in its request, and the answers stand in the order of the events.",
            otherwise: "a delivery is taken for delivered that is not, or its neighbours are sent again",
            how: "three events, with a detail in the second that is no JSON",
            test: Test::Always(|ground| partial(ground).boxed()),
            local: Local::Wrongly("they take a detail that is no JSON"),
        },
        Assumption {
            id: "events-size",
            says: "PutEvents takes up to 1 MiB less one byte in one request: details, sources, detail types, resources, and 14 bytes for each time.",
            otherwise: "large deliveries are refused and parked, or are called too large without need",
            how: "one event of exactly so much, and one that is larger",
            test: Test::Always(|ground| size(ground).boxed()),
            local: Local::Wrongly("they take any size"),
        },
        Assumption {
            id: "events-time",
            says: "The `Time` of an event is the `time` that its readers get.",
            otherwise: "a late delivery looks like a late change",
            how: "an event of 2023, read from a queue",
            test: Test::Always(|ground| time(ground).boxed()),
            local: Local::Wrongly("they set the time at which the event came"),
        },
        Assumption {
            id: "events-missing-bus",
            says: "An event for a bus that is not there is refused.",
            otherwise: "what is sent there is lost without a word",
            how: "an event for a bus that is not there",
            test: Test::Always(|ground| missing(ground).boxed()),
            local: Local::Wrongly("they take it"),
        },
    ],
};

fn event(bus: &str, detail: &str) -> Value {
    json!({
        "EventBusName": bus,
        "Source": "distributary.conformance",
        "DetailType": "arrives",
        "Detail": detail,
    })
}

async fn put(ground: &Ground, entries: &[Value]) -> Result<Value, ApiError> {
    ground.account.events.json("AWSEvents.PutEvents", &json!({ "Entries": entries })).await
}

/// The error code of each event, in the answer's order.
fn codes(answer: &Value) -> Vec<Option<&str>> {
    let entries = answer.get("Entries").and_then(Value::as_array);
    let code = |entry| Value::get(entry, "ErrorCode").and_then(Value::as_str);
    entries.into_iter().flatten().map(code).collect()
}

async fn partial(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Reader")?;
    queue.clear().await?;
    let bus = ground.output("Bus")?;
    let entries = [r#"{"n":1}"#, "{", r#"{"n":3}"#].map(|detail| event(bus, detail));
    let answer = match put(&ground, &entries).await {
        Ok(answer) => answer,
        Err(error) if error.status.is_some() => {
            return Ok(Seen::decided(false, format!("the whole request was refused: {error}")));
        }
        Err(error) => return Err(error.into()),
    };
    let codes = codes(&answer);
    let alone = matches!(codes.as_slice(), [None, Some(_), None]);
    if !alone {
        let codes: Vec<_> = codes.iter().map(|code| code.unwrap_or("taken")).collect();
        return Ok(Seen::decided(false, format!("the answers: {}", codes.join(", "))));
    }
    let arrived = queue.take(2).await?.len();
    let code = codes.get(1).copied().flatten().unwrap_or_default();
    Ok(Seen::decided(arrived == 2, format!("{code} for the second; {arrived} others arrived")))
}

async fn size(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let beside = "distributary.conformance".len() + "too large".len() + EVENTBRIDGE_TIME_BYTES;
    let sized = |bytes: usize| {
        let filler = text(bytes - beside - r#"{"x":""}"#.len());
        json!({
            "EventBusName": ground.output("Bus").unwrap_or_default(),
            "Source": "distributary.conformance",
            "DetailType": "too large",
            "Time": 1_700_000_000,
            "Detail": json!({ "x": filler }).to_string(),
        })
    };
    let taken = |answer: Result<Value, ApiError>| match answer {
        Ok(answer) => Ok(codes(&answer).iter().all(Option::is_none)),
        Err(error) if error.status.is_some_and(|status| status < 500) => Ok(false),
        Err(error) => Err(error),
    };
    let whole = taken(put(&ground, &[sized(EVENTBRIDGE_BYTES)]).await)?;
    let more = taken(put(&ground, &[sized(EVENTBRIDGE_BYTES + 2)]).await)?;
    let what = format!("1 MiB less a byte {}, a byte more than 1 MiB {}", said(whole), said(more));
    Ok(Seen::decided(whole && !more, what))
}

async fn time(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let queue = ground.queue("Reader")?;
    queue.clear().await?;
    let mut sent = event(ground.output("Bus")?, "{}");
    if let Some(fields) = sent.as_object_mut() {
        fields.insert("Time".to_owned(), json!(1_700_000_000));
    }
    put(&ground, &[sent]).await?;
    let messages = queue.take(1).await?;
    let Some(message) = messages.first() else {
        return Ok(Seen::nothing("the event did not arrive"));
    };
    let received: Value = serde_json::from_str(&message.body)?;
    let time = received.get("time").and_then(Value::as_str).unwrap_or("missing");
    Ok(Seen::decided(time == "2023-11-14T22:13:20Z", format!("the time is {time}")))
}

async fn missing(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let nowhere = format!("{}-not-there", ground.output("Bus")?);
    match put(&ground, &[event(&nowhere, "{}")]).await {
        Ok(answer) => Ok(match codes(&answer).first() {
            Some(Some(code)) => Seen::decided(true, format!("refused: {code}")),
            _ => Seen::decided(false, "it is taken"),
        }),
        Err(error) if error.status.is_some() => {
            Ok(Seen::decided(true, format!("refused: {}", error.code.unwrap_or_default())))
        }
        Err(error) => Err(error.into()),
    }
}
