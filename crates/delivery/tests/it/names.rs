//! Names that other systems keep: resource names and identities.

use distributary_delivery::{Arn, Identity};

#[test]
fn an_arn_is_taken_apart_and_put_together() {
    for text in [
        "arn:aws:sqs:eu-central-1:123456789012:orders.fifo",
        "arn:aws-cn:sns:cn-north-1:123456789012:orders",
        "arn:aws:dynamodb:us-east-1:123456789012:table/Orders/stream/2026-01-01T00:00:00.000",
    ] {
        assert_eq!(Arn::parse(text).expect(text).to_string(), text);
    }
}

#[test]
fn what_is_no_arn_is_none() {
    for text in [
        "",
        "orders",
        "https://sqs.eu-central-1.amazonaws.com/123456789012/orders",
        "arn:aws:sqs:eu-central-1:123456789012",
        "arn:aws:sqs:eu-central-1:123456789012:",
        "arn:aws:sqs::123456789012:orders",
        "ARN:aws:sqs:eu-central-1:123456789012:orders",
    ] {
        assert_eq!(Arn::parse(text), None, "{text}");
    }
}

/// A receiver that has seen an identity compares it with one that another version computed.
#[test]
fn an_identity_never_changes() {
    let identity = Identity::new("c4ca4238a0b923820dcc509a6f75849b", "paid", "fulfilment");
    assert_eq!(identity.as_str(), "Zjix8O5XZk0ms2QMQqsaZ0swQUrKAmlt5i_2HhrsYt8");
}

#[test]
fn an_identity_tells_event_rule_and_route_apart() {
    let identity = Identity::new("event", "rule", "route");
    for (event, rule, route) in [
        ("event2", "rule", "route"),
        ("event", "rule2", "route"),
        ("event", "rule", "route2"),
        ("eventrule", "", "route"),
        ("event", "", "ruleroute"),
    ] {
        assert_ne!(Identity::new(event, rule, route), identity, "{event} {rule} {route}");
    }
}

#[test]
fn only_an_identity_reads_as_one() {
    let identity = Identity::new("event", "rule", "route");
    assert_eq!(Identity::parse(identity.as_str()), Some(identity));
    for text in ["", "event", "c29tZXRoaW5nIHNob3J0", &"=".repeat(43), &"A".repeat(44)] {
        assert_eq!(Identity::parse(text), None, "{text}");
    }
}
