//! What the pages say, case by case.

use std::time::Duration;

use distributary_mapping::{Answer, Choices, Condition, Invocation, Likeliest, Mapping, Settings};

use crate::{Change, changes};

const START: Duration = Duration::from_secs(10);

/// A mapping that reports failures of items, with ten records in one shard.
fn ten(settings: Settings) -> Mapping<Change> {
    let settings = Settings { report_batch_item_failures: true, ..settings };
    let mut mapping = Mapping::new(settings.validate().unwrap());
    mapping.offer("shard", changes(10), START);
    mapping
}

/// The next batch, however long it has to wait.
fn next(mapping: &mut Mapping<Change>) -> Invocation<Change> {
    let due = mapping.due().unwrap().max(START);
    mapping.next(due, &mut Likeliest).unwrap()
}

fn answer(mapping: &mut Mapping<Change>, invocation: &Invocation<Change>, answer: &Answer) {
    mapping.answer(invocation, answer, START, &mut Likeliest);
}

fn sequences(invocation: &Invocation<Change>) -> Vec<u64> {
    invocation.records.iter().map(|record| record.sequence.parse().unwrap()).collect()
}

fn partial(identifiers: &[&str]) -> Answer {
    Answer::Partial(identifiers.iter().map(|&identifier| identifier.to_owned()).collect())
}

/// The first sequence number of the batch after one of ten records got this answer.
fn goes_on_at(settings: Settings, given: &Answer) -> Option<u64> {
    let mut mapping = ten(settings);
    let invocation = next(&mut mapping);
    answer(&mut mapping, &invocation, given);
    mapping.due().map(|_| sequences(&next(&mut mapping))[0])
}

#[test]
fn an_answer_is_read_as_documented() {
    for (given, goes_on) in [
        (Answer::Success, None),
        (partial(&[]), None),
        (partial(&["4"]), Some(4)),
        (partial(&["7", "3", "9"]), Some(3)),
        (partial(&["0"]), Some(0)),
        (partial(&[""]), Some(0)),
        (partial(&["4", ""]), Some(0)),
        (partial(&["10"]), Some(0)),
        (Answer::Error, Some(0)),
        (Answer::Lost, Some(0)),
    ] {
        assert_eq!(goes_on_at(Settings::default(), &given), goes_on, "{given:?}");
    }
}

#[test]
fn a_mapping_that_does_not_report_does_not_look() {
    let mut mapping = Mapping::new(Settings::default());
    mapping.offer("shard", changes(10), START);
    let invocation = next(&mut mapping);
    answer(&mut mapping, &invocation, &partial(&["4"]));
    assert_eq!(mapping.checkpoint(&invocation.lane), Some("9"));
}

#[test]
fn a_batch_is_cut_by_count_and_by_bytes() {
    let size = 3;
    let mut mapping = ten(Settings { batch_size: size, ..Settings::default() });
    assert_eq!(sequences(&next(&mut mapping)), [0, 1, 2]);

    let mut mapping = Mapping::new(Settings::default());
    let large = changes(4).into_iter().map(|change| Change { size: 2_500_000, ..change });
    mapping.offer("shard", large, START);
    assert_eq!(sequences(&next(&mut mapping)), [0, 1]);
}

#[test]
fn the_window_waits_for_a_full_batch() {
    let window = Duration::from_secs(60);
    for (batch_size, due) in [(11, START + window), (10, START), (9, START)] {
        let mapping = ten(Settings { batch_size, batching_window: window, ..Settings::default() });
        assert_eq!(mapping.due(), Some(due), "{batch_size}");
    }
}

#[test]
fn bisection_finds_the_bad_record_and_costs_no_attempt() {
    let mut mapping = ten(Settings {
        bisect_batch_on_function_error: true,
        maximum_retry_attempts: Some(2),
        ..Settings::default()
    });
    let mut sent_alone = 0;
    while mapping.due().is_some() {
        let invocation = next(&mut mapping);
        let bad = sequences(&invocation).contains(&6);
        sent_alone += u32::from(bad && invocation.records.len() == 1);
        answer(&mut mapping, &invocation, if bad { &Answer::Error } else { &Answer::Success });
    }
    assert_eq!(sent_alone, 3);
    let [given_up] = &mapping.discarded()[..] else { panic!("not one message") };
    assert_eq!(given_up.condition, Condition::RetryAttemptsExhausted);
    assert_eq!((given_up.batch_size, given_up.invocations), (1, 3));
    assert_eq!(given_up.start_sequence_number, "6");
}

#[test]
fn without_retries_the_first_failure_is_the_last() {
    let mut mapping = ten(Settings { maximum_retry_attempts: Some(0), ..Settings::default() });
    let invocation = next(&mut mapping);
    answer(&mut mapping, &invocation, &Answer::Error);
    let given_up = mapping.discarded();
    assert_eq!(given_up.len(), 1);
    assert_eq!((given_up[0].batch_size, given_up[0].end_sequence_number.as_str()), (10, "9"));
    assert_eq!(mapping.waiting("shard"), 0);
}

#[test]
fn old_records_are_given_up_before_they_are_sent() {
    for (age, now, condition) in [
        (Some(60), 61, Some(Condition::RecordAgeExceeded)),
        (Some(60), 60, None),
        (None, 86_401, Some(Condition::Expired)),
        (None, 86_400, None),
    ] {
        let maximum_record_age = age.map(Duration::from_secs);
        let mut mapping = ten(Settings { maximum_record_age, ..Settings::default() });
        let sent = mapping.next(Duration::from_secs(now), &mut Likeliest).is_some();
        let conditions = mapping.discarded().first().map(|given_up| given_up.condition);
        assert_eq!((conditions, sent), (condition, condition.is_none()), "{age:?} {now}");
    }
}

#[test]
fn lanes_of_a_shard_do_not_wait_for_each_other() {
    let mut mapping = ten(Settings { parallelization_factor: 3, ..Settings::default() });
    let lanes: Vec<_> = (0..3).map(|_| sequences(&next(&mut mapping))).collect();
    assert_eq!(lanes, [vec![0, 3, 6, 9], vec![1, 4, 7], vec![2, 5, 8]]);
    assert_eq!(mapping.due(), None);
}

#[test]
fn of_a_batch_that_went_twice_the_first_answer_counts() {
    struct Twice;
    impl Choices for Twice {
        fn duplicate(&mut self) -> bool {
            true
        }
    }
    let mut mapping = ten(Settings::default());
    let first = mapping.next(START, &mut Twice).unwrap();
    let second = mapping.next(START, &mut Twice).unwrap();
    assert_eq!(sequences(&first), sequences(&second));
    assert!(mapping.answer(&first, &partial(&["5"]), START, &mut Twice));
    assert!(!mapping.answer(&second, &Answer::Success, START, &mut Twice));
    assert_eq!(mapping.checkpoint(&first.lane), Some("4"));
}
