use anyhow::{Result, ensure};

use super::{Aws, REGION};
use crate::http::Http;

impl Aws {
    /// Creates a bucket.
    ///
    /// # Errors
    /// When the service refuses it.
    pub async fn bucket(&self, name: &str) -> Result<()> {
        let url = format!("{}/{name}", self.endpoint);
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential=local/20260101/{REGION}/s3/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let headers = [("authorization", signature.as_str())];
        let answer = Http::new().send("PUT", &url, &headers, Vec::new()).await?;
        ensure!(answer.status.is_success(), "the bucket `{name}` is refused: {}", answer.status);
        Ok(())
    }
}
