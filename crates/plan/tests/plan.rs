//! What a planner makes of a batch, seen through real rules and real records.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::sync::Arc;

use bytes::Bytes;
use distributary_change::RawRecord;
use distributary_plan::{Plan, Planner, Verdict};
use distributary_rules::{Given, Unmatched, check};
use distributary_syntax::Sources;
use serde_json::{Value, json};

const RULES: &str = r#"
source orders { table: "orders"  key: pk  view: NEW_AND_OLD_IMAGES  park: waiting }
source users { table: "users"  key: pk }
lot waiting = file { path: "waiting.jsonl" }
route feed = file { path: "feed.jsonl" }
route paid = sqs.fifo { queue: "arn:aws:sqs:eu-central-1:123456789012:paid.fifo"  on_failure: block }
rule z_every { on ANY from orders to feed }
rule a_paid {
  on MODIFY from orders
  when item.status became "Paid"
  to paid with { total: item.total }
  to feed with { paid: keys.pk }
}
rule user_gone { on REMOVE from users to feed }
"#;

fn plan(records: &[Value]) -> Plan {
    planner(RULES).plan(&records.iter().map(raw).collect::<Vec<_>>())
}

fn planner(rules: &str) -> Planner {
    let mut sources = Sources::new();
    sources.add("test.rules", rules);
    let checked = check(&sources, &Given::default());
    assert!(!checked.has_errors(), "{:#?}", checked.diagnostics);
    Planner::new(Arc::new(checked.program))
}

fn raw(record: &Value) -> RawRecord {
    RawRecord { bytes: Bytes::from(record.to_string()) }
}

