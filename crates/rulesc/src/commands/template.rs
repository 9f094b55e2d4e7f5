//! `rulesc template`

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use distributary_cli::{Exit, Findings, Loaded, OutputFormat, Part, Reported, StageArgs};
use distributary_deploy::RulesAt;
use distributary_deploy::template::{Deployment, Settings, TemplateError, template};
use distributary_rules::{Program, Scope};
use distributary_ruleset::Deploy;
use distributary_syntax::Diagnostic;
use serde_json::{Map, Value};

use crate::filtering::Filtering;

/// Write the AWS SAM template of a function with all that it needs
///
/// Filters and permissions are derived from the rules, settings are taken from `[deploy.<name>]` in
/// rules.toml. Nothing is asked of an account.
#[derive(Debug, Args)]
pub(crate) struct Template {
    /// A file or directory of rules
    #[arg(default_value = ".")]
    rules: PathBuf,

    #[command(flatten)]
    part: Part,

    /// The zip with `bootstrap` and the rules: a path from the template, or s3://BUCKET/KEY
    #[arg(long, value_name = "ZIP", default_value = "function.zip")]
    code: String,

    /// Where the function finds its rules: layer:ARN, or s3://BUCKET/KEY?versionId=ID; in its zip
    /// unless told
    #[arg(long, value_name = "WHERE")]
    rules_from: Option<RulesAt>,

    #[command(flatten)]
    filtering: Filtering,

    #[command(flatten)]
    stage: StageArgs,
}

impl Template {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let mut findings = Findings::new(OutputFormat::Full);
        let (loaded, old) = self.filtering.load(&self.rules, &self.stage, &mut findings)?;
        let (deploy, loaded) = self.part.of(loaded)?;
        let Loaded { rule_set, program } = &loaded;
        let create = deploy.create.iter().map(|name| name.node.clone()).collect();
        let missing = missing(program, &create);
        if !missing.is_empty() {
            findings.report(&missing, &rule_set.sources);
            return Err(Reported(Exit::Failed).into());
        }
        let criteria = |source| self.filtering.derive(&loaded, old.as_ref(), Some(source)).criteria;
        let deployment = Deployment {
            program,
            filters: (0..program.sources().len()).map(criteria).collect(),
            create,
            environment: self.environment(&deploy, &loaded)?,
            code: self.code.clone(),
            rules: self.rules_from.clone().unwrap_or_default(),
            settings: settings(&deploy),
        };
        let document = template(&deployment).map_err(refusal)?;
        for (what, is, most) in beyond(&document) {
            anstream::eprintln!(
                "warning: {what} {is}, and AWS takes {most}: let several `[deploy.<name>]` share the \
                 sources"
            );
        }
        writeln!(std::io::stdout(), "{document:#}")?;
        Ok(Exit::Fine)
    }

    /// What the function has to be told, since it finds nothing but the stages in its zip.
    fn environment(
        &self,
        deploy: &Deploy,
        Loaded { rule_set, program }: &Loaded,
    ) -> anyhow::Result<BTreeMap<String, String>> {
        let mut told = BTreeMap::new();
        let mut tell = |name: &str, value: &str| told.insert(name.to_owned(), value.to_owned());
        if let Some(stage) = &self.stage.stage {
            tell("DISTRIBUTARY_STAGE", stage);
        }
        if deploy.sources.is_some() {
            tell("DISTRIBUTARY_DEPLOY", &deploy.name);
        }
        tell("DISTRIBUTARY_RULES_HASH", &rule_set.hash(self.stage.stage.as_deref())?);
        let used = program.used_params(Scope::All).into_iter();
        let used = used.filter_map(|param| program.params().get(param));
        for param in used.filter(|param| !param.open) {
            let variable = distributary_rules::variable(&param.name);
            let flag = self.stage.param(&param.name).map(str::to_owned);
            let set = || {
                let own = std::env::var(&variable).ok();
                own.or_else(|| std::env::var(param.env.as_deref()?).ok())
            };
            let is_fixed = flag.is_none() && param.is_of_lambda();
            if let Some(value) = flag.or_else(set) {
                if is_fixed {
                    anstream::eprintln!(
                        "note: `{}` is `{value}` wherever the function runs, since a table, route or \
                         lot has its place by it",
                        param.name
                    );
                }
                tell(&variable, &value);
            }
        }
        Ok(told)
    }
}

fn settings(deploy: &Deploy) -> Settings {
    Settings {
        architecture: deploy.architecture.as_str().to_owned(),
        memory: deploy.memory,
        timeout: deploy.timeout.as_secs(),
        batch_size: deploy.batch_size,
        window: deploy.window.as_secs(),
        parallelization: deploy.parallelization,
    }
}

/// The parameters that neither have a value nor get one from what the template makes.
fn missing(program: &Program, create: &BTreeSet<String>) -> Vec<Diagnostic> {
    let made = program.addresses().into_iter().filter(|address| create.contains(&address.of));
    let made: Vec<_> = made.filter_map(|it| Some(program.params().get(it.param?)?.span)).collect();
    let mut missing = program.settle_params(Scope::All).err().unwrap_or_default();
    missing.retain(|finding| !finding.span().is_some_and(|span| made.contains(&span)));
    missing
}

/// What has grown beyond a quota of AWS that nobody can raise. What a template says by reference
/// counts as it is written, so that this is near the truth and no more.
fn beyond(document: &Value) -> impl Iterator<Item = (&'static str, usize, usize)> {
    let at = |place: &str| document.pointer(&format!("/Resources{place}"));
    let count = at("").and_then(Value::as_object).map_or(0, Map::len);
    let policy = at("/Role/Properties/Policies/0/PolicyDocument").map(Value::to_string);
    let policy = policy.map_or(0, |policy| policy.len());
    let variables = at("/Function/Properties/Environment/Variables").and_then(Value::as_object);
    let set = variables.into_iter().flatten();
    let told = set.map(|(name, value)| name.len() + value.as_str().map_or(0, str::len)).sum();
    let all = [
        ("the resources of the template are", count, 500),
        ("the characters of the role's policy are", policy, 10_240),
        ("the bytes of the function's variables are", told, 4_096),
    ];
    all.into_iter().filter(|(_, is, most)| is > most)
}

fn refusal(error: TemplateError) -> anyhow::Error {
    match error {
        TemplateError::Missing(missing) => {
            let each: Vec<_> = missing.iter().map(|it| format!("`{}`", it.of)).collect();
            anyhow!("it is not known where these are: {}", each.join(", "))
        }
        TemplateError::Unknown(name) => anyhow!(
            "nothing can be made for `{name}`: it is no source that the function serves, and no \
             route or lot that its rules use"
        ),
        TemplateError::Fixed(of) => anyhow!(
            "`{of}` is named in `create`, and its address is no parameter: make all of the setting \
             one, so that it can be the address of what is made"
        ),
        TemplateError::NoKey(source) => anyhow!(
            "the table of `{source}` cannot be made, since the source does not say its `key`"
        ),
        TemplateError::NoSource => anyhow!(
            "the rules declare no source, so it is not known which stream the function reads: \
             declare one with its `table`"
        ),
        TemplateError::Passing(lot) => anyhow!(
            "the lot `{lot}` is a file, which ends with the function's process: take one of the kind \
             `sqs`, `s3` or `dynamodb`"
        ),
        TemplateError::SameId(id) => anyhow!(
            "two names of the rules make the logical id `{id}`, which has letters and digits \
             alone: rename one of them"
        ),
    }
}
