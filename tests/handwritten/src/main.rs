//! The Lambda function that the rules of `tests/rules/cost` replace, as one writes it by hand: the
//! event is read into `aws_lambda_events`' types, an image into `serde_json::Value`, and every order
//! that becomes paid is sent to five targets. `cargo xtask cost` measures it beside Distributary.
//!
//! `SENDS=one-by-one` sends a message in each request, `SENDS=batches` up to ten. One failure fails the
//! batch: all of it comes again, to all targets.

#![allow(clippy::indexing_slicing, reason = "a JSON value answers null")]

mod change;
mod send;

use std::env;
use std::sync::Arc;

use aws_lambda_events::dynamodb::Event;
use lambda_runtime::{Error, LambdaEvent, service_fn};

use change::Change;
use send::Targets;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let targets = Arc::new(Targets::connect().await?);
    let batches = env::var("SENDS")? == "batches";
    let handle = |event: LambdaEvent<Event>| {
        let targets = targets.clone();
        async move {
            let changes = Change::of_event(event.payload)?;
            if batches {
                targets.send_batches(&changes).await?;
            } else {
                targets.send_one_by_one(&changes).await?;
            }
            Ok::<_, Error>(serde_json::json!({ "batchItemFailures": [] }))
        }
    };
    lambda_runtime::run(service_fn(handle)).await
}
