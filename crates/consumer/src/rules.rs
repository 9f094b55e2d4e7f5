//! The rules that the function runs: those that it was told to, or, where these are in S3 and cannot be
//! had or used, those that were deployed with it.

use std::path::Path;
use std::time::Duration;

use distributary_aws::Aws;
use distributary_rules::{Checked, Program, Resolved, Scope, variable};
use distributary_ruleset::{RuleSet, open};
use distributary_syntax::{Severity, closest, render};
use tracing::{error, warn};

use crate::config::Config;
use crate::error::StartError;
use crate::place::{Object, Place};

/// Rules that can be used.
pub(crate) struct Rules {
    pub(crate) program: Program,
    pub(crate) resolved: Resolved,
    /// Why they are others than those that the function was told to run, if they are.
    pub(crate) fallback: Option<Fallback>,
}

/// Why the rules that the function was told to run are not in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// They cannot be read, perhaps for the moment.
    Unread,
    /// They are not what they should be, which another deployment alone changes.
    Refused,
}

/// How long one attempt to read the object may take. With two more it is over before the ten seconds
/// that Lambda gives a start.
const ATTEMPT: Duration = Duration::from_millis(2_500);

/// The waits between the attempts.
const WAITS: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

impl Rules {
    /// Loads them.
    ///
    /// # Errors
    /// They cannot be had or used, and there are no others in their place; or a parameter has no value.
    pub(crate) async fn load(config: &Config) -> Result<Self, StartError> {
        let object = match &config.rules {
            Place::Path(path) => return Rules::at(config, path),
            Place::Object(object) => object,
        };
        let (why, refused) = match fetch(object).await {
            Err(unread) => (Fallback::Unread, unread),
            Ok(bundle) => match pinned(config, object, &bundle) {
                Ok(rules) => return Ok(rules),
                Err(refused) => (Fallback::Refused, refused),
            },
        };
        let deployed = open(&config.beside).map_err(StartError::rule_set);
        let rules = match deployed.and_then(|rule_set| Rules::of(config, rule_set, Some(why))) {
            Ok(rules) => rules,
            Err(others) => {
                let findings = [refused.findings, others.findings].concat();
                return Err(StartError { findings });
            }
        };
        for line in refused.lines() {
            error!("{line}");
        }
        let hash = rules.program.hash();
        error!(hash, "the rules of `DISTRIBUTARY_RULES` cannot be used, others are in force");
        Ok(rules)
    }

    /// Loads those that the function was told to run, and no others.
    ///
    /// # Errors
    /// They cannot be had or used.
    pub(crate) async fn told(config: &Config) -> Result<Self, StartError> {
        match &config.rules {
            Place::Path(path) => Rules::at(config, path),
            Place::Object(object) => pinned(config, object, &fetch(object).await?),
        }
    }

    fn at(config: &Config, path: &Path) -> Result<Self, StartError> {
        let rule_set = open(path).map_err(StartError::rule_set)?;
        if rule_set.is_bundle() {
            warn_of_others(config, &rule_set)?;
        }
        Rules::of(config, rule_set, None)
    }

    /// What this function does of a rule set, with every parameter set that it needs.
    fn of(
        config: &Config,
        mut rule_set: RuleSet,
        fallback: Option<Fallback>,
    ) -> Result<Self, StartError> {
        let program = program(config, &mut rule_set, fallback.is_some())?;
        let resolved = program
            .resolve()
            .map_err(|findings| StartError::findings(&findings, &rule_set.sources))?;
        Ok(Rules { program, resolved, fallback })
    }
}

/// The bytes of the object.
async fn fetch(object: &Object) -> Result<Vec<u8>, StartError> {
    let unreadable =
        |reason: String| StartError::new(format!("cannot read the rules `{object}`: {reason}"));
    let aws = Aws::load(None).await.map_err(|error| unreadable(error.to_string()))?;
    let bucket = aws.s3(&object.bucket, ATTEMPT).map_err(|error| unreadable(error.to_string()))?;
    let mut waits = WAITS.iter();
    loop {
        match bucket.get_version(&object.key, &object.version).await {
            Ok(Some(bundle)) => return Ok(bundle.into()),
            Ok(None) => return Err(unreadable("there is no such version".to_owned())),
            Err(error) => match waits.next() {
                Some(wait) if error.failure.retryable() => tokio::time::sleep(*wait).await,
                _ => return Err(unreadable(error.failure.reason)),
            },
        }
    }
}

/// The rules of the object, if they are those that the function was deployed for.
fn pinned(config: &Config, object: &Object, bundle: &[u8]) -> Result<Rules, StartError> {
    let rule_set = RuleSet::of_bundle(&object.to_string(), bundle)
        .map_err(|error| StartError::new(error.to_string()))?;
    match others(config, &rule_set)? {
        Some(difference) => Err(StartError::new(difference)),
        None => Rules::of(config, rule_set, None),
    }
}

/// Code and settings of a function change one after the other, so that this may be so for a moment.
fn warn_of_others(config: &Config, rule_set: &RuleSet) -> Result<(), StartError> {
    if let Some(difference) = others(config, rule_set)? {
        warn!("{difference}");
    }
    Ok(())
}

/// Says that these rules are others than those that the template was made for, if they are.
fn others(config: &Config, rule_set: &RuleSet) -> Result<Option<String>, StartError> {
    let Some(expected) = &config.rules_hash else { return Ok(None) };
    let found = rule_set.hash(config.stage.as_deref()).map_err(StartError::rule_set)?;
    let root = rule_set.root.display();
    Ok((found != *expected).then(|| {
        format!(
            "the rules of `{root}` have the hash {found} and not {expected}, as \
             `DISTRIBUTARY_RULES_HASH` says: deploy the template and the rules of one version"
        )
    }))
}

/// The checked rules of this function, with every parameter set that it needs.
fn program(config: &Config, rule_set: &mut RuleSet, fallback: bool) -> Result<Program, StartError> {
    let environment = config.environment.clone();
    let given = rule_set
        .given(config.stage.as_deref(), Default::default(), environment)
        .map_err(StartError::rule_set)?;
    let Checked { program, diagnostics } = rule_set.check_once(&given);
    let sources = &rule_set.sources;
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
        Some(name) => part(name, rule_set, program)?,
        None => program,
    };
    let mut findings = unknown_params(config, &program);
    if fallback {
        // The variables are those of the rules that cannot be used.
        findings.drain(..).for_each(|finding| warn!("{finding}"));
    }
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
fn part(name: &str, rule_set: &RuleSet, program: Program) -> Result<Program, StartError> {
    let deploys = rule_set.manifest.deploys();
    let Some(deploy) = deploys.iter().find(|deploy| deploy.name == name) else {
        let all: Vec<_> = deploys.iter().map(|deploy| format!("`{}`", deploy.name)).collect();
        let there = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
        return Err(StartError::new(format!(
            "`DISTRIBUTARY_DEPLOY` is `{name}`, and rules.toml has no section `[deploy.{name}]`: \
             there is {there}"
        )));
    };
    let all = deploy.sources.is_none();
    Ok(if all { program } else { program.serving(|source| deploy.serves(&source.name)) })
}
