//! `distributary pause` and `distributary resume`

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use clap::Args;
use distributary_cli::{Exit, Findings, OutputFormat, StageArgs, load};
use distributary_delivery::OnFailure;
use distributary_rules::{Program, Route, Scope};

use super::ledger::{Ledger, LedgerArgs};
use super::names::unknown;

/// Let routes send nothing until they are resumed: what they would have sent waits in their lots
///
/// Every process of the function hears of it from the ledger with its next batch. Without `--route`
/// it lists what is paused.
#[derive(Debug, Args)]
pub(crate) struct Pause {
    #[command(flatten)]
    of: RouteArgs,
}

/// Let paused routes go on
///
/// What waits in their lots is sent from then on. Without `--route` it lists what is paused.
#[derive(Debug, Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    of: RouteArgs,
}

/// Which routes, and where functions hear of it.
#[derive(Debug, Args)]
struct RouteArgs {
    /// A file or directory of rules
    #[arg(default_value = ".")]
    rules: PathBuf,

    /// A route by its name; can be given several times
    #[arg(long = "route", value_name = "ROUTE")]
    routes: Vec<String>,

    #[command(flatten)]
    ledger: LedgerArgs,

    /// Use this instead of the AWS endpoints
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,

    #[command(flatten)]
    stage: StageArgs,
}

impl Pause {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        block_on(async {
            let program = self.of.program()?;
            self.of.check(&program, &BTreeSet::new())?;
            let ledger = self.of.open().await?;
            for asked in &self.of.routes {
                let route = program.routes().iter().find(|route| goes_by(route, asked));
                ledger.pause(route.map_or(asked, |route| route.known_as())).await?;
            }
            self.of.warn(&program);
            list(&ledger, &program).await
        })
    }
}

impl Resume {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        block_on(async {
            let program = self.of.program()?;
            let ledger = self.of.open().await?;
            // A route may have left the rules while it was paused.
            self.of.check(&program, &ledger.paused().await?)?;
            for asked in &self.of.routes {
                ledger.resume(asked).await?;
                // It may have been paused under either name.
                if let Some(route) = program.routes().iter().find(|route| goes_by(route, asked)) {
                    ledger.resume(&route.name).await?;
                    ledger.resume(route.known_as()).await?;
                }
            }
            list(&ledger, &program).await
        })
    }
}

impl RouteArgs {
    /// The rules, whose parameters need no values: what is paused has a name.
    fn program(&self) -> anyhow::Result<Arc<Program>> {
        let mut findings = Findings::new(OutputFormat::Full);
        Ok(load(&self.rules, &self.stage, Scope::None, &mut findings)?.program)
    }

    /// Whether each name is one of the rules' routes, or one of these.
    fn check(&self, program: &Program, known: &BTreeSet<String>) -> anyhow::Result<()> {
        for asked in &self.routes {
            let declared = program.routes().iter().any(|route| goes_by(route, asked));
            if !declared && !known.contains(asked) {
                let names = program.routes().iter().map(|route| &*route.name);
                return Err(unknown("route", asked, names));
            }
        }
        Ok(())
    }

    async fn open(&self) -> anyhow::Result<Ledger> {
        self.ledger.open(self.endpoint_url.as_deref()).await?.ok_or_else(|| {
            anyhow!(
                "nothing says where the function's ledger is, from which it hears of pauses: name \
                 its table with `--ledger` or `DISTRIBUTARY_LEDGER`, as the function does"
            )
        })
    }

    /// Says of which routes a pause holds up their neighbours.
    fn warn(&self, program: &Program) {
        let named = |route: &&Route| self.routes.iter().any(|asked| goes_by(route, asked));
        let named = program.routes().iter().filter(named);
        for route in named.filter(|route| !matches!(route.on_failure(), OnFailure::Park(_))) {
            anstream::eprintln!(
                "warning: route `{}` does not park: while it is paused, what it would send holds its \
                 stream",
                route.name
            );
        }
    }
}

/// Whether a name means the route: its own, or the one that it had before.
fn goes_by(route: &Route, name: &str) -> bool {
    *route.name == *name || **route.known_as() == *name
}

/// What is paused, a name a line, as the rules call it.
async fn list(ledger: &Ledger, program: &Program) -> anyhow::Result<Exit> {
    let paused = ledger.paused().await?;
    let mut out = std::io::stdout().lock();
    if paused.is_empty() {
        writeln!(out, "no route is paused")?;
    }
    let today = |name: &String| {
        let route = program.routes().iter().find(|route| goes_by(route, name));
        route.map_or(name.clone(), |route| route.name.to_string())
    };
    for name in paused.iter().map(today).collect::<BTreeSet<_>>() {
        writeln!(out, "paused: {name}")?;
    }
    Ok(Exit::Fine)
}

fn block_on(work: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
