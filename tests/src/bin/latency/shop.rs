//! A table, five targets, and a queue behind each in which its messages are received.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use distributary_tests::aws::{Aws, Queue};
use distributary_tests::components::{self, Server, workspace};
use distributary_tests::dynamodb::{DynamoDb, Table};
use distributary_tests::function::Settings;
use distributary_tests::lambda_event;
use distributary_tests::stream::Stream;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::way::Way;

pub(crate) const TARGETS: [&str; 5] = ["sqs", "sqs.fifo", "sns", "sns.fifo", "eventbridge"];

/// How often streams and queues are asked.
const POLL: Duration = Duration::from_millis(2);
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Shop {
    pub(crate) aws: Aws,
    pub(crate) settings: Settings,
    pub(crate) topics: [String; 2],
    /// Where each target's messages arrive.
    pub(crate) queues: [Queue; 5],
    dynamodb: DynamoDb,
    stream: Stream,
    _servers: [Server; 2],
}

/// How long a change took from when its write began.
pub(crate) struct Times {
    pub(crate) read: Duration,
    pub(crate) arrived: [Duration; 5],
}

impl Shop {
    pub(crate) async fn new() -> Result<Self> {
        let servers = [components::start_ministack()?, components::start_dynamodb()?];
        let aws = Aws::new(servers[0].endpoint());
        let dynamodb = DynamoDb::new(servers[1].endpoint());
        let table = |table: &str, key: &[&str]| Table {
            table: table.to_owned(),
            key: key.iter().map(|&name| name.to_owned()).collect(),
            view: "NEW_AND_OLD_IMAGES".to_owned(),
            ttl: None,
        };
        for (name, key) in [("shop", &["pk"][..]), ("ledger", &["id"]), ("rows", &["pk", "sk"])] {
            dynamodb.create_table(&table(name, key)).await?;
        }
        let stream = dynamodb.stream("shop").await?;

        let queues = [
            aws.queue("work").await?,
            aws.queue("ordered.fifo").await?,
            aws.queue("news").await?,
            aws.queue("news.fifo").await?,
            aws.queue("bus").await?,
        ];
        let topics = [aws.topic("news").await?, aws.topic("news.fifo").await?];
        aws.subscribe(&topics[0], &queues[2], true).await?;
        aws.subscribe(&topics[1], &queues[3], true).await?;
        aws.bus("shop").await?;
        aws.forward("shop", &json!({ "source": ["com.acme.shop"] }), &queues[4]).await?;
        let lot = aws.queue("lot").await?;

        let mut settings =
            Settings::new(workspace().join("tests/rules/cost"), servers[0].endpoint());
        settings.endpoints.insert("DYNAMODB".to_owned(), servers[1].endpoint().to_owned());
        let [work, ordered, ..] = &queues;
        for (name, value) in [
            ("work_queue", work.arn.as_str()),
            ("ordered_queue", &ordered.arn),
            ("news_topic", &topics[0]),
            ("ordered_topic", &topics[1]),
            ("bus", "shop"),
            ("lot_queue", &lot.arn),
            ("lot_table", "rows"),
        ] {
            settings.params.insert(name.to_owned(), value.to_owned());
        }
        for (name, value) in [
            ("DISTRIBUTARY_LEDGER", "ledger"),
            ("SENDS", "batches"),
            ("WORK_QUEUE_URL", work.url()),
            ("ORDERED_QUEUE_URL", ordered.url()),
            ("NEWS_TOPIC_ARN", &topics[0]),
            ("ORDERED_TOPIC_ARN", &topics[1]),
            ("BUS", "shop"),
        ] {
            settings.variables.insert(name.to_owned(), value.to_owned());
        }
        Ok(Self { aws, settings, topics, queues, dynamodb, stream, _servers: servers })
    }

    /// An order becomes paid, and goes this way.
    pub(crate) async fn change(&mut self, way: &mut Way, name: &str) -> Result<Times> {
        let order = format!("O#{}-{name}", way.name());
        self.put(&order, "Placed").await?;
        self.next_record().await?;

        let start = Instant::now();
        self.put(&order, "Paid").await?;
        let event = self.next_record().await?;
        let read = start.elapsed();
        let arrivals = self.queues.iter().map(|queue| self.arrival(queue, &order, start));
        let arrivals = async { try_join_all(arrivals).await };
        let ((), arrived) = tokio::try_join!(way.go(self, &order, event), arrivals)?;
        let arrived = arrived.try_into().ok().context("not one arrival for each target")?;
        Ok(Times { read, arrived })
    }

    async fn put(&self, order: &str, status: &str) -> Result<()> {
        let item = json!({
            "pk": { "S": order },
            "entityType": { "S": "Order" },
            "status": { "S": status },
            "total": { "N": "12.50" },
        });
        self.dynamodb.put("shop", &item).await
    }

    /// The event with the next record of the stream.
    async fn next_record(&mut self) -> Result<String> {
        let start = Instant::now();
        loop {
            let records = self.stream.read().await?;
            if let [record] = records.as_slice() {
                return Ok(lambda_event::event([&*lambda_event::record(
                    record,
                    self.stream.arn(),
                )?]));
            }
            ensure!(records.is_empty() && start.elapsed() < PATIENCE, "not one record");
            sleep(POLL).await;
        }
    }

    /// How long after `start` a queue gives out the message about this order.
    async fn arrival(&self, queue: &Queue, order: &str, start: Instant) -> Result<Duration> {
        loop {
            for message in self.aws.receive_some(queue).await? {
                let body: Value = serde_json::from_str(&message.body)?;
                if body["order"] == order || body["detail"]["order"] == order {
                    return Ok(start.elapsed());
                }
            }
            ensure!(start.elapsed() < PATIENCE, "nothing arrives in {}", queue.arn);
            sleep(POLL).await;
        }
    }
}
