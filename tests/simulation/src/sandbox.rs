//! What runs an invocation: Distributary, or a handler as people write them.

use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::Delivery;
use distributary_engine::{Engine, Invocation};
use distributary_mapping::Answer;
use distributary_router::{Lane, LotSlot, Report, Router};
use tokio::time::Instant;

use crate::baseline;
use crate::change::{Change, event};
use crate::ledger::Reader;
use crate::lot::Access;
use crate::neighbourhood::Neighbourhood;
use crate::process::Process;
use crate::target::Connection;
use crate::world::World;

/// Who handles the batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handler {
    /// This repository.
    Distributary,
    /// Record after record, route after route; the first failure fails the batch.
    Sequential,
    /// The same, but the first failure is reported as such.
    FirstFailure,
    /// All routes at once, in full requests; the answer waits for the slowest and names the first
    /// record that one of them did not take.
    FanOut,
}

/// A process with its own memory.
pub(crate) struct Sandbox {
    handler: Handler,
    pub(crate) world: &'static World,
    engine: Engine,
    connections: Vec<Arc<Connection>>,
    pub(crate) process: Arc<Process>,
}

/// How a handler ended.
pub(crate) struct Ended {
    pub(crate) answer: Answer,
    /// What Distributary says became of the batch.
    pub(crate) report: Option<Report>,
}

impl Sandbox {
    /// A fresh sandbox that lives as long as its process.
    pub(crate) fn new(
        handler: Handler,
        world: &'static World,
        around: &Neighbourhood,
        process: Process,
        seed: u64,
    ) -> Self {
        let process = Arc::new(process);
        let connections = world.routes.iter().map(|route| {
            let (destination, process) = (around.destination(route).clone(), process.clone());
            Arc::new(Connection { destination, process })
        });
        let connections: Vec<_> = connections.collect();
        let lanes = world.routes.iter().cloned().zip(&connections);
        let lanes = lanes.map(|(route, target)| Lane { route, target: target.clone() }).collect();
        let lots = world.lots.iter().map(|lot| {
            let access = Access { shelf: around.shelf(lot).clone(), process: process.clone() };
            LotSlot { lot: Arc::new(access), then: lot.then }
        });
        let router = Router::new(lanes, lots.collect(), world.planner.rules(), seed);
        let mut engine =
            Engine::new(world.planner.clone(), router).with_partial_batch_response(true);
        if let Some(book) = around.book.clone() {
            engine = engine.with_ledger(Arc::new(Reader { book, process: process.clone() }));
        }
        Sandbox { handler, world, engine, connections, process }
    }

    /// Handles a batch in the time that there is.
    pub(crate) async fn handle(&self, changes: &[Change], now: i64, time: Duration) -> Ended {
        let payload = event(changes);
        if self.handler == Handler::Distributary {
            let deadline = Some(Instant::now() + time);
            let handled = self.engine.handle(Invocation { payload, now, deadline }).await.unwrap();
            let answer = match handled.answer {
                Ok(answer) => answer.batch_item_failures,
                Err(error) => panic!("I12: the invocation fails: {error}"),
            };
            let names = answer.into_iter().map(|failure| failure.item_identifier).collect();
            return Ended { answer: Answer::Partial(names), report: Some(handled.outcome.report) };
        }
        let records = distributary_change::Batch::split(&payload).unwrap();
        let deliveries: Vec<Delivery> = self.world.planner.plan(&records).deliveries;
        let answer = match self.handler {
            Handler::FanOut => baseline::fan_out(&self.connections, &deliveries).await,
            _ => baseline::one_by_one(&self.connections, &deliveries).await,
        };
        let answer = match answer {
            None => Answer::Success,
            Some(_) if self.handler == Handler::Sequential => Answer::Error,
            Some(position) => {
                let sequence = |delivery: &Delivery| delivery.origin.sequence.to_string();
                let at = deliveries.iter().find(|delivery| delivery.position == position);
                Answer::Partial(at.map(sequence).into_iter().collect())
            }
        };
        Ended { answer, report: None }
    }

    /// What the function does on its schedule.
    pub(crate) async fn redrive(&self, now: i64, time: Duration) {
        self.engine.redrive(now, Some(Instant::now() + time)).await;
    }
}
