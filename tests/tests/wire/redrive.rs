//! Out of each kind of lot by hand, and the pause that fills them.

use std::collections::BTreeMap;

use distributary_delivery::{Content, Envelope};
use distributary_tests::aws::Queue;
use distributary_tests::proxy::{Fault, Proxy};
use serde_json::{Value, json};

use crate::lots::{bucket, bucket_lot, queue_lot, table_lot};
use crate::operator::{Ran, distributary};
use crate::scene::{Change, Scene, all_settled, event};

const ITEMS: usize = 3;
const VERSIONS: usize = 4;
const ROUTES: [&str; 3] = ["bulk", "audit", "ordered"];

/// Three routes whose queues do not exist yet, and three lots that do.
struct World {
    scene: Scene,
    lot: Queue,
    table: String,
}

impl World {
    async fn new(name: &'static str) -> Self {
        let mut scene = Scene::new(name, "lots").await;
        for route in ROUTES {
            let fifo = if route == "ordered" { ".fifo" } else { "" };
            let arn = format!("arn:aws:sqs:eu-central-1:000000000000:{name}-{route}_queue{fifo}");
            scene.set(&format!("{route}_queue"), &arn);
        }
        let lot = scene.queue("lot_queue").await;
        let table = scene.table("lot", &["pk", "sk"]).await;
        scene.set("lot_table", &table);
        let bucket = format!("{name}-lot");
        bucket_lot(&bucket, "").await;
        scene.set("lot_bucket", &bucket);
        Self { scene, lot, table }
    }

    /// Every item in several versions that take turns.
    async fn changes(&mut self) -> Vec<Change> {
        for version in 0..VERSIONS {
            for item in 0..ITEMS {
                let n = json!({ "n": { "N": version.to_string() } });
                self.scene.put(&format!("I#{item}"), n).await;
            }
        }
        self.scene.changes(ITEMS * VERSIONS).await
    }

    /// The function parks everything.
    async fn park(&mut self) {
        let changes = self.changes().await;
        let mut function = self.scene.function().await;
        assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());
        function.stop().await.unwrap();
    }

    async fn open_queues(&mut self) -> BTreeMap<&'static str, Queue> {
        BTreeMap::from([
            ("bulk", self.scene.queue("bulk_queue").await),
            ("audit", self.scene.queue("audit_queue").await),
            ("ordered", self.scene.fifo_queue("ordered_queue").await),
        ])
    }

    async fn redrive(&self, arguments: &[&str]) -> Ran {
        distributary(&self.scene, "redrive", arguments).await
    }

    /// Every version of every item is in the queue once.
    async fn assert_has_all(&self, queue: &Queue) {
        let arrived = self.scene.aws.receive(queue, ITEMS * VERSIONS).await.unwrap();
        let mut bodies: Vec<_> = arrived.iter().map(|message| message.body.as_str()).collect();
        if queue.arn.ends_with(".fifo") {
            for item in 0..ITEMS {
                let of_item = format!("\"I#{item}\"");
                let in_order = bodies.iter().filter(|body| body.contains(&of_item));
                let wanted: Vec<_> = (0..VERSIONS).map(|version| body(item, version)).collect();
                assert!(in_order.eq(wanted.iter()), "{bodies:?}");
            }
        }
        bodies.sort_unstable();
        let wanted = (0..ITEMS).flat_map(|item| (0..VERSIONS).map(move |n| body(item, n)));
        assert_eq!(bodies, wanted.collect::<Vec<_>>());
    }

    /// Rows of the lot in DynamoDB and objects of the one in S3.
    async fn stored(&self) -> (Value, usize) {
        let rows = self.scene.dynamodb.call("Scan", &json!({ "TableName": self.table })).await;
        let mut rows: Value = serde_json::from_slice(&rows.unwrap()).unwrap();
        let objects = bucket(&self.scene.settings.params["lot_bucket"]);
        let objects = objects.list("parked/", None, 1_000).await.unwrap().keys.len();
        (rows["Items"].take(), objects)
    }
}

