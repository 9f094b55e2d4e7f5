//! Which of several functions of one rule set is meant.

use anyhow::{anyhow, bail};
use clap::Args;
use distributary_ruleset::Deploy;

use crate::rules::Loaded;
use crate::words::count;

/// One function of a rule set that may be deployed as several.
#[derive(Debug, Args)]
pub struct Part {
    /// Which `[deploy.<NAME>]`, where there are several
    #[arg(long, value_name = "NAME")]
    deploy: Option<String>,
}

impl Part {
    /// Whether one is named.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.deploy.is_some()
    }

    /// The same, or the one of this name where none is named.
    #[must_use]
    pub fn or(&self, name: Option<&str>) -> Self {
        Part { deploy: self.deploy.clone().or_else(|| name.map(str::to_owned)) }
    }

    /// The function that is named, or the only one, and what it alone runs.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn of(&self, loaded: Loaded) -> anyhow::Result<(Deploy, Loaded)> {
        let Loaded { rule_set, program } = loaded;
        let deploy = self.find(rule_set.manifest.deploys())?;
        let program = program.serving(|source| deploy.serves(&source.name)).into();
        Ok((deploy, Loaded { rule_set, program }))
    }

    /// The function that is named, or the only one.
    ///
    /// # Errors
    /// There is none of that name, or there are several and none is named.
    pub fn find(&self, deploys: &[Deploy]) -> anyhow::Result<Deploy> {
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
