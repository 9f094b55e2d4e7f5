use anyhow::{Context as _, Result, ensure};

use super::{Aws, REGION};
use crate::http::{Answered, Http};

const BUCKET: &str = "<CreateBucketConfiguration><LocationConstraint>eu-central-1\
                      </LocationConstraint></CreateBucketConfiguration>";
const VERSIONED: &str =
    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

impl Aws {
    /// Writes an object in a bucket that keeps every version, and returns the version's id.
    ///
    /// # Errors
    /// When the service refuses it.
    pub async fn version(&self, bucket: &str, key: &str, body: Vec<u8>) -> Result<String> {
        // There may be one already.
        self.put(bucket, BUCKET.into()).await?;
        let versioned = self.put(&format!("{bucket}?versioning"), VERSIONED.into()).await?;
        ensure!(versioned.status.is_success(), "no versions: {}", versioned.status);
        let written = self.put(&format!("{bucket}/{key}"), body).await?;
        let version = written.headers.get("x-amz-version-id").context("no version")?;
        Ok(version.to_str()?.to_owned())
    }

    async fn put(&self, path: &str, body: Vec<u8>) -> Result<Answered> {
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential=local/20260101/{REGION}/s3/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let url = format!("{}/{path}", self.endpoint);
        Http::new().send("PUT", &url, &[("authorization", &signature)], body).await
    }
}
