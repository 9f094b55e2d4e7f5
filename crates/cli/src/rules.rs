//! The rule set that a command works with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use distributary_rules::{Given, Program, Scope};
use distributary_ruleset::{Location, RuleSet, RulesetError};
use distributary_syntax::ast::DeclarationKind;

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
    /// What `--param` sets a parameter to.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        let set = self.params.iter().rev().find(|(param, _)| param == name);
        set.map(|(_, value)| value.as_str())
    }

    /// What a rule set is given that is one of several. What another one of them declares may be
    /// missing in this one: only a name that none of them has is a mistake.
    ///
    /// # Errors
    /// A stage that no rule set's manifest names.
    pub fn given_among(&self, rule_set: &RuleSet, all: &[RuleSet]) -> Result<Given, RulesetError> {
        let elsewhere = |stage: &&String| {
            !rule_set.manifest.names_stage(stage)
                && all.iter().any(|other| other.manifest.names_stage(stage))
        };
        let without_stage = self.stage.as_ref().filter(elsewhere).is_some();
        let stage = if without_stage { None } else { self.stage.as_deref() };
        let mut given = self.of_stage(rule_set, stage)?;
        if !given.cli.is_empty() && all.len() > 1 {
            let own = params(rule_set);
            let others: BTreeSet<String> = all.iter().flat_map(params).collect();
            given.cli.retain(|name, _| own.contains(name) || !others.contains(name));
        }
        Ok(given)
    }

    /// What this rule set is given: these flags, the environment, its manifest.
    ///
    /// # Errors
    /// A stage that the rule set's manifest does not name.
    pub fn given(&self, rule_set: &RuleSet) -> Result<Given, RulesetError> {
        self.of_stage(rule_set, self.stage.as_deref())
    }

    /// What this rule set is given elsewhere: these flags, the environment that is there, its
    /// manifest; and the stage there where the flags name none.
    ///
    /// # Errors
    /// As [`given`](Self::given).
    pub fn given_there(
        &self,
        rule_set: &RuleSet,
        stage: Option<&str>,
        env: BTreeMap<String, String>,
    ) -> Result<Given, RulesetError> {
        rule_set.given(self.stage.as_deref().or(stage), self.params.iter().cloned().collect(), env)
    }

    /// What `--param` sets, in the order of the flags.
    #[must_use]
    pub fn params(&self) -> &[(String, String)] {
        &self.params
    }

    fn of_stage(&self, rule_set: &RuleSet, stage: Option<&str>) -> Result<Given, RulesetError> {
        let cli: BTreeMap<_, _> = self.params.iter().cloned().collect();
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let env = std::env::vars_os().filter_map(text).collect();
        rule_set.given(stage, cli, env)
    }
}

/// The names of the parameters that a rule set declares.
fn params(rule_set: &RuleSet) -> BTreeSet<String> {
    let parsed = distributary_syntax::parse(&rule_set.sources);
    let declarations = parsed.files.into_iter().flat_map(|file| file.declarations);
    let params = declarations.filter(|d| matches!(d.kind, DeclarationKind::Param(_)));
    params.map(|declaration| declaration.name.node).collect()
}

/// Reads rule sets. Of one that cannot be read the reason is reported, and what is wrong with its
/// files one by one.
///
/// # Errors
/// A file that cannot be read at all.
pub fn read_all(locations: &[Location], findings: &mut Findings) -> anyhow::Result<Vec<RuleSet>> {
    let mut rule_sets = Vec::with_capacity(locations.len());
    for location in locations {
        match location.read() {
            Ok(rule_set) => rule_sets.push(rule_set),
            Err(RulesetError::Refused(refused)) => {
                findings.report(&refused.diagnostics, &refused.sources);
                let texts = location.texts();
                findings.report(&distributary_syntax::parse(&texts).diagnostics, &texts);
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(rule_sets)
}

/// A rule set that can be used.
#[derive(Debug)]
pub struct Loaded {
    /// As it stands on disk.
    pub rule_set: RuleSet,
    /// What it means.
    pub program: Arc<Program>,
}

impl Loaded {
    /// The same for a function of Lambda: its region is not that of this machine.
    #[must_use]
    pub fn for_lambda(mut self, stage: &StageArgs) -> Self {
        Arc::make_mut(&mut self.program).leave_to_lambda(|param| {
            stage.param(&param.name).is_some()
                || std::env::var_os(distributary_rules::variable(&param.name)).is_some()
        });
        self
    }

    /// The same, once every parameter of the scope is known to be set.
    ///
    /// # Errors
    /// One is not; the finding is already reported.
    pub fn settled(self, scope: Scope, findings: &mut Findings) -> anyhow::Result<Self> {
        if let Err(missing) = self.program.settle_params(scope) {
            findings.report(&missing, &self.rule_set.sources);
            return Err(Reported(Exit::Failed).into());
        }
        Ok(self)
    }
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
    let rule_set = open(path, findings)?;
    let given = stage.given(&rule_set)?;
    checked(rule_set, &given, findings)?.settled(scope, findings)
}

/// Loads a rule set and another one that is given the same flags, as in [`StageArgs::given_among`].
///
/// # Errors
/// As [`load`], but for parameters, which may be unset.
pub fn load_both(
    [one, other]: [&Path; 2],
    stage: &StageArgs,
    findings: &mut Findings,
) -> anyhow::Result<[Loaded; 2]> {
    let both = [open(one, findings)?, open(other, findings)?];
    let given = [stage.given_among(&both[0], &both)?, stage.given_among(&both[1], &both)?];
    let [one, other] = both;
    Ok([checked(one, &given[0], findings)?, checked(other, &given[1], findings)?])
}

/// Reads the one rule set at a path, as it stands there.
///
/// # Errors
/// It cannot be found or read; what is wrong in a file is already reported.
pub fn open(path: &Path, findings: &mut Findings) -> anyhow::Result<RuleSet> {
    match distributary_ruleset::open(path) {
        Err(RulesetError::Refused(refused)) => {
            findings.report(&refused.diagnostics, &refused.sources);
            Err(Reported(Exit::No).into())
        }
        other => Ok(other?),
    }
}

fn checked(rule_set: RuleSet, given: &Given, findings: &mut Findings) -> anyhow::Result<Loaded> {
    let mut checked = rule_set.check(given);
    rule_set.manifest.lint().apply(&mut checked.diagnostics);
    findings.report(&checked.diagnostics, &rule_set.sources);
    if checked.has_errors() {
        return Err(Reported(Exit::No).into());
    }
    Ok(Loaded { rule_set, program: Arc::new(checked.program) })
}
