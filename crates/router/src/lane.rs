//! A route's lane: a sender and a way into the lot.

use std::sync::Arc;

use distributary_delivery::{Delivery, Route};
use fastrand::Rng;
use tokio::sync::mpsc;

use crate::chain::Chain;
use crate::health::Health;
use crate::hold::Holds;
use crate::park::Parker;
use crate::policy::Policy;
use crate::send::{Sender, Settings};
use crate::settle::Ticket;
use crate::target::Target;

/// A route and the destination behind it.
#[derive(Clone)]
pub struct Lane {
    /// The route's settings.
    pub route: Route,
    /// Its destination.
    pub target: Arc<dyn Target>,
}

impl Lane {
    /// How the lane sends what comes from a batch.
    pub(crate) fn settings(&self, paused: bool) -> Settings {
        let Route { timeout, retry, within, concurrency, oversize, .. } = self.route;
        let target = self.target.clone();
        Settings { target, timeout, retry, within, concurrency, oversize, paused, again: false }
    }
}

/// A lane that stays from run to run.
pub(crate) struct Standing {
    pub(crate) lane: Lane,
    pub(crate) health: Arc<Health>,
}

/// A lane at work in one run.
pub(crate) struct Shift {
    sender: Sender,
    chain: Arc<Chain>,
    /// Whether the lot has said which groups it holds, once it was asked; if not, why.
    asked: Option<Result<(), String>>,
}

impl Shift {
    pub(crate) fn new(settings: Settings, policy: Policy, chain: Arc<Chain>, rng: Rng) -> Self {
        Shift { sender: Sender::new(settings, policy, rng), chain, asked: None }
    }

    /// Works on a window until every delivery in it has its outcome or time is up.
    pub(crate) async fn work(mut self, deliveries: Vec<(Ticket, Delivery)>) -> Self {
        if let Err(reason) = self.ask_for_holds().await {
            let reason = format!("its lot does not say which groups wait in it: {reason}");
            for (ticket, _) in deliveries {
                self.sender.table().leave(ticket, &reason);
            }
            return self;
        }
        let Policy { table, clock, health, .. } = &self.sender.policy;
        let (chain, table, clock) = (self.chain.clone(), table.clone(), *clock);
        let health = Some(health.clone());
        let parker = Parker { chain, table, clock, health, rng: self.sender.rng.fork() };
        let (to_lot, for_lot) = mpsc::unbounded_channel();
        tokio::join!(self.sender.send_all(deliveries, Some(to_lot)), parker.keep_all(for_lot));
        self
    }

    /// The order is promised, so nothing is sent before the lot has said what may not be. It is asked
    /// once: what comes in a later window must not pass what was not sent in an earlier one.
    async fn ask_for_holds(&mut self) -> Result<(), String> {
        if let Some(asked) = &self.asked {
            return asked.clone();
        }
        let mut asked = Ok(());
        if let Some(lot) = self.chain.ordered_lot() {
            let Sender { policy, holds, rng, .. } = &mut self.sender;
            match Holds::read(&**lot, &policy.route, &policy.clock, rng).await {
                Ok(read) => {
                    policy.health.backlog().held(read.before());
                    *holds = read;
                }
                Err(failure) => asked = Err(failure.reason),
            }
        }
        self.asked = Some(asked.clone());
        asked
    }
}
