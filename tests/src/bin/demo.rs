//! `cargo xtask demo`: what `examples/shop` writes to its table arrives in a
//! queue, a topic and a bus, through the function as Lambda runs it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use distributary_tests::aws::{Aws, Message, Queue};
use distributary_tests::components::{self, workspace};
use distributary_tests::dynamodb::DynamoDb;
use distributary_tests::function::{Function, Settings};
use distributary_tests::report;
use distributary_tests::world::World;
use serde::Deserialize;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> ExitCode {
    report(demo().await)
}

async fn demo() -> Result<()> {
    let (dynamodb, ministack) = (components::start_dynamodb()?, components::start_ministack()?);
    println!("DynamoDB Local at {}, ministack at {}", dynamodb.endpoint(), ministack.endpoint());

    let aws = Aws::new(ministack.endpoint());
    let places = Places::create(&aws).await?;
    let example = workspace().join("examples/shop");
    let mut settings = Settings::new(example.clone(), ministack.endpoint());
    settings.params = places.params();
    let mut function = Function::start(&settings).await?;

    let events = World::read(&example)?.play(&DynamoDb::new(dynamodb.endpoint())).await?;
    println!("\nWritten to the table `dev-shop`, and taken from its stream by the function:");
    for (file, event) in events {
        let records = event.lines().count() - 2;
        let answer = function.invoke(event).await?;
        println!("  {records:2} changes of {file}, answer {answer}");
        ensure!(answer == json!({ "batchItemFailures": [] }), "not everything was settled");
    }

    places.show(&aws).await
}

/// Where the routes of `examples/shop` lead, and the queues that show what arrives
/// at the topic and the bus.
struct Places {
    fulfilment: Queue,
    pricing_topic: String,
    pricing: Queue,
    bus_arn: String,
    bus: Queue,
    lot: Queue,
}

impl Places {
    async fn create(aws: &Aws) -> Result<Self> {
        let pricing_topic = aws.topic("dev-pricing").await?;
        let pricing = aws.queue("price-watcher").await?;
        aws.subscribe(&pricing_topic, &pricing, false).await?;

        let bus = aws.queue("bus-listener").await?;
        let bus_arn = aws.bus("dev-shop").await?;
        aws.forward("dev-shop", &json!({ "source": ["com.acme.shop"] }), &bus).await?;

        Ok(Self {
            fulfilment: aws.queue("dev-fulfilment.fifo").await?,
            pricing_topic,
            pricing,
            bus_arn,
            bus,
            lot: aws.queue("dev-shop-waiting").await?,
        })
    }

    fn params(&self) -> BTreeMap<String, String> {
        [
            ("fulfilment_queue", self.fulfilment.arn.as_str()),
            ("pricing_topic", &self.pricing_topic),
            ("events_bus", &self.bus_arn),
            ("lot_queue", &self.lot.arn),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    async fn show(&self, aws: &Aws) -> Result<()> {
        show("The FIFO queue `fulfilment`", aws.drain(&self.fulfilment).await?, |message| {
            Ok(message.body.clone())
        })?;
        show("The topic `pricing`", aws.drain(&self.pricing).await?, |message| {
            let Notification { subject, message } = serde_json::from_str(&message.body)?;
            Ok(format!("{subject:<16} {message}"))
        })?;
        show("The event bus `bus`", aws.drain(&self.bus).await?, |message| {
            let Event { detail_type, detail } = serde_json::from_str(&message.body)?;
            Ok(format!("{detail_type:<16} {detail}"))
        })?;
        show("The lot, for what a route could not take,", aws.drain(&self.lot).await?, |message| {
            Ok(message.body.clone())
        })
    }
}

/// What SNS sends to a queue.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    subject: String,
    message: String,
}

/// What EventBridge sends to a queue.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Event {
    detail_type: String,
    detail: Value,
}

fn show(
    place: &str,
    messages: Vec<Message>,
    line: impl Fn(&Message) -> Result<String>,
) -> Result<()> {
    let count = match messages.len() {
        0 => "nothing".to_owned(),
        1 => "1 message".to_owned(),
        more => format!("{more} messages"),
    };
    println!("\n{place} got {count}");
    for message in &messages {
        println!("  {}", line(message)?);
    }
    Ok(())
}
