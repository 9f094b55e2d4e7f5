//! `rulesc eval`

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use distributary_cli::{Account, Events, Exit, Findings, Loaded, OutputFormat, StageArgs, load};
use distributary_plan::{Plan, Planner, Verdict};
use distributary_rules::{Program, Scope};
use serde::Serialize;
use serde_json::value::RawValue;

/// Show what rules make of captured events: one JSON line per delivery
///
/// Nothing is sent, and parameters that only say where to need no value. Exits with 0 when a rule
/// fires, with 1 when none does, and with 2 when there is an event that the rules cannot be asked
/// about; the others are shown all the same.
#[derive(Debug, Args)]
pub(crate) struct Eval {
    /// A file or directory of rules
    rules: PathBuf,

    /// Captured events: a Lambda event, a record, JSON lines or an array of either, or a directory
    /// of such files; `-` is standard input
    #[arg(long, value_name = "FILE|DIR")]
    events: PathBuf,

    /// Show the records, too, that no rule claims
    #[arg(long)]
    unmatched: bool,

    #[command(flatten)]
    stage: StageArgs,
}

/// One line of the result.
#[derive(Serialize)]
struct Line<'a> {
    event: &'a str,
    rule: &'a str,
    route: &'a str,
    kind: &'a str,
    payload: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dedup: Option<&'a str>,
}

#[derive(Serialize)]
struct UnmatchedLine<'a> {
    event: &'a str,
    unmatched: bool,
}

impl Eval {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let mut findings = Findings::new(OutputFormat::Full);
        let Loaded { program, .. } =
            load(&self.rules, &self.stage, Scope::Conditions, &mut findings)?;
        let planner = Planner::new(program.clone());
        let mut out = BufWriter::new(std::io::stdout().lock());
        let mut account = Account::default();
        let mut deliveries = 0;
        for chunk in Events::open(&self.events)? {
            let chunk = chunk?;
            let plan = planner.plan(&chunk.records);
            self.print(&plan, &program, &mut out)?;
            deliveries += plan.deliveries.len();
            account.add_faults(chunk.faults);
            account.add(&plan.records);
        }
        out.flush()?;
        account.report_faults();
        Ok(match deliveries {
            _ if account.has_faults() => Exit::Failed,
            0 => Exit::No,
            _ => Exit::Fine,
        })
    }

    fn print(&self, plan: &Plan, program: &Program, out: &mut impl Write) -> anyhow::Result<()> {
        let mut deliveries = plan.deliveries.iter().peekable();
        for (position, seen) in plan.records.iter().enumerate() {
            if self.unmatched
                && matches!(seen.verdict, Verdict::Unmatched(_) | Verdict::PoorerThanView(0))
            {
                let event = seen.event.as_deref().unwrap_or_default();
                write_line(out, &UnmatchedLine { event, unmatched: true })?;
            }
            while let Some(delivery) = deliveries.next_if(|d| d.position == position) {
                let Some(route) = program.routes().get(delivery.route) else { continue };
                let message = &delivery.message;
                write_line(
                    out,
                    &Line {
                        event: &delivery.origin.event,
                        rule: &delivery.rule,
                        route: &route.name,
                        kind: route.kind.as_str(),
                        payload: serde_json::from_slice(&message.body)?,
                        group: message.group.as_deref(),
                        dedup: message.dedup.as_deref(),
                    },
                )?;
            }
        }
        Ok(())
    }
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string(line)?;
    writeln!(out, "{text}")?;
    Ok(())
}
