//! From the environment to a function that is ready, or to a clear error. A function that cannot
//! do its work must not start: it would settle records that nobody has looked at.

use std::sync::Arc;

use distributary_engine::Engine;
use distributary_plan::Planner;
use distributary_router::Router;
use distributary_targets::DynamoDbLedger;
use tracing::info;

use crate::config::Config;
use crate::error::StartError;
use crate::function::Function;
use crate::rules::Rules;

impl Function {
    /// Loads the rules and opens what they lead to. The waits between attempts are drawn from
    /// `seed`.
    ///
    /// # Errors
    /// Rules that cannot be had or used, parameters without a value, no credentials.
    pub async fn start(config: &Config, seed: u64) -> Result<Self, StartError> {
        Function::of(config, Rules::load(config).await?, seed).await
    }

    /// Opens what rules lead to.
    pub(crate) async fn of(config: &Config, rules: Rules, seed: u64) -> Result<Self, StartError> {
        let Rules { program, resolved, fallback } = rules;
        let connected =
            distributary_targets::connect(&resolved.routes, &resolved.lots, None).await?;
        info!(
            rules = program.rules().len(),
            routes = resolved.routes.len(),
            hash = program.hash(),
            partial_batch_response = config.partial_batch_response,
            ledger = config.ledger,
            "started"
        );
        let (lanes, slots) = (connected.lanes(&resolved.routes), connected.slots(&resolved.lots));
        let router = Router::new(lanes, slots, program.hash(), seed);
        let rules = program.hash().to_owned();
        let planner = Planner::new(Arc::new(program));
        let mut engine =
            Engine::new(planner, router).with_partial_batch_response(config.partial_batch_response);
        if let Some(table) = &config.ledger {
            engine = engine.with_ledger(Arc::new(DynamoDbLedger::open(table, None).await?));
        }
        let (name, metrics) = (config.function.clone(), config.metrics);
        Ok(Function { engine, name, rules, fallback, metrics })
    }
}
