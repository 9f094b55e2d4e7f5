//! DynamoDB: one table, and operations as plain JSON.

use serde::Deserialize;
use serde_json::Value;

use crate::client::{Answer, CallError, Client, unreadable};
use crate::failure;

/// A table.
#[derive(Debug)]
pub struct DynamoDb {
    client: Client,
    table: String,
}

impl DynamoDb {
    pub(crate) fn new(client: Client, table: &str) -> Self {
        DynamoDb { client, table: table.to_owned() }
    }

    /// The table's name or ARN, as requests name it.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Calls an operation, for instance `Query`, with a request in the API's own JSON.
    ///
    /// # Errors
    /// The service cannot be reached, or refuses.
    pub async fn call(&self, operation: &str, request: &Value) -> Result<Value, CallError> {
        json(&self.client, &format!("DynamoDB_20120810.{operation}"), request).await
    }
}

/// One call of a service that speaks JSON.
pub(crate) async fn json<T: for<'a> Deserialize<'a>>(
    client: &Client,
    target: &str,
    request: &Value,
) -> Result<T, CallError> {
    let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", target)];
    let url = format!("{}/", client.endpoint());
    let body = request.to_string().into_bytes();
    let answer = client.send("POST", &url, &headers, body).await?;
    if answer.status != 200 {
        return Err(refusal(&answer));
    }
    serde_json::from_slice(&answer.body).map_err(|_| unreadable(answer.status).into())
}

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(rename = "__type")]
    code: Option<String>,
    #[serde(alias = "Message")]
    message: Option<String>,
    #[serde(rename = "CancellationReasons", default)]
    reasons: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(rename = "Code")]
    code: Option<String>,
}

fn refusal(answer: &Answer) -> CallError {
    let refusal: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
    let code = refusal.code.map(|code| match code.rsplit_once('#') {
        Some((_, code)) => code.to_owned(),
        None => code,
    });
    let reasons: Vec<_> = refusal
        .reasons
        .into_iter()
        .map(|reason| reason.code.filter(|code| code != "None"))
        .collect();
    let whole = failure::of_answer(answer.status, code.as_deref(), refusal.message.as_deref());
    // A transaction is refused for what one of its operations met; another's conflict passes.
    let failure = match reasons.iter().flatten().find(|code| *code != "ConditionalCheckFailed") {
        Some(code) if code == "TransactionConflict" => {
            distributary_router::Failure::transient(code)
        }
        Some(code) => failure::of_code(code, None),
        None => whole,
    };
    CallError { code, reasons, failure }
}
