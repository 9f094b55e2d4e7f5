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

/// Something that an action can be granted on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// An ARN, or a part of one that the template completes where it has `${AWS::…}` in it.
    Arn(String),
    /// An attribute of a resource of the template, and what follows it.
    Attribute {
        /// The resource's logical id.
        of: String,
        /// The attribute.
        name: String,
        /// What follows; mostly nothing.
        then: String,
    },
}

impl Resource {
    /// An attribute of a resource of the template.
    #[must_use]
    pub fn attribute(of: &str, name: &str) -> Self {
        Resource::Attribute { of: of.to_owned(), name: name.to_owned(), then: String::new() }
    }

    /// The same with something behind it.
    #[must_use]
    pub fn then(&self, text: &str) -> Self {
        match self {
            Resource::Arn(arn) => Resource::Arn(format!("{arn}{text}")),
            Resource::Attribute { of, name, then } => Resource::Attribute {
                of: of.clone(),
                name: name.clone(),
                then: format!("{then}{text}"),
            },
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        match self {
            Resource::Arn(arn) if arn.contains("${AWS::") => json!({ "Fn::Sub": arn }),
            Resource::Arn(arn) => json!(arn),
            Resource::Attribute { of, name, then } if then.is_empty() => {
                json!({ "Fn::GetAtt": [of, name] })
            }
            Resource::Attribute { of, name, then } => {
                json!({ "Fn::Sub": format!("${{{of}.{name}}}{then}") })
            }
        }
    }
}

impl Surroundings {
    /// Something at home, by name.
    #[must_use]
    pub fn local(&self, service: &str, resource: &str) -> Option<Resource> {
        Some(Resource::Arn(match self.home.as_ref()? {
            Home::Known { partition, region, account } => {
                format!("arn:{partition}:{service}:{region}:{account}:{resource}")
            }
            Home::Template => format!(
                "arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}"
            ),
        }))
    }

    /// What is at an address. `None` where neither a reference nor a value says it.
    pub(crate) fn resource(&self, program: &Program, address: &Address) -> Option<Resource> {
        let param = address.param.and_then(|param| program.params().get(param));
        if let Some((of, name)) = param.and_then(|param| self.references.get(&*param.name)) {
            return Some(Resource::attribute(of, name));
        }
        let text = address.text.as_deref()?;
        match address.kind {
            _ if Arn::parse(text).is_some() => Some(Resource::Arn(text.to_owned())),
            AddressKind::Bus => self.local("events", &format!("event-bus/{text}")),
            AddressKind::LotTable => self.local("dynamodb", &format!("table/{text}")),
            AddressKind::LotBucket { .. } => {
                let partition = match self.home.as_ref()? {
                    Home::Known { partition, .. } => partition,
                    Home::Template => "${AWS::Partition}",
                };
                Some(Resource::Arn(format!("arn:{partition}:s3:::{text}")))
            }
            AddressKind::Queue | AddressKind::Topic | AddressKind::LotQueue => None,
        }
    }
}
