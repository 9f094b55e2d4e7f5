//! Destinations and lots of every mood, and what is to go to them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::{Delivery, OnFailure};
use distributary_router::{Failure, Limits};
use proptest::prelude::*;

use crate::world::*;

/// How a destination or a lot behaves, as weights of what a request comes to.
#[derive(Debug, Clone)]
pub(crate) struct Mood {
    seed: u64,
    fail: u8,
    refuse: u8,
    hang: u8,
    panic: u8,
    short: u8,
    throttle: u8,
    /// The connection breaks before anything is taken.
    reset: u8,
    entry_fails: u8,
    entry_refused: u8,
    entry_throttled: u8,
    latency: Duration,
}

#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) mood: Mood,
    pub(crate) on_failure: OnFailure,
    pub(crate) retry: u32,
    pub(crate) concurrency: usize,
    pub(crate) limits: Limits,
    /// An operator has paused the route.
    pub(crate) paused: bool,
    /// Position, group and body length of each delivery.
    pub(crate) deliveries: Vec<(usize, u8, usize)>,
}

pub(crate) fn mood() -> impl Strategy<Value = Mood> {
    // Out of a hundred requests or entries; well in most respects, so that all paths are mixed.
    let rare = || prop_oneof![4 => Just(0), 2 => 0..20_u8, 1 => 0..101_u8];
    let requests = (any::<u64>(), [rare(), rare(), rare(), rare(), rare(), rare(), rare()]);
    (requests, [rare(), rare(), rare()], 0..300_u64).prop_map(|((seed, weights), each, latency)| {
        let [fail, refuse, hang, panic, short, throttle, reset] = weights;
        let [entry_fails, entry_refused, entry_throttled] = each;
        let latency = Duration::from_millis(latency);
        Mood {
            seed,
            fail,
            refuse,
            hang,
            panic,
            short,
            throttle,
            reset,
            entry_fails,
            entry_refused,
            entry_throttled,
            latency,
        }
    })
}

pub(crate) fn plan() -> impl Strategy<Value = Plan> {
    let on_failure = prop_oneof![
        Just(OnFailure::Park(0)),
        Just(OnFailure::Park(1)),
        Just(OnFailure::BLOCK),
        Just(OnFailure::Drop)
    ];
    let limits = (1..11_usize, 20..200_usize, any::<bool>())
        .prop_map(|(entries, bytes, one_per_group)| Limits { entries, bytes, one_per_group });
    let deliveries = prop::collection::btree_map(0..200_usize, (0..5_u8, 4..25_usize), 0..80);
    let paused = prop::bool::weighted(0.1);
    (mood(), on_failure, 0..4_u32, 1..5_usize, limits, paused, deliveries).prop_map(
        |(mood, on_failure, retry, concurrency, limits, paused, deliveries)| {
            let deliveries =
                deliveries.into_iter().map(|(at, (group, length))| (at, group, length)).collect();
            Plan { mood, on_failure, retry, concurrency, limits, paused, deliveries }
        },
    )
}

impl Mood {
    pub(crate) fn script(&self) -> Script {
        let mood = self.clone();
        let mut rng = fastrand::Rng::with_seed(mood.seed);
        script(move |bodies, _| {
            let mut happens = |weight: u8| rng.u8(0..100) < weight;
            let reply = if happens(mood.hang) {
                Reply::hang()
            } else if happens(mood.fail) {
                Reply::fail(unavailable())
            } else if happens(mood.refuse) {
                Reply::fail(refused())
            } else if happens(mood.panic) {
                Reply::panic()
            } else if happens(mood.short) {
                Reply::all_ok(bodies.len() / 2)
            } else if happens(mood.throttle) {
                Reply::fail(throttled())
            } else if happens(mood.reset) {
                Reply::fail(Failure::disconnected("connection reset"))
            } else {
                Reply::each(bodies, |_| {
                    let failure = happens(mood.entry_fails).then(unavailable);
                    let failure = failure.or_else(|| happens(mood.entry_refused).then(refused));
                    failure.or_else(|| happens(mood.entry_throttled).then(throttled))
                })
            };
            reply.after(mood.latency)
        })
    }
}

impl Plan {
    pub(crate) fn deliveries(&self, route: usize) -> impl Iterator<Item = Delivery> + '_ {
        self.deliveries.iter().map(move |(at, group, length)| {
            let mut delivery = delivery(route, *at, Some(&group.to_string()));
            let name = format!("{route}/{at}");
            delivery.message.body = format!("{name:>length$}").into();
            delivery.origin.record = name.into();
            delivery
        })
    }

    pub(crate) fn target(&self) -> Arc<Scripted> {
        let mut target = Scripted::new(self.mood.script());
        target.limits = self.limits;
        Arc::new(target)
    }
}

/// `route/position` back to the position.
pub(crate) fn position(name: &str) -> usize {
    name.trim().split_once('/').unwrap().1.parse().unwrap()
}

/// The names of the paused routes, which are numbered.
pub(crate) fn paused(plans: &[Plan]) -> BTreeSet<String> {
    let paused = plans.iter().enumerate().filter(|(_, plan)| plan.paused);
    paused.map(|(index, _)| format!("route{index}")).collect()
}
