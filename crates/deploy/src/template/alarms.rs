//! What somebody has to hear of.

use distributary_delivery::Arn;
use distributary_rules::AddressKind;
use serde_json::{Value, json};

use super::created::Created;
use super::names::logical_id;
use super::{Deployment, Parts, TemplateError};
use crate::RulesAt;

/// When an alarm is raised: above `above`, three times in a row where it may pass by itself.
struct Alarm<'a> {
    id: String,
    says: &'a str,
    namespace: &'a str,
    metric: &'a str,
    dimensions: Value,
    statistic: &'a str,
    above: u64,
    lasting: bool,
}

impl Alarm<'_> {
    fn add(self, parts: &mut Parts) -> Result<(), TemplateError> {
        let periods = if self.lasting { 3 } else { 1 };
        parts.resource(
            &self.id,
            "AWS::CloudWatch::Alarm",
            json!({
                "AlarmDescription": self.says,
                "Namespace": self.namespace,
                "MetricName": self.metric,
                "Dimensions": self.dimensions,
                "Statistic": self.statistic,
                "Period": 300,
                "EvaluationPeriods": periods,
                "Threshold": self.above,
                "ComparisonOperator": "GreaterThanThreshold",
                "TreatMissingData": "notBreaching",
                "AlarmActions": [
                    { "Fn::If": ["HasAlarmTopic", { "Ref": "AlarmTopic" }, { "Ref": "AWS::NoValue" }] },
                ],
            }),
        )
    }
}

/// A queue that is a lot.
pub(super) struct LotQueue {
    pub(super) of: String,
    /// The queue's name, as `Fn::Sub` takes it.
    pub(super) name: String,
}

/// The lots of which SQS itself says how much waits in them, and since when.
pub(super) fn lot_queues(deployment: &Deployment<'_>, created: &Created) -> Vec<LotQueue> {
    let queue = |address: distributary_rules::Address| {
        let id = logical_id(&address.of, "Lot");
        let name = match created.places.contains_key(&id) {
            true => format!("${{{id}.QueueName}}"),
            false => Arn::parse(address.text.as_deref()?)?.resource,
        };
        Some(LotQueue { of: address.of, name })
    };
    let addresses = deployment.program.addresses().into_iter();
    addresses.filter(|address| address.kind == AddressKind::LotQueue).filter_map(queue).collect()
}

/// The routes that something can wait for.
pub(super) fn routes(deployment: &Deployment<'_>) -> Vec<String> {
    use AddressKind::{Bus, Queue, Topic};
    let addresses = deployment.program.addresses().into_iter();
    let routes = addresses.filter(|address| matches!(address.kind, Bus | Queue | Topic));
    routes.map(|route| route.of).collect()
}

fn substituted(text: &str) -> Value {
    if text.contains("${") { json!({ "Fn::Sub": text }) } else { json!(text) }
}

pub(super) fn add(
    deployment: &Deployment<'_>,
    created: &Created,
    parts: &mut Parts,
) -> Result<(), TemplateError> {
    let of_function = json!({ "Name": "FunctionName", "Value": { "Ref": "Function" } });
    let function = |id: &str, says, metric, statistic, above, lasting| Alarm {
        id: id.to_owned(),
        says,
        namespace: "AWS/Lambda",
        metric,
        dimensions: json!([of_function]),
        statistic,
        above,
        lasting,
    };
    // Milliseconds.
    let quarter_of_an_hour = 900_000;
    for alarm in [
        function(
            "IteratorAgeAlarm",
            "The function is a quarter of an hour behind a stream, which keeps records for a day",
            "IteratorAge",
            "Maximum",
            quarter_of_an_hour,
            true,
        ),
        Alarm {
            namespace: "Distributary",
            ..function(
                "UndecodableAlarm",
                "Records cannot be decoded: they are in the lot of their source, where it has one",
                "Undecodable",
                "Sum",
                0,
                false,
            )
        },
        function("ErrorsAlarm", "Invocations fail", "Errors", "Sum", 0, false),
        function("ThrottlesAlarm", "Invocations are throttled", "Throttles", "Sum", 0, true),
    ] {
        alarm.add(parts)?;
    }
    if let RulesAt::Object { .. } = deployment.rules {
        let says = "The rules in S3 cannot be used: those of the zip are in force";
        let of_rules = function("FallbackRulesAlarm", says, "FallbackRules", "Sum", 0, false);
        Alarm { namespace: "Distributary", ..of_rules }.add(parts)?;
    }
    for (source, _) in deployment.sources() {
        let mapping = logical_id(&source.name, "Mapping");
        let of_mapping = |end, says, metric| Alarm {
            id: logical_id(&source.name, end),
            says,
            namespace: "AWS/Lambda",
            metric,
            dimensions: json!([{ "Name": "EventSourceMappingUUID", "Value": { "Ref": mapping } }]),
            statistic: "Sum",
            above: 0,
            lasting: false,
        };
        let gave_up = "A mapping gave records up: they are in the bucket Failures";
        let lost = "A mapping dropped records, and could not keep them in the bucket Failures";
        of_mapping("GivenUpAlarm", gave_up, "OnFailureDestinationDeliveredEventCount")
            .add(parts)?;
        of_mapping("DroppedAlarm", lost, "DroppedEventCount").add(parts)?;
    }
    for route in routes(deployment) {
        let waits = Alarm {
            id: logical_id(&route, "WaitsAlarm"),
            says: "A delivery has waited in the lot for an hour: its target is sick, or refuses it",
            namespace: "Distributary",
            metric: "OldestParkedAge",
            dimensions: json!([of_function, { "Name": "Route", "Value": route }]),
            statistic: "Maximum",
            above: 3600,
            lasting: false,
        };
        waits.add(parts)?;
    }
    for LotQueue { of, name } in lot_queues(deployment, created) {
        let depth = Alarm {
            id: logical_id(&of, "DepthAlarm"),
            says: "Much waits in a lot: a target is sick",
            namespace: "AWS/SQS",
            metric: "ApproximateNumberOfMessagesVisible",
            dimensions: json!([{ "Name": "QueueName", "Value": substituted(&name) }]),
            statistic: "Maximum",
            above: 1000,
            lasting: true,
        };
        depth.add(parts)?;
    }
    Ok(())
}
