//! A DynamoDB table as a lot.

use std::collections::HashSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use distributary_delivery::{Content, LotPlace};
use distributary_router::{Found, Taken, group_key};
use distributary_tests::components;
use distributary_tests::proxy::{Fault, Proxy};
use serde_json::json;
use tokio::time::timeout;

use super::{
    NOW, database, envelope, events, noise, of_the_future, open, stays, steps_aside, table,
    table_lot,
};

#[tokio::test]
async fn a_table_holds_groups_until_all_of_them_has_arrived() {
    table("lot-order", &["pk", "sk"]).await;
    let (lot, other) = (table_lot("lot-order").await, table_lot("lot-order").await);
    assert!(lot.is_ordered());
    assert_eq!(lot.held("bus").await, Ok(HashSet::new()));

    let parked = [
        envelope("a-1", Some("a"), 9),
        envelope("b-1", Some("b"), 10),
        envelope("a-2", Some("a"), 100),
    ];
    assert_eq!(lot.park(&parked).await, [Ok(()), Ok(()), Ok(())]);
    // Parked again by a sandbox that was not told: nothing is counted twice.
    assert_eq!(other.park(&parked).await, [Ok(()), Ok(()), Ok(())]);
    let both = HashSet::from([group_key("a"), group_key("b")]);
    assert_eq!(other.held("bus").await, Ok(both));
    assert_eq!(other.held("queue").await, Ok(HashSet::new()));

    let taken = lot.take("bus", 10, NOW).await.unwrap().taken;
    let of_a = |taken: &[Taken]| -> Vec<Taken> {
        let group = |it: &&Taken| it.envelope.event.as_deref().unwrap().starts_with('a');
        taken.iter().filter(group).cloned().collect()
    };
    assert_eq!(events(&of_a(&taken)), ["a-1", "a-2"]);
    assert_eq!(taken.len(), 3);
    // All groups are on lease, also to who parks behind them.
    assert_eq!(other.park(&[envelope("a-3", Some("a"), 101)]).await, [Ok(())]);
    assert_eq!(other.take("bus", 10, NOW).await, Ok(Found::default()));

    assert!(lot.remove(&taken).await.iter().all(Result::is_ok));
    assert_eq!(lot.held("bus").await, Ok(HashSet::from([group_key("a")])));
    let rest = other.take("bus", 10, NOW).await.unwrap().taken;
    assert_eq!(events(&rest), ["a-3"]);
    other.give_back(&rest).await;
    let rest = lot.take("bus", 10, NOW).await.unwrap().taken;
    assert_eq!(rest[0].envelope, envelope("a-3", Some("a"), 101));
    assert!(lot.remove(&rest).await.iter().all(Result::is_ok));
    // Removing it again, after a lease that was lost, counts nothing twice.
    assert!(other.remove(&rest).await.iter().all(Result::is_ok));
    assert_eq!(lot.held("bus").await, Ok(HashSet::new()));
}

#[tokio::test]
async fn two_redrives_share_the_groups_of_a_table() {
    table("lot-two", &["pk", "sk"]).await;
    let (one, two) = (table_lot("lot-two").await, table_lot("lot-two").await);
    let parked: Vec<_> =
        (0..40).map(|n| envelope(&format!("e-{n}"), Some(&format!("g-{}", n % 8)), n)).collect();
    assert!(one.park(&parked).await.iter().all(Result::is_ok));
    let mut seen = Vec::new();
    loop {
        let (first, second) = tokio::join!(one.take("bus", 6, NOW), two.take("bus", 6, NOW));
        let (first, second) = (first.unwrap().taken, second.unwrap().taken);
        if first.is_empty() && second.is_empty() {
            break;
        }
        seen.extend(first.iter().chain(&second).cloned());
        let (gone, also) = tokio::join!(one.remove(&first), two.remove(&second));
        assert!(gone.iter().chain(&also).all(Result::is_ok), "{gone:?} {also:?}");
    }
    assert_eq!(seen.len(), parked.len());
    for group in 0..8 {
        let of_group = |taken: &&Taken| {
            matches!(&taken.envelope.content, Content::Delivery { message, .. }
                if message.group.as_deref() == Some(&format!("g-{group}")))
        };
        let sequence =
            |taken: &Taken| -> u32 { taken.envelope.sequence.as_deref().unwrap().parse().unwrap() };
        let order: Vec<_> = seen.iter().filter(of_group).map(sequence).collect();
        assert_eq!(order, (0..5).map(|n| n * 8 + group).collect::<Vec<_>>());
    }
    assert_eq!(one.held("bus").await, Ok(HashSet::new()));
}

