//! What all clients have in common.

use std::sync::Arc;
use std::time::Duration;

use aws_config::default_provider::region::DefaultRegionChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials as Found;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use crate::client::Client;
use crate::credentials::Credentials;
use crate::dynamodb::DynamoDb;
use crate::endpoint::{self, Service};
use crate::error::ConfigError;
use crate::failure::innermost;
use crate::s3::S3;
use crate::streams::Streams;

/// Credentials, region and endpoints, found the way every AWS tool finds them.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    credentials: Arc<Credentials>,
}

impl Aws {
    /// Reads the environment. The credentials are asked for at once, so that a lack of them is one
    /// clear error and not the failure of every call. `endpoint_url` takes the place of every AWS
    /// endpoint; without it `AWS_ENDPOINT_URL` and the variables of single services may.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub async fn load(endpoint_url: Option<&str>) -> Result<Self, ConfigError> {
        Self::of_profile(None, endpoint_url).await
    }

    /// As [`load`](Self::load), with the profile of this name in the place of all that the
    /// environment has: credentials in variables are those of another account.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub async fn of_profile(
        profile: Option<&str>,
        endpoint_url: Option<&str>,
    ) -> Result<Self, ConfigError> {
        // The SDK ignores a variable that is no URL and would go on to the real services.
        let variable = std::env::var("AWS_ENDPOINT_URL").ok().filter(|url| !url.is_empty());
        if let Some(url) = endpoint_url.or(variable.as_deref()) {
            endpoint::check(url)?;
        }
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(url) = endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(profile) = profile {
            loader = loader.profile_name(profile).credentials_provider(of_profile(profile).await);
        }
        let config = loader.load().await;
        if let Some(provider) = config.credentials_provider() {
            let found = provider.provide_credentials().await;
            found.map_err(|error| match error {
                CredentialsError::CredentialsNotLoaded(_) => match profile {
                    Some(profile) => ConfigError::Profile(profile.to_owned()),
                    None => ConfigError::NoCredentials,
                },
                error => ConfigError::Credentials(innermost(&error)),
            })?;
        }
        Ok(Self::from_config(config))
    }

    /// Of settings that were found already.
    #[must_use]
    pub fn from_config(config: SdkConfig) -> Self {
        let credentials = Arc::new(Credentials::new(config.credentials_provider()));
        Aws { config, credentials }
    }

    /// The same with credentials that a role was assumed for.
    #[must_use]
    pub fn with_credentials(&self, key: &str, secret: &str, token: &str) -> Self {
        let found = Found::new(key, secret, Some(token.to_owned()), None, "an assumed role");
        let provider = SharedCredentialsProvider::new(found);
        Self::from_config(self.config.to_builder().credentials_provider(provider).build())
    }

    /// The same in another region.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        let config = self.config.to_builder().region(Region::new(region.to_owned())).build();
        Aws { config, credentials: Arc::clone(&self.credentials) }
    }

    /// The settings for clients of the SDK.
    #[must_use]
    pub fn sdk_config(&self) -> &SdkConfig {
        &self.config
    }

    /// A DynamoDB table, by name or ARN, with connections of its own. `timeout` holds for each call.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn dynamodb(&self, table: &str, timeout: Duration) -> Result<DynamoDb, ConfigError> {
        Ok(DynamoDb::new(self.client(&endpoint::DYNAMODB, table, timeout)?, table))
    }

    /// A stream of a DynamoDB table, by its ARN, with connections of its own.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn streams(&self, stream_arn: &str, timeout: Duration) -> Result<Streams, ConfigError> {
        Ok(Streams::new(self.client(&endpoint::STREAMS, stream_arn, timeout)?, stream_arn))
    }

    /// An S3 bucket in the region that the environment names, with connections of its own.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn s3(&self, bucket: &str, timeout: Duration) -> Result<S3, ConfigError> {
        let (client, custom) = self.open(&endpoint::S3, bucket, timeout)?;
        Ok(S3::new(client, bucket, custom))
    }

    pub(crate) fn client(
        &self,
        to: &Service,
        of: &str,
        timeout: Duration,
    ) -> Result<Client, ConfigError> {
        self.open(to, of, timeout).map(|(client, _)| client)
    }

    /// A client, and whether its endpoint is not AWS's own.
    fn open(
        &self,
        service: &Service,
        resource: &str,
        timeout: Duration,
    ) -> Result<(Client, bool), ConfigError> {
        let region = match region_of(resource) {
            Some(region) => region.to_owned(),
            None => {
                let region = self.config.region().map(ToString::to_string);
                region.ok_or_else(|| ConfigError::Region(resource.to_owned()))?
            }
        };
        let region = service.home.map_or(region, str::to_owned);
        let (endpoint, custom) = match endpoint::custom(service, &self.config) {
            Some(url) => {
                endpoint::check(&url)?;
                (url.trim_end_matches('/').to_owned(), true)
            }
            None => (endpoint::standard(service, &region, self.config.use_fips()), false),
        };
        let credentials = self.credentials.clone();
        Ok((Client::new(service.signed_as, endpoint, region, credentials, timeout), custom))
    }
}

/// The credentials of a profile alone. The SDK's own chain asks the environment before it.
async fn of_profile(profile: &str) -> ProfileFileCredentialsProvider {
    let region = DefaultRegionChain::builder().profile_name(profile).build().region().await;
    let config = ProviderConfig::without_region()
        .with_region(region)
        .with_behavior_version(Some(BehaviorVersion::latest()));
    ProfileFileCredentialsProvider::builder().profile_name(profile).configure(&config).build()
}

/// The region in an ARN.
fn region_of(resource: &str) -> Option<&str> {
    resource.strip_prefix("arn:")?.split(':').nth(2).filter(|region| !region.is_empty())
}
