//! The life of a sandbox: it may die at any call that it makes, before or after the call took effect.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts down to a sandbox's end.
#[derive(Debug)]
pub(crate) struct Process {
    left: AtomicUsize,
    ended: Notify,
}

impl Process {
    /// A sandbox that lives for so many steps.
    pub(crate) fn new(steps: usize) -> Self {
        Process { left: AtomicUsize::new(steps), ended: Notify::new() }
    }

    /// A place where the sandbox may end: then nothing comes after it.
    pub(crate) async fn step(&self) {
        let before = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            Some(left.saturating_sub(1))
        });
        if before.is_ok_and(|left| left <= 1) {
            self.ended.notify_one();
            std::future::pending().await
        }
    }

    /// Comes back when the sandbox ends.
    pub(crate) async fn ended(&self) {
        self.ended.notified().await;
    }
}
