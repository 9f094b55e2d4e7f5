//! Leases: a group at a time, by a conditional write to its head.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use distributary_aws::CallError;
use distributary_delivery::{Envelope, hash};
use distributary_router::{Failure, LEASE, Taken};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::row::{data, head, key, part_key, scalar, set};
use super::{DynamoDbLot, EXISTS};

/// What a lot has to know of an envelope on lease.
#[derive(Serialize, Deserialize)]
struct Receipt {
    route: String,
    group: String,
    sk: String,
    parts: usize,
    lease: String,
    /// Whether it is the last of its group that was taken: with it the lease ends.
    last: bool,
}

impl Receipt {
    fn read(taken: &Taken) -> Option<Self> {
        serde_json::from_str(&taken.receipt).ok()
    }

    fn head(&self) -> Value {
        head(&self.route, &self.group)
    }
}

impl DynamoDbLot {
    /// The groups of a route whose heads are so.
    pub(super) async fn heads(
        &self,
        route: &str,
        filter: &str,
        names: &Value,
        mut values: Value,
    ) -> Result<Vec<String>, CallError> {
        set(&mut values, ":pk", json!({ "S": format!("{route}#heads") }));
        let mut request = json!({
            "TableName": self.db.table(),
            "ConsistentRead": true,
            "KeyConditionExpression": "pk = :pk",
            "FilterExpression": filter,
            "ProjectionExpression": "sk",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        });
        let mut groups = Vec::new();
        loop {
            let answer = self.db.call("Query", &request).await?;
            let items = answer.get("Items").and_then(Value::as_array).into_iter().flatten();
            groups.extend(items.filter_map(|item| scalar(item, "sk", "S")).map(str::to_owned));
            match answer.get("LastEvaluatedKey") {
                Some(last) => set(&mut request, "ExclusiveStartKey", last.clone()),
                None => return Ok(groups),
            }
        }
    }

    pub(super) async fn lease(&self, route: &str, most: usize) -> Result<Vec<Taken>, Failure> {
        let now = millis(SystemTime::now());
        let values = json!({ ":now": { "N": now.to_string() } });
        let free = self.heads(route, FREE, &json!({ "#until": "until" }), values).await?;
        let (mut taken, mut unreadable) = (Vec::new(), None);
        for group in free {
            if taken.len() >= most {
                break;
            }
            let Some(lease) = self.claim(route, &group).await? else { continue };
            let found = self.rows(route, &group, most - taken.len()).await?;
            if let Some(failure) = found.unreadable {
                unreadable = Some(failure);
            }
            let count = found.envelopes.len();
            if count == 0 {
                self.end(&head(route, &group), &lease).await;
            }
            for (place, (sk, parts, envelope)) in found.envelopes.into_iter().enumerate() {
                let (route, group, lease) = (route.to_owned(), group.clone(), lease.clone());
                let last = place + 1 == count;
                let receipt = Receipt { route, group, sk, parts, lease, last };
                let receipt = serde_json::to_string(&receipt)
                    .map_err(|error| Failure::permanent(error.to_string()))?;
                taken.push(Taken { envelope, receipt });
            }
        }
        match unreadable {
            Some(failure) if taken.is_empty() => Err(failure),
            _ => Ok(taken),
        }
    }

