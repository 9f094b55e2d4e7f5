//! A DynamoDB table as a lot that keeps the order of every group.
//!
//! | partition key `pk` | sort key `sk` | attributes |
//! | --- | --- | --- |
//! | `<route>#<group key>` | `<sequence, 40 digits>#<rule>` | `data`, `parts` |
//! | `<route>#<group key>` | `<sequence, 40 digits>#<rule>#<part>` | `data` |
//! | `<route>#heads` | `<group key>` | `waiting`, `lease`, `until`, `due`, `parked` |
//! | `quarantine#<table>` | `<sequence, 40 digits>#<hash of the record>` | `data`, `parts` |
//!
//! The rows are the hold: whoever parks or redrives sees them, in whatever sandbox.

mod browse;
mod heads;
mod postpone;
mod read;
mod row;
mod take;

use std::collections::{BTreeMap, HashSet};

use async_trait::async_trait;
use distributary_aws::{CallError, DynamoDb};
use distributary_delivery::Envelope;
use distributary_router::{Failure, Found, Lot, Taken};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use self::heads::Heads;
use self::row::Row;

/// Groups that are under way at once.
const GROUPS: usize = 8;
/// `TransactWriteItems`: operations. Of each envelope one more is for its head.
const OPERATIONS: usize = 100;
/// `TransactWriteItems`: 4 MB of items; keys and base64 need some of it.
const BYTES: usize = 3 * 1024 * 1024;
/// How often a transaction is tried that met another one.
const CONFLICTS: u32 = 5;

pub(crate) struct DynamoDbLot {
    db: DynamoDb,
}

impl DynamoDbLot {
    pub(crate) fn new(db: DynamoDb) -> Self {
        DynamoDbLot { db }
    }

    /// Keeps rows of one partition in their order, up to the first that is not kept.
    async fn keep(&self, rows: Vec<(usize, Row)>) -> Vec<(usize, Result<(), Failure>)> {
        let mut outcomes = Vec::with_capacity(rows.len());
        let mut rest = rows.as_slice();
        let mut lost: Option<Failure> = None;
        while !rest.is_empty() {
            let (some, later) = rest.split_at_checked(fitting(rest)).unwrap_or((rest, &[]));
            rest = later;
            if let Some(failure) = &lost {
                outcomes.extend(some.iter().map(|(place, _)| (*place, Err(failure.clone()))));
                continue;
            }
            match self.put(some).await {
                Ok(()) => outcomes.extend(some.iter().map(|(place, _)| (*place, Ok(())))),
                // Some of them are there already.
                Err(_) if some.len() > 1 => {
                    for one in some.chunks(1) {
                        let outcome = match &lost {
                            Some(failure) => Err(failure.clone()),
                            None => self.put_one(one).await,
                        };
                        if let Err(failure) = &outcome {
                            lost.get_or_insert_with(|| behind(failure));
                        }
                        outcomes.extend(one.iter().map(|(place, _)| (*place, outcome.clone())));
                    }
                }
                Err(_) => {
                    let outcome = self.put_one(some).await;
                    if let Err(failure) = &outcome {
                        lost = Some(behind(failure));
                    }
                    outcomes.extend(some.iter().map(|(place, _)| (*place, outcome.clone())));
                }
            }
        }
        outcomes
    }

    async fn put_one(&self, one: &[(usize, Row)]) -> Result<(), Failure> {
        match self.put(one).await {
            // Its own first row is the only one with a condition.
            Err(error) if error.reasons.iter().flatten().any(|code| code == EXISTS) => Ok(()),
            outcome => outcome.map_err(Failure::from),
        }
    }

    async fn put(&self, rows: &[(usize, Row)]) -> Result<(), CallError> {
        let table = self.db.table();
        let mut operations: Vec<Value> = Vec::new();
        for (_, row) in rows {
            operations.extend(row.puts(table, "attribute_not_exists(pk)"));
        }
        if let Some(head) = rows.first().and_then(|(_, row)| row.head()) {
            operations.push(json!({ "Update": {
                "TableName": table,
                "Key": head,
                "UpdateExpression": "ADD waiting :more",
                "ExpressionAttributeValues": { ":more": { "N": rows.len().to_string() } },
            }}));
        }
        self.transact(&operations).await
    }

    /// One transaction. That it met another one of the same rows passes at once.
    async fn transact(&self, operations: &[Value]) -> Result<(), CallError> {
        let request = json!({ "TransactItems": operations });
        let mut attempt = 1;
        loop {
            let error = match self.db.call("TransactWriteItems", &request).await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            let met = |code: &str| error.reasons.iter().flatten().any(|reason| reason == code);
            if attempt == CONFLICTS || !met("TransactionConflict") || met(EXISTS) {
                return Err(error);
            }
            tokio::time::sleep(std::time::Duration::from_millis(15) * attempt).await;
            attempt += 1;
        }
    }
}

/// The condition of an operation in a transaction did not hold.
const EXISTS: &str = "ConditionalCheckFailed";

/// How many of the rows fit into one transaction, one at least.
fn fitting(rows: &[(usize, Row)]) -> usize {
    let (mut operations, mut bytes) = (1, 0);
    let fits = rows.iter().take_while(|(_, row)| {
        operations += row.parts();
        bytes += row.bytes();
        operations <= OPERATIONS && bytes <= BYTES
    });
    fits.count().max(1)
}

fn behind(failure: &Failure) -> Failure {
    let reason = format!("an earlier one of its group was not kept: {}", failure.reason);
    Failure { kind: failure.kind, reason }
}

#[async_trait]
impl Lot for DynamoDbLot {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        let unaccounted = || Err(Failure::transient("the lot did not come to it"));
        let mut outcomes: Vec<_> = parked.iter().map(|_| unaccounted()).collect();
        let mut groups: BTreeMap<String, Vec<(usize, Row)>> = BTreeMap::new();
        for ((place, envelope), outcome) in parked.iter().enumerate().zip(&mut outcomes) {
            match Row::of(envelope) {
                Ok(row) if row.bytes() <= BYTES => {
                    groups.entry(row.pk().to_owned()).or_default().push((place, row));
                }
                Ok(row) => {
                    *outcome = Err(Failure::permanent(format!(
                        "the envelope has {} bytes when compressed, and a DynamoDB lot takes {BYTES}",
                        row.bytes()
                    )));
                }
                Err(error) => *outcome = Err(Failure::permanent(error.to_string())),
            }
        }
        let groups: Vec<_> = groups.into_values().map(|rows| self.keep(rows)).collect();
        let answers: Vec<_> = stream::iter(groups).buffer_unordered(GROUPS).concat().await;
        for (place, answer) in answers {
            if let Some(outcome) = outcomes.get_mut(place) {
                *outcome = answer;
            }
        }
        outcomes
    }

    fn is_ordered(&self) -> bool {
        true
    }

    async fn held(&self, route: &str) -> Result<HashSet<String>, Failure> {
        let (mut held, mut after) = (HashSet::new(), None::<String>);
        loop {
            let page = self.heads(route, Heads::Holding, after.as_deref(), None).await?;
            held.extend(page.heads.into_iter().map(|head| head.group));
            after = page.next;
            if after.is_none() {
                return Ok(held);
            }
        }
    }

    async fn take(&self, route: &str, most: usize, by: i64) -> Result<Found, Failure> {
        self.lease(route, most, by).await
    }

    async fn remove(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>> {
        self.delete_all(arrived).await
    }

    async fn give_back(&self, left: &[Taken]) {
        self.release(left).await;
    }

    async fn postpone(&self, tried: &[Taken]) {
        self.rewrite(tried).await;
    }
}
