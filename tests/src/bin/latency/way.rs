//! From the stream to the targets.

use std::env;

use anyhow::{Context as _, Result, ensure};
use distributary_tests::components::workspace;
use distributary_tests::function::Function;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::shop::Shop;

pub(crate) struct Way {
    name: &'static str,
    /// What takes the event; without it the change is sent at once.
    function: Option<Function>,
}

impl Way {
    pub(crate) fn nothing() -> Self {
        Way { name: "nothing", function: None }
    }

    pub(crate) async fn handwritten(shop: &Shop) -> Result<Self> {
        let path = env::var_os("DISTRIBUTARY_HANDWRITTEN");
        let path = workspace().join(path.context("`DISTRIBUTARY_HANDWRITTEN` names no function")?);
        let function = Function::start_program(&path, &shop.settings).await?;
        Ok(Way { name: "handwritten", function: Some(function) })
    }

    pub(crate) async fn without_ledger(shop: &Shop) -> Result<Self> {
        let mut settings = shop.settings.clone();
        settings.variables.remove("DISTRIBUTARY_LEDGER");
        let function = Function::start(&settings).await?;
        Ok(Way { name: "without-ledger", function: Some(function) })
    }

    pub(crate) async fn distributary(shop: &Shop) -> Result<Self> {
        let function = Function::start(&shop.settings).await?;
        Ok(Way { name: "distributary", function: Some(function) })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) async fn go(&mut self, shop: &Shop, order: &str, event: String) -> Result<()> {
        let Some(function) = &mut self.function else { return send(shop, order).await };
        let answer = function.invoke(event).await?;
        ensure!(
            answer == json!({ "batchItemFailures": [] }),
            "not everything was settled: {answer}"
        );
        Ok(())
    }
}

/// One request to each target, all at once and each as cheap as can be: what they take is not to count
/// as the services' own.
async fn send(shop: &Shop, order: &str) -> Result<()> {
    let body = json!({ "order": order, "was": "Placed", "now": "Paid", "total": 12.5 }).to_string();
    let json = |service: &'static str, target: &'static str, body: Value| async move {
        let headers = [("x-amz-target", target), ("content-type", "application/x-amz-json-1.0")];
        shop.aws.plain(service, ("POST", "/"), &headers, body.to_string().into_bytes()).await
    };
    let publish = |topic: &str, rest: String| {
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (topic, message) = (encode(topic), encode(&body));
        format!("Action=Publish&Version=2010-03-31&TopicArn={topic}&Message={message}{rest}")
            .into_bytes()
    };
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let [work, ordered, ..] = &shop.queues;
    let [news, ordered_news] = &shop.topics;
    let in_order =
        format!("&MessageGroupId=group&MessageDeduplicationId={}", order.replace('#', "-"));
    tokio::try_join!(
        json(
            "sqs",
            "AmazonSQS.SendMessage",
            json!({ "QueueUrl": work.url(), "MessageBody": body }),
        ),
        json(
            "sqs",
            "AmazonSQS.SendMessage",
            json!({
                "QueueUrl": ordered.url(), "MessageBody": body,
                "MessageGroupId": "group", "MessageDeduplicationId": order,
            }),
        ),
        shop.aws.plain("sns", ("POST", "/"), &headers, publish(news, String::new())),
        shop.aws.plain("sns", ("POST", "/"), &headers, publish(ordered_news, in_order)),
        json(
            "events",
            "AWSEvents.PutEvents",
            json!({ "Entries": [{
                "EventBusName": "shop", "Source": "com.acme.shop", "DetailType": "order_paid",
                "Detail": body,
            }] }),
        ),
    )?;
    Ok(())
}
