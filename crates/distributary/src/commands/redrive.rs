//! `distributary redrive`

mod drain;
mod listing;
mod replay;
mod select;

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::{ArgGroup, Args};
use distributary_cli::{Exit, Findings, Loaded, OutputFormat, StageArgs, load};
use distributary_delivery::{Content, Envelope, hash};
use distributary_router::Pace;
use distributary_rules::{Resolved, Scope};
use distributary_targets::Connected;

use self::drain::Drained;
use self::replay::Replayed;
use self::select::Selection;
use super::ledger::LedgerArgs;
use super::progress::Progress;
use super::{log, wiring};

/// Send what waits in lots to its routes, those of a group in order and under the same identities,
/// and take out of the lots what arrives
///
/// Records that could not be decoded go through today's rules.
///
/// Exits with 0 when nothing is left of what was to be sent, with 1 when something is, and with 2
/// when it cannot begin.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").args(["routes", "lots"]).required(true).multiple(true)))]
pub(crate) struct Redrive {
    /// A file or directory of rules
    #[arg(default_value = ".")]
    rules: PathBuf,

    /// Send what waits for this route; can be given several times
    #[arg(long = "route", value_name = "ROUTE")]
    routes: Vec<String>,

    /// Send what waits in this lot, of all its routes and of what could not be decoded; with
    /// `--route`, of that route alone
    #[arg(long = "lot", value_name = "LOT")]
    lots: Vec<String>,

    /// List what would be sent, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Send so many in a second at most, such as `50/s`
    #[arg(long, value_name = "N/s", value_parser = rate)]
    rate: Option<NonZeroU32>,

    /// Try so many at most, of each route and lot
    #[arg(long, value_name = "N", value_parser = some)]
    most: Option<NonZeroU32>,

    /// Stop with a route that has failed so many times; what its target refuses for good does not
    /// count
    #[arg(long, value_name = "N", default_value = "3", value_parser = some)]
    stop_after: NonZeroU32,

    #[command(flatten)]
    ledger: LedgerArgs,

    /// Use this instead of the AWS endpoints
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,

    #[command(flatten)]
    stage: StageArgs,
}

/// What one redrive works with.
struct Redriving {
    loaded: Loaded,
    resolved: Resolved,
    connected: Connected,
    pace: Pace,
    /// The names of the routes that an operator has paused.
    paused: BTreeSet<String>,
}

impl Redrive {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.redrive())
    }

    async fn redrive(&self) -> anyhow::Result<Exit> {
        let mut findings = Findings::new(OutputFormat::Full);
        let loaded = load(&self.rules, &self.stage, Scope::All, &mut findings)?;
        let resolved = wiring::resolve(&loaded, &mut findings)?;
        let selection = select::select(&self.routes, &self.lots, &resolved)?;
        let endpoint_url = self.endpoint_url.as_deref();
        let paused = match self.ledger.open(endpoint_url).await? {
            Some(ledger) => ledger.paused().await?,
            None => BTreeSet::new(),
        };
        let connected = wiring::connect(&resolved, endpoint_url).await?;
        let most = self.most.map_or(usize::MAX, |most| most.get() as usize);
        let pace = Pace { rate: self.rate, most, failures: self.stop_after.get() };
        let redriving = Redriving { loaded, resolved, connected, pace, paused };
        if self.dry_run {
            return redriving.list(&selection).await;
        }
        log::to(&Progress::none());
        redriving.send(&selection).await
    }
}

impl Redriving {
    async fn send(&self, selection: &Selection) -> anyhow::Result<Exit> {
        let mut drained: Vec<Drained> = Vec::new();
        for errand in &selection.deliveries {
            let route = self.route(errand.route)?;
            if route.is_among(&self.paused) {
                drained.push(
                    self.not_sent(errand, "it is paused, and `distributary resume` ends that")?,
                );
            } else if drained.iter().any(|it| it.route == route.name && it.stopped.is_some()) {
                drained.push(self.not_sent(errand, "the route failed already")?);
            } else {
                drained.push(self.drain(errand).await?);
            }
        }
        let mut replayed: Vec<Replayed> = Vec::new();
        for lot in &selection.quarantines {
            replayed.push(self.replay(*lot).await?);
        }
        let lines = drained.iter().flat_map(Drained::complaints);
        let lines: BTreeSet<String> =
            lines.chain(replayed.iter().flat_map(Replayed::complaints)).collect();
        for line in &lines {
            anstream::eprintln!("error: {line}");
        }
        listing::summary(&drained, &replayed)?;
        Ok(if lines.is_empty() { Exit::Fine } else { Exit::No })
    }

    fn route(&self, index: usize) -> anyhow::Result<&distributary_delivery::Route> {
        self.resolved.routes.get(index).ok_or_else(|| anyhow!("there is no route {index}"))
    }
}

/// Tells what waits apart.
fn key(envelope: &Envelope) -> String {
    match &envelope.content {
        Content::Delivery { identity, .. } => identity.as_str().to_owned(),
        Content::Quarantine => hash(&[&String::from_utf8_lossy(&envelope.record)]),
    }
}

fn some(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| "write a whole number above 0".to_owned())
}

fn rate(text: &str) -> Result<NonZeroU32, String> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    number
        .parse()
        .map_err(|_| "write it as `50/s`, a whole number of deliveries in a second".to_owned())
}
