//! How many requests deliveries take, by target.

use anyhow::Result;
use distributary_tests::call::Call;

use crate::changes;
use crate::world::{Worker, World, invoke};

/// Deliveries to each target, and of how many items the changes are.
const CHANGES: usize = 1_000;
const ITEMS: [usize; 3] = [1_000, 100, 1];

/// The targets, and what tells the requests to them.
const TARGETS: [(&str, &str); 5] = [
    ("sqs", "cost-work"),
    ("sqs.fifo", "cost-ordered.fifo"),
    ("sns", "cost-news"),
    ("sns.fifo", "cost-news.fifo"),
    ("eventbridge", "cost-bus"),
];

pub(crate) async fn print(world: &World) -> Result<()> {
    let mut columns = Vec::new();
    for worker in [Worker::Distributary, Worker::Batching] {
        for items in ITEMS {
            let plural = if items == 1 { "" } else { "s" };
            let name = format!("{}, {items} item{plural}", worker.name());
            columns.push((name, count(world, worker, items).await?));
        }
    }
    columns.push((Worker::OneByOne.name().to_owned(), count(world, Worker::OneByOne, 100).await?));

    println!("\n## Requests for {CHANGES} deliveries to each target, from one batch\n");
    let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
    println!("| | {} |\n|{} --- |", names.join(" | "), " --- |".repeat(names.len()));
    for (at, (kind, _)) in TARGETS.iter().enumerate() {
        let counts: Vec<_> = columns.iter().map(|(_, counts)| counts[at].to_string()).collect();
        println!("| `{kind}` | {} |", counts.join(" | "));
    }
    Ok(())
}

/// Requests to each of the targets.
async fn count(world: &World, worker: Worker, items: usize) -> Result<[usize; 5]> {
    let mut function = world.start(worker).await?;
    world.record();
    invoke(&mut function, changes::event(&changes::paid(CHANGES, items))).await?;
    function.stop().await?;
    let mut counts = [0; 5];
    for request in world.recorded() {
        for permission in Call::read(&request)?.permissions()?.iter().take(1) {
            for ((_, target), count) in TARGETS.iter().zip(&mut counts) {
                *count += usize::from(permission.resource.ends_with(target));
            }
        }
    }
    Ok(counts)
}
