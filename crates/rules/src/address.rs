//! The addresses in a program, whether its stage is known or not: what a deployment grants.

use distributary_delivery::Arn;

use crate::fixed::Fixed;
use crate::program::{Mode, Program};
use crate::route::{LotPlace, Place};
use crate::term::{Part, Term};

/// A setting that says where a route or a lot is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The name of the route or the lot.
    pub of: String,
    /// What is there.
    pub kind: AddressKind,
    /// The setting; `None` while a parameter in it has no value.
    pub text: Option<String>,
    /// The index of the parameter that is all of it.
    pub param: Option<usize>,
}

/// What is at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressKind {
    /// A bus that a route sends to, by name or ARN.
    Bus,
    /// A queue that a route sends to.
    Queue,
    /// A topic that a route publishes to.
    Topic,
    /// A queue as a lot.
    LotQueue,
    /// A table as a lot, by name or ARN.
    LotTable,
    /// A bucket as a lot, by name.
    LotBucket {
        /// What the names of the objects start with; `None` while a parameter in it has no value.
        prefix: Option<String>,
    },
}

impl Address {
    /// Whether it is a lot's.
    #[must_use]
    pub fn is_lot(&self) -> bool {
        use AddressKind::{LotBucket, LotQueue, LotTable};
        matches!(self.kind, LotQueue | LotTable | LotBucket { .. })
    }

    /// The name that the rules give to what is there. `None` where they give an ARN, and where
    /// nothing but an ARN will do.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        use AddressKind::{LotQueue, Queue, Topic};
        let named = !matches!(self.kind, Queue | Topic | LotQueue);
        self.text.as_deref().filter(|text| named && Arn::parse(text).is_none())
    }

    /// Whether something that is not there yet can be meant: by a parameter that takes any value,
    /// or by a name.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.param.is_some() || self.name().is_some()
    }
}

impl Program {
    /// The addresses of all routes that a rule in force sends to, then those of all lots; files and
    /// the console have none.
    #[must_use]
    pub fn addresses(&self) -> Vec<Address> {
        let live = self.rules.iter().filter(|rule| rule.mode == Mode::Live);
        let used: Vec<usize> = live.flat_map(|rule| &rule.outputs).map(|to| to.route).collect();
        let routes = self.routes.iter().enumerate().filter(|(at, _)| used.contains(at));
        let mut addresses: Vec<Address> = routes
            .filter_map(|(_, route)| {
                let (kind, fixed) = match &route.place {
                    Place::EventBridge { bus, .. } => (AddressKind::Bus, bus),
                    Place::Queue(queue) => (AddressKind::Queue, queue),
                    Place::Topic(topic) => (AddressKind::Topic, topic),
                    Place::Console | Place::File(_) => return None,
                };
                Some(self.address(&route.name, kind, fixed))
            })
            .collect();
        addresses.extend(self.lots.iter().filter_map(|lot| {
            let (kind, fixed) = match &lot.place {
                LotPlace::Sqs { queue } => (AddressKind::LotQueue, queue),
                LotPlace::DynamoDb { table } => (AddressKind::LotTable, table),
                LotPlace::S3 { bucket, prefix } => {
                    let prefix = match prefix {
                        Some(prefix) => prefix.text(&self.params),
                        None => Some(String::new()),
                    };
                    (AddressKind::LotBucket { prefix }, bucket)
                }
                LotPlace::File { .. } => return None,
            };
            Some(self.address(&lot.name, kind, fixed))
        }));
        addresses
    }

    fn address(&self, of: &str, kind: AddressKind, fixed: &Fixed) -> Address {
        let param = match &fixed.term {
            Term::Param(param) => Some(*param),
            Term::Text(parts) => match parts.as_slice() {
                [Part::Term(Term::Param(param))] => Some(*param),
                _ => None,
            },
            _ => None,
        };
        Address { of: of.to_owned(), kind, text: fixed.text(&self.params), param }
    }
}
