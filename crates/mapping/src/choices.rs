//! What documentation leaves open.

use std::time::Duration;

use fastrand::Rng;

/// The decisions that no page documents. Every method's default is the likeliest behaviour.
pub trait Choices {
    /// How many of the `most` records that could go into a batch are taken: at least one, and no
    /// more than there are. Lambda reads and cuts as it pleases below the batch size.
    fn batch(&mut self, most: usize) -> usize {
        most
    }

    /// Whether a batch that comes again is filled up with newer records.
    fn fills_up_retry(&mut self) -> bool {
        false
    }

    /// Whether the split that a partial batch response asks for counts as an attempt. A split by
    /// bisection "doesn't count towards the retry quota"; of this one nothing is said.
    fn partial_counts(&mut self) -> bool {
        false
    }

    /// Where a failed batch of `records` (two at least) is cut in two: the size of the first part.
    fn bisect_at(&mut self, records: usize) -> usize {
        records / 2
    }

    /// Whether an invocation without an answer counts as an attempt. What fails before the function
    /// runs is retried until the records expire, and the mapping cannot always tell.
    fn lost_counts(&mut self) -> bool {
        true
    }

    /// How long to wait before a batch is sent again that has failed so often.
    fn wait(&mut self, failures: u32) -> Duration {
        let doubled = 2_u64.saturating_pow(failures.saturating_sub(1)).min(64);
        Duration::from_millis(500).saturating_mul(u32::try_from(doubled).unwrap_or(u32::MAX))
    }

    /// Whether the function is invoked twice with the same batch: "event source mappings process
    /// each event at least once".
    fn duplicate(&mut self) -> bool {
        false
    }

    /// Which of `ready` lanes (one at least) is next, from 0.
    fn lane(&mut self, _ready: usize) -> usize {
        0
    }
}

/// What Lambda most likely does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Likeliest;

impl Choices for Likeliest {}

/// Anything that documentation does not rule out, drawn from a seed.
#[derive(Debug, Clone)]
pub struct Seeded {
    rng: Rng,
    duplicates: f64,
}

impl Seeded {
    /// Draws from `rng`; this share of the invocations, from 0 to 1, is doubled.
    #[must_use]
    pub fn new(rng: Rng, duplicates: f64) -> Self {
        Seeded { rng, duplicates }
    }
}

impl Choices for Seeded {
    fn batch(&mut self, most: usize) -> usize {
        // Mostly as much as there is, since a stream of small batches would hide the large ones.
        if self.rng.u8(..) < 192 { most } else { self.rng.usize(1..=most.max(1)) }
    }

    fn fills_up_retry(&mut self) -> bool {
        self.rng.bool()
    }

    fn partial_counts(&mut self) -> bool {
        self.rng.bool()
    }

    fn bisect_at(&mut self, records: usize) -> usize {
        self.rng.usize(1..records.max(2))
    }

    fn lost_counts(&mut self) -> bool {
        self.rng.bool()
    }

    fn wait(&mut self, failures: u32) -> Duration {
        Likeliest.wait(failures).mul_f64(self.rng.f64())
    }

    fn duplicate(&mut self) -> bool {
        self.rng.f64() < self.duplicates
    }

    fn lane(&mut self, ready: usize) -> usize {
        self.rng.usize(..ready.max(1))
    }
}
