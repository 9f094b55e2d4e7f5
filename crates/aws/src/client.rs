//! One signed request, one answer.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use distributary_router::Failure;
use http::Request;
use http_body_util::BodyExt as _;

use crate::credentials::Credentials;
use crate::failure;

/// A service behind connections of its own.
#[derive(Debug)]
pub(crate) struct Client {
    service: &'static str,
    endpoint: String,
    region: String,
    credentials: Arc<Credentials>,
    timeout: Duration,
    connector: Connector,
}

/// What the service answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The version of an object.
    pub(crate) tag: Option<String>,
    /// The error code, of a service that puts it into a header.
    pub(crate) code: Option<String>,
    pub(crate) body: Bytes,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// The service's error code without its namespace, where the service answered with one.
    pub code: Option<String>,
    /// Of a transaction: the code of each of its operations, `None` for one that was sound.
    pub reasons: Vec<Option<String>>,
    /// What follows from it.
    pub failure: Failure,
}

impl CallError {
    /// Whether the service refused with this error code.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        CallError { code: None, reasons: Vec::new(), failure }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        error.failure
    }
}

impl Client {
    pub(crate) fn new(
        service: &'static str,
        endpoint: String,
        region: String,
        credentials: Arc<Credentials>,
        timeout: Duration,
    ) -> Self {
        let connector =
            Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build();
        Client { service, endpoint, region, credentials, timeout, connector }
    }

    /// The endpoint's URL without a slash at its end.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Sends a request whose URL is encoded already. Any answer counts as success, whatever its
    /// status.
    pub(crate) async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, Failure> {
        let attempt = async {
            let request = self.signed(method, url, headers, body).await?;
            let answer = self.connector.call(request).await;
            let answer = answer.map_err(|error| failure::of_connection(&error))?;
            let status = answer.status().as_u16();
            let header = |name: &str| answer.headers().get(name).map(str::to_owned);
            let (tag, code) = (header("etag"), header("x-amzn-errortype"));
            match answer.into_body().collect().await {
                Ok(body) => Ok(Answer { status, tag, code, body: body.to_bytes() }),
                Err(_) => Err(unreadable(status)),
            }
        };
        let timely = tokio::time::timeout(self.timeout, attempt).await;
        timely.unwrap_or_else(|_| Err(Failure::transient("no answer within the timeout")))
    }

    async fn signed(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<HttpRequest, Failure> {
        let now = SystemTime::now();
        let identity = self.credentials.at(now).await?.into();
        let mut settings = SigningSettings::default();
        if self.service == "s3" {
            // S3 takes paths as they are, and wants the hash of the body in a header.
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.service)
            .time(now)
            .settings(settings)
            .build()
            .map_err(|_| unmade())?
            .into();
        let signable =
            SignableRequest::new(method, url, headers.iter().copied(), SignableBody::Bytes(&body))
                .map_err(|_| unmade())?;
        let (instructions, _) = sign(signable, &parameters).map_err(|_| unmade())?.into_parts();
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(SdkBody::from(body)).map_err(|_| unmade())?;
        instructions.apply_to_request_http1x(&mut request);
        request.try_into().map_err(|_| unmade())
    }
}

/// What the service did is not known.
pub(crate) fn unreadable(status: u16) -> Failure {
    Failure::transient(format!("the service's answer could not be read (HTTP status {status})"))
}

fn unmade() -> Failure {
    Failure::permanent("the request could not be made")
}
