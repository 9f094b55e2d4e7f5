//! Envelope to JSON.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Content, Envelope, EnvelopeError, VERSION};
use crate::delivery::{Attribute, Message};

impl Envelope {
    /// The JSON text. The record and the message's body stand in it byte for byte, so it has line
    /// breaks where they have some.
    ///
    /// # Errors
    /// The record or the message's body is not JSON text.
    pub fn to_json(&self) -> Result<Vec<u8>, EnvelopeError> {
        let (kind, delivery) = match &self.content {
            Content::Quarantine => ("quarantine", None),
            Content::Delivery {
                route,
                rule,
                identity,
                attempts,
                redrives,
                not_before,
                time,
                ordered,
                message,
            } => {
                let delivery = WrittenDelivery {
                    route,
                    rule,
                    identity: identity.as_str(),
                    attempts: *attempts,
                    redrives: Some(*redrives).filter(|redrives| *redrives > 0),
                    not_before: *not_before,
                    time: *time,
                    ordered: Some(*ordered).filter(|ordered| !ordered),
                    message: WrittenMessage::new(message)?,
                };
                ("delivery", Some(delivery))
            }
        };
        let written = Written {
            version: VERSION,
            kind,
            delivery,
            rules: &self.rules,
            event: self.event.as_deref(),
            sequence: self.sequence.as_deref(),
            table: self.table.as_deref(),
            reason: &self.reason,
            parked_at: self.parked_at,
            record: raw(&self.record, "record")?,
        };
        serde_json::to_vec(&written).map_err(|_| EnvelopeError::NotAnObject)
    }

    /// The JSON text on one line.
    ///
    /// # Errors
    /// As [`Envelope::to_json`].
    pub fn to_line(&self) -> Result<Vec<u8>, EnvelopeError> {
        let mut json = self.to_json()?;
        on_one_line(&mut json);
        Ok(json)
    }
}

/// Brings JSON text onto one line: a line break can only stand between tokens, where the space that
/// takes its place means the same.
pub fn on_one_line(json: &mut [u8]) {
    for byte in json.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')) {
        *byte = b' ';
    }
}

/// The fields in the order in which they are written: what tells envelopes apart comes first, what
/// is long comes last.
#[derive(Serialize)]
struct Written<'a> {
    version: u64,
    kind: &'static str,
    #[serde(flatten)]
    delivery: Option<WrittenDelivery<'a>>,
    rules: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<&'a str>,
    reason: &'a str,
    parked_at: i64,
    record: &'a RawValue,
}

#[derive(Serialize)]
struct WrittenDelivery<'a> {
    route: &'a str,
    rule: &'a str,
    identity: &'a str,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    redrives: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ordered: Option<bool>,
    message: WrittenMessage<'a>,
}

#[derive(Serialize)]
struct WrittenMessage<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dedup: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail_type: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    resources: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<WrittenAttribute<'a>>,
    body: &'a RawValue,
}

#[derive(Serialize)]
struct WrittenAttribute<'a> {
    name: &'a str,
    r#type: &'static str,
    value: &'a str,
}

impl<'a> WrittenMessage<'a> {
    fn new(message: &'a Message) -> Result<Self, EnvelopeError> {
        let attributes = message.attributes.iter().map(|(name, attribute)| match attribute {
            Attribute::String(value) => WrittenAttribute { name, r#type: "String", value },
            Attribute::Number(value) => WrittenAttribute { name, r#type: "Number", value },
        });
        Ok(WrittenMessage {
            group: message.group.as_deref(),
            dedup: message.dedup.as_deref(),
            subject: message.subject.as_deref(),
            detail_type: message.detail_type.as_deref(),
            resources: &message.resources,
            attributes: attributes.collect(),
            body: raw(&message.body, "message.body")?,
        })
    }
}

fn raw<'a>(bytes: &'a [u8], field: &'static str) -> Result<&'a RawValue, EnvelopeError> {
    serde_json::from_slice(bytes).map_err(|_| EnvelopeError::Wrong { field, expected: "JSON text" })
}
