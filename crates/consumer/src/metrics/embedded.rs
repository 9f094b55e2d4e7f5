//! The embedded metric format: a log line that CloudWatch makes metrics of.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::time::Duration;

use serde_json::{Map, Value, json};

/// The namespace of all metrics.
const NAMESPACE: &str = "Distributary";

/// The most values that a metric may have in one line.
const VALUES: usize = 100;

/// One line, with metrics of the same dimensions.
pub(super) struct Document {
    milliseconds: i64,
    dimensions: Vec<String>,
    metrics: Vec<Value>,
    members: Map<String, Value>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    Count,
    Seconds,
    Milliseconds,
}

impl Document {
    /// A line of a time in seconds since the epoch. The hash of the rules is no dimension: each of
    /// its values would be a metric to pay for.
    pub(super) fn new(now: i64, rules: &str, dimensions: &[(&str, &str)]) -> Self {
        let mut members = Map::from_iter([("rules".to_owned(), rules.into())]);
        members
            .extend(dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
        Document {
            milliseconds: now.saturating_mul(1_000),
            dimensions: dimensions.iter().map(|(name, _)| (*name).to_owned()).collect(),
            metrics: Vec::new(),
            members,
        }
    }

    /// Adds how many there were, where there were any.
    pub(super) fn count(&mut self, name: &str, count: usize) {
        if count > 0 {
            self.add(name, Unit::Count, count.into());
        }
    }

    pub(super) fn value(&mut self, name: &str, unit: Unit, value: u64) {
        self.add(name, unit, value.into());
    }

    /// Adds times in milliseconds, given in ascending order, of which percentiles can be asked: of
    /// more than a line may have, every so manieth and the longest.
    pub(super) fn spread(&mut self, name: &str, times: &[Duration]) {
        let kept = times.len().min(VALUES);
        let place = |nth: usize| (nth * times.len()).div_ceil(kept) - 1;
        let times: Vec<Value> = (1..=kept)
            .filter_map(|nth| times.get(place(nth)))
            .map(|time| json!(time.as_micros() as f64 / 1_000.0))
            .collect();
        if !times.is_empty() {
            self.add(name, Unit::Milliseconds, times.into());
        }
    }

    fn add(&mut self, name: &str, unit: Unit, value: Value) {
        self.metrics.push(json!({ "Name": name, "Unit": format!("{unit:?}") }));
        self.members.insert(name.to_owned(), value);
    }

    /// The text, if there is a metric in it.
    pub(super) fn line(self) -> Option<String> {
        let Document { milliseconds, dimensions, metrics, mut members } = self;
        if metrics.is_empty() {
            return None;
        }
        let directive =
            json!({ "Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": metrics });
        let head = json!({ "Timestamp": milliseconds, "CloudWatchMetrics": [directive] });
        members.insert("_aws".to_owned(), head);
        Some(Value::Object(members).to_string())
    }
}
