//! Out of one lot, to one route.

use std::sync::Arc;

use anyhow::Context as _;
use distributary_delivery::OnFailure;
use distributary_router::{Lane, LotSlot, Pace};
use distributary_targets::Waiting;

use super::Redriving;
use super::select::Errand;
use crate::commands::wiring;

/// What came of the deliveries of one route in one lot.
#[derive(Debug)]
pub(super) struct Drained {
    pub(super) route: Arc<str>,
    pub(super) lot: Arc<str>,
    pub(super) delivered: usize,
    /// What was tried and stays.
    pub(super) left: usize,
    /// Why the first of them does.
    reason: Option<String>,
    /// Why it ended before everything was tried that it was told to send.
    pub(super) stopped: Option<String>,
}

impl Drained {
    /// What was not done, in sentences.
    pub(super) fn complaints(&self) -> impl Iterator<Item = String> + use<> {
        let Drained { route, lot, left, reason, stopped, .. } = self;
        let reason = reason.as_deref().unwrap_or("its reason cannot be read");
        let left = (*left > 0).then(|| {
            format!(
                "left in lot `{lot}`: {left} of route `{route}` that did not arrive, the first \
                 because: {reason}"
            )
        });
        let stopped =
            stopped.as_ref().map(|why| format!("route `{route}`, lot `{lot}`: stopped: {why}"));
        left.into_iter().chain(stopped)
    }
}

impl Redriving {
    /// Nothing was sent, for this reason.
    pub(super) fn not_sent(&self, errand: &Errand, reason: &str) -> anyhow::Result<Drained> {
        let (route, lot) = self.names(errand)?;
        let stopped = Some(reason.to_owned());
        Ok(Drained { route, lot, delivered: 0, left: 0, reason: None, stopped })
    }

    /// Sends until nothing is left, or until the pace ends it.
    pub(super) async fn drain(&self, errand: &Errand) -> anyhow::Result<Drained> {
        let (name, lot) = self.names(errand)?;
        let store = self.connected.lots.get(errand.lot).context("a lot that is not open")?;
        let route = self.resolved.routes.get(errand.route).context("a route without settings")?;
        let target =
            self.connected.targets.get(errand.route).context("a route without a target")?;
        // This lot alone.
        let route =
            distributary_delivery::Route { on_failure: OnFailure::Park(0), ..route.clone() };
        let known_as = route.known_as.clone();
        let lane = Lane { route, target: target.clone() };
        let slot = LotSlot { lot: store.clone(), then: None };
        let router = wiring::router(vec![lane], vec![slot], &self.loaded)?;

        let mut drained = Drained {
            route: name.clone(),
            lot,
            delivered: 0,
            left: 0,
            reason: None,
            stopped: None,
        };
        loop {
            let tried = drained.delivered + drained.left;
            let pace = Pace { most: self.pace.most.saturating_sub(tried), ..self.pace.clone() };
            let report = router.redrive(&name, &pace, wiring::now()?, None).await;
            let report = report.context("a route without a lot")?;
            drained.delivered += report.delivered;
            drained.left += report.left;
            // A queue may hide what it has from who does not wait. What is given back ends a lease.
            let page = store.browse(Waiting::Route(&known_as), None).await;
            let (rest, unread) = match page {
                Ok(page) => (page.waiting, None),
                Err(failure) => (Vec::new(), Some(failure.reason)),
            };
            store.give_back(&rest).await;
            // Nobody knows then whether everything arrived.
            let unread = unread.map(|why| format!("what is left in it cannot be read: {why}"));
            let tried = drained.delivered + drained.left;
            drained.stopped = report.stopped.or(unread).filter(|_| tried < self.pace.most);
            if drained.left > 0 {
                drained.reason = rest.into_iter().next().map(|first| first.envelope.reason);
                return Ok(drained);
            }
            let all = rest.is_empty() || drained.delivered >= self.pace.most;
            if all || drained.stopped.is_some() {
                return Ok(drained);
            }
            if report.delivered == 0 {
                let busy = "what waits is on lease to another redrive, for a minute at most";
                drained.stopped = Some(busy.to_owned());
                return Ok(drained);
            }
        }
    }

    fn names(&self, errand: &Errand) -> anyhow::Result<(Arc<str>, Arc<str>)> {
        let route = self.resolved.routes.get(errand.route).context("a route without settings")?;
        let lot = self.resolved.lots.get(errand.lot).context("a lot without settings")?;
        Ok((route.name.clone(), lot.name.clone()))
    }
}
