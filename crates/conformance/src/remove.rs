//! Removing a stack, and first what keeps CloudFormation from it.

use anyhow::{Context as _, anyhow, bail};
use serde_json::Value;

use crate::account::Account;
use crate::patience::until;
use crate::stack::{PATIENCE, Stack, delete_as_it_is, resources};

/// Deletes a stack and waits until it is gone. What keeps CloudFormation from it goes first: what is
/// in buckets, and mappings that a test gave to a function.
///
/// # Errors
/// It is still there.
pub(crate) async fn delete(account: &Account, stack: &Stack) -> anyhow::Result<()> {
    for _ in 0..3 {
        for resource in resources(account, &stack.id).await? {
            match resource.kind.as_str() {
                _ if !resource.is_there() => {}
                "AWS::S3::Bucket" => empty(account, &resource.physical).await?,
                "AWS::Lambda::Function" => unmap(account, &resource.physical).await?,
                _ => {}
            }
        }
        if delete_as_it_is(account, &stack.id).await? {
            return Ok(());
        }
    }
    let left = resources(account, &stack.id).await?;
    let left = left.iter().find_map(|it| Some(format!("{}: {}", it.id, it.reason.as_ref()?)));
    bail!("stack `{}` cannot be deleted: {}", stack.name, left.unwrap_or_default())
}

async fn empty(account: &Account, bucket: &str) -> anyhow::Result<()> {
    let bucket = account.s3(bucket)?;
    loop {
        let page = bucket.list("", None, 1_000).await;
        let page = match page {
            Err(error) if error.is("NoSuchBucket") => return Ok(()),
            page => page.map_err(|error| anyhow!(error.failure.reason))?,
        };
        if page.keys.is_empty() {
            return Ok(());
        }
        for key in &page.keys {
            bucket.delete(key).await.map_err(|error| anyhow!(error.failure.reason))?;
        }
    }
}

/// A mapping outlives its function, and cannot be deleted while it is being made.
async fn unmap(account: &Account, function: &str) -> anyhow::Result<()> {
    let path = format!("/2015-03-31/event-source-mappings/?FunctionName={function}");
    let gone = until(PATIENCE, account.pause, || async {
        let answer = match account.lambda.rest("GET", &path, None).await {
            Err(error) if error.is("ResourceNotFoundException") => return Ok(Some(())),
            answer => answer?,
        };
        let mappings = answer.get("EventSourceMappings").and_then(Value::as_array);
        // Nothing but the answer says whose they are.
        let own = mappings.into_iter().flatten().filter(|it| is_of(it, function));
        let uuids: Vec<&str> = own.filter_map(|it| it.get("UUID")?.as_str()).collect();
        for uuid in &uuids {
            unmap_one(account, uuid).await?;
        }
        Ok(uuids.is_empty().then_some(()))
    });
    gone.await?.with_context(|| format!("a mapping of `{function}` is there after 15 minutes"))
}

/// Whether a mapping invokes the function of this name.
fn is_of(mapping: &Value, function: &str) -> bool {
    let arn = mapping.get("FunctionArn").and_then(Value::as_str).unwrap_or_default();
    arn.split_once(":function:").is_some_and(|(_, name)| name == function)
}

/// Deletes an event source mapping, or finds that somebody did.
pub(crate) async fn unmap_one(account: &Account, uuid: &str) -> anyhow::Result<()> {
    let path = format!("/2015-03-31/event-source-mappings/{uuid}");
    match account.lambda.rest("DELETE", &path, None).await {
        Ok(_) => Ok(()),
        // It is gone, or going.
        Err(error)
            if error.is("ResourceNotFoundException") || error.is("ResourceInUseException") =>
        {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mappings_of_other_functions_are_left_alone() {
        let arn = |name| json!({ "FunctionArn": format!("arn:aws:lambda:r:1:function:{name}") });
        assert!(is_of(&arn("probe"), "probe"));
        assert!(!is_of(&arn("other-probe"), "probe"));
        assert!(!is_of(&json!({}), "probe"));
    }
}
