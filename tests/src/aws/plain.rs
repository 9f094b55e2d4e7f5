//! Requests without the SDK: S3's, of which no SDK is here, and those that are to take no time of ours.

use anyhow::{Result, ensure};
use hyper::HeaderMap;

use super::{Aws, REGION};

impl Aws {
    /// Sends a request of the service that is signed for by this name, and returns the answer's headers.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn plain(
        &self,
        service: &str,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<HeaderMap> {
        let url = format!("{}{path}", self.endpoint);
        // Local servers want the shape of a signature and check none.
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential=local/20260101/{REGION}/{service}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let headers = [&[("authorization", signature.as_str())], headers].concat();
        let answer = self.http.send(method, &url, &headers, body).await?;
        let text = String::from_utf8_lossy(&answer.body);
        ensure!(answer.status.is_success(), "{service} refuses: {} {text}", answer.status);
        Ok(answer.headers)
    }

    /// Creates a bucket.
    ///
    /// # Errors
    /// When the service refuses it.
    pub async fn bucket(&self, name: &str) -> Result<()> {
        let place = format!(
            "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint>\
             </CreateBucketConfiguration>"
        );
        self.plain("s3", ("PUT", &format!("/{name}")), &[], place.into_bytes()).await?;
        Ok(())
    }
}
