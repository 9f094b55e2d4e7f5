//! `--stream`: a live stream in the place of captured events, by way of the same event source
//! mapping as the function's.

mod change;
mod shards;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use distributary_cli::Account;
use distributary_delivery::Identity;
use distributary_mapping::{
    Answer, Discarded, Invocation, LaneId, Likeliest, Mapping, POLL_INTERVAL, Settings,
};
use distributary_router::Report;

use self::change::Change;
use self::shards::Shards;
use super::table::Totals;
use super::{BATCH, From, Sending};

/// A stream that is read.
pub(super) struct Stream {
    shards: Shards,
    mapping: Mapping<Change>,
    /// The lanes whose last batch left something unsettled, and the first record of it.
    blocked: BTreeMap<LaneId, String>,
    /// What was settled of records that come again.
    settled: HashSet<Identity>,
    totals: Totals,
}

impl Stream {
    /// Finds the stream's shards and the place in each to begin at.
    ///
    /// # Errors
    /// What is named is no stream, or it cannot be read.
    pub(super) async fn open(
        arn: &str,
        from: From,
        endpoint_url: Option<&str>,
    ) -> anyhow::Result<Self> {
        let settings =
            Settings { batch_size: BATCH, report_batch_item_failures: true, ..Settings::default() };
        Ok(Stream {
            shards: Shards::open(arn, from, endpoint_url).await?,
            mapping: Mapping::new(settings.validate()?),
            blocked: BTreeMap::new(),
            settled: HashSet::new(),
            totals: Totals::default(),
        })
    }

    /// Sends what the stream brings until somebody interrupts, the stream ends or cannot be read
    /// any more. The batch under way is finished first.
    pub(super) async fn run(
        mut self,
        sending: &Sending,
        account: &mut Account,
    ) -> anyhow::Result<Totals> {
        let stop = interrupted();
        sending.progress.aside(|| {
            anstream::eprintln!("reading `{}`; ctrl-c ends after a batch", self.shards.arn());
        });
        while !stop.load(Ordering::Relaxed) && !self.shards.ended(&self.mapping) {
            let read = match self.shards.read(&mut self.mapping, now()?).await {
                Ok(read) => read,
                Err(fault) => {
                    account.add_faults([fault]);
                    break;
                }
            };
            sending.progress.read(read);
            while !stop.load(Ordering::Relaxed)
                && let Some(invocation) = self.mapping.next(now()?, &mut Likeliest)
            {
                self.send(sending, invocation, account).await?;
            }
            account.add_faults(self.mapping.discarded().iter().map(lost));
            if read == 0 {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
        account.add_faults(self.blocked.iter().map(|(lane, sequence)| {
            let shard = &lane.shard;
            format!("shard `{shard}` is held from record {sequence} on, which is still in it")
        }));
        Ok(self.totals)
    }

    async fn send(
        &mut self,
        sending: &Sending,
        invocation: Invocation<Change>,
        account: &mut Account,
    ) -> anyhow::Result<()> {
        let batch: Vec<_> = invocation.records.iter().map(|change| change.raw.clone()).collect();
        let outcome = sending.send(&batch, self.settled.clone()).await?;
        self.remember(&outcome.report);
        let again = outcome.report.lowest_unsettled;
        // What comes again is accounted for when it is settled.
        account.add(outcome.records.get(..again.unwrap_or(batch.len())).unwrap_or_default());
        self.totals.add(news(outcome.report));
        let lane = &invocation.lane;
        let unsettled = again.and_then(|place| invocation.records.get(place));
        let answer = if let Some(change) = unsettled {
            self.blocked.insert(lane.clone(), change.sequence.clone());
            Answer::Partial(vec![change.sequence.clone()])
        } else {
            self.blocked.remove(lane);
            Answer::Success
        };
        self.mapping.answer(&invocation, &answer, now()?, &mut Likeliest);
        Ok(())
    }

    /// Of records that do not come again nothing has to be known.
    fn remember(&mut self, report: &Report) {
        let again = report.lowest_unsettled.unwrap_or(usize::MAX);
        for (place, identities) in &report.settled {
            for identity in identities {
                match *place < again {
                    true => self.settled.remove(identity),
                    false => self.settled.insert(identity.clone()),
                };
            }
        }
    }
}

/// The part of a report that stands, whatever comes again, and that no report had before.
fn news(mut report: Report) -> Report {
    for route in &mut report.routes {
        route.matched -= std::mem::take(&mut route.unsettled) + std::mem::take(&mut route.before);
    }
    report
}

/// Set once somebody asks for the end.
fn interrupted() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            asked.store(true, Ordering::Relaxed);
        }
    });
    stop
}

fn lost(discarded: &Discarded) -> String {
    let Discarded { start_sequence_number, end_sequence_number, batch_size, .. } = discarded;
    format!(
        "{batch_size} records from {start_sequence_number} to {end_sequence_number} were not \
         delivered while the stream kept them, and are lost"
    )
}

fn now() -> anyhow::Result<Duration> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?)
}
