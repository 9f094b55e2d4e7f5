//! The function that ships, deployed by the template that `rulesc template` writes.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, ensure};
use distributary_deploy::RulesAt;
use distributary_deploy::filter::{Limits, criteria, wanted};
use distributary_deploy::template::{Deployment, Settings, template};
use distributary_rules::{Given, Program, check};
use distributary_syntax::Sources;
use futures_util::FutureExt as _;
use serde_json::{Value, json};

use super::bucket;
use crate::assumption::{Assumption, Local, Seen, Test};
use crate::ground::Ground;
use crate::package::Package;
use crate::price::Use;
use crate::queue::Queue;
use crate::scene::Scene;
use crate::stack::{self, PREFIX};

const RULES: &str = include_str!("deployed.rules");

/// The bucket is for the function's zip; the test makes a second stack, with the function.
pub(crate) static SCENE: Scene = Scene {
    name: "deployed",
    template: bucket::SCENE.template,
    minutes: 12,
    uses: &[
        (Use::Put, 20),
        (Use::Second, 60),
        (Use::Write, 50),
        (Use::Sqs, 300),
        (Use::Metric, 10),
    ],
    assumptions: &[Assumption {
        id: "deployed",
        says: "With the role that the template gives it, and the processor that it is built for, the function that ships delivers what is written, and parks in an ordered lot what a route cannot take.",
        otherwise: "`AccessDenied` in its log, or the mapping is disabled, or it does not start",
        how: "the template of `src/scenes/deployed.rules` in `crates/conformance`, with the zip that is given: one write, two routes that are well and one whose queue is not there",
        test: Test::WithPackage(|ground| deployed(ground).boxed()),
        local: Local::Blindly(
            "they check no permission, and know the processor of this machine alone",
        ),
    }],
};

async fn deployed(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let package = ground.package.as_ref().context("the function's zip is not given")?;
    let params = params(&ground);
    let code = upload(&ground, package, &params).await?;
    let template = with_function(package, &params, code)?;
    let (account, run) = (&ground.account, &ground.run);
    let name = format!("{PREFIX}{run}-shipped");
    stack::create(account, &name, run, &template).await?;
    let made: BTreeMap<String, String> = stack::resources(account, &name)
        .await?
        .into_iter()
        .map(|it| (it.id, it.physical))
        .collect();
    let place = |id: &str| made.get(id).with_context(|| format!("the stack has no `{id}`"));

    let table = account.table(place("TableTable")?)?;
    let item = json!({ "pk": { "S": "O#1" }, "sk": { "S": "1" }, "kind": { "S": "Order" } });
    let request = json!({ "TableName": table.table(), "Item": item });
    table.call("PutItem", &request).await.map_err(|error| anyhow!(error.failure.reason))?;
    let mut arrived = Vec::new();
    for (route, id) in [("work", "WorkQueue"), ("ordered", "OrderedQueue")] {
        let queue = Queue { account: &ground.account, url: place(id)? };
        arrived.push(format!("{} at `{route}`", queue.take(1).await?.len()));
    }
    let parked = parked(&ground, place("RowsLot")?).await?;
    let what = format!("arrived: {}; parked: {parked}", arrived.join(", "));
    Ok(Seen::decided(arrived == ["1 at `work`", "1 at `ordered`"] && parked == 1, what))
}

/// Parameters that the template cannot know.
fn params(ground: &Ground) -> BTreeMap<String, String> {
    let (account, run) = (&ground.account, &ground.run);
    let partition = account.caller.split(':').nth(1).unwrap_or("aws");
    let place = format!("arn:{partition}:sqs:{}:{}", account.region, account.number);
    BTreeMap::from([
        ("table".to_owned(), format!("{PREFIX}{run}")),
        ("absent_queue".to_owned(), format!("{place}:{PREFIX}{run}-absent.fifo")),
    ])
}

/// Puts the zip where CloudFormation finds it.
async fn upload(
    ground: &Ground,
    package: &Package,
    params: &BTreeMap<String, String>,
) -> anyhow::Result<String> {
    // Checked here, so that a defect in the rules is not taken for one of the function.
    program(params)?;
    let bucket = ground.bucket("Bucket")?;
    let zip = package.with_rules(RULES)?;
    bucket.put("function.zip", &[], zip).await.map_err(|error| anyhow!(error.failure.reason))?;
    Ok(format!("s3://{}/function.zip", ground.output("Bucket")?))
}

fn program(params: &BTreeMap<String, String>) -> anyhow::Result<Program> {
    let mut sources = Sources::new();
    sources.add("conformance.rules", RULES);
    let given = Given { cli: params.clone(), ..Given::default() };
    let checked = check(&sources, &given);
    ensure!(!checked.has_errors(), "the rules of the test have an error");
    Ok(checked.program)
}

fn with_function(
    package: &Package,
    params: &BTreeMap<String, String>,
    code: String,
) -> anyhow::Result<Value> {
    let program = program(params)?;
    let deployment = Deployment {
        filters: vec![criteria(&[wanted(&program, Some(0), false)], Limits::default())],
        program: &program,
        create: ["table", "work", "ordered", "rows"].map(str::to_owned).into(),
        environment: params
            .iter()
            .map(|(name, value)| (distributary_rules::variable(name), value.clone()))
            .collect(),
        code,
        rules: RulesAt::Zip,
        settings: Settings {
            architecture: package.architecture()?.to_owned(),
            memory: 512,
            timeout: 60,
            batch_size: 100,
            window: 0,
            parallelization: 1,
        },
    };
    let template = template(&deployment);
    let mut template = template.map_err(|error| anyhow!("there is no template: {error:?}"))?;
    // A table that nobody may delete would stay.
    if let Some(protection) = template.pointer_mut("/Parameters/DeletionProtection/Default") {
        *protection = json!("false");
    }
    Ok(template)
}

/// How many envelopes the lot has, once it has one.
async fn parked(ground: &Ground, lot: &str) -> anyhow::Result<usize> {
    let table = ground.account.table(lot)?;
    let request = json!({ "TableName": lot, "ConsistentRead": true });
    let rows = ground.until(|| async {
        let answer = table.call("Scan", &request).await;
        let answer = answer.map_err(|error| anyhow!(error.failure.reason))?;
        let items = answer.get("Items").and_then(Value::as_array);
        // Each group has a row of its own beside those of its envelopes.
        let data = items.into_iter().flatten().filter(|item| item.get("data").is_some()).count();
        Ok((data > 0).then_some(data))
    });
    Ok(rows.await?.unwrap_or_default())
}
