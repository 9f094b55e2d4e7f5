//! Whole services, called in the form of their own protocol: what an operator's commands ask, which
//! is more than lots and the ledger need.

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::client::{Answer, Client};
use crate::config::Aws;
use crate::endpoint::Service;
use crate::error::ConfigError;

/// A service, and the version of its API where requests name it.
#[derive(Debug)]
pub struct Named {
    service: Service,
    version: &'static str,
}

/// AWS CloudFormation.
pub static CLOUDFORMATION: Named = Named {
    service: Service::new("cloudformation", "CloudFormation", "cloudformation"),
    version: "2010-05-15",
};
/// Amazon CloudWatch.
pub static CLOUDWATCH: Named = Named {
    service: Service::new("monitoring", "CloudWatch", "monitoring"),
    version: "2010-08-01",
};
/// Amazon EventBridge.
pub static EVENTS: Named =
    Named { service: Service::new("events", "EventBridge", "events"), version: "" };
/// AWS Identity and Access Management.
pub static IAM: Named =
    Named { service: Service::of_all_regions("iam", "IAM"), version: "2010-05-08" };
/// AWS Lambda.
pub static LAMBDA: Named =
    Named { service: Service::new("lambda", "Lambda", "lambda"), version: "" };
/// Amazon CloudWatch Logs.
pub static LOGS: Named =
    Named { service: Service::new("logs", "CloudWatch Logs", "logs"), version: "" };
/// Amazon SNS.
pub static SNS: Named = Named { service: Service::new("sns", "SNS", "sns"), version: "2010-03-31" };
/// Amazon SQS.
pub static SQS: Named = Named { service: Service::new("sqs", "SQS", "sqs"), version: "" };
/// AWS Security Token Service.
pub static STS: Named = Named { service: Service::new("sts", "STS", "sts"), version: "2011-06-15" };
/// Tags of the resources of all services.
pub static TAGGING: Named = Named {
    service: Service::new("tagging", "Resource Groups Tagging API", "tagging"),
    version: "",
};

/// A service behind connections of its own. Each call is one attempt.
#[derive(Debug)]
pub struct Api {
    client: Client,
    version: &'static str,
}

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct ApiError {
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The service's error code without its namespace, where the answer has one.
    pub code: Option<String>,
    /// The service's own words, or what kept the call from being made.
    pub message: String,
}

impl ApiError {
    /// Whether the service refused with this error code.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    fn sentence(&self) -> String {
        let message = self.message.trim_end_matches('.');
        match (&self.code, message) {
            (Some(code), "") => code.clone(),
            (Some(code), message) => format!("{code}: {message}"),
            (None, message) => message.to_owned(),
        }
    }
}

impl Aws {
    /// A service in the region that the environment names. `timeout` holds for each call.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn api(&self, named: &Named, timeout: Duration) -> Result<Api, ConfigError> {
        let client = self.client(&named.service, named.service.id, timeout)?;
        Ok(Api { client, version: named.version })
    }
}

impl Api {
    /// An operation of a service that speaks JSON, such as `AmazonSQS.SendMessage`.
    ///
    /// # Errors
    /// The service cannot be reached, or refuses.
    pub async fn json(&self, operation: &str, request: &Value) -> Result<Value, ApiError> {
        // The versions of the protocol differ in this header alone.
        let version = if operation.starts_with("AmazonSQS") {
            "application/x-amz-json-1.0"
        } else {
            "application/x-amz-json-1.1"
        };
        let headers = [("content-type", version), ("x-amz-target", operation)];
        let url = format!("{}/", self.client.endpoint());
        as_json(&self.send("POST", &url, &headers, request.to_string().into_bytes()).await?)
    }

    /// An operation of a service that takes a form and answers with XML, such as `ListTopics`.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub async fn query(&self, action: &str, fields: &[(&str, &str)]) -> Result<String, ApiError> {
        let mut form = format!("Action={action}&Version={}", self.version);
        for (name, value) in fields {
            form += &format!("&{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC));
        }
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let url = format!("{}/", self.client.endpoint());
        let answer = self.send("POST", &url, &headers, form.into_bytes()).await?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// A path of a service that speaks JSON, and is encoded already, such as
    /// `/2015-03-31/functions/NAME`.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub async fn rest(
        &self,
        method: &str,
        path: &str,
        request: Option<&Value>,
    ) -> Result<Value, ApiError> {
        let url = format!("{}{path}", self.client.endpoint());
        let body = request.map(|request| request.to_string().into_bytes()).unwrap_or_default();
        as_json(&self.send(method, &url, &[("content-type", "application/json")], body).await?)
    }

    async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, ApiError> {
        let answer = self.client.send(method, url, headers, body).await;
        let answer = answer.map_err(|failure| ApiError {
            status: None,
            code: None,
            message: failure.reason,
        })?;
        match (200..300).contains(&answer.status) {
            true => Ok(answer),
            false => Err(refusal(&answer)),
        }
    }
}

fn as_json(answer: &Answer) -> Result<Value, ApiError> {
    if answer.body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&answer.body).map_err(|_| ApiError {
        status: Some(answer.status),
        code: None,
        message: "the service's answer could not be read".to_owned(),
    })
}

/// What the service says of itself, in whichever of the two languages.
fn refusal(answer: &Answer) -> ApiError {
    let text = String::from_utf8_lossy(&answer.body);
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    let of_json = |names: [&str; 2]| names.iter().find_map(|name| json.get(name)?.as_str());
    let code = of_json(["__type", "code"]).or_else(|| element(&text, "Code"));
    let code = code.or(answer.code.as_deref());
    // `com.amazonaws.sqs#QueueDoesNotExist`, and in a header `Code:http://…`.
    let code = code.and_then(|code| code.rsplit('#').next()?.split(':').next());
    let message = of_json(["message", "Message"]).or_else(|| element(&text, "Message"));
    ApiError {
        status: Some(answer.status),
        code: code.map(str::to_owned),
        message: match (code, message) {
            (_, Some(message)) => message.to_owned(),
            (Some(_), None) => String::new(),
            (None, None) => format!("the service answered with HTTP status {}", answer.status),
        },
    }
}

fn element<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    Some(xml.split_once(&open)?.1.split_once(&close)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_in_each_protocol() {
        for (code, body, expected) in [
            (
                None,
                r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"It is not there."}"#,
                "QueueDoesNotExist: It is not there",
            ),
            (
                Some("ResourceNotFoundException:http://internal.amazon.com/"),
                r#"{"Message":"Function not found: f","Type":"User"}"#,
                "ResourceNotFoundException: Function not found: f",
            ),
            (
                None,
                "<ErrorResponse><Error><Code>NotFound</Code><Message>no topic</Message></Error>\
                 </ErrorResponse>",
                "NotFound: no topic",
            ),
            (None, "<html>", "the service answered with HTTP status 400"),
        ] {
            let body = body.into();
            let code = code.map(str::to_owned);
            let error = refusal(&Answer { status: 400, tag: None, code, body });
            assert_eq!(error.to_string(), expected);
        }
    }
}
