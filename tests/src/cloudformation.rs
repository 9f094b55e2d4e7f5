//! CloudFormation and what it works on, by the few plain requests that tests need.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::{Instant, sleep};

use crate::http::{Answered, Http};

/// How long a stack may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client of one server that answers for all services.
#[derive(Debug, Clone)]
pub struct CloudFormation {
    http: Http,
    endpoint: String,
}

/// A stack that was created.
#[derive(Debug, Clone)]
pub struct Stack {
    name: String,
    /// What its resources are called, by logical id.
    pub resources: BTreeMap<String, String>,
}

impl CloudFormation {
    /// A client of the server at `endpoint`.
    #[must_use]
    pub fn new(endpoint: &str) -> Self {
        Self { http: Http::new(), endpoint: endpoint.to_owned() }
    }

    /// Creates a stack and waits until it is complete.
    ///
    /// # Errors
    /// When a resource cannot be made: then with the reason.
    pub async fn create(
        &self,
        name: &str,
        template: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Stack> {
        let mut fields = vec![
            ("StackName".to_owned(), name),
            ("TemplateBody".to_owned(), template),
            ("Capabilities.member.1".to_owned(), "CAPABILITY_IAM"),
            ("Capabilities.member.2".to_owned(), "CAPABILITY_AUTO_EXPAND"),
        ];
        for (at, (key, value)) in (1..).zip(parameters) {
            let member = format!("Parameters.member.{at}");
            fields.push((format!("{member}.ParameterKey"), key));
            fields.push((format!("{member}.ParameterValue"), value));
        }
        self.query("CreateStack", &fields).await?;
        let start = Instant::now();
        loop {
            let stacks = self.of_stack("DescribeStacks", name).await?;
            match element(&stacks, "StackStatus").context("a stack without a status")? {
                "CREATE_COMPLETE" => break,
                "CREATE_IN_PROGRESS" => {}
                status => {
                    let events = self.of_stack("DescribeStackEvents", name).await?;
                    bail!("{status}: {:?}", elements(&events, "ResourceStatusReason"));
                }
            }
            ensure!(start.elapsed() < PATIENCE, "the stack is not complete");
            sleep(Duration::from_millis(100)).await;
        }
        let resources = self.of_stack("DescribeStackResources", name).await?;
        let members = elements(&resources, "member").into_iter();
        let resource = |member| {
            let id = element(member, "LogicalResourceId")?.to_owned();
            Some((id, element(member, "PhysicalResourceId")?.to_owned()))
        };
        Ok(Stack { name: name.to_owned(), resources: members.filter_map(resource).collect() })
    }

    /// Deletes a stack and waits until it is gone.
    ///
    /// # Errors
    /// When it is still there after a minute.
    pub async fn delete(&self, stack: Stack) -> Result<()> {
        self.of_stack("DeleteStack", &stack.name).await?;
        let start = Instant::now();
        while self.of_stack("DescribeStacks", &stack.name).await.is_ok() {
            ensure!(start.elapsed() < PATIENCE, "the stack is still there");
            sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Puts an object into a new bucket.
    ///
    /// # Errors
    /// When the service refuses one of them.
    pub async fn upload(&self, bucket: &str, key: &str, body: Vec<u8>) -> Result<()> {
        let place = "<CreateBucketConfiguration><LocationConstraint>eu-central-1\
                     </LocationConstraint></CreateBucketConfiguration>";
        self.send("PUT", "s3", &format!("/{bucket}"), &[], place.into()).await?;
        self.send("PUT", "s3", &format!("/{bucket}/{key}"), &[], body).await?;
        Ok(())
    }

    /// Invokes a function and returns its answer.
    ///
    /// # Errors
    /// When it fails.
    pub async fn invoke(&self, function: &str, payload: &str) -> Result<String> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        self.send("POST", "lambda", &path, &[], payload.into()).await
    }

    /// What the services have of what a template makes, as their lists say it.
    ///
    /// # Errors
    /// When a service refuses.
    pub async fn inventory(&self) -> Result<BTreeMap<&'static str, String>> {
        let mut inventory = BTreeMap::new();
        for (service, operation) in [
            ("iam", "ListRoles"),
            ("monitoring", "DescribeAlarms"),
            ("monitoring", "ListDashboards"),
            ("sns", "ListTopics"),
        ] {
            let body = format!("Action={operation}").into_bytes();
            let form = [("content-type", "application/x-www-form-urlencoded")];
            let answer = self.send("POST", service, "/", &form, body).await?;
            inventory.insert(operation, without_request_id(&answer));
        }
        for (service, target) in [
            ("dynamodb", "DynamoDB_20120810.ListTables"),
            ("events", "AWSEvents.ListEventBuses"),
            ("events", "AWSEvents.ListRules"),
            ("logs", "Logs_20140328.DescribeLogGroups"),
            ("sqs", "AmazonSQS.ListQueues"),
        ] {
            let headers =
                [("x-amz-target", target), ("content-type", "application/x-amz-json-1.1")];
            let answer = self.send("POST", service, "/", &headers, b"{}".to_vec()).await?;
            inventory.insert(target, answer);
        }
        for (service, path) in [
            ("lambda", "/2015-03-31/functions/"),
            ("lambda", "/2015-03-31/event-source-mappings/"),
            ("s3", "/"),
        ] {
            inventory.insert(path, self.send("GET", service, path, &[], Vec::new()).await?);
        }
        Ok(inventory)
    }

    async fn of_stack(&self, action: &str, stack: &str) -> Result<String> {
        self.query(action, &[("StackName".to_owned(), stack)]).await
    }

    async fn query(&self, action: &str, fields: &[(String, &str)]) -> Result<String> {
        let mut body = format!("Action={action}&Version=2010-05-15");
        for (name, value) in fields {
            write!(body, "&{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))?;
        }
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", "cloudformation", "/", &form, body.into()).await
    }

    /// The server knows by the signature, which it does not check, which service is meant.
    async fn send(
        &self,
        method: &str,
        service: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<String> {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let mut headers = headers.to_vec();
        headers.push(("authorization", &authorization));
        let url = format!("{}{path}", self.endpoint);
        let Answered { status, body, .. } = self.http.send(method, &url, &headers, body).await?;
        let answer = String::from_utf8_lossy(&body).into_owned();
        ensure!(status.is_success(), "{service} refuses {method} {path}: {answer}");
        Ok(answer)
    }
}

/// The contents of every element of this name.
fn elements<'x>(xml: &'x str, name: &str) -> Vec<&'x str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&open).skip(1).filter_map(|rest| Some(rest.split_once(&close)?.0)).collect()
}

fn element<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    elements(xml, name).first().copied()
}

fn without_request_id(answer: &str) -> String {
    match element(answer, "RequestId") {
        Some(id) => answer.replace(id, ""),
        None => answer.to_owned(),
    }
}
