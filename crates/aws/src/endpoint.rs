//! Where a service answers.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use crate::error::ConfigError;

/// A service as endpoints, settings and signatures name it.
pub(crate) struct Service {
    host: &'static str,
    id: &'static str,
    pub(crate) signed_as: &'static str,
}

pub(crate) const DYNAMODB: Service =
    Service { host: "dynamodb", id: "DynamoDB", signed_as: "dynamodb" };
pub(crate) const STREAMS: Service =
    Service { host: "streams.dynamodb", id: "DynamoDB Streams", signed_as: "dynamodb" };
pub(crate) const S3: Service = Service { host: "s3", id: "S3", signed_as: "s3" };

/// The endpoint of this service in a variable or profile, for instance `AWS_ENDPOINT_URL_DYNAMODB`,
/// or the one of all services. One given in code goes before both.
pub(crate) fn custom(service: &Service, config: &SdkConfig) -> Option<String> {
    let of_all = config.endpoint_url().map(str::to_owned);
    let in_code = config.get_origin("endpoint_url").is_client_config();
    if in_code {
        return of_all;
    }
    let key = ServiceConfigKey::builder()
        .service_id(service.id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let of_one =
        config.service_config().zip(key.ok()).and_then(|(from, key)| from.load_config(key));
    of_one.or(of_all)
}

/// AWS's own endpoint.
pub(crate) fn standard(service: &Service, region: &str, fips: Option<bool>) -> String {
    let host = match (service.host.split_once('.'), fips) {
        (_, None | Some(false)) => service.host.to_owned(),
        (None, Some(true)) => format!("{}-fips", service.host),
        (Some((first, rest)), Some(true)) => format!("{first}.{rest}-fips"),
    };
    format!("https://{host}.{region}.{}", suffix(region))
}

/// The domain of a region's partition.
fn suffix(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 6] = [
        ("cn-", "amazonaws.com.cn"),
        ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("us-isof-", "csp.hci.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
        ("eusc-", "amazonaws.eu"),
    ];
    let of_region = PARTITIONS.iter().find(|(prefix, _)| region.starts_with(prefix));
    of_region.map_or("amazonaws.com", |(_, suffix)| suffix)
}

/// Refuses what is no URL.
pub(crate) fn check(url: &str) -> Result<(), ConfigError> {
    let sound = url.split_once("://").is_some_and(|(scheme, host)| {
        matches!(scheme, "http" | "https")
            && !host.is_empty()
            && !host.starts_with('/')
            && !host.contains(char::is_whitespace)
    });
    if sound { Ok(()) } else { Err(ConfigError::EndpointUrl(url.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_domain() {
        for (service, region, fips, expected) in [
            (&DYNAMODB, "eu-west-1", None, "https://dynamodb.eu-west-1.amazonaws.com"),
            (&STREAMS, "cn-north-1", None, "https://streams.dynamodb.cn-north-1.amazonaws.com.cn"),
            (&S3, "eusc-de-east-1", None, "https://s3.eusc-de-east-1.amazonaws.eu"),
            (&S3, "us-gov-west-1", Some(true), "https://s3-fips.us-gov-west-1.amazonaws.com"),
            (&DYNAMODB, "us-isob-east-1", None, "https://dynamodb.us-isob-east-1.sc2s.sgov.gov"),
            (
                &STREAMS,
                "us-east-1",
                Some(true),
                "https://streams.dynamodb-fips.us-east-1.amazonaws.com",
            ),
        ] {
            assert_eq!(standard(service, region, fips), expected);
        }
    }
}
