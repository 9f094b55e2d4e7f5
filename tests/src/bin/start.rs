//! `cargo xtask start`: the time from starting the function to its first answer, behind a Runtime API,
//! beside that of a function that does nothing.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use distributary_rules::Given;
use distributary_tests::components::workspace;
use distributary_tests::function::{Function, Settings};
use distributary_tests::{program, report};

/// Starts of each, in turn, so that what else the machine does meets them all alike.
const ROUNDS: usize = 31;

/// Where nothing is asked of a service, no time depends on it.
const NOWHERE: &str = "http://127.0.0.1:1";

/// Nothing to deliver: what is measured is the start.
const EVENT: &str = r#"{"Records":[]}"#;

/// Routes of all three services, so that all clients are made; and one for which none is.
const AWS: &str = r#"
route work = sqs { queue: "arn:aws:sqs:eu-central-1:123456789012:work" }
route news = sns { topic: "arn:aws:sns:eu-central-1:123456789012:news" }
route bus = eventbridge { bus: "orders" source: "shop" }
"#;
const FILES: &str = r#"
route work = file { path: "/tmp/work" }
route news = file { path: "/tmp/news" }
route bus = file { path: "/tmp/bus" }
"#;

#[tokio::main]
async fn main() -> ExitCode {
    report(measure().await)
}

/// What is started, and the times that it took.
struct Started {
    name: String,
    program: PathBuf,
    settings: Settings,
    times: Vec<Duration>,
}

async fn measure() -> Result<()> {
    let home = workspace().join("target/start");
    let bare = workspace().join("target/dist/bare");
    let mut all = vec![Started::new("nothing but `lambda_runtime`", &bare, PathBuf::new())];
    let function = program::bootstrap().await?.clone();
    for count in [1, 1_000] {
        for (to, routes) in [("AWS", AWS), ("files", FILES)] {
            let folder = home.join(format!("{count}-{to}"));
            let bundle = rules(count, routes, &folder)?;
            let rules = if count == 1 { "1 rule" } else { "1,000 rules" };
            if to == "AWS" {
                all.push(Started::new(&format!("{rules}, text"), &function, folder));
            }
            let name = match to {
                "AWS" => format!("{rules}, bundle"),
                _ => format!("{rules}, bundle, no client of AWS"),
            };
            all.push(Started::new(&name, &function, bundle));
        }
    }
    for _ in 0..ROUNDS {
        for started in &mut all {
            started.once().await?;
        }
    }
    println!("| | median | fastest | to nothing |\n| --- | --- | --- | --- |");
    let nothing = all.first().context("nothing was started")?.median();
    for started in &mut all {
        let (median, fastest) = (started.median(), started.times.first().copied());
        println!(
            "| {} | {} | {} | {:.1} |",
            started.name,
            milliseconds(median),
            milliseconds(fastest.unwrap_or_default()),
            median.as_secs_f64() / nothing.as_secs_f64()
        );
    }
    Ok(())
}

impl Started {
    fn new(name: &str, program: &Path, rules: PathBuf) -> Self {
        let (name, program) = (name.to_owned(), program.to_owned());
        Started { name, program, settings: Settings::new(rules, NOWHERE), times: Vec::new() }
    }

    async fn once(&mut self) -> Result<()> {
        let began = Instant::now();
        let mut function = Function::start_program(&self.program, &self.settings).await?;
        let answer = function.invoke(EVENT.to_owned()).await;
        self.times.push(began.elapsed());
        let log = function.stop().await?;
        ensure!(answer.is_ok(), "{} does not answer: {answer:?}\n{log}", self.name);
        self.times.sort_unstable();
        Ok(())
    }

    fn median(&self) -> Duration {
        self.times.get(self.times.len() / 2).copied().unwrap_or_default()
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

/// Writes rules of which each asks three things and sends what it names, as text and as a bundle.
fn rules(count: usize, routes: &str, folder: &Path) -> Result<PathBuf> {
    let mut text = routes.to_owned();
    for n in 0..count {
        let route = ["work", "news", "bus"].get(n % 3).copied().unwrap_or_default();
        writeln!(
            text,
            "rule rule_{n} {{\n  on INSERT, MODIFY\n  when item.kind == \"Kind{}\" and item.shop == \
             \"shop-{n}\" and item.total > {n}.50\n  to {route} with {{ id: keys.pk, total: \
             item.total, status: item.status }}\n}}",
            n % 40
        )?;
    }
    fs::create_dir_all(folder)?;
    fs::write(folder.join("start.rules"), text)?;
    let rule_set = distributary_ruleset::open(folder)?;
    let checked = rule_set.check(&Given::default());
    ensure!(!checked.has_errors(), "{:?}", checked.diagnostics);
    let bundle = folder.with_extension("bundle");
    fs::write(&bundle, rule_set.bundle(&checked.program).map_err(|error| anyhow!("{error}"))?)?;
    Ok(bundle)
}
