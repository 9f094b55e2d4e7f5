//! Heads: one row per group that has something waiting, which says who has the group on lease.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use distributary_aws::CallError;
use distributary_delivery::{Content, Envelope, hash};
use distributary_router::{Failure, LEASE};
use serde_json::{Value, json};

use super::DynamoDbLot;
use super::row::{head, key, scalar, set};
use super::take::Leased;

/// Which heads are asked for.
#[derive(Clone, Copy)]
pub(super) enum Heads {
    /// Those of groups that have something waiting.
    Holding,
    /// Those that nobody has on lease.
    Free,
}

/// A group that has something waiting.
pub(super) struct Head {
    pub(super) group: String,
    /// Its first envelope, where that was postponed.
    later: Option<Later>,
}

/// An envelope that is not due before then; both in seconds since the epoch.
#[derive(Clone, Copy)]
pub(super) struct Later {
    pub(super) due: i64,
    pub(super) parked_at: i64,
}

impl Later {
    pub(super) fn of(envelope: &Envelope) -> Self {
        let due = match envelope.content {
            Content::Delivery { not_before, .. } => not_before.unwrap_or_default(),
            Content::Quarantine => 0,
        };
        Later { due, parked_at: envelope.parked_at }
    }
}

/// Some of the heads of a route.
pub(super) struct HeadPage {
    pub(super) heads: Vec<Head>,
    /// The group behind which the next page begins.
    pub(super) next: Option<String>,
}

impl Head {
    fn read(item: &Value) -> Option<Self> {
        let number = |name| scalar(item, name, "N")?.parse().ok();
        let later = number("due").zip(number("parked"));
        let later = later.map(|(due, parked_at)| Later { due, parked_at });
        Some(Head { group: scalar(item, "sk", "S")?.to_owned(), later })
    }

    /// When its first envelope was parked, if that is not due.
    pub(super) fn postponed(&self, by: i64) -> Option<i64> {
        self.later.filter(|later| later.due > by).map(|later| later.parked_at)
    }
}

impl DynamoDbLot {
    /// A page of heads behind a group: `most` that are looked at, or as many as the service reads at
    /// once.
    pub(super) async fn heads(
        &self,
        route: &str,
        which: Heads,
        after: Option<&str>,
        most: Option<usize>,
    ) -> Result<HeadPage, CallError> {
        let pk = format!("{route}#heads");
        let (filter, value) = match which {
            Heads::Holding => ("waiting > :value", 0),
            Heads::Free => (FREE, millis(SystemTime::now())),
        };
        let mut request = json!({
            "TableName": self.db.table(),
            "ConsistentRead": true,
            "KeyConditionExpression": "pk = :pk",
            "FilterExpression": filter,
            "ProjectionExpression": "sk, due, parked, #until",
            "ExpressionAttributeNames": { "#until": "until" },
            "ExpressionAttributeValues": {
                ":pk": { "S": pk },
                ":value": { "N": value.to_string() },
            },
        });
        if let Some(after) = after {
            set(&mut request, "ExclusiveStartKey", key(&pk, after));
        }
        if let Some(most) = most {
            set(&mut request, "Limit", json!(most));
        }
        let answer = self.db.call("Query", &request).await?;
        let items = answer.get("Items").and_then(Value::as_array).into_iter().flatten();
        let last = answer.get("LastEvaluatedKey").and_then(|key| scalar(key, "sk", "S"));
        let heads = items.filter_map(Head::read).collect();
        Ok(HeadPage { heads, next: last.map(str::to_owned) })
    }

    /// Makes a group nobody else's; `None` where somebody was faster.
    pub(super) async fn claim(&self, route: &str, group: &str) -> Result<Option<String>, Failure> {
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
                ":value": { "N": millis(now).to_string() },
                ":until": { "N": millis(now + LEASE).to_string() },
            },
        });
        match self.db.call("UpdateItem", &request).await {
            Ok(_) => Ok(Some(lease)),
            Err(error) if error.is("ConditionalCheckFailedException") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a lease: the head goes where nothing waits behind it. Failing does no harm, since leases
    /// end by themselves, and heads of nothing hold nothing.
    pub(super) async fn end(&self, Leased { route, group, lease, .. }: &Leased) {
        let head = head(route, group);
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
            "UpdateExpression": "REMOVE lease, #until, due, parked",
            "ConditionExpression": "lease = :lease",
            "ExpressionAttributeNames": { "#until": "until" },
            "ExpressionAttributeValues": { ":lease": { "S": lease } },
        });
        let _ = self.db.call("UpdateItem", &free).await;
    }

    /// Ends a lease on a group whose first envelope is not due: an operation of a transaction.
    pub(super) fn put_off(&self, leased: &Leased, Later { due, parked_at }: &Later) -> Value {
        json!({ "Update": {
            "TableName": self.db.table(),
            "Key": head(&leased.route, &leased.group),
            "UpdateExpression": "SET due = :due, parked = :parked REMOVE lease, #until",
            "ConditionExpression": "lease = :lease",
            "ExpressionAttributeNames": { "#until": "until" },
            "ExpressionAttributeValues": {
                ":lease": { "S": leased.lease },
                ":due": { "N": due.to_string() },
                ":parked": { "N": parked_at.to_string() },
            },
        }})
    }
}

/// Nobody has a lease on the head.
const FREE: &str = "attribute_not_exists(#until) OR #until < :value";

fn millis(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_millis()
}
