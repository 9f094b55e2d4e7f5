//! A destination that keeps a journal.

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use distributary_delivery::{Delivery, Message};
use distributary_router::{Failure, Limits, Target};
use fastrand::Rng;
use tokio::time::{Instant, sleep};

use crate::change::number;
use crate::journal::Journal;
use crate::process::Process;
use crate::weather::{Entry, Mishap, Weather};

/// One destination, whoever sends to it.
pub(crate) struct Destination {
    limits: Limits,
    weather: Weather,
    /// The least and most milliseconds that a healthy request takes.
    latency: Range<u64>,
    start: Instant,
    state: Mutex<State>,
}

struct State {
    rng: Rng,
    journal: Journal,
}

impl Destination {
    pub(crate) fn new(ordered: bool, weather: Weather, latency: Range<u64>, rng: Rng) -> Self {
        Destination {
            limits: Limits { entries: 10, bytes: 1024 * 1024, one_per_group: ordered },
            weather,
            latency,
            start: Instant::now(),
            state: Mutex::new(State { rng, journal: Journal::default() }),
        }
    }

    pub(crate) fn weather(&self) -> &Weather {
        &self.weather
    }

    /// What arrived so far.
    pub(crate) fn journal<T>(&self, read: impl FnOnce(&Journal) -> T) -> T {
        read(&self.state.lock().unwrap().journal)
    }

    fn latency(&self) -> Duration {
        Duration::from_millis(self.state.lock().unwrap().rng.u64(self.latency.clone()))
    }

    fn take(&self, taken: &[&Delivery]) {
        let at = self.start.elapsed();
        let journal = &mut self.state.lock().unwrap().journal;
        taken.iter().for_each(|delivery| journal.note(delivery, at));
    }
}

/// A sandbox's connection to a destination.
pub(crate) struct Connection {
    pub(crate) destination: Arc<Destination>,
    pub(crate) process: Arc<Process>,
}

impl Connection {
    fn take(&self, taken: &[&Delivery]) {
        if self.destination.weather.is_fair() {
            self.process.sent(taken.len());
        }
        self.destination.take(taken);
    }

    /// Takes what the mishap leaves over.
    fn answer(
        &self,
        batch: &[&Delivery],
        mishap: Mishap,
    ) -> Result<Vec<Result<(), Failure>>, Failure> {
        let all = || vec![Ok(()); batch.len()];
        match mishap {
            Mishap::Fails => return Err(Failure::transient("ServiceUnavailable")),
            Mishap::Throttled => return Err(Failure::throttled("ThrottlingException")),
            Mishap::Entries(entries) => {
                let both = batch.iter().zip(&entries);
                let taken = both
                    .filter_map(|(delivery, entry)| (*entry == Entry::Taken).then_some(*delivery));
                self.take(&taken.collect::<Vec<_>>());
                let result = |entry| match entry {
                    Entry::Taken => Ok(()),
                    Entry::Failed => Err(Failure::transient("InternalError")),
                    Entry::Refused => Err(Failure::permanent("InvalidParameterValue")),
                };
                return Ok(entries.into_iter().map(result).collect());
            }
            Mishap::Nothing | Mishap::Late(_) | Mishap::Hangs => self.take(batch),
            Mishap::Unheard => {
                self.take(batch);
                return Err(Failure::disconnected("connection reset"));
            }
            Mishap::Malformed(off_by) => {
                self.take(batch);
                let mut results = all();
                results.resize(batch.len().saturating_add_signed(off_by), Ok(()));
                return Ok(results);
            }
        }
        Ok(all())
    }
}

#[async_trait]
impl Target for Connection {
    fn limits(&self) -> Limits {
        self.destination.limits
    }

    fn size(&self, message: &Message) -> Result<usize, String> {
        Ok(message.body.len())
    }

    async fn send(&self, batch: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure> {
        self.process.step().await;
        let changes = batch.iter().map(|delivery| number(&delivery.origin.sequence));
        let mishap = self.destination.weather.strike(&changes.collect::<Vec<_>>());
        match mishap {
            Mishap::Hangs => std::future::pending().await,
            Mishap::Late(time) => sleep(time).await,
            _ => sleep(self.destination.latency()).await,
        }
        let answer = self.answer(batch, mishap);
        self.process.step().await;
        answer
    }
}
