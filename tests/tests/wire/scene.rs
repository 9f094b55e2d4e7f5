//! What one test has to itself: a table, queues and a function with its rules.

use distributary_tests::aws::{Aws, Queue};
use distributary_tests::components::{self, workspace};
use distributary_tests::dynamodb::{DynamoDb, Table};
use distributary_tests::function::{Function, Settings};
use distributary_tests::lambda_event;
use distributary_tests::stream::Stream;
use serde_json::value::RawValue;
use serde_json::{Value, json};

pub(crate) struct Scene {
    pub(crate) name: &'static str,
    pub(crate) aws: Aws,
    pub(crate) dynamodb: DynamoDb,
    stream: Stream,
    pub(crate) settings: Settings,
}

/// One record as the function gets it.
pub(crate) struct Change {
    pub(crate) raw: Box<RawValue>,
    pub(crate) id: String,
    pub(crate) sequence: String,
}

impl Scene {
    /// A table of this name, and the rules in `tests/rules/` of this name.
    pub(crate) async fn new(name: &'static str, rules: &str) -> Self {
        let dynamodb = DynamoDb::new(components::dynamodb().endpoint());
        let table = Table {
            table: name.to_owned(),
            key: vec!["pk".to_owned(), "sk".to_owned()],
            view: "NEW_AND_OLD_IMAGES".to_owned(),
            ttl: None,
        };
        dynamodb.create_table(&table).await.unwrap();
        let stream = dynamodb.stream(name).await.unwrap();
        let endpoint = components::ministack().endpoint();
        let mut settings = Settings::new(workspace().join("tests/rules").join(rules), endpoint);
        settings.params.insert("table".to_owned(), name.to_owned());
        Self { name, aws: Aws::new(endpoint), dynamodb, stream, settings }
    }

    /// Creates a queue and sets the parameter that names it.
    pub(crate) async fn queue(&mut self, param: &str) -> Queue {
        let queue = self.aws.queue(&format!("{}-{param}", self.name)).await.unwrap();
        self.set(param, &queue.arn);
        queue
    }

    /// Creates a FIFO queue and sets the parameter that names it.
    pub(crate) async fn fifo_queue(&mut self, param: &str) -> Queue {
        let queue = self.aws.queue(&format!("{}-{param}.fifo", self.name)).await.unwrap();
        self.set(param, &queue.arn);
        queue
    }

    /// Creates a table with these keys, for the function to use, and returns its name.
    pub(crate) async fn table(&mut self, purpose: &str, key: &[&str]) -> String {
        let table = Table {
            table: format!("{}-{purpose}", self.name),
            key: key.iter().map(|&key| key.to_owned()).collect(),
            view: "KEYS_ONLY".to_owned(),
            ttl: None,
        };
        self.dynamodb.create_table(&table).await.unwrap();
        let endpoint = components::dynamodb().endpoint().to_owned();
        self.settings.endpoints.insert("DYNAMODB".to_owned(), endpoint);
        table.table
    }

    /// Gives the function a ledger, and returns the name of its table.
    pub(crate) async fn ledger(&mut self) -> String {
        let table = self.table("ledger", &["id"]).await;
        self.settings.variables.insert("DISTRIBUTARY_LEDGER".to_owned(), table.clone());
        table
    }

    pub(crate) fn set(&mut self, param: &str, value: &str) {
        self.settings.params.insert(param.to_owned(), value.to_owned());
    }

    pub(crate) async fn function(&self) -> Function {
        Function::start(&self.settings).await.unwrap()
    }

    /// Reads the table's stream at this endpoint, from its oldest record on.
    pub(crate) async fn read_at(&mut self, endpoint: &str) {
        self.stream = DynamoDb::new(endpoint).stream(self.name).await.unwrap();
    }

    /// The ARN of the table's stream.
    pub(crate) fn stream_arn(&self) -> &str {
        self.stream.arn()
    }

    /// Writes an item with these attributes beside its key.
    pub(crate) async fn put(&self, pk: &str, attributes: Value) {
        self.dynamodb.put(self.name, &item(pk, attributes)).await.unwrap();
    }

    pub(crate) async fn put_all(&self, items: &[Value]) {
        self.dynamodb.put_all(self.name, items).await.unwrap();
    }

    pub(crate) async fn delete(&self, pk: &str) {
        self.dynamodb.delete(self.name, &item(pk, json!({}))).await.unwrap();
    }

    /// The next records of the table's stream.
    pub(crate) async fn changes(&mut self, count: usize) -> Vec<Change> {
        let records = self.stream.read_exactly(count).await.unwrap();
        records
            .iter()
            .map(|record| {
                let raw = lambda_event::record(record, self.stream.arn()).unwrap();
                let record: Value = serde_json::from_str(raw.get()).unwrap();
                Change {
                    raw,
                    id: record["eventID"].as_str().unwrap().to_owned(),
                    sequence: record["dynamodb"]["SequenceNumber"].as_str().unwrap().to_owned(),
                }
            })
            .collect()
    }
}

pub(crate) fn item(pk: &str, attributes: Value) -> Value {
    let mut item = json!({ "pk": { "S": pk }, "sk": { "S": "META" } });
    let attributes = attributes.as_object().unwrap().clone();
    item.as_object_mut().unwrap().extend(attributes);
    item
}

pub(crate) fn event(changes: &[Change]) -> String {
    lambda_event::event(changes.iter().map(|change| &*change.raw))
}

/// The answer to a batch of which everything is settled.
pub(crate) fn all_settled() -> Value {
    json!({ "batchItemFailures": [] })
}
