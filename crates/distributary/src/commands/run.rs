//! `distributary run`

mod local;
#[cfg(feature = "aws")]
mod stream;
#[cfg(not(feature = "aws"))]
#[path = "run/without_stream.rs"]
mod stream;
mod table;

use std::collections::{BTreeSet, HashSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use clap::{Args, ValueEnum};
use distributary_change::RawRecord;
use distributary_cli::{
    Account, Events, Exit, Findings, Loaded, OutputFormat, StageArgs, count, load,
};
use distributary_delivery::Identity;
use distributary_engine::{Engine, Outcome};
use distributary_plan::Planner;
use distributary_router::{Router, Start};
use distributary_rules::Scope;

use self::stream::Stream;
use self::table::Totals;
use super::ledger::{Ledger, LedgerArgs};
use super::progress::Progress;
use super::{log, wiring};

/// So many records make one batch, as many as one invocation of the function gets by default at
/// most. It bounds the memory that deliveries take.
const BATCH: usize = 1_000;

/// Send what rules make of captured events, or of a live stream, to their routes, with the engine of
/// the Lambda function
///
/// Exits with 0 when everything is delivered, with 1 when something is not or an event cannot be
/// read, and with 2 when it cannot begin.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// A file or directory of rules
    #[arg(default_value = ".")]
    rules: PathBuf,

    /// Captured events: a Lambda event, a record, JSON lines or an array of either, or a directory
    /// of such files; `-` is standard input [default: the folder `events` beside the rules]
    #[arg(long, value_name = "FILE|DIR")]
    events: Option<PathBuf>,

    /// A live stream by its ARN, read until ctrl-c or its end
    #[arg(long, value_name = "ARN", conflicts_with = "events")]
    stream: Option<String>,

    /// Where to begin in the stream [default: latest]
    #[arg(long, value_enum, conflicts_with = "events", requires = "stream")]
    from: Option<From>,

    /// Write each route's deliveries to DIR/ROUTE.jsonl instead; needs no account
    #[arg(long, value_name = "DIR", conflicts_with = "endpoint_url")]
    local: Option<PathBuf>,

    /// Use this instead of the AWS endpoints
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,

    #[command(flatten)]
    ledger: LedgerArgs,

    #[command(flatten)]
    stage: StageArgs,
}

/// A place in a stream.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum From {
    /// With the next change
    #[default]
    Latest,
    /// With the oldest change that the stream has
    TrimHorizon,
}

/// What one run works with.
struct Sending {
    engine: Engine,
    progress: Progress,
    /// Where operators pause routes.
    ledger: Option<Ledger>,
}

impl Run {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.send())
    }

    async fn send(&self) -> anyhow::Result<Exit> {
        let scope = if self.local.is_some() { Scope::Conditions } else { Scope::All };
        let mut findings = Findings::new(OutputFormat::Full);
        let loaded = load(&self.rules, &self.stage, scope, &mut findings)?;
        let mut account = Account::default();
        let (sending, totals) = if let Some(arn) = &self.stream {
            let sending = self.sending(loaded, 0, &mut findings).await?;
            let stream =
                Stream::open(arn, self.from.unwrap_or_default(), self.endpoint_url.as_deref())
                    .await?;
            let totals = stream.run(&sending, &mut account).await?;
            (sending, totals)
        } else {
            let events = self.events(&loaded.rule_set.root)?;
            let sending = self.sending(loaded, events.size(), &mut findings).await?;
            let totals = sending.run(events, &mut account).await?;
            (sending, totals)
        };
        sending.progress.clear();

        account.report_faults();
        totals.report_undelivered();
        let summary = self.summarise(&totals, &account);
        let settled = totals.undelivered() == 0 && !account.has_faults();
        // That nobody reads the table any more makes nothing delivered that is not.
        if settled { summary.map(|()| Exit::Fine) } else { Ok(Exit::No) }
    }

    /// The engine of these rules, and a bar over so many bytes of events.
    async fn sending(
        &self,
        loaded: Loaded,
        bytes: u64,
        findings: &mut Findings,
    ) -> anyhow::Result<Sending> {
        let progress = Progress::new(bytes);
        log::to(&progress);
        let router = self.router(&loaded, findings).await?;
        let ledger = match self.local {
            Some(_) => None,
            None => self.ledger.open(self.endpoint_url.as_deref()).await?,
        };
        Ok(Sending { engine: Engine::new(Planner::new(loaded.program), router), progress, ledger })
    }

    fn events(&self, root: &Path) -> anyhow::Result<Events> {
        if let Some(path) = &self.events {
            return Events::open(path);
        }
        let folder = if root.is_dir() { root } else { root.parent().unwrap_or(root) };
        let events = folder.join("events");
        if !events.is_dir() {
            bail!(
                "there is no folder `{}`: name captured events with `--events`",
                events.display()
            );
        }
        Events::open(&events)
    }

    async fn router(&self, loaded: &Loaded, findings: &mut Findings) -> anyhow::Result<Router> {
        let resolved = match &self.local {
            Some(folder) => local::resolve(&loaded.program, folder)?,
            None => wiring::resolve(loaded, findings)?,
        };
        let connected = wiring::connect(&resolved, self.endpoint_url.as_deref()).await?;
        let lanes = connected.lanes(&resolved.routes);
        wiring::router(lanes, connected.slots(&resolved.lots), loaded)
    }

    fn summarise(&self, totals: &Totals, account: &Account) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{totals}")?;
        let Account { records, unmatched, .. } = account;
        write!(out, "{}, {unmatched} of them matched no rule", count(*records, "record"))?;
        if let Some(folder) = &self.local {
            write!(out, "; deliveries are in `{}`", folder.display())?;
        }
        writeln!(out)?;
        Ok(())
    }
}

impl Sending {
    /// Sends batch by batch. A route that blocks ends the run after its batch, as it would hold its
    /// shard: what comes later must not pass what was not delivered.
    async fn run(&self, events: Events, account: &mut Account) -> anyhow::Result<Totals> {
        let mut totals = Totals::default();
        for chunk in events {
            let chunk = chunk?;
            account.add_faults(chunk.faults);
            for batch in chunk.records.chunks(BATCH) {
                let outcome = self.send(batch, HashSet::new()).await?;
                account.add(&outcome.records);
                totals.add(outcome.report);
                if totals.unsettled() > 0 {
                    account.add_faults([format!(
                        "stopped after {}: what is neither delivered nor parked holds the stream",
                        count(account.records, "record")
                    )]);
                    return Ok(totals);
                }
            }
            self.progress.read(chunk.bytes);
        }
        Ok(totals)
    }

    /// Sends what was not settled before.
    async fn send(
        &self,
        batch: &[RawRecord],
        before: HashSet<Identity>,
    ) -> anyhow::Result<Outcome> {
        let progress = Some(Arc::new(self.progress.counter()) as _);
        let paused = match &self.ledger {
            Some(ledger) => ledger.paused().await?,
            None => BTreeSet::new(),
        };
        let now = wiring::now()?;
        let start = Start { now, before, paused, progress, ..Start::default() };
        Ok(self.engine.run(batch, start).await)
    }
}
