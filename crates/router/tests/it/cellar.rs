//! A lot in memory that keeps the order of groups, gives leases, and can be down.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use distributary_delivery::{Content, Envelope};
use distributary_router::{Failure, Found, LEASE, Lot, Taken, group_key};
use tokio::time::{Instant, sleep};

use crate::world::*;

#[derive(Default)]
pub(crate) struct Cellar {
    rows: Mutex<BTreeMap<u64, Envelope>>,
    /// Until when each row is on lease; none of its group is given out until then.
    leases: Mutex<BTreeMap<u64, Instant>>,
    pub(crate) down: AtomicBool,
    /// Whether it has more than it looks at.
    pub(crate) crowded: AtomicBool,
    /// Whether what changes it has no answer.
    pub(crate) hanging: AtomicBool,
    /// What becomes of the next questions for what it holds.
    pub(crate) reluctant: Mutex<Vec<Failure>>,
    /// How often somebody has asked that.
    pub(crate) asked: AtomicUsize,
    /// What becomes of the next attempts to remove something.
    pub(crate) clinging: Mutex<Vec<Failure>>,
    /// How often somebody has asked what there is to take.
    pub(crate) looks: AtomicUsize,
    ordered: bool,
}

impl Cellar {
    pub(crate) fn new(ordered: bool) -> Self {
        Cellar { ordered, ..Cellar::default() }
    }

    /// The records that wait here, in order.
    pub(crate) fn waiting(&self) -> Vec<u64> {
        self.rows.lock().unwrap().keys().copied().collect()
    }

    async fn call(&self) -> Result<(), Failure> {
        sleep(LATENCY).await;
        if self.down.load(Ordering::SeqCst) { Err(unavailable()) } else { Ok(()) }
    }

    async fn hang(&self) {
        if self.hanging.load(Ordering::SeqCst) {
            std::future::pending().await
        }
    }

    /// What is leased as one: a group, or a single envelope.
    fn unit(&self, envelope: &Envelope) -> String {
        let Content::Delivery { identity, .. } = &envelope.content else { panic!() };
        match envelope.group() {
            Some(group) if self.ordered => group_key(group),
            _ => identity.as_str().to_owned(),
        }
    }
}

fn is_of(envelope: &Envelope, route: &str) -> bool {
    matches!(&envelope.content, Content::Delivery { route: of, .. } if **of == *route)
}

fn place(envelope: &Envelope) -> u64 {
    envelope.sequence.as_ref().unwrap().parse().unwrap()
}

#[async_trait]
impl Lot for Cellar {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        if let Err(failure) = self.call().await {
            return vec![Err(failure); parked.len()];
        }
        let mut rows = self.rows.lock().unwrap();
        rows.extend(parked.iter().map(|envelope| (place(envelope), envelope.clone())));
        vec![Ok(()); parked.len()]
    }

    fn is_ordered(&self) -> bool {
        self.ordered
    }

    async fn held(&self, route: &str) -> Result<HashSet<String>, Failure> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.call().await?;
        if let Some(failure) = self.reluctant.lock().unwrap().pop() {
            return Err(failure);
        }
        let rows = self.rows.lock().unwrap();
        Ok(rows.values().filter(|it| is_of(it, route)).map(|it| self.unit(it)).collect())
    }

    async fn take(&self, route: &str, most: usize, by: i64) -> Result<Found, Failure> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        self.call().await?;
        let mut leases = self.leases.lock().unwrap();
        leases.retain(|_, until| *until > Instant::now());
        let rows = self.rows.lock().unwrap();
        let (due, later): (Vec<_>, Vec<_>) =
            rows.iter().filter(|(_, it)| is_of(it, route)).partition(|(_, it)| it.is_due(by));
        let leased = leases.keys().filter_map(|at| rows.get(at));
        let later = || later.iter().map(|(_, envelope)| *envelope);
        let closed: HashSet<_> = leased.chain(later()).map(|it| self.unit(it)).collect();
        let free = due.into_iter().filter(|(_, envelope)| !closed.contains(&self.unit(envelope)));
        let taken: Vec<Taken> = free
            .take(most)
            .map(|(at, it)| Taken { envelope: it.clone(), receipt: at.to_string() })
            .collect();
        for taken in &taken {
            leases.insert(place(&taken.envelope), Instant::now() + LEASE);
        }
        let postponed = later().map(|envelope| envelope.parked_at).min();
        Ok(Found { taken, postponed, unseen: self.crowded.load(Ordering::SeqCst) })
    }

    async fn remove(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>> {
        self.hang().await;
        if let Err(failure) = self.call().await {
            return vec![Err(failure); arrived.len()];
        }
        if let Some(failure) = self.clinging.lock().unwrap().pop() {
            return vec![Err(failure); arrived.len()];
        }
        for taken in arrived {
            self.rows.lock().unwrap().remove(&place(&taken.envelope));
            self.leases.lock().unwrap().remove(&place(&taken.envelope));
        }
        vec![Ok(()); arrived.len()]
    }

    async fn postpone(&self, tried: &[Taken]) {
        self.hang().await;
        if self.call().await.is_ok() {
            for taken in tried {
                if let Some(row) = self.rows.lock().unwrap().get_mut(&place(&taken.envelope)) {
                    *row = taken.envelope.clone();
                }
            }
        }
        self.give_back(tried).await;
    }

    async fn give_back(&self, left: &[Taken]) {
        for taken in left {
            self.leases.lock().unwrap().remove(&place(&taken.envelope));
        }
    }
}
