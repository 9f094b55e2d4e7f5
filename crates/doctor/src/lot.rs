//! Lots: queues, tables and buckets in which deliveries wait.

use distributary_rules::{Address, AddressKind};

use crate::case::Case;
use crate::code::Code;
use crate::facts::Seen;
use crate::finding::Finding;
use crate::mapping::create_bucket;
use crate::target::{Attributes, create_queue, set_queue};
use crate::{permission, table};

/// 14 days, the longest that SQS keeps a message.
const RETENTION: u64 = 1_209_600;
/// 1 MiB, the largest message that SQS takes.
const MESSAGE: u64 = 1_048_576;
const KEYS: [&str; 2] = ["pk", "sk"];

pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for address in case.needs.program.addresses() {
        let Some(text) = address.text.as_deref() else { continue };
        match &address.kind {
            AddressKind::LotQueue => findings.extend(queue(case, &address, text)),
            AddressKind::LotTable => findings.extend(of_rows(case, &address, text)),
            AddressKind::LotBucket { .. } => findings.extend(bucket(case, &address, text)),
            AddressKind::Bus | AddressKind::Queue | AddressKind::Topic => {}
        }
    }
    findings
}

fn missing(address: &Address, place: String) -> Finding {
    Finding::new(Code::LOT_MISSING, place, format!("the lot `{}` is not there", address.of))
}

fn queue(case: &Case<'_>, address: &Address, arn: &str) -> Vec<Finding> {
    let place = |setting: &str| format!("queue {arn}{setting}");
    match case.facts.queues.get(arn) {
        None => Vec::new(),
        Some(Seen::Unseen(why)) => {
            vec![case.unseen(&format!("the lot `{}`", address.of), &place(""), why)]
        }
        Some(Seen::Missing) => {
            let attributes = format!(r#"{{"MessageRetentionPeriod":"{RETENTION}"}}"#);
            let mend = create_queue(arn, &attributes);
            vec![case.made(missing(address, place("")), arn, mend)]
        }
        Some(Seen::There(attributes)) => of_messages(case, address, arn, attributes),
    }
}

/// How long it hides what was received is no matter: whoever takes from a lot says so with each
/// request.
fn of_messages(
    case: &Case<'_>,
    address: &Address,
    arn: &str,
    attributes: &Attributes,
) -> Vec<Finding> {
    let place = |setting: &str| format!("queue {arn}{setting}");
    let number = |name: &str| attributes.get(name).and_then(|value| value.parse::<u64>().ok());
    let mut findings = Vec::new();
    if attributes.get("FifoQueue").is_some_and(|value| value == "true") {
        let message = format!("the lot `{}` has to be a standard queue", address.of);
        findings.push(Finding::new(Code::LOT_TYPE, place(", FifoQueue"), message));
    }
    if let Some(seconds) = number("MessageRetentionPeriod").filter(|seconds| *seconds < RETENTION) {
        let message = format!(
            "what waits here is deleted after {:.1} days, and could be kept for 14",
            std::time::Duration::from_secs(seconds).as_secs_f64() / 86_400.0
        );
        let attributes = format!(r#"{{"MessageRetentionPeriod":"{RETENTION}"}}"#);
        findings.push(
            Finding::new(Code::LOT_RETENTION, place(", MessageRetentionPeriod"), message)
                .mended_by([set_queue(arn, &attributes)]),
        );
    }
    if let Some(bytes) = number("MaximumMessageSize").filter(|bytes| *bytes < MESSAGE) {
        let message = format!("what is larger than {bytes} bytes cannot be parked here");
        let attributes = format!(r#"{{"MaximumMessageSize":"{MESSAGE}"}}"#);
        findings.push(
            Finding::new(Code::LOT_SIZE, place(", MaximumMessageSize"), message)
                .mended_by([set_queue(arn, &attributes)]),
        );
    }
    if attributes.get("RedrivePolicy").is_some_and(|policy| !policy.is_empty()) {
        let message = "what is looked at a few times is moved elsewhere, where nobody redrives it";
        findings.push(
            Finding::new(Code::LOT_REDRIVE_POLICY, place(", RedrivePolicy"), message)
                .mended_by([set_queue(arn, r#"{"RedrivePolicy":""}"#)]),
        );
    }
    let key = attributes.get("KmsMasterKeyId").filter(|key| !key.is_empty());
    findings
        .extend(key.and_then(|key| permission::key(case, address, key, place(", KmsMasterKeyId"))));
    findings
}

fn of_rows(case: &Case<'_>, address: &Address, name: &str) -> Option<Finding> {
    let place = format!("table {name}");
    match case.facts.tables.get(name)? {
        Seen::Unseen(why) => Some(case.unseen(&format!("the lot `{}`", address.of), &place, why)),
        Seen::Missing => {
            let mend = table::create(case.region(), name, &KEYS);
            Some(case.made(missing(address, place), name, mend))
        }
        Seen::There(table) if table.has_string_keys(&KEYS) => None,
        Seen::There(_) => {
            let message = format!(
                "the key of the lot `{}` has to be `pk` and `sk`, both strings",
                address.of
            );
            Some(Finding::new(Code::LOT_TYPE, format!("{place}, KeySchema"), message))
        }
    }
}

fn bucket(case: &Case<'_>, address: &Address, name: &str) -> Option<Finding> {
    let place = format!("bucket {name}");
    match case.facts.buckets.get(name)? {
        Seen::There(()) => None,
        Seen::Unseen(why) => Some(case.unseen(&format!("the lot `{}`", address.of), &place, why)),
        Seen::Missing => {
            let mend = create_bucket(case.region(), &[("bucket", name)]);
            Some(missing(address, place).mended_by([mend]))
        }
    }
}
