//! What a process knows of a route from one run to the next.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::breaker::Breaker;
use crate::bucket::Bucket;

/// A lot that nothing is known of is looked into this often: another process may have parked there.
const LOOK: Duration = Duration::from_secs(60);

/// How a route is. All runs of a process share it.
#[derive(Debug, Default)]
pub(crate) struct Health {
    breaker: Mutex<Breaker>,
    bucket: Mutex<Bucket>,
    backlog: Mutex<Backlog>,
}

/// What is known of what waits in a route's lot.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    waits: bool,
    looked: Option<Instant>,
    oldest: Option<i64>,
    /// The groups that the lot held when it was asked last.
    held: HashSet<String>,
}

impl Health {
    pub(crate) fn breaker(&self) -> MutexGuard<'_, Breaker> {
        lock(&self.breaker)
    }

    pub(crate) fn bucket(&self) -> MutexGuard<'_, Bucket> {
        lock(&self.bucket)
    }

    pub(crate) fn backlog(&self) -> MutexGuard<'_, Backlog> {
        lock(&self.backlog)
    }
}

impl Backlog {
    /// Something was parked at this time, in seconds since the epoch.
    pub(crate) fn parked(&mut self, at: i64) {
        self.waits = true;
        self.oldest = Some(self.oldest.map_or(at, |oldest| oldest.min(at)));
    }

    /// The lot holds these groups. One that it did not hold before was parked by another process;
    /// those that stay are not due, or somebody else's.
    pub(crate) fn held(&mut self, groups: &HashSet<String>) {
        self.waits |= !groups.is_subset(&self.held);
        self.held.clone_from(groups);
    }

    /// The lot was looked into: whether more waits that can be sent, and when the oldest was parked
    /// of what was seen and stays.
    pub(crate) fn looked(&mut self, waits: bool, oldest: Option<i64>) {
        (self.waits, self.looked, self.oldest) = (waits, Some(Instant::now()), oldest);
    }

    /// Whether it is worth while to look.
    pub(crate) fn is_due(&self) -> bool {
        self.waits || self.looked.is_none_or(|looked| looked.elapsed() >= LOOK)
    }

    pub(crate) fn oldest(&self) -> Option<i64> {
        self.oldest
    }
}

/// What a lane that broke down left behind is whole: no change takes more than one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
