//! `rulesc template`

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;
use distributary_cli::{Exit, Findings, Loaded, OutputFormat, Reported, StageArgs, count, load};
use distributary_deploy::template::{Deployment, Served, Settings, TemplateError, template};
use distributary_rules::{Program, Scope};
use distributary_ruleset::Deploy;
use distributary_syntax::Diagnostic;

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

    /// Which `[deploy.<NAME>]`, where there are several
    #[arg(long, value_name = "NAME")]
    deploy: Option<String>,

    /// The zip with `bootstrap` and the rules: a path from the template, or s3://BUCKET/KEY
    #[arg(long, value_name = "ZIP", default_value = "function.zip")]
    code: String,

    #[command(flatten)]
    filtering: Filtering,

    #[command(flatten)]
    stage: StageArgs,
}

impl Template {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let mut findings = Findings::new(OutputFormat::Full);
        let loaded = load(&self.rules, &self.stage, Scope::Conditions, &mut findings)?;
        let old = self.filtering.old_rules(&self.stage)?;
        let Loaded { program, rule_set } = &loaded;
        let deploy = self.deploy(rule_set.manifest.deploys())?;
        let sources = program.sources().iter().enumerate();
        let served =
            sources.filter(|(_, source)| deploy.serves(&source.name)).map(|(source, _)| {
                let criteria = self.filtering.derive(&loaded, old.as_ref(), Some(source)).criteria;
                Served { source, criteria }
            });
        let deployment = Deployment {
            program,
            served: served.collect(),
            create: deploy.create.iter().map(|name| name.node.clone()).collect(),
            environment: self.environment(program),
            code: self.code.clone(),
            settings: settings(&deploy),
        };
        let missing = missing(&deployment);
        if !missing.is_empty() {
            findings.report(&missing, &rule_set.sources);
            return Err(Reported(Exit::Failed).into());
        }
        let document = template(&deployment).map_err(refusal)?;
        writeln!(std::io::stdout(), "{document:#}")?;
        Ok(Exit::Fine)
    }

    fn deploy(&self, deploys: &[Deploy]) -> anyhow::Result<Deploy> {
        let all: Vec<_> = deploys.iter().map(|deploy| format!("`{}`", deploy.name)).collect();
        match (&self.deploy, deploys) {
            (None, []) => Ok(Deploy::named("function")),
            (None, [only]) => Ok(only.clone()),
            (None, _) => bail!(
                "rules.toml has {}, each with a template of its own: name one of {} with \
                 `--deploy NAME`",
                count(deploys.len(), "function"),
                all.join(", ")
            ),
            (Some(name), _) => {
                let named = deploys.iter().find(|deploy| deploy.name == *name);
                named.cloned().ok_or_else(|| match all.as_slice() {
                    [] => anyhow!("rules.toml has no section `[deploy.{name}]`, nor any other"),
                    all => anyhow!(
                        "rules.toml has no section `[deploy.{name}]`: there are {}",
                        all.join(", ")
                    ),
                })
            }
        }
    }

    /// What the function has to be told, since it finds nothing but the stage in its zip.
    fn environment(&self, program: &Program) -> BTreeMap<String, String> {
        let stage = self.stage.stage.iter();
        let mut told: BTreeMap<_, _> =
            stage.map(|stage| ("DISTRIBUTARY_STAGE".to_owned(), stage.clone())).collect();
        for param in program.params() {
            let variable = format!("DISTRIBUTARY_PARAM_{}", param.name.to_uppercase());
            let flag = self.stage.param(&param.name).map(str::to_owned);
            let set = || {
                let own = std::env::var(&variable).ok();
                own.or_else(|| std::env::var(param.env.as_deref()?).ok())
            };
            if let Some(value) = flag.or_else(set) {
                told.insert(variable, value);
            }
        }
        told
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
fn missing(deployment: &Deployment<'_>) -> Vec<Diagnostic> {
    let program = deployment.program;
    let made = program.addresses().into_iter().filter(|it| deployment.create.contains(&it.of));
    let made: Vec<_> = made.filter_map(|it| Some(program.params().get(it.param?)?.span)).collect();
    let mut missing = program.settle_params(Scope::All).err().unwrap_or_default();
    missing.retain(|finding| !finding.span().is_some_and(|span| made.contains(&span)));
    missing
}

fn refusal(error: TemplateError) -> anyhow::Error {
    match error {
        TemplateError::Missing(missing) => {
            let each: Vec<_> = missing.iter().map(|it| format!("`{}`", it.of)).collect();
            anyhow!("it is not known where these are: {}", each.join(", "))
        }
        TemplateError::Unknown(name) => anyhow!("nothing can be made for `{name}`"),
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
