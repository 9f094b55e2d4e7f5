//! Lots that all sandboxes share and that follow a script.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use distributary_delivery::{Content, Envelope};
use distributary_router::{Failure, Found, LEASE, Lot, Taken, group_key};
use tokio::time::{Instant, sleep};

use crate::change::number;
use crate::process::Process;
use crate::weather::{Mishap, Weather};

/// The envelopes that wait in one lot.
pub(crate) struct Shelf {
    ordered: bool,
    /// Whether it does what it says.
    honest: bool,
    weather: Weather,
    start: Instant,
    rows: Mutex<Rows>,
}

/// By route, in the order of the changes; those of no route are quarantined.
type Rows = BTreeMap<(Arc<str>, usize), Row>;

struct Row {
    envelope: Envelope,
    /// What is leased as one, and keeps its order.
    group: String,
    leased_until: Instant,
}

impl Shelf {
    pub(crate) fn new(ordered: bool, weather: Weather) -> Arc<Self> {
        let (start, rows) = (Instant::now(), Mutex::default());
        Arc::new(Shelf { ordered, honest: true, weather, start, rows })
    }

    /// One that says that it keeps, and does not.
    pub(crate) fn dishonest(weather: Weather) -> Arc<Self> {
        let (start, rows) = (Instant::now(), Mutex::default());
        Arc::new(Shelf { ordered: true, honest: false, weather, start, rows })
    }

    pub(crate) fn weather(&self) -> &Weather {
        &self.weather
    }

    /// Whether a change waits for a route; in quarantine, for none.
    pub(crate) fn holds(&self, route: &Arc<str>, change: usize) -> bool {
        self.rows.lock().unwrap().contains_key(&(route.clone(), change))
    }

    /// How many changes wait for a route.
    pub(crate) fn waiting(&self, route: &str) -> usize {
        self.rows.lock().unwrap().keys().filter(|(of, _)| **of == *route).count()
    }

    fn keep(&self, parked: &[Envelope]) {
        if !self.honest {
            return;
        }
        let mut rows = self.rows.lock().unwrap();
        for envelope in parked {
            let (key, group) = place(envelope);
            let row = || Row { envelope: envelope.clone(), group, leased_until: self.start };
            rows.entry(key).or_insert_with(row);
        }
    }

    fn lease(&self, route: &str, most: usize, by: i64) -> Found {
        let (now, mut found) = (Instant::now(), Found::default());
        let mut rows = self.rows.lock().unwrap();
        let of_route = |((of, _), _): &(&(Arc<str>, usize), &mut Row)| **of == *route;
        let leased = rows.values().filter(|row| row.leased_until > now);
        let mut closed: HashSet<String> = leased.map(|row| row.group.clone()).collect();
        for ((_, change), row) in rows.iter_mut().filter(of_route) {
            if self.ordered && closed.contains(&row.group) || row.leased_until > now {
                continue;
            }
            if !row.envelope.is_due(by) {
                let parked_at = row.envelope.parked_at;
                found.postponed = Some(found.postponed.map_or(parked_at, |at| at.min(parked_at)));
                closed.insert(row.group.clone());
            } else if found.taken.len() < most {
                row.leased_until = now + LEASE;
                let (envelope, receipt) = (row.envelope.clone(), change.to_string());
                found.taken.push(Taken { envelope, receipt });
            }
        }
        found
    }

    fn change(&self, taken: &[Taken], change: impl Fn(&mut Row, &Taken)) {
        let mut rows = self.rows.lock().unwrap();
        for taken in taken {
            if let Some(row) = rows.get_mut(&place(&taken.envelope).0) {
                row.leased_until = self.start;
                change(row, taken);
            }
        }
    }
}

/// What makes two envelopes the same row, and the group that it is of.
fn place(envelope: &Envelope) -> ((Arc<str>, usize), String) {
    let change = envelope.sequence.as_deref().map(number).unwrap();
    match &envelope.content {
        Content::Delivery { route, identity, .. } => {
            let group = group_key(envelope.group().unwrap_or(identity.as_str()));
            ((route.clone(), change), group)
        }
        Content::Quarantine => (("".into(), change), String::new()),
    }
}

/// A sandbox's way to a lot.
pub(crate) struct Access {
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) process: Arc<Process>,
}

const LATENCY: Duration = Duration::from_millis(10);

impl Access {
    /// A call that may come to nothing, or have an answer that gets lost.
    async fn call<T>(&self, deed: impl FnOnce() -> T) -> Result<T, Failure> {
        self.process.step().await;
        let mishap = self.shelf.weather.strike(&[]);
        sleep(LATENCY).await;
        let answer = match mishap {
            Mishap::Nothing | Mishap::Late(_) => Ok(deed()),
            Mishap::Unheard => {
                deed();
                Err(Failure::disconnected("connection reset"))
            }
            _ => Err(Failure::transient("ServiceUnavailable")),
        };
        self.process.step().await;
        answer
    }
}

#[async_trait]
impl Lot for Access {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        vec![self.call(|| self.shelf.keep(parked)).await; parked.len()]
    }

    fn is_ordered(&self) -> bool {
        self.shelf.ordered
    }

    async fn held(&self, route: &str) -> Result<HashSet<String>, Failure> {
        self.call(|| {
            let rows = self.shelf.rows.lock().unwrap();
            let of_route = rows.iter().filter(|((of, _), _)| **of == *route);
            of_route.map(|(_, row)| row.group.clone()).collect()
        })
        .await
    }

    async fn take(&self, route: &str, most: usize, by: i64) -> Result<Found, Failure> {
        self.call(|| self.shelf.lease(route, most, by)).await
    }

    async fn remove(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>> {
        let remove = || {
            let mut rows = self.shelf.rows.lock().unwrap();
            for taken in arrived {
                rows.remove(&place(&taken.envelope).0);
            }
        };
        vec![self.call(remove).await; arrived.len()]
    }

    async fn give_back(&self, left: &[Taken]) {
        self.shelf.change(left, |_, _| {});
    }

    async fn postpone(&self, tried: &[Taken]) {
        self.shelf.change(tried, |row, taken| row.envelope = taken.envelope.clone());
    }
}
