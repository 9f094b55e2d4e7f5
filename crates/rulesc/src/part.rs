//! Which of several functions of one rule set is meant.

use anyhow::{anyhow, bail};
use clap::Args;
use distributary_cli::{Loaded, count};
use distributary_ruleset::Deploy;

/// One function of a rule set that may be deployed as several.
#[derive(Debug, Args)]
pub(crate) struct Part {
    /// Which `[deploy.<NAME>]`, where there are several
    #[arg(long, value_name = "NAME")]
    deploy: Option<String>,
}

impl Part {
    /// Whether one is named.
    pub(crate) fn is_named(&self) -> bool {
        self.deploy.is_some()
    }

    /// The function that is named, or the only one, and what it alone runs.
    pub(crate) fn of(&self, loaded: Loaded) -> anyhow::Result<(Deploy, Loaded)> {
        let Loaded { rule_set, program } = loaded;
        let deploy = self.find(rule_set.manifest.deploys())?;
        let program = program.serving(|source| deploy.serves(&source.name)).into();
        Ok((deploy, Loaded { rule_set, program }))
    }

    fn find(&self, deploys: &[Deploy]) -> anyhow::Result<Deploy> {
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
}
