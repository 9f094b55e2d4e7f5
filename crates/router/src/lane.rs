//! A route's lane: a sender and a way into the lot, in one task.

use std::sync::Arc;

use distributary_delivery::{Delivery, Route};
use fastrand::Rng;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::lot::Lot;
use crate::park::Parker;
use crate::send::Sender;
use crate::settle::{SettleTable, Ticket};
use crate::target::Target;

/// A route and the destination behind it.
#[derive(Clone)]
pub struct Lane {
    /// The route's settings.
    pub route: Route,
    /// Its destination.
    pub target: Arc<dyn Target>,
}

/// What is the same for every lane of a run.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) clock: Clock,
    /// The hash of the rule set.
    pub(crate) rules: Arc<str>,
}

impl Lane {
    /// Works until every delivery has its outcome or time is up.
    pub(crate) async fn run(
        self,
        run: Run,
        lot: Option<Arc<dyn Lot>>,
        table: Arc<SettleTable>,
        mut rng: Rng,
        deliveries: Vec<(Ticket, Delivery)>,
    ) {
        let (to_lot, for_lot) = mpsc::unbounded_channel();
        let parker = Parker { lot, table: table.clone(), clock: run.clock, rng: rng.fork() };
        let sender = Sender::new(self, run, table, rng, to_lot);
        tokio::join!(sender.send_all(deliveries), parker.keep_all(for_lot));
    }
}
