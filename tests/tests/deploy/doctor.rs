//! `distributary doctor` over a deployed template: it is well, and of each fault that is planted
//! doctor names that fault alone, and the commands that it prints make it well again. Where it cannot
//! know what to do, the test undoes what it did. `tests/components/aws` stands for the AWS CLI.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use distributary_tests::cloudformation::{CloudFormation, Stack};
use distributary_tests::components::{self, workspace};
use distributary_tests::program;
use serde::Deserialize;
use serde_json::Value;

use crate::stack::package;
use crate::{RULES, template_of};

/// The local components do not keep what is counted of a mapping.
const NOT_KEPT: &str = "mapping-metrics";

/// So often doctor is asked again what is left, at most: the mapping of a former stream goes when
/// there is another, and then what it needs.
const ROUNDS: usize = 5;

/// A fault of `faults.json`.
#[derive(Deserialize)]
struct Fault {
    /// What doctor finds, in its order.
    finds: Vec<String>,
    /// What plants it.
    plant: String,
    /// What takes it away, where doctor does not know that.
    undo: Option<String>,
}

/// A deployed function, and what looks at it and changes it.
struct Deployed {
    rules: PathBuf,
    distributary: PathBuf,
    endpoint: String,
    /// What stands in commands for what was made.
    names: BTreeMap<&'static str, String>,
}

impl Deployed {
    fn command(&self, program: &Path) -> Command {
        let (bin, path) = (workspace().join("tests/components"), std::env::var("PATH").unwrap());
        let mut command = Command::new(program);
        command
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("PYTHONPATH", workspace().join("target/tools/python"))
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_DEFAULT_REGION", "eu-central-1")
            .env("DISTRIBUTARY", &self.distributary)
            .env("RULES", &self.rules)
            .envs(&self.names);
        command
    }

    /// Runs a command line as a shell does, and waits until what it changed is in force.
    fn shell(&self, line: &str) {
        let changes = ["variable", "update-function"].iter().any(|word| line.contains(word));
        let line = if changes { format!("{line}\nsettled") } else { line.to_owned() };
        let script = format!("set -e -o pipefail\n{}\n{line}", include_str!("faults.sh"));
        // What doctor prints calls the operator's command by its name.
        let script = script.replace("\ndistributary ", "\n$DISTRIBUTARY ");
        let ran = self.command(Path::new("bash")).args(["-c", &script]).output().unwrap();
        assert!(ran.status.success(), "{line}\n{}", String::from_utf8_lossy(&ran.stderr));
    }

    fn doctor(&self, format: &str) -> (Option<i32>, String) {
        let mut command = self.command(&self.distributary);
        command.arg("doctor").arg(&self.rules).args(["--format", format]);
        let ran = command.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
        (ran.status.code(), String::from_utf8(ran.stdout).unwrap())
    }

    /// The code of each finding, and what mends it.
    fn found(&self) -> (Vec<String>, Vec<String>) {
        let (exit, document) = self.doctor("json");
        let document: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(exit, Some(i32::from(document["errors"] != 0)));
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let (mut codes, mut mend) = (Vec::new(), Vec::new());
        for finding in document["findings"].as_array().unwrap() {
            if finding["code"] != NOT_KEPT {
                codes.push(text(&finding["code"]));
                mend.extend(finding["mend"].as_array().unwrap().iter().map(text));
            }
        }
        (codes, mend)
    }
}

async fn deployed(cloudformation: &CloudFormation, endpoint: &str) -> (Deployed, Stack) {
    let rules = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deploy/doctored");
    let _ = fs::remove_dir_all(&rules);
    fs::create_dir_all(&rules).unwrap();
    for file in ["rules.toml", "shop.rules"] {
        let text = fs::read_to_string(workspace().join(RULES).join(file)).unwrap();
        fs::write(rules.join(file), text.replace("deployed-shop", "doctored-shop")).unwrap();
    }
    cloudformation.upload("doctored-code", "function.zip", package().await).await.unwrap();
    let template = template_of(&rules, &["--code", "s3://doctored-code/function.zip"]).await;
    let mut template: Value = serde_json::from_str(&template).unwrap();
    let mapping = &mut template["Resources"]["ShopMapping"]["Properties"];
    // A parameter's number stays a text in the local CloudFormation.
    mapping["MaximumRecordAgeInSeconds"] = 82_800.into();
    let filter = mapping["FilterCriteria"].to_string();
    let variables = &template["Resources"]["Function"]["Properties"]["Environment"]["Variables"];
    let hash = variables["DISTRIBUTARY_RULES_HASH"].as_str().unwrap().to_owned();
    let template = template.to_string();
    let stack =
        cloudformation.create("shop", &template, &[("DeletionProtection", "false")]).await.unwrap();
    let made = |id: &str| stack.resources[id].clone();
    let names = BTreeMap::from([
        ("BUS", made("BusBus")),
        ("FAILURES", made("Failures")),
        ("FILTER", filter),
        ("FUNCTION", made("Function")),
        ("HASH", hash),
        ("LEDGER", made("Ledger")),
        ("LETTERS", made("LettersLot")),
        ("NEWS", made("NewsTopic")),
        ("OBJECTS", made("ObjectsLot")),
        ("ORDERED", made("OrderedQueue")),
        ("ORDERED_NEWS", made("OrderedNewsTopic")),
        ("ROLE", made("Role")),
        ("ROWS", made("RowsLot")),
        ("WORK", made("WorkQueue")),
    ]);
    let distributary = program::distributary().await.unwrap().clone();
    (Deployed { rules, distributary, endpoint: endpoint.to_owned(), names }, stack)
}

#[tokio::test]
async fn each_fault_is_named_and_mended() {
    let endpoint = components::ministack().endpoint();
    let cloudformation = CloudFormation::new(endpoint);
    let (deployed, stack) = deployed(&cloudformation, endpoint).await;
    // What the local CloudFormation leaves out of the template.
    deployed.shell(
        "aws sns set-topic-attributes --topic-arn $ORDERED_NEWS --attribute-name FifoTopic \
         --attribute-value true",
    );
    deployed.shell(
        "aws dynamodb update-time-to-live --table-name $LEDGER \
         --time-to-live-specification Enabled=true,AttributeName=expires",
    );
    let (exit, said) = deployed.doctor("text");
    assert_eq!(exit, Some(0), "{said}");
    assert!(said.ends_with(": 1 warning\n") && said.contains(NOT_KEPT), "{said}");

    let faults: Vec<Fault> = serde_json::from_str(include_str!("faults.json")).unwrap();
    for Fault { finds, plant, undo } in faults {
        deployed.shell(&plant);
        let (mut found, mut mend) = deployed.found();
        assert_eq!(found, finds, "{plant}");
        if let Some(undo) = undo {
            deployed.shell(&undo);
            continue;
        }
        // What is made anew may need something made anew, too.
        for _ in 0..ROUNDS {
            if mend.is_empty() {
                break;
            }
            mend.iter().for_each(|line| deployed.shell(line));
            (found, mend) = deployed.found();
        }
        assert_eq!(found, [""; 0], "{plant}");
    }
    assert_eq!(deployed.found().0, [""; 0]);
    cloudformation.delete(stack).await.unwrap();
}
