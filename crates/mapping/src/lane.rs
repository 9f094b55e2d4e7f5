//! One lane: the records that wait in it, and the batches into which failures have cut them.

use std::collections::VecDeque;
use std::time::Duration;

use crate::choices::Choices;
use crate::discarded::Condition;
use crate::invocation::Answer;
use crate::record::{RETENTION, StreamRecord};
use crate::settings::{PAYLOAD_BYTES, Settings};

/// What `{"Records":[` and `]}` take of a payload; a comma after each record comes on top.
const EVENT_BYTES: usize = 14;

/// The records of one lane from its checkpoint on.
#[derive(Debug, Clone)]
pub(crate) struct Lane<R> {
    records: VecDeque<R>,
    /// The batches, from the front, that are under way or have to come again.
    cuts: VecDeque<Cut>,
    /// The number of the invocation that has the first batch.
    under_way: Option<u64>,
    /// When the batching window of the next batch began.
    window: Option<Duration>,
    pub(crate) checkpoint: Option<String>,
}

/// A batch that is or was sent.
#[derive(Debug, Clone, Copy)]
struct Cut {
    records: usize,
    failures: u32,
    not_before: Duration,
}

/// Records that are given up, and how often they were sent.
pub(crate) struct GivenUp<R> {
    pub(crate) records: Vec<R>,
    pub(crate) condition: Condition,
    pub(crate) invocations: u32,
}

impl<R> Default for Lane<R> {
    fn default() -> Self {
        Lane {
            records: VecDeque::new(),
            cuts: VecDeque::new(),
            under_way: None,
            window: None,
            checkpoint: None,
        }
    }
}

impl<R: StreamRecord> Lane<R> {
    pub(crate) fn push(&mut self, record: R, now: Duration) {
        self.records.push_back(record);
        self.window.get_or_insert(now);
    }

    pub(crate) fn waiting(&self) -> usize {
        self.records.len()
    }

    /// When the next batch may go, if nothing is added: `None` while one is under way or there is
    /// nothing to send.
    pub(crate) fn due(&self, settings: &Settings) -> Option<Duration> {
        if self.under_way.is_some() || self.records.is_empty() {
            return None;
        }
        if let Some(cut) = self.cuts.front() {
            return Some(cut.not_before);
        }
        let since = self.window?;
        if settings.batching_window.is_zero() {
            return Some(since);
        }
        let fits = self.fits(settings);
        let full = fits == settings.batch_size || fits < self.records.len();
        Some(if full { since } else { since.saturating_add(settings.batching_window) })
    }

    /// Gives up what may not be sent any more: the first records of the lane that are too old.
    pub(crate) fn expire(&mut self, settings: &Settings, now: Duration) -> Option<GivenUp<R>> {
        if self.under_way.is_some() {
            return None;
        }
        let age = |record: &R| now.saturating_sub(record.arrived());
        let (limit, condition) = match settings.maximum_record_age {
            Some(limit) if limit < RETENTION => (limit, Condition::RecordAgeExceeded),
            _ => (RETENTION, Condition::Expired),
        };
        let front = self.cuts.front();
        let most = front.map_or(self.records.len(), |cut| cut.records);
        let invocations = front.map_or(0, |cut| cut.failures);
        let old = self.records.iter().take(most).take_while(|record| age(record) > limit).count();
        if old == 0 {
            return None;
        }
        if let Some(cut) = self.cuts.pop_front()
            && cut.records > old
        {
            self.cuts.push_front(Cut { records: cut.records - old, ..cut });
        }
        Some(GivenUp { records: self.pass(old), condition, invocations })
    }

    /// The next batch and how often it failed. There must be a record.
    pub(crate) fn next(
        &mut self,
        settings: &Settings,
        number: u64,
        choices: &mut impl Choices,
    ) -> (Vec<R>, u32) {
        let most = self.fits(settings);
        let mut cut = self.cuts.pop_front().unwrap_or_else(|| Cut {
            records: choices.batch(most).clamp(1, most),
            failures: 0,
            not_before: Duration::ZERO,
        });
        if cut.failures > 0 && self.cuts.is_empty() && choices.fills_up_retry() {
            cut.records = cut.records.max(most);
        }
        self.cuts.push_front(cut);
        self.under_way = Some(number);
        (self.records.iter().take(cut.records).cloned().collect(), cut.failures)
    }

