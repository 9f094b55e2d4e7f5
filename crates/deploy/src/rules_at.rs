//! Where a function finds its rules.

use std::str::FromStr;

/// Where a function finds its rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RulesAt {
    /// In its zip.
    #[default]
    Zip,
    /// In a version of a layer, as `rules.bundle`: the version's ARN.
    Layer(String),
    /// In a version of an object in S3; those of the zip take over where it cannot be had.
    Object {
        /// The bucket's name.
        bucket: String,
        /// The object's key.
        key: String,
        /// Which version of it.
        version: String,
    },
}

impl RulesAt {
    /// What `DISTRIBUTARY_RULES` is.
    #[must_use]
    pub fn variable(&self) -> Option<String> {
        match self {
            RulesAt::Zip => None,
            RulesAt::Layer(_) => Some("/opt/rules.bundle".to_owned()),
            RulesAt::Object { bucket, key, version } => {
                Some(format!("s3://{bucket}/{key}?versionId={version}"))
            }
        }
    }
}

impl FromStr for RulesAt {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(layer) = text.strip_prefix("layer:") {
            let version = layer.rsplit_once(':').map(|(_, version)| version.parse::<u64>());
            let sound = layer.starts_with("arn:") && layer.contains(":layer:");
            return match version {
                Some(Ok(_)) if sound => Ok(RulesAt::Layer(layer.to_owned())),
                _ => Err("write the ARN of a layer's version, as in \
                          `layer:arn:aws:lambda:eu-central-1:123456789012:layer:rules:7`"),
            };
        }
        let object = || {
            let (bucket, rest) = text.strip_prefix("s3://")?.split_once('/')?;
            let (key, version) = rest.rsplit_once("?versionId=")?;
            // A bucket without versioning has `null` alone, which changes with each write.
            let named = ![bucket, key, version].contains(&"") && version != "null";
            named.then(|| RulesAt::Object {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
                version: version.to_owned(),
            })
        };
        let object = object().ok_or(
            "write `layer:ARN`, or `s3://BUCKET/KEY?versionId=ID`: without a version, \
                        whoever may write there would change the rules of a running function",
        )?;
        if text.contains(['*', '$']) || text.matches('?').count() > 1 {
            return Err(
                "`*`, `?` and `$` in a bucket or key mean something else in the role's policy: \
                        copy the object to a key without them",
            );
        }
        Ok(object)
    }
}
