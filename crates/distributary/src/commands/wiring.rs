//! From rules to what their routes and lots lead to.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::anyhow;
use distributary_cli::{Exit, Findings, Loaded, Reported};
use distributary_router::{Lane, LotSlot, Router};
use distributary_rules::Resolved;
use distributary_targets::{ConnectError, Connected};

/// The routes and lots with every parameter filled in.
pub(crate) fn resolve(loaded: &Loaded, findings: &mut Findings) -> anyhow::Result<Resolved> {
    loaded.program.resolve().map_err(|missing| {
        findings.report(&missing, &loaded.rule_set.sources);
        Reported(Exit::Failed).into()
    })
}

/// Opens them all.
pub(crate) async fn connect(
    resolved: &Resolved,
    endpoint_url: Option<&str>,
) -> anyhow::Result<Connected> {
    let connected = distributary_targets::connect(&resolved.routes, &resolved.lots, endpoint_url);
    connected.await.map_err(explained)
}

/// A router over lanes and lots. The waits between attempts differ from one process to the next.
pub(crate) fn router(
    lanes: Vec<Lane>,
    lots: Vec<LotSlot>,
    loaded: &Loaded,
) -> anyhow::Result<Router> {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.subsec_nanos().into();
    Ok(Router::new(lanes, lots, loaded.program.hash(), seed))
}

/// The time, in seconds since the epoch.
pub(crate) fn now() -> anyhow::Result<i64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().cast_signed())
}

/// What to do about it, where a command has a better answer than the library.
fn explained(error: ConnectError) -> anyhow::Error {
    match error {
        ConnectError::WithoutAws(name) => anyhow!(
            "`{name}` leads to AWS, which this build leaves out: build it with `cargo build -p \
             distributary --features aws`, or write to files with `run --local DIR`"
        ),
        other => other.into(),
    }
}
