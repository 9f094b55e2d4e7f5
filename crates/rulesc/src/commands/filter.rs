//! `rulesc filter`

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::{Args, ValueEnum};
use distributary_cli::{
    Account, Exit, Findings, Loaded, OutputFormat, StageArgs, count, each_record,
};
use distributary_rules::{Program, Scope};
use serde_json::{Value, json};

use crate::filtering::{Derived, Filtering};
use crate::replay::Replay;

/// Derive the filter criteria of the event source mapping from the rules
///
/// Every record that a rule can fire on passes. What a filter cannot ask is said on standard error,
/// with the reason. Where every record is wanted there are no filters: none that passes nothing is
/// ever written.
#[derive(Debug, Args)]
pub(crate) struct Filter {
    /// A file or directory of rules
    #[arg(default_value = ".")]
    rules: PathBuf,

    #[command(flatten)]
    filtering: Filtering,

    /// Show this source alone
    #[arg(long, value_name = "NAME")]
    source: Option<String>,

    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Format,

    /// Instead of the criteria, show what they make of captured events
    #[arg(long, value_name = "EVENTS")]
    verify: Option<PathBuf>,

    #[command(flatten)]
    stage: StageArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A document with the criteria of every source by its name
    Json,
    /// The property `FilterCriteria` of one source's event source mapping
    Cfn,
}

impl Filter {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let mut findings = Findings::new(OutputFormat::Full);
        let (new, old) = self.filtering.load(&self.rules, &self.stage, &mut findings)?;
        let new = new.settled(Scope::Conditions, &mut findings)?;
        let derived = self.derive(&new, old.as_ref())?;
        if let Some(events) = &self.verify {
            return verify(&derived, &new.program, events);
        }
        let document = match self.format {
            Format::Json => {
                let source = |derived: &Derived| {
                    let filters = derived.criteria.to_json();
                    let source = json!({ "table": derived.table, "FilterCriteria": filters });
                    (derived.name.clone(), source)
                };
                let sources: BTreeMap<String, Value> = derived.iter().map(source).collect();
                json!({ "version": 1, "sources": sources })
            }
            Format::Cfn => match derived.as_slice() {
                [only] => json!({ "FilterCriteria": only.criteria.to_json() }),
                several => bail!(
                    "each of the {} has an event source mapping of its own: name one with \
                     `--source NAME`",
                    count(several.len(), "source")
                ),
            },
        };
        writeln!(std::io::stdout(), "{document:#}")?;
        Ok(Exit::Fine)
    }

    fn derive(&self, new: &Loaded, old: Option<&Loaded>) -> anyhow::Result<Vec<Derived>> {
        let program = &new.program;
        let known = || program.sources().iter().map(|source| &*source.name);
        let sources: Vec<Option<usize>> = match (&self.source, program.sources().len()) {
            (Some(name), _) => {
                let at = known().position(|known| known == name);
                let all: Vec<_> = known().map(|known| format!("`{known}`")).collect();
                vec![Some(at.ok_or_else(|| match all.as_slice() {
                    [] => anyhow!("the rules declare no source, so there is no `{name}`"),
                    all => anyhow!("there is no source `{name}`: there are {}", all.join(", ")),
                })?)]
            }
            (None, 0) => vec![None],
            (None, sources) => (0..sources).map(Some).collect(),
        };
        Ok(sources.into_iter().map(|source| self.filtering.derive(new, old, source)).collect())
    }
}

fn verify(derived: &[Derived], program: &Program, events: &Path) -> anyhow::Result<Exit> {
    let mut replay = Replay::default();
    let mut account = Account::default();
    for Derived { name, table, criteria } in derived {
        replay.add_source(name, table.as_deref(), &criteria.patterns);
    }
    each_record(events, &mut account, |raw, record| replay.add(program, raw, &record))?;
    account.report_faults();
    let lost = replay.report(&mut std::io::stdout().lock())?;
    Ok(match lost {
        _ if account.has_faults() => Exit::Failed,
        0 => Exit::Fine,
        _ => Exit::No,
    })
}
