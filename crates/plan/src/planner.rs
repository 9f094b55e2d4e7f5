//! Runs the matcher over a batch and renders what fires.

use std::sync::Arc;

use bytes::Bytes;
use distributary_change::{Image, RawRecord, Record, RecordError, StreamView};
use distributary_delivery::{Delivery, Identity, Origin, Quarantine};
use distributary_matcher::{Asked, Matcher};
use distributary_rules::{Mode, Program, Unmatched, evaluate, payload};
use distributary_scan::Scan;

use crate::excerpt::Excerpts;
use crate::plan::{Plan, Seen, Shadowed, Verdict};

/// A program that is ready to plan batches.
#[derive(Debug, Clone)]
pub struct Planner {
    pub(crate) program: Arc<Program>,
    matcher: Matcher,
    excerpts: Excerpts,
}

/// What planning needs from one record to the next.
struct Desk {
    matching: distributary_matcher::Desk,
    excerpts: Scan,
}

impl Planner {
    /// Prepares a program whose parameters have values.
    #[must_use]
    pub fn new(program: Arc<Program>) -> Self {
        let (matcher, excerpts) = (Matcher::new(Arc::clone(&program)), Excerpts::new(&program));
        Planner { program, matcher, excerpts }
    }

    fn desk(&self) -> Desk {
        Desk { matching: self.matcher.desk(), excerpts: self.excerpts.scan() }
    }

    /// The hash of the rule set.
    #[must_use]
    pub fn rules(&self) -> &str {
        self.program.hash()
    }

    /// What these records, one batch in its order, ask for.
    #[must_use]
    pub fn plan(&self, batch: &[RawRecord]) -> Plan {
        let (mut plan, mut desk) = (Plan::default(), self.desk());
        for (position, raw) in batch.iter().enumerate() {
            self.add(position, raw, &mut desk, &mut plan);
        }
        plan
    }

