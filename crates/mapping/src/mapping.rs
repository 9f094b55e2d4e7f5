//! All shards of a stream and the lanes in them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::choices::Choices;
use crate::discarded::Discarded;
use crate::invocation::{Answer, Invocation, LaneId};
use crate::lane::{GivenUp, Lane};
use crate::record::StreamRecord;
use crate::settings::Settings;

/// An event source mapping between one stream and one function.
#[derive(Debug, Clone)]
pub struct Mapping<R> {
    settings: Settings,
    lanes: BTreeMap<LaneId, Lane<R>>,
    /// Batches that go a second time.
    doubles: VecDeque<Invocation<R>>,
    discarded: Vec<Discarded>,
    invocations: u64,
}

impl<R: StreamRecord> Mapping<R> {
    /// A mapping that has read nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Mapping {
            settings,
            lanes: BTreeMap::new(),
            doubles: VecDeque::new(),
            discarded: Vec::new(),
            invocations: 0,
        }
    }

    /// Takes what was read from a shard, in its order. A driver that reads a shard with a parent
    /// does so once nothing of the parent is [waiting](Self::waiting): Lambda, too, finishes a
    /// parent before its children.
    pub fn offer(&mut self, shard: &str, records: impl IntoIterator<Item = R>, now: Duration) {
        let shard: Arc<str> = shard.into();
        let factor = self.settings.parallelization_factor.max(1) as u64;
        for record in records {
            // Below the factor, which is 10 at most.
            let lane = usize::try_from(record.key_hash() % factor).unwrap_or_default();
            let id = LaneId { shard: Arc::clone(&shard), lane };
            self.lanes.entry(id).or_default().push(record, now);
        }
    }

    /// The next batch that may go to the function. Each lane has one under way at most, doubles
    /// aside.
    pub fn next(&mut self, now: Duration, choices: &mut impl Choices) -> Option<Invocation<R>> {
        if let Some(double) = self.doubles.pop_front() {
            return Some(double);
        }
        self.expire(now);
        let settings = &self.settings;
        let is_due = |lane: &Lane<R>| lane.due(settings).is_some_and(|due| due <= now);
        let ready = self.lanes.values().filter(|lane| is_due(lane)).count();
        if ready == 0 {
            return None;
        }
        let chosen = choices.lane(ready).min(ready - 1);
        let (id, lane) = self.lanes.iter_mut().filter(|(_, lane)| is_due(lane)).nth(chosen)?;
        self.invocations += 1;
        let number = self.invocations;
        let (records, failures) = lane.next(settings, number, choices);
        let invocation = Invocation { lane: id.clone(), records, failures, number };
        if choices.duplicate() {
            self.doubles.push_back(invocation.clone());
        }
        Some(invocation)
    }

    /// Takes the end of an invocation, and says whether it counts: where a batch went twice, the
    /// first answer does.
    pub fn answer(
        &mut self,
        invocation: &Invocation<R>,
        answer: &Answer,
        now: Duration,
        choices: &mut impl Choices,
    ) -> bool {
        let Invocation { lane: id, number, .. } = invocation;
        let waits = |lane: &&mut Lane<R>| lane.waits_for(*number);
        let Some(lane) = self.lanes.get_mut(id).filter(waits) else { return false };
        let given_up = lane.answer(&self.settings, answer, now, choices);
        self.discarded.extend(given_up.and_then(|given_up| discarded(id, &given_up)));
        true
    }

    /// What was given up since the last call: the on-failure destination's messages, and what the
    /// stream has lost.
    pub fn discarded(&mut self) -> Vec<Discarded> {
        std::mem::take(&mut self.discarded)
    }

    /// When [`Self::next`] has something to give out if nothing else happens first; `None` if there
    /// is nothing to wait for.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        if !self.doubles.is_empty() {
            return Some(Duration::ZERO);
        }
        self.lanes.values().filter_map(|lane| lane.due(&self.settings)).min()
    }

    /// The sequence number up to which a lane has nothing left to do.
    #[must_use]
    pub fn checkpoint(&self, lane: &LaneId) -> Option<&str> {
        self.lanes.get(lane)?.checkpoint.as_deref()
    }

    /// How many records of a shard are past no checkpoint yet.
    #[must_use]
    pub fn waiting(&self, shard: &str) -> usize {
        let lanes = self.lanes.iter().filter(|(id, _)| &*id.shard == shard);
        lanes.map(|(_, lane)| lane.waiting()).sum()
    }

    fn expire(&mut self, now: Duration) {
        for (id, lane) in &mut self.lanes {
            while let Some(given_up) = lane.expire(&self.settings, now) {
                self.discarded.extend(discarded(id, &given_up));
            }
        }
    }
}

fn discarded<R: StreamRecord>(lane: &LaneId, given_up: &GivenUp<R>) -> Option<Discarded> {
    let GivenUp { records, condition, invocations } = given_up;
    let (first, last) = (records.first()?, records.last()?);
    Some(Discarded {
        lane: lane.clone(),
        condition: *condition,
        invocations: *invocations,
        batch_size: records.len(),
        start_sequence_number: first.sequence().to_owned(),
        end_sequence_number: last.sequence().to_owned(),
        arrival_of_first_record: first.arrived(),
        arrival_of_last_record: last.arrived(),
    })
}