fn body(item: usize, version: usize) -> String {
    format!(r#"{{"key":"I#{item}","n":{version}}}"#)
}

const LOTS: [&str; 6] = ["--lot", "queued", "--lot", "stored", "--lot", "rows"];

/// The rows of a summary: route, lot, delivered, left.
fn rows(ran: &Ran) -> Vec<Vec<&str>> {
    ran.stdout.lines().skip(1).map(|line| line.split_whitespace().collect()).collect()
}

#[tokio::test]
async fn each_lot_is_listed_and_then_emptied_once_and_in_order() {
    let mut world = World::new("redrive-lots").await;
    world.park().await;
    let before = world.stored().await;

    let dry = world.redrive(&[&LOTS[..], &["--dry-run"]].concat()).await;

    assert_eq!((dry.code, dry.stderr.as_str()), (Some(0), ""));
    for route in ROUTES {
        let of_route = dry.stdout.lines().filter(|line| line.starts_with(route));
        assert_eq!(of_route.count(), ITEMS * VERSIONS, "{}", dry.stdout);
    }
    assert!(dry.stdout.contains("36 deliveries would be sent; 0 records"), "{}", dry.stdout);
    assert!(!dry.stdout.contains("I#0"), "{}", dry.stdout);
    assert_eq!(world.stored().await, before);

    let queues = world.open_queues().await;
    let ran = world.redrive(&LOTS).await;

    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    let wanted = [
        ["bulk", "queued", "12", "0"],
        ["audit", "stored", "12", "0"],
        ["ordered", "rows", "12", "0"],
    ];
    assert_eq!(rows(&ran), wanted);
    let again = world.redrive(&LOTS).await;
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), "nothing waits\n"));
    for queue in queues.values() {
        world.assert_has_all(queue).await;
    }
    assert_eq!(world.stored().await, (json!([]), 0));
    world.scene.aws.receive(&world.lot, 0).await.unwrap();
}

#[tokio::test]
async fn a_route_that_fails_again_stops_its_redrive_and_no_other() {
    let mut world = World::new("redrive-stop").await;
    let proxy = Proxy::start(&world.scene.settings.endpoint).await.unwrap();
    proxy.endpoint().clone_into(&mut world.scene.settings.endpoint);
    world.park().await;
    let queues = world.open_queues().await;
    let down = Fault::Refuse { status: 503, code: "ServiceUnavailable" };
    for queue in ["audit_queue", "ordered_queue"] {
        proxy.make_sick(&format!("redrive-stop-{queue}"), down);
    }

    let ran = world.redrive(&[&LOTS[..], &["--stop-after", "1"]].concat()).await;

    assert_eq!(ran.code, Some(1));
    for (route, lot) in [("audit", "stored"), ("ordered", "rows")] {
        let said = format!("route `{route}`, lot `{lot}`: stopped: ServiceUnavailable");
        assert!(ran.stderr.contains(&said), "{}", ran.stderr);
    }
    assert_eq!(proxy.struck(), 2, "one request for each");
    assert_eq!(rows(&ran)[0], ["bulk", "queued", "12", "0"]);
    world.assert_has_all(&queues["bulk"]).await;

    proxy.heal();
    let ran = world.redrive(&["--route", "audit", "--most", "5", "--rate", "50/s"]).await;
    assert_eq!((ran.code, rows(&ran)), (Some(0), vec![vec!["audit", "stored", "5", "0"]]));
    let ran = world.redrive(&["--route", "audit", "--route", "ordered"]).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    for route in ["audit", "ordered"] {
        world.assert_has_all(&queues[route]).await;
    }
}

