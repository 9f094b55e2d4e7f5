//! What an SDK client says went wrong, as a failure of its route.

use aws_sdk_sqs::config::http::HttpResponse;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use distributary_aws::{of_answer, of_code, of_connection};
use distributary_router::{Failure, FailureKind};

/// A call that failed as a whole.
pub(crate) fn of_call<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Failure {
    match error {
        SdkError::TimeoutError(_) => Failure::transient("no answer within the timeout"),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) => of_connection(error),
            None => Failure::disconnected("no connection to the service: the request was not sent"),
        },
        SdkError::ResponseError(response) => unreadable(response.raw()),
        // The SDK also reports an unreadable answer this way, without a code.
        SdkError::ServiceError(refusal) if refusal.raw().status().is_success() => {
            unreadable(refusal.raw())
        }
        SdkError::ServiceError(refusal) => {
            let (status, error) = (refusal.raw().status(), refusal.err());
            of_answer(status.as_u16(), error.code(), error.message())
        }
        _ => Failure::permanent("the request could not be made"),
    }
}

/// What the service did is not known.
fn unreadable(response: &HttpResponse) -> Failure {
    let status = response.status();
    Failure::transient(format!("the service's answer could not be read (HTTP status {status})"))
}

/// An entry that the service refused in a call that succeeded. `retryable` is what the service says
/// beside the code.
pub(crate) fn of_entry(code: &str, message: Option<&str>, retryable: bool) -> Failure {
    let mut failure = of_code(code, message);
    if failure.kind == FailureKind::Refused && retryable {
        failure.kind = FailureKind::Transient;
    }
    failure
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use distributary_delivery::Destination;
    use distributary_router::Target;
    use serde_json::json;

    use super::*;
    use crate::aws::Aws;
    use crate::aws::scripted::{Reply, Service, arn, aws, route};
    use crate::sample;

    async fn target(aws: &Aws) -> Arc<dyn Target> {
        let queue = arn("arn:aws:sqs:eu-west-1:123456789012:orders");
        let route = route(Destination::Sqs { queue: queue.clone(), delay: None, fifo: false });
        aws.queue(&route, &queue, None, false).await.unwrap()
    }

    async fn failure(aws: &Aws) -> Failure {
        target(aws).await.send(&[&sample::delivery("e-1", "{}")]).await.unwrap_err()
    }

    fn error(status: u16, code: &str, message: &str) -> Reply {
        Reply::json(status, &json!({"__type": code, "message": message}))
    }

    #[tokio::test]
    async fn a_refused_call_is_told_from_one_that_may_succeed_later() {
        let access = "User: arn:aws:sts::1:x is not authorized to perform: sqs:sendmessage";
        let permanent = Failure::permanent;
        let transient = Failure::transient;
        for (reply, expected) in [
            (
                error(403, "com.amazonaws.sqs#AccessDeniedException", access),
                permanent(format!("AccessDeniedException: {access}")),
            ),
            (
                error(400, "com.amazonaws.sqs#QueueDoesNotExist", "no such queue"),
                permanent("QueueDoesNotExist: no such queue".to_owned()),
            ),
            (
                error(400, "com.amazonaws.sqs#InvalidMessageContents", "secret is not valid"),
                permanent("InvalidMessageContents".to_owned()),
            ),
            (
                error(400, "RequestThrottled", "slow down"),
                Failure::throttled("RequestThrottled: slow down"),
            ),
            (error(429, "Odd", "secret"), Failure::throttled("Odd")),
            (error(500, "InternalFailure", "secret"), transient("InternalFailure".to_owned())),
            (
                Reply::Http(503, "<html>sorry</html>".to_owned()),
                transient("the service answered with HTTP status 503".to_owned()),
            ),
            (
                Reply::Http(200, "nonsense".to_owned()),
                transient("the service's answer could not be read (HTTP status 200)".to_owned()),
            ),
            (
                Reply::Http(200, "{\"Successful\": 7}".to_owned()),
                transient("the service's answer could not be read (HTTP status 200)".to_owned()),
            ),
        ] {
            let service = Service::start(move |_| reply.clone()).await;
            assert_eq!(failure(&service.aws()).await, expected);
            assert_eq!(service.requests().len(), 1, "the SDK repeated {expected:?}");
        }
    }

    #[tokio::test]
    async fn a_broken_connection_may_be_whole_later() {
        for (reply, reason) in [
            (Reply::Close, "no connection to the service: "),
            (Reply::Raw("220 smtp.example.com ESMTP\r\n"), "no connection to the service: "),
            (
                Reply::Raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"Succ"),
                "the service's answer",
            ),
        ] {
            let service = Service::start(move |_| reply.clone()).await;
            let failure = failure(&service.aws()).await;
            assert!(failure.retryable() && failure.reason.starts_with(reason), "{failure:?}");
        }
        let failure = failure(&aws("http://127.0.0.1:1")).await;
        assert!(failure.retryable(), "{failure:?}");
        assert!(failure.reason.contains("Connection refused"), "{failure:?}");
    }

    #[tokio::test]
    async fn a_service_that_never_answers_is_given_up_after_the_timeout() {
        let service = Service::start(|_| Reply::Hang).await;
        let started = Instant::now();
        let failure = failure(&service.aws()).await;
        assert_eq!(failure, Failure::transient("no answer within the timeout"));
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }
}
