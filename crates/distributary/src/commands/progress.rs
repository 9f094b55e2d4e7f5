//! A bar on a terminal while events are read and delivered; nothing elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

/// Clones stand for the same bar.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    deliveries: Arc<AtomicUsize>,
}

impl Progress {
    /// A bar over so many bytes of events; a size of nothing is one that is not known.
    pub(crate) fn new(bytes: u64) -> Self {
        let bar = if bytes == 0 { ProgressBar::no_length() } else { ProgressBar::new(bytes) };
        let style = ProgressStyle::with_template("{wide_bar} {binary_bytes} read, {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Progress { bar, deliveries: Arc::default() }
    }

    /// No bar.
    pub(crate) fn none() -> Self {
        Progress { bar: ProgressBar::hidden(), deliveries: Arc::default() }
    }

    /// So many more bytes of events are done.
    pub(crate) fn read(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
    }

    /// Takes the numbers of deliveries that have got their outcome.
    pub(crate) fn counter(&self) -> impl Fn(usize) + Send + Sync + use<> {
        let Progress { bar, deliveries } = self.clone();
        move |count| {
            let deliveries = deliveries.fetch_add(count, Ordering::Relaxed) + count;
            if !bar.is_hidden() {
                bar.set_message(format!("{deliveries} deliveries"));
            }
        }
    }

    /// Runs what writes to standard error, with the bar out of the way.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Takes the bar off the terminal.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
