//! What whoever deploys decides.

use serde_json::json;

use super::created::Created;
use super::names::logical_id;
use super::{Deployment, Parts, TemplateError};

/// The lengths of time that CloudWatch Logs offers.
const LOG_RETENTION: [u32; 12] = [1, 3, 7, 14, 30, 60, 90, 180, 365, 731, 1827, 3653];

pub(super) fn add(
    deployment: &Deployment<'_>,
    created: &Created,
    parts: &mut Parts,
) -> Result<(), TemplateError> {
    for (source, _) in deployment.sources().filter(|(source, _)| !created.makes_table(source)) {
        let id = logical_id(&source.name, "Stream");
        let table = source.table.as_deref().unwrap_or(&source.name);
        let parameter = json!({
            "Type": "String",
            "AllowedPattern": "arn:[^:]+:dynamodb:[^:]+:\\d{12}:table/[^/]+/stream/.+",
            "ConstraintDescription": "the ARN of a table's stream",
            "Description": format!("ARN of the stream of the table {table}"),
        });
        if parts.parameters.insert(id.clone(), parameter).is_some() {
            return Err(TemplateError::SameId(id));
        }
    }
    let mut add = |id: &str, parameter| parts.parameters.insert(id.to_owned(), parameter);
    add(
        "AlarmTopic",
        json!({
            "Type": "String",
            "Default": "",
            "Description": "ARN of the topic that alarms are sent to; without one they only show",
        }),
    );
    add(
        "MaximumRecordAgeInSeconds",
        json!({
            "Type": "Number",
            // A stream keeps a record for 86,400 seconds: an hour is left to put it elsewhere.
            "Default": 82_800,
            "MinValue": 60,
            "MaxValue": 86_000,
            "Description": "After so long a record that holds its shard goes to the bucket Failures",
        }),
    );
    add(
        "LogRetentionInDays",
        json!({
            "Type": "Number",
            "Default": 30,
            "AllowedValues": LOG_RETENTION,
            "Description": "How long logs are kept",
        }),
    );
    add(
        "FailureRetentionInDays",
        json!({
            "Type": "Number",
            "Default": 90,
            "MinValue": 1,
            "Description": "How long the bucket Failures and lots in S3 keep what nobody took out",
        }),
    );
    if created.makes_tables() {
        add(
            "DeletionProtection",
            json!({
                "Type": "String",
                "Default": "true",
                "AllowedValues": ["true", "false"],
                "Description": "Whether tables with data refuse to be deleted",
            }),
        );
    }
    let alarmed = json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "AlarmTopic" }, ""] }] });
    parts.conditions.insert("HasAlarmTopic".to_owned(), alarmed);
    Ok(())
}
