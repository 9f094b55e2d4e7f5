//! What the function and an operator really ask of AWS is what `rulesc iam` derives: no action is
//! missing, and nothing is granted that nobody uses.
//!
//! The streams are read by Lambda with the role of the function; here the harness reads them with the
//! same four calls. Nothing can be seen here of what Lambda writes itself: logs, and what a mapping
//! gives up. KMS is called by the services, with the rights of whoever calls them.

use std::collections::BTreeSet;
use std::process::Stdio;

use distributary_delivery::{Content, Envelope};
use distributary_rules::Given;
use distributary_tests::aws::Queue;
use distributary_tests::call::{Call, Permission};
use distributary_tests::program;
use distributary_tests::proxy::{Fault, Proxy};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::lots::{bucket_lot, queue_lot};
use crate::operator::distributary;
use crate::scene::{Change, Scene, all_settled, event};

/// A shop with a target of every kind, and proxies before all that it calls.
struct Shop {
    scene: Scene,
    services: Proxy,
    database: Proxy,
    ledger: String,
    lot: Queue,
}

impl Shop {
    async fn new(name: &'static str) -> Self {
        let mut scene = Scene::new(name, "permissions").await;
        for queue in ["work_queue", "blocked_queue", "shadow_queue"] {
            scene.queue(queue).await;
        }
        scene.fifo_queue("ordered_queue").await;
        let lot = scene.queue("lot_queue").await;
        for (param, end) in [("news_topic", ""), ("ordered_topic", ".fifo")] {
            let topic = scene.aws.topic(&format!("{name}-{param}{end}")).await.unwrap();
            scene.set(param, &topic);
        }
        scene.aws.bus(&format!("{name}-bus")).await.unwrap();
        scene.set("bus", &format!("{name}-bus"));
        let table = scene.table("lot", &["pk", "sk"]).await;
        scene.set("lot_table", &table);
        bucket_lot(&format!("{name}-lot"), "").await;
        scene.set("lot_bucket", &format!("{name}-lot"));
        let ledger = scene.ledger().await;

        let services = Proxy::start(&scene.settings.endpoint).await.unwrap();
        let database = Proxy::start(&scene.settings.endpoints["DYNAMODB"]).await.unwrap();
        services.endpoint().clone_into(&mut scene.settings.endpoint);
        scene.settings.endpoints.insert("DYNAMODB".to_owned(), database.endpoint().to_owned());
        Self { scene, services, database, ledger, lot }
    }

    /// Lets the function take its rules from S3.
    async fn pin_rules(&mut self) -> String {
        let rules = distributary_ruleset::open(&self.scene.settings.rules).unwrap();
        let bundle = rules.bundle(&rules.check(&Given::default()).program).unwrap();
        let bucket = format!("{}-rules", self.scene.name);
        let version = self.scene.aws.version(&bucket, "rules.bundle", bundle).await.unwrap();
        let place = format!("s3://{bucket}/rules.bundle?versionId={version}");
        self.scene.settings.variables.insert("DISTRIBUTARY_RULES".to_owned(), place.clone());
        place
    }

    async fn changes(&mut self, version: u32) -> Vec<Change> {
        for item in ["I#1", "I#2", "I#3"] {
            self.scene.put(item, json!({ "n": { "N": version.to_string() } })).await;
        }
        self.scene.changes(3).await
    }

    /// Nothing that is sent to a route arrives.
    fn make_targets_sick(&self) {
        let down = Fault::Refuse { status: 503, code: "ServiceUnavailable" };
        let params =
            ["work_queue", "ordered_queue", "blocked_queue", "news_topic", "ordered_topic"];
        for text in params.map(|param| format!("{}-{param}", self.scene.name)) {
            self.services.make_sick(&text, down);
        }
        self.services.make_sick(&format!("{}-bus", self.scene.name), down);
    }

    fn record(&self) {
        self.services.record();
        self.database.record();
    }

    /// What was used since [`record`](Self::record).
    fn used(&self) -> BTreeSet<Permission> {
        let requests = [self.services.take_recorded(), self.database.take_recorded()].concat();
        let permissions = |request| Call::read(request).unwrap().permissions().unwrap();
        requests.iter().flat_map(permissions).collect()
    }

    /// What `rulesc iam` grants.
    async fn granted(&self, arguments: &[&str]) -> BTreeSet<Permission> {
        let stream = self.scene.stream_arn().replace(":ddblocal:", ":eu-central-1:");
        let (table, _) = stream.split_once("/stream/").unwrap();
        let ledger =
            table.replace(&format!("table/{}", self.scene.name), &format!("table/{}", self.ledger));
        let mut command = Command::new(program::rulesc().await.unwrap());
        command.arg("iam").arg(&self.scene.settings.rules);
        command.args(["--stream", &stream, "--ledger", &ledger]).args(arguments);
        for (name, value) in &self.scene.settings.params {
            command.arg("--param").arg(format!("{name}={value}"));
        }
        let output = command.stdin(Stdio::null()).output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let policy: Value = serde_json::from_slice(&output.stdout).unwrap();
        policy["Statement"].as_array().unwrap().iter().flat_map(of_statement).collect()
    }
}

