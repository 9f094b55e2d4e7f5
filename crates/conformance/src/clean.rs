//! Removing what runs made, and looking whether anything is left.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::account::Account;
use crate::patience::until;
use crate::remove;
use crate::stack::{self, Stack, TAG};

/// What is there of runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// A stack's name, or a resource's ARN.
    pub name: String,
    /// Why it is still there, where that is known.
    pub reason: Option<String>,
}

impl Left {
    fn of(name: &str) -> Self {
        Left { name: name.to_owned(), reason: None }
    }

    /// The stacks of a run, or of all runs in the account and region.
    ///
    /// # Errors
    /// CloudFormation does not say.
    pub async fn stacks(account: &Account, run: Option<&str>) -> anyhow::Result<Vec<Left>> {
        let stacks = of_run(account, run).await?;
        Ok(stacks.iter().map(|stack| Left::of(&stack.name)).collect())
    }
}

/// Removes all stacks of a run, or of all runs, and returns what is left, by CloudFormation's list of
/// stacks and by the tag that every resource of a run has.
///
/// # Errors
/// The services do not say what is there.
pub async fn clean(
    account: &Account,
    run: Option<&str>,
    say: &dyn Fn(String),
) -> anyhow::Result<Vec<Left>> {
    let mut failed: Vec<Left> = Vec::new();
    // A stack that was asked for when a run was interrupted shows itself late.
    for _ in 0..3 {
        let stacks = of_run(account, run).await?;
        if stacks.is_empty() {
            sleep(account.pause).await;
            continue;
        }
        let removed = join_all(stacks.iter().map(async |stack| {
            let removed = remove::delete(account, stack).await;
            if removed.is_ok() {
                say(format!("removed `{}`", stack.name));
            }
            (stack.name.clone(), removed)
        }));
        failed = removed
            .await
            .into_iter()
            .filter_map(|(name, removed)| {
                Some(Left { name, reason: Some(format!("{:#}", removed.err()?)) })
            })
            .collect();
        if !failed.is_empty() {
            break;
        }
    }
    for stack in of_run(account, run).await? {
        if !failed.iter().any(|left| left.name == stack.name) {
            failed.push(Left::of(&stack.name));
        }
    }
    failed.extend(tagged_for_long(account, run).await?);
    Ok(failed)
}

async fn of_run(account: &Account, run: Option<&str>) -> anyhow::Result<Vec<Stack>> {
    let mut stacks = stack::list(account).await?;
    stacks.retain(|stack| run.is_none_or(|run| stack.run() == Some(run)));
    Ok(stacks)
}

/// What still has the tag once the list of tags had time to hear of deletions.
async fn tagged_for_long(account: &Account, run: Option<&str>) -> anyhow::Result<Vec<Left>> {
    let gone = until(account.patience, account.pause, || async {
        Ok(tagged(account, run).await?.is_empty().then_some(()))
    });
    match gone.await? {
        Some(()) => Ok(Vec::new()),
        None => Ok(tagged(account, run).await?.iter().map(|arn| Left::of(arn)).collect()),
    }
}

async fn tagged(account: &Account, run: Option<&str>) -> anyhow::Result<Vec<String>> {
    let mut filter = json!({ "Key": TAG });
    if let (Some(run), Some(filter)) = (run, filter.as_object_mut()) {
        filter.insert("Values".to_owned(), json!([run]));
    }
    let operation = "ResourceGroupsTaggingAPI_20170126.GetResources";
    let (mut found, mut page) = (Vec::new(), String::new());
    loop {
        // A page may be empty, and another one follow.
        let request = json!({ "TagFilters": [&filter], "PaginationToken": page });
        let answer = account.tagging.json(operation, &request).await?;
        let resources = answer.get("ResourceTagMappingList").and_then(Value::as_array);
        for resource in resources.into_iter().flatten() {
            let arn = resource.get("ResourceARN").and_then(Value::as_str).unwrap_or_default();
            if !is_deleted_table(account, arn).await? {
                found.push(arn.to_owned());
            }
        }
        match answer.get("PaginationToken").and_then(Value::as_str) {
            Some(next) if !next.is_empty() => page = next.to_owned(),
            _ => return Ok(found),
        }
    }
}

/// Tags of a table may be listed for longer than the table is there.
async fn is_deleted_table(account: &Account, arn: &str) -> anyhow::Result<bool> {
    if !arn.contains(":dynamodb:") {
        return Ok(false);
    }
    let described = account.table(arn)?.call("DescribeTable", &json!({ "TableName": arn })).await;
    Ok(described.is_err_and(|error| error.is("ResourceNotFoundException")))
}
