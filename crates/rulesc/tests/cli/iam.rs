//! `rulesc iam`

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{Ran, folder, rulesc};

const STREAM: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/stream/2026-11-21";

const RULES: &str = r#"
param queue: arn
param bucket: string = "lots"
source shop { table: "shop" park: table }
lot table = dynamodb { table: "waiting" }
lot objects = s3 { bucket: "${bucket}" prefix: "shop/" }
lot last = sqs { queue: "arn:aws:sqs:eu-west-1:123456789012:last" }
route fifo = sqs.fifo { queue: "${queue}" }
route bus = eventbridge { bus: "orders" source: "shop" }
route topic = sns { topic: "arn:aws:sns:eu-west-1:999999999999:prices" park: objects }
route quiet = sns { topic: "arn:aws:sns:eu-west-1:123456789012:quiet" park: last }
rule a { on INSERT to fifo to bus to topic }
rule b { on INSERT mode: shadow to quiet }
"#;

const QUEUE: &str = "queue=arn:aws:sqs:eu-west-1:123456789012:orders.fifo";

fn iam(test: &str, flags: &[&str]) -> Ran {
    let folder = folder(&format!("iam_{test}"), &[("a.rules", RULES)]);
    let rules = folder.join("a.rules");
    rulesc(&[&["iam", rules.to_str().unwrap()], flags].concat())
}

/// Every action with what it is granted on.
fn granted(ran: &Ran) -> BTreeSet<(String, String)> {
    assert_eq!(ran.code, 0, "{ran:?}");
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["Version"], "2012-10-17");
    let mut granted = BTreeSet::new();
    for statement in document["Statement"].as_array().unwrap() {
        for action in statement["Action"].as_array().unwrap() {
            for resource in statement["Resource"].as_array().unwrap() {
                let resource = resource.as_str().map_or(resource.to_string(), str::to_owned);
                granted.insert((action.as_str().unwrap().to_owned(), resource));
            }
        }
    }
    granted
}

fn pairs(pairs: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    pairs.iter().map(|(action, on)| ((*action).to_owned(), (*on).to_owned())).collect()
}

#[test]
fn the_function_may_do_what_it_does_and_no_more() {
    let ledger = "arn:aws:dynamodb:eu-west-1:123456789012:table/ledger";
    let group = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/shop";
    let flags = ["--param", QUEUE, "--stream", STREAM, "--ledger", ledger, "--log-group", group];
    let failures = ["--on-failure", "arn:aws:s3:::failures"];
    let ran = iam("function", &[&flags[..], &failures].concat());
    assert_eq!(ran.stderr.lines().filter(|line| line.starts_with("note")).count(), 0);
    let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/waiting";
    let logs = format!("{group}:*");
    assert_eq!(
        granted(&ran),
        pairs(&[
            ("dynamodb:DescribeStream", STREAM),
            ("dynamodb:GetRecords", STREAM),
            ("dynamodb:GetShardIterator", STREAM),
            ("dynamodb:ListStreams", "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/stream/*"),
            ("dynamodb:BatchGetItem", ledger),
            ("dynamodb:PutItem", ledger),
            ("dynamodb:Query", table),
            ("dynamodb:PutItem", table),
            ("dynamodb:UpdateItem", table),
            ("dynamodb:DeleteItem", table),
            ("events:PutEvents", "arn:aws:events:eu-west-1:123456789012:event-bus/orders"),
            ("logs:CreateLogStream", &logs),
            ("logs:PutLogEvents", &logs),
            ("s3:PutObject", "arn:aws:s3:::lots/shop/*"),
            ("s3:GetObject", "arn:aws:s3:::lots/shop/*"),
            ("s3:DeleteObject", "arn:aws:s3:::lots/shop/*"),
            ("s3:ListBucket", "arn:aws:s3:::lots"),
            ("s3:ListBucket", "arn:aws:s3:::failures"),
            ("s3:PutObject", "arn:aws:s3:::failures/*"),
            ("sns:Publish", "arn:aws:sns:eu-west-1:999999999999:prices"),
            ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:last"),
            ("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:123456789012:last"),
            ("sqs:DeleteMessage", "arn:aws:sqs:eu-west-1:123456789012:last"),
            ("sqs:ChangeMessageVisibility", "arn:aws:sqs:eu-west-1:123456789012:last"),
            ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:orders.fifo"),
        ])
    );
}

