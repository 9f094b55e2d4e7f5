//! Queues, topics, buses, tables and buckets.

use std::collections::{BTreeMap, BTreeSet};

use distributary_aws::api::{EVENTS, SNS, SQS};
use distributary_delivery::Arn;
use distributary_doctor::{Bus, Look, Seen, Table};
use distributary_targets::DynamoDbLedger;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Ask, denies};
use super::{Reader, TIMEOUT};

type Attributes = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Queue {
    queue_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfQueue {
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfTopic {
    get_topic_attributes_result: Entries,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entries {
    attributes: Map,
}

#[derive(Deserialize)]
struct Map {
    #[serde(default, rename = "entry")]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    key: String,
    #[serde(default)]
    value: String,
}

impl Reader {
    /// The attributes of queues, by ARN.
    pub(in super::super) async fn queues(&self, look: &Look) -> BTreeMap<String, Seen<Attributes>> {
        let mut queues = BTreeMap::new();
        for arn in &look.queues {
            queues.insert(arn.clone(), self.queue(arn).await);
        }
        queues
    }

    async fn queue(&self, arn: &str) -> Seen<Attributes> {
        let ask = Ask::new("sqs:GetQueueUrl", arn);
        let missing = ["QueueDoesNotExist", "NonExistentQueue"];
        let sqs = match self.aws_of(arn).api(&SQS, TIMEOUT) {
            Ok(sqs) => sqs,
            Err(error) => return ask.unseen(false, &error),
        };
        let (name, account) = match Arn::parse(arn) {
            Some(arn) => (arn.resource, arn.account),
            None => return Seen::Missing,
        };
        let request = json!({ "QueueName": name, "QueueOwnerAWSAccountId": account });
        let queue =
            match ask.json::<Queue>(sqs.json("AmazonSQS.GetQueueUrl", &request).await, &missing) {
                Seen::There(queue) => queue,
                Seen::Missing => return Seen::Missing,
                Seen::Unseen(why) => return Seen::Unseen(why),
            };
        let request = json!({ "QueueUrl": queue.queue_url, "AttributeNames": ["All"] });
        let ask = Ask::new("sqs:GetQueueAttributes", arn);
        let answer = sqs.json("AmazonSQS.GetQueueAttributes", &request).await;
        ask.json::<OfQueue>(answer, &missing).map(|it| it.attributes)
    }

    /// The attributes of topics, by ARN.
    pub(in super::super) async fn topics(&self, look: &Look) -> BTreeMap<String, Seen<Attributes>> {
        let mut topics = BTreeMap::new();
        for arn in &look.topics {
            let ask = Ask::new("sns:GetTopicAttributes", arn);
            let seen = match self.aws_of(arn).api(&SNS, TIMEOUT) {
                Ok(sns) => {
                    let answer = sns.query("GetTopicAttributes", &[("TopicArn", arn)]).await;
                    ask.xml::<OfTopic>(answer, &["NotFound", "NotFoundException"])
                }
                Err(error) => ask.unseen(false, &error),
            };
            let entries = |it: OfTopic| it.get_topic_attributes_result.attributes.entries;
            let pairs = |it| entries(it).into_iter().map(|it| (it.key, it.value)).collect();
            topics.insert(arn.clone(), seen.map(pairs));
        }
        topics
    }

    /// Buses, by name or ARN. One of another account is not described by its name.
    pub(in super::super) async fn buses(&self, look: &Look) -> BTreeMap<String, Seen<Bus>> {
        let mut buses = BTreeMap::new();
        for bus in &look.buses {
            let ask = Ask::new("events:DescribeEventBus", &self.full("events", "event-bus", bus));
            let seen = match self.aws_of(bus).api(&EVENTS, TIMEOUT) {
                Ok(_) if self.is_elsewhere(bus) => {
                    ask.unseen(true, &"a bus of another account is described there alone")
                }
                Ok(events) => {
                    let name = bus.rsplit('/').next().unwrap_or(bus);
                    let request = json!({ "Name": name });
                    let answer = events.json("AWSEvents.DescribeEventBus", &request).await;
                    ask.json(answer, &["ResourceNotFoundException"])
                }
                Err(error) => ask.unseen(false, &error),
            };
            buses.insert(bus.clone(), seen);
        }
        buses
    }

    /// Tables, by name or ARN.
    pub(in super::super) async fn tables(&self, look: &Look) -> BTreeMap<String, Seen<Table>> {
        let read = |answer: Value| serde_json::from_value(answer.get("Table")?.clone()).ok();
        self.of_tables("dynamodb:DescribeTable", &look.tables, read).await
    }

    /// By which attribute the items of tables expire, by name or ARN.
    pub(in super::super) async fn expiry(
        &self,
        look: &Look,
    ) -> BTreeMap<String, Seen<Option<String>>> {
        let read = |answer: Value| {
            let description = answer.get("TimeToLiveDescription")?;
            let status = description.get("TimeToLiveStatus")?.as_str()?;
            let name = || Some(description.get("AttributeName")?.as_str()?.to_owned());
            Some(if ["ENABLED", "ENABLING"].contains(&status) { name() } else { None })
        };
        self.of_tables("dynamodb:DescribeTimeToLive", &look.expiry, read).await
    }

    async fn of_tables<T>(
        &self,
        action: &'static str,
        tables: &BTreeSet<String>,
        read: impl Fn(Value) -> Option<T>,
    ) -> BTreeMap<String, Seen<T>> {
        let mut seen = BTreeMap::new();
        for table in tables {
            let ask = Ask::new(action, &self.full("dynamodb", "table", table));
            let operation = action.trim_start_matches("dynamodb:");
            let it = match self.aws_of(table).dynamodb(table, TIMEOUT) {
                Ok(db) => match db.call(operation, &json!({ "TableName": table })).await {
                    Ok(answer) => match read(answer) {
                        Some(it) => Seen::There(it),
                        None => ask.unseen(false, &"the service's answer could not be read"),
                    },
                    Err(error) => ask.failed(&error, &["ResourceNotFoundException"]),
                },
                Err(error) => ask.unseen(false, &error),
            };
            seen.insert(table.clone(), it);
        }
        seen
    }

    /// Whether what the names of objects begin with can be listed, by the name of the bucket.
    pub(in super::super) async fn buckets(&self, look: &Look) -> BTreeMap<String, Seen<()>> {
        let mut buckets = BTreeMap::new();
        for (bucket, prefix) in &look.buckets {
            let ask = Ask::new("s3:ListBucket", &format!("arn:aws:s3:::{bucket}"));
            let seen = match self.aws.s3(bucket, TIMEOUT) {
                Ok(s3) => match s3.list(prefix, None, 1).await {
                    Ok(_) => Seen::There(()),
                    Err(error) => ask.failed(&error, &["NoSuchBucket"]),
                },
                Err(error) => ask.unseen(false, &error),
            };
            buckets.insert(bucket.clone(), seen);
        }
        buckets
    }

    /// The routes that are paused in a ledger.
    pub(in super::super) async fn paused(&self, ledger: &str) -> Seen<BTreeSet<String>> {
        let ask = Ask::new("dynamodb:BatchGetItem", &self.full("dynamodb", "table", ledger));
        let opened = match DynamoDbLedger::open_by(&self.aws_of(ledger), ledger) {
            Ok(opened) => opened,
            Err(error) => return ask.unseen(false, &error),
        };
        match opened.paused().await {
            Ok(paused) => Seen::There(paused),
            Err(failure) => ask.unseen(denies(&failure.reason), &failure.reason),
        }
    }

    /// The ARN of something that may be written as a name.
    fn full(&self, service: &str, kind: &str, text: &str) -> String {
        match text.starts_with("arn:") {
            true => text.to_owned(),
            false => self.arn(service, &format!("{kind}/{text}")),
        }
    }

    fn is_elsewhere(&self, arn: &str) -> bool {
        let account = |arn: &str| Arn::parse(arn).map(|arn| arn.account);
        let home = self.home.as_deref().and_then(account);
        home.is_some() && account(arn).is_some_and(|account| Some(account) != home)
    }
}