#[tokio::test]
async fn a_paused_route_parks_until_it_is_resumed() {
    let mut world = World::new("redrive-pause").await;
    let ledger = world.scene.ledger().await;
    let queues = world.open_queues().await;
    let with_ledger = ["--ledger", ledger.as_str()];
    let of_ordered = [&["--route", "ordered"][..], &with_ledger].concat();

    let ran = distributary(&world.scene, "pause", &of_ordered).await;
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "paused: ordered\n"), "{}", ran.stderr);
    world.park().await;
    for route in ["bulk", "audit"] {
        world.assert_has_all(&queues[route]).await;
    }
    world.scene.aws.receive(&queues["ordered"], 0).await.unwrap();

    let ran = world.redrive(&of_ordered).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("it is paused, and `distributary resume`"), "{}", ran.stderr);
    world.scene.aws.receive(&queues["ordered"], 0).await.unwrap();

    let ran = distributary(&world.scene, "resume", &of_ordered).await;
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "no route is paused\n"));
    let ran = world.redrive(&of_ordered).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    world.assert_has_all(&queues["ordered"]).await;

    let missing = distributary(&world.scene, "pause", &["--ledger", "nobody-made-this"]).await;
    assert_eq!(missing.code, Some(2));
    let said = "error: cannot read the ledger `nobody-made-this`: ResourceNotFoundException";
    assert!(missing.stderr.starts_with(said), "{}", missing.stderr);
}

/// As after a newer version reads what an older one could not.
#[tokio::test]
async fn records_in_quarantine_go_through_todays_rules_and_leave_once_settled() {
    let mut world = World::new("redrive-quarantine").await;
    let queues = world.open_queues().await;
    let changes = world.changes().await;
    let place = |scene: &Scene, param: &str| scene.settings.params[param].clone();
    let lots = [
        queue_lot(&world.lot).await,
        bucket_lot(&place(&world.scene, "lot_bucket"), "parked/").await,
        table_lot(&world.table).await,
    ];
    for (change, at) in changes.iter().zip(0..) {
        let quarantined = Envelope {
            content: Content::Quarantine,
            rules: "h".into(),
            event: Some(change.id.as_str().into()),
            sequence: Some(change.sequence.as_str().into()),
            table: Some(world.scene.name.into()),
            reason: "an image has an unknown type".to_owned(),
            parked_at: 1_767_225_605,
            record: change.raw.get().to_owned().into(),
        };
        assert_eq!(lots[at % 3].park(&[quarantined]).await, [Ok(())]);
    }
    // The function itself parks what it cannot read.
    let mut function = world.scene.function().await;
    let broken = changes[0].raw.get().replacen("{\"N\":\"0\"}", "{\"N\":\"zero\"}", 1);
    assert_ne!(broken, changes[0].raw.get());
    let batch = format!("{{\"Records\":[{broken}]}}");
    assert_eq!(function.invoke(batch).await.unwrap(), all_settled());

    let dry = world.redrive(&[&LOTS[..], &["--dry-run"]].concat()).await;
    assert_eq!((dry.code, dry.stderr.as_str()), (Some(0), ""));
    let to_all = dry.stdout.lines().filter(|line| line.ends_with("to bulk, audit, ordered"));
    assert_eq!(to_all.count(), ITEMS * VERSIONS, "{}", dry.stdout);
    assert!(dry.stdout.contains("13 records would go through the rules"), "{}", dry.stdout);

    let ran = world.redrive(&LOTS).await;

    assert_eq!(ran.code, Some(1));
    let left = "error: left in lot `queued`: 1 undecodable record: ";
    assert!(ran.stderr.starts_with(left), "{}", ran.stderr);
    for lot in ["queued", "stored", "rows"] {
        let said = format!("lot `{lot}`: 4 records through the rules, 12 delivered, 0 parked");
        assert!(ran.stdout.contains(&said), "{}", ran.stdout);
    }
    assert_eq!(world.stored().await, (json!([]), 0));
    for route in ["bulk", "audit"] {
        world.assert_has_all(&queues[route]).await;
    }
    // What was put aside comes after what was delivered since: no order is promised.
    world.scene.aws.receive(&queues["ordered"], ITEMS * VERSIONS).await.unwrap();
    world.scene.aws.receive(&world.lot, 1).await.unwrap();
}
