//! Lots and the ledger against the real services. What all kinds of lot have in common is here.

mod bucket;
mod file;
mod queue;
mod services;
mod table;

use std::collections::HashSet;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use distributary_aws::{Aws, S3};
use distributary_delivery::{
    Arn, Content, Envelope, Identity, Lot as Place, LotPlace, Message, hash,
};
use distributary_router::{Found, Taken};
use distributary_targets::{Browse, Waiting, connect_by};
use distributary_tests::aws::Queue;
use distributary_tests::components;
use distributary_tests::dynamodb::{DynamoDb, Table};
use flate2::Compression;
use flate2::write::ZlibEncoder;

fn aws(endpoint: &str) -> Aws {
    let credentials = Credentials::new("test", "test", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(Region::new("eu-central-1"))
        .endpoint_url(endpoint)
        .build();
    Aws::from_config(config)
}

async fn open(endpoint: &str, place: LotPlace) -> Arc<dyn Browse> {
    let lot = Place { name: "waiting".into(), place, then: None };
    connect_by(aws(endpoint), &[], &[lot]).await.unwrap().lots.remove(0)
}

fn database() -> DynamoDb {
    DynamoDb::new(components::dynamodb().endpoint())
}

async fn table(name: &str, key: &[&str]) {
    let table = Table {
        table: name.to_owned(),
        key: key.iter().map(|&key| key.to_owned()).collect(),
        view: "NEW_AND_OLD_IMAGES".to_owned(),
        ttl: None,
    };
    database().create_table(&table).await.unwrap();
}

pub(crate) async fn table_lot(name: &str) -> Arc<dyn Browse> {
    let place = LotPlace::DynamoDb { table: name.to_owned() };
    open(components::dynamodb().endpoint(), place).await
}

/// When the lots are asked, in seconds since the epoch.
const NOW: i64 = 1_767_225_700;

/// A parked delivery of the route `bus`.
fn envelope(event: &str, group: Option<&str>, sequence: u32) -> Envelope {
    Envelope {
        content: Content::Delivery {
            route: "bus".into(),
            rule: "paid".into(),
            identity: Identity::new(event, "paid", "bus"),
            attempts: 4,
            redrives: 0,
            not_before: None,
            time: Some(1_767_225_600),
            ordered: true,
            message: Message {
                body: "{}".into(),
                group: group.map(str::to_owned),
                ..Message::default()
            },
        },
        rules: "h".into(),
        event: Some(event.into()),
        sequence: Some(sequence.to_string().into()),
        table: Some("orders".into()),
        reason: "no answer".to_owned(),
        parked_at: 1_767_225_605,
        record: "{\"eventID\": \"e\"}".into(),
    }
}

/// Text of this many bytes that hardly compresses.
fn noise(bytes: usize) -> String {
    (0..bytes.div_ceil(43)).map(|place| hash(&[&place.to_string()])).collect()
}

fn events(taken: &[Taken]) -> Vec<&str> {
    taken.iter().map(|taken| taken.envelope.event.as_deref().unwrap()).collect()
}

fn services() -> distributary_tests::aws::Aws {
    distributary_tests::aws::Aws::new(components::ministack().endpoint())
}

async fn queue(name: &str) -> Queue {
    services().queue(name).await.unwrap()
}

pub(crate) async fn queue_lot(queue: &Queue) -> Arc<dyn Browse> {
    let place = LotPlace::Sqs { queue: Arn::parse(&queue.arn).unwrap() };
    open(components::ministack().endpoint(), place).await
}

pub(crate) fn bucket(name: &str) -> S3 {
    aws(components::ministack().endpoint()).s3(name, Duration::from_secs(5)).unwrap()
}

/// A lot in a bucket, which is created where there is none.
pub(crate) async fn bucket_lot(name: &str, prefix: &str) -> Arc<dyn Browse> {
    // Writing to the path of a bucket creates it.
    let region = "<CreateBucketConfiguration><LocationConstraint>eu-central-1\
        </LocationConstraint></CreateBucketConfiguration>";
    let _ = bucket(name).put("", &[], region.into()).await;
    let place = LotPlace::S3 { bucket: name.to_owned(), prefix: prefix.to_owned() };
    open(components::ministack().endpoint(), place).await
}

/// The bytes of an envelope of a later version, as tables and buckets keep them.
fn of_the_future() -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(FUTURE.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

const FUTURE: &str = r#"{"version":9,"secret":1}"#;

/// What is no envelope of a known version stays, and is named without its content.
async fn stays(lot: &Arc<dyn Browse>, place: &str) {
    assert_eq!(lot.park(&[envelope("e-1", Some("b"), 5)]).await, [Ok(())]);
    for _ in 0..2 {
        let page = lot.browse(Waiting::Route("bus"), None).await.unwrap();
        assert_eq!(events(&page.waiting), ["e-1"]);
        let [reason] = page.unreadable.as_slice() else { panic!("{:?}", page.unreadable) };
        assert!(reason.contains(place) && reason.contains("version 9"), "{reason}");
        assert!(!reason.contains("secret"), "{reason}");
        lot.give_back(&page.waiting).await;
    }
    let taken = lot.take("bus", 10, NOW).await.unwrap().taken;
    assert_eq!(events(&taken), ["e-1"]);
    assert!(lot.remove(&taken).await.iter().all(Result::is_ok));
    let failure = lot.take("bus", 10, NOW).await.unwrap_err();
    assert!(failure.reason.contains(place) && !failure.reason.contains("secret"), "{failure:?}");
}

/// What a redrive failed with steps aside until it is due, and a redrive by hand takes everything.
async fn steps_aside(lot: Arc<dyn Browse>, other: Arc<dyn Browse>) {
    let parked = [
        envelope("a-1", Some("a"), 1),
        envelope("a-2", Some("a"), 2),
        envelope("b-1", Some("b"), 3),
    ];
    assert!(lot.park(&parked).await.iter().all(Result::is_ok));
    let all = |mut taken: Vec<Taken>| {
        taken.sort_by(|one, other| one.envelope.event.cmp(&other.envelope.event));
        taken
    };
    let mut taken = all(lot.take("bus", 10, NOW).await.unwrap().taken);
    assert_eq!(events(&taken), ["a-1", "a-2", "b-1"]);

    if let Content::Delivery { attempts, not_before, .. } = &mut taken[0].envelope.content {
        (*attempts, *not_before) = (5, Some(NOW + 60));
    }
    "refused".clone_into(&mut taken[0].envelope.reason);
    lot.postpone(&taken[..1]).await;
    lot.give_back(&taken[1..]).await;

    // In an ordered lot what follows in the group waits with it.
    let due: &[&str] = if lot.is_ordered() { &["b-1"] } else { &["a-2", "b-1"] };
    for lot in [&lot, &other] {
        let found = lot.take("bus", 10, NOW + 59).await.unwrap();
        assert_eq!(found.postponed, Some(parked[0].parked_at));
        let found = all(found.taken);
        assert_eq!(events(&found), due);
        lot.give_back(&found).await;
    }
    for by in [NOW + 60, i64::MAX] {
        let found = all(other.take("bus", 10, by).await.unwrap().taken);
        assert_eq!(events(&found), ["a-1", "a-2", "b-1"], "{by}");
        assert_eq!(found[0].envelope, taken[0].envelope);
        other.give_back(&found).await;
    }
    let found = other.take("bus", 10, i64::MAX).await.unwrap().taken;
    assert!(other.remove(&found).await.iter().all(Result::is_ok));
    assert_eq!(lot.take("bus", 10, i64::MAX).await, Ok(Found::default()));
    assert_eq!(lot.held("bus").await, Ok(HashSet::new()));
}
