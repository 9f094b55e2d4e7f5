//! Routes that an operator has paused.

use crate::world::{State, World, events, goes_on_from, invoke};

#[tokio::test(start_paused = true)]
async fn a_paused_route_gets_nothing_until_it_is_resumed_also_while_the_ledger_is_down() {
    let world = World::default();
    let engine = world.sandbox();
    world.ledger.paused.lock().unwrap().insert("sick".to_owned());
    assert_eq!(goes_on_from(&invoke(&engine, 100..103).await), Some(100));
    assert_eq!(world.well.taken(), events(100..103));
    *world.ledger.state.lock().unwrap() = State::Down;
    assert_eq!(goes_on_from(&invoke(&engine, 100..103).await), Some(100));
    assert!(world.sick.taken().is_empty());

    *world.ledger.state.lock().unwrap() = State::Up;
    world.ledger.paused.lock().unwrap().clear();
    assert_eq!(goes_on_from(&invoke(&engine, 100..103).await), None);
    assert!(world.well.taken().is_empty());
    assert_eq!(world.sick.taken(), events(100..103));
}
