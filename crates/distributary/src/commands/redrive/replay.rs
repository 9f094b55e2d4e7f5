//! Records that could not be decoded, through today's rules.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use distributary_change::RawRecord;
use distributary_cli::count;
use distributary_delivery::Envelope;
use distributary_plan::{Plan, Planner, Seen, Verdict};
use distributary_router::{Router, Start, Taken, Work};
use distributary_targets::{Browse, Waiting};
use tokio::time::Instant;

use super::{Redriving, key};
use crate::commands::wiring;

/// What came of the quarantined records in one lot.
#[derive(Debug)]
pub(super) struct Replayed {
    pub(super) lot: Arc<str>,
    /// Records that were settled and are gone from the lot.
    pub(super) records: usize,
    pub(super) delivered: usize,
    pub(super) parked: usize,
    /// Why the others stay, each reason with how many they are.
    pub(super) stay: Vec<(String, usize)>,
    /// Why it ended before every record was tried.
    pub(super) stopped: Option<String>,
}

impl Replayed {
    /// What was not done, in sentences.
    pub(super) fn complaints(&self) -> impl Iterator<Item = String> + use<> {
        let Replayed { lot, stay, stopped, .. } = self;
        let stay = stay.iter().map(|(reason, records)| {
            let records = count(*records, "undecodable record");
            format!("left in lot `{lot}`: {records}: {reason}")
        });
        let stopped =
            stopped.as_ref().map(|why| format!("lot `{lot}`: stopped with its records: {why}"));
        stay.chain(stopped).collect::<Vec<_>>().into_iter()
    }

    /// Whether there was nothing to do.
    pub(super) fn is_idle(&self) -> bool {
        self.records == 0 && self.stay.is_empty() && self.stopped.is_none()
    }

    fn stays(&mut self, reason: &str) {
        match self.stay.iter_mut().find(|(known, _)| known == reason) {
            Some((_, records)) => *records += 1,
            None => self.stay.push((reason.to_owned(), 1)),
        }
    }
}

/// What became of one record.
enum Fate {
    /// All that today's rules make of it is delivered or parked, or they make nothing of it.
    Settled,
    /// It stays, for this reason.
    Stays(String),
}

impl Redriving {
    /// Sends what today's rules make of the records, and takes those out of the lot that are settled
    /// by that.
    pub(super) async fn replay(&self, lot: usize) -> anyhow::Result<Replayed> {
        let store = &**self.connected.lots.get(lot).context("a lot that is not open")?;
        let name = self.resolved.lots.get(lot).context("a lot without settings")?.name.clone();
        let lanes = self.connected.lanes(&self.resolved.routes);
        let lots = self.connected.slots(&self.resolved.lots);
        let mut replay = Replay {
            planner: Planner::new(self.loaded.program.clone()),
            router: wiring::router(lanes, lots, &self.loaded)?,
            redriving: self,
            seen: HashSet::new(),
            failures: 0,
            left: Vec::new(),
            report: Replayed {
                lot: name,
                records: 0,
                delivered: 0,
                parked: 0,
                stay: Vec::new(),
                stopped: None,
            },
        };
        replay.work(store).await?;
        Ok(replay.report)
    }

    /// The tables of all sources.
    pub(super) fn tables(&self) -> Vec<&str> {
        let sources = self.loaded.program.sources();
        sources.iter().filter_map(|source| source.table.as_deref()).collect()
    }
}

struct Replay<'a> {
    redriving: &'a Redriving,
    planner: Planner,
    router: Router,
    /// The records that were tried: a queue shows what stays again after a minute.
    seen: HashSet<String>,
    failures: u32,
    /// What stays, without its record. A queue gives it out again as soon as it is given back.
    left: Vec<Taken>,
    report: Replayed,
}

