//! From names to what is to be sent.

use anyhow::anyhow;
use distributary_delivery::{Lot, Route};
use distributary_rules::Resolved;

use crate::commands::names::indices;

/// What is to be sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) deliveries: Vec<Errand>,
    /// The indices of the lots whose undecodable records are tried again.
    pub(super) quarantines: Vec<usize>,
}

/// The deliveries of one route in one lot, by their indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Errand {
    pub(super) route: usize,
    pub(super) lot: usize,
}

/// What waits of these routes in these lots. No routes are all; no lots are all, without what could
/// not be decoded.
pub(super) fn select(
    routes: &[String],
    lots: &[String],
    resolved: &Resolved,
) -> anyhow::Result<Selection> {
    // Logs and envelopes have the name that a route had before it was renamed.
    let todays = |asked: &String| {
        let route = resolved.routes.iter().find(|route| route.goes_by(asked));
        route.map_or_else(|| asked.clone(), |route| route.name.to_string())
    };
    let routes: Vec<String> = routes.iter().map(todays).collect();
    let route_names = resolved.routes.iter().map(|route| &*route.name);
    let lot_names = resolved.lots.iter().map(|lot| &*lot.name);
    let of_routes = indices("route", &routes, route_names)?;
    let of_lots = indices("lot", lots, lot_names)?;
    let mut selection = Selection::default();
    for (index, route) in resolved.routes.iter().enumerate() {
        let named = of_routes.contains(&index);
        if !routes.is_empty() && !named {
            continue;
        }
        let chain = chain(route, &resolved.lots);
        let wanted = |lot: &usize| lots.is_empty() || of_lots.contains(lot);
        let some = chain.iter().copied().filter(wanted);
        let before = selection.deliveries.len();
        selection.deliveries.extend(some.map(|lot| Errand { route: index, lot }));
        if named && selection.deliveries.len() == before {
            return Err(nowhere(route, &chain, lots, &resolved.lots));
        }
    }
    if routes.is_empty() {
        selection.quarantines = of_lots;
    }
    Ok(selection)
}

/// A route's lot and those behind it.
fn chain(route: &Route, lots: &[Lot]) -> Vec<usize> {
    let next = |lot: &usize| lots.get(*lot)?.then;
    std::iter::successors(route.lot(), next).take(lots.len()).collect()
}

fn nowhere(route: &Route, chain: &[usize], asked: &[String], lots: &[Lot]) -> anyhow::Error {
    let name = &route.name;
    if chain.is_empty() {
        return anyhow!("route `{name}` has no lot (`park: …`), so nothing of it can wait in one");
    }
    let places = chain.iter().filter_map(|lot| lots.get(*lot)).map(|lot| format!("`{}`", lot.name));
    let asked = asked.iter().map(|lot| format!("`{lot}`")).collect::<Vec<_>>().join(", ");
    anyhow!(
        "route `{name}` parks in {}, so nothing of it can wait in {asked}",
        places.collect::<Vec<_>>().join(", ")
    )
}
