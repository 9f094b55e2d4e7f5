//! Credentials that are asked for again before they expire.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Found;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use distributary_router::Failure;
use tokio::sync::Mutex;

use crate::failure::innermost;

/// How long before their end credentials are not used: a request must arrive before it.
const SPARE: Duration = Duration::from_secs(60);

/// The credentials of all clients.
#[derive(Debug)]
pub(crate) struct Credentials {
    provider: Option<SharedCredentialsProvider>,
    kept: Mutex<Option<Found>>,
}

impl Credentials {
    pub(crate) fn new(provider: Option<SharedCredentialsProvider>) -> Self {
        Credentials { provider, kept: Mutex::new(None) }
    }

    /// Credentials that hold for another minute at least.
    pub(crate) async fn at(&self, now: SystemTime) -> Result<Found, Failure> {
        let mut kept = self.kept.lock().await;
        if let Some(found) = kept.as_ref().filter(|found| lasts(found, now)) {
            return Ok(found.clone());
        }
        let provider = self
            .provider
            .as_ref()
            .ok_or_else(|| Failure::permanent("there are no AWS credentials"))?;
        let found = provider.provide_credentials().await.map_err(|error| {
            Failure::transient(format!("the AWS credentials cannot be had: {}", innermost(&error)))
        })?;
        Ok(kept.insert(found).clone())
    }
}

fn lasts(found: &Found, now: SystemTime) -> bool {
    found.expiry().is_none_or(|expiry| expiry > now + SPARE)
}
