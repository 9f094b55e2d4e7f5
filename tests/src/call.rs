//! Calls of AWS, as they pass a [`proxy`](crate::proxy), and the permissions that they need.
//!
//! What IAM asks for is in the [service authorization reference]: a batch needs the action of its
//! entries, and a transaction that of each operation in it.
//!
//! [service authorization reference]: https://docs.aws.amazon.com/service-authorization/latest/reference/

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::proxy::Request;

/// The account of both components.
pub const ACCOUNT: &str = "000000000000";

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// The service, as it is signed for: `sqs`, `dynamodb`, …
    pub service: String,
    /// The operation, such as `SendMessageBatch`.
    pub operation: String,
    /// What it is about: members of JSON, fields of a form, or parts of the path of S3.
    pub input: Value,
    region: String,
}

/// An action on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// Such as `sqs:SendMessage`.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// What a condition of S3 may limit it to: the name of the key, and the value.
    pub limit: Option<(String, String)>,
}

impl Call {
    /// Reads a request in any of the protocols of the services that are called.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn read(request: &Request) -> Result<Self> {
        let (region, service) = scope(request).context("a request that is not signed")?;
        let (operation, input) = if service == "s3" {
            of_bucket(request)?
        } else if let Some(target) = request.header("x-amz-target") {
            let (_, operation) =
                target.rsplit_once('.').context("a target without an operation")?;
            (operation.to_owned(), serde_json::from_slice(&request.body)?)
        } else {
            of_form(&request.body)?
        };
        Ok(Self { service, operation, input, region })
    }

    /// What whoever makes this call has to be allowed.
    ///
    /// # Errors
    /// When it is a call that is not known here.
    pub fn permissions(&self) -> Result<Vec<Permission>> {
        let needed = match (self.service.as_str(), self.operation.as_str()) {
            ("sqs", operation) => {
                let url = text(&self.input, "QueueUrl")?;
                let name = url.rsplit('/').next().unwrap_or(url);
                vec![(operation.trim_end_matches("Batch"), self.arn("sqs", name))]
            }
            ("sns", operation) => {
                let topic = text(&self.input, "TopicArn")?;
                vec![(operation.trim_end_matches("Batch"), topic.to_owned())]
            }
            ("events", "PutEvents") => {
                let entries = self.input["Entries"].as_array().context("no entries")?;
                let bus = |entry| Ok(("PutEvents", self.bus(text(entry, "EventBusName")?)));
                entries.iter().map(bus).collect::<Result<_>>()?
            }
            ("dynamodb", "BatchGetItem") => {
                let tables = self.input["RequestItems"].as_object().context("no tables")?;
                tables.keys().map(|table| ("BatchGetItem", self.table(table))).collect()
            }
            ("dynamodb", "TransactWriteItems") => {
                let operations = self.input["TransactItems"].as_array().context("no operations")?;
                let all = operations.iter().filter_map(Value::as_object).flatten();
                let one = |(kind, operation): (&String, &Value)| {
                    let action = match kind.as_str() {
                        "Put" => "PutItem",
                        "Update" => "UpdateItem",
                        "Delete" => "DeleteItem",
                        "ConditionCheck" => "ConditionCheckItem",
                        other => bail!("a transaction has no `{other}`"),
                    };
                    Ok((action, self.table(text(operation, "TableName")?)))
                };
                all.map(one).collect::<Result<_>>()?
            }
            ("dynamodb", "ListStreams") => {
                let table = self.table(text(&self.input, "TableName")?);
                vec![("ListStreams", format!("{table}/stream/*"))]
            }
            ("dynamodb", operation @ ("DescribeStream" | "GetShardIterator")) => {
                vec![(operation, self.stream(text(&self.input, "StreamArn")?))]
            }
            ("dynamodb", "GetRecords") => {
                // The stream's ARN is a part of what is otherwise not to be read.
                let mut parts = text(&self.input, "ShardIterator")?.split('|');
                let stream = parts.find(|part| part.starts_with("arn:")).context("no stream")?;
                vec![("GetRecords", self.stream(stream))]
            }
            ("dynamodb", operation) => {
                vec![(operation, self.table(text(&self.input, "TableName")?))]
            }
            ("s3", "ListBucket") => {
                let bucket = format!("arn:aws:s3:::{}", text(&self.input, "Bucket")?);
                vec![("ListBucket", bucket)]
            }
            ("s3", operation) => {
                let (bucket, key) = (text(&self.input, "Bucket")?, text(&self.input, "Key")?);
                vec![(operation, format!("arn:aws:s3:::{bucket}/{key}"))]
            }
            (service, operation) => bail!("`{service}` has no `{operation}` that is known here"),
        };
        let limits = [("s3:prefix", "Prefix"), ("s3:VersionId", "VersionId")];
        let limit = limits
            .into_iter()
            .find_map(|(key, name)| Some((key.to_owned(), self.input[name].as_str()?.to_owned())));
        let permission = |(action, resource)| Permission {
            action: format!("{}:{action}", self.service),
            resource,
            limit: limit.clone(),
        };
        Ok(needed.into_iter().map(permission).collect())
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{ACCOUNT}:{resource}", self.region)
    }

    fn bus(&self, name: &str) -> String {
        if name.starts_with("arn:") {
            return name.to_owned();
        }
        self.arn("events", &format!("event-bus/{name}"))
    }

    fn table(&self, name: &str) -> String {
        if name.starts_with("arn:") {
            return name.to_owned();
        }
        self.arn("dynamodb", &format!("table/{name}"))
    }

    /// DynamoDB Local has a region of its own.
    fn stream(&self, arn: &str) -> String {
        arn.replacen(":ddblocal:", &format!(":{}:", self.region), 1)
    }
}

/// Region and service of `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn scope(request: &Request) -> Option<(String, String)> {
    let (_, scope) = request.header("authorization")?.split_once("Credential=")?;
    let mut parts = scope.split('/').skip(2);
    Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
}

fn text<'a>(input: &'a Value, name: &str) -> Result<&'a str> {
    input[name].as_str().with_context(|| format!("a call without `{name}`"))
}

fn of_form(body: &[u8]) -> Result<(String, Value)> {
    let fields = fields(std::str::from_utf8(body)?)?;
    let operation = fields.get("Action").context("a form without an action")?.clone();
    Ok((operation, serde_json::to_value(fields)?))
}

/// The bucket stands in the path.
fn of_bucket(request: &Request) -> Result<(String, Value)> {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let path = percent_decode_str(path.trim_start_matches('/')).decode_utf8()?;
    let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
    let mut input = BTreeMap::from([("Bucket", bucket.to_owned()), ("Key", key.to_owned())]);
    let mut query = fields(query)?;
    let operation = match (request.method.as_str(), key) {
        ("GET", "") => {
            input.insert("Prefix", query.remove("prefix").unwrap_or_default());
            "ListBucket"
        }
        ("GET", _) if query.contains_key("versionId") => {
            input.extend(query.remove("versionId").map(|version| ("VersionId", version)));
            "GetObjectVersion"
        }
        ("PUT", key) if !key.is_empty() => "PutObject",
        ("GET", _) => "GetObject",
        ("DELETE", key) if !key.is_empty() => "DeleteObject",
        (method, key) => bail!("S3 is asked to {method} `{key}`, which is not known here"),
    };
    Ok((operation.to_owned(), serde_json::to_value(input)?))
}

fn fields(text: &str) -> Result<BTreeMap<String, String>> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let field = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = value.replace('+', " ");
        Ok((name.to_owned(), percent_decode_str(&value).decode_utf8()?.into_owned()))
    };
    pairs.map(field).collect()
}
