//! `rulesc template`

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{Ran, differs, folder, rulesc, top};

const RULES: &str = r#"
param queue: arn
param bucket: string
param stage: string = "dev"
source shop { table: "${stage}-shop" key: pk view: NEW_IMAGE ttl: due park: objects }
source stock { table: "${stage}-stock" park: last }
lot table = dynamodb { table: "waiting" }
lot objects = s3 { bucket: "${bucket}" prefix: "shop/" }
lot last = sqs { queue: "arn:aws:sqs:eu-west-1:123456789012:last" }
route fifo = sqs.fifo { queue: "${queue}" park: table }
route bus = eventbridge { bus: "orders" source: "shop" park: last }
rule a { on INSERT from shop when item.status == "Paid" to fifo to bus }
rule b { on ANY from stock to bus }
"#;

const QUEUE: &str = "queue=arn:aws:sqs:eu-west-1:123456789012:orders.fifo";

/// Two functions that share one route.
const PARTS: &str = "[deploy.orders]\nsources = [\"shop\"]\n\
                     [deploy.stock]\nsources = [\"stock\"]\n";

fn run(test: &str, manifest: &str, flags: &[&str]) -> Ran {
    let files = [("a.rules", RULES), ("rules.toml", manifest)];
    let folder = folder(&format!("template_{test}"), &files);
    rulesc(&[&["template", folder.to_str().unwrap()], flags].concat())
}

fn template(test: &str, manifest: &str, flags: &[&str]) -> Value {
    let ran = run(test, manifest, flags);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

fn properties<'t>(template: &'t Value, id: &str) -> &'t Value {
    &template["Resources"][id]["Properties"]
}

