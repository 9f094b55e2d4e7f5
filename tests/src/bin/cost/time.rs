//! How long functions are billed for, how long they compute, and what memory they take.

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result};
use distributary_tests::function::Function;

use crate::bill::Billed;
use crate::changes;
use crate::world::{ANSWER, Worker, World, invoke};

const BATCHES: [usize; 4] = [1_000, 100, 10, 1];
/// The batch size of the table of dollars, which a mapping has unless it is set.
pub(crate) const BATCH: usize = 100;
const ROUNDS: usize = 3;

/// What 1,000 records took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    /// Milliseconds, each invocation rounded up as Lambda does.
    pub(crate) time: f64,
    /// Milliseconds on a processor.
    pub(crate) computing: f64,
    pub(crate) log_bytes: f64,
    pub(crate) billed: Billed,
    /// MiB that the process had at most.
    memory: f64,
}

/// Prints the table and returns what batches of [`BATCH`] took, of each worker.
pub(crate) async fn print(world: &World) -> Result<[Measured; 3]> {
    world.slow_down();
    println!("\n## 1,000 changes, each to five targets, answers {} ms late\n", ANSWER.as_millis());
    println!("| | records in a batch | billed ms | of that computing | most memory |");
    println!("| --- | --- | --- | --- | --- |");
    let mut of_default = [const { None }; 3];
    for batch in BATCHES {
        // What sends one by one takes as long whatever the batch.
        let workers = if batch == BATCH { &Worker::ALL[..] } else { &Worker::ALL[..2] };
        let mut best: Vec<Option<Measured>> = vec![None; workers.len()];
        for _ in 0..ROUNDS {
            for (worker, best) in workers.iter().zip(&mut best) {
                let now = measure(world, *worker, batch).await?;
                if best.as_ref().is_none_or(|best| now.time < best.time) {
                    *best = Some(now);
                }
            }
        }
        for (at, (worker, best)) in workers.iter().zip(best).enumerate() {
            let best = best.context("no round")?;
            println!(
                "| {} | {batch} | {:.0} | {:.0} | {:.0} MiB |",
                worker.name(),
                best.time,
                best.computing,
                best.memory
            );
            if batch == BATCH {
                of_default[at] = Some(best);
            }
        }
    }
    world.services.heal();
    world.database.heal();
    Ok(of_default.map(Option::unwrap_or_default))
}

async fn measure(world: &World, worker: Worker, batch: usize) -> Result<Measured> {
    let mut function = world.start(worker).await?;
    // Connections are there, as in a process that has run before.
    invoke(&mut function, changes::event(&changes::paid(10, 10))).await?;
    // What is sent one by one takes its time.
    let most = if worker == Worker::OneByOne { 200 } else { 1_000 };
    let count = (batch * 100).clamp(200, most);
    let records = changes::paid(count, count);
    world.record();
    let before = computing(&function)?;
    let mut time = 0;
    for records in records.chunks(batch) {
        let event = changes::event(records);
        let start = Instant::now();
        invoke(&mut function, event).await?;
        time += start.elapsed().as_micros().div_ceil(1_000);
    }
    let computing = computing(&function)? - before;
    let memory = memory(&function)?;
    let billed = Billed::of(&world.recorded())?;
    let log = function.stop().await?;
    let invocations = count.div_ceil(batch) + 1;
    let scale = 1_000.0 / count as f64;
    Ok(Measured {
        time: time as f64 * scale,
        computing: computing * scale,
        log_bytes: log.len() as f64 / invocations as f64 * (1_000.0 / batch as f64),
        billed: billed.times(scale),
        memory,
    })
}

/// Milliseconds that all threads of a process have been on a processor.
fn computing(function: &Function) -> Result<f64> {
    let process = function.id().context("the function has ended")?;
    let mut nanoseconds = 0.0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        let first = text.split(' ').next().context("an empty `schedstat`")?;
        nanoseconds += first.parse::<f64>()?;
    }
    Ok(nanoseconds / 1e6)
}

fn memory(function: &Function) -> Result<f64> {
    let process = function.id().context("the function has ended")?;
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: f64 =
        most.and_then(|most| most.trim().strip_suffix(" kB")).context("no `VmHWM`")?.parse()?;
    Ok(kilobytes / 1024.0)
}
