//! What a process knows of a route from one run to the next.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::breaker::Breaker;
use crate::bucket::Bucket;

/// How a route is. All runs of a process share it.
#[derive(Debug, Default)]
pub(crate) struct Health {
    breaker: Mutex<Breaker>,
    bucket: Mutex<Bucket>,
}

impl Health {
    pub(crate) fn breaker(&self) -> MutexGuard<'_, Breaker> {
        lock(&self.breaker)
    }

    pub(crate) fn bucket(&self) -> MutexGuard<'_, Bucket> {
        lock(&self.bucket)
    }
}

/// What a lane that broke down left behind is whole: no change takes more than one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
