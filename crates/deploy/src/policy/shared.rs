//! Policies of targets in other accounts.

use distributary_delivery::Arn;
use distributary_rules::{AddressKind, Program};
use serde_json::{Value, json};

/// A target in another account, and what its owner has to allow.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    /// The target's ARN.
    pub resource: String,
    /// The policy document to attach to it.
    pub policy: Value,
}

/// What the owners of targets outside of this account have to allow the function's role. An address
/// without an account in it, such as a bucket's, is taken for the function's own.
#[must_use]
pub fn foreign(program: &Program, role: &str, account: &str) -> Vec<Foreign> {
    let mut all: Vec<Foreign> = Vec::new();
    for address in program.addresses() {
        let arn = address.text.as_deref().and_then(Arn::parse);
        let Some(arn) = arn.filter(|arn| arn.account != account) else { continue };
        let actions: &[&str] = match address.kind {
            AddressKind::Bus => &["events:PutEvents"],
            AddressKind::Queue => &["sqs:SendMessage"],
            AddressKind::LotQueue => &[
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:ReceiveMessage",
                "sqs:SendMessage",
            ],
            AddressKind::Topic => &["sns:Publish"],
            AddressKind::LotTable => &[
                "dynamodb:DeleteItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ],
            AddressKind::LotBucket { .. } => continue,
        };
        let resource = arn.to_string();
        if all.iter().any(|known| known.resource == resource) {
            continue;
        }
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": "Distributary",
                "Effect": "Allow",
                "Principal": { "AWS": role },
                "Action": actions,
                "Resource": resource,
            }],
        });
        all.push(Foreign { resource, policy });
    }
    all
}
