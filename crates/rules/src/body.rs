//! Payloads: what an output says leaves, and the form in which its route sends it.

use std::borrow::Cow;

use distributary_change::{Image, Item, Value};
use distributary_delivery::Identity;

use crate::evaluate::{Scene, Seen};
use crate::json::{Json, Object};
use crate::payload::key_text;
use crate::route::{Format, Route, RouteKind};
use crate::term::{Content, Member};
use crate::truth::Truth;

impl<'a> Scene<'a> {
    /// The bytes of a message's body.
    pub(crate) fn body(&self, with: Option<&'a Content>, route: &'a Route) -> Vec<u8> {
        let payload = self.payload(with, route);
        let sent = match route.format {
            Format::Json | Format::DynamoDb => payload,
            Format::CloudEvents => Json::Object(self.cloud_event(payload, route)),
        };
        let mut out = Vec::with_capacity(256);
        sent.write(route.spelling(), &mut out);
        out
    }

    /// What is sent, whatever its form. Where that is absent or unknown it is `null`, or, where an
    /// object is asked for, the empty object: what is sent cannot fail on what a record lacks.
    pub(crate) fn payload(&self, with: Option<&'a Content>, route: &Route) -> Json<'a> {
        let payload = match with {
            None => Some(Json::Object(self.envelope(false))),
            Some(content) => self.json(content),
        };
        payload.unwrap_or_else(|| match route.kind {
            RouteKind::EventBridge => Json::Object(Object::new()),
            _ => Json::Value(Cow::Owned(Value::Null)),
        })
    }

    fn json(&self, content: &'a Content) -> Option<Json<'a>> {
        Some(match content {
            Content::Term(term) => match self.value(term) {
                Seen::Unknown | Seen::Absent => return None,
                Seen::Value(value) => Json::Value(value),
                Seen::Number(number) => Json::Number(number),
            },
            Content::Condition(condition) => match self.truth(condition) {
                Truth::Unknown => return None,
                truth => Json::Value(Cow::Owned(Value::Bool(truth == Truth::True))),
            },
            Content::List(members) => {
                Json::List(members.iter().filter_map(|member| self.json(member)).collect())
            }
            Content::Object(members) => {
                let mut object = Object::new();
                for member in members {
                    match member {
                        Member::Entry(name, content) => {
                            let entry = self.json(content);
                            object.extend(entry.map(|entry| (Cow::Borrowed(name.as_str()), entry)));
                        }
                        Member::Spread(content) => {
                            let spread = self.json(content).map(Json::into_entries);
                            object.extend(spread.unwrap_or_default());
                        }
                    }
                }
                Json::Object(object)
            }
            Content::Change => Json::Object(self.envelope(true)),
        })
    }

    /// `{ id, type, table, region, at, seq, keys }`, and the images where they are asked for.
    fn envelope(&self, images: bool) -> Object<'a> {
        let record = self.record;
        let texts = [
            ("id", record.id.as_str()),
            ("type", record.kind.as_str()),
            ("table", &record.table),
            ("region", &record.region),
            ("at", &record.time.rfc3339()),
            ("seq", record.sequence.as_str()),
        ];
        let mut object: Object<'a> =
            texts.map(|(name, text)| (Cow::Borrowed(name), Json::text(text))).into_iter().collect();
        object.insert("keys".into(), item(&record.keys));
        if images {
            for (name, image) in [("old", &record.old), ("new", &record.new)] {
                if let Image::Present(image) = image {
                    object.insert(name.into(), item(image));
                }
            }
        }
        object
    }

    /// CloudEvents 1.0 in structured JSON. `id` is the delivery's identity, so that the events of
    /// one record are told apart and a repeated one is not.
    fn cloud_event(&self, payload: Json<'a>, route: &Route) -> Object<'a> {
        let record = self.record;
        let rule = self.rule.map_or("", |rule| rule.known_as());
        let identity = Identity::new(&record.id, rule, route.known_as());
        let source =
            format!("arn:aws:dynamodb:{}:{}:table/{}", record.region, record.account, record.table);
        let texts = [
            ("specversion", "1.0"),
            ("id", identity.as_str()),
            ("source", &source),
            ("type", self.rule.map_or("", |rule| &rule.name)),
            ("subject", &key_text(&record.keys)),
            ("time", &record.time.rfc3339()),
            ("datacontenttype", "application/json"),
        ];
        let mut event: Object<'a> =
            texts.map(|(name, text)| (Cow::Borrowed(name), Json::text(text))).into_iter().collect();
        event.insert("data".into(), payload);
        event
    }
}

fn item<'a>(item: &'a Item) -> Json<'a> {
    let entries = item
        .iter()
        .map(|(name, value)| (Cow::Borrowed(name.as_str()), Json::Value(Cow::Borrowed(value))));
    Json::Object(entries.collect())
}
