//! CloudFormation stacks, in which everything is made and with which everything goes.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::account::Account;
use crate::patience::until;

/// With what the names of all stacks begin.
pub(crate) const PREFIX: &str = "distributary-conformance-";
/// The tag that every resource of a run has; its value is the run.
pub(crate) const TAG: &str = "distributary-conformance";
/// A stack with a function and a mapping takes two or three minutes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// A stack as it is listed.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Stack {
    #[serde(rename = "StackName")]
    pub(crate) name: String,
    #[serde(rename = "StackId")]
    pub(crate) id: String,
    #[serde(rename = "StackStatus")]
    pub(crate) status: String,
    #[serde(rename = "StackStatusReason")]
    pub(crate) reason: Option<String>,
    #[serde(rename = "Outputs", default)]
    outputs: Members<Output>,
    #[serde(rename = "Tags", default)]
    tags: Members<Tag>,
}

/// A resource of a stack.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Resource {
    #[serde(rename = "LogicalResourceId")]
    pub(crate) id: String,
    #[serde(rename = "PhysicalResourceId", default)]
    pub(crate) physical: String,
    #[serde(rename = "ResourceType")]
    pub(crate) kind: String,
    #[serde(rename = "ResourceStatus")]
    pub(crate) status: String,
    #[serde(rename = "ResourceStatusReason")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Members<T> {
    #[serde(rename = "member", default = "Vec::new")]
    all: Vec<T>,
}

impl<T> Default for Members<T> {
    fn default() -> Self {
        Members { all: Vec::new() }
    }
}

