//! `bootstrap`: the executable that Lambda starts.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    distributary_consumer::run().await
}
