//! Lots and the ledger against the real services.

use std::collections::{BTreeSet, HashSet};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use distributary_aws::{Aws, S3, Start};
use distributary_delivery::{
    Arn, Content, Envelope, Identity, Lot as Place, LotPlace, Message, hash,
};
use distributary_router::{Found, Ledger, Settled, Taken, Token, TokenKey, group_key};
use distributary_targets::{Browse, DynamoDbLedger, Waiting, connect_by};
use distributary_tests::aws::Queue;
use distributary_tests::components;
use distributary_tests::dynamodb::{DynamoDb, Table};
use distributary_tests::proxy::{Fault, Proxy};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::json;
use tokio::time::timeout;

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
async fn a_table_that_is_missing_keeps_nothing_and_says_so() {
    let lot = table_lot("lot-missing").await;
    let outcomes = lot.park(&[envelope("e-1", Some("a"), 1), envelope("e-2", Some("a"), 2)]).await;
    let reasons: Vec<_> = outcomes.iter().map(|it| &it.as_ref().unwrap_err().reason).collect();
    assert!(reasons[0].starts_with("ResourceNotFoundException"), "{reasons:?}");
    assert!(reasons[1].starts_with("an earlier one of its group was not kept"), "{reasons:?}");
    assert!(lot.held("bus").await.is_err());
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
async fn an_envelope_of_a_later_version_stays_in_a_bucket() {
    let lot = bucket_lot("lot-future", "").await;
    bucket("lot-future").put("routes/bus/0-future", &[], of_the_future()).await.unwrap();
    stays(&lot, "routes/bus/0-future").await;
}

#[tokio::test]
async fn an_envelope_of_a_later_version_stays_in_a_queue() {
    let queue = queue("lot-future").await;
    services().send(&queue, FUTURE).await.unwrap();
    stays(&queue_lot(&queue).await, "the message `").await;
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
async fn a_queue_gives_each_route_its_own_and_leaves_foreign_messages() {
    let lot = queue_lot(&queue("lot-queue").await).await;
    let mut other = envelope("o-1", None, 1);
    if let Content::Delivery { route, .. } = &mut other.content {
        *route = "other".into();
    }
    let mut large = envelope("e-1", None, 2);
    large.record = format!("\"{}\"", "x".repeat(2_000_000)).into();
    let parked = [other.clone(), large.clone(), envelope("e-2", None, 3)];
    assert!(lot.park(&parked).await.iter().all(Result::is_ok));
    let taken = lot.take("bus", 10, NOW).await.unwrap().taken;
    assert_eq!(events(&taken).into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(["e-1", "e-2"]));
    assert!(taken.iter().any(|it| it.envelope == large));
    assert_eq!(lot.take("bus", 10, NOW).await, Ok(Found::default()));
    assert!(lot.remove(&taken[..1]).await.iter().all(Result::is_ok));
    lot.give_back(&taken[1..]).await;
    assert_eq!(events(&lot.take("bus", 10, NOW).await.unwrap().taken), events(&taken[1..]));
    assert_eq!(lot.take("other", 10, NOW).await.unwrap().taken[0].envelope, other);
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

#[tokio::test]
async fn what_failed_again_steps_aside_in_a_table() {
    table("lot-aside", &["pk", "sk"]).await;
    steps_aside(table_lot("lot-aside").await, table_lot("lot-aside").await).await;
}

#[tokio::test]
async fn what_failed_again_steps_aside_in_a_bucket() {
    let open = || bucket_lot("lot-aside", "");
    steps_aside(open().await, open().await).await;
}

#[tokio::test]
async fn what_failed_again_steps_aside_in_a_queue() {
    let queue = queue("lot-aside").await;
    steps_aside(queue_lot(&queue).await, queue_lot(&queue).await).await;
}

#[tokio::test]
async fn what_failed_again_steps_aside_in_a_file() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lot-aside.jsonl");
    let _ = std::fs::remove_file(&path);
    let place = || LotPlace::File { path: path.clone() };
    steps_aside(open("", place()).await, open("", place()).await).await;
}

#[tokio::test]
async fn a_ledger_keeps_tokens_of_any_size_and_names_what_it_cannot_read() {
    table("ledger", &["id"]).await;
    let open =
        || DynamoDbLedger::open_by(&aws(components::dynamodb().endpoint()), "ledger").unwrap();
    let (ledger, other) = (open(), open());
    let key = |sequence: &str| TokenKey {
        stream: "arn:aws:dynamodb:eu-central-1:1:table/t/stream/s".to_owned(),
        sequence: sequence.to_owned(),
    };
    assert_eq!(ledger.read(&key("1")).await.unwrap().token, None);

    let settled = |place: usize| Settled {
        sequence: place.to_string(),
        deliveries: (0..place % 4)
            .map(|rule| Identity::new(&place.to_string(), &rule.to_string(), "bus"))
            .collect(),
    };
    let token = |records: usize| Token {
        rules: "h".to_owned(),
        records: (0..records).map(settled).collect(),
    };
    for records in [0, 3, 10_000] {
        ledger.write(&key("1"), &token(records)).await.unwrap();
        assert_eq!(other.read(&key("1")).await.unwrap().token, Some(token(records)));
    }
    assert_eq!(ledger.read(&key("2")).await.unwrap().token, None);

    ledger.pause("bus").await.unwrap();
    ledger.pause("queue").await.unwrap();
    ledger.resume("bus").await.unwrap();
    ledger.resume("never paused").await.unwrap();
    assert_eq!(other.paused().await.unwrap(), BTreeSet::from(["queue".to_owned()]));
    let known = other.read(&key("1")).await.unwrap();
    assert_eq!(known.paused, BTreeSet::from(["queue".to_owned()]));

    // One row of three is of another token.
    let id = format!("token#{}#1#1", hash(&[&key("1").stream]));
    let row = json!({ "id": { "S": id }, "data": { "B": "AAAA" } });
    database().put("ledger", &row).await.unwrap();
    let failure = ledger.read(&key("1")).await.unwrap_err();
    assert!(failure.reason.ends_with("of the ledger is missing or not what was written"));
}

#[tokio::test]
async fn a_stream_is_read_through_signed_calls() {
    table("streamed", &["pk", "sk"]).await;
    let database = database();
    let arn = database.stream("streamed").await.unwrap().arn().to_owned();
    database.put("streamed", &json!({ "pk": { "S": "a" }, "sk": { "S": "b" } })).await.unwrap();
    let endpoint = components::dynamodb().endpoint();
    let streams = aws(endpoint).streams(&arn, Duration::from_secs(5)).unwrap();
    let shards = streams.shards().await.unwrap();
    let iterator = streams.iterator(&shards[0].id, &Start::TrimHorizon).await.unwrap();
    let records = streams.records(&iterator, 10).await.unwrap();
    assert_eq!(records.records.len(), 1);
    assert!(records.next.is_some());
    let error = streams.iterator("shardId-none", &Start::Latest).await.unwrap_err();
    assert!(error.code.is_some(), "{error:?}");
}
