//! JSON to envelope.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{COMPRESSED, Content, Envelope, EnvelopeError, VERSION, packed};
use crate::delivery::{Attribute, Message};
use crate::identity::Identity;

impl Envelope {
    /// Reads what [`Envelope::to_json`], [`Envelope::to_line`] or [`Envelope::to_json_within`] wrote.
    /// Fields that it does not know are passed over: a version may gain some.
    ///
    /// # Errors
    /// The text is no envelope of a version that this program reads.
    pub fn parse(text: &[u8]) -> Result<Self, EnvelopeError> {
        let fields = Fields::of(text).ok_or(EnvelopeError::NotAnObject)?;
        match fields.get("version", "a whole number")? {
            VERSION => Self::of(&fields),
            COMPRESSED => {
                let compressed: Cow<'_, str> = fields.get("compressed", TEXT)?;
                let inner = packed::inner(&compressed)?;
                let fields = Fields::of(&inner).ok_or(EnvelopeError::NotAnObject)?;
                match fields.get("version", "a whole number")? {
                    VERSION => Self::of(&fields),
                    found => Err(EnvelopeError::Version { found }),
                }
            }
            found => Err(EnvelopeError::Version { found }),
        }
    }

    fn of(fields: &Fields<'_>) -> Result<Self, EnvelopeError> {
        let kind: Cow<'_, str> = fields.get("kind", TEXT)?;
        let content = match &*kind {
            "delivery" => delivery(fields)?,
            "quarantine" => Content::Quarantine,
            _ => {
                let expected = "`delivery` or `quarantine`";
                return Err(EnvelopeError::Wrong { field: "kind", expected });
            }
        };
        let known = |field| match content {
            Content::Delivery { .. } => fields.text(field).map(Some),
            Content::Quarantine => Ok(fields.optional::<Cow<'_, str>>(field, TEXT)?.map(Arc::from)),
        };
        Ok(Envelope {
            rules: fields.text("rules")?,
            event: known("event")?,
            sequence: known("sequence")?,
            table: known("table")?,
            reason: fields.get("reason", TEXT)?,
            parked_at: fields.get("parked_at", SECONDS)?,
            record: fields.raw("record")?,
            content,
        })
    }
}

const TEXT: &str = "a text";
const SECONDS: &str = "a whole number of seconds";

fn delivery(fields: &Fields<'_>) -> Result<Content, EnvelopeError> {
    let identity: Cow<'_, str> = fields.get("identity", TEXT)?;
    let identity = Identity::parse(&identity).ok_or(EnvelopeError::Wrong {
        field: "identity",
        expected: "an identity of 43 letters, digits, `-` and `_`",
    })?;
    Ok(Content::Delivery {
        route: fields.text("route")?,
        rule: fields.text("rule")?,
        identity,
        attempts: fields.get("attempts", "a whole number")?,
        redrives: fields.optional("redrives", "a whole number")?.unwrap_or_default(),
        not_before: fields.optional("not_before", SECONDS)?,
        time: fields.optional("time", SECONDS)?,
        ordered: fields.optional("ordered", "`true` or `false`")?.unwrap_or(true),
        message: message(fields)?,
    })
}

fn message(fields: &Fields<'_>) -> Result<Message, EnvelopeError> {
    let text = fields.find("message").ok_or(EnvelopeError::Missing { field: "message" })?;
    let inner = Fields::of(text.get().as_bytes())
        .ok_or(EnvelopeError::Wrong { field: "message", expected: "an object" })?;
    let attributes: Vec<ReadAttribute> = inner
        .optional("message.attributes", "a list of attributes with `name`, `type` and `value`")?
        .unwrap_or_default();
    Ok(Message {
        body: inner.raw("message.body")?,
        group: inner.optional("message.group", TEXT)?,
        dedup: inner.optional("message.dedup", TEXT)?,
        subject: inner.optional("message.subject", TEXT)?,
        detail_type: inner.optional("message.detail_type", TEXT)?,
        resources: inner.optional("message.resources", "a list of texts")?.unwrap_or_default(),
        attributes: attributes.into_iter().map(ReadAttribute::into_pair).collect(),
    })
}

#[derive(Deserialize)]
struct ReadAttribute {
    name: String,
    r#type: ReadType,
    value: String,
}

#[derive(Deserialize)]
enum ReadType {
    String,
    Number,
}

impl ReadAttribute {
    fn into_pair(self) -> (String, Attribute) {
        let attribute = match self.r#type {
            ReadType::String => Attribute::String(self.value),
            ReadType::Number => Attribute::Number(self.value),
        };
        (self.name, attribute)
    }
}

/// An object's fields, each read by itself so that an error can name it.
struct Fields<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Fields<'a> {
    fn of(text: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(text).ok().map(Fields)
    }

    /// By the path from the envelope down, which is what errors name.
    fn find(&self, path: &str) -> Option<&'a RawValue> {
        let (_, name) = path.rsplit_once('.').unwrap_or(("", path));
        self.0.get(name).copied()
    }

    fn get<T: Deserialize<'a>>(
        &self,
        field: &'static str,
        expected: &'static str,
    ) -> Result<T, EnvelopeError> {
        self.optional(field, expected)?.ok_or(EnvelopeError::Missing { field })
    }

    fn optional<T: Deserialize<'a>>(
        &self,
        field: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, EnvelopeError> {
        let Some(text) = self.find(field) else { return Ok(None) };
        serde_json::from_str(text.get())
            .map(Some)
            .map_err(|_| EnvelopeError::Wrong { field, expected })
    }

    fn text(&self, field: &'static str) -> Result<Arc<str>, EnvelopeError> {
        self.get::<Cow<'_, str>>(field, TEXT).map(Arc::from)
    }

    fn raw(&self, field: &'static str) -> Result<Bytes, EnvelopeError> {
        let text = self.find(field).ok_or(EnvelopeError::Missing { field })?;
        Ok(Bytes::copy_from_slice(text.get().as_bytes()))
    }
}
