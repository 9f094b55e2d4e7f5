//! What follows from the answer to a request.

use tokio::time::Instant;

use crate::batch::Entry;
use crate::request::{Answer, Verdict, verdict};
use crate::retry::backoff;
use crate::send::Sender;
use crate::settle::Outcome;
use crate::target::{Failure, FailureKind, OUT_OF_TIME};

/// Once so many entries were refused on their own and none was taken, the target takes nothing,
/// and refused requests are not taken apart any more. As many as a request of the services holds:
/// then no number of faulty entries in one request decides for a sound one.
const REFUSED_ALONE: u32 = 10;

const NO_ANSWER: &str = "there was no answer before the run ended";

/// What one answer means for all entries that failed in it.
struct Lesson {
    /// The request was refused as a whole and had several entries.
    together: bool,
    /// It was a probe, and had one entry.
    probe: bool,
    /// The route may try again.
    may_retry: bool,
    /// The share of the longest wait.
    share: f64,
}

/// What one answer weighs for the target's health.
struct Weight {
    /// A failure is the target's, as far as one can see.
    blames: bool,
    /// The request had something in it that failed before.
    retried: bool,
    share: f64,
}

impl Sender {
    pub(crate) fn absorb(&mut self, answer: Answer) {
        let Answer { batch, started, results, whole, timed_out } = answer;
        self.table().request(started.elapsed());
        let Some(results) = results else {
            // Unless it counts as failed, the next run probes at once and waits as long for nothing.
            if std::mem::take(&mut self.probing) {
                self.health().breaker().failed(started, NO_ANSWER);
            }
            return batch.into_iter().for_each(|entry| self.cut_off(entry));
        };
        let verdict = verdict(&results);
        if verdict == Verdict::Disconnected && self.may_be_stale() {
            return batch.into_iter().for_each(|entry| self.queue.again(entry));
        }
        let share = self.rng.f64();
        let together = whole && batch.len() > 1;
        // What failed before may be to blame itself. That nothing is answered is the target's fault,
        // and what costs most to find out slowly.
        let first = !self.settings.again && batch.iter().any(|entry| entry.attempts == 0);
        let blames = timed_out && !self.is_hasty() || first;
        let retried = batch.iter().any(|entry| entry.failures > 0);
        self.learn(verdict, &results, started, Weight { blames, retried, share });
        let probe = self.probing && batch.len() == 1;
        let lesson = Lesson { together, probe, may_retry: self.pay_for_retry(&results), share };
        for (entry, result) in batch.into_iter().zip(results) {
            match result {
                Ok(()) => {
                    self.queue.release(&entry);
                    self.table().settle(entry.ticket, Outcome::Delivered);
                }
                Err(failure) => self.failed(entry, failure, &lesson),
            }
        }
        self.give_up_all_if_spent();
    }

    /// Whether what is redriven has less time than the route gives an attempt: a target that is only
    /// slow does not answer in that either.
    pub(crate) fn is_hasty(&self) -> bool {
        let timeout = self.settings.timeout;
        self.settings.again && self.clock().timeout(timeout) < timeout
    }

    /// Nobody waits for the answer. What comes from a batch comes again with it. What is redriven may
    /// have arrived: it steps aside, or a slow target would get it again with every batch.
    fn cut_off(&mut self, mut entry: Entry) {
        if !self.settings.again {
            return self.leave_group(entry, OUT_OF_TIME);
        }
        entry.attempts += 1;
        self.give_up(entry, "there was no answer in the time that a redrive may take");
    }

    /// After a freeze every connection is dead that the process kept, which is as many as requests
    /// were under way at once. So many that turn out so are sent again at once, as if they had not
    /// been.
    fn may_be_stale(&mut self) -> bool {
        self.stale += 1;
        self.stale <= self.settings.concurrency
    }

    /// What the answer says of the target, for its breaker, its budget and its width.
    fn learn(
        &mut self,
        verdict: Verdict,
        results: &[Result<(), Failure>],
        started: Instant,
        weight: Weight,
    ) {
        let Weight { blames, retried, share } = weight;
        let failures = || results.iter().flat_map(|result| result.as_ref().err());
        if let Some(failure) = failures().next() {
            self.last_failure.clone_from(&failure.reason);
        }
        if failures().any(|failure| failure.kind == FailureKind::Throttled) {
            self.throttle.throttled(started, share);
        }
        match verdict {
            Verdict::Taken => {
                self.delivered = true;
                self.budget.progress(started);
                self.health().bucket().give_back(retried);
                self.health().breaker().succeeded(started);
                self.probing = false;
                if failures().all(|failure| failure.kind != FailureKind::Throttled) {
                    self.throttle.taken();
                }
            }
            // It works, or it would not count what it is given.
            Verdict::Throttled => self.budget.lose(started, true),
            Verdict::Refused => self.budget.lose(started, false),
            Verdict::Failed | Verdict::Disconnected => {
                self.budget.lose(started, false);
                if self.probing || blames {
                    self.health().breaker().failed(started, &self.last_failure);
                    self.probing = false;
                }
            }
        }
    }

    fn pay_for_retry(&mut self, results: &[Result<(), Failure>]) -> bool {
        let fails = |result: &Result<(), Failure>| {
            let kind = result.as_ref().err().map(|failure| failure.kind);
            matches!(kind, Some(FailureKind::Transient | FailureKind::Disconnected))
        };
        if !results.iter().any(fails) {
            return true;
        }
        self.failed = true;
        self.settings.retry > 0 && self.health().bucket().take()
    }

    fn failed(&mut self, mut entry: Entry, failure: Failure, lesson: &Lesson) {
        let Failure { kind, reason } = failure;
        let refused = kind == FailureKind::Refused;
        entry.attempts += 1;
        entry.failures += u32::from(kind != FailureKind::Throttled);
        // Faulty entries that merely fill their requests must not keep others from being taken apart.
        if refused && (entry.alone || lesson.probe) {
            self.refused_alone += 1;
        }
        let takes_nothing = !self.delivered && self.refused_alone >= REFUSED_ALONE;
        if takes_nothing {
            for other in self.queue.take_alone() {
                self.give_up(other, &reason);
            }
            if std::mem::take(&mut self.probing) {
                self.health().breaker().trip(&reason);
            }
        }
        if self.spent || self.budget.is_spent() {
            self.give_up(entry, &reason);
        } else if kind == FailureKind::Throttled {
            self.queue.again(entry);
        } else if !refused && entry.failures <= self.settings.retry && lesson.may_retry {
            let until = Instant::now() + backoff(entry.failures, lesson.share);
            if self.clock().closed_at(until) {
                self.leave_group(entry, OUT_OF_TIME);
            } else {
                self.queue.later(entry, until);
            }
        } else if refused && lesson.together && !takes_nothing {
            entry.alone = true;
            self.queue.again(entry);
        } else {
            self.give_up(entry, &reason);
        }
    }
}