    /// The same, a part of the batch at a time: a part ends with the record whose deliveries bring
    /// it to so many bytes, so that rules which make much of little never take the memory of all
    /// that they make.
    pub fn windows<'a>(
        &'a self,
        batch: &'a [RawRecord],
        bytes: usize,
    ) -> impl Iterator<Item = Plan> + Send + 'a {
        let (mut records, mut desk) = (batch.iter().enumerate(), self.desk());
        std::iter::from_fn(move || {
            let (mut plan, mut taken) = (Plan::default(), 0);
            for (position, raw) in records.by_ref() {
                let before = plan.deliveries.len();
                self.add(position, raw, &mut desk, &mut plan);
                taken += plan.deliveries.iter().skip(before).map(weight).sum::<usize>();
                if taken >= bytes {
                    break;
                }
            }
            (!plan.records.is_empty()).then_some(plan)
        })
    }

    /// Adds what a record asks for, and what was seen of it.
    fn add(&self, position: usize, raw: &RawRecord, desk: &mut Desk, plan: &mut Plan) {
        let mut firing = Vec::new();
        let record = match self.matcher.ask(raw, &mut desk.matching, &mut firing) {
            Ok(Asked::Decoded(record)) => Ok(*record),
            Ok(Asked::Scanned { head, unclaimed }) => {
                if firing.is_empty()
                    && let Some(seen) = self.quiet(raw, head, unclaimed)
                {
                    plan.records.push(seen);
                    return;
                }
                let fired = !firing.is_empty();
                let excerpt = fired.then(|| self.excerpts.read(raw, &firing, &mut desk.excerpts));
                excerpt.flatten().map_or_else(|| raw.decode(), Ok)
            }
            Err(error) => Err(error),
        };
        let seen = match record {
            Ok(record) => self.claim(position, raw, &record, firing, plan),
            Err(RecordError { table: Some(table), event_id, sequence, .. })
                if self.is_foreign(&table) =>
            {
                Seen {
                    event: event_id.map(Into::into),
                    sequence: sequence.map(Into::into),
                    verdict: Verdict::ForeignTable(table),
                }
            }
            Err(error) => {
                let quarantine = self.quarantine(position, raw, error);
                let seen = Seen {
                    event: quarantine.event.clone(),
                    sequence: quarantine.sequence.clone(),
                    verdict: Verdict::Undecodable(quarantine.reason.clone()),
                };
                plan.quarantined.push(quarantine);
                seen
            }
        };
        plan.records.push(seen);
    }

    /// Adds the deliveries that come from a record on which these rules fire. Where any does, only
    /// what their payloads read is sure to be in the record's images.
    fn claim(
        &self,
        position: usize,
        raw: &RawRecord,
        record: &Record,
        firing: Vec<usize>,
        plan: &mut Plan,
    ) -> Seen {
        let origin = Origin {
            record: raw.bytes.clone(),
            event: record.id.as_str().into(),
            sequence: record.sequence.as_str().into(),
            table: record.table.as_str().into(),
            time: record.time.seconds(),
        };
        let before = (plan.deliveries.len(), plan.shadowed.len());
        let source = self.program.source_of(&record.table);
        let foreign = self.is_foreign(&record.table);
        if !foreign {
            self.deliver(position, &origin, record, firing, plan);
        }
        let (old, new) = (record.old == Image::Omitted, record.new == Image::Omitted);
        let claimed = before != (plan.deliveries.len(), plan.shadowed.len());
        let verdict = match plan.deliveries.len() - before.0 {
            _ if foreign => Verdict::ForeignTable(record.table.clone()),
            made if self.poorer_than_view(source, old, new) => Verdict::PoorerThanView(made),
            made if claimed => Verdict::Matched(made),
            _ => self.unclaimed(record, source),
        };
        Seen { event: Some(origin.event), sequence: Some(origin.sequence), verdict }
    }

    fn deliver(
        &self,
        position: usize,
        origin: &Origin,
        record: &Record,
        firing: Vec<usize>,
        plan: &mut Plan,
    ) {
        let source = self.program.source_of(&record.table);
        let mut fired: Vec<_> =
            firing.into_iter().filter_map(|at| Some((at, self.program.rules().get(at)?))).collect();
        // Deliveries of one record to one message group go in this order.
        fired.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        for (at, rule) in fired {
            if rule.mode == Mode::Shadow {
                plan.shadowed.push(Shadowed { position, rule: Arc::clone(&rule.name) });
                continue;
            }
            for (output, to) in rule.outputs.iter().enumerate() {
                let Some(route) = self.program.routes().get(to.route) else { continue };
                let program = &self.program;
                let message = payload::message(program, at, output, record, source);
                let body = &message.body;
                let fallback = payload::fallback(program, at, output, record, source, body);
                plan.deliveries.push(Delivery {
                    position,
                    route: to.route,
                    rule: Arc::clone(&rule.name),
                    identity: Identity::new(&record.id, rule.known_as(), route.known_as()),
                    message,
                    fallback: fallback.map(Into::into),
                    origin: origin.clone(),
                });
            }
        }
    }

    /// Why no rule fired, as far as the rules say it.
    fn unclaimed(&self, record: &Record, source: Option<usize>) -> Verdict {
        if evaluate::skipped(&self.program, record, source) {
            return Verdict::Skipped;
        }
        if evaluate::ignored(&self.program, record, source).is_some() {
            return Verdict::Ignored;
        }
        let source = source.and_then(|source| self.program.sources().get(source));
        Verdict::Unmatched(source.map_or_else(Unmatched::default, |source| source.unmatched))
    }

    /// Whether a record from which these images are omitted lacks one that its source's `view`
    /// promises.
    pub(crate) fn poorer_than_view(
        &self,
        source: Option<usize>,
        no_old: bool,
        no_new: bool,
    ) -> bool {
        let declared = source.and_then(|at| self.program.sources().get(at)?.view);
        let (old, new) = match declared {
            None | Some(StreamView::KeysOnly) => (false, false),
            Some(StreamView::OldImage) => (true, false),
            Some(StreamView::NewImage) => (false, true),
            Some(StreamView::NewAndOldImages) => (true, true),
        };
        (old && no_old) || (new && no_new)
    }

    /// Whether sources are declared and none of them is this table: its records are settled, since
    /// the deployment is wrong and waiting mends nothing.
    pub(crate) fn is_foreign(&self, table: &str) -> bool {
        !self.program.sources().is_empty() && self.program.source_of(table).is_none()
    }

    /// A record that no rule can be asked about goes to the lot of its source, by its table's name;
    /// where that cannot be read, to that of the only source.
    fn quarantine(&self, position: usize, raw: &RawRecord, error: RecordError) -> Quarantine {
        let sources = self.program.sources();
        let source = match (&error.table, sources) {
            (Some(table), _) => self.program.source_of(table).and_then(|at| sources.get(at)),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        Quarantine {
            position,
            lot: source.and_then(|source| source.park),
            record: raw.bytes.clone(),
            reason: error.to_string(),
            event: error.event_id.map(Into::into),
            sequence: error.sequence.map(Into::into),
            table: error.table.map(Into::into),
        }
    }
}

/// The memory that a delivery takes beside its record, in bytes.
fn weight(delivery: &Delivery) -> usize {
    let fallback = delivery.fallback.as_ref().map_or(0, Bytes::len);
    size_of::<Delivery>() + delivery.message.body.len() + fallback
}
