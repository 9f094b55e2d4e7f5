//! A delivery as one line of JSON: what routes to the console and to files write.

use std::sync::Arc;

use distributary_delivery::{Attribute, Delivery, on_one_line};
use distributary_router::Limits;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// What a route of lines takes at once. No service counts here: the numbers keep one write, and the
/// memory for it, small.
pub(crate) const LIMITS: Limits =
    Limits { entries: 1_000, bytes: 64 * 1024 * 1024, one_per_group: false };

/// One line per delivery, each with its line end.
///
/// # Errors
/// A payload that is not JSON text.
pub(crate) fn lines(route: &Arc<str>, batch: &[&Delivery]) -> Result<Vec<u8>, String> {
    let mut lines = Vec::new();
    for delivery in batch {
        let start = lines.len();
        let line = Line::new(route, delivery)?;
        serde_json::to_writer(&mut lines, &line).map_err(|_| NOT_JSON.to_owned())?;
        on_one_line(lines.get_mut(start..).unwrap_or_default());
        lines.push(b'\n');
    }
    Ok(lines)
}

const NOT_JSON: &str = "the payload is not JSON text";

/// The fields in the order in which they are written: names first, what is long last.
#[derive(Serialize)]
struct Line<'a> {
    event: &'a str,
    rule: &'a str,
    route: &'a str,
    identity: &'a str,
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
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "attributes")]
    attributes: &'a [(String, Attribute)],
    payload: &'a RawValue,
}

impl<'a> Line<'a> {
    fn new(route: &'a str, delivery: &'a Delivery) -> Result<Self, String> {
        let message = &delivery.message;
        Ok(Line {
            event: &delivery.origin.event,
            rule: &delivery.rule,
            route,
            identity: delivery.identity.as_str(),
            group: message.group.as_deref(),
            dedup: message.dedup.as_deref(),
            subject: message.subject.as_deref(),
            detail_type: message.detail_type.as_deref(),
            resources: &message.resources,
            attributes: &message.attributes,
            payload: serde_json::from_slice(&message.body).map_err(|_| NOT_JSON.to_owned())?,
        })
    }
}

/// Attributes as one object. A number keeps its own digits.
fn attributes<S: Serializer>(
    attributes: &[(String, Attribute)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer
        .collect_map(attributes.iter().map(|(name, value)| (name, AttributeValue::new(value))))
}

#[derive(Serialize)]
#[serde(untagged)]
enum AttributeValue<'a> {
    Number(&'a RawValue),
    Text(&'a str),
}

impl<'a> AttributeValue<'a> {
    fn new(attribute: &'a Attribute) -> Self {
        match attribute {
            Attribute::String(text) => AttributeValue::Text(text),
            Attribute::Number(digits) => serde_json::from_str(digits)
                .map_or(AttributeValue::Text(digits), AttributeValue::Number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn line(delivery: &Delivery) -> String {
        String::from_utf8(lines(&"bus".into(), &[delivery]).unwrap()).unwrap()
    }

    #[test]
    fn names_come_first_and_what_is_absent_is_left_out() {
        assert_eq!(
            line(&sample::delivery("e-1", r#"{"total":1.10}"#)),
            format!(
                "{{\"event\":\"e-1\",\"rule\":\"paid\",\"route\":\"bus\",\"identity\":\"{}\",\
                 \"payload\":{{\"total\":1.10}}}}\n",
                sample::delivery("e-1", "").identity.as_str()
            )
        );
    }

    #[test]
    fn everything_that_a_service_would_get_can_be_seen() {
        let mut delivery = sample::delivery("e-1", "{}");
        let message = &mut delivery.message;
        message.group = Some("O#1".to_owned());
        message.dedup = Some("d".to_owned());
        message.subject = Some("Price \"drop\"".to_owned());
        message.detail_type = Some("Order Paid".to_owned());
        message.resources = vec!["arn:aws:s3:::b".to_owned()];
        message.attributes = vec![
            ("tier".to_owned(), Attribute::String("gold".to_owned())),
            ("total".to_owned(), Attribute::Number("12.50".to_owned())),
        ];
        let line = line(&delivery);
        let (_, rest) = line.split_once(r#","group""#).unwrap();
        assert_eq!(
            rest,
            ":\"O#1\",\"dedup\":\"d\",\"subject\":\"Price \\\"drop\\\"\",\"detail_type\":\"Order Paid\",\
             \"resources\":[\"arn:aws:s3:::b\"],\"attributes\":{\"tier\":\"gold\",\"total\":12.50},\
             \"payload\":{}}\n"
        );
    }

    #[test]
    fn a_payload_on_several_lines_becomes_one_line() {
        let line = line(&sample::delivery("e-1", "{\r\n  \"a\": \"x\\ny\"\n}"));
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        assert!(line.contains(r#""a": "x\ny""#), "{line}");
    }

    #[test]
    fn a_payload_that_is_not_json_is_refused() {
        let delivery = sample::delivery("e-1", "{\"secret\":");
        assert_eq!(lines(&"bus".into(), &[&delivery]).unwrap_err(), "the payload is not JSON text");
    }
}