    /// Makes a group nobody else's; `None` where somebody was faster.
    async fn claim(&self, route: &str, group: &str) -> Result<Option<String>, Failure> {
        let now = SystemTime::now();
        // Two that claim in one nanosecond cannot both succeed; the process tells later ones apart.
        let lease = hash(&[route, group, &format!("{now:?}"), &std::process::id().to_string()]);
        let request = json!({
            "TableName": self.db.table(),
            "Key": head(route, group),
            "UpdateExpression": "SET lease = :lease, #until = :until",
            "ConditionExpression": format!("attribute_exists(sk) AND ({FREE})"),
            "ExpressionAttributeNames": { "#until": "until" },
            "ExpressionAttributeValues": {
                ":lease": { "S": lease },
                ":now": { "N": millis(now).to_string() },
                ":until": { "N": millis(now + LEASE).to_string() },
            },
        });
        match self.db.call("UpdateItem", &request).await {
            Ok(_) => Ok(Some(lease)),
            Err(error) if refused_by_condition(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The first envelopes of a group, up to one that cannot be read: what follows may not pass it.
    async fn rows(&self, route: &str, group: &str, most: usize) -> Result<Found, CallError> {
        let pk = format!("{route}#{group}");
        let mut request = json!({
            "TableName": self.db.table(),
            "ConsistentRead": true,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": { ":pk": { "S": pk } },
        });
        let mut found = Found { envelopes: Vec::new(), unreadable: None };
        let mut open: Option<Open> = None;
        loop {
            let answer = self.db.call("Query", &request).await?;
            for item in answer.get("Items").and_then(Value::as_array).into_iter().flatten() {
                let sk = scalar(item, "sk", "S").unwrap_or_default();
                let parts = scalar(item, "parts", "N").and_then(|parts| parts.parse().ok());
                let envelope = match (open.take(), parts, data(item)) {
                    (None, Some(parts), Some(data)) => {
                        Open { sk: sk.to_owned(), parts, got: 1, data }
                    }
                    (Some(mut open), None, Some(data)) if sk == part_key(&open.sk, open.got) => {
                        open.got += 1;
                        open.data.extend(data);
                        open
                    }
                    _ => {
                        found.unreadable = Some(unreadable(&pk, sk, "a part of it is missing"));
                        return Ok(found);
                    }
                };
                if envelope.got < envelope.parts {
                    open = Some(envelope);
                    continue;
                }
                match Envelope::unpack(&envelope.data) {
                    Ok(read) => found.envelopes.push((envelope.sk, envelope.parts, read)),
                    Err(error) => {
                        found.unreadable = Some(unreadable(&pk, &envelope.sk, &error.to_string()));
                        return Ok(found);
                    }
                }
                if found.envelopes.len() == most {
                    return Ok(found);
                }
            }
            match answer.get("LastEvaluatedKey") {
                Some(last) => set(&mut request, "ExclusiveStartKey", last.clone()),
                None => break,
            }
        }
        if let Some(open) = open {
            found.unreadable = Some(unreadable(&pk, &open.sk, "a part of it is missing"));
        }
        Ok(found)
    }

    pub(super) async fn delete(&self, taken: &Taken) -> Result<(), Failure> {
        let receipt = Receipt::read(taken)
            .ok_or_else(|| Failure::permanent("the receipt is not one of this lot"))?;
        let table = self.db.table();
        let pk = format!("{}#{}", receipt.route, receipt.group);
        let delete = |part| {
            let mut delete =
                json!({ "TableName": table, "Key": key(&pk, &part_key(&receipt.sk, part)) });
            if part == 0 {
                set(&mut delete, "ConditionExpression", json!("attribute_exists(pk)"));
            }
            json!({ "Delete": delete })
        };
        let mut operations: Vec<Value> = (0..receipt.parts).map(delete).collect();
        operations.push(json!({ "Update": {
            "TableName": table,
            "Key": receipt.head(),
            "UpdateExpression": "ADD waiting :less",
            "ExpressionAttributeValues": { ":less": { "N": "-1" } },
        }}));
        match self.transact(&operations).await {
            Ok(()) => {}
            // Somebody else has removed it, after the lease.
            Err(error) if error.reasons.iter().flatten().any(|code| code == EXISTS) => {}
            Err(error) => return Err(error.into()),
        }
        if receipt.last {
            self.end(&receipt.head(), &receipt.lease).await;
        }
        Ok(())
    }

    pub(super) async fn release(&self, left: &[Taken]) {
        let mut leases: Vec<_> = left.iter().filter_map(Receipt::read).collect();
        leases.dedup_by(|one, other| one.lease == other.lease);
        for receipt in leases {
            self.end(&receipt.head(), &receipt.lease).await;
        }
    }

    /// Ends a lease: the head goes where nothing waits behind it. Failing does no harm, since leases
    /// end by themselves, and heads of nothing hold nothing.
    async fn end(&self, head: &Value, lease: &str) {
        let gone = json!({
            "TableName": self.db.table(),
            "Key": head,
            "ConditionExpression": "waiting <= :none",
            "ExpressionAttributeValues": { ":none": { "N": "0" } },
        });
        if self.db.call("DeleteItem", &gone).await.is_ok() {
            return;
        }
        let free = json!({
            "TableName": self.db.table(),
            "Key": head,
            "UpdateExpression": "REMOVE lease, #until",
            "ConditionExpression": "lease = :lease",
            "ExpressionAttributeNames": { "#until": "until" },
            "ExpressionAttributeValues": { ":lease": { "S": lease } },
        });
        let _ = self.db.call("UpdateItem", &free).await;
    }
}

/// Nobody has a lease on the head.
const FREE: &str = "attribute_not_exists(#until) OR #until < :now";

/// What a group begins with.
struct Found {
    envelopes: Vec<(String, usize, Envelope)>,
    unreadable: Option<Failure>,
}

/// An envelope of which not all parts were seen.
struct Open {
    sk: String,
    parts: usize,
    got: usize,
    data: Vec<u8>,
}

fn unreadable(pk: &str, sk: &str, why: &str) -> Failure {
    Failure::permanent(format!("the row `{pk}` / `{sk}` of the lot cannot be read: {why}"))
}

fn refused_by_condition(error: &CallError) -> bool {
    error.is("ConditionalCheckFailedException")
}

fn millis(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_millis()
}
