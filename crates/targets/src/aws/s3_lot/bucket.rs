//! A bucket on a real socket, with as much of S3 as a lot asks for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

/// It ends with its test's runtime.
pub(super) struct Bucket {
    url: String,
    objects: Arc<Mutex<Objects>>,
}

/// Bytes and versions by paths.
#[derive(Default)]
struct Objects {
    all: BTreeMap<String, (Vec<u8>, String)>,
    writes: usize,
}

impl Bucket {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let objects = Arc::new(Mutex::new(Objects::default()));
        let shared = objects.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let shared = shared.clone();
                tokio::spawn(async move { serve(connection, &shared).await });
            }
        });
        Bucket { url, objects }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// As if all leases had run out.
    pub(super) fn end_leases(&self) {
        self.objects.lock().unwrap().all.retain(|path, _| !path.contains("/leases/"));
    }
}

struct Request {
    method: String,
    path: String,
    if_match: Option<String>,
    if_none_match: bool,
    body: Vec<u8>,
}

async fn serve(connection: TcpStream, objects: &Mutex<Objects>) -> Option<()> {
    let mut connection = BufStream::new(connection);
    loop {
        let request = read(&mut connection).await?;
        let (status, tag, body) = answer(request, &mut objects.lock().unwrap());
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status} x\r\netag: {tag}\r\ncontent-length: {length}\r\n\r\n");
        connection.write_all(&[head.as_bytes(), &body].concat()).await.ok()?;
        connection.flush().await.ok()?;
    }
}

async fn read(connection: &mut BufStream<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    connection.read_line(&mut line).await.ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let (mut if_match, mut if_none_match, mut length) = (None, false, 0);
    loop {
        line.clear();
        connection.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "if-match" => if_match = Some(value.trim().to_owned()),
            "if-none-match" => if_none_match = true,
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    Some(Request { method, path, if_match, if_none_match, body })
}

fn answer(request: Request, objects: &mut Objects) -> (u16, String, Vec<u8>) {
    let Request { method, path, if_match, if_none_match, body } = request;
    let refused = |status, code| {
        (status, String::new(), format!("<Error><Code>{code}</Code></Error>").into_bytes())
    };
    let found = objects.all.get(&path);
    match (method.as_str(), path.split_once("?")) {
        ("GET", Some((bucket, query))) => {
            let prefix = query.split("prefix=").last().unwrap().replace("%2F", "/");
            let keys = objects.all.keys().filter_map(|path| path.strip_prefix(bucket));
            let keys = keys.map(|key| key.trim_start_matches('/'));
            let keys: String = keys
                .filter(|key| key.starts_with(&prefix))
                .map(|key| format!("<Contents><Key>{key}</Key></Contents>"))
                .collect();
            (
                200,
                String::new(),
                format!("<ListBucketResult>{keys}</ListBucketResult>").into_bytes(),
            )
        }
        ("GET", None) => match found {
            Some((body, version)) => (200, version.clone(), body.clone()),
            None => refused(404, "NoSuchKey"),
        },
        ("PUT", _) => match (if_match, found) {
            (Some(_), None) => refused(404, "NoSuchKey"),
            (Some(asked), Some((_, version))) if asked != *version => {
                refused(412, "PreconditionFailed")
            }
            (_, Some(_)) if if_none_match => refused(412, "PreconditionFailed"),
            _ => {
                objects.writes += 1;
                let version = format!("\"{}\"", objects.writes);
                objects.all.insert(path, (body, version.clone()));
                (200, version, Vec::new())
            }
        },
        ("DELETE", _) => {
            objects.all.remove(&path);
            (204, String::new(), Vec::new())
        }
        _ => refused(405, "MethodNotAllowed"),
    }
}
