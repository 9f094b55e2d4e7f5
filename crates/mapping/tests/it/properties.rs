//! Whatever is written, chosen and answered.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use distributary_mapping::{
    Answer, Condition, Invocation, Mapping, PAYLOAD_BYTES, Seeded, Settings,
};
use fastrand::Rng;
use proptest::prelude::*;

use crate::Change;

fn settings() -> impl Strategy<Value = Settings> {
    let attempts = prop_oneof![Just(None), (0..5_u32).prop_map(Some)];
    let age = prop_oneof![Just(None), Just(Some(Duration::from_secs(60)))];
    (1..40_usize, 0..3_u64, 1..11_usize, any::<bool>(), any::<bool>(), attempts, age).prop_map(
        |(batch_size, window, factor, report, bisect, attempts, age)| Settings {
            batch_size,
            batching_window: Duration::from_secs(window),
            parallelization_factor: factor,
            report_batch_item_failures: report,
            bisect_batch_on_function_error: bisect,
            maximum_retry_attempts: attempts,
            maximum_record_age: age,
        },
    )
}

/// What a run of a mapping came to.
#[derive(Default)]
struct Seen {
    /// The lane of every record.
    lanes: BTreeMap<u64, String>,
    /// What the function settled, and what was given up.
    done: BTreeSet<u64>,
    /// By shard and item, its records in the order in which they were first sent.
    first: BTreeMap<(String, u64), Vec<u64>>,
    checkpoints: BTreeMap<String, u64>,
}

fn sequence(record: &Change) -> u64 {
    record.sequence.parse().unwrap()
}

/// An answer, and how many of the first records it settles.
fn answer(batch: &Invocation<Change>, report: bool, rng: &mut Rng) -> (Answer, usize) {
    let all = batch.records.len();
    let name = |at: usize| batch.records[at].sequence.clone();
    match rng.u8(0..10) {
        0..5 => (Answer::Success, all),
        5..7 => {
            let at = rng.usize(..all);
            let others = (0..rng.usize(..3)).map(|_| name(rng.usize(at..all))).collect::<Vec<_>>();
            (Answer::Partial([vec![name(at)], others].concat()), if report { at } else { all })
        }
        7 => (Answer::Partial(vec!["unknown".to_owned()]), if report { 0 } else { all }),
        8 => (Answer::Error, 0),
        _ => (Answer::Lost, 0),
    }
}

/// Writes `count` records to two shards, answers at random until nothing is left, and holds every
/// step to what is promised.
fn run(settings: &Settings, count: u64, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let mut choices = Seeded::new(rng.fork(), 0.1);
    let mut mapping = Mapping::new(settings.clone().validate().unwrap());
    let mut seen = Seen::default();
    let (mut now, mut written) = (Duration::ZERO, 0);
    let mut under_way: Vec<Invocation<Change>> = Vec::new();
    loop {
        let more = rng.u64(..8).min(count - written);
        for at in written..written + more {
            let (key, shard) = (rng.u64(..6), rng.usize(..2));
            let size = if rng.u8(..20) == 0 { PAYLOAD_BYTES / 2 } else { 100 };
            let change = Change { sequence: at.to_string(), key, size, arrived: now };
            let lane = key % settings.parallelization_factor as u64;
            seen.lanes.insert(at, format!("{shard}/{lane}"));
            mapping.offer(&shard.to_string(), [change], now);
        }
        written += more;
        while let Some(invocation) = mapping.next(now, &mut choices) {
            seen.sent(&invocation, settings);
            under_way.push(invocation);
        }
        for given_up in mapping.discarded() {
            seen.given_up(&given_up);
        }
        if let Some(at) = (!under_way.is_empty()).then(|| rng.usize(..under_way.len())) {
            let invocation = under_way.swap_remove(at);
            let (answer, settles) =
                answer(&invocation, settings.report_batch_item_failures, &mut rng);
            seen.settled(&invocation, settles);
            mapping.answer(&invocation, &answer, now, &mut choices);
            let reached = mapping.checkpoint(&invocation.lane).map(|text| text.parse().unwrap());
            seen.checkpoint(&invocation, reached);
        } else if written == count && mapping.due().is_none() {
            break;
        } else {
            now = mapping.due().unwrap_or(now).max(now + Duration::from_millis(rng.u64(..900)));
        }
    }
    assert_eq!(mapping.waiting("0") + mapping.waiting("1"), 0);
    assert_eq!(seen.done, (0..count).collect(), "a record was neither settled nor handed out");
    for (item, sent) in seen.first {
        assert!(sent.is_sorted(), "{item:?} out of order: {sent:?}");
    }
}

impl Seen {
    fn sent(&mut self, invocation: &Invocation<Change>, settings: &Settings) {
        let Invocation { lane, records, .. } = invocation;
        assert!((1..=settings.batch_size).contains(&records.len()));
        let bytes: usize = records.iter().map(|record| record.size).sum();
        assert!(bytes <= PAYLOAD_BYTES || records.len() == 1);
        for record in records {
            assert_eq!(record.key % settings.parallelization_factor as u64, lane.lane as u64);
            let sent = self.first.entry((lane.shard.to_string(), record.key)).or_default();
            if !sent.contains(&sequence(record)) {
                sent.push(sequence(record));
            }
        }
    }

    fn settled(&mut self, invocation: &Invocation<Change>, settles: usize) {
        let settled = invocation.records.iter().take(settles);
        self.done.extend(settled.map(sequence));
    }

    fn given_up(&mut self, given_up: &distributary_mapping::Discarded) {
        assert_ne!(given_up.condition, Condition::Expired);
        let [first, last] = [&given_up.start_sequence_number, &given_up.end_sequence_number]
            .map(|text| text.parse::<u64>().unwrap());
        assert!(given_up.batch_size > 0 && first <= last);
        let lane = given_up.lane.to_string();
        let range: Vec<u64> = (first..=last).filter(|at| self.lanes[at] == lane).collect();
        assert_eq!(range.len(), given_up.batch_size);
        self.done.extend(range);
    }

    fn checkpoint(&mut self, invocation: &Invocation<Change>, reached: Option<u64>) {
        let Some(reached) = reached else { return };
        let before = self.checkpoints.insert(invocation.lane.to_string(), reached);
        assert!(before.is_none_or(|before| before <= reached), "a checkpoint went back");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_record_is_settled_or_handed_out_and_every_item_keeps_its_order(
        settings in settings(),
        count in 1..120_u64,
        seed in any::<u64>(),
    ) {
        run(&settings, count, seed);
    }
}
