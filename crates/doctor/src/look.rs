//! What there is to look at.

use std::collections::BTreeSet;

use distributary_rules::AddressKind;

use crate::environment::LEDGER;
use crate::facts::{Function, Mapping};
use crate::needs::Needs;

/// What has to be looked at beside the function, its mappings and its role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Queues, by ARN.
    pub queues: BTreeSet<String>,
    /// Topics, by ARN.
    pub topics: BTreeSet<String>,
    /// Buses, by name or ARN.
    pub buses: BTreeSet<String>,
    /// Tables, by name or ARN.
    pub tables: BTreeSet<String>,
    /// Those of them whose items expire, or have to.
    pub expiry: BTreeSet<String>,
    /// Buckets, by name, and what the names of objects in them begin with.
    pub buckets: BTreeSet<(String, String)>,
    /// The table of the ledger, by name or ARN.
    pub ledger: Option<String>,
}

/// What has to be looked at, given the function and its mappings as far as they were seen.
#[must_use]
pub fn look_at(needs: &Needs<'_>, function: Option<&Function>, mappings: &[Mapping]) -> Look {
    let mut look = Look::default();
    for source in needs.program.sources() {
        if let Some(table) = &source.table {
            look.tables.insert(table.clone());
            if source.ttl.is_some() {
                look.expiry.insert(table.clone());
            }
        }
    }
    for address in needs.program.addresses() {
        let Some(text) = address.text else { continue };
        match address.kind {
            AddressKind::Queue | AddressKind::LotQueue => look.queues.insert(text),
            AddressKind::Topic => look.topics.insert(text),
            AddressKind::Bus => look.buses.insert(text),
            AddressKind::LotTable => look.tables.insert(text),
            AddressKind::LotBucket { prefix } => {
                look.buckets.insert((text, prefix.unwrap_or_default()))
            }
        };
    }
    let given_up = mappings.iter().filter_map(|mapping| bucket(mapping.on_failure()?));
    look.buckets.extend(given_up.map(|name| (name.to_owned(), String::new())));
    let ledger = function.and_then(|function| function.environment.variables.get(LEDGER));
    look.ledger = ledger.filter(|ledger| !ledger.is_empty()).cloned();
    look.tables.extend(look.ledger.clone());
    look.expiry.extend(look.ledger.clone());
    look
}

/// The name of a bucket by its ARN.
pub(crate) fn bucket(arn: &str) -> Option<&str> {
    let (partition, name) = arn.strip_prefix("arn:")?.split_once(":s3:::")?;
    (!partition.contains(':') && !name.is_empty()).then_some(name)
}
