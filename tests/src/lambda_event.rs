//! What Lambda hands to a function for records read from a stream.
//!
//! An event source mapping passes on what `GetRecords` answers, with these
//! differences and no others:
//!
//! | field | `GetRecords` | Lambda |
//! | --- | --- | --- |
//! | `eventSourceARN` | not there | the stream's ARN |
//! | `userIdentity` | `PrincipalId`, `Type` | `principalId`, `type` |
//! | `awsRegion` | DynamoDB Local says `ddblocal` | the stream's region |
//!
//! The `dynamodb` part, which holds everything that was written, keeps its bytes.

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

const REGION: &str = "eu-central-1";
const ACCOUNT: &str = "123456789012";

/// A record in the order of fields that Lambda has. An unknown field is an error
/// here: dropping it silently would make the captured event a different one.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Record<'a> {
    #[serde(rename = "eventID")]
    event_id: String,
    event_name: String,
    event_version: String,
    event_source: String,
    aws_region: String,
    #[serde(borrow)]
    dynamodb: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_identity: Option<UserIdentity>,
    #[serde(rename = "eventSourceARN", default)]
    event_source_arn: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "PascalCase"), deny_unknown_fields)]
struct UserIdentity {
    principal_id: String,
    r#type: String,
}

/// Turns one record of `GetRecords` into one of a Lambda event; `stream` is the
/// ARN that DynamoDB Local gave the stream, of which table and label are kept.
///
/// # Errors
/// When it is no stream record, or has a field that Lambda's form does not know.
pub fn record(raw: &RawValue, stream: &str) -> Result<Box<RawValue>> {
    let mut record: Record<'_> =
        serde_json::from_str(raw.get()).context("not a record of a DynamoDB stream")?;
    let (_, table_and_label) = stream.split_once(":table/").context("not the ARN of a stream")?;
    record.aws_region = REGION.to_owned();
    record.event_source_arn =
        format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table_and_label}");
    Ok(serde_json::value::to_raw_value(&record)?)
}

/// A Lambda event with these records, one on a line.
#[must_use]
pub fn event<'a>(records: impl IntoIterator<Item = &'a RawValue>) -> String {
    let lines: Vec<&str> = records.into_iter().map(RawValue::get).collect();
    format!("{{\"Records\":[\n{}\n]}}\n", lines.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_keeps_its_bytes_and_lambda_adds_its_own() {
        let raw = r#"{"eventID":"1","eventName":"REMOVE","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"ddblocal","dynamodb":{"z": 1.50, "a":"\u00e9"},"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}}"#;
        let raw: &RawValue = serde_json::from_str(raw).unwrap();

        let record =
            record(raw, "arn:aws:dynamodb:ddblocal:000000000000:table/t/stream/2026").unwrap();

        assert_eq!(
            record.get(),
            r#"{"eventID":"1","eventName":"REMOVE","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-central-1","dynamodb":{"z": 1.50, "a":"\u00e9"},"userIdentity":{"principalId":"dynamodb.amazonaws.com","type":"Service"},"eventSourceARN":"arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026"}"#
        );
    }

    #[test]
    fn a_field_that_would_be_dropped_is_an_error() {
        let raw: &RawValue = serde_json::from_str(
            r#"{"eventID":"1","eventName":"INSERT","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"ddblocal","dynamodb":{},"news":1}"#,
        )
        .unwrap();
        assert!(record(raw, "arn:aws:dynamodb:ddblocal:0:table/t/stream/2026").is_err());
    }
}
