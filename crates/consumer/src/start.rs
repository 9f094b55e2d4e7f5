//! From the environment to a function that is ready, or to a clear error. A function that cannot
//! do its work must not start: it would settle records that nobody has looked at.

use std::sync::Arc;

use distributary_engine::Engine;
use distributary_plan::Planner;
use distributary_router::Router;
use distributary_rules::{Checked, Program, Scope, variable};
use distributary_ruleset::RuleSet;
use distributary_syntax::{Severity, closest, render};
use distributary_targets::DynamoDbLedger;
use tracing::{info, warn};

use crate::config::Config;
use crate::error::StartError;
use crate::function::Function;

impl Function {
    /// Loads the rules and opens what they lead to. The waits between attempts are drawn from
    /// `seed`.
    ///
    /// # Errors
    /// Rules that cannot be had or used, parameters without a value, no credentials.
    pub async fn start(config: &Config, seed: u64) -> Result<Self, StartError> {
        let rule_set = distributary_ruleset::open(&config.rules).map_err(StartError::rule_set)?;
        let program = program(config, &rule_set)?;
        let resolved = program
            .resolve()
            .map_err(|findings| StartError::findings(&findings, &rule_set.sources))?;
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
        Ok(Function { engine, name, rules, metrics })
    }
}

/// The checked rules of this function, with every parameter set that it needs.
fn program(config: &Config, rule_set: &RuleSet) -> Result<Program, StartError> {
    let environment = config.environment.clone();
    let given = rule_set
        .given(config.stage.as_deref(), Default::default(), environment)
        .map_err(StartError::rule_set)?;
    let sources = &rule_set.sources;
    let Checked { program, diagnostics } = rule_set.check(&given);
    let (errors, others): (Vec<_>, Vec<_>) =
        diagnostics.into_iter().partition(|finding| finding.severity == Severity::Error);
    for finding in others.iter().filter(|finding| finding.severity == Severity::Warning) {
        warn!("{}", render::concise(finding, sources));
    }
    if !errors.is_empty() {
        return Err(StartError::findings(&errors, sources));
    }
    if program.rules().is_empty() {
        let root = rule_set.root.display();
        return Err(StartError::new(format!("the rule set `{root}` has no rules")));
    }
    let program = match &config.deploy {
        Some(name) => part(name, rule_set, &program)?,
        None => program,
    };
    let mut findings = unknown_params(config, &program);
    if let Err(missing) = program.settle_params(Scope::All) {
        findings.extend(StartError::findings(&missing, sources).findings);
    }
    if findings.is_empty() { Ok(program) } else { Err(StartError { findings }) }
}

/// The variables with a misspelt name: each leaves its parameter at another value, silently.
fn unknown_params(config: &Config, program: &Program) -> Vec<String> {
    let known: Vec<String> = program.params().iter().map(|param| variable(&param.name)).collect();
    let finding = |name: &str| {
        let near = closest(name, known.iter().map(String::as_str));
        let help = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        format!("`{name}` sets no parameter of these rules{help}")
    };
    config.params().filter(|name| !known.iter().any(|known| known == name)).map(finding).collect()
}

/// What the function with this name does, where there are several of one rule set.
fn part(name: &str, rule_set: &RuleSet, program: &Program) -> Result<Program, StartError> {
    let deploys = rule_set.manifest.deploys();
    let Some(deploy) = deploys.iter().find(|deploy| deploy.name == name) else {
        let all: Vec<_> = deploys.iter().map(|deploy| format!("`{}`", deploy.name)).collect();
        let there = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
        return Err(StartError::new(format!(
            "`DISTRIBUTARY_DEPLOY` is `{name}`, and rules.toml has no section `[deploy.{name}]`: \
             there is {there}"
        )));
    };
    Ok(program.serving(|source| deploy.serves(&source.name)))
}
