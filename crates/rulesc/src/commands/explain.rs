//! `rulesc explain`

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::Args;
use distributary_cli::{Account, Events, Exit, Findings, Loaded, OutputFormat, StageArgs, load};
use distributary_plan::Planner;
use distributary_rules::Scope;
use distributary_syntax::closest;

use crate::explanation::Explanation;
use crate::pages;

/// Print the page about a diagnostic, or show what rules make of an event and why
///
/// Of an event it shows for each rule whether it fires, every question that its condition asks with
/// the kinds of values that it saw, and the deliveries. Exits with 0 when a rule fires, with 1 when
/// none does.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code of a diagnostic, such as R301; or, with --event, a file or directory of rules
    what: String,

    /// Captured events: a Lambda event, a record, JSON lines or an array of either; `-` is standard
    /// input
    #[arg(long, value_name = "FILE")]
    event: Option<PathBuf>,

    /// Show this rule alone
    #[arg(long, value_name = "RULE", requires = "event")]
    rule: Option<String>,

    #[command(flatten)]
    stage: StageArgs,
}

impl Explain {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        match &self.event {
            Some(event) => self.explain(event),
            None => self.print_page(),
        }
    }

    fn print_page(&self) -> anyhow::Result<Exit> {
        let page = pages::code(&self.what).and_then(pages::page);
        let Some(page) = page else {
            if Path::new(&self.what).exists() {
                bail!("name an event to explain, too: `--event FILE`");
            }
            bail!("there is no diagnostic `{}`", self.what);
        };
        std::io::stdout().write_all(page.as_bytes())?;
        Ok(Exit::Fine)
    }

    fn explain(&self, event: &Path) -> anyhow::Result<Exit> {
        let mut findings = Findings::new(OutputFormat::Full);
        let Loaded { program, rule_set } =
            load(Path::new(&self.what), &self.stage, Scope::Conditions, &mut findings)?;
        let only = self.rule.as_deref().map(|name| {
            let names = || program.rules().iter().map(|rule| &*rule.name);
            names().position(|rule| rule == name).ok_or_else(|| match closest(name, names()) {
                Some(near) => anyhow!("there is no rule `{name}`: did you mean `{near}`?"),
                None => anyhow!("there is no rule `{name}`"),
            })
        });
        let only = only.transpose()?;
        let planner = Planner::new(program.clone());
        let mut out = BufWriter::new(std::io::stdout().lock());
        let mut account = Account::default();
        let mut fires = false;
        for chunk in Events::open(event)? {
            let chunk = chunk?;
            for raw in &chunk.records {
                let plan = planner.plan(std::slice::from_ref(raw));
                if let Ok(record) = raw.decode() {
                    let source = program.source_of(&record.table);
                    let explanation =
                        Explanation { program: &program, sources: &rule_set.sources, only };
                    fires |= explanation.write(&record, source, &plan.deliveries, &mut out)?;
                }
                account.add(&plan.records);
            }
            account.add_faults(chunk.faults);
        }
        out.flush()?;
        account.report_faults();
        Ok(match fires {
            _ if account.has_faults() => Exit::Failed,
            true => Exit::Fine,
            false => Exit::No,
        })
    }
}
