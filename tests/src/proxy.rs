//! A proxy between the function's AWS SDK and a component, which makes single destinations sick and
//! keeps what was asked.
//!
//! It speaks HTTP/1.1 over loopback and holds the socket itself, so that a connection can break at
//! any byte. A destination is told by a text that stands in the requests to it and in no others,
//! such as the name of a queue.

mod fault;
mod message;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub use self::fault::Fault;
use self::message::Answer;
pub use self::message::Request;
use crate::http::Http;

/// A proxy on a free port of 127.0.0.1. It ends when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    endpoint: String,
    ward: Arc<Mutex<Ward>>,
    server: JoinHandle<()>,
}

/// The destinations that are sick.
#[derive(Debug, Default)]
struct Ward {
    patients: Vec<Patient>,
    struck: usize,
    /// How often all connections were forgotten.
    epoch: u32,
    /// What came since it is to be kept.
    recorded: Option<Vec<Request>>,
}

#[derive(Debug)]
struct Patient {
    text: String,
    fault: Fault,
    /// Requests that are left to strike.
    left: usize,
}

impl Proxy {
    /// Starts a proxy of the server at `upstream`, for instance `http://127.0.0.1:8030`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(upstream: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let ward = Arc::new(Mutex::new(Ward::default()));
        let way = Way { http: Http::new(), upstream: upstream.to_owned(), ward: ward.clone() };
        let server = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let way = way.clone();
                // A connection that breaks is what this is for.
                tokio::spawn(async move { way.serve(connection).await });
            }
        });
        Ok(Self { endpoint, ward, server })
    }

    /// The base URL, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Lets every request with this text in it meet this fault.
    pub fn make_sick(&self, text: &str, fault: Fault) {
        self.make_sick_for(text, fault, usize::MAX);
    }

    /// Lets the next so many requests with this text in them meet this fault.
    pub fn make_sick_for(&self, text: &str, fault: Fault, requests: usize) {
        let patient = Patient { text: text.to_owned(), fault, left: requests };
        lock(&self.ward).patients.push(patient);
    }

    /// Forgets all connections, as what lies between does while a function is frozen: whatever comes
    /// on one of them resets it.
    pub fn forget_connections(&self) {
        lock(&self.ward).epoch += 1;
    }

    /// Makes every destination well again.
    pub fn heal(&self) {
        lock(&self.ward).patients.clear();
    }

    /// Keeps every request from here on, those that meet a fault among them.
    pub fn record(&self) {
        lock(&self.ward).recorded = Some(Vec::new());
    }

    /// The requests since [`record`](Self::record), each once.
    #[must_use]
    pub fn take_recorded(&self) -> Vec<Request> {
        lock(&self.ward).recorded.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// How many requests have met a fault.
    #[must_use]
    pub fn struck(&self) -> usize {
        lock(&self.ward).struck
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Ward {
    /// The fault that a whole request meets.
    fn meet(&mut self, request: &Request) -> Option<Fault> {
        if let Some(recorded) = &mut self.recorded {
            recorded.push(request.clone());
        }
        self.strike(&request.text, true)
    }

    /// The fault that this request meets, as much of it as was read. What resets a connection
    /// halfway strikes as soon as it can; everything else waits for a `whole` request.
    fn strike(&mut self, request: &[u8], whole: bool) -> Option<Fault> {
        let halfway = |fault| matches!(fault, Fault::ResetInRequest(at) if request.len() >= at);
        let patient = self.patients.iter_mut().find(|patient| {
            patient.left > 0
                && (whole || halfway(patient.fault))
                && contains(request, &patient.text)
        })?;
        patient.left -= 1;
        self.struck += 1;
        Some(patient.fault)
    }
}

fn lock(ward: &Mutex<Ward>) -> MutexGuard<'_, Ward> {
    ward.lock().unwrap_or_else(PoisonError::into_inner)
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The way of a request through the proxy.
#[derive(Debug, Clone)]
struct Way {
    http: Http,
    upstream: String,
    ward: Arc<Mutex<Ward>>,
}

impl Way {
    /// Serves one connection for as long as it holds.
    async fn serve(self, mut connection: TcpStream) -> Result<()> {
        let mut read = Vec::new();
        let epoch = lock(&self.ward).epoch;
        loop {
            let Some(request) = Request::take(&mut read)? else {
                if connection.read_buf(&mut read).await? == 0 {
                    return Ok(());
                }
                let mut ward = lock(&self.ward);
                if ward.epoch != epoch || ward.strike(&read, false).is_some() {
                    return reset(&connection).map(drop);
                }
                continue;
            };
            let fault = lock(&self.ward).meet(&request);
            match fault {
                None => self.pass_on(&request).await?.write(&mut connection).await?,
                Some(fault) => {
                    if !self.act(fault, request, &mut connection).await? {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Does what the fault does; `false` ends the connection.
    async fn act(
        &self,
        fault: Fault,
        mut request: Request,
        connection: &mut TcpStream,
    ) -> Result<bool> {
        match fault {
            Fault::Slow(latency) => {
                let answer = self.pass_on(&request).await?;
                tokio::time::sleep(latency).await;
                answer.write(connection).await?;
            }
            Fault::ResetInRequest(_) => return reset(connection),
            Fault::ResetInAnswer(at) => {
                let answer = self.pass_on(&request).await?.to_bytes();
                let sent = answer.get(..at).context("the answer is shorter than that")?;
                connection.write_all(sent).await?;
                return reset(connection);
            }
            Fault::Hang => std::future::pending().await,
            Fault::HalfAnswer => {
                let mut answer = self.pass_on(&request).await?;
                answer.body.truncate(answer.body.len() / 2);
                answer.write(connection).await?;
            }
            Fault::LoseAnswer => {
                self.pass_on(&request).await?;
                return Ok(false);
            }
            Fault::Refuse { status, code } => {
                Answer::refusal(status, code).write(connection).await?;
            }
            Fault::FailEntries => {
                let left_out = request.leave_out_entries()?;
                let mut answer = self.pass_on(&request).await?;
                answer.fail(left_out)?;
                answer.write(connection).await?;
            }
        }
        Ok(true)
    }

    async fn pass_on(&self, request: &Request) -> Result<Answer> {
        let url = format!("{}{}", self.upstream, request.path);
        let headers: Vec<_> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = self.http.send(&request.method, &url, &headers, request.body.clone()).await?;
        Ok(Answer::from(answer))
    }
}

fn reset(connection: &TcpStream) -> Result<bool> {
    connection.set_zero_linger()?;
    Ok(false)
}
