//! From the stream to the targets.

use std::env;

use anyhow::{Context as _, Result, ensure};
use distributary_tests::components::workspace;
use distributary_tests::function::Function;
use serde_json::json;

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

/// One request to each target, all at once.
async fn send(shop: &Shop, order: &str) -> Result<()> {
    let body = json!({ "order": order, "was": "Placed", "now": "Paid", "total": 12.5 }).to_string();
    let in_order = Some(("group", order));
    let [work, ordered, ..] = &shop.queues;
    let [news, ordered_news] = &shop.topics;
    tokio::try_join!(
        shop.aws.send(work, &body),
        shop.aws.send_in_group(ordered, "group", order, &body),
        shop.aws.publish(news, None, &body),
        shop.aws.publish(ordered_news, in_order, &body),
        shop.aws.put_event("shop", "com.acme.shop", &body),
    )?;
    Ok(())
}
