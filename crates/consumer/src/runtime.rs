//! The function in Lambda's hands: how it starts, is invoked, and says that it cannot.

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use distributary_engine::{Answer, Invocation, InvocationError};
use lambda_runtime::{Diagnostic, LambdaEvent, Runtime, service_fn};
use lambda_runtime_api_client::{BoxError, Client, build_request};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use tokio::time::Instant;
use tracing::{Instrument, Level, error, info_span};

use crate::config::Config;
use crate::error::StartError;
use crate::function::Function;
use crate::logging;

/// Serves invocations until Lambda ends the process. An error at the start is logged, reported to
/// Lambda, and ends the process at once.
pub async fn run() -> ExitCode {
    let config = config();
    logging::start(config.as_ref().map_or(Level::INFO, |config| config.log));
    let function = match config {
        Ok(config) => Function::start(&config, seed()).await,
        Err(error) => Err(error),
    };
    match function {
        Ok(function) => serve(&function).await,
        Err(error) => refuse(&error).await,
    }
}

/// What Lambda sets for every function, and the runtime library takes for granted.
const OF_LAMBDA: [&str; 4] = [
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
];

fn config() -> Result<Config, StartError> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let environment: BTreeMap<_, _> = std::env::vars_os().filter_map(text).collect();
    if let Some(missing) = OF_LAMBDA.iter().find(|name| !environment.contains_key(**name)) {
        return Err(StartError::new(format!(
            "`bootstrap` is started by AWS Lambda, and `{missing}` is not set: use `distributary \
             run` to run rules by hand"
        )));
    }
    let executable = std::env::current_exe().map_err(|error| {
        StartError::new(format!("where the executable is cannot be told: {error}"))
    })?;
    Config::new(environment, executable.parent().unwrap_or(&executable))
}

async fn serve(function: &Function) -> ExitCode {
    let invoke = service_fn(|event| invoke(function, event));
    match Runtime::new(invoke).run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!("the connection to Lambda is lost: {}", causes(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn invoke(
    function: &Function,
    LambdaEvent { payload, context }: LambdaEvent<Payload>,
) -> Result<Answer, Diagnostic> {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    let deadline = Instant::now().checked_add(left);
    let handled = async {
        let payload = payload.0.ok_or(InvocationError::NotJson)?;
        function.handle(Invocation { payload, now: now().as_secs().cast_signed(), deadline }).await
    };
    let told = async {
        handled.await.map_err(|error| {
            error!("{error}");
            diagnostic(&error)
        })
    };
    told.instrument(info_span!("invocation", request_id = context.request_id)).await
}

/// An event as it came; nothing where it is not JSON.
struct Payload(Option<Bytes>);

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer).ok();
        Ok(Payload(text.map(|text| Bytes::from(String::from(Box::<str>::from(text))))))
    }
}

/// How Lambda is told of an invocation that fails.
fn diagnostic(error: &InvocationError) -> Diagnostic {
    Diagnostic { error_type: error.kind().to_owned(), error_message: error.to_string() }
}

/// Says why the function does not start, in the log and where Lambda shows it to who invokes.
async fn refuse(error: &StartError) -> ExitCode {
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

/// An error and what it comes from, outermost first.
fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Different in every process, so that functions that failed together do not try again together.
fn seed() -> u64 {
    u64::from(now().subsec_nanos()) ^ (u64::from(std::process::id()) << 32)
}
