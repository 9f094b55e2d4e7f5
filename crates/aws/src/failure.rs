//! What went wrong, in a service's own words where they hold no item value, and whether another
//! attempt may help.

use std::error::Error;
use std::io;

use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};
use aws_smithy_runtime_api::client::result::ConnectorError;
use distributary_router::{Failure, FailureKind};

/// The HTTP status of throttling, where no error code says so.
const TOO_MANY_REQUESTS: u16 = 429;

/// A call that the service refused, by the answer's status and its error code.
#[must_use]
pub fn of_answer(status: u16, code: Option<&str>, message: Option<&str>) -> Failure {
    let kind = match code.map(kind) {
        Some(FailureKind::Throttled) => FailureKind::Throttled,
        _ if status == TOO_MANY_REQUESTS => FailureKind::Throttled,
        _ if (500..600).contains(&status) => FailureKind::Transient,
        known => known.unwrap_or(FailureKind::Refused),
    };
    let reason = match code {
        Some(code) => reason(code, message),
        None => format!("the service answered with HTTP status {status}"),
    };
    Failure { kind, reason }
}

/// An entry that the service refused in a call that succeeded.
#[must_use]
pub fn of_code(code: &str, message: Option<&str>) -> Failure {
    Failure { kind: kind(code), reason: reason(code, message) }
}

/// A request without an answer: the operating system's word on the connection where there is one,
/// else the innermost cause.
#[must_use]
pub fn of_connection(error: &ConnectorError) -> Failure {
    let cause = if error.is_timeout() {
        "it could not be made in time".to_owned()
    } else {
        let io = chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last();
        io.map_or_else(|| innermost(error), ToString::to_string)
    };
    Failure::disconnected(format!("no connection to the service: {cause}"))
}

/// Errors that say `not now`: throttling in each service's spelling (`KMS.ThrottlingException`,
/// `KmsThrottled`, `RequestThrottled`), and failures of the service's own.
fn kind(code: &str) -> FailureKind {
    let code = bare(code);
    if code.to_ascii_lowercase().contains("throttl") || THROTTLING_ERRORS.contains(&code) {
        return FailureKind::Throttled;
    }
    let own = [
        "InternalFailure",
        "InternalError",
        "InternalException",
        "InternalServerError",
        "ServiceUnavailable",
    ];
    if TRANSIENT_ERRORS.contains(&code) || own.contains(&code) {
        return FailureKind::Transient;
    }
    FailureKind::Refused
}

/// Kinds of error whose message names identities, resources and limits. Any other message may quote
/// what was sent.
const QUOTABLE: [&str; 12] = [
    "AccessDenied",
    "Authorization",
    "NonExistent",
    "DoesNotExist",
    "NotFound",
    "NoSuchBucket",
    "Kms",
    "KMS",
    "Throttl",
    "ExpiredToken",
    "InvalidClientTokenId",
    "UnrecognizedClient",
];

/// Errors of a clock that is wrong: the service's own words are about signatures.
const SKEWED: [&str; 4] =
    ["RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException", "RequestInTheFuture"];

fn reason(code: &str, message: Option<&str>) -> String {
    let code = bare(code);
    let skewed = SKEWED.contains(&code)
        && (code != "InvalidSignatureException"
            || message.is_some_and(|text| text.contains("expired") || text.contains("current")));
    if skewed {
        return format!("{code}: this machine's clock is minutes away from the service's");
    }
    match message.filter(|_| QUOTABLE.iter().any(|kind| code.contains(kind))) {
        Some(message) => format!("{code}: {message}"),
        None => code.to_owned(),
    }
}

/// The code without the namespace that older protocols put before it (`AWS.SimpleQueueService.`).
fn bare(code: &str) -> &str {
    code.strip_prefix("AWS.SimpleQueueService.").unwrap_or(code)
}

/// The cause of all other causes, without the full stop that some have.
#[must_use]
pub fn innermost(error: &(dyn Error + 'static)) -> String {
    let cause = chain(error).last().map(ToString::to_string).unwrap_or_default();
    cause.trim_end_matches('.').to_owned()
}

/// An error and what it comes from, outermost first.
pub fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_told_from_a_wrong_key() {
        let late = "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z";
        let expected =
            "InvalidSignatureException: this machine's clock is minutes away from the service's";
        assert_eq!(of_answer(400, Some("InvalidSignatureException"), Some(late)).reason, expected);
        let wrong = "The request signature we calculated does not match";
        let failure = of_answer(403, Some("InvalidSignatureException"), Some(wrong));
        assert_eq!(failure, Failure::permanent("InvalidSignatureException"));
    }

    #[test]
    fn throttling_is_seen_by_code_and_by_status() {
        for (status, code) in [
            (400, Some("ProvisionedThroughputExceededException")),
            (503, Some("SlowDown")),
            (429, None),
        ] {
            assert_eq!(of_answer(status, code, None).kind, FailureKind::Throttled, "{code:?}");
        }
        assert_eq!(of_answer(503, None, None).kind, FailureKind::Transient);
        assert_eq!(
            of_answer(400, Some("ValidationException"), Some("secret")),
            Failure::permanent("ValidationException")
        );
    }
}
