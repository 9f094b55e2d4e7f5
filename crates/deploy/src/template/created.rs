//! Queues, topics, buses, buckets and tables that the template makes.

use std::collections::{BTreeMap, BTreeSet};

use distributary_rules::{Address, AddressKind, RouteKind, Source};
use serde_json::{Value, json};

use super::names::logical_id;
use super::{Deployment, Parts, TemplateError};
use crate::policy::{Home, References, Resource, Stream};

/// AWS's own key, which whoever may publish in the account may use without being granted it.
const KEY_OF_SNS: &str = "alias/aws/sns";

/// What the template makes.
#[derive(Debug, Default)]
pub(super) struct Created {
    /// Parameters of the rules whose values come from what is made.
    pub(super) references: References,
    /// Routes and lots, by logical id.
    pub(super) places: BTreeMap<String, Place>,
    tables: BTreeSet<String>,
}

/// A route's target or a lot.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) address: Address,
    fifo: bool,
}

impl Created {
    pub(super) fn new(deployment: &Deployment<'_>) -> Result<Self, TemplateError> {
        let program = deployment.program;
        let mut created = Created::default();
        let addresses = program.addresses();
        for name in &deployment.create {
            let address = addresses.iter().find(|address| address.of == *name);
            let is_source = deployment.sources().any(|(source, _)| *source.name == **name);
            match address {
                Some(address) => created.place(deployment, address)?,
                None if is_source => drop(created.tables.insert(name.clone())),
                None => return Err(TemplateError::Unknown(name.clone())),
            }
        }
        Ok(created)
    }

    fn place(
        &mut self,
        deployment: &Deployment<'_>,
        address: &Address,
    ) -> Result<(), TemplateError> {
        let program = deployment.program;
        let param = address.param.and_then(|param| program.params().get(param));
        if param.is_some_and(|param| self.references.contains_key(&*param.name)) {
            return Ok(());
        }
        let (suffix, attribute) = match address.kind {
            AddressKind::Bus => ("Bus", "Arn"),
            AddressKind::Queue => ("Queue", "Arn"),
            AddressKind::Topic => ("Topic", "TopicArn"),
            AddressKind::LotQueue | AddressKind::LotTable | AddressKind::LotBucket { .. } => {
                ("Lot", "Arn")
            }
        };
        let id = logical_id(&address.of, suffix);
        match param {
            Some(param) => {
                self.references.insert(param.name.to_string(), (id.clone(), attribute.to_owned()));
            }
            None if address.is_open() => {}
            None => return Err(TemplateError::Fixed(address.of.clone())),
        }
        let mut routes = program.routes().iter();
        let fifo = routes.any(|route| {
            *route.name == *address.of
                && matches!(route.kind, RouteKind::SqsFifo | RouteKind::SnsFifo)
        });
        match self.places.insert(id.clone(), Place { address: address.clone(), fifo }) {
            None => Ok(()),
            Some(_) => Err(TemplateError::SameId(id)),
        }
    }

    pub(super) fn makes_table(&self, source: &Source) -> bool {
        self.tables.contains(&*source.name)
    }

    /// Whether it makes a table with data.
    pub(super) fn makes_tables(&self) -> bool {
        let lots = || self.places.values().any(|lot| lot.address.kind == AddressKind::LotTable);
        !self.tables.is_empty() || lots()
    }

    /// The stream of a source, by how the template names it.
    pub(super) fn stream(&self, source: &Source) -> Stream {
        if self.makes_table(source) {
            let table = logical_id(&source.name, "Table");
            return Stream {
                stream: Resource::attribute(&table, "StreamArn"),
                all: Resource::attribute(&table, "Arn").then("/stream/*"),
            };
        }
        let table = source.table.as_deref().unwrap_or("*");
        Stream {
            stream: Resource::parameter(&logical_id(&source.name, "Stream")),
            all: Home::Template.resource("dynamodb", &format!("table/{table}/stream/*")),
        }
    }

    /// What a parameter is set to that stands for an attribute. Rules know buckets by their names.
    pub(super) fn value(&self, of: &str, attribute: &str) -> Value {
        match self.places.get(of).map(|place| &place.address.kind) {
            Some(AddressKind::LotBucket { .. }) => json!({ "Ref": of }),
            _ => json!({ "Fn::GetAtt": [of, attribute] }),
        }
    }

    pub(super) fn add(
        &self,
        deployment: &Deployment<'_>,
        parts: &mut Parts,
    ) -> Result<(), TemplateError> {
        for (source, _) in deployment.sources().filter(|(source, _)| self.makes_table(source)) {
            let id = logical_id(&source.name, "Table");
            parts.resource(&id, "AWS::DynamoDB::Table", table(source)?)?;
        }
        for (id, place) in &self.places {
            place.add(id, parts)?;
        }
        Ok(())
    }
}

