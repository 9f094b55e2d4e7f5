//! From a function to what is wrong with it.

use std::collections::BTreeMap;

use anyhow::anyhow;
use distributary_aws::Aws;
use distributary_cli::{Exit, Findings, OutputFormat, Reported, open};
use distributary_doctor::{Facts, Function, Needs, Seen, examine, look_at, quoted, settle};
use distributary_rules::{Given, Program, Scope, variable};
use distributary_ruleset::{Deploy, RuleSet, RulesetError};

use super::reader::Reader;
use super::{Doctor, shown};

const STAGE: &str = "DISTRIBUTARY_STAGE";
const DEPLOY: &str = "DISTRIBUTARY_DEPLOY";

/// What the rules are for a function: its stage and parameters, and what they make of the rules.
struct Settled {
    program: Program,
    text_hash: String,
    refused: Vec<(String, String)>,
}

pub(super) async fn diagnose(doctor: &Doctor) -> anyhow::Result<Exit> {
    let mut findings = Findings::new(OutputFormat::Full);
    let rule_set = open(&doctor.rules, &mut findings)?;
    let aws = Aws::load(doctor.endpoint_url.as_deref()).await?;
    let (stack, name) = doctor.find(&rule_set, &aws).await?;
    let reader = Reader::new(&aws, &name)?;
    let function = reader.function().await?;
    let mappings = reader.mappings().await;

    let seen = match &function {
        Seen::There(function) => Some(function),
        Seen::Missing | Seen::Unseen(_) => None,
    };
    let variables = seen.map(variables).unwrap_or_default();
    let part = doctor.part.or(variables.get(DEPLOY).map(String::as_str));
    let deploy = part.find(rule_set.manifest.deploys())?;
    let Settled { program, text_hash, refused } =
        doctor.settled(&rule_set, &deploy, &variables, &mut findings)?;
    let asked = doctor.asked(&program, &deploy);
    let needs = Needs {
        function: &name,
        program: &program,
        text_hash: &text_hash,
        deploy: &deploy,
        asked: &asked,
        refused: &refused,
        stack: stack.as_deref(),
        rules: &doctor.rules_in_words(),
    };

    let reader = reader.at(seen);
    let of_function = match &mappings {
        Seen::There(mappings) => mappings.as_slice(),
        Seen::Missing | Seen::Unseen(_) => &[],
    };
    let look = look_at(&needs, seen, of_function);
    let role = match seen {
        Some(function) => reader.role(&function.role).await,
        None => Seen::Missing,
    };
    let paused = match &look.ledger {
        Some(ledger) => Some(reader.paused(ledger).await),
        None => None,
    };
    let facts = Facts {
        role,
        queues: reader.queues(&look).await,
        topics: reader.topics(&look).await,
        buses: reader.buses(&look).await,
        tables: reader.tables(&look).await,
        expiry: reader.expiry(&look).await,
        buckets: reader.buckets(&look).await,
        paused,
        mappings,
        function,
    };
    shown::show(&name, &examine(&needs, &facts), doctor.format)
}

/// What the function's environment says, beside what Lambda says of the region.
fn variables(function: &Function) -> BTreeMap<String, String> {
    let mut variables = function.environment.variables.clone();
    variables.retain(|_, value| !value.is_empty());
    if let Some(region) = function.function_arn.split(':').nth(3) {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            variables.entry(name.to_owned()).or_insert_with(|| region.to_owned());
        }
    }
    variables
}

impl Doctor {
    /// The stack, if one was asked for, and the function.
    async fn find(
        &self,
        rule_set: &RuleSet,
        aws: &Aws,
    ) -> anyhow::Result<(Option<String>, String)> {
        if let Some(function) = &self.function {
            return Ok((None, function.clone()));
        }
        let stack = match &self.stack {
            Some(stack) => stack.clone(),
            None if rule_set.manifest.deploys().is_empty() && !self.part.is_named() => {
                return Err(anyhow!(
                    "nothing says which function to look at: name it with `--function`, or its stack \
                     with `--stack`"
                ));
            }
            None => self.part.find(rule_set.manifest.deploys())?.name,
        };
        let function = Reader::function_of_stack(aws, &stack).await?;
        Ok((Some(stack), function))
    }

    fn settled(
        &self,
        rule_set: &RuleSet,
        deploy: &Deploy,
        variables: &BTreeMap<String, String>,
        findings: &mut Findings,
    ) -> anyhow::Result<Settled> {
        let there = variables.get(STAGE).map(String::as_str);
        let mut unknown = None;
        let given = match self.stage.given_there(rule_set, there, BTreeMap::new()) {
            Err(RulesetError::UnknownStage { stage, .. }) if self.stage.stage.is_none() => {
                unknown = Some((STAGE.to_owned(), format!("rules.toml names no stage `{stage}`")));
                self.stage.given_there(rule_set, None, BTreeMap::new())?
            }
            given => given?,
        };
        let stage = self.stage.stage.as_deref().or(there.filter(|_| unknown.is_none()));
        let check = |env: &BTreeMap<String, String>| {
            rule_set.check(&Given { env: env.clone(), ..given.clone() })
        };
        let (checked, mut refused) = settle(variables, check);
        if checked.has_errors() {
            findings.report(&checked.diagnostics, &rule_set.sources);
            return Err(Reported(Exit::No).into());
        }
        refused.extend(unknown);
        let mut program = checked.program.serving(|source| deploy.serves(&source.name));
        program.leave_to_lambda(|param| {
            self.stage.param(&param.name).is_some()
                || variables.contains_key(&variable(&param.name))
        });
        Ok(Settled { program, text_hash: rule_set.hash(stage)?, refused })
    }

    /// The variables that a template for these flags would have set.
    fn asked(&self, program: &Program, deploy: &Deploy) -> Vec<(String, String)> {
        let used = program.used_params(Scope::All);
        let is_used = |name: &str| {
            let mut params = used.iter().filter_map(|param| program.params().get(*param));
            params.any(|param| *param.name == *name)
        };
        let stage = self.stage.stage.iter().map(|stage| (STAGE.to_owned(), stage.clone()));
        let part = deploy.sources.iter().map(|_| (DEPLOY.to_owned(), deploy.name.clone()));
        let params = self.stage.params().iter().filter(|(name, _)| is_used(name));
        let params = params.map(|(name, value)| (variable(name), value.clone()));
        stage.chain(part).chain(params).collect()
    }

    /// The rules as they were named here.
    fn rules_in_words(&self) -> String {
        let mut words = vec![self.rules.display().to_string()];
        let mut flag = |name: &str, value: &str| {
            words.extend([format!("--{name}"), value.to_owned()]);
        };
        if let Some(stage) = &self.stage.stage {
            flag("stage", stage);
        }
        for (name, value) in self.stage.params() {
            flag("param", &format!("{name}={value}"));
        }
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }
}
