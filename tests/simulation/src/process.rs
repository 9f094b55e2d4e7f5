//! The life of a sandbox: it may die at any call that it makes, before or after the call took effect.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use crate::trail::Trail;

/// Knows when a sandbox ends, and what it has sent.
pub(crate) struct Process {
    life: Life,
    ended: Notify,
    sent: AtomicUsize,
}

enum Life {
    /// So many steps are left.
    Steps(AtomicUsize),
    Trail(Arc<Trail>),
}

impl Process {
    /// A sandbox that lives for so many steps.
    pub(crate) fn of_steps(steps: usize) -> Self {
        Process::new(Life::Steps(AtomicUsize::new(steps)))
    }

    /// A sandbox that dies where the trail says so.
    pub(crate) fn of_trail(trail: Arc<Trail>) -> Self {
        Process::new(Life::Trail(trail))
    }

    fn new(life: Life) -> Self {
        Process { life, ended: Notify::new(), sent: AtomicUsize::new(0) }
    }

    /// A place where the sandbox may end: then nothing comes after it.
    pub(crate) async fn step(&self) {
        let ends = match &self.life {
            Life::Trail(trail) => trail.dies(),
            Life::Steps(left) => {
                let one_less = |left: usize| Some(left.saturating_sub(1));
                let before = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
                before.is_ok_and(|left| left <= 1)
            }
        };
        if ends {
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
