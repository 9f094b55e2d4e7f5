//! A DynamoDB table as the ledger of a function.
//!
//! | key `id` | attributes |
//! | --- | --- |
//! | `paused` | `routes`, a set of names |
//! | `token#<hash of the stream>#<sequence>#0` | `data`, `parts`, `sum`, `expires` |
//! | `token#<hash of the stream>#<sequence>#<part>` | `data`, `expires` |

mod token;

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use distributary_aws::{Aws, DynamoDb};
use distributary_delivery::hash;
use distributary_router::{Failure, Known, Ledger, Token, TokenKey};
use serde_json::{Value, json};

use crate::connect::ConnectError;

/// How long one call may take, for an operator: an invocation gives its ledger less time, and goes on
/// without it.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a token is kept: a stream keeps its records for 24 hours.
const KEPT: Duration = Duration::from_secs(26 * 60 * 60);
/// What stands in one row: an item has 400 KB at most, its keys included.
const PART: usize = 350 * 1024;
/// `BatchGetItem`: items, and 16 MB of them.
const READ_AT_ONCE: usize = 40;

/// The memory that all sandboxes of a function share, and which routes an operator has paused.
#[derive(Debug)]
pub struct DynamoDbLedger {
    db: DynamoDb,
}

impl DynamoDbLedger {
    /// As [`open`](Self::open), with settings of AWS that were found already.
    ///
    /// # Errors
    /// The table is given by name, and nothing says in which region it is.
    pub fn open_by(aws: &Aws, table: &str) -> Result<Self, ConnectError> {
        Ok(DynamoDbLedger { db: aws.dynamodb(table, TIMEOUT)? })
    }

    /// A table, by name or ARN. Nothing is asked of it yet. `endpoint_url` as in
    /// [`connect`](crate::connect).
    ///
    /// # Errors
    /// There are no credentials, no region, or the endpoint is none.
    pub async fn open(table: &str, endpoint_url: Option<&str>) -> Result<Self, ConnectError> {
        Self::open_by(&Aws::load(endpoint_url).await?, table)
    }

    /// Pauses a route: from the next invocation on, its deliveries go to its lot.
    ///
    /// # Errors
    /// The table cannot be written.
    pub async fn pause(&self, route: &str) -> Result<(), Failure> {
        self.change("ADD", route).await
    }

    /// Lets a route go on. It need not be paused.
    ///
    /// # Errors
    /// The table cannot be written.
    pub async fn resume(&self, route: &str) -> Result<(), Failure> {
        self.change("DELETE", route).await
    }

    /// The names of the routes that are paused.
    ///
    /// # Errors
    /// The table cannot be read.
    pub async fn paused(&self) -> Result<BTreeSet<String>, Failure> {
        let rows = self.rows(&[PAUSED.to_owned()]).await?;
        Ok(rows.first().map(routes).unwrap_or_default())
    }

    async fn change(&self, verb: &str, route: &str) -> Result<(), Failure> {
        let request = json!({
            "TableName": self.db.table(),
            "Key": { "id": { "S": PAUSED } },
            "UpdateExpression": format!("{verb} routes :route"),
            "ExpressionAttributeValues": { ":route": { "SS": [route] } },
        });
        self.db.call("UpdateItem", &request).await?;
        Ok(())
    }

    /// The rows of these ids that there are, in no order.
    async fn rows(&self, ids: &[String]) -> Result<Vec<Value>, Failure> {
        let keys: Vec<_> = ids.iter().map(|id| json!({ "id": { "S": id } })).collect();
        let table = self.db.table();
        let request =
            json!({ "RequestItems": { table: { "Keys": keys, "ConsistentRead": true } } });
        let mut answer = self.db.call("BatchGetItem", &request).await?;
        let left = answer.get("UnprocessedKeys").and_then(Value::as_object);
        if left.is_some_and(|left| !left.is_empty()) {
            return Err(Failure::throttled("the table answered for a part of the rows alone"));
        }
        // The answer names the table as it likes, by name or ARN; there is no other.
        let tables = answer.get_mut("Responses").and_then(Value::as_object_mut);
        let rows = tables.into_iter().flat_map(|tables| tables.values_mut());
        Ok(rows.filter_map(Value::as_array_mut).flat_map(std::mem::take).collect())
    }
}

const PAUSED: &str = "paused";

fn token_id(key: &TokenKey, part: usize) -> String {
    format!("token#{}#{}#{part}", hash(&[&key.stream]), key.sequence)
}

#[async_trait]
impl Ledger for DynamoDbLedger {
    async fn read(&self, key: &TokenKey) -> Result<Known, Failure> {
        let first = token_id(key, 0);
        let rows = self.rows(&[PAUSED.to_owned(), first.clone()]).await?;
        let find = |id: &str| rows.iter().find(|row| text(row, "id", "S") == Some(id));
        let paused = find(PAUSED).map(routes).unwrap_or_default();
        let Some(row) = find(&first) else { return Ok(Known { token: None, paused }) };
        let (Some(parts), Some(sum), Some(mut data)) =
            (parts(row), text(row, "sum", "S"), data(row))
        else {
            return Err(corrupt(&first));
        };
        let rest: Vec<String> = (1..parts).map(|part| token_id(key, part)).collect();
        for some in rest.chunks(READ_AT_ONCE) {
            let rows = self.rows(some).await?;
            for id in some {
                let row = rows.iter().find(|row| text(row, "id", "S") == Some(id));
                data.extend(row.and_then(self::data).ok_or_else(|| corrupt(id))?);
            }
        }
        if sum != token::sum(&data) {
            return Err(corrupt(&first));
        }
        let token = token::decode(&data).map_err(Failure::permanent)?;
        Ok(Known { token: Some(token), paused })
    }

    /// The first row comes last: until it is there, the token is not.
    async fn write(&self, key: &TokenKey, token: &Token) -> Result<(), Failure> {
        let data = token::encode(token).map_err(Failure::permanent)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let expires = (now + KEPT).as_secs().to_string();
        let parts: Vec<_> = data.chunks(PART).enumerate().collect();
        for (part, bytes) in parts.iter().rev() {
            let id = token_id(key, *part);
            let bytes = STANDARD.encode(bytes);
            let item = if *part == 0 {
                json!({
                    "id": { "S": id },
                    "data": { "B": bytes },
                    "expires": { "N": expires },
                    "parts": { "N": parts.len().to_string() },
                    "sum": { "S": token::sum(&data) },
                })
            } else {
                json!({ "id": { "S": id }, "data": { "B": bytes }, "expires": { "N": expires } })
            };
            let request = json!({ "TableName": self.db.table(), "Item": item });
            self.db.call("PutItem", &request).await?;
        }
        Ok(())
    }
}

fn text<'a>(row: &'a Value, attribute: &str, kind: &str) -> Option<&'a str> {
    row.get(attribute)?.get(kind)?.as_str()
}

fn data(row: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(text(row, "data", "B")?).ok()
}

fn parts(row: &Value) -> Option<usize> {
    text(row, "parts", "N")?.parse().ok()
}

fn routes(row: &Value) -> BTreeSet<String> {
    let names = row.get("routes").and_then(|routes| routes.get("SS")).and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn corrupt(id: &str) -> Failure {
    Failure::permanent(format!("the row `{id}` of the ledger is missing or not what was written"))
}
