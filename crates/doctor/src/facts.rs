//! What was seen of a deployment. The names are those of the services' own answers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

/// All that was seen.
#[derive(Debug, Clone, Deserialize)]
pub struct Facts {
    /// The function.
    pub function: Seen<Function>,
    /// Its event source mappings.
    pub mappings: Seen<Vec<Mapping>>,
    /// What its role allows.
    pub role: Seen<Role>,
    /// The attributes of queues, by ARN.
    #[serde(default)]
    pub queues: BTreeMap<String, Seen<BTreeMap<String, String>>>,
    /// The attributes of topics, by ARN.
    #[serde(default)]
    pub topics: BTreeMap<String, Seen<BTreeMap<String, String>>>,
    /// Buses, by name or ARN.
    #[serde(default)]
    pub buses: BTreeMap<String, Seen<Bus>>,
    /// Tables, by name or ARN.
    #[serde(default)]
    pub tables: BTreeMap<String, Seen<Table>>,
    /// The attribute by which a table's items expire, by its name or ARN.
    #[serde(default)]
    pub expiry: BTreeMap<String, Seen<Option<String>>>,
    /// Whether buckets can be listed, by name.
    #[serde(default)]
    pub buckets: BTreeMap<String, Seen<()>>,
    /// The routes that are paused; nothing where there is no ledger.
    pub paused: Option<Seen<BTreeSet<String>>>,
}

/// What came of looking at something.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen<T> {
    /// It is there.
    There(T),
    /// It is not there.
    Missing,
    /// It could not be looked at.
    Unseen(Unseen),
}

impl<T> Seen<T> {
    /// What is made of it where it is there.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Seen<U> {
        match self {
            Seen::There(it) => Seen::There(make(it)),
            Seen::Missing => Seen::Missing,
            Seen::Unseen(why) => Seen::Unseen(why),
        }
    }
}

/// Why something could not be looked at.
#[derive(Debug, Clone, Deserialize)]
pub struct Unseen {
    /// The action, such as `sqs:GetQueueAttributes`.
    pub action: String,
    /// The ARN, name or pattern of what it is an action on.
    pub resource: String,
    /// Whether permission was refused.
    pub denied: bool,
    /// The service's error code, or why there was no answer.
    pub reason: String,
}

/// A function's configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Function {
    /// Its name.
    pub function_name: String,
    /// Its ARN.
    pub function_arn: String,
    /// The ARN of its role.
    pub role: String,
    /// `Active`, `Pending`, `Inactive` or `Failed`.
    pub state: Option<String>,
    /// `Successful`, `InProgress` or `Failed`.
    pub last_update_status: Option<String>,
    /// MiB.
    pub memory_size: Option<u32>,
    /// Seconds.
    pub timeout: Option<u64>,
    /// `arm64` or `x86_64`.
    #[serde(default)]
    pub architectures: Vec<String>,
    /// Its variables.
    #[serde(default)]
    pub environment: Environment,
    /// Where its log goes.
    pub logging_config: Option<LoggingConfig>,
    /// The key that its variables are encrypted with, where it is not the service's own.
    #[serde(rename = "KMSKeyArn")]
    pub kms_key_arn: Option<String>,
}

/// The variables of a function.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Environment {
    /// By name.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// Why they are not there.
    pub error: Option<Refused>,
}

/// Why a part of an answer is not there.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Refused {
    /// The error code.
    pub error_code: String,
}

/// Where a function's log goes.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoggingConfig {
    /// The group.
    pub log_group: Option<String>,
}

/// An event source mapping.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Mapping {
    /// Its id.
    #[serde(rename = "UUID")]
    pub uuid: String,
    /// The stream.
    pub event_source_arn: Option<String>,
    /// `Enabled`, `Disabled`, or on the way to one of them.
    pub state: Option<String>,
    /// What came of the last batch, in words of the service.
    pub last_processing_result: Option<String>,
    /// Records.
    pub batch_size: Option<u32>,
    /// Seconds.
    pub maximum_batching_window_in_seconds: Option<u64>,
    /// Batches of one shard at a time.
    pub parallelization_factor: Option<u32>,
    /// −1 for as many as there is time for.
    pub maximum_retry_attempts: Option<i64>,
    /// Seconds; −1 for no limit.
    pub maximum_record_age_in_seconds: Option<i64>,
    /// Whether a batch that fails is cut in two.
    pub bisect_batch_on_function_error: Option<bool>,
    /// `TRIM_HORIZON`, `LATEST` or `AT_TIMESTAMP`.
    pub starting_position: Option<String>,
    /// `ReportBatchItemFailures`, if anything.
    #[serde(default)]
    pub function_response_types: Vec<String>,
    /// Where what is given up goes: `{"OnFailure": {"Destination"}}`.
    #[serde(default)]
    pub destination_config: Value,
    /// `{"Filters": [{"Pattern"}]}`
    #[serde(default)]
    pub filter_criteria: Value,
    /// The key that its filter is encrypted with, where it is not the service's own.
    #[serde(rename = "KMSKeyArn")]
    pub kms_key_arn: Option<String>,
    /// Why the filter is not there.
    pub filter_criteria_error: Option<Refused>,
    /// What is counted: `{"Metrics": ["EventCount"]}`.
    #[serde(default)]
    pub metrics_config: Value,
}

/// What a role allows.
#[derive(Debug, Clone, Deserialize)]
pub struct Role {
    /// Its policies, those of its own first.
    pub documents: Vec<Document>,
}

/// A policy of a role.
#[derive(Debug, Clone, Deserialize)]
pub struct Document {
    /// Its name.
    pub name: String,
    /// Its ARN, where it is not the role's own.
    pub arn: Option<String>,
    /// The policy document.
    pub document: Value,
}

/// An event bus.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Bus {
    /// The key that it is encrypted with, where it is not the service's own.
    pub kms_key_identifier: Option<String>,
}

/// A table's description.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Table {
    /// Its partition key, and its sort key.
    #[serde(default)]
    pub key_schema: Vec<Key>,
    /// The types of its keys.
    #[serde(default)]
    pub attribute_definitions: Vec<Attribute>,
    /// What its stream carries.
    pub stream_specification: Option<StreamSpecification>,
    /// The stream that it writes, or wrote last.
    pub latest_stream_arn: Option<String>,
}

/// A key of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Key {
    /// The attribute.
    pub attribute_name: String,
}

/// An attribute of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    /// Its name.
    pub attribute_name: String,
    /// `S`, `N` or `B`.
    pub attribute_type: String,
}

/// What a stream carries.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StreamSpecification {
    /// Whether it is on.
    #[serde(default)]
    pub stream_enabled: bool,
    /// Such as `NEW_AND_OLD_IMAGES`.
    pub stream_view_type: Option<String>,
}

impl Mapping {
    /// The destination of what is given up.
    pub(crate) fn on_failure(&self) -> Option<&str> {
        self.destination_config.get("OnFailure")?.get("Destination")?.as_str()
    }

    /// The patterns of its filters.
    pub(crate) fn patterns(&self) -> Vec<String> {
        let filters = self.filter_criteria.get("Filters").and_then(Value::as_array);
        let pattern = |filter: &Value| filter.get("Pattern")?.as_str().map(str::to_owned);
        filters.into_iter().flatten().filter_map(pattern).collect()
    }

    /// The table whose stream it reads.
    pub(crate) fn table(&self) -> Option<&str> {
        table_of(self.event_source_arn.as_deref()?)
    }
}

/// The name of the table in the ARN of a stream.
pub(crate) fn table_of(stream: &str) -> Option<&str> {
    stream.split_once(":table/")?.1.split('/').next()
}
