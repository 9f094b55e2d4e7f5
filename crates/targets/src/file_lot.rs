//! A file as a lot: one envelope a line. For development: leases hold within one process.

mod leases;
mod lines;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use async_trait::async_trait;
use distributary_delivery::{Content, Envelope};
use distributary_router::{Failure, Found, Lot, Taken};
use tokio::sync::Mutex;

use self::leases::Leases;
use self::lines::{Change, Line, Lines, key, line};
use crate::browse::{Browse, Page, Waiting};
use crate::file::append;

pub(crate) struct FileLot {
    lines: Lines,
    leases: Mutex<Leases>,
}

impl FileLot {
    pub(crate) fn new(path: &Path) -> Self {
        FileLot { lines: Lines { path: path.to_owned() }, leases: Mutex::default() }
    }

    async fn end_leases(&self, of: &[Taken]) {
        let mut leases = self.leases.lock().await;
        for taken in of {
            let Content::Delivery { route, .. } = &taken.envelope.content else { continue };
            leases.end(route, &Line::new(taken.envelope.clone()).group, &taken.receipt);
        }
    }
}

#[async_trait]
impl Lot for FileLot {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        let mut lost: Option<Failure> = None;
        let park = |envelope: &Envelope| {
            let line = line(envelope).map_err(|error| Failure::permanent(error.to_string()))?;
            // A file that failed once is full, gone or not ours: later lines may not pass earlier.
            if let Some(failure) = &lost {
                return Err(failure.clone());
            }
            append(&self.lines.path, &line).inspect_err(|failure| lost = Some(failure.clone()))
        };
        parked.iter().map(park).collect()
    }

    fn is_ordered(&self) -> bool {
        true
    }

    async fn held(&self, route: &str) -> Result<HashSet<String>, Failure> {
        let (lines, _) = self.lines.read(Waiting::Route(route))?;
        Ok(lines.into_iter().map(|line| line.group).collect())
    }

    async fn take(&self, route: &str, most: usize, by: i64) -> Result<Found, Failure> {
        let mut leases = self.leases.lock().await;
        leases.expire();
        let (mut lines, unreadable) = self.lines.read(Waiting::Route(route))?;
        lines.retain(|line| !leases.have(route, &line.group));
        let (mut found, mut later) = (Found::default(), HashSet::new());
        for line in lines {
            // In its group nothing passes what is not due.
            if later.contains(&line.group) || !line.envelope.is_due(by) {
                let at = line.envelope.parked_at;
                found.postponed = Some(found.postponed.map_or(at, |oldest| oldest.min(at)));
                later.insert(line.group);
            } else if found.taken.len() < most {
                leases.add(route, &line.group, &line.key);
                found.taken.push(line.taken());
            }
        }
        match unreadable.into_iter().next() {
            Some(reason) if found.taken.is_empty() => Err(Failure::permanent(reason)),
            _ => Ok(found),
        }
    }

    async fn remove(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>> {
        let keys: HashSet<_> = arrived.iter().map(|taken| taken.receipt.as_str()).collect();
        let goes = |it: &Envelope| match keys.contains(key(it).as_str()) {
            true => Change::Goes,
            false => Change::Stays,
        };
        let outcome = self.lines.rewrite(goes);
        self.end_leases(arrived).await;
        vec![outcome; arrived.len()]
    }

    async fn give_back(&self, left: &[Taken]) {
        self.end_leases(left).await;
    }

    async fn postpone(&self, tried: &[Taken]) {
        let changed: HashMap<_, _> =
            tried.iter().map(|taken| (taken.receipt.as_str(), &taken.envelope)).collect();
        let becomes = |it: &Envelope| match changed.get(key(it).as_str()).map(|it| line(it)) {
            Some(Ok(line)) => Change::Becomes(line),
            _ => Change::Stays,
        };
        // Failing leaves it as it was.
        let _ = self.lines.rewrite(becomes);
        self.end_leases(tried).await;
    }
}

