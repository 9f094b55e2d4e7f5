//! An S3 bucket as a lot.

use distributary_router::Found;
use distributary_targets::Waiting;

use super::{NOW, bucket, bucket_lot, envelope, events, of_the_future, stays, steps_aside};

#[tokio::test]
async fn a_bucket_gives_back_what_was_parked() {
    let lot = bucket_lot("lots", "a b+c/").await;
    let parked: Vec<_> = (0..12).map(|n| envelope(&format!("e-{n}"), None, n)).collect();
    assert!(lot.park(&parked).await.iter().all(Result::is_ok));
    assert!(lot.park(&parked[..3]).await.iter().all(Result::is_ok));
    assert_eq!(lot.take("other", 10, NOW).await, Ok(Found::default()));

    let taken = lot.take("bus", 5, NOW).await.unwrap().taken;
    assert_eq!(events(&taken), ["e-0", "e-1", "e-2", "e-3", "e-4"]);
    assert!(lot.remove(&taken[..4]).await.iter().all(Result::is_ok));
    lot.give_back(&taken[4..]).await;
    let rest = lot.take("bus", 100, NOW).await.unwrap().taken;
    assert_eq!(rest.iter().map(|it| it.envelope.clone()).collect::<Vec<_>>(), parked[4..]);
    assert!(lot.remove(&rest).await.iter().all(Result::is_ok));
    let key = "a b+c/routes/bus/odd";
    bucket("lots").put(key, &[], b"secret".to_vec()).await.unwrap();
    let failure = lot.take("bus", 10, NOW).await.unwrap_err();
    assert!(failure.reason.starts_with(&format!("the object `{key}` of the lot")), "{failure:?}");
}

#[tokio::test]
async fn an_envelope_of_a_later_version_stays_in_a_bucket() {
    let lot = bucket_lot("lot-future", "").await;
    bucket("lot-future").put("routes/bus/0-future", &[], of_the_future()).await.unwrap();
    stays(&lot, "routes/bus/0-future").await;
}

/// A service names 1,000 keys at once.
#[tokio::test]
async fn a_bucket_of_several_pages_is_emptied_and_browsed_whole() {
    const OBJECTS: u32 = 1_050;
    let lot = bucket_lot("lot-pages", "").await;
    let parked: Vec<_> = (0..OBJECTS).map(|n| envelope(&format!("e-{n}"), None, n)).collect();
    assert!(lot.park(&parked).await.iter().all(Result::is_ok));
    let (mut seen, mut from) = (Vec::new(), None);
    loop {
        let page = lot.browse(Waiting::Route("bus"), from.as_deref()).await.unwrap();
        assert!(page.waiting.len() <= 100);
        seen.extend(page.waiting.into_iter().map(|taken| taken.envelope));
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    assert_eq!(seen, parked);
    let taken = lot.take("bus", 2_000, NOW).await.unwrap().taken;
    assert_eq!(taken.into_iter().map(|taken| taken.envelope).collect::<Vec<_>>(), parked);
}

/// Who empties a bucket has a lease on it, until they end it or until it runs out.
#[tokio::test]
async fn one_redrive_at_a_time_empties_a_bucket() {
    let (one, two) = (bucket_lot("lot-lease", "x/").await, bucket_lot("lot-lease", "x/").await);
    let parked: Vec<_> = (0..3).map(|n| envelope(&format!("e-{n}"), None, n)).collect();
    assert!(one.park(&parked).await.iter().all(Result::is_ok));
    let mut taken = one.take("bus", 1, NOW).await.unwrap().taken;
    assert_eq!(two.take("bus", 10, NOW).await, Ok(Found::default()));
    taken.extend(one.take("bus", 10, NOW).await.unwrap().taken);
    assert_eq!(events(&taken), ["e-0", "e-1", "e-2"]);
    one.give_back(&taken).await;

    let taken = two.take("bus", 10, NOW).await.unwrap().taken;
    assert_eq!(events(&taken), ["e-0", "e-1", "e-2"]);
    assert_eq!(one.take("bus", 10, NOW).await, Ok(Found::default()));
    for left_behind in [r#"{"holder":1,"until":1}"#, "no lease"] {
        let lease = bucket("lot-lease");
        lease.put("x/leases/bus.json", &[], left_behind.into()).await.unwrap();
        let taken = one.take("bus", 10, NOW).await.unwrap().taken;
        assert_eq!(events(&taken), ["e-0", "e-1", "e-2"], "{left_behind}");
        one.give_back(&taken).await;
    }
}

#[tokio::test]
async fn what_failed_again_steps_aside_in_a_bucket() {
    let open = || bucket_lot("lot-aside", "");
    steps_aside(open().await, open().await).await;
}