impl Replay<'_> {
    async fn work(&mut self, store: &dyn Browse) -> anyhow::Result<()> {
        let worked = self.try_pages(store).await;
        store.give_back(&self.left).await;
        worked
    }

    async fn try_pages(&mut self, store: &dyn Browse) -> anyhow::Result<()> {
        let tables = self.redriving.tables();
        let mut from = None;
        loop {
            let page = store.browse(Waiting::Quarantine(&tables), from.as_deref()).await;
            let page = match page {
                Ok(page) => page,
                Err(failure) => {
                    self.report.stopped = Some(format!("it cannot be read: {}", failure.reason));
                    return Ok(());
                }
            };
            for reason in page.unreadable {
                self.report.stays(&reason);
            }
            let (new, known): (Vec<_>, Vec<_>) =
                page.waiting.into_iter().partition(|it| self.seen.insert(key(&it.envelope)));
            let ended = new.is_empty() && !known.is_empty();
            self.leave(known);
            self.try_all(store, new).await?;
            from = page.next.filter(|_| !ended && self.report.stopped.is_none());
            if from.is_none() {
                return Ok(());
            }
        }
    }

    /// Tries records, a few at a time where they are paced.
    async fn try_all(&mut self, store: &dyn Browse, records: Vec<Taken>) -> anyhow::Result<()> {
        let rate = self.redriving.pace.rate;
        let mut rest = records.as_slice();
        while !rest.is_empty() {
            let most = self.redriving.pace.most.saturating_sub(self.report.records);
            if most == 0 || self.report.stopped.is_some() {
                break;
            }
            let started = Instant::now();
            let width = if rate.is_some() { 1 } else { rest.len() };
            let (some, later) = rest.split_at_checked(width.min(most)).unwrap_or((rest, &[]));
            rest = later;
            let deliveries = self.try_some(store, some).await?;
            if let Some(rate) = rate {
                let time = Duration::from_secs_f64(deliveries as f64 / f64::from(rate.get()));
                tokio::time::sleep_until(started + time).await;
            }
        }
        self.leave(rest.iter().cloned());
        Ok(())
    }

    fn leave(&mut self, left: impl IntoIterator<Item = Taken>) {
        let without_record = |Taken { envelope, receipt }| {
            let envelope = Envelope { record: Bytes::new(), ..envelope };
            Taken { envelope, receipt }
        };
        self.left.extend(left.into_iter().map(without_record));
    }

    /// How many deliveries were made of these records.
    async fn try_some(&mut self, store: &dyn Browse, taken: &[Taken]) -> anyhow::Result<usize> {
        let raw: Vec<_> =
            taken.iter().map(|it| RawRecord { bytes: it.envelope.record.clone() }).collect();
        let Plan { deliveries, records, .. } = self.planner.plan(&raw);
        let (count, paused) = (deliveries.len(), self.redriving.paused.clone());
        let asked: Vec<_> =
            deliveries.iter().map(|it| (it.position, it.identity.clone())).collect();
        let start = Start { now: wiring::now()?, paused, ..Start::default() };
        let mut run = self.router.begin(start);
        run.deliver(Work { deliveries, quarantined: Vec::new() }).await;
        let report = run.settle().await;
        for route in &report.routes {
            self.report.delivered += route.delivered;
            self.report.parked += route.parked + route.held;
        }
        let mut unsettled = HashSet::new();
        for (position, identity) in &asked {
            if !report.settled.get(position).is_some_and(|settled| settled.contains(identity)) {
                unsettled.insert(*position);
            }
        }
        let fate = |(position, seen): (usize, &Seen)| match &seen.verdict {
            Verdict::Undecodable(reason) => Fate::Stays(reason.clone()),
            Verdict::ForeignTable(table) => {
                Fate::Stays(format!("no source declares the table `{table}`"))
            }
            _ if unsettled.contains(&position) => {
                Fate::Stays("what the rules make of it is neither delivered nor parked".to_owned())
            }
            _ => Fate::Settled,
        };
        let fates: Vec<_> = records.iter().enumerate().map(fate).collect();
        let (mut settled, mut left) = (Vec::new(), Vec::new());
        for (taken, fate) in taken.iter().zip(fates) {
            match fate {
                Fate::Settled => settled.push(taken.clone()),
                Fate::Stays(reason) => {
                    self.report.stays(&reason);
                    left.push(taken.clone());
                }
            }
        }
        self.remove(store, settled).await;
        self.leave(left);
        if !unsettled.is_empty() {
            self.failures += 1;
            if self.failures >= self.redriving.pace.failures {
                self.report.stopped = Some("routes fail".to_owned());
            }
        }
        Ok(count)
    }

    async fn remove(&mut self, store: &dyn Browse, settled: Vec<Taken>) {
        if settled.is_empty() {
            return;
        }
        let outcomes = store.remove(&settled).await;
        let removed = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        self.report.records += removed;
        for _ in removed..settled.len() {
            self.report.stays("what came of it is settled, but it could not be removed");
        }
    }
}
