//! Where the function's rules come from: beside it, from a layer, from S3.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use distributary_rules::Given;
use distributary_tests::aws::Aws;
use distributary_tests::components;
use distributary_tests::function::{Function, Settings};
use distributary_tests::program;
use distributary_tests::proxy::{Fault, Proxy};
use serde_json::json;

const BUCKET: &str = "rules-from-here";

/// A function deployed to a folder of its own, and rules in several versions.
struct Deployed {
    folder: PathBuf,
    settings: Settings,
    aws: Aws,
}

impl Deployed {
    async fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("from").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::hard_link(program::bootstrap().await.unwrap(), folder.join("bootstrap")).unwrap();
        let endpoint = components::ministack().endpoint();
        let mut settings = Settings::new(PathBuf::new(), endpoint);
        let out = folder.join("out.jsonl").display().to_string();
        settings.params.insert("out".to_owned(), out);
        Deployed { folder, settings, aws: Aws::new(endpoint) }
    }

    /// A rule set with one rule of this name, and its bundle.
    fn rules(&self, rule: &str) -> (PathBuf, Vec<u8>) {
        let rules = self.folder.join("versions").join(rule);
        fs::create_dir_all(&rules).unwrap();
        let text = format!(
            "param out: string\nroute out = file {{ path: \"${{out}}\" }}\nrule {rule} {{ on ANY to out }}\n"
        );
        fs::write(rules.join("a.rules"), text).unwrap();
        let rule_set = distributary_ruleset::open(&rules).unwrap();
        let program = rule_set.check(&Given::default()).program;
        let bundle = rule_set.bundle(&program).unwrap();
        (rules, bundle)
    }

    fn from(&mut self, place: &str) {
        self.settings.variables.insert("DISTRIBUTARY_RULES".to_owned(), place.to_owned());
    }

    async fn start(&self) -> Function {
        Function::start_program(&self.folder.join("bootstrap"), &self.settings).await.unwrap()
    }

    /// The rule that made a delivery of one record, and the log.
    async fn runs(&self) -> (String, String) {
        let mut function = self.start().await;
        let rule = self.rule(&mut function).await;
        (rule, function.stop().await.unwrap())
    }

    /// The rule that makes a delivery of one record.
    async fn rule(&self, function: &mut Function) -> String {
        let record = json!({
            "eventID": "e-1", "eventName": "INSERT", "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1",
            "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_800_000_000, "SequenceNumber": "100",
                "StreamViewType": "NEW_AND_OLD_IMAGES",
                "Keys": { "pk": { "S": "a" } }, "NewImage": { "pk": { "S": "a" } },
            },
        });
        function.invoke(json!({ "Records": [record] }).to_string()).await.unwrap();
        let sent = fs::read_to_string(self.folder.join("out.jsonl")).unwrap();
        let line: serde_json::Value = serde_json::from_str(sent.lines().last().unwrap()).unwrap();
        line["rule"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_bundle_beside_the_executable_or_in_a_layer_runs_as_its_text_does() {
    let mut deployed = Deployed::new("beside").await;
    deployed.from("");
    let (text, bundle) = deployed.rules("beside");
    fs::write(deployed.folder.join("rules.bundle"), &bundle).unwrap();
    let (rule, of_bundle) = deployed.runs().await;
    assert_eq!(rule, "beside");
    fs::remove_file(deployed.folder.join("rules.bundle")).unwrap();
    fs::rename(text, deployed.folder.join("rules")).unwrap();
    let (rule, of_text) = deployed.runs().await;
    assert_eq!(rule, "beside");
    assert_eq!(hash(&of_bundle), hash(&of_text));

    let (_, layer) = deployed.rules("layered");
    let opt = deployed.folder.join("opt/rules.bundle");
    fs::create_dir_all(opt.parent().unwrap()).unwrap();
    fs::write(&opt, layer).unwrap();
    deployed.from(opt.to_str().unwrap());
    deployed.settings.variables.insert("DISTRIBUTARY_RULES_HASH".to_owned(), "5e1f".to_owned());
    let (rule, log) = deployed.runs().await;
    assert_eq!(rule, "layered");
    assert!(log.contains("and not 5e1f, as `DISTRIBUTARY_RULES_HASH` says"), "{log}");
}

#[tokio::test]
async fn a_pinned_version_runs_whatever_was_written_after_it() {
    let mut deployed = Deployed::new("pinned").await;
    let (rules, first) = deployed.rules("first");
    let version = deployed.aws.version(BUCKET, "a%20b/rules.bundle", first).await.unwrap();
    let (_, second) = deployed.rules("second");
    deployed.aws.version(BUCKET, "a%20b/rules.bundle", second).await.unwrap();
    deployed.from(&format!("s3://{BUCKET}/a b/rules.bundle?versionId={version}"));
    let hash = distributary_ruleset::open(&rules).unwrap().hash(None).unwrap();
    deployed.settings.variables.insert("DISTRIBUTARY_RULES_HASH".to_owned(), hash);
    let (rule, log) = deployed.runs().await;
    assert_eq!(rule, "first");
    assert!(!log.contains("FallbackRules") && !log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn a_version_that_cannot_be_used_leaves_the_deployed_rules_in_force_and_says_so() {
    let mut deployed = Deployed::new("fallback").await;
    let (_, mut bundle) = deployed.rules("wanted");
    let key = "fallback.bundle";
    let sound = deployed.aws.version(BUCKET, key, bundle.clone()).await.unwrap();
    *bundle.last_mut().unwrap() ^= 1;
    let altered = deployed.aws.version(BUCKET, key, bundle).await.unwrap();
    let (kept, _) = deployed.rules("kept");
    fs::rename(kept, deployed.folder.join("rules")).unwrap();
    // A parameter that the rules in force do not have yet.
    deployed.settings.params.insert("limit".to_owned(), "3".to_owned());

    for (version, expected_hash, said) in [
        (&*sound, "5e1f", "and not 5e1f, as `DISTRIBUTARY_RULES_HASH` says"),
        (&*altered, "", "does not have the SHA-256 that it was written with"),
        ("gone", "", "there is no such version"),
    ] {
        deployed.from(&format!("s3://{BUCKET}/{key}?versionId={version}"));
        let hash = ("DISTRIBUTARY_RULES_HASH".to_owned(), expected_hash.to_owned());
        deployed.settings.variables.extend([hash]);
        let (rule, log) = deployed.runs().await;
        assert_eq!(rule, "kept", "{log}");
        let in_force = "the rules of `DISTRIBUTARY_RULES` cannot be used, others are in force";
        for said in [said, in_force, r#""FallbackRules":1"#] {
            assert!(log.contains(said), "no `{said}` in:\n{log}");
        }
    }

    fs::write(deployed.folder.join("rules/broken.rules"), "rule").unwrap();
    let (status, log) = deployed.start().await.ended().await.unwrap();
    assert!(!status.success(), "{status}");
    // Why neither can be used.
    for said in ["there is no such version", "broken.rules:1"] {
        assert!(log.contains(said), "no `{said}` in:\n{log}");
    }
}

#[tokio::test]
async fn rules_that_could_not_be_read_are_in_force_as_soon_as_they_can() {
    let mut deployed = Deployed::new("healed").await;
    let (_, bundle) = deployed.rules("wanted");
    let version = deployed.aws.version(BUCKET, "healed.bundle", bundle).await.unwrap();
    let (kept, _) = deployed.rules("kept");
    fs::rename(kept, deployed.folder.join("rules")).unwrap();
    deployed.from(&format!("s3://{BUCKET}/healed.bundle?versionId={version}"));
    let proxy = Proxy::start(&deployed.settings.endpoint).await.unwrap();
    deployed.settings.endpoint = proxy.endpoint().to_owned();
    proxy.make_sick("healed.bundle", Fault::Refuse { status: 503, code: "SlowDown" });
    let mut function = deployed.start().await;
    assert_eq!(deployed.rule(&mut function).await, "kept");
    proxy.heal();
    let mut rule = String::new();
    for _ in 0..100 {
        rule = deployed.rule(&mut function).await;
        if rule == "wanted" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let log = function.stop().await.unwrap();
    assert_eq!(rule, "wanted", "{log}");
    let last = log.lines().rfind(|line| line.contains(r#""_aws""#)).unwrap();
    assert!(!last.contains("FallbackRules"), "{log}");
}

/// The hash of the rules that a function says it started with.
fn hash(log: &str) -> String {
    let started = log.lines().find(|line| line.contains(r#""message":"started""#)).unwrap();
    let line: serde_json::Value = serde_json::from_str(started).unwrap();
    line["hash"].as_str().unwrap().to_owned()
}
