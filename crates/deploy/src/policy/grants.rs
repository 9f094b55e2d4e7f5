//! Actions and what they are granted on, gathered into as few statements as say exactly that.

use std::collections::{BTreeMap, BTreeSet};

use distributary_rules::AddressKind;
use serde_json::{Value, json};

use super::resource::Resource;

#[derive(Debug, Default)]
pub(crate) struct Grants {
    /// By the statement's id: its actions, resources, and what limits it.
    statements: BTreeMap<String, Statement>,
}

#[derive(Debug, Default)]
struct Statement {
    actions: BTreeSet<String>,
    resources: BTreeSet<Resource>,
    condition: Option<Value>,
}

impl Grants {
    pub(crate) fn add(&mut self, sid: &str, service: &str, actions: &[&str], resource: &Resource) {
        let statement = self.statements.entry(sid.to_owned()).or_default();
        statement.actions.extend(actions.iter().map(|action| format!("{service}:{action}")));
        statement.resources.insert(resource.clone());
    }

    /// Grants what a statement grants under this condition alone.
    pub(crate) fn limit(&mut self, sid: &str, condition: Value) {
        if let Some(statement) = self.statements.get_mut(sid) {
            statement.condition = Some(condition);
        }
    }

    /// Whoever redrives writes to lots, too: leases, and notes on what failed again.
    pub(crate) fn address(&mut self, kind: &AddressKind, on: &Resource) {
        match kind {
            AddressKind::Bus => self.add("SendToBuses", "events", &["PutEvents"], on),
            AddressKind::Queue => self.add("SendToQueues", "sqs", &["SendMessage"], on),
            AddressKind::Topic => self.add("SendToTopics", "sns", &["Publish"], on),
            AddressKind::LotQueue => {
                let all =
                    ["SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"];
                self.add("LotQueues", "sqs", &all, on);
            }
            AddressKind::LotTable => {
                let all = ["Query", "PutItem", "UpdateItem", "DeleteItem"];
                self.add("LotTables", "dynamodb", &all, on);
            }
            AddressKind::LotBucket { prefix } => {
                let prefix = prefix.as_deref().unwrap_or_default();
                let objects = on.then(&format!("/{prefix}*"));
                self.add("LotObjects", "s3", &["GetObject", "PutObject", "DeleteObject"], &objects);
                // One statement for each, since each has its own condition.
                let nth = self.statements.keys().filter(|sid| sid.starts_with("ListLot")).count();
                let sid = format!("ListLot{}", nth + 1);
                self.add(&sid, "s3", &["ListBucket"], on);
                let names = json!({ "StringLike": { "s3:prefix": format!("{prefix}*") } });
                self.limit(&sid, names);
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
            if let (Some(condition), Value::Object(members)) = (&statement.condition, &mut json) {
                members.insert("Condition".to_owned(), condition.clone());
            }
            json
        };
        self.statements.iter().map(statement).collect()
    }
}