#[test]
fn the_template_of_the_shop() {
    let ran = rulesc(&["template", "examples/shop", "--stage", "dev"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    if let Some(difference) = differs(&top().join("infra/shop/template.json"), &ran.stdout) {
        panic!("{difference}");
    }
}

#[test]
fn what_is_there_is_named_and_what_is_not_is_made() {
    let manifest = "[deploy.all]\ncreate = [\"fifo\", \"objects\", \"table\", \"stock\"]\n";
    let refused = run("no_key", manifest, &["--param", "bucket=lots"]);
    assert_eq!(refused.code, 2);
    assert_eq!(
        refused.stderr.lines().last().unwrap(),
        "error: the table of `stock` cannot be made, since the source does not say its `key`"
    );

    let manifest = "[deploy.all]\ncreate = [\"fifo\", \"objects\", \"table\"]\nmemory = 1024\n";
    let template = template("made", manifest, &["--param", "stage=prod", "--code", "s3://b/k.zip"]);
    let function = properties(&template, "Function");
    assert_eq!(
        (&function["MemorySize"], &function["CodeUri"]),
        (&json!(1024), &json!("s3://b/k.zip"))
    );
    // The bucket by its name, as the rules know it; the queue by its ARN. The stage of the templates
    // is told, too, since nothing in the zip says it.
    let mut variables = function["Environment"]["Variables"].clone();
    assert!(variables.as_object_mut().unwrap().remove("DISTRIBUTARY_RULES_HASH").is_some());
    assert_eq!(
        variables,
        json!({
            "DISTRIBUTARY_LEDGER": { "Ref": "Ledger" },
            "DISTRIBUTARY_PARAM_BUCKET": { "Ref": "ObjectsLot" },
            "DISTRIBUTARY_PARAM_QUEUE": { "Fn::GetAtt": ["FifoQueue", "Arn"] },
            "DISTRIBUTARY_PARAM_STAGE": "prod",
            "DISTRIBUTARY_PARTIAL_BATCH_RESPONSE": "on",
        })
    );
    assert_eq!(properties(&template, "TableLot")["TableName"], "waiting");
    assert_eq!(properties(&template, "FifoQueue")["FifoQueue"], true);
    assert_eq!(
        properties(&template, "ShopMapping")["EventSourceArn"],
        json!({ "Ref": "ShopStream" })
    );
    assert!(template["Parameters"]["StockStream"].is_object());
    assert!(
        template["Resources"]["BusBus"].is_null() && template["Resources"]["LastLot"].is_null()
    );

    let statements = &properties(&template, "Role")["Policies"][0]["PolicyDocument"]["Statement"];
    let on = |sid: &str| {
        let statement = statements.as_array().unwrap().iter().find(|it| it["Sid"] == sid).unwrap();
        statement["Resource"].clone()
    };
    let here = |rest: &str| json!({ "Fn::Sub": format!("arn:${{AWS::Partition}}:{rest}") });
    assert_eq!(on("SendToQueues"), json!([{ "Fn::GetAtt": ["FifoQueue", "Arn"] }]));
    assert_eq!(
        on("SendToBuses"),
        json!([here("events:${AWS::Region}:${AWS::AccountId}:event-bus/orders")])
    );
    assert_eq!(on("LotObjects"), json!([{ "Fn::Sub": "${ObjectsLot.Arn}/shop/*" }]));
    assert_eq!(on("ReadStream"), json!([{ "Ref": "ShopStream" }, { "Ref": "StockStream" }]));
    assert_eq!(
        on("ListStreams")[0],
        here("dynamodb:${AWS::Region}:${AWS::AccountId}:table/prod-shop/stream/*")
    );
}

#[test]
fn each_function_has_its_own_sources() {
    let of = |name| {
        let params = ["--param", QUEUE, "--param", "bucket=lots"];
        let template = template(name, PARTS, &[&params[..], &["--deploy", name]].concat());
        let resources = template["Resources"].as_object().unwrap();
        let mappings = resources.keys().filter(|id| id.ends_with("Mapping"));
        mappings.cloned().collect::<Vec<_>>()
    };
    assert_eq!(of("orders"), ["ShopMapping"]);
    assert_eq!(of("stock"), ["StockMapping"]);
    for (test, flags, message) in [
        (
            "several",
            &[][..],
            "error: rules.toml has 2 functions, each with a template of its own: name one of \
             `orders`, `stock` with `--deploy NAME`",
        ),
        (
            "none",
            &["--deploy", "order"],
            "error: rules.toml has no section `[deploy.order]`: there are `orders`, `stock`",
        ),
    ] {
        let ran = run(test, PARTS, flags);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert_eq!(ran.stderr.lines().last().unwrap(), message);
    }
}

#[test]
fn a_function_has_nothing_of_what_only_others_use() {
    let flags = ["--param", QUEUE, "--param", "stage=prod", "--deploy"];
    let stock = template("part_stock", PARTS, &[&flags[..], &["stock"]].concat());
    let text = stock.to_string();
    for others in ["orders.fifo", "waiting", "_BUCKET", "fifo", "shop/", "ShopStream"] {
        assert!(!text.contains(others), "{others}: {stock:#}");
    }
    let variables = &properties(&stock, "Function")["Environment"]["Variables"];
    assert_eq!(
        (&variables["DISTRIBUTARY_DEPLOY"], &variables["DISTRIBUTARY_PARAM_STAGE"]),
        (&json!("stock"), &json!("prod"))
    );
    assert!(variables["DISTRIBUTARY_PARAM_QUEUE"].is_null());
    assert!(text.contains("event-bus/orders") && text.contains("eu-west-1:123456789012:last"));

    let orders = [&flags[..], &["orders", "--param", "bucket=lots"]].concat();
    let orders = template("part_orders", PARTS, &orders).to_string();
    for own in ["orders.fifo", "table/waiting", "lots/shop/*", "event-bus/orders"] {
        assert!(orders.contains(own), "{own}: {orders}");
    }
    // What it makes would be made by a function of others.
    let manifest = PARTS.replace("[\"stock\"]", "[\"stock\"]\ncreate = [\"fifo\"]");
    let refused = run("part_create", &manifest, &["--deploy", "stock"]);
    assert_eq!(
        refused.stderr.lines().last().unwrap(),
        "error: nothing can be made for `fifo`: it is no source that the function serves, and no \
         route or lot that its rules use"
    );
}

#[test]
fn the_hash_is_that_of_the_rules_and_the_manifest_alone() {
    let hash = |test: &str, manifest: &str, flags: &[&str]| {
        let template = template(test, manifest, &[&["--param", "bucket=lots"], flags].concat());
        let variables = &properties(&template, "Function")["Environment"]["Variables"];
        variables["DISTRIBUTARY_RULES_HASH"].as_str().unwrap().to_owned()
    };
    let queue = |flags: &[&str]| hash("hash", "", &[&["--param", QUEUE], flags].concat());
    assert_eq!(queue(&[]).len(), 64);
    assert_eq!(queue(&[]), queue(&["--param", "stage=prod"]));
    let manifest = QUEUE.replace("queue=", "[params]\nqueue = \"") + "\"\n";
    assert_ne!(queue(&[]), hash("hash_manifest", &manifest, &[]));
}

#[test]
fn both_sets_of_rules_are_given_what_each_of_them_declares() {
    let old = "param floor: string source stock { table: \"dev-stock\" } route out = console {} \
               rule kept { on INSERT from stock when item.kind == floor to out }";
    let old = folder("template_old", &[("old.rules", old)]).join("old.rules");
    let also = ["--also", old.to_str().unwrap(), "--param", "floor=cellar"];
    let rules = RULES.replace("on ANY from stock", "on REMOVE from stock");
    let files = [("a.rules", rules.as_str()), ("rules.toml", PARTS)];
    let new = folder("template_new", &files);
    let derive = |flags: &[&str]| rulesc(&[flags, &also, &["--param", QUEUE]].concat());
    let new = new.to_str().unwrap();
    let ran = derive(&["template", new, "--deploy", "stock"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let template: Value = serde_json::from_str(&ran.stdout).unwrap();
    let filters = properties(&template, "StockMapping")["FilterCriteria"].to_string();
    assert!(filters.contains("cellar") && filters.contains("REMOVE"), "{filters}");
    assert_eq!(derive(&["filter", new, "--param", "bucket=lots"]).code, 0);

    let ran = derive(&["template", new, "--deploy", "stock", "--param", "flor=1"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("error[R229]"), "{}", ran.stderr);
}

#[test]
fn a_parameter_that_nothing_gives_is_named() {
    let ran = run("missing", "[deploy.all]\ncreate = [\"fifo\"]\n", &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("`bucket`") && !ran.stderr.contains("`queue`"), "{}", ran.stderr);
}

#[test]
fn what_has_no_place_in_a_template_is_refused() {
    for (test, rules, manifest, message) in [
        (
            "no_source",
            "route out = console {} rule a { on ANY to out }",
            "",
            "error: the rules declare no source, so it is not known which stream the function \
             reads: declare one with its `table`",
        ),
        (
            "fixed",
            "source shop { table: \"shop\" } route out = sqs { queue: \"arn:aws:sqs:eu-west-1:123456789012:q\" } \
             rule a { on ANY to out }",
            "[deploy.a]\ncreate = [\"out\"]\n",
            "error: `out` is named in `create`, and its address is no parameter: make all of the \
             setting one, so that it can be the address of what is made",
        ),
        (
            "file",
            "source shop { table: \"shop\" } lot waiting = file { path: \"waiting\" } \
             route out = console { park: waiting } rule a { on ANY to out }",
            "",
            "error: the lot `waiting` is a file, which ends with the function's process: take one of \
             the kind `sqs`, `s3` or `dynamodb`",
        ),
        (
            "same",
            "param a: arn param b: arn source shop { table: \"shop\" } \
             route o_k = sqs { queue: \"${a}\" } route oK = sqs { queue: \"${b}\" } \
             rule a1 { on ANY to o_k to oK }",
            "[deploy.a]\ncreate = [\"o_k\", \"oK\"]\n",
            "error: two names of the rules make the logical id `OKQueue`, which has letters and \
             digits alone: rename one of them",
        ),
    ] {
        let files = [("a.rules", rules), ("rules.toml", manifest)];
        let folder = folder(&format!("template_{test}"), &files);
        let ran = rulesc(&["template", folder.to_str().unwrap()]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{test}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().last().unwrap(), message);
    }
}

#[test]
fn rules_can_be_elsewhere() {
    let params = ["--param", QUEUE, "--param", "bucket=lots"];
    let from = |test: &str, place: &str| {
        template(test, "", &[&params[..], &["--rules-from", place]].concat())
    };
    let layer = "arn:aws:lambda:eu-west-1:123456789012:layer:rules:7";
    let layered = from("layer", &format!("layer:{layer}"));
    let function = properties(&layered, "Function");
    assert_eq!(function["Layers"], json!([layer]));
    assert_eq!(function["Environment"]["Variables"]["DISTRIBUTARY_RULES"], "/opt/rules.bundle");
    assert!(layered["Resources"]["FallbackRulesAlarm"].is_null());

    let place = "s3://rules/shop/rules.bundle?versionId=3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH";
    let pinned = from("pinned", place);
    let function = properties(&pinned, "Function");
    assert_eq!(function["Environment"]["Variables"]["DISTRIBUTARY_RULES"], place);
    assert_eq!(properties(&pinned, "FallbackRulesAlarm")["MetricName"], "FallbackRules");
    let statements = &properties(&pinned, "Role")["Policies"][0]["PolicyDocument"]["Statement"];
    let read = statements.as_array().unwrap().iter().find(|it| it["Sid"] == "ReadRules").unwrap();
    assert_eq!(
        *read,
        json!({
            "Sid": "ReadRules",
            "Effect": "Allow",
            "Action": ["s3:GetObjectVersion"],
            "Resource": [{ "Fn::Sub": "arn:${AWS::Partition}:s3:::rules/shop/rules.bundle" }],
            "Condition": {
                "StringEquals": { "s3:VersionId": "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH" },
            },
        })
    );
    for wild in
        ["s3://rules/*?versionId=1", "s3://rules/a?b?versionId=1", "s3://rules/${X}?versionId=1"]
    {
        let ran = run("wild", "", &["--rules-from", wild]);
        assert_eq!(ran.code, 2, "{wild}");
        assert!(ran.stderr.contains("copy the object to a key without them"), "{}", ran.stderr);
    }
    let null = "s3://rules/k?versionId=null";
    for unsound in
        ["s3://rules/shop", "s3:///k?versionId=1", null, "layer:arn:aws:lambda:x", "rules"]
    {
        let ran = run("unsound", "", &["--rules-from", unsound]);
        assert_eq!(ran.code, 2, "{unsound}");
        assert!(ran.stderr.contains("write "), "{}", ran.stderr);
    }
}

/// The whole list, since one that is forgotten is found by nobody.
#[test]
fn what_holds_data_is_encrypted_and_kept_for_a_time() {
    let rules = r#"
param a: arn param b: arn param c: arn param d: arn param e: arn param bucket: string
source shop { table: "shop" key: pk park: queue }
lot queue = sqs { queue: "${a}" }
lot objects = s3 { bucket: "${bucket}" }
lot table = dynamodb { table: "waiting" }
route work = sqs { queue: "${b}" park: objects }
route ordered = sqs.fifo { queue: "${c}" park: table }
route news = sns { topic: "${d}" }
route ordered_news = sns.fifo { topic: "${e}" park: table }
rule r { on ANY to work to ordered to news to ordered_news }
"#;
    let manifest = "[deploy.all]\ncreate = [\"shop\", \"queue\", \"objects\", \"table\", \
                    \"work\", \"ordered\", \"news\", \"ordered_news\"]\n";
    let folder = folder("template_held", &[("a.rules", rules), ("rules.toml", manifest)]);
    let ran = rulesc(&["template", folder.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let template: Value = serde_json::from_str(&ran.stdout).unwrap();
    let mut held = 0;
    for (id, resource) in template["Resources"].as_object().unwrap() {
        let with = &resource["Properties"];
        let protected = match resource["Type"].as_str().unwrap() {
            "AWS::SQS::Queue" => {
                let lot = id == "QueueLot";
                with["SqsManagedSseEnabled"] == true
                    && (!lot || with["MessageRetentionPeriod"] == 14 * 86_400)
            }
            "AWS::SNS::Topic" => with["KmsMasterKeyId"] == "alias/aws/sns",
            "AWS::S3::Bucket" => {
                let encryption = &with["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
                encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
                    && with["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"].is_object()
                    && with["PublicAccessBlockConfiguration"]
                        .as_object()
                        .is_some_and(|all| all.len() == 4 && all.values().all(|it| it == true))
            }
            // DynamoDB encrypts every table.
            "AWS::DynamoDB::Table" if id == "Ledger" => {
                with["TimeToLiveSpecification"]["Enabled"] == true
            }
            "AWS::DynamoDB::Table" => {
                with["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == true
                    && with["DeletionProtectionEnabled"].is_object()
            }
            "AWS::Logs::LogGroup" => with["RetentionInDays"].is_object(),
            _ => continue,
        };
        assert!(protected, "{id}: {resource:#}");
        held += 1;
    }
    assert_eq!(held, 11);
}

#[test]
fn somebody_hears_of_everything_that_goes_wrong() {
    let place = "s3://rules/rules.bundle?versionId=1";
    let flags = ["--param", QUEUE, "--param", "bucket=lots", "--rules-from", place];
    let template = template("alarms", "", &flags);
    let alarms = template["Resources"].as_object().unwrap().values();
    let alarms = alarms.filter(|it| it["Type"] == "AWS::CloudWatch::Alarm");
    let metrics: BTreeSet<&str> =
        alarms.map(|alarm| alarm["Properties"]["MetricName"].as_str().unwrap()).collect();
    let wanted = [
        "ApproximateNumberOfMessagesVisible",
        "DroppedEventCount",
        "Errors",
        "FallbackRules",
        "IteratorAge",
        "OldestParkedAge",
        "OnFailureDestinationDeliveredEventCount",
        "Throttles",
        "Undecodable",
    ];
    assert_eq!(metrics, BTreeSet::from(wanted));
}

#[test]
fn what_no_account_takes_is_warned_of() {
    let mut rules = "source shop { table: \"shop\" }\n".to_owned();
    for n in 0..500 {
        rules += &format!(
            "route q{n} = sqs {{ queue: \"arn:aws:sqs:eu-west-1:123456789012:orders-{n}\" }}\n\
             rule r{n} {{ on INSERT when item.x == \"{n}\" to q{n} }}\n"
        );
    }
    rules += "param note: string\nrule noted { on REMOVE to q0 with { note: note } }\n";
    let folder = folder("template_beyond", &[("a.rules", rules.as_str())]);
    let note = format!("note={}", "x".repeat(4_096));
    let ran = rulesc(&["template", folder.to_str().unwrap(), "--param", &note]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for what in ["resources of the template", "role's policy", "function's variables"] {
        let warned = |line: &str| line.starts_with("warning: ") && line.contains(what);
        assert!(ran.stderr.lines().any(warned), "{what}: {}", ran.stderr);
    }
    let few = run("within", "", &["--param", QUEUE, "--param", "bucket=lots"]);
    assert!(!few.stderr.contains("warning: "), "{}", few.stderr);
}
