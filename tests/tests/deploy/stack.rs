//! A template in the local CloudFormation, which runs the real function on the table's stream.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use distributary_tests::aws::{Aws, Message, Queue};
use distributary_tests::cloudformation::CloudFormation;
use distributary_tests::components::{self, workspace};
use distributary_tests::dynamodb::DynamoDb;
use distributary_tests::program;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::{RULES, template};

/// The function and its rules, as they are deployed.
pub(crate) async fn package() -> Vec<u8> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, file: &Path, mode| {
        zip.start_file(name, stored.unix_permissions(mode)).unwrap();
        zip.write_all(&std::fs::read(file).unwrap()).unwrap();
    };
    add("bootstrap", program::bootstrap().await.unwrap(), 0o755);
    add("rules.bundle", &bundle().await, 0o644);
    zip.finish().unwrap().into_inner()
}

async fn bundle() -> PathBuf {
    let bundle = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deployed.bundle");
    let written = Command::new(program::rulesc().await.unwrap())
        .current_dir(workspace())
        .args(["bundle", RULES, "--out"])
        .arg(&bundle)
        .status();
    assert!(written.unwrap().success());
    bundle
}

fn order(status: &str) -> Value {
    json!({ "pk": { "S": "O#1" }, "sk": { "S": "META" }, "status": { "S": status } })
}

async fn arrives(aws: &Aws, queue: &Queue) -> Message {
    aws.receive(queue, 1).await.unwrap().remove(0)
}

#[tokio::test]
async fn a_write_arrives_at_every_target_and_deletion_leaves_nothing() {
    // Its own, since all that is there is compared.
    let server = components::start_ministack().unwrap();
    let endpoint = server.endpoint();
    let (aws, cloudformation) = (Aws::new(endpoint), CloudFormation::new(endpoint));
    let news = aws.queue("deployed-news").await.unwrap();
    let ordered_news = aws.queue("deployed-news.fifo").await.unwrap();
    let bus = aws.queue("deployed-bus").await.unwrap();
    cloudformation.upload("deployed-code", "function.zip", package().await).await.unwrap();
    let template = template(RULES, &["--code", "s3://deployed-code/function.zip"]).await;
    let before = cloudformation.inventory().await.unwrap();

    let parameters = [("DeletionProtection", "false")];
    let stack = cloudformation.create("deployed", &template, &parameters).await.unwrap();
    let made = |id: &str| stack.resources[id].as_str();
    aws.subscribe(made("NewsTopic"), &news, true).await.unwrap();
    aws.subscribe(made("OrderedNewsTopic"), &ordered_news, true).await.unwrap();
    let events = json!({ "source": ["com.acme.shop"], "detail-type": ["order_paid"] });
    aws.forward(made("BusBus"), &events, &bus).await.unwrap();

    let dynamodb = DynamoDb::new(endpoint);
    for status in ["Placed", "Paid"] {
        dynamodb.put("deployed-shop", &order(status)).await.unwrap();
    }
    let sent = json!({ "key": "O#1" });
    let made_queue = |id: &str| Queue::at(made(id));
    for queue in [made_queue("WorkQueue"), made_queue("OrderedQueue"), news, ordered_news] {
        let message = arrives(&aws, &queue).await;
        assert_eq!(serde_json::from_str::<Value>(&message.body).unwrap(), sent);
    }
    let event = arrives(&aws, &bus).await;
    assert_eq!(serde_json::from_str::<Value>(&event.body).unwrap()["detail"], sent);

    // What the schedule sends is what the function takes.
    let template: Value = serde_json::from_str(&template).unwrap();
    let input = &template["Resources"]["Redrive"]["Properties"]["Targets"][0]["Input"];
    let answer = cloudformation.invoke(made("Function"), input.as_str().unwrap()).await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer, json!({ "redriven": {}, "left": {} }));

    cloudformation.delete(stack).await.unwrap();
    assert_eq!(cloudformation.inventory().await.unwrap(), before);
}
