//! `rulesc filter`

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::{Args, ValueEnum};
use distributary_cli::{
    Account, Events, Exit, Findings, Loaded, OutputFormat, StageArgs, count, load,
};
use distributary_deploy::filter::{Criteria, Limits, Wanted, Why, criteria, wanted};
use distributary_rules::{Program, Scope};
use serde_json::{Value, json};

use crate::replay::Replay;

/// The length of a pattern that Lambda takes.
const CHARACTERS: usize = 4096;

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

    /// Let everything pass, too, that these rules want: those that still run during a roll-out
    #[arg(long, value_name = "OLD_RULES")]
    also: Option<PathBuf>,

    /// How many filters there may be; the account's quota can be raised to 10
    #[arg(long, value_name = "FILTERS", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=10))]
    max: u8,

    /// Ask about the `dynamodb` key of records alone, and neither `eventName` nor `userIdentity`
    #[arg(long)]
    strict: bool,

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

/// The criteria of one source.
struct Derived {
    name: String,
    table: Option<String>,
    criteria: Criteria,
}

impl Filter {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let new = self.load(&self.rules)?;
        let old = self.also.as_deref().map(|rules| self.load(rules)).transpose()?;
        let derived = self.derive(&new, old.as_ref())?;
        if let Some(events) = &self.verify {
            return verify(&derived, &new.program, events);
        }
        let document = match self.format {
            Format::Json => {
                let source = |derived: &Derived| {
                    let filters = filters(&derived.criteria);
                    let source = json!({ "table": derived.table, "FilterCriteria": filters });
                    (derived.name.clone(), source)
                };
                let sources: BTreeMap<String, Value> = derived.iter().map(source).collect();
                json!({ "version": 1, "sources": sources })
            }
            Format::Cfn => match derived.as_slice() {
                [only] => json!({ "FilterCriteria": filters(&only.criteria) }),
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

    fn load(&self, rules: &Path) -> anyhow::Result<Loaded> {
        load(rules, &self.stage, Scope::Conditions, &mut Findings::new(OutputFormat::Full))
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
        Ok(sources.into_iter().map(|source| self.source(new, old, source)).collect())
    }

    fn source(&self, new: &Loaded, old: Option<&Loaded>, source: Option<usize>) -> Derived {
        let declared = source.and_then(|source| new.program.sources().get(source));
        let name = declared.map_or("*".to_owned(), |source| source.name.to_string());
        let mut all = vec![self.wanted(new, source, &name)];
        if let Some(old) = old {
            let table = declared.and_then(|source| source.table.as_deref());
            let counterpart = counterpart(&old.program, table);
            if old.program.sources().is_empty() || counterpart.is_some() {
                all.push(self.wanted(old, counterpart, &name));
            } else {
                anstream::eprintln!("note: the old rules have no source for the table of `{name}`");
            }
        }
        let limits = Limits { filters: usize::from(self.max), characters: CHARACTERS };
        let criteria = criteria(&all, limits);
        for field in &criteria.given_up {
            anstream::eprintln!(
                "note: `{name}`: `{field}` is asked less exactly, since {} of {CHARACTERS} \
                 characters do not hold every alternative",
                count(limits.filters, "filter")
            );
        }
        let why = match criteria.everything {
            Some(Why::Unmatched) => "the source counts the records that no rule claims",
            Some(Why::NoRule) => {
                "no rule can fire, and a filter that passes nothing is not written"
            }
            None => "the conditions of the rules leave nothing that a filter can ask",
        };
        if criteria.patterns.is_empty() {
            anstream::eprintln!("note: `{name}`: every record passes: {why}");
        }
        let table = declared.and_then(|source| source.table.clone());
        Derived { name, table, criteria }
    }

    /// Says what a filter leaves out, and returns the rest.
    fn wanted(&self, loaded: &Loaded, source: Option<usize>, name: &str) -> Wanted {
        let wanted = wanted(&loaded.program, source, self.strict);
        let sources = &loaded.rule_set.sources;
        for dropped in &wanted.dropped {
            let place = sources.position(dropped.span);
            let file = sources.get(dropped.span.file).map_or("", |file| file.name.as_str());
            let text = sources.text(dropped.span).split_whitespace().collect::<Vec<_>>().join(" ");
            anstream::eprintln!(
                "note: {file}:{}:{}: `{text}` widens the filter of `{name}`: {}",
                place.line,
                place.column,
                dropped.reason.as_str()
            );
        }
        wanted
    }
}

/// The source of a program for this table, or the only one where the table is not known.
fn counterpart(program: &Program, table: Option<&str>) -> Option<usize> {
    match (table, program.sources()) {
        (Some(table), _) => program.source_of(table),
        (None, [_]) => Some(0),
        (None, _) => None,
    }
}

fn filters(criteria: &Criteria) -> Value {
    let filter = |pattern: &String| json!({ "Pattern": pattern });
    json!({ "Filters": criteria.patterns.iter().map(filter).collect::<Vec<_>>() })
}

fn verify(derived: &[Derived], program: &Program, events: &Path) -> anyhow::Result<Exit> {
    let mut replay = Replay::default();
    let mut account = Account::default();
    for Derived { name, table, criteria } in derived {
        replay.add_source(name, table.as_deref(), &criteria.patterns);
    }
    for chunk in Events::open(events)? {
        let chunk = chunk?;
        account.add_faults(chunk.faults);
        for raw in &chunk.records {
            match raw.decode() {
                Ok(record) => replay.add(program, raw, &record),
                Err(error) => account.add_faults([error.to_string()]),
            }
        }
    }
    account.report_faults();
    let lost = replay.report(&mut std::io::stdout().lock())?;
    Ok(match lost {
        _ if account.has_faults() => Exit::Failed,
        0 => Exit::Fine,
        _ => Exit::No,
    })
}
