//! The rule set that a command works with.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use distributary_rules::{Given, Program, Scope};
use distributary_ruleset::{RuleSet, RulesetError};

use crate::exit::{Exit, Reported};
use crate::findings::Findings;

/// Where parameters get their values.
#[derive(Debug, Args)]
pub struct StageArgs {
    /// Take parameters from `[params.<STAGE>]` in rules.toml
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,

    /// Set a parameter, before every other place that sets it
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = assignment)]
    params: Vec<(String, String)>,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as `name=value`".to_owned()),
    }
}

impl StageArgs {
    /// What this rule set is given: these flags, the environment, its manifest.
    ///
    /// # Errors
    /// A stage that the rule set's manifest does not name.
    pub fn given(&self, rule_set: &RuleSet) -> Result<Given, RulesetError> {
        let cli: BTreeMap<_, _> = self.params.iter().cloned().collect();
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let env = std::env::vars_os().filter_map(text).collect();
        rule_set.given(self.stage.as_deref(), cli, env)
    }
}

/// A rule set that can be used.
#[derive(Debug)]
pub struct Loaded {
    /// As it stands on disk.
    pub rule_set: RuleSet,
    /// What it means.
    pub program: Arc<Program>,
}

/// Loads the one rule set at a path, with every parameter of the scope set.
///
/// # Errors
/// The rule set cannot be found or read, or has no such stage; or its findings, which are already
/// reported, stop the command.
pub fn load(
    path: &Path,
    stage: &StageArgs,
    scope: Scope,
    findings: &mut Findings,
) -> anyhow::Result<Loaded> {
    let rule_set = match distributary_ruleset::open(path) {
        Err(RulesetError::Refused(refused)) => {
            findings.report(&refused.diagnostics, &refused.sources);
            return Err(Reported(Exit::No).into());
        }
        other => other?,
    };
    let checked = distributary_rules::check(&rule_set.sources, &stage.given(&rule_set)?);
    findings.report(&checked.diagnostics, &rule_set.sources);
    if checked.has_errors() {
        return Err(Reported(Exit::No).into());
    }
    if let Err(missing) = checked.program.settle_params(scope) {
        findings.report(&missing, &rule_set.sources);
        return Err(Reported(Exit::Failed).into());
    }
    Ok(Loaded { rule_set, program: Arc::new(checked.program) })
}
