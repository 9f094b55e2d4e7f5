//! A file as a lot.

use std::path::Path;

use distributary_delivery::LotPlace;

use super::{open, steps_aside};

#[tokio::test]
async fn what_failed_again_steps_aside_in_a_file() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lot-aside.jsonl");
    let _ = std::fs::remove_file(&path);
    let place = || LotPlace::File { path: path.clone() };
    steps_aside(open("", place()).await, open("", place()).await).await;
}
