//! One page on which to see whether all is well.

use serde_json::{Value, json};

use super::alarms::{LotQueue, lot_queues, routes};
use super::created::Created;
use super::names::logical_id;
use super::{Deployment, Parts, TemplateError};

pub(super) fn add(
    deployment: &Deployment<'_>,
    created: &Created,
    parts: &mut Parts,
) -> Result<(), TemplateError> {
    let of_function = |metric: &str, statistic: &str| {
        let unit = json!({ "stat": statistic });
        json!(["AWS/Lambda", metric, "FunctionName", "${Function}", unit])
    };
    let mut records = Vec::new();
    for (source, _) in deployment.sources() {
        let mapping = format!("${{{}}}", logical_id(&source.name, "Mapping"));
        let label = &source.name;
        for metric in ["PolledEventCount", "FilteredOutEventCount", "DroppedEventCount"] {
            let unit = json!({ "stat": "Sum", "label": format!("{label} {metric}") });
            records.push(json!(["AWS/Lambda", metric, "EventSourceMappingUUID", mapping, unit]));
        }
    }
    let queue = |lot: LotQueue| {
        let unit = json!({ "stat": "Maximum", "label": lot.of });
        json!(["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", lot.name, unit])
    };
    let waiting = lot_queues(deployment, created).into_iter().map(queue).collect();
    let of_routes = |metrics: &[&str], statistic: &str| {
        let routes = routes(deployment).into_iter();
        let metric = |(route, metric): (String, &str)| {
            let unit = json!({ "stat": statistic, "label": format!("{route} {metric}") });
            json!(["Distributary", metric, "FunctionName", "${Function}", "Route", route, unit])
        };
        routes
            .flat_map(|route| metrics.iter().map(move |it| metric((route.clone(), *it))))
            .collect()
    };
    let graphs = [
        ("Deliveries", of_routes(&["Delivered", "Parked"], "Sum")),
        ("Records", records),
        ("Behind the stream, milliseconds", vec![of_function("IteratorAge", "Maximum")]),
        (
            "Invocations",
            vec![
                of_function("Invocations", "Sum"),
                of_function("Errors", "Sum"),
                of_function("Throttles", "Sum"),
            ],
        ),
        (
            "Milliseconds an invocation takes",
            vec![of_function("Duration", "p50"), of_function("Duration", "p99")],
        ),
        ("Waiting in lots", waiting),
        ("Oldest in a lot, seconds", of_routes(&["OldestParkedAge"], "Maximum")),
    ];
    let mut widgets: Vec<Value> = graphs
        .into_iter()
        .filter(|(_, metrics)| !metrics.is_empty())
        .map(|(title, metrics)| {
            let properties = json!({
                "title": title, "metrics": metrics, "period": 300, "region": "${AWS::Region}",
            });
            json!({ "type": "metric", "width": 12, "height": 6, "properties": properties })
        })
        .collect();
    let query = "SOURCE '${Logs}' | filter level = 'WARN' or level = 'ERROR' \
                 | sort @timestamp desc | limit 50";
    widgets.push(json!({
        "type": "log", "width": 24, "height": 6,
        "properties": {
            "title": "What did not go as it should", "query": query, "region": "${AWS::Region}",
        },
    }));
    let body = json!({ "widgets": widgets }).to_string();
    parts.resource(
        "Dashboard",
        "AWS::CloudWatch::Dashboard",
        json!({ "DashboardBody": { "Fn::Sub": body } }),
    )
}
