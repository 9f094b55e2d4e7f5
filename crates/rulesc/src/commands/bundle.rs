//! `rulesc bundle`

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;
use distributary_cli::{Exit, Findings, OutputFormat, Reported, count, open, reason};
use distributary_proof::{Fuel, prove};
use distributary_rules::Given;
use distributary_ruleset::RuleSet;
use distributary_syntax::Severity;

use crate::commands::check::judge;

/// Write a rule set as one file, checked, which the function loads without parsing
///
/// It holds for every stage: parameters get their values where it is loaded. Equal rules make equal
/// bytes. Nothing is written where `check` finds an error, in any stage.
#[derive(Debug, Args)]
pub(crate) struct Bundle {
    /// A file or directory of rules
    #[arg(default_value = ".")]
    rules: PathBuf,

    /// The file to write, such as rules.bundle
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
}

impl Bundle {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let mut findings = Findings::new(OutputFormat::Full);
        let rule_set = open(&self.rules, &mut findings)?;
        if rule_set.is_bundle() {
            bail!("`{}` is a bundle already: name the rules", self.rules.display());
        }
        let (program, sound) = judge(&rule_set, &given(&rule_set, None)?, &mut findings);
        if sound {
            stages(&rule_set, &mut findings)?;
        }
        if findings.errors() > 0 {
            return Err(Reported(Exit::No).into());
        }
        if program.rules().is_empty() {
            bail!("the rule set `{}` has no rules", rule_set.root.display());
        }
        let bytes = rule_set.bundle(&program).map_err(|error| anyhow!("{error}"))?;
        let out = self.out.display();
        // Better here than where it is loaded.
        RuleSet::of_bundle(&out.to_string(), &bytes)?;
        std::fs::write(&self.out, &bytes)
            .map_err(|error| anyhow!("cannot write `{out}`: {}", reason(&error)))?;
        let (rules, routes) = (program.rules().len(), program.routes().len());
        let counted = [count(rules, "rule"), count(routes, "route"), count(bytes.len(), "byte")];
        writeln!(std::io::stdout(), "{out}: {}", counted.join(", "))?;
        Ok(Exit::Fine)
    }
}

/// What the manifest alone gives, for a stage.
fn given(rule_set: &RuleSet, stage: Option<&str>) -> anyhow::Result<Given> {
    Ok(rule_set.given(stage, BTreeMap::new(), BTreeMap::new())?)
}

/// Reports the errors that only what stages set brings, each once.
fn stages(rule_set: &RuleSet, findings: &mut Findings) -> anyhow::Result<()> {
    let mut errors = Vec::new();
    for stage in rule_set.manifest.stages() {
        let checked = rule_set.check(&given(rule_set, Some(stage))?);
        let proved = match checked.has_errors() {
            true => Vec::new(),
            false => prove(&checked.program, Fuel::default()),
        };
        let mut found = [checked.diagnostics, proved].concat();
        found.retain(|finding| finding.severity == Severity::Error && !errors.contains(finding));
        errors.extend(found);
    }
    findings.report(&errors, &rule_set.sources);
    Ok(())
}
