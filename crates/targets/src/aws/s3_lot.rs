//! An S3 bucket as a lot: one envelope an object, compressed.
//!
//! Who empties a route's folder has a lease on all of it, so that two redrives do not send the same.

#[cfg(test)]
mod bucket;
mod known;
mod lease;

use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use distributary_aws::S3;
use distributary_delivery::{Content, Envelope, hash};
use distributary_router::{Failure, Found, Lot, Taken};
use futures_util::{StreamExt, stream};
use tokio::sync::Mutex;

use self::known::Known;
use self::lease::Leases;
use super::PAGE;
use crate::browse::{Browse, Page, Waiting};

/// Requests under way at once.
const REQUESTS: usize = 16;
/// Keys in a page: as many as the service names at once.
const LISTED: usize = 1_000;

const ZLIB: (&str, &str) = ("content-type", "application/zlib");

pub(crate) struct S3Lot {
    s3: S3,
    prefix: String,
    leases: Leases,
    known: Mutex<Known>,
}

/// An object that holds an envelope.
struct Object {
    taken: Taken,
    version: String,
}

impl S3Lot {
    pub(crate) fn new(s3: S3, prefix: &str) -> Self {
        S3Lot { s3, prefix: prefix.to_owned(), leases: Leases::new(), known: Mutex::default() }
    }

    async fn put(&self, envelope: &Envelope) -> Result<(), Failure> {
        let packed = envelope.pack().map_err(|error| Failure::permanent(error.to_string()))?;
        self.s3.put(&self.key(envelope), &[ZLIB], packed).await?;
        Ok(())
    }

    /// Puts what was tried in the place of what was taken, if that is still there: once the lease
    /// has run out, somebody else may have delivered it. Failing leaves it as it was.
    async fn put_again(&self, tried: &Taken) {
        let version = self.known.lock().await.version(&tried.receipt);
        let (Some(version), Ok(packed)) = (version, tried.envelope.pack()) else { return };
        let _ = self.s3.put(&tried.receipt, &[ZLIB, ("if-match", &version)], packed).await;
    }

    /// Of equal envelopes the same, so that parking again changes nothing.
    fn key(&self, envelope: &Envelope) -> String {
        let sequence = envelope.sequence.as_deref().unwrap_or("-");
        let (folder, identity) = match &envelope.content {
            Content::Delivery { route, identity, .. } => {
                (self.folder(route), identity.as_str().to_owned())
            }
            Content::Quarantine => {
                let record = hash(&[&String::from_utf8_lossy(&envelope.record)]);
                (self.quarantine(), record)
            }
        };
        format!("{folder}{sequence:0>40}-{identity}.json.zz")
    }

    /// A rule set may well name a route `quarantine`.
    fn folder(&self, route: &str) -> String {
        format!("{}routes/{route}/", self.prefix)
    }

    /// The key of the lease on a route's folder.
    fn lease(&self, route: &str) -> String {
        format!("{}leases/{route}.json", self.prefix)
    }

    /// Ends the leases on the folders of these envelopes.
    async fn end_leases<'a>(&self, of: impl Iterator<Item = &'a Envelope>) {
        let route = |envelope: &'a Envelope| match &envelope.content {
            Content::Delivery { route, .. } => Some(&**route),
            Content::Quarantine => None,
        };
        let routes: BTreeSet<&str> = of.filter_map(route).collect();
        for route in routes {
            self.leases.end(&self.s3, &self.lease(route)).await;
        }
    }

    fn quarantine(&self) -> String {
        format!("{}quarantine/", self.prefix)
    }

    /// What stands in an object, or why it cannot be read; `None` where somebody has removed it.
    async fn get(&self, key: String) -> Result<Option<Result<Object, String>>, Failure> {
        let Some((bytes, version)) = self.s3.get(&key).await? else { return Ok(None) };
        Ok(Some(match Envelope::unpack(&bytes) {
            Ok(envelope) => Ok(Object { taken: Taken { envelope, receipt: key }, version }),
            Err(error) => Err(format!("the object `{key}` of the lot cannot be read: {error}")),
        }))
    }

    async fn get_all(
        &self,
        keys: Vec<String>,
    ) -> Vec<Result<Option<Result<Object, String>>, Failure>> {
        let gets: Vec<_> = keys.into_iter().map(|key| self.get(key)).collect();
        stream::iter(gets).buffered(REQUESTS).collect().await
    }
}

