//! Out of the lot: a group at a time, on lease.

use std::collections::BTreeMap;

use distributary_router::{Failure, Found, Taken};
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::heads::{Head, Heads};
use super::read::Stored;
use super::row::{head, key, part_key, set};
use super::{DynamoDbLot, EXISTS, GROUPS};

/// Rows that one transaction deletes. Its limit of 100 counts, and so may the bytes of what goes.
const DELETES: usize = 25;

/// What a lot has to know of an envelope that it gave out.
#[derive(Serialize, Deserialize)]
pub(super) struct Receipt {
    pub(super) pk: String,
    sk: String,
    pub(super) parts: usize,
    /// A quarantined record belongs to no group.
    pub(super) group: Option<Leased>,
}

/// The group of an envelope on lease.
#[derive(Serialize, Deserialize)]
pub(super) struct Leased {
    pub(super) route: String,
    pub(super) group: String,
    pub(super) lease: String,
    /// Whether it is the last of its group that was taken: with it the lease ends.
    last: bool,
}

impl Receipt {
    pub(super) fn read(taken: &Taken) -> Option<Self> {
        serde_json::from_str(&taken.receipt).ok()
    }

    fn write(self, stored: Stored) -> Result<Taken, Failure> {
        let receipt = serde_json::to_string(&self);
        let receipt = receipt.map_err(|error| Failure::permanent(error.to_string()))?;
        Ok(Taken { envelope: stored.envelope, receipt })
    }
}

/// What waits, for who does not lease it.
pub(super) fn unleased(pk: &str, stored: Stored) -> Result<Taken, Failure> {
    let (sk, parts) = (stored.sk.clone(), stored.parts);
    Receipt { pk: pk.to_owned(), sk, parts, group: None }.write(stored)
}

impl DynamoDbLot {
    /// Some groups at once. Each gives as much as leaves something for the others.
    pub(super) async fn lease(&self, route: &str, most: usize, by: i64) -> Result<Found, Failure> {
        let (mut found, mut failure, mut after) = (Found::default(), None, None::<String>);
        loop {
            let page = self.heads(route, Heads::Free, after.as_deref(), None).await?;
            let (later, due): (Vec<_>, Vec<_>) =
                page.heads.into_iter().partition(|head| head.postponed(by).is_some());
            let postponed = later.iter().filter_map(|head| head.postponed(by));
            found.postponed = found.postponed.into_iter().chain(postponed).min();
            let mut due = due.as_slice();
            while !due.is_empty() && found.taken.len() < most {
                let rest = most - found.taken.len();
                let width = GROUPS.min(rest).min(due.len());
                let (some, later) = due.split_at_checked(width).unwrap_or((due, &[]));
                due = later;
                let some = some.iter().map(|it| self.lease_group(route, it, rest / width, by));
                let answers = stream::iter(some.collect::<Vec<_>>()).buffered(GROUPS);
                for answer in answers.collect::<Vec<_>>().await {
                    match answer {
                        Ok((group, unreadable)) => {
                            found.taken.extend(group.taken);
                            found.postponed =
                                found.postponed.into_iter().chain(group.postponed).min();
                            failure = unreadable.or(failure);
                        }
                        Err(error) => failure = Some(error),
                    }
                }
            }
            after = page.next;
            if after.is_none() || found.taken.len() >= most {
                break;
            }
        }
        match failure {
            Some(failure) if found.taken.is_empty() => Err(failure),
            _ => Ok(found),
        }
    }

    /// The first envelopes of a group, and what cannot be read behind them.
    async fn lease_group(
        &self,
        route: &str,
        Head { group, .. }: &Head,
        most: usize,
        by: i64,
    ) -> Result<(Found, Option<Failure>), Failure> {
        let Some(lease) = self.claim(route, group).await? else { return Ok(<_>::default()) };
        let pk = format!("{route}#{group}");
        let leased = |last| Leased {
            route: route.to_owned(),
            group: group.clone(),
            lease: lease.clone(),
            last,
        };
        let rows = match self.rows(&pk, None, most, Some(by)).await {
            Ok(rows) => rows,
            Err(error) => {
                self.end(&leased(true)).await;
                return Err(error.into());
            }
        };
        let count = rows.envelopes.len();
        match &rows.postponed {
            Some(later) if count == 0 => {
                // Failing does no harm: the lease ends by itself.
                let _ = self.transact(&[self.put_off(&leased(true), later)]).await;
            }
            None if count == 0 => self.end(&leased(true)).await,
            _ => {}
        }
        let taken = rows.envelopes.into_iter().enumerate().map(|(place, stored)| {
            let (sk, parts) = (stored.sk.clone(), stored.parts);
            let group = Some(leased(place + 1 == count));
            Receipt { pk: pk.clone(), sk, parts, group }.write(stored)
        });
        let taken = taken.collect::<Result<_, _>>()?;
        let unreadable = rows.unreadable.map(|it| Failure::permanent(it.reason));
        let postponed = rows.postponed.map(|later| later.parked_at);
        Ok((Found { taken, postponed, unseen: false }, unreadable))
    }

