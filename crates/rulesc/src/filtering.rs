//! The filter of one source, as `rulesc filter` and `rulesc template` derive it.

use std::path::{Path, PathBuf};

use clap::Args;
use distributary_cli::{Findings, Loaded, StageArgs, count, load, load_both};
use distributary_deploy::filter::{Criteria, Limits, Wanted, Why, criteria, wanted};
use distributary_rules::{Program, Scope};

/// The length of a pattern that Lambda takes.
const CHARACTERS: usize = 4096;

/// How filters are derived.
#[derive(Debug, Args)]
pub(crate) struct Filtering {
    /// Let everything pass, too, that these rules want: those that still run during a roll-out
    #[arg(long, value_name = "OLD_RULES")]
    also: Option<PathBuf>,

    /// How many filters there may be; the account's quota can be raised to 10
    #[arg(long, value_name = "FILTERS", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=10))]
    max: u8,

    /// Ask about the `dynamodb` key of records alone, and neither `eventName` nor `userIdentity`
    #[arg(long)]
    strict: bool,
}

/// The criteria of one source.
pub(crate) struct Derived {
    pub(crate) name: String,
    pub(crate) table: Option<String>,
    pub(crate) criteria: Criteria,
}

impl Filtering {
    /// The rules, whose parameters may be unset, and those that still run during a roll-out.
    pub(crate) fn load(
        &self,
        rules: &Path,
        stage: &StageArgs,
        findings: &mut Findings,
    ) -> anyhow::Result<(Loaded, Option<Loaded>)> {
        let Some(also) = &self.also else {
            return Ok((load(rules, stage, Scope::None, findings)?.for_lambda(stage), None));
        };
        let both = load_both([rules, also], stage, findings)?;
        let [new, old] = both.map(|loaded| loaded.for_lambda(stage));
        Ok((new, Some(old.settled(Scope::Conditions, findings)?)))
    }

    /// The criteria of a source, or of all records where none is declared. Says on standard error what
    /// they leave out.
    pub(crate) fn derive(
        &self,
        new: &Loaded,
        old: Option<&Loaded>,
        source: Option<usize>,
    ) -> Derived {
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