#[async_trait]
impl Lot for S3Lot {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        let puts: Vec<_> = parked.iter().map(|envelope| self.put(envelope)).collect();
        stream::iter(puts).buffered(REQUESTS).collect().await
    }

    fn is_ordered(&self) -> bool {
        false
    }

    async fn held(&self, _: &str) -> Result<HashSet<String>, Failure> {
        Ok(HashSet::new())
    }

    async fn take(&self, route: &str, most: usize, by: i64) -> Result<Found, Failure> {
        let (mut found, mut unreadable, mut from) = (Found::default(), None, None);
        while found.taken.len() < most {
            let page = self.s3.list(&self.folder(route), from.as_deref(), LISTED).await?;
            if page.keys.is_empty() {
                break;
            }
            if !self.leases.hold(&self.s3, &self.lease(route)).await? {
                return Ok(found);
            }
            let mut keys = page.keys.into_iter().peekable();
            while found.taken.len() < most && keys.peek().is_some() {
                let some = keys.by_ref().take(most - found.taken.len()).collect();
                let some = self.known.lock().await.claim(some, by, &mut found.postponed);
                let mut rest: HashSet<_> = some.iter().cloned().collect();
                for answer in self.get_all(some).await {
                    match answer {
                        Ok(None) => {}
                        Ok(Some(Ok(Object { taken, version }))) if taken.envelope.is_due(by) => {
                            rest.remove(&taken.receipt);
                            self.known.lock().await.read(&taken.receipt, version);
                            found.taken.push(taken);
                        }
                        Ok(Some(Ok(Object { taken, .. }))) => {
                            self.known.lock().await.put_off(&taken, &mut found.postponed);
                        }
                        Ok(Some(Err(reason))) => unreadable = Some(Failure::permanent(reason)),
                        Err(failure) => unreadable = Some(failure),
                    }
                }
                self.known.lock().await.forget(rest.iter().map(String::as_str));
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        if found.taken.is_empty() {
            self.leases.end(&self.s3, &self.lease(route)).await;
        }
        match unreadable {
            Some(failure) if found.taken.is_empty() => Err(failure),
            _ => Ok(found),
        }
    }

    async fn remove(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>> {
        let delete = |taken: &Taken| {
            let key = taken.receipt.clone();
            async move {
                self.s3.delete(&key).await?;
                self.known.lock().await.forget([&*key]);
                Ok(())
            }
        };
        let deletes: Vec<_> = arrived.iter().map(delete).collect();
        stream::iter(deletes).buffered(REQUESTS).collect().await
    }

    async fn give_back(&self, left: &[Taken]) {
        self.known.lock().await.forget(left.iter().map(|taken| &*taken.receipt));
        self.end_leases(left.iter().map(|taken| &taken.envelope)).await;
    }

    async fn postpone(&self, tried: &[Taken]) {
        let puts: Vec<_> = tried.iter().map(|taken| self.put_again(taken)).collect();
        stream::iter(puts).buffered(REQUESTS).collect::<Vec<_>>().await;
        self.give_back(tried).await;
    }
}

#[async_trait]
impl Browse for S3Lot {
    async fn browse(&self, what: Waiting<'_>, from: Option<&str>) -> Result<Page, Failure> {
        let folder = match what {
            Waiting::Route(route) => self.folder(route),
            Waiting::Quarantine(_) => self.quarantine(),
        };
        let listed = self.s3.list(&folder, from, PAGE).await?;
        let mut page = Page { next: listed.next, ..Page::default() };
        for answer in self.get_all(listed.keys).await {
            match answer? {
                Some(Ok(it)) if what.covers(&it.taken.envelope) => page.waiting.push(it.taken),
                Some(Err(reason)) => page.unreadable.push(reason),
                None | Some(Ok(_)) => {}
            }
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::bucket::Bucket;
    use super::*;
    use crate::aws::scripted::aws;
    use crate::sample;

    /// The lot as one process has it.
    fn lot(bucket: &Bucket) -> Arc<dyn Browse> {
        aws(bucket.url()).bucket_lot("waiting", "").unwrap()
    }

    fn envelope() -> Envelope {
        let delivery = sample::delivery("e-1", "{}");
        Envelope::delivery(delivery, "bus".into(), "h".into(), 4, "AccessDenied".into(), 0)
    }

    async fn taken(lot: &dyn Browse, route: &str) -> Taken {
        let found = lot.take(route, 1, i64::MAX).await.unwrap();
        found.taken.into_iter().next().expect("nothing waits")
    }

    fn tried(taken: &Taken) -> Taken {
        let mut tried = taken.clone();
        tried.envelope.reason = "down".into();
        tried
    }

    #[tokio::test]
    async fn what_is_postponed_takes_the_place_of_what_was_taken() {
        let bucket = Bucket::start().await;
        let lot = lot(&bucket);
        assert_eq!(lot.park(&[envelope()]).await, [Ok(())]);
        let first = taken(&*lot, "bus").await;
        lot.postpone(&[tried(&first)]).await;
        assert_eq!(taken(&*lot, "bus").await, tried(&first));
    }

    #[tokio::test]
    async fn what_others_delivered_or_postponed_meanwhile_is_not_put_back() {
        let bucket = Bucket::start().await;
        let (slow, other) = (lot(&bucket), lot(&bucket));
        assert_eq!(slow.park(&[envelope()]).await, [Ok(())]);
        let first = taken(&*slow, "bus").await;
        bucket.end_leases();
        let mut theirs = taken(&*other, "bus").await;
        theirs.envelope.reason = "theirs".into();
        other.postpone(&[theirs.clone()]).await;
        slow.postpone(&[tried(&first)]).await;
        bucket.end_leases();
        assert_eq!(taken(&*other, "bus").await, theirs);

        bucket.end_leases();
        let second = taken(&*slow, "bus").await;
        assert_eq!(other.remove(&[theirs]).await, [Ok(())]);
        slow.postpone(&[tried(&second)]).await;
        bucket.end_leases();
        let found = other.take("bus", 1, i64::MAX).await.unwrap();
        assert_eq!(found, Found::default());
    }
}
