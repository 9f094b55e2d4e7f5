//! How Lambda is told that the function does not start.

use std::process::ExitCode;
use std::time::Duration;

use lambda_runtime_api_client::{BoxError, Client, build_request};
use tracing::error;

use crate::error::{StartError, causes};

/// Says why the function does not start, in the log and where Lambda shows it to who invokes.
pub(crate) async fn refuse(error: &StartError) -> ExitCode {
    for line in error.lines() {
        error!("{line}");
    }
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some() {
        match tokio::time::timeout(REPORT_TIMEOUT, report(error)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => error!("this could not be reported to Lambda: {}", causes(&*error)),
            Err(_) => error!("this could not be reported to Lambda in time"),
        }
    }
    ExitCode::FAILURE
}

/// Lambda restarts the function after this error, so it should not be waited for long.
const REPORT_TIMEOUT: Duration = Duration::from_secs(2);

async fn report(error: &StartError) -> Result<(), BoxError> {
    let kind = "Distributary.StartError";
    let body = serde_json::json!({"errorType": kind, "errorMessage": error.to_string()});
    let request = build_request()
        .method("POST")
        .uri("/2018-06-01/runtime/init/error")
        .header("lambda-runtime-function-error-type", kind)
        .body(body.to_string().into())?;
    Client::builder().build()?.call(request).await?;
    Ok(())
}
