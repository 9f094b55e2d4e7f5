//! What is sent of a batch that comes again: only what was not settled.

use std::time::Duration;

use tokio::time::Instant;

use crate::world::{RULES, State, World, events, goes_on_from, invoke};

#[tokio::test(start_paused = true)]
async fn a_process_sends_nothing_again_that_it_settled() {
    let world = World::default();
    let engine = world.alone();
    world.sick.refuse([103, 107]);
    assert_eq!(goes_on_from(&invoke(&engine, 100..110).await), Some(103));
    world.forget();

    world.sick.refuse([107]);
    let handled = invoke(&engine, 103..112).await;
    assert_eq!(goes_on_from(&handled), Some(107));
    assert_eq!(world.well.taken(), events([110, 111]));
    assert_eq!(world.sick.taken(), events([103, 110, 111]));
    let before: Vec<_> = handled.outcome.report.routes.iter().map(|route| route.before).collect();
    assert_eq!(before, [7, 5]);

    world.sick.refuse([]);
    assert_eq!(goes_on_from(&invoke(&engine, 107..112).await), None);
    assert!(world.well.taken().is_empty());
    assert_eq!(world.sick.taken(), events([107]));
}

#[tokio::test(start_paused = true)]
async fn another_sandbox_knows_from_the_ledger() {
    let world = World::default();
    world.sick.refuse([103]);
    assert_eq!(goes_on_from(&invoke(&world.sandbox(), 100..110).await), Some(103));
    world.forget();
    world.sick.refuse([]);
    assert_eq!(goes_on_from(&invoke(&world.sandbox(), 103..110).await), None);
    assert!(world.well.taken().is_empty());
    assert_eq!(world.sick.taken(), events([103]));
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_comes_again_whole_is_known_whole() {
    let world = World::default();
    let sandbox = || world.with_rules(RULES).with_ledger(world.ledger.clone());
    world.sick.refuse([103]);
    assert!(invoke(&sandbox(), 100..110).await.answer.is_err());
    world.forget();
    world.sick.refuse([]);
    assert!(invoke(&sandbox(), 100..110).await.answer.is_ok());
    assert!(world.well.taken().is_empty());
    assert_eq!(world.sick.taken(), events([103]));
}

#[tokio::test(start_paused = true)]
async fn halves_of_a_batch_know_what_the_whole_settled() {
    let world = World::default();
    let sandbox = || world.with_rules(RULES).with_ledger(world.ledger.clone());
    world.sick.refuse([103, 108]);
    assert!(invoke(&sandbox(), 100..110).await.answer.is_err());
    assert!(invoke(&sandbox(), 100..105).await.answer.is_err());
    world.forget();
    world.sick.refuse([]);
    assert!(invoke(&sandbox(), 100..105).await.answer.is_ok());
    assert!(invoke(&sandbox(), 105..110).await.answer.is_ok());
    assert!(world.well.taken().is_empty());
    assert_eq!(world.sick.taken(), events([103, 108]));
}

#[tokio::test(start_paused = true)]
async fn a_replay_of_what_was_done_is_sent() {
    let world = World::default();
    let engine = world.alone();
    world.sick.refuse([100]);
    invoke(&engine, 100..103).await;
    world.sick.refuse([]);
    invoke(&engine, 100..103).await;
    world.forget();
    invoke(&engine, 100..103).await;
    assert_eq!(world.well.taken(), events(100..103));
}

#[tokio::test(start_paused = true)]
async fn other_rules_trust_no_token() {
    let world = World::default();
    world.sick.refuse([101]);
    invoke(&world.sandbox(), 100..103).await;
    world.forget();
    world.sick.refuse([]);
    let changed = RULES.replace("on ANY", "on ANY when keys.pk exists");
    let engine = world.with_rules(&changed).with_ledger(world.ledger.clone());
    invoke(&engine, 101..103).await;
    assert_eq!(world.well.taken(), events(101..103));
}

/// What an invocation writes without having read must not take the place of what is there.
#[tokio::test(start_paused = true)]
async fn what_was_not_heard_is_not_overwritten() {
    let world = World::default();
    world.sick.refuse([103]);
    assert_eq!(goes_on_from(&invoke(&world.sandbox(), 100..110).await), Some(103));
    *world.ledger.state.lock().unwrap() = State::Stumbles;
    assert_eq!(goes_on_from(&invoke(&world.sandbox(), 103..105).await), Some(103));
    world.forget();
    world.sick.refuse([]);
    assert_eq!(goes_on_from(&invoke(&world.sandbox(), 103..110).await), None);
    assert!(world.well.taken().is_empty());
    assert_eq!(world.sick.taken(), events([103]));
}

/// A ledger spares duplicates. Without it nothing is lost and nothing waits long.
#[tokio::test(start_paused = true)]
async fn a_ledger_that_fails_costs_duplicates_and_half_a_second_each_way() {
    for (state, most) in [
        (State::Down, Duration::from_millis(100)),
        (State::Hangs, Duration::from_millis(1_200)),
        (State::Panics, Duration::from_millis(100)),
    ] {
        let world = World::default();
        world.sick.refuse([101]);
        invoke(&world.sandbox(), 100..103).await;
        world.forget();
        *world.ledger.state.lock().unwrap() = state;
        let (engine, started) = (world.sandbox(), Instant::now());
        assert_eq!(goes_on_from(&invoke(&engine, 101..103).await), Some(101), "{state:?}");
        assert!(started.elapsed() < most, "{state:?}: {:?}", started.elapsed());
        assert_eq!(world.well.taken(), events(101..103), "{state:?}");
        world.sick.refuse([]);
        assert_eq!(goes_on_from(&invoke(&engine, 101..103).await), None, "{state:?}");
        assert!(world.well.taken().is_empty(), "its own memory knows: {state:?}");
        assert_eq!(world.sick.taken(), events([102, 101]), "{state:?}");
    }
}
