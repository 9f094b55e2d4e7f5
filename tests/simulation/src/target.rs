//! A destination that follows a script and keeps a journal.

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
use crate::scenario::{Fault, POISON};

/// One destination, whoever sends to it.
pub(crate) struct Destination {
    limits: Limits,
    fault: Fault,
    window: Range<Duration>,
    /// The least and most milliseconds that a healthy request takes.
    latency: Range<u64>,
    start: Instant,
    state: Mutex<State>,
}

struct State {
    rng: Rng,
    journal: Journal,
    faults: usize,
}

/// What is done with a request.
enum Deed {
    /// Some entries are taken, the others fail; the answer has so many entries more or less.
    Answer(Vec<Result<(), Failure>>, isize),
    /// Nothing is taken.
    Fail(Failure),
    /// Everything is taken, and nobody is told.
    TakeAndBreak,
    /// Nothing ever happens.
    Hang,
}

impl Destination {
    pub(crate) fn new(
        ordered: bool,
        fault: Fault,
        window: Range<Duration>,
        latency: Range<u64>,
        rng: Rng,
    ) -> Self {
        let state = State { rng, journal: Journal::default(), faults: 0 };
        Destination {
            limits: Limits { entries: 10, bytes: 1024 * 1024, one_per_group: ordered },
            fault,
            window,
            latency,
            start: Instant::now(),
            state: Mutex::new(state),
        }
    }

    pub(crate) fn is_sick(&self) -> bool {
        self.fault != Fault::None
    }

    pub(crate) fn faults(&self) -> usize {
        self.state.lock().unwrap().faults
    }

    /// What arrived so far.
    pub(crate) fn journal<T>(&self, read: impl FnOnce(&Journal) -> T) -> T {
        read(&self.state.lock().unwrap().journal)
    }

    fn deed(&self, batch: &[&Delivery]) -> (Duration, Deed) {
        let mut state = self.state.lock().unwrap();
        let fault = match self.window.contains(&self.start.elapsed()) {
            true => self.fault,
            false => Fault::None,
        };
        let rng = &mut state.rng;
        let latency = Duration::from_millis(rng.u64(self.latency.clone()));
        let third = |rng: &mut Rng| rng.u8(..3) == 0;
        let all = || vec![Ok(()); batch.len()];
        let unavailable = || Failure::transient("ServiceUnavailable");
        let well = Deed::Answer(all(), 0);
        let deed = match fault {
            Fault::None | Fault::Paused => return (latency, well),
            Fault::Slow => {
                let latency = Duration::from_millis(rng.u64(500..1100));
                state.faults += 1;
                return (latency, well);
            }
            Fault::Down => Deed::Fail(unavailable()),
            Fault::Hangs => Deed::Hang,
            Fault::Flaky if third(rng) => Deed::Fail(unavailable()),
            Fault::Throttled if rng.bool() => Deed::Fail(Failure::throttled("ThrottlingException")),
            Fault::LostAcknowledgement if third(rng) => Deed::TakeAndBreak,
            Fault::Flaky | Fault::Throttled | Fault::LostAcknowledgement => return (latency, well),
            Fault::PartialFailures => {
                let entry = |_: &&Delivery| if third(rng) { Err(unavailable()) } else { Ok(()) };
                Deed::Answer(batch.iter().map(entry).collect(), 0)
            }
            Fault::Malformed => Deed::Answer(all(), if rng.bool() { 1 } else { -1 }),
            Fault::Poison => {
                let entry = |delivery: &&Delivery| match number(&delivery.origin.sequence) {
                    POISON => Err(Failure::permanent("InvalidParameterValue")),
                    _ => Ok(()),
                };
                Deed::Answer(batch.iter().map(entry).collect(), 0)
            }
        };
        let harmless =
            matches!(&deed, Deed::Answer(results, 0) if results.iter().all(Result::is_ok));
        state.faults += usize::from(!harmless);
        (latency, deed)
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
    fn take(&self, taken: Vec<&Delivery>) {
        if !self.destination.is_sick() {
            self.process.sent(taken.len());
        }
        self.destination.take(&taken);
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
        let (latency, deed) = self.destination.deed(batch);
        sleep(latency).await;
        let answer = match deed {
            Deed::Hang => std::future::pending().await,
            Deed::Fail(failure) => Err(failure),
            Deed::TakeAndBreak => {
                self.take(batch.to_vec());
                Err(Failure::disconnected("connection reset"))
            }
            Deed::Answer(mut results, off_by) => {
                let answered = batch.iter().zip(&results);
                let taken =
                    answered.filter_map(|(delivery, result)| result.is_ok().then_some(*delivery));
                self.take(taken.collect());
                let entries = results.len().saturating_add_signed(off_by);
                results.resize(entries, Ok(()));
                Ok(results)
            }
        };
        self.process.step().await;
        answer
    }
}
