//! The permissions that a program needs: what is really called, on exactly what the rules name.

mod grants;
mod resource;
mod shared;

use distributary_rules::Program;
use serde_json::{Value, json};

pub use resource::{Home, References, Resource};
pub use shared::{Foreign, foreign};

use crate::RulesAt;
use grants::Grants;

/// Who is granted something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The function: it reads the streams, sends, parks and redrives, and keeps its ledger.
    Function,
    /// Whoever redrives and pauses: empties lots, sends, and reads and writes pauses in the ledger.
    Operator,
}

/// What the rules do not say.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The streams.
    pub streams: Vec<Stream>,
    /// The ledger's table.
    pub ledger: Option<Resource>,
    /// The function's log group.
    pub log_group: Option<Resource>,
    /// The bucket to which event source mappings give up what they cannot deliver.
    pub on_failure: Option<Resource>,
    /// Where the function finds its rules.
    pub rules: RulesAt,
    /// Keys of AWS KMS that are not AWS's own, with which what it uses is encrypted.
    pub keys: Vec<Resource>,
    /// Where the function runs; what has a name alone needs it.
    pub home: Option<Home>,
    /// Parameters whose values are attributes of other resources of the template.
    pub references: References,
}

/// A stream, and all streams of its table.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// The stream; all of them where only the table is known.
    pub stream: Resource,
    /// `<table>/stream/*`: `ListStreams` knows nothing narrower.
    pub all: Resource,
}

/// An address that nothing gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The route or lot.
    pub of: String,
    /// The index of the parameter that would say it, where it is one alone.
    pub param: Option<usize>,
}

/// The policy document.
///
/// # Errors
/// One for each address that neither a value nor a reference gives.
pub fn policy(
    program: &Program,
    surroundings: &Surroundings,
    purpose: Purpose,
) -> Result<Value, Vec<Missing>> {
    let mut grants = Grants::default();
    if purpose == Purpose::Function {
        for Stream { stream, all } in &surroundings.streams {
            let read = ["DescribeStream", "GetRecords", "GetShardIterator"];
            grants.add("ReadStream", "dynamodb", &read, stream);
            grants.add("ListStreams", "dynamodb", &["ListStreams"], all);
        }
        if let Some(bucket) = &surroundings.on_failure {
            grants.add("KeepFailures", "s3", &["PutObject"], &bucket.then("/*"));
            grants.add("ListFailures", "s3", &["ListBucket"], bucket);
        }
        if let Some(group) = &surroundings.log_group {
            grants.add("WriteLogs", "logs", &["CreateLogStream", "PutLogEvents"], group);
        }
        if let RulesAt::Object { bucket, key, version } = &surroundings.rules {
            let object = surroundings.bucket(bucket).then(&format!("/{key}"));
            grants.add("ReadRules", "s3", &["GetObjectVersion"], &object);
            grants.limit("ReadRules", json!({ "StringEquals": { "s3:VersionId": version } }));
        }
    }
    for key in &surroundings.keys {
        grants.add("UseKeys", "kms", &["Decrypt", "GenerateDataKey"], key);
    }
    if let Some(ledger) = &surroundings.ledger {
        let actions: &[&str] = match purpose {
            Purpose::Function => &["BatchGetItem", "PutItem"],
            Purpose::Operator => &["BatchGetItem", "UpdateItem"],
        };
        grants.add("Ledger", "dynamodb", actions, ledger);
    }
    let mut missing = Vec::new();
    for address in program.addresses() {
        match surroundings.resource(program, &address) {
            Some(resource) => grants.address(&address.kind, &resource),
            None => missing.push(Missing { of: address.of, param: address.param }),
        }
    }
    if missing.is_empty() {
        Ok(json!({ "Version": "2012-10-17", "Statement": grants.statements() }))
    } else {
        Err(missing)
    }
}
