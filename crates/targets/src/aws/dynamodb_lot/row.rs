//! An envelope as rows of the table.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use distributary_delivery::{Content, Envelope, EnvelopeError, hash};
use distributary_router::group_key;
use serde_json::{Value, json};

/// What stands in one row: an item has 400 KB at most, its keys included.
const PART: usize = 350 * 1024;

/// An envelope's place and its compressed bytes.
pub(super) struct Row {
    pk: String,
    sk: String,
    head: Option<Value>,
    data: Vec<u8>,
}

impl Row {
    pub(super) fn of(envelope: &Envelope) -> Result<Self, EnvelopeError> {
        let sequence = format!("{:0>40}", envelope.sequence.as_deref().unwrap_or("-"));
        let (pk, sk, head) = match &envelope.content {
            Content::Delivery { route, rule, identity, .. } => {
                // What has no order is a group of its own.
                let group = group_key(envelope.group().unwrap_or(identity.as_str()));
                let pk = format!("{route}#{group}");
                (pk, format!("{sequence}#{rule}"), Some(head(route, &group)))
            }
            Content::Quarantine => {
                let table = envelope.table.as_deref().unwrap_or(UNKNOWN_TABLE);
                let record = hash(&[&String::from_utf8_lossy(&envelope.record)]);
                (quarantine(table), format!("{sequence}#{record}"), None)
            }
        };
        Ok(Row { pk, sk, head, data: envelope.pack()? })
    }

    pub(super) fn pk(&self) -> &str {
        &self.pk
    }

    pub(super) fn sk(&self) -> &str {
        &self.sk
    }

    /// The key of the group's head; a quarantined record has none.
    pub(super) fn head(&self) -> Option<&Value> {
        self.head.as_ref()
    }

    pub(super) fn bytes(&self) -> usize {
        self.data.len()
    }

    pub(super) fn parts(&self) -> usize {
        self.data.len().div_ceil(PART).max(1)
    }

    /// The writes of all parts. The first has a condition.
    pub(super) fn puts(&self, table: &str, condition: &str) -> impl Iterator<Item = Value> {
        let parts = self.parts();
        self.data.chunks(PART).enumerate().map(move |(part, data)| {
            let sk = part_key(&self.sk, part);
            let data = STANDARD.encode(data);
            if part > 0 {
                let item =
                    json!({ "pk": { "S": self.pk }, "sk": { "S": sk }, "data": { "B": data } });
                return json!({ "Put": { "TableName": table, "Item": item } });
            }
            json!({ "Put": {
                "TableName": table,
                "Item": {
                    "pk": { "S": self.pk },
                    "sk": { "S": sk },
                    "data": { "B": data },
                    "parts": { "N": parts.to_string() },
                },
                "ConditionExpression": condition,
            }})
        })
    }
}

/// Stands for the table of a record whose table cannot be read.
pub(super) const UNKNOWN_TABLE: &str = "-";

/// The partition of a table's quarantined records.
pub(super) fn quarantine(table: &str) -> String {
    format!("quarantine#{table}")
}

pub(super) fn key(pk: &str, sk: &str) -> Value {
    json!({ "pk": { "S": pk }, "sk": { "S": sk } })
}

pub(super) fn head(route: &str, group: &str) -> Value {
    key(&format!("{route}#heads"), group)
}

/// The sort key of a part; the first has the envelope's own, which sorts before all others.
pub(super) fn part_key(sk: &str, part: usize) -> String {
    if part == 0 { sk.to_owned() } else { format!("{sk}#{part:02}") }
}

/// Sets a field of a request, which is an object.
pub(super) fn set(request: &mut Value, field: &str, value: Value) {
    if let Some(fields) = request.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
}

/// The text or number in an attribute.
pub(super) fn scalar<'a>(item: &'a Value, attribute: &str, kind: &str) -> Option<&'a str> {
    item.get(attribute)?.get(kind)?.as_str()
}

/// The bytes of a row.
pub(super) fn data(item: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(scalar(item, "data", "B")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn what_keeps_no_order_is_a_group_of_its_own() {
        let row = |event, ordered| {
            let mut delivery = sample::delivery(event, "{}");
            delivery.message.group = Some("a".to_owned());
            let parked =
                Envelope::delivery(delivery, "bus".into(), "h".into(), 4, "down".to_owned(), 0);
            let parked = if ordered { parked } else { parked.without_order() };
            Row::of(&parked).unwrap().pk().to_owned()
        };
        assert_eq!(row("e-1", true), row("e-2", true));
        assert_ne!(row("e-1", false), row("e-2", false));
    }
}
