//! A stack, and what is tested on it.

use anyhow::Context as _;
use serde_json::Value;

use crate::assumption::Assumption;
use crate::price::Use;

/// A stack, and what is tested on it.
#[derive(Debug)]
pub struct Scene {
    /// Part of the stack's name.
    pub name: &'static str,
    /// The CloudFormation template, as JSON. Tests find what it made among its outputs.
    pub template: &'static str,
    /// How long it takes in an account, with making and removing the stack.
    pub minutes: u32,
    /// What of it is billed, and how much of that at most.
    pub uses: &'static [(Use, u32)],
    /// What is tested, in this order.
    pub assumptions: &'static [Assumption],
}

/// The function that shows what a mapping sends it: Lambda runs its source as it is.
const PROBE: &str = include_str!("probe.py");

impl Scene {
    /// The template, with the function in it.
    pub(crate) fn template(&self) -> anyhow::Result<Value> {
        let mut template: Value =
            serde_json::from_str(self.template).context("the template is no JSON")?;
        if let Some(code) = template.pointer_mut("/Resources/Probe/Properties/Code/ZipFile") {
            *code = Value::from(PROBE);
        }
        Ok(template)
    }

    /// The kinds of what it makes, each with how many of them.
    ///
    /// # Errors
    /// The template is no JSON.
    pub fn makes(&self) -> anyhow::Result<Vec<(String, usize)>> {
        let template = self.template()?;
        let resources = template.get("Resources").and_then(Value::as_object);
        let mut kinds: Vec<(String, usize)> = Vec::new();
        for resource in resources.into_iter().flat_map(|resources| resources.values()) {
            let kind = resource.get("Type").and_then(Value::as_str).unwrap_or_default();
            match kinds.iter_mut().find(|(known, _)| known == kind) {
                Some((_, count)) => *count += 1,
                None => kinds.push((kind.to_owned(), 1)),
            }
        }
        Ok(kinds)
    }
}
