//! The wall around every call to a target or a lot: it ends in time, and a panic stays inside.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tracing::error;

use crate::clock::Clock;
use crate::target::Failure;

/// Why a call gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// It took longer than it may.
    TimedOut(Duration),
    /// The invocation's time ran out first.
    RunEnded,
    /// It panicked.
    Panicked,
}

/// Runs a call for `timeout` at most and not beyond the end of the run.
pub(crate) async fn guarded<T>(
    call: impl Future<Output = T>,
    timeout: Duration,
    clock: &Clock,
) -> Result<T, Interrupt> {
    let (allowed, interrupt) = match clock.left() {
        Some(left) if left < timeout => (left, Interrupt::RunEnded),
        _ => (timeout, Interrupt::TimedOut(timeout)),
    };
    if allowed.is_zero() {
        return Err(interrupt);
    }
    match tokio::time::timeout(allowed, AssertUnwindSafe(call).catch_unwind()).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => Err(Interrupt::Panicked),
        Err(_) => Err(interrupt),
    }
}

/// Runs a whole lane: if it panics all the same, its neighbours and its settle table stand.
pub(crate) async fn contained<T>(lane: impl Future<Output = T>) -> Option<T> {
    let done = AssertUnwindSafe(lane).catch_unwind().await.ok();
    if done.is_none() {
        error!("the lane panicked; what it had not settled comes again");
    }
    done
}

impl Interrupt {
    /// What the call failed of; `None` where it did not fail but was cut off.
    pub(crate) fn failure(self) -> Option<Failure> {
        match self {
            Interrupt::TimedOut(timeout) => {
                Some(Failure::transient(format!("no answer within {timeout:?}")))
            }
            Interrupt::Panicked => Some(Failure::permanent("the client panicked")),
            Interrupt::RunEnded => None,
        }
    }
}

/// Brings an answer to the length of its question: what is unaccounted has failed.
pub(crate) fn account(
    mut answer: Vec<Result<(), Failure>>,
    entries: usize,
) -> Vec<Result<(), Failure>> {
    answer.resize_with(entries, || {
        Err(Failure::transient("the answer does not say what became of this entry"))
    });
    answer
}
