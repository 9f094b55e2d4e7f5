//! `rulesc test`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use distributary_cli::{Exit, Findings, OutputFormat, StageArgs, read_all};
use distributary_rules::{Given, Program};
use distributary_ruleset::RuleSet;
use distributary_syntax::{Diagnostic, Severity, Sources};
use regex_lite::Regex;
use serde_json::{Value, json};

use crate::report::junit::{self, Case, Outcome};
use crate::report::{github, sarif};
use crate::testing;
use crate::testing::coverage::Coverage;

/// Run the tests that rules declare
///
/// Nothing is sent. Exits with 0 when all tests hold and enough is covered, with 1 when not, and
/// with 2 when a rule set cannot be read.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Files or directories; a directory with a rules.toml is one rule set [default: .]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    stage: StageArgs,

    /// Run only the tests whose titles match this regular expression
    #[arg(long, value_name = "RE")]
    run: Option<Regex>,

    /// Say what no test reaches: rules that fire, routes that they send to, and questions of their
    /// conditions, both true and not true. With MIN, fail below so many percent, whatever `[test]`
    /// in rules.toml asks for
    #[arg(long, value_name = "MIN", num_args = 0..=1, require_equals = true, default_missing_value = "0",
          value_parser = clap::value_parser!(u8).range(0..=100))]
    coverage: Option<u8>,

    /// How results are printed [default: full, and github under GitHub Actions]
    #[arg(long, value_name = "FORMAT")]
    output_format: Option<OutputFormat>,
}

/// What came of all tests.
#[derive(Debug, Default)]
struct Results {
    cases: Vec<Case>,
    reached: usize,
    goals: usize,
    missing: Vec<String>,
    /// Whether a rule set is below what its own manifest asks for.
    short: bool,
}

impl Test {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let format = OutputFormat::or_default(self.output_format);
        let mut findings = Findings::new(format);
        let mut results = Results::default();
        let rule_sets = read_all(&distributary_ruleset::find(&self.paths)?, &mut findings)?;
        for rule_set in &rule_sets {
            let given = self.stage.given_among(rule_set, &rule_sets)?;
            self.test(rule_set, &given, &mut results, &mut findings);
        }
        self.print(format, &results, &findings)?;
        let enough = match self.coverage {
            Some(least) => percent(results.reached, results.goals) >= least.into(),
            None => !results.short,
        };
        let fine = findings.errors() == 0 && enough;
        Ok(if fine { Exit::Fine } else { Exit::No })
    }

    fn test(
        &self,
        rule_set: &RuleSet,
        given: &Given,
        results: &mut Results,
        findings: &mut Findings,
    ) {
        let sources = &rule_set.sources;
        let checked = distributary_rules::check(sources, given);
        if checked.has_errors() {
            // The check says the rest.
            let errors: Vec<Diagnostic> =
                checked.diagnostics.into_iter().filter(is_error).collect();
            findings.report(&errors, sources);
            return;
        }
        let program = checked.program;
        let mut coverage = Coverage::new(&program);
        for (index, test) in program.tests().iter().enumerate() {
            if self.run.as_ref().is_some_and(|run| !run.is_match(&test.title)) {
                continue;
            }
            let tested = testing::run(&program, index, sources);
            findings.report(&tested.findings, sources);
            coverage.add(&program, &tested);
            let file = sources.get(test.span.file).map(|source| source.name.clone());
            results.cases.push(Case {
                class: file.unwrap_or_default(),
                name: test.title.to_string(),
                outcome: outcome(&tested.findings, sources),
            });
        }
        // A part of the tests reaches a part of the rules.
        let least = rule_set.manifest.test().coverage.filter(|_| self.run.is_none());
        if self.coverage.is_some() || least.is_some() {
            results.add(&coverage, &program, sources);
        }
        let (reached, goals) = coverage.counts();
        results.short |= least.is_some_and(|least| percent(reached, goals) < least.into());
    }

    fn print(
        &self,
        format: OutputFormat,
        results: &Results,
        findings: &Findings,
    ) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        match format {
            OutputFormat::Json => writeln!(out, "{}", self.document(results, findings))?,
            OutputFormat::Sarif => writeln!(out, "{}", sarif::log(findings.kept()))?,
            OutputFormat::Junit => junit::write("rulesc test", &results.cases, &mut out)?,
            OutputFormat::Github => {
                github::write(findings.kept(), &mut out)?;
                self.summarise(results, &mut out)?;
            }
            OutputFormat::Full | OutputFormat::Concise => self.summarise(results, &mut out)?,
        }
        Ok(())
    }

    fn summarise(&self, results: &Results, out: &mut impl Write) -> std::io::Result<()> {
        if self.shows_coverage(results) {
            for line in &results.missing {
                writeln!(out, "{line}")?;
            }
            let Results { reached, goals, .. } = *results;
            writeln!(out, "coverage: {} % ({reached} of {goals})", percent(reached, goals))?;
        }
        let (passed, failed) = results.passed_and_failed();
        writeln!(out, "{passed} passed, {failed} failed")
    }

    fn shows_coverage(&self, results: &Results) -> bool {
        self.coverage.is_some() || results.short
    }

    fn document(&self, results: &Results, findings: &Findings) -> Value {
        let (passed, failed) = results.passed_and_failed();
        let mut document = json!({
            "version": 1,
            "passed": passed,
            "failed": failed,
            "tests": results.cases.iter().map(|case| json!({
                "file": case.class,
                "title": case.name,
                "passed": matches!(case.outcome, Outcome::Passed),
            })).collect::<Vec<_>>(),
            "diagnostics": findings.kept(),
        });
        if self.shows_coverage(results)
            && let Some(document) = document.as_object_mut()
        {
            let Results { reached, goals, missing, .. } = results;
            let coverage = json!({ "reached": reached, "of": goals, "missing": missing });
            document.insert("coverage".to_owned(), coverage);
        }
        document
    }
}

impl Results {
    fn add(&mut self, coverage: &Coverage, program: &Program, sources: &Sources) {
        let (reached, goals) = coverage.counts();
        self.reached += reached;
        self.goals += goals;
        self.missing.extend(coverage.missing(program, sources));
    }

    fn passed_and_failed(&self) -> (usize, usize) {
        let passed = self.cases.iter().filter(|c| matches!(c.outcome, Outcome::Passed)).count();
        (passed, self.cases.len() - passed)
    }
}

/// Rounded down, so that 100 is all of it; where there is nothing to reach, all is reached.
fn percent(reached: usize, goals: usize) -> usize {
    (reached * 100).checked_div(goals).unwrap_or(100)
}

fn is_error(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error
}

fn outcome(findings: &[Diagnostic], sources: &Sources) -> Outcome {
    let Some(first) = findings.first() else { return Outcome::Passed };
    let drawn = findings.iter().map(|f| distributary_syntax::render::full(f, sources, false));
    Outcome::Failed { message: first.message.clone(), text: drawn.collect::<Vec<_>>().join("\n\n") }
}
