//! `cargo xtask capture examples/shop`: plays the writes of an example against a
//! real table and keeps its stream records as the example's events.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use distributary_tests::components;
use distributary_tests::dynamodb::DynamoDb;
use distributary_tests::report;
use distributary_tests::world::World;

#[tokio::main]
async fn main() -> ExitCode {
    report(capture().await)
}

async fn capture() -> Result<()> {
    let server = components::start_dynamodb()?;
    let dynamodb = DynamoDb::new(server.endpoint());
    for folder in std::env::args().skip(1) {
        let folder = Path::new(&folder);
        let events = World::read(folder)?
            .play(&dynamodb)
            .await
            .with_context(|| format!("cannot capture {}", folder.display()))?;
        fs::create_dir_all(folder.join("events"))?;
        for (file, event) in events {
            let path = folder.join("events").join(file).with_extension("json");
            fs::write(&path, event)?;
            println!("{}", path.display());
        }
    }
    Ok(())
}