#[derive(Debug, Clone, Deserialize)]
struct Output {
    #[serde(rename = "OutputKey")]
    key: String,
    #[serde(rename = "OutputValue")]
    value: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Tag {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Value")]
    value: String,
}

#[derive(Deserialize)]
struct Described {
    #[serde(rename = "DescribeStacksResult")]
    result: Stacks,
}

#[derive(Deserialize)]
struct Stacks {
    #[serde(rename = "Stacks", default)]
    stacks: Members<Stack>,
    #[serde(rename = "NextToken")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Resources {
    #[serde(rename = "DescribeStackResourcesResult")]
    result: ResourcesResult,
}

#[derive(Deserialize)]
struct ResourcesResult {
    #[serde(rename = "StackResources", default)]
    resources: Members<Resource>,
}

impl Stack {
    /// The run that made it.
    pub(crate) fn run(&self) -> Option<&str> {
        self.tags.all.iter().find(|tag| tag.key == TAG).map(|tag| tag.value.as_str())
    }
}

impl Resource {
    /// Whether the stack has it. What could not be made may have the name of what somebody else has.
    pub(crate) fn is_there(&self) -> bool {
        let gone = ["CREATE_FAILED", "DELETE_COMPLETE"].contains(&self.status.as_str());
        !gone && !self.physical.is_empty()
    }
}

/// Makes a stack, waits for it, and returns its outputs.
///
/// # Errors
/// It cannot be made; what of it was made stays until it is deleted.
pub(crate) async fn create(
    account: &Account,
    name: &str,
    run: &str,
    template: &Value,
) -> anyhow::Result<BTreeMap<String, String>> {
    let body = template.to_string();
    let fields = [
        ("StackName", name),
        ("TemplateBody", &body),
        ("Capabilities.member.1", "CAPABILITY_IAM"),
        ("Capabilities.member.2", "CAPABILITY_AUTO_EXPAND"),
        ("Tags.member.1.Key", TAG),
        ("Tags.member.1.Value", run),
        // A stack that failed shows what failed until it is deleted.
        ("OnFailure", "DO_NOTHING"),
    ];
    account.cloudformation.query("CreateStack", &fields).await?;
    let stack = settled(account, name, |status| !status.ends_with("_IN_PROGRESS")).await?;
    let stack = stack.context("the stack is gone")?;
    if stack.status == "CREATE_COMPLETE" {
        let outputs = stack.outputs.all.into_iter();
        return Ok(outputs.map(|output| (output.key, output.value)).collect());
    }
    for resource in resources(account, name).await? {
        // Others are cancelled because of it.
        if let (true, Some(reason)) = (resource.status == "CREATE_FAILED", &resource.reason)
            && !reason.contains("cancelled")
        {
            bail!("`{}` could not be made: {}", resource.id, reason.trim_end_matches('.'));
        }
    }
    bail!("it ended as {}: {}", stack.status, stack.reason.unwrap_or_default());
}

/// A stack once its status is one of these; `None` once it is gone.
async fn settled(
    account: &Account,
    stack: &str,
    is_one: impl Fn(&str) -> bool,
) -> anyhow::Result<Option<Stack>> {
    let found = until(PATIENCE, account.pause, || async {
        let stack = describe(account, stack).await?;
        let is_settled = stack.as_ref().is_none_or(|stack| is_one(&stack.status));
        Ok(is_settled.then_some(stack))
    });
    found.await?.with_context(|| format!("stack `{stack}` is under way after 15 minutes"))
}

/// By name or id; `None` where it is gone.
async fn describe(account: &Account, stack: &str) -> anyhow::Result<Option<Stack>> {
    match account.cloudformation.query("DescribeStacks", &[("StackName", stack)]).await {
        Ok(answer) => {
            let Described { result } = quick_xml::de::from_str(&answer)?;
            let found = result.stacks.all.into_iter().next();
            Ok(found.filter(|stack| stack.status != "DELETE_COMPLETE"))
        }
        Err(error) if error.message.contains("does not exist") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// All stacks of conformance runs that are not gone.
pub(crate) async fn list(account: &Account) -> anyhow::Result<Vec<Stack>> {
    let mut found = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let from = next.as_deref().map(|token| ("NextToken", token));
        let fields: Vec<_> = from.into_iter().collect();
        let answer = account.cloudformation.query("DescribeStacks", &fields).await?;
        let Described { result } = quick_xml::de::from_str(&answer)?;
        found.extend(result.stacks.all.into_iter().filter(|stack| {
            stack.name.starts_with(PREFIX)
                && stack.run().is_some()
                && stack.status != "DELETE_COMPLETE"
        }));
        next = result.next.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(found);
        }
    }
}

/// What a stack has made, by name or id.
pub(crate) async fn resources(account: &Account, stack: &str) -> anyhow::Result<Vec<Resource>> {
    let fields = [("StackName", stack)];
    let answer = account.cloudformation.query("DescribeStackResources", &fields).await?;
    let Resources { result } = quick_xml::de::from_str(&answer)?;
    Ok(result.resources.all)
}

/// Deletes a stack by name or id and waits; whether it is gone.
///
/// # Errors
/// CloudFormation refuses, or takes too long.
pub(crate) async fn delete_as_it_is(account: &Account, stack: &str) -> anyhow::Result<bool> {
    account.cloudformation.query("DeleteStack", &[("StackName", stack)]).await?;
    // Until CloudFormation begins it shows what was before.
    Ok(settled(account, stack, |status| status == "DELETE_FAILED").await?.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stack_does_not_have_is_left_alone() {
        let resource = |physical: &str, status: &str| Resource {
            id: "Bucket".to_owned(),
            physical: physical.to_owned(),
            kind: "AWS::S3::Bucket".to_owned(),
            status: status.to_owned(),
            reason: None,
        };
        assert!(resource("own", "CREATE_COMPLETE").is_there());
        assert!(resource("own", "DELETE_FAILED").is_there());
        assert!(!resource("somebodys", "CREATE_FAILED").is_there());
        assert!(!resource("own", "DELETE_COMPLETE").is_there());
        assert!(!resource("", "CREATE_COMPLETE").is_there());
    }
}
