//! The function, its role, log group and ledger, and the schedule on which it redrives.

use distributary_rules::variable;
use serde_json::{Map, Value, json};

use super::created::Created;
use super::{Deployment, Parts, TemplateError};
use crate::RulesAt;
use crate::policy::Resource;

/// The ledger's table, in which processes share what they settled.
pub(super) fn ledger() -> Resource {
    Resource::attribute("Ledger", "Arn")
}

pub(super) fn log_group() -> Resource {
    // Its attribute ends in `:*` already.
    Resource::attribute("Logs", "Arn")
}

pub(super) fn add(
    deployment: &Deployment<'_>,
    created: &Created,
    policy: &Value,
    parts: &mut Parts,
) -> Result<(), TemplateError> {
    parts.resource("Function", "AWS::Serverless::Function", function(deployment, created))?;
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "lambda.amazonaws.com" },
            "Action": "sts:AssumeRole",
        }],
    });
    let policies = json!([{ "PolicyName": "distributary", "PolicyDocument": policy }]);
    let role = json!({ "AssumeRolePolicyDocument": trust, "Policies": policies });
    parts.resource("Role", "AWS::IAM::Role", role)?;
    let logs = json!({ "RetentionInDays": { "Ref": "LogRetentionInDays" } });
    parts.resource("Logs", "AWS::Logs::LogGroup", logs)?;
    parts.resource(
        "Ledger",
        "AWS::DynamoDB::Table",
        json!({
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "TimeToLiveSpecification": { "AttributeName": "expires", "Enabled": true },
        }),
    )?;
    redrive(parts)?;
    parts.output("Function", "The function's name", json!({ "Ref": "Function" }));
    parts.output("Logs", "Its log group", json!({ "Ref": "Logs" }));
    parts.output("Ledger", "Its ledger, for `distributary pause`", json!({ "Ref": "Ledger" }));
    Ok(())
}

fn function(deployment: &Deployment<'_>, created: &Created) -> Value {
    let settings = &deployment.settings;
    let mut function = json!({
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Architectures": [settings.architecture],
        "CodeUri": deployment.code,
        "MemorySize": settings.memory,
        "Timeout": settings.timeout,
        "Role": { "Fn::GetAtt": ["Role", "Arn"] },
        "LoggingConfig": { "LogGroup": { "Ref": "Logs" } },
        "Environment": { "Variables": variables(deployment, created) },
    });
    if let (RulesAt::Layer(layer), Value::Object(function)) = (&deployment.rules, &mut function) {
        function.insert("Layers".to_owned(), json!([layer]));
    }
    function
}

fn variables(deployment: &Deployment<'_>, created: &Created) -> Value {
    let given = deployment.environment.iter().map(|(name, value)| (name.clone(), json!(value)));
    let mut variables: Map<String, Value> = given.collect();
    if let Some(place) = deployment.rules.variable() {
        variables.insert("DISTRIBUTARY_RULES".to_owned(), json!(place));
    }
    for (param, (of, attribute)) in &created.references {
        variables.insert(variable(param), created.value(of, attribute));
    }
    // Each mapping below has `ReportBatchItemFailures`, which an event does not tell.
    variables.insert("DISTRIBUTARY_PARTIAL_BATCH_RESPONSE".to_owned(), json!("on"));
    variables.insert("DISTRIBUTARY_LEDGER".to_owned(), json!({ "Ref": "Ledger" }));
    Value::Object(variables)
}

/// A table on which nothing changes gets no batch, and its lots would wait for one.
fn redrive(parts: &mut Parts) -> Result<(), TemplateError> {
    parts.resource(
        "Redrive",
        "AWS::Events::Rule",
        json!({
            "Description": "Redrives the lots of tables on which nothing changes",
            "ScheduleExpression": "rate(5 minutes)",
            "Targets": [{
                "Id": "function",
                "Arn": { "Fn::GetAtt": ["Function", "Arn"] },
                "Input": json!({ "distributary": "redrive" }).to_string(),
            }],
        }),
    )?;
    parts.resource(
        "RedrivePermission",
        "AWS::Lambda::Permission",
        json!({
            "Action": "lambda:InvokeFunction",
            "FunctionName": { "Ref": "Function" },
            "Principal": "events.amazonaws.com",
            "SourceArn": { "Fn::GetAtt": ["Redrive", "Arn"] },
        }),
    )
}
