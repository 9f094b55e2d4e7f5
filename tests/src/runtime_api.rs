//! The Lambda Runtime API, as much of it as a function asks for.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

/// A Runtime API on a free port of 127.0.0.1, for one function.
#[derive(Debug)]
pub struct RuntimeApi {
    address: String,
    invocations: mpsc::Sender<Invocation>,
    server: JoinHandle<()>,
}

/// How a function ended an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its answer.
    Response(Bytes),
    /// The error that it reported for this invocation.
    Error(Bytes),
}

#[derive(Debug)]
struct Invocation {
    payload: String,
    deadline: Duration,
    outcome: oneshot::Sender<Outcome>,
}

#[derive(Debug)]
struct Shared {
    waiting: Mutex<mpsc::Receiver<Invocation>>,
    running: Mutex<Running>,
}

#[derive(Debug, Default)]
struct Running {
    started: u64,
    outcomes: HashMap<String, oneshot::Sender<Outcome>>,
}

impl RuntimeApi {
    /// Starts to listen.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> Result<Self> {
        let (invocations, waiting) = mpsc::channel(1);
        let shared = Arc::new(Shared { waiting: Mutex::new(waiting), running: Mutex::default() });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            // Lambda takes answers of 6 MB.
            .layer(axum::extract::DefaultBodyLimit::max(6 * 1024 * 1024))
            .with_state(shared);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let server = tokio::spawn(async move {
            // It ends with the task.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { address, invocations, server })
    }

    /// Host and port, as `AWS_LAMBDA_RUNTIME_API` has them.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Hands out an event and waits for what the function makes of it. The
    /// function is told that it has `deadline` from when it takes the event.
    ///
    /// # Errors
    /// When the function goes away first.
    pub async fn invoke(&self, payload: String, deadline: Duration) -> Result<Outcome> {
        let (outcome, settled) = oneshot::channel();
        self.invocations
            .send(Invocation { payload, deadline, outcome })
            .await
            .context("the Runtime API is gone")?;
        settled.await.context("the function took the event and never answered")
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    let Some(invocation) = shared.waiting.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let mut running = shared.running.lock().await;
    running.started += 1;
    let id = format!("00000000-0000-0000-0000-{:012}", running.started);
    running.outcomes.insert(id.clone(), invocation.outcome);

    let deadline = SystemTime::now() + invocation.deadline;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:distributary".to_owned(),
        ),
        ("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000".to_owned()),
    ];
    (headers, invocation.payload).into_response()
}

async fn response(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    settle(&shared, &id, Outcome::Response(body)).await
}

async fn error(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    settle(&shared, &id, Outcome::Error(body)).await
}

async fn settle(shared: &Shared, id: &str, outcome: Outcome) -> StatusCode {
    let waiting = shared.running.lock().await.outcomes.remove(id);
    match waiting.map(|waiting| waiting.send(outcome)) {
        Some(Ok(())) => StatusCode::ACCEPTED,
        _ => StatusCode::NOT_FOUND,
    }
}

/// What is said here also goes to the log; the function ends by itself.
async fn init_error() -> StatusCode {
    StatusCode::ACCEPTED
}
