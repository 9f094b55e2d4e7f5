//! `rulesc explain RULES --event FILE`

use crate::{folder, rulesc};

const RULES: &str = r#"route out = console {}

rule cheaper {
  on MODIFY
  when new.price < old.price and new.kind == "Book"
  to out with { now: new.price }
}

rule gone { on REMOVE to out }

rule tagged { on MODIFY when not item.tags has "draft" to out }
"#;

const EVENT: &str = r#"{"Records":[{"eventID":"e1","eventName":"MODIFY","awsRegion":"eu-central-1",
"eventSource":"aws:dynamodb","eventVersion":"1.1",
"eventSourceARN":"arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026-01-01T00:00:00.000",
"dynamodb":{"ApproximateCreationDateTime":1767225600,"Keys":{"pk":{"S":"P#1"}},"SequenceNumber":"1",
"SizeBytes":10,"StreamViewType":"NEW_AND_OLD_IMAGES",
"OldImage":{"pk":{"S":"P#1"},"price":{"S":"12"}},
"NewImage":{"pk":{"S":"P#1"},"price":{"N":"9"},"kind":{"S":"Secret"}}}}]}"#;

#[test]
fn each_rule_says_what_it_saw() {
    let folder = folder("explain", &[("shop.rules", RULES), ("event.json", EVENT)]);
    let (rules, event) = (folder.join("shop.rules"), folder.join("event.json"));
    let (rules, event) = (rules.to_str().unwrap(), event.to_str().unwrap());
    let ran = rulesc(&["explain", rules, "--event", event]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let (shown, payload) = ran.stdout.split_once("    -> out ").unwrap();
    assert_eq!(
        shown,
        "e1 MODIFY of shop\n\
         \x20 cheaper: no\n\
         \x20   unknown new.price < old.price   (`new.price` is a number, `old.price` is a text)\n\
         \x20   false   new.kind == \"Book\"   (`new.kind` is a text)\n\
         \x20 gone: no: it is for other kinds of change\n\
         \x20 tagged: fires\n\
         \x20   false   item.tags has \"draft\"   (`item.tags` is absent)\n"
    );
    assert!(payload.starts_with("{\"id\":\"e1\""), "{payload}");

    let only = rulesc(&["explain", rules, "--event", event, "--rule", "gone"]);
    assert_eq!(only.code, 1);
    assert_eq!(only.stdout, "e1 MODIFY of shop\n  gone: no: it is for other kinds of change\n\n");
    let near = rulesc(&["explain", rules, "--event", event, "--rule", "gnoe"]);
    assert_eq!(near.stderr, "error: there is no rule `gnoe`: did you mean `gone`?\n");
    let none = rulesc(&["explain", rules]);
    assert_eq!(none.stderr, "error: name an event to explain, too: `--event FILE`\n");
}