    /// Removes rows, of each partition in their order.
    pub(super) async fn delete_all(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>> {
        let foreign = || Err(Failure::permanent("the receipt is not one of this lot"));
        let mut outcomes: Vec<_> = arrived.iter().map(|_| foreign()).collect();
        let mut partitions: BTreeMap<String, Vec<(usize, Receipt)>> = BTreeMap::new();
        for (place, taken) in arrived.iter().enumerate() {
            if let Some(receipt) = Receipt::read(taken) {
                partitions.entry(receipt.pk.clone()).or_default().push((place, receipt));
            }
        }
        let partitions: Vec<_> =
            partitions.into_values().map(|receipts| self.delete_partition(receipts)).collect();
        let answers: Vec<_> = stream::iter(partitions).buffer_unordered(GROUPS).concat().await;
        for (place, answer) in answers {
            if let Some(outcome) = outcomes.get_mut(place) {
                *outcome = answer;
            }
        }
        outcomes
    }

    async fn delete_partition(
        &self,
        receipts: Vec<(usize, Receipt)>,
    ) -> Vec<(usize, Result<(), Failure>)> {
        let mut outcomes = Vec::with_capacity(receipts.len());
        let mut rest = receipts.as_slice();
        while !rest.is_empty() {
            let mut rows = 0;
            let fits = rest.iter().take_while(|(_, receipt)| {
                rows += receipt.parts;
                rows <= DELETES
            });
            let (some, later) = rest.split_at_checked(fits.count().max(1)).unwrap_or((rest, &[]));
            rest = later;
            if some.len() > 1 && self.delete(some).await.is_ok() {
                outcomes.extend(some.iter().map(|(place, _)| (*place, Ok(()))));
                continue;
            }
            for one in some.chunks(1) {
                let outcome = self.delete(one).await;
                outcomes.extend(one.iter().map(|(place, _)| (*place, outcome.clone())));
            }
        }
        for ((_, receipt), (_, outcome)) in receipts.iter().zip(&outcomes) {
            if let Some(leased @ Leased { last: true, .. }) = &receipt.group
                && outcome.is_ok()
            {
                self.end(leased).await;
            }
        }
        outcomes
    }

    /// Rows of one partition and their count, in one transaction.
    async fn delete(&self, receipts: &[(usize, Receipt)]) -> Result<(), Failure> {
        let table = self.db.table();
        let mut operations: Vec<Value> = Vec::new();
        for (_, Receipt { pk, sk, parts, .. }) in receipts {
            operations.extend((0..*parts).map(|part| {
                let mut delete = json!({ "TableName": table, "Key": key(pk, &part_key(sk, part)) });
                if part == 0 {
                    set(&mut delete, "ConditionExpression", json!("attribute_exists(pk)"));
                }
                json!({ "Delete": delete })
            }));
        }
        let group = receipts.first().and_then(|(_, receipt)| receipt.group.as_ref());
        if let Some(Leased { route, group, .. }) = group {
            operations.push(json!({ "Update": {
                "TableName": table,
                "Key": head(route, group),
                "UpdateExpression": "ADD waiting :less REMOVE due, parked",
                "ExpressionAttributeValues": { ":less": { "N": format!("-{}", receipts.len()) } },
            }}));
        }
        match self.transact(&operations).await {
            // Somebody else has removed it, after the lease.
            Err(error)
                if receipts.len() == 1
                    && error.reasons.iter().flatten().any(|code| code == EXISTS) =>
            {
                Ok(())
            }
            outcome => outcome.map_err(Failure::from),
        }
    }

    pub(super) async fn release(&self, left: &[Taken]) {
        let leases = left.iter().filter_map(|taken| Receipt::read(taken)?.group);
        let leases: BTreeMap<_, _> = leases.map(|leased| (leased.lease.clone(), leased)).collect();
        let ends: Vec<_> = leases.values().map(|leased| self.end(leased)).collect();
        stream::iter(ends).buffer_unordered(GROUPS).for_each(async |()| {}).await;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::aws::scripted::{Reply, Service};

    #[tokio::test]
    async fn a_group_that_could_not_be_read_is_on_lease_to_nobody() {
        let service = Service::start(|request| {
            let request: Value = serde_json::from_str(request).unwrap();
            let condition = request["ConditionExpression"].as_str();
            match request["ExpressionAttributeValues"][":pk"]["S"].as_str() {
                Some("bus#heads") => {
                    Reply::json(200, &json!({ "Items": [{ "sk": { "S": "group" } }] }))
                }
                Some(_) => Reply::json(500, &json!({ "__type": "InternalServerError" })),
                None if condition == Some("waiting <= :none") => {
                    Reply::json(400, &json!({ "__type": "ConditionalCheckFailedException" }))
                }
                None => Reply::json(200, &json!({})),
            }
        })
        .await;
        let lot = service.aws().table_lot("lot").unwrap();
        let failure = lot.take("bus", 10, 0).await.unwrap_err();
        assert_eq!(failure.reason, "InternalServerError");
        let requests = service.json_requests();
        let with = |verb: &str| {
            let update = |it: &&Value| {
                it["UpdateExpression"].as_str().is_some_and(|text| text.starts_with(verb))
            };
            requests.iter().find(update).unwrap()["ExpressionAttributeValues"][":lease"].clone()
        };
        assert_eq!(with("SET lease"), with("REMOVE lease"));
    }
}
