//! What taking a deployment back relies on.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::bucket;
use crate::assumption::{Assumption, Local, Seen, Test};
use crate::ground::Ground;
use crate::price::Use;
use crate::scene::Scene;
use crate::stack::{self, PREFIX};

pub(crate) static SCENE: Scene = Scene {
    name: "stacks",
    template: include_str!("../../templates/stacks.json"),
    minutes: 5,
    uses: &[(Use::Put, 10)],
    assumptions: &[Assumption {
        id: "stack-keeps-bucket",
        says: "CloudFormation does not delete a bucket that is not empty.",
        otherwise: "records in `Failures`, and what waits in a lot `s3`, go with the stack",
        how: "a second stack with a bucket and an object, which is deleted as it is",
        test: Test::Always(|ground| keeps_bucket(ground).boxed()),
        local: Local::Wrongly("they delete it with all that is in it"),
    }],
};

async fn keeps_bucket(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let (account, run) = (&ground.account, &ground.run);
    let name = format!("{PREFIX}{run}-kept");
    let outputs = stack::create(account, &name, run, &bucket::SCENE.template()?).await?;
    let second = Ground { outputs, package: None, account: Arc::clone(account), run: run.clone() };
    let bucket = second.bucket("Bucket")?;
    let reason = |error: distributary_aws::CallError| anyhow::anyhow!(error.failure.reason);
    bucket.put("kept", &[], b"1".to_vec()).await.map_err(reason)?;
    // The run removes what is left of it.
    let gone = stack::delete_as_it_is(account, &name).await?;
    let kept = match bucket.get("kept").await {
        Ok(object) => object.is_some(),
        Err(error) if error.is("NoSuchBucket") => false,
        Err(error) => return Err(reason(error)),
    };
    let what = format!(
        "the stack is {}, the object {}",
        if gone { "gone" } else { "there" },
        if kept { "there" } else { "gone" }
    );
    Ok(Seen::decided(kept && !gone, what))
}
