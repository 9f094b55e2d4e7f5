//! Leases in a bucket: an object for each route that somebody empties the lot of, written only where
//! there is none, or over one that has run out.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use distributary_aws::S3;
use distributary_router::{Failure, LEASE};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

/// A lease that ends sooner is renewed before anything is taken, and is not given up, since somebody
/// else may have it by then.
const SPARE: Duration = Duration::from_secs(20);

/// The leases of one process, by their keys.
pub(super) struct Leases {
    /// Tells the leases of processes apart, so that no two have one version.
    holder: u64,
    held: Mutex<HashMap<String, Held>>,
}

struct Held {
    until: SystemTime,
    version: String,
}

/// What stands in the object.
#[derive(Serialize, Deserialize)]
struct Written {
    holder: u64,
    /// Milliseconds since the epoch.
    until: u64,
}

impl Leases {
    pub(super) fn new() -> Self {
        let holder = RandomState::new().hash_one(std::process::id());
        Leases { holder, held: Mutex::default() }
    }

    /// Whether this process has the lease, or could get it.
    pub(super) async fn hold(&self, s3: &S3, key: &str) -> Result<bool, Failure> {
        let mut held = self.held.lock().await;
        let now = SystemTime::now();
        let own = held.get(key);
        if own.is_some_and(|own| own.until > now + SPARE) {
            return Ok(true);
        }
        let until = now + LEASE;
        let body = serde_json::to_vec(&Written { holder: self.holder, until: millis(until) })
            .map_err(|error| Failure::permanent(error.to_string()))?;
        let own = own.map(|own| own.version.clone());
        let mut version = s3.put_over(key, own.as_deref(), body.clone()).await?;
        if version.is_none()
            && let Some((found, other)) = s3.get(key).await?
            && has_ended(&found, now)
        {
            version = s3.put_over(key, Some(&other), body).await?;
        }
        held.remove(key);
        let Some(version) = version else { return Ok(false) };
        held.insert(key.to_owned(), Held { until, version });
        Ok(true)
    }

    /// Lets others have the lease. Failing does no harm: it ends by itself.
    pub(super) async fn end(&self, s3: &S3, key: &str) {
        let own = self.held.lock().await.remove(key);
        if own.is_some_and(|own| own.until > SystemTime::now() + SPARE) {
            let _ = s3.delete(key).await;
        }
    }
}

/// What is no lease keeps nobody out.
fn has_ended(found: &[u8], now: SystemTime) -> bool {
    serde_json::from_slice(found).map_or(true, |it: Written| it.until <= millis(now))
}

fn millis(time: SystemTime) -> u64 {
    let time = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
