//! A service that answers as a test says, on a real socket.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use distributary_delivery::{Arn, Destination, OnFailure, Route};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

use super::Aws;

/// What the service does with a request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Answers with this status and body.
    Http(u16, String),
    /// Reads the request and never answers.
    Hang,
    /// Closes the connection without an answer.
    Close,
    /// Sends these bytes, whatever they are, and closes the connection.
    Raw(&'static str),
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Reply::Http(status, body.to_string())
    }
}

/// The service. It ends with its test's runtime.
pub(crate) struct Service {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Service {
    /// Answers every request by what `script` makes of its body.
    pub(crate) async fn start(script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, script) = (requests.clone(), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (log, script) = (log.clone(), script.clone());
                tokio::spawn(async move { serve(connection, &log, script.as_ref()).await });
            }
        });
        Service { url, requests }
    }

    /// The bodies of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The bodies of all requests so far, of a service that speaks JSON.
    pub(crate) fn json_requests(&self) -> Vec<Value> {
        self.requests().iter().map(|body| serde_json::from_str(body).unwrap()).collect()
    }

    /// What leads to this service instead of AWS.
    pub(crate) fn aws(&self) -> Aws {
        aws(&self.url)
    }
}

/// What leads to an endpoint instead of AWS.
pub(crate) fn aws(endpoint_url: &str) -> Aws {
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint_url)
        .build();
    Aws::new(distributary_aws::Aws::from_config(config))
}

/// A route with this destination, and a timeout that tests can wait for.
pub(crate) fn route(destination: Destination) -> Route {
    Route {
        name: "route".into(),
        known_as: "route".into(),
        destination,
        timeout: Duration::from_millis(400),
        retry: 3,
        within: Duration::from_secs(5),
        concurrency: 4,
        on_failure: OnFailure::BLOCK,
        oversize: None,
    }
}

pub(crate) fn arn(text: &str) -> Arn {
    Arn::parse(text).unwrap()
}

/// Answers the requests on one connection, until either side closes it.
async fn serve(
    connection: TcpStream,
    log: &Mutex<Vec<String>>,
    script: &(impl Fn(&str) -> Reply + Sync),
) -> Option<()> {
    let mut connection = BufStream::new(connection);
    loop {
        let body = read(&mut connection).await?;
        log.lock().unwrap().push(body.clone());
        match script(&body) {
            Reply::Http(status, body) => {
                let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n", body.len());
                connection.write_all(format!("{head}{body}").as_bytes()).await.ok()?;
                connection.flush().await.ok()?;
            }
            Reply::Raw(bytes) => {
                connection.write_all(bytes.as_bytes()).await.ok()?;
                connection.flush().await.ok()?;
                return None;
            }
            Reply::Hang => std::future::pending().await,
            Reply::Close => return None,
        }
    }
}

/// The body of the next request.
async fn read(connection: &mut BufStream<TcpStream>) -> Option<String> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    String::from_utf8(body).ok()
}