    /// Whether the invocation with this number is under way, and was not answered by its double.
    pub(crate) fn waits_for(&self, number: u64) -> bool {
        self.under_way == Some(number)
    }

    /// What the answer to the invocation under way leads to.
    pub(crate) fn answer(
        &mut self,
        settings: &Settings,
        answer: &Answer,
        now: Duration,
        choices: &mut impl Choices,
    ) -> Option<GivenUp<R>> {
        self.under_way = None;
        let cut = self.cuts.pop_front()?;
        // "The next window begins as soon as the previous function invocation completes."
        self.window = Some(now);
        let counts = match answer {
            Answer::Partial(identifiers)
                if settings.report_batch_item_failures && !identifiers.is_empty() =>
            {
                match self.lowest(cut.records, identifiers) {
                    Some(lowest) if lowest > 0 => {
                        drop(self.pass(lowest));
                        let failures = cut.failures + u32::from(choices.partial_counts());
                        let records = cut.records - lowest;
                        return self.retry(settings, Cut { records, failures, not_before: now });
                    }
                    _ => true,
                }
            }
            Answer::Success | Answer::Partial(_) => {
                drop(self.pass(cut.records));
                return None;
            }
            Answer::Error => true,
            Answer::Lost => choices.lost_counts(),
        };
        self.failed(settings, cut, counts, now, choices)
    }

    /// The place of the first record that is named; `None` where a name is empty or unknown, which
    /// fails the batch as a whole.
    fn lowest(&self, records: usize, identifiers: &[String]) -> Option<usize> {
        let place = |identifier: &String| {
            self.records.iter().take(records).position(|record| record.sequence() == identifier)
        };
        let places: Option<Vec<usize>> = identifiers.iter().map(place).collect();
        places?.into_iter().min()
    }

    fn failed(
        &mut self,
        settings: &Settings,
        cut: Cut,
        counts: bool,
        now: Duration,
        choices: &mut impl Choices,
    ) -> Option<GivenUp<R>> {
        if settings.bisect_batch_on_function_error && cut.records > 1 {
            let first = choices.bisect_at(cut.records).clamp(1, cut.records - 1);
            let half = |records| Cut { records, not_before: now, ..cut };
            self.cuts.push_front(half(cut.records - first));
            self.cuts.push_front(half(first));
            return None;
        }
        let failures = cut.failures + u32::from(counts);
        let not_before = now.saturating_add(choices.wait(failures));
        self.retry(settings, Cut { failures, not_before, ..cut })
    }

    /// Sends a batch again unless it has failed too often.
    fn retry(&mut self, settings: &Settings, cut: Cut) -> Option<GivenUp<R>> {
        if settings.maximum_retry_attempts.is_none_or(|most| cut.failures <= most) {
            self.cuts.push_front(cut);
            return None;
        }
        Some(GivenUp {
            records: self.pass(cut.records),
            condition: Condition::RetryAttemptsExhausted,
            invocations: cut.failures,
        })
    }

    /// Moves the checkpoint past the first records, which are of no cut any more.
    fn pass(&mut self, records: usize) -> Vec<R> {
        let passed: Vec<R> = self.records.drain(..records.min(self.records.len())).collect();
        if let Some(last) = passed.last() {
            self.checkpoint = Some(last.sequence().to_owned());
        }
        passed
    }

    /// How many of the first records one invocation can hold: one at least.
    fn fits(&self, settings: &Settings) -> usize {
        let mut bytes = EVENT_BYTES;
        let within = self.records.iter().take(settings.batch_size).take_while(|record| {
            bytes = bytes.saturating_add(record.size() + 1);
            bytes <= PAYLOAD_BYTES
        });
        within.count().max(1)
    }
}
