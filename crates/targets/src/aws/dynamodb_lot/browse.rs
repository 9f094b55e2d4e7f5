//! What an operator sees of the table.

use std::collections::VecDeque;

use async_trait::async_trait;
use distributary_aws::CallError;
use distributary_router::Failure;

use super::DynamoDbLot;
use super::heads::Heads;
use super::row::{UNKNOWN_TABLE, part_key, quarantine};
use super::take::unleased;
use crate::aws::PAGE;
use crate::browse::{Browse, Page, Waiting};

/// How far a page got: into this partition, up to this sort key or its end.
type Place = (String, Option<String>);

#[async_trait]
impl Browse for DynamoDbLot {
    async fn browse(&self, what: Waiting<'_>, from: Option<&str>) -> Result<Page, Failure> {
        let mut place: Option<Place> = from.and_then(|from| serde_json::from_str(from).ok());
        let (mut page, mut partitions) = (Page::default(), VecDeque::new());
        while page.waiting.len() < PAGE {
            let (pk, after) = match place.take() {
                Some((pk, Some(sk))) => (pk, Some(sk)),
                done => {
                    if partitions.is_empty() {
                        partitions = self.behind(what, done.as_ref().map(|(pk, _)| pk)).await?;
                    }
                    let Some(pk) = partitions.pop_front() else { return Ok(page) };
                    (pk, None)
                }
            };
            let rest = self.browse_partition(&pk, after.as_deref(), what, &mut page).await?;
            place = Some((pk, rest));
        }
        page.next = place.and_then(|place| serde_json::to_string(&place).ok());
        Ok(page)
    }
}

impl DynamoDbLot {
    /// Some of the partitions behind one of them.
    async fn behind(
        &self,
        what: Waiting<'_>,
        done: Option<&String>,
    ) -> Result<VecDeque<String>, CallError> {
        let route = match what {
            Waiting::Route(route) => route,
            Waiting::Quarantine(tables) => {
                let all = tables.iter().copied().chain([UNKNOWN_TABLE]).map(quarantine);
                let mut all: VecDeque<_> = all.collect();
                let seen = done.and_then(|done| all.iter().position(|pk| pk == done));
                all.drain(..seen.map_or(0, |seen| seen + 1));
                return Ok(all);
            }
        };
        let partition = |group: String| format!("{route}#{group}");
        let group = |pk: &String| pk.strip_prefix(route)?.strip_prefix('#').map(str::to_owned);
        let mut after = done.and_then(group);
        loop {
            let page = self.heads(route, Heads::Holding, after.as_deref(), Some(PAGE)).await?;
            after = page.next;
            if !page.heads.is_empty() || after.is_none() {
                return Ok(page.heads.into_iter().map(|head| partition(head.group)).collect());
            }
        }
    }

    /// Adds some of a partition to a page; behind which sort key there may be more.
    async fn browse_partition(
        &self,
        pk: &str,
        after: Option<&str>,
        what: Waiting<'_>,
        page: &mut Page,
    ) -> Result<Option<String>, Failure> {
        let found = self.rows(pk, after, PAGE, None).await?;
        let last = found.envelopes.last().map(|it| part_key(&it.sk, it.parts.saturating_sub(1)));
        for stored in found.envelopes {
            page.waiting.push(unleased(pk, stored)?);
        }
        let Some(unreadable) = found.unreadable else {
            return Ok(last.filter(|_| !found.ended));
        };
        page.unreadable.push(unreadable.reason);
        // In a group, what follows waits for it.
        Ok(matches!(what, Waiting::Quarantine(_)).then_some(unreadable.sk))
    }
}
