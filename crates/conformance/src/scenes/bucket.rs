//! What the lot in S3 relies on.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::join_all;

use crate::assumption::{Assumption, Local, Seen, Test};
use crate::ground::Ground;
use crate::price::Use;
use crate::scene::Scene;

pub(crate) static SCENE: Scene = Scene {
    name: "bucket",
    template: include_str!("../../templates/bucket.json"),
    minutes: 2,
    uses: &[(Use::Put, 40)],
    assumptions: &[
        Assumption {
            id: "s3-if-none-match",
            says: "Of several writes of one key with `If-None-Match: *`, S3 takes one.",
            otherwise: "two processes empty a lot at once, and what waits there arrives twice",
            how: "eight writes of one key at once, then one more",
            test: Test::Always(|ground| one_is_first(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "s3-if-match",
            says: "S3 refuses a write with `If-Match` once the object is another, or gone.",
            otherwise: "what somebody else delivered comes back into the lot, and arrives twice",
            how: "an object is read, replaced and deleted; after each, a write over what was read",
            test: Test::Always(|ground| not_over_another(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "s3-list-at-once",
            says: "A list of a bucket has what was just written, and not what was just deleted, in the order of the keys' bytes.",
            otherwise: "a redrive takes a lot for empty, or sends what is gone",
            how: "objects are written and deleted, with a list after each step",
            test: Test::Always(|ground| listed_at_once(ground).boxed()),
            local: Local::Truly,
        },
    ],
};

async fn one_is_first(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let bucket = ground.bucket("Bucket")?;
    let all = join_all((0..8).map(|_| bucket.put_over("lease", None, b"mine".to_vec()))).await;
    let mut taken = 0;
    for written in all {
        taken += usize::from(written.map_err(reason)?.is_some());
    }
    let late = bucket.put_over("lease", None, b"mine".to_vec()).await.map_err(reason)?;
    let later = if late.is_none() { "refused" } else { "taken" };
    let what = format!("{taken} of 8 were taken, a later one was {later}");
    Ok(Seen::decided(taken == 1 && late.is_none(), what))
}

async fn not_over_another(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let bucket = ground.bucket("Bucket")?;
    let first = bucket.put("kept", &[], b"1".to_vec()).await.map_err(reason)?;
    let over = |version: String| {
        let bucket = &bucket;
        async move { bucket.put_over("kept", Some(&version), b"2".to_vec()).await.map_err(reason) }
    };
    let second = over(first.clone()).await?;
    let stale = over(first).await?.is_some();
    bucket.delete("kept").await.map_err(reason)?;
    let gone = over(second.clone().unwrap_or_default()).await?.is_some();
    let said = |taken: bool| if taken { "taken" } else { "refused" };
    let what = format!(
        "over what was read: {}; over another: {}; over none: {}",
        said(second.is_some()),
        said(stale),
        said(gone)
    );
    Ok(Seen::decided(second.is_some() && !stale && !gone, what))
}

async fn listed_at_once(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let bucket = ground.bucket("Bucket")?;
    let keys = async || {
        let listed = bucket.list("list/", None, 10).await.map_err(reason)?;
        anyhow::Ok(listed.keys.iter().map(|key| key.replace("list/", "")).collect::<Vec<_>>())
    };
    for key in ["list/b", "list/a", "list/10", "list/9"] {
        bucket.put(key, &[], b"1".to_vec()).await.map_err(reason)?;
    }
    let written = keys().await?;
    bucket.delete("list/a").await.map_err(reason)?;
    let deleted = keys().await?;
    let what =
        format!("{} after writes, {} after a deletion", written.join(" "), deleted.join(" "));
    Ok(Seen::decided(written == ["10", "9", "a", "b"] && deleted == ["10", "9", "b"], what))
}

fn reason(error: distributary_aws::CallError) -> anyhow::Error {
    anyhow::anyhow!(error.failure.reason)
}
