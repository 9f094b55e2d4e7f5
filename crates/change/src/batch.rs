//! From a payload to raw records.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::decode::{self, EVENT_SOURCE, RecordError};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::layer::Layer;
use crate::record::Record;

/// A Lambda event of a DynamoDB stream: `{"Records": […]}`.
#[derive(Debug)]
pub struct Batch;

impl Batch {
    /// Takes a payload apart without looking into its records: what is wrong with one shows when
    /// it is decoded, and its neighbours are untouched. The records are slices of the payload.
    ///
    /// # Errors
    /// For what is not JSON, has no `Records`, or comes from another service. Nothing can be said
    /// about any record then.
    pub fn split(payload: &Bytes) -> Result<Vec<RawRecord>, BatchError> {
        // Bytes that are not UTF-8 are the fault of the record that has them.
        let text = masked(payload);
        // An array could be read as an event, too.
        let event = text.trim_ascii_start().starts_with('{').then(|| serde_json::from_str(&text));
        let records = match event {
            Some(Ok(Event { records })) => records.into_iter().map(RawValue::get).collect(),
            _ => elsewise(&text)?,
        };
        // One record that names another service is a bad record; all of them are another event.
        let services: Option<Vec<_>> = records.iter().map(|record| other_service(record)).collect();
        if let Some(service) = services.and_then(|services| services.into_iter().next()) {
            return Err(BatchError::OtherService(service));
        }
        let slice = |record| RawRecord { bytes: payload.slice(place(record, &text)) };
        Ok(records.into_iter().map(slice).collect())
    }
}

/// An event as Lambda hands it over, for which one look at its bytes is enough.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Event<'a> {
    #[serde(borrow, rename = "Records")]
    records: Vec<&'a RawValue>,
}

/// The records of an event that has other members, or what is wrong with it.
fn elsewise(text: &str) -> Result<Vec<&str>, BatchError> {
    let fields = Fields::of(text)?;
    if !fields.has("Records") {
        return Err(BatchError::NoRecords);
    }
    Ok(fields.required("Records", |text| Layer::open(text)?.array())?)
}

/// One record as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// JSON text, a slice of the payload that it came in.
    pub bytes: Bytes,
}

impl RawRecord {
    /// Decodes the record.
    ///
    /// # Errors
    /// For a record that DynamoDB cannot have written, and for one whose table is not known.
    pub fn decode(&self) -> Result<Record, RecordError> {
        decode::record(&self.bytes)
    }
}

/// Why a payload could not be taken apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// Not JSON, or not of an event's form.
    #[error("{}", .0.sentence("the event"))]
    Malformed(#[from] Fault),
    /// A JSON object without `Records`.
    #[error("the event has no `Records`, so it is not one of a DynamoDB stream")]
    NoRecords,
    /// The records come from another service, which this names.
    #[error("the event comes from `{0}`, not from a DynamoDB stream (`{EVENT_SOURCE}`)")]
    OtherService(String),
}

/// The payload as text, with a `?` for every byte that is none, so that places stay the same.
fn masked(payload: &[u8]) -> Cow<'_, str> {
    let mut text = match std::str::from_utf8(payload) {
        Ok(text) => return Cow::Borrowed(text),
        Err(_) => String::with_capacity(payload.len()),
    };
    for chunk in payload.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    Cow::Owned(text)
}

/// Where `part`, a slice of `whole`, stands in it.
pub(crate) fn place(part: &str, whole: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    start..start + part.len()
}

/// The `eventSource` of a record, where it is not DynamoDB. SNS spells the name with a capital.
fn other_service(record: &str) -> Option<String> {
    let fields = Fields::lenient(record).ok()?;
    let name = ["eventSource", "EventSource"].into_iter().find(|name| fields.has(name))?;
    let source = fields.required(name, |text| Layer::open(text)?.string()).ok()?;
    (source != EVENT_SOURCE).then(|| source.into_owned())
}