fn change(table: &str, sequence: &str, kind: &str, old: Value, new: Value) -> Value {
    let mut record = json!({
        "eventID": format!("event-{sequence}"),
        "eventName": kind,
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "eventSourceARN":
            format!("arn:aws:dynamodb:eu-central-1:123456789012:table/{table}/stream/2026"),
        "dynamodb": {
            "ApproximateCreationDateTime": 1_790_000_000,
            "Keys": { "pk": { "S": "O#1" } },
            "SequenceNumber": sequence,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    });
    for (name, image) in [("OldImage", old), ("NewImage", new)] {
        if !image.is_null() {
            record["dynamodb"][name] = image;
        }
    }
    record
}

fn paying(sequence: &str) -> Value {
    let image = |status: &str| json!({ "pk": { "S": "O#1" }, "status": { "S": status }, "total": { "N": "120.50" } });
    change("orders", sequence, "MODIFY", image("Placed"), image("Paid"))
}

/// `position rule -> route: body` for every delivery.
fn deliveries(plan: &Plan) -> Vec<String> {
    let routes = ["feed", "paid"];
    plan.deliveries
        .iter()
        .map(|d| {
            let body = String::from_utf8_lossy(&d.message.body);
            format!("{} {} -> {}: {body}", d.position, d.rule, routes[d.route])
        })
        .collect()
}

#[test]
fn deliveries_of_a_record_come_in_the_order_of_their_rules_names() {
    let plan = plan(&[paying("100")]);
    let all = deliveries(&plan);
    assert_eq!(all[0], r#"0 a_paid -> paid: {"total":120.50}"#);
    assert_eq!(all[1], r#"0 a_paid -> feed: {"paid":"O#1"}"#);
    assert!(all[2].starts_with("0 z_every -> feed: "), "{}", all[2]);
    assert_eq!(plan.records[0].verdict, Verdict::Matched(3));
}

#[test]
fn the_raw_record_travels_untouched_and_the_identity_is_stable() {
    let text = paying("100").to_string().replacen(':', " :\t", 3);
    let records = [RawRecord { bytes: Bytes::from(text.clone()) }];
    let (first, again) = (planner(RULES).plan(&records), planner(RULES).plan(&records));
    assert!(first.deliveries.iter().all(|d| d.origin.record == text.as_bytes()));
    assert_eq!(first, again);
    let mut identities: Vec<_> = first.deliveries.iter().map(|d| d.identity.as_str()).collect();
    identities.sort_unstable();
    identities.dedup();
    assert_eq!(identities.len(), 3, "one per rule and route");
}

#[test]
fn an_undecodable_record_goes_to_its_sources_lot_and_its_neighbours_do_not_notice() {
    let mut bad = paying("101");
    bad["dynamodb"]["NewImage"]["total"] = json!({ "N": "ten" });
    let plan = plan(&[paying("100"), bad.clone(), paying("102")]);
    let positions: Vec<_> = plan.deliveries.iter().map(|d| d.position).collect();
    assert_eq!(positions, [0, 0, 0, 2, 2, 2]);
    let [quarantine] = &plan.quarantined[..] else { unreachable!("{:?}", plan.quarantined) };
    assert_eq!((quarantine.position, quarantine.lot), (1, Some(0)));
    assert_eq!(quarantine.sequence.as_deref(), Some("101"));
    assert_eq!(quarantine.record, bad.to_string().as_bytes());
    assert!(matches!(plan.records[1].verdict, Verdict::Undecodable(_)));
}

#[test]
fn a_source_without_a_lot_cannot_quarantine() {
    let mut bad = change("users", "7", "REMOVE", json!({}), Value::Null);
    bad["eventName"] = json!("VANISH");
    let plan = plan(&[bad]);
    assert_eq!(plan.quarantined[0].lot, None);
    assert_eq!(plan.quarantined[0].table.as_deref(), Some("users"));
}

#[test]
fn a_record_whose_table_cannot_be_read_is_quarantined_where_there_is_one_source_only() {
    let one = "source orders { table: \"orders\"  park: waiting }
        lot waiting = file { path: \"waiting.jsonl\" }
        route feed = file { path: \"feed.jsonl\" }
        rule every { on ANY to feed }";
    let mut bad = paying("1");
    bad["eventSourceARN"] = json!("nonsense");
    let lot = |rules: &str| planner(rules).plan(&[raw(&bad)]).quarantined[0].lot;
    assert_eq!((lot(one), lot(RULES)), (Some(0), None));
}

#[test]
fn a_foreign_tables_record_is_settled_even_if_it_cannot_be_decoded() {
    let mut bad = change("carts", "8", "REMOVE", json!({}), Value::Null);
    bad["eventName"] = json!("VANISH");
    let plan = plan(&[bad]);
    assert!(plan.quarantined.is_empty(), "{:?}", plan.quarantined);
    assert_eq!(plan.records[0].verdict, Verdict::ForeignTable("carts".into()));
}

#[test]
fn every_record_has_a_verdict() {
    let gone = |table, sequence| {
        change(table, sequence, "REMOVE", json!({ "pk": { "S": "U#1" } }), Value::Null)
    };
    let mut poorer = paying("4");
    poorer["dynamodb"]["StreamViewType"] = json!("NEW_IMAGE");
    poorer["dynamodb"].as_object_mut().unwrap().remove("OldImage");
    let unmatched = change("users", "2", "INSERT", Value::Null, json!({ "pk": { "S": "U#1" } }));
    let plan = plan(&[gone("users", "1"), unmatched, gone("carts", "3"), poorer]);
    let verdicts: Vec<_> = plan.records.iter().map(|seen| seen.verdict.clone()).collect();
    assert_eq!(
        verdicts,
        [
            Verdict::Matched(1),
            Verdict::Unmatched(Unmatched::Ignore),
            Verdict::ForeignTable("carts".into()),
            // `became` asks the old image and stays unknown; `on ANY` needs none.
            Verdict::PoorerThanView(1),
        ]
    );
    let sequences: Vec<_> = plan.records.iter().map(|seen| seen.sequence.as_deref()).collect();
    assert_eq!(sequences, [Some("1"), Some("2"), Some("3"), Some("4")]);
}

#[test]
fn without_any_source_every_table_is_seen() {
    let rules = "route feed = file { path: \"feed.jsonl\" }  rule every { on ANY to feed }";
    let plan = planner(rules).plan(&[raw(&paying("1"))]);
    assert_eq!(plan.records[0].verdict, Verdict::Matched(1));
}

/// The plan for two changes of `orders`, where the source says this about it.
fn under(source: &str, rules: &str) -> Plan {
    let rules = format!(
        "source orders {{ table: \"orders\" {source} }}  route feed = file {{ path: \"feed.jsonl\" }}
        {rules}"
    );
    let cart = json!({ "pk": { "S": "C#1" }, "kind": { "S": "Cart" } });
    let cart = change("orders", "2", "INSERT", Value::Null, cart);
    planner(&rules).plan(&[raw(&paying("1")), raw(&cart)])
}

fn verdicts(plan: &Plan) -> Vec<Verdict> {
    plan.records.iter().map(|seen| seen.verdict.clone()).collect()
}

#[test]
fn what_guards_keep_away_is_skipped_and_not_unmatched() {
    let plan =
        under("only when item.total exists  unmatched: warn", "rule all_of { on ANY to feed }");
    assert_eq!(verdicts(&plan), [Verdict::Matched(1), Verdict::Skipped]);
}

#[test]
fn what_nobody_claims_is_ignored_where_the_rules_say_so() {
    let rules = "rule paid { on ANY when item.status == \"Paid\" and item.total > 1000 to feed }";
    let none = under("unmatched: count", rules);
    let count = Verdict::Unmatched(Unmatched::Count);
    assert_eq!(verdicts(&none), [count.clone(), count.clone()]);
    let ignore = "ignore carts { on ANY when item.kind == \"Cart\" }";
    let carts = under("unmatched: count", &format!("{rules} {ignore}"));
    assert_eq!(verdicts(&carts), [count, Verdict::Ignored]);
}

#[test]
fn an_ignore_takes_nothing_from_a_rule() {
    let rules =
        "rule all_of { on ANY to feed }  ignore carts { on ANY when item.kind == \"Cart\" }";
    assert_eq!(verdicts(&under("", rules)), [Verdict::Matched(1), Verdict::Matched(1)]);
}

#[test]
fn a_rule_in_shadow_mode_is_counted_and_sends_nothing() {
    let plan = under("", "rule tried { on ANY when item.kind missing mode: shadow to feed }");
    assert!(plan.deliveries.is_empty());
    let shadowed: Vec<_> = plan.shadowed.iter().map(|s| (s.position, &*s.rule)).collect();
    assert_eq!(shadowed, [(0, "tried")]);
    let unmatched = Verdict::Unmatched(Unmatched::Ignore);
    assert_eq!(verdicts(&plan), [Verdict::Matched(0), unmatched]);
}

#[test]
fn a_former_name_keeps_the_identity() {
    let identity = |rules: &str| {
        let plan = planner(rules).plan(&[raw(&paying("1"))]);
        plan.deliveries[0].identity.clone()
    };
    let before = "route feed = console {}  rule every { on ANY to feed }";
    let after =
        "route sink = console { formerly feed }  rule each { on ANY formerly every to sink }";
    let unrelated = "route sink = console {}  rule each { on ANY to sink }";
    assert_eq!(identity(before), identity(after));
    assert_ne!(identity(before), identity(unrelated));
}

#[test]
fn windows_are_the_plan_in_parts_of_bounded_size() {
    let records: Vec<_> = (0..40).map(|n| raw(&paying(&n.to_string()))).collect();
    let planner = planner(RULES);
    let whole = planner.plan(&records);
    for (bytes, parts) in [(0, 40..=40), (1, 40..=40), (10_000, 2..=39), (usize::MAX, 1..=1)] {
        let windows: Vec<_> = planner.windows(&records, bytes).collect();
        assert!(parts.contains(&windows.len()), "{} windows of {bytes} bytes", windows.len());
        let mut joined = Plan::default();
        for window in windows {
            joined.deliveries.extend(window.deliveries);
            joined.quarantined.extend(window.quarantined);
            joined.shadowed.extend(window.shadowed);
            joined.records.extend(window.records);
        }
        assert_eq!(joined, whole, "{bytes}");
    }
    assert!(planner.windows(&[], 1).next().is_none());
}

#[test]
fn a_body_that_may_be_too_large_travels_with_its_keys() {
    let rules = r#"
route small = console { oversize: keys }
route plain = console {}
rule whole { on INSERT to small with item to plain with item }
rule alone { on INSERT to small }
"#;
    let of_size = |bytes: usize| {
        let image = json!({ "pk": { "S": "O#1" }, "note": { "S": "x".repeat(bytes) } });
        let record = change("orders", "1", "INSERT", Value::Null, image);
        let plan = planner(rules).plan(&[raw(&record)]);
        let fallbacks: Vec<Option<Bytes>> =
            plan.deliveries.into_iter().map(|delivery| delivery.fallback).collect();
        fallbacks
    };
    assert_eq!(of_size(60_000), [None, None, None], "every service takes so much");
    let [None, Some(fallback), None] = &of_size(70_000)[..] else {
        panic!("only a payload that was written out has something to fall back to");
    };
    let fallback: Value = serde_json::from_slice(fallback).unwrap();
    assert_eq!((&fallback["id"], &fallback["keys"]), (&json!("event-1"), &json!({ "pk": "O#1" })));
    assert_eq!(fallback.get("new"), None);
}