/// A record carries two images of 400 KB each, and a row holds 400 KB.
#[tokio::test]
async fn a_large_envelope_takes_several_rows_of_a_table() {
    table("lot-large", &["pk", "sk"]).await;
    let lot = table_lot("lot-large").await;
    let mut large = envelope("e-1", Some("a"), 1);
    large.record = format!("{{\"new\":\"{}\"}}", noise(1_200_000)).into();
    let parked = [large.clone(), envelope("e-2", Some("a"), 2)];
    assert_eq!(lot.park(&parked).await, [Ok(()), Ok(())]);
    let taken = lot.take("bus", 10, NOW).await.unwrap().taken;
    assert_eq!(taken.iter().map(|it| &it.envelope).collect::<Vec<_>>(), [&parked[0], &parked[1]]);
    assert!(lot.remove(&taken).await.iter().all(Result::is_ok));
    assert_eq!(lot.take("bus", 10, NOW).await, Ok(Found::default()));

    large.record = format!("{{\"new\":\"{}\"}}", noise(5_000_000)).into();
    let outcome = lot.park(&[large, envelope("e-3", None, 3)]).await;
    assert!(!outcome[0].as_ref().unwrap_err().retryable() && outcome[1].is_ok(), "{outcome:?}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_holds_its_group_and_no_other() {
    table("lot-foreign", &["pk", "sk"]).await;
    let lot = table_lot("lot-foreign").await;
    assert_eq!(lot.park(&[envelope("e-1", Some("a"), 2)]).await, [Ok(())]);
    let foreign = json!({
        "pk": { "S": format!("bus#{}", group_key("a")) },
        "sk": { "S": format!("{:0>40}#odd", 1) },
        "secret": { "S": "x" },
    });
    database().put("lot-foreign", &foreign).await.unwrap();
    let failure = lot.take("bus", 10, NOW).await.unwrap_err();
    assert!(failure.reason.contains("#odd` of the lot cannot be read"), "{failure:?}");
    lot.park(&[envelope("e-2", Some("b"), 3)]).await;
    assert_eq!(events(&lot.take("bus", 10, NOW).await.unwrap().taken), ["e-2"]);
}

#[tokio::test]
async fn an_envelope_of_a_later_version_stays_in_a_table() {
    table("lot-future", &["pk", "sk"]).await;
    let lot = table_lot("lot-future").await;
    // It takes the place of one that was parked, so that its group has a head.
    assert_eq!(lot.park(&[envelope("e-0", Some("a"), 1)]).await, [Ok(())]);
    let row = json!({
        "pk": { "S": format!("bus#{}", group_key("a")) },
        "sk": { "S": format!("{:0>40}#paid", 1) },
        "data": { "B": STANDARD.encode(of_the_future()) },
        "parts": { "N": "1" },
    });
    database().put("lot-future", &row).await.unwrap();
    stays(&lot, "#paid`").await;
}

#[tokio::test]
async fn a_table_that_is_missing_keeps_nothing_and_says_so() {
    let lot = table_lot("lot-missing").await;
    let outcomes = lot.park(&[envelope("e-1", Some("a"), 1), envelope("e-2", Some("a"), 2)]).await;
    let reasons: Vec<_> = outcomes.iter().map(|it| &it.as_ref().unwrap_err().reason).collect();
    assert!(reasons[0].starts_with("ResourceNotFoundException"), "{reasons:?}");
    assert!(reasons[1].starts_with("an earlier one of its group was not kept"), "{reasons:?}");
    assert!(lot.held("bus").await.is_err());
}

/// The lease of a process that died.
#[tokio::test]
async fn a_lease_on_a_group_runs_out() {
    table("lot-expired", &["pk", "sk"]).await;
    let (one, two) = (table_lot("lot-expired").await, table_lot("lot-expired").await);
    assert_eq!(one.park(&[envelope("e-1", Some("a"), 1)]).await, [Ok(())]);
    assert_eq!(events(&one.take("bus", 10, NOW).await.unwrap().taken), ["e-1"]);
    assert_eq!(two.take("bus", 10, NOW).await, Ok(Found::default()));
    let update = json!({
        "TableName": "lot-expired",
        "Key": { "pk": { "S": "bus#heads" }, "sk": { "S": group_key("a") } },
        "UpdateExpression": "SET #until = :now",
        "ExpressionAttributeNames": { "#until": "until" },
        "ExpressionAttributeValues": { ":now": { "N": "1" } },
    });
    database().call("UpdateItem", &update).await.unwrap();
    let taken = two.take("bus", 10, NOW).await.unwrap().taken;
    assert_eq!(events(&taken), ["e-1"]);
    // Who had it before ends nobody else's lease.
    one.give_back(&taken[..0]).await;
    assert_eq!(one.take("bus", 10, NOW).await, Ok(Found::default()));
    assert!(two.remove(&taken).await.iter().all(Result::is_ok));
    assert_eq!(one.held("bus").await, Ok(HashSet::new()));
}

/// A redrive has two seconds for what it takes at once. One by one the calls would take ten seconds
/// here, whatever else this machine does.
#[tokio::test]
async fn groups_are_taken_and_removed_at_the_same_time() {
    table("lot-groups", &["pk", "sk"]).await;
    let parked: Vec<_> = (0..100).map(|n| envelope(&format!("e-{n}"), None, n)).collect();
    let lot = table_lot("lot-groups").await;
    assert!(lot.park(&parked).await.iter().all(Result::is_ok));
    let proxy = Proxy::start(components::dynamodb().endpoint()).await.unwrap();
    proxy.make_sick("lot-groups", Fault::Slow(Duration::from_millis(50)));
    let far = open(proxy.endpoint(), LotPlace::DynamoDb { table: "lot-groups".to_owned() }).await;
    let most = Duration::from_secs(6);
    let found = timeout(most, far.take("bus", 100, NOW)).await.unwrap().unwrap();
    assert_eq!(found.taken.len(), 100);
    let removed = timeout(most, far.remove(&found.taken)).await.unwrap();
    assert!(removed.iter().all(Result::is_ok), "{removed:?}");
    assert_eq!(lot.held("bus").await, Ok(HashSet::new()));
}

#[tokio::test]
async fn what_failed_again_steps_aside_in_a_table() {
    table("lot-aside", &["pk", "sk"]).await;
    steps_aside(table_lot("lot-aside").await, table_lot("lot-aside").await).await;
}