#[test]
fn an_operator_empties_lots_and_reads_no_stream() {
    let ran = iam("operator", &["--param", QUEUE, "--stream", STREAM, "--for", "operator"]);
    let granted = granted(&ran);
    let actions: BTreeSet<&str> = granted.iter().map(|(action, _)| action.as_str()).collect();
    // Leases and notes are written, too.
    for action in [
        "sqs:ReceiveMessage",
        "sqs:SendMessage",
        "s3:GetObject",
        "s3:PutObject",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
    ] {
        assert!(actions.contains(action), "{action}");
    }
    assert!(!actions.contains("dynamodb:GetRecords"));
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let list = document["Statement"].as_array().unwrap().iter();
    let list: Vec<_> = list.filter(|s| s["Action"] == json!(["s3:ListBucket"])).collect();
    assert_eq!(list[0]["Resource"], json!(["arn:aws:s3:::lots"]));
    assert_eq!(list[0]["Condition"], json!({ "StringLike": { "s3:prefix": "shop/*" } }));
}

#[test]
fn a_template_takes_what_its_other_resources_say() {
    let flags = [
        &["--format", "cfn", "--stream", "shop=Table", "--log-group", "Logs"][..],
        &["--getatt", "queue=Orders", "--getatt", "bucket=Lots.Arn"],
    ];
    let granted = granted(&iam("template", &flags.concat()));
    for pair in pairs(&[
        ("dynamodb:GetRecords", r#"{"Fn::GetAtt":["Table","StreamArn"]}"#),
        ("dynamodb:ListStreams", r#"{"Fn::Sub":"${Table.Arn}/stream/*"}"#),
        ("sqs:SendMessage", r#"{"Fn::GetAtt":["Orders","Arn"]}"#),
        ("s3:PutObject", r#"{"Fn::Sub":"${Lots.Arn}/shop/*"}"#),
        ("logs:PutLogEvents", r#"{"Fn::GetAtt":["Logs","Arn"]}"#),
        (
            "events:PutEvents",
            r#"{"Fn::Sub":"arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/orders"}"#,
        ),
    ]) {
        assert!(granted.contains(&pair), "{pair:?} is not in {granted:#?}");
    }
}

#[test]
fn targets_elsewhere_have_to_allow_it() {
    let role = "arn:aws:iam::123456789012:role/shop";
    let flags = ["--param", QUEUE, "--resource-policies", "--principal", role];
    let ran = iam("elsewhere", &flags);
    assert_eq!(ran.code, 0, "{ran:?}");
    let topic = "arn:aws:sns:eu-west-1:999999999999:prices";
    assert_eq!(
        serde_json::from_str::<Value>(&ran.stdout).unwrap(),
        json!({ "version": 1, "policies": [{ "resource": topic, "policy": {
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": "Distributary", "Effect": "Allow", "Principal": { "AWS": role },
                "Action": ["sns:Publish"], "Resource": topic,
            }],
        } }] })
    );
}

#[test]
fn what_is_not_known_is_asked_for() {
    for (test, flags, said) in [
        ("no_stream", &["--param", QUEUE][..], "name the stream of `shop`: `--stream shop=ARN`"),
        ("no_queue", &["--stream", STREAM], "`fifo` (`--param queue=…`"),
        ("no_arn", &["--stream", "Table"], "`--stream Table` is not the ARN of a table's stream"),
        (
            "other_table",
            &["--stream", "arn:aws:dynamodb:eu-west-1:123456789012:table/crm/stream/1"],
            "is of the table `crm`, and `shop` is `shop`",
        ),
        ("no_source", &["--stream", "crm=x"], "`--stream` names `crm`, which is no source"),
        ("getatt_json", &["--getatt", "queue=Q"], "`--getatt` is for templates"),
        ("getatt_word", &["--getatt", "x=Q", "--format", "cfn"], "which is no parameter"),
        ("ledger", &["--ledger", "Table"], "only `--format cfn` takes the logical id"),
        (
            "operator_home",
            &["--param", QUEUE, "--for", "operator"],
            "says the region and the account",
        ),
        (
            "principal",
            &["--resource-policies", "--principal", "arn:aws:sqs:eu-west-1:123456789012:q"],
            "is not the ARN of a role",
        ),
    ] {
        let ran = iam(test, flags);
        assert_eq!(ran.code, 2, "{test}: {ran:?}");
        assert!(ran.stderr.contains(said), "{test}: {}", ran.stderr);
    }
}

#[test]
fn keys_and_rules_elsewhere_are_granted_where_they_are_named() {
    let key = "arn:aws:kms:eu-west-1:123456789012:key/0c8e";
    let place = "s3://rules/shop.bundle?versionId=9";
    let flags = ["--param", QUEUE, "--stream", STREAM, "--key", key, "--rules-from", place];
    let granted = granted(&iam("keys", &flags));
    let added = pairs(&[
        ("kms:Decrypt", key),
        ("kms:GenerateDataKey", key),
        ("s3:GetObjectVersion", "arn:aws:s3:::rules/shop.bundle"),
    ]);
    assert!(added.is_subset(&granted), "{granted:?}");
}
