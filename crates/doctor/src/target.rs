//! Queues, topics and buses that routes lead to.

use std::collections::BTreeMap;

use distributary_delivery::Arn;
use distributary_rules::{Address, AddressKind, RouteKind};

use crate::case::Case;
use crate::code::Code;
use crate::command::aws;
use crate::facts::Seen;
use crate::finding::Finding;
use crate::home::region_of;
use crate::permission;

/// Attributes of a queue or a topic.
pub(crate) type Attributes = BTreeMap<String, String>;

pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for address in case.needs.program.addresses() {
        let Some(text) = address.text.as_deref() else { continue };
        match address.kind {
            AddressKind::Queue => findings.extend(queue(case, &address, text)),
            AddressKind::Topic => findings.extend(topic(case, &address, text)),
            AddressKind::Bus => findings.extend(bus(case, &address, text)),
            AddressKind::LotQueue | AddressKind::LotTable | AddressKind::LotBucket { .. } => {}
        }
    }
    findings
}

/// What stands behind a name in an ARN.
pub(crate) fn name_of(arn: &str) -> &str {
    arn.rsplit([':', '/']).next().unwrap_or(arn)
}

fn is_fifo(case: &Case<'_>, address: &Address) -> bool {
    let mut routes = case.needs.program.routes().iter();
    routes.any(|route| {
        *route.name == *address.of && matches!(route.kind, RouteKind::SqsFifo | RouteKind::SnsFifo)
    })
}

fn queue(case: &Case<'_>, address: &Address, arn: &str) -> Vec<Finding> {
    let place = |setting: &str| format!("queue {arn}{setting}");
    let fifo = is_fifo(case, address);
    match case.facts.queues.get(arn) {
        None => Vec::new(),
        Some(Seen::Unseen(why)) => {
            vec![case.unseen(&format!("the queue of `{}`", address.of), &place(""), why)]
        }
        Some(Seen::Missing) => {
            let attributes = if fifo { r#"{"FifoQueue":"true"}"# } else { "{}" };
            let mend = create_queue(arn, attributes);
            vec![case.made(missing(address, "queue", place("")), arn, mend)]
        }
        Some(Seen::There(attributes)) => of_messages(case, address, attributes, fifo, &place),
    }
}

fn topic(case: &Case<'_>, address: &Address, arn: &str) -> Vec<Finding> {
    let place = |setting: &str| format!("topic {arn}{setting}");
    let region = region_of(arn).unwrap_or_default();
    let fifo = is_fifo(case, address);
    match case.facts.topics.get(arn) {
        None => Vec::new(),
        Some(Seen::Unseen(why)) => {
            vec![case.unseen(&format!("the topic of `{}`", address.of), &place(""), why)]
        }
        Some(Seen::Missing) => {
            let mut flags = vec![("name", name_of(arn))];
            if fifo {
                flags.push(("attributes", "FifoTopic=true"));
            }
            let mend = aws(&region, "sns create-topic", &flags);
            vec![case.made(missing(address, "topic", place("")), arn, mend)]
        }
        Some(Seen::There(attributes)) => of_messages(case, address, attributes, fifo, &place),
    }
}

fn bus(case: &Case<'_>, address: &Address, text: &str) -> Vec<Finding> {
    let place = format!("bus {text}");
    match case.facts.buses.get(text) {
        None => Vec::new(),
        Some(Seen::Unseen(why)) => {
            vec![case.unseen(&format!("the bus of `{}`", address.of), &place, why)]
        }
        Some(Seen::Missing) => {
            let region = region_of(text).unwrap_or_else(|| case.region().to_owned());
            let mend = aws(&region, "events create-event-bus", &[("name", name_of(text))]);
            vec![case.made(missing(address, "bus", place), text, mend)]
        }
        Some(Seen::There(bus)) => {
            let key = bus.kms_key_identifier.as_deref();
            key.and_then(|key| permission::key(case, address, key, place)).into_iter().collect()
        }
    }
}

fn missing(address: &Address, noun: &str, place: String) -> Finding {
    Finding::new(
        Code::TARGET_MISSING,
        place,
        format!("the {noun} of `{}` is not there", address.of),
    )
}

/// What queues and topics have in common.
fn of_messages(
    case: &Case<'_>,
    address: &Address,
    attributes: &Attributes,
    fifo: bool,
    place: &dyn Fn(&str) -> String,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is = |name: &str| attributes.get(name).is_some_and(|value| value == "true");
    if fifo != (is("FifoQueue") || is("FifoTopic")) {
        let message = match fifo {
            true => format!("`{}` keeps an order, and what it leads to is not FIFO", address.of),
            false => format!(
                "`{}` sends no message groups, without which what it leads to takes nothing: it is \
                 FIFO",
                address.of
            ),
        };
        findings.push(Finding::new(Code::TARGET_TYPE, place(""), message));
    }
    if is("ContentBasedDeduplication") {
        // Without it such senders fail, so there is no command.
        let message = "whatever else sends here without an identity loses what it says twice in five \
                       minutes, and fails where this is off; the function names its own";
        let place = place(", ContentBasedDeduplication");
        findings.push(Finding::new(Code::TARGET_DEDUPLICATION, place, message));
    }
    let key = attributes.get("KmsMasterKeyId").filter(|key| !key.is_empty());
    findings
        .extend(key.and_then(|key| permission::key(case, address, key, place(", KmsMasterKeyId"))));
    findings
}

pub(crate) fn create_queue(arn: &str, attributes: &str) -> String {
    let mut flags = vec![("queue-name", name_of(arn))];
    if attributes != "{}" {
        flags.push(("attributes", attributes));
    }
    aws(&region_of(arn).unwrap_or_default(), "sqs create-queue", &flags)
}

/// The command that sets attributes of a queue, which is known there by its URL alone.
pub(crate) fn set_queue(arn: &str, attributes: &str) -> String {
    let region = region_of(arn).unwrap_or_default();
    let account = Arn::parse(arn).map(|arn| arn.account).unwrap_or_default();
    let flags = [
        ("queue-name", name_of(arn)),
        ("queue-owner-aws-account-id", &account),
        ("query", "QueueUrl"),
        ("output", "text"),
    ];
    let url = aws(&region, "sqs get-queue-url", &flags);
    let set = aws(&region, "sqs set-queue-attributes", &[("attributes", attributes)]);
    format!("{set} --queue-url \"$({url})\"")
}
