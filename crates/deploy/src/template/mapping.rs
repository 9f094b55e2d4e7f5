//! Event source mappings, and where what they give up goes.

use serde_json::{Value, json};

use super::created::{Created, bucket};
use super::names::logical_id;
use super::{Deployment, Parts, Settings, TemplateError};
use crate::filter::Criteria;
use crate::policy::Resource;

/// The bucket for batches that a mapping gives up: S3 alone keeps the records themselves.
pub(super) fn on_failure() -> Resource {
    Resource::attribute("Failures", "Arn")
}

pub(super) fn add(
    deployment: &Deployment<'_>,
    created: &Created,
    parts: &mut Parts,
) -> Result<(), TemplateError> {
    bucket("Failures", None, parts)?;
    let description = "Batches that a mapping gave up, with their records";
    parts.output("Failures", description, json!({ "Ref": "Failures" }));
    for (source, criteria) in deployment.sources() {
        let id = logical_id(&source.name, "Mapping");
        let stream = created.stream(source).stream;
        let properties = mapping(&deployment.settings, criteria, &stream);
        parts.resource(&id, "AWS::Lambda::EventSourceMapping", properties)?;
        let description = format!("The event source mapping of {}", source.name);
        parts.output(&id, &description, json!({ "Ref": id }));
    }
    Ok(())
}

fn mapping(settings: &Settings, criteria: &Criteria, stream: &Resource) -> Value {
    let mut properties = json!({
        "FunctionName": { "Ref": "Function" },
        "EventSourceArn": stream.to_json(),
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": settings.batch_size,
        "MaximumBatchingWindowInSeconds": settings.window,
        "ParallelizationFactor": settings.parallelization,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BisectBatchOnFunctionError": true,
        // Age ends it, not a count: an outage is no reason to give a record up.
        "MaximumRetryAttempts": -1,
        "MaximumRecordAgeInSeconds": { "Ref": "MaximumRecordAgeInSeconds" },
        "DestinationConfig": { "OnFailure": { "Destination": on_failure().to_json() } },
        "MetricsConfig": { "Metrics": ["EventCount"] },
    });
    // Without filters there are no criteria.
    if let (Value::Object(properties), false) = (&mut properties, criteria.patterns.is_empty()) {
        properties.insert("FilterCriteria".to_owned(), criteria.to_json());
    }
    properties
}
