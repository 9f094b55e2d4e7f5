//! Actions and what they are granted on, gathered into as few statements as say exactly that.

use std::collections::{BTreeMap, BTreeSet};

use distributary_rules::AddressKind;
use serde_json::{Value, json};

use super::Purpose;
use super::resource::Resource;

#[derive(Debug, Default)]
pub(crate) struct Grants {
    /// By the statement's id: its actions, resources, and the prefixes that it is limited to.
    statements: BTreeMap<String, Statement>,
}

#[derive(Debug, Default)]
struct Statement {
    actions: BTreeSet<String>,
    resources: BTreeSet<Resource>,
    prefix: Option<String>,
}

impl Grants {
    pub(crate) fn add(&mut self, sid: &str, service: &str, actions: &[&str], resource: &Resource) {
        let statement = self.statements.entry(sid.to_owned()).or_default();
        statement.actions.extend(actions.iter().map(|action| format!("{service}:{action}")));
        statement.resources.insert(resource.clone());
    }

    pub(crate) fn address(&mut self, kind: &AddressKind, on: &Resource, purpose: Purpose) {
        let operator = purpose == Purpose::Operator;
        match kind {
            AddressKind::Bus => self.add("SendToBuses", "events", &["PutEvents"], on),
            AddressKind::Queue => self.add("SendToQueues", "sqs", &["SendMessage"], on),
            AddressKind::Topic => self.add("SendToTopics", "sns", &["Publish"], on),
            AddressKind::LotQueue if operator => {
                let actions = ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"];
                self.add("TakeFromLotQueues", "sqs", &actions, on);
            }
            AddressKind::LotQueue => self.add("ParkInQueues", "sqs", &["SendMessage"], on),
            AddressKind::LotTable if operator => {
                let actions = ["Query", "PutItem", "UpdateItem", "DeleteItem"];
                self.add("TakeFromLotTables", "dynamodb", &actions, on);
            }
            AddressKind::LotTable => {
                let actions = ["Query", "PutItem", "UpdateItem"];
                self.add("ParkInTables", "dynamodb", &actions, on);
            }
            AddressKind::LotBucket { prefix } => {
                let prefix = prefix.as_deref().unwrap_or_default();
                let objects = on.then(&format!("/{prefix}*"));
                if operator {
                    self.add("TakeObjects", "s3", &["GetObject", "DeleteObject"], &objects);
                    // One statement for each, since each has its own condition.
                    let nth = self.statements.keys().filter(|k| k.starts_with("ListLot")).count();
                    let sid = format!("ListLot{}", nth + 1);
                    self.add(&sid, "s3", &["ListBucket"], on);
                    if let Some(statement) = self.statements.get_mut(&sid) {
                        statement.prefix = Some(format!("{prefix}*"));
                    }
                } else {
                    self.add("ParkInBuckets", "s3", &["PutObject"], &objects);
                }
            }
        }
    }

    pub(crate) fn statements(&self) -> Vec<Value> {
        let statement = |(sid, statement): (&String, &Statement)| {
            let resources: Vec<_> = statement.resources.iter().map(Resource::to_json).collect();
            let mut json = json!({
                "Sid": sid,
                "Effect": "Allow",
                "Action": statement.actions,
                "Resource": resources,
            });
            if let (Some(prefix), Value::Object(members)) = (&statement.prefix, &mut json) {
                let condition = json!({ "StringLike": { "s3:prefix": prefix } });
                members.insert("Condition".to_owned(), condition);
            }
            json
        };
        self.statements.iter().map(statement).collect()
    }
}
