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
use crate::target::{Failure, Target};

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
    /// Whether the lot was asked which groups it holds.
    asked: bool,
}

impl Shift {
    pub(crate) fn new(settings: Settings, policy: Policy, chain: Arc<Chain>, rng: Rng) -> Self {
        Shift { sender: Sender::new(settings, policy, rng), chain, asked: false }
    }

    /// Works on a window until every delivery in it has its outcome or time is up.
    pub(crate) async fn work(mut self, deliveries: Vec<(Ticket, Delivery)>) -> Self {
        if let Err(Failure { reason, .. }) = self.ask_for_holds().await {
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

    /// The order is promised, so nothing is sent before the lot has said what may not be.
    async fn ask_for_holds(&mut self) -> Result<(), Failure> {
        if !self.asked
            && let Some(lot) = self.chain.ordered_lot()
        {
            let Sender { policy, holds, rng, .. } = &mut self.sender;
            *holds = Holds::read(&**lot, &policy.route, &policy.clock, rng).await?;
            policy.health.backlog().held(holds.before());
        }
        self.asked = true;
        Ok(())
    }
}
