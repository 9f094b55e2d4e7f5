//! `--local`: files in the place of every route and lot.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use distributary_cli::reason;
use distributary_delivery::{Destination, Lot, LotPlace, OnFailure, Route};
use distributary_rules::{Program, Resolved};

/// The program's routes and lots as files in a folder: an empty one for each route, and none for a
/// lot until something is parked.
pub(super) fn resolve(program: &Program, folder: &Path) -> anyhow::Result<Resolved> {
    std::fs::create_dir_all(folder).map_err(|error| failed("make the folder", folder, &error))?;
    let routes = program.routes().iter().map(|route| self::route(&route.name, folder));
    let lots = program.lots().iter().map(|lot| self::lot(&lot.name, folder));
    Ok(Resolved {
        routes: routes.collect::<anyhow::Result<_>>()?,
        lots: lots.collect::<anyhow::Result<_>>()?,
    })
}

fn route(name: &Arc<str>, folder: &Path) -> anyhow::Result<Route> {
    let path = folder.join(format!("{name}.jsonl"));
    File::create(&path).map_err(|error| failed("write to", &path, &error))?;
    Ok(Route {
        name: Arc::clone(name),
        known_as: Arc::clone(name),
        destination: Destination::File { path },
        timeout: Duration::from_secs(1),
        retry: 0,
        within: Duration::from_secs(5),
        // One request at a time keeps the lines in the order of the events.
        concurrency: 1,
        on_failure: OnFailure::BLOCK,
        oversize: None,
    })
}

fn lot(name: &Arc<str>, folder: &Path) -> anyhow::Result<Lot> {
    let path = folder.join(format!("{name}.parked.jsonl"));
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed("remove", &path, &error)),
        _ => Ok(Lot { name: Arc::clone(name), place: LotPlace::File { path }, then: None }),
    }
}

fn failed(what: &str, path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow!("cannot {what} `{}`: {}", path.display(), reason(error))
}
