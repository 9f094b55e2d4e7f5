//! How policies name what they grant something on.

use std::collections::BTreeMap;

use distributary_delivery::Arn;
use distributary_rules::{Address, AddressKind, Program};
use serde_json::{Value, json};

use super::Surroundings;

/// Parameters by name, and the logical id and attribute that give their values.
pub type References = BTreeMap<String, (String, String)>;

/// Where a function runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// Where its template is deployed.
    Template,
    /// Here.
    Known {
        /// `aws`, `aws-cn`, …
        partition: String,
        /// The region.
        region: String,
        /// The account.
        account: String,
    },
}

/// Something that an action can be granted on: an ARN, in which `${…}` stands for what a template
/// knows, as in `Fn::Sub`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource(String);

impl Resource {
    /// What has this ARN.
    #[must_use]
    pub fn arn(arn: &str) -> Self {
        Resource(arn.to_owned())
    }

    /// An attribute of a resource of the template.
    #[must_use]
    pub fn attribute(of: &str, name: &str) -> Self {
        Resource(format!("${{{of}.{name}}}"))
    }

    /// The ARN that a parameter of the template has.
    #[must_use]
    pub fn parameter(name: &str) -> Self {
        Resource(format!("${{{name}}}"))
    }

    /// The same with something behind it.
    #[must_use]
    pub fn then(&self, text: &str) -> Self {
        Resource(format!("{}{text}", self.0))
    }

    /// As it is written in JSON, with the intrinsic function that it needs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let whole = self.0.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        match whole.filter(|name| !name.contains('}')) {
            Some(name) => match name.split_once('.') {
                Some((of, attribute)) => json!({ "Fn::GetAtt": [of, attribute] }),
                None => json!({ "Ref": name }),
            },
            None if self.0.contains("${") => json!({ "Fn::Sub": self.0 }),
            None => json!(self.0),
        }
    }
}

impl Home {
    /// Something here, by name.
    #[must_use]
    pub fn resource(&self, service: &str, resource: &str) -> Resource {
        Resource(match self {
            Home::Known { partition, region, account } => {
                format!("arn:{partition}:{service}:{region}:{account}:{resource}")
            }
            Home::Template => format!(
                "arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}"
            ),
        })
    }

    fn partition(&self) -> &str {
        match self {
            Home::Known { partition, .. } => partition,
            Home::Template => "${AWS::Partition}",
        }
    }
}

impl Surroundings {
    /// The bucket of this name.
    pub(crate) fn bucket(&self, name: &str) -> Resource {
        let partition = self.home.as_ref().map_or("aws", Home::partition);
        Resource(format!("arn:{partition}:s3:::{name}"))
    }

    /// What is at an address. `None` where neither a reference nor a value says it.
    pub(crate) fn resource(&self, program: &Program, address: &Address) -> Option<Resource> {
        let param = address.param.and_then(|param| program.params().get(param));
        if let Some((of, name)) = param.and_then(|param| self.references.get(&*param.name)) {
            return Some(Resource::attribute(of, name));
        }
        let text = address.text.as_deref()?;
        if Arn::parse(text).is_some() {
            return Some(Resource::arn(text));
        }
        let home = self.home.as_ref()?;
        match address.kind {
            AddressKind::Bus => Some(home.resource("events", &format!("event-bus/{text}"))),
            AddressKind::LotTable => Some(home.resource("dynamodb", &format!("table/{text}"))),
            AddressKind::LotBucket { .. } => Some(self.bucket(text)),
            AddressKind::Queue | AddressKind::Topic | AddressKind::LotQueue => None,
        }
    }
}
