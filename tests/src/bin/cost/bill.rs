//! What services bill for calls.

use std::collections::BTreeMap;

use anyhow::Result;
use distributary_tests::call::Call;
use distributary_tests::proxy::Request;
use serde::Deserialize;
use serde_json::Value;

/// What has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    Invocation,
    GbSecond,
    Sqs,
    SqsFifo,
    Sns,
    SnsFifo,
    Event,
    Pipe,
    Read,
    Write,
    S3Write,
    S3Read,
    LogByte,
    Metric,
}

impl Unit {
    pub(crate) const ALL: [Unit; 14] = [
        Unit::Invocation,
        Unit::GbSecond,
        Unit::Sqs,
        Unit::SqsFifo,
        Unit::Sns,
        Unit::SnsFifo,
        Unit::Event,
        Unit::Pipe,
        Unit::Read,
        Unit::Write,
        Unit::S3Write,
        Unit::S3Read,
        Unit::LogByte,
        Unit::Metric,
    ];
}

/// How many of each unit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Billed(BTreeMap<Unit, f64>);

/// Messaging services bill each 64 KB of a request.
const CHUNK: usize = 64 * 1024;

impl Billed {
    /// What these requests are billed as.
    pub(crate) fn of<'a>(requests: impl IntoIterator<Item = &'a Request>) -> Result<Self> {
        let mut billed = Billed::default();
        for request in requests {
            billed.add_call(&Call::read(request)?, request.body.len());
        }
        Ok(billed)
    }

    pub(crate) fn add(&mut self, unit: Unit, count: f64) {
        *self.0.entry(unit).or_default() += count;
    }

    pub(crate) fn times(mut self, factor: f64) -> Self {
        self.0.values_mut().for_each(|count| *count *= factor);
        self
    }

    pub(crate) fn get(&self, unit: Unit) -> f64 {
        self.0.get(&unit).copied().unwrap_or_default()
    }

    pub(crate) fn units(&self) -> impl Iterator<Item = (Unit, f64)> {
        self.0.iter().map(|(unit, count)| (*unit, *count))
    }

    /// The bytes of a request stand for its payload: they are a little more.
    fn add_call(&mut self, call: &Call, bytes: usize) {
        let chunks = bytes.div_ceil(CHUNK).max(1) as f64;
        let input = &call.input;
        let is_fifo = |name: &str| input[name].as_str().is_some_and(|it| it.ends_with(".fifo"));
        match (call.service.as_str(), call.operation.as_str()) {
            ("sqs", _) if is_fifo("QueueUrl") => self.add(Unit::SqsFifo, chunks),
            ("sqs", _) => self.add(Unit::Sqs, chunks),
            ("sns", _) if is_fifo("TopicArn") => self.add(Unit::SnsFifo, chunks),
            ("sns", _) => self.add(Unit::Sns, chunks),
            ("events", _) => {
                let events = input["Entries"].as_array().map_or(0, Vec::len);
                self.add(Unit::Event, events as f64);
            }
            ("s3", "GetObject") => self.add(Unit::S3Read, 1.0),
            ("s3", "DeleteObject") => {}
            ("s3", _) => self.add(Unit::S3Write, 1.0),
            ("dynamodb", "TransactWriteItems") => {
                let operations = input["TransactItems"].as_array().into_iter().flatten();
                let writes: usize = operations.map(kilobytes).sum();
                self.add(Unit::Write, (2 * writes) as f64);
            }
            ("dynamodb", "BatchGetItem") => {
                let tables = input["RequestItems"].as_object().into_iter().flatten();
                let keys = tables.map(|(_, table)| table["Keys"].as_array().map_or(0, Vec::len));
                self.add(Unit::Read, keys.sum::<usize>() as f64);
            }
            // At least: a page that is larger than 4 KB takes more.
            ("dynamodb", "Query") => self.add(Unit::Read, 1.0),
            _ => self.add(Unit::Write, kilobytes(input) as f64),
        }
    }
}

/// As much as an item is billed for that is written so: its JSON is somewhat longer than it.
fn kilobytes(operation: &Value) -> usize {
    operation.to_string().len().div_ceil(1024)
}
