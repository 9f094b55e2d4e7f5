//! Events that are no batch: what a schedule, or an operator, asks the function for.

use serde::Deserialize;

use crate::invocation_error::InvocationError;

/// An event without `Records`, as far as it says what it asks for.
#[derive(Deserialize)]
struct Request {
    /// Of a rule of EventBridge or a schedule of EventBridge Scheduler, as they come by default.
    #[serde(rename = "detail-type")]
    detail_type: Option<String>,
    source: Option<String>,
    /// What the function is asked for by name.
    distributary: Option<String>,
}

/// What EventBridge and EventBridge Scheduler call themselves in what they send on time.
const SCHEDULERS: [&str; 2] = ["aws.events", "aws.scheduler"];

/// Whether an event that is no batch asks for a redrive. All that a schedule can want is that.
///
/// # Errors
/// It asks for something else by name.
pub(crate) fn asks_for_redrive(event: &[u8]) -> Result<bool, InvocationError> {
    let Ok(Request { detail_type, source, distributary }) = serde_json::from_slice(event) else {
        return Ok(false);
    };
    match distributary.as_deref() {
        Some("redrive") => Ok(true),
        Some(other) => Err(InvocationError::UnknownRequest(other.to_owned())),
        None => Ok(detail_type.as_deref() == Some("Scheduled Event")
            && source.is_some_and(|source| SCHEDULERS.contains(&&*source))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_ask_for_a_redrive_and_nothing_else_does() {
        let of_a_rule = r#"{"version":"0","id":"53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
            "detail-type":"Scheduled Event","source":"aws.events","account":"123456789012",
            "time":"2026-11-21T12:00:00Z","region":"eu-central-1",
            "resources":["arn:aws:events:eu-central-1:123456789012:rule/redrive"],"detail":{}}"#;
        for (event, expected) in [
            (of_a_rule, true),
            (r#"{"detail-type":"Scheduled Event","source":"aws.scheduler","detail":"{}"}"#, true),
            (r#"{"distributary":"redrive"}"#, true),
            (r#"{"detail-type":"Order paid","source":"aws.events"}"#, false),
            (r#"{"detail-type":"Scheduled Event","source":"com.acme"}"#, false),
            (r#"{"distributary":7}"#, false),
            ("{}", false),
            ("[]", false),
            ("7", false),
        ] {
            assert_eq!(asks_for_redrive(event.as_bytes()), Ok(expected), "{event}");
        }
    }

    #[test]
    fn a_request_for_something_else_is_named() {
        let error = asks_for_redrive(br#"{"distributary":"drain"}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"the event asks for `drain`, and all that can be asked for is `{"distributary":"redrive"}`"#
        );
    }
}
