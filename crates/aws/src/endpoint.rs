//! Where a service answers.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use crate::error::ConfigError;

/// A service as endpoints, settings and signatures name it.
#[derive(Debug)]
pub(crate) struct Service {
    host: &'static str,
    pub(crate) id: &'static str,
    pub(crate) signed_as: &'static str,
    /// The region that signatures for the service name, where it is one for all.
    pub(crate) home: Option<&'static str>,
}

impl Service {
    pub(crate) const fn new(host: &'static str, id: &'static str, signed_as: &'static str) -> Self {
        Service { host, id, signed_as, home: None }
    }

    pub(crate) const fn of_all_regions(name: &'static str, id: &'static str) -> Self {
        Service { host: name, id, signed_as: name, home: Some("us-east-1") }
    }
}

pub(crate) const DYNAMODB: Service = Service::new("dynamodb", "DynamoDB", "dynamodb");
pub(crate) const STREAMS: Service =
    Service::new("streams.dynamodb", "DynamoDB Streams", "dynamodb");
pub(crate) const S3: Service = Service::new("s3", "S3", "s3");

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
    match service.home {
        Some(_) => format!("https://{host}.amazonaws.com"),
        None => format!("https://{host}.{region}.{}", suffix(region)),
    }
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
        let iam = Service::of_all_regions("iam", "IAM");
        for (service, region, fips, expected) in [
            (&iam, "eu-west-1", None, "https://iam.amazonaws.com"),
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
