//! An S3 bucket as a lot: one envelope an object, compressed.
//!
//! Objects know no leases: what one process has taken it does not take again, and two processes that
//! redrive at once may send the same twice, under the same identity.

use std::collections::HashMap;
use std::time::Instant;

use async_trait::async_trait;
use distributary_aws::S3;
use distributary_delivery::{Content, Envelope, hash};
use distributary_router::{Failure, LEASE, Lot, Taken};
use futures_util::{StreamExt, stream};
use tokio::sync::Mutex;

/// Requests under way at once.
const REQUESTS: usize = 16;

pub(crate) struct S3Lot {
    s3: S3,
    prefix: String,
    leases: Mutex<HashMap<String, Instant>>,
}

impl S3Lot {
    pub(crate) fn new(s3: S3, prefix: &str) -> Self {
        S3Lot { s3, prefix: prefix.to_owned(), leases: Mutex::default() }
    }

    async fn put(&self, envelope: &Envelope) -> Result<(), Failure> {
        let packed = envelope.pack().map_err(|error| Failure::permanent(error.to_string()))?;
        let headers = [("content-type", "application/zlib")];
        Ok(self.s3.put(&self.key(envelope), &headers, packed).await?)
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
                (format!("{}quarantine/", self.prefix), record)
            }
        };
        format!("{folder}{sequence:0>40}-{identity}.json.zz")
    }

    /// A rule set may well name a route `quarantine`.
    fn folder(&self, route: &str) -> String {
        format!("{}routes/{route}/", self.prefix)
    }

    /// What stands in an object; `None` where somebody has removed it.
    async fn get(&self, key: String) -> Result<Option<Taken>, Failure> {
        let Some(bytes) = self.s3.get(&key).await? else { return Ok(None) };
        let envelope = Envelope::unpack(&bytes).map_err(|error| {
            Failure::permanent(format!("the object `{key}` of the lot cannot be read: {error}"))
        })?;
        Ok(Some(Taken { envelope, receipt: key }))
    }

    /// Leases those of the keys that are free.
    async fn claim(&self, keys: Vec<String>, most: usize) -> Vec<String> {
        let mut leases = self.leases.lock().await;
        leases.retain(|_, since| since.elapsed() < LEASE);
        let free: Vec<_> =
            keys.into_iter().filter(|key| !leases.contains_key(key)).take(most).collect();
        leases.extend(free.iter().map(|key| (key.clone(), Instant::now())));
        free
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

    async fn held(&self, _: &str) -> Result<std::collections::HashSet<String>, Failure> {
        Ok(std::collections::HashSet::new())
    }

    async fn take(&self, route: &str, most: usize) -> Result<Vec<Taken>, Failure> {
        let (mut taken, mut unreadable, mut from) = (Vec::new(), None, None);
        while taken.len() < most {
            let page = self.s3.list(&self.folder(route), from.as_deref()).await?;
            let mut keys = page.keys.into_iter().peekable();
            while taken.len() < most && keys.peek().is_some() {
                let some = keys.by_ref().take(most - taken.len()).collect();
                let some = self.claim(some, most).await;
                let gets: Vec<_> = some.into_iter().map(|key| self.get(key)).collect();
                let got: Vec<_> = stream::iter(gets).buffered(REQUESTS).collect().await;
                for answer in got {
                    match answer {
                        Ok(found) => taken.extend(found),
                        Err(failure) => unreadable = Some(failure),
                    }
                }
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        match unreadable {
            Some(failure) if taken.is_empty() => Err(failure),
            _ => Ok(taken),
        }
    }

    async fn remove(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>> {
        let delete = |taken: &Taken| {
            let key = taken.receipt.clone();
            async move {
                self.s3.delete(&key).await?;
                self.leases.lock().await.remove(&key);
                Ok(())
            }
        };
        let deletes: Vec<_> = arrived.iter().map(delete).collect();
        stream::iter(deletes).buffered(REQUESTS).collect().await
    }

    async fn give_back(&self, left: &[Taken]) {
        let mut leases = self.leases.lock().await;
        for taken in left {
            leases.remove(&taken.receipt);
        }
    }
}
