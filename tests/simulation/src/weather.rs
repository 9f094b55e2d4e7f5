//! What goes wrong with calls: by a script, or every way there is, one after the other.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;

use crate::scenario::{Fault, POISON};
use crate::trail::Trail;

/// Longer than a lot is tried for.
const OUTAGE: Duration = Duration::from_secs(3);

/// What goes wrong with one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mishap {
    Nothing,
    /// It takes longer.
    Late(Duration),
    /// It comes to nothing.
    Fails,
    /// It comes to nothing, since there are too many.
    Throttled,
    /// It is done, and the connection breaks before the answer.
    Unheard,
    /// It never ends.
    Hangs,
    /// Some entries fail, those that may be tried again and those that may not.
    Entries(Vec<Entry>),
    /// It is done, and the answer has one entry more, or one less.
    Malformed(isize),
}

/// What becomes of one entry of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Taken,
    Failed,
    Refused,
}

/// The way of one destination, lot or ledger.
pub(crate) struct Weather {
    kind: Kind,
    faults: AtomicUsize,
}

enum Kind {
    Script { fault: Fault, window: Range<Duration>, start: Instant, rng: Mutex<Rng> },
    Trail { trail: Arc<Trail>, out_until: Mutex<Instant> },
}

impl Weather {
    /// The fault is there for a while.
    pub(crate) fn script(fault: Fault, window: Range<Duration>, rng: Rng) -> Self {
        let (start, rng) = (Instant::now(), Mutex::new(rng));
        Weather::new(Kind::Script { fault, window, start, rng })
    }

    /// Nothing ever goes wrong.
    pub(crate) fn fair() -> Self {
        Weather::script(Fault::None, Duration::ZERO..Duration::ZERO, Rng::with_seed(0))
    }

    /// Whatever the trail says.
    pub(crate) fn trail(trail: Arc<Trail>) -> Self {
        Weather::new(Kind::Trail { trail, out_until: Mutex::new(Instant::now()) })
    }

    fn new(kind: Kind) -> Self {
        Weather { kind, faults: AtomicUsize::new(0) }
    }

    /// How often something went wrong.
    pub(crate) fn faults(&self) -> usize {
        self.faults.load(Ordering::Relaxed)
    }

    /// Whether anything may go wrong here.
    pub(crate) fn is_fair(&self) -> bool {
        matches!(self.kind, Kind::Script { fault: Fault::None, .. })
    }

    /// What goes wrong with a call that has these changes as its entries.
    pub(crate) fn strike(&self, changes: &[usize]) -> Mishap {
        let mishap = match &self.kind {
            Kind::Script { fault, window, start, rng } => match window.contains(&start.elapsed()) {
                true => scripted(*fault, changes, &mut rng.lock().unwrap()),
                false => Mishap::Nothing,
            },
            Kind::Trail { trail, .. } if !changes.is_empty() => sent(trail, changes.len()),
            Kind::Trail { trail, out_until } => asked(trail, &mut out_until.lock().unwrap()),
        };
        self.faults.fetch_add(usize::from(mishap != Mishap::Nothing), Ordering::Relaxed);
        mishap
    }
}

fn scripted(fault: Fault, changes: &[usize], rng: &mut Rng) -> Mishap {
    let mut one_in = |all: u8| rng.u8(..all) == 0;
    match fault {
        Fault::Down => Mishap::Fails,
        Fault::Hangs => Mishap::Hangs,
        Fault::Slow => Mishap::Late(Duration::from_millis(rng.u64(500..1100))),
        Fault::Flaky if one_in(3) => Mishap::Fails,
        Fault::Throttled if one_in(2) => Mishap::Throttled,
        Fault::LostAcknowledgement if one_in(3) => Mishap::Unheard,
        Fault::Malformed => Mishap::Malformed(if one_in(2) { 1 } else { -1 }),
        Fault::PartialFailures => {
            some(changes, |_| if one_in(3) { Entry::Failed } else { Entry::Taken })
        }
        Fault::Poison => {
            some(changes, |change| if change == POISON { Entry::Refused } else { Entry::Taken })
        }
        Fault::None
        | Fault::Paused
        | Fault::Flaky
        | Fault::Throttled
        | Fault::LostAcknowledgement => Mishap::Nothing,
    }
}

fn some(changes: &[usize], entry: impl FnMut(usize) -> Entry) -> Mishap {
    let entries: Vec<Entry> = changes.iter().copied().map(entry).collect();
    match entries.iter().all(|entry| *entry == Entry::Taken) {
        true => Mishap::Nothing,
        false => Mishap::Entries(entries),
    }
}

/// What may become of a request: of several entries one alone can fail.
fn sent(trail: &Trail, entries: usize) -> Mishap {
    let single = |at| {
        let entry = |place| if place == at { Entry::Failed } else { Entry::Taken };
        Mishap::Entries((0..entries).map(entry).collect())
    };
    match trail.mishap(if entries > 1 { 4 + entries } else { 4 }) {
        0 => Mishap::Nothing,
        1 => Mishap::Fails,
        2 => Mishap::Unheard,
        3 => Mishap::Late(Duration::from_millis(7)),
        at => single(at - 4),
    }
}

/// What may become of a call of a lot or a ledger, which are tried again: one that fails fails for
/// longer than that.
fn asked(trail: &Trail, out_until: &mut Instant) -> Mishap {
    if Instant::now() < *out_until {
        return Mishap::Fails;
    }
    match trail.mishap(3) {
        0 => Mishap::Nothing,
        1 => {
            *out_until = Instant::now() + OUTAGE;
            Mishap::Fails
        }
        _ => Mishap::Unheard,
    }
}
