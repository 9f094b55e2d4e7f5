//! `cargo xtask latency`: how long a change takes from the write to its targets, through the real
//! services of this machine, and how much of that is theirs. Prints the tables of `docs/latency.md`.
//!
//! The same change goes three ways in turn: read from the stream and sent at once, with nothing in
//! between; through a function written by hand; through Distributary without its ledger, and with it.
//! What the first takes is the services' own share.

#![allow(clippy::indexing_slicing, reason = "a JSON value answers null")]

mod shop;
mod way;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use distributary_tests::report;

use shop::{Shop, TARGETS};
use way::Way;

/// Changes by each way.
const SAMPLES: usize = 300;

#[tokio::main]
async fn main() -> ExitCode {
    report(measure().await)
}

async fn measure() -> Result<()> {
    let mut shop = Shop::new().await?;
    let mut ways = [
        Way::nothing(),
        Way::handwritten(&shop).await?,
        Way::without_ledger(&shop).await?,
        Way::distributary(&shop).await?,
    ];
    // Connections are there, as in a process that has run before.
    for way in &mut ways {
        shop.change(way, "first").await?;
    }
    let mut read = Vec::new();
    let mut arrived = [const { [const { Vec::new() }; TARGETS.len()] }; 4];
    for n in 0..SAMPLES {
        for (way, arrived) in ways.iter_mut().zip(&mut arrived) {
            let times = shop.change(way, &n.to_string()).await?;
            read.push(times.read);
            for (all, time) in arrived.iter_mut().zip(times.arrived) {
                all.push(time);
            }
        }
    }
    let [nothing, others @ ..] = &mut arrived;

    println!(
        "{SAMPLES} changes by each way, in turn; p50 / p99 in ms, in brackets what is not the \
         services' own\n"
    );
    println!(
        "| from the write to | services alone | by hand | Distributary without a ledger | \
         Distributary |"
    );
    println!("| --- | --- | --- | --- | --- |");
    println!("| the record in the stream | {} | | | |", both(&mut read));
    for (at, target) in TARGETS.iter().enumerate() {
        let alone = both(&mut nothing[at]);
        let cells = others.each_mut().map(|way| {
            let own =
                [50, 99].map(|p| percentile(&mut way[at], p) - percentile(&mut nothing[at], p));
            format!("{} ({:.1} / {:.1})", both(&mut way[at]), own[0], own[1])
        });
        println!("| the receiver of `{target}` | {alone} | {} |", cells.join(" | "));
    }
    Ok(())
}

fn both(times: &mut [Duration]) -> String {
    format!("{:.1} / {:.1}", percentile(times, 50), percentile(times, 99))
}

/// Milliseconds that so many of a hundred do not take longer than.
fn percentile(times: &mut [Duration], of_hundred: usize) -> f64 {
    times.sort_unstable();
    let at = (times.len() * of_hundred).div_ceil(100).saturating_sub(1);
    times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}
