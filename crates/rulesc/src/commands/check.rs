//! `rulesc check`

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use distributary_cli::{Exit, Findings, OutputFormat, StageArgs, count, read_all};
use distributary_deploy::filter::room;
use distributary_matcher::slow;
use distributary_proof::{Fuel, prove};
use distributary_rules::{Given, Program, Scope};
use distributary_ruleset::RuleSet;
use serde_json::json;

use crate::report::{github, junit, sarif};

/// Check rules: syntax, names, types, settings, and what can never or always happen
///
/// Exits with 0 when there is nothing to mend, with 1 when there is, and with 2 when a rule set
/// cannot be read or, with --stage, lacks a parameter.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files or directories; a directory with a rules.toml is one rule set [default: .]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    stage: StageArgs,

    /// Let findings of this severity fail the check, too
    #[arg(long, value_name = "SEVERITY")]
    deny: Option<Deny>,

    /// How findings are printed [default: full, and github under GitHub Actions]
    #[arg(long, value_name = "FORMAT")]
    output_format: Option<OutputFormat>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Deny {
    Warnings,
}

/// What was checked, over all rule sets.
#[derive(Debug, Default)]
struct Counts {
    files: usize,
    rules: usize,
    routes: usize,
}

impl Check {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let format = OutputFormat::or_default(self.output_format);
        let mut findings = Findings::new(format);
        let mut counts = Counts::default();
        let mut failed = false;
        let locations = distributary_ruleset::find(&self.paths)?;
        let rule_sets = read_all(&locations, &mut findings)?;
        for rule_set in &rule_sets {
            let given = self.stage.given_among(rule_set, &rule_sets)?;
            failed |= !self.check(rule_set, &given, &mut counts, &mut findings);
        }
        let read: HashSet<&Path> = rule_sets.iter().map(|r| r.root.as_path()).collect();
        let unread = locations.iter().filter(|location| !read.contains(location.root.as_path()));
        counts.files += unread.map(|location| location.files.len()).sum::<usize>();
        let denied = self.deny.is_some() && findings.warnings() > 0;
        let exit = match findings.errors() > 0 || denied {
            _ if failed => Exit::Failed,
            true => Exit::No,
            false => Exit::Fine,
        };
        self.summarise(format, &counts, &findings)?;
        Ok(exit)
    }

    /// Whether the rule set has all that the stage needs.
    fn check(
        &self,
        rule_set: &RuleSet,
        given: &Given,
        counts: &mut Counts,
        findings: &mut Findings,
    ) -> bool {
        let (program, sound) = judge(rule_set, given, findings);
        counts.files += rule_set.sources.iter().count();
        counts.rules += program.rules().len();
        counts.routes += program.routes().len();
        if self.stage.stage.is_none() || !sound {
            return true;
        }
        match program.settle_params(Scope::All) {
            Ok(()) => true,
            Err(missing) => {
                findings.report(&missing, &rule_set.sources);
                false
            }
        }
    }

    fn summarise(
        &self,
        format: OutputFormat,
        counts: &Counts,
        findings: &Findings,
    ) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        let Counts { files, rules, routes } = *counts;
        match format {
            OutputFormat::Json => {
                let document = json!({
                    "version": 1,
                    "files": files,
                    "rules": rules,
                    "routes": routes,
                    "diagnostics": findings.kept(),
                });
                writeln!(out, "{document}")?;
                return Ok(());
            }
            OutputFormat::Sarif => {
                writeln!(out, "{}", sarif::log(findings.kept()))?;
                return Ok(());
            }
            OutputFormat::Junit => {
                let cases = junit::cases(findings.kept(), self.deny.is_some());
                junit::write("rulesc check", &cases, &mut out)?;
                return Ok(());
            }
            OutputFormat::Github => github::write(findings.kept(), &mut out)?,
            OutputFormat::Full | OutputFormat::Concise => {}
        }
        let counted =
            [count(files, "file"), count(rules, "rule"), count(routes, "route")].join(", ");
        let found = match (findings.errors(), findings.warnings()) {
            (0, 0) => "no problems".to_owned(),
            (0, warnings) => count(warnings, "warning"),
            (errors, 0) => count(errors, "error"),
            (errors, warnings) => {
                format!("{}, {}", count(errors, "error"), count(warnings, "warning"))
            }
        };
        writeln!(out, "{counted}: {found}")?;
        Ok(())
    }
}

/// Reports all that can be found in a rule set: in the rules, in what they can do, and in what the
/// manifest makes of them. Says what they mean, and whether they can be understood at all.
pub(crate) fn judge(rule_set: &RuleSet, given: &Given, findings: &mut Findings) -> (Program, bool) {
    let mut checked = rule_set.check(given);
    let sound = !checked.has_errors();
    let manifest = &rule_set.manifest;
    if sound {
        checked.diagnostics.extend(prove(&checked.program, Fuel::default()));
        checked.diagnostics.extend(room(&checked.program));
        checked.diagnostics.extend(slow(&checked.program));
        checked.diagnostics.sort_by_key(|finding| (finding.span(), finding.code));
    }
    manifest.lint().apply(&mut checked.diagnostics);
    findings.report(&checked.diagnostics, &rule_set.sources);
    if sound {
        let mut deployed = manifest.check(&checked.program);
        manifest.lint().apply(&mut deployed);
        findings.report(&deployed, manifest.sources());
    }
    (checked.program, sound)
}
