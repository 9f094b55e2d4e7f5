//! Routes and lots as the router and the targets get them.

use std::time::Duration;

use distributary_delivery::{Arn, Destination, LotPlace, OnFailure, Oversize};
use distributary_rules::{Given, Program, check};
use distributary_syntax::Sources;

fn program(rules: &str) -> Program {
    let mut sources = Sources::new();
    sources.add("shop.rules", rules);
    let checked = check(&sources, &Given::default());
    assert!(!checked.has_errors(), "{:?}", checked.diagnostics);
    checked.program
}

#[test]
fn settings_and_their_defaults_arrive() {
    let rules = r#"
param stage: string = "dev"
param queue: arn = "arn:aws:sqs:eu-central-1:123456789012:orders"
lot waiting = sqs { queue: "${queue}-lot" }
lot here = file { path: "lot.jsonl"  then: cold }
lot rows = dynamodb { table: "${stage}-parked" }
lot cold = s3 { bucket: "acme-parked" }
lot dated = s3 { bucket: "acme-parked"  prefix: "${stage}/" }
route plain = sqs { queue: queue }
route set = sqs { queue: "${queue}"  delay: 5s  timeout: 500ms  retry: 0  within: 2s  concurrency: 9  on_failure: drop }
route fifo = sqs.fifo { queue: "arn:aws:sqs:eu-central-1:123456789012:orders.fifo" }
route topic = sns.fifo { topic: "arn:aws:sns:eu-central-1:123456789012:t.fifo" }
route bus = eventbridge { bus: "${stage}-bus"  source: "com.acme"  park: here }
route file = file { path: "out/${stage}.jsonl" }
rule r { on ANY to plain to set to fifo to topic to bus to file }
"#;
    let resolved = program(rules).resolve().unwrap();
    let queue = Arn::parse("arn:aws:sqs:eu-central-1:123456789012:orders").unwrap();
    let [plain, set, fifo, topic, bus, file] = resolved.routes.as_slice() else {
        panic!("six routes");
    };
    assert_eq!(&*plain.name, "plain");
    assert_eq!(
        plain.destination,
        Destination::Sqs { queue: queue.clone(), delay: None, fifo: false }
    );
    assert_eq!((plain.timeout, plain.within), (Duration::from_secs(1), Duration::from_secs(5)));
    assert_eq!((plain.retry, plain.concurrency), (3, 4));
    let max_block = Duration::from_secs(900);
    assert_eq!(plain.on_failure, OnFailure::Block { max_block, lot: None });
    assert_eq!(plain.oversize, None);

    let delay = Some(Duration::from_secs(5));
    assert_eq!(set.destination, Destination::Sqs { queue, delay, fifo: false });
    assert_eq!((set.timeout, set.within), (Duration::from_millis(500), Duration::from_secs(2)));
    assert_eq!((set.retry, set.concurrency, set.on_failure), (0, 9, OnFailure::Drop));

    assert!(matches!(fifo.destination, Destination::Sqs { fifo: true, .. }));
    assert!(matches!(topic.destination, Destination::Sns { fifo: true, .. }));
    let (name, source) = ("dev-bus".to_owned(), "com.acme".to_owned());
    assert_eq!(bus.destination, Destination::EventBridge { bus: name, source });
    assert_eq!(bus.on_failure, OnFailure::Park(1));
    assert_eq!(file.destination, Destination::File { path: "out/dev.jsonl".into() });

    let waiting = Arn::parse("arn:aws:sqs:eu-central-1:123456789012:orders-lot").unwrap();
    assert_eq!(resolved.lots[0].place, LotPlace::Sqs { queue: waiting });
    assert_eq!(resolved.lots[1].place, LotPlace::File { path: "lot.jsonl".into() });
    assert_eq!((resolved.lots[0].then, resolved.lots[1].then), (None, Some(3)));
    assert_eq!(resolved.lots[2].place, LotPlace::DynamoDb { table: "dev-parked".to_owned() });
    let bucket = || "acme-parked".to_owned();
    assert_eq!(resolved.lots[3].place, LotPlace::S3 { bucket: bucket(), prefix: String::new() });
    assert_eq!(
        resolved.lots[4].place,
        LotPlace::S3 { bucket: bucket(), prefix: "dev/".to_owned() }
    );
}

#[test]
fn deliveries_park_in_the_lot_of_the_route_or_its_source() {
    let rules = r#"
lot first = file { path: "first" }
lot second = sqs { queue: "arn:aws:sqs:eu-central-1:123456789012:second" }
source shop { table: "shop"  park: first }
source crm { table: "crm"  park: second }
source bare { table: "bare" }
route of_source = console {}
route of_both = console {}
route ordered_both = sqs.fifo { queue: "arn:aws:sqs:eu-central-1:123456789012:orders.fifo" }
route own = console { park: second }
route blocks = console { on_failure: block  max_block: 5m  oversize: keys }
route drops = console { on_failure: drop  oversize: park }
route without = console {}
route ordered = sqs.fifo { queue: "arn:aws:sqs:eu-central-1:123456789012:orders.fifo"  on_failure: block }
rule a { on ANY from shop to of_source to ordered_both to own to blocks to drops }
rule b { on ANY from crm to ordered to ordered_both }
rule c { on ANY from bare to of_both to without }
rule d { on ANY from shop to of_both }
"#;
    let program = program(rules);
    let routes = program.resolve().unwrap().routes;
    let found: Vec<OnFailure> = routes.iter().map(|route| route.on_failure).collect();
    let (first, second) = (OnFailure::Park(0), OnFailure::Park(1));
    let block = |minutes: u64, lot| {
        let max_block = Duration::from_secs(60 * minutes);
        OnFailure::Block { max_block, lot }
    };
    let (blocks, forever) = (block(5, Some(0)), block(15, None));
    // `second` keeps no order: it is no lot for `ordered` and `ordered_both`.
    assert_eq!(found, [first, first, first, second, blocks, OnFailure::Drop, forever, forever]);
    let oversize: Vec<Option<Oversize>> = routes.iter().map(|route| route.oversize).collect();
    let (keys, park) = (Some(Oversize::Keys), Some(Oversize::Park(0)));
    assert_eq!(oversize, [None, None, None, None, keys, park, None, None]);
    assert_eq!(program.sources()[0].park, Some(0));
    assert_eq!(program.source_of("crm"), Some(1));
    assert_eq!(program.source_of("other"), None);
}

#[test]
fn what_only_a_stage_makes_wrong_is_found_there() {
    let rules = r#"
param queue: string
route out = sqs { queue: "${queue}" }
rule r { on ANY to out }
"#;
    let mut sources = Sources::new();
    sources.add("shop.rules", rules);
    let mut given = Given::default();
    let unset = check(&sources, &given);
    assert!(!unset.has_errors());
    assert_eq!(unset.program.resolve().unwrap_err()[0].code.to_string(), "R228");
    given.cli.insert("queue".to_owned(), "orders".to_owned());
    let set = check(&sources, &given);
    assert_eq!(set.diagnostics[0].code.to_string(), "R408");
}