impl Place {
    /// What CloudFormation does not think of itself: a bus needs a name, a FIFO one its end.
    fn own_name(&self, end: &str) -> Value {
        let name = self.address.of.replace('_', "-");
        json!({ "Fn::Sub": format!("${{AWS::StackName}}-{name}{end}") })
    }

    fn add(&self, id: &str, parts: &mut Parts) -> Result<(), TemplateError> {
        let name = self.address.name();
        let (ty, properties) = match &self.address.kind {
            AddressKind::Bus => {
                let own = || self.own_name("");
                ("AWS::Events::EventBus", json!({ "Name": name.map_or_else(own, Value::from) }))
            }
            AddressKind::Queue if self.fifo => (
                "AWS::SQS::Queue",
                json!({
                    "QueueName": self.own_name(".fifo"),
                    "FifoQueue": true,
                    "SqsManagedSseEnabled": true,
                    // Each group has its own share, as each has its own order.
                    "DeduplicationScope": "messageGroup",
                    "FifoThroughputLimit": "perMessageGroupId",
                }),
            ),
            AddressKind::Queue => ("AWS::SQS::Queue", json!({ "SqsManagedSseEnabled": true })),
            AddressKind::Topic if self.fifo => (
                "AWS::SNS::Topic",
                json!({
                    "TopicName": self.own_name(".fifo"),
                    "FifoTopic": true,
                    "KmsMasterKeyId": KEY_OF_SNS,
                }),
            ),
            AddressKind::Topic => ("AWS::SNS::Topic", json!({ "KmsMasterKeyId": KEY_OF_SNS })),
            AddressKind::LotQueue => (
                "AWS::SQS::Queue",
                // 14 days, the longest that SQS keeps a message.
                json!({ "SqsManagedSseEnabled": true, "MessageRetentionPeriod": 1_209_600 }),
            ),
            AddressKind::LotTable => ("AWS::DynamoDB::Table", lot_table(name)),
            AddressKind::LotBucket { .. } => return bucket(id, name, parts),
        };
        parts.resource(id, ty, properties)
    }
}

/// A table with the stream that its source declares. What type a key has the rules do not say.
fn table(source: &Source) -> Result<Value, TemplateError> {
    if source.key.is_empty() {
        return Err(TemplateError::NoKey(source.name.to_string()));
    }
    let mut table = keyed(&source.key);
    let view = source.view.map_or("NEW_AND_OLD_IMAGES", |view| view.as_str());
    if let Value::Object(table) = &mut table {
        table.insert("TableName".to_owned(), json!(source.table));
        table.insert("StreamSpecification".to_owned(), json!({ "StreamViewType": view }));
        if let Some(ttl) = &source.ttl {
            let expiry = json!({ "AttributeName": ttl, "Enabled": true });
            table.insert("TimeToLiveSpecification".to_owned(), expiry);
        }
    }
    Ok(table)
}

fn lot_table(name: Option<&str>) -> Value {
    let mut table = keyed(&["pk".to_owned(), "sk".to_owned()]);
    if let (Value::Object(table), Some(name)) = (&mut table, name) {
        table.insert("TableName".to_owned(), json!(name));
    }
    table
}

/// A table with data in it. DynamoDB encrypts every table.
fn keyed(key: &[String]) -> Value {
    let attribute = |name| json!({ "AttributeName": name, "AttributeType": "S" });
    let schema = |(name, ty)| json!({ "AttributeName": name, "KeyType": ty });
    json!({
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": key.iter().map(attribute).collect::<Vec<_>>(),
        "KeySchema": key.iter().zip(["HASH", "RANGE"]).map(schema).collect::<Vec<_>>(),
        "DeletionProtectionEnabled": { "Ref": "DeletionProtection" },
        "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true },
    })
}

/// A bucket for what nobody should see and that somebody should take out in time.
pub(super) fn bucket(id: &str, name: Option<&str>, parts: &mut Parts) -> Result<(), TemplateError> {
    let encryption = json!({ "ServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" } });
    let expiry = json!({
        "Status": "Enabled",
        "ExpirationInDays": { "Ref": "FailureRetentionInDays" },
    });
    let mut properties = json!({
        "BucketEncryption": { "ServerSideEncryptionConfiguration": [encryption] },
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": true,
            "BlockPublicPolicy": true,
            "IgnorePublicAcls": true,
            "RestrictPublicBuckets": true,
        },
        "LifecycleConfiguration": { "Rules": [expiry] },
    });
    if let (Value::Object(properties), Some(name)) = (&mut properties, name) {
        properties.insert("BucketName".to_owned(), json!(name));
    }
    parts.resource(id, "AWS::S3::Bucket", properties)
}