fn texts(values: &Value) -> impl Iterator<Item = String> + Clone {
    values.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned())
}

fn of_statement(statement: &Value) -> Vec<Permission> {
    assert_eq!(statement["Effect"], "Allow");
    let conditions = statement["Condition"].as_object().into_iter().flat_map(|all| all.values());
    let limit = conditions.flat_map(|limits| limits.as_object().unwrap()).next();
    let limit = limit.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()));
    let resources = texts(&statement["Resource"]);
    let one = |action: String| {
        let limit = limit.clone();
        let of =
            move |resource| Permission { action: action.clone(), resource, limit: limit.clone() };
        resources.clone().map(of)
    };
    texts(&statement["Action"]).flat_map(one).collect()
}

/// Whether a pattern of IAM takes a text. Only ends are open in what is derived.
fn takes(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => end.is_empty() && text.starts_with(start),
        None => pattern == text,
    }
}

fn allows(granted: &Permission, used: &Permission) -> bool {
    let limit = match (&granted.limit, &used.limit) {
        (Some((key, pattern)), Some((used, value))) => key == used && takes(pattern, value),
        (granted, _) => granted.is_none(),
    };
    granted.action == used.action && takes(&granted.resource, &used.resource) && limit
}

fn assert_equal(granted: &BTreeSet<Permission>, used: &BTreeSet<Permission>) {
    let lacking: Vec<_> =
        used.iter().filter(|used| !granted.iter().any(|granted| allows(granted, used))).collect();
    let unused: Vec<_> =
        granted.iter().filter(|granted| !used.iter().any(|used| allows(granted, used))).collect();
    assert!(lacking.is_empty() && unused.is_empty(), "lacking: {lacking:#?}\nunused: {unused:#?}");
}

#[tokio::test]
async fn the_function_uses_what_the_policy_grants_and_nothing_else() {
    let mut shop = Shop::new("permissions").await;
    let pinned = shop.pin_rules().await;
    shop.record();
    let endpoint = shop.database.endpoint().to_owned();
    shop.scene.read_at(&endpoint).await;
    let changes = shop.changes(1).await;

    // Everything is parked, but for what blocks.
    shop.make_targets_sick();
    let mut function = shop.scene.function().await;
    let answer = function.invoke(event(&changes)).await.unwrap();
    let again = &changes[0].sequence;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": again }] }));
    function.stop().await.unwrap();

    // A process that knows nothing of what was sick empties the lots.
    shop.services.heal();
    let mut function = shop.scene.function().await;
    assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());
    let redrive = || r#"{"distributary":"redrive"}"#.to_owned();
    assert_eq!(function.invoke(redrive()).await.unwrap()["left"], json!({}));

    // What is redriven and fails again steps aside.
    let changes = shop.changes(2).await;
    shop.make_targets_sick();
    function.invoke(event(&changes)).await.unwrap();
    function.invoke(redrive()).await.unwrap();
    function.stop().await.unwrap();

    assert_equal(&shop.granted(&["--rules-from", &pinned]).await, &shop.used());
}

#[tokio::test]
async fn an_operator_uses_what_the_policy_grants_and_nothing_else() {
    let mut shop = Shop::new("permissions-operator").await;
    let changes = shop.changes(1).await;
    shop.make_targets_sick();
    let mut function = shop.scene.function().await;
    function.invoke(event(&changes)).await.unwrap();
    function.stop().await.unwrap();
    // Through the rules it goes to every route, also to one that has no lot.
    let record = Envelope {
        content: Content::Quarantine,
        rules: "h".into(),
        event: Some(changes[0].id.as_str().into()),
        sequence: Some(changes[0].sequence.as_str().into()),
        table: Some(shop.scene.name.into()),
        reason: "an image has an unknown type".to_owned(),
        parked_at: 1_767_225_605,
        record: changes[0].raw.get().to_owned().into(),
    };
    assert_eq!(queue_lot(&shop.lot).await.park(&[record]).await, [Ok(())]);
    shop.record();

    let ledger = ["--ledger", &shop.ledger];
    let paused =
        distributary(&shop.scene, "pause", &[&ledger[..], &["--route", "work"]].concat()).await;
    assert_eq!(paused.code, Some(0), "{}", paused.stderr);
    let resumed =
        distributary(&shop.scene, "resume", &[&ledger[..], &["--route", "work"]].concat()).await;
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    let lots = ["--lot", "letters", "--lot", "rows", "--lot", "objects"];
    let failed = distributary(&shop.scene, "redrive", &[&lots[..], &ledger].concat()).await;
    assert_eq!(failed.code, Some(1), "{}", failed.stdout);
    shop.services.heal();
    let ran = distributary(&shop.scene, "redrive", &[&lots[..], &ledger].concat()).await;
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);

    assert_equal(&shop.granted(&["--for", "operator"]).await, &shop.used());
}
