//! Five targets in the local services, and the functions that send to them.

use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use distributary_tests::aws::{Aws, Queue};
use distributary_tests::components::{self, Server, workspace};
use distributary_tests::dynamodb::{DynamoDb, Table};
use distributary_tests::function::{Function, Settings};
use distributary_tests::proxy::{Fault, Proxy, Request};
use distributary_tests::runtime_api::Outcome;
use serde_json::Value;

use crate::changes;

/// How long an answer of a service is held back: about what one takes on AWS, of which local services
/// say nothing.
pub(crate) const ANSWER: Duration = Duration::from_millis(10);

/// Lambda's own limit.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(900);

/// Who does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worker {
    Distributary,
    Batching,
    OneByOne,
}

impl Worker {
    pub(crate) const ALL: [Worker; 3] = [Worker::Distributary, Worker::Batching, Worker::OneByOne];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Worker::Distributary => "Distributary",
            Worker::Batching => "batching by hand",
            Worker::OneByOne => "one by one",
        }
    }
}

pub(crate) struct World {
    pub(crate) services: Proxy,
    pub(crate) database: Proxy,
    pub(crate) work: Queue,
    pub(crate) aws: Aws,
    settings: Settings,
    _servers: [Server; 2],
}

impl World {
    pub(crate) async fn new() -> Result<Self> {
        let servers = [components::start_ministack()?, components::start_dynamodb()?];
        let [ministack, dynamodb] = &servers;
        let aws = Aws::new(ministack.endpoint());
        let services = Proxy::start(ministack.endpoint()).await?;
        let database = Proxy::start(dynamodb.endpoint()).await?;
        let work = aws.queue("cost-work").await?;
        let ordered = aws.queue("cost-ordered.fifo").await?;
        let lot = aws.queue("cost-lot").await?;
        let news = aws.topic("cost-news").await?;
        let ordered_news = aws.topic("cost-news.fifo").await?;
        aws.bus("cost-bus").await?;
        for (name, key) in [("cost-ledger", &["id"][..]), ("cost-rows", &["pk", "sk"])] {
            let table = Table {
                table: name.to_owned(),
                key: key.iter().map(|&name| name.to_owned()).collect(),
                view: "KEYS_ONLY".to_owned(),
                ttl: None,
            };
            DynamoDb::new(dynamodb.endpoint()).create_table(&table).await?;
        }

        let mut settings = Settings::new(workspace().join("tests/rules/cost"), services.endpoint());
        settings.endpoints.insert("DYNAMODB".to_owned(), database.endpoint().to_owned());
        for (name, value) in [
            ("work_queue", &work.arn),
            ("ordered_queue", &ordered.arn),
            ("lot_queue", &lot.arn),
            ("news_topic", &news),
            ("ordered_topic", &ordered_news),
            ("bus", &"cost-bus".to_owned()),
            ("lot_table", &"cost-rows".to_owned()),
        ] {
            settings.params.insert(name.to_owned(), value.clone());
        }
        for (name, value) in [
            ("DISTRIBUTARY_LEDGER", "cost-ledger"),
            ("WORK_QUEUE_URL", work.url()),
            ("ORDERED_QUEUE_URL", ordered.url()),
            ("NEWS_TOPIC_ARN", &news),
            ("ORDERED_TOPIC_ARN", &ordered_news),
            ("BUS", "cost-bus"),
        ] {
            settings.variables.insert(name.to_owned(), value.to_owned());
        }
        Ok(Self { services, database, work, aws, settings, _servers: servers })
    }

    pub(crate) async fn start(&self, worker: Worker) -> Result<Function> {
        let mut settings = self.settings.clone();
        let sends = match worker {
            Worker::Distributary => return Function::start(&settings).await,
            Worker::Batching => "batches",
            Worker::OneByOne => "one-by-one",
        };
        settings.variables.insert("SENDS".to_owned(), sends.to_owned());
        Function::start_program(&handwritten()?, &settings).await
    }

    /// Holds every answer back, as [`ANSWER`] says.
    pub(crate) fn slow_down(&self) {
        for proxy in [&self.services, &self.database] {
            proxy.make_sick("HTTP/1.1", Fault::Slow(ANSWER));
        }
    }

    pub(crate) fn record(&self) {
        self.services.record();
        self.database.record();
    }

    /// The requests since [`record`](Self::record).
    pub(crate) fn recorded(&self) -> Vec<Request> {
        [self.services.take_recorded(), self.database.take_recorded()].concat()
    }

    /// All workers send the same; numbers are compared as floats, which is what those by hand are.
    pub(crate) async fn agree(&self) -> Result<()> {
        let event = changes::event(&changes::mixed(1_000));
        let mut sent = Vec::new();
        for worker in Worker::ALL {
            let mut function = self.start(worker).await?;
            invoke(&mut function, event.clone()).await?;
            function.stop().await?;
            let messages = self.aws.drain(&self.work).await?;
            let body = |body: &str| Ok(serde_json::from_str::<Value>(body)?.to_string());
            let bodies = messages.iter().map(|message| body(&message.body));
            sent.push(bodies.collect::<Result<BTreeSet<_>>>()?);
        }
        ensure!(!sent[0].is_empty(), "nothing is sent");
        ensure!(sent.iter().all(|bodies| *bodies == sent[0]), "the functions send not the same");
        Ok(())
    }
}

/// Gives an event to a function; everything in it must be settled.
pub(crate) async fn invoke(function: &mut Function, event: String) -> Result<()> {
    match function.outcome(event, TIMEOUT).await? {
        Outcome::Response(answer) if answer == r#"{"batchItemFailures":[]}"# => Ok(()),
        outcome => anyhow::bail!("not everything was settled: {outcome:?}"),
    }
}

fn handwritten() -> Result<PathBuf> {
    let path = env::var_os("DISTRIBUTARY_HANDWRITTEN");
    Ok(workspace().join(path.context("`DISTRIBUTARY_HANDWRITTEN` names no function")?))
}
