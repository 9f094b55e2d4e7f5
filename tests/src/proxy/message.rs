//! Requests and answers as they pass.

use anyhow::{Context as _, Result, ensure};
use hyper::StatusCode;
use hyper::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::http::Answered;

/// A whole request.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers that are about the message, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// What it carries.
    pub body: Vec<u8>,
    /// All of it, as it came.
    pub(super) text: Vec<u8>,
}

/// Headers that are about one connection and not about the message.
const OF_CONNECTION: [&str; 4] = ["connection", "content-length", "host", "transfer-encoding"];

impl Request {
    /// A header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Takes one request off the front of what was read; `None` until it is all there.
    pub(super) fn take(read: &mut Vec<u8>) -> Result<Option<Self>> {
        let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Ok(None);
        };
        let head = std::str::from_utf8(&read[..end])?;
        let mut lines = head.split("\r\n");
        let mut line = lines.next().unwrap_or_default().split(' ');
        let (method, path) = (line.next().context("no method")?, line.next().context("no path")?);
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').context("a header without a colon")?;
            Ok((name.to_ascii_lowercase(), value.trim().to_owned()))
        });
        let headers = headers.collect::<Result<Vec<_>>>()?;
        let header = |name| headers.iter().find(|(found, _)| found == name).map(|(_, value)| value);
        ensure!(header("transfer-encoding").is_none(), "the length of the request is not known");
        let length: usize = header("content-length").map_or(Ok(0), |value| value.parse())?;
        let (start, end) = (end + 4, end + 4 + length);
        if read.len() < end {
            return Ok(None);
        }
        let (method, path) = (method.to_owned(), path.to_owned());
        let headers = headers
            .into_iter()
            .filter(|(name, _)| !OF_CONNECTION.contains(&name.as_str()))
            .collect();
        let text: Vec<u8> = read.drain(..end).collect();
        Ok(Some(Request { method, path, headers, body: text[start..].to_vec(), text }))
    }

    /// Takes every second entry out of a batch, and returns their ids.
    pub(super) fn leave_out_entries(&mut self) -> Result<Vec<Value>> {
        let mut request: Value = serde_json::from_slice(&self.body)?;
        let entries = request["Entries"].as_array_mut().context("a request without entries")?;
        let mut left_out = Vec::new();
        let mut place = 0;
        entries.retain(|entry| {
            place += 1;
            let stays = place % 2 == 1;
            if !stays {
                left_out.push(entry["Id"].clone());
            }
            stays
        });
        self.body = serde_json::to_vec(&request)?;
        Ok(left_out)
    }
}

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn refusal(status: u16, code: &str) -> Self {
        Answer {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: HeaderMap::from_iter([(
                hyper::header::CONTENT_TYPE,
                HeaderValue::from_static("application/x-amz-json-1.0"),
            )]),
            body: json!({ "__type": code, "message": "by the proxy" }).to_string().into_bytes(),
        }
    }

    /// Says that the entries with these ids failed.
    pub(super) fn fail(&mut self, ids: Vec<Value>) -> Result<()> {
        let mut answer: Value = serde_json::from_slice(&self.body)?;
        let failed = |id| json!({ "Id": id, "SenderFault": false, "Code": "InternalError" });
        answer["Failed"] = ids.into_iter().map(failed).collect();
        self.body = serde_json::to_vec(&answer)?;
        Ok(())
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("HTTP/1.1 {}\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            if !OF_CONNECTION.contains(&name.as_str()) {
                bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
            }
        }
        bytes.extend(format!("content-length: {}\r\n\r\n", self.body.len()).into_bytes());
        bytes.extend(&self.body);
        bytes
    }

    pub(super) async fn write(&self, connection: &mut TcpStream) -> Result<()> {
        Ok(connection.write_all(&self.to_bytes()).await?)
    }
}

impl From<Answered> for Answer {
    fn from(Answered { status, headers, body }: Answered) -> Self {
        Answer { status, headers, body: body.to_vec() }
    }
}
