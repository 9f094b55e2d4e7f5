//! S3: one bucket.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::client::{Answer, CallError, Client, unreadable};
use crate::failure;

/// A bucket.
#[derive(Debug)]
pub struct S3 {
    client: Client,
    /// The bucket's URL.
    url: String,
}

/// One page of a bucket's keys, in the order of their bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// The keys.
    pub keys: Vec<String>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
}

/// What stands for itself in a key's URL.
const KEY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
/// What stands for itself in a parameter of a URL.
const PARAMETER: &AsciiSet = &KEY.add(b'/');

/// What a condition that does not hold is answered with: it was so before, it changed meanwhile, or
/// what it is about is gone.
const NOT_SO: [&str; 3] = ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"];

/// What a version that is not there is answered with.
const NO_VERSION: [&str; 2] = ["NoSuchKey", "NoSuchVersion"];

impl S3 {
    /// `custom` says that the endpoint is not AWS's own: then the bucket stands in the path, since
    /// the endpoint's name knows no buckets. A dot in a bucket's name does not fit AWS's certificate.
    pub(crate) fn new(client: Client, bucket: &str, custom: bool) -> Self {
        let url = match client.endpoint().split_once("://") {
            Some((scheme, host)) if !custom && !bucket.contains('.') => {
                format!("{scheme}://{bucket}.{host}")
            }
            _ => format!("{}/{bucket}", client.endpoint()),
        };
        S3 { client, url }
    }

    /// Writes an object, in the place of one that has the key, and returns its version.
    ///
    /// # Errors
    /// The service cannot be reached, or refuses.
    pub async fn put(
        &self,
        key: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<String, CallError> {
        let answer = self.client.send("PUT", &self.object(key), headers, body).await?;
        done(&answer)?;
        Ok(answer.tag.unwrap_or_default())
    }

    /// As [`put`](Self::put), if the object has this version still, or if there is none of this key;
    /// `None` where that is not so.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn put_over(
        &self,
        key: &str,
        version: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Option<String>, CallError> {
        let condition = match version {
            Some(version) => ("if-match", version),
            None => ("if-none-match", "*"),
        };
        match self.put(key, &[condition], body).await {
            Ok(version) => Ok(Some(version)),
            Err(error) if NOT_SO.iter().any(|code| error.is(code)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// An object's bytes and version; `None` where there is none of this key.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn get(&self, key: &str) -> Result<Option<(Bytes, String)>, CallError> {
        let answer = self.client.send("GET", &self.object(key), &[], Vec::new()).await?;
        match done(&answer) {
            Ok(()) => Ok(Some((answer.body, answer.tag.unwrap_or_default()))),
            Err(error) if error.is("NoSuchKey") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The bytes of one version of an object; `None` where there is none.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn get_version(&self, key: &str, version: &str) -> Result<Option<Bytes>, CallError> {
        let version = utf8_percent_encode(version, PARAMETER);
        let url = format!("{}?versionId={version}", self.object(key));
        let answer = self.client.send("GET", &url, &[], Vec::new()).await?;
        match done(&answer) {
            Ok(()) => Ok(Some(answer.body)),
            Err(error) if NO_VERSION.iter().any(|code| error.is(code)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes an object; there need not be one.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn delete(&self, key: &str) -> Result<(), CallError> {
        done(&self.client.send("DELETE", &self.object(key), &[], Vec::new()).await?)
    }

    /// The keys that begin with `prefix`, `most` and 1,000 at most, from where an earlier page ended.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn list(
        &self,
        prefix: &str,
        from: Option<&str>,
        most: usize,
    ) -> Result<Listed, CallError> {
        let mut url = format!("{}?", self.url);
        if !self.url.contains("://") || self.url.matches('/').count() == 2 {
            url = format!("{}/?", self.url);
        }
        if let Some(from) = from {
            url += &format!("continuation-token={}&", utf8_percent_encode(from, PARAMETER));
        }
        let prefix = utf8_percent_encode(prefix, PARAMETER);
        url += &format!("encoding-type=url&list-type=2&max-keys={most}&prefix={prefix}");
        let answer = self.client.send("GET", &url, &[], Vec::new()).await?;
        done(&answer)?;
        page(&answer.body).ok_or_else(|| unreadable(answer.status).into())
    }

    fn object(&self, key: &str) -> String {
        format!("{}/{}", self.url, utf8_percent_encode(key, KEY))
    }
}

fn done(answer: &Answer) -> Result<(), CallError> {
    if (200..300).contains(&answer.status) {
        return Ok(());
    }
    let text = std::str::from_utf8(&answer.body).unwrap_or_default();
    let refusal: Refusal = quick_xml::de::from_str(text).unwrap_or_default();
    let (code, message) = (refusal.code.as_deref(), refusal.message.as_deref());
    let failure = failure::of_answer(answer.status, code, message);
    Err(CallError { code: refusal.code, reasons: Vec::new(), failure })
}

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(rename = "Code")]
    code: Option<String>,
    #[serde(rename = "Message")]
    message: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "Contents", default)]
    objects: Vec<Object>,
    #[serde(rename = "NextContinuationToken")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "Key")]
    key: String,
}

fn page(xml: &[u8]) -> Option<Listed> {
    let page: Page = quick_xml::de::from_str(std::str::from_utf8(xml).ok()?).ok()?;
    // With `encoding-type=url` a space may come as `+`, and a plus never as itself.
    let plain = |object: Object| {
        let key = object.key.replace('+', " ");
        percent_encoding::percent_decode_str(&key).decode_utf8().map(|key| key.into_owned()).ok()
    };
    let keys = page.objects.into_iter().map(plain).collect::<Option<Vec<_>>>()?;
    Some(Listed { keys, next: page.next })
}
