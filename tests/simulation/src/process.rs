//! The life of a sandbox: it may die at any call that it makes, before or after the call took effect.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts down to a sandbox's end, and what it sends until then.
#[derive(Debug)]
pub(crate) struct Process {
    left: AtomicUsize,
    ended: Notify,
    sent: AtomicUsize,
}

impl Process {
    /// A sandbox that lives for so many steps.
    pub(crate) fn new(steps: usize) -> Self {
        Process { left: AtomicUsize::new(steps), ended: Notify::new(), sent: AtomicUsize::new(0) }
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

    /// Routes that are well took so many deliveries.
    pub(crate) fn sent(&self, deliveries: usize) {
        self.sent.fetch_add(deliveries, Ordering::Relaxed);
    }

    /// How many they took since this was last asked.
    pub(crate) fn take_sent(&self) -> usize {
        self.sent.swap(0, Ordering::Relaxed)
    }
}
