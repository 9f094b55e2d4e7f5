//! Messages, routes, lots and sources as the specification writes them.

use std::time::Duration;

use distributary_delivery::{Attribute, LotPlace, Message, OnFailure, Oversize};
use distributary_rules::{Program, Unmatched};
use serde_json::{Value, json};

/// A message as JSON; what it does not have is left out.
pub(super) fn message(message: &Message) -> Value {
    let Message { body, group, dedup, subject, detail_type, resources, attributes } = message;
    let mut object = serde_json::Map::new();
    object.insert("body".to_owned(), serde_json::from_slice(body).unwrap());
    let texts =
        [("group", group), ("dedup", dedup), ("subject", subject), ("detail_type", detail_type)];
    for (name, text) in texts {
        if let Some(text) = text {
            object.insert(name.to_owned(), json!(text));
        }
    }
    if !resources.is_empty() {
        object.insert("resources".to_owned(), json!(resources));
    }
    if !attributes.is_empty() {
        let shown = attributes.iter().map(|(name, value)| match value {
            Attribute::String(text) => (name.clone(), json!({ "String": text })),
            Attribute::Number(digits) => (name.clone(), json!({ "Number": digits })),
        });
        object.insert("attributes".to_owned(), shown.collect());
    }
    Value::Object(object)
}

/// What the router gets to know of a route.
pub(super) fn route(program: &Program, name: &str, column: &str) -> String {
    let resolved = program.resolve().unwrap();
    let route = resolved.routes.iter().find(|route| &*route.name == name).expect("a route");
    let lot = |lot: usize| format!("waits in {}", resolved.lots[lot].name);
    match column {
        "when it fails" => match route.on_failure {
            OnFailure::Park(index) => lot(index),
            OnFailure::Drop => "dropped".to_owned(),
            OnFailure::Block { lot: None, .. } => "blocks".to_owned(),
            OnFailure::Block { max_block, lot: Some(index) } => {
                format!("blocks for {}, then {}", duration(max_block), lot(index))
            }
        },
        "when it is too large" => match route.oversize {
            None => "as when it fails".to_owned(),
            Some(Oversize::Park(index)) => lot(index),
            Some(Oversize::Keys) => "its keys are sent".to_owned(),
            Some(Oversize::Drop) => "dropped".to_owned(),
        },
        "timeout" => duration(route.timeout),
        "within" => duration(route.within),
        "retry" => route.retry.to_string(),
        "concurrency" => route.concurrency.to_string(),
        other => panic!("a route has no `{other}`"),
    }
}

/// What the router gets to know of a lot.
pub(super) fn lot(program: &Program, name: &str, column: &str) -> String {
    let resolved = program.resolve().unwrap();
    let lot = resolved.lots.iter().find(|lot| &*lot.name == name).expect("a lot");
    match column {
        "place" => match &lot.place {
            LotPlace::Sqs { queue } => format!("queue {}", queue.resource),
            LotPlace::DynamoDb { table } => format!("table {table}"),
            LotPlace::S3 { bucket, prefix } => {
                format!("bucket {bucket}, names start with {prefix:?}")
            }
            LotPlace::File { path } => format!("file {}", path.display()),
        },
        "what it does not take" => lot
            .then
            .map_or("stays".to_owned(), |then| format!("goes to {}", resolved.lots[then].name)),
        other => panic!("a lot has no `{other}`"),
    }
}

/// What is known of a source.
pub(super) fn source(program: &Program, name: &str, column: &str) -> String {
    let source = program.sources().iter().find(|source| &*source.name == name).expect("a source");
    match column {
        "table" => source.table.clone().unwrap_or_else(|| "unknown".to_owned()),
        "key" => source.key.join(", "),
        "unmatched records are" => match source.unmatched {
            Unmatched::Ignore => "nobody's business",
            Unmatched::Count => "counted",
            Unmatched::Warn => "counted and warned of",
        }
        .to_owned(),
        other => panic!("a source has no `{other}`"),
    }
}

fn duration(duration: Duration) -> String {
    match (duration.as_millis(), duration.as_secs()) {
        (millis, _) if millis % 1000 != 0 => format!("{millis}ms"),
        (_, seconds) if seconds % 60 == 0 => format!("{}m", seconds / 60),
        (_, seconds) => format!("{seconds}s"),
    }
}
