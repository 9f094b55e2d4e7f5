//! What it takes to park deliveries and to send them again, by the kind of lot.

use anyhow::{Result, bail, ensure};
use distributary_tests::aws::Aws;
use distributary_tests::call::Call;
use distributary_tests::components::{self, workspace};
use distributary_tests::dynamodb::{DynamoDb, Table};
use distributary_tests::function::{Function, Settings};
use distributary_tests::proxy::{Proxy, Request};
use distributary_tests::runtime_api::Outcome;
use serde_json::{Value, json};

use crate::bill::Billed;
use crate::changes;
use crate::prices::Prices;
use crate::world::{TIMEOUT, invoke};

const DELIVERIES: usize = 1_000;
/// The kinds of lot, and what their requests have in common.
const LOTS: [(&str, &str); 3] =
    [("sqs", "cost-lot"), ("s3", "cost-lots"), ("dynamodb", "cost-rows")];

/// Dollars for a delivery that is parked and sent again, by the kind of lot.
pub(crate) type Parked = [f64; 3];

pub(crate) async fn print(prices: &Prices) -> Result<Parked> {
    let ministack = components::start_ministack()?;
    let database = components::start_dynamodb()?;
    let aws = Aws::new(ministack.endpoint());
    let services = Proxy::start(ministack.endpoint()).await?;
    let tables = Proxy::start(database.endpoint()).await?;
    let mut settings = Settings::new(workspace().join("tests/rules/lots"), services.endpoint());
    settings.endpoints.insert("DYNAMODB".to_owned(), tables.endpoint().to_owned());
    let lot = aws.queue("cost-lot").await?;
    let queue = |name: &str| format!("arn:aws:sqs:eu-central-1:000000000000:{name}");
    for (name, value) in [
        ("table", "shop".to_owned()),
        ("bulk_queue", queue("bulk")),
        ("audit_queue", queue("audit")),
        ("ordered_queue", queue("ordered.fifo")),
        ("lot_queue", lot.arn),
        ("lot_table", "cost-rows".to_owned()),
        ("lot_bucket", "cost-lots".to_owned()),
    ] {
        settings.params.insert(name.to_owned(), value);
    }
    let rows = Table {
        table: "cost-rows".to_owned(),
        key: vec!["pk".to_owned(), "sk".to_owned()],
        view: "KEYS_ONLY".to_owned(),
        ttl: None,
    };
    DynamoDb::new(database.endpoint()).create_table(&rows).await?;
    aws.bucket("cost-lots").await?;

    let record = || [&services, &tables].map(Proxy::record);
    let recorded = || [services.take_recorded(), tables.take_recorded()].concat();
    record();
    let mut function = Function::start(&settings).await?;
    invoke(&mut function, changes::event(&changes::paid(DELIVERIES, DELIVERIES))).await?;
    function.stop().await?;
    let parking = recorded();
    for name in ["bulk", "audit", "ordered.fifo"] {
        aws.queue(name).await?;
    }
    let mut function = Function::start(&settings).await?;
    redrive(&mut function).await?;
    function.stop().await?;
    let redriving = recorded();

    println!("\n## {DELIVERIES} deliveries into a lot and out again\n");
    println!(
        "| lot | requests to park | requests to redrive | dollars a million |\n| --- | --- | --- | --- |"
    );
    let mut dollars = [0.0; 3];
    for ((kind, name), dollars) in LOTS.iter().zip(&mut dollars) {
        let (into, out) = (of_lot(&parking, name)?, of_lot(&redriving, name)?);
        let billed = Billed::of([&into[..], &out[..]].concat())?;
        *dollars = prices.total(&billed) / DELIVERIES as f64;
        println!("| `{kind}` | {} | {} | {:.2} |", into.len(), out.len(), *dollars * 1e6);
    }
    Ok(dollars)
}

/// Until all has arrived.
async fn redrive(function: &mut Function) -> Result<()> {
    let mut arrived = 0;
    for _ in 0..20 {
        let event = json!({ "distributary": "redrive" }).to_string();
        let Outcome::Response(answer) = function.outcome(event, TIMEOUT).await? else {
            bail!("the redrive failed")
        };
        let answer: Value = serde_json::from_slice(&answer)?;
        let redriven = answer["redriven"].as_object().into_iter().flatten();
        arrived += redriven.filter_map(|(_, count)| count.as_u64()).sum::<u64>();
        if answer["left"] == json!({}) {
            break;
        }
    }
    ensure!(arrived == 3 * DELIVERIES as u64, "{arrived} deliveries of {} arrived", 3 * DELIVERIES);
    Ok(())
}

/// The requests to a lot.
fn of_lot<'a>(requests: &'a [Request], lot: &str) -> Result<Vec<&'a Request>> {
    let mut found = Vec::new();
    for request in requests {
        let permissions = Call::read(request)?.permissions()?;
        let mut resources = permissions.iter().map(|permission| permission.resource.as_str());
        let is_lot = |resource: &str| resource.split([':', '/']).any(|part| part == lot);
        if resources.any(is_lot) {
            found.push(request);
        }
    }
    Ok(found)
}
