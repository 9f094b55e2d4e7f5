//! `cargo xtask cost`: what Distributary costs to run, beside a handler that sends one by one and one
//! that batches, on the same bytes and the same local services; and how long a change takes to its
//! target. Prints the tables of `docs/cost.md` and `docs/latency.md`.

#![allow(clippy::indexing_slicing, reason = "a JSON value answers null")]

mod bill;
mod changes;
mod dollars;
mod filter;
mod lots;
mod prices;
mod requests;
mod time;
mod world;

use std::process::ExitCode;

use anyhow::Result;
use distributary_tests::report;

use prices::Prices;
use world::World;

#[tokio::main]
async fn main() -> ExitCode {
    report(measure().await)
}

async fn measure() -> Result<()> {
    let prices = Prices::read()?;
    prices.print();
    filter::print()?;
    let parked = lots::print(&prices).await?;
    let world = World::new().await?;
    world.agree().await?;
    requests::print(&world).await?;
    let measured = time::print(&world).await?;
    dollars::print(&prices, &measured, &parked);
    Ok(())
}
