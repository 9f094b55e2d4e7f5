//! A lot that all sandboxes share and that follows a script.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use distributary_delivery::{Content, Envelope};
use distributary_router::{Failure, LEASE, Lot, Taken, group_key};
use fastrand::Rng;
use tokio::time::{Instant, sleep};

use crate::process::Process;
use crate::scenario::Fault;
use crate::world::number;

/// The envelopes that wait.
pub(crate) struct Shelf {
    fault: Fault,
    window: Range<Duration>,
    start: Instant,
    state: Mutex<State>,
}

struct State {
    rng: Rng,
    rows: BTreeMap<String, Row>,
    faults: usize,
}

struct Row {
    envelope: Envelope,
    leased_until: Instant,
}

impl Shelf {
    pub(crate) fn new(fault: Fault, window: Range<Duration>, rng: Rng) -> Arc<Self> {
        let state = State { rng, rows: BTreeMap::new(), faults: 0 };
        Arc::new(Shelf { fault, window, start: Instant::now(), state: Mutex::new(state) })
    }

    /// The changes that wait for a route.
    pub(crate) fn parked(&self, route: &str) -> Vec<usize> {
        let state = self.state.lock().unwrap();
        state.rows.values().filter_map(|row| change(&row.envelope, route)).collect()
    }

    pub(crate) fn faults(&self) -> usize {
        self.state.lock().unwrap().faults
    }

    /// What goes wrong with the next call.
    fn fault(&self) -> Fault {
        if !self.window.contains(&self.start.elapsed()) {
            return Fault::None;
        }
        let mut state = self.state.lock().unwrap();
        let fault = match self.fault {
            Fault::Flaky | Fault::LostAcknowledgement if state.rng.u8(..3) != 0 => Fault::None,
            fault => fault,
        };
        state.faults += usize::from(fault != Fault::None);
        fault
    }

    fn keep(&self, parked: &[Envelope]) {
        let mut state = self.state.lock().unwrap();
        for envelope in parked {
            let row = || Row { envelope: envelope.clone(), leased_until: self.start };
            state.rows.entry(key(envelope)).or_insert_with(row);
        }
    }
}

/// What makes two envelopes the same row.
fn key(envelope: &Envelope) -> String {
    match &envelope.content {
        Content::Delivery { identity, .. } => identity.as_str().to_owned(),
        Content::Quarantine => envelope.event.as_deref().unwrap_or_default().to_owned(),
    }
}

/// The number of the change, if the envelope is one of the route.
fn change(envelope: &Envelope, of: &str) -> Option<usize> {
    match &envelope.content {
        Content::Delivery { route, .. } if **route == *of => {
            envelope.sequence.as_deref().map(number)
        }
        _ => None,
    }
}

fn group(envelope: &Envelope) -> Option<String> {
    match &envelope.content {
        Content::Delivery { message, .. } => message.group.as_deref().map(group_key),
        Content::Quarantine => None,
    }
}

/// A sandbox's way to the lot.
pub(crate) struct Access {
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) process: Arc<Process>,
}

const LATENCY: Duration = Duration::from_millis(10);

#[async_trait]
impl Lot for Access {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        self.process.step().await;
        let fault = self.shelf.fault();
        sleep(LATENCY).await;
        let answer = match fault {
            Fault::None => {
                self.shelf.keep(parked);
                Ok(())
            }
            Fault::LostAcknowledgement => {
                self.shelf.keep(parked);
                Err(Failure::disconnected("connection reset"))
            }
            _ => Err(Failure::transient("ServiceUnavailable")),
        };
        self.process.step().await;
        vec![answer; parked.len()]
    }

    fn is_ordered(&self) -> bool {
        true
    }

    async fn held(&self, route: &str) -> Result<HashSet<String>, Failure> {
        self.process.step().await;
        sleep(LATENCY).await;
        if self.shelf.fault() != Fault::None {
            return Err(Failure::transient("ServiceUnavailable"));
        }
        let state = self.shelf.state.lock().unwrap();
        let of_route = state.rows.values().filter(|row| change(&row.envelope, route).is_some());
        Ok(of_route.filter_map(|row| group(&row.envelope)).collect())
    }

    async fn take(&self, route: &str, most: usize) -> Result<Vec<Taken>, Failure> {
        self.process.step().await;
        sleep(LATENCY).await;
        let now = Instant::now();
        let mut state = self.shelf.state.lock().unwrap();
        let leased = state.rows.values().filter(|row| row.leased_until > now);
        let closed: HashSet<_> = leased.map(|row| group(&row.envelope)).collect();
        let mut free: Vec<(usize, &mut Row)> = state
            .rows
            .values_mut()
            .filter_map(|row| Some((change(&row.envelope, route)?, row)))
            .filter(|(_, row)| !closed.contains(&group(&row.envelope)))
            .collect();
        free.sort_by_key(|(change, _)| *change);
        let lease = |(change, row): (usize, &mut Row)| {
            row.leased_until = now + LEASE;
            Taken { envelope: row.envelope.clone(), receipt: change.to_string() }
        };
        Ok(free.into_iter().take(most).map(lease).collect())
    }

    async fn remove(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>> {
        self.process.step().await;
        let mut state = self.shelf.state.lock().unwrap();
        for taken in arrived {
            state.rows.remove(&key(&taken.envelope));
        }
        vec![Ok(()); arrived.len()]
    }

    async fn give_back(&self, left: &[Taken]) {
        let mut state = self.shelf.state.lock().unwrap();
        for taken in left {
            if let Some(row) = state.rows.get_mut(&key(&taken.envelope)) {
                row.leased_until = self.shelf.start;
            }
        }
    }
}
