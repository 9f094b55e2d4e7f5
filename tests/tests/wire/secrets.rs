//! What the log does not tell, whatever goes wrong, and that nobody can write lines of their own
//! into it.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::scene::{Scene, event};

const KEY: &str = "a-key-of-32-bytes-that-signs-all";
const CARD: &str = "4111-1111\n{\"level\":\"ERROR\",\"message\":\"forged\"}\n";

#[tokio::test]
async fn neither_keys_nor_items_are_logged_and_every_line_is_the_functions_own() {
    let mut scene = Scene::new("secrets", "secrets").await;
    scene.queue("lot_queue").await;
    scene.set("missing_queue", "arn:aws:sqs:eu-central-1:000000000000:nobody-made-this");
    scene.set("signing_key", KEY);
    scene.set("limit", "1");
    scene.settings.variables.insert("DISTRIBUTARY_LOG".to_owned(), "trace".to_owned());
    scene.settings.variables.insert("DISTRIBUTARY_METRICS".to_owned(), "all".to_owned());
    let mut function = scene.function().await;
    // One is parked, one cannot be decoded, one is claimed by nobody.
    for n in 0..3 {
        let card =
            json!({ "card": { "S": CARD }, CARD: { "S": "x" }, "n": { "N": n.to_string() } });
        scene.put(&format!("I#{n}"), card).await;
    }
    let mut changes = scene.changes(3).await;
    let broken = changes[1].raw.get().replace(r#"{"N":"1"}"#, r#"{"N":"4111-1111"}"#);
    changes[1].raw = RawValue::from_string(broken).unwrap();
    function.invoke(event(&changes)).await.unwrap();

    let log = function.stop().await.unwrap();
    assert!(log.contains("\"lost\""), "{log}");
    for untold in [KEY, "4111", "forged"] {
        assert!(!log.contains(untold), "{untold}: {log}");
    }
    for line in log.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object()), "{line}");
    }
}
