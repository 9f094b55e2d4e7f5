//! One plain HTTP request to a component.

use std::time::Duration;

use anyhow::{Context as _, Result};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// How long a connection is kept for the next request. A component closes it after a few seconds, and
/// a test that waits for a program meanwhile does not see that.
const IDLE: Duration = Duration::from_secs(1);

/// A client that keeps its connections open.
#[derive(Debug, Clone)]
pub(crate) struct Http(Client<HttpConnector, Full<Bytes>>);

/// What a component answered.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Http {
    pub(crate) fn new() -> Self {
        let mut client = Client::builder(TokioExecutor::new());
        Self(client.pool_idle_timeout(IDLE).build_http())
    }

    /// Posts `body` and returns the status and the answer's bytes.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<(StatusCode, Bytes)> {
        let Answered { status, body, .. } = self.send("POST", url, headers, body).await?;
        Ok((status, body))
    }

    /// Sends any request.
    pub(crate) async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answered> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body))?;
        let answer =
            self.0.request(request).await.with_context(|| format!("no answer from {url}"))?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answered { status: head.status, headers: head.headers, body })
    }
}
