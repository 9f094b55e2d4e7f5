//! The function in Lambda's hands: how it starts, is invoked, and says that it cannot.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use distributary_engine::Invocation;
use futures_util::FutureExt as _;
use lambda_runtime::{Diagnostic, LambdaEvent, Runtime, service_fn};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use tokio::time::Instant;
use tracing::{Instrument, Level, error, info_span};

use crate::config::Config;
use crate::error::{StartError, causes};
use crate::function::{Function, Reply};
use crate::in_force::InForce;
use crate::invocation_error::InvocationError;
use crate::logging;
use crate::refusal::refuse;

/// Serves invocations until Lambda ends the process. An error at the start is logged, reported to
/// Lambda, and ends the process at once.
pub async fn run() -> ExitCode {
    let config = config();
    logging::start(config.as_ref().map_or(Level::INFO, |config| config.log));
    let function = match config {
        Ok(config) => {
            Function::start(&config, seed()).await.map(|function| InForce::new(config, function))
        }
        Err(error) => Err(error),
    };
    match function {
        Ok(function) => serve(Arc::new(function)).await,
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

/// Takes as many invocations at once as Lambda says that it sends: one, but for managed instances.
async fn serve(in_force: Arc<InForce>) -> ExitCode {
    let invoke = service_fn(move |event| {
        let function = in_force.function(seed());
        async move { invoke(&function, event).await }
    });
    match Runtime::new(invoke).run_concurrent().await {
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
) -> Result<Reply, Diagnostic> {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    let deadline = Instant::now().checked_add(left);
    let handled = async {
        let payload = payload.0.ok_or(InvocationError::NotJson)?;
        function.handle(Invocation { payload, now: now().as_secs().cast_signed(), deadline }).await
    };
    let told = async {
        contained(handled).await.map_err(|error| {
            error!("{error}");
            diagnostic(&error)
        })
    };
    let (request_id, rules) = (context.request_id, &*function.rules);
    told.instrument(info_span!("invocation", request_id, rules)).await
}

/// Keeps a panic from the runtime library, which tells Lambda what it said.
async fn contained<T>(
    handled: impl Future<Output = Result<T, InvocationError>>,
) -> Result<T, InvocationError> {
    let caught = AssertUnwindSafe(handled).catch_unwind().await;
    caught.unwrap_or(Err(InvocationError::Panicked))
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

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Different in every process, so that functions that failed together do not try again together.
fn seed() -> u64 {
    u64::from(now().subsec_nanos()) ^ (u64::from(std::process::id()) << 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_panic_says_reaches_nobody() {
        let secret = "4111 1111 1111 1111";
        let panics = async { if secret.is_empty() { Ok(()) } else { panic!("{secret}") } };
        let told = diagnostic(&contained(panics).await.unwrap_err());
        assert_eq!(told.error_type, "Distributary.Panicked");
        assert!(!told.error_message.contains(secret), "{}", told.error_message);
    }
}
