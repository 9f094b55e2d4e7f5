use anyhow::{Context as _, Result};
use hyper::HeaderMap;

use super::Aws;

const VERSIONED: &str =
    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

impl Aws {
    /// Writes an object in a bucket that keeps every version, and returns the version's id.
    ///
    /// # Errors
    /// When the service refuses it.
    pub async fn version(&self, bucket: &str, key: &str, body: Vec<u8>) -> Result<String> {
        // There may be one already.
        let _ = self.bucket(bucket).await;
        self.put(&format!("/{bucket}?versioning"), VERSIONED.into()).await?;
        let written = self.put(&format!("/{bucket}/{key}"), body).await?;
        let version = written.get("x-amz-version-id").context("no version")?;
        Ok(version.to_str()?.to_owned())
    }

    async fn put(&self, path: &str, body: Vec<u8>) -> Result<HeaderMap> {
        self.plain("s3", ("PUT", path), &[], body).await
    }
}
