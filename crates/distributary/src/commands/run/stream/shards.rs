//! The shards of a stream: each is read from its place on, and a child when its parent is done.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{anyhow, bail};
use distributary_aws::{Aws, CallError, ShardRecords, Start, Streams};
use distributary_mapping::Mapping;
use tokio::time::Instant;
use tracing::error;

use super::change::Change;
use crate::commands::run::{BATCH, From};

/// How long one call may take. An answer has up to 1 MB.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How often new shards are looked for while all known ones are open. A shard lasts about four
/// hours.
const LIST_INTERVAL: Duration = Duration::from_secs(30);
/// The most records of one `GetRecords`.
const PAGE: usize = 1_000;
/// So many records of a shard may wait for their batch before no more are read: a route that blocks
/// must not fill the memory.
const AHEAD: usize = 2 * BATCH;

pub(super) struct Shards {
    streams: Streams,
    arn: String,
    known: BTreeMap<String, Shard>,
    listed: Instant,
}

struct Shard {
    parent: Option<String>,
    /// Where a new iterator begins.
    start: Start,
    iterator: Option<String>,
    ended: bool,
}

impl Shards {
    pub(super) async fn open(
        arn: &str,
        from: From,
        endpoint_url: Option<&str>,
    ) -> anyhow::Result<Self> {
        if !arn.starts_with("arn:") || !arn.contains(":table/") || !arn.contains("/stream/") {
            bail!(
                "`{arn}` is not the ARN of a stream, such as `arn:aws:dynamodb:eu-central-1:\
                 123456789012:table/orders/stream/2026-11-21T10:00:00.000`"
            );
        }
        let streams = Aws::load(endpoint_url).await?.streams(arn, TIMEOUT)?;
        let (known, listed) = (BTreeMap::new(), Instant::now());
        let mut shards = Shards { streams, arn: arn.to_owned(), known, listed };
        shards.begin(from).await.map_err(|error| anyhow!(shards.unreadable(&error)))?;
        Ok(shards)
    }

    pub(super) fn arn(&self) -> &str {
        &self.arn
    }

    /// The end of a stream is in several shards at once: all are taken before the first is read.
    async fn begin(&mut self, from: From) -> Result<(), CallError> {
        let start = match from {
            From::Latest => Start::Latest,
            From::TrimHorizon => Start::TrimHorizon,
        };
        self.list(&start).await?;
        for (id, shard) in &mut self.known {
            shard.iterator = Some(self.streams.iterator(id, &shard.start).await?);
        }
        Ok(())
    }

    async fn list(&mut self, start: &Start) -> Result<(), CallError> {
        for shard in self.streams.shards().await? {
            self.known.entry(shard.id).or_insert_with(|| Shard {
                parent: shard.parent,
                start: start.clone(),
                iterator: None,
                ended: false,
            });
        }
        self.listed = Instant::now();
        Ok(())
    }

    /// Whether the stream is over, as it is once it was switched off and read to its end.
    pub(super) fn ended(&self, mapping: &Mapping<Change>) -> bool {
        self.known.iter().all(|(id, shard)| shard.ended && mapping.waiting(id) == 0)
    }

    /// Hands what there is to the mapping, a page of each shard, and says how many bytes it was.
    ///
    /// # Errors
    /// The stream cannot be read any more, in one sentence.
    pub(super) async fn read(
        &mut self,
        mapping: &mut Mapping<Change>,
        now: Duration,
    ) -> Result<usize, String> {
        let mut bytes = 0;
        let mut list = self.listed.elapsed() >= LIST_INTERVAL;
        let due: Vec<String> =
            self.known.keys().filter(|id| self.is_due(id, mapping)).cloned().collect();
        for id in due {
            let page = self.page(&id).await;
            let Some(ShardRecords { records, next }) = self.mend(&id, page)? else { continue };
            let changes = records.iter().map(|record| Change::new(record, &self.arn));
            let changes: Option<Vec<Change>> = changes.collect();
            let Some(changes) = changes else {
                return Err(format!("`{}` has a record without a sequence number", self.arn));
            };
            bytes += changes.iter().map(|change| change.raw.bytes.len()).sum::<usize>();
            let Some(shard) = self.known.get_mut(&id) else { continue };
            if let Some(last) = changes.last() {
                shard.start = Start::After(last.sequence.clone());
            }
            shard.ended = next.is_none();
            list |= shard.ended;
            shard.iterator = next;
            mapping.offer(&id, changes, now);
        }
        if list && let Err(error) = self.list(&Start::TrimHorizon).await {
            self.endure(&error)?;
        }
        Ok(bytes)
    }

    /// A child waits until nothing of its parent does.
    fn is_due(&self, id: &str, mapping: &Mapping<Change>) -> bool {
        let Some(shard) = self.known.get(id) else { return false };
        let parent = shard.parent.as_ref().and_then(|id| Some((id, self.known.get(id)?)));
        let parent_is_done =
            parent.is_none_or(|(id, parent)| parent.ended && mapping.waiting(id) == 0);
        !shard.ended && parent_is_done && mapping.waiting(id) < AHEAD
    }

    async fn page(&self, id: &str) -> Result<ShardRecords, CallError> {
        let shard = self.known.get(id);
        let iterator = match shard.and_then(|shard| shard.iterator.clone()) {
            Some(iterator) => iterator,
            None => {
                let start = shard.map_or(&Start::TrimHorizon, |shard| &shard.start);
                self.streams.iterator(id, start).await?
            }
        };
        self.streams.records(&iterator, PAGE).await
    }

    /// What was read, or nothing where the next attempt may read it.
    fn mend(
        &mut self,
        id: &str,
        page: Result<ShardRecords, CallError>,
    ) -> Result<Option<ShardRecords>, String> {
        let error = match page {
            Ok(page) => return Ok(Some(page)),
            Err(error) => error,
        };
        let Some(shard) = self.known.get_mut(id) else { return Ok(None) };
        let trimmed = error.is("TrimmedDataAccessException");
        shard.iterator = None;
        match &shard.start {
            Start::After(sequence) | Start::At(sequence) if trimmed => Err(format!(
                "shard `{id}` does not keep what comes after record {sequence} any more, so that \
                 records are lost: start again with `--from trim-horizon` to have what is left"
            )),
            // Nothing of the shard was read: all that it has is what comes next.
            _ if trimmed => {
                shard.start = Start::TrimHorizon;
                Ok(None)
            }
            Start::Latest if error.is("ExpiredIteratorException") => Err(format!(
                "the place in shard `{id}` expired before anything was read, so that records may \
                 be missing: start again with `--from trim-horizon`"
            )),
            _ if error.is("ExpiredIteratorException") => Ok(None),
            _ => self.endure(&error).map(|()| None),
        }
    }

    /// What passes is said and waited for.
    fn endure(&self, error: &CallError) -> Result<(), String> {
        if !error.failure.retryable() {
            return Err(self.unreadable(error));
        }
        error!(reason = error.failure.reason, "the stream cannot be read and is tried again");
        Ok(())
    }

    fn unreadable(&self, error: &CallError) -> String {
        format!("cannot read `{}`: {}", self.arn, error.failure.reason)
    }
}