#[async_trait]
impl Browse for FileLot {
    async fn browse(&self, what: Waiting<'_>, _: Option<&str>) -> Result<Page, Failure> {
        let (lines, unreadable) = self.lines.read(what)?;
        let waiting = lines.into_iter().map(Line::taken).collect();
        Ok(Page { waiting, unreadable, next: None })
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use distributary_router::{LEASE, group_key};

    use super::*;
    use crate::sample;

    const NOW: i64 = 1_000;

    /// A lot in a folder that is there for as long as this.
    fn lot() -> (TempDir, FileLot) {
        let folder = tempfile::tempdir().unwrap();
        let lot = FileLot::new(&folder.path().join("deep/lot.jsonl"));
        (folder, lot)
    }

    fn envelope(event: &str, group: &str, sequence: &str) -> Envelope {
        let mut delivery = sample::delivery(event, "{}");
        delivery.message.group = Some(group.to_owned());
        delivery.origin.sequence = sequence.into();
        Envelope::delivery(delivery, "bus".into(), "h".into(), 4, "AccessDenied".into(), 0)
    }

    fn events(taken: &[Taken]) -> Vec<&str> {
        taken.iter().map(|taken| taken.envelope.event.as_deref().unwrap()).collect()
    }

    #[tokio::test]
    async fn one_envelope_is_one_line_also_of_a_record_on_several_lines() {
        let (_folder, lot) = lot();
        let mut parked = [envelope("e-1", "a", "1"), envelope("e-2", "a", "2")];
        parked[0].record = bytes::Bytes::from_static(b"{\n  \"eventID\": \"e-1\"\n}");
        parked[1].record = bytes::Bytes::from_static(b"{");
        let outcomes = lot.park(&parked).await;
        assert_eq!(outcomes[0], Ok(()));
        assert!(!outcomes[1].as_ref().unwrap_err().retryable());
        let text = std::fs::read_to_string(&lot.lines.path).unwrap();
        assert_eq!(text.lines().count(), 1);
        assert!(text.contains(r#""record":{   "eventID": "e-1" }"#), "{text}");
    }

    #[tokio::test]
    async fn groups_come_back_in_order_and_on_lease_to_one() {
        let (_folder, lot) = lot();
        assert_eq!(lot.take("bus", 10, NOW).await, Ok(Found::default()));
        let parked =
            [envelope("e-2", "a", "20"), envelope("e-1", "a", "3"), envelope("e-3", "b", "21")];
        lot.park(&parked).await;
        lot.park(&parked[..1]).await;
        assert_eq!(lot.held("bus").await.unwrap(), HashSet::from([group_key("a"), group_key("b")]));
        assert_eq!(lot.held("other").await, Ok(HashSet::new()));

        let taken = lot.take("bus", 2, NOW).await.unwrap().taken;
        assert_eq!(events(&taken), ["e-1", "e-2"]);
        let other = lot.take("bus", 10, NOW).await.unwrap().taken;
        assert_eq!(events(&other), ["e-3"]);
        assert_eq!(lot.remove(&taken[..1]).await, [Ok(())]);
        assert_eq!(lot.take("bus", 10, NOW).await, Ok(Found::default()), "the group has one more");
        lot.give_back(&taken[1..]).await;
        lot.give_back(&other).await;
        assert_eq!(events(&lot.take("bus", 10, NOW).await.unwrap().taken), ["e-2", "e-3"]);
    }

    /// A group without an order spreads load, and nothing waits behind what is refused.
    #[tokio::test]
    async fn without_an_order_what_is_not_due_holds_up_nothing() {
        let (_folder, lot) = lot();
        let all = ["e-1", "e-2"].map(|event| envelope(event, "a", "1").without_order());
        lot.park(&all).await;
        let mut taken = lot.take("bus", 1, NOW).await.unwrap().taken;
        if let Content::Delivery { not_before, .. } = &mut taken[0].envelope.content {
            *not_before = Some(NOW + 60);
        }
        lot.postpone(&taken).await;
        assert_eq!(events(&lot.take("bus", 10, NOW).await.unwrap().taken), ["e-2"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_ends_by_itself() {
        let (_folder, lot) = lot();
        lot.park(&[envelope("e-1", "a", "1")]).await;
        assert_eq!(events(&lot.take("bus", 10, NOW).await.unwrap().taken), ["e-1"]);
        tokio::time::advance(LEASE - std::time::Duration::from_secs(1)).await;
        assert_eq!(lot.take("bus", 10, NOW).await, Ok(Found::default()));
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        assert_eq!(events(&lot.take("bus", 10, NOW).await.unwrap().taken), ["e-1"]);
    }

    #[tokio::test]
    async fn what_is_no_envelope_stays_and_is_named_alone() {
        let (_folder, lot) = lot();
        append(&lot.lines.path, b"{\"secret\":1}\n").unwrap();
        let failure = lot.take("bus", 10, NOW).await.unwrap_err();
        assert!(failure.reason.starts_with("line 1 of"), "{failure:?}");
        assert!(!failure.reason.contains("secret"), "{failure:?}");
        lot.park(&[envelope("e-1", "a", "1")]).await;
        let taken = lot.take("bus", 10, NOW).await.unwrap().taken;
        assert_eq!(lot.remove(&taken).await, [Ok(())]);
        assert_eq!(std::fs::read_to_string(&lot.lines.path).unwrap(), "{\"secret\":1}\n");
    }
}
