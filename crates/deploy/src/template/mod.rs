//! An AWS SAM template with all that a function on a program's sources needs.
//!
//! What the rules say is taken from them: filters, permissions, which lots there are. A template
//! leaves open, as parameters, what belongs to an account alone.

mod alarms;
mod created;
mod dashboard;
mod function;
mod mapping;
mod names;
mod parameters;

use std::collections::{BTreeMap, BTreeSet};

use distributary_rules::{Lot, Program, Source};
use serde_json::{Map, Value, json};

use crate::RulesAt;
use crate::filter::Criteria;
use crate::policy::{Home, Missing, Purpose, Surroundings, policy};
use created::Created;

/// One function and what it is deployed with.
#[derive(Debug)]
pub struct Deployment<'p> {
    /// The rules that it runs: [`Program::serving`] leaves out those of another function.
    pub program: &'p Program,
    /// The filter of each source's event source mapping, in the program's order.
    pub filters: Vec<Criteria>,
    /// Routes, lots and sources whose queue, topic, bus, bucket or table the template makes.
    pub create: BTreeSet<String>,
    /// What the function is told of its rules: `DISTRIBUTARY_STAGE` and parameters.
    pub environment: BTreeMap<String, String>,
    /// The zip with `bootstrap` and the rules: a path from the template, or `s3://BUCKET/KEY`.
    pub code: String,
    /// Where the function finds its rules.
    pub rules: RulesAt,
    /// What is set of the function and of its mappings.
    pub settings: Settings,
}

/// Numbers of the function and its event source mappings, within the limits of AWS Lambda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `arm64` or `x86_64`.
    pub architecture: String,
    /// MiB.
    pub memory: u32,
    /// Seconds.
    pub timeout: u64,
    /// Records.
    pub batch_size: u32,
    /// Seconds.
    pub window: u64,
    /// Batches of one shard at a time.
    pub parallelization: u32,
}

/// Why there is no template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateError {
    /// Addresses that nothing gives, and that the template does not make.
    Missing(Vec<Missing>),
    /// A name to create is neither a source, nor a route, nor a lot that a service keeps.
    Unknown(String),
    /// The address of this route or lot is part of a longer text, so that nothing made here could
    /// be put into it.
    Fixed(String),
    /// The table of this source cannot be made, since the source does not say its key.
    NoKey(String),
    /// The rules declare no source, so that no stream is known.
    NoSource,
    /// This lot is a file, and what is parked there ends with the function's process.
    Passing(String),
    /// Two names of the rules are one in a template, where names have letters and digits alone.
    SameId(String),
}

/// The template, as JSON.
///
/// # Errors
/// Something in the rules has no place, or no place in a template.
pub fn template(deployment: &Deployment<'_>) -> Result<Value, TemplateError> {
    if deployment.program.sources().is_empty() {
        return Err(TemplateError::NoSource);
    }
    let addresses = deployment.program.addresses();
    let kept: Vec<_> = addresses.iter().filter(|address| address.is_lot()).collect();
    let is_kept = |lot: &&Lot| kept.iter().any(|address| *address.of == *lot.name);
    if let Some(lot) = deployment.program.lots().iter().find(|lot| !is_kept(lot)) {
        return Err(TemplateError::Passing(lot.name.to_string()));
    }
    let created = Created::new(deployment)?;
    let mut parts = Parts::default();
    parameters::add(deployment, &created, &mut parts)?;
    created.add(deployment, &mut parts)?;
    let surroundings = Surroundings {
        streams: deployment.sources().map(|(source, _)| created.stream(source)).collect(),
        ledger: Some(function::ledger()),
        log_group: Some(function::log_group()),
        on_failure: Some(mapping::on_failure()),
        rules: deployment.rules.clone(),
        keys: Vec::new(),
        home: Some(Home::Template),
        references: created.references.clone(),
    };
    let policy = policy(deployment.program, &surroundings, Purpose::Function)
        .map_err(TemplateError::Missing)?;
    function::add(deployment, &created, &policy, &mut parts)?;
    mapping::add(deployment, &created, &mut parts)?;
    alarms::add(deployment, &created, &mut parts)?;
    dashboard::add(deployment, &created, &mut parts)?;
    Ok(json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": "Distributary: a function on the streams of tables, with what it needs",
        "Parameters": parts.parameters,
        "Conditions": parts.conditions,
        "Resources": parts.resources,
        "Outputs": parts.outputs,
    }))
}

/// The sections of a template.
#[derive(Debug, Default)]
struct Parts {
    parameters: Map<String, Value>,
    conditions: Map<String, Value>,
    resources: Map<String, Value>,
    outputs: Map<String, Value>,
}

impl Parts {
    fn resource(&mut self, id: &str, ty: &str, properties: Value) -> Result<(), TemplateError> {
        self.whole(id, json!({ "Type": ty, "Properties": properties }))
    }

    fn whole(&mut self, id: &str, resource: Value) -> Result<(), TemplateError> {
        match self.resources.insert(id.to_owned(), resource) {
            None => Ok(()),
            Some(_) => Err(TemplateError::SameId(id.to_owned())),
        }
    }

    fn output(&mut self, id: &str, description: &str, value: Value) {
        let output = json!({ "Description": description, "Value": value });
        self.outputs.insert(id.to_owned(), output);
    }
}

impl<'p> Deployment<'p> {
    fn sources(&self) -> impl Iterator<Item = (&'p Source, &Criteria)> {
        self.program.sources().iter().zip(&self.filters)
    }
}
